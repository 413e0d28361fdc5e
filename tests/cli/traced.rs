//! A run of which every record is followed from the input to the output and the ledger.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use einmal::clean::{Cleaning, clean};
use einmal::fingerprint::matching_form;
use einmal::split::for_each_word;
use serde_json::Value;

use crate::harness::Folder;

/// What the inputs are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Jsonl,
    /// A file is an article.
    TextFiles,
    /// A line is an article.
    TextLines,
}

/// A file and a number in it.
pub(crate) type Place = (String, u64);

/// A record, before and after.
pub(crate) struct Record {
    pub(crate) place: Place,
    /// Its bytes, without the line break that ends it.
    pub(crate) raw: Vec<u8>,
    /// Its cleaned text.
    pub(crate) text: String,
    /// What stands in the output, without the line break that ends it; `None` if it went.
    pub(crate) output: Option<Vec<u8>>,
    /// The text in the output; empty if it went.
    pub(crate) text_out: String,
}

impl Record {
    /// Its id, of a JSON record.
    pub(crate) fn id(&self) -> String {
        let line = String::from_utf8_lossy(&self.raw).replace(LONE_SURROGATE.0, LONE_SURROGATE.1);
        let record: Value = serde_json::from_str(&line).expect("good records are JSON");
        record["id"].as_str().expect("the samples' records have ids").to_owned()
    }
}

/// A run, followed.
pub(crate) struct Traced {
    pub(crate) records: Vec<Record>,
    pub(crate) ledger: Vec<Value>,
    pub(crate) summary: Value,
    /// The lines of the ledger by record.
    by_place: HashMap<Place, Vec<usize>>,
}

/// Runs `einmal dedup` over files of the folder, and follows all records. The output goes to `out/`.
#[track_caller]
pub(crate) fn trace(folder: &Folder, shape: Shape, files: &[&str], settings: &[&str]) -> Traced {
    let outputs = ["-o", "out/", "--ledger", "ledger.jsonl", "--summary", "summary.json", "--quarantine", "bad.jsonl"];
    let articles: &[&str] = if shape == Shape::TextLines { &["--articles", "lines"] } else { &[] };
    folder.dedup([files, settings, articles, &outputs].concat()).run().exits(0).stdout_is_empty();
    let ledger = folder.json_lines("ledger.jsonl");
    let bad: HashSet<Place> = folder.json_lines("bad.jsonl").iter().map(place).collect();
    let gone: HashSet<Place> = ledger.iter().filter(|line| is_whole(line)).map(place).collect();
    let cleaning = match shape {
        _ if settings.windows(2).any(|pair| pair == ["--clean", "off"]) => Cleaning::Off,
        Shape::Jsonl => Cleaning::Safe,
        _ => Cleaning::SafeInLines,
    };
    let mut records = Vec::new();
    for file in files {
        let input = folder.read(file);
        let output = folder.read(&format!("out/{file}"));
        let mut left = raw_records(&output, shape).into_iter();
        for (number, raw) in raw_records(&input, shape) {
            let place = ((*file).to_owned(), number);
            if bad.contains(&place) {
                continue;
            }
            let output = if gone.contains(&place) { None } else { left.next().map(|(_, raw)| raw.to_owned()) };
            let text = clean(text_of(raw, shape), cleaning).text;
            let text_out = output.as_ref().map(|output| text_of(output, shape)).unwrap_or_default();
            records.push(Record { place, raw: raw.to_owned(), text, output, text_out });
        }
        assert!(left.next().is_none(), "{file}: more records came out than stayed");
    }
    let mut by_place: HashMap<Place, Vec<usize>> = HashMap::new();
    for (nth, line) in ledger.iter().enumerate() {
        by_place.entry(place(line)).or_default().push(nth);
    }
    Traced { records, ledger, summary: folder.json("summary.json"), by_place }
}

/// The records of a file, and their numbers.
fn raw_records(bytes: &[u8], shape: Shape) -> Vec<(u64, &[u8])> {
    if bytes.is_empty() {
        return Vec::new();
    }
    let content = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    match shape {
        Shape::TextFiles => vec![(1, content)],
        Shape::TextLines => (1..).zip(content.split(|byte| *byte == b'\n')).collect(),
        Shape::Jsonl => {
            (1..).zip(content.split(|byte| *byte == b'\n')).filter(|(_, line)| !line.trim_ascii().is_empty()).collect()
        }
    }
}

/// `serde_json` refuses half a surrogate pair, which is to be read as U+FFFD. The samples have one, before a space.
const LONE_SURROGATE: (&str, &str) = ("\\ud83d ", "\\ufffd ");

/// A record as it is to be read: one with several bytes that are no UTF-8 is in Latin-1, a single one is damaged.
pub(crate) fn json_of(raw: &[u8]) -> String {
    let lossy = String::from_utf8_lossy(raw);
    if lossy.matches(char::REPLACEMENT_CHARACTER).count() < 3 {
        lossy.into_owned()
    } else {
        raw.iter().copied().map(char::from).collect()
    }
}

/// A record's text, not cleaned yet.
fn text_of(raw: &[u8], shape: Shape) -> String {
    if shape != Shape::Jsonl {
        return String::from_utf8_lossy(raw).into_owned();
    }
    let text = json_of(raw);
    let record: Value = serde_json::from_str(&text.replace(LONE_SURROGATE.0, LONE_SURROGATE.1)).expect("good records are JSON");
    record["text"].as_str().expect("good records have a text").to_owned()
}

/// Where the record stood that a line of a ledger or of a quarantine file is about.
pub(crate) fn place(line: &Value) -> Place {
    (line["file"].as_str().expect("a name").to_owned(), line["record"].as_u64().expect("a number"))
}

/// Whether a ledger line is about a record that went whole.
pub(crate) fn is_whole(line: &Value) -> bool {
    matches!(line["reason"].as_str(), Some("copy" | "nothing-left" | "filter"))
}

pub(crate) fn is_update(line: &Value) -> bool {
    line["reason"] == "update"
}

/// A `[start, end]` of bytes.
pub(crate) fn span(line: &Value) -> Range<usize> {
    let at = |nth: usize| line["span"][nth].as_u64().expect("a byte") as usize;
    at(0)..at(1)
}

/// A number of words and the like.
pub(crate) fn count(line: &Value, name: &str) -> u64 {
    line[name].as_u64().unwrap_or_else(|| panic!("no number {name}: {line}"))
}

/// A word of a text: where it stands, and its matching form.
pub(crate) type Word = (Range<usize>, String);

/// The words of a text, in order.
pub(crate) fn words_at(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for_each_word(text, |bytes, word| words.push((bytes.range(), matching_form(word))));
    words
}

/// Those of a text's words that begin in `span`.
pub(crate) fn words_in(words: &[Word], span: Range<usize>) -> &[Word] {
    let first_from = |place| words.partition_point(|(bytes, _)| bytes.start < place);
    &words[first_from(span.start)..first_from(span.end)]
}

/// The matching forms of a text's words.
pub(crate) fn words(text: &str) -> Vec<String> {
    words_at(text).into_iter().map(|(_, form)| form).collect()
}

impl Traced {
    /// The ledger lines of a record.
    pub(crate) fn lines_of<'a>(&'a self, record: &'a Record) -> impl Iterator<Item = &'a Value> {
        self.by_place.get(&record.place).into_iter().flatten().map(|&nth| &self.ledger[nth])
    }

    /// The record with an id.
    #[track_caller]
    pub(crate) fn record(&self, id: &str) -> &Record {
        self.records.iter().find(|record| record.id() == id).unwrap_or_else(|| panic!("no record {id}"))
    }

    /// The words of all texts in the output.
    pub(crate) fn words_out(&self) -> HashMap<Place, Vec<String>> {
        self.records.iter().map(|record| (record.place.clone(), words(&record.text_out))).collect()
    }
}
