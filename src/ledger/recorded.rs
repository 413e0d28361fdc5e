//! The settings of a run, as they stand in a ledger that tells of what was near to going, too.

use serde::{Deserialize, Serialize};

use crate::decide::{MinCut, Rules, Threshold, Updates};

/// The reason by which their line is known.
pub(super) const SETTINGS: &str = "settings";

/// What decided in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSettings {
    /// What the line is.
    pub reason: String,
    /// The share from which on what stayed is told of.
    pub floor: String,
    /// The share of an article's words from which on it is a copy.
    pub article_threshold: String,
    /// The share of a passage's words from which on it goes.
    pub passage_threshold: String,
    /// The shortest run that covers, in words.
    pub min_run: usize,
    /// The shortest cut, in words; absent if nothing is cut.
    pub min_cut: Option<usize>,
    /// What becomes of updates.
    pub updates: String,
}

impl RunSettings {
    /// Those of a run by these rules; `None` if it doesn't note what is near.
    pub fn of(rules: &Rules) -> Option<Self> {
        let floor = rules.near?;
        let updates = match rules.updates {
            Updates::Whole => "whole",
            Updates::Cut => "cut",
            Updates::Drop => "drop",
        };
        Some(Self {
            reason: SETTINGS.to_owned(),
            floor: floor.to_string(),
            article_threshold: rules.article_threshold.to_string(),
            passage_threshold: rules.passage_threshold.to_string(),
            min_run: rules.min_run.words(),
            min_cut: if let MinCut::Words(words) = rules.min_cut { Some(words) } else { None },
            updates: updates.to_owned(),
        })
    }

    /// The two thresholds, and the floor below which nothing is told of; `None` if they are no shares.
    pub fn thresholds(&self) -> Option<Recorded> {
        Some(Recorded {
            article: self.article_threshold.parse().ok()?,
            passage: self.passage_threshold.parse().ok()?,
            floor: self.floor.parse().ok()?,
        })
    }
}

/// Shares that a ledger names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// From this one on an article was a copy.
    pub article: Threshold,
    /// From this one on a passage went.
    pub passage: Threshold,
    /// From this one on it is told of what stayed.
    pub floor: Threshold,
}
