//! *What does this text say, in numbers?* Words to hashes, shingles to anchors: pure functions of text and seed.
//!
//! A text's words are hashed in matching form; of its shingles a few, the [anchors](Anchor), are chosen by winnowing, so that any two texts
//! with a common run of `min-run` words have an anchor in common.

mod classes;
mod matching_form;
mod scan;
mod shingle;
mod winnow;

use crate::corpus::{ByteSpan, Passage, WordSpan};
use crate::split;

pub use matching_form::matching_form;
pub use scan::{scan_words, scan_words_plainly};
pub use shingle::{MinRun, MixedHashing, PassageKey, PassageKeyBuilder, Seed, ShingleHasher, WordHash};
pub use winnow::{Anchor, anchors};

#[cfg(test)]
pub(crate) use shingle::tests::stream as test_stream;

/// All that later stages need to know of an article's text (or of one part of a large text).
#[derive(Debug, Clone, Default)]
pub struct Fingerprint {
    /// The part's place in the record's cleaned text; the passages' bytes count from its start.
    pub part: ByteSpan,
    /// The article's stream: the hashes of all its words in order.
    pub words: Vec<WordHash>,
    /// The passages, in order, the empty ones too.
    pub passages: Vec<Passage>,
    /// For each passage, what it is looked up by; `None` for one without words, and for one of `min-run` words or more, which anchors find.
    pub passage_keys: Vec<Option<PassageKey>>,
    /// The anchors of the stream, in order.
    pub anchors: Vec<Anchor>,
}

impl Fingerprint {
    /// The fingerprint of `text[part]`.
    pub fn of(text: &str, part: ByteSpan, shingles: &ShingleHasher) -> Self {
        let text = &text[part.range()];
        let spans = split::passages(text);
        let mut words = Vec::with_capacity(text.len() / 6);
        let mut passages = Vec::with_capacity(spans.len());
        let mut passage_keys = Vec::with_capacity(spans.len());
        for (bytes, break_end) in spans {
            let first = words.len();
            let mut key = shingles.passage_key();
            scan_words(&text[bytes.range()], shingles.seed(), &mut |_, hash| {
                key.add(hash);
                words.push(WordHash::of(hash));
            });
            let span = WordSpan::new(first, words.len());
            passage_keys.push(key.finish(&words[span.range()]));
            passages.push(Passage { bytes, break_end: break_end as u32, words: span });
        }
        let anchors = anchors(&words, shingles);
        Self { part, words, passages, passage_keys, anchors }
    }

    /// The passages that are looked up as a whole: the first word of each, and its key.
    pub fn short_passages(&self) -> impl Iterator<Item = (u32, PassageKey)> + '_ {
        let passages = self.passages.iter().zip(&self.passage_keys);
        passages.filter_map(|(passage, key)| Some((passage.words.start, (*key)?)))
    }
}
