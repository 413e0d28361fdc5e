//! A record's verdict, put together from those of its parts.

use std::collections::BTreeMap;

use super::near::{Scores, Stayed};
use super::receipt::{Receipt, Source};
use super::verdict::{Judgement, Reason, Removal, Verdict};
use crate::corpus::{ByteSpan, Passage, Place, WordSpan};
use crate::filter::{Finding, Rule};
use crate::fingerprint::Fingerprint;
use crate::index::{KeptRecords, WordPlace};

/// What becomes of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordVerdict {
    /// Whether it stays.
    pub verdict: Verdict,
    /// All that is accounted for, in order of the text; of a record that goes, and of an update, first an entry for the whole.
    pub removed: Vec<Removed>,
    /// Changed facts of an update: words in the record's stream.
    pub changed_facts: Vec<u32>,
    /// What the quality filter found out about what is left of it; `None` where it didn't look.
    pub filter: Option<Finding>,
    /// What stayed though it is near to going, in order of the text; looked for only where somebody wants to know.
    pub near: Vec<RecordNear>,
    /// The scores of its parts, as far as other thresholds could give them other verdicts.
    pub scores: Vec<RecordScores>,
}

/// Something of a record that stayed though much of it is covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordNear {
    /// What would have gone.
    pub would_go: Removed,
    /// Why it stayed.
    pub stayed: Stayed,
    /// Its changed facts: words in the record's stream.
    pub changed_facts: Vec<u32>,
}

/// What other articles cover of a record, or of a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordScores {
    /// Its bytes.
    pub bytes: ByteSpan,
    /// Passage by passage.
    pub scores: Scores,
}

/// A span taken out of a record (or, of an update, named).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// Why.
    pub reason: Reason,
    /// The bytes of the record's cleaned text that go, line breaks included.
    pub bytes: ByteSpan,
    /// Their words, in the record's stream.
    pub words: WordSpan,
    /// How many of the words are covered.
    pub n_covered: usize,
    /// The kept text that says the same. The words are numbered in the record's stream; [`Source::Own`] counts words of the record's kept text.
    pub receipts: Vec<Receipt>,
    /// The words that nothing covers, in the record's stream.
    pub lost: Vec<WordSpan>,
}

impl RecordVerdict {
    /// The verdict over a record that is compared with nothing.
    pub fn keep() -> Self {
        Self {
            verdict: Verdict::Keep,
            removed: Vec::new(),
            changed_facts: Vec::new(),
            filter: None,
            near: Vec::new(),
            scores: Vec::new(),
        }
    }

    /// The verdict over a record whose text stands in several fields: what lies between `fields` is nobody's, and does not go. No passage lies in two of them.
    #[must_use]
    pub fn within(&self, fields: &[ByteSpan]) -> Self {
        let clipped = |removed: &Removed| {
            let is_whole = removed.reason.is_of_whole_record() || removed.reason == Reason::Update;
            let inside = |field: &ByteSpan| {
                let (start, end) = (removed.bytes.start.max(field.start), removed.bytes.end.min(field.end));
                (start < end).then_some(ByteSpan { start, end })
            };
            let bytes = if is_whole { Some(removed.bytes) } else { fields.iter().find_map(inside) };
            bytes.map(|bytes| Removed { bytes, ..removed.clone() })
        };
        Self { removed: self.removed.iter().filter_map(clipped).collect(), ..self.clone() }
    }

    /// The bytes of the cleaned text that go, of a record that stays.
    pub fn removed_bytes(&self) -> impl Iterator<Item = ByteSpan> + '_ {
        self.removed.iter().filter(|removed| removed.reason != Reason::Update).map(|removed| removed.bytes)
    }
}

impl RecordVerdict {
    /// The rules of the filter that it fails, in their order.
    pub fn failing(&self) -> &[Rule] {
        self.filter.as_ref().map_or(&[], |finding| &finding.failing)
    }

    /// Of an update, the place in kept text of the article that it updates: the one in which most words of its receipts stand, the first of several.
    pub fn update_of(&self, kept: KeptRecords<'_>) -> Option<WordPlace> {
        let update = self.removed.first().filter(|removed| removed.reason == Reason::Update)?;
        let mut words_by_record: BTreeMap<(u32, Place), (WordPlace, usize)> = BTreeMap::new();
        for receipt in &update.receipts {
            if let Source::Other(place) = receipt.source {
                let record = kept.at(place);
                words_by_record.entry((record.run, record.place)).or_insert((place, 0)).1 += receipt.words.len();
            }
        }
        // Places of records grow in priority order, so the first of the largest is the last from behind.
        words_by_record.into_values().rev().max_by_key(|(_, n_words)| *n_words).map(|(place, _)| place)
    }
}

/// Puts the judgements over all parts of a record together. `text_len` is the length of its cleaned text, in bytes.
pub fn record_verdict(parts: &[(&Fingerprint, &Judgement)], text_len: usize) -> RecordVerdict {
    let mut record = without_notes(parts, text_len);
    let mut first_word = 0;
    for (print, judgement) in parts {
        let notes = &judgement.notes;
        record.near.extend(notes.near.iter().map(|near| RecordNear {
            would_go: placed(&near.would_go, print, first_word, 0),
            stayed: near.stayed,
            changed_facts: near.changed_facts.iter().map(|word| word + first_word as u32).collect(),
        }));
        record.scores.extend(notes.scores.iter().map(|scores| RecordScores { bytes: print.part, scores: scores.clone() }));
        first_word += print.n_words();
    }
    record
}

fn without_notes(parts: &[(&Fingerprint, &Judgement)], text_len: usize) -> RecordVerdict {
    let is_left = |(print, judgement): &(&Fingerprint, &Judgement)| match (&judgement.verdict, &judgement.touched) {
        (Verdict::Drop(_), _) => false,
        (Verdict::Keep, Some(touched)) => touched.n_words() > 0,
        (Verdict::Keep, None) => print.n_words() > 0,
    };
    let is_untouched = |(_, judgement): &(_, &Judgement)| {
        judgement.verdict == Verdict::Keep && judgement.whole.is_none() && judgement.removals.is_empty()
    };
    if parts.iter().all(is_untouched) {
        return RecordVerdict::keep();
    }
    let had_words = parts.iter().any(|(print, _)| print.n_words() > 0);
    let is_filtered = parts.iter().any(|(_, judgement)| judgement.verdict == Verdict::Drop(Reason::Filter));
    if is_filtered || had_words && !parts.iter().any(is_left) {
        return gone(parts, text_len);
    }
    let mut record = RecordVerdict::keep();
    let last_kept = last_kept_passage(parts);
    let mut first_word = 0;
    let mut first_kept_word = 0;
    let mut break_before = 0;
    for (nth, (print, judgement)) in parts.iter().enumerate() {
        if let Some(whole) = &judgement.whole
            && whole.reason == Reason::Update
        {
            record.removed.push(placed(whole, print, first_word, first_kept_word));
            record.changed_facts.extend(&judgement.changed_facts);
        }
        let mut removals = judgement.removals.iter().peekable();
        for (passage_nth, passage) in print.passages.iter().enumerate() {
            while let Some(removal) = removals.next_if(|removal| removal.passage == passage_nth) {
                let mut removed = placed(removal, print, first_word, first_kept_word);
                if removal.reason != Reason::Part {
                    removed.bytes = with_line_break(passage, print.part, break_before, last_kept < Some((nth, passage_nth)));
                }
                record.removed.push(removed);
            }
            break_before = passage.break_end as usize - passage.bytes.end as usize;
        }
        first_word += print.n_words();
        first_kept_word += judgement.touched.as_ref().map_or(print.n_words(), |touched| touched.n_words());
    }
    record
}

/// The verdict over a record of which nothing is left.
fn gone(parts: &[(&Fingerprint, &Judgement)], text_len: usize) -> RecordVerdict {
    let mut reason = Reason::NothingLeft;
    let mut all = Removed {
        reason,
        bytes: ByteSpan::new(0, text_len),
        words: WordSpan::default(),
        n_covered: 0,
        receipts: Vec::new(),
        lost: Vec::new(),
    };
    for (print, judgement) in parts {
        let first_word = all.words.end as usize;
        if let Verdict::Drop(part_reason) = judgement.verdict {
            reason = part_reason;
        }
        let removals = judgement.whole.as_ref().map_or(judgement.removals.as_slice(), std::slice::from_ref);
        for removal in removals {
            let mut part = placed(removal, print, first_word, 0);
            all.n_covered += part.n_covered;
            all.receipts.append(&mut part.receipts);
            all.lost.append(&mut part.lost);
        }
        all.words.end += print.n_words() as u32;
    }
    all.reason = reason;
    RecordVerdict { verdict: Verdict::Drop(reason), removed: vec![all], ..RecordVerdict::keep() }
}

/// The last passage, by part and number, of which something is kept.
fn last_kept_passage(parts: &[(&Fingerprint, &Judgement)]) -> Option<(usize, usize)> {
    parts.iter().enumerate().rev().find_map(|(nth, (print, judgement))| {
        let mut is_kept = vec![true; print.passages.len()];
        for removal in judgement.removals.iter().filter(|removal| removal.reason != Reason::Part) {
            is_kept[removal.passage] = false;
        }
        Some((nth, is_kept.iter().rposition(|&is_kept| is_kept)?))
    })
}

/// A passage that goes, with the line break after it; where nothing is kept after it, with the one before.
fn with_line_break(passage: &Passage, part: ByteSpan, break_before: usize, is_at_end: bool) -> ByteSpan {
    let (start, end) = (passage.bytes.start as usize, passage.bytes.end as usize);
    if is_at_end {
        ByteSpan::new(part.start as usize + start - break_before, part.start as usize + end)
    } else {
        ByteSpan::new(start, passage.break_end as usize).shifted(part.start as usize)
    }
}

/// A removal of a part, counted from the start of the record.
fn placed(removal: &Removal, print: &Fingerprint, first_word: usize, first_kept_word: usize) -> Removed {
    let receipts = removal.receipts.iter().map(|receipt| receipt.shifted(first_word, first_kept_word));
    Removed {
        reason: removal.reason,
        bytes: removal.bytes.shifted(print.part.start as usize),
        words: removal.words.shifted(first_word),
        n_covered: removal.n_covered,
        receipts: receipts.collect(),
        lost: removal.lost.iter().map(|lost| lost.shifted(first_word)).collect(),
    }
}
