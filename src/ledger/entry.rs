//! A ledger line.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;

use base64::Engine;
use serde::Serialize;

use super::near::ScoresShown;
use crate::corpus::{ByteSpan, Place, RecordName, WordSpan};
use crate::decide::{Reason, Receipt, RecordVerdict, Removed, Source};
use crate::fingerprint::{Seed, scan_words};
use crate::index::{KeptRecord, KeptRecords, WordPlace};
use crate::pipeline::Prepared;
use crate::read::{SourceFile, raw_places};
use crate::write::encode_string;

/// Whether the ledger holds what was taken out, so that it can be given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LedgerText {
    /// Texts of spans, and whole records as they were read.
    #[default]
    On,
    /// Places and numbers only.
    Off,
}

/// One line: a span that was taken out, or an update.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry<'a> {
    /// The input file.
    pub file: &'a str,
    /// The record's number in it, from 1.
    pub record: u64,
    /// The record's id; empty where it has none.
    pub id: &'a str,
    /// Whose it is: its source, or the host in its address.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub source: &'a str,
    /// How many records stand before it in the output: a record that went stood behind these, one that stayed follows them.
    pub kept_before: u64,
    /// Why.
    pub reason: &'static str,
    /// The rule by which a line, or a piece of one, was taken out before articles were compared; of an article that was filtered out, the first rule that it fails; or
    /// what was masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'a str>,
    /// The span, in bytes of the record's cleaned text; of what a rule took out, in bytes of the text before that.
    pub span: [u32; 2],
    /// How many words it has.
    pub words: usize,
    /// How many of them are covered by kept text.
    pub covered: usize,
    /// `covered` / `words`; absent for a span without words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub containment: Option<f64>,
    /// How many words went without cover. An update loses none.
    pub words_lost: usize,
    /// Of what was near to going: the reason for which it would have gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub would_be: Option<&'static str>,
    /// And why it stayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stayed: Option<&'static str>,
    /// Of scores: what they are of, and passage by passage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scores: Option<ScoresShown<'a>>,
    /// Of an update, the record that it updates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updates: Option<Name<'a>>,
    /// Of an update, the words that are changed facts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed_facts: Vec<Lost<'a>>,
    /// The stretches that nothing covers: lost, or, of an update, new.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uncovered: Vec<Lost<'a>>,
    /// The kept text that says the same, in order of the span's words.
    pub covers: Vec<Covering<'a>>,
    /// The text taken out; of a whole record only where something in it is masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<&'a str>,
    /// Of a whole record, its bytes as they were read, if they are UTF-8. Of a span of a JSON string, how it stood in the record, where that is another than this ledger writes
    /// `text` (by its escapes).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<Cow<'a, str>>,
    /// Of a whole record that is no UTF-8, its bytes in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw_base64: Option<String>,
}

impl<'a> Entry<'a> {
    /// An entry for something that no kept text covers, without its text.
    pub fn uncovered(
        file: &'a str,
        record: &'a Prepared,
        kept_before: u64,
        reason: &'static str,
        bytes: ByteSpan,
        n_words: usize,
    ) -> Self {
        Self {
            file,
            record: record.place.record,
            id: &record.name.id,
            source: &record.name.source,
            kept_before,
            reason,
            rule: None,
            span: [bytes.start, bytes.end],
            words: n_words,
            covered: 0,
            containment: None,
            words_lost: n_words,
            would_be: None,
            stayed: None,
            scores: None,
            updates: None,
            changed_facts: Vec::new(),
            uncovered: Vec::new(),
            covers: Vec::new(),
            text: None,
            raw: None,
            raw_base64: None,
        }
    }
}

/// A record's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Name<'a> {
    /// The input file.
    pub file: &'a str,
    /// The record's number in it, from 1.
    pub record: u64,
    /// The record's id; empty where it has none.
    pub id: &'a str,
    /// Its address, where that isn't its id.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub url: &'a str,
    /// Its date, as it stands in the record.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub date: &'a str,
    /// Whose it is.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub source: &'a str,
    /// The run that kept it, if that was an earlier one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<&'a str>,
}

/// Kept words that cover words of the span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Covering<'a> {
    /// The record that they are kept in.
    #[serde(flatten)]
    pub name: Name<'a>,
    /// The first of them, counted in that record's kept text, from 0.
    pub first_word: u64,
    /// How many.
    pub words: usize,
}

/// Words without cover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lost<'a> {
    /// From the first to the last of them, in bytes of the record's cleaned text.
    pub span: [u32; 2],
    /// How they read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<&'a str>,
}

/// A record as it was read.
#[derive(Debug, Clone)]
pub struct RawText<'a> {
    /// All its bytes.
    pub bytes: &'a [u8],
    /// The JSON strings that hold its texts, and where these stand in the record's text. Those that cleaning changed are missing.
    pub strings: Vec<(ByteSpan, &'a [u8])>,
    /// Whether all its JSON strings are ASCII: then what cleaning changed in them is written so, too.
    pub is_ascii: bool,
    /// Whether some of it is masked, so that it mustn't be shown.
    pub is_secret: bool,
}

/// The ledger lines of a record; of what was near to going after those of what went. `files` are all files begun so far; `kept_before` records stand before it in the output.
pub fn entries<'a>(
    record: &'a Prepared,
    kept_before: u64,
    verdict: &'a RecordVerdict,
    raw: &RawText<'a>,
    kept: KeptRecords<'a>,
    files: &'a [Arc<SourceFile>],
    ledger_text: LedgerText,
) -> Vec<Entry<'a>> {
    if verdict.removed.is_empty() && verdict.near.is_empty() && verdict.scores.is_empty() {
        return Vec::new();
    }
    let writer = EntryWriter { record, kept_before, kept, files, ledger_text, words: OnceCell::new() };
    let removed = verdict.removed.iter().map(|removed| writer.entry(removed, verdict, raw));
    let near = verdict.near.iter().map(|near| writer.near(near));
    removed.chain(near).chain(verdict.scores.iter().map(|scores| writer.scores(scores))).collect()
}

/// What the lines of a record are made from.
pub(super) struct EntryWriter<'a> {
    pub(super) record: &'a Prepared,
    pub(super) kept_before: u64,
    pub(super) kept: KeptRecords<'a>,
    pub(super) files: &'a [Arc<SourceFile>],
    pub(super) ledger_text: LedgerText,
    /// Where each word stands, once somebody wants to know: most receipts have no single words to show.
    words: OnceCell<Vec<ByteSpan>>,
}

impl<'a> EntryWriter<'a> {
    fn entry(&self, removed: &Removed, verdict: &RecordVerdict, raw: &RawText<'a>) -> Entry<'a> {
        let record = self.record;
        let is_update = removed.reason == Reason::Update;
        let is_whole = removed.reason.is_of_whole_record();
        let with_text = self.ledger_text == LedgerText::On;
        let n_words = removed.words.len();
        let n_lost: usize = removed.lost.iter().map(|lost| lost.len()).sum();
        // Records are long, and most receipts are of a part only.
        let raw_text = (with_text && is_whole && !raw.is_secret).then(|| std::str::from_utf8(raw.bytes));
        let facts = if is_update { verdict.changed_facts.as_slice() } else { &[] };
        Entry {
            file: &self.files[record.place.file as usize].name,
            record: record.place.record,
            id: &record.name.id,
            source: &record.name.source,
            kept_before: self.kept_before,
            reason: reason_name(removed.reason),
            rule: verdict.failing().first().filter(|_| removed.reason == Reason::Filter).map(|rule| rule.0),
            span: [removed.bytes.start, removed.bytes.end],
            words: n_words,
            covered: removed.n_covered,
            containment: containment(removed.n_covered, n_words),
            words_lost: if is_update { 0 } else { n_lost },
            would_be: None,
            stayed: None,
            scores: None,
            updates: verdict.update_of(self.kept).filter(|_| is_update).map(|place| name_at(self.kept, self.files, place)),
            changed_facts: self.facts(facts),
            uncovered: removed.lost.iter().map(|&lost| self.lost(lost)).collect(),
            covers: removed.receipts.iter().map(|receipt| covering(record, self.kept, self.files, receipt)).collect(),
            text: (with_text && (!is_whole || raw.is_secret) && !is_update).then(|| &record.text[removed.bytes.range()]),
            raw: match (with_text && !raw.is_secret, is_whole, is_update) {
                (true, true, _) => raw_text.and_then(Result::ok).map(Cow::Borrowed),
                (true, false, false) => {
                    let text = &record.text[removed.bytes.range()];
                    let unchanged =
                        raw.strings.iter().find(|(place, _)| place.start < removed.bytes.end && removed.bytes.start < place.end);
                    match unchanged {
                        Some(&(text, string)) => self.unusual_escapes(string, text, removed.bytes).map(Cow::Borrowed),
                        None => ascii_escapes(text, raw.is_ascii),
                    }
                }
                _ => None,
            },
            raw_base64: raw_text
                .is_some_and(|text| text.is_err())
                .then(|| base64::engine::general_purpose::STANDARD.encode(raw.bytes)),
        }
    }

    /// Single words of the record.
    pub(super) fn facts(&self, words: &[u32]) -> Vec<Lost<'a>> {
        words.iter().map(|&word| self.lost(WordSpan::new(word as usize, word as usize + 1))).collect()
    }

    /// What of a span stands in a JSON string, as it stands there, if the ledger would write the same text with other escapes.
    fn unusual_escapes(&self, string: &'a [u8], text: ByteSpan, span: ByteSpan) -> Option<&'a str> {
        let (start, end) = (span.start.max(text.start), span.end.min(text.end));
        if start >= end {
            return None;
        }
        let places = raw_places(string, [(start - text.start) as usize, (end - text.start) as usize].into_iter());
        let raw = std::str::from_utf8(&string[places[0]..places[1]]).expect("text that was not changed is UTF-8");
        let usual =
            serde_json::to_string(&self.record.text[start as usize..end as usize]).expect("a string can always be written");
        (usual[1..usual.len() - 1] != *raw).then_some(raw)
    }

    pub(super) fn lost(&self, words: WordSpan) -> Lost<'a> {
        let places = self.words.get_or_init(|| word_places(self.record));
        let span = ByteSpan { start: places[words.start as usize].start, end: places[words.end as usize - 1].end };
        Lost { span: [span.start, span.end], text: (self.ledger_text == LedgerText::On).then(|| &self.record.text[span.range()]) }
    }
}

/// The kept text that a receipt of a record leads to. `files` are all files begun so far.
pub fn covering<'a>(
    record: &'a Prepared,
    kept: KeptRecords<'a>,
    files: &'a [Arc<SourceFile>],
    receipt: &Receipt,
) -> Covering<'a> {
    let words = receipt.words.len();
    match receipt.source {
        Source::Other(place) => Covering { name: name_at(kept, files, place), first_word: kept.at(place).word, words },
        Source::Own(word) => Covering { name: own_name(record, files), first_word: u64::from(word), words },
    }
}

fn own_name<'a>(record: &'a Prepared, files: &'a [Arc<SourceFile>]) -> Name<'a> {
    let Prepared { place, name: RecordName { id, url, date, source }, .. } = record;
    let url = if url == id { "" } else { url };
    Name { file: &files[place.file as usize].name, record: place.record, id, url, date, source, run: None }
}

fn name_at<'a>(kept: KeptRecords<'a>, files: &'a [Arc<SourceFile>], place: WordPlace) -> Name<'a> {
    let KeptRecord { run, place: Place { file: nth, record }, file, id, url, date, source, .. } = kept.at(place);
    let file = file.unwrap_or_else(|| &files[nth as usize].name);
    Name { file, record, id, url, date, source, run: kept.run(run).map(|run| run.name.as_str()) }
}

/// A text as it is written in a JSON string of ASCII, if the record's are that, and the ledger would write it otherwise.
pub fn ascii_escapes(text: &str, is_ascii: bool) -> Option<Cow<'static, str>> {
    (is_ascii && !text.is_ascii()).then(|| {
        let mut escaped = Vec::new();
        encode_string(text, true, &mut escaped);
        Cow::Owned(String::from_utf8(escaped).expect("it is ASCII"))
    })
}

/// A share as ledgers have it, rounded down so that only 1 is 1; of no words there is none.
pub(super) fn containment(n_covered: usize, n_words: usize) -> Option<f64> {
    (n_words > 0).then(|| (n_covered as f64 / n_words as f64 * 1e4).floor() / 1e4)
}

/// Where each word of a record's text stands. A word that lies in two of its parts is two.
fn word_places(record: &Prepared) -> Vec<ByteSpan> {
    let mut words = Vec::new();
    for part in record.parts.iter().map(|print| print.part) {
        scan_words(&record.text[part.range()], Seed(0), &mut |bytes, _| words.push(bytes.shifted(part.start as usize)));
    }
    words
}

/// A reason as it stands in ledgers, summaries and marks.
pub fn reason_name(reason: Reason) -> &'static str {
    match reason {
        Reason::Copy => "copy",
        Reason::Passage => "passage",
        Reason::Part => "part",
        Reason::Short => "short",
        Reason::NothingLeft => "nothing-left",
        Reason::Update => "update",
        Reason::Filter => "filter",
    }
}
