//! Records that are too large to be judged at once: a few parts after the other, so that memory is taken for those only.

use rayon::prelude::*;

use super::judge::{Judge, Prepared};
use crate::decide::{Judgement, RecordVerdict, record_verdict};
use crate::fingerprint::{Fingerprint, ShingleHasher};

/// So many parts are judged together.
const MOST_PARTS: usize = 8;

/// Whether a record of so many parts is judged a few of them after the other.
pub(super) fn is_large(n_parts: usize) -> bool {
    n_parts > MOST_PARTS
}

impl Prepared {
    /// Whether it is judged a few parts after the other. Then only the passages of its parts are known beforehand.
    pub(super) fn is_large(&self) -> bool {
        is_large(self.parts.len())
    }

    /// Some parts of a large record as one of their own, of which `kept_before` words are kept already.
    fn portion(&self, parts: &[Fingerprint], kept_before: usize, shingles: &ShingleHasher) -> Self {
        let start = parts.first().map_or(0, |first| first.part.start as usize);
        let end = parts.last().map_or(start, |last| last.part.end as usize);
        let text = self.text[start..end].to_owned();
        let parts = parts.par_iter().map(|print| Fingerprint::of(&text, print.part.shifted_back(start), shingles)).collect();
        let (name, language) = (self.name.clone(), self.language);
        Self { place: self.place, name, text, parts, is_whole: false, language, has_names: self.has_names, kept_before }
    }
}

impl Judge {
    /// Judges a batch from first to last; the verdicts are in its order.
    pub fn judge_batch(&mut self, batch: &[Prepared]) -> Vec<RecordVerdict> {
        let mut verdicts = Vec::with_capacity(batch.len());
        for records in batch.chunk_by(|one, next| !one.is_large() && !next.is_large()) {
            match records {
                [large] if large.is_large() => verdicts.push(self.judge_large(large)),
                _ => verdicts.append(&mut self.judge_all(records).verdicts),
            }
        }
        verdicts
    }

    fn judge_large(&mut self, record: &Prepared) -> RecordVerdict {
        let mut judgements: Vec<Judgement> = Vec::with_capacity(record.parts.len());
        let shingles = *self.kept().shingles();
        let mut n_kept = 0;
        for parts in record.parts.chunks(MOST_PARTS) {
            let portion = record.portion(parts, n_kept, &shingles);
            let settled = self.judge_all(std::slice::from_ref(&portion));
            n_kept += settled.parts.iter().zip(&portion.parts).map(|(part, print)| part.left(print).words.len()).sum::<usize>();
            judgements.extend(settled.parts.into_iter().map(|part| part.judgement.learned()));
        }
        let parts: Vec<_> = record.parts.iter().zip(&judgements).collect();
        record_verdict(&parts, record.text.len())
    }
}
