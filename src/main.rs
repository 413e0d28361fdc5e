//! The program: parse, run, report, and say how it went.

mod allocator;
mod cli;
mod interrupt;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use einmal::error::{Error, printable};
use einmal::exit::Exit;
use einmal::pipeline::{estimate, report_of_run, run_job, verify_run};
use einmal::report::{Verbosity, start_log};
use einmal::restore::restore;
use einmal::settings::Job;

fn main() -> ExitCode {
    allocator::keep_free_memory_for_a_while();
    let args = cli::Args::parse();
    interrupt::clean_up_when_stopped();
    let exit = run(args).unwrap_or_else(|error| {
        if !error.is_closed_pipe() {
            complain(&error);
        }
        error.exit()
    });
    exit.into()
}

fn run(args: cli::Args) -> Result<Exit, Error> {
    let settings = match args.wanted()? {
        cli::Wanted::Job(settings) => settings,
        cli::Wanted::Index(command) => return command.run().map(|()| Exit::Complete),
        cli::Wanted::Check(check) => return verify(&check),
        cli::Wanted::Estimate(wanted) => return tell_estimate(&wanted),
        cli::Wanted::Report(report) => return write_report(&report),
        cli::Wanted::Restoring(restoring, verbosity) => {
            start_log(verbosity);
            let restored = restore(&restoring)?;
            return Ok(told(&restored, verbosity));
        }
        cli::Wanted::Explaining(args, verbosity) => {
            start_log(verbosity);
            return args.run();
        }
        cli::Wanted::Retuning(args) => return args.run(),
        cli::Wanted::Page(page) => {
            let written = std::io::stdout().lock().write_all(&page);
            return written.map(|()| Exit::Complete).map_err(|source| Error::io("write", "standard output", source));
        }
    };
    start_log(settings.verbosity);
    let summary = run_job(&settings)?;
    if settings.job == Job::ExplainCleaning {
        let _ = write!(std::io::stdout().lock(), "{}", summary.explained_rules());
    }
    if settings.verbosity >= Verbosity::Normal {
        // Where standard error is closed there is nobody to tell.
        let _ = writeln!(std::io::stderr().lock(), "{summary}");
    }
    if settings.check && summary.spans_removed.values().any(|n| *n > 0) {
        return Ok(Exit::No);
    }
    let are_left_out = summary.n_bad() > 0 && settings.quarantine.is_none();
    Ok(if are_left_out { Exit::BadRecordsLeftOut } else { Exit::Complete })
}

/// Tells what a run would need. The answer is no if there is no room for it.
fn tell_estimate(wanted: &cli::WantedEstimate) -> Result<Exit, Error> {
    start_log(wanted.settings.verbosity);
    let estimate = estimate(&wanted.settings, wanted.sample)?;
    let page = if wanted.as_json {
        serde_json::to_string_pretty(&estimate).expect("numbers and names can always be written")
    } else {
        estimate.to_string()
    };
    let written = writeln!(std::io::stdout().lock(), "{page}");
    written.map_err(|source| Error::io("write", "standard output", source))?;
    Ok(if estimate.lacking.is_empty() { Exit::Complete } else { Exit::No })
}

/// Checks an earlier run, and says what is wrong with it.
fn verify(check: &cli::WantedCheck) -> Result<Exit, Error> {
    let settings = &check.settings;
    start_log(settings.verbosity);
    let summary = check.summary.as_ref().map(|(path, summary)| (path.as_path(), summary));
    let (verified, offences) = verify_run(settings, summary, check.is_lossless)?;
    for offence in &offences {
        log::error!("{}", printable(&offence.to_string()));
    }
    if !offences.is_empty() {
        return Ok(Exit::No);
    }
    Ok(told(&verified, settings.verbosity))
}

/// Writes a page that shows what an earlier run did.
fn write_report(wanted: &cli::WantedReport) -> Result<Exit, Error> {
    start_log(wanted.verbosity);
    let (path, summary) = &wanted.summary;
    report_of_run((path, summary), &wanted.ledger, wanted.inputs.as_deref(), &wanted.target)?;
    Ok(Exit::Complete)
}

/// Says what was done, unless nobody wants to know.
fn told(numbers: &impl std::fmt::Display, verbosity: Verbosity) -> Exit {
    if verbosity >= Verbosity::Normal {
        let _ = writeln!(std::io::stderr().lock(), "{numbers}");
    }
    Exit::Complete
}

fn complain(error: &Error) {
    let mut stderr = std::io::stderr().lock();
    let _ = writeln!(stderr, "einmal: {error}");
    if let Some(hint) = error.hint() {
        let _ = writeln!(stderr, "\nhint: {hint}");
    }
}
