//! A filter that tells of most hashes that a table doesn't hold them, in a look at 8 bytes.
//!
//! A Bloom filter in which all bits of a hash stand in one word, so that asking costs at most one wait for memory (F. Putze, P. Sanders, J. Singler: Cache-, Hash- and
//! Space-Efficient Bloom Filters, 2007). The word is told by the hash's first bits: filters are written from front to back as sorted hashes come, and hashes that
//! are looked up in order are looked up in few pages.

/// Bits of a hash in the filter, on average: of those hashes that the table doesn't hold, one in sixty passes.
const BITS_FOR_HASH: u64 = 10;

/// Bytes of a word.
const WORD_LEN: usize = 8;

/// Bytes of the filter for up to `n` hashes.
pub(super) fn filter_len(n: u64) -> u64 {
    (n * BITS_FOR_HASH).div_ceil(8 * WORD_LEN as u64).max(1) * WORD_LEN as u64
}

/// The number of the word of `n_words` that `hash` belongs to. Grows with the hash.
fn word_of(hash: u64, n_words: usize) -> usize {
    (u128::from(hash) * n_words as u128 >> 64) as usize
}

/// The four bits of `hash` in its word.
fn bits_of(hash: u64) -> u64 {
    (0..4).fold(0, |bits, nth| bits | 1 << (hash >> (6 * nth) & 63))
}

/// A complete filter. What is damaged may give wrong answers, but no panic.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bloom<'a>(pub(super) &'a [u8]);

impl<'a> Bloom<'a> {
    fn word(self, hash: u64) -> Option<&'a [u8; WORD_LEN]> {
        self.0[WORD_LEN * word_of(hash, self.0.len() / WORD_LEN)..].first_chunk()
    }

    /// Whether the table may hold `hash`.
    #[inline]
    pub(super) fn may_have(self, hash: u64) -> bool {
        self.word(hash).is_some_and(|word| !u64::from_le_bytes(*word) & bits_of(hash) == 0)
    }

    /// A look, in vain: many looks in a row wait for memory together.
    #[inline]
    pub(super) fn look_at(self, hash: u64) -> u8 {
        self.word(hash).map_or(0, |word| word[0])
    }
}

/// A filter on its way: the words that are complete, from front to back.
#[derive(Debug)]
pub(super) struct BloomWriter {
    n_words: usize,
    /// The number of the word that is being filled.
    at: usize,
    word: u64,
    /// Complete words that were not taken yet.
    pub(super) complete: Vec<u8>,
}

impl BloomWriter {
    /// A filter of `len` bytes, as [`filter_len`] says.
    pub(super) fn new(len: u64) -> Self {
        Self { n_words: len as usize / WORD_LEN, at: 0, word: 0, complete: Vec::new() }
    }

    /// Adds a hash, not smaller than the one before.
    pub(super) fn add(&mut self, hash: u64) {
        self.fill_to(word_of(hash, self.n_words));
        self.word |= bits_of(hash);
    }

    /// Completes the filter.
    pub(super) fn finish(&mut self) {
        self.fill_to(self.n_words);
    }

    fn fill_to(&mut self, at: usize) {
        for _ in self.at..at {
            self.complete.extend_from_slice(&std::mem::take(&mut self.word).to_le_bytes());
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
            assert!(passing < 300, "{passing} of 10,000 pass a filter of {n}");
        }
    }
}
