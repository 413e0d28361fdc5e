//! `einmal report`: a page from the summary and the ledger of a run.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use super::common;
use super::verify::{read_summary, recorded};
use super::writing::WritingArgs;
use einmal::error::Error;
use einmal::report::Verbosity;
use einmal::settings::{Job, Settings};
use einmal::write::Target;

/// Write a page (HTML) that shows what a dedup run did, from its summary and its ledger.
///
/// It is one file that loads nothing from anywhere, and the same each time. `dedup --report` writes it at once.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// The inputs of the run, named as dedup got them: then examples show the kept text beside what went.
    #[arg(long = "input", value_name = "INPUT", num_args = 1..)]
    inputs: Vec<PathBuf>,

    /// The summary of the run.
    #[arg(long, value_name = "FILE")]
    summary: PathBuf,

    /// The ledger of the run.
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,

    /// Where the page goes; standard output by default.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// A page that is to be written.
#[derive(Debug)]
pub(crate) struct WantedReport {
    /// The summary, and where it was read.
    pub(crate) summary: (PathBuf, Value),
    /// Where the ledger is.
    pub(crate) ledger: PathBuf,
    /// Where the page goes.
    pub(crate) target: Target,
    /// How the inputs are read, if they are at hand.
    pub(crate) inputs: Option<Box<Settings>>,
    /// How much is said.
    pub(crate) verbosity: Verbosity,
}

impl ReportArgs {
    /// What was typed, as it is meant.
    pub(super) fn wanted(self, verbosity: Verbosity) -> Result<WantedReport, Error> {
        let (path, summary) = read_summary(self.summary)?;
        let inputs = if self.inputs.is_empty() {
            None
        } else {
            let recorded = recorded(&summary["settings"]).map_err(|problem| Error::input(&path, problem))?;
            let reading = recorded.reading.of(self.inputs);
            let writing = WritingArgs::written(PathBuf::from("-"), recorded.to, self.ledger.clone(), None);
            Some(Box::new(common(&reading, &writing, Job::Clean, verbosity)?))
        };
        let target = match self.output {
            Some(path) if path.as_os_str() != "-" => Target::File(path),
            _ => Target::Stdout,
        };
        Ok(WantedReport { summary: (path, summary), ledger: self.ledger, target, inputs, verbosity })
    }
}
