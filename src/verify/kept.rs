//! The words of the output, by record: what receipts lead to.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

use crate::corpus::Place;
use crate::fingerprint::WordHash;

/// The words of all records that were kept so far: 4 bytes a word, and 32 a record.
#[derive(Debug, Default)]
pub struct KeptWords {
    words: Vec<WordHash>,
    /// Each kept record, in order.
    records: Vec<KeptRecord>,
    files: HashMap<String, u32>,
}

#[derive(Debug)]
struct KeptRecord {
    place: Place,
    /// Where its words begin.
    start: usize,
    /// A hash of its id.
    id: u64,
}

impl KeptWords {
    /// The next file begins. Tells whether it is the first of its name: no receipt can tell one from the other.
    pub fn begin_file(&mut self, name: &str) -> bool {
        let index = self.files.len() as u32;
        self.files.insert(name.to_owned(), index).is_none()
    }

    /// Adds a record, which comes after all before it.
    pub fn add(&mut self, place: Place, id: &str, words: &[WordHash]) {
        debug_assert!(self.records.last().is_none_or(|last| last.place < place));
        self.records.push(KeptRecord { place, start: self.words.len(), id: xxh3_64(id.as_bytes()) });
        self.words.extend_from_slice(words);
    }

    /// The place of a record by its file's name; `None` if no such file has begun.
    pub fn place(&self, file: &str, record: u64) -> Option<Place> {
        self.files.get(file).map(|&file| Place { file, record })
    }

    /// The words of a record; `None` if nothing was kept of it (yet).
    pub fn words_of(&self, place: Place) -> Option<&[WordHash]> {
        let nth = self.find(place)?;
        let end = self.records.get(nth + 1).map_or(self.words.len(), |next| next.start);
        Some(&self.words[self.records[nth].start..end])
    }

    /// Whether a kept record has this id.
    pub fn is_called(&self, place: Place, id: &str) -> bool {
        self.find(place).is_some_and(|nth| self.records[nth].id == xxh3_64(id.as_bytes()))
    }

    fn find(&self, place: Place) -> Option<usize> {
        self.records.binary_search_by_key(&place, |record| record.place).ok()
    }

    /// How many words were kept.
    pub fn n_words(&self) -> u64 {
        self.words.len() as u64
    }
}
