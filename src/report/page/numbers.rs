//! A summary, read back: what of it stands on the page.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::alarms::{Alarm, EarlierShare};
use super::super::breakdown::Parts;
use super::super::summary::Summary;

/// The numbers of a run as its summary has them. Summaries of earlier versions lack some.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Numbers {
    pub(super) version: String,
    pub(super) articles_in: u64,
    pub(super) articles_out: u64,
    pub(super) articles_touched: u64,
    pub(super) updates: u64,
    pub(super) passages_in: u64,
    pub(super) words_in: u64,
    pub(super) words_out: u64,
    pub(super) words_lost: u64,
    pub(super) articles_removed: BTreeMap<String, u64>,
    pub(super) spans_removed: BTreeMap<String, u64>,
    pub(super) words_removed: BTreeMap<String, u64>,
    pub(super) ruled_out: BTreeMap<String, u64>,
    pub(super) filtered: BTreeMap<String, u64>,
    pub(super) languages: BTreeMap<String, u64>,
    pub(super) masked: BTreeMap<String, u64>,
    pub(super) boilerplate: Boilerplate,
    pub(super) bad_records: BTreeMap<String, u64>,
    pub(super) other_records: u64,
    pub(super) texts_cleaned: u64,
    pub(super) texts_cleaned_by: BTreeMap<String, u64>,
    pub(super) texts_decoded: BTreeMap<String, u64>,
    pub(super) bytes_in: u64,
    pub(super) record_bytes_in: u64,
    pub(super) record_bytes_out: u64,
    #[serde(flatten)]
    pub(super) parts: Parts,
    pub(super) earlier_runs: Vec<EarlierShare>,
    pub(super) alarms: Vec<Alarm>,
    pub(super) run: Option<String>,
    pub(super) settings: Map<String, Value>,
}

/// What was found of boilerplate.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Boilerplate {
    pub(super) passages: u64,
    pub(super) occurrences: u64,
    pub(super) most_frequent: Vec<BoilerplateLine>,
}

/// One of the most frequent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct BoilerplateLine {
    pub(super) host: String,
    pub(super) text: String,
    pub(super) articles: u64,
}

impl Numbers {
    /// Those of a run.
    pub fn of(summary: &Summary) -> Self {
        let value = serde_json::to_value(summary).expect("numbers and names can always be written");
        Self::read(value).expect("a summary is read as it is written")
    }

    /// Those of a summary that was written as JSON.
    ///
    /// # Errors
    ///
    /// If it is no summary.
    pub fn read(summary: Value) -> Result<Self, serde_json::Error> {
        serde_json::from_value(summary)
    }

    /// How many words were taken out.
    pub(super) fn words_gone(&self) -> u64 {
        self.words_in - self.words_out.min(self.words_in)
    }

    /// A threshold of the settings, as a share and as it is written; `None` if it is unknown.
    pub(super) fn threshold(&self, name: &str) -> Option<(f64, &str)> {
        let written = self.settings.get(name)?.as_str()?;
        let share = match written.split_once('/') {
            Some((part, whole)) => part.trim().parse::<f64>().ok()? / whole.trim().parse::<f64>().ok()?,
            None => written.parse().ok()?,
        };
        (0.0..=1.0).contains(&share).then_some((share, written))
    }
}
