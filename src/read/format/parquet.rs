//! Parquet: rows of columns, the text in one of them.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::ByteArrayType;
use arrow_array::{
    Array, ArrayRef, BinaryArray, GenericListArray, LargeBinaryArray, LargeStringArray, OffsetSizeTrait, RecordBatch,
    StringArray, StringViewArray, StructArray,
};
use arrow_schema::{DataType, FieldRef, Fields as Columns, Schema, SchemaRef};
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;

use super::json::plain_value;
use super::row_json::value_as_json;
use super::{FieldText, Problem, Record, TextField, shown_names};
use crate::corpus::RecordName;
use crate::error::Error;
use crate::language::Language;
use crate::read::bad::BadReason;
use crate::read::field::{
    DATE_NAMES, FieldPath, Fields, ID_NAMES, LANGUAGE_NAMES, LanguageField, SOURCE_NAMES, Step, TEXT_NAMES, URL_NAMES, host,
};

/// What the rows of a file look like, and which of their columns are which.
#[derive(Debug, Clone)]
pub struct Table {
    /// Names and types of the columns.
    pub schema: SchemaRef,
    /// How the file packs its columns.
    pub compression: Compression,
    /// What else the file's footer says.
    pub key_values: Vec<KeyValue>,
    texts: Vec<Column>,
    id: Option<Column>,
    /// Those that tell the source, the address and the date.
    about: [Option<Column>; 3],
    language: Option<Column>,
}

/// Tables whose rows can stand in one file are equal.
impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.schema == other.schema
    }
}

impl Eq for Table {}

/// The way to a value: a column, and steps into it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Column {
    nth: usize,
    steps: Vec<Into>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Into {
    /// A field of a struct.
    Child(usize),
    /// An element of a list.
    Element(usize),
}

impl Table {
    /// Learns which columns are which from a file's metadata.
    pub(in crate::read) fn new(metadata: &ArrowReaderMetadata, name: &str, fields: &Fields) -> Result<Self, Error> {
        let schema = metadata.schema();
        let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        let found: Option<Vec<(Column, DataType)>> = match &fields.text[..] {
            [] => usual_column(TEXT_NAMES, schema.fields(), is_text).map(|found| vec![found]),
            paths => paths.iter().map(|path| column_at(path, schema.fields())).collect(),
        };
        let Some(found) = found else {
            let missing = fields.no_text("column", |path| column_at(path, schema.fields()).is_none());
            let problem = format!("{missing} (its columns: {})", shown_names(&names));
            return Err(Error::input(name, problem).with_hint("name one of the columns with --field"));
        };
        if let Some((_, kind)) = found.iter().find(|(_, kind)| !is_text(kind)) {
            return Err(Error::input(name, format!("the text column holds values of type {kind}, not texts")));
        }
        let column = |path: &Option<FieldPath>, usual, is_fit: fn(&DataType) -> bool| {
            let found = match path {
                Some(path) => column_at(path, schema.fields()),
                None => usual_column(usual, schema.fields(), is_fit),
            };
            found.map(|(column, _)| column)
        };
        let source = column(&fields.source, SOURCE_NAMES, is_text);
        let url = column(&None, URL_NAMES, is_text);
        let date = column(&fields.date, DATE_NAMES, |_| true);
        let language = match &fields.language {
            LanguageField::NotRead => None,
            LanguageField::Usual => column(&None, LANGUAGE_NAMES, is_text),
            LanguageField::Named(path) => column_at(path, schema.fields()).map(|(column, _)| column),
        };
        let file = metadata.metadata();
        let compression = file.row_groups().iter().flat_map(|group| group.columns()).map(|column| column.compression()).next();
        let key_values = file.file_metadata().key_value_metadata().cloned().unwrap_or_default();
        Ok(Self {
            schema: Arc::clone(schema),
            compression: compression.unwrap_or(Compression::SNAPPY),
            key_values: key_values.into_iter().filter(|pair| pair.key != parquet::arrow::ARROW_SCHEMA_META_KEY).collect(),
            texts: found.into_iter().map(|(text, _)| text).collect(),
            id: column(&fields.id, ID_NAMES, |_| true),
            about: [source, url, date],
            language,
        })
    }

    /// The columns of a file that is made anew, and which of them holds the text.
    pub(super) fn with_text(schema: Schema, text: usize, compression: Compression) -> Self {
        let texts = vec![Column { nth: text, steps: Vec::new() }];
        Self {
            schema: Arc::new(schema),
            compression,
            key_values: Vec::new(),
            texts,
            id: None,
            about: [const { None }; 3],
            language: None,
        }
    }

    /// Reads row number `row`.
    pub(super) fn read(&self, rows: &RecordBatch, row: usize) -> Result<Record, Problem> {
        let mut texts = Vec::with_capacity(1);
        let mut columns = Vec::with_capacity(1);
        for (nth, column) in self.texts.iter().enumerate() {
            let Some(bytes) = column.leaf(rows, row).and_then(|(leaf, at)| bytes_at(leaf, at)) else { continue };
            texts.push(FieldText::of_bytes(bytes));
            columns.push(nth);
        }
        if texts.is_empty() {
            return Err(Problem {
                reason: BadReason::TextIsNoString,
                detail: "the text is null, not a string".to_owned(),
                hint: None,
            });
        }
        let plain = |column: &Option<Column>| {
            column.as_ref().and_then(|column| column.leaf(rows, row)).map(|(leaf, at)| plain_value(&value_as_json(leaf, at)))
        };
        let known = |column| plain(column).unwrap_or_default().into_boxed_str();
        let [source, url, date] = &self.about;
        let url = known(url);
        let source = host(plain(source), &url);
        let name = RecordName { id: known(&self.id), url, date: known(date), source };
        let language = plain(&self.language).and_then(|tag| Language::named(&tag));
        Ok(Record { name, texts, language, field: TextField::Columns(columns), converted: None })
    }

    /// How many bytes the texts of some rows have.
    pub fn text_len(&self, rows: &RecordBatch) -> usize {
        let places = self.texts.iter().flat_map(|text| (0..rows.num_rows()).filter_map(|row| text.leaf(rows, row)));
        places.filter_map(|(leaf, at)| bytes_at(leaf, at)).map(<[u8]>::len).sum()
    }

    /// The same rows, some of them with other texts: by row, and by number among the columns of texts.
    pub fn with_texts(&self, rows: &RecordBatch, texts: &HashMap<(usize, usize), String>) -> RecordBatch {
        let mut changed = rows.clone();
        for (nth, column) in self.texts.iter().enumerate() {
            let replaced = texts.iter().filter(|((_, of), _)| *of == nth);
            let places: Vec<_> =
                replaced.filter_map(|((row, _), text)| Some((column.leaf(&changed, *row)?, text.as_str()))).collect();
            let Some(((leaf, _), _)) = places.first() else { continue };
            let by_place: HashMap<usize, &str> = places.iter().map(|((_, at), text)| (*at, *text)).collect();
            let leaf = with_values(leaf, &by_place);
            let mut columns = changed.columns().to_vec();
            columns[column.nth] = rebuilt(&columns[column.nth], &column.steps, &leaf);
            changed = RecordBatch::try_new(rows.schema(), columns).expect("types and lengths are the same as before");
        }
        changed
    }

    /// The ways to the texts of a row, as it reads as JSON.
    pub(super) fn text_paths(&self, texts: &[usize]) -> Vec<FieldPath> {
        texts.iter().map(|&nth| self.texts[nth].path(self.schema.fields())).collect()
    }
}

fn is_text(kind: &DataType) -> bool {
    matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Binary | DataType::LargeBinary)
}

/// The first usual name that a column of the right kind has; if none has it, one of any kind.
fn usual_column(usual: &[&str], columns: &Columns, is_right: impl Fn(&DataType) -> bool) -> Option<(Column, DataType)> {
    let named = |name: &&str| columns.iter().position(|column| column.name().eq_ignore_ascii_case(name));
    let places: Vec<usize> = usual.iter().filter_map(named).collect();
    let right = places.iter().find(|&&nth| is_right(columns[nth].data_type()));
    let nth = *right.or(places.first())?;
    Some((Column { nth, steps: Vec::new() }, columns[nth].data_type().clone()))
}

fn column_at(path: &FieldPath, columns: &Columns) -> Option<(Column, DataType)> {
    let child = |columns: &Columns, name: &str| columns.iter().position(|column| column.name() == name);
    // A name with a dot in it may be meant as it stands.
    if let Some(nth) = child(columns, &path.to_string()) {
        return Some((Column { nth, steps: Vec::new() }, columns[nth].data_type().clone()));
    }
    let nth = child(columns, &path.first)?;
    let mut kind = columns[nth].data_type().clone();
    let mut steps = Vec::new();
    for step in &path.steps {
        kind = match (step, &kind) {
            (Step::Name(name), DataType::Struct(children)) => {
                let nth = child(children, name)?;
                steps.push(Into::Child(nth));
                children[nth].data_type().clone()
            }
            (Step::Nth(nth), DataType::List(element) | DataType::LargeList(element)) => {
                steps.push(Into::Element(*nth));
                element.data_type().clone()
            }
            _ => return None,
        };
    }
    Some((Column { nth, steps }, kind))
}

impl Column {
    /// The names on the way.
    fn path(&self, columns: &Columns) -> FieldPath {
        let first = &columns[self.nth];
        let mut kind = first.data_type();
        let mut path = FieldPath::of_name(first.name().as_str());
        for step in &self.steps {
            match (*step, kind) {
                (Into::Child(nth), DataType::Struct(children)) => {
                    path.steps.push(Step::Name(children[nth].name().clone()));
                    kind = children[nth].data_type();
                }
                (Into::Element(nth), DataType::List(element) | DataType::LargeList(element)) => {
                    path.steps.push(Step::Nth(nth));
                    kind = element.data_type();
                }
                (_, other) => unreachable!("no step leads into {other}"),
            }
        }
        path
    }

    /// The array in which the value of a row stands, and its place there; `None` where something on the way is null or missing.
    fn leaf<'a>(&self, rows: &'a RecordBatch, row: usize) -> Option<(&'a ArrayRef, usize)> {
        let mut array = rows.column(self.nth);
        let mut at = row;
        for step in &self.steps {
            if array.is_null(at) {
                return None;
            }
            (array, at) = match (*step, array.data_type()) {
                (Into::Child(nth), _) => (array.as_struct().column(nth), at),
                (Into::Element(nth), DataType::LargeList(_)) => element(array.as_list::<i64>(), at, nth)?,
                (Into::Element(nth), _) => element(array.as_list::<i32>(), at, nth)?,
            };
        }
        (!array.is_null(at)).then_some((array, at))
    }
}

fn element<O: OffsetSizeTrait>(list: &GenericListArray<O>, at: usize, nth: usize) -> Option<(&ArrayRef, usize)> {
    let (start, end) = (list.value_offsets()[at].as_usize(), list.value_offsets()[at + 1].as_usize());
    (start + nth < end).then(|| (list.values(), start + nth))
}

pub(super) fn bytes_at(array: &ArrayRef, at: usize) -> Option<&[u8]> {
    Some(match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(at).as_bytes(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(at).as_bytes(),
        DataType::Utf8View => array.as_string_view().value(at).as_bytes(),
        DataType::Binary => array.as_binary::<i32>().value(at),
        DataType::LargeBinary => array.as_binary::<i64>().value(at),
        _ => return None,
    })
}

/// An array of texts with some of them replaced.
fn with_values(array: &ArrayRef, texts: &HashMap<usize, &str>) -> ArrayRef {
    fn values<'a, T: ByteArrayType>(
        array: &'a dyn Array,
        texts: &'a HashMap<usize, &str>,
    ) -> impl Iterator<Item = Option<&'a [u8]>> {
        let array = array.as_bytes::<T>();
        (0..array.len()).map(move |at| {
            let old = || (!array.is_null(at)).then(|| AsRef::<[u8]>::as_ref(array.value(at)));
            texts.get(&at).map(|text| text.as_bytes()).or_else(old)
        })
    }
    fn strings<'a>(values: impl Iterator<Item = Option<&'a [u8]>>) -> impl Iterator<Item = Option<&'a str>> {
        values.map(|value| value.map(|bytes| std::str::from_utf8(bytes).expect("an array of strings holds UTF-8")))
    }
    use arrow_array::types::{BinaryType, LargeBinaryType, LargeUtf8Type, Utf8Type};
    match array.data_type() {
        DataType::Utf8 => Arc::new(strings(values::<Utf8Type>(array, texts)).collect::<StringArray>()),
        DataType::LargeUtf8 => Arc::new(strings(values::<LargeUtf8Type>(array, texts)).collect::<LargeStringArray>()),
        DataType::Binary => Arc::new(values::<BinaryType>(array, texts).collect::<BinaryArray>()),
        DataType::LargeBinary => Arc::new(values::<LargeBinaryType>(array, texts).collect::<LargeBinaryArray>()),
        DataType::Utf8View => {
            let view = array.as_string_view();
            let old = |at: usize| (!view.is_null(at)).then(|| view.value(at));
            Arc::new((0..view.len()).map(|at| texts.get(&at).copied().or_else(|| old(at))).collect::<StringViewArray>())
        }
        other => unreachable!("{other} is no text, and was refused"),
    }
}

/// An array with another one at the end of `steps`.
fn rebuilt(array: &ArrayRef, steps: &[Into], leaf: &ArrayRef) -> ArrayRef {
    fn list<O: OffsetSizeTrait>(array: &ArrayRef, field: &FieldRef, steps: &[Into], leaf: &ArrayRef) -> ArrayRef {
        let list = array.as_list::<O>();
        let values = rebuilt(list.values(), steps, leaf);
        Arc::new(GenericListArray::new(Arc::clone(field), list.offsets().clone(), values, list.nulls().cloned()))
    }
    match (steps, array.data_type()) {
        ([], _) => Arc::clone(leaf),
        ([Into::Child(nth), rest @ ..], _) => {
            let (fields, mut columns, nulls) = array.as_struct().clone().into_parts();
            columns[*nth] = rebuilt(&columns[*nth], rest, leaf);
            Arc::new(StructArray::new(fields, columns, nulls))
        }
        ([Into::Element(_), rest @ ..], DataType::LargeList(field)) => list::<i64>(array, field, rest, leaf),
        ([Into::Element(_), rest @ ..], DataType::List(field)) => list::<i32>(array, field, rest, leaf),
        ([Into::Element(_), ..], other) => unreachable!("{other} is no list"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{Int64Array, ListArray};
    use arrow_schema::Field;

    fn rows() -> RecordBatch {
        let titles: ArrayRef = Arc::new(StringArray::from(vec![Some("A"), None, Some("C")]));
        let paragraphs: ArrayRef = Arc::new(ListArray::from_iter_primitive::<arrow_array::types::Int32Type, _, _>(vec![
            Some(vec![Some(1)]),
            None,
            Some(vec![]),
        ]));
        let texts: ArrayRef = Arc::new(LargeStringArray::from(vec!["eins", "zwei", "drei"]));
        let inner =
            Columns::from(vec![Field::new("title", DataType::Utf8, true), Field::new("text", DataType::LargeUtf8, false)]);
        let article: ArrayRef = Arc::new(StructArray::new(inner.clone(), vec![titles, texts], None));
        let ids: ArrayRef = Arc::new(Int64Array::from(vec![7, 8, 9]));
        let schema = Schema::new(vec![
            Field::new("id", DataType::Int64, false),
            Field::new("n", paragraphs.data_type().clone(), true),
            Field::new("article", DataType::Struct(inner), false),
        ]);
        RecordBatch::try_new(Arc::new(schema), vec![ids, paragraphs, article]).expect("they fit")
    }

    #[test]
    fn a_text_in_a_nested_column_is_read_and_replaced() {
        let rows = rows();
        let (text, kind) = column_at(&"article.text".parse().expect("a path"), rows.schema().fields()).expect("it is there");
        assert_eq!(kind, DataType::LargeUtf8);
        let id = usual_column(ID_NAMES, rows.schema().fields(), |_| true).map(|(id, _)| id);
        let table = Table {
            schema: rows.schema(),
            compression: Compression::SNAPPY,
            key_values: Vec::new(),
            texts: vec![text],
            id,
            about: [const { None }; 3],
            language: None,
        };
        let record = table.read(&rows, 1).ok().expect("it is sound");
        assert_eq!((&*record.name.id, record.texts[0].text.as_str()), ("8", "zwei"));
        let changed = table.with_texts(&rows, &HashMap::from([((1, 0), "neu".to_owned())]));
        assert_eq!(changed.schema(), rows.schema());
        let texts: Vec<String> =
            (0..3).map(|row| table.read(&changed, row).ok().expect("it is sound").texts[0].text.clone()).collect();
        assert_eq!(texts, ["eins", "neu", "drei"]);
        assert_eq!(changed.column(2).as_struct().column(0), rows.column(2).as_struct().column(0));
        assert_eq!(table.with_texts(&changed, &HashMap::from([((1, 0), "zwei".to_owned())])), rows);
        assert_eq!(table.text_len(&rows), 12);
    }

    #[test]
    fn a_way_that_leads_nowhere_finds_nothing() {
        let rows = rows();
        for path in ["x", "article.x", "article[0]", "id.x", "n.x"] {
            assert!(column_at(&path.parse().expect("a path"), rows.schema().fields()).is_none(), "{path}");
        }
        let (n, kind) = column_at(&"n[0]".parse().expect("a path"), rows.schema().fields()).expect("it is there");
        assert_eq!(kind, DataType::Int32);
        let found: Vec<_> = (0..3).map(|row| n.leaf(&rows, row).map(|(_, at)| at)).collect();
        assert_eq!(found, [Some(0), None, None]);
    }
}
