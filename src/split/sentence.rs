//! Sentences of a passage, for the question where it may be cut.

use unicode_segmentation::UnicodeSegmentation;

use super::abbreviation::is_abbreviation;
use crate::corpus::ByteSpan;

/// A word of so many letters before a full stop is no abbreviation, unless it is listed.
const ORDINARY_WORD: usize = 6;

/// The sentences of `passage`, each with the white space after it: UAX #29 with line separators as white space, with no
/// border after a one- or two-digit number, a single letter or a known abbreviation with its full stop, but with one after any other word of six letters or more
/// with its full stop and white space, also where a lower-case letter follows ("... zu sichern. shutterstock.com").
pub fn sentences(passage: &str) -> Vec<ByteSpan> {
    let flat = without_line_separators(passage);
    let mut sentences: Vec<ByteSpan> = Vec::new();
    let mut goes_on = false;
    for (start, sentence) in flat.split_sentence_bound_indices() {
        for (start, end) in split_after_ordinary_words(&flat, start, start + sentence.len()) {
            match sentences.last_mut() {
                Some(last) if goes_on => last.end = end as u32,
                _ => sentences.push(ByteSpan::new(start, end)),
            }
            goes_on = ends_with_stop_that_ends_nothing(&flat[..end]);
        }
    }
    sentences
}

/// Cuts a UAX #29 sentence where only the lower-case letter that follows kept it from ending.
fn split_after_ordinary_words(text: &str, start: usize, end: usize) -> Vec<(usize, usize)> {
    let mut pieces = Vec::new();
    let mut piece = start;
    for at in memchr::memchr_iter(b'.', &text.as_bytes()[start..end]).map(|at| start + at) {
        let after = &text[at + 1..end];
        let next = after.trim_start();
        let next_at = end - next.len();
        let is_border = next.len() < after.len() && next.starts_with(char::is_lowercase) && ends_with_ordinary_word(&text[..at]);
        if is_border {
            pieces.push((piece, next_at));
            piece = next_at;
        }
    }
    pieces.push((piece, end));
    pieces
}

fn ends_with_ordinary_word(text: &str) -> bool {
    let token = last_token(text);
    token.chars().count() >= ORDINARY_WORD && token.chars().all(char::is_alphabetic) && !is_abbreviation(token)
}

/// What stands between the last white space, opening quote or bracket, and the end.
fn last_token(text: &str) -> &str {
    let opens = |c: char| c.is_whitespace() || "\"'»«„“‘‚›‹([{".contains(c);
    text.rsplit(opens).next().unwrap_or(text)
}

/// The same bytes, with spaces for every character that UAX #29 would end a sentence at for being a line separator.
fn without_line_separators(passage: &str) -> String {
    let mut flat = String::with_capacity(passage.len());
    for c in passage.chars() {
        match c {
            '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                flat.extend(std::iter::repeat_n(' ', c.len_utf8()));
            }
            c => flat.push(c),
        }
    }
    flat
}

fn ends_with_stop_that_ends_nothing(text: &str) -> bool {
    let Some(before_stop) = text.trim_end().strip_suffix('.') else {
        return false;
    };
    let token = last_token(before_stop);
    let is_ordinal = matches!(token.len(), 1 | 2) && token.bytes().all(|b| b.is_ascii_digit());
    let mut letters = token.chars();
    let is_letter = letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none();
    is_ordinal || is_letter || is_abbreviation(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_a_reader_would_end_them() {
        let cases: &[(&str, &[&str])] = &[
            ("Das war es. Und nun?", &["Das war es. ", "Und nun?"]),
            ("Am 6. Mai kam Dr. Meier. Er ging.", &["Am 6. Mai kam Dr. Meier. ", "Er ging."]),
            ("Es war 1999. Danach kam 2000.", &["Es war 1999. ", "Danach kam 2000."]),
            ("George W. Bush kam. Er blieb.", &["George W. Bush kam. ", "Er blieb."]),
            ("Der Satz\ngeht weiter.\nNeuer Satz.", &["Der Satz\ngeht weiter.\n", "Neuer Satz."]),
            ("u. a. Meier (vgl. Müller) kam.", &["u. a. Meier (vgl. Müller) kam."]),
            ("Um sie zu sichern. shutterstock.com zeigt", &["Um sie zu sichern. ", "shutterstock.com zeigt"]),
            ("„Alles gesichert.“ sagte er. und kam", &["„Alles gesichert.“ sagte er. und kam"]),
            ("einschl. des Vorworts", &["einschl. des Vorworts"]),
            ("你好。再见。", &["你好。", "再见。"]),
            ("", &[]),
        ];
        for (passage, expected) in cases {
            let got: Vec<_> = sentences(passage).into_iter().map(|span| &passage[span.range()]).collect();
            assert_eq!(got, *expected, "{passage:?}");
        }
    }
}
