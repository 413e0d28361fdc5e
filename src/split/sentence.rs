//! Sentences of a passage, for the question where it may be cut.

use unicode_segmentation::UnicodeSegmentation;

use super::abbreviation::is_abbreviation;
use crate::corpus::ByteSpan;

/// The sentences of `passage`, each with the white space after it: UAX #29 with line separators as white space, and no
/// border after a one- or two-digit number, a single letter or a known abbreviation with its full stop.
pub fn sentences(passage: &str) -> Vec<ByteSpan> {
    let flat = without_line_separators(passage);
    let mut sentences: Vec<ByteSpan> = Vec::new();
    let mut goes_on = false;
    for (start, sentence) in flat.split_sentence_bound_indices() {
        let end = start + sentence.len();
        match sentences.last_mut() {
            Some(last) if goes_on => last.end = end as u32,
            _ => sentences.push(ByteSpan::new(start, end)),
        }
        goes_on = ends_with_stop_that_ends_nothing(&flat[..end]);
    }
    sentences
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
    let opens = |c: char| c.is_whitespace() || "\"'»«„“‘‚›‹([{".contains(c);
    let token = before_stop.rsplit(opens).next().unwrap_or(before_stop);
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
            ("你好。再见。", &["你好。", "再见。"]),
            ("", &[]),
        ];
        for (passage, expected) in cases {
            let got: Vec<_> = sentences(passage).into_iter().map(|span| &passage[span.range()]).collect();
            assert_eq!(got, *expected, "{passage:?}");
        }
    }
}
