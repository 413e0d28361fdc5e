//! Receipts: which kept text covers what was taken out.

use super::coverage::{Equal, OthersCover};
use super::own::OwnText;
use crate::corpus::WordSpan;
use crate::fingerprint::{Anchor, Fingerprint};
use crate::index::{KeptText, WordPlace};

/// Some words of an article, and the kept text that says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// The words that are covered, in the article's stream.
    pub words: WordSpan,
    /// Where the first of them stands.
    pub source: Source,
}

/// A place in kept text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// In the kept text of an article before.
    Other(WordPlace),
    /// In what is kept of the article (the part) itself, by the number of the word there.
    Own(u32),
}

/// What receipts are made from.
pub(super) struct Cover<'a> {
    pub(super) article: &'a Fingerprint,
    pub(super) kept: &'a KeptText,
    pub(super) others: Option<&'a OthersCover>,
    pub(super) own: Option<&'a OwnText<'a>>,
    /// Passages and gaps that equal a kept passage, in order of their words.
    pub(super) equal: &'a [Equal<Source>],
}

impl Cover<'_> {
    /// Accounts for all words of `span`: receipts for the covered ones, and the stretches of those that are lost.
    pub(super) fn account_for(&self, span: WordSpan) -> (Vec<Receipt>, Vec<WordSpan>) {
        let mut receipts = Vec::new();
        let mut lost: Vec<WordSpan> = Vec::new();
        let mut at = span.start as usize;
        while at < span.end as usize {
            match self.run_over(at).or_else(|| self.equal_over(at)) {
                Some((source, n_words)) => {
                    let end = (at + n_words).min(span.end as usize);
                    receipts.push(Receipt { words: WordSpan::new(at, end), source });
                    at = end;
                }
                None => {
                    match lost.last_mut() {
                        Some(last) if last.end as usize == at => last.end += 1,
                        _ => lost.push(WordSpan::new(at, at + 1)),
                    }
                    at += 1;
                }
            }
        }
        (receipts, lost)
    }

    /// The first place of the last covered run that holds word `at`, moved on to the word itself, and how many words are equal from there.
    fn run_over(&self, at: usize) -> Option<(Source, usize)> {
        let words = &self.article.words;
        let run_len = self.kept.shingles().min_run().words();
        let last_run = words.len().checked_sub(run_len)?;
        let earliest = (at + 1).saturating_sub(run_len);
        (earliest..=at.min(last_run)).rev().find_map(|run| {
            if self.others.is_some_and(|others| others.runs[run]) {
                let anchor = self.anchor_of(run);
                let run_words = &words[run..run + run_len];
                let place = self.kept.first_place_of_run(anchor.hash, anchor.word as usize - run, run_words)?;
                let place = place.plus(at - run);
                return Some((Source::Other(place), self.kept.words().equal_after(place, &words[at..])));
            }
            let own = self.own?;
            let place = own.place_of_run(run)? + (at - run) as u32;
            let n_equal = own.after(place).iter().zip(&words[at..]).take_while(|(kept, word)| kept == word).count();
            Some((Source::Own(place), n_equal))
        })
    }

    fn equal_over(&self, at: usize) -> Option<(Source, usize)> {
        let equal = self.equal.iter().find(|equal| equal.words.range().contains(&at))?;
        let into = at - equal.words.start as usize;
        let source = match equal.place {
            Source::Other(place) => Source::Other(place.plus(into)),
            Source::Own(place) => Source::Own(place + into as u32),
        };
        Some((source, equal.words.len() - into))
    }

    fn anchor_of(&self, run: usize) -> &Anchor {
        let anchors = &self.article.anchors;
        &anchors[anchors.partition_point(|anchor| anchor.first_run as usize <= run) - 1]
    }
}

impl Receipt {
    /// The receipt of a part, counted in its record: `words` words, and `kept_words` words of kept text, come before the part.
    pub(super) fn shifted(self, words: usize, kept_words: usize) -> Self {
        let source = match self.source {
            Source::Other(place) => Source::Other(place),
            Source::Own(word) => Source::Own(word + kept_words as u32),
        };
        Self { words: self.words.shifted(words), source }
    }
}
