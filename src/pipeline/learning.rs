//! What has to be known of the whole input before anything is written: learned in readings of their own.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::batch::Origin;
use super::indexing::RunIndex;
use super::job::read_through;
use super::judge::Prepared;
use super::spill::MemoryLimit;
use super::texts::Learned;
use crate::boilerplate::{Boilerplate, List, Occurrences};
use crate::error::Error;
use crate::fingerprint::{Seed, ShingleHasher, Vocabulary};
use crate::read::Input;
use crate::settings::{Job, Settings};
use crate::sorting::Sorter;
use crate::write::Target;

/// This part of the memory is for what is learned, before it goes to a file.
const PART_OF_MEMORY: u64 = 16;

/// What a reading gathers to learn from.
#[derive(Debug, Default)]
pub(super) struct Lessons {
    boilerplate: Option<Occurrences>,
    words: Option<WordsMet>,
}

impl Lessons {
    /// What is to be gathered with these settings.
    pub(super) fn begin(settings: &Settings, seed: Seed) -> Self {
        let memory = settings.memory / PART_OF_MEMORY;
        let limit = MemoryLimit::new(settings);
        let wants_boilerplate = settings.is_rehearsal && settings.boilerplate == Boilerplate::Report;
        Self {
            boilerplate: wants_boilerplate.then(|| Occurrences::new(memory, limit.folder())),
            words: (settings.job == Job::LearnWords).then(|| WordsMet::new(seed, memory, limit.folder())),
        }
    }

    /// Gathers what a record, which is kept or not, teaches.
    pub(super) fn note(&mut self, record: &Prepared, is_kept: bool, origin: &Origin) -> Result<(), Error> {
        if let Some(occurrences) = self.boilerplate.as_mut().filter(|_| is_kept) {
            occurrences.add(&record.name.source, record.place, &origin.keyed)?;
        }
        match &mut self.words {
            Some(words) => words.add(&origin.words, &origin.asked_for),
            None => Ok(()),
        }
    }
}

/// Learns what these settings need to know.
pub(super) fn learn(
    settings: &Settings,
    inputs: &mut [Input],
    shingles: ShingleHasher,
    index: Option<&RunIndex>,
) -> Result<Learned, Error> {
    let mut learned = Learned { words: learned_words(settings, inputs, shingles)?, boilerplate: None };
    learned.boilerplate = match (settings.boilerplate, &settings.boilerplate_list) {
        (Boilerplate::Off | Boilerplate::Report, _) => None,
        (_, Some(path)) => {
            let text = fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
            let list = List::read(&text, shingles.seed());
            let hint = "--boilerplate report writes such a list";
            Some(list.map_err(|error| Error::input(path, error.to_string()).with_hint(hint))?)
        }
        (what, None) => {
            inputs.iter_mut().try_for_each(Input::spool)?;
            log::info!("a reading to find boilerplate");
            let settings = Settings { boilerplate: Boilerplate::Report, ..rehearsal(settings) };
            let lessons = lessons(&settings, inputs, shingles, &learned, index)?;
            lessons.boilerplate.map(|occurrences| occurrences.list(what)).transpose()?
        }
    };
    Ok(learned)
}

/// The words that there are, if texts are to be unwrapped.
pub(super) fn learned_words(
    settings: &Settings,
    inputs: &mut [Input],
    shingles: ShingleHasher,
) -> Result<Option<Arc<Vocabulary>>, Error> {
    if !settings.unwrap {
        return Ok(None);
    }
    inputs.iter_mut().try_for_each(Input::spool)?;
    log::info!("a reading to learn the words");
    // Texts are unwrapped before anything is masked in them or taken out.
    let bare = Settings { mask: false, boilerplate: Boilerplate::Off, rules_of_lines: None, ..rehearsal(settings) };
    let settings = Settings { job: Job::LearnWords, ..bare };
    let lessons = lessons(&settings, inputs, shingles, &Learned::default(), None)?;
    lessons.words.map(|words| words.vocabulary().map(Arc::new)).transpose()
}

/// Reads all inputs to learn from them.
fn lessons(
    settings: &Settings,
    inputs: &[Input],
    shingles: ShingleHasher,
    learned: &Learned,
    index: Option<&RunIndex>,
) -> Result<Lessons, Error> {
    Ok(read_through(settings, inputs.to_vec(), shingles, learned, index)?.complete()?.commit(None)?.lessons)
}

/// The same settings for a reading that only teaches something.
fn rehearsal(settings: &Settings) -> Settings {
    Settings {
        target: Target::Nowhere,
        ledger: None,
        summary: None,
        report: None,
        quarantine: None,
        max_removed: None,
        estimated: None,
        mark: false,
        boilerplate_list: None,
        is_rehearsal: true,
        ..settings.clone()
    }
}

/// The words of texts, and those that are asked for, in memory or past it.
#[derive(Debug)]
struct WordsMet {
    words: Sorter<1>,
    seed: Seed,
}

/// The numbers that belong to a word's hash: it stands in a text, or it is asked for.
const IS_THERE: [u32; 1] = [0];
const IS_ASKED_FOR: [u32; 1] = [1];

impl WordsMet {
    /// No words yet; `seed` is that of the hashes that will be added. Words take so many bytes of memory at most, then they go to a file in `folder`.
    fn new(seed: Seed, memory: u64, folder: &Path) -> Self {
        Self { words: Sorter::new(memory, folder).distinct(), seed }
    }

    /// Adds words of a text, by their hashes, and such as are asked for.
    fn add(&mut self, words: &[u64], asked_for: &[u64]) -> Result<(), Error> {
        words.iter().try_for_each(|&word| self.words.push(word, IS_THERE))?;
        asked_for.iter().try_for_each(|&word| self.words.push(word, IS_ASKED_FOR))
    }

    /// The words that are both there and asked for.
    fn vocabulary(self) -> Result<Vocabulary, Error> {
        let Self { words: met, seed } = self;
        let (mut words, mut there) = (HashSet::default(), None);
        met.for_each(|word, what| match what {
            IS_THERE => there = Some(word),
            _ if there == Some(word) => drop(words.insert(word)),
            _ => (),
        })?;
        Ok(Vocabulary::new(words, seed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::{word_hash, words_of};

    #[test]
    fn a_word_is_known_if_it_is_there_and_was_asked_for() {
        let folder = tempfile::tempdir().expect("there is room");
        let seed = Seed(7);
        for memory in [u64::MAX, 0] {
            let mut met = WordsMet::new(seed, memory, folder.path());
            let asked: Vec<u64> = ["Frühjahr", "Landrätin"].iter().filter_map(|word| word_hash(word, seed)).collect();
            met.add(&words_of("Im Nordteil", seed), &asked).expect("there is room");
            for nth in 0..500 {
                met.add(&words_of(&format!("Wort{nth} im FRÜHJAHR"), seed), &[]).expect("there is room");
            }
            let words = met.vocabulary().expect("it can be read");
            let known = ["Frühjahr", "frühjahr", "Landrätin", "Nordteil", "im Frühjahr", ""].map(|word| words.has(word));
            assert_eq!(known, [true, true, false, false, false, false]);
        }
    }
}
