//! From raw records to records that are ready to be judged, on all threads.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::RecordBatch;
use rayon::prelude::*;

use super::judge::Prepared;
use crate::boilerplate::{Boilerplate, Keyed, List, keyed};
use crate::clean::{CleanedBy, Cleaning, Cut, Masked, clean, masked, masks, with_last_break, without};
use crate::corpus::{ByteSpan, Place};
use crate::fingerprint::{Fingerprint, Seed, ShingleHasher, Vocabulary, scan_words, words_of};
use crate::ledger::RawText;
use crate::read::{BadReason, BadRecord, Block, FieldText, RawBatch, RawRecord, SourceFile, TextField};
use crate::settings::{Job, Settings};
use crate::split::{PartSize, unwrapped};
use crate::write::{FIELDS_APART, Piece, joined};

/// What earlier readings of the same inputs have taught.
#[derive(Debug, Default)]
pub(super) struct Learned {
    /// The words that there are, if texts are to be unwrapped.
    pub(super) words: Option<Vocabulary>,
    /// The boilerplate that is to be taken out.
    pub(super) boilerplate: Option<List>,
}

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
    /// Sequences of bytes that were no UTF-8, each replaced by U+FFFD.
    pub(super) n_repaired: usize,
    /// The encoding that its text was in, if that wasn't UTF-8.
    pub(super) encoding: Option<&'static str>,
    pub(super) cleaned_by: CleanedBy,
    /// The words of the text, where they are to be learned.
    pub(super) vocabulary: Vec<u64>,
    /// What was masked in the text: its bytes in the text before, and how many words it had.
    pub(super) masked: Vec<(ByteSpan, usize, Masked)>,
    /// What rules took out of the text.
    pub(super) ruled_out: Vec<RuledOut>,
    /// Whose record it is.
    pub(super) host: Box<str>,
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
        let unchanged = strings.iter().zip(&self.pieces).filter(|(_, piece)| !piece.is_changed);
        let strings = unchanged.map(|(string, piece)| (piece.bytes, &bytes[string.clone()])).collect();
        RawText { bytes, strings, is_secret: !self.masked.is_empty() }
    }
}

/// Something that a rule took out of a text.
#[derive(Debug)]
pub(super) struct RuledOut {
    /// Its bytes in the text before anything was taken out.
    pub(super) bytes: ByteSpan,
    /// The rule's number; boilerplate goes by none.
    pub(super) rule: Option<usize>,
    pub(super) n_words: usize,
    pub(super) text: String,
}

fn n_words(text: &str) -> usize {
    let mut n_words = 0;
    scan_words(text, Seed(0), &mut |_, _| n_words += 1);
    n_words
}

impl RuledOut {
    /// A cut in the text of a field, which begins at `start` in the record's.
    fn new(text: &str, cut: &Cut, start: usize) -> Self {
        let piece = &text[cut.bytes.clone()];
        let n_words = n_words(piece);
        Self {
            bytes: ByteSpan::new(start + cut.bytes.start, start + cut.bytes.end),
            rule: (cut.rule != BOILERPLATE).then_some(cut.rule),
            n_words,
            text: piece.to_owned(),
        }
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
    let mut cleaned_by = CleanedBy::default();
    let n_repaired = record.texts.iter().map(|text| text.n_repaired).sum();
    let encoding = record.texts.iter().find_map(|text| text.encoding);
    let cleaning = match (settings.cleaning, &record.field) {
        (Cleaning::Safe, TextField::Whole { .. }) => Cleaning::SafeInLines,
        (cleaning, _) => cleaning,
    };
    let mut ruled_out = Vec::new();
    let mut masked_spans = Vec::new();
    let (mut start, mut mask_start) = (0, 0);
    // What names no host is counted by file.
    let host = if record.host.is_empty() { block.file.name.as_str().into() } else { record.host };
    let cleaned = record.texts.into_iter().map(|text| {
        let is_changed = text.is_changed();
        let mut cleaned = clean(text.text, cleaning);
        cleaned_by = cleaned_by.and(cleaned.by);
        let mut is_changed = is_changed || !cleaned.by.is_none();
        if let Some(words) = &learned.words
            && let Cow::Owned(text) = unwrapped(&cleaned.text, |word| words.has(word))
        {
            cleaned.text = text;
            is_changed = true;
        }
        let found = if settings.mask { masks(&cleaned.text) } else { Vec::new() };
        masked_spans.extend(found.iter().map(|mask| {
            let bytes = ByteSpan::new(mask_start + mask.bytes.start, mask_start + mask.bytes.end);
            (bytes, n_words(&cleaned.text[mask.bytes.clone()]), mask.what)
        }));
        mask_start += cleaned.text.len() + FIELDS_APART.len();
        let is_changed = is_changed || !found.is_empty();
        let text = if found.is_empty() { cleaned.text } else { masked(&cleaned.text, &found) };
        let mut cuts = settings.rules_of_lines.as_ref().map(|rules| rules.cuts(&text)).unwrap_or_default();
        if let Some(list) = &learned.boilerplate {
            add_boilerplate(&mut cuts, &text, &host, place, list, shingles);
        }
        ruled_out.extend(cuts.iter().map(|cut| RuledOut::new(&text, cut, start)));
        start += text.len() + FIELDS_APART.len();
        if cuts.is_empty() {
            return (text, is_changed);
        }
        (without(&text, 0..text.len(), &cuts).into_owned(), true)
    });
    let (text, pieces) = joined(cleaned);
    let vocabulary = if settings.job == Job::LearnWords { words_of(&text, shingles.seed()) } else { Vec::new() };
    let prepared = Prepared::new(place, record.id, text, PartSize::default(), shingles);
    let keyed = if settings.boilerplate == Boilerplate::Report {
        keyed(&host, &prepared.text, &prepared.parts, shingles.seed())
    } else {
        Vec::new()
    };
    let origin = Origin {
        block: nth_block,
        raw: raw.clone(),
        field: record.field,
        pieces,
        n_repaired,
        encoding,
        cleaned_by,
        vocabulary,
        masked: masked_spans,
        ruled_out,
        host,
        keyed,
        converted: record.converted,
    };
    Ok(Some((prepared, origin)))
}

/// The number that boilerplate has among rules.
const BOILERPLATE: usize = usize::MAX;

/// Adds the boilerplate in a text to what rules take out of it, where it doesn't meet them.
fn add_boilerplate(cuts: &mut Vec<Cut>, text: &str, host: &str, place: Place, list: &List, shingles: &ShingleHasher) {
    let all = Fingerprint::of(text, ByteSpan::new(0, text.len()), shingles);
    let passages = keyed(host, text, &[all], shingles.seed());
    for passage in passages.iter().filter(|passage| list.takes(passage, place)) {
        let bytes = passage.bytes.start as usize..passage.break_end as usize;
        let at = cuts.partition_point(|cut| cut.bytes.end <= bytes.start);
        if cuts.get(at).is_none_or(|cut| cut.bytes.start >= bytes.end) {
            cuts.insert(at, Cut { bytes, rule: BOILERPLATE });
        }
    }
    with_last_break(text, cuts);
}
