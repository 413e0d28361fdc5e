//! A run that knows what earlier runs kept, and adds what it keeps itself.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::days::expires_before;
use super::judge::Judge;
use crate::corpus::day_of;
use crate::error::Error;
use crate::fingerprint::ShingleHasher;
use crate::index::{KeptText, SegmentError};
use crate::read::Input;
use crate::report::{EarlierShare, Summary};
use crate::settings::{IndexUse, Settings};
use crate::store::{ChangedIndex, NewRun, Run, Store, now, run_name};

/// Segments of up to so many bytes together are compared with their checksums before anything else is done, larger ones beside the work.
const CHECKED_FIRST: u64 = 32 << 20;

/// So many runs before this one are told of at most.
const MOST_EARLIER: usize = 30;

/// The index of a run.
pub(super) struct RunIndex {
    store: Store,
    hasher: ShingleHasher,
    /// What this run will be called there; `None` if it only compares.
    name: Option<String>,
    started: String,
    checks: Vec<Check>,
}

/// The comparing of segment number `nth` with its checksums.
struct Check {
    nth: usize,
    sound: JoinHandle<Result<(), SegmentError>>,
}

impl RunIndex {
    /// Opens the index, without what an earlier run of the same name kept, and without what is to fade.
    pub(super) fn open(wanted: &IndexUse, settings: &Settings, inputs: &mut [Input]) -> Result<Self, Error> {
        let (started, min_run) = (now(), settings.rules.min_run);
        let (mut store, name) = if wanted.adds {
            (Store::change(&wanted.folder, min_run)?, Some(wanted.run.clone().map_or_else(|| run_name(inputs), Ok)?))
        } else {
            (Store::read(&wanted.folder)?, None)
        };
        let hasher = store.hasher(min_run)?;
        let uncompared = store.uncompared();
        if uncompared.iter().map(|(_, len)| len).sum::<u64>() <= CHECKED_FIRST {
            uncompared.iter().try_for_each(|&(nth, _)| store.verify_segment(nth))?;
            store.note_compared(uncompared.into_iter().map(|(nth, _)| nth));
        }
        if let Some(name) = &name
            && store.forget(name)?
        {
            log::info!("the index holds a run {name}, which this one replaces");
        }
        if let Some(expiry) = wanted.expire
            && !store.segments().is_empty()
        {
            let today = day_of(&started).expect("it was just written");
            let before = expires_before(settings, expiry, inputs, today)?;
            let n_expired = store.expire(before)?;
            log::info!("{n_expired} records in the index are of days before {before}, and forgotten");
        }
        let check = |(nth, _): (usize, u64)| {
            let segment = Arc::clone(&store.segments()[nth]);
            Check { nth, sound: thread::spawn(move || segment.verify()) }
        };
        let checks = store.uncompared().into_iter().map(check).collect();
        Ok(Self { store, hasher, name, started, checks })
    }

    pub(super) fn hasher(&self) -> ShingleHasher {
        self.hasher
    }

    /// What earlier runs kept.
    pub(super) fn kept_text(&self) -> KeptText {
        self.store.kept_text(self.hasher)
    }

    /// What the last runs read and kept.
    pub(super) fn earlier_shares(&self) -> Vec<EarlierShare> {
        let share = |run: &Run| EarlierShare { run: run.name.clone(), words_in: run.words_in, words_out: run.words_out };
        let runs = &self.store.manifest().runs;
        runs[runs.len().saturating_sub(MOST_EARLIER)..].iter().map(share).collect()
    }

    /// What the run will be called.
    pub(super) fn run_name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Writes the index with what the run kept; it only lacks names. `files` are the names of the run's files. `None` if nothing is to be added.
    pub(super) fn prepare(mut self, judge: &Judge, summary: &Summary, files: &[String]) -> Result<Option<ChangedIndex>, Error> {
        for check in self.checks.drain(..) {
            let sound = check.sound.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            sound.map_err(|_| {
                let problem = self.store.verify_segment(check.nth).err();
                problem.unwrap_or_else(|| Error::usage("a segment of the index was damaged for a while"))
            })?;
            self.store.note_compared([check.nth].into_iter());
        }
        let Some(name) = self.name else { return Ok(None) };
        let run = NewRun {
            name,
            started: self.started,
            records: summary.articles_out,
            words: summary.words_out,
            words_in: summary.words_in,
        };
        self.store.add(run, judge.kept(), files)?;
        self.store.prepare().map(Some)
    }
}
