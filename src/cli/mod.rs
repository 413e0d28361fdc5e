//! The command line: what was typed, with all help.

mod dedup;
mod size;

use clap::{Parser, Subcommand};

use einmal::error::Error;
use einmal::report::Verbosity;
use einmal::settings::Settings;

/// Takes out of a news dump every passage that an earlier kept text already says, and keeps a receipt for every word.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = "Try: einmal dedup dump.jsonl -o clean.jsonl --ledger receipts.jsonl")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,

    /// Say only what went wrong: no progress, no summary.
    #[arg(short, long, global = true)]
    quiet: bool,

    /// Say what is being done; twice: in more detail.
    #[arg(short, long, global = true, action = clap::ArgAction::Count, conflicts_with = "quiet")]
    verbose: u8,
}

#[derive(Debug, Subcommand)]
enum Command {
    Dedup(dedup::DedupArgs),
}

impl Args {
    /// What was typed, as it is meant.
    pub(crate) fn settings(self) -> Result<Settings, Error> {
        let verbosity = match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, 0) => Verbosity::Normal,
            (_, 1) => Verbosity::Verbose,
            _ => Verbosity::Debug,
        };
        match self.command {
            Command::Dedup(args) => args.settings(verbosity),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_option_has_its_help() {
        let command = Args::command().help_expected(true);
        command.debug_assert();
    }
}
