//! Examples on both sides of a threshold.

use std::cmp::Ordering;
use std::fmt;

use serde::Serialize;

use crate::decide::Threshold;
use crate::explain::name;
use crate::ledger::Line;

/// So many are shown on each side.
const N_EXAMPLES: usize = 10;
/// So much of a text is shown, in characters.
const N_SHOWN: usize = 100;

/// What is next to a threshold on either side, the nearest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Border {
    /// What reaches it.
    pub go: Vec<Example>,
    /// What doesn't.
    pub stay: Vec<Example>,
}

/// Something that goes or stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Example {
    /// The record, by its id and place.
    pub record: String,
    /// How many words are covered.
    pub covered: usize,
    /// Of how many.
    pub words: usize,
    /// How it begins; of an article, what nothing covers first.
    pub text: String,
}

impl Border {
    /// Adds what a line tells of, if it is near enough to `threshold`.
    pub(super) fn add(&mut self, line: &Line, threshold: Threshold) {
        let goes = threshold.is_met(line.covered, line.words);
        let uncovered = || line.uncovered.iter().find_map(|stretch| stretch.text.as_deref());
        let text: String = line.text.as_deref().or_else(uncovered).unwrap_or_default().chars().take(N_SHOWN).collect();
        let record = name(&line.file, line.record, &line.id);
        let example = Example {
            record,
            covered: line.covered,
            words: line.words,
            text: text.split_whitespace().collect::<Vec<_>>().join(" "),
        };
        let examples = if goes { &mut self.go } else { &mut self.stay };
        let order = |a: &Example, b: &Example| if goes { a.compare(b) } else { b.compare(a) };
        let at = examples.partition_point(|other| order(other, &example) != Ordering::Greater);
        if at < N_EXAMPLES {
            examples.insert(at, example);
            examples.truncate(N_EXAMPLES);
        }
    }
}

impl Example {
    /// By the share that is covered.
    fn compare(&self, other: &Self) -> Ordering {
        (self.covered as u128 * other.words as u128).cmp(&(other.covered as u128 * self.words as u128))
    }
}

impl fmt::Display for Example {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Rounded down, as ledgers have it.
        let share = (self.covered as f64 / self.words as f64 * 1e4).floor() / 1e4;
        write!(f, "{share:.4} ({}/{})  {}  {}", self.covered, self.words, self.record, self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_to_the_threshold_come_first() {
        let mut border = Border::default();
        for covered in [50, 95, 90, 89, 100, 60, 91] {
            let line = serde_json::json!({"file": "a", "record": covered, "reason": "passage", "span": [0, 9], "words": 100,
                "covered": covered, "words_lost": 0, "text": "Ein\nText"});
            border.add(&serde_json::from_value(line).expect("this is a line"), "0.9".parse().expect("a share"));
        }
        let covered = |examples: &[Example]| examples.iter().map(|example| example.covered).collect::<Vec<_>>();
        assert_eq!(covered(&border.go), [90, 91, 95, 100]);
        assert_eq!(covered(&border.stay), [89, 60, 50]);
        assert_eq!(border.go[0].to_string(), "0.9000 (90/100)  a:90  Ein Text");
    }
}
