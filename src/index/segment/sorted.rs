//! Hashes with their places, sorted, as they stand in a segment: entries, and a directory that leads into them by the hash's first bits.

use std::ops::Range;

use super::bloom::Bloom;
use super::footer::Section;
use super::map::Map;
use serde::{Deserialize, Serialize};

use crate::index::WordPlace;
use crate::index::lookup::Lookup;
use crate::index::prefetch::prefetch;

/// So many hashes share a line of the directory, more or less.
const MEANT_IN_BUCKET: u64 = 5;

/// The directory tells from 8 to so many bits of a hash.
const MOST_BITS: u32 = 24;

/// How entries are laid out: what the directory doesn't tell of the hash, in whole bytes, and the place; 9 to 12 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Layout {
    /// How many first bits of a hash the directory tells.
    pub(super) bits: u32,
    /// Bytes of a place.
    place_len: u32,
}

impl Layout {
    /// The layout for `n` entries with places before `end`.
    pub(super) fn of(n: u64, end: WordPlace) -> Self {
        let bits = (n / MEANT_IN_BUCKET).max(1).ilog2().clamp(8, MOST_BITS);
        Self { bits, place_len: if end.0 <= 1 << 32 { 4 } else { 5 } }
    }

    /// Whether there can be such entries.
    pub(super) fn is_sound(self) -> bool {
        (8..=MOST_BITS).contains(&self.bits) && (4..=5).contains(&self.place_len)
    }

    /// Bytes of a hash that stand in an entry: all but those that the directory tells.
    fn remainder_len(self) -> usize {
        8 - self.bits as usize / 8
    }

    fn entry_len(self) -> usize {
        self.remainder_len() + self.place_len as usize
    }

    fn remainder_mask(self) -> u64 {
        u64::MAX >> (64 - 8 * self.remainder_len())
    }

    /// Adds an entry.
    pub(super) fn push(self, hash: u64, place: WordPlace, entries: &mut Vec<u8>) {
        entries.extend_from_slice(&hash.to_le_bytes()[..self.remainder_len()]);
        entries.extend_from_slice(&place.0.to_le_bytes()[..self.place_len as usize]);
    }

    /// The first of some entries.
    fn first_of(self, entries: &[u8]) -> Entry {
        let bytes = &entries[..self.entry_len()];
        let first = bytes.first_chunk().expect("an entry has more than 8 bytes");
        let last = bytes.last_chunk().expect("an entry has more than 8 bytes");
        Entry {
            remainder: u64::from_le_bytes(*first) & self.remainder_mask(),
            place: WordPlace(u64::from_le_bytes(*last) >> (64 - 8 * self.place_len)),
        }
    }
}

/// An entry as it was read.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// What the directory doesn't tell of the hash.
    remainder: u64,
    place: WordPlace,
}

/// Bytes of the longest entry.
const MOST_LEN: usize = 12;

/// Entries that are read at once.
const PIECE: usize = 16;

/// Sorted by hash, then place. What is damaged may give wrong answers, but no panic.
#[derive(Debug, Clone, Copy)]
pub(in crate::index) struct Sorted<'a> {
    /// The file, and where the entries stand in it.
    pub(super) map: &'a Map,
    pub(super) entries: Section,
    /// Tells of most hashes that aren't there.
    pub(super) filter: Bloom<'a>,
    /// For each value of a hash's first bits, and one more, the number of the first entry that has it or a greater one; 4 bytes each.
    pub(super) directory: &'a [u8],
    pub(super) layout: Layout,
}

impl<'a> Sorted<'a> {
    /// How many entries there are.
    pub(in crate::index) fn len(self) -> usize {
        self.entries.len as usize / self.layout.entry_len()
    }

    /// Whether the directory leads to all entries.
    pub(super) fn is_whole(self) -> bool {
        self.directory.len() == 4 * ((1 << self.layout.bits) + 1)
            && self.entries.len as usize == self.start(1 << self.layout.bits) * self.layout.entry_len()
    }

    fn start(self, bucket: usize) -> usize {
        let bytes = self.directory[4 * bucket..].first_chunk().expect("the directory has a line more than there are buckets");
        u32::from_le_bytes(*bytes) as usize
    }

    fn bucket(self, hash: u64) -> Range<usize> {
        let bucket = (hash >> (64 - self.layout.bits)) as usize;
        let end = self.start(bucket + 1).min(self.len());
        self.start(bucket).min(end)..end
    }

    /// Some entries, at most [`PIECE`], in the front of a piece.
    fn copy(self, nths: Range<usize>) -> [u8; PIECE * MOST_LEN] {
        let mut piece = [0; PIECE * MOST_LEN];
        let len = self.layout.entry_len();
        self.map.copy(self.entries.start as usize + nths.start * len, &mut piece[..nths.len() * len]);
        piece
    }

    /// The first entry of a bucket that holds `remainder` or more, or one that is fewer than [`PIECE`] before it.
    fn lower_bound(self, bucket: Range<usize>, remainder: u64) -> usize {
        let (mut start, mut end) = (bucket.start, bucket.end);
        while end - start > PIECE {
            let middle = start.midpoint(end);
            let before = self.layout.first_of(&self.copy(middle..middle + 1)).remainder < remainder;
            if before { start = middle + 1 } else { end = middle }
        }
        start
    }

    /// The places of `hash`, in order.
    pub(in crate::index) fn places(self, hash: u64) -> impl Iterator<Item = WordPlace> + 'a {
        let bucket = if self.may_have(hash) { self.bucket(hash) } else { 0..0 };
        let remainder = hash & self.layout.remainder_mask();
        let first = self.lower_bound(bucket.clone(), remainder);
        let pieces = (first..bucket.end).step_by(PIECE).map(move |start| start..bucket.end.min(start + PIECE));
        let entries = pieces.flat_map(move |nths| {
            let piece = self.copy(nths.clone());
            (0..nths.len()).map(move |nth| self.layout.first_of(&piece[nth * self.layout.entry_len()..]))
        });
        let entries = entries.skip_while(move |entry| entry.remainder < remainder);
        entries.take_while(move |entry| entry.remainder == remainder).map(|entry| entry.place)
    }

    /// All entries, in order.
    pub(in crate::index) fn iter(self) -> impl Iterator<Item = (u64, WordPlace)> + 'a {
        let entries = &self.map.bytes()[self.entries.start as usize..][..self.entries.len as usize];
        (0..1_usize << self.layout.bits).flat_map(move |bucket| {
            let start = (bucket as u64) << (64 - self.layout.bits);
            let told = start & !self.layout.remainder_mask();
            self.bucket(start).map(move |nth| {
                let Entry { remainder, place } = self.layout.first_of(&entries[nth * self.layout.entry_len()..]);
                (told | remainder, place)
            })
        })
    }
}

impl Lookup for Sorted<'_> {
    #[inline]
    fn prefetch(&self, hash: u64) {
        self.filter.prefetch(hash);
    }

    #[inline]
    fn may_have(&self, hash: u64) -> bool {
        self.filter.may_have(hash)
    }

    #[inline]
    fn prefetch_rest(&self, hash: u64) {
        prefetch(self.directory.get(4 * (hash >> (64 - self.layout.bits)) as usize));
    }

    fn has(&self, hash: u64) -> bool {
        self.places(hash).next().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::segment::bloom::{BloomWriter, filter_len};
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use std::io::Write;

    /// Hashes, some of them alike in their first bits, some equal.
    fn entries() -> impl Strategy<Value = BTreeSet<(u64, u64)>> {
        let hash = prop_oneof![any::<u64>(), (0..40_u64).prop_map(|n| n << 50), (0..70_u64).prop_map(|n| (7 << 56) | n)];
        prop::collection::btree_set((hash, 0..1_u64 << WordPlace::BITS), 0..300)
    }

    proptest! {
        #[test]
        fn every_hash_has_its_places_in_order(set in entries(), bits in 8..=24_u32, place_len in 4..=5_u32) {
            let bits = if bits > 18 { bits - 10 } else { bits };
            let layout = Layout { bits, place_len };
            let set: BTreeSet<(u64, u64)> = set.into_iter().map(|(hash, place)| (hash, place >> (40 - 8 * place_len))).collect();
            let (mut bytes, mut counts) = (Vec::new(), vec![0_u32; (1 << bits) + 1]);
            let mut filter = BloomWriter::new(filter_len(set.len() as u64));
            for &(hash, place) in &set {
                filter.add(hash);
                layout.push(hash, WordPlace(place), &mut bytes);
                counts[(hash >> (64 - bits)) as usize + 1] += 1;
            }
            let starts = counts.iter().scan(0, |sum, count| { *sum += count; Some(*sum) });
            let directory: Vec<u8> = starts.flat_map(u32::to_le_bytes).collect();
            filter.finish();
            let mut file = tempfile::tempfile().expect("a file can be had");
            file.write_all(&[&[7; 5], &bytes[..]].concat()).expect("there is room");
            let map = Map::new(&file).expect("it can be mapped");
            let entries = Section { start: 5, len: bytes.len() as u64, xxh3: 0 };
            let sorted = Sorted { map: &map, entries, filter: Bloom(&filter.complete), directory: &directory, layout };
            prop_assert!(sorted.is_whole());
            prop_assert_eq!(sorted.iter().map(|(hash, place)| (hash, place.0)).collect::<Vec<_>>(), set.iter().copied().collect::<Vec<_>>());
            for &(hash, _) in &set {
                let expected: Vec<u64> = set.iter().filter(|entry| entry.0 == hash).map(|entry| entry.1).collect();
                prop_assert_eq!(sorted.places(hash).map(|place| place.0).collect::<Vec<_>>(), expected);
                for other in [hash ^ 1, hash.wrapping_add(1 << 57)] {
                    prop_assert_eq!(sorted.has(other), set.iter().any(|entry| entry.0 == other));
                }
            }
        }
    }

    #[test]
    fn an_entry_takes_9_to_12_bytes_and_what_leads_to_it_2_at_most() {
        let small = WordPlace(1 << 32);
        for (n, end, bits, len) in [
            (0, small, 8, 11),
            (1000, small, 8, 11),
            (1000, small.plus(1), 8, 12),
            (600_000, small, 16, 10),
            (13_000_000, small, 21, 10),
            (100_000_000, small, 24, 9),
            (200_000_000, small.plus(1), 24, 10),
        ] {
            let layout = Layout::of(n, end);
            assert_eq!((layout.bits, layout.entry_len(), layout.is_sound()), (bits, len, true), "{n}");
            let besides = (4 << bits) + filter_len(n);
            assert!(n < 10_000 || besides <= 2 * n + n / 8, "{besides} bytes for {n}");
        }
    }
}
