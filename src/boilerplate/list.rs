//! Lists of boilerplate: found in a first reading, or reviewed by a person.

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::occurrences::article_hash;
use super::{Keyed, key_of};
use crate::corpus::Place;
use crate::fingerprint::{MixedHashing, Seed};

/// A line of a list, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListLine {
    /// The host (or source) whose articles have the passage; empty where records name none.
    pub host: String,
    /// How it reads; which digits stand in it makes no difference.
    pub text: String,
    /// In how many articles it was found.
    #[serde(default)]
    pub articles: u32,
}

/// A line that is none of a list.
#[derive(Debug)]
pub struct ListError {
    line: usize,
    error: serde_json::Error,
}

impl fmt::Display for ListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.error)
    }
}

impl std::error::Error for ListError {}

/// Boilerplate that is to be taken out.
#[derive(Debug, Default)]
pub struct List {
    /// By key, the article that keeps it, if one does.
    passages: HashMap<u64, Option<u32>, MixedHashing>,
}

impl List {
    /// Adds a passage by its key; an article may keep it.
    pub(super) fn add(&mut self, key: u64, keeper: Option<u32>) {
        self.passages.insert(key, keeper);
    }

    /// A list as it was written, and perhaps reviewed: JSON Lines. No article keeps anything of it.
    ///
    /// # Errors
    ///
    /// If a line is no [`ListLine`].
    pub fn read(text: &str, seed: Seed) -> Result<Self, ListError> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let passages = lines.map(|(nth, line)| {
            let ListLine { host, text, .. } = serde_json::from_str(line).map_err(|error| ListError { line: nth + 1, error })?;
            Ok((key_of(&host, &text, seed), None))
        });
        Ok(Self { passages: passages.collect::<Result<_, ListError>>()? })
    }

    /// Whether a passage of an article is taken out.
    pub fn takes(&self, passage: &Keyed, place: Place) -> bool {
        let is_kept = |keeper: Option<u32>| keeper == Some(article_hash(place)) && passage.is_first;
        self.passages.get(&passage.key).is_some_and(|keeper| !is_kept(*keeper))
    }
}
