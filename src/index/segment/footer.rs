//! What a segment's last bytes say of the rest.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::SegmentError;
use super::sorted::Layout;

/// A segment ends with these bytes.
pub(super) const MAGIC: &[u8; 8] = b"einmal\0s";

/// The version of the format. A program refuses those that it doesn't know.
pub(super) const VERSION: u32 = 2;

/// Bytes behind the footer: its length, its checksum, [`MAGIC`].
const TAIL: usize = 24;

/// Where everything stands in a segment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Footer {
    pub(super) version: u32,
    /// The chunks of kept words, in order.
    pub(super) chunks: Vec<StoredChunk>,
    pub(super) words: Section,
    pub(super) records: Section,
    /// What the records are called.
    pub(super) names: Section,
    /// Where each file's name ends in `file_names`; 8 bytes each.
    pub(super) file_ends: Section,
    pub(super) file_names: Section,
    pub(super) anchors: SortedSection,
    pub(super) frequent: SortedSection,
    pub(super) passages: SortedSection,
}

/// What all versions say of themselves.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// A range of bytes, with its checksum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Section {
    pub(super) start: u64,
    pub(super) len: u64,
    pub(super) xxh3: u64,
}

/// Sorted hashes with their places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SortedSection {
    pub(super) filter: Section,
    pub(super) entries: Section,
    pub(super) directory: Section,
    pub(super) layout: Layout,
}

/// Words of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredChunk {
    /// The chunk's number among all of the kept text.
    pub(super) nth: u32,
    pub(super) n_words: u32,
    /// How many words of other chunks stand before it in the segment.
    pub(super) first: u64,
}

impl Footer {
    /// Reads the footer of a segment.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, SegmentError> {
        let cut_short = || SegmentError::new("it is no segment of an index, or cut short");
        let body_len = bytes.len().checked_sub(TAIL).ok_or_else(cut_short)?;
        let (body, tail) = bytes.split_at(body_len);
        if !tail.ends_with(MAGIC) {
            return Err(cut_short());
        }
        let number = |at: usize| u64::from_le_bytes(tail[at..at + 8].try_into().expect("8 bytes"));
        let start = (body_len as u64).checked_sub(number(0)).ok_or_else(cut_short)?;
        let footer = &body[start as usize..];
        if xxh3_64(footer) != number(8) {
            return Err(SegmentError::damaged("footer"));
        }
        let damaged = |_| SegmentError::damaged("footer");
        let Versioned { version } = serde_json::from_slice(footer).map_err(damaged)?;
        if version != VERSION {
            return Err(SegmentError::new(format!("it has version {version}, this program reads version {VERSION}")));
        }
        let footer: Self = serde_json::from_slice(footer).map_err(damaged)?;
        let lies_outside = |section: &Section| section.start.saturating_add(section.len) > start;
        let outside = footer.sections().find(|(_, section)| lies_outside(section)).map(|(name, _)| name);
        outside.map_or(Ok(footer), |name| Err(SegmentError::damaged(name)))
    }

    /// All sections with their names.
    pub(super) fn sections(&self) -> impl Iterator<Item = (&'static str, Section)> {
        let plain = [
            ("words", self.words),
            ("records", self.records),
            ("names", self.names),
            ("file ends", self.file_ends),
            ("file names", self.file_names),
        ];
        let sorted = [("anchors", self.anchors), ("frequent runs", self.frequent), ("passages", self.passages)];
        let sorted = sorted
            .into_iter()
            .flat_map(|(name, section)| [(name, section.filter), (name, section.entries), (name, section.directory)]);
        plain.into_iter().chain(sorted)
    }
}
