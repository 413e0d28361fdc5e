//! Tables of delimiter-separated values (CSV, TSV): a header, then a row a record.

use std::borrow::Cow;
use std::ops::Range;

use super::{CsvField, FieldText, Problem, Record, TextField, shown_names};
use crate::corpus::RecordName;
use crate::error::Error;
use crate::language::Language;
use crate::read::bad::BadReason;
use crate::read::boundary::RowScan;
use crate::read::field::{FieldPath, Fields, host, named_column};

/// What may stand between fields.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// A longer name of a column is none.
const MOST_IN_NAME: usize = 64;

/// A table's header, and which of its columns are which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The header as it stands, with a byte order mark if there is one, and all of its line break but the line feed.
    pub raw: Vec<u8>,
    /// What stands between fields.
    pub delimiter: u8,
    names: Vec<String>,
    keys: Vec<String>,
    texts: Vec<usize>,
    id: Option<usize>,
    /// Those that tell the source, the address and the date.
    about: [Option<usize>; 3],
    language: Option<usize>,
}

/// A first line that is no header of a table of articles.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::read) enum NoHeader {
    /// There is none in sight.
    Missing,
    /// None of the columns is known to hold texts.
    NoText(Vec<String>),
}

impl NoHeader {
    /// The same as an error.
    pub(super) fn of(self, name: &str, fields: &Fields) -> Error {
        let problem = match self {
            Self::Missing => "this is no table: its first line opens a quote that is never closed".to_owned(),
            Self::NoText(names) => {
                let missing = fields.no_text("column", |path| named_column(path, &names).is_none());
                format!("{missing} (its columns: {})", shown_names(&names))
            }
        };
        Error::input(name, problem).with_hint("name one of the columns with --field")
    }
}

impl Header {
    /// Reads the header that `head` begins with. Returns it, and where the first row begins.
    pub(in crate::read) fn read(head: &[u8], fields: &Fields) -> Result<(Self, usize), NoHeader> {
        let delimiter = DELIMITERS
            .into_iter()
            .rev()
            .max_by_key(|&delimiter| split(head, delimiter).map_or(0, |(fields, _)| fields.len()))
            .expect("there are some");
        let (ranges, end) = split(head, delimiter).ok_or(NoHeader::Missing)?;
        let names: Vec<String> = ranges.into_iter().map(|range| name(&head[range])).collect();
        let texts = fields.text_columns(&names).ok_or_else(|| NoHeader::NoText(names.clone()))?;
        let header = Self {
            raw: head[..end].to_vec(),
            delimiter,
            texts,
            id: fields.id_column(&names),
            about: fields.columns_about(&names),
            language: fields.language_column(&names),
            keys: unique(&names),
            names,
        };
        Ok((header, (end + 1).min(head.len())))
    }

    /// Whether this is surely a table, not a text whose first line happens to hold a delimiter: all its columns have names of their own, and the row at the start of
    /// `rows` has as many fields.
    pub(super) fn is_sure(&self, rows: &[u8]) -> bool {
        let is_name = |name: &String| !name.is_empty() && name.len() <= MOST_IN_NAME && !name.contains(['\n', '.']);
        let all_differ = || self.names.iter().enumerate().all(|(nth, name)| !self.names[..nth].contains(name));
        let row_fits = || match split(rows, self.delimiter) {
            Some((fields, end)) => fields.len() == self.names.len() || end == rows.len() && !rows.is_empty() && fields.len() > 1,
            // A long field, of which only the start is seen.
            None => true,
        };
        self.names.len() > 1 && self.names.iter().all(is_name) && all_differ() && row_fits()
    }
}

impl Header {
    /// The columns' names as keys of an object: those that several share get a number.
    pub(super) fn keys(&self) -> &[String] {
        &self.keys
    }

    /// The ways to the texts of a row that is such an object.
    pub(crate) fn text_paths(&self) -> Vec<FieldPath> {
        self.texts.iter().map(|&nth| FieldPath::of_name(&self.keys[nth])).collect()
    }
}

fn unique(names: &[String]) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for name in names {
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        keys.extend(std::iter::once(name.clone()).chain(numbered).find(|name| !keys.contains(name)));
    }
    keys
}

/// What the fields of a row say.
pub(super) fn cells(row: &[u8], delimiter: u8) -> Vec<Cow<'_, [u8]>> {
    let fields = split(row, delimiter).map(|(fields, _)| fields).unwrap_or_default();
    fields.into_iter().map(|field| unquoted(&row[field])).collect()
}

/// The fields of the first row of `bytes`, and where its line break stands (or where they end).
fn split(bytes: &[u8], delimiter: u8) -> Option<(Vec<Range<usize>>, usize)> {
    let mut scan = RowScan::new(delimiter);
    let mut fields = Vec::new();
    let mut start = 0;
    let end = scan.find(bytes, |at| {
        fields.push(start..at);
        start = at + 1;
    });
    let end = match end {
        None if scan.is_in_quotes() => return None,
        end => end.unwrap_or(bytes.len()),
    };
    let has_return = end > start && bytes[end - 1] == b'\r';
    fields.push(start..end - usize::from(has_return));
    Some((fields, end))
}

fn name(raw: &[u8]) -> String {
    let raw = raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(raw);
    String::from_utf8_lossy(&unquoted(raw)).trim().to_owned()
}

/// What a field says.
fn unquoted(raw: &[u8]) -> Cow<'_, [u8]> {
    let Some(mut rest) = raw.strip_prefix(b"\"") else { return Cow::Borrowed(raw) };
    let mut field = Vec::with_capacity(raw.len());
    while let Some(at) = memchr::memchr(b'"', rest) {
        field.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix(b"\"") {
            Some(after) => {
                field.push(b'"');
                rest = after;
            }
            // The field was closed; what else stands there is taken as it is.
            None => break,
        }
    }
    field.extend_from_slice(rest);
    Cow::Owned(field)
}

pub(super) fn read(row: &[u8], header: &Header, ends_in_crlf: bool) -> Result<Record, Problem> {
    let problem = |detail: String| Problem { reason: BadReason::InvalidCsv, detail, hint: None };
    let Some((fields, _)) = split(row, header.delimiter) else {
        return Err(problem("a quote is opened here and never closed".to_owned()));
    };
    if fields.len() != header.names.len() {
        return Err(problem(format!("the row has {} fields, the header {}", fields.len(), header.names.len())));
    }
    let value = |nth: usize| unquoted(&row[fields[nth].clone()]);
    let texts = header.texts.iter().map(|&nth| FieldText::of_bytes(&value(nth))).collect();
    let plain = |nth: Option<usize>| nth.map(|nth| String::from_utf8_lossy(&value(nth)).into_owned());
    let known = |nth| plain(nth).unwrap_or_default().into_boxed_str();
    let [source, url, date] = header.about;
    let url = known(url);
    let source = host(plain(source), &url);
    let name = RecordName { id: known(header.id), url, date: known(date), source };
    let language = plain(header.language).and_then(|tag| Language::named(&tag));
    let field = |&nth: &usize| CsvField { is_quoted: row[fields[nth].clone()].starts_with(b"\""), bytes: fields[nth].clone() };
    let field = TextField::Csv { fields: header.texts.iter().map(field).collect(), delimiter: header.delimiter, ends_in_crlf };
    Ok(Record { name, texts, language, field, converted: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header(head: &str) -> Option<(char, usize, usize)> {
        let (header, rows) = Header::read(head.as_bytes(), &Fields::default()).ok()?;
        header.is_sure(&head.as_bytes()[rows..]).then_some((header.delimiter.into(), header.texts[0], rows))
    }

    #[test]
    fn a_table_is_known_by_its_header() {
        for (head, expected) in [
            ("id,text\n1,a\n", Some((',', 1, 8))),
            ("\u{FEFF}\"Text\";Datum\r\n\"a;b\";1\r\n", Some((';', 0, 17))),
            ("url\ttitle\tbody\nx\ty\t\"z", Some(('\t', 2, 15))),
            ("url\ttitle\tbody\nx\ty", Some(('\t', 2, 15))),
            ("url\ttitle\tbody\nx\n", None),
            ("text\nDas ist ein Text.\n", None),
            ("Text, Bild und Ton\nSo geht es.", None),
            ("Der Text, sagte er, kam.\n", None),
            ("id,title\n", None),
            ("text,text\n", None),
            ("\"text,id\n", None),
        ] {
            assert_eq!(header(head), expected, "{head}");
        }
    }

    #[test]
    fn a_row_is_read_or_named_with_what_is_wrong() {
        let (header, _) = Header::read(b"id;text", &Fields::default()).expect("a header");
        for (row, expected) in [
            ("7;a b", Ok(("7", "a b"))),
            ("\"7\";\"a;\n\"\"b\"\"\"\r", Ok(("7", "a;\n\"b\""))),
            ("7;", Ok(("7", ""))),
            ("7;5\" disk", Ok(("7", "5\" disk"))),
            ("7;\"a\"b", Ok(("7", "ab"))),
            ("7", Err("the row has 1 fields, the header 2")),
            ("7;a;b", Err("the row has 3 fields, the header 2")),
            ("7;\"a", Err("a quote is opened here and never closed")),
        ] {
            let found = read(row.as_bytes(), &header, false).map(|record| (record.name.id.into(), record.texts[0].text.clone()));
            let expected = expected.map(|(id, text)| (id.to_owned(), text.to_owned())).map_err(str::to_owned);
            assert_eq!(found.map_err(|problem| problem.detail), expected, "{row}");
        }
    }

    proptest! {
        #[test]
        fn fields_are_those_of_the_csv_crate(row in "[ab,\" ]{1,30}") {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(row.as_bytes());
            let theirs = reader.byte_records().next().expect("one row").expect("memory can be read");
            match split(row.as_bytes(), b',') {
                // A quote that is never closed is nothing to the crate.
                None => prop_assert!(row.contains('"')),
                Some((fields, end)) => {
                    prop_assert_eq!(end, row.len());
                    let ours: Vec<_> = fields.into_iter().map(|range| unquoted(&row.as_bytes()[range]).into_owned()).collect();
                    prop_assert_eq!(ours, theirs.iter().map(<[u8]>::to_vec).collect::<Vec<_>>());
                }
            }
        }
    }
}
