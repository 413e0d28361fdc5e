//! Where a record came from, and what it is called.

/// A record's place in the input: what a person needs to find it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// Index of the input file, in the order in which the inputs were given.
    pub file: u32,
    /// Number of the record within its file, from 1. For JSONL this is the line.
    pub record: u64,
}

/// What a record says of itself that leads back to it. What it doesn't say is empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct RecordName {
    /// Its own name, as its `id` field (or, without one, its `url`) gives it.
    pub id: Box<str>,
    /// Its address.
    pub url: Box<str>,
    /// Its date, as it stands there.
    pub date: Box<str>,
    /// Whose it is: its source, or else the host in its address.
    pub source: Box<str>,
}
