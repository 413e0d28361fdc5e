//! What stayed though a good part of it is covered, and the scores by which other thresholds can be tried.
//!
//! Nothing here decides: it looks at what other articles cover once a judgement is made. What only the article's own text covers is left aside.

use super::coverage::OthersCover;
use super::cuts::rows_of_covered_sentences;
use super::facts::changed_facts;
use super::receipt::Cover;
use super::rules::{Facts, LONG_PASSAGE, MIN_GAP, MinCut, Rules, Threshold, Updates};
use super::verdict::{Article, Judgement, Reason, Removal, Verdict, may_lose_words, with_gaps};
use crate::corpus::{ByteSpan, Passage, WordSpan};
use crate::index::KeptText;

/// Why something stayed that was near to going.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stayed {
    /// Too few of its words are covered.
    BelowThreshold,
    /// Enough of them are, but one that isn't is a changed fact.
    ChangedFact,
    /// It would go, but with its neighbours that would it has fewer words than a run.
    ShortRow,
    /// These sentences are covered, and have fewer words than are cut.
    ShortCut,
}

/// Something that stayed though much of it is covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// What would have gone, for which reason, and what covers it.
    pub would_go: Removal,
    /// Why it stayed.
    pub stayed: Stayed,
    /// Its changed facts: words in the stream.
    pub changed_facts: Vec<u32>,
}

/// What other articles cover of an article, passage by passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scores {
    /// Whether verdict 1 is for it: it is no part of a large text.
    pub is_whole: bool,
    /// How many words the longest stretch has that nothing covers.
    pub longest_new: u32,
    /// Each passage: words, covered words, changed facts, and words in sentences that are cut if it stays.
    pub passages: Vec<[u32; 4]>,
}

/// What is known of an article besides what becomes of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// What stayed though much of it is covered, in order of the text.
    pub near: Vec<Near>,
    /// Its scores, where other thresholds could give it another verdict.
    pub scores: Option<Scores>,
}

/// Looks at an article that was judged: what of it is covered to the share `floor` and stayed? Notes the gaps that were looked up for it in the judgement.
pub(super) fn notes(
    article: &Article<'_>,
    kept: &KeptText,
    rules: &Rules,
    floor: Threshold,
    others: &OthersCover,
    judgement: &mut Judgement,
) -> Notes {
    let half_cut = match rules.min_cut {
        MinCut::Words(words) => MinCut::Words(words.div_ceil(2)),
        MinCut::Never => MinCut::Never,
    };
    let lenient = Rules { article_threshold: floor, passage_threshold: floor, min_cut: half_cut, ..*rules };
    if !may_lose_words(article, &lenient, &others.words, MIN_GAP..kept.shingles().min_run().words()) {
        return Notes::default();
    }
    let (covered, equal) = with_gaps(article.print, kept, others, &mut judgement.gaps_looked_up);
    let cover = Cover { article: article.print, kept, others: Some(others), own: None, equal: &equal };
    let look = Look { article, rules, floor, covered: &covered, cover };
    let near = if judgement.verdict == Verdict::Keep { look.near(judgement) } else { Vec::new() };
    // What is covered whole goes with any threshold.
    let is_concerned = !near.is_empty() || judgement.whole.is_some() || !judgement.removals.is_empty();
    let scores = (is_concerned && covered.contains(&false)).then(|| look.scores());
    Notes { near, scores }
}

struct Look<'a> {
    article: &'a Article<'a>,
    rules: &'a Rules,
    floor: Threshold,
    /// For each word of the stream.
    covered: &'a [bool],
    cover: Cover<'a>,
}

impl Look<'_> {
    fn near(&self, judgement: &Judgement) -> Vec<Near> {
        let print = self.article.print;
        let is_update = judgement.whole.is_some();
        let all = WordSpan::new(0, print.words.len());
        let mut near = Vec::new();
        if self.article.is_whole && !is_update && self.floor.is_met(self.n_covered(all), all.len()) {
            let bytes = ByteSpan::new(0, self.article.text.len());
            near.push(self.noted(Reason::Copy, 0, bytes, all, Stayed::BelowThreshold, Vec::new()));
        }
        if is_update && self.rules.updates == Updates::Whole {
            // Its passages were not looked at; the update says all.
            return near;
        }
        for (nth, nth_with_words, passage) in self.passages() {
            let is_touched = judgement.removals.iter().any(|removal| removal.passage == nth);
            if passage.words.len() >= LONG_PASSAGE && !is_touched {
                self.add_passage(nth, nth_with_words, passage, &mut near);
            }
        }
        near
    }

    fn add_passage(&self, nth: usize, nth_with_words: usize, passage: &Passage, near: &mut Vec<Near>) {
        let (n_covered, n_words) = (self.n_covered(passage.words), passage.words.len());
        if self.floor.is_met(n_covered, n_words) {
            let facts = self.facts(passage, nth_with_words);
            let stayed = match self.rules.passage_threshold.is_met(n_covered, n_words) {
                false => Stayed::BelowThreshold,
                true if facts.is_empty() => Stayed::ShortRow,
                true => Stayed::ChangedFact,
            };
            near.push(self.noted(Reason::Passage, nth, passage.bytes, passage.words, stayed, facts));
            return;
        }
        let MinCut::Words(min_cut) = self.rules.min_cut else { return };
        if n_covered < min_cut.div_ceil(2) {
            return;
        }
        for (bytes, words) in self.covered_rows(passage) {
            if (min_cut.div_ceil(2)..min_cut).contains(&words.len()) {
                near.push(self.noted(Reason::Part, nth, bytes, words, Stayed::ShortCut, Vec::new()));
            }
        }
    }

    fn noted(
        &self,
        reason: Reason,
        passage: usize,
        bytes: ByteSpan,
        words: WordSpan,
        stayed: Stayed,
        changed_facts: Vec<u32>,
    ) -> Near {
        let (receipts, lost) = self.cover.account_for(words);
        let would_go = Removal { reason, passage, bytes, words, n_covered: self.n_covered(words), receipts, lost };
        Near { would_go, stayed, changed_facts }
    }

    fn scores(&self) -> Scores {
        let min_cut = if let MinCut::Words(words) = self.rules.min_cut { words } else { usize::MAX };
        let score = |(_, nth_with_words, passage): (usize, usize, &Passage)| {
            let cut: usize = if passage.words.len() < min_cut || self.n_covered(passage.words) < min_cut {
                0
            } else {
                self.covered_rows(passage).into_iter().map(|(_, words)| words.len()).filter(|words| *words >= min_cut).sum()
            };
            let facts = self.facts(passage, nth_with_words).len();
            [passage.words.len(), self.n_covered(passage.words), facts, cut].map(|number| number as u32)
        };
        let new = self.covered.chunk_by(|a, b| a == b).filter(|stretch| !stretch[0]).map(<[bool]>::len).max();
        Scores {
            is_whole: self.article.is_whole,
            longest_new: new.unwrap_or(0) as u32,
            passages: self.passages().map(score).collect(),
        }
    }

    /// The passages with their numbers: of all, and of those with words.
    fn passages(&self) -> impl Iterator<Item = (usize, usize, &Passage)> {
        self.article.print.passages.iter().enumerate().scan(0, |nth_with_words, (nth, passage)| {
            let before = *nth_with_words;
            *nth_with_words += usize::from(!passage.words.is_empty());
            Some((nth, before, passage))
        })
    }

    fn facts(&self, passage: &Passage, nth_with_words: usize) -> Vec<u32> {
        if self.rules.facts == Facts::Off || passage.words.is_empty() {
            return Vec::new();
        }
        changed_facts(self.article, self.rules, passage, nth_with_words, self.covered)
    }

    /// The rows of sentences that are covered whole, with their bytes in the article.
    fn covered_rows(&self, passage: &Passage) -> Vec<(ByteSpan, WordSpan)> {
        let text = &self.article.text[passage.bytes.range()];
        let rows = rows_of_covered_sentences(text, passage.words.start as usize, self.covered);
        rows.into_iter().map(|(bytes, words)| (bytes.shifted(passage.bytes.start as usize), words)).collect()
    }

    fn n_covered(&self, words: WordSpan) -> usize {
        self.covered[words.range()].iter().filter(|&&word| word).count()
    }
}
