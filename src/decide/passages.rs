//! Verdicts 2 to 5: the passages of an article that stays, one after another.

use super::coverage::{Equal, OthersCover, gap_key, gaps};
use super::facts::changed_facts;
use super::left::anchors_of_left;
use super::own::{OwnText, Repeats};
use super::receipt::{Cover, Source};
use super::rules::{Facts, LONG_PASSAGE, Rules};
use super::verdict::{Article, Reason, Removal, Touched};
use crate::corpus::{Passage, WordSpan};
use crate::fingerprint::PassageKey;
use crate::index::KeptText;

/// What becomes of the passages.
pub(super) struct Outcome {
    pub(super) removals: Vec<Removal>,
    /// What is left; empty where nothing was taken out.
    pub(super) touched: Touched,
    pub(super) gaps_looked_up: Vec<PassageKey>,
}

/// Goes through the passages of an article.
pub(super) fn judge_passages(
    article: &Article<'_>,
    kept: &KeptText,
    rules: &Rules,
    others: Option<&OthersCover>,
    repeats: Repeats,
) -> Outcome {
    let own = OwnText::new(article.print, repeats, kept.shingles());
    let mut walk = Walk {
        article,
        kept,
        rules,
        others,
        own,
        row: Row::default(),
        undecided: Vec::new(),
        removals: Vec::new(),
        kept_passages: Vec::new(),
        gaps_looked_up: Vec::new(),
    };
    walk.run();
    walk.finish()
}

/// The way through an article's passages, and what is known on it.
pub(super) struct Walk<'a> {
    pub(super) article: &'a Article<'a>,
    pub(super) kept: &'a KeptText,
    pub(super) rules: &'a Rules,
    pub(super) others: Option<&'a OthersCover>,
    pub(super) own: OwnText<'a>,
    /// Passages that would go, up to here.
    row: Row,
    /// Short passages that wait for the next long one.
    undecided: Vec<Judged>,
    pub(super) removals: Vec<Removal>,
    /// Kept short passages: first word in the kept stream, and key.
    pub(super) kept_passages: Vec<(u32, PassageKey)>,
    gaps_looked_up: Vec<PassageKey>,
}

/// Neighbouring passages that would go.
#[derive(Default)]
struct Row {
    passages: Vec<Judged>,
    n_words: usize,
}

/// A passage with what covers it.
struct Judged {
    nth: usize,
    cover: PassageCover,
    reason: Reason,
    /// Whether it goes even where its row stays.
    goes_at_once: bool,
}

/// What covers the words of one passage, by their number from its start.
pub(super) struct PassageCover {
    /// By runs and equal passages.
    pub(super) base: Vec<bool>,
    /// And by gaps.
    pub(super) all: Vec<bool>,
    equal: Vec<Equal<Source>>,
}

impl PassageCover {
    fn n_covered(&self) -> usize {
        self.all.iter().filter(|&&word| word).count()
    }

    fn is_full(&self) -> bool {
        self.all.iter().all(|&word| word)
    }
}

impl<'a> Walk<'a> {
    fn run(&mut self) {
        let mut nth_with_words = 0;
        // Before the first long passage stands the article's border, which counts as gone when that passage goes.
        let mut may_go_on = true;
        for (nth, passage) in self.article.print.passages.iter().enumerate() {
            if passage.words.len() >= LONG_PASSAGE {
                may_go_on = self.judge_long(nth, passage, nth_with_words);
            } else if may_go_on {
                may_go_on = self.judge_short(nth);
            } else {
                self.keep_passage(nth);
            }
            nth_with_words += usize::from(!passage.words.is_empty());
        }
        // The border at the end goes with what stands before it; with no long passage at all, nothing goes.
        let has_gone = !self.row.passages.is_empty();
        self.decide_undecided(has_gone);
        self.close_row();
    }

    /// Verdict 4, as far as it can be told before the next long passage: whether this one, and so all from the last long one on, may still go.
    fn judge_short(&mut self, nth: usize) -> bool {
        let has_words = !self.article.print.passages[nth].words.is_empty();
        let cover = if has_words && self.is_new(nth) { None } else { Some(self.cover(nth)).filter(PassageCover::is_full) };
        if let Some(cover) = cover {
            self.undecided.push(Judged { nth, cover, reason: Reason::Short, goes_at_once: false });
            return true;
        }
        self.decide_undecided(false);
        self.close_row();
        self.keep_passage(nth);
        false
    }

    fn finish(self) -> Outcome {
        let Self { article, kept, mut removals, own, kept_passages, gaps_looked_up, .. } = self;
        if removals.is_empty() {
            return Outcome { removals, touched: Touched::default(), gaps_looked_up };
        }
        removals.sort_by_key(|removal| removal.bytes);
        let (words, pieces) = own.into_stream();
        let anchors = anchors_of_left(&words, &pieces, article.print, kept.shingles());
        Outcome { removals, touched: Touched { words, anchors, passages: kept_passages, pieces }, gaps_looked_up }
    }

    /// Verdict 2, and verdict 3 where the passage stays. Tells whether it would go.
    fn judge_long(&mut self, nth: usize, passage: &Passage, nth_with_words: usize) -> bool {
        let judged = self.would_go(nth, passage, nth_with_words);
        let would_go = judged.is_some();
        self.decide_undecided(would_go);
        if let Some(judged) = judged {
            self.row.n_words += passage.words.len();
            self.row.passages.push(judged);
        } else {
            self.close_row();
            self.judge_sentences(nth);
        }
        would_go
    }

    fn would_go(&mut self, nth: usize, passage: &Passage, nth_with_words: usize) -> Option<Judged> {
        let is_enough = |n_covered| self.rules.passage_threshold.is_met(n_covered, passage.words.len());
        if self.is_new(nth) {
            return None;
        }
        let goes_at_once = self.own.place_of_passage(passage.words).is_some();
        let cover = self.cover(nth);
        let would_go = goes_at_once || is_enough(cover.n_covered()) && !self.has_changed_fact(passage, nth_with_words, &cover);
        would_go.then_some(Judged { nth, cover, reason: Reason::Passage, goes_at_once })
    }

    /// Whether nothing covers a word of this passage, which can mostly be told at once.
    pub(super) fn is_new(&self, nth: usize) -> bool {
        let words = self.article.print.passages[nth].words;
        let is_new_to = |others: &OthersCover| others.equal[nth].is_none() && !others.words[words.range()].contains(&true);
        self.others.is_none_or(is_new_to) && !self.own.has_runs() && self.own.place_of_passage(words).is_none()
    }

    fn has_changed_fact(&self, passage: &Passage, nth_with_words: usize, cover: &PassageCover) -> bool {
        if self.rules.facts == Facts::Off || cover.is_full() {
            return false;
        }
        let mut covered = vec![false; passage.words.end as usize];
        covered[passage.words.range()].copy_from_slice(&cover.all);
        !changed_facts(self.article, self.rules, passage, nth_with_words, &covered).is_empty()
    }

    /// The short passages that waited, all of them covered, join the row if the passage after them would go; else they stay.
    fn decide_undecided(&mut self, would_go: bool) {
        let undecided = std::mem::take(&mut self.undecided);
        if would_go {
            for short in undecided {
                self.row.n_words += short.cover.all.len();
                self.row.passages.push(short);
            }
        } else if !undecided.is_empty() {
            self.close_row();
            for short in undecided {
                self.keep_passage(short.nth);
            }
        }
    }

    /// Verdict 5: the row goes, or is too short and stays.
    fn close_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        let goes = row.n_words >= self.rules.min_run.words();
        // All receipts first: until the row is settled none of it is kept text.
        let accounts: Vec<_> =
            row.passages.iter().map(|judged| (goes || judged.goes_at_once).then(|| self.account_for(judged))).collect();
        for (judged, account) in row.passages.iter().zip(accounts) {
            match account {
                Some(removal) => self.removals.push(removal),
                None => self.keep_passage(judged.nth),
            }
        }
    }

    fn account_for(&self, judged: &Judged) -> Removal {
        let passage = &self.article.print.passages[judged.nth];
        let (receipts, lost) = self.receipts(&judged.cover.equal).account_for(passage.words);
        Removal {
            reason: judged.reason,
            passage: judged.nth,
            bytes: passage.bytes,
            words: passage.words,
            n_covered: judged.cover.n_covered(),
            receipts,
            lost,
        }
    }

    pub(super) fn receipts<'b>(&'b self, equal: &'b [Equal<Source>]) -> Cover<'b> {
        Cover { article: self.article.print, kept: self.kept, others: self.others, own: Some(&self.own), equal }
    }

    pub(super) fn keep_passage(&mut self, nth: usize) {
        let passage = &self.article.print.passages[nth];
        if let Some(key) = self.article.key_of(nth) {
            self.kept_passages.push((self.own.n_words() as u32, key));
        }
        self.own.keep(passage.words);
        self.own.end_passage(passage.words.len());
    }

    /// What covers a passage now.
    pub(super) fn cover(&mut self, nth: usize) -> PassageCover {
        let passage = &self.article.print.passages[nth];
        let words = passage.words;
        let mut base = self.others.map_or_else(|| vec![false; words.len()], |others| others.words[words.range()].to_vec());
        self.mark_own_runs(words, words, &mut base);
        let by_others = self.others.and_then(|others| others.equal[nth]).map(Source::Other);
        let by_own = || self.own.place_of_passage(words).map(Source::Own);
        if let Some(place) = by_others.or_else(by_own) {
            base.fill(true);
            let equal = vec![Equal { words, place }];
            return PassageCover { all: base.clone(), base, equal };
        }
        let (mut all, mut equal) = (base.clone(), Vec::new());
        self.find_gaps(words, words, words.start as usize, &base, &mut equal);
        for gap in &equal {
            all[gap.words.shifted_back(words.start as usize).range()].fill(true);
        }
        PassageCover { base, all, equal }
    }

    /// Marks what runs of the article's own kept text cover of `words`, which lie in the passage `within`.
    pub(super) fn mark_own_runs(&self, words: WordSpan, within: WordSpan, base: &mut [bool]) {
        if !self.own.has_runs() {
            return;
        }
        let run_len = self.rules.min_run.words();
        let (start, end) = (words.start as usize, words.end as usize);
        for run in (start + 1).saturating_sub(run_len)..end {
            if self.own.place_of_run(run).is_some() {
                let (first, last) = (run.max(start), (run + run_len).min(end));
                base[first - within.start as usize..last - within.start as usize].fill(true);
            }
        }
    }

    /// Finds the gaps in `around` that reach into `words` and equal a kept passage. `base` tells of the words from number `first` on
    /// whether runs cover them.
    pub(super) fn find_gaps(
        &mut self,
        words: WordSpan,
        around: WordSpan,
        first: usize,
        base: &[bool],
        equal: &mut Vec<Equal<Source>>,
    ) {
        let around = around.shifted_back(first);
        if !base[around.range()].contains(&true) {
            return;
        }
        for gap in gaps(base, around, self.rules.min_run.words()).map(|gap| gap.shifted(first)) {
            if gap.end <= words.start || gap.start >= words.end {
                continue;
            }
            let article = &self.article.print.words;
            let key = gap_key(article, gap, self.kept);
            self.gaps_looked_up.push(key);
            let by_others = self.kept.first_place_of_passage(key, &article[gap.range()]).map(Source::Other);
            if let Some(place) = by_others.or_else(|| self.own.place_of_passage(gap).map(Source::Own)) {
                equal.push(Equal { words: gap, place });
            }
        }
    }
}
