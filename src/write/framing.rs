//! What stands around the records of an output, and between them.

use crate::read::{Articles, Format};

/// How records make up a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Framing {
    /// Before the first record, be there one or not.
    pub start: Vec<u8>,
    /// Between two records.
    pub between: &'static [u8],
    /// After each record.
    pub after: &'static [u8],
    /// After the last record.
    pub end: &'static [u8],
    /// In its place, if there is none.
    pub end_of_nothing: &'static [u8],
}

impl Framing {
    /// The framing of a format that is written.
    pub fn of(format: &Format) -> Self {
        let lines = Self { start: Vec::new(), between: b"", after: b"\n", end: b"", end_of_nothing: b"" };
        match format {
            Format::Jsonl | Format::Json { in_array: false } | Format::Text(Articles::File | Articles::Lines) => lines,
            // A table's own writer knows what stands where.
            Format::Parquet(_) => Self { after: b"", ..lines },
            Format::Html | Format::Warc | Format::Arc => unreachable!("no record is written in these"),
            Format::Text(Articles::Blocks) => Self { between: b"\n", ..lines },
            Format::Csv(header) => Self { start: [&header.raw[..], b"\n"].concat(), ..lines },
            Format::Json { in_array: true } => {
                Self { start: b"[\n".to_vec(), between: b",\n", after: b"", end: b"\n]\n", end_of_nothing: b"]\n" }
            }
        }
    }
}
