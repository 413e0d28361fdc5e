//! Records of the input and of the output in the form in which they are compared.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::{Map, Value};
use xxhash_rust::xxh3::Xxh3;

use crate::corpus::Place;
use crate::fingerprint::WordHash;
use crate::read::{BadRecord, Block, COLUMNS, RawBatch, RawRecord, Record, SourceFile, TEXT_COLUMN, TextField};
use crate::verify::Texts;

/// A record that was read.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) place: Place,
    pub(super) id: Box<str>,
    /// Its texts: cleaned, of the input; as they read, of the output.
    pub(super) texts: Texts,
    /// A hash of all that it is made of besides.
    pub(super) rest: u64,
    /// What an earlier run wrote into the field `einmal`.
    pub(super) mark: Option<Value>,
    /// The words of its text, of the output.
    pub(super) words: Vec<WordHash>,
    /// The object that stands for it, if it isn't compared as it was read.
    converted: Option<Vec<u8>>,
}

/// A record's block, its place there, and what it says; `None` if it is no article.
pub(super) type ReadRecord = (usize, RawRecord, Result<Option<Seen>, BadRecord>);

/// What one batch holds, in order.
#[derive(Debug, Default)]
pub(super) struct SeenBatch {
    /// The files begun with it.
    pub(super) opened: Vec<Arc<SourceFile>>,
    /// The records.
    pub(super) records: Vec<ReadRecord>,
    /// What could not even be found to its end.
    pub(super) n_broken: usize,
    blocks: Vec<Block>,
}

impl SeenBatch {
    /// Reads the records of a batch, on all threads.
    pub(super) fn read(raw: RawBatch, see: &(impl Fn(&Block, &RawRecord) -> Result<Option<Seen>, BadRecord> + Sync)) -> Self {
        let blocks = raw.blocks;
        let places: Vec<(usize, RawRecord)> =
            blocks.iter().enumerate().flat_map(|(nth, block)| block.records.iter().map(move |raw| (nth, raw.clone()))).collect();
        let read = |(nth, raw): (usize, RawRecord)| {
            let seen = see(&blocks[nth], &raw);
            (nth, raw, seen)
        };
        let records = places.into_par_iter().map(read).collect();
        Self { opened: raw.opened, records, n_broken: blocks.iter().map(|block| block.bad.len()).sum(), blocks }
    }

    /// The block that records come from, by number.
    pub(super) fn block(&self, block: usize) -> &Block {
        &self.blocks[block]
    }

    /// The bytes of a record as a ledger holds them.
    pub(super) fn raw<'a>(&'a self, block: usize, raw: &RawRecord, seen: &'a Seen) -> &'a [u8] {
        seen.converted.as_deref().unwrap_or(&self.blocks[block].bytes[raw.bytes.clone()])
    }
}

impl Seen {
    /// A record, read from a block, with these texts. Where marks are written, the mark is no part of it.
    pub(super) fn new(block: &Block, raw: &RawRecord, record: Record, texts: Texts, is_marked: bool) -> Self {
        let bytes = record.converted.as_deref().unwrap_or(&block.bytes[raw.bytes.clone()]);
        let mark = match &record.field {
            TextField::Json { mark: Some(mark), .. } if is_marked => serde_json::from_slice(&bytes[mark.clone()]).ok(),
            _ => None,
        };
        let rest = rest(&record.field, bytes, is_marked);
        let place = Place { file: block.file.index, record: raw.number };
        Self { place, id: record.name.id, texts, rest, mark, words: Vec::new(), converted: record.converted }
    }

    /// A plain text.
    pub(super) fn of_text(text: &str, words: Vec<WordHash>) -> Self {
        let (place, id) = (Place::default(), Box::default());
        Self { place, id, texts: Texts::of([text]), rest: 0, mark: None, words, converted: None }
    }

    /// The same of a row that was made of another record ([`COLUMNS`]) and is read as an object.
    pub(super) fn made_of_values(mut self) -> Self {
        let object: Map<String, Value> =
            self.converted.as_deref().and_then(|row| serde_json::from_slice(row).ok()).unwrap_or_default();
        let value = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
        let others = COLUMNS.iter().enumerate().filter(|(nth, _)| *nth != TEXT_COLUMN);
        self.rest = hash(others.flat_map(|(_, name)| [value(name).as_bytes(), TEXT_HERE]));
        self
    }
}

/// Stands in hashes where a text stood. No UTF-8 holds it.
const TEXT_HERE: &[u8] = &[0xFF];

/// A hash of a record without its texts.
fn rest(field: &TextField, bytes: &[u8], is_marked: bool) -> u64 {
    let mut holes: Vec<(Range<usize>, &[u8])> = match field {
        TextField::Whole { .. } => return 0,
        TextField::Values(values) => {
            let others = (0..COLUMNS.len()).filter(|column| *column != TEXT_COLUMN);
            return hash(others.flat_map(|column| [values.at(column, "").as_bytes(), TEXT_HERE]));
        }
        TextField::Columns(_) => unreachable!("rows are compared as objects"),
        TextField::Csv { fields, .. } => fields.iter().map(|field| (field.bytes.clone(), TEXT_HERE)).collect(),
        TextField::Json { strings, mark, .. } => {
            let mark = mark.iter().filter(|_| is_marked).map(|mark| (with_key(bytes, mark), &b""[..]));
            strings.iter().map(|string| (string.clone(), TEXT_HERE)).chain(mark).collect()
        }
    };
    holes.sort_by_key(|(hole, _)| hole.start);
    let mut at = 0;
    let around = holes.iter().flat_map(|(hole, instead)| {
        // A text may stand inside an earlier run's mark.
        let piece = &bytes[at..hole.start.max(at)];
        at = hole.end.max(at);
        [piece, instead]
    });
    let around: Vec<&[u8]> = around.collect();
    hash(around.into_iter().chain(std::iter::once(&bytes[at..])))
}

/// A mark that stands where new ones are added, with its key: there it leaves no trace.
fn with_key(bytes: &[u8], mark: &Range<usize>) -> Range<usize> {
    let key = b",\"einmal\":";
    if bytes[..mark.start].ends_with(key) { mark.start - key.len()..mark.end } else { mark.clone() }
}

fn hash<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> u64 {
    let mut hasher = Xxh3::new();
    pieces.for_each(|piece| hasher.update(piece));
    hasher.digest()
}
