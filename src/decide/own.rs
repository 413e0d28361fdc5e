//! What is kept so far of the article that is being judged: it covers later places of the article itself.

use std::collections::HashMap;

use crate::corpus::WordSpan;
use crate::fingerprint::{MixedHashing, ShingleHasher, WordHash};

/// The article's own kept text so far.
#[derive(Debug)]
pub(super) struct OwnText<'a> {
    article: &'a [WordHash],
    shingles: &'a ShingleHasher,
    /// Whether some run of the article stands in it twice. If none does, only runs across a place where something was taken out can cover.
    repeats_itself: bool,
    /// What is kept, as one stream, and the pieces of the article that it is made of.
    stream: Vec<WordHash>,
    pieces: Vec<WordSpan>,
    /// Kept runs and passages, each with its first place in the stream.
    runs: HashMap<u64, u32, MixedHashing>,
    passages: HashMap<u64, WordSpan, MixedHashing>,
    /// The hashes of the article's runs, once they are needed.
    article_runs: Vec<u64>,
}

impl<'a> OwnText<'a> {
    pub(super) fn new(article: &'a [WordHash], repeats_itself: bool, shingles: &'a ShingleHasher) -> Self {
        Self {
            article,
            shingles,
            repeats_itself,
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
        // The last piece begins at the last seam; a run from there on is a run of the article as well.
        let seam = self.stream.len() - self.pieces.last().map_or(0, |piece| piece.len());
        let n_new = if self.repeats_itself { usize::MAX } else { seam.saturating_sub(first) };
        for (nth, hash) in self.shingles.runs(&self.stream[first..]).take(n_new).enumerate() {
            self.runs.entry(hash).or_insert((first + nth) as u32);
        }
        if !self.runs.is_empty() && self.article_runs.is_empty() {
            self.article_runs = self.shingles.runs(self.article).collect();
        }
    }

    /// Notes that the last `n_words` kept are what is left of one passage.
    pub(super) fn end_passage(&mut self, n_words: usize) {
        if n_words > 0 {
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
        if words.is_empty() || self.passages.is_empty() {
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


#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::{MinRun, Seed, test_stream};

    #[test]
    fn runs_across_a_seam_are_found_even_if_the_article_repeats_no_run() {
        let shingles = ShingleHasher::new(Seed(3), MinRun::new(8).expect("in range"));
        // Words 0..6, then 100..120, then 6..12; kept are the first and the last piece. Then 2..10 once more.
        let numbers: Vec<u32> = (0..6).chain(100..120).chain(6..12).chain(2..10).collect();
        let article = test_stream(&numbers);
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
