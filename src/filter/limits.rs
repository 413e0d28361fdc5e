//! The limits, read from `limits.txt`, and which of them a text is beyond.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use super::measure::{Measured, word_number};
use crate::fingerprint::MixedHashing;
use crate::language::Language;

/// What comes with the program.
const BUILT_IN: &str = include_str!("limits.txt");
/// The section for any language.
const DEFAULT: &str = "default";
/// The line that lists words instead of values.
const STOP_WORDS: &str = "stop-words";
/// So many words of a text must be stop words.
const N_STOP_WORDS: usize = 2;

/// A rule of the filter, by its name in ledgers, summaries and tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule(
    /// The name.
    pub &'static str,
);

/// On which side of a limit it is well.
#[derive(Clone, Copy)]
enum Side {
    AtLeast,
    AtMost,
}
use Side::{AtLeast, AtMost};

/// A rule, and what is measured for it, knowing the limit: nothing where the text is too small to tell.
type Bound = (Rule, Side, fn(&Measured<'_>, f64) -> Option<f64>);

/// The lines of a section, each with what its values bound; in this order an article's rules are told.
const LINES: [(&str, &[Bound]); 13] = [
    (
        "words",
        &[
            (Rule("too-short"), AtLeast, |text, limit| {
                let n_words = text.n_words() as f64;
                (n_words >= limit || !text.is_in_sentences()).then_some(n_words)
            }),
            (Rule("too-short"), AtLeast, |text, _| Some(text.n_words() as f64)),
        ],
    ),
    (
        "word-length",
        &[
            (Rule("word-length"), AtLeast, |text, _| Some(text.word_length())),
            (Rule("word-length"), AtMost, |text, _| Some(text.word_length())),
        ],
    ),
    ("symbols", &[(Rule("symbols"), AtMost, |text, _| Some(text.symbols_per_word()))]),
    ("ellipses", &[(Rule("ellipses"), AtMost, |text, _| Some(text.ellipses_per_word()))]),
    ("bullets", &[(Rule("bullets"), AtMost, |text, _| text.bullets())]),
    ("ellipsis-ends", &[(Rule("ellipsis-ends"), AtMost, |text, _| text.ellipsis_ends())]),
    ("letters", &[(Rule("letters"), AtLeast, |text, _| Some(text.letters()))]),
    ("repeated-passages", &[(Rule("repeated-passages"), AtMost, |text, _| text.repeated_passages())]),
    ("repeated-text", &[(Rule("repeated-text"), AtMost, |text, _| Some(text.repeated_text()))]),
    (
        "top",
        &[
            (Rule("top-2"), AtMost, |text, limit| Some(text.top(2, limit))),
            (Rule("top-3"), AtMost, |text, limit| Some(text.top(3, limit))),
            (Rule("top-4"), AtMost, |text, limit| Some(text.top(4, limit))),
        ],
    ),
    (
        "repeated",
        &[
            (Rule("repeated-5"), AtMost, |text, limit| Some(text.repeated(5, limit))),
            (Rule("repeated-6"), AtMost, |text, limit| Some(text.repeated(6, limit))),
            (Rule("repeated-7"), AtMost, |text, limit| Some(text.repeated(7, limit))),
            (Rule("repeated-8"), AtMost, |text, limit| Some(text.repeated(8, limit))),
            (Rule("repeated-9"), AtMost, |text, limit| Some(text.repeated(9, limit))),
            (Rule("repeated-10"), AtMost, |text, limit| Some(text.repeated(10, limit))),
        ],
    ),
    ("passage-ends", &[(Rule("passage-ends"), AtLeast, |text, _| text.passage_ends())]),
    ("passages", &[(Rule("passages"), AtMost, |text, _| Some(text.passages_per_word()))]),
];

/// The limits of all languages.
#[derive(Debug, Clone)]
pub struct Limits {
    default: Section,
    by_language: BTreeMap<Language, Section>,
}

/// The limits of a language.
#[derive(Debug, Clone, Default, PartialEq)]
struct Section {
    /// For each of [`LINES`], a value for each bound; `None` where there is no limit.
    values: [Vec<Option<f64>>; LINES.len()],
    /// The numbers of its stop words; empty where it has none.
    stop_words: HashSet<u64, MixedHashing>,
}

/// A line that says no limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitsError {
    /// The line, from 1.
    pub line: usize,
    problem: &'static str,
}

impl fmt::Display for LimitsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for LimitsError {}

impl Limits {
    /// The limits that come with the program.
    pub fn built_in() -> Self {
        Self::read(BUILT_IN).unwrap_or_else(|error| unreachable!("the limits that come with the program are sound: {error}"))
    }

    /// Reads limits as they stand in `limits.txt`.
    ///
    /// # Errors
    ///
    /// If a line says none.
    pub fn read(text: &str) -> Result<Self, LimitsError> {
        let mut limits = Self { default: Section::default(), by_language: BTreeMap::new() };
        let mut language = None;
        let (mut has_default, mut seen) = (false, HashSet::new());
        for (nth, line) in text.lines().enumerate() {
            let wrong = |problem| LimitsError { line: nth + 1, problem };
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
                let named = Language::named(name);
                if name != DEFAULT && named.is_none() {
                    return Err(wrong("no language has this code"));
                }
                // `default` is no code, being longer than one.
                language = named;
                let is_first = match language {
                    None => limits.by_language.is_empty() && !std::mem::replace(&mut has_default, true) && seen.is_empty(),
                    Some(language) => limits.by_language.insert(language, limits.default.clone()).is_none(),
                };
                if !is_first {
                    return Err(wrong("[default] comes first, and each language once"));
                }
                seen.clear();
                continue;
            }
            let section = match language {
                None => &mut limits.default,
                Some(language) => limits.by_language.get_mut(&language).ok_or_else(|| wrong("a section comes first"))?,
            };
            section.read(line).map_err(wrong)?;
            if !seen.insert(line.split_whitespace().next()) {
                return Err(wrong("its section has this rule already"));
            }
        }
        Ok(limits)
    }

    fn section(&self, language: Option<Language>) -> &Section {
        language.and_then(|language| self.by_language.get(&language)).unwrap_or(&self.default)
    }

    /// Whether the text has the stop words that a text in this language must have; so it is where no such words are listed.
    pub(super) fn has_stop_words(&self, language: Language, text: &Measured<'_>) -> bool {
        self.section(Some(language)).has_stop_words(text)
    }

    /// The rules that a text in this language fails.
    pub(super) fn failing(&self, language: Option<Language>, text: &Measured<'_>) -> Vec<Rule> {
        let section = self.section(language);
        let mut failing = Vec::new();
        for ((_, bounds), values) in LINES.iter().zip(&section.values) {
            for (&(rule, side, measure), limit) in bounds.iter().zip(values) {
                let Some(limit) = *limit else { continue };
                let is_well = measure(text, limit).is_none_or(|measured| match side {
                    AtLeast => measured >= limit,
                    AtMost => measured <= limit,
                });
                if !is_well && failing.last() != Some(&rule) {
                    failing.push(rule);
                }
            }
        }
        failing.extend((!section.has_stop_words(text)).then_some(Rule(STOP_WORDS)));
        failing
    }
}

impl Section {
    fn read(&mut self, line: &str) -> Result<(), &'static str> {
        let mut pieces = line.split_whitespace();
        let name = pieces.next().unwrap_or_default();
        if name == STOP_WORDS {
            self.stop_words = pieces.map(word_number).collect();
            return Ok(());
        }
        let nth = LINES.iter().position(|(line, _)| *line == name).ok_or("no rule has this name")?;
        let value = |piece: &str| {
            if piece == "-" { Some(None) } else { piece.parse().ok().filter(|value| (0.0..=f64::MAX).contains(value)).map(Some) }
        };
        let values: Vec<Option<f64>> = pieces.map(value).collect::<Option<_>>().ok_or("a value is a number from 0 on, or `-`")?;
        if values.len() != LINES[nth].1.len() {
            return Err("the rule has another number of values than this");
        }
        self.values[nth] = values;
        Ok(())
    }

    fn has_stop_words(&self, text: &Measured<'_>) -> bool {
        self.stop_words.is_empty() || text.has_among(N_STOP_WORDS, &self.stop_words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(code: &str) -> Option<Language> {
        Some(Language::named(code).expect("a code"))
    }

    fn failing(text: &str, language: Option<Language>) -> Vec<&'static str> {
        Limits::built_in().failing(language, &Measured::of(text)).into_iter().map(|rule| rule.0).collect()
    }

    #[test]
    fn the_limits_that_come_with_the_program_say_every_rule_of_every_language() {
        let limits = Limits::read(BUILT_IN).expect("sound");
        assert_eq!(limits.by_language.len(), 21);
        for section in limits.by_language.values().chain([&limits.default]) {
            for ((name, bounds), values) in LINES.iter().zip(&section.values) {
                assert_eq!(values.len(), bounds.len(), "{name}");
            }
        }
        assert!(limits.by_language.values().all(|section| section.stop_words.len() >= N_STOP_WORDS));
        assert!(limits.default.stop_words.is_empty());
        assert_eq!(limits.section(named("yo")), &limits.default);
    }

    #[test]
    fn a_line_that_says_no_limits_is_told() {
        for (text, line) in [
            ("words x 3", 1),
            ("\n[xyz9]", 2),
            ("word-length 3", 1),
            ("[de]\nwrods 3", 2),
            ("words 1", 1),
            ("[de]\n[fr]\n[de]", 3),
            ("[de]\n[default]", 2),
            ("letters -0.1", 1),
            ("letters nan", 1),
        ] {
            assert_eq!(Limits::read(text).map(|_| ()).map_err(|error| error.line), Err(line), "{text}");
        }
    }

    #[test]
    fn a_text_is_held_to_the_limits_of_its_language() {
        let good = "Der Kreistag hat am Montag lange über die alte Brücke beraten, die seit dem Hochwasser gesperrt ist. Ein Gutachter sagte, \
            ihre Pfeiler seien noch fest, nur das Geländer müsse neu gebaut werden. Im Herbst soll sie wieder offen sein. Bis dahin fahren \
            Busse einen Umweg von zwölf Kilometern, und wer zu Fuß unterwegs ist, nimmt die Fähre.";
        assert_eq!(failing(good, named("de")), [""; 0]);
        assert_eq!(failing(good, named("fr")), ["stop-words"]);
        assert_eq!(failing(good, None), [""; 0]);
        assert_eq!(failing("Kurz.", named("de")), ["too-short", "passages", "stop-words"]);
        assert_eq!(failing("Kurz.", None), ["too-short", "passages"]);
        let list: String = (0..60).map(|nth| format!("- {nth}000 x{nth}\n")).collect();
        assert_eq!(failing(&list, None), ["bullets", "letters", "passages"]);
        let song = format!("{good}\n{}", "Und alle sangen noch einmal das Lied vom alten Mann am Meer\n".repeat(9));
        assert!(
            failing(&song, named("de")).starts_with(&["repeated-passages", "repeated-text"]),
            "{:?}",
            failing(&song, named("de"))
        );
        let signs = format!("{good} {}", "# … ".repeat(8));
        assert_eq!(failing(&signs, named("de")), ["symbols", "ellipses"]);
    }
}
