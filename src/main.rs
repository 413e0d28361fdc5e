//! The program: parse, run, report, and say how it went.

mod cli;
mod interrupt;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use einmal::error::Error;
use einmal::exit::Exit;
use einmal::pipeline::run_job;
use einmal::report::{Verbosity, start_log};
use einmal::settings::Job;

fn main() -> ExitCode {
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

fn complain(error: &Error) {
    let mut stderr = std::io::stderr().lock();
    let _ = writeln!(stderr, "einmal: {error}");
    if let Some(hint) = error.hint() {
        let _ = writeln!(stderr, "\nhint: {hint}");
    }
}
