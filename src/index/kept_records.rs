//! Which record every kept word belongs to, whoever kept it.

use std::ops::Range;
use std::sync::Arc;

use super::records::{KeptRecord, Records};
use super::segment::Segment;
use super::words::WordPlace;

/// The records whose text is kept: those of this run, and those of runs before it.
#[derive(Debug, Clone, Copy)]
pub struct KeptRecords<'a> {
    /// Those in memory.
    pub(super) held: &'a Records,
    /// Those in segments.
    pub(super) stored: &'a [Arc<Segment>],
    /// In priority order.
    pub(super) earlier: &'a [EarlierRun],
}

/// A run whose text is kept in segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierRun {
    /// What it is called.
    pub name: String,
    /// Its chunks of kept words.
    pub chunks: Range<u32>,
}

impl<'a> KeptRecords<'a> {
    /// The record that the word at `place` stands in.
    ///
    /// # Panics
    ///
    /// If nothing was kept at or before `place`.
    pub fn at(self, place: WordPlace) -> KeptRecord<'a> {
        let chunk = place.chunk();
        let run = self.earlier.partition_point(|run| run.chunks.end <= chunk);
        match self.stored.iter().find(|segment| segment.chunks().contains(&chunk)) {
            Some(segment) => {
                let record = segment.records().at(place).unwrap_or_default();
                let file = (run < self.earlier.len()).then(|| segment.file_name(record.place.file).unwrap_or_default());
                record.seen_from(place, run as u32, file)
            }
            None => self.held.view().at(place).expect("it was kept").seen_from(place, run as u32, None),
        }
    }

    /// The earlier run of this number; `None` if it is the current one.
    pub fn run(self, number: u32) -> Option<&'a EarlierRun> {
        self.earlier.get(number as usize)
    }
}
