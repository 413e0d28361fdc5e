//! The words that a dump has, as hashes.

use std::collections::HashSet;

use super::{MixedHashing, Seed, scan_words};

/// All words of a dump.
#[derive(Debug)]
pub struct Vocabulary {
    words: HashSet<u64, MixedHashing>,
    seed: Seed,
}

impl Vocabulary {
    /// No words yet; `seed` is that of the hashes that will be added.
    pub fn new(seed: Seed) -> Self {
        Self { words: HashSet::default(), seed }
    }

    /// Adds words of a text ([`words_of`]).
    pub fn add(&mut self, words: &[u64]) {
        self.words.extend(words);
    }

    /// Whether a text has this word, in whatever case.
    pub fn has(&self, word: &str) -> bool {
        matches!(words_of(word, self.seed)[..], [hash] if self.words.contains(&hash))
    }
}

/// The hashes of a text's words, each once.
pub fn words_of(text: &str, seed: Seed) -> Vec<u64> {
    let mut words = Vec::new();
    scan_words(text, seed, &mut |_, hash| words.push(hash));
    words.sort_unstable();
    words.dedup();
    words
}
