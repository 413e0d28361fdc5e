//! Lines for what was near to going and stayed, and for scores.

use serde::Serialize;

use super::entry::{Entry, EntryWriter, LedgerText, containment, covering, reason_name};
use crate::decide::{Reason, RecordNear, RecordScores, Scores, Stayed};

/// What other articles cover of an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScoresShown<'a> {
    /// Whether it is a part of a large text.
    pub part: bool,
    /// How many words the longest stretch has that nothing covers.
    pub longest_new: u32,
    /// Each passage: words, covered words, changed facts, and words in sentences that are cut if it stays.
    pub passages: &'a [[u32; 4]],
}

impl<'a> EntryWriter<'a> {
    /// Something that stayed.
    pub(super) fn near(&self, near: &RecordNear) -> Entry<'a> {
        let (record, would_go) = (self.record, &near.would_go);
        let n_words = would_go.words.len();
        let with_text = self.ledger_text == LedgerText::On && would_go.reason != Reason::Copy;
        Entry {
            covered: would_go.n_covered,
            containment: containment(would_go.n_covered, n_words),
            words_lost: 0,
            would_be: Some(reason_name(would_go.reason)),
            stayed: Some(stayed_name(near.stayed)),
            changed_facts: self.facts(&near.changed_facts),
            uncovered: would_go.lost.iter().map(|&lost| self.lost(lost)).collect(),
            covers: would_go.receipts.iter().map(|receipt| covering(record, self.kept, self.files, receipt)).collect(),
            text: with_text.then(|| &record.text[would_go.bytes.range()]),
            ..Entry::uncovered(self.file(), record, self.kept_before, "near", would_go.bytes, n_words)
        }
    }

    /// The scores of the record, or of a part of it.
    pub(super) fn scores(&self, RecordScores { bytes, scores }: &'a RecordScores) -> Entry<'a> {
        let Scores { is_whole, longest_new, passages } = scores;
        let sum = |nth: usize| passages.iter().map(|passage| passage[nth] as usize).sum();
        let (n_words, n_covered) = (sum(0), sum(1));
        Entry {
            covered: n_covered,
            containment: containment(n_covered, n_words),
            words_lost: 0,
            scores: Some(ScoresShown { part: !is_whole, longest_new: *longest_new, passages }),
            ..Entry::uncovered(self.file(), self.record, self.kept_before, "scores", *bytes, n_words)
        }
    }

    fn file(&self) -> &'a str {
        &self.files[self.record.place.file as usize].name
    }
}

fn stayed_name(stayed: Stayed) -> &'static str {
    match stayed {
        Stayed::BelowThreshold => "below-threshold",
        Stayed::ChangedFact => "changed-fact",
        Stayed::ShortRow => "short-row",
        Stayed::ShortCut => "short-cut",
    }
}
