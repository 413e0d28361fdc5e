//! The thresholds and choices of the definition.

use std::fmt;
use std::str::FromStr;

use crate::fingerprint::MinRun;

/// Short passages have fewer words; they go only with their neighbours.
pub const LONG_PASSAGE: usize = 8;
/// A gap of fewer words is never looked up by itself.
pub(super) const MIN_GAP: usize = 4;
/// As many uncovered words in a row are new text, which makes a copy an update.
pub const NEW_TEXT: usize = 40;

/// What is covered to this share is near to going.
pub const NEAR: Threshold = Threshold { part: 50, whole: 100 };

/// What decides over an article, besides the kept text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Common runs of at least this many words cover.
    pub min_run: MinRun,
    /// Sentences in a row of at least this many words are cut from a passage that stays.
    pub min_cut: MinCut,
    /// An article covered to this share is a copy.
    pub article_threshold: Threshold,
    /// A passage covered to this share goes.
    pub passage_threshold: Threshold,
    /// Whether a changed number keeps a near copy.
    pub facts: Facts,
    /// What becomes of an update.
    pub updates: Updates,
    /// From this share on, what is covered and stays is noted; `None`: nobody wants to know.
    pub near: Option<Threshold>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            min_run: MinRun::DEFAULT,
            min_cut: MinCut::Words(50),
            article_threshold: Threshold { part: 80, whole: 100 },
            passage_threshold: Threshold { part: 90, whole: 100 },
            facts: Facts::Numbers,
            updates: Updates::Whole,
            near: None,
        }
    }
}

/// How many words a row of sentences must have to be cut out of a passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MinCut {
    /// This many; not below `min-run`.
    Words(usize),
    /// Passages go whole or stay whole.
    Never,
}

/// What counts as a changed fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facts {
    /// Words with a digit.
    Numbers,
    /// These, and names: words that begin with a capital letter, where the language gives one to names only.
    Names,
    /// Nothing.
    Off,
}

/// What becomes of an article that is a copy but for a changed fact or new text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Updates {
    /// It stays whole.
    Whole,
    /// Its passages are looked at one by one.
    Cut,
    /// It goes like a copy.
    Drop,
}

/// A share above 0, up to 1, as a rational number, so that comparing it with a count of words is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    part: u64,
    whole: u64,
}

impl Threshold {
    /// Everything.
    pub const ONE: Self = Self { part: 1, whole: 1 };

    /// `part` of `whole`, if it is a share.
    pub fn new(part: u64, whole: u64) -> Option<Self> {
        (0 < part && part <= whole).then_some(Self { part, whole })
    }

    /// The smaller one of two.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        if other.is_below(self) { other } else { self }
    }

    /// Whether this is a smaller share than another.
    pub fn is_below(self, other: Self) -> bool {
        u128::from(self.part) * u128::from(other.whole) < u128::from(other.part) * u128::from(self.whole)
    }

    /// Whether `part` of `n_words` words is more than this share of them.
    pub fn is_exceeded(self, part: u64, n_words: u64) -> bool {
        u128::from(part) * u128::from(self.whole) > u128::from(n_words) * u128::from(self.part)
    }

    /// Whether `covered` of `n_words` words is this share of them or more.
    pub fn is_met(self, covered: usize, n_words: usize) -> bool {
        covered as u128 * u128::from(self.whole) >= n_words as u128 * u128::from(self.part)
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.whole.ilog10() as usize;
        write!(f, "{:.digits$}", self.part as f64 / self.whole as f64)
    }
}

/// Reads a share, or a percentage like `60%`.
///
/// # Errors
///
/// If it is neither, or not above 0, or above 1.
pub fn parse_percentage(text: &str) -> Result<Threshold, String> {
    let no_share = || format!("`{text}` is no share: write a number above 0, up to 1, like 0.6, or a percentage like 60%");
    let Some(percent) = text.strip_suffix('%') else { return text.parse().map_err(|_: ThresholdError| no_share()) };
    let (units, decimals) = percent.trim_end().split_once('.').unwrap_or((percent.trim_end(), ""));
    // One place is two places further left.
    let units = format!("{units:0>3}");
    let (ones, hundredths) = units.split_at(units.len() - 2);
    format!("{ones}.{hundredths}{decimals}").parse().map_err(|_: ThresholdError| no_share())
}

/// A text that is no share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThresholdError(String);

impl fmt::Display for ThresholdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no share: write a number above 0, up to 1, like 0.85", self.0)
    }
}

impl std::error::Error for ThresholdError {}

impl FromStr for Threshold {
    type Err = ThresholdError;

    fn from_str(text: &str) -> Result<Self, ThresholdError> {
        let no_share = || ThresholdError(text.to_owned());
        let (units, decimals) = text.split_once('.').unwrap_or((text, ""));
        let is_number = !units.is_empty() && [units, decimals].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
        if !is_number || decimals.len() > 9 || units.len() > 9 {
            return Err(no_share());
        }
        let whole = 10_u64.pow(decimals.len() as u32);
        let part = format!("{units}{decimals}").parse().map_err(|_| no_share())?;
        Self::new(part, whole).ok_or_else(no_share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_exactly_what_was_written() {
        for (text, covered, n_words, is_met) in [
            ("0.80", 8, 10, true),
            ("0.8", 7, 10, false),
            ("0.9", 9, 10, true),
            ("1", 10, 10, true),
            ("1.0", 9, 10, false),
            ("0.333333333", 1, 3, true),
        ] {
            let threshold: Threshold = text.parse().expect("a share");
            assert_eq!(threshold.is_met(covered, n_words), is_met, "{text}");
        }
        for text in ["", ".", "0", "0.0", "1.1", "-0.5", "80%", "0,8", "1e-1", ".5", "0.1234567890"] {
            assert!(text.parse::<Threshold>().is_err(), "{text}");
        }
        for (text, share) in [("60%", "0.60"), ("5%", "0.05"), ("12.5 %", "0.125"), ("100%", "1.00"), ("0.6", "0.6")] {
            assert_eq!(parse_percentage(text), Ok(share.parse().expect("a share")), "{text}");
        }
        for text in ["101%", "0%", "%", "x%", "-1%", "2"] {
            assert!(parse_percentage(text).is_err(), "{text}");
        }
        let share = |text: &str| text.parse::<Threshold>().expect("a share");
        for (one, other, is_below) in [("0.5", "0.50", false), ("0.49", "0.5", true), ("0.51", "0.5", false), ("0.9", "1", true)]
        {
            assert_eq!(share(one).is_below(share(other)), is_below, "{one} {other}");
            assert_eq!(share(one).min(share(other)), share(if is_below || one == "0.5" { one } else { other }), "{one} {other}");
        }
        assert_eq!(Threshold::new(80, 100).expect("a share").to_string(), "0.80");
    }
}
