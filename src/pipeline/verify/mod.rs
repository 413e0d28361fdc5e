//! Verifying a run: input, output and ledger are read side by side, and compared record by record by [`crate::verify`].

mod checker;
mod compare;
mod output;
mod seen;

use std::path::{Path, PathBuf};

use serde_json::Value;

use checker::Checker;
use seen::{Seen, SeenBatch};

use super::job::in_pool;
use super::learning::learned_words;
use super::texts::{CleanedTexts, Cleaners, Learned};
use crate::clean::Cleaning;
use crate::error::Error;
use crate::fingerprint::{Seed, ShingleHasher};
use crate::read::{
    BadReason, BadRecord, Block, FieldText, Format, HowToRead, Input, RawRecord, Reader, To, collect_inputs, row_as_json,
};
use crate::settings::Settings;
use crate::verify::{Offence, Texts, Verified};

/// What is held against the input.
pub(super) struct Evidence<'a> {
    /// The ledger, by the name that it has or will have.
    pub(super) ledger: &'a Path,
    /// Where a file stands that has, or will have, this name.
    pub(super) place: &'a (dyn Fn(&Path) -> PathBuf + Sync),
    /// The run's summary, if its numbers are to be compared.
    pub(super) summary: Option<(&'a Path, &'a Value)>,
    /// Whether a lost word is an offence.
    pub(super) is_lossless: bool,
}

/// Checks an earlier run: `settings` are those that shaped it, its target and its ledger are read. The run's `summary` is
/// compared too, where it is known.
///
/// # Errors
///
/// If one of the files cannot be read. What is wrong in them is no error: all offences that were found are returned, with what
/// was counted.
pub fn verify_run(
    settings: &Settings,
    summary: Option<(&Path, &Value)>,
    is_lossless: bool,
) -> Result<(Verified, Vec<Offence>), Error> {
    let ledger = settings.ledger.as_deref().ok_or_else(|| Error::usage("--ledger is missing"))?;
    in_pool(settings, || {
        let mut inputs = collect_inputs(&settings.inputs, &settings.selection)?;
        let shingles = ShingleHasher::new(Seed::random(), settings.rules.min_run);
        let learned = Learned { words: learned_words(settings, &mut inputs, shingles)?, boilerplate: None };
        let evidence = Evidence { ledger, place: &Path::to_owned, summary, is_lossless };
        check(settings, inputs, &learned, shingles, &evidence)
    })
}

/// Two inputs of the same name, if there are such: no ledger can tell them apart.
pub(super) fn twice(inputs: &[Input]) -> Option<String> {
    let mut names = std::collections::HashSet::new();
    inputs.iter().map(Input::name).find(|name| !names.insert(name.clone()))
}

/// Reads everything, and compares it.
pub(super) fn check(
    settings: &Settings,
    inputs: Vec<Input>,
    learned: &Learned,
    shingles: ShingleHasher,
    evidence: &Evidence<'_>,
) -> Result<(Verified, Vec<Offence>), Error> {
    if let Some(name) = twice(&inputs) {
        let problem = format!("the input {name} is named twice, and a ledger cannot tell one from the other");
        return Err(Error::usage(problem));
    }
    let names: Vec<String> = inputs.iter().map(Input::name).collect();
    let bare = Settings { mask: false, rules_of_lines: None, ..settings.clone() };
    let learned = Learned { words: learned.words.clone(), boilerplate: None };
    let cleaners = Cleaners { settings: &bare, shingles: &shingles, learned: &learned };
    let mut reader = Reader::new(inputs, settings.reading.clone(), settings.batch, settings.threads);
    let see = |block: &Block, raw: &RawRecord| see(block, raw, &cleaners);
    let mut next = || -> Result<Option<SeenBatch>, Error> { Ok(reader.next_batch()?.map(|raw| SeenBatch::read(raw, &see))) };
    let mut checker = Checker::begin(settings, evidence, shingles.seed())?;
    if !checker.begins_with_one_of(&names)? {
        return checker.end();
    }
    let mut upcoming = next()?;
    while let Some(batch) = upcoming.take() {
        let (checked, read) = rayon::join(|| checker.check(&batch), &mut next);
        if !checked? {
            break;
        }
        upcoming = read?;
    }
    checker.end()
}

/// The id of a record of the input, and its texts, cleaned; nothing is masked or taken out.
pub(super) fn cleaned(block: &Block, raw: &RawRecord, cleaners: &Cleaners<'_>) -> Result<Option<(String, Texts)>, BadRecord> {
    Ok(see(block, raw, cleaners)?.map(|seen| (seen.id.into(), seen.texts)))
}

/// Reads a record of the input, and cleans it; nothing is masked or taken out.
fn see(block: &Block, raw: &RawRecord, cleaners: &Cleaners<'_>) -> Result<Option<Seen>, BadRecord> {
    let settings = cleaners.settings;
    let is_row = matches!(block.file.format, Format::Parquet(_)) && matches!(settings.reading.to, None | Some(To::Parquet));
    let read = |to| block.file.read(block, raw, &HowToRead { to, ..settings.reading.clone() });
    let record = if is_row { read(Some(To::Jsonl))? } else { block.file.read(block, raw, &settings.reading)? };
    let Some(mut record) = record else { return Ok(None) };
    if let Some((rows, row)) = block.row(raw)
        && record.converted.is_none()
    {
        // That is how a ledger holds a row, whatever was written.
        record.converted = Some(row_as_json(rows, row));
    }
    let place = crate::corpus::Place { file: block.file.index, record: raw.number };
    if settings.cleaning == Cleaning::Off && !record.texts.iter().all(FieldText::is_sound) {
        let detail = "the text is no UTF-8".to_owned();
        let (offset, reason) = (raw.offset, BadReason::InvalidUtf8);
        return Err(BadRecord { place, offset, reason, detail, hint: None, raw: Vec::new() });
    }
    let is_file = matches!(block.file.format, Format::Text(_)) && matches!(record.field, crate::read::TextField::Whole { .. });
    let texts = CleanedTexts::of(std::mem::take(&mut record.texts), is_file, &record.name.source, place, cleaners);
    let texts = Texts { fields: texts.pieces.iter().map(|piece| piece.bytes.range()).collect(), text: texts.text };
    Ok(Some(Seen::new(block, raw, record, texts, settings.mark)))
}
