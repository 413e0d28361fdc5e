//! Counts passages over kept articles.

use std::collections::{HashMap, HashSet};

use super::Keyed;
use crate::corpus::Place;
use crate::fingerprint::MixedHashing;

/// A passage in fewer articles of a host is no boilerplate.
const FEWEST_ARTICLES: u32 = 3;
/// Nor is one in fewer than one of so many articles of its host.
const OF_ARTICLES: u32 = 200;

/// Passages that may be boilerplate, by key.
#[derive(Debug)]
pub struct Counter {
    /// So many passages seen once are remembered at most.
    most: usize,
    /// How many articles were counted when there was no room for more passages.
    full_after: Option<u64>,
    n_articles: u64,
    /// Those seen in one article so far: their neighbours there, and the article.
    once: HashMap<u64, (u32, u32), MixedHashing>,
    /// Those seen in more.
    more: HashMap<u64, Candidate, MixedHashing>,
    /// How many articles of each host were kept.
    articles: HashMap<String, u32>,
}

#[derive(Debug)]
struct Candidate {
    host: String,
    text: String,
    n_articles: u32,
    neighbours: HashSet<u32>,
    first: u32,
}

/// A passage that is boilerplate of its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Whose it is.
    pub host: String,
    /// How it reads, in the second article that has it.
    pub text: String,
    /// In how many articles it stands.
    pub n_articles: u32,
    pub(super) key: u64,
    /// The first of them ([`article_hash`]).
    pub(super) first: u32,
}

/// A record's place, as far as it has to be remembered.
pub(super) fn article_hash(place: Place) -> u32 {
    let mixed = (u64::from(place.file) << 40 ^ place.record).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 32) as u32
}

/// Bytes of memory that a passage takes, growing tables included.
const PASSAGE_MEMORY: u64 = 40;

impl Counter {
    /// Nothing counted yet. Passages seen once take so many bytes of memory at most; past them only such are counted that were seen before.
    pub fn new(memory: u64) -> Self {
        let most = usize::try_from(memory / PASSAGE_MEMORY).unwrap_or(usize::MAX);
        Self {
            most,
            full_after: None,
            n_articles: 0,
            once: HashMap::default(),
            more: HashMap::default(),
            articles: HashMap::default(),
        }
    }

    /// After how many articles there was no room for more passages, if so.
    pub fn full_after(&self) -> Option<u64> {
        self.full_after
    }

    /// Counts the passages of a kept article.
    pub fn count(&mut self, host: &str, place: Place, text: &str, passages: &[Keyed]) {
        self.n_articles += 1;
        match self.articles.get_mut(host) {
            Some(n) => *n += 1,
            None => drop(self.articles.insert(host.to_owned(), 1)),
        }
        for passage in passages.iter().filter(|passage| passage.is_first) {
            if let Some(candidate) = self.more.get_mut(&passage.key) {
                candidate.n_articles += 1;
                candidate.neighbours.insert(passage.neighbours);
            } else if let Some((neighbours, first)) = self.once.remove(&passage.key) {
                let candidate = Candidate {
                    host: host.to_owned(),
                    text: text[passage.bytes.range()].to_owned(),
                    n_articles: 2,
                    neighbours: HashSet::from([neighbours, passage.neighbours]),
                    first,
                };
                self.more.insert(passage.key, candidate);
            } else if self.once.len() >= self.most {
                self.full_after.get_or_insert(self.n_articles);
            } else {
                self.once.insert(passage.key, (passage.neighbours, article_hash(place)));
            }
        }
    }

    /// The boilerplate of all hosts, the most frequent first.
    pub fn found(self) -> Vec<Found> {
        let mut found: Vec<Found> = self
            .more
            .into_iter()
            .filter(|(_, candidate)| {
                let of_host = self.articles.get(&candidate.host).copied().unwrap_or_default();
                let fewest = FEWEST_ARTICLES.max(of_host.div_ceil(OF_ARTICLES));
                let n_neighbours = candidate.neighbours.len() as u32;
                candidate.n_articles >= fewest && n_neighbours >= FEWEST_ARTICLES && n_neighbours * 2 >= candidate.n_articles
            })
            .map(|(key, Candidate { host, text, n_articles, first, .. })| Found { host, text, n_articles, key, first })
            .collect();
        found.sort_by(|a, b| (b.n_articles, &a.host, &a.text).cmp(&(a.n_articles, &b.host, &b.text)));
        found
    }
}
