//! An article judged by its scores alone: verdicts 1 to 6 of the definition, as far as other articles' cover decides.

use serde::Serialize;

use crate::decide::{LONG_PASSAGE, NEW_TEXT, Threshold};
use crate::ledger::{Line, LineKind, LineScores, RunSettings};

/// The two shares that decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// From this one on an article is a copy.
    pub article: Threshold,
    /// From this one on a passage goes.
    pub passage: Threshold,
}

/// What goes, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Articles that go whole.
    pub articles: u64,
    /// Articles that are updates, and stay.
    pub updates: u64,
    /// Passages, of articles that stay.
    pub passages: u64,
    /// Rows of sentences of passages that stay.
    pub parts: u64,
    /// All their words.
    pub words: u64,
    /// Those that no kept text covers.
    pub words_lost: u64,
}

impl Outcome {
    /// What the lines of a record say.
    pub(super) fn of(lines: &[Line]) -> Self {
        let mut outcome = Self::default();
        for line in lines {
            let count = match (line.kind(), line.reason.as_str()) {
                (Some(LineKind::Whole), _) => &mut outcome.articles,
                (Some(LineKind::Update), _) => &mut outcome.updates,
                (Some(LineKind::Span), "part") => &mut outcome.parts,
                (Some(LineKind::Span), _) => &mut outcome.passages,
                _ => continue,
            };
            *count += 1;
            if line.kind() != Some(LineKind::Update) {
                outcome.words += line.words as u64;
                outcome.words_lost += line.words_lost as u64;
            }
        }
        outcome
    }

    pub(super) fn add(&mut self, other: &Self) {
        *self = self.combined(other, |a, b| a + b);
    }

    /// The same record, of which the scores alone say `before` and would say `after`.
    pub(super) fn changed_from(&self, before: &Self, after: Self) -> Self {
        if after.articles > before.articles {
            return after;
        }
        self.combined(&after, |actual, after| actual + after).combined(before, u64::saturating_sub)
    }

    fn combined(&self, other: &Self, with: impl Fn(u64, u64) -> u64) -> Self {
        Self {
            articles: with(self.articles, other.articles),
            updates: with(self.updates, other.updates),
            passages: with(self.passages, other.passages),
            parts: with(self.parts, other.parts),
            words: with(self.words, other.words),
            words_lost: with(self.words_lost, other.words_lost),
        }
    }
}

/// What becomes of an article, or of a part of a large text, with these scores.
pub(super) fn outcome(scores: &LineScores, thresholds: Thresholds, settings: &RunSettings) -> Outcome {
    let sum = |nth: usize| scores.passages.iter().map(|passage| passage[nth]).sum::<usize>();
    let (n_words, n_covered) = (sum(0), sum(1));
    let mut outcome = Outcome::default();
    if !scores.part && n_words > 0 && thresholds.article.is_met(n_covered, n_words) {
        let is_update = sum(2) > 0 || scores.longest_new >= NEW_TEXT;
        if !is_update || settings.updates == "drop" {
            return Outcome { articles: 1, words: n_words as u64, words_lost: (n_words - n_covered) as u64, ..outcome };
        }
        outcome.updates = 1;
        if settings.updates == "whole" {
            return outcome;
        }
    }
    let goes = gone_passages(scores, thresholds.passage, settings.min_run);
    for (&[words, covered, _, cut], goes) in scores.passages.iter().zip(goes) {
        if goes {
            outcome.passages += 1;
            outcome.words += words as u64;
            outcome.words_lost += (words - covered) as u64;
        } else if cut > 0 {
            outcome.parts += 1;
            outcome.words += cut as u64;
        }
    }
    if !scores.part && n_words > 0 && outcome.words == n_words as u64 {
        return Outcome { articles: 1, passages: 0, parts: 0, ..outcome };
    }
    outcome
}

/// Which passages go: the long ones that are covered enough, the short ones between them, in rows that are long enough.
fn gone_passages(scores: &LineScores, threshold: Threshold, min_run: usize) -> Vec<bool> {
    let passages = &scores.passages;
    let is_long = |nth: usize| passages[nth][0] >= LONG_PASSAGE;
    let mut goes: Vec<bool> = passages
        .iter()
        .map(|&[words, covered, facts, _]| words >= LONG_PASSAGE && threshold.is_met(covered, words) && facts == 0)
        .collect();
    // Short passages go if all between two long ones are covered, and both of these go; the article's border goes with the other side.
    let mut start = 0;
    while start < passages.len() {
        if is_long(start) {
            start += 1;
            continue;
        }
        let end = (start..passages.len()).find(|&nth| is_long(nth)).unwrap_or(passages.len());
        let sides: Vec<bool> =
            start.checked_sub(1).into_iter().chain((end < passages.len()).then_some(end)).map(|nth| goes[nth]).collect();
        let may_go = !sides.is_empty()
            && sides.iter().all(|&side| side)
            && passages[start..end].iter().all(|passage| passage[0] == passage[1]);
        goes[start..end].fill(may_go);
        start = end;
    }
    let mut at = 0;
    while at < goes.len() {
        let len = goes[at..].iter().take_while(|&&goes| goes).count();
        let n_words: usize = passages[at..at + len].iter().map(|passage| passage[0]).sum();
        if n_words < min_run {
            goes[at..at + len].fill(false);
        }
        at += len.max(1);
    }
    goes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome_of(passages: &[[usize; 4]], longest_new: usize, updates: &str, thresholds: [&str; 2]) -> [u64; 6] {
        let scores = LineScores { part: false, longest_new, passages: passages.to_vec() };
        let settings = RunSettings {
            reason: String::new(),
            floor: "0.5".to_owned(),
            article_threshold: String::new(),
            passage_threshold: String::new(),
            min_run: 15,
            min_cut: Some(50),
            updates: updates.to_owned(),
        };
        let [article, passage] = thresholds.map(|threshold| threshold.parse().expect("a share"));
        let Outcome { articles, updates, passages, parts, words, words_lost } =
            outcome(&scores, Thresholds { article, passage }, &settings);
        [articles, updates, passages, parts, words, words_lost]
    }

    #[test]
    fn scores_give_the_verdicts_of_the_definition() {
        let own = [100, 0, 0, 0];
        for (passages, longest_new, updates, thresholds, expected) in [
            // A copy, and the same with a changed fact, with new text, and with each kind of care for updates.
            (&[[100, 85, 0, 0]][..], 15, "whole", ["0.8", "0.9"], [1, 0, 0, 0, 100, 15]),
            (&[[100, 85, 1, 0]], 15, "whole", ["0.8", "0.9"], [0, 1, 0, 0, 0, 0]),
            (&[[100, 85, 0, 0], [200, 200, 0, 0]], 40, "whole", ["0.8", "0.9"], [0, 1, 0, 0, 0, 0]),
            (&[[100, 85, 1, 0], [200, 200, 0, 0]], 9, "cut", ["0.8", "0.9"], [0, 1, 1, 0, 200, 0]),
            (&[[100, 85, 1, 0]], 15, "drop", ["0.8", "0.9"], [1, 0, 0, 0, 100, 15]),
            // Passages that go, stay for a fact, stay below the threshold, and are cut.
            (&[own, [40, 38, 0, 0], [40, 38, 1, 0], [100, 80, 0, 60]], 100, "whole", ["0.8", "0.9"], [0, 0, 1, 1, 100, 2]),
            (&[own, [40, 38, 0, 0]], 100, "whole", ["0.8", "0.96"], [0, 0, 0, 0, 0, 0]),
            // Short ones go with both neighbours, and the border with one; not where one of them is new.
            (
                &[own, [20, 20, 0, 0], [3, 3, 0, 0], [0, 0, 0, 0], [20, 20, 0, 0], [2, 2, 0, 0]],
                100,
                "whole",
                ["0.8", "0.9"],
                [0, 0, 5, 0, 45, 0],
            ),
            (
                &[own, [20, 20, 0, 0], [3, 2, 0, 0], [0, 0, 0, 0], [20, 20, 0, 0]],
                100,
                "whole",
                ["0.8", "0.9"],
                [0, 0, 2, 0, 40, 0],
            ),
            (&[own, [3, 3, 0, 0], [20, 20, 0, 0], own], 100, "whole", ["0.8", "0.9"], [0, 0, 1, 0, 20, 0]),
            // Rows of fewer words than a run stay.
            (&[own, [9, 9, 0, 0], own, [9, 9, 0, 0], [9, 9, 0, 0]], 100, "whole", ["0.8", "0.9"], [0, 0, 2, 0, 18, 0]),
            // Nothing is left.
            (&[[20, 18, 0, 0], [20, 18, 0, 0]], 2, "whole", ["1", "0.9"], [1, 0, 0, 0, 40, 4]),
        ] {
            assert_eq!(outcome_of(passages, longest_new, updates, thresholds), expected, "{passages:?} {updates} {thresholds:?}");
        }
    }
}
