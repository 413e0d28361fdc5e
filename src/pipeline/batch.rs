//! From raw records to records that are ready to be judged, on all threads.

use std::sync::Arc;

use arrow_array::RecordBatch;
use rayon::prelude::*;

use super::judge::Prepared;
use super::texts::{CleanedTexts, Cleaners, Learned, Notes};
use crate::boilerplate::{Boilerplate, Counter, Keyed, keyed};
use crate::clean::Cleaning;
use crate::corpus::Place;
use crate::decide::{Facts, RecordVerdict, Verdict};
use crate::fingerprint::{ShingleHasher, words_of};
use crate::language::has_names;
use crate::ledger::RawText;
use crate::read::{BadReason, BadRecord, Block, FieldText, Format, RawBatch, RawRecord, SourceFile, TextField};
use crate::settings::{Job, Settings};
use crate::split::PartSize;
use crate::write::Piece;

/// A batch, taken apart.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// The files begun with it.
    pub(super) opened: Vec<Arc<SourceFile>>,
    blocks: Vec<Block>,
    /// The records that could be read, in order.
    pub(super) records: Vec<Prepared>,
    /// For each of them, what it takes to write it.
    origins: Vec<Origin>,
    /// The others, in order.
    pub(super) bad: Vec<BadRecord>,
    /// How many records are no articles.
    pub(super) n_others: u64,
}

/// How a record came.
#[derive(Debug)]
pub(super) struct Origin {
    block: usize,
    raw: RawRecord,
    /// Where its texts stand in its bytes.
    pub(super) field: TextField,
    /// The same texts in the record's text, cleaned.
    pub(super) pieces: Vec<Piece>,
    /// What cleaning did to them.
    pub(super) notes: Notes,
    /// The words of the text, where they are to be learned.
    pub(super) words: Vec<u64>,
    /// Those that it may have after unwrapping, if the dump knows them.
    pub(super) asked_for: Vec<u64>,
    /// The passages that are counted, to see which are boilerplate.
    pub(super) keyed: Vec<Keyed>,
    /// The JSON object that stands for the record, if it isn't written back as it came.
    converted: Option<Vec<u8>>,
}

impl Origin {
    /// Whether the cleaned text is another than the one in the record's bytes.
    pub(super) fn is_changed(&self) -> bool {
        self.pieces.iter().any(|piece| piece.is_changed)
    }

    /// The record as it was read, `bytes` being its bytes.
    pub(super) fn raw<'a>(&self, bytes: &'a [u8]) -> RawText<'a> {
        let strings = match &self.field {
            TextField::Json { strings, .. } => strings.as_slice(),
            TextField::Csv { .. } | TextField::Columns(_) | TextField::Values(_) | TextField::Whole { .. } => &[],
        };
        let is_ascii = !strings.is_empty() && strings.iter().all(|string| bytes[string.clone()].is_ascii());
        let unchanged = strings.iter().zip(&self.pieces).filter(|(_, piece)| !piece.is_changed);
        let strings = unchanged.map(|(string, piece)| (piece.bytes, &bytes[string.clone()])).collect();
        RawText { bytes, strings, is_ascii, is_secret: !self.notes.masked.is_empty() }
    }
}

impl Batch {
    /// Reads, cleans and fingerprints the records of a batch; boilerplate that is listed is taken out.
    pub(super) fn prepare(raw: RawBatch, settings: &Settings, shingles: &ShingleHasher, learned: &Learned) -> Self {
        let mut blocks = raw.blocks;
        let raw_records: Vec<(usize, &RawRecord)> =
            blocks.iter().enumerate().flat_map(|(nth, block)| block.records.iter().map(move |record| (nth, record))).collect();
        let results: Vec<_> = raw_records
            .par_iter()
            .map(|&(nth, record)| prepare_record(&blocks[nth], nth, record, settings, shingles, learned))
            .collect();
        let mut batch = Self { opened: raw.opened, ..Self::default() };
        let mut results = results.into_iter();
        for block in &mut blocks {
            for result in results.by_ref().take(block.records.len()) {
                match result {
                    Ok(None) => batch.n_others += 1,
                    Ok(Some((record, origin))) => {
                        batch.records.push(record);
                        batch.origins.push(origin);
                    }
                    Err(bad) => batch.bad.push(bad),
                }
            }
            batch.bad.append(&mut block.bad);
        }
        batch.blocks = blocks;
        batch
    }

    /// What it takes to write record number `nth`, and its bytes as they were read.
    pub(super) fn origin(&self, nth: usize) -> (&Origin, &[u8]) {
        let origin = &self.origins[nth];
        let bytes = || &self.blocks[origin.block].bytes[origin.raw.bytes.clone()];
        (origin, origin.converted.as_deref().unwrap_or_else(bytes))
    }

    /// Counts the passages of what is kept of the batch.
    pub(super) fn count_boilerplate(&self, verdicts: &[RecordVerdict], counter: &mut Counter) {
        for ((record, verdict), origin) in self.records.iter().zip(verdicts).zip(&self.origins) {
            if verdict.verdict == Verdict::Keep {
                counter.count(&record.name.source, &record.text, &origin.keyed);
            }
        }
    }

    /// The rows among which record number `nth` stands, where it is one, and its place there.
    pub(super) fn row(&self, nth: usize) -> Option<(&RecordBatch, usize)> {
        let origin = &self.origins[nth];
        self.blocks[origin.block].row(&origin.raw)
    }

    /// Whether record number `nth` stands in the same block as the one before it.
    pub(super) fn continues_block(&self, nth: usize) -> bool {
        nth > 0 && self.origins[nth - 1].block == self.origins[nth].block
    }

    /// The files of which the batch has records.
    pub(super) fn files(&self) -> impl Iterator<Item = &SourceFile> + '_ {
        self.blocks.iter().filter(|block| !block.records.is_empty()).map(|block| &*block.file)
    }
}

fn prepare_record(
    block: &Block,
    nth_block: usize,
    raw: &RawRecord,
    settings: &Settings,
    shingles: &ShingleHasher,
    learned: &Learned,
) -> Result<Option<(Prepared, Origin)>, BadRecord> {
    let Some(record) = block.file.read(block, raw, &settings.reading)? else { return Ok(None) };
    let place = Place { file: block.file.index, record: raw.number };
    if settings.cleaning == Cleaning::Off && !record.texts.iter().all(FieldText::is_sound) {
        return Err(BadRecord {
            place,
            offset: raw.offset,
            reason: BadReason::InvalidUtf8,
            detail: "the text is no UTF-8".to_owned(),
            hint: Some("without --clean off it is repaired"),
            raw: block.bytes[raw.bytes.clone()].to_vec(),
        });
    }
    let is_file = matches!(block.file.format, Format::Text(_)) && matches!(record.field, TextField::Whole { .. });
    let texts = CleanedTexts::of(record.texts, is_file, &record.name.source, place, &Cleaners { settings, shingles, learned });
    let (words, asked_for) = match settings.job {
        Job::LearnWords => (words_of(&texts.text, shingles.seed()), texts.asked_for(shingles.seed())),
        Job::Dedup | Job::Clean | Job::ExplainCleaning => (Vec::new(), Vec::new()),
    };
    let has_names = settings.rules.facts == Facts::Names && has_names(&texts.text, record.language);
    let prepared = Prepared::new(place, record.name, texts.text, PartSize::default(), shingles);
    let prepared = Prepared { language: record.language, has_names, ..prepared };
    let keyed = if settings.boilerplate == Boilerplate::Report {
        keyed(&prepared.name.source, &prepared.text, &prepared.parts, shingles.seed())
    } else {
        Vec::new()
    };
    let origin = Origin {
        block: nth_block,
        raw: raw.clone(),
        field: record.field,
        pieces: texts.pieces,
        notes: texts.notes,
        words,
        asked_for,
        keyed,
        converted: record.converted,
    };
    Ok(Some((prepared, origin)))
}
