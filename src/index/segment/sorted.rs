//! Hashes with their places, sorted, as they stand in a segment: entries, and a directory that leads into them by the hash's first bits.

use std::ops::Range;

use crate::index::WordPlace;

/// Bytes of a place.
const PLACE_LEN: usize = WordPlace::BITS as usize / 8;

/// So many hashes share a line of the directory, more or less.
const MEANT_IN_BUCKET: u64 = 8;

/// The directory tells from 8 to so many bits of a hash.
const MOST_BITS: u32 = 24;

/// Buckets up to this length are searched entry by entry.
const SHORT_BUCKET: usize = 16;

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

/// Sorted by hash, then place. What is damaged may give wrong answers, but no panic.
#[derive(Debug, Clone, Copy)]
pub(in crate::index) struct Sorted<'a> {
    pub(super) entries: &'a [u8],
    /// For each value of a hash's first bits, and one more, the number of the first entry that has it or a greater one; 4 bytes each.
    pub(super) directory: &'a [u8],
    pub(super) bits: u32,
}

impl<'a> Sorted<'a> {
    /// How many entries there are.
    pub(in crate::index) fn len(self) -> usize {
        self.entries.len() / entry_len(self.bits)
    }

    /// Whether the directory leads to all entries.
    pub(super) fn is_whole(self) -> bool {
        self.directory.len() == 4 * ((1 << self.bits) + 1)
            && self.entries.len() == self.start(1 << self.bits) * entry_len(self.bits)
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

    /// What entry number `nth` holds of its hash.
    fn remainder(self, nth: usize) -> u64 {
        let at = nth * entry_len(self.bits);
        let bytes = self.entries[at..].first_chunk().expect("an entry has more than 8 bytes");
        u64::from_le_bytes(*bytes) & remainder_mask(self.bits)
    }

    fn place(self, nth: usize) -> WordPlace {
        let end = (nth + 1) * entry_len(self.bits);
        let bytes = self.entries[..end].last_chunk().expect("an entry has more than 8 bytes");
        WordPlace(u64::from_le_bytes(*bytes) >> (64 - WordPlace::BITS))
    }

    /// The first entry of a bucket that holds `remainder` or more.
    fn lower_bound(self, bucket: Range<usize>, remainder: u64) -> usize {
        if bucket.len() <= SHORT_BUCKET {
            return bucket.clone().find(|&nth| self.remainder(nth) >= remainder).unwrap_or(bucket.end);
        }
        let (mut start, mut end) = (bucket.start, bucket.end);
        while start < end {
            let middle = start.midpoint(end);
            if self.remainder(middle) < remainder { start = middle + 1 } else { end = middle }
        }
        start
    }

    /// The places of `hash`, in order.
    pub(in crate::index) fn places(self, hash: u64) -> impl Iterator<Item = WordPlace> + 'a {
        let bucket = self.bucket(hash);
        let remainder = hash & remainder_mask(self.bits);
        let first = self.lower_bound(bucket.clone(), remainder);
        (first..bucket.end).take_while(move |&nth| self.remainder(nth) == remainder).map(move |nth| self.place(nth))
    }

    /// Whether `hash` has places.
    pub(in crate::index) fn has(self, hash: u64) -> bool {
        self.places(hash).next().is_some()
    }

    /// A look at the directory, in vain: many looks in a row wait for memory together.
    pub(in crate::index) fn look_at_directory(self, hash: u64) -> u8 {
        self.directory[4 * (hash >> (64 - self.bits)) as usize]
    }

    /// The same at the entries.
    pub(in crate::index) fn look_at_entries(self, hash: u64) -> u8 {
        self.entries.get(self.bucket(hash).start * entry_len(self.bits)).copied().unwrap_or_default()
    }

    /// All entries, in order.
    pub(in crate::index) fn iter(self) -> impl Iterator<Item = (u64, WordPlace)> + 'a {
        (0..1_usize << self.bits).flat_map(move |bucket| {
            let start = (bucket as u64) << (64 - self.bits);
            let told = start & !remainder_mask(self.bits);
            self.bucket(start).map(move |nth| (told | self.remainder(nth), self.place(nth)))
        })
    }
}

fn remainder_mask(bits: u32) -> u64 {
    u64::MAX >> (64 - 8 * remainder_len(bits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

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
            for &(hash, place) in &set {
                push_entry(hash, WordPlace(place), bits, &mut bytes);
                counts[(hash >> (64 - bits)) as usize + 1] += 1;
            }
            let starts = counts.iter().scan(0, |sum, count| { *sum += count; Some(*sum) });
            let directory: Vec<u8> = starts.flat_map(u32::to_le_bytes).collect();
            let sorted = Sorted { entries: &bytes, directory: &directory, bits };
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
    fn an_entry_takes_10_to_12_bytes_and_the_directory_little() {
        for (n, bits, len) in
            [(0, 8, 12), (1000, 8, 12), (600_000, 16, 11), (2_500_000, 18, 11), (100_000_000, 23, 11), (200_000_000, 24, 10)]
        {
            assert_eq!((directory_bits(n), entry_len(directory_bits(n))), (bits, len), "{n}");
        }
    }
}
