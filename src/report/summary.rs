//! What a run did, in numbers.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::alarms::{Alarm, EarlierShare, Estimated, alarms};
use super::breakdown::{Breakdown, Parts, Share};
use super::copied::Copied;
use crate::boilerplate::{Found, ListLine};
use crate::clean::CleanedBy;
use crate::decide::{Reason, RecordVerdict, Verdict};
use crate::error::printable;
use crate::fingerprint::Fingerprint;
use crate::language::Language;
use crate::ledger::reason_name;
use crate::pipeline::Prepared;
use crate::read::BadRecord;

/// The numbers of a run.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Summary {
    /// The version of einmal.
    pub version: &'static str,
    /// Articles read, bad records not counted.
    pub articles_in: u64,
    /// Articles written.
    pub articles_out: u64,
    /// Articles of those that were touched: something was taken out of them.
    pub articles_touched: u64,
    /// Articles that are updates of others, and stayed.
    pub updates: u64,
    /// Passages read, empty lines not counted.
    pub passages_in: u64,
    /// Words read.
    pub words_in: u64,
    /// Words written.
    pub words_out: u64,
    /// Articles taken out whole, by reason.
    pub articles_removed: BTreeMap<&'static str, u64>,
    /// Spans taken out, by reason; whole articles are one each.
    pub spans_removed: BTreeMap<&'static str, u64>,
    /// Words taken out, by reason.
    pub words_removed: BTreeMap<&'static str, u64>,
    /// Words taken out that no kept text covers.
    pub words_lost: u64,
    /// What was masked, by kind.
    pub masked: BTreeMap<&'static str, u64>,
    /// Lines, and pieces of lines, taken out by rules before articles were compared, by rule. Their words count among those read, taken out and lost.
    pub ruled_out: BTreeMap<String, u64>,
    /// Articles that failed the quality filter, by the first rule that they failed.
    pub filtered: BTreeMap<&'static str, u64>,
    /// Articles that the filter looked at, by the language whose limits they were held to.
    pub languages: BTreeMap<String, u64>,
    /// The first different ones of each rule.
    #[serde(skip)]
    pub ruled_out_examples: BTreeMap<String, Vec<String>>,
    /// Passages that stand in many kept articles of one host.
    pub boilerplate: BoilerplateNumbers,
    /// Records that could not be read, by reason.
    pub bad_records: BTreeMap<&'static str, u64>,
    /// Records that are no articles: requests, pictures and errors in web archives.
    pub other_records: u64,
    /// Texts that reading or cleaning changed.
    pub texts_cleaned: u64,
    /// Texts that a cleaner changed, by the cleaner's name.
    pub texts_cleaned_by: BTreeMap<&'static str, u64>,
    /// Texts that were in another encoding than UTF-8, by its name.
    pub texts_decoded: BTreeMap<&'static str, u64>,
    /// Sequences of bytes that were no UTF-8, each replaced by U+FFFD.
    pub bad_bytes_repaired: u64,
    /// Bytes read, as they are stored.
    pub bytes_in: u64,
    /// Bytes of records read, decompressed.
    pub record_bytes_in: u64,
    /// Bytes of records written, before compression.
    pub record_bytes_out: u64,
    /// The same by source, by day and by input.
    #[serde(flatten)]
    pub parts: Parts,
    /// What an estimate said of this run, and what came, if one was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimated: Option<Estimated>,
    /// The last runs of the index before this one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub earlier_runs: Vec<EarlierShare>,
    /// What somebody should look at.
    pub alarms: Vec<Alarm>,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Most memory in use at a time, in bytes, where the system tells.
    pub peak_memory: Option<u64>,
    /// What the run is called in the index, if it was added to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The settings that shaped the answer.
    pub settings: serde_json::Map<String, serde_json::Value>,
}

/// What was found of boilerplate.
#[derive(Debug, Clone, Default, Serialize)]
pub struct BoilerplateNumbers {
    /// How many passages there are.
    pub passages: u64,
    /// In how many articles they stand, each counted for itself.
    pub occurrences: u64,
    /// The most frequent.
    pub most_frequent: Vec<ListLine>,
}

/// So many of the most frequent passages of boilerplate are named.
const N_BOILERPLATE_NAMED: usize = 20;
/// What a language that nobody knows is called.
const UNKNOWN: &str = "unknown";
/// Why words go that stand in a copy.
const DUPLICATES: [Reason; 5] = [Reason::Copy, Reason::Passage, Reason::Part, Reason::Short, Reason::NothingLeft];
/// So many different examples are kept of what a rule took out.
const N_EXAMPLES: usize = 5;

impl Summary {
    /// Counts what reading and cleaning did to a record's text.
    pub fn count_cleaning(&mut self, is_changed: bool, by: CleanedBy, encoding: Option<&'static str>, n_repaired: usize) {
        self.texts_cleaned += u64::from(is_changed);
        by.names().for_each(|cleaner| *self.texts_cleaned_by.entry(cleaner).or_default() += 1);
        if let Some(encoding) = encoding {
            *self.texts_decoded.entry(encoding).or_default() += 1;
        }
        self.bad_bytes_repaired += n_repaired as u64;
    }

    /// Counts a record with its verdict; tells what came in of it, and what stays.
    pub fn count(&mut self, record: &Prepared, verdict: &RecordVerdict) -> Share {
        let n_words: usize = record.parts.iter().map(Fingerprint::n_words).sum();
        let passages = record.parts.iter().flat_map(|part| &part.passages);
        self.articles_in += 1;
        self.words_in += n_words as u64;
        self.passages_in += passages.filter(|passage| !passage.words.is_empty()).count() as u64;
        let mut n_removed = 0;
        for removed in &verdict.removed {
            if removed.reason == Reason::Update {
                self.updates += 1;
                continue;
            }
            let name = reason_name(removed.reason);
            n_removed += removed.words.len() as u64;
            *self.spans_removed.entry(name).or_default() += 1;
            *self.words_removed.entry(name).or_default() += removed.words.len() as u64;
            self.words_lost += removed.lost.iter().map(|lost| lost.len() as u64).sum::<u64>();
        }
        self.words_out += n_words as u64 - n_removed;
        if let Some(finding) = &verdict.filter {
            let language = finding.language.as_ref().map_or(UNKNOWN, Language::code);
            *self.languages.entry(language.to_owned()).or_default() += 1;
        }
        if let Some(rule) = verdict.failing().first() {
            *self.filtered.entry(rule.0).or_default() += 1;
        }
        let is_kept = verdict.verdict == Verdict::Keep;
        match verdict.verdict {
            Verdict::Keep => {
                self.articles_out += 1;
                self.articles_touched += u64::from(verdict.removed_bytes().next().is_some());
            }
            Verdict::Drop(reason) => *self.articles_removed.entry(reason_name(reason)).or_default() += 1,
        }
        let n_words = n_words as u64;
        Share { articles_in: 1, articles_out: u64::from(is_kept), words_in: n_words, words_out: n_words - n_removed }
    }

    /// Adds what was counted by source, day and input (`files` are their names), and what is odd about it all.
    pub fn break_down(&mut self, breakdown: &Breakdown, files: &[String], copied: &Copied) {
        self.parts = breakdown.parts(files);
        let Self { articles_in, articles_out, words_in, words_out, .. } = *self;
        let whole = Share { articles_in, articles_out, words_in, words_out };
        self.alarms = alarms(&whole, self.estimated.as_ref(), &self.earlier_runs, breakdown, copied);
    }

    /// The share of the words that go as copies, 0 to 1: of those that rules and boilerplate left to be compared.
    pub fn duplicates(&self) -> f64 {
        let of = |names: &[&str]| names.iter().filter_map(|name| self.words_removed.get(name)).sum::<u64>();
        let compared = self.words_in - of(&["line", "inline", "boilerplate"]);
        of(&DUPLICATES.map(reason_name)) as f64 / compared.max(1) as f64
    }

    /// Counts what a rule took out of a text; `reason` tells how.
    pub fn count_ruled_out(&mut self, rule: &str, reason: &'static str, n_words: usize, text: &str) {
        let examples = self.ruled_out_examples.entry(rule.to_owned()).or_default();
        if examples.len() < N_EXAMPLES && !examples.iter().any(|example| example == text.trim()) {
            examples.push(text.trim().to_owned());
        }
        match self.ruled_out.get_mut(rule) {
            Some(n) => *n += 1,
            None => drop(self.ruled_out.insert(rule.to_owned(), 1)),
        }
        let n_words = n_words as u64;
        self.words_in += n_words;
        self.words_lost += n_words;
        *self.spans_removed.entry(reason).or_default() += 1;
        *self.words_removed.entry(reason).or_default() += n_words;
    }

    /// Counts a record that could not be read.
    pub fn count_bad(&mut self, bad: &BadRecord) {
        *self.bad_records.entry(bad.reason.name()).or_default() += 1;
    }

    /// Counts the boilerplate that was found.
    pub fn count_boilerplate(&mut self, found: &[Found]) {
        let line = |found: &Found| ListLine { host: found.host.clone(), text: found.text.clone(), articles: found.n_articles };
        self.boilerplate = BoilerplateNumbers {
            passages: found.len() as u64,
            occurrences: found.iter().map(|found| u64::from(found.n_articles)).sum(),
            most_frequent: found.iter().take(N_BOILERPLATE_NAMED).map(line).collect(),
        };
    }

    /// Which rule took out how much, the most frequent first, each with examples.
    pub fn explained_rules(&self) -> String {
        let mut rules: Vec<(&String, &u64)> = self.ruled_out.iter().collect();
        rules.sort_by_key(|(_, n)| std::cmp::Reverse(**n));
        let mut text = String::new();
        for (rule, n) in rules {
            text.push_str(&format!("{rule}: {}\n", grouped(*n)));
            for example in self.ruled_out_examples.get(rule).into_iter().flatten() {
                text.push_str(&format!("    {}\n", printable(example)));
            }
        }
        text
    }

    /// How many records could not be read.
    pub fn n_bad(&self) -> u64 {
        self.bad_records.values().sum()
    }
}

/// Most memory in use at a time, in bytes, where the system tells.
pub(crate) fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1024)
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words_removed = self.words_in - self.words_out;
        writeln!(
            f,
            "{} articles in, {} out ({} touched, {} updates kept); {} words in, {} out ({} taken out)",
            grouped(self.articles_in),
            grouped(self.articles_out),
            grouped(self.articles_touched),
            grouped(self.updates),
            grouped(self.words_in),
            grouped(self.words_out),
            percent(words_removed, self.words_in),
        )?;
        if words_removed > 0 {
            let by_reason = |(reason, n_words): (&&str, &u64)| {
                let n_spans = self.spans_removed.get(reason).copied().unwrap_or_default();
                let spans = if n_spans == 1 { "span" } else { "spans" };
                format!("{reason} {} words in {} {spans}", grouped(*n_words), grouped(n_spans))
            };
            let reasons: Vec<_> = self.words_removed.iter().map(by_reason).collect();
            writeln!(f, "taken out: {}", reasons.join("; "))?;
            writeln!(f, "words lost (taken out, and in no kept text): {}", grouped(self.words_lost))?;
        }
        if !self.ruled_out.is_empty() {
            let rules: Vec<_> = self.ruled_out.iter().map(|(rule, n)| format!("{rule} {}", grouped(*n))).collect();
            writeln!(f, "taken out by rules: {}", rules.join(", "))?;
        }
        if !self.languages.is_empty() {
            let languages: Vec<_> = self.languages.iter().map(|(language, n)| format!("{language} {}", grouped(*n))).collect();
            let rules: Vec<_> = self.filtered.iter().map(|(rule, n)| format!("{rule} {}", grouped(*n))).collect();
            writeln!(f, "languages: {}", languages.join(", "))?;
            writeln!(
                f,
                "articles that fail the filter: {}",
                if rules.is_empty() { "none".to_owned() } else { rules.join(", ") }
            )?;
        }
        if !self.masked.is_empty() {
            let kinds: Vec<_> = self.masked.iter().map(|(kind, n)| format!("{kind} {}", grouped(*n))).collect();
            writeln!(f, "masked: {}", kinds.join(", "))?;
        }
        if self.boilerplate.passages > 0 {
            let (passages, occurrences) = (grouped(self.boilerplate.passages), grouped(self.boilerplate.occurrences));
            writeln!(f, "boilerplate: {passages} passages stand in many articles of their hosts, {occurrences} times in all")?;
        }
        if self.n_bad() > 0 {
            let reasons: Vec<_> = self.bad_records.iter().map(|(reason, n)| format!("{} {reason}", grouped(*n))).collect();
            writeln!(f, "bad records left out: {}", reasons.join(", "))?;
        }
        if self.other_records > 0 {
            writeln!(f, "records that are no articles (requests, pictures, errors): {}", grouped(self.other_records))?;
        }
        if !self.texts_decoded.is_empty() {
            let encodings: Vec<_> = self.texts_decoded.iter().map(|(name, n)| format!("{} {name}", grouped(*n))).collect();
            writeln!(f, "texts that were no UTF-8, decoded: {}", encodings.join(", "))?;
        }
        if self.bad_bytes_repaired > 0 {
            writeln!(f, "sequences that are no UTF-8, replaced by U+FFFD: {}", grouped(self.bad_bytes_repaired))?;
        }
        let megabytes = self.record_bytes_in as f64 / 1e6;
        write!(f, "{megabytes:.1} MB in {:.1} s", self.seconds)?;
        if self.seconds >= 1.0 {
            write!(f, " ({:.0} MB/s)", megabytes / self.seconds)?;
        }
        match self.peak_memory {
            Some(bytes) => write!(f, ", {:.0} MB of memory", bytes as f64 / 1e6),
            None => Ok(()),
        }
    }
}

/// A number with its thousands apart.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

pub(super) fn percent(part: u64, whole: u64) -> String {
    format!("{:.2} %", 100.0 * part as f64 / whole.max(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_made_for_reading() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(percent(0, 0), "0.00 %");
        assert_eq!(percent(1, 8), "12.50 %");
    }
}
