//! Passages: lines, or what a hard wrap made several lines of.

use super::line::{Line, lines};
use crate::corpus::ByteSpan;

/// A line break is white space, not a border, in a text where at least this many breaks stand inside a sentence ...
const MIN_INNER_BREAKS: usize = 3;
/// ... and they are at least this share of all breaks between two non-empty lines.
const MIN_INNER_PERCENT: usize = 15;

/// The passages of `text`: the bytes of each without the line break that ends it, and where that line break ends.
pub fn passages(text: &str) -> Vec<(ByteSpan, usize)> {
    let lines: Vec<Line> = lines(text).collect();
    let looks = || lines.iter().map(|line| Look::at(&text[line.start..line.content_end]));
    let span = |first: &Line, last: &Line| (ByteSpan::new(first.start, last.content_end), last.break_end);
    if !is_hard_wrapped(looks()) {
        return lines.iter().map(|line| span(line, line)).collect();
    }
    let looks: Vec<Look> = looks().collect();
    let full_length = percentile_90(&looks);
    let mut passages = Vec::new();
    let mut first = 0;
    for last in 0..lines.len() {
        let is_border = looks.get(last + 1).is_none_or(|next| is_border(&looks[last], next, full_length));
        if is_border {
            passages.push(span(&lines[first], &lines[last]));
            first = last + 1;
        }
    }
    passages
}

/// What a line looks like to someone who wonders whether it was wrapped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look<'a> {
    /// The line without white space at either end.
    pub(super) trimmed: &'a str,
    pub(super) begins_lower: bool,
}

impl<'a> Look<'a> {
    pub(super) fn at(line: &'a str) -> Self {
        let trimmed = line.trim();
        Self { trimmed, begins_lower: trimmed.chars().next().is_some_and(char::is_lowercase) }
    }

    pub(super) fn ends_sentence(&self) -> bool {
        ends_sentence(self.trimmed)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.trimmed.is_empty()
    }

    fn length(&self) -> usize {
        self.trimmed.chars().count()
    }
}

/// Whether a line ends a sentence, quotes and brackets at its end aside. White space at its end is not looked through.
pub fn ends_sentence(line: &str) -> bool {
    line.trim_end_matches(is_closing).ends_with(is_terminator)
}

fn is_terminator(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | ':' | ';' | '…' | '．' | '！' | '？' | '：' | '；' | '。' | '｡' | '؟' | '؛' | '۔' | '।' | '॥')
}

/// Quotes and brackets that may follow the end of a sentence.
fn is_closing(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | '»'
            | '«'
            | '”'
            | '“'
            | '„'
            | '’'
            | '‘'
            | '‚'
            | '›'
            | '‹'
            | ')'
            | ']'
            | '}'
            | '」'
            | '』'
            | '）'
            | '］'
            | '】'
            | '》'
            | '〉'
            | '｠'
            | '｣'
            | '〗'
            | '〕'
    )
}

/// Whether so many line breaks stand inside a sentence that all of them are in question.
pub(super) fn is_hard_wrapped<'a>(mut looks: impl Iterator<Item = Look<'a>>) -> bool {
    let Some(mut line) = looks.next() else { return false };
    let (mut n_breaks, mut n_inner) = (0, 0);
    for next in looks {
        if !line.is_empty() && !next.is_empty() {
            n_breaks += 1;
            n_inner += usize::from(next.begins_lower && !line.ends_sentence());
        }
        line = next;
    }
    n_inner >= MIN_INNER_BREAKS && n_inner * 100 >= n_breaks * MIN_INNER_PERCENT
}

/// Whether, in hard-wrapped text, the break between two neighbouring lines ends a passage.
fn is_border(line: &Look<'_>, next: &Look<'_>, full_length: usize) -> bool {
    if line.is_empty() || next.is_empty() || line.ends_sentence() {
        return true;
    }
    let token = || next.trimmed.split(char::is_whitespace).next().map_or(0, |token| token.chars().count());
    let would_have_fitted = || line.length() + 1 + token() <= full_length;
    !next.begins_lower && would_have_fitted()
}

/// The smallest length that at least 90 % of the non-empty lines do not exceed, in characters.
fn percentile_90(looks: &[Look<'_>]) -> usize {
    let mut lengths: Vec<usize> = looks.iter().filter(|look| !look.is_empty()).map(Look::length).collect();
    lengths.sort_unstable();
    let rank = (lengths.len() * 9).div_ceil(10);
    lengths.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        passages(text).into_iter().map(|(bytes, _)| &text[bytes.range()]).collect()
    }

    #[test]
    fn passages_are_lines_the_empty_ones_too() {
        assert_eq!(texts("Titel\n\nErster Absatz.\r\nzweiter\n"), ["Titel", "", "Erster Absatz.", "zweiter"]);
        assert_eq!(texts(""), [""; 0]);
    }

    #[test]
    fn a_hard_wrapped_text_is_joined_where_a_sentence_goes_on() {
        let wrapped = "Kurze Zeile\nDer Rat hat am Montag in langer\nSitzung den neuen Haushalt der\nkleinen Stadt beraten und dann\n\
                       mit großer Mehrheit beschlossen.\nDie Opposition stimmte dagegen.";
        // Inner breaks: before "kleinen" and "mit" only, so not enough: nothing is joined.
        assert_eq!(texts(wrapped).len(), 6);
        let wrapped = wrapped.replace("Sitzung den", "langen Sitzung den");
        // "Kurze Zeile" could have taken "Der", so a border follows it; "langer" is followed by lower case; "beschlossen." ends a sentence.
        let expected = [
            "Kurze Zeile",
            "Der Rat hat am Montag in langer\nlangen Sitzung den neuen Haushalt der\nkleinen Stadt beraten und dann\nmit großer Mehrheit beschlossen.",
            "Die Opposition stimmte dagegen.",
        ];
        assert_eq!(texts(&wrapped), expected);
    }

    #[test]
    fn a_capital_that_would_not_have_fitted_goes_on_too() {
        let text = "wir haben nun lange Zeilen mit\nund noch eine Zeile mit den\nund wieder eine lange Zeile von\nund diese hier endet vor dem\nHauptbahnhof";
        // 28 + 1 + 12 > 31, the longest line: "Hauptbahnhof" belongs to the line before it.
        assert_eq!(texts(text).len(), 1);
    }

    #[test]
    fn a_sentence_may_end_inside_quotes_and_in_any_script() {
        for line in ["Ja.", "„Ja!“", "(so …)", "你好。", "كيف؟", "नमस्ते।", "He said: \"No.\")"] {
            assert!(ends_sentence(line), "{line}");
        }
        for line in ["Ja", "„Ja“", "a,", ""] {
            assert!(!ends_sentence(line), "{line}");
        }
    }
}
