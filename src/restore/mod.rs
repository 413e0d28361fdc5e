//! *What was there before?* Output and ledger put together again: the input, as cleaning left it.
//!
//! A ledger line says how many records stand before its own in the output. What stays there gets the spans back that were taken
//! out of it; what went comes back whole, between those that were its neighbours.

mod file;
mod folder;
mod put_back;

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::ledger::Lines;
use crate::read::{BatchSize, HowToRead};
use crate::report::grouped;
use crate::write::{AtomicFile, Outputs, Target, begin_commit};

/// What is to be restored.
#[derive(Debug, Clone)]
pub struct Restoring {
    /// The output of a run: a file or a folder.
    pub output: PathBuf,
    /// Its ledger.
    pub ledger: PathBuf,
    /// Where the restored records go.
    pub target: Target,
    /// How the output is read.
    pub reading: HowToRead,
    /// How many threads read it.
    pub threads: usize,
}

/// What was restored, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restored {
    /// Records written.
    pub records: u64,
    /// Those of them that had gone whole.
    pub records_put_back: u64,
    /// Spans put back into records that had stayed.
    pub spans_put_back: u64,
    /// What is masked, and stays so.
    pub masked: u64,
    /// Records that had gone with something masked in them: of these the ledger has the text alone.
    pub texts_alone: u64,
}

impl fmt::Display for Restored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [records, whole, spans] = [self.records, self.records_put_back, self.spans_put_back].map(grouped);
        write!(f, "{records} records restored: {whole} put back whole, {spans} spans put back into others")?;
        if self.masked > 0 {
            write!(f, "\nmasked, and nobody can tell from what: {} addresses and numbers", grouped(self.masked))?;
        }
        if self.texts_alone > 0 {
            let records = grouped(self.texts_alone);
            write!(f, "\nrecords of which the ledger has only id and text, for something in them is masked: {records}")?;
        }
        Ok(())
    }
}

/// Puts together what a run took apart.
///
/// # Errors
///
/// If a file cannot be read or written, the ledger doesn't hold what it takes, or isn't that of the output.
pub fn restore(restoring: &Restoring) -> Result<Restored, Error> {
    let mut lines = Lines::open(&restoring.ledger, &restoring.ledger)?;
    let mut outputs = Outputs::begin(&restoring.target, None)?;
    let mut restored = Restored::default();
    if restoring.output.is_dir() {
        folder::restore(restoring, &mut lines, &mut outputs, &mut restored)?;
    } else {
        file::restore(restoring, &restoring.output, &mut lines, None, &mut outputs, &mut restored)?;
    }
    if let Some(line) = lines.peek()? {
        return Err(no_match(&restoring.ledger, line.number, "the output has no such record"));
    }
    let files = outputs.complete()?;
    begin_commit();
    files.into_iter().try_for_each(AtomicFile::commit)?;
    Ok(restored)
}

/// Ledger and output are not of the same run.
fn no_match(ledger: &Path, line: u64, what: &str) -> Error {
    Error::input(ledger, format!("line {line} doesn't fit the output: {what}"))
        .with_hint("output and ledger must be of the same run; einmal verify tells whether they are as they were")
}

impl Restoring {
    fn batch(&self) -> BatchSize {
        BatchSize::for_threads(self.threads)
    }
}
