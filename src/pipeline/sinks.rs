//! Everything that a run writes, kept together so that it is completed together.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::batch::Batch;
use super::corpus_writer::CorpusWriter;
use super::judge::Prepared;
use super::learning::Lessons;
use super::texts::{MaskedSpan, RuledOut};
use super::watch::Watch;
use crate::boilerplate::{Boilerplate, Counter, Found, ListLine};
use crate::decide::{RecordVerdict, Verdict};
use crate::error::{Error, printable};
use crate::fingerprint::Seed;
use crate::index::KeptRecords;
use crate::ledger::{Entry, LedgerText, RunSettings, ascii_escapes, entries};
use crate::read::{BadRecord, SourceFile, row_as_json};
use crate::report::{Estimated, Summary};
use crate::settings::Settings;
use crate::store::ChangedIndex;
use crate::write::{AtomicFile, Output, begin_commit};

/// So many bad records are shown as they come; all are counted.
const N_BAD_SHOWN: u64 = 5;

/// The outputs of a run, and its numbers.
pub(super) struct Sinks<'a> {
    settings: &'a Settings,
    /// The files begun so far.
    files: Vec<Arc<SourceFile>>,
    corpus: CorpusWriter<'a>,
    ledger: Option<Output>,
    quarantine: Option<Output>,
    summary_file: Option<Output>,
    boilerplate_list: Option<Output>,
    report: Option<Output>,
    pub(super) watch: Watch,
    lessons: Lessons,
    pub(super) summary: Summary,
}

/// A line of the quarantine file.
#[derive(Serialize)]
struct Quarantined<'a> {
    file: &'a str,
    record: u64,
    offset: u64,
    reason: &'a str,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_base64: Option<String>,
}

/// What is left of a reading when all is written.
pub(super) struct Finished {
    pub(super) summary: Summary,
    pub(super) lessons: Lessons,
}

impl<'a> Sinks<'a> {
    pub(super) fn begin(settings: &'a Settings, seed: Seed) -> Result<Self, Error> {
        let open = |path: &Option<PathBuf>| path.as_deref().map(Output::create).transpose();
        let mut ledger = open(&settings.ledger)?;
        if let (Some(ledger), Some(run)) = (&mut ledger, RunSettings::of(&settings.rules)) {
            write_line(ledger, &run)?;
        }
        Ok(Self {
            settings,
            files: Vec::new(),
            corpus: CorpusWriter::begin(settings)?,
            ledger,
            quarantine: open(&settings.quarantine)?,
            summary_file: open(&settings.summary)?,
            report: open(&settings.report)?,
            watch: Watch::new(settings.report.is_some()),
            boilerplate_list: match settings.boilerplate {
                Boilerplate::Report => open(&settings.boilerplate_list)?,
                Boilerplate::Off | Boilerplate::KeepOne | Boilerplate::Drop => None,
            },
            lessons: Lessons::begin(settings, seed),
            summary: Summary { version: env!("CARGO_PKG_VERSION"), settings: settings.as_json(), ..Summary::default() },
        })
    }

    /// The names of the files begun so far.
    pub(super) fn file_names(&self) -> Vec<String> {
        self.files.iter().map(|file| file.name.clone()).collect()
    }

    /// Writes what is left of a batch, with receipts and counts.
    pub(super) fn write(&mut self, batch: &Batch, verdicts: &[RecordVerdict], kept: KeptRecords<'_>) -> Result<(), Error> {
        self.files.extend(batch.opened.iter().cloned());
        self.corpus.check(batch)?;
        for (nth, (record, verdict)) in batch.records.iter().zip(verdicts).enumerate() {
            self.corpus.begin_files(&self.files[..=record.place.file as usize])?;
            if !batch.continues_block(nth) {
                self.corpus.end_rows()?;
            }
            let pieces = &batch.origin(nth).0.pieces;
            let verdict: Cow<'_, RecordVerdict> = match &pieces[..] {
                [_] => Cow::Borrowed(verdict),
                several => Cow::Owned(verdict.within(&several.iter().map(|piece| piece.bytes).collect::<Vec<_>>())),
            };
            self.note(batch, nth, &verdict, kept)?;
            self.corpus.write(batch, nth, &verdict, &self.files)?;
        }
        self.corpus.end_rows()?;
        self.corpus.begin_files(&self.files)?;
        self.summary.other_records += batch.n_others;
        for bad in &batch.bad {
            self.put_aside(bad)?;
        }
        self.watch.end_batch();
        self.corpus.end_batch()
    }

    /// Counts record number `nth` of a batch, and writes its receipts.
    fn note(&mut self, batch: &Batch, nth: usize, verdict: &RecordVerdict, kept: KeptRecords<'_>) -> Result<(), Error> {
        let record = &batch.records[nth];
        let (origin, raw) = batch.origin(nth);
        // The ledger is the only one that wants all of a row.
        let row = batch.row(nth).filter(|_| self.ledger.is_some()).map(|(rows, row)| row_as_json(rows, row));
        let raw = row.as_deref().unwrap_or(raw);
        let mut share = self.summary.count(record, verdict);
        let notes = &origin.notes;
        self.summary.count_cleaning(origin.is_changed(), notes.cleaned_by, notes.encoding, notes.n_repaired);
        let n_bytes = raw.len().max(record.text.len()) as u64 + 1;
        self.summary.record_bytes_in += n_bytes;
        share.words_in += notes.ruled_out.iter().map(|cut| cut.n_words as u64).sum::<u64>();
        self.watch.count(record, n_bytes, &share);
        if !self.settings.is_rehearsal {
            self.watch.count_copies(record, verdict, kept, &self.files);
        }
        let is_kept = verdict.verdict == Verdict::Keep;
        self.lessons.note(record, is_kept, origin)?;
        self.note_masked(record, &notes.masked)?;
        let raw = origin.raw(raw);
        self.note_ruled_out(record, &notes.ruled_out, raw.is_ascii)?;
        if self.ledger.is_none() && !self.watch.wants_entries() {
            return Ok(());
        }
        for entry in entries(record, self.corpus.n_kept(), verdict, &raw, kept, &self.files, self.settings.ledger_text) {
            self.watch.note(&entry, record);
            self.ledger.as_mut().map_or(Ok(()), |ledger| write_line(ledger, &entry))?;
        }
        Ok(())
    }

    /// Counts what rules took out of a record, which `is_ascii` or not, and writes it to the ledger.
    fn note_ruled_out(&mut self, record: &Prepared, ruled_out: &[RuledOut], is_ascii: bool) -> Result<(), Error> {
        let rules = self.settings.rules_of_lines.as_ref();
        let file = Arc::clone(&self.files[record.place.file as usize]);
        for cut in ruled_out {
            let (reason, rule) = match (cut.rule, rules) {
                (Some(rule), Some(rules)) => (if rules.is_inline(rule) { "inline" } else { "line" }, Some(rules.name(rule))),
                _ => ("boilerplate", None),
            };
            self.summary.count_ruled_out(rule.unwrap_or(reason), reason, cut.n_words, &cut.text);
            let Some(ledger) = &mut self.ledger else { continue };
            let text = (self.settings.ledger_text == LedgerText::On).then_some(cut.text.as_str());
            let raw = text.and_then(|text| ascii_escapes(text, is_ascii));
            let entry = Entry {
                rule,
                text,
                raw,
                ..Entry::uncovered(&file.name, record, self.corpus.n_kept(), reason, cut.bytes, cut.n_words)
            };
            write_line(ledger, &entry)?;
        }
        Ok(())
    }

    /// Counts what was masked in a record, and writes to the ledger where it stood, but not what it was.
    fn note_masked(&mut self, record: &Prepared, masked: &[MaskedSpan]) -> Result<(), Error> {
        for &MaskedSpan { bytes, n_words, what } in masked {
            *self.summary.masked.entry(what.name()).or_default() += 1;
            let file = &self.files[record.place.file as usize];
            let Some(ledger) = &mut self.ledger else { continue };
            let entry = Entry {
                rule: Some(what.name()),
                ..Entry::uncovered(&file.name, record, self.corpus.n_kept(), "mask", bytes, n_words)
            };
            write_line(ledger, &entry)?;
        }
        Ok(())
    }

    fn put_aside(&mut self, bad: &BadRecord) -> Result<(), Error> {
        let name = &self.files[bad.place.file as usize].name;
        if self.summary.n_bad() < N_BAD_SHOWN && !self.settings.is_rehearsal {
            log::warn!("{}:{}: {}", printable(name), bad.place.record, printable(&bad.detail));
            if let Some(hint) = bad.hint.filter(|_| self.summary.n_bad() == 0) {
                log::warn!("hint: {hint}");
            }
        }
        self.summary.count_bad(bad);
        let Some(quarantine) = &mut self.quarantine else { return Ok(()) };
        let raw = std::str::from_utf8(&bad.raw);
        let line = Quarantined {
            file: name,
            record: bad.place.record,
            offset: bad.offset,
            reason: bad.reason.name(),
            detail: &bad.detail,
            raw: raw.ok(),
            raw_base64: raw.is_err().then(|| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &bad.raw)),
        };
        write_line(quarantine, &line)
    }

    /// Refuses to go on where more was taken out than is allowed.
    fn check_share(&self) -> Result<(), Error> {
        let Summary { words_in, words_out, .. } = self.summary;
        match self.settings.max_removed {
            Some(share) if share.is_exceeded(words_in - words_out, words_in) => {
                let found = 100.0 * (words_in - words_out) as f64 / words_in as f64;
                Err(Error::refused(format!(
                    "{found:.2} % of the words would be taken out, --max-removed allows a share of {share}"
                )))
            }
            _ => Ok(()),
        }
    }

    /// Completes everything, with the boilerplate that was counted; what the files lack then is their names.
    pub(super) fn complete(mut self, boilerplate: Counter) -> Result<Complete, Error> {
        self.corpus.end_output()?;
        self.check_share()?;
        let names = self.file_names();
        let Self { settings, corpus, ledger, quarantine, watch, lessons, mut summary, .. } = self;
        let (mut summary_file, mut boilerplate_list, mut report) = (self.summary_file, self.boilerplate_list, self.report);
        if let Some(n_articles) = boilerplate.full_after() {
            log::warn!("boilerplate was looked for in the first {n_articles} articles; --memory leaves no room for more");
        }
        summary.record_bytes_out = corpus.n_bytes();
        let found = boilerplate.found();
        summary.count_boilerplate(&found);
        if let Some(file) = &mut boilerplate_list {
            for Found { host, text, n_articles, .. } in &found {
                write_line(file, &ListLine { host: host.clone(), text: text.clone(), articles: *n_articles })?;
            }
        }
        if !settings.is_rehearsal {
            summary.estimated = settings.estimated.map(|expected| Estimated { expected, found: summary.duplicates() });
            watch.tell(&mut summary, &names);
            summary.alarms.iter().for_each(|alarm| log::warn!("{}", alarm.message));
        }
        if let (Some(file), Some(page)) = (&mut report, watch.page(&summary, &names)) {
            file.write(page.as_bytes())?;
        }
        if let Some(file) = &mut summary_file {
            let mut text = serde_json::to_vec_pretty(&summary).expect("numbers and names can always be written");
            text.push(b'\n');
            file.write(&text)?;
        }
        let mut files = Vec::new();
        for file in [ledger, quarantine, summary_file, report, boilerplate_list].into_iter().flatten() {
            files.push(file.complete()?);
        }
        files.extend(corpus.complete()?);
        Ok(Complete { files, finished: Finished { summary, lessons } })
    }
}

/// What a reading wrote, complete and not in place yet.
pub(super) struct Complete {
    /// Receipts first, so that there is no output without them.
    files: Vec<AtomicFile>,
    finished: Finished,
}

impl Complete {
    /// Where the file stands that will be called `name`.
    pub(super) fn place(&self, name: &Path) -> PathBuf {
        let placed = self.files.iter().find_map(|file| file.place_of(name));
        placed.map_or_else(|| name.to_owned(), Path::to_owned)
    }

    /// Gives all files their names, and the changed index its own at last: a run that is stopped before that can be repeated.
    pub(super) fn commit(self, index: Option<ChangedIndex>) -> Result<Finished, Error> {
        begin_commit();
        self.files.into_iter().try_for_each(AtomicFile::commit)?;
        index.map_or(Ok(()), ChangedIndex::commit)?;
        Ok(self.finished)
    }
}

fn write_line(file: &mut Output, line: &impl Serialize) -> Result<(), Error> {
    let mut text = serde_json::to_vec(line).expect("numbers and names can always be written");
    text.push(b'\n');
    file.write(&text)
}
