//! One record of a run, looked for in ledger, input and output, so that it can be explained.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::job::in_pool;
use super::texts::{Cleaners, Learned};
use super::verify::cleaned;
use super::witness::{Key, accounted, lines_of};
use crate::error::Error;
use crate::explain::{Explained, KeptText, Part, covered_texts, sides};
use crate::fingerprint::{Seed, ShingleHasher};
use crate::ledger::{Line, LineCover, LineKind, Lines, Recorded};
use crate::read::{HowToRead, Input, Reader, Selection, Source, To, collect_inputs};
use crate::settings::Settings;
use crate::verify::{Accounted, Texts};

/// What is to be explained.
#[derive(Debug, Clone)]
pub struct Explaining {
    /// The record: its id, its address, its place (`dump.jsonl:12`) or its number.
    pub record: String,
    /// The ledger of the run.
    pub ledger: PathBuf,
    /// Outputs in which covering text may be looked for: its own, and those of earlier runs of its index.
    pub outputs: Vec<PathBuf>,
    /// How its input is read and cleaned, and the input itself.
    pub settings: Settings,
    /// Whether the input is there.
    pub has_input: bool,
}

/// Explains a record.
///
/// # Errors
///
/// If a file cannot be read, or nothing tells of such a record, or of several.
pub fn explain(explaining: &Explaining) -> Result<Explained, Error> {
    in_pool(&explaining.settings, || {
        let settings = &explaining.settings;
        let mut inputs = if explaining.has_input { collect_inputs(&settings.inputs, &settings.selection)? } else { Vec::new() };
        // They may be read twice.
        inputs.iter_mut().try_for_each(Input::spool)?;
        let names = Names::read(&explaining.ledger)?;
        let (key, id) = match names.find(&explaining.record, &explaining.ledger)? {
            Some(found) => found,
            None if explaining.has_input => find_in_input(explaining, inputs.clone())?
                .ok_or_else(|| names.unknown(explaining, "neither it nor the input knows"))?,
            None => return Err(names.unknown(explaining, "it doesn't tell of")),
        };
        let story = Story::read(explaining, inputs, key)?;
        story.told(explaining, id, &names)
    })
}

/// All records that a ledger names.
struct Names {
    /// Ids, by place.
    ids: BTreeMap<Key, String>,
    urls: BTreeMap<String, BTreeSet<Key>>,
    recorded: Option<Recorded>,
}

impl Names {
    fn read(ledger: &Path) -> Result<Self, Error> {
        let mut lines = Lines::open(ledger, ledger)?.with_notes();
        let (mut ids, mut urls) = (BTreeMap::new(), BTreeMap::<String, BTreeSet<Key>>::new());
        while let Some(line) = lines.next_if(|_| true)? {
            for cover in line.covers.iter().chain(&line.updates).filter(|cover| cover.run.is_none()) {
                let key = (cover.file.clone(), cover.record);
                if !cover.url.is_empty() {
                    urls.entry(cover.url.clone()).or_default().insert(key.clone());
                }
                ids.entry(key).or_insert_with(|| cover.id.clone());
            }
            ids.insert((line.file, line.record), line.id);
        }
        let recorded = lines.settings().and_then(|settings| settings.thresholds());
        Ok(Self { ids, urls, recorded })
    }

    /// The record that is meant, and its id.
    fn find(&self, wanted: &str, ledger: &Path) -> Result<Option<(Key, String)>, Error> {
        let is_it = |key: &Key, id: &str| id == wanted || is_at(key, wanted);
        let mut found: BTreeSet<&Key> = self.ids.iter().filter(|(key, id)| is_it(key, id)).map(|(key, _)| key).collect();
        found.extend(self.urls.get(wanted).into_iter().flatten());
        if found.is_empty() {
            found.extend(self.ids.keys().filter(|(_, record)| wanted.parse() == Ok(*record)));
        }
        let mut found = found.into_iter();
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some(key), None) => Ok(Some((key.clone(), self.ids.get(key).cloned().unwrap_or_default()))),
            (Some(one), Some(two)) => {
                let [one, two] = [one, two].map(|(file, record)| format!("{file}:{record}"));
                Err(Error::input(ledger, format!("several records are called {wanted:?}: {one}, {two}"))
                    .with_hint(format!("name the place: einmal explain {one}")))
            }
        }
    }

    fn unknown(&self, explaining: &Explaining, problem: &str) -> Error {
        let wanted = &explaining.record;
        let closest = self.ids.values().filter(|id| !id.is_empty()).map(|id| (distance(id, wanted), id)).min();
        let near = closest
            .filter(|(distance, _)| *distance <= 1 + wanted.chars().count() / 3)
            .map(|(_, id)| format!("the nearest is {id}; "));
        let more = if explaining.has_input {
            "a record is called by its id, its url, or its place, like dump.jsonl:12"
        } else {
            "a ledger names records by id and place; by its url, or if nothing of it went, --input DUMP finds it"
        };
        Error::input(&explaining.ledger, format!("{problem} a record {wanted:?}"))
            .with_hint(format!("{}{more}", near.unwrap_or_default()))
    }
}

/// Whether a record stands at the place `dump.jsonl:12`, folders before the file's name being left out or not.
fn is_at((file, record): &Key, wanted: &str) -> bool {
    let Some((name, number)) = wanted.rsplit_once(':') else { return false };
    let is_named = file.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with('/'));
    is_named && !name.is_empty() && number.parse() == Ok(*record)
}

/// How many letters have to be changed, added or left out to make one name of another.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (nth, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = nth + 1;
        for (at, b) in other.iter().enumerate() {
            let change = diagonal + usize::from(a != *b);
            diagonal = row[at + 1];
            row[at + 1] = change.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row[other.len()]
}

/// What the ledger says of a record and of those that cover it, and their texts.
struct Story {
    key: Key,
    lines: Vec<Line>,
    /// The record's text as it was compared.
    text: Option<Texts>,
    kept: HashMap<KeptKey, KeptText>,
}

/// The earlier run, if any, and the record that kept text belongs to.
type KeptKey = (Option<String>, Key);

fn kept_key(cover: &LineCover) -> KeptKey {
    let run = cover.run.as_ref().map(|run| run.as_str().unwrap_or_default().to_owned());
    (run, (cover.file.clone(), cover.record))
}

impl Story {
    fn read(explaining: &Explaining, inputs: Vec<Input>, key: Key) -> Result<Self, Error> {
        let lines = lines_of(&explaining.ledger, &BTreeSet::from([key.clone()]))?.remove(&key).unwrap_or_default();
        let covers = lines.iter().flat_map(|line| &line.covers).filter(|cover| cover.run.is_none());
        let mut wanted: BTreeSet<Key> = covers.map(|cover| (cover.file.clone(), cover.record)).collect();
        wanted.insert(key.clone());
        let mut story = Self { key, lines, text: None, kept: HashMap::new() };
        if explaining.has_input {
            story.read_input(explaining, inputs, &wanted)?;
        } else {
            story.text = story.lines.iter().find_map(|line| text_of_raw(explaining, line));
        }
        if !explaining.outputs.is_empty() {
            story.read_outputs(&explaining.outputs, &explaining.settings)?;
        }
        Ok(story)
    }

    /// Finds the records in the input, and what was kept of them by the ledger.
    fn read_input(&mut self, explaining: &Explaining, inputs: Vec<Input>, wanted: &BTreeSet<Key>) -> Result<(), Error> {
        for (key, Accounted { compared, left, is_kept }) in accounted(&explaining.settings, inputs, &explaining.ledger, wanted)? {
            if key == self.key {
                self.text = Some(compared);
            }
            if is_kept {
                self.kept.insert((None, key), KeptText::new(left.text));
            }
        }
        if self.text.is_none() {
            let (file, record) = &self.key;
            return Err(Error::input(&explaining.ledger, format!("{file}:{record} is no article of the input that was named"))
                .with_hint("name the inputs as dedup got them"));
        }
        Ok(())
    }

    /// Finds kept text that the input doesn't show in outputs: in a record of the right id, the words must stand where the receipt says.
    fn read_outputs(&mut self, outputs: &[PathBuf], settings: &Settings) -> Result<(), Error> {
        let mut sought: Vec<(LineCover, String)> = Vec::new();
        for line in &self.lines {
            let text = self.text_of(line).unwrap_or_default();
            sought.extend(covered_texts(line, &text).into_iter().map(|(cover, text)| (cover.clone(), text.to_owned())));
        }
        sought.retain(|(cover, _)| !self.kept.contains_key(&kept_key(cover)));
        let how = HowToRead { from: None, html: None, to: Some(To::Jsonl), ..settings.reading.clone() };
        let inputs = collect_inputs(outputs, &Selection::default())?;
        let mut reader = Reader::new(inputs, how.clone(), settings.batch, settings.threads);
        while let Some(batch) = reader.next_batch()? {
            for (block, raw) in batch.blocks.iter().flat_map(|block| block.records.iter().map(move |raw| (block, raw))) {
                let Ok(Some(record)) = block.file.read(block, raw, &how) else { continue };
                let is_called = |cover: &LineCover| cover.id.is_empty() || cover.id == *record.name.id;
                if !sought.iter().any(|(cover, _)| is_called(cover)) {
                    continue;
                }
                let kept = KeptText::new(Texts::of(record.texts.into_iter().map(|text| text.text)).text);
                let found = sought.iter().find(|(cover, text)| is_called(cover) && kept.says(cover.first_word, text));
                if let Some((cover, _)) = found {
                    self.kept.entry(kept_key(cover)).or_insert(kept);
                }
            }
        }
        Ok(())
    }

    /// How the span of a line reads.
    fn text_of(&self, line: &Line) -> Option<String> {
        let compared = || self.text.as_ref().and_then(|texts| texts.at(line.span)).map(str::to_owned);
        match line.kind() {
            Some(LineKind::Mask | LineKind::Before | LineKind::Scores) | None => line.text.clone(),
            Some(_) => line.text.clone().or_else(compared),
        }
    }

    fn told(&self, explaining: &Explaining, id: String, names: &Names) -> Result<Explained, Error> {
        let part = |line: &Line| {
            let is_near_copy = line.kind() == Some(LineKind::Near) && line.would_be.as_deref() == Some("copy");
            let kept = |cover: &LineCover| self.kept.get(&kept_key(cover));
            let sides = match self.text_of(line).filter(|_| !is_near_copy) {
                Some(text) => sides(line, &text, kept),
                None => Vec::new(),
            };
            Part::new(line, names.recorded, sides)
        };
        let is_near = |line: &&Line| matches!(line.kind(), Some(LineKind::Near | LineKind::Update));
        let is_gone = |line: &&Line| !is_near(line) && !matches!(line.kind(), Some(LineKind::Scores) | None);
        if let Some(line) = self.lines.iter().find(|line| line.kind().is_none()) {
            return Err(Error::input(&explaining.ledger, format!("line {}: there is no reason {:?}", line.number, line.reason)));
        }
        Ok(Explained {
            file: self.key.0.clone(),
            record: self.key.1,
            id,
            text: self.text.as_ref().map(|texts| texts.text.clone()),
            gone: self.lines.iter().filter(is_gone).map(part).collect(),
            near: self.lines.iter().filter(is_near).map(part).collect(),
            tells_near: names.recorded.is_some(),
        })
    }
}

/// A record that the ledger doesn't know, by id, address or place.
fn find_in_input(explaining: &Explaining, inputs: Vec<Input>) -> Result<Option<(Key, String)>, Error> {
    let settings = &explaining.settings;
    let mut reader = Reader::new(inputs, settings.reading.clone(), settings.batch, settings.threads);
    let wanted = &explaining.record;
    let mut by_number = None;
    while let Some(batch) = reader.next_batch()? {
        for (block, raw) in batch.blocks.iter().flat_map(|block| block.records.iter().map(move |raw| (block, raw))) {
            let Ok(Some(record)) = block.file.read(block, raw, &settings.reading) else { continue };
            let key = (block.file.name.clone(), raw.number);
            let id = record.name.id.to_string();
            if id == *wanted || *record.name.url == **wanted || is_at(&key, wanted) {
                return Ok(Some((key, id)));
            }
            if by_number.is_none() && wanted.parse() == Ok(raw.number) {
                by_number = Some((key, id));
            }
        }
    }
    Ok(by_number)
}

/// The text of a record that went whole, from its bytes in the ledger, as far as these are a JSON object.
fn text_of_raw(explaining: &Explaining, line: &Line) -> Option<Texts> {
    let raw = line.raw.as_ref().filter(|raw| line.kind() == Some(LineKind::Whole) && raw.starts_with('{'))?;
    let mut file = tempfile::NamedTempFile::new().ok()?;
    file.write_all(raw.as_bytes()).and_then(|()| file.flush()).ok()?;
    let input = Input {
        source: Source::File(file.path().to_owned()),
        relative: PathBuf::new(),
        is_named: true,
        len: Some(raw.len() as u64),
    };
    let settings = Settings { inputs: Vec::new(), unwrap: false, ..explaining.settings.clone() };
    let how = HowToRead { from: Some(crate::read::AskedFormat::Jsonl), ..settings.reading.clone() };
    let shingles = ShingleHasher::new(Seed(0), settings.rules.min_run);
    let learned = Learned::default();
    let bare = Settings { mask: false, rules_of_lines: None, reading: how.clone(), ..settings };
    let cleaners = Cleaners { settings: &bare, shingles: &shingles, learned: &learned };
    let mut reader = Reader::new(vec![input], how, bare.batch, 1);
    let batch = reader.next_batch().ok()??;
    let block = batch.blocks.first()?;
    let (_, texts) = cleaned(block, block.records.first()?, &cleaners).ok()??;
    // Where rules took something out before, it is another text than the one that was compared.
    (line.span == [0, texts.text.len()]).then_some(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_names_a_record_with_or_without_folders() {
        let key = ("dumps/a.jsonl".to_owned(), 12);
        for (wanted, is_it) in [
            ("dumps/a.jsonl:12", true),
            ("a.jsonl:12", true),
            ("a.jsonl:1", false),
            ("l:12", false),
            (":12", false),
            ("12", false),
        ] {
            assert_eq!(is_at(&key, wanted), is_it, "{wanted}");
        }
    }

    #[test]
    fn names_are_as_far_apart_as_letters_have_to_be_changed() {
        for (one, other, expected) in
            [("", "", 0), ("n23", "n23", 0), ("n23", "n32", 2), ("n2", "n23", 1), ("", "abc", 3), ("äb", "ab", 1)]
        {
            assert_eq!(distance(one, other), expected, "{one} {other}");
            assert_eq!(distance(other, one), expected, "{other} {one}");
        }
    }
}
