//! What is kept so far of the article that is being judged: it covers later places of the article itself.

use std::collections::HashMap;

use crate::corpus::WordSpan;
use crate::fingerprint::{Fingerprint, MixedHashing, ShingleHasher, WordHash};

/// The article's own kept text so far.
#[derive(Debug)]
pub(super) struct OwnText<'a> {
    article: &'a [WordHash],
    shingles: &'a ShingleHasher,
    /// For each run of the article, whether another may be equal to it; empty if none may.
    may_repeat: Vec<bool>,
    /// What is kept, as one stream, and the pieces of the article that it is made of.
    stream: Vec<WordHash>,
    pieces: Vec<WordSpan>,
    /// Kept runs that may cover something later, and kept passages, each with its first place in the stream.
    runs: HashMap<u64, u32, MixedHashing>,
    passages: HashMap<u64, WordSpan, MixedHashing>,
    /// The hashes of the article's runs, once they are needed.
    article_runs: Vec<u64>,
}

impl<'a> OwnText<'a> {
    /// Nothing kept so far. `repeats_itself` tells whether two anchors of the article may be equal.
    pub(super) fn new(article: &'a Fingerprint, repeats_itself: bool, shingles: &'a ShingleHasher) -> Self {
        Self {
            article: &article.words,
            shingles,
            may_repeat: if repeats_itself { runs_that_may_repeat(article, shingles) } else { Vec::new() },
            stream: Vec::new(),
            pieces: Vec::new(),
            runs: HashMap::default(),
            passages: HashMap::default(),
            article_runs: Vec::new(),
        }
    }

    /// Keeps some words of the article, behind those kept so far.
    pub(super) fn keep(&mut self, words: WordSpan) {
        if words.is_empty() {
            return;
        }
        let old_len = self.stream.len();
        self.stream.extend_from_slice(&self.article[words.range()]);
        match self.pieces.last_mut() {
            Some(last) if last.end == words.start => last.end = words.end,
            _ => self.pieces.push(words),
        }
        let run_len = self.shingles.min_run().words();
        let first = (old_len + 1).saturating_sub(run_len);
        // The last piece begins at the last seam. A run across it may be equal to any run; one from there on is a run of the article as well.
        let piece = *self.pieces.last().expect("one was just added or made longer");
        let seam = self.stream.len() - piece.len();
        let first_to_look_at = if self.may_repeat.is_empty() && seam <= first { self.stream.len() } else { first };
        for (nth, hash) in self.shingles.runs(&self.stream[first_to_look_at..]).enumerate() {
            let at = first + nth;
            let may_cover = at < seam || self.may_repeat.get(piece.start as usize + at - seam) == Some(&true);
            if may_cover {
                self.runs.entry(hash).or_insert(at as u32);
            } else if self.may_repeat.is_empty() {
                break;
            }
        }
        if !self.runs.is_empty() && self.article_runs.is_empty() {
            self.article_runs = self.shingles.runs(self.article).collect();
        }
    }

    /// Whether another run of the article may be equal to the one that begins with word `start`.
    pub(super) fn may_repeat(&self, start: usize) -> bool {
        self.may_repeat.get(start) == Some(&true)
    }

    /// Whether keeping words from `words.start` on makes a run, across the place before them where something was taken out, that stands in `words` once more.
    pub(super) fn may_repeat_across_seam(&self, words: WordSpan) -> bool {
        let (Some(piece), Some(last)) = (self.pieces.last(), self.stream.last()) else { return false };
        let words_here = &self.article[words.range()];
        piece.end != words.start && words_here.windows(2).any(|pair| pair == [*last, words_here[0]])
    }

    /// Notes that the last `n_words` kept are what is left of one passage.
    pub(super) fn end_passage(&mut self, n_words: usize) {
        // A long passage that is equal to another has its runs, too.
        let is_short = n_words < self.shingles.min_run().words();
        if n_words > 0 && (is_short || self.has_runs()) {
            let words = WordSpan::new(self.stream.len() - n_words, self.stream.len());
            let key = self.shingles.own_key(&self.stream[words.range()]);
            self.passages.entry(key.0).or_insert(words);
        }
    }

    /// Where the article's run that begins with word `start` stands in its kept text.
    pub(super) fn place_of_run(&self, start: usize) -> Option<u32> {
        let hash = self.article_runs.get(start)?;
        let place = *self.runs.get(hash)?;
        let run = &self.article[start..start + self.shingles.min_run().words()];
        self.stream[place as usize..].starts_with(run).then_some(place)
    }

    /// Whether runs may be found here at all.
    pub(super) fn has_runs(&self) -> bool {
        !self.runs.is_empty()
    }

    /// Where a passage equal to these words of the article stands in its kept text.
    pub(super) fn place_of_passage(&self, words: WordSpan) -> Option<u32> {
        let is_short = words.len() < self.shingles.min_run().words();
        if words.is_empty() || self.passages.is_empty() || !is_short && self.place_of_run(words.start as usize).is_none() {
            return None;
        }
        let words = &self.article[words.range()];
        let kept = self.passages.get(&self.shingles.own_key(words).0)?;
        (self.stream[kept.range()] == *words).then_some(kept.start)
    }

    /// The kept words from `place` on.
    pub(super) fn after(&self, place: u32) -> &[WordHash] {
        &self.stream[place as usize..]
    }

    pub(super) fn n_words(&self) -> usize {
        self.stream.len()
    }

    /// The whole stream, for the index.
    pub(super) fn into_stream(self) -> Vec<WordHash> {
        self.stream
    }
}

/// For each run of an article whether its anchor stands in it twice; empty if none does.
fn runs_that_may_repeat(article: &Fingerprint, shingles: &ShingleHasher) -> Vec<bool> {
    let mut hashes: Vec<u64> = article.anchors.iter().map(|anchor| anchor.hash).collect();
    hashes.sort_unstable();
    let repeated: Vec<u64> = hashes.chunk_by(|a, b| a == b).filter(|equal| equal.len() > 1).map(|equal| equal[0]).collect();
    if repeated.is_empty() {
        return Vec::new();
    }
    let n_runs = (article.words.len() + 1).saturating_sub(shingles.min_run().words());
    let mut may_repeat = vec![false; n_runs];
    for (nth, anchor) in article.anchors.iter().enumerate() {
        if repeated.binary_search(&anchor.hash).is_ok() {
            let next = article.anchors.get(nth + 1).map_or(n_runs, |next| next.first_run as usize);
            may_repeat[anchor.first_run as usize..next].fill(true);
        }
    }
    may_repeat
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::{MinRun, Seed, test_stream};

    #[test]
    fn runs_across_a_seam_are_found_even_if_the_article_repeats_no_run() {
        let shingles = ShingleHasher::new(Seed(3), MinRun::new(8).expect("in range"));
        // Words 0..6, then 100..120, then 6..12; kept are the first and the last piece. Then 2..10 once more.
        let numbers: Vec<u32> = (0..6).chain(100..120).chain(6..12).chain(2..10).collect();
        let article = Fingerprint { words: test_stream(&numbers), ..Fingerprint::default() };
        let mut own = OwnText::new(&article, false, &shingles);
        own.keep(WordSpan::new(0, 6));
        assert!(!own.has_runs());
        own.keep(WordSpan::new(26, 32));
        assert_eq!(own.place_of_run(32), Some(2));
        assert_eq!(own.place_of_run(31), None);
        own.end_passage(6);
        assert_eq!(own.place_of_passage(WordSpan::new(26, 32)), Some(6));
        assert_eq!(own.place_of_passage(WordSpan::new(0, 6)), None);
    }
}
