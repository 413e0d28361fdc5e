//! Records of a run, read once more: as they were compared, and what was kept of them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use super::job::in_pool;
use super::learning::learned_words;
use super::texts::{CleanedTexts, Cleaners, Learned};
use super::verify::cleaned;
use crate::corpus::Place;
use crate::error::Error;
use crate::fingerprint::{Seed, ShingleHasher};
use crate::ledger::{Line, Lines};
use crate::read::{Block, Format, Input, RawRecord, Reader, Source, TextField};
use crate::settings::Settings;
use crate::verify::{Accounted, Subject, Texts, account};

/// A record by its file and number.
pub(super) type Key = (String, u64);

/// The ledger lines of some records, in order.
///
/// # Errors
///
/// If the ledger cannot be read.
pub(super) fn lines_of(ledger: &Path, wanted: &BTreeSet<Key>) -> Result<HashMap<Key, Vec<Line>>, Error> {
    let mut lines = Lines::open(ledger, ledger)?.with_notes();
    let mut found: HashMap<Key, Vec<Line>> = HashMap::new();
    while let Some(line) = lines.next_if(|_| true)? {
        let key = (line.file.clone(), line.record);
        if wanted.contains(&key) {
            found.entry(key).or_default().push(line);
        }
    }
    Ok(found)
}

/// Some records of an earlier run, by its inputs and what its ledger says of them.
///
/// # Errors
///
/// If an input or the ledger cannot be read, or they don't fit each other.
pub(super) fn accounted(
    settings: &Settings,
    inputs: Vec<Input>,
    ledger: &Path,
    wanted: &BTreeSet<Key>,
) -> Result<Vec<(Key, Accounted)>, Error> {
    let lines = lines_of(ledger, wanted)?;
    let records = cleaned_records(settings, inputs, wanted.clone())?.into_iter();
    let account_for = |(key, id, texts): (Key, String, Texts)| {
        let mut lines = lines.get(&key).cloned().unwrap_or_default();
        // How a record stood in the input is not compared here, and places in the output are of no interest.
        lines.iter_mut().for_each(|line| (line.raw, line.raw_base64, line.kept_before) = (None, None, None));
        let subject = Subject { id: &id, kept_before: 0, texts: &texts, raw: &[] };
        let accounted = account(&subject, &lines).map_err(|wrong| {
            Error::input(ledger, format!("line {} doesn't fit the input: {}", wrong.line, wrong.what))
                .with_hint("name the options that said how the input was read, or the run's --summary")
        })?;
        Ok((key, accounted))
    };
    records.map(account_for).collect()
}

/// The wanted records of the input, cleaned, with id and texts. No more is read when all are found.
fn cleaned_records(
    settings: &Settings,
    mut inputs: Vec<Input>,
    mut wanted: BTreeSet<Key>,
) -> Result<Vec<(Key, String, Texts)>, Error> {
    let shingles = ShingleHasher::new(Seed(0), settings.rules.min_run);
    let learned = Learned { words: learned_words(settings, &mut inputs, shingles)?, boilerplate: None };
    let bare = Settings { mask: false, rules_of_lines: None, ..settings.clone() };
    let cleaners = Cleaners { settings: &bare, shingles: &shingles, learned: &learned };
    let mut reader = Reader::new(inputs, settings.reading.clone(), settings.batch, settings.threads);
    let mut records = Vec::new();
    while let Some(batch) = reader.next_batch()? {
        for (block, raw) in batch.blocks.iter().flat_map(|block| block.records.iter().map(move |raw| (block, raw))) {
            let key = (block.file.name.clone(), raw.number);
            if wanted.remove(&key)
                && let Ok(Some((id, texts))) = cleaned(block, raw, &cleaners)
            {
                records.push((key, id, texts));
            }
        }
        if wanted.is_empty() {
            break;
        }
    }
    Ok(records)
}

/// The texts of some records of an earlier run, as they were compared, from its inputs.
///
/// # Errors
///
/// Those of [`accounted`].
pub(super) fn texts_of_run(
    settings: &Settings,
    inputs: Vec<Input>,
    ledger: &Path,
    wanted: HashSet<Key>,
) -> Result<HashMap<Key, String>, Error> {
    in_pool(settings, || {
        let wanted: BTreeSet<Key> = wanted.into_iter().collect();
        let found = accounted(settings, inputs, ledger, &wanted)?;
        let n_missing = wanted.len() - found.len();
        if n_missing > 0 {
            log::warn!(
                "{n_missing} of {} records are not in the inputs that were named: examples lack their texts",
                wanted.len()
            );
        }
        Ok(found.into_iter().map(|(key, accounted)| (key, accounted.compared.text)).collect())
    })
}

/// The cleaned texts of some records of the run that is under way. Inputs are read only as far as is needed; of pipes nothing is left.
pub(super) fn texts_of(
    settings: &Settings,
    inputs: Vec<Input>,
    learned: &Learned,
    shingles: ShingleHasher,
    wanted: HashSet<Key>,
) -> Result<HashMap<Key, String>, Error> {
    let mut by_file: HashMap<String, HashSet<u64>> = HashMap::new();
    let n_wanted = wanted.len();
    for (file, record) in wanted {
        by_file.entry(file).or_default().insert(record);
    }
    let cleaners = Cleaners { settings, shingles: &shingles, learned };
    // What came through a pipe is gone.
    let is_there = |input: &Input| match &input.source {
        Source::Stdin => false,
        Source::File(path) => path.is_file(),
        Source::Spooled(..) => true,
    };
    let inputs = inputs.into_iter().filter(is_there).collect();
    let mut reader = Reader::new(inputs, settings.reading.clone(), settings.batch, settings.threads);
    let mut texts = HashMap::new();
    while texts.len() < n_wanted {
        let Some(batch) = reader.next_batch()? else { break };
        for block in &batch.blocks {
            let Some(records) = by_file.get(&block.file.name) else { continue };
            for raw in block.records.iter().filter(|raw| records.contains(&raw.number)) {
                if let Some(text) = text_of(block, raw, &cleaners) {
                    texts.insert((block.file.name.clone(), raw.number), text);
                }
            }
        }
    }
    Ok(texts)
}

/// The cleaned text of a record, if it is an article.
fn text_of(block: &Block, raw: &RawRecord, cleaners: &Cleaners<'_>) -> Option<String> {
    let record = block.file.read(block, raw, &cleaners.settings.reading).ok()??;
    let is_file = matches!(block.file.format, Format::Text(_)) && matches!(record.field, TextField::Whole { .. });
    let place = Place { file: block.file.index, record: raw.number };
    Some(CleanedTexts::of(record.texts, is_file, &record.name.source, place, cleaners).text)
}
