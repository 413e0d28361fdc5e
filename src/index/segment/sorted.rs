//! Hashes with their places, sorted, as they stand in a segment: entries, and a directory that leads into them by the hash's first bits.

use std::ops::Range;

use super::bloom::Bloom;
use super::footer::Section;
use super::map::Map;
use crate::index::WordPlace;

/// Bytes of a place.
const PLACE_LEN: usize = WordPlace::BITS as usize / 8;

/// So many hashes share a line of the directory, more or less.
const MEANT_IN_BUCKET: u64 = 5;

/// The directory tells from 8 to so many bits of a hash.
const MOST_BITS: u32 = 24;

/// Bytes of the longest entry.
const MOST_LEN: usize = 7 + PLACE_LEN;

/// How many first bits of a hash the directory of `n` entries tells.
pub(super) fn directory_bits(n: u64) -> u32 {
    (n / MEANT_IN_BUCKET).max(1).ilog2().clamp(8, MOST_BITS)
}

/// Bytes of a hash that stand in an entry: all but those that the directory tells.
fn remainder_len(bits: u32) -> usize {
    8 - bits as usize / 8
}

/// Bytes of an entry: what the directory doesn't tell of the hash, and the place; 10 to 12.
pub(super) fn entry_len(bits: u32) -> usize {
    remainder_len(bits) + PLACE_LEN
}

/// Adds an entry.
pub(super) fn push_entry(hash: u64, place: WordPlace, bits: u32, entries: &mut Vec<u8>) {
    entries.extend_from_slice(&hash.to_le_bytes()[..remainder_len(bits)]);
    entries.extend_from_slice(&place.0.to_le_bytes()[..PLACE_LEN]);
}

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
    pub(super) bits: u32,
}

impl<'a> Sorted<'a> {
    /// How many entries there are.
    pub(in crate::index) fn len(self) -> usize {
        self.entries.len as usize / entry_len(self.bits)
    }

    /// Whether the directory leads to all entries.
    pub(super) fn is_whole(self) -> bool {
        self.directory.len() == 4 * ((1 << self.bits) + 1)
            && self.entries.len as usize == self.start(1 << self.bits) * entry_len(self.bits)
    }

    fn start(self, bucket: usize) -> usize {
        let bytes = self.directory[4 * bucket..].first_chunk().expect("the directory has a line more than there are buckets");
        u32::from_le_bytes(*bytes) as usize
    }

    fn bucket(self, hash: u64) -> Range<usize> {
        let bucket = (hash >> (64 - self.bits)) as usize;
        let end = self.start(bucket + 1).min(self.len());
        self.start(bucket).min(end)..end
    }

    /// Some entries, at most [`PIECE`], in the front of a piece.
    fn copy(self, nths: Range<usize>) -> [u8; PIECE * MOST_LEN] {
        let mut piece = [0; PIECE * MOST_LEN];
        let len = entry_len(self.bits);
        self.map.copy(self.entries.start as usize + nths.start * len, &mut piece[..nths.len() * len]);
        piece
    }

    /// The first entry of a bucket that holds `remainder` or more, or one that is fewer than [`PIECE`] before it.
    fn lower_bound(self, bucket: Range<usize>, remainder: u64) -> usize {
        let (mut start, mut end) = (bucket.start, bucket.end);
        while end - start > PIECE {
            let middle = start.midpoint(end);
            let before = Entry::first_of(&self.copy(middle..middle + 1), self.bits).remainder < remainder;
            if before { start = middle + 1 } else { end = middle }
        }
        start
    }

    /// The places of `hash`, in order.
    pub(in crate::index) fn places(self, hash: u64) -> impl Iterator<Item = WordPlace> + 'a {
        let bucket = if self.may_have(hash) { self.bucket(hash) } else { 0..0 };
        let remainder = hash & remainder_mask(self.bits);
        let first = self.lower_bound(bucket.clone(), remainder);
        let pieces = (first..bucket.end).step_by(PIECE).map(move |start| start..bucket.end.min(start + PIECE));
        let entries = pieces.flat_map(move |nths| {
            let piece = self.copy(nths.clone());
            (0..nths.len()).map(move |nth| Entry::first_of(&piece[nth * entry_len(self.bits)..], self.bits))
        });
        let entries = entries.skip_while(move |entry| entry.remainder < remainder);
        entries.take_while(move |entry| entry.remainder == remainder).map(|entry| entry.place)
    }

    /// Whether `hash` has places.
    pub(in crate::index) fn has(self, hash: u64) -> bool {
        self.places(hash).next().is_some()
    }

    /// Whether `hash` may have places, as far as the filter tells.
    #[inline]
    pub(in crate::index) fn may_have(self, hash: u64) -> bool {
        self.filter.may_have(hash)
    }

    /// A look at the filter, in vain: many looks in a row wait for memory together.
    #[inline]
    pub(in crate::index) fn look_at_filter(self, hash: u64) -> u8 {
        self.filter.look_at(hash)
    }

    /// The same at the directory.
    #[inline]
    pub(in crate::index) fn look_at_directory(self, hash: u64) -> u8 {
        self.directory[4 * (hash >> (64 - self.bits)) as usize]
    }

    /// All entries, in order.
    pub(in crate::index) fn iter(self) -> impl Iterator<Item = (u64, WordPlace)> + 'a {
        let entries = &self.map.bytes()[self.entries.start as usize..][..self.entries.len as usize];
        (0..1_usize << self.bits).flat_map(move |bucket| {
            let start = (bucket as u64) << (64 - self.bits);
            let told = start & !remainder_mask(self.bits);
            self.bucket(start).map(move |nth| {
                let Entry { remainder, place } = Entry::first_of(&entries[nth * entry_len(self.bits)..], self.bits);
                (told | remainder, place)
            })
        })
    }
}

/// An entry as it was read.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// What the directory doesn't tell of the hash.
    remainder: u64,
    place: WordPlace,
}

impl Entry {
    /// The first entry of some.
    fn first_of(bytes: &[u8], bits: u32) -> Self {
        let bytes = &bytes[..entry_len(bits)];
        let first = bytes.first_chunk().expect("an entry has more than 8 bytes");
        let last = bytes.last_chunk().expect("an entry has more than 8 bytes");
        Self {
            remainder: u64::from_le_bytes(*first) & remainder_mask(bits),
            place: WordPlace(u64::from_le_bytes(*last) >> (64 - WordPlace::BITS)),
        }
    }
}

fn remainder_mask(bits: u32) -> u64 {
    u64::MAX >> (64 - 8 * remainder_len(bits))
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
        fn every_hash_has_its_places_in_order(set in entries(), bits in 8..=24_u32) {
            let bits = if bits > 18 { bits - 10 } else { bits };
            let (mut bytes, mut counts) = (Vec::new(), vec![0_u32; (1 << bits) + 1]);
            let mut filter = BloomWriter::new(filter_len(set.len() as u64));
            for &(hash, place) in &set {
                filter.add(hash);
                push_entry(hash, WordPlace(place), bits, &mut bytes);
                counts[(hash >> (64 - bits)) as usize + 1] += 1;
            }
            let starts = counts.iter().scan(0, |sum, count| { *sum += count; Some(*sum) });
            let directory: Vec<u8> = starts.flat_map(u32::to_le_bytes).collect();
            filter.finish();
            let mut file = tempfile::tempfile().expect("a file can be had");
            file.write_all(&[&[7; 5], &bytes[..]].concat()).expect("there is room");
            let map = Map::new(&file).expect("it can be mapped");
            let entries = Section { start: 5, len: bytes.len() as u64, xxh3: 0 };
            let sorted = Sorted { map: &map, entries, filter: Bloom(&filter.complete), directory: &directory, bits };
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
    fn an_entry_takes_10_to_12_bytes_and_what_leads_to_it_two_at_most() {
        for (n, bits, len) in
            [(0, 8, 12), (1000, 8, 12), (600_000, 16, 11), (2_500_000, 18, 11), (100_000_000, 24, 10), (200_000_000, 24, 10)]
        {
            assert_eq!((directory_bits(n), entry_len(directory_bits(n))), (bits, len), "{n}");
            let besides = (4 << bits) + filter_len(n);
            assert!(n < 10_000 || besides <= 2 * n, "{besides} bytes for {n}");
        }
    }
}
