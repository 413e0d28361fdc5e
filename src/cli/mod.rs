//! The command line: what was typed, with all help.

mod clean;
mod dedup;
mod estimate;
mod explain;
mod index;
mod pages;
mod reading;
mod report;
mod restore;
mod retune;
mod size;
mod verify;
mod writing;

use clap::{Parser, Subcommand};
pub(crate) use estimate::WantedEstimate;
use reading::ReadingArgs;
pub(crate) use report::WantedReport;
pub(crate) use verify::WantedCheck;
use writing::WritingArgs;

use einmal::decide::Rules;
use einmal::error::Error;
use einmal::filter::Filter;
use einmal::report::{Verbosity, start_log};
use einmal::restore::Restoring;
use einmal::settings::{Job, Settings};
use einmal::write::Target;

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

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Wanted {
    /// A job.
    Job(Box<Settings>),
    /// Something about an index.
    Index(index::IndexCommand),
    /// What a run would need.
    Estimate(Box<WantedEstimate>),
    /// A check of an earlier run.
    Check(Box<WantedCheck>),
    /// A page that shows what an earlier run did.
    Report(Box<WantedReport>),
    /// What a run took out is to come back.
    Restoring(Box<Restoring>, Verbosity),
    /// An article is to be explained.
    Explaining(Box<explain::ExplainArgs>, Verbosity),
    /// Other thresholds are to be tried.
    Retuning(retune::RetuneArgs),
    /// A page on standard output.
    Page(Vec<u8>),
}

#[derive(Debug, Subcommand)]
enum Command {
    Dedup(Box<dedup::DedupArgs>),
    Clean(Box<clean::CleanArgs>),
    Index(index::IndexCommand),
    Estimate(Box<estimate::EstimateArgs>),
    Verify(Box<verify::VerifyArgs>),
    Restore(Box<restore::RestoreArgs>),
    Report(Box<report::ReportArgs>),
    Explain(Box<explain::ExplainArgs>),
    Retune(retune::RetuneArgs),
    Completions(pages::CompletionsArgs),
    Man(pages::ManArgs),
}

impl Args {
    /// What was typed, as it is meant.
    pub(crate) fn wanted(self) -> Result<Wanted, Error> {
        let verbosity = match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, 0) => Verbosity::Normal,
            (_, 1) => Verbosity::Verbose,
            _ => Verbosity::Debug,
        };
        match self.command {
            Command::Dedup(args) => args.settings(verbosity).map(|settings| Wanted::Job(Box::new(settings))),
            Command::Clean(args) => args.settings(verbosity).map(|settings| Wanted::Job(Box::new(settings))),
            Command::Index(command) => {
                start_log(verbosity);
                Ok(Wanted::Index(command))
            }
            Command::Estimate(args) => args.wanted(verbosity).map(|wanted| Wanted::Estimate(Box::new(wanted))),
            Command::Verify(args) => args.wanted(verbosity).map(|check| Wanted::Check(Box::new(check))),
            Command::Restore(args) => args.wanted().map(|restoring| Wanted::Restoring(Box::new(restoring), verbosity)),
            Command::Report(args) => args.wanted(verbosity).map(|report| Wanted::Report(Box::new(report))),
            Command::Explain(args) => Ok(Wanted::Explaining(args, verbosity)),
            Command::Retune(args) => {
                start_log(verbosity);
                Ok(Wanted::Retuning(args))
            }
            Command::Completions(args) => Ok(Wanted::Page(args.page())),
            Command::Man(args) => args.page().map(Wanted::Page),
        }
    }
}

/// What the commands share; nothing is marked, and what decides is as by default.
fn common(reading: &ReadingArgs, writing: &WritingArgs, job: Job, verbosity: Verbosity) -> Result<Settings, Error> {
    let inputs = reading.inputs()?;
    let (threads, batch) = writing.threads()?;
    let (boilerplate, boilerplate_list) = reading.boilerplate()?;
    Ok(Settings {
        job,
        target: if job == Job::ExplainCleaning { Target::Nowhere } else { writing.target(&inputs) },
        compression: writing.compression(),
        inputs,
        selection: reading.selection()?,
        reading: reading.how(writing.to(reading.articles())?)?,
        bulk_index: writing.bulk_index.clone(),
        cleaning: reading.cleaning(),
        rules_of_lines: reading.rules_of_lines()?,
        mask: reading.mask,
        unwrap: reading.unwrap,
        boilerplate,
        boilerplate_list,
        rules: Rules::default(),
        filter: Filter::Off,
        filter_limits: None,
        index: None,
        is_rehearsal: false,
        check: false,
        max_removed: None,
        estimated: None,
        mark: false,
        verify: false,
        ledger: writing.ledger.clone(),
        ledger_text: writing.ledger_text(),
        summary: writing.summary.clone(),
        report: None,
        quarantine: writing.quarantine.clone(),
        threads,
        memory: writing.memory(),
        temp_dir: writing.temp_dir.clone(),
        batch,
        verbosity,
    })
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
