//! The formats that dumps come in; a file each.

mod convert;
mod csv;
mod json;
mod parquet;
mod row_json;
mod text;
mod warc;

use std::ops::Range;
use std::sync::Arc;

use super::bad::{BadReason, BadRecord};
use super::boundary::ObjectScan;
use super::decompress::unpacked_name;
use super::encoding;
use super::field::Fields;
use super::file::SourceFile;
use super::html::read_page;
use super::json::{Decoded, decode, push_utf8};
use super::reader::{Block, HowToRead};
use super::records::{RawRecord, too_large};
use crate::corpus::{Place, RecordName};
use crate::error::Error;
use crate::language::Language;

pub use convert::{COLUMNS, TEXT_COLUMN, To, Values};
pub use csv::Header;
pub(crate) use json::text_of_json;
pub use parquet::Table;
pub use row_json::row_as_json;
pub use text::Articles;
pub(super) use warc::{arc_length, warc_lengths};

/// What a dump is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// A JSON object a line.
    Jsonl,
    /// JSON objects that may take several lines.
    Json {
        /// Whether they are elements of an array, or else just follow each other.
        in_array: bool,
    },
    /// A table of delimiter-separated values, with its header.
    Csv(Arc<Header>),
    /// Plain text.
    Text(Articles),
    /// A web page.
    Html,
    /// A web archive, or (WET) the texts of one.
    Warc,
    /// A web archive in the older format.
    Arc,
    /// Rows of columns.
    Parquet(Arc<Table>),
}

/// A record, read: its text, and where it stands in the raw bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What it is called.
    pub name: RecordName,
    /// Its text, as it reads; several, in order, where it stands in several fields.
    pub texts: Vec<FieldText>,
    /// Where its texts stand in the record's bytes.
    pub field: TextField,
    /// Its language, if it says so and anybody wants to know.
    pub language: Option<Language>,
    /// The JSON object that stands for the record from here on, if it isn't written back as it came.
    pub converted: Option<Vec<u8>>,
}

/// The text of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldText {
    /// As it reads.
    pub text: String,
    /// Sequences of bytes that were no UTF-8, each replaced by U+FFFD.
    pub n_repaired: usize,
    /// The encoding that it was in, if that wasn't UTF-8.
    pub encoding: Option<&'static str>,
    /// Whether `text` is another text than the one in the record, HTML before it was read.
    pub is_rewritten: bool,
}

impl FieldText {
    /// What some bytes say.
    fn of_bytes(bytes: &[u8]) -> Self {
        let mut text = String::with_capacity(bytes.len());
        let n_repaired = push_utf8(&mut text, bytes);
        Self::new(text, n_repaired, || encoding::decoded(bytes))
    }

    /// What stands between the quotes of a JSON string.
    fn of_json(raw: &[u8]) -> Self {
        let Decoded { text, n_repaired } = decode(raw);
        Self::new(text, n_repaired, || encoding::decoded(raw).map(|(raw, encoding)| (decode(raw.as_bytes()).text, encoding)))
    }

    /// A text, or, if it had to be repaired, what `decode` makes of it.
    fn new(text: String, n_repaired: usize, decode: impl FnOnce() -> Option<(String, &'static str)>) -> Self {
        match (n_repaired > 0).then(decode).flatten() {
            Some((text, encoding)) => Self { text, n_repaired: 0, encoding: Some(encoding), is_rewritten: false },
            None => Self { text, n_repaired, encoding: None, is_rewritten: false },
        }
    }

    /// Whether it is another text than the one in the record's bytes.
    pub fn is_changed(&self) -> bool {
        self.is_rewritten || !self.is_sound()
    }

    /// Whether it was UTF-8.
    pub fn is_sound(&self) -> bool {
        self.n_repaired == 0 && self.encoding.is_none()
    }
}

/// What a record turned out to be.
#[derive(Debug)]
enum Found {
    Article(Record),
    /// Something that an archive holds besides pages: requests, pictures, errors.
    NoArticle,
}

/// The places of a record's texts among its bytes, in the order of its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextField {
    /// The text is the whole record.
    Whole {
        /// Whether a CR LF follows it.
        ends_in_crlf: bool,
    },
    /// The texts are fields of a row.
    Csv {
        /// The fields.
        fields: Vec<CsvField>,
        /// What stands between fields.
        delimiter: u8,
        /// Whether a CR LF follows the row.
        ends_in_crlf: bool,
    },
    /// The texts are values of columns: their numbers among the columns that hold texts.
    Columns(Vec<usize>),
    /// The texts stand in JSON strings.
    Json {
        /// What stands between their quotes.
        strings: Vec<Range<usize>>,
        /// The object that all this is in, braces included.
        object: Range<usize>,
        /// The value of a field `einmal`, if an earlier run left one.
        mark: Option<Range<usize>>,
    },
    /// The record is written as a row of a table, with its text and these values.
    Values(Box<Values>),
}

/// A field of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvField {
    /// Its bytes, with its quotes.
    pub bytes: Range<usize>,
    /// Whether it has quotes.
    pub is_quoted: bool,
}

/// A record's own problem; its place is added by the caller.
pub(super) struct Problem {
    reason: BadReason,
    detail: String,
    hint: Option<&'static str>,
}

/// The formats that a user may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedFormat {
    /// A JSON object a line.
    Jsonl,
    /// An array of JSON objects, or objects one after another, over as many lines as they like.
    Json,
    /// A table of delimiter-separated values.
    Csv,
    /// Plain text.
    Text,
    /// Web pages, a file each.
    Html,
    /// Web archives: WARC, WET.
    Warc,
    /// Web archives in the older format ARC.
    Arc,
    /// Rows of columns.
    Parquet,
}

impl AskedFormat {
    /// What it is called on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Text => "text",
            Self::Html => "html",
            Self::Warc => "warc",
            Self::Arc => "arc",
            Self::Parquet => "parquet",
        }
    }
}

impl Format {
    /// Whether records are JSON objects.
    pub fn is_json(&self) -> bool {
        matches!(self, Self::Jsonl | Self::Json { .. })
    }

    /// The format that its records are written in.
    pub fn written(&self, to: Option<To>) -> Self {
        match (to, self) {
            (None, Self::Html | Self::Warc | Self::Arc) | (Some(To::Jsonl | To::Bulk), _) => Self::Jsonl,
            (Some(To::Text(articles)), _) => Self::Text(articles),
            (Some(To::Csv), other) if !matches!(other, Self::Csv(_)) => Self::Csv(Header::usual()),
            (Some(To::Parquet), other) if !matches!(other, Self::Parquet(_)) => Self::Parquet(Table::usual()),
            (None | Some(To::Csv | To::Parquet), same) => same.clone(),
        }
    }

    /// How the names of its files end.
    pub(super) fn extension(&self) -> &'static str {
        match self {
            Self::Jsonl => ".jsonl",
            Self::Json { .. } => ".json",
            Self::Csv(_) => ".csv",
            Self::Text(_) => ".txt",
            Self::Html => ".html",
            Self::Warc => ".warc",
            Self::Arc => ".arc",
            Self::Parquet(_) => ".parquet",
        }
    }

    /// What a person calls it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Jsonl => "JSON Lines",
            Self::Json { .. } => "JSON",
            Self::Csv(_) => "CSV",
            Self::Text(_) => "plain text",
            Self::Html => "HTML",
            Self::Warc => "WARC",
            Self::Arc => "ARC",
            Self::Parquet(_) => "Parquet",
        }
    }

    /// Whether an empty line is no record.
    pub(super) fn skips_empty_lines(&self) -> bool {
        matches!(self, Self::Jsonl | Self::Csv(_))
    }
}

/// A byte order mark.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Recognises a format by the first bytes of a file, then by its name, unless a user knows better. Returns it, and how many bytes stand before the first record.
///
/// # Errors
///
/// If it is a table, and no column holds texts.
pub(super) fn recognise(
    head: &[u8],
    name: &str,
    from: Option<AskedFormat>,
    articles: Articles,
    fields: &Fields,
) -> Result<(Format, usize), Error> {
    let bom = if head.starts_with(BOM) { BOM.len() } else { 0 };
    let begins_with = |byte| head[bom..].trim_ascii_start().starts_with(&[byte]);
    let found = match from {
        Some(AskedFormat::Jsonl) => Some((Format::Jsonl, bom)),
        Some(AskedFormat::Json) => Some((Format::Json { in_array: begins_with(b'[') }, bom)),
        Some(AskedFormat::Text) => Some((Format::Text(articles), 0)),
        Some(AskedFormat::Html) => Some((Format::Html, 0)),
        Some(AskedFormat::Warc) => Some((Format::Warc, 0)),
        Some(AskedFormat::Arc) => Some((Format::Arc, 0)),
        Some(AskedFormat::Csv | AskedFormat::Parquet) => None,
        None if head.starts_with(b"WARC/") => Some((Format::Warc, 0)),
        None if head.starts_with(b"filedesc:") => Some((Format::Arc, 0)),
        None if looks_like_html(head) => Some((Format::Html, 0)),
        None => json_format(&head[bom..]).map(|format| (format, bom)),
    };
    if from == Some(AskedFormat::Parquet) {
        return Err(Error::input(name, "this is no Parquet file"));
    }
    if let Some(found) = found {
        return Ok(found);
    }
    let ends_in = |ends: &[&str]| ends.iter().any(|end| unpacked_name(name).to_ascii_lowercase().ends_with(end));
    let is_csv = from == Some(AskedFormat::Csv) || ends_in(&[".csv", ".tsv"]);
    match Header::read(head, fields) {
        Ok((header, len)) if is_csv || header.is_sure(&head[len..]) => Ok((Format::Csv(Arc::new(header)), len)),
        Err(problem) if is_csv && !head.is_empty() => Err(problem.of(name, fields)),
        _ if ends_in(&[".jsonl", ".ndjson", ".json"]) => Ok((Format::Jsonl, bom)),
        _ if ends_in(&[".html", ".htm", ".xhtml"]) && begins_with(b'<') => Ok((Format::Html, 0)),
        _ => Ok((Format::Text(articles), 0)),
    }
}

/// Whether this is the start of a web page.
fn looks_like_html(head: &[u8]) -> bool {
    let head = head.strip_prefix(BOM).unwrap_or(head).trim_ascii_start();
    let starts_with = |tag: &str| head.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()));
    starts_with("<!doctype html") || starts_with("<html")
}

/// JSON of one kind or the other, if it looks like it.
fn json_format(head: &[u8]) -> Option<Format> {
    match head.trim_ascii_start() {
        [b'{', ..] if is_one_a_line(head) => Some(Format::Jsonl),
        [b'{', ..] => Some(Format::Json { in_array: false }),
        [b'[', rest @ ..] if matches!(rest.trim_ascii_start().first(), Some(b'{' | b']')) => {
            Some(Format::Json { in_array: true })
        }
        _ => None,
    }
}

/// Whether the objects at the start of a file stand in a line each: the first line holds a whole one, or the next begins with another.
fn is_one_a_line(head: &[u8]) -> bool {
    let mut lines = head.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let (Some(first), Some(second)) = (lines.next(), lines.next()) else { return true };
    ObjectScan::default().find_end(first) == Some(first.len()) || second.starts_with(b"{")
}

impl SourceFile {
    /// Reads a record of this file from its block; `None` if it is no article.
    ///
    /// # Errors
    ///
    /// If it cannot be read; the bad record holds a copy of its bytes.
    pub fn read(&self, block: &Block, record: &RawRecord, how: &HowToRead) -> Result<Option<Record>, BadRecord> {
        let raw = &block.bytes[record.bytes.clone()];
        let place = Place { file: self.index, record: record.number };
        if raw.len() > how.max_record {
            return Err(too_large(place, record.offset, how.max_record, raw));
        }
        let page = how.html.unwrap_or_default();
        let article = |record| Ok(Found::Article(without_tags(record, how)));
        let result = match &self.format {
            Format::Jsonl | Format::Json { .. } => json::read(raw, &how.fields).and_then(article),
            Format::Csv(header) => csv::read(raw, header, record.ends_in_crlf).and_then(article),
            Format::Text(_) => Ok(Found::Article(text::read(raw, &self.name, record.ends_in_crlf))),
            Format::Html => warc::read_html(raw, &self.name, page),
            Format::Warc => warc::read_warc(raw, page, how.fields.id.as_ref()),
            Format::Arc => warc::read_arc(raw, page, how.fields.id.as_ref()),
            Format::Parquet(table) => {
                let (rows, row) = block.row(record).expect("a block of such a file has rows");
                table.read(rows, row).and_then(article)
            }
        };
        let result = result.map(|found| match found {
            Found::Article(article) => Some(self.converted(article, block, record, how)),
            Found::NoArticle => None,
        });
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

/// A record whose text is HTML, if the user says so, with the text of the page instead.
fn without_tags(record: Record, how: &HowToRead) -> Record {
    match how.html {
        Some(what) => {
            let without =
                |field: FieldText| FieldText { text: read_page(&field.text, None, what).text, is_rewritten: true, ..field };
            Record { texts: record.texts.into_iter().map(without).collect(), ..record }
        }
        None => record,
    }
}

/// How many of a record's fields a message names.
const N_FIELDS_NAMED: usize = 12;

fn shown_names(names: &[String]) -> String {
    let more = if names.len() > N_FIELDS_NAMED { ", ..." } else { "" };
    let shown = &names[..names.len().min(N_FIELDS_NAMED)];
    if shown.is_empty() { "none".to_owned() } else { shown.join(", ") + more }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_recognised_by_content_then_by_name() {
        let json = Format::Json { in_array: false };
        let array = Format::Json { in_array: true };
        let text = Format::Text(Articles::File);
        for (head, name, expected) in [
            ("{\"text\": \"a\"}\n", "x", &Format::Jsonl),
            ("{\"text\": \"a\"", "x", &Format::Jsonl),
            ("{\"text\": \"a\n{\"text\": \"b\"}", "x", &Format::Jsonl),
            ("\u{FEFF}{\n  \"text\": \"a\"\n}\n", "x", &json),
            ("{\"text\":\n\"a\"}\n", "x.jsonl", &json),
            (" [\n{\"text\": \"a\"}]", "x", &array),
            ("[]", "x", &array),
            ("[dpa] Berlin", "x", &text),
            ("Das ist ein Text.", "x", &text),
            ("", "x", &text),
            ("nonsense", "x.jsonl.gz", &Format::Jsonl),
        ] {
            let found = recognise(head.as_bytes(), name, None, Articles::File, &Fields::default()).expect("no table");
            assert_eq!(found.0, *expected, "{head}");
        }
        let csv = |head: &str, name| recognise(head.as_bytes(), name, None, Articles::File, &Fields::default());
        assert!(matches!(csv("id,text\n1,a\n", "x"), Ok((Format::Csv(_), 8))));
        assert!(matches!(csv("text\na\n", "x.csv.gz"), Ok((Format::Csv(_), 5))));
        assert!(csv("id,title\n1,a\n", "x.csv").is_err());
        assert!(matches!(csv("", "x.csv"), Ok((Format::Text(_), 0))), "nothing is in no format");
    }
}
