//! A segment without some of what it holds.

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use super::{Segment, SegmentWriter, TableKind};
use crate::fingerprint::{ShingleHasher, WordHash, anchors};
use crate::index::kept_text::{Ground, KeptStream};
use crate::index::shards::Spot;
use crate::index::tables::{TableSize, Tables};
use crate::index::words::{KeptWords, WordPlace};

/// Writes to an empty file a segment that answers as if those of the records that are `gone` had never been kept.
///
/// Which places of an anchor are kept, and which runs one by one, depends on what came before, so the anchors are found anew in the words.
///
/// # Errors
///
/// If it cannot be written.
///
/// # Panics
///
/// If `gone` doesn't tell of each of the segment's records, in order, whether it goes.
pub fn write_without(
    segment: &Arc<Segment>,
    gone: &[bool],
    shingles: &ShingleHasher,
    size: TableSize,
    file: &File,
) -> io::Result<()> {
    assert_eq!(gone.len(), segment.records().iter().count(), "each record goes or stays");
    let gaps = Gaps::of(segment, gone);
    let mut writer = SegmentWriter::begin(file);
    let left = |(nth, at)| {
        let words = gaps.left_of(nth, segment.chunk(at));
        (!words.is_empty()).then_some((nth, words))
    };
    writer.words(segment.stored_chunks().filter_map(left))?;

    let staying = || segment.records().iter().zip(gone).filter(|(_, is_gone)| !**is_gone).map(|(record, _)| record);
    let mut is_used = vec![false; segment.n_files() as usize];
    staying().for_each(|record| is_used[record.place.file as usize] = true);
    let count = |n_before: &mut u32, is_used: &bool| {
        let number = *n_before;
        *n_before += u32::from(*is_used);
        Some(number)
    };
    let new_files: Vec<u32> = is_used.iter().scan(0, count).collect();
    let moved = |place| gaps.moved(place).expect("only records that stay are asked for");
    let records = staying().map(|record| record.moved(moved(record.start), new_files[record.place.file as usize]));
    let files = (0..segment.n_files()).filter(|nth| is_used[*nth as usize]);
    writer.records(records, files.map(|nth| segment.file_name(nth).unwrap_or_default()))?;

    // Places keep their order when they move, so what is sorted stays so.
    let mut words = KeptWords::default();
    words.store(segment);
    let ground = Ground { words: &words, shingles, size };
    let tables = tables_of(ground, staying().map(|record| record.start));
    for kind in [TableKind::Anchors, TableKind::Frequent] {
        let entries = tables.sorted(kind, ground).filter_map(|(hash, place)| Some((hash, gaps.moved(place)?)));
        writer.table(kind, tables.len(kind), entries)?;
    }
    let passages = segment.table(TableKind::Passages);
    let entries = passages.iter().filter_map(|(hash, place)| Some((hash, gaps.moved(place)?)));
    writer.table(TableKind::Passages, passages.len() as u64, entries)?;
    writer.finish()
}

/// The anchors of the streams that begin at some places.
fn tables_of(ground: Ground<'_>, starts: impl Iterator<Item = WordPlace>) -> Tables {
    let mut tables = Tables::new(ground.size);
    for start in starts {
        let stream = ground.words.after(start);
        let stream = &stream[..stream.iter().position(|&word| word == WordHash::BOUNDARY).unwrap_or(stream.len())];
        let anchors = anchors(stream, ground.shingles);
        let kept = KeptStream { start, words: stream, anchors: &anchors, passages: &[] };
        for anchor in &anchors {
            tables.shard_mut(anchor.hash).insert(anchor.hash, Spot::anchor(0, anchor.word), &kept, ground);
        }
    }
    tables
}

/// The places of words that go, in order.
struct Gaps(Vec<Gap>);

struct Gap {
    /// Places in one chunk.
    places: Range<u64>,
    /// How many words of the chunk are gone up to its end: so far do those behind it move.
    n_gone: u64,
}

impl Gaps {
    /// The places of those of a segment's records that are `gone`.
    fn of(segment: &Segment, gone: &[bool]) -> Self {
        let mut gaps: Vec<Gap> = Vec::new();
        let mut chunks = segment.stored_chunks().map(|(nth, at)| (nth, segment.chunk(at).len() as u64)).peekable();
        let mut records = segment.records().iter().zip(gone).peekable();
        while let Some((record, is_gone)) = records.next() {
            let (start, chunk) = (record.start.0, record.start.chunk());
            while chunks.next_if(|(before, _)| *before < chunk).is_some() {}
            if !is_gone {
                continue;
            }
            let chunk_start = start - record.start.in_chunk() as u64;
            let chunk_end = chunk_start + chunks.peek().filter(|(nth, _)| *nth == chunk).map_or(0, |(_, n_words)| *n_words);
            let end = records.peek().map_or(chunk_end, |(next, _)| next.start.0.min(chunk_end));
            let before = gaps.last().filter(|gap| gap.places.end > chunk_start).map_or(0, |gap| gap.n_gone);
            let n_gone = before + (end - start);
            match gaps.last_mut() {
                Some(last) if last.places.end == start && start > chunk_start => {
                    *last = Gap { places: last.places.start..end, n_gone }
                }
                _ => gaps.push(Gap { places: start..end, n_gone }),
            }
        }
        Self(gaps)
    }

    /// Where the word at `place` stands when the others are gone; `None` if it is one of these.
    fn moved(&self, place: WordPlace) -> Option<WordPlace> {
        let n_before = self.0.partition_point(|gap| gap.places.start <= place.0);
        match n_before.checked_sub(1).map(|nth| &self.0[nth]) {
            Some(gap) if gap.places.end > place.0 => None,
            Some(gap) if gap.places.start >= place.0 - place.in_chunk() as u64 => Some(WordPlace(place.0 - gap.n_gone)),
            _ => Some(place),
        }
    }

    /// What is left of the words of chunk number `chunk`.
    fn left_of<'w>(&self, chunk: u32, words: &'w [WordHash]) -> Cow<'w, [WordHash]> {
        let start = WordPlace::of_chunk(chunk).0;
        let inside = &self.0[self.0.partition_point(|gap| gap.places.start < start)..];
        let inside = &inside[..inside.partition_point(|gap| gap.places.start < start + words.len() as u64)];
        if inside.is_empty() {
            return Cow::Borrowed(words);
        }
        let mut left = Vec::with_capacity(words.len());
        let mut at = 0;
        for gap in inside {
            left.extend_from_slice(&words[at..(gap.places.start - start) as usize]);
            at = (gap.places.end - start) as usize;
        }
        left.extend_from_slice(&words[at..]);
        Cow::Owned(left)
    }
}
