//! What verify has seen, in numbers.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::report::grouped;

/// The numbers of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Records of the input that are articles.
    pub articles_in: u64,
    /// Records of the output.
    pub articles_out: u64,
    /// Records of the input that could not be read: they are in neither output nor ledger.
    pub bad_records: u64,
    /// Words of the output.
    pub words_out: u64,
    /// Words taken out.
    pub words_removed: u64,
    /// Words taken out that no kept text covers.
    pub words_lost: u64,
    /// Spans taken out, by reason.
    pub spans_removed: BTreeMap<String, u64>,
    /// Articles that are updates.
    pub updates: u64,
    /// Receipts that were followed to the kept text.
    pub receipts: u64,
    /// Receipts that lead to text of earlier runs, which isn't here.
    pub receipts_of_earlier_runs: u64,
    /// The words that these stand for.
    pub words_of_earlier_runs: u64,
}

impl Verified {
    /// Where these numbers and a run's summary differ: the number's name, what the summary says, what was found.
    pub fn differences(&self, summary: &Value) -> Vec<(String, String, String)> {
        let numbers = [
            ("articles_in", self.articles_in),
            ("articles_out", self.articles_out),
            ("words_in", self.words_out + self.words_removed),
            ("words_out", self.words_out),
            ("words_lost", self.words_lost),
            ("updates", self.updates),
        ];
        let spans = serde_json::json!(self.spans_removed);
        let numbers = numbers.into_iter().map(|(name, number)| (name, Value::from(number)));
        let all = numbers.chain(std::iter::once(("spans_removed", spans)));
        let differs = |(name, found): &(&str, Value)| summary.get(*name).is_some_and(|told| told != found);
        all.filter(differs).map(|(name, found)| (name.to_owned(), summary[name].to_string(), found.to_string())).collect()
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "all is as the ledger says: {} articles in, {} out; {} words taken out, {} of them lost; {} receipts followed",
            grouped(self.articles_in),
            grouped(self.articles_out),
            grouped(self.words_removed),
            grouped(self.words_lost),
            grouped(self.receipts),
        )?;
        if self.receipts_of_earlier_runs > 0 {
            write!(
                f,
                "\nnot checked, for their text is of earlier runs: {} receipts for {} words",
                grouped(self.receipts_of_earlier_runs),
                grouped(self.words_of_earlier_runs),
            )?;
        }
        if self.bad_records > 0 {
            write!(f, "\nbad records, in neither output nor ledger: {}", grouped(self.bad_records))?;
        }
        Ok(())
    }
}
