//! What is counted of a run besides its summary: its parts, what is copied most, and what a page tells.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use super::judge::Prepared;
use crate::corpus::Place;
use crate::decide::{Reason, RecordVerdict};
use crate::index::KeptRecords;
use crate::ledger::{Entry, covering};
use crate::read::SourceFile;
use crate::report::{Breakdown, Copied, Figures, KeptWords, Numbers, Page, Share, Summary, Told};

/// Watches a run.
pub(super) struct Watch {
    breakdown: Breakdown,
    copied: Copied,
    /// What the page tells, if one is wanted.
    figures: Option<Figures>,
    since: Instant,
}

impl Watch {
    pub(super) fn new(wants_page: bool) -> Self {
        let figures = wants_page.then(Figures::default);
        Self { breakdown: Breakdown::default(), copied: Copied::default(), figures, since: Instant::now() }
    }

    /// Whether each ledger entry is to be told.
    pub(super) fn wants_entries(&self) -> bool {
        self.figures.is_some()
    }

    /// Counts a record of `n_bytes`.
    pub(super) fn count(&mut self, record: &Prepared, n_bytes: u64, share: &Share) {
        let Prepared { place: Place { file, .. }, name, .. } = record;
        self.breakdown.count(*file as usize, n_bytes, &name.source, &name.date, share);
    }

    /// Counts what is copied in a record.
    pub(super) fn count_copies(
        &mut self,
        record: &Prepared,
        verdict: &RecordVerdict,
        kept: KeptRecords<'_>,
        files: &[Arc<SourceFile>],
    ) {
        for removed in verdict.removed.iter().filter(|removed| removed.reason != Reason::Update) {
            let Some(receipt) = removed.receipts.first() else { continue };
            let kept = KeptWords::of_covering(&covering(record, kept, files, receipt));
            let article = (files[record.place.file as usize].name.as_str(), record.place.record);
            let text = &record.text[removed.bytes.range()];
            self.copied.count(&kept, article, &record.name.source, removed.words.len() as u64, Some(text));
        }
    }

    /// Counts a line of the ledger.
    pub(super) fn note(&mut self, entry: &Entry<'_>, record: &Prepared) {
        if let Some(figures) = &mut self.figures {
            figures.note(&Told::of_entry(entry, &record.text));
        }
    }

    /// A batch is written: its inputs have their part of the time that it took.
    pub(super) fn end_batch(&mut self) {
        self.breakdown.took(self.since.elapsed());
        self.since = Instant::now();
    }

    /// The records whose texts the page's examples need.
    pub(super) fn wanted(&self) -> HashSet<(String, u64)> {
        self.figures.as_ref().map(|figures| figures.examples.wanted()).unwrap_or_default()
    }

    /// Gives them.
    pub(super) fn show(&mut self, texts: &HashMap<(String, u64), String>) {
        if let Some(figures) = &mut self.figures {
            figures.examples.show(texts);
        }
    }

    /// Puts what was counted into the summary.
    pub(super) fn tell(&self, summary: &mut Summary, files: &[String]) {
        summary.break_down(&self.breakdown, files, &self.copied);
    }

    /// The page, if one is wanted; the summary is complete.
    pub(super) fn page(&self, summary: &Summary, files: &[String]) -> Option<String> {
        let figures = self.figures.as_ref()?;
        let numbers = Numbers::of(summary);
        Some(Page { numbers: &numbers, figures, copied: &self.copied, slowest: &self.breakdown.slowest(files) }.html())
    }
}
