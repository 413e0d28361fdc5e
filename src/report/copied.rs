//! Which kept text is copied most, in bounded memory.

use std::collections::{BTreeSet, HashMap};

use xxhash_rust::xxh3::Xxh3;

use super::excerpt;
use crate::fingerprint::MixedHashing;

/// So many kept texts are counted at a time.
const N_COUNTED: usize = 4096;
/// So many sources of copies are named.
const N_SOURCES: usize = 6;
/// So many more are told from each other.
const MOST_SOURCES: usize = 64;
/// So much is shown of a text, in characters.
const SHOWN: usize = 400;

/// Kept words, as a receipt names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeptWords<'a> {
    /// The input file.
    pub file: &'a str,
    /// The record's number in it, from 1.
    pub record: u64,
    /// Its id; empty where it has none.
    pub id: &'a str,
    /// Whose it is; empty where nobody knows.
    pub source: &'a str,
    /// The earlier run that kept it; empty for this one.
    pub run: &'a str,
    /// The first of the words, counted in the record's kept text.
    pub first_word: u64,
    /// How many.
    pub words: u64,
}

/// A kept text that was copied: the record and the word where it begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CopiedText {
    /// In how many articles a copy of it was taken out, at most.
    pub articles: u64,
    /// How many of these may have been another text's.
    pub unsure: u64,
    /// Words of the first copy that was taken out.
    pub words: u64,
    /// How that begins; empty where texts are not known.
    pub text: String,
    /// The record that keeps it: file, number, id, source, earlier run.
    pub file: String,
    /// The record's number in its file.
    pub record: u64,
    /// The record's id.
    pub id: String,
    /// Whose it is.
    pub source: String,
    /// The earlier run that kept it; empty for this one.
    pub run: String,
    /// Whose copies were taken out, the first few.
    pub copied_by: Vec<String>,
    /// How many sources that are; of very many, a part.
    pub n_sources: usize,
}

impl CopiedText {
    /// In how many articles a copy was surely taken out.
    pub fn at_least(&self) -> u64 {
        self.articles - self.unsure
    }
}

/// Counts copies by the kept text that they say again.
///
/// No more than some thousand texts are counted at a time: a new one takes the place of the least copied, and begins with its number ("space saving", Metwally et al., 2005). The
/// most copied are found whatever the order; each says how far its number may be too high.
#[derive(Debug, Default)]
pub struct Copied {
    slots: Vec<Slot>,
    by_key: HashMap<u64, usize, MixedHashing>,
    /// Number, age and slot: the least copied first, of these the one that came first.
    ranks: BTreeSet<(u64, u64, usize)>,
    n_seen: u64,
}

#[derive(Debug, Default)]
struct Slot {
    key: u64,
    age: u64,
    last_article: Option<(u64, u64)>,
    sources: Vec<u64>,
    text: CopiedText,
}

impl Copied {
    /// Counts a span of `words` words that was taken out of the record number `article.1` of a file, and whose copy it was. `kept` is where it begins in kept text.
    pub fn count(&mut self, kept: &KeptWords<'_>, article: (&str, u64), source: &str, words: u64, text: Option<&str>) {
        let key = key_of(kept);
        let article = (hash(&[article.0.as_bytes()]), article.1);
        let slot = match self.by_key.get(&key) {
            Some(&slot) => slot,
            None => self.begin(key, kept, words, text),
        };
        let Slot { age, last_article, sources, text, .. } = &mut self.slots[slot];
        // A record that says it twice is one article.
        if last_article.replace(article) == Some(article) {
            return;
        }
        self.ranks.remove(&(text.articles, *age, slot));
        text.articles += 1;
        self.ranks.insert((text.articles, *age, slot));
        let hashed = hash(&[source.as_bytes()]);
        if !source.is_empty() && sources.len() < MOST_SOURCES && !sources.contains(&hashed) {
            sources.push(hashed);
            text.n_sources += 1;
            if text.copied_by.len() < N_SOURCES {
                text.copied_by.push(source.to_owned());
            }
        }
    }

    /// A slot for a text that is not counted yet.
    fn begin(&mut self, key: u64, kept: &KeptWords<'_>, words: u64, text: Option<&str>) -> usize {
        self.n_seen += 1;
        let (nth, floor) = if self.slots.len() < N_COUNTED {
            self.slots.push(Slot::default());
            (self.slots.len() - 1, 0)
        } else {
            let (least, _, nth) = self.ranks.pop_first().expect("all slots have a rank");
            self.by_key.remove(&self.slots[nth].key);
            (nth, least)
        };
        let text = CopiedText {
            articles: floor,
            unsure: floor,
            words,
            text: text.map(|text| excerpt(text, SHOWN)).unwrap_or_default(),
            file: kept.file.to_owned(),
            record: kept.record,
            id: kept.id.to_owned(),
            source: kept.source.to_owned(),
            run: kept.run.to_owned(),
            ..CopiedText::default()
        };
        self.by_key.insert(key, nth);
        self.slots[nth] = Slot { key, age: self.n_seen, last_article: None, sources: Vec::new(), text };
        nth
    }

    /// The most copied texts, those that are surely in most articles first.
    pub fn most(&self, n: usize) -> Vec<&CopiedText> {
        let mut most: Vec<&Slot> = self.slots.iter().filter(|slot| slot.text.at_least() > 0).collect();
        most.sort_by_key(|slot| (std::cmp::Reverse(slot.text.at_least()), slot.age));
        most.into_iter().take(n).map(|slot| &slot.text).collect()
    }
}

fn key_of(kept: &KeptWords<'_>) -> u64 {
    let numbers = [kept.record.to_le_bytes(), kept.first_word.to_le_bytes()];
    hash(&[kept.run.as_bytes(), kept.file.as_bytes(), numbers.as_flattened()])
}

/// A hash of pieces; no text holds the byte that stands between them.
fn hash(pieces: &[&[u8]]) -> u64 {
    let mut hasher = Xxh3::new();
    for piece in pieces {
        hasher.update(piece);
        hasher.update(&[0xFF]);
    }
    hasher.digest()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(record: u64) -> KeptWords<'static> {
        KeptWords { file: "a.jsonl", record, ..KeptWords::default() }
    }

    #[test]
    fn the_most_copied_are_found_among_very_many_in_bounded_memory() {
        let mut copied = Copied::default();
        let mut n = 0;
        for nth in 0..200_000_u64 {
            // Three texts come again and again between all the others.
            let record = match nth % 100 {
                0..20 => 1,
                20..30 => 2,
                30 => 3,
                _ => 1000 + nth,
            };
            n += 1;
            copied.count(&kept(record), ("b.jsonl", n), &format!("s{}", nth % 9), 20, Some("Ein Satz."));
        }
        assert_eq!((copied.slots.len(), copied.by_key.len(), copied.ranks.len()), (N_COUNTED, N_COUNTED, N_COUNTED));
        let most = copied.most(3);
        let found: Vec<_> = most.iter().map(|text| (text.record, text.at_least() <= text.articles)).collect();
        assert_eq!(found, [(1, true), (2, true), (3, true)]);
        assert!((39_000..=40_000).contains(&most[0].at_least()) && most[0].articles >= 40_000, "{most:?}");
        assert_eq!((most[0].n_sources, most[0].copied_by.len()), (9, N_SOURCES));
    }

    #[test]
    fn an_article_that_says_it_twice_counts_once() {
        let mut copied = Copied::default();
        for article in [7, 7, 8] {
            copied.count(&kept(1), ("b.jsonl", article), "", 20, None);
        }
        assert_eq!((copied.most(9)[0].articles, copied.most(9)[0].n_sources), (2, 0));
    }
}
