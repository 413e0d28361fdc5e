//! Which record a kept word belongs to.

use super::words::WordPlace;
use crate::corpus::{Place, RecordName};

/// Bytes of an [`Entry`].
const ENTRY_LEN: usize = 32;

/// Ends an id, an address and a date; no text holds such a byte.
const END: u8 = 0xFF;

/// The records whose text is kept, in priority order; one of a large text has an entry for each of its parts.
#[derive(Debug, Default)]
pub(super) struct Records {
    entries: Vec<[u8; ENTRY_LEN]>,
    /// All records' names, one behind the other.
    names: Vec<u8>,
}

/// The same, as they stand in memory or in a segment. What is damaged may give wrong answers, but no panic.
#[derive(Debug, Clone, Copy)]
pub(super) struct RecordsView<'a> {
    pub(super) entries: &'a [u8],
    pub(super) names: &'a [u8],
}

/// A record, or the part of one: 32 bytes, plus its names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Entry {
    start: WordPlace,
    record: u64,
    names_end: u64,
    file: u32,
    first_word: u32,
}

impl Entry {
    fn to_bytes(self) -> [u8; ENTRY_LEN] {
        let mut bytes = [0; ENTRY_LEN];
        bytes[..8].copy_from_slice(&self.start.0.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.record.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.names_end.to_le_bytes());
        bytes[24..28].copy_from_slice(&self.file.to_le_bytes());
        bytes[28..].copy_from_slice(&self.first_word.to_le_bytes());
        bytes
    }

    fn of_bytes(bytes: &[u8]) -> Self {
        let long = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("8 bytes"));
        let short = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("4 bytes"));
        Self { start: WordPlace(long(0)), record: long(8), names_end: long(16), file: short(24), first_word: short(28) }
    }
}

/// A record, or the part of one, and where its kept text begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct StoredRecord<'a> {
    pub(super) start: WordPlace,
    pub(super) place: Place,
    pub(super) first_word: u32,
    /// Id, address, date and source, with an [`END`] behind each but the last. Earlier versions wrote no source.
    names: &'a [u8],
}

/// A record that kept text stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptRecord<'a> {
    /// The number of the run that read it. Later runs have greater numbers.
    pub run: u32,
    /// Where it stood in that run's input.
    pub place: Place,
    /// Its file's name, if an earlier run read it.
    pub file: Option<&'a str>,
    /// Its id; empty where it has none.
    pub id: &'a str,
    /// Its address, where that isn't its id; empty where it has none.
    pub url: &'a str,
    /// Its date, as it stood in the record; empty where it has none.
    pub date: &'a str,
    /// Whose it is; empty where nobody knows.
    pub source: &'a str,
    /// The number, in the record's kept text, of the word that was asked for.
    pub word: u64,
}

impl Records {
    /// Adds the record (or the part of one) whose kept text begins at `start`, with its `first_word`-th word.
    pub(super) fn push(&mut self, start: WordPlace, place: Place, name: &RecordName, first_word: usize) {
        debug_assert!(self.view().last().is_none_or(|last| last.start < start));
        self.names.extend_from_slice(name.id.as_bytes());
        self.names.push(END);
        if name.url != name.id {
            self.names.extend_from_slice(name.url.as_bytes());
        }
        self.names.push(END);
        self.names.extend_from_slice(name.date.as_bytes());
        self.names.push(END);
        self.names.extend_from_slice(name.source.as_bytes());
        let names_end = self.names.len() as u64;
        let entry = Entry { start, record: place.record, names_end, file: place.file, first_word: first_word as u32 };
        self.entries.push(entry.to_bytes());
    }

    pub(super) fn view(&self) -> RecordsView<'_> {
        RecordsView { entries: self.entries.as_flattened(), names: &self.names }
    }

    /// Bytes of memory in use.
    pub(super) fn memory(&self) -> usize {
        self.entries.len() * ENTRY_LEN + self.names.len()
    }
}

impl<'a> RecordsView<'a> {
    fn len(self) -> usize {
        self.entries.len() / ENTRY_LEN
    }

    fn entry(self, nth: usize) -> Entry {
        Entry::of_bytes(&self.entries[nth * ENTRY_LEN..][..ENTRY_LEN])
    }

    fn get(self, nth: usize) -> StoredRecord<'a> {
        let entry = self.entry(nth);
        let names_start = if nth > 0 { self.entry(nth - 1).names_end as usize } else { 0 };
        StoredRecord {
            start: entry.start,
            place: Place { file: entry.file, record: entry.record },
            first_word: entry.first_word,
            names: self.names.get(names_start..entry.names_end as usize).unwrap_or_default(),
        }
    }

    /// All records, in order.
    pub(super) fn iter(self) -> impl Iterator<Item = StoredRecord<'a>> {
        (0..self.len()).map(move |nth| self.get(nth))
    }

    fn last(self) -> Option<StoredRecord<'a>> {
        self.len().checked_sub(1).map(|nth| self.get(nth))
    }

    /// The record in whose kept text the word at `place` stands, if there is one.
    pub(super) fn at(self, place: WordPlace) -> Option<StoredRecord<'a>> {
        let (mut start, mut end) = (0, self.len());
        while start < end {
            let middle = start.midpoint(end);
            if self.entry(middle).start <= place { start = middle + 1 } else { end = middle }
        }
        start.checked_sub(1).map(|nth| self.get(nth))
    }
}

impl<'a> StoredRecord<'a> {
    /// Its bytes as they stand in a segment; its names end at `names_end` there.
    pub(super) fn to_bytes(self, names_end: u64) -> [u8; ENTRY_LEN] {
        let Place { file, record } = self.place;
        Entry { start: self.start, record, names_end, file, first_word: self.first_word }.to_bytes()
    }

    /// The same record, with `n_files` files before those that were counted.
    pub(super) fn in_later_file(self, n_files: u32) -> Self {
        Self { place: Place { file: self.place.file + n_files, ..self.place }, ..self }
    }

    /// The same record, when its kept text begins at `start` and its file is number `file`.
    pub(super) fn moved(self, start: WordPlace, file: u32) -> Self {
        Self { start, place: Place { file, ..self.place }, ..self }
    }

    /// All its names, as they stand in a segment.
    pub(super) fn names(self) -> &'a [u8] {
        self.names
    }

    /// The record as the word at `place`, which is one of its words, sees it. It was read by run number `run`, from the file that is called `file` if that was an earlier one.
    pub(super) fn seen_from(self, place: WordPlace, run: u32, file: Option<&'a str>) -> KeptRecord<'a> {
        let mut names = self.names.splitn(4, |&byte| byte == END).map(|name| std::str::from_utf8(name).unwrap_or_default());
        let mut next = || names.next().unwrap_or_default();
        KeptRecord {
            run,
            place: self.place,
            file,
            id: next(),
            url: next(),
            date: next(),
            source: next(),
            word: u64::from(self.first_word) + place.0.saturating_sub(self.start.0),
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
        let name = |id: &str, url: &str, date: &str, source: &str| RecordName {
            id: id.into(),
            url: url.into(),
            date: date.into(),
            source: source.into(),
        };
        records.push(WordPlace(0), place(1), &name("a", "a", "2026-11-25", ""), 0);
        records.push(WordPlace(10), place(2), &name("", "", "", ""), 0);
        records.push(WordPlace(20), place(2), &name("", "", "", ""), 7);
        records.push(WordPlace(30), place(9), &name("cd", "http://x", "", "x"), 0);
        let at = |word| records.view().at(WordPlace(word)).map(|found| found.seen_from(WordPlace(word), 3, None));
        let kept = |place, [id, url, date, source]: [&'static str; 4], word| {
            Some(KeptRecord { run: 3, place, file: None, id, url, date, source, word })
        };
        assert_eq!(at(9), kept(place(1), ["a", "", "2026-11-25", ""], 9));
        assert_eq!(at(10), kept(place(2), ["", "", "", ""], 0));
        assert_eq!(at(25), kept(place(2), ["", "", "", ""], 12));
        assert_eq!(at(99), kept(place(9), ["cd", "http://x", "", "x"], 69));
        assert!(Records::default().view().at(WordPlace(5)).is_none());
    }
}
