//! The words of a text, as receipts count them.

use crate::corpus::ByteSpan;
use crate::fingerprint::{Seed, WordHash, scan_words};
use crate::ledger::{Line, LineKind};
use crate::split::{PartSize, parts};

/// A word, and where it stands.
pub type Word = (ByteSpan, WordHash);

/// The words of a record's text. One that is judged in parts has the words of its parts: a word of a mebibyte may be several.
pub fn words_of(text: &str, seed: Seed) -> Vec<Word> {
    let mut words = Vec::new();
    for part in parts(text, PartSize::default()) {
        let start = part.start as usize;
        scan_words(&text[part.range()], seed, &mut |bytes, hash| words.push((bytes.shifted(start), WordHash::of(hash))));
    }
    words
}

/// Whether a text is judged in parts, so that its words have to be counted in what was compared.
pub fn is_in_parts(text: &str) -> bool {
    text.len() > PartSize::default().wanted
}

/// Of the words of a text that was compared, those that its ledger lines leave.
pub fn left_words(text: &str, lines: &[Line], seed: Seed) -> Vec<WordHash> {
    let mut spans = lines.iter().filter(|line| line.kind() == Some(LineKind::Span)).map(|line| line.span).peekable();
    let mut words = words_of(text, seed);
    words.retain(|(bytes, _)| {
        while spans.next_if(|span| span[1] <= bytes.start as usize).is_some() {}
        spans.peek().is_none_or(|span| (bytes.start as usize) < span[0])
    });
    words.into_iter().map(|(_, word)| word).collect()
}
