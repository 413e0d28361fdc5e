//! *What does every page of a host say?* Passages that stand in many articles of one host, each time between others: cookie notices, share lines, calls to subscribe.
//!
//! One wire story at many hosts is a copy, and is none of this; nor is what stands in an article's versions, between the same passages each time.

mod count;
mod list;

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::corpus::ByteSpan;
use crate::fingerprint::{Fingerprint, Seed, WordHash, scan_words};

pub use count::{Counter, Found};
pub use list::{List, ListError, ListLine};

/// What becomes of boilerplate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Boilerplate {
    /// It is not looked for.
    Off,
    /// It is told.
    #[default]
    Report,
    /// The first of each stays, the others are taken out before articles are compared.
    KeepOne,
    /// All of it is taken out before articles are compared.
    Drop,
}

/// Longer passages, in words, are no boilerplate: said twice, they are copies.
const MOST_WORDS: usize = 60;
/// Passages of so many words tell an article from others.
const OWN_WORDS: usize = 15;

/// A passage as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keyed {
    /// Its bytes in the record's text, without its line break, and where that ends.
    pub bytes: ByteSpan,
    /// The same.
    pub break_end: u32,
    /// What it says, and whose host does.
    pub key: u64,
    /// Between which passages of the article's own it stands.
    pub neighbours: u32,
}

/// The passages of a record that may be boilerplate of its host, each once. `prints` are its parts.
pub fn keyed(host: &str, text: &str, prints: &[Fingerprint], seed: Seed) -> Vec<Keyed> {
    let host = hash_bytes(host.as_bytes(), seed);
    let mut keyed: Vec<Keyed> = Vec::new();
    let mut seen = HashSet::new();
    for print in prints {
        let own = |words: std::ops::Range<usize>| (words.len() >= OWN_WORDS).then(|| hash_words(&print.words[words], 0));
        let mut before = 0;
        let mut waiting = keyed.len();
        for passage in &print.passages {
            let words = passage.words.range();
            let start = print.part.start + passage.bytes.start;
            let bytes = ByteSpan { start, end: print.part.start + passage.bytes.end };
            if !words.is_empty() && words.len() <= MOST_WORDS {
                let key = passage_key(&text[bytes.range()], &print.words[words.clone()], host, seed);
                if seen.insert(key) {
                    let break_end = print.part.start + passage.break_end;
                    keyed.push(Keyed { bytes, break_end, key, neighbours: before as u32 });
                }
            }
            if let Some(own) = own(words) {
                // What stands between two passages of the article's own has both for neighbours; each is no neighbour of itself.
                let last = keyed.len() - usize::from(keyed.last().is_some_and(|last| last.bytes == bytes));
                for between in &mut keyed[waiting..last] {
                    between.neighbours ^= (own >> 32) as u32;
                }
                waiting = last;
                before = own;
            }
        }
    }
    keyed
}

/// What a passage says, its digits made one, and whose host does.
fn passage_key(text: &str, words: &[WordHash], host: u64, seed: Seed) -> u64 {
    if !text.contains(char::is_numeric) {
        return hash_words(words, host);
    }
    let folded: String = text.chars().map(|c| if c.is_numeric() { '0' } else { c }).collect();
    let mut words = Vec::new();
    scan_words(&folded, seed, &mut |_, hash| words.push(WordHash::of(hash)));
    hash_words(&words, host)
}

/// The key of a passage by itself, as a list names it.
fn key_of(host: &str, text: &str, seed: Seed) -> u64 {
    let mut words = Vec::new();
    scan_words(text, seed, &mut |_, hash| words.push(WordHash::of(hash)));
    passage_key(text, &words, hash_bytes(host.as_bytes(), seed), seed)
}

fn hash_words(words: &[WordHash], more: u64) -> u64 {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.0.to_ne_bytes()).collect();
    xxh3_64_with_seed(&bytes, more)
}

fn hash_bytes(bytes: &[u8], seed: Seed) -> u64 {
    xxh3_64_with_seed(bytes, seed.0)
}
