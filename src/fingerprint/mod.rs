//! *What does this text say, in numbers?* Words to hashes, shingles to anchors: pure functions of text and seed.
//!
//! A text's words are hashed in matching form; of its shingles a few, the [anchors](Anchor), are chosen by winnowing, so that any two texts
//! with a common run of `min-run` words have an anchor in common.

mod classes;
mod matching_form;
mod outline;
mod scan;
mod shingle;
mod vocabulary;
mod winnow;

use std::ops::Range;

use crate::corpus::{ByteSpan, Passage, WordSpan};
use crate::split;

pub use matching_form::{MATCHING_FORM, matching_form};
pub use scan::{scan_words, scan_words_plainly};
pub use shingle::{MinRun, MixedHashing, PassageKey, PassageKeyBuilder, Seed, ShingleHasher, WordHash};
pub use vocabulary::{Vocabulary, word_hash, words_of};
pub use winnow::{Anchor, anchors, runs_of};

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
    /// The passages that are looked up as a whole: the first word of each in the stream, and its key. Those without words are not, and those of `min-run`
    /// words or more are found by anchors.
    pub short_passages: Vec<(u32, PassageKey)>,
    /// The anchors of the stream, in order.
    pub anchors: Vec<Anchor>,
}

impl Fingerprint {
    /// The fingerprint of `text[part]`.
    pub fn of(text: &str, part: ByteSpan, shingles: &ShingleHasher) -> Self {
        let text = &text[part.range()];
        let mut reading = Reading::new(split::passages(text), text.len(), shingles);
        // No word crosses a line break, so the words of all passages can be found in one go.
        scan_words(text, shingles.seed(), &mut |bytes, hash| reading.add(bytes.start, hash));
        let Reading { words, passages, short_passages, .. } = reading.finish();
        let anchors = anchors(&words, shingles);
        Self { part, words, passages, short_passages, anchors }
    }

    /// The same without words, anchors and keys: what is known of a text once it is judged.
    #[must_use]
    pub fn only_passages(self) -> Self {
        Self { part: self.part, passages: self.passages, ..Self::default() }
    }

    /// How many words the part has.
    pub fn n_words(&self) -> usize {
        self.passages.last().map_or(0, |passage| passage.words.end as usize)
    }

    /// What a passage is looked up by, if it is looked up as a whole.
    pub fn key_of(&self, passage: &Passage) -> Option<PassageKey> {
        let nth = self.short_passages.binary_search_by_key(&passage.words.start, |&(word, _)| word).ok()?;
        // A passage without words begins where the next one does.
        (!passage.words.is_empty()).then(|| self.short_passages[nth].1)
    }

    /// The numbers of the anchors that begin with these words, which come in order; of those before which none begins, that of the next anchor.
    pub fn anchors_at(&self, words: impl Iterator<Item = u32>) -> impl Iterator<Item = usize> {
        words.scan(0, |at, word| {
            *at += self.anchors[*at..].iter().take_while(|anchor| anchor.word < word).count();
            Some(*at)
        })
    }

    /// The runs of `run_len` words that are looked up by anchor number `nth`, by their first words.
    pub fn runs_of(&self, nth: usize, run_len: usize) -> Range<usize> {
        runs_of(&self.anchors, nth, self.words.len(), run_len)
    }

    /// The passage that begins with word `word`, by number; of several, the one that has words.
    pub fn passage_at(&self, word: u32) -> usize {
        self.passages.partition_point(|passage| passage.words.end <= word)
    }
}

/// A text's words on their way into its passages.
struct Reading {
    words: Vec<WordHash>,
    /// The passages begun so far; the last is open.
    passages: Vec<Passage>,
    short_passages: Vec<(u32, PassageKey)>,
    open_key: PassageKeyBuilder,
    /// The passages to come, and where the next of them begins.
    to_come: std::vec::IntoIter<(ByteSpan, usize)>,
    next_start: u32,
}

impl Reading {
    fn new(spans: Vec<(ByteSpan, usize)>, text_len: usize, shingles: &ShingleHasher) -> Self {
        Self {
            // A word and what stands between it and the next take some six bytes in most languages.
            words: Vec::with_capacity(text_len / 6),
            passages: Vec::with_capacity(spans.len()),
            short_passages: Vec::with_capacity(spans.len()),
            open_key: shingles.passage_key(),
            next_start: 0,
            to_come: spans.into_iter(),
        }
    }

    /// Adds the next word, which begins at byte `start`.
    #[inline(always)]
    fn add(&mut self, start: u32, hash: u64) {
        if start >= self.next_start {
            return self.add_to_later_passage(start, hash);
        }
        self.open_key.add(hash);
        self.words.push(WordHash::of(hash));
    }

    /// Out of line: the loop that finds words then holds what it needs in registers.
    #[cold]
    #[inline(never)]
    fn add_to_later_passage(&mut self, start: u32, hash: u64) {
        while start >= self.next_start {
            self.begin_passage();
        }
        self.add(start, hash);
    }

    fn begin_passage(&mut self) {
        self.end_passage();
        if let Some((bytes, break_end)) = self.to_come.next() {
            let words = WordSpan::new(self.words.len(), self.words.len());
            self.passages.push(Passage { bytes, break_end: break_end as u32, words });
        }
        self.next_start = self.to_come.as_slice().first().map_or(u32::MAX, |(bytes, _)| bytes.start);
    }

    fn end_passage(&mut self) {
        if let Some(open) = self.passages.last_mut() {
            open.words.end = self.words.len() as u32;
            if let Some(key) = self.open_key.take(&self.words[open.words.range()]) {
                self.short_passages.push((open.words.start, key));
            }
        }
    }

    fn finish(mut self) -> Self {
        while !self.to_come.as_slice().is_empty() {
            self.begin_passage();
        }
        self.end_passage();
        self
    }
}
