//! One file of the output, restored.

use std::ops::Range;
use std::path::Path;

use base64::Engine;
use serde_json::{Value, json};

use super::put_back::{Misfit, Part, put_back};
use super::{Restored, Restoring, no_match};
use crate::error::Error;
use crate::ledger::{Line, LineKind, Lines};
use crate::read::{Articles, BadRecord, Block, Format, Input, RawRecord, Reader, Record, Source, TextField};
use crate::verify::marking;
use crate::write::{Framing, Outputs, encode_field};

const NO_TEXT: &str = "the ledger doesn't hold what was taken out: it was written with --ledger-text off";

/// Restores the file at `path`. Of the ledger come the lines of the input file `of`, or all, if no input is named.
pub(super) fn restore(
    restoring: &Restoring,
    path: &Path,
    lines: &mut Lines,
    of: Option<&str>,
    outputs: &mut Outputs,
    restored: &mut Restored,
) -> Result<(), Error> {
    let len = std::fs::metadata(path).map_err(|source| Error::io("read", path, source))?.len();
    let relative = path.file_name().map(Into::into).unwrap_or_default();
    let input = Input { source: Source::File(path.to_owned()), relative, is_named: true, len: Some(len) };
    let mut reader = Reader::new(vec![input], restoring.reading.clone(), restoring.batch(), restoring.threads);
    let mut file = None;
    while let Some(batch) = reader.next_batch()? {
        for opened in batch.opened {
            let format = written(path, &opened.format, restoring)?;
            outputs.write(&Framing::of(&format).start)?;
            let ends_in_crlf = matches!(&format, Format::Csv(header) if header.raw.ends_with(b"\r"));
            let is_text = opened.format == Format::Text(Articles::File);
            file = Some(RestoredFile { restoring, path, of, is_text, format, ends_in_crlf, n_read: 0, n_written: 0 });
        }
        let Some(file) = &mut file else { continue };
        for block in &batch.blocks {
            for raw in &block.records {
                let bytes = file.next(block, raw, lines, outputs, restored)?;
                file.write(&bytes, outputs, restored)?;
            }
            if let Some(bad) = block.bad.first() {
                return Err(bad_record(path, bad));
            }
        }
    }
    let Some(mut file) = file else { return Ok(()) };
    if let Some(lines) = file.put_back_whole(None, lines, outputs, restored)? {
        return Err(no_match(&restoring.ledger, lines[0].number, "there is no such record in it"));
    }
    let framing = Framing::of(&file.format);
    outputs.write(if file.n_written == 0 { framing.end_of_nothing } else { framing.end })
}

/// The format in which an output of this format is restored.
fn written(path: &Path, format: &Format, restoring: &Restoring) -> Result<Format, Error> {
    match (format, restoring.reading.to) {
        (Format::Html | Format::Warc | Format::Arc, _) => Err(Error::input(path, format!("no run writes {}", format.name()))),
        (Format::Parquet(_), None) => Err(Error::input(path, "rows of Parquet cannot be restored as such")
            .with_hint("--to jsonl restores them as JSON Lines, an object a row")),
        (_, Some(_)) => Ok(Format::Jsonl),
        (same, None) => Ok(same.clone()),
    }
}

fn bad_record(path: &Path, bad: &BadRecord) -> Error {
    let problem = format!("record {} cannot be read: {}", bad.place.record, bad.detail);
    Error::input(path, problem).with_hint("name the options that said how the run's output is read, or its --summary")
}

struct RestoredFile<'a> {
    restoring: &'a Restoring,
    path: &'a Path,
    of: Option<&'a str>,
    /// Whether all of it is a plain text.
    is_text: bool,
    format: Format,
    /// How lines end, as far as was seen.
    ends_in_crlf: bool,
    n_read: u64,
    n_written: u64,
}

impl RestoredFile<'_> {
    /// The next record of the output, as it was; records that stood before it come before.
    fn next(
        &mut self,
        block: &Block,
        raw: &RawRecord,
        lines: &mut Lines,
        outputs: &mut Outputs,
        restored: &mut Restored,
    ) -> Result<Vec<u8>, Error> {
        let how = &self.restoring.reading;
        let bytes = &block.bytes[raw.bytes.clone()];
        let record = block.file.read(block, raw, how).map_err(|bad| {
            if bytes.starts_with(b"{\"index\":{") {
                Error::input(self.path, "lines for a search engine cannot be restored")
                    .with_hint("run dedup again, with --to jsonl")
            } else {
                bad_record(self.path, &bad)
            }
        })?;
        let record = record.ok_or_else(|| Error::input(self.path, format!("record {} is no article", raw.number)))?;
        let bytes = record.converted.as_deref().unwrap_or(bytes);
        self.ends_in_crlf = raw.ends_in_crlf;
        let own = self.put_back_whole(mark(&record, bytes).as_ref(), lines, outputs, restored)?;
        self.n_read += 1;
        match own {
            None => Ok(bytes.to_owned()),
            Some(lines) if self.format.is_json() && lines[0].id != *record.name.id => {
                let what =
                    format!("record {} of it has the id {:?}, the line names {:?}", self.n_read, record.name.id, lines[0].id);
                Err(no_match(&self.restoring.ledger, lines[0].number, &what))
            }
            Some(lines) => self.with_spans(&record, bytes, &lines, restored),
        }
    }

    /// Puts records back that stood before the next one of the output, whose mark is `mark`. Returns the lines of that one, if
    /// there are any.
    fn put_back_whole(
        &mut self,
        mark: Option<&Value>,
        lines: &mut Lines,
        outputs: &mut Outputs,
        restored: &mut Restored,
    ) -> Result<Option<Vec<Line>>, Error> {
        while let Some(group) = self.next_group(lines)? {
            if mark.is_some_and(|mark| *mark == marking(&group) && group[0].kind() != Some(LineKind::Update)) {
                return Err(Error::input(self.path, "this was written with --mark: nothing was taken out"));
            }
            let is_whole = |line: &&Line| line.kind() == Some(LineKind::Whole);
            let Some(whole) = group.iter().find(is_whole) else { return Ok(Some(group)) };
            let bytes = self.whole(whole, &group, restored)?;
            self.write(&bytes, outputs, restored)?;
            restored.records_put_back += 1;
        }
        Ok(None)
    }

    /// The lines of the next record that has some, if it stood before the next one of the output, or is that.
    fn next_group(&self, lines: &mut Lines) -> Result<Option<Vec<Line>>, Error> {
        let ledger = &self.restoring.ledger;
        let Some(first) = lines.peek()? else { return Ok(None) };
        if self.of.is_some_and(|of| of != first.file) {
            return Ok(None);
        }
        let Some(kept_before) = first.kept_before else {
            return Err(Error::input(
                ledger,
                "it doesn't say where in the output its records stood, earlier versions didn't write that",
            )
            .with_hint("run dedup again"));
        };
        if self.is_text && kept_before > 0 {
            return Err(Error::input(self.path, "several texts stand in this file, and nothing tells where one ends")
                .with_hint("run dedup again, into a folder (-o out/) or as JSON Lines (--to jsonl)"));
        }
        if kept_before < self.n_read {
            return Err(no_match(ledger, first.number, "it comes too late"));
        }
        if kept_before > self.n_read {
            return Ok(None);
        }
        let (file, record) = (first.file.clone(), first.record);
        let mut group = Vec::new();
        while let Some(line) = lines.next_if(|line| line.is_of(&file, record))? {
            group.push(line);
        }
        Ok(Some(group))
    }

    /// A record that went.
    fn whole(&self, line: &Line, group: &[Line], restored: &mut Restored) -> Result<Vec<u8>, Error> {
        let ledger = &self.restoring.ledger;
        let wrong = |what: &str| Error::input(ledger, format!("line {}: {what}", line.number));
        if let Some(packed) = &line.raw_base64 {
            let raw = base64::engine::general_purpose::STANDARD.decode(packed);
            return raw.map_err(|_| wrong("this is no base64"));
        }
        if let Some(raw) = &line.raw {
            return if is_of(&self.format, line, raw) {
                Ok(raw.clone().into_bytes())
            } else {
                let problem =
                    format!("the record in it is not {}, as the output is: it was read in another format", self.format.name());
                Err(wrong(&problem).with_hint("what the run wrote in another format than it read, only the input has"))
            };
        }
        let text = line.text.clone().ok_or_else(|| Error::input(ledger, NO_TEXT).with_hint("run dedup again, without it"))?;
        let mut parts = [Part { text, raw: None }];
        self.put_back(&mut parts, group, LineKind::Before)?;
        let [Part { text, .. }] = parts;
        restored.texts_alone += 1;
        match &self.format {
            Format::Text(_) => Ok(text.into_bytes()),
            format if format.is_json() => Ok(json!({"id": line.id, "text": text}).to_string().into_bytes()),
            _ => Err(wrong("something in this record is masked, and the ledger has only its text, which makes no row")),
        }
    }

    /// A record that stayed, with what was taken out of it.
    fn with_spans(&self, record: &Record, bytes: &[u8], group: &[Line], restored: &mut Restored) -> Result<Vec<u8>, Error> {
        let part = |(nth, text): (usize, &crate::read::FieldText)| Part {
            text: text.text.clone(),
            raw: match &record.field {
                TextField::Json { strings, .. } => Some(bytes[strings[nth].clone()].to_owned()),
                _ => None,
            },
        };
        let mut parts: Vec<Part> = record.texts.iter().enumerate().map(part).collect();
        let n_spans = self.put_back(&mut parts, group, LineKind::Span)?;
        restored.spans_put_back += n_spans + self.put_back(&mut parts, group, LineKind::Before)?;
        restored.masked += group.iter().filter(|line| line.kind() == Some(LineKind::Mask)).count() as u64;
        let text = |part: Part| part.text.into_bytes();
        Ok(match &record.field {
            TextField::Json { strings, .. } => {
                replaced(bytes, strings.iter().cloned().zip(parts.into_iter().filter_map(|part| part.raw)).collect())
            }
            TextField::Csv { fields, delimiter, .. } => {
                let cell = |(field, part): (&crate::read::CsvField, Part)| {
                    let mut cell = Vec::new();
                    encode_field(&part.text, field.is_quoted, *delimiter, &mut cell);
                    (field.bytes.clone(), cell)
                };
                replaced(bytes, fields.iter().zip(parts).map(cell).collect())
            }
            _ => parts.into_iter().map(text).next().unwrap_or_default(),
        })
    }

    /// Puts spans of one kind back, and tells how many.
    fn put_back(&self, parts: &mut [Part], group: &[Line], kind: LineKind) -> Result<u64, Error> {
        let lines: Vec<&Line> = group.iter().filter(|line| line.kind() == Some(kind)).collect();
        put_back(parts, &lines).map(|()| lines.len() as u64).map_err(|misfit| match misfit {
            Misfit::NoText => Error::input(&self.restoring.ledger, NO_TEXT).with_hint("run dedup again, without it"),
            Misfit::NoPlace(line) => no_match(&self.restoring.ledger, line, "there is no such place in its record's text"),
        })
    }

    fn write(&mut self, record: &[u8], outputs: &mut Outputs, restored: &mut Restored) -> Result<(), Error> {
        let framing = Framing::of(&self.format);
        let mut bytes = if self.n_written > 0 { framing.between.to_vec() } else { Vec::new() };
        bytes.extend_from_slice(record);
        bytes.extend((self.ends_in_crlf && !self.format.is_json()).then_some(b'\r'));
        bytes.extend_from_slice(framing.after);
        self.n_written += 1;
        restored.records += 1;
        outputs.write(&bytes)
    }
}

/// What an earlier run wrote into a record.
fn mark(record: &Record, bytes: &[u8]) -> Option<Value> {
    match &record.field {
        TextField::Json { mark: Some(mark), .. } => serde_json::from_slice(&bytes[mark.clone()]).ok(),
        _ => None,
    }
}

/// Whether a record as it was read can stand in an output of this format.
fn is_of(format: &Format, line: &Line, raw: &str) -> bool {
    let is_object = raw.trim_start().starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(raw).is_ok();
    let file = crate::read::unpacked_name(&line.file).to_ascii_lowercase();
    let is_named = |ends: &[&str]| ends.iter().any(|end| file.ends_with(end));
    match format {
        format if format.is_json() => raw.trim_start().starts_with('{'),
        Format::Text(_) => !is_object && !is_named(&[".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".warc", ".html"]),
        _ => !is_object,
    }
}

/// Some bytes with others in place of some of them.
fn replaced(bytes: &[u8], mut edits: Vec<(Range<usize>, Vec<u8>)>) -> Vec<u8> {
    edits.sort_by_key(|(place, _)| place.start);
    let mut replaced = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for (place, with) in edits {
        replaced.extend_from_slice(&bytes[at..place.start]);
        replaced.extend(with);
        at = place.end;
    }
    replaced.extend_from_slice(&bytes[at..]);
    replaced
}
