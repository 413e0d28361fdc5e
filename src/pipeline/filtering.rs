//! The quality filter, as the judge asks it: about what is left of an article, while judging goes on side by side.

use super::judge::Prepared;
use crate::corpus::ByteSpan;
use crate::decide::{Judgement, Verdict, record_verdict};
use crate::filter::{Finding, Limits};
use crate::write::left_text;

/// Whether articles are held to the filter, and what becomes of those that fail.
#[derive(Debug, Clone, Default)]
pub(super) struct Filtering {
    /// `None`: nobody looks.
    limits: Option<Limits>,
    /// Whether an article that fails goes.
    drops: bool,
}

impl Filtering {
    pub(super) fn new(limits: Limits, drops: bool) -> Self {
        Self { limits: Some(limits), drops }
    }

    /// What the filter finds out about what is left of a record by a judgement, or, without one, about all of it. `None` where it doesn't look: at articles that go anyway, and at
    /// texts that are judged in parts, of which nobody has the whole while it is judged.
    pub(super) fn look_at(&self, record: &Prepared, judgement: Option<&Judgement>) -> Option<Finding> {
        let limits = self.limits.as_ref().filter(|_| record.is_whole)?;
        let removed: Vec<ByteSpan> = match judgement {
            Some(judgement) if judgement.verdict != Verdict::Keep => return None,
            Some(judgement) if !judgement.removals.is_empty() => {
                let parts: Vec<_> = record.parts.iter().map(|print| (print, judgement)).collect();
                record_verdict(&parts, record.text.len()).removed_bytes().collect()
            }
            _ => Vec::new(),
        };
        let left = left_text(&record.text, &removed);
        Some(Finding::of(&left, record.language, limits))
    }

    /// Whether an article goes for this.
    pub(super) fn drops(&self, finding: Option<&Finding>) -> bool {
        self.drops && finding.is_some_and(|finding| !finding.failing.is_empty())
    }
}
