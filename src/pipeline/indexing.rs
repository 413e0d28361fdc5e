//! A run that knows what earlier runs kept, and adds what it keeps itself.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::judge::Judge;
use crate::error::Error;
use crate::fingerprint::{MinRun, ShingleHasher};
use crate::index::{KeptText, Segment, SegmentError};
use crate::read::Input;
use crate::report::Summary;
use crate::settings::IndexUse;
use crate::store::{ChangedIndex, NewRun, Store, now, run_name};

/// Indexes up to so many bytes are compared with their checksums before anything else is done.
const CHECKED_FIRST: u64 = 32 << 20;

/// The index of a run.
pub(super) struct RunIndex {
    store: Store,
    hasher: ShingleHasher,
    /// What this run will be called there; `None` if it only compares.
    name: Option<String>,
    started: String,
    checks: Vec<JoinHandle<Result<(), SegmentError>>>,
}

impl RunIndex {
    /// Opens the index, without what an earlier run of the same name kept.
    pub(super) fn open(wanted: &IndexUse, min_run: MinRun, inputs: &[Input]) -> Result<Self, Error> {
        let started = now();
        let (mut store, name) = if wanted.adds {
            (Store::change(&wanted.folder, min_run)?, Some(wanted.run.clone().map_or_else(|| run_name(inputs), Ok)?))
        } else {
            (Store::read(&wanted.folder)?, None)
        };
        let hasher = store.hasher(min_run)?;
        let len: u64 = store.manifest().segments.iter().map(|segment| segment.len).sum();
        if len <= CHECKED_FIRST {
            store.verify()?;
        }
        if let Some(name) = &name
            && store.forget(name)?
        {
            log::info!("the index holds a run {name}, which this one replaces");
        }
        let check = |segment: &Arc<Segment>| {
            let segment = Arc::clone(segment);
            thread::spawn(move || segment.verify())
        };
        let unchecked = if len > CHECKED_FIRST { store.segments() } else { &[] };
        let checks = unchecked.iter().map(check).collect();
        Ok(Self { store, hasher, name, started, checks })
    }

    pub(super) fn hasher(&self) -> ShingleHasher {
        self.hasher
    }

    /// What earlier runs kept.
    pub(super) fn kept_text(&self) -> KeptText {
        self.store.kept_text(self.hasher)
    }

    /// What the run will be called.
    pub(super) fn run_name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Writes the index with what the run kept; it only lacks names. `files` are the names of the run's files. `None` if nothing is to be added.
    pub(super) fn prepare(mut self, judge: &Judge, summary: &Summary, files: &[String]) -> Result<Option<ChangedIndex>, Error> {
        for check in self.checks.drain(..) {
            let checked = check.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            checked.map_err(|_| {
                self.store.verify().err().unwrap_or_else(|| Error::usage("a segment of the index was damaged for a while"))
            })?;
        }
        let Some(name) = self.name else { return Ok(None) };
        let run = NewRun { name, started: self.started, records: summary.articles_out, words: summary.words_out };
        self.store.add(run, judge.kept(), files)?;
        self.store.prepare().map(Some)
    }
}
