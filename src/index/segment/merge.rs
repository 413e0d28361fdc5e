//! Several segments made one.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::sync::Arc;

use super::{Segment, SegmentWriter, TableKind};
use crate::fingerprint::{Anchor, MixedHashing, ShingleHasher, WordHash, anchors, runs_of};
use crate::index::records::StoredRecord;
use crate::index::tables::TableSize;
use crate::index::words::{KeptWords, WordPlace};

/// Writes to an empty file one segment that answers as `segments` do together. They follow each other in priority order.
///
/// `files` are the names of the files, if all segments count them alike; else each has names of its own.
///
/// # Errors
///
/// If it cannot be written.
pub fn merge(
    segments: &[Arc<Segment>],
    files: Option<&[String]>,
    shingles: &ShingleHasher,
    size: TableSize,
    file: &File,
) -> io::Result<()> {
    let mut words = KeptWords::default();
    segments.iter().for_each(|segment| words.store(segment));
    // What was read of the segments is not needed again, and would count as memory in use.
    let give_back = || segments.iter().for_each(|segment| segment.give_back());
    let mut writer = SegmentWriter::begin(file).pausing(&give_back);
    writer.words(segments.iter().flat_map(|segment| segment.stored_chunks().map(|(nth, at)| (nth, segment.chunk(at)))))?;
    match files {
        Some(files) => {
            let records = segments.iter().flat_map(|segment| segment.records().iter());
            writer.records(records, files.iter().map(String::as_str))?;
        }
        None => writer.records(renumbered(segments), file_names(segments))?,
    }
    let entries = |kind| segments.iter().map(move |segment| segment.table(kind).iter());
    let n_entries = |kind| segments.iter().map(|segment| segment.table(kind).len() as u64).sum();

    let mut limit = PlaceLimit { shingles, words: &words, size, hash: 0, n_kept: 0, frequent: HashMap::default() };
    let all = in_order(entries(TableKind::Anchors));
    writer.table(TableKind::Anchors, n_entries(TableKind::Anchors), all.filter(|&(hash, place)| limit.is_within(hash, place)))?;
    let mut frequent: Vec<(u64, WordPlace)> = limit.frequent.into_iter().collect();
    frequent.sort_unstable();
    let n_frequent = n_entries(TableKind::Frequent) + frequent.len() as u64;
    let stored = entries(TableKind::Frequent).map(|entries| Box::new(entries) as Box<dyn Iterator<Item = _>>);
    let all = in_order(stored.chain([Box::new(frequent.into_iter()) as Box<dyn Iterator<Item = _>>]));
    let stands_around = |anchor: &Anchor, run: &[WordHash]| {
        let places = segments.iter().flat_map(|segment| segment.table(TableKind::Anchors).places(anchor.hash));
        places.take(size.places_per_anchor).any(|place| words.run_stands_around(place, anchor.word as usize, run))
    };
    // A run of a later segment may stand around one of the places that are kept now.
    let is_wanted = |&(_, place): &(u64, WordPlace)| {
        let run = words.after(place).get(..shingles.min_run().words()).unwrap_or_default();
        anchors(run, shingles).first().is_some_and(|anchor| !stands_around(anchor, run))
    };
    writer.table(TableKind::Frequent, n_frequent, first_of_each(all).filter(is_wanted))?;
    writer.table(TableKind::Passages, n_entries(TableKind::Passages), in_order(entries(TableKind::Passages)))?;
    writer.finish()
}

/// The records of all segments, their files counted through.
fn renumbered(segments: &[Arc<Segment>]) -> impl Iterator<Item = StoredRecord<'_>> {
    let first_files = segments.iter().scan(0, |n_files, segment| {
        let first = *n_files;
        *n_files += segment.n_files();
        Some(first)
    });
    segments
        .iter()
        .zip(first_files)
        .flat_map(|(segment, first)| segment.records().iter().map(move |record| record.in_later_file(first)))
}

fn file_names(segments: &[Arc<Segment>]) -> impl Iterator<Item = &str> {
    segments.iter().flat_map(|segment| (0..segment.n_files()).map(|nth| segment.file_name(nth).unwrap_or_default()))
}

/// The entries of some sorted lists, sorted.
fn in_order<I: Iterator<Item = (u64, WordPlace)>>(lists: impl Iterator<Item = I>) -> impl Iterator<Item = (u64, WordPlace)> {
    let mut heads: Vec<((u64, WordPlace), I)> = lists.filter_map(|mut list| Some((list.next()?, list))).collect();
    std::iter::from_fn(move || {
        let least = (0..heads.len()).min_by_key(|&nth| heads[nth].0)?;
        let (head, list) = &mut heads[least];
        match list.next() {
            Some(next) => Some(std::mem::replace(head, next)),
            None => Some(heads.swap_remove(least).0),
        }
    })
}

/// The first place of each hash.
fn first_of_each(entries: impl Iterator<Item = (u64, WordPlace)>) -> impl Iterator<Item = (u64, WordPlace)> {
    let mut last = None;
    entries.filter(move |&(hash, _)| last.replace(hash) != Some(hash))
}

/// Keeps the first places of each anchor, and of the others the runs around them.
struct PlaceLimit<'a> {
    shingles: &'a ShingleHasher,
    words: &'a KeptWords,
    size: TableSize,
    /// The anchor that is looked at, and how many places of it there were.
    hash: u64,
    n_kept: usize,
    frequent: HashMap<u64, WordPlace, MixedHashing>,
}

impl PlaceLimit<'_> {
    /// Whether this place of an anchor is kept. Anchors come in order.
    fn is_within(&mut self, hash: u64, place: WordPlace) -> bool {
        if hash != self.hash {
            self.hash = hash;
            self.n_kept = 0;
        }
        self.n_kept += 1;
        let is_within = self.n_kept <= self.size.places_per_anchor;
        if !is_within {
            self.add_runs(place);
        }
        is_within
    }

    /// Keeps the runs that are looked up by the anchor at `place` one by one. Which these are the words around it tell: a run's anchor depends on nothing else.
    #[cold]
    fn add_runs(&mut self, place: WordPlace) {
        let run_len = self.shingles.min_run().words();
        let is_border = |word: &WordHash| *word == WordHash::BOUNDARY;
        let before = self.words.before(place);
        let before = &before[before.len().saturating_sub(run_len)..];
        let before = &before[before.iter().rposition(is_border).map_or(0, |at| at + 1)..];
        let after = self.words.after(place);
        let after = &after[..after.len().min(2 * run_len)];
        let after = &after[..after.iter().position(is_border).unwrap_or(after.len())];
        let around = [before, after].concat();
        let anchors = anchors(&around, self.shingles);
        let Some(nth) = anchors.iter().position(|anchor| anchor.word as usize == before.len()) else { return };
        for run in runs_of(&anchors, nth, around.len(), run_len) {
            let into = (before.len() - run) as u64;
            self.frequent.entry(self.shingles.run(&around[run..run + run_len])).or_insert(WordPlace(place.0 - into));
        }
    }
}
