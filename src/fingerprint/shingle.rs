//! Hashes of words, of shingles (words in a row) and of short passages.

use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// What all hashes of a run depend on. Random, so that nobody can write a text that collides with somebody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub u64);

impl Seed {
    /// A seed that no other run has.
    pub fn random() -> Self {
        Self(RandomState::new().hash_one("einmal"))
    }

    /// The 64-bit hash of a word in matching form.
    pub fn hash_word(self, form: &[u8]) -> u64 {
        if form.len() > SHORT_FORM {
            return xxh3_64_with_seed(form, self.0);
        }
        let mut short = [0; SHORT_FORM];
        short[..form.len()].copy_from_slice(form);
        self.hash_short_word(u128::from_le_bytes(short))
    }

    /// The same for a form of [`SHORT_FORM`] bytes at most, the first in the low end, zeroes behind the last. No word holds a zero, and a length that
    /// never differs makes the hash fast.
    #[inline]
    pub(super) fn hash_short_word(self, form: u128) -> u64 {
        xxh3_64_with_seed(&form.to_le_bytes(), self.0)
    }
}

/// Forms up to this many bytes are hashed as one block.
pub(super) const SHORT_FORM: usize = 16;

/// A word of a stream: 32 bits of the hash of its matching form, never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct WordHash(u32);

impl WordHash {
    /// No word: stands between the streams of two articles where many are kept in one array.
    pub const BOUNDARY: Self = Self(0);

    /// The word whose matching form has the 64-bit hash `hash`.
    pub fn of(hash: u64) -> Self {
        Self(((hash >> 32) as u32).max(1))
    }

    /// The word as a number.
    pub(crate) fn bits(self) -> u32 {
        self.0
    }
}

/// Common runs of at least this many words are found: 8 to 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinRun(u8);

impl MinRun {
    /// The documented default.
    pub const DEFAULT: Self = Self(15);

    /// A run length, if it is in range.
    pub fn new(words: usize) -> Option<Self> {
        (8..=255).contains(&words).then_some(Self(words as u8))
    }

    /// The run length in words.
    pub fn words(self) -> usize {
        self.0.into()
    }

    /// Words in a shingle of which anchors are made.
    pub fn shingle_len(self) -> usize {
        (2 * self.words()).div_ceil(5)
    }

    /// Shingles in a window that yields one anchor. A run of `min-run` words holds exactly one window.
    pub fn window_len(self) -> usize {
        self.words() + 1 - self.shingle_len()
    }
}

/// Hashes shingles by a polynomial over their words (Karp and Rabin 1987), which can be rolled on by one word.
#[derive(Debug, Clone, Copy)]
pub struct ShingleHasher {
    seed: Seed,
    min_run: MinRun,
    /// Odd, from the seed.
    base: u64,
    /// `base` to the power of the shingle length, and of `min-run`.
    base_to_shingle: u64,
    base_to_run: u64,
}

impl ShingleHasher {
    /// The hasher for one run's settings.
    pub fn new(seed: Seed, min_run: MinRun) -> Self {
        let base = seed.hash_word(b"base of the shingle polynomial") | 1;
        Self {
            seed,
            min_run,
            base,
            base_to_shingle: base.wrapping_pow(min_run.shingle_len() as u32),
            base_to_run: base.wrapping_pow(u32::from(min_run.0)),
        }
    }

    /// The seed of all hashes.
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// The run length that shingles and windows follow from.
    pub fn min_run(&self) -> MinRun {
        self.min_run
    }

    /// The sum of each anchor-sized shingle of `words`, in order: as good as a hash in its high bits; [`Self::shingle_hash`] makes one of it.
    pub(super) fn shingle_sums<'a>(&self, words: &'a [WordHash]) -> impl Iterator<Item = u64> + use<'a> {
        self.rolling(words, self.min_run.shingle_len(), self.base_to_shingle)
    }

    /// The hash of each `min-run`-word shingle of `words`, in order.
    pub fn runs<'a>(&self, words: &'a [WordHash]) -> impl Iterator<Item = u64> + use<'a> {
        self.rolling(words, self.min_run.words(), self.base_to_run).map(mix)
    }

    /// The hash of a shingle by its sum. Different sums have different hashes.
    pub(super) fn shingle_hash(sum: u64) -> u64 {
        mix(sum)
    }

    /// The hash of the anchor that these words begin with.
    ///
    /// # Panics
    ///
    /// If they are fewer than a shingle.
    pub fn anchor_hash(&self, words: &[WordHash]) -> u64 {
        let shingle = &words[..self.min_run.shingle_len()];
        Self::shingle_hash(self.shingle_sums(shingle).next().expect("a shingle has one sum"))
    }

    /// The hash of one run of `min-run` words.
    pub fn run(&self, words: &[WordHash]) -> u64 {
        self.runs(words).next().expect("a run has min-run words")
    }

    fn rolling<'a>(&self, words: &'a [WordHash], len: usize, base_to_len: u64) -> impl Iterator<Item = u64> + use<'a> {
        let base = self.base;
        let step = move |sum: u64, word: WordHash| sum.wrapping_mul(base).wrapping_add(u64::from(word.0) + 1);
        let head = words.len().min(len);
        let mut sum = words[..head].iter().fold(0, |sum, &word| step(sum, word));
        let first = (words.len() >= len).then_some(sum);
        let rest = words[head..].iter().zip(words).map(move |(&word, &gone)| {
            sum = step(sum, word).wrapping_sub(base_to_len.wrapping_mul(u64::from(gone.0) + 1));
            sum
        });
        first.into_iter().chain(rest)
    }

    /// Begins the key of a passage.
    pub fn passage_key(&self) -> PassageKeyBuilder {
        PassageKeyBuilder { n_words: 0, last: [0; PassageKeyBuilder::MIN_FOR_STREAM_KEY], most: self.min_run.words() - 1 }
    }

    /// The key of a passage of these words, which are [`PassageKeyBuilder::MIN_FOR_STREAM_KEY`] at least; `None` from `min-run` words on.
    pub fn key_of(&self, words: &[WordHash]) -> Option<PassageKey> {
        debug_assert!(words.len() >= PassageKeyBuilder::MIN_FOR_STREAM_KEY);
        (words.len() < self.min_run.words()).then(|| PassageKey(hash_stream(words)))
    }
}

impl ShingleHasher {
    /// What a passage of any length is looked up by within its own article.
    pub fn own_key(&self, words: &[WordHash]) -> PassageKey {
        PassageKey(hash_stream(words))
    }
}

/// What a whole passage is looked up by: 64 bits of hash of all its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PassageKey(pub u64);

/// Makes a [`PassageKey`] while a passage's words go by.
#[derive(Debug)]
pub struct PassageKeyBuilder {
    n_words: usize,
    /// The 64-bit hashes of the last words, each at its number modulo theirs.
    last: [u64; Self::MIN_FOR_STREAM_KEY],
    most: usize,
}

impl PassageKeyBuilder {
    /// From this many words on, the stream's 32 bits a word are more than enough; shorter passages take all 64.
    pub const MIN_FOR_STREAM_KEY: usize = 4;

    /// Adds the next word, by its 64-bit hash.
    #[inline]
    pub fn add(&mut self, hash: u64) {
        self.last[self.n_words % Self::MIN_FOR_STREAM_KEY] = hash;
        self.n_words += 1;
    }

    /// The key of the passage, given its words again; `None` for none, and for `min-run` or more. The next passage may come.
    pub fn take(&mut self, words: &[WordHash]) -> Option<PassageKey> {
        debug_assert_eq!(words.len(), self.n_words);
        match std::mem::take(&mut self.n_words) {
            0 => None,
            n if n > self.most => None,
            n if n < Self::MIN_FOR_STREAM_KEY => Some(PassageKey(self.last[..n].iter().fold(0, |sum, hash| mix(sum ^ hash)))),
            _ => Some(PassageKey(hash_stream(words))),
        }
    }
}

fn hash_stream(words: &[WordHash]) -> u64 {
    words.iter().fold(words.len() as u64, |sum, word| mix(sum ^ u64::from(word.0)))
}

/// Builds hash maps whose keys are hashes already, and mixed well.
pub type MixedHashing = BuildHasherDefault<MixedHash>;

/// Takes a `u64` for its own hash.
#[derive(Debug, Default)]
pub struct MixedHash(u64);

impl Hasher for MixedHash {
    fn write(&mut self, _: &[u8]) {
        unreachable!("only keys that are hashes already are hashed with this")
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        // Tables look at both ends of a hash, and the high end may tell shards apart already.
        self.0.rotate_left(32)
    }
}

/// Spreads every bit over all others (after the finalizer of SplitMix64, Steele and others 2014, one round shorter: what comes in is a sum of random
/// numbers already). Different numbers stay different.
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 32)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^= x >> 29;
    x = x.wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 32)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A stream of made-up words.
    pub(crate) fn stream(words: &[u32]) -> Vec<WordHash> {
        words.iter().map(|&word| WordHash::of(Seed(1).hash_word(&word.to_le_bytes()))).collect()
    }

    #[test]
    fn a_rolled_hash_is_the_hash_of_the_shingle_alone() {
        let words = stream(&[3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4]);
        for min_run in [8, 15, 19] {
            let hasher = ShingleHasher::new(Seed(7), MinRun::new(min_run).expect("in range"));
            let rolled: Vec<u64> = hasher.runs(&words).collect();
            assert_eq!(rolled.len(), words.len() - min_run + 1);
            for (start, hash) in rolled.iter().enumerate() {
                let alone: Vec<u64> = hasher.runs(&words[start..start + min_run]).collect();
                assert_eq!(alone, [*hash]);
            }
        }
        let hasher = ShingleHasher::new(Seed(7), MinRun::DEFAULT);
        assert_eq!(hasher.runs(&words[..14]).count(), 0);
        assert_eq!(hasher.shingle_sums(&words[..6]).count(), 1);
        assert_eq!(hasher.shingle_sums(&[]).count(), 0);
    }

    #[test]
    fn a_run_holds_exactly_one_window() {
        for words in 8..=255 {
            let run = MinRun::new(words).expect("in range");
            assert_eq!(run.shingle_len() + run.window_len() - 1, words);
        }
        assert_eq!((MinRun::DEFAULT.shingle_len(), MinRun::DEFAULT.window_len()), (6, 10));
        assert_eq!((MinRun::new(7), MinRun::new(256)), (None, None));
    }
}
