//! `einmal verify`: is it true what a ledger says?

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser};
use serde_json::Value;

use super::common;
use super::reading::ReadingArgs;
use super::writing::{ToFormat, WritingArgs};
use einmal::boilerplate::Boilerplate;
use einmal::error::Error;
use einmal::report::Verbosity;
use einmal::settings::{Job, Settings};
use einmal::write::Target;

/// Check that input, output and ledger of a dedup run agree, word by word.
///
/// The output must be the (cleaned) input less what the ledger says, record by record and in its order, and every word that went
/// must stand where its receipt says, in kept text of an earlier record, or be listed as lost. This shares no code that decides
/// with dedup.
///
/// Name the inputs as dedup got them, and the options that said how they were read: or the run's --summary, which has these.
///
/// Exit codes: 0 all is right; 1 something is not, the first offences are named; 2 a file is missing or cannot be read.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The inputs, where they are not named as arguments.
    #[arg(long = "input", value_name = "INPUT", num_args = 1.., help_heading = "Input")]
    inputs: Vec<PathBuf>,

    #[command(flatten)]
    reading: ReadingArgs,

    /// The output of the run, a file or a folder.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,

    /// The ledger of the run.
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,

    /// The summary of the run: its settings are used, and its numbers compared.
    #[arg(long, value_name = "FILE", conflicts_with_all = SETTINGS.map(|(id, _)| id))]
    summary: Option<PathBuf>,

    /// The format that the output was written in, if the run named one.
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = "Output")]
    to: Option<ToFormat>,

    /// The run only marked what would go.
    #[arg(long, help_heading = "Output")]
    mark: bool,

    /// No word may be lost.
    #[arg(long, help_heading = "Output")]
    lossless: bool,

    /// How many threads work; by default as many as there are processors.
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

/// The options that a summary knows, as they are typed and as it calls them. What is cleaned by rules, and boilerplate, is told
/// by the ledger.
const SETTINGS: [(&str, &str); 14] = [
    ("from", "from"),
    ("articles", "articles"),
    ("field", "field"),
    ("id_field", "id-field"),
    ("date_field", "date-field"),
    ("source_field", "source-field"),
    ("html", "html"),
    ("max_record", "max-record"),
    ("clean", "clean"),
    ("unwrap", "unwrap"),
    ("to", "to"),
    ("mark", "mark"),
    ("rules", "rules"),
    ("boilerplate", "boilerplate"),
];

/// The settings of a run as they stand in its summary.
#[derive(Debug, Parser)]
pub(super) struct Recorded {
    #[command(flatten)]
    pub(super) reading: ReadingArgs,
    /// The format that was written.
    #[arg(long, value_enum)]
    pub(super) to: Option<ToFormat>,
    /// Whether it only marked.
    #[arg(long)]
    mark: bool,
}

/// A check of an earlier run.
#[derive(Debug)]
pub(crate) struct WantedCheck {
    /// The settings that shaped it.
    pub(crate) settings: Settings,
    /// Its summary.
    pub(crate) summary: Option<(PathBuf, Value)>,
    /// Whether no word may have been lost.
    pub(crate) is_lossless: bool,
}

impl VerifyArgs {
    /// What was typed, as it is meant.
    pub(super) fn wanted(mut self, verbosity: Verbosity) -> Result<WantedCheck, Error> {
        self.reading.input.append(&mut self.inputs);
        let summary = self.summary.take().map(read_summary).transpose()?;
        let mut is_lossless = self.lossless;
        if let Some((path, summary)) = &summary {
            let settings = &summary["settings"];
            let recorded = recorded(settings).map_err(|problem| Error::input(path, problem))?;
            (self.to, self.mark) = (recorded.to, recorded.mark);
            self.reading = recorded.reading.instead_of(self.reading);
            if settings["filter"] == "tag" || recorded_mark_is_filtered(settings) {
                let problem = "the run wrote the names of --filter's rules into records, which cannot be checked";
                return Err(Error::input(path, problem));
            }
            is_lossless |= settings["article_threshold"] == "1" && settings["passage_threshold"] == "1";
        }
        let writing = WritingArgs::written(self.output.clone(), self.to, self.ledger, self.threads);
        let settings = common(&self.reading, &writing, Job::Clean, verbosity)?;
        let target = if self.output.is_dir() { Target::Folder(self.output) } else { Target::File(self.output) };
        // What went before articles were compared is told by the ledger.
        let (boilerplate, boilerplate_list, rules_of_lines) = (Boilerplate::Off, None, None);
        let settings =
            Settings { target, mark: self.mark, mask: false, boilerplate, boilerplate_list, rules_of_lines, ..settings };
        Ok(WantedCheck { settings, summary, is_lossless })
    }
}

/// Whether the marks that a run wrote name rules of the filter.
fn recorded_mark_is_filtered(settings: &Value) -> bool {
    settings["mark"] == true && settings["filter"] != "off"
}

/// The summary of a run, and where it was read from.
pub(super) fn read_summary(path: PathBuf) -> Result<(PathBuf, Value), Error> {
    let text = std::fs::read_to_string(&path).map_err(|source| Error::io("read", &path, source))?;
    match serde_json::from_str::<Value>(&text) {
        Ok(summary) if summary["settings"].is_object() => Ok((path, summary)),
        _ => Err(Error::input(path, "this is no summary of a run").with_hint("dedup --summary FILE writes one")),
    }
}

/// Settings of a summary, read as if they had been typed.
pub(super) fn recorded(settings: &Value) -> Result<Recorded, String> {
    let mut typed = vec!["einmal".to_owned()];
    for (_, option) in SETTINGS {
        match &settings[option.replace('-', "_")] {
            Value::Bool(true) => typed.push(format!("--{option}")),
            Value::String(value) if option == "clean" => {
                typed.push(format!("--clean={}", if value == "off" { "off" } else { "safe" }))
            }
            Value::String(_) if option == "boilerplate" => {}
            Value::String(value) => typed.push(format!("--{option}={value}")),
            Value::Number(value) => typed.push(format!("--{option}={value}")),
            _ => {}
        }
    }
    Recorded::try_parse_from(typed).map_err(|error| {
        let message = error.to_string();
        format!("its settings cannot be used: {}", message.lines().next().unwrap_or_default().trim_start_matches("error: "))
    })
}
