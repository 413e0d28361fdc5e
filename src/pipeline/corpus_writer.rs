//! The corpus on its way out: each record in its input's format, or all in one, into one output or a file for each input.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::batch::Batch;
use crate::corpus::ByteSpan;
use crate::decide::{Reason, RecordVerdict, Verdict};
use crate::error::{Error, printable};
use crate::filter::Filter;
use crate::ledger::reason_name;
use crate::read::{Articles, Format, SourceFile, TextField, To, unpacked_name};
use crate::settings::Settings;
use crate::write::{
    AtomicFile, Framing, Mark, Outputs, Piece, TableWriter, Target, fit_text, left_text, push_action, write_record,
};

/// Room for so many bytes stays for the next record.
const MOST_SPARE: usize = 1 << 20;

/// Writes what is left of records.
pub(super) struct CorpusWriter<'a> {
    settings: &'a Settings,
    outputs: Outputs,
    /// How many files the outputs were told of.
    n_passed: usize,
    /// How many records were kept for the output that is being written.
    n_kept: u64,
    /// The file whose format shapes the output that is being written; none was begun yet, or none had records.
    shaped_by: Option<Shape>,
    buffer: Vec<u8>,
    /// Bytes of records written.
    n_bytes: u64,
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

impl<'a> CorpusWriter<'a> {
    pub(super) fn begin(settings: &'a Settings) -> Result<Self, Error> {
        Ok(Self {
            settings,
            outputs: Outputs::begin(&settings.target, settings.compression)?,
            n_passed: 0,
            n_kept: 0,
            shaped_by: None,
            buffer: Vec::new(),
            n_bytes: 0,
            is_text_told: false,
        })
    }

    /// How many records were kept so far for the output that is being written.
    pub(super) fn n_kept(&self) -> u64 {
        self.n_kept
    }

    /// How many bytes of records were written.
    pub(super) fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    /// Refuses what cannot be written as it is wanted, before anything of the batch is.
    pub(super) fn check(&self, batch: &Batch) -> Result<(), Error> {
        self.check_marks(batch)?;
        self.check_formats(batch)
    }

    /// Writes what is left of record number `nth` of a batch, if something is. `files` are those begun so far.
    pub(super) fn write(
        &mut self,
        batch: &Batch,
        nth: usize,
        verdict: &RecordVerdict,
        files: &[Arc<SourceFile>],
    ) -> Result<(), Error> {
        self.n_kept += u64::from(verdict.verdict == Verdict::Keep);
        if self.settings.target == Target::Nowhere {
            return Ok(());
        }
        self.shape_by(&files[batch.records[nth].place.file as usize])?;
        if verdict.verdict == Verdict::Keep || self.settings.mark { self.write_record(batch, nth, verdict) } else { Ok(()) }
    }

    /// All of a batch was written.
    pub(super) fn end_batch(&mut self) -> Result<(), Error> {
        self.outputs.flush()
    }

    /// Completes the outputs; what they lack then is their names.
    pub(super) fn complete(self) -> Result<Vec<AtomicFile>, Error> {
        self.outputs.complete()
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
        self.buffer.shrink_to(MOST_SPARE);
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
        self.n_bytes += self.buffer.len() as u64;
        self.outputs.write(&self.buffer)
    }

    /// These files have begun: what is written now belongs to the last of them.
    pub(super) fn begin_files(&mut self, files: &[Arc<SourceFile>]) -> Result<(), Error> {
        for file in &files[self.n_passed.min(files.len())..] {
            if let Target::Folder(_) = self.settings.target {
                self.end_output()?;
                self.n_kept = 0;
            }
            self.warn_of_text(file);
            self.outputs.next_input(&file.relative)?;
            self.n_passed += 1;
            // Arrays and tables are what they are even if no record is in them.
            let written = file.format.written(self.settings.reading.to);
            let has_frame = matches!(written, Format::Json { in_array: true } | Format::Csv(_) | Format::Parquet(_));
            if has_frame && self.settings.target != Target::Nowhere {
                self.shape_by(file)?;
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

    /// The output has the format of this file from here on, or has it already.
    fn shape_by(&mut self, file: &Arc<SourceFile>) -> Result<(), Error> {
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
    pub(super) fn end_rows(&mut self) -> Result<(), Error> {
        let Some(Shape { file, table: Some(table), .. }) = &mut self.shaped_by else { return Ok(()) };
        table.end_rows().map_err(|error| cannot_write_rows(file, &error))?;
        let bytes = table.take_bytes();
        self.n_bytes += bytes.len() as u64;
        self.outputs.write(&bytes)
    }

    /// Nothing more comes into the output.
    pub(super) fn end_output(&mut self) -> Result<(), Error> {
        let Some(Shape { file, framing, table, is_empty, .. }) = self.shaped_by.take() else { return Ok(()) };
        if let Some(table) = table {
            let bytes = table.finish().map_err(|error| cannot_write_rows(&file, &error))?;
            self.n_bytes += bytes.len() as u64;
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

/// What is written into a record: what would go, if it is a `mark`, and which rules of the filter it fails.
fn marking(verdict: &RecordVerdict, is_mark: bool) -> Mark {
    let first = verdict.removed.first();
    let name = match verdict.verdict {
        Verdict::Drop(reason) => reason_name(reason),
        Verdict::Keep => first.map_or("keep", |first| if first.reason == Reason::Update { "update" } else { "cut" }),
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
