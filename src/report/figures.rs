//! What ledger lines tell for the page: who copies whom, how much was covered, agencies, examples. In bounded memory, however many lines there are.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::agencies::{AGENCIES, agencies_in};
use super::copied::{Copied, KeptWords};
use super::examples::Examples;
use crate::ledger::{Entry, Line, LineCover};

/// So many pairs of sources are counted each for itself; those that come after them are counted together.
const MOST_PAIRS: usize = 1 << 16;
/// Bars of the distribution of containment: shares of 2 %, and 1 by itself.
pub(super) const N_BARS: usize = 51;

/// A ledger line, as far as it is told on the page.
#[derive(Debug, Clone, Default)]
pub struct Told<'a> {
    /// The input file.
    pub file: &'a str,
    /// The record's number in it, from 1.
    pub record: u64,
    /// Its id; empty where it has none.
    pub id: &'a str,
    /// Whose it is; empty where nobody knows.
    pub source: &'a str,
    /// Why it went, or is named.
    pub reason: &'a str,
    /// Of what was near to going, the reason for which it would have gone; else empty.
    pub would_be: &'a str,
    /// How many words.
    pub words: u64,
    /// How many of them are covered.
    pub covered: u64,
    /// How many were lost.
    pub n_lost: u64,
    /// The text that went; `None` where it isn't known.
    pub text: Option<&'a str>,
    /// Bytes of `text` that nothing covers.
    pub uncovered: Vec<(usize, usize)>,
    /// The kept text that says the same.
    pub covers: Vec<KeptWords<'a>>,
}

impl<'a> Told<'a> {
    /// What an entry says; `text` is its record's, cleaned.
    pub fn of_entry(entry: &Entry<'a>, text: &'a str) -> Self {
        let [start, end] = entry.span.map(|at| at as usize);
        Self {
            file: entry.file,
            record: entry.record,
            id: entry.id,
            source: entry.source,
            reason: entry.reason,
            would_be: entry.would_be.unwrap_or_default(),
            words: entry.words as u64,
            covered: entry.covered as u64,
            n_lost: entry.words_lost as u64,
            text: text.get(start..end),
            uncovered: within(start, entry.uncovered.iter().map(|lost| lost.span.map(|at| at as usize))),
            covers: entry.covers.iter().map(KeptWords::of_covering).collect(),
        }
    }

    /// What a line of a ledger says. `whole` is the text of its record, if that went whole and is known.
    pub fn of_line(line: &'a Line, whole: Option<&'a str>) -> Self {
        Self {
            file: &line.file,
            record: line.record,
            id: &line.id,
            source: &line.source,
            reason: &line.reason,
            would_be: line.would_be.as_deref().unwrap_or_default(),
            words: line.words as u64,
            covered: line.covered as u64,
            n_lost: line.words_lost as u64,
            text: line.text.as_deref().or(whole),
            uncovered: within(line.span[0], line.uncovered.iter().map(|lost| lost.span)),
            covers: line.covers.iter().map(KeptWords::of_line).collect(),
        }
    }

    /// Counts it among the copies of what covers it.
    pub fn count(&self, copied: &mut Copied) {
        if let Some(kept) = self.covers.first().filter(|_| self.takes_out()) {
            copied.count(kept, (self.file, self.record), self.source, self.words, self.text);
        }
    }

    /// Whether kept text made it go.
    fn takes_out(&self) -> bool {
        matches!(self.reason, "copy" | "passage" | "part" | "short" | "nothing-left")
    }
}

/// Spans of a record's text, counted from `start`.
fn within(start: usize, spans: impl Iterator<Item = [usize; 2]>) -> Vec<(usize, usize)> {
    spans.filter_map(|[from, to]| Some((from.checked_sub(start)?, to.checked_sub(start)?))).collect()
}

impl<'a> KeptWords<'a> {
    /// What a receipt names.
    pub fn of_covering(covering: &crate::ledger::Covering<'a>) -> Self {
        let name = &covering.name;
        Self {
            file: name.file,
            record: name.record,
            id: name.id,
            source: name.source,
            run: name.run.unwrap_or_default(),
            first_word: covering.first_word,
            words: covering.words as u64,
        }
    }

    fn of_line(cover: &'a LineCover) -> Self {
        Self {
            file: &cover.file,
            record: cover.record,
            id: &cover.id,
            source: &cover.source,
            run: cover.run.as_ref().and_then(Value::as_str).unwrap_or_default(),
            first_word: cover.first_word as u64,
            words: cover.words as u64,
        }
    }
}

/// How many spans have how much of them covered, by bars of 2 %: those that went, and those that stayed though they were near.
#[derive(Debug, Clone)]
pub struct Distribution {
    pub(super) gone: [u64; N_BARS],
    pub(super) stayed: [u64; N_BARS],
}

impl Default for Distribution {
    fn default() -> Self {
        Self { gone: [0; N_BARS], stayed: [0; N_BARS] }
    }
}

/// What the ledger tells.
#[derive(Debug, Default)]
pub struct Figures {
    /// Words by who printed them again, and whose text it was.
    pub(super) flow: HashMap<(Box<str>, Box<str>), u64>,
    /// Words of all other pairs.
    pub(super) other_flow: u64,
    /// Containment of articles: copies and updates.
    pub(super) articles: Distribution,
    /// Containment of passages.
    pub(super) passages: Distribution,
    /// Spans and words by agency.
    pub(super) agencies: BTreeMap<&'static str, (u64, u64)>,
    /// Whether texts were known, in which agencies could be found.
    pub(super) has_texts: bool,
    /// Spans to look at.
    pub examples: Examples,
}

impl Figures {
    /// Counts one line.
    pub fn note(&mut self, told: &Told<'_>) {
        self.count_containment(told);
        if !told.takes_out() {
            if told.reason == "update" {
                self.examples.offer(told);
            }
            return;
        }
        for cover in &told.covers {
            self.count_flow(told.source, cover.source, cover.words);
        }
        if let Some(text) = told.text {
            self.has_texts = true;
            for nth in agencies_in(text) {
                let (n_spans, n_words) = self.agencies.entry(AGENCIES[nth].0).or_default();
                *n_spans += 1;
                *n_words += told.words;
            }
        }
        self.examples.offer(told);
    }

    fn count_containment(&mut self, told: &Told<'_>) {
        if told.words == 0 {
            return;
        }
        let bar = (told.covered.min(told.words) * (N_BARS as u64 - 1) / told.words) as usize;
        match (told.reason, told.would_be) {
            ("copy", _) => self.articles.gone[bar] += 1,
            ("update", _) | ("near", "copy") => self.articles.stayed[bar] += 1,
            ("passage", _) => self.passages.gone[bar] += 1,
            ("near", "passage") => self.passages.stayed[bar] += 1,
            _ => {}
        }
    }

    fn count_flow(&mut self, by: &str, of: &str, words: u64) {
        let pair = (by.into(), of.into());
        let has_room = self.flow.len() < MOST_PAIRS;
        match self.flow.get_mut(&pair) {
            Some(known) => *known += words,
            None if has_room => drop(self.flow.insert(pair, words)),
            None => self.other_flow += words,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(reason: &str, covered: u64) -> Told<'_> {
        Told { file: "a", record: 1, source: "by", reason, words: 100, covered, ..Told::default() }
    }

    #[test]
    fn containment_is_counted_by_bars_and_the_whole_by_itself() {
        let mut figures = Figures::default();
        for (reason, covered) in [
            ("copy", 80),
            ("copy", 81),
            ("copy", 82),
            ("copy", 99),
            ("copy", 100),
            ("update", 90),
            ("passage", 95),
            ("part", 100),
            ("mask", 0),
        ] {
            figures.note(&told(reason, covered));
        }
        let bars = |counts: &[u64; N_BARS]| {
            counts.iter().enumerate().filter(|(_, n)| **n > 0).map(|(at, n)| (at, *n)).collect::<Vec<_>>()
        };
        assert_eq!(bars(&figures.articles.gone), [(40, 2), (41, 1), (49, 1), (50, 1)]);
        assert_eq!(bars(&figures.articles.stayed), [(45, 1)]);
        assert_eq!(bars(&figures.passages.gone), [(47, 1)]);
        for (would_be, covered) in [("copy", 70), ("passage", 88), ("part", 100)] {
            figures.note(&Told { would_be, ..told("near", covered) });
        }
        assert_eq!(bars(&figures.articles.stayed), [(35, 1), (45, 1)]);
        assert_eq!(bars(&figures.passages.stayed), [(44, 1)]);
    }

    #[test]
    fn flow_adds_up_however_many_sources_there_are() {
        let mut figures = Figures::default();
        let names: Vec<String> = (0..300).map(|nth| format!("s{nth}")).collect();
        for (a, b) in names.iter().flat_map(|a| names.iter().map(move |b| (a, b))) {
            let covers = vec![KeptWords { source: b, words: 2, ..KeptWords::default() }];
            figures.note(&Told { source: a, covers, ..told("passage", 100) });
        }
        assert_eq!(figures.flow.len(), MOST_PAIRS);
        assert_eq!(figures.flow.values().sum::<u64>() + figures.other_flow, 2 * 300 * 300);
    }
}
