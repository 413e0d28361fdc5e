//! Everything that a run writes, kept together so that it is completed together.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::batch::Batch;
use super::judge::{Judge, Prepared};
use super::texts::{MaskedSpan, RuledOut};
use super::watch::Watch;
use crate::boilerplate::{Boilerplate, Counter, Found, ListLine};
use crate::corpus::ByteSpan;
use crate::decide::{RecordVerdict, Verdict};
use crate::error::{Error, printable};
use crate::filter::Filter;
use crate::fingerprint::{Seed, Vocabulary};
use crate::ledger::{Entry, LedgerText, RunSettings, ascii_escapes, entries, reason_name};
use crate::read::{Articles, BadRecord, Format, SourceFile, TextField, To, row_as_json, unpacked_name};
use crate::report::Summary;
use crate::settings::Settings;
use crate::store::ChangedIndex;
use crate::write::{
    AtomicFile, Framing, Mark, Output, Outputs, Piece, TableWriter, Target, begin_commit, fit_text, left_text, push_action,
    write_record,
};

/// So many bad records are shown as they come; all are counted.
const N_BAD_SHOWN: u64 = 5;

/// The outputs of a run, and its numbers.
pub(super) struct Sinks<'a> {
    settings: &'a Settings,
    /// The files begun so far.
    files: Vec<Arc<SourceFile>>,
    /// How many of them the outputs were told of.
    n_passed: usize,
    /// How many records were kept for the output that is being written.
    n_kept: u64,
    outputs: Outputs,
    ledger: Option<Output>,
    quarantine: Option<Output>,
    summary_file: Option<Output>,
    boilerplate_list: Option<Output>,
    report: Option<Output>,
    pub(super) watch: Watch,
    boilerplate: Counter,
    words: Vocabulary,
    pub(super) summary: Summary,
    /// The file whose format shapes the output that is being written; none was begun yet, or none had records.
    shaped_by: Option<Shape>,
    buffer: Vec<u8>,
    /// Whether the user was warned of plain text.
    is_text_told: bool,
}

/// What an output looks like, and whether something stands in it.
struct Shape {
    file: Arc<SourceFile>,
    format: Format,
    framing: Framing,
    /// The writer of rows, where records are such.
    table: Option<TableWriter>,
    is_empty: bool,
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

/// The value of the field `einmal` that `--mark` and `--filter tag` add.
#[derive(Serialize)]
struct Marking<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spans: Option<Vec<MarkedSpan>>,
    /// The rules of the filter that the article fails.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    filter: Vec<&'static str>,
}

#[derive(Serialize)]
struct MarkedSpan {
    span: [u32; 2],
    reason: &'static str,
}

/// What is left of a reading when all is written.
pub(super) struct Finished {
    pub(super) summary: Summary,
    pub(super) boilerplate: Vec<Found>,
    pub(super) words: Vocabulary,
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
            n_passed: 0,
            n_kept: 0,
            ledger,
            quarantine: open(&settings.quarantine)?,
            summary_file: open(&settings.summary)?,
            report: open(&settings.report)?,
            watch: Watch::new(settings.report.is_some()),
            boilerplate_list: match settings.boilerplate {
                Boilerplate::Report => open(&settings.boilerplate_list)?,
                Boilerplate::Off | Boilerplate::KeepOne | Boilerplate::Drop => None,
            },
            // Where boilerplate is to be taken out, all of it must be found.
            boilerplate: Counter::new(if settings.is_rehearsal { u64::MAX } else { settings.memory / 16 }),
            words: Vocabulary::new(seed),
            outputs: Outputs::begin(&settings.target, settings.compression)?,
            summary: Summary { version: env!("CARGO_PKG_VERSION"), settings: settings.as_json(), ..Summary::default() },
            shaped_by: None,
            buffer: Vec::new(),
            is_text_told: false,
        })
    }

    /// The names of the files begun so far.
    pub(super) fn file_names(&self) -> Vec<String> {
        self.files.iter().map(|file| file.name.clone()).collect()
    }

    /// Writes what is left of a batch, with receipts and counts.
    pub(super) fn write(&mut self, batch: &Batch, verdicts: &[RecordVerdict], judge: &Judge) -> Result<(), Error> {
        self.files.extend(batch.opened.iter().cloned());
        self.check_marks(batch)?;
        self.check_formats(batch)?;
        for (nth, (record, verdict)) in batch.records.iter().zip(verdicts).enumerate() {
            self.begin_files(record.place.file as usize + 1)?;
            if !batch.continues_block(nth) {
                self.end_rows()?;
            }
            let pieces = &batch.origin(nth).0.pieces;
            let verdict: Cow<'_, RecordVerdict> = match &pieces[..] {
                [_] => Cow::Borrowed(verdict),
                several => Cow::Owned(verdict.within(&several.iter().map(|piece| piece.bytes).collect::<Vec<_>>())),
            };
            self.note(batch, nth, &verdict, judge)?;
            self.n_kept += u64::from(verdict.verdict == Verdict::Keep);
            if self.settings.target == Target::Nowhere {
                continue;
            }
            self.shape_by(record.place.file as usize)?;
            if verdict.verdict == Verdict::Keep || self.settings.mark {
                self.write_record(batch, nth, &verdict)?;
            }
        }
        self.end_rows()?;
        self.begin_files(self.files.len())?;
        self.summary.other_records += batch.n_others;
        for bad in &batch.bad {
            self.put_aside(bad)?;
        }
        self.watch.end_batch();
        self.outputs.flush()
    }

    /// Counts record number `nth` of a batch, and writes its receipts.
    fn note(&mut self, batch: &Batch, nth: usize, verdict: &RecordVerdict, judge: &Judge) -> Result<(), Error> {
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
        self.watch.count_copies(record, verdict, judge.kept(), &self.files);
        if verdict.verdict == Verdict::Keep && self.settings.boilerplate == Boilerplate::Report {
            self.boilerplate.count(&record.name.source, record.place, &record.text, &origin.keyed);
        }
        self.words.add(&origin.vocabulary);
        self.note_masked(record, &notes.masked)?;
        let raw = origin.raw(raw);
        self.note_ruled_out(record, &notes.ruled_out, raw.is_ascii)?;
        if self.ledger.is_none() && !self.watch.wants_entries() {
            return Ok(());
        }
        for entry in entries(record, self.n_kept, verdict, &raw, judge.kept(), &self.files, self.settings.ledger_text) {
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
            let entry =
                Entry { rule, text, raw, ..Entry::uncovered(&file.name, record, self.n_kept, reason, cut.bytes, cut.n_words) };
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
            let entry =
                Entry { rule: Some(what.name()), ..Entry::uncovered(&file.name, record, self.n_kept, "mask", bytes, n_words) };
            write_line(ledger, &entry)?;
        }
        Ok(())
    }

    /// Writes what is left of record number `nth` of a batch.
    fn write_record(&mut self, batch: &Batch, nth: usize, verdict: &RecordVerdict) -> Result<(), Error> {
        let record = &batch.records[nth];
        let (origin, raw) = batch.origin(nth);
        let is_tagged = self.settings.filter == Filter::Tag && !verdict.failing().is_empty();
        let mark = (self.settings.mark || is_tagged).then(|| marking(verdict, self.settings.mark));
        let removed: Vec<ByteSpan> = if self.settings.mark { Vec::new() } else { verdict.removed_bytes().collect() };
        let Shape { file, format, framing, table, is_empty } =
            self.shaped_by.as_mut().expect("a record's file shapes its output");
        if let Some(table) = table {
            match (&origin.field, batch.row(nth)) {
                (TextField::Columns(columns), Some((rows, row))) => {
                    let left = |(&column, piece): (&usize, &Piece)| Some((column, piece.left(&record.text, &removed)?));
                    table.keep(rows, row, columns.iter().zip(&origin.pieces).filter_map(left));
                }
                (TextField::Values(values), _) => table
                    .push_values(values, &left_text(&record.text, &removed))
                    .map_err(|error| cannot_write_rows(file, &error))?,
                (other, _) => unreachable!("no row of a table: {other:?}"),
            }
            return Ok(());
        }
        self.buffer.clear();
        if !std::mem::replace(is_empty, false) {
            self.buffer.extend_from_slice(framing.between);
        }
        if self.settings.reading.to == Some(To::Bulk) {
            push_action(&record.name.id, self.settings.bulk_index.as_deref(), &mut self.buffer);
        }
        let start = self.buffer.len();
        write_record(&mut self.buffer, raw, &origin.field, &record.text, &origin.pieces, &removed, mark.as_ref());
        if let Format::Text(articles @ (Articles::Lines | Articles::Blocks)) = format {
            let mut text = self.buffer.split_off(start);
            fit_text(*articles, &mut text);
            self.buffer.append(&mut text);
        }
        self.buffer.extend_from_slice(framing.after);
        self.summary.record_bytes_out += self.buffer.len() as u64;
        self.outputs.write(&self.buffer)
    }

    /// The first `n_files` files have begun: what is written now belongs to the last of them.
    fn begin_files(&mut self, n_files: usize) -> Result<(), Error> {
        while self.n_passed < n_files {
            let file = Arc::clone(&self.files[self.n_passed]);
            if let Target::Folder(_) = self.settings.target {
                self.end_shape()?;
                self.n_kept = 0;
            }
            self.warn_of_text(&file);
            self.outputs.next_input(&file.relative)?;
            self.n_passed += 1;
            // Arrays and tables are what they are even if no record is in them.
            let written = file.format.written(self.settings.reading.to);
            let has_frame = matches!(written, Format::Json { in_array: true } | Format::Csv(_) | Format::Parquet(_));
            if has_frame && self.settings.target != Target::Nowhere {
                self.shape_by(self.n_passed - 1)?;
            }
        }
        Ok(())
    }

    /// Warns of the first plain text that is read where fields are named.
    fn warn_of_text(&mut self, file: &SourceFile) {
        let has_no_field = matches!(file.format, Format::Text(_)) && !self.settings.reading.fields.text.is_empty();
        if has_no_field && !self.settings.is_rehearsal && !std::mem::replace(&mut self.is_text_told, true) {
            log::warn!("{}: this is plain text, and --field has no effect on it", printable(&file.name));
        }
    }

    /// The output has the format of file number `nth` from here on, or has it already.
    fn shape_by(&mut self, nth: usize) -> Result<(), Error> {
        let file = &self.files[nth];
        if self.shaped_by.as_ref().is_some_and(|shape| Arc::ptr_eq(&shape.file, file)) {
            return Ok(());
        }
        let format = file.format.written(self.settings.reading.to);
        match &self.shaped_by {
            None => {
                if let Target::File(path) = &self.settings.target {
                    warn_of_name(path, &format);
                }
                let framing = Framing::of(&format);
                self.outputs.write(&framing.start)?;
                let table = match &format {
                    Format::Parquet(table) => {
                        Some(TableWriter::new(Arc::clone(table)).map_err(|error| cannot_write_rows(file, &error))?)
                    }
                    _ => None,
                };
                self.shaped_by = Some(Shape { file: Arc::clone(file), format, framing, table, is_empty: true });
                Ok(())
            }
            Some(shape) if shape.format == format => Ok(()),
            Some(shape) => Err(two_formats(file, &shape.file)),
        }
    }

    /// All rows of a block were gone through.
    fn end_rows(&mut self) -> Result<(), Error> {
        let Some(Shape { file, table: Some(table), .. }) = &mut self.shaped_by else { return Ok(()) };
        table.end_rows().map_err(|error| cannot_write_rows(file, &error))?;
        let bytes = table.take_bytes();
        self.summary.record_bytes_out += bytes.len() as u64;
        self.outputs.write(&bytes)
    }

    /// Nothing more comes into the output.
    fn end_shape(&mut self) -> Result<(), Error> {
        let Some(Shape { file, framing, table, is_empty, .. }) = self.shaped_by.take() else { return Ok(()) };
        if let Some(table) = table {
            let bytes = table.finish().map_err(|error| cannot_write_rows(&file, &error))?;
            self.summary.record_bytes_out += bytes.len() as u64;
            self.outputs.write(&bytes)?;
        }
        self.outputs.write(if is_empty { framing.end_of_nothing } else { framing.end })
    }

    /// Refuses to mix formats in one output, before anything of the batch is written.
    fn check_formats(&self, batch: &Batch) -> Result<(), Error> {
        if let Target::Folder(_) | Target::Nowhere = self.settings.target {
            return Ok(());
        }
        let written = |file: &SourceFile| file.format.written(self.settings.reading.to);
        let mut files = self.shaped_by.iter().map(|shape| &*shape.file).chain(batch.files());
        let Some(first) = files.next() else { return Ok(()) };
        let format = written(first);
        files.find(|file| written(file) != format).map_or(Ok(()), |file| Err(two_formats(file, first)))
    }

    /// Refuses to write marks and tags where there are no fields to add.
    fn check_marks(&self, batch: &Batch) -> Result<(), Error> {
        let option = match (self.settings.mark, self.settings.filter) {
            (true, _) => "--mark",
            (false, Filter::Tag) if self.settings.target != Target::Nowhere => "--filter tag",
            (false, _) => return Ok(()),
        };
        let has_fields = |file: &SourceFile| file.format.written(self.settings.reading.to).is_json();
        match batch.files().find(|file| !has_fields(file)) {
            Some(file) => {
                let problem = format!("this is {}, and {option} writes a field into JSON records", file.format.name());
                Err(Error::input(&file.name, problem).with_hint("--to jsonl makes them such"))
            }
            None => Ok(()),
        }
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

    /// Completes everything; what the files lack then is their names.
    pub(super) fn complete(mut self) -> Result<Complete, Error> {
        self.end_shape()?;
        self.check_share()?;
        let names = self.file_names();
        let Self { settings, outputs, ledger, quarantine, watch, boilerplate, words, mut summary, .. } = self;
        let (mut summary_file, mut boilerplate_list, mut report) = (self.summary_file, self.boilerplate_list, self.report);
        if let Some(n_articles) = boilerplate.full_after() {
            log::warn!("boilerplate was looked for in the first {n_articles} articles; --memory leaves no room for more");
        }
        let found = boilerplate.found();
        summary.count_boilerplate(&found);
        if let Some(file) = &mut boilerplate_list {
            for Found { host, text, n_articles, .. } in &found {
                write_line(file, &ListLine { host: host.clone(), text: text.clone(), articles: *n_articles })?;
            }
        }
        if !settings.is_rehearsal {
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
        files.extend(outputs.complete()?);
        Ok(Complete { files, finished: Finished { summary, boilerplate: found, words } })
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

/// Warns of an output whose name says another format than it has.
fn warn_of_name(path: &Path, format: &Format) {
    let name = path.to_string_lossy().to_ascii_lowercase();
    let told = [(".jsonl", "jsonl"), (".ndjson", "jsonl"), (".csv", "csv"), (".tsv", "csv"), (".parquet", "parquet")];
    let told = told.into_iter().find(|(end, _)| unpacked_name(&name).ends_with(end));
    let is_other = |to: &str| match format {
        Format::Jsonl => to != "jsonl",
        Format::Csv(_) => to != "csv",
        Format::Parquet(_) => to != "parquet",
        _ => true,
    };
    if let Some((_, to)) = told.filter(|(_, to)| is_other(to)) {
        log::warn!("{} will hold {}, not what its name says; --to {to} makes it such", path.display(), format.name());
    }
}

fn cannot_write_rows(file: &SourceFile, error: &impl std::fmt::Display) -> Error {
    Error::input(&file.name, format!("rows like its own cannot be written: {error}"))
}

/// Two files cannot be written to one output.
fn two_formats(file: &SourceFile, first: &SourceFile) -> Error {
    let problem = match (&file.format, &first.format) {
        (Format::Parquet(_), Format::Parquet(_)) => {
            format!("its columns are others than those of {}, and all go to one output", first.name)
        }
        (Format::Csv(_), Format::Csv(_)) => {
            format!("its header is another than that of {}, and all go to one output", first.name)
        }
        (this, that) => format!("this is {}, {} was {}, and all go to one output", this.name(), first.name, that.name()),
    };
    Error::input(&file.name, problem)
        .with_hint("write each input to a file of its own, -o FOLDER/, or all as one format, --to jsonl")
}

fn write_line(file: &mut Output, line: &impl Serialize) -> Result<(), Error> {
    let mut text = serde_json::to_vec(line).expect("numbers and names can always be written");
    text.push(b'\n');
    file.write(&text)
}

/// What is written into a record: what would go, if it is a `mark`, and which rules of the filter it fails.
fn marking(verdict: &RecordVerdict, is_mark: bool) -> Mark {
    let first = verdict.removed.first();
    let name = match verdict.verdict {
        Verdict::Drop(reason) => reason_name(reason),
        Verdict::Keep => {
            first.map_or("keep", |first| if first.reason == crate::decide::Reason::Update { "update" } else { "cut" })
        }
    };
    let spans = verdict
        .removed
        .iter()
        .map(|removed| MarkedSpan { span: [removed.bytes.start, removed.bytes.end], reason: reason_name(removed.reason) });
    let marking = Marking {
        verdict: is_mark.then_some(name),
        spans: is_mark.then(|| spans.collect()),
        filter: verdict.failing().iter().map(|rule| rule.0).collect(),
    };
    Mark(serde_json::to_string(&marking).expect("numbers and names can always be written"))
}
