//! Everything that a run writes, kept together so that it is completed together.

use std::path::PathBuf;

use serde::Serialize;

use super::batch::Batch;
use super::judge::Judge;
use crate::corpus::ByteSpan;
use crate::decide::{RecordVerdict, Verdict};
use crate::error::{Error, printable};
use crate::ledger::{entries, reason_name};
use crate::read::{Articles, BadRecord, Format};
use crate::report::Summary;
use crate::settings::Settings;
use crate::write::{AtomicFile, Mark, Output, Outputs, Target, begin_commit, write_record};

/// So many bad records are shown as they come; all are counted.
const N_BAD_SHOWN: u64 = 5;

/// The outputs of a run, and its numbers.
pub(super) struct Sinks<'a> {
    settings: &'a Settings,
    /// The names of the inputs.
    names: &'a [String],
    outputs: Outputs,
    ledger: Option<Output>,
    quarantine: Option<Output>,
    summary_file: Option<Output>,
    pub(super) summary: Summary,
    /// The format of the first record that was written to the one output that all share.
    shared_format: Option<Format>,
    /// The input whose record was written last, if any was.
    last_file: Option<u32>,
    buffer: Vec<u8>,
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

/// The value of the field `einmal` that `--mark` adds.
#[derive(Serialize)]
struct Marking<'a> {
    verdict: &'a str,
    spans: Vec<MarkedSpan>,
}

#[derive(Serialize)]
struct MarkedSpan {
    span: [u32; 2],
    reason: &'static str,
}

impl<'a> Sinks<'a> {
    pub(super) fn begin(settings: &'a Settings, names: &'a [String], relative: &[PathBuf]) -> Result<Self, Error> {
        let open = |path: &Option<PathBuf>| path.as_deref().map(Output::create).transpose();
        Ok(Self {
            settings,
            names,
            ledger: open(&settings.ledger)?,
            quarantine: open(&settings.quarantine)?,
            summary_file: open(&settings.summary)?,
            outputs: Outputs::begin(&settings.target, relative, settings.compression)?,
            summary: Summary { version: env!("CARGO_PKG_VERSION"), settings: settings.as_json(), ..Summary::default() },
            shared_format: None,
            last_file: None,
            buffer: Vec::new(),
        })
    }

    /// Writes what is left of a batch, with receipts and counts.
    pub(super) fn write(&mut self, batch: &Batch, verdicts: &[RecordVerdict], judge: &Judge) -> Result<(), Error> {
        self.check_formats(batch)?;
        for (nth, (record, verdict)) in batch.records.iter().zip(verdicts).enumerate() {
            let (origin, raw) = batch.origin(nth);
            self.summary.count(record, verdict, origin.is_changed, origin.n_repaired);
            self.summary.record_bytes_in += raw.len() as u64 + 1;
            if let Some(ledger) = &mut self.ledger {
                for entry in entries(record, verdict, &origin.raw(raw), judge.kept(), self.names, self.settings.ledger_text) {
                    write_line(ledger, &entry)?;
                }
            }
            if verdict.verdict != Verdict::Keep && !self.settings.mark {
                continue;
            }
            let mark = self.settings.mark.then(|| marking(verdict));
            let removed: Vec<ByteSpan> = if mark.is_some() { Vec::new() } else { verdict.removed_bytes().collect() };
            self.buffer.clear();
            if batch.format(nth) == Format::Text(Articles::Blocks) && self.follows_another(record.place.file) {
                self.buffer.push(b'\n');
            }
            write_record(&mut self.buffer, raw, &origin.field, &record.text, origin.is_changed, &removed, mark.as_ref());
            self.summary.record_bytes_out += self.buffer.len() as u64;
            self.outputs.write(record.place.file, &self.buffer)?;
            self.last_file = Some(record.place.file);
        }
        for bad in &batch.bad {
            self.put_aside(bad)?;
        }
        self.outputs.flush()
    }

    /// Whether something was written already to the file that input number `file` goes to.
    fn follows_another(&self, file: u32) -> bool {
        match self.settings.target {
            Target::Folder(_) => self.last_file == Some(file),
            Target::Stdout | Target::File(_) => self.last_file.is_some(),
        }
    }

    /// Refuses to mix formats in one output, and to write marks where there are no fields.
    fn check_formats(&mut self, batch: &Batch) -> Result<(), Error> {
        for (file, format) in batch.formats() {
            let name = &self.names[file as usize];
            if self.settings.mark && format != Format::Jsonl {
                return Err(Error::input(name, "this is plain text, and --mark writes a field into JSON records"));
            }
            let first = *self.shared_format.get_or_insert(format);
            if first != format && !matches!(self.settings.target, Target::Folder(_)) {
                let problem = "this is of another format than the inputs before, and all go to one output";
                return Err(Error::input(name, problem).with_hint("write each input to a file of its own: -o FOLDER/"));
            }
        }
        Ok(())
    }

    fn put_aside(&mut self, bad: &BadRecord) -> Result<(), Error> {
        let name = &self.names[bad.place.file as usize];
        if self.summary.n_bad() < N_BAD_SHOWN {
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

    /// Completes everything, and only then gives all files their names: receipts first, so that there is no output without them.
    pub(super) fn commit(self) -> Result<Summary, Error> {
        let Self { outputs, ledger, quarantine, mut summary_file, summary, .. } = self;
        if let Some(file) = &mut summary_file {
            let mut text = serde_json::to_vec_pretty(&summary).expect("numbers and names can always be written");
            text.push(b'\n');
            file.write(&text)?;
        }
        let mut files = Vec::new();
        for file in [ledger, quarantine, summary_file].into_iter().flatten() {
            files.push(file.complete()?);
        }
        files.extend(outputs.complete()?);
        begin_commit();
        files.into_iter().try_for_each(AtomicFile::commit)?;
        Ok(summary)
    }
}

fn write_line(file: &mut Output, line: &impl Serialize) -> Result<(), Error> {
    let mut text = serde_json::to_vec(line).expect("numbers and names can always be written");
    text.push(b'\n');
    file.write(&text)
}

fn marking(verdict: &RecordVerdict) -> Mark {
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
    let marking = Marking { verdict: name, spans: spans.collect() };
    Mark(serde_json::to_string(&marking).expect("numbers and names can always be written"))
}
