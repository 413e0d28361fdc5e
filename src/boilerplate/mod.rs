//! *What does every page of a host say?* Passages that stand in many articles of one host, each time between others: cookie notices, share lines, calls to subscribe.
//!
//! One wire story at many hosts is a copy, and is none of this; nor is what stands in an article's versions, between the same passages each time.

mod count;
mod list;
mod occurrences;

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::corpus::ByteSpan;
use crate::fingerprint::{Fingerprint, MixedHashing, Seed};

pub use count::{Counter, Found};
pub use list::{List, ListError, ListLine};
pub use occurrences::Occurrences;

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
const MOST_BYTES: usize = 1000;
/// Passages of so many words tell an article from others.
const OWN_WORDS: usize = 15;

/// A passage as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keyed {
    /// Its bytes in the record's text, without its line break.
    pub bytes: ByteSpan,
    /// Where its line break ends.
    pub break_end: u32,
    /// What it says, and whose host does.
    pub key: u64,
    /// Whether the record has not said it before.
    pub is_first: bool,
    /// Between which passages of the article's own it stands.
    pub neighbours: u32,
}

/// The passages of a record that may be boilerplate of its host. `prints` are its parts.
pub fn keyed(host: &str, text: &str, prints: &[Fingerprint], seed: Seed) -> Vec<Keyed> {
    let host = xxh3_64_with_seed(host.as_bytes(), seed.0);
    let n_passages = prints.iter().map(|print| print.passages.len()).sum();
    let mut keyed: Vec<Keyed> = Vec::with_capacity(n_passages);
    let mut seen: HashSet<u64, MixedHashing> = HashSet::with_capacity_and_hasher(n_passages, MixedHashing::default());
    let mut folded = Vec::with_capacity(MOST_BYTES);
    let mut before = 0;
    for print in prints {
        // Those that wait for the next passage of the article's own.
        let mut waiting = keyed.len();
        for passage in print.passages.iter().filter(|passage| !passage.words.is_empty()) {
            let start = print.part.start;
            let bytes = ByteSpan { start: start + passage.bytes.start, end: start + passage.bytes.end };
            let said = &text[bytes.range()];
            let is_short = passage.words.len() <= MOST_WORDS && said.len() <= MOST_BYTES;
            let key = if is_short { passage_key(said, host, &mut folded) } else { 0 };
            if is_short {
                let is_first = seen.insert(key);
                keyed.push(Keyed { bytes, break_end: start + passage.break_end, key, is_first, neighbours: before });
            }
            if passage.words.len() >= OWN_WORDS {
                // A passage is no neighbour of itself.
                let last = keyed.len() - usize::from(keyed.last().is_some_and(|last| last.bytes == bytes));
                let own = (xxh3_64_with_seed(said.as_bytes(), seed.0) >> 32) as u32;
                keyed[waiting..last].iter_mut().for_each(|between| between.neighbours ^= own.rotate_left(1));
                waiting = last;
                before = own;
            }
        }
    }
    keyed
}

/// What a passage says, in small letters and its digits made one, and whose host does. `folded` is room to work in.
fn passage_key(text: &str, host: u64, folded: &mut Vec<u8>) -> u64 {
    folded.clear();
    folded.extend_from_slice(text.trim().as_bytes());
    // A plain loop, of which the compiler makes one over many bytes at once.
    folded.iter_mut().for_each(|byte| *byte = if byte.is_ascii_digit() { b'0' } else { byte.to_ascii_lowercase() });
    xxh3_64_with_seed(folded, host)
}

/// The key of a passage by itself, as a list names it.
fn key_of(host: &str, text: &str, seed: Seed) -> u64 {
    passage_key(text, xxh3_64_with_seed(host.as_bytes(), seed.0), &mut Vec::new())
}
