//! A few spans to look at, of each kind.

use std::collections::{BTreeMap, HashMap, HashSet};

use xxhash_rust::xxh3::xxh3_64;

use super::char_floor;
use super::figures::Told;

/// Kinds of examples, in the order in which they are shown, and how many are shown of each.
const KINDS: [(&str, usize); 7] =
    [("near-copy", 4), ("copy", 1), ("near-passage", 4), ("passage", 1), ("part", 2), ("nothing-left", 1), ("update", 3)];
/// Longer texts are shown as far as this, in bytes.
const MOST_BYTES: usize = 4000;

/// A span to look at.
#[derive(Debug, Clone, Default)]
pub struct Example {
    /// The input file.
    pub file: String,
    /// The record's number in it, from 1.
    pub record: u64,
    /// Its id; empty where it has none.
    pub id: String,
    /// Whose it is.
    pub source: String,
    /// Why it went, or is named.
    pub reason: String,
    /// How many words.
    pub words: u64,
    /// How many of them are covered.
    pub covered: u64,
    /// The text, or its beginning.
    pub text: String,
    /// Whether that is not all.
    pub is_cut: bool,
    /// Bytes of it that nothing covers.
    pub uncovered: Vec<(usize, usize)>,
    /// The record that covers most of it.
    pub kept_in: Source,
    /// The whole text of that record; `None` where it is not known.
    pub kept_text: Option<String>,
}

/// A record that covers something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// The input file.
    pub file: String,
    /// The record's number in it, from 1.
    pub record: u64,
    /// Its id; empty where it has none.
    pub id: String,
    /// Whose it is.
    pub source: String,
    /// The earlier run that kept it; empty for this one.
    pub run: String,
}

/// The examples, chosen by chance that is the same each time: those of each kind whose hash is least.
#[derive(Debug, Default)]
pub struct Examples {
    by_kind: BTreeMap<usize, BTreeMap<u64, Example>>,
}

impl Examples {
    /// Takes a span for an example, or not.
    pub(super) fn offer(&mut self, told: &Told<'_>) {
        // A ledger has no text of an update; where the inputs are at hand, it is found there, as is that of any whole record.
        let is_whole = matches!(told.reason, "copy" | "nothing-left" | "update");
        let text = match told.text {
            Some(text) if !text.trim().is_empty() => text,
            None if is_whole => "",
            _ => return,
        };
        let kind = match (told.reason, told.covered < told.words) {
            ("copy", true) => "near-copy",
            ("passage", true) => "near-passage",
            (reason, _) => reason,
        };
        let Some(nth) = KINDS.iter().position(|(name, _)| *name == kind) else { return };
        let chance = xxh3_64(format!("{}\n{}\n{}", told.file, told.record, told.words).as_bytes());
        let chosen = self.by_kind.entry(nth).or_default();
        if chosen.len() == KINDS[nth].1 && chosen.last_key_value().is_some_and(|(worst, _)| *worst <= chance) {
            return;
        }
        chosen.insert(chance, Example::of(told, text));
        if chosen.len() > KINDS[nth].1 {
            chosen.pop_last();
        }
    }

    /// Those whose text is known, in the order in which they are shown.
    pub fn iter(&self) -> impl Iterator<Item = &Example> {
        self.by_kind.values().flat_map(BTreeMap::values).filter(|example| !example.text.is_empty())
    }

    /// The records whose texts would help: file and number. Those of earlier runs are not at hand.
    pub fn wanted(&self) -> HashSet<(String, u64)> {
        let all = || self.by_kind.values().flat_map(BTreeMap::values);
        let sources = all().map(|example| &example.kept_in).filter(|kept| kept.run.is_empty() && kept.record > 0);
        let own = all().filter(|example| example.text.is_empty());
        let own = own.map(|example| (example.file.clone(), example.record));
        sources.map(|kept| (kept.file.clone(), kept.record)).chain(own).collect()
    }

    /// Adds the texts that were wanted.
    pub fn show(&mut self, texts: &HashMap<(String, u64), String>) {
        let text_of = |file: &str, record| texts.get(&(file.to_owned(), record));
        for example in self.by_kind.values_mut().flat_map(BTreeMap::values_mut) {
            if let Some(text) = text_of(&example.file, example.record).filter(|_| example.text.is_empty()) {
                (example.text, example.is_cut) = shown(text);
            }
            if example.kept_in.run.is_empty() {
                example.kept_text = text_of(&example.kept_in.file, example.kept_in.record).cloned();
            }
        }
    }
}

impl Example {
    fn of(told: &Told<'_>, text: &str) -> Self {
        let (text, is_cut) = shown(text);
        let end = if is_cut { text.len() } else { usize::MAX };
        Self {
            file: told.file.to_owned(),
            record: told.record,
            id: told.id.to_owned(),
            source: told.source.to_owned(),
            reason: told.reason.to_owned(),
            words: told.words,
            covered: told.covered,
            text,
            is_cut,
            uncovered: told.uncovered.iter().copied().filter(|(_, to)| *to <= end).collect(),
            kept_in: main_source(told),
            kept_text: None,
        }
    }
}

/// As much of a text as is shown, and whether that is not all.
fn shown(text: &str) -> (String, bool) {
    let end = char_floor(text, MOST_BYTES);
    (text[..end].to_owned(), end < text.len())
}

/// The record that covers most words, the first of several.
fn main_source(told: &Told<'_>) -> Source {
    let mut words: Vec<(Source, u64)> = Vec::new();
    for cover in &told.covers {
        let source = Source {
            file: cover.file.to_owned(),
            record: cover.record,
            id: cover.id.to_owned(),
            source: cover.source.to_owned(),
            run: cover.run.to_owned(),
        };
        match words.iter_mut().find(|(known, _)| *known == source) {
            Some((_, n_words)) => *n_words += cover.words,
            None => words.push((source, cover.words)),
        }
    }
    words.into_iter().rev().max_by_key(|(_, n_words)| *n_words).map(|(source, _)| source).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_few_of_each_kind_and_the_same_in_any_order() {
        let offer = |order: &mut dyn Iterator<Item = u64>| {
            let mut examples = Examples::default();
            for record in order {
                let reason = ["copy", "passage", "part", "update", "mask"][record as usize % 5];
                let covered = 100 - record % 2;
                let told = Told { file: "a", record, reason, words: 100, covered, text: Some("Text."), ..Told::default() };
                examples.offer(&told);
            }
            examples.iter().map(|example| (example.reason.clone(), example.record)).collect::<Vec<_>>()
        };
        let found = offer(&mut (0..10_000));
        assert_eq!(found.len(), 4 + 1 + 4 + 1 + 2 + 3);
        assert_eq!(offer(&mut (0..10_000).rev()), found);
    }

    #[test]
    fn a_long_text_is_cut_between_letters() {
        let text = "ä".repeat(MOST_BYTES);
        let example = Example::of(&Told { uncovered: vec![(0, 2), (2, 9000)], ..Told::default() }, &text);
        assert_eq!((example.text.len(), example.is_cut, example.uncovered), (MOST_BYTES, true, vec![(0, 2)]));
    }
}
