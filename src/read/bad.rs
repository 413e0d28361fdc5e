//! Records that cannot be read.

use crate::corpus::Place;

/// Why a record could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BadReason {
    /// The record is no JSON.
    InvalidJson,
    /// The row has another number of fields than the header, or a quote that is never closed.
    InvalidCsv,
    /// The record of a web archive is cut short, or none begins where one should.
    InvalidWarc,
    /// The record is JSON, but not an object with fields.
    NoObject,
    /// No field that texts usually stand in, or not the one named.
    NoTextField,
    /// The text field holds something else than a string.
    TextIsNoString,
    /// Not UTF-8, and `--clean off` forbids to repair it.
    InvalidUtf8,
    /// Larger than `--max-record`.
    TooLarge,
    /// The file is damaged or cut short here: the rest of it cannot be read.
    Damaged,
    /// The file doesn't hold text.
    Binary,
}

impl BadReason {
    /// The reason as it stands in summaries and quarantine files.
    pub fn name(self) -> &'static str {
        match self {
            Self::InvalidJson => "invalid-json",
            Self::InvalidCsv => "invalid-csv",
            Self::InvalidWarc => "invalid-warc",
            Self::NoObject => "no-object",
            Self::NoTextField => "no-text-field",
            Self::TextIsNoString => "text-is-no-string",
            Self::InvalidUtf8 => "invalid-utf8",
            Self::TooLarge => "too-large",
            Self::Damaged => "damaged",
            Self::Binary => "binary",
        }
    }
}

/// A record that could not be read, and is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRecord {
    /// Where it stands.
    pub place: Place,
    /// Its first byte in the (decompressed) file, from 0.
    pub offset: u64,
    /// What is wrong with it.
    pub reason: BadReason,
    /// The same in more words.
    pub detail: String,
    /// A way out, where one is known.
    pub hint: Option<&'static str>,
    /// Its bytes, or the first of them where it is too large.
    pub raw: Vec<u8>,
}
