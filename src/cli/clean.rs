//! `einmal clean`: cleaning alone.

use clap::Args;

use super::common;
use super::reading::ReadingArgs;
use super::writing::WritingArgs;
use einmal::error::Error;
use einmal::report::Verbosity;
use einmal::settings::{Job, Settings};

/// Clean texts as dedup does, and compare nothing.
///
/// Reads and writes like dedup. The ledger holds what rules (--clean lines, inline, blocks) took out.
#[derive(Debug, Args)]
pub(crate) struct CleanArgs {
    #[command(flatten)]
    reading: ReadingArgs,

    #[command(flatten)]
    writing: WritingArgs,

    /// Write no corpus, but which rule takes out how much, with examples.
    #[arg(long, conflicts_with_all = ["output", "to", "compress"])]
    explain: bool,
}

impl CleanArgs {
    /// What was typed, as it is meant.
    pub(super) fn settings(self, verbosity: Verbosity) -> Result<Settings, Error> {
        let job = if self.explain { Job::ExplainCleaning } else { Job::Clean };
        let settings = common(&self.reading, &self.writing, job, verbosity)?;
        if self.explain && settings.rules_of_lines.is_none() {
            return Err(Error::usage("--explain tells what rules take out").with_hint("add --clean lines, inline or blocks"));
        }
        Ok(settings)
    }
}
