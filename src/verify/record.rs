//! One record: does what its ledger lines say of its text add up?

use base64::Engine;
use serde_json::{Value, json};

use super::receipts::follow;
use super::texts::{Edit, Texts};
use super::{KeptWords, Verified};
use crate::clean::{Mask, Masked, masked};
use crate::corpus::Place;
use crate::fingerprint::{Seed, scan_words};
use crate::ledger::{Line, LineKind};
use crate::read::decode;

/// A record of the input.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Its id.
    pub id: &'a str,
    /// How many records before it were kept for the same output.
    pub kept_before: u64,
    /// Its texts, cleaned; nothing is masked or taken out yet.
    pub texts: &'a Texts,
    /// Its bytes as the ledger holds them if it goes.
    pub raw: &'a [u8],
}

/// A ledger line that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongLine {
    /// Its number.
    pub line: u64,
    /// What is wrong with it.
    pub what: String,
}

pub(super) fn wrong(line: &Line, what: impl Into<String>) -> WrongLine {
    WrongLine { line: line.number, what: what.into() }
}

/// The texts of a record, by what its ledger lines say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accounted {
    /// As they were compared: masked, and without what went before.
    pub compared: Texts,
    /// What is left of them.
    pub left: Texts,
    /// Whether the record stays.
    pub is_kept: bool,
}

/// Takes out of a record's text what its lines say, and checks that it stood there.
///
/// # Errors
///
/// With the first line that cannot be true.
pub fn account(subject: &Subject<'_>, lines: &[Line]) -> Result<Accounted, WrongLine> {
    for line in lines {
        check_name(subject, line)?;
    }
    let of = |kind: LineKind| lines.iter().filter(move |line| line.kind() == Some(kind)).collect::<Vec<_>>();
    let masked = edited(subject.texts, &of(LineKind::Mask), mask)?;
    let compared = edited(&masked, &of(LineKind::Before), |line, text| said_nowhere(line, text).map(|()| String::new()))?;
    let (spans, whole, updates) = (of(LineKind::Span), of(LineKind::Whole), of(LineKind::Update));
    let left = edited(&compared, &spans, |line, text| check_text(line, text).map(|()| String::new()))?;
    if let Some(line) = whole.iter().chain(&updates).nth(1) {
        return Err(wrong(line, "another line has told of the whole record already"));
    }
    for line in whole.iter().chain(&updates) {
        if line.span != [0, compared.text.len()] {
            let what = format!("its span is {:?}, the record's text has {} bytes", line.span, compared.text.len());
            return Err(wrong(line, what));
        }
        if !spans.is_empty() && matches!(line.reason.as_str(), "copy" | "nothing-left") {
            return Err(wrong(line, "it tells that the whole record went, and other lines of parts of it"));
        }
    }
    whole.iter().try_for_each(|line| check_raw(line, subject.raw, &compared.text))?;
    Ok(Accounted { compared, left, is_kept: whole.is_empty() })
}

fn check_name(subject: &Subject<'_>, line: &Line) -> Result<(), WrongLine> {
    if line.kind().is_none() {
        return Err(wrong(line, format!("there is no reason {:?}", line.reason)));
    }
    if line.id != subject.id {
        return Err(wrong(line, format!("it calls the record {:?}, whose id is {:?}", line.id, subject.id)));
    }
    match line.kept_before {
        Some(told) if told != subject.kept_before => {
            let what = format!("it says that {told} records were kept before this one, there are {}", subject.kept_before);
            Err(wrong(line, what))
        }
        _ => Ok(()),
    }
}

/// The texts with the spans of `lines` replaced; `with` looks at what stands there.
fn edited(texts: &Texts, lines: &[&Line], with: impl Fn(&Line, &str) -> Result<String, WrongLine>) -> Result<Texts, WrongLine> {
    if lines.is_empty() {
        return Ok(texts.clone());
    }
    let edit = |line: &&Line| {
        let no_place = || wrong(line, format!("there is no span {:?} in the record's text", line.span));
        let text = texts.at(line.span).ok_or_else(no_place)?;
        Ok(Edit { span: line.span[0]..line.span[1], with: with(line, text)? })
    };
    let edits = lines.iter().map(edit).collect::<Result<Vec<_>, _>>()?;
    let misplaced = |nth: usize| wrong(lines[nth], "its span lies in the one before, before it, or in two fields");
    texts.edited(&edits).map_err(misplaced)
}

/// What stands in place of a text that was masked.
fn mask(line: &Line, text: &str) -> Result<String, WrongLine> {
    let kinds = [Masked::Email, Masked::Iban, Masked::Phone];
    let what = kinds.into_iter().find(|kind| Some(kind.name()) == line.rule.as_deref());
    let what = what.ok_or_else(|| wrong(line, "it doesn't say what was masked"))?;
    check_words(line, n_words(text))?;
    Ok(masked(text, &[Mask { bytes: 0..text.len(), what }]))
}

/// A span that no kept text says: all its words are lost.
fn said_nowhere(line: &Line, text: &str) -> Result<(), WrongLine> {
    check_text(line, text)?;
    check_words(line, n_words(text))?;
    if line.covered > 0 || !line.covers.is_empty() || line.words_lost != line.words {
        return Err(wrong(line, "nothing covers what a rule takes out, and it says otherwise"));
    }
    Ok(())
}

pub(super) fn check_words(line: &Line, n_words: usize) -> Result<(), WrongLine> {
    if line.words != n_words {
        return Err(wrong(line, format!("it says that its span has {} words, it has {n_words}", line.words)));
    }
    Ok(())
}

/// The text of a span is the one that stood there, and so is the way it was escaped.
fn check_text(line: &Line, text: &str) -> Result<(), WrongLine> {
    let is_it = |told: &String| told == text;
    if !line.text.as_ref().is_none_or(is_it) || !line.raw.as_ref().is_none_or(|raw| is_it(&decode(raw.as_bytes()).text)) {
        return Err(wrong(line, format!("its text is not what stood at {:?}", line.span)));
    }
    Ok(())
}

/// A record that went is the one that was read.
fn check_raw(line: &Line, raw: &[u8], text: &str) -> Result<(), WrongLine> {
    let packed = line.raw_base64.as_ref().map(|packed| base64::engine::general_purpose::STANDARD.decode(packed));
    let is_raw = line.raw.as_ref().is_none_or(|told| told.as_bytes() == raw)
        && packed.is_none_or(|told| told.is_ok_and(|told| told == raw));
    if !is_raw || line.text.as_ref().is_some_and(|told| told != text) {
        return Err(wrong(line, "the record in it is not the one in the input"));
    }
    Ok(())
}

fn n_words(text: &str) -> usize {
    let mut n_words = 0;
    scan_words(text, Seed(0), &mut |_, _| n_words += 1);
    n_words
}

/// Follows the receipts of a record to the kept text, and counts what its lines say. What is kept of the record itself is known
/// by now.
///
/// # Errors
///
/// With the first line that is not true.
pub fn check_receipts(
    accounted: &Accounted,
    lines: &[Line],
    place: Place,
    kept: &KeptWords,
    seed: Seed,
    tally: &mut Verified,
) -> Result<(), WrongLine> {
    follow(&accounted.compared.text, lines, place, kept, seed, tally)?;
    for line in lines {
        match line.kind() {
            Some(LineKind::Update) => tally.updates += 1,
            Some(LineKind::Mask | LineKind::Near | LineKind::Scores) | None => {}
            Some(LineKind::Before | LineKind::Span | LineKind::Whole) => {
                tally.words_removed += line.words as u64;
                tally.words_lost += line.words_lost as u64;
                *tally.spans_removed.entry(line.reason.clone()).or_default() += 1;
            }
        }
    }
    Ok(())
}

/// The mark that a record with these lines gets.
pub fn marking(lines: &[Line]) -> Value {
    let is_shown = |line: &&Line| matches!(line.kind(), Some(LineKind::Span | LineKind::Whole | LineKind::Update));
    let shown: Vec<&Line> = lines.iter().filter(is_shown).collect();
    let verdict = match shown.first().map(|line| (line.kind(), line.reason.as_str())) {
        None => "keep",
        Some((Some(LineKind::Span), _)) => "cut",
        Some((_, reason)) => reason,
    };
    let spans: Vec<Value> = shown.iter().map(|line| json!({"span": line.span, "reason": line.reason})).collect();
    json!({"verdict": verdict, "spans": spans})
}
