//! The output that is checked, read record by record.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::seen::{ReadRecord, Seen, SeenBatch};
use crate::error::Error;
use crate::fingerprint::{Seed, WordHash, scan_words};
use crate::read::{
    Articles, AskedFormat, BadRecord, Block, Fields, Format, HowToRead, Input, MAX_RECORD_LIMIT, RawRecord, Reader, Source,
    SourceFile, To, decompressed,
};
use crate::settings::Settings;
use crate::verify::Texts;

/// How a record of the output is read that was made of one of a certain file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct HowWritten {
    fields: Fields,
    /// Rows are read as objects.
    to: Option<To>,
    /// Whether it is a row of the usual columns, made of a record of another kind.
    is_row_of_values: bool,
}

impl HowWritten {
    fn of(file: &SourceFile, settings: &Settings) -> Self {
        let fields = settings.reading.fields.clone();
        let to = settings.reading.to;
        let same = Self { fields, to: None, is_row_of_values: false };
        match (to, &file.format) {
            (Some(To::Csv), Format::Csv(_)) | (Some(To::Text(_)), _) => same,
            (None | Some(To::Parquet), Format::Parquet(_)) => Self { to: Some(To::Jsonl), ..same },
            (Some(To::Csv | To::Parquet), _) => Self { fields: Fields::default(), to: Some(To::Jsonl), is_row_of_values: true },
            (Some(To::Jsonl | To::Bulk), Format::Csv(header)) => {
                Self { fields: Fields { text: header.text_paths(), ..same.fields }, ..same }
            }
            (_, Format::Html | Format::Warc | Format::Arc) | (Some(To::Jsonl | To::Bulk), Format::Text(_)) => {
                Self { fields: Fields::default(), ..same }
            }
            _ => same,
        }
    }
}

/// A file of the output.
pub(super) enum OpenOutput {
    Records(Box<OutputRecords>),
    /// Texts with nothing between them that would tell where one ends.
    Texts(OutputTexts),
}

/// The next record of an output.
pub(super) enum Next {
    Record(Box<Seen>),
    Unreadable(String),
    End,
}

impl OpenOutput {
    /// Opens the file at `path`, of which messages speak by `name`. It holds what was made of records of `file`.
    pub(super) fn open(path: &Path, name: &Path, file: &SourceFile, settings: &Settings, seed: Seed) -> Result<Self, Error> {
        let to = settings.reading.to;
        let format = file.format.written(to);
        let asked = match &format {
            Format::Text(Articles::File) => {
                let reader = File::open(path).and_then(decompressed);
                let reader = reader.map_err(|source| Error::io("read", name, source))?;
                return Ok(Self::Texts(OutputTexts { name: name.to_owned(), reader, seed }));
            }
            Format::Text(_) => AskedFormat::Text,
            Format::Jsonl => AskedFormat::Jsonl,
            Format::Json { .. } => AskedFormat::Json,
            Format::Csv(_) => AskedFormat::Csv,
            Format::Parquet(_) => AskedFormat::Parquet,
            Format::Html | Format::Warc | Format::Arc => unreachable!("no record is written in these"),
        };
        let written = HowWritten::of(file, settings);
        let articles = if let Format::Text(articles) = &format { *articles } else { Articles::File };
        let how = HowToRead {
            from: Some(asked),
            articles,
            fields: written.fields.clone(),
            html: None,
            // What a record becomes may be larger than itself.
            max_record: MAX_RECORD_LIMIT as usize,
            to: written.to,
        };
        let len = std::fs::metadata(path).map_err(|source| Error::io("read", name, source))?.len();
        let input = Input { source: Source::File(path.to_owned()), relative: PathBuf::new(), is_named: true, len: Some(len) };
        let reader = Reader::new(vec![input], how.clone(), settings.batch, settings.threads);
        Ok(Self::Records(Box::new(OutputRecords {
            name: name.to_owned(),
            reader,
            how,
            written,
            format,
            is_bulk: to == Some(To::Bulk),
            is_marked: settings.mark,
            seed,
            batch: SeenBatch::default(),
            coming: VecDeque::new(),
        })))
    }

    /// The next record, made of one of `file` of which `expected` should be left.
    pub(super) fn next(&mut self, file: &SourceFile, expected: &Texts, settings: &Settings) -> Result<Next, Error> {
        match self {
            Self::Records(records) => {
                records.expect(&HowWritten::of(file, settings));
                records.next()
            }
            Self::Texts(texts) => texts.next(&expected.text),
        }
    }

    /// What comes after the last record: nothing, or what the next one is called.
    pub(super) fn more(&mut self) -> Result<Option<String>, Error> {
        match self {
            Self::Records(records) => Ok(match records.next()? {
                Next::Record(seen) => Some(format!("{}:{}", records.name.display(), seen.place.record)),
                Next::Unreadable(what) => Some(what),
                Next::End => None,
            }),
            Self::Texts(texts) => texts.more(),
        }
    }

    pub(super) fn name(&self) -> &Path {
        match self {
            Self::Records(records) => &records.name,
            Self::Texts(texts) => &texts.name,
        }
    }
}

/// An output of which it is plain where records begin and end.
pub(super) struct OutputRecords {
    name: PathBuf,
    reader: Reader,
    how: HowToRead,
    /// How the records in `coming` were read.
    written: HowWritten,
    /// The format that the output has to have.
    format: Format,
    is_bulk: bool,
    is_marked: bool,
    seed: Seed,
    batch: SeenBatch,
    coming: VecDeque<ReadRecord>,
}

impl OutputRecords {
    /// What comes was written in this way: what was read in another is read once more.
    fn expect(&mut self, written: &HowWritten) {
        if self.written == *written {
            return;
        }
        self.written = written.clone();
        (self.how.fields, self.how.to) = (written.fields.clone(), written.to);
        for nth in 0..self.coming.len() {
            let (block, raw, _) = &self.coming[nth];
            let seen = self.see(self.batch.block(*block), raw);
            self.coming[nth].2 = seen;
        }
    }

    fn see(&self, block: &Block, raw: &RawRecord) -> Result<Option<Seen>, BadRecord> {
        see(block, raw, &self.how, &self.written, self.is_marked, self.seed)
    }

    fn next(&mut self) -> Result<Next, Error> {
        if self.is_bulk {
            match self.pop()? {
                None => return Ok(Next::End),
                Some((block, raw, _)) => {
                    let bytes = &self.batch.block(block).bytes[raw.bytes.clone()];
                    if !bytes.starts_with(b"{\"index\":") {
                        return Ok(Next::Unreadable(format!("{}:{}: this is no action", self.name.display(), raw.number)));
                    }
                }
            }
        }
        Ok(match self.pop()? {
            None if self.batch.n_broken > 0 => {
                Next::Unreadable(format!("{}: after the last record stands what is none", self.name.display()))
            }
            None => Next::End,
            Some((_, _, Ok(Some(seen)))) => Next::Record(Box::new(seen)),
            Some((_, raw, Ok(None))) => Next::Unreadable(format!("{}:{}: this is no article", self.name.display(), raw.number)),
            Some((_, raw, Err(bad))) => Next::Unreadable(format!("{}:{}: {}", self.name.display(), raw.number, bad.detail)),
        })
    }

    fn pop(&mut self) -> Result<Option<ReadRecord>, Error> {
        while self.coming.is_empty() && self.batch.n_broken == 0 {
            let Some(raw) = self.reader.next_batch()? else { return Ok(None) };
            if let Some(file) = raw.opened.iter().find(|file| !self.is_of_its_format(file)) {
                let problem = format!("this is {}, or its columns are others than the input's", file.format.name());
                return Err(Error::input(&self.name, problem)
                    .with_hint("name the options that the output was made with, or the run's --summary"));
            }
            let (how, written, is_marked, seed) = (&self.how, &self.written, self.is_marked, self.seed);
            self.batch = SeenBatch::read(raw, &|block, raw| see(block, raw, how, written, is_marked, seed));
            self.coming.extend(std::mem::take(&mut self.batch.records));
        }
        Ok(self.coming.pop_front())
    }

    fn is_of_its_format(&self, file: &Arc<SourceFile>) -> bool {
        // A table's packing is its own, and a CSV file of no rows and columns is taken for text.
        match (&file.format, &self.format) {
            (Format::Parquet(_), Format::Parquet(_)) => true,
            (Format::Csv(there), Format::Csv(wanted)) => self.written.is_row_of_values || there == wanted,
            (there, wanted) => there == wanted,
        }
    }
}

fn see(
    block: &Block,
    raw: &RawRecord,
    how: &HowToRead,
    written: &HowWritten,
    is_marked: bool,
    seed: Seed,
) -> Result<Option<Seen>, BadRecord> {
    let Some(mut record) = block.file.read(block, raw, how)? else { return Ok(None) };
    let texts = Texts::of(std::mem::take(&mut record.texts).into_iter().map(|text| text.text));
    let seen = Seen::new(block, raw, record, texts, is_marked);
    let mut seen = if written.is_row_of_values { seen.made_of_values() } else { seen };
    seen.words = words(&seen.texts.text, seed);
    Ok(Some(seen))
}

/// The words of a text.
pub(super) fn words(text: &str, seed: Seed) -> Vec<WordHash> {
    let mut words = Vec::with_capacity(text.len() / 6);
    scan_words(text, seed, &mut |_, hash| words.push(WordHash::of(hash)));
    words
}

/// An output of plain texts, one after another, each with a line break behind it.
pub(super) struct OutputTexts {
    name: PathBuf,
    reader: Box<dyn Read + Send>,
    seed: Seed,
}

impl OutputTexts {
    /// As much as `expected` is long, whatever it says, and the line break after it.
    fn next(&mut self, expected: &str) -> Result<Next, Error> {
        let mut found = Vec::new();
        self.read(expected.len(), &mut found)?;
        let mut line_break = Vec::new();
        self.read(1, &mut line_break)?;
        if line_break == b"\r" {
            self.read(1, &mut line_break)?;
        }
        if found.is_empty() && line_break.is_empty() {
            return Ok(Next::End);
        }
        if !matches!(&line_break[..], b"\n" | b"\r\n") {
            found.append(&mut line_break);
        }
        let text = String::from_utf8_lossy(&found).into_owned();
        Ok(Next::Record(Box::new(Seen::of_text(&text, words(&text, self.seed)))))
    }

    fn more(&mut self) -> Result<Option<String>, Error> {
        let mut more = Vec::new();
        self.read(80, &mut more)?;
        Ok((!more.is_empty()).then(|| format!("{}: {:?}", self.name.display(), String::from_utf8_lossy(&more))))
    }

    fn read(&mut self, n_bytes: usize, into: &mut Vec<u8>) -> Result<(), Error> {
        let read: io::Result<usize> = self.reader.by_ref().take(n_bytes as u64).read_to_end(into);
        read.map(drop).map_err(|source| Error::io("read", &self.name, source))
    }
}
