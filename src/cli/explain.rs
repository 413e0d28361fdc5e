//! `einmal explain`: why an article went, or parts of it, and why others stayed.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::common;
use super::reading::ReadingArgs;
use super::verify::{read_summary, recorded};
use super::writing::WritingArgs;
use einmal::error::Error;
use einmal::exit::Exit;
use einmal::explain::{as_html, as_text};
use einmal::pipeline::{Explaining, explain};
use einmal::report::Verbosity;
use einmal::settings::{Job, Settings};

/// Show one article with every span that was taken out of it beside the text that covers it.
///
/// What differs between the two is coloured (in a terminal; else it stands in [-...-] and {+...+}). For what stayed though it was near to going, it says why; all of that is
/// known if the run was made with --ledger-all, else only what is an update.
///
/// With --input, the kept text and the whole article are taken from the run's input, less what the ledger says. Without it, --output shows the kept text. With neither, the ledger's own texts are
/// shown. Text that an earlier run kept (--index) is shown from that run's output, if that is named as well.
///
/// Exit codes: 0 it is shown; 2 there is no such record, or a file is missing or cannot be read.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The record: its id, its place as the ledger names it (dump.jsonl:12), its number, or, with --input, its url.
    #[arg(value_name = "RECORD")]
    record: String,

    /// The inputs of the run, as dedup got them, where they are not named as arguments.
    #[arg(long = "input", value_name = "INPUT", help_heading = "Input")]
    inputs: Vec<PathBuf>,

    #[command(flatten)]
    reading: ReadingArgs,

    /// The ledger of the run.
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,

    /// The output of the run, a file or a folder, to show kept text from where the input isn't at hand; given again, those of earlier runs of its index.
    #[arg(short, long = "output", value_name = "OUT")]
    outputs: Vec<PathBuf>,

    /// The summary of the run: it says how the input was read and cleaned.
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,

    /// What is written.
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text, value_name = "FORMAT")]
    format: ExplainFormat,

    /// How wide a line of text may be, in columns.
    #[arg(long, default_value_t = 100, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(20..=10_000))]
    width: u16,

    /// When differing words are coloured; `auto`: in a terminal, unless NO_COLOR is set.
    #[arg(long, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    color: When,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExplainFormat {
    /// Text in two columns.
    Text,
    /// A page.
    Html,
    /// A JSON object.
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    /// In a terminal.
    Auto,
    /// In pipes, too.
    Always,
    /// Nowhere.
    Never,
}

impl ExplainArgs {
    /// Shows the record.
    pub(crate) fn run(mut self) -> Result<Exit, Error> {
        self.reading.input.append(&mut self.inputs);
        let has_input = self.reading.names_inputs();
        if let Some(path) = self.summary.take() {
            let (path, summary) = read_summary(path)?;
            let recorded = recorded(&summary["settings"]).map_err(|problem| Error::input(path, problem))?;
            self.reading = recorded.reading.instead_of(self.reading);
        }
        let writing = WritingArgs::written(PathBuf::from("-"), None, self.ledger.clone(), None);
        let settings = common(&self.reading, &writing, Job::Clean, Verbosity::Quiet)?;
        let settings = Settings { mask: false, rules_of_lines: None, ..settings };
        let explaining = Explaining { record: self.record, ledger: self.ledger, outputs: self.outputs, settings, has_input };
        let explained = explain(&explaining)?;
        let mut stdout = std::io::stdout().lock();
        let is_coloured = match self.color {
            When::Always => true,
            When::Never => false,
            When::Auto => stdout.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        let page = match self.format {
            ExplainFormat::Text => as_text(&explained, is_coloured, self.width.into()),
            ExplainFormat::Html => as_html(&explained),
            ExplainFormat::Json => format!("{:#}\n", explained.as_json()),
        };
        let written = stdout.write_all(page.as_bytes());
        written.map(|()| Exit::Complete).map_err(|source| Error::io("write", "standard output", source))
    }
}
