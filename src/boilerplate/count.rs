//! Counts passages over kept articles.

use std::collections::{HashMap, HashSet};

use super::Keyed;
use crate::fingerprint::MixedHashing;

/// A passage in fewer articles of a host is no boilerplate.
const FEWEST_ARTICLES: u32 = 3;
/// Nor is one in fewer than one of so many articles of its host.
const OF_ARTICLES: u32 = 200;

/// Whether a passage is boilerplate that stands in `n_articles` of the `of_host` kept articles of a host, between so many different neighbours.
pub(super) fn is_boilerplate(n_articles: u32, n_neighbours: usize, of_host: u32) -> bool {
    let fewest = FEWEST_ARTICLES.max(of_host.div_ceil(OF_ARTICLES));
    let n_neighbours = n_neighbours as u32;
    n_articles >= fewest && n_neighbours >= FEWEST_ARTICLES && n_neighbours * 2 >= n_articles
}

/// Passages that may be boilerplate, by key, with their texts.
#[derive(Debug)]
pub struct Counter {
    /// So many passages seen once are remembered at most.
    most: usize,
    /// How many articles were counted when there was no room for more passages.
    full_after: Option<u64>,
    n_articles: u64,
    /// Those seen in one article so far: their neighbours there.
    once: HashMap<u64, u32, MixedHashing>,
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
    pub fn count(&mut self, host: &str, text: &str, passages: &[Keyed]) {
        self.n_articles += 1;
        match self.articles.get_mut(host) {
            Some(n) => *n += 1,
            None => drop(self.articles.insert(host.to_owned(), 1)),
        }
        for passage in passages.iter().filter(|passage| passage.is_first) {
            if let Some(candidate) = self.more.get_mut(&passage.key) {
                candidate.n_articles += 1;
                candidate.neighbours.insert(passage.neighbours);
            } else if let Some(neighbours) = self.once.remove(&passage.key) {
                let candidate = Candidate {
                    host: host.to_owned(),
                    text: text[passage.bytes.range()].to_owned(),
                    n_articles: 2,
                    neighbours: HashSet::from([neighbours, passage.neighbours]),
                };
                self.more.insert(passage.key, candidate);
            } else if self.once.len() >= self.most {
                self.full_after.get_or_insert(self.n_articles);
            } else {
                self.once.insert(passage.key, passage.neighbours);
            }
        }
    }

    /// The boilerplate of all hosts, the most frequent first.
    pub fn found(self) -> Vec<Found> {
        let of_host = |host: &str| self.articles.get(host).copied().unwrap_or_default();
        let is_found =
            |candidate: &Candidate| is_boilerplate(candidate.n_articles, candidate.neighbours.len(), of_host(&candidate.host));
        let found = self.more.into_values().filter(is_found);
        let mut found: Vec<Found> =
            found.map(|Candidate { host, text, n_articles, .. }| Found { host, text, n_articles }).collect();
        found.sort_by(|a, b| (b.n_articles, &a.host, &a.text).cmp(&(a.n_articles, &b.host, &b.text)));
        found
    }
}
