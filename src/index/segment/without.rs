//! A segment without some of what it holds.

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

/// Writes to an empty file a segment that answers as if nothing in the chunks `gone` had ever been kept.
///
/// Which places of an anchor are kept, and which runs one by one, depends on what came before, so the anchors are found anew in the words.
///
/// # Errors
///
/// If it cannot be written.
pub fn write_without(
    segment: &Arc<Segment>,
    gone: &Range<u32>,
    shingles: &ShingleHasher,
    size: TableSize,
    file: &File,
) -> io::Result<()> {
    let stays = |place: WordPlace| !gone.contains(&place.chunk());
    let chunks = || segment.stored_chunks().filter(|(nth, _)| !gone.contains(nth)).map(|(nth, at)| (nth, segment.chunk(at)));
    let mut writer = SegmentWriter::begin(file);
    writer.words(chunks())?;
    let records = segment.records().iter().filter(|record| stays(record.start));
    let files = (0..segment.n_files()).map(|nth| segment.file_name(nth).unwrap_or_default());
    writer.records(records, files)?;

    let tables = tables_of(segment, stays, shingles, size);
    for kind in [TableKind::Anchors, TableKind::Frequent] {
        writer.table(kind, tables.len(kind), tables.sorted(kind))?;
    }
    let passages = segment.table(TableKind::Passages);
    writer.table(TableKind::Passages, passages.len() as u64, passages.iter().filter(|&(_, place)| stays(place)))?;
    writer.finish()
}

/// The anchors of those streams that stay.
fn tables_of(segment: &Arc<Segment>, stays: impl Fn(WordPlace) -> bool, shingles: &ShingleHasher, size: TableSize) -> Tables {
    let mut words = KeptWords::default();
    words.store(segment);
    let ground = Ground { words: &words, shingles, size };
    let mut tables = Tables::new(size);
    for start in segment.records().iter().map(|record| record.start).filter(|&start| stays(start)) {
        let stream = words.after(start);
        let stream = &stream[..stream.iter().position(|&word| word == WordHash::BOUNDARY).unwrap_or(stream.len())];
        let anchors = anchors(stream, shingles);
        let kept = KeptStream { start, words: stream, anchors: &anchors, passages: &[] };
        for anchor in &anchors {
            tables.shard_mut(anchor.hash).insert(anchor.hash, Spot::anchor(0, anchor.word), &kept, ground);
        }
    }
    tables
}
