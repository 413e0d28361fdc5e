//! The formats that dumps come in; a file each.

mod jsonl;
mod text;

use std::ops::Range;

use super::bad::{BadReason, BadRecord};
use super::decompress::unpacked_name;
use super::field::Fields;
use super::reader::{RawRecord, too_large};
use crate::corpus::{Place, RecordId};

pub use text::Articles;

/// What a dump is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A JSON object a line.
    Jsonl,
    /// Plain text.
    Text(Articles),
}

/// A record, read: its text, and where it stands in the raw bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What it is called.
    pub id: RecordId,
    /// Its text, as it reads.
    pub text: String,
    /// Sequences of bytes that were no UTF-8, each replaced by U+FFFD.
    pub n_repaired: usize,
    /// Where its text stands in the record's bytes.
    pub field: TextField,
}

/// The place of the text among a record's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextField {
    /// The text is the whole record.
    Whole {
        /// Whether a CR LF follows it.
        ends_in_crlf: bool,
    },
    /// The text stands in a JSON string.
    Json {
        /// What stands between its quotes.
        string: Range<usize>,
        /// The object that all this is in, braces included.
        object: Range<usize>,
        /// The value of a field `einmal`, if an earlier run left one.
        mark: Option<Range<usize>>,
    },
}

/// A record's own problem; its place is added by the caller.
pub(super) struct Problem {
    reason: BadReason,
    detail: String,
    hint: Option<&'static str>,
}

impl Format {
    /// Recognises a format by the first bytes of a file, then by its name.
    pub(super) fn recognise(head: &[u8], name: &str, articles: Articles) -> Self {
        let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
        let first = head.iter().find(|byte| !byte.is_ascii_whitespace());
        let plain_name = unpacked_name(name);
        let is_called_json = [".jsonl", ".ndjson", ".json"].iter().any(|end| plain_name.ends_with(end));
        if first == Some(&b'{') || is_called_json { Self::Jsonl } else { Self::Text(articles) }
    }

    /// Reads a record from its bytes.
    ///
    /// # Errors
    ///
    /// If it cannot be read; the bad record holds a copy of its bytes.
    pub fn read(
        self,
        raw: &[u8],
        record: &RawRecord,
        file: u32,
        name: &str,
        fields: &Fields,
        max_record: usize,
    ) -> Result<Record, BadRecord> {
        let place = Place { file, record: record.number };
        if raw.len() > max_record {
            return Err(too_large(place, record.offset, max_record, raw));
        }
        let result = match self {
            Self::Jsonl => jsonl::read(raw, fields),
            Self::Text(_) => Ok(text::read(raw, name, record.ends_in_crlf)),
        };
        result.map_err(|problem| BadRecord {
            place,
            offset: record.offset,
            reason: problem.reason,
            detail: problem.detail,
            hint: problem.hint,
            raw: raw.to_vec(),
        })
    }
}
