//! `einmal retune`: what would go with other thresholds?

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use einmal::decide::Threshold;
use einmal::error::Error;
use einmal::exit::Exit;
use einmal::retune::retune;

/// Tell what a dedup run would take out with other thresholds, without running it again.
///
/// Reads the ledger of a run with --ledger-all, and shows numbers beside those of the run, and ten examples on each side of each threshold.
///
/// It is an estimate: each article is judged by what covered it in the run. With other thresholds other text is kept, which may cover more or less of later articles; that is
/// not followed. What only an article's own text covers goes as it did. With the run's own thresholds the numbers are the run's own.
///
/// Exit codes: 0 it is told; 2 the ledger is missing, cannot be read or has no scores, or has none for a threshold as low.
#[derive(Debug, Args)]
pub(crate) struct RetuneArgs {
    /// The ledger of the run, written with --ledger-all.
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,

    /// The share of an article's words from which on it goes; by default the run's. Not below the run's floor of 0.50 (or its lower threshold).
    #[arg(long, value_name = "SHARE")]
    article_threshold: Option<Threshold>,

    /// The share of a passage's words from which on it goes; by default the run's. Not below the floor either.
    #[arg(long, value_name = "SHARE")]
    passage_threshold: Option<Threshold>,

    /// What is written.
    #[arg(long, value_enum, default_value_t = RetuneFormat::Text, value_name = "FORMAT")]
    format: RetuneFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RetuneFormat {
    /// A table, and examples a line each.
    Text,
    /// A JSON object.
    Json,
}

impl RetuneArgs {
    /// Tells it on standard output.
    pub(crate) fn run(self) -> Result<Exit, Error> {
        let retuned = retune(&self.ledger, self.article_threshold, self.passage_threshold)?;
        let page = match self.format {
            RetuneFormat::Text => retuned.to_string(),
            RetuneFormat::Json => format!("{:#}\n", retuned.as_json()),
        };
        let written = std::io::stdout().lock().write_all(page.as_bytes());
        written.map(|()| Exit::Complete).map_err(|source| Error::io("write", "standard output", source))
    }
}
