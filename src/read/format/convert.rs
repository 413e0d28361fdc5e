//! Records in another format than they came in: as JSON objects, as rows of a table with the columns that all dumps have, as texts.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use arrow_schema::{DataType, Field, Schema};
use parquet::basic::{Compression, ZstdLevel};
use serde_json::{Map, Value};

use super::csv::cells;
use super::{Articles, FieldText, Format, Header, Record, Table, TextField, json, row_as_json};
use crate::read::field::{DATE_NAMES, Fields, ID_NAMES, Picker, SOURCE_NAMES, TITLE_NAMES, URL_NAMES};
use crate::read::file::SourceFile;
use crate::read::json::{Member, read_object};
use crate::read::reader::{Block, HowToRead};
use crate::read::records::RawRecord;

/// The format that records are wanted in, whatever they come in. Records that come in it are left as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// A JSON object a line.
    Jsonl,
    /// A JSON object a line, with a line before it that tells a search engine to index it.
    Bulk,
    /// The texts alone, set apart as such articles are.
    Text(Articles),
    /// A table of delimiter-separated values.
    Csv,
    /// Rows of columns.
    Parquet,
}

impl To {
    /// What it is called on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Bulk => "bulk",
            Self::Text(_) => "text",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// The columns of a table that is made of other records.
pub const COLUMNS: [&str; 7] = ["id", "url", "title", "date", "source", "text", "other"];
/// Which of them holds the text.
pub const TEXT_COLUMN: usize = 5;

/// A record's values for all columns but the text's. What a record doesn't have is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Values {
    /// `id`, `url`, `title`, `date`, `source`.
    pub known: [String; TEXT_COLUMN],
    /// The record's other fields, as a JSON object.
    pub other: String,
}

impl Header {
    /// The header of a table that is made of other records.
    pub(super) fn usual() -> Arc<Self> {
        static USUAL: OnceLock<Arc<Header>> = OnceLock::new();
        let read = || Header::read(COLUMNS.join(",").as_bytes(), &Fields::default()).map(|(header, _)| Arc::new(header));
        Arc::clone(USUAL.get_or_init(|| read().unwrap_or_else(|_| unreachable!("one of them is the text"))))
    }
}

impl Table {
    /// The columns of a table that is made of other records.
    pub(super) fn usual() -> Arc<Self> {
        static USUAL: OnceLock<Arc<Table>> = OnceLock::new();
        let columns = COLUMNS.map(|name| Field::new(name, DataType::Utf8, name != COLUMNS[TEXT_COLUMN]));
        let compression = Compression::ZSTD(ZstdLevel::default());
        Arc::clone(USUAL.get_or_init(|| Arc::new(Self::with_text(Schema::new(columns.to_vec()), TEXT_COLUMN, compression))))
    }
}

impl SourceFile {
    /// A record of this file in the format that is wanted.
    pub(super) fn converted(&self, record: Record, block: &Block, found: &RawRecord, how: &HowToRead) -> Record {
        let Some(to) = how.to else { return record };
        let raw = &block.bytes[found.bytes.clone()];
        match (to, &self.format) {
            (To::Text(_), Format::Text(_)) | (To::Csv, Format::Csv(_)) | (To::Parquet, Format::Parquet(_)) => record,
            (To::Text(_), _) => as_text(record),
            (To::Jsonl, _) => self.as_line(record, block, found, how),
            (To::Bulk, _) => without_metadata(self.as_line(record, block, found, how), raw),
            (To::Csv | To::Parquet, _) => {
                let line = self.as_line(record, block, found, how);
                let values = Values::of(line.converted.as_deref().unwrap_or(raw), &line, &how.fields);
                Record { field: TextField::Values(Box::new(values)), ..line }
            }
        }
    }

    /// The same as a JSON object in one line.
    fn as_line(&self, record: Record, block: &Block, found: &RawRecord, how: &HowToRead) -> Record {
        let raw = &block.bytes[found.bytes.clone()];
        let (line, texts) = match &self.format {
            Format::Jsonl | Format::Html | Format::Warc | Format::Arc => return record,
            Format::Json { .. } if !raw.contains(&b'\n') && !raw.contains(&b'\r') => return record,
            Format::Json { .. } => (on_one_line(raw), how.fields.text.clone()),
            Format::Text(_) => (text_as_json(&record), Vec::new()),
            Format::Csv(header) => (cells_as_json(raw, header), header.text_paths()),
            Format::Parquet(table) => {
                let (rows, row) = block.row(found).expect("a block of such a file has rows");
                let TextField::Columns(columns) = &record.field else { unreachable!("a row's texts stand in columns") };
                (row_as_json(rows, row), table.text_paths(columns))
            }
        };
        let fields = Fields { text: texts, ..Fields::default() };
        let Ok(Record { texts, field, .. }) = json::read(&line, &fields) else {
            unreachable!("the line was made with the record's texts in it")
        };
        // What was repaired may stand there in another way.
        let is_other = |of: &FieldText, line: &FieldText| of.is_rewritten || of.text != line.text;
        let compared = record.texts.into_iter().zip(texts);
        let texts = compared.map(|(text, line)| FieldText { is_rewritten: is_other(&text, &line), ..text }).collect();
        Record { texts, field, converted: Some(line), ..record }
    }
}

/// A JSON object without white space between its values.
fn on_one_line(object: &[u8]) -> Vec<u8> {
    let mut line = Vec::with_capacity(object.len());
    let mut is_in_string = false;
    let mut is_escaped = false;
    for &byte in object {
        match byte {
            b'"' if !is_escaped => is_in_string = !is_in_string,
            // Strings may hold line breaks that should have been escaped.
            b'\n' if is_in_string => {
                line.extend_from_slice(b"\\n");
                continue;
            }
            b'\r' if is_in_string => {
                line.extend_from_slice(b"\\r");
                continue;
            }
            b' ' | b'\t' | b'\n' | b'\r' if !is_in_string => continue,
            _ => {}
        }
        is_escaped = byte == b'\\' && !is_escaped;
        line.push(byte);
    }
    line
}

fn text_as_json(record: &Record) -> Vec<u8> {
    let text = |text: &str| Value::from(text);
    let object = Map::from_iter([("id".to_owned(), text(&record.name.id)), ("text".to_owned(), text(&record.texts[0].text))]);
    serde_json::to_vec(&object).expect("texts can always be written")
}

/// A row as an object of strings.
fn cells_as_json(row: &[u8], header: &Header) -> Vec<u8> {
    let mut object = vec![b'{'];
    for (nth, (name, cell)) in header.keys().iter().zip(cells(row, header.delimiter)).enumerate() {
        if nth > 0 {
            object.push(b',');
        }
        for (part, after) in [(name.as_str(), &b":"[..]), (&String::from_utf8_lossy(&cell), b"")] {
            serde_json::to_writer(&mut object, part).expect("memory takes everything");
            object.extend_from_slice(after);
        }
    }
    object.push(b'}');
    object
}

fn as_text(mut record: Record) -> Record {
    if let Some(last) = record.texts.last_mut() {
        last.text.truncate(last.text.trim_end_matches(['\n', '\r']).len());
    }
    Record { field: TextField::Whole { ends_in_crlf: false }, ..record }
}

/// What a field `_id` is called in a search engine, where it says something else than the record's id.
const ORIGINAL_ID: &[u8] = b"\"original_id\"";

/// Search engines refuse objects with a field `_id`. It goes where it is the record's id, which stands in the line before, and else gets another name.
fn without_metadata(record: Record, raw: &[u8]) -> Record {
    let line = record.converted.as_deref().unwrap_or(raw);
    let TextField::Json { strings, .. } = &record.field else { unreachable!("a line is a JSON object") };
    let holds_text = |member: &Member| strings.iter().any(|string| member.value.contains(&string.start));
    let members = members(line);
    let is_metadata = |member: &Member| &line[member.key.clone()] == b"_id" && !holds_text(member);
    if !members.iter().any(is_metadata) {
        return record;
    }
    let is_the_id = |member: &Member| {
        let id = json::plain_value(&line[member.value.clone()]);
        !id.is_empty() && *id == *record.name.id
    };
    let mut kept = vec![b'{'];
    let mut places = vec![0..0; strings.len()];
    for member in &members {
        if is_metadata(member) && is_the_id(member) {
            continue;
        }
        if kept.len() > 1 {
            kept.push(b',');
        }
        if is_metadata(member) {
            kept.extend_from_slice(ORIGINAL_ID);
            kept.extend_from_slice(&line[member.key.end + 1..member.value.end]);
            continue;
        }
        // The key's quote comes along.
        let start = member.key.start - 1;
        for (place, string) in places.iter_mut().zip(strings).filter(|(_, string)| member.value.contains(&string.start)) {
            *place = kept.len() + string.start - start..kept.len() + string.end - start;
        }
        kept.extend_from_slice(&line[start..member.value.end]);
    }
    kept.push(b'}');
    let field = TextField::Json { strings: places, object: 0..kept.len(), mark: None };
    Record { field, converted: Some(kept), ..record }
}

fn members(object: &[u8]) -> Vec<Member> {
    let mut members = Vec::new();
    let sound = read_object(object, &mut |member| members.push(member));
    debug_assert!(sound.is_ok(), "it was read a moment ago");
    members
}

impl Values {
    /// The value of column number `column` of [`COLUMNS`], of a record with this text.
    pub fn at<'a>(&'a self, column: usize, text: &'a str) -> &'a str {
        match column {
            TEXT_COLUMN => text,
            known => self.known.get(known).unwrap_or(&self.other),
        }
    }

    /// Those of a JSON object.
    fn of(object: &[u8], record: &Record, fields: &Fields) -> Self {
        let members = members(object);
        let mut known = <[String; TEXT_COLUMN]>::default();
        known[0] = record.name.id.to_string();
        let pickers = [
            (1, Picker::new(None, URL_NAMES)),
            (2, Picker::new(None, TITLE_NAMES)),
            (3, Picker::new(fields.date.as_ref(), DATE_NAMES)),
            (4, Picker::new(fields.source.as_ref(), SOURCE_NAMES)),
        ];
        let TextField::Json { strings, .. } = &record.field else { unreachable!("the object was read as one") };
        // What stands in a column of its own stands nowhere else.
        let mut told: Vec<usize> = strings.iter().map(|string| string.start - 1).collect();
        for (column, mut picker) in pickers {
            members.iter().for_each(|member| picker.see(object, member));
            if let Some(value) = picker.picked(object).filter(|value| !told.contains(&value.start)) {
                known[column] = json::plain_value(&object[value.clone()]);
                if !known[column].is_empty() {
                    told.push(value.start);
                }
            }
        }
        let is_id = |member: &Member| {
            !known[0].is_empty()
                && ID_NAMES.iter().any(|name| name.as_bytes() == &object[member.key.clone()])
                && json::plain_value(&object[member.value.clone()]) == known[0]
        };
        let others = members.iter().filter(|member| !told.contains(&member.value.start) && !is_id(member));
        let others: Vec<Vec<u8>> = others.map(|member| without_texts(object, member, strings)).collect();
        let other = if others.is_empty() { Vec::new() } else { [b"{", &others.join(&b',')[..], b"}"].concat() };
        Self { other: String::from_utf8_lossy(&other).into_owned(), known }
    }
}

/// A member as it stands, but for the texts inside it.
fn without_texts(object: &[u8], member: &Member, texts: &[Range<usize>]) -> Vec<u8> {
    let mut inside: Vec<&Range<usize>> = texts.iter().filter(|text| member.value.contains(&text.start)).collect();
    inside.sort_by_key(|text| text.start);
    let mut kept = Vec::new();
    // The key's quote comes along.
    let mut at = member.key.start - 1;
    for text in inside {
        kept.extend_from_slice(&object[at..text.start]);
        at = text.end;
    }
    kept.extend_from_slice(&object[at..member.value.end]);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(object: &str, fields: &Fields) -> Vec<String> {
        let Ok(record) = json::read(object.as_bytes(), fields) else { panic!("{object} is sound") };
        let Values { known, other } = Values::of(object.as_bytes(), &record, fields);
        known.into_iter().chain([other]).collect()
    }

    #[test]
    fn what_a_record_tells_stands_in_one_column_each() {
        let object =
            r#"{"text":"T","title":"A","n":1.50,"date_publish":"2026-02-10","source_domain":"x.example","url":"u","tags":[1]}"#;
        let expected = ["u", "u", "A", "2026-02-10", "x.example", r#"{"n":1.50,"tags":[1]}"#];
        assert_eq!(values(object, &Fields::default()), expected);
        let object = r#"{"id":7,"a":{"t":"T","d":"gestern"},"title":"T2","source":{"name":"x"}}"#;
        let path = |path: &str| path.parse().expect("a path");
        let fields = Fields { text: vec![path("a.t"), path("title")], date: Some(path("a.d")), ..Fields::default() };
        let expected = ["7", "", "", "gestern", "", r#"{"a":{"t":"","d":"gestern"},"source":{"name":"x"}}"#];
        assert_eq!(values(object, &fields), expected);
        assert_eq!(values(r#"{"text":"T"}"#, &Fields::default()), ["", "", "", "", "", ""]);
        let object = r#"{"_id":{"$oid":"5f"},"text":"T"}"#;
        assert_eq!(values(object, &Fields::default()), ["", "", "", "", "", r#"{"_id":{"$oid":"5f"}}"#]);
    }

    proptest! {
        #[test]
        fn an_object_on_one_line_says_the_same(text in any::<String>(), n in any::<i32>()) {
            let object = serde_json::json!({"text": text, "deep": [{"n": n}, [], {}, null], "b\\": true});
            let pretty = serde_json::to_vec_pretty(&object).expect("JSON can be written");
            let line = on_one_line(&pretty);
            prop_assert!(!line.contains(&b'\n'));
            prop_assert_eq!(serde_json::from_slice::<Value>(&line).expect("JSON"), object);
        }
    }
}
