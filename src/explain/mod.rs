//! *Why did this go, and why did that stay?* One article, with what was taken out of it beside the text that covers it.
//!
//! [`crate::pipeline`] reads ledger, input and output; here stands what is made of it, without files.

mod diff;
mod html;
mod sides;
mod text;

use serde_json::{Value, json};

pub use diff::{Run, word_diff};
pub use html::as_html;
pub use sides::{KeptText, Side, covered_texts, sides};
pub use text::as_text;

use crate::decide::Threshold;
use crate::ledger::{Line, LineKind, Recorded};

/// An article, explained.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The input file.
    pub file: String,
    /// The record's number in it, from 1.
    pub record: u64,
    /// Its id; empty where it has none.
    pub id: String,
    /// Its text as it was compared, where that is known.
    pub text: Option<String>,
    /// What was taken out, in order of the text.
    pub gone: Vec<Part>,
    /// What stayed though it was near to going.
    pub near: Vec<Part>,
    /// Whether the ledger tells of all that was near.
    pub tells_near: bool,
}

/// A span of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What the ledger says.
    pub line: Line,
    /// Why it went or stayed, in a sentence.
    pub why: String,
    /// Its text, where that is known, beside the text that covers it.
    pub sides: Vec<Side>,
}

impl Part {
    /// A ledger line, explained. `recorded` are the thresholds of the run, if the ledger names them.
    pub fn new(line: &Line, recorded: Option<Recorded>, sides: Vec<Side>) -> Self {
        Self { line: line.clone(), why: why(line, recorded), sides }
    }
}

impl Explained {
    /// How a heading names it: by its id, where it has one.
    pub fn name(&self) -> String {
        name(&self.file, self.record, &self.id)
    }

    /// All as JSON; what differs stands in `diff`.
    pub fn as_json(&self) -> Value {
        let parts = |parts: &[Part]| parts.iter().map(part_as_json).collect::<Vec<_>>();
        let near = (self.tells_near || !self.near.is_empty()).then(|| parts(&self.near));
        json!({"file": self.file, "record": self.record, "id": self.id, "text": self.text, "gone": parts(&self.gone), "near": near})
    }
}

/// A record's name and place.
pub fn name(file: &str, record: u64, id: &str) -> String {
    let place = format!("{file}:{record}");
    if id.is_empty() { place } else { format!("{id} ({place})") }
}

fn part_as_json(part: &Part) -> Value {
    let Line { reason, rule, span, words, covered, words_lost, would_be, stayed, changed_facts, .. } = &part.line;
    let facts: Vec<_> = changed_facts.iter().filter_map(|fact| fact.text.as_deref()).collect();
    let sides: Vec<Value> = part
        .sides
        .iter()
        .map(|side| {
            let from = side.from.as_ref().map(|from| json!({"file": from.file, "record": from.record, "id": from.id, "run": from.run}));
            let runs = |kept| word_diff(&side.text, kept).iter().map(run_as_json).collect::<Vec<_>>();
            json!({"text": side.text, "from": from, "first_word": side.first_word, "kept": side.kept, "diff": side.kept.as_deref().map(runs)})
        })
        .collect();
    json!({"reason": reason, "rule": rule, "would_be": would_be, "stayed": stayed, "why": part.why, "span": span, "words": words,
        "covered": covered, "words_lost": words_lost, "changed_facts": facts, "sides": sides})
}

fn run_as_json(run: &Run<'_>) -> Value {
    match run {
        Run::Equal { before, .. } => json!({"equal": before}),
        Run::Removed(text) => json!({"removed": text}),
        Run::Added(text) => json!({"added": text}),
    }
}

/// Why a span went, or stayed.
fn why(line: &Line, recorded: Option<Recorded>) -> String {
    let covered = format!("{} of {} words are covered", line.covered, line.words);
    let facts: Vec<&str> = line.changed_facts.iter().filter_map(|fact| fact.text.as_deref()).collect();
    let n_facts = line.changed_facts.len();
    let changes = if facts.is_empty() { format!("{n_facts} changed facts") } else { facts.join(", ") };
    match (line.kind(), line.stayed.as_deref()) {
        (Some(LineKind::Near), Some("below-threshold")) => {
            let threshold = recorded
                .map(|recorded| if line.would_be.as_deref() == Some("copy") { recorded.article } else { recorded.passage });
            let missing = threshold.map(|threshold| match missing(threshold, line.covered, line.words) {
                1 => format!(", one fewer than the threshold {threshold} asks for"),
                words => format!(", {words} fewer than the threshold {threshold} asks for"),
            });
            format!("stayed, below the threshold: {covered}{}", missing.unwrap_or_default())
        }
        (Some(LineKind::Near), Some("changed-fact")) => format!("stayed for what it changes: {changes}; {covered}"),
        (Some(LineKind::Near), Some("short-row")) => {
            format!("stayed: {covered}, but with its neighbours it is shorter than a run that counts")
        }
        (Some(LineKind::Near), Some("short-cut")) => {
            format!("stayed: {covered}, but these sentences have fewer words than are cut out of a passage")
        }
        (Some(LineKind::Near), _) => format!("stayed: {covered}"),
        (Some(LineKind::Update), _) => {
            let of = line.updates.as_ref().map(|of| format!(" of {}", name(&of.file, of.record, &of.id))).unwrap_or_default();
            let reason = if n_facts > 0 { format!("it changes {changes}") } else { "it has new text".to_owned() };
            format!("an update{of}, for {reason}; {covered}")
        }
        (Some(LineKind::Span | LineKind::Whole), _) if line.reason != "filter" => match line.words_lost {
            0 => format!("went: {covered}"),
            lost => format!("went: {covered}, {lost} lost"),
        },
        _ => match &line.rule {
            Some(rule) => format!("went by the rule {rule}: {} words", line.words),
            None => format!("went: {} words, which no kept text covers", line.words),
        },
    }
}

/// How many more words would have to be covered.
fn missing(threshold: Threshold, covered: usize, words: usize) -> usize {
    (covered..=words).take_while(|covered| !threshold.is_met(*covered, words)).count()
}
