//! All passages of kept articles, in memory or past it, so that none that is boilerplate is missed.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::count::is_boilerplate;
use super::{Boilerplate, Keyed, List};
use crate::corpus::Place;
use crate::error::Error;
use crate::sorting::Sorter;

/// What a first reading finds, for a second one that takes it out.
#[derive(Debug)]
pub struct Occurrences {
    /// By key: neighbours, article, number of the host.
    passages: Sorter<3>,
    hosts: HashMap<String, u32>,
    /// How many articles of each host were kept.
    n_articles: Vec<u32>,
}

/// A record's place, as far as it has to be remembered.
pub(super) fn article_hash(place: Place) -> u32 {
    let mixed = (u64::from(place.file) << 40 ^ place.record).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 32) as u32
}

/// What was seen of a passage.
struct Seen {
    key: u64,
    first: u32,
    host: u32,
    n_articles: u32,
    neighbours: HashSet<u32>,
}

impl Occurrences {
    /// Nothing seen yet. Passages take so many bytes of memory at most, then they go to a file in `folder`.
    pub fn new(memory: u64, folder: &Path) -> Self {
        Self { passages: Sorter::new(memory, folder), hosts: HashMap::new(), n_articles: Vec::new() }
    }

    /// Adds the passages of a kept article.
    ///
    /// # Errors
    ///
    /// If a temporary file cannot be written.
    pub fn add(&mut self, host: &str, place: Place, passages: &[Keyed]) -> Result<(), Error> {
        let host = match self.hosts.get(host) {
            Some(&nth) => nth,
            None => {
                let nth = self.n_articles.len() as u32;
                self.hosts.insert(host.to_owned(), nth);
                self.n_articles.push(0);
                nth
            }
        };
        self.n_articles[host as usize] += 1;
        let mut firsts = passages.iter().filter(|passage| passage.is_first);
        firsts.try_for_each(|passage| self.passages.push(passage.key, [passage.neighbours, article_hash(place), host]))
    }

    /// The boilerplate among them; the first article that has it keeps it if that is wanted.
    ///
    /// # Errors
    ///
    /// If a temporary file cannot be read.
    pub fn list(self, what: Boilerplate) -> Result<List, Error> {
        let Self { passages, n_articles, .. } = self;
        let mut list = List::default();
        let mut note = |seen: &Seen| {
            if is_boilerplate(seen.n_articles, seen.neighbours.len(), n_articles[seen.host as usize]) {
                list.add(seen.key, (what == Boilerplate::KeepOne).then_some(seen.first));
            }
        };
        let mut seen: Option<Seen> = None;
        passages.for_each(|key, [neighbours, article, host]| match &mut seen {
            Some(seen) if seen.key == key => {
                seen.n_articles += 1;
                seen.neighbours.insert(neighbours);
            }
            other => {
                other.iter().for_each(&mut note);
                *other = Some(Seen { key, first: article, host, n_articles: 1, neighbours: HashSet::from([neighbours]) });
            }
        })?;
        seen.iter().for_each(&mut note);
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boilerplate::Counter;
    use crate::corpus::ByteSpan;
    use proptest::prelude::*;

    /// Articles of three hosts with a few passages.
    fn articles() -> impl Strategy<Value = Vec<(usize, Vec<(u64, u32)>)>> {
        prop::collection::vec((0..3_usize, prop::collection::vec((0..40_u64, 0..8_u32), 0..6)), 0..120)
    }

    proptest! {
        #[test]
        fn what_a_report_counts_is_what_is_taken_out(articles in articles()) {
            let folder = tempfile::tempdir().expect("there is room");
            let mut counter = Counter::new(u64::MAX);
            let mut all = [u64::MAX, 0].map(|memory| Occurrences::new(memory, folder.path()));
            let mut firsts: HashMap<u64, Place> = HashMap::new();
            for (nth, (host, passages)) in articles.iter().enumerate() {
                let place = Place { file: 0, record: nth as u64 };
                let mut said = HashSet::new();
                let keyed: Vec<Keyed> = passages.iter().map(|&(key, neighbours)| {
                    let key = key << 2 | *host as u64;
                    firsts.entry(key).or_insert(place);
                    // The passage's text is its key, so that it can be told in what was found.
                    let bytes = ByteSpan::new(0, key as usize);
                    Keyed { bytes, break_end: 0, key, is_first: said.insert(key), neighbours }
                }).collect();
                let host = ["", "a.example", "b.example"][*host];
                counter.count(host, &"x".repeat(200), &keyed);
                for occurrences in &mut all {
                    occurrences.add(host, place, &keyed).expect("there is room");
                }
            }
            let found: HashSet<u64> = counter.found().iter().map(|found| found.text.len() as u64).collect();
            let [in_memory, in_file] = all;
            let lists = [in_memory.list(Boilerplate::KeepOne), in_file.list(Boilerplate::Drop)].map(|list| list.expect("it can be read"));
            let passage = |key| Keyed { bytes: ByteSpan::new(0, 0), break_end: 0, key, is_first: true, neighbours: 0 };
            let nowhere = Place { file: 9, record: 9 };
            for (&key, &first) in &firsts {
                for list in &lists {
                    prop_assert_eq!(list.takes(&passage(key), nowhere), found.contains(&key));
                }
                prop_assert!(!lists[0].takes(&passage(key), first));
                prop_assert_eq!(lists[1].takes(&passage(key), first), found.contains(&key));
            }
        }
    }
}
