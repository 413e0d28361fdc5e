//! A filter that tells of most hashes that a table doesn't hold them, in a look at one cache line.
//!
//! A Bloom filter in which all bits of a hash stand in one line, so that asking costs at most one wait for memory (F. Putze, P. Sanders, J. Singler: Cache-, Hash- and
//! Space-Efficient Bloom Filters, 2007). The line is told by the hash's first bits: filters are written from front to back as sorted hashes come, and hashes that
//! are looked up in order are looked up in few pages.

use crate::index::prefetch::prefetch;

/// Bits of a hash in the filter, on average: of those hashes that the table doesn't hold, one in a hundred passes.
const BITS_FOR_HASH: u64 = 10;

/// Bytes of a line.
const LINE: usize = 64;

/// So many bits are set for a hash.
const N_BITS: u32 = 5;

/// Bytes of the filter for up to `n` hashes.
pub(super) fn filter_len(n: u64) -> u64 {
    (n * BITS_FOR_HASH).div_ceil(8 * LINE as u64).max(1) * LINE as u64
}

/// The number of the line of `n_lines` that `hash` belongs to. Grows with the hash.
fn line_of(hash: u64, n_lines: usize) -> usize {
    ((u128::from(hash) * n_lines as u128) >> 64) as usize
}

/// The bits of `hash` in its line: the byte of each, and what stands for it there.
fn bits_of(hash: u64) -> impl Iterator<Item = (usize, u8)> {
    (0..N_BITS).map(move |nth| {
        let bit = (hash >> (9 * nth)) as usize % (8 * LINE);
        (bit / 8, 1 << (bit % 8))
    })
}

/// A complete filter. What is damaged may give wrong answers, but no panic.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bloom<'a>(pub(super) &'a [u8]);

impl<'a> Bloom<'a> {
    fn line(self, hash: u64) -> Option<&'a [u8; LINE]> {
        self.0[LINE * line_of(hash, self.0.len() / LINE)..].first_chunk()
    }

    /// Whether the table may hold `hash`.
    #[inline]
    pub(super) fn may_have(self, hash: u64) -> bool {
        self.line(hash).is_some_and(|line| bits_of(hash).all(|(byte, bit)| line[byte] & bit != 0))
    }

    /// Asks for the memory in which [`Self::may_have`] looks.
    #[inline]
    pub(super) fn prefetch(self, hash: u64) {
        prefetch(self.line(hash));
    }
}

/// A filter on its way: the lines that are complete, from front to back.
#[derive(Debug)]
pub(super) struct BloomWriter {
    n_lines: usize,
    /// The number of the line that is being filled.
    at: usize,
    line: [u8; LINE],
    /// Complete lines that were not taken yet.
    pub(super) complete: Vec<u8>,
}

impl BloomWriter {
    /// A filter of `len` bytes, as [`filter_len`] says.
    pub(super) fn new(len: u64) -> Self {
        Self { n_lines: len as usize / LINE, at: 0, line: [0; LINE], complete: Vec::new() }
    }

    /// Adds a hash, not smaller than the one before.
    pub(super) fn add(&mut self, hash: u64) {
        self.fill_to(line_of(hash, self.n_lines));
        bits_of(hash).for_each(|(byte, bit)| self.line[byte] |= bit);
    }

    /// Completes the filter.
    pub(super) fn finish(&mut self) {
        self.fill_to(self.n_lines);
    }

    fn fill_to(&mut self, at: usize) {
        for _ in self.at..at {
            self.complete.extend_from_slice(&std::mem::replace(&mut self.line, [0; LINE]));
        }
        self.at = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(seed: u64, n: u64) -> Vec<u64> {
        let mut hashes: Vec<u64> = (0..n).map(|nth| xxhash_rust::xxh3::xxh3_64_with_seed(&nth.to_le_bytes(), seed)).collect();
        hashes.sort_unstable();
        hashes
    }

    #[test]
    fn every_hash_passes_that_is_there_and_few_that_are_not() {
        for n in [0, 1, 7, 8, 9, 1000, 30_000] {
            let there = hashes(0, n);
            let mut writer = BloomWriter::new(filter_len(n));
            there.iter().for_each(|&hash| writer.add(hash));
            writer.finish();
            assert_eq!(writer.complete.len() as u64, filter_len(n), "{n}");
            let bloom = Bloom(&writer.complete);
            assert!(there.iter().all(|&hash| bloom.may_have(hash)), "{n}");
            let passing = hashes(1, 10_000).into_iter().filter(|&hash| bloom.may_have(hash)).count();
            assert!(passing < 200, "{passing} of 10,000 pass a filter of {n}");
        }
    }
}
