//! `einmal index`, and the options by which dedup uses an index.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use einmal::error::Error;
use einmal::settings::IndexUse;
use einmal::store::{self, Expiry};

#[derive(Debug, Args)]
pub(super) struct IndexArgs {
    /// Take out what earlier runs with this index kept, too, and add what this run keeps.
    ///
    /// The folder is made if it isn't there. It is changed last, when all output is complete; a run that is stopped leaves it as it was.
    #[arg(long, value_name = "FOLDER", help_heading = "Index")]
    index: Option<PathBuf>,

    /// Compare with the index, but add nothing to it.
    #[arg(long, requires = "index", conflicts_with_all = ["index_only", "run"], help_heading = "Index")]
    read_only: bool,

    /// Add to the index what would be kept, and write no corpus.
    #[arg(long, requires = "index", conflicts_with_all = ["output", "to", "compress", "mark", "check"], help_heading = "Index")]
    pub(super) index_only: bool,

    /// What the run is called in the index. A run of the same name takes the place of the earlier one, so that a day can be repeated.
    ///
    /// By default the name of the first file with a digest of all inputs' names, sizes and ends; where one is a pipe, the time.
    #[arg(long, value_name = "NAME", requires = "index", value_parser = parse_run_name, help_heading = "Index")]
    run: Option<String>,

    /// Forget first what articles kept that are older than this: 30d, 8w; or of days before 2026-10-01. Their text covers nothing any more, and its space is given back.
    ///
    /// An article is of the day that its record names; without a date, of its run's day. An age counts back from this run's day: the one in the middle of its articles', or, where
    /// none has a date, today's. To know it, all is read twice (pipes from a temporary file); with a day, once. What this run keeps itself fades in later runs.
    #[arg(long, value_name = "AGE", requires = "index", conflicts_with_all = ["read_only", "check"], value_parser = parse_expiry, help_heading = "Index")]
    expire: Option<Expiry>,
}

/// An age or a day: `30d`, `8w`, `2026-10-01`.
fn parse_expiry(text: &str) -> Result<Expiry, String> {
    let wrong = || format!("`{text}` is neither an age nor a day: write 30d, 8w, or 2026-10-01");
    let age = |digits: &str, days: u32| digits.parse::<u32>().ok()?.checked_mul(days).map(Expiry::OlderThan);
    let parsed = match (text.strip_suffix('d'), text.strip_suffix('w')) {
        (Some(days), _) => age(days, 1),
        (_, Some(weeks)) => age(weeks, 7),
        (None, None) => parse_day(text).ok().map(Expiry::Before),
    };
    parsed.ok_or_else(wrong)
}

fn parse_day(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| format!("`{text}` is no day: write it like 2026-10-01"))
}

fn parse_run_name(name: &str) -> Result<String, String> {
    let is_plain = !name.trim().is_empty() && !name.contains(char::is_control);
    if is_plain { Ok(name.to_owned()) } else { Err("a run's name has letters, digits or signs, on one line".to_owned()) }
}

impl IndexArgs {
    /// How the index is used; a run that only checks adds nothing.
    pub(super) fn wanted(self, only_checks: bool) -> Option<IndexUse> {
        let adds = !self.read_only && !only_checks;
        self.index.map(|folder| IndexUse { folder, adds, run: self.run, expire: self.expire })
    }
}

/// Look after an index of what runs kept.
#[derive(Debug, Args)]
pub(crate) struct IndexCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the runs, in the order in which they count: name, time, records, words; a line each, with tabs between.
    List {
        /// The index's folder.
        index: PathBuf,
    },
    /// Show settings, sizes and files, as JSON.
    Show {
        /// The index's folder.
        index: PathBuf,
    },
    /// Read everything, and compare it with the checksums: exit code 1 if something is damaged.
    Check {
        /// The index's folder.
        index: PathBuf,
    },
    /// Merge all files into one. Runs do as much as is needed by themselves.
    Compact {
        /// The index's folder.
        index: PathBuf,
    },
    /// Forget what runs kept, or old articles: later runs find no copies of that any more.
    Forget {
        /// The index's folder.
        index: PathBuf,
        /// The run's name, as `einmal index list` has it.
        #[arg(required_unless_present = "before")]
        run: Vec<String>,
        /// Forget what articles of days before this one kept: 2026-10-01. Those without a date are of their run's day.
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        before: Option<NaiveDate>,
    },
    /// Write the records of which something is kept, as JSON Lines: run, file, record, id, url, date and words.
    Export {
        /// The index's folder.
        index: PathBuf,
    },
}

impl IndexCommand {
    /// Does what was asked for.
    pub(crate) fn run(self) -> Result<(), Error> {
        let mut out = BufWriter::new(io::stdout().lock());
        match self.what {
            What::List { index } => store::list(&index, &mut out),
            What::Show { index } => store::show(&index, &mut out),
            What::Check { index } => store::check(&index, &mut out),
            What::Compact { index } => store::compact(&index),
            What::Forget { index, run, before } => store::forget(&index, &run, before, &mut out),
            What::Export { index } => store::export(&index, &mut out),
        }?;
        out.flush().map_err(|source| Error::io("write", "standard output", source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_a_number_of_days_or_weeks_and_a_day_is_one() {
        let day = |text: &str| text.parse().map(Expiry::Before).ok();
        for (text, expiry) in [
            ("30d", Some(Expiry::OlderThan(30))),
            ("8w", Some(Expiry::OlderThan(56))),
            ("0d", Some(Expiry::OlderThan(0))),
            ("2026-10-01", day("2026-10-01")),
            ("30", None),
            ("d", None),
            ("-3d", None),
            ("1m", None),
            ("2026-02-30", None),
            ("4294967295w", None),
        ] {
            assert_eq!(parse_expiry(text).ok(), expiry, "{text}");
        }
    }
}
