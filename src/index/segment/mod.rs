//! Kept text in a file: words, records, and the tables that lead into them, complete and never changed.
//!
//! A segment holds what a run kept, or what several runs in a row did, or a part of what one kept for which there was no room in memory. Its tables are sorted by
//! hash, so that a hash is found by its first bits, and several segments can be merged into one from front to back.

mod bloom;
mod footer;
mod map;
mod merge;
mod sorted;
#[cfg(test)]
mod tests;
mod tiers;
mod without;
mod writer;

use std::fmt;
use std::fs::File;
use std::io;
use std::ops::Range;

use xxhash_rust::xxh3::Xxh3;

use super::records::{KeptRecord, RecordsView};
use super::words::WordPlace;
use crate::fingerprint::WordHash;
use bloom::Bloom;
use footer::{Footer, Section, SortedSection, StoredChunk};
use map::Map;
pub use merge::merge;
pub(super) use sorted::Sorted;
pub use tiers::merge_wanted;
pub use without::write_without;
pub(super) use writer::SegmentWriter;

/// Bytes that are read in a row before their memory is given back.
const GIVEN_BACK: usize = 8 << 20;

/// A complete segment.
#[derive(Debug)]
pub struct Segment {
    map: Map,
    footer: Footer,
}

/// Why a file cannot be read as a segment.
#[derive(Debug)]
pub struct SegmentError(String);

impl SegmentError {
    fn new(problem: impl Into<String>) -> Self {
        Self(problem.into())
    }

    fn damaged(section: &str) -> Self {
        Self(format!("it is damaged (in its {section})"))
    }
}

impl fmt::Display for SegmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SegmentError {}

impl From<io::Error> for SegmentError {
    fn from(error: io::Error) -> Self {
        Self(format!("it cannot be read: {error}"))
    }
}

/// The three tables of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TableKind {
    /// Anchors, each with its first places.
    Anchors,
    /// The runs of anchors that have more places than are kept, each with its first place.
    Frequent,
    /// Short passages.
    Passages,
}

impl Segment {
    /// Opens a complete segment; only its footer is read.
    ///
    /// # Errors
    ///
    /// If it is none, cut short, or of another version. Damage elsewhere is found by [`Self::verify`].
    pub fn open(file: &File) -> Result<Self, SegmentError> {
        let map = Map::new(file)?;
        let footer = Footer::read(map.bytes())?;
        let segment = Self { map, footer };
        let is_sound =
            TableKind::ALL.into_iter().all(|kind| segment.footer.table(kind).layout.is_sound() && segment.table(kind).is_whole());
        if is_sound { Ok(segment) } else { Err(SegmentError::damaged("directories")) }
    }

    /// Reads everything, and compares it with the checksums.
    ///
    /// # Errors
    ///
    /// If it is damaged.
    pub fn verify(&self) -> Result<(), SegmentError> {
        match self.footer.sections().find(|(_, section)| self.checksum(*section) != section.xxh3) {
            Some((name, _)) => Err(SegmentError::damaged(name)),
            None => Ok(()),
        }
    }

    fn checksum(&self, section: Section) -> u64 {
        let mut hasher = Xxh3::new();
        let mut at = section.start as usize;
        for piece in self.bytes(section).chunks(GIVEN_BACK) {
            self.map.fetch(at..at + piece.len());
            hasher.update(piece);
            // All of a large segment at once would count as memory in use.
            if piece.len() == GIVEN_BACK {
                self.map.give_back(at..at + piece.len());
            }
            at += piece.len();
        }
        hasher.digest()
    }

    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.map.bytes().len() as u64
    }

    /// How many anchors, runs of frequent ones and short passages it leads from, and how many words it holds.
    pub fn counts(&self) -> SegmentCounts {
        let count = |kind| self.table(kind).len() as u64;
        SegmentCounts {
            anchors: count(TableKind::Anchors),
            frequent: count(TableKind::Frequent),
            passages: count(TableKind::Passages),
            words: self.footer.words.len / size_of::<WordHash>() as u64,
        }
    }

    /// Why something in it could not be read, since when its answers are wrong.
    pub fn failure(&self) -> Option<&io::Error> {
        self.map.failure()
    }

    /// Gives the memory back that the pages read so far take up.
    pub fn give_back(&self) {
        self.map.give_back(0..self.map.bytes().len());
    }

    /// The chunks of kept words that it holds, from the first to the last: the others between them are gone.
    pub fn chunks(&self) -> Range<u32> {
        let chunks = &self.footer.chunks;
        chunks.first().map_or(0, |first| first.nth)..chunks.last().map_or(0, |last| last.nth + 1)
    }

    fn bytes(&self, section: Section) -> &[u8] {
        &self.map.bytes()[section.start as usize..][..section.len as usize]
    }

    /// A table.
    pub(super) fn table(&self, kind: TableKind) -> Sorted<'_> {
        let SortedSection { filter, entries, directory, layout } = self.footer.table(kind);
        Sorted { map: &self.map, entries, filter: Bloom(self.bytes(filter)), directory: self.bytes(directory), layout }
    }

    /// Where the run with this hash was kept first, if it stands at none of its anchor's places.
    pub(super) fn frequent_run(&self, run: impl FnOnce() -> u64) -> Option<WordPlace> {
        let frequent = self.table(TableKind::Frequent);
        if frequent.len() == 0 { None } else { frequent.places(run()).next() }
    }

    /// The records that its words belong to.
    pub(super) fn records(&self) -> RecordsView<'_> {
        RecordsView { entries: self.bytes(self.footer.records), names: self.bytes(self.footer.names) }
    }

    /// The records, or parts of records, of which it holds words, and how many; `run_of` tells the number of a chunk's run.
    pub fn kept_records(&self, run_of: impl Fn(u32) -> usize) -> impl Iterator<Item = (KeptRecord<'_>, u64)> {
        let mut chunks = self.stored_chunks().peekable();
        self.records().iter().map(move |record| {
            let nth = record.start.chunk();
            while chunks.next_if(|(before, _)| *before < nth).is_some() {}
            let words = chunks.peek().filter(|(here, _)| *here == nth).map_or(&[][..], |&(_, at)| self.chunk(at));
            let stream = words.get(record.start.in_chunk()..).unwrap_or_default();
            let n_words = stream.iter().position(|&word| word == WordHash::BOUNDARY).unwrap_or(stream.len());
            (record.seen_from(record.start, run_of(nth) as u32, self.file_name(record.place.file)), n_words as u64)
        })
    }

    /// The name of file number `nth`, as the records count them.
    pub(super) fn file_name(&self, nth: u32) -> Option<&str> {
        let ends = self.bytes(self.footer.file_ends);
        let end = |nth: usize| Some(u64::from_le_bytes(*ends.get(8 * nth..)?.first_chunk()?) as usize);
        let start = if nth == 0 { 0 } else { end(nth as usize - 1)? };
        std::str::from_utf8(self.bytes(self.footer.file_names).get(start..end(nth as usize)?)?).ok()
    }

    /// How many file names it holds.
    fn n_files(&self) -> u32 {
        (self.footer.file_ends.len / 8) as u32
    }

    /// The numbers of its chunks, with their places among those of the segment.
    pub(super) fn stored_chunks(&self) -> impl Iterator<Item = (u32, usize)> {
        self.footer.chunks.iter().enumerate().map(|(at, chunk)| (chunk.nth, at))
    }

    /// The words of the chunk at a place among its chunks.
    #[inline]
    pub(super) fn chunk(&self, at: usize) -> &[WordHash] {
        let StoredChunk { n_words, first, .. } = self.footer.chunks[at];
        let start = self.footer.words.start as usize + first as usize * size_of::<WordHash>();
        self.map.words(start..start + n_words as usize * size_of::<WordHash>())
    }
}

/// How much a segment holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SegmentCounts {
    /// Anchors.
    pub anchors: u64,
    /// Runs of anchors that have more places than are kept.
    pub frequent: u64,
    /// Short passages.
    pub passages: u64,
    /// Words, and the borders between their streams.
    pub words: u64,
}

impl TableKind {
    /// In the order in which they stand in a segment.
    pub(super) const ALL: [Self; 3] = [Self::Anchors, Self::Frequent, Self::Passages];
}

impl Footer {
    fn table(&self, kind: TableKind) -> SortedSection {
        match kind {
            TableKind::Anchors => self.anchors,
            TableKind::Frequent => self.frequent,
            TableKind::Passages => self.passages,
        }
    }

    fn table_mut(&mut self, kind: TableKind) -> &mut SortedSection {
        match kind {
            TableKind::Anchors => &mut self.anchors,
            TableKind::Frequent => &mut self.frequent,
            TableKind::Passages => &mut self.passages,
        }
    }
}
