//! *What of this isn't the article?* Lines that are no text of an author's, by rules that are written down in `src/clean/rules/`.
//!
//! Unlike the safe cleaners these take out words, so nobody gets them unasked, and each cut is told with its rule's name.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

/// Longer lines, in characters, fit no rule.
const LONGEST_LINE: usize = 200;
/// Enough for the rules of all languages, in bytes; with a small limit the search would be slow.
const REGEX_MEMORY: usize = 64 << 20;

/// The rules that come with the program, by language.
const BUILT_IN: [(&str, &str); 12] = [
    ("de", include_str!("rules/de.txt")),
    ("en", include_str!("rules/en.txt")),
    ("fr", include_str!("rules/fr.txt")),
    ("es", include_str!("rules/es.txt")),
    ("it", include_str!("rules/it.txt")),
    ("pt", include_str!("rules/pt.txt")),
    ("nl", include_str!("rules/nl.txt")),
    ("pl", include_str!("rules/pl.txt")),
    ("tr", include_str!("rules/tr.txt")),
    ("ru", include_str!("rules/ru.txt")),
    ("ja", include_str!("rules/ja.txt")),
    ("ko", include_str!("rules/ko.txt")),
];

/// The rules that no file holds, for `--clean blocks`: their names, and numbers.
const SHAPES: [&str; 2] = ["blocks/row", "blocks/island"];
/// The rule for rows of labels.
pub const ROW: usize = 0;
/// The rule for islands of text between them.
pub const ISLAND: usize = 1;

/// What rules are used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// Whole lines.
    pub lines: bool,
    /// Pieces inside lines.
    pub inline: bool,
    /// Lines that by their shape stand around an article: it takes the eye of [`crate::split::around`] to see them, only their names are known here.
    pub blocks: bool,
}

/// Something that a rule takes out of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// Its bytes in the text, with a line break if it is a line.
    pub bytes: Range<usize>,
    /// The rule's number; none where no rule, but a list takes it out.
    pub rule: Option<usize>,
}

/// Rules, ready to be used.
#[derive(Debug)]
pub struct Rules {
    scope: Scope,
    names: Vec<Name>,
    phrases: HashMap<String, usize>,
    lines: RegexSet,
    line_rules: Vec<usize>,
    inline: Vec<(Regex, usize)>,
}

#[derive(Debug)]
struct Name {
    text: String,
    is_inline: bool,
}

/// A file of rules that can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesError {
    /// The line, from 1.
    pub line: usize,
    problem: String,
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for RulesError {}

impl Rules {
    /// The rules that come with the program, and those of another file, if there is one: its name and text.
    ///
    /// # Errors
    ///
    /// If that file holds what is no rule.
    pub fn new(scope: Scope, more: Option<(&str, &str)>) -> Result<Self, RulesError> {
        let names = SHAPES.map(|name| Name { text: name.to_owned(), is_inline: false });
        let mut draft = Draft { names: names.into(), ..Draft::default() };
        for (file, text) in BUILT_IN.into_iter().chain(more) {
            draft.read(file, text)?;
        }
        let (patterns, line_rules): (Vec<String>, Vec<usize>) = draft.lines.into_iter().unzip();
        let lines = RegexSetBuilder::new(patterns)
            .case_insensitive(true)
            .size_limit(REGEX_MEMORY)
            .dfa_size_limit(REGEX_MEMORY)
            .build()
            .map_err(|error| RulesError {
                line: more.map_or(0, |(_, text)| text.lines().count()),
                problem: problem_of(&error),
            })?;
        Ok(Self { scope, names: draft.names, phrases: draft.phrases, lines, line_rules, inline: draft.inline })
    }

    /// What the rules are used for.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// What a rule is called: file and rule, as in `de/share`.
    pub fn name(&self, rule: usize) -> &str {
        &self.names[rule].text
    }

    /// Whether a rule takes out pieces of lines.
    pub fn is_inline(&self, rule: usize) -> bool {
        self.names[rule].is_inline
    }

    /// What goes of a text, in order; see [`with_last_break`].
    pub fn cuts(&self, text: &str) -> Vec<Cut> {
        let mut cuts = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let range = start..start + line.len();
            start = range.end;
            let pieces = if self.scope.inline { self.pieces(line, range.start) } else { Vec::new() };
            // Without its pieces a line may be one that goes.
            let rest = without(text, range.clone(), &pieces);
            match self.scope.lines.then(|| self.line_rule(&rest)).flatten() {
                Some(rule) => cuts.push(Cut { bytes: range, rule: Some(rule) }),
                None => cuts.extend(pieces),
            }
        }
        cuts
    }

    /// The rule that a line fits.
    fn line_rule(&self, line: &str) -> Option<usize> {
        let line = line.trim();
        if line.is_empty() || line.chars().nth(LONGEST_LINE).is_some() {
            return None;
        }
        let by_phrase = self.phrases.get(&phrase(line)).copied();
        by_phrase.or_else(|| self.lines.matches(line).iter().next().map(|nth| self.line_rules[nth]))
    }

    /// Pieces of a line that begins at `start`, in order, none inside another.
    fn pieces(&self, line: &str, start: usize) -> Vec<Cut> {
        let mut pieces: Vec<Cut> = Vec::new();
        for (regex, rule) in &self.inline {
            let found = regex.find_iter(line).filter(|found| !found.is_empty());
            pieces.extend(found.map(|found| Cut { bytes: start + found.start()..start + found.end(), rule: Some(*rule) }));
        }
        pieces.sort_by_key(|piece| (piece.bytes.start, piece.rule));
        let mut end = 0;
        pieces.retain(|piece| {
            let is_apart = piece.bytes.start >= end;
            end = end.max(piece.bytes.end);
            is_apart
        });
        pieces
    }
}

/// What is left of a part of a text without some pieces of it.
pub fn without<'a>(text: &'a str, part: Range<usize>, cuts: &[Cut]) -> Cow<'a, str> {
    if cuts.is_empty() {
        return Cow::Borrowed(&text[part]);
    }
    let starts = std::iter::once(part.start).chain(cuts.iter().map(|cut| cut.bytes.end));
    let ends = cuts.iter().map(|cut| cut.bytes.start).chain(std::iter::once(part.end));
    Cow::Owned(starts.zip(ends).map(|(start, end)| &text[start..end]).collect())
}

/// Where lines go at the end of a text, the line break before them goes, not one after them.
pub fn with_last_break(text: &str, cuts: &mut [Cut]) {
    let is_line = |cut: &Cut| cut.bytes.start == 0 || text.as_bytes()[cut.bytes.start - 1] == b'\n';
    let has_break = |cut: &Cut| text[cut.bytes.clone()].ends_with('\n');
    let Some(last) = cuts.last() else { return };
    if last.bytes.end < text.len() || has_break(last) || !is_line(last) {
        return;
    }
    let n_lines = cuts
        .iter()
        .rev()
        .zip(cuts.iter().rev().skip(1))
        .take_while(|(cut, before)| before.bytes.end == cut.bytes.start && is_line(before))
        .count();
    let first = cuts.len() - 1 - n_lines;
    for cut in &mut cuts[first..] {
        let before = &text[..cut.bytes.start];
        let len = if before.ends_with("\r\n") { 2 } else { usize::from(before.ends_with('\n')) };
        let end = &text[cut.bytes.clone()];
        let end_len = if end.ends_with("\r\n") { 2 } else { usize::from(end.ends_with('\n')) };
        cut.bytes = cut.bytes.start - len..cut.bytes.end - end_len;
    }
}

/// A line as phrases are compared: in small letters, without what stands around it.
fn phrase(line: &str) -> String {
    line.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// Rules as they are read.
#[derive(Default)]
struct Draft {
    names: Vec<Name>,
    phrases: HashMap<String, usize>,
    lines: Vec<(String, usize)>,
    inline: Vec<(Regex, usize)>,
}

impl Draft {
    fn read(&mut self, file: &str, text: &str) -> Result<(), RulesError> {
        let mut rule = None;
        for (nth, line) in text.lines().enumerate() {
            let error = |problem: String| RulesError { line: nth + 1, problem };
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')).filter(|name| is_name(name)) {
                let short = name.strip_prefix("inline ");
                let text = format!("{file}/{}", name.replace(' ', "-"));
                self.names.push(Name { text, is_inline: short.is_some() });
                rule = Some((self.names.len() - 1, short.is_some()));
                continue;
            }
            let Some((rule, is_inline)) = rule else { return Err(error("a rule begins with its [name]".to_owned())) };
            match line.strip_prefix('/').and_then(|line| line.strip_suffix('/')) {
                Some(pattern) if is_inline => {
                    let regex = RegexBuilder::new(pattern).case_insensitive(true).build();
                    self.inline.push((regex.map_err(|problem| error(problem_of(&problem)))?, rule));
                }
                Some(pattern) => {
                    Regex::new(pattern).map_err(|problem| error(problem_of(&problem)))?;
                    self.lines.push((format!("^(?:{pattern})$"), rule));
                }
                None if is_inline => {
                    return Err(error("rules for pieces of lines are regular expressions between slashes".to_owned()));
                }
                None if phrase(line).is_empty() => return Err(error("a phrase needs a letter or digit".to_owned())),
                None => drop(self.phrases.entry(phrase(line)).or_insert(rule)),
            }
        }
        Ok(())
    }
}

/// What is wrong with an expression, in one line; the crate draws a picture of several.
fn problem_of(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    format!("no regular expression: {}", last.strip_prefix("error: ").unwrap_or(last))
}

fn is_name(name: &str) -> bool {
    let name = name.strip_prefix("inline ").unwrap_or(name);
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(lines: bool, inline: bool) -> Rules {
        Rules::new(Scope { lines, inline, blocks: false }, Some(("mine", "# mine\n[tip]\n/hinweis \\d+/\nNur bei uns!\n")))
            .expect("they are sound")
    }

    fn left(text: &str, lines: bool, inline: bool) -> (String, Vec<String>) {
        let rules = rules(lines, inline);
        let mut cuts = rules.cuts(text);
        with_last_break(text, &mut cuts);
        let left = without(text, 0..text.len(), &cuts).into_owned();
        (left, cuts.iter().filter_map(|cut| cut.rule).map(|rule| rules.name(rule).to_owned()).collect())
    }

    #[test]
    fn lines_that_are_no_text_go_with_their_breaks() {
        for (text, expected, names) in [
            ("Teilen\nDer Text.\n» Mehr zum Thema «", "Der Text.", &["de/share", "de/related"][..]),
            ("Der Text, den alle teilen.\nTeilen wir ihn!", "Der Text, den alle teilen.\nTeilen wir ihn!", &[]),
            ("a\r\nFoto: dpa/Frank Molter\r\nShare\r\n", "a\r\n", &["de/credit", "en/share"]),
            ("a\r\nAnzeige\r\nStand: 3. Februar 2026, 12:30 Uhr", "a", &["de/advert", "de/date"]),
            ("Publicité\n\nTemps de lecture : 4 min", "", &["fr/advert", "fr/date"]),
            ("Hinweis 7\nNUR BEI UNS\nb", "b", &["mine/tip", "mine/tip"]),
            ("", "", &[]),
        ] {
            let (found, by) = left(text, true, false);
            assert_eq!(found, expected, "{text:?}");
            assert_eq!(by, names, "{text:?}");
        }
    }

    #[test]
    fn pieces_of_lines_go_only_where_their_end_is_sure() {
        let text = "Der Zug (Foto: dpa/Müller) fährt. Foto: dpa Müller kam (Foto und Text).";
        assert_eq!(
            left(text, false, true),
            ("Der Zug fährt. Foto: dpa Müller kam (Foto und Text).".to_owned(), vec!["de/inline-credit".to_owned()])
        );
        assert_eq!(left(text, true, false).0, text);
        let credit = "de/inline-credit".to_owned();
        assert_eq!(left("Teilen (Foto: dpa)\na (Foto: dpa)", true, true), ("a".to_owned(), vec!["de/share".to_owned(), credit]));
    }

    #[test]
    fn a_broken_file_is_named_with_its_line() {
        let error = |text| {
            Rules::new(Scope { lines: true, inline: true, blocks: false }, Some(("x", text)))
                .expect_err("it is broken")
                .to_string()
        };
        assert_eq!(error("Teilen"), "line 1: a rule begins with its [name]");
        assert_eq!(error("[a]\n\n/(/"), "line 3: no regular expression: unclosed group");
        assert_eq!(error("[inline a]\nTeilen"), "line 2: rules for pieces of lines are regular expressions between slashes");
        assert_eq!(error("[a]\n--"), "line 2: a phrase needs a letter or digit");
    }
}
