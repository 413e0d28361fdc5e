//! Texts of some records, read once more: the kept texts that examples are held against.

use std::collections::{HashMap, HashSet};

use super::job::{in_pool, learned_words};
use super::texts::{CleanedTexts, Cleaners, Learned};
use crate::corpus::Place;
use crate::error::Error;
use crate::fingerprint::{Seed, ShingleHasher};
use crate::read::{Block, Format, Input, RawRecord, Reader, Source, TextField, collect_inputs};
use crate::settings::Settings;

/// Texts by file and record.
pub(super) type Texts = HashMap<(String, u64), String>;

/// The cleaned texts of some records, named by file and number, of the inputs that `settings` names.
///
/// # Errors
///
/// If an input cannot be read.
pub(super) fn texts_of_run(settings: &Settings, wanted: HashSet<(String, u64)>) -> Result<Texts, Error> {
    in_pool(settings, || {
        let mut inputs = collect_inputs(&settings.inputs, &settings.selection)?;
        let shingles = ShingleHasher::new(Seed::random(), settings.rules.min_run);
        let learned = Learned { words: learned_words(settings, &mut inputs, shingles)?, boilerplate: None };
        texts_of(settings, inputs, &learned, shingles, wanted)
    })
}

/// The same of these inputs. They are read only as far as is needed; of pipes nothing is left.
pub(super) fn texts_of(
    settings: &Settings,
    inputs: Vec<Input>,
    learned: &Learned,
    shingles: ShingleHasher,
    wanted: HashSet<(String, u64)>,
) -> Result<Texts, Error> {
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
    let mut texts = Texts::new();
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
