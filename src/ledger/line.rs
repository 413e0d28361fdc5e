//! Ledger lines, read back.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::recorded::{RunSettings, SETTINGS};
use crate::error::Error;
use crate::read::decompressed;

/// A line of a ledger ([`super::Entry`]), as far as it is needed to check it or to take it back.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Line {
    /// Its number in the ledger, from 1.
    #[serde(skip)]
    pub number: u64,
    /// The input file.
    pub file: String,
    /// The record's number in it, from 1.
    pub record: u64,
    /// The record's id; empty where it has none.
    #[serde(default)]
    pub id: String,
    /// Whose it is; empty where nobody knows.
    #[serde(default)]
    pub source: String,
    /// How many records stand before this one in the output.
    pub kept_before: Option<u64>,
    /// Why.
    pub reason: String,
    /// The rule, or what was masked.
    pub rule: Option<String>,
    /// First byte, and the first one after the span.
    pub span: [usize; 2],
    /// How many words it has.
    pub words: usize,
    /// How many of them are covered by kept text.
    pub covered: usize,
    /// `covered` / `words`.
    pub containment: Option<f64>,
    /// How many words went without cover.
    pub words_lost: usize,
    /// Of what was near to going: the reason for which it would have gone, and why it stayed.
    pub would_be: Option<String>,
    /// Why it stayed.
    pub stayed: Option<String>,
    /// What other articles cover, passage by passage.
    pub scores: Option<LineScores>,
    /// Of an update, the record that it updates.
    pub updates: Option<LineCover>,
    /// Of an update, the words that are changed facts.
    #[serde(default)]
    pub changed_facts: Vec<LineStretch>,
    /// The stretches that nothing covers.
    #[serde(default)]
    pub uncovered: Vec<LineStretch>,
    /// The kept text that says the same.
    #[serde(default)]
    pub covers: Vec<LineCover>,
    /// The text taken out.
    pub text: Option<String>,
    /// A whole record as it was read, or a span of a JSON string as it stood there.
    pub raw: Option<String>,
    /// A whole record that is no UTF-8, in base64.
    pub raw_base64: Option<String>,
}

/// What other articles cover of an article.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LineScores {
    /// Whether it is a part of a large text.
    pub part: bool,
    /// How many words the longest stretch has that nothing covers.
    pub longest_new: usize,
    /// Each passage: words, covered words, changed facts, and words in sentences that are cut if it stays.
    pub passages: Vec<[usize; 4]>,
}

/// Kept words that a line names, or (without words) only their record.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LineCover {
    /// The input file.
    pub file: String,
    /// The record's number in it, from 1.
    pub record: u64,
    /// The record's id; empty where it has none.
    #[serde(default)]
    pub id: String,
    /// Whose it is; empty where nobody knows.
    #[serde(default)]
    pub source: String,
    /// Its address, where that isn't its id.
    #[serde(default)]
    pub url: String,
    /// The earlier run that kept it, if it wasn't this one.
    #[serde(default)]
    pub run: Option<serde_json::Value>,
    /// The first of the words, counted in the record's kept text, from 0.
    #[serde(default)]
    pub first_word: usize,
    /// How many.
    #[serde(default)]
    pub words: usize,
}

/// Words without cover.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LineStretch {
    /// From the first to the last of them, in bytes of the record's cleaned text.
    pub span: [usize; 2],
    /// How they read.
    pub text: Option<String>,
}

/// What a line says of its record's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// Something was masked in it, before anything went.
    Mask,
    /// A rule or a list took something out before articles were compared.
    Before,
    /// A span that is said elsewhere went.
    Span,
    /// The record went whole.
    Whole,
    /// It is an update, and stays.
    Update,
    /// It was near to going, and stayed.
    Near,
    /// What other articles cover of it.
    Scores,
}

impl Line {
    /// What it says of its record's text; `None` if its reason is none.
    pub fn kind(&self) -> Option<LineKind> {
        match self.reason.as_str() {
            "mask" => Some(LineKind::Mask),
            "line" | "inline" | "boilerplate" => Some(LineKind::Before),
            "passage" | "part" | "short" => Some(LineKind::Span),
            "copy" | "nothing-left" | "filter" => Some(LineKind::Whole),
            "update" => Some(LineKind::Update),
            "near" => Some(LineKind::Near),
            "scores" => Some(LineKind::Scores),
            _ => None,
        }
    }

    /// Whether it is about this record.
    pub fn is_of(&self, file: &str, record: u64) -> bool {
        self.record == record && self.file == file
    }
}

/// A ledger that is read line by line, as it is or unpacked.
pub struct Lines {
    path: PathBuf,
    reader: BufReader<Box<dyn Read + Send>>,
    n_read: u64,
    buffer: Vec<u8>,
    peeked: Option<Line>,
    with_notes: bool,
    settings: Option<RunSettings>,
}

impl Lines {
    /// Opens a ledger that messages call `name`.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn open(path: &Path, name: &Path) -> Result<Self, Error> {
        let unreadable = |source| Error::io("read", name, source);
        let reader = File::open(path).and_then(decompressed).map_err(unreadable)?;
        let reader = BufReader::new(reader);
        let path = name.to_owned();
        Ok(Self { path, reader, n_read: 0, buffer: Vec::new(), peeked: None, with_notes: false, settings: None })
    }

    /// The same, with the lines that `--ledger-all` adds. Elsewhere these are passed: they tell of nothing that went.
    #[must_use]
    pub fn with_notes(self) -> Self {
        Self { with_notes: true, ..self }
    }

    /// The settings of the run, if they stood in a line that was passed.
    pub fn settings(&self) -> Option<&RunSettings> {
        self.settings.as_ref()
    }

    /// The next line, which stays where it is; `None` after the last.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or is no line of a ledger.
    pub fn peek(&mut self) -> Result<Option<&Line>, Error> {
        if self.peeked.is_none() {
            self.peeked = self.read()?;
        }
        Ok(self.peeked.as_ref())
    }

    /// The next line, if it fulfils a condition.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or is no line of a ledger.
    pub fn next_if(&mut self, takes: impl FnOnce(&Line) -> bool) -> Result<Option<Line>, Error> {
        Ok(if self.peek()?.is_some_and(takes) { self.peeked.take() } else { None })
    }

    fn read(&mut self) -> Result<Option<Line>, Error> {
        loop {
            self.buffer.clear();
            let n_bytes = self.reader.read_until(b'\n', &mut self.buffer);
            if n_bytes.map_err(|source| Error::io("read", &self.path, source))? == 0 {
                return Ok(None);
            }
            self.n_read += 1;
            if self.buffer.trim_ascii().is_empty() {
                continue;
            }
            match serde_json::from_slice::<Line>(&self.buffer) {
                Ok(line) if !self.with_notes && matches!(line.kind(), Some(LineKind::Near | LineKind::Scores)) => {}
                Ok(line) => return Ok(Some(Line { number: self.n_read, ..line })),
                Err(error) => match serde_json::from_slice::<RunSettings>(&self.buffer) {
                    Ok(settings) if settings.reason == SETTINGS => self.settings = Some(settings),
                    _ => {
                        let wrong = Error::input(&self.path, format!("line {} is no line of a ledger: {error}", self.n_read));
                        return Err(if self.n_read == 1 { wrong.with_hint("dedup --ledger FILE writes one") } else { wrong });
                    }
                },
            }
        }
    }
}
