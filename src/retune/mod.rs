//! *What would go with other thresholds?* Told from a ledger that holds scores, without reading the dump again.
//!
//! Each article is judged anew by its scores (`score`), with the thresholds of the run and with others; what that changes is added to what the ledger says. So the run's
//! own thresholds give its own numbers. The rest is an estimate: what goes changes what is kept, and so what later articles are covered by.

mod examples;
mod score;

use std::fmt;
use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};

pub use examples::{Border, Example};
pub use score::{Outcome, Thresholds};

use crate::decide::{NEW_TEXT, Threshold};
use crate::error::{Error, printable};
use crate::ledger::{Line, LineKind, Lines, RunSettings};
use crate::report::grouped;

/// What a run took out, and what it would with other thresholds.
#[derive(Debug, Clone, Serialize)]
pub struct Retuned {
    /// What the ledger says.
    pub as_run: Outcome,
    /// What it would be.
    pub tried: Outcome,
    /// Articles around the threshold that was tried.
    pub articles: Border,
    /// Passages around it.
    pub passages: Border,
    #[serde(skip)]
    thresholds: [Thresholds; 2],
}

/// Judges what a ledger tells of by other thresholds; those that are not named are the run's.
///
/// # Errors
///
/// If the ledger cannot be read, holds no scores, or none for thresholds as low.
pub fn retune(ledger: &Path, article: Option<Threshold>, passage: Option<Threshold>) -> Result<Retuned, Error> {
    let mut lines = Lines::open(ledger, ledger)?.with_notes();
    lines.peek()?;
    let no_scores = || Error::input(ledger, "it has no scores").with_hint("dedup --ledger-all writes them into the ledger");
    let settings = lines.settings().cloned().ok_or_else(no_scores)?;
    let recorded = settings.thresholds().ok_or_else(no_scores)?;
    let as_run = Thresholds { article: recorded.article, passage: recorded.passage };
    let tried = Thresholds { article: article.unwrap_or(as_run.article), passage: passage.unwrap_or(as_run.passage) };
    for (option, threshold) in [("--article-threshold", tried.article), ("--passage-threshold", tried.passage)] {
        if threshold.is_below(recorded.floor) {
            let floor = recorded.floor;
            let problem = format!("{option} {threshold} is below {floor}, and of what is covered less the ledger doesn't tell");
            return Err(Error::usage(problem).with_hint("dedup --check tells what would go, by a run with that threshold"));
        }
    }
    let mut retuned = Retuned {
        as_run: Outcome::default(),
        tried: Outcome::default(),
        articles: Border::default(),
        passages: Border::default(),
        thresholds: [as_run, tried],
    };
    while let Some(first) = lines.next_if(|_| true)? {
        let (file, record) = (first.file.clone(), first.record);
        let mut group = vec![first];
        while let Some(line) = lines.next_if(|line| line.is_of(&file, record))? {
            group.push(line);
        }
        retuned.add(&group, &settings);
    }
    Ok(retuned)
}

impl Retuned {
    /// Adds a record with these lines.
    fn add(&mut self, lines: &[Line], settings: &RunSettings) {
        let [as_run, tried] = self.thresholds;
        let actual = Outcome::of(lines);
        self.as_run.add(&actual);
        let is_filtered = lines.iter().any(|line| line.reason == "filter");
        let scores = || lines.iter().filter(|_| !is_filtered).filter_map(|line| line.scores.as_ref());
        let outcome = |thresholds| {
            let mut sum = Outcome::default();
            scores().for_each(|scores| sum.add(&score::outcome(scores, thresholds, settings)));
            sum
        };
        self.tried.add(&actual.changed_from(&outcome(as_run), outcome(tried)));
        let is_threshold_all = settings.updates == "drop"
            || scores().all(|scores| scores.longest_new < NEW_TEXT && scores.passages.iter().all(|passage| passage[2] == 0));
        for line in lines.iter().filter(|line| line.words > 0) {
            let is_below = line.stayed.as_deref() == Some("below-threshold");
            let (border, threshold) = match (line.kind(), line.reason.as_str(), line.would_be.as_deref()) {
                (_, "copy", _) => (&mut self.articles, tried.article),
                (Some(LineKind::Near), _, Some("copy")) if is_below && is_threshold_all => (&mut self.articles, tried.article),
                (_, "passage", _) => (&mut self.passages, tried.passage),
                (Some(LineKind::Near), _, Some("passage")) if is_below => (&mut self.passages, tried.passage),
                _ => continue,
            };
            border.add(line, threshold);
        }
    }

    /// All as JSON.
    pub fn as_json(&self) -> Value {
        let [as_run, tried] = self.thresholds.map(|thresholds| {
            json!({"article_threshold": thresholds.article.to_string(), "passage_threshold": thresholds.passage.to_string()})
        });
        json!({"thresholds": {"as_run": as_run, "tried": tried}, "as_run": self.as_run, "tried": self.tried, "articles": self.articles, "passages": self.passages})
    }
}

impl fmt::Display for Retuned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [as_run, tried] = self.thresholds;
        let rows = [
            ("", "as run".to_owned(), "tried".to_owned()),
            ("article threshold", as_run.article.to_string(), tried.article.to_string()),
            ("passage threshold", as_run.passage.to_string(), tried.passage.to_string()),
            ("articles taken out", grouped(self.as_run.articles), grouped(self.tried.articles)),
            ("updates kept", grouped(self.as_run.updates), grouped(self.tried.updates)),
            ("passages taken out", grouped(self.as_run.passages), grouped(self.tried.passages)),
            ("parts of passages", grouped(self.as_run.parts), grouped(self.tried.parts)),
            ("words taken out", grouped(self.as_run.words), grouped(self.tried.words)),
            ("words lost", grouped(self.as_run.words_lost), grouped(self.tried.words_lost)),
        ];
        for (name, before, after) in rows {
            writeln!(f, "{name:<20}{before:>14}{after:>14}")?;
        }
        for (what, border) in [("articles", &self.articles), ("passages", &self.passages)] {
            for (side, examples) in [("would go", &border.go), ("would stay", &border.stay)] {
                if !examples.is_empty() {
                    writeln!(f, "\n{what} that {side}, the nearest to the threshold first:")?;
                }
                for example in examples {
                    writeln!(f, "  {}", printable(&example.to_string()))?;
                }
            }
        }
        Ok(())
    }
}
