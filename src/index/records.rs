//! Which record a kept word belongs to.

use super::words::WordPlace;
use crate::corpus::Place;

/// The records whose text is kept, in priority order; one of a large text has an entry for each of its parts.
#[derive(Debug, Default)]
pub struct Records {
    entries: Vec<Entry>,
    /// All records' names, one behind the other.
    ids: String,
}

/// 32 bytes, plus the record's id.
#[derive(Debug)]
struct Entry {
    start: WordPlace,
    record: u64,
    id_end: u64,
    file: u32,
    first_word: u32,
}

/// A record that kept text stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptRecord<'a> {
    /// Where the record stood in the input.
    pub place: Place,
    /// Its id; empty where it has none.
    pub id: &'a str,
    /// The number, in the record's kept text, of the word that was asked for.
    pub word: u64,
}

impl Records {
    /// Adds the record (or the part of one) whose kept text begins at `start`, with its `first_word`-th word.
    pub fn push(&mut self, start: WordPlace, place: Place, id: &str, first_word: usize) {
        debug_assert!(self.entries.last().is_none_or(|last| last.start < start));
        self.ids.push_str(id);
        self.entries.push(Entry {
            start,
            record: place.record,
            id_end: self.ids.len() as u64,
            file: place.file,
            first_word: first_word as u32,
        });
    }

    /// The record in whose kept text the word at `place` stands.
    ///
    /// # Panics
    ///
    /// If nothing was kept at or before `place`.
    pub fn at(&self, place: WordPlace) -> KeptRecord<'_> {
        let nth = self.entries.partition_point(|entry| entry.start <= place);
        let entry = &self.entries[nth - 1];
        let id_start = if nth > 1 { self.entries[nth - 2].id_end as usize } else { 0 };
        KeptRecord {
            place: Place { file: entry.file, record: entry.record },
            id: &self.ids[id_start..entry.id_end as usize],
            word: u64::from(entry.first_word) + (place.0 - entry.start.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_leads_to_its_record() {
        let mut records = Records::default();
        let place = |record| Place { file: 0, record };
        records.push(WordPlace(0), place(1), "a", 0);
        records.push(WordPlace(10), place(2), "", 0);
        records.push(WordPlace(20), place(2), "", 7);
        records.push(WordPlace(30), place(9), "cd", 0);
        let at = |word| records.at(WordPlace(word));
        assert_eq!(at(9), KeptRecord { place: place(1), id: "a", word: 9 });
        assert_eq!(at(10), KeptRecord { place: place(2), id: "", word: 0 });
        assert_eq!(at(25), KeptRecord { place: place(2), id: "", word: 12 });
        assert_eq!(at(99), KeptRecord { place: place(9), id: "cd", word: 69 });
    }
}
