//! Which words a dump has, of those that somebody asks for.

use std::collections::HashSet;

use super::{MixedHashing, Seed, scan_words};

/// What was asked for, and is there.
#[derive(Debug)]
pub struct Vocabulary {
    words: HashSet<u64, MixedHashing>,
    seed: Seed,
}

impl Vocabulary {
    /// These words, by hashes of this seed.
    pub fn new(words: HashSet<u64, MixedHashing>, seed: Seed) -> Self {
        Self { words, seed }
    }

    /// Whether a text has this word, in whatever case. It must have been asked for.
    pub fn has(&self, word: &str) -> bool {
        word_hash(word, self.seed).is_some_and(|hash| self.words.contains(&hash))
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

/// The hash of a word, if it is one.
pub fn word_hash(word: &str, seed: Seed) -> Option<u64> {
    match words_of(word, seed)[..] {
        [hash] => Some(hash),
        _ => None,
    }
}
