//! Where a record came from, and what it is called.

/// A record's place in the input: what a person needs to find it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// Index of the input file, in the order in which the inputs were given.
    pub file: u32,
    /// Number of the record within its file, from 1. For JSONL this is the line.
    pub record: u64,
}

/// A record's own name, as its `id` field (or, without one, its `url`) gives it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct RecordId(pub Box<str>);

impl RecordId {
    /// The name as text; empty where the record has none.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
