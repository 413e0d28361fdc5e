//! Words, the plain way: UAX #29 on normalized text, with the way back to the text as it stands.
//!
//! [`crate::fingerprint`] finds the same words faster; this is the version it must agree with, and the one it hands hard pieces to.

use std::borrow::Cow;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use unicode_segmentation::UnicodeSegmentation;

use crate::corpus::ByteSpan;

/// Characters that are there but mean nothing to a reader: the Unicode property Default_Ignorable_Code_Point.
pub fn is_default_ignorable(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Calls `found` with each word of `text`: where it stands (bytes of `text`), and how it reads after
/// normalization form C, without default-ignorable characters (U+200B counts as a space).
pub fn for_each_word(text: &str, mut found: impl FnMut(ByteSpan, &str)) {
    match searchable(text) {
        Cow::Borrowed(same) => {
            for (start, word) in same.unicode_word_indices() {
                found(ByteSpan::new(start, start + word.len()), word);
            }
        }
        Cow::Owned(changed) => {
            let mut way_back = WayBack::new(text, &changed);
            for (start, word) in changed.unicode_word_indices() {
                found(way_back.span(start, word), word);
            }
        }
    }
}

/// The text in which words are found.
fn searchable(text: &str) -> Cow<'_, str> {
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    if !composed.chars().any(is_default_ignorable) {
        return composed;
    }
    let seen = |c: char| match c {
        '\u{200B}' => Some(' '),
        c if is_default_ignorable(c) => None,
        c => Some(c),
    };
    Cow::Owned(composed.chars().filter_map(seen).collect())
}

/// Leads from places in the searchable text back to places in the text as it stands.
///
/// Both decompose to the same characters, so a place is found again by counting them. Composing may reorder marks, but only
/// behind their letter, where no word begins or ends.
struct WayBack<'a> {
    original: std::str::CharIndices<'a>,
    /// Decomposed characters passed in the original so far, and the byte after them.
    original_count: usize,
    original_end: usize,
    changed: &'a str,
    changed_at: usize,
    changed_count: usize,
}

impl<'a> WayBack<'a> {
    fn new(original: &'a str, changed: &'a str) -> Self {
        Self { original: original.char_indices(), original_count: 0, original_end: 0, changed, changed_at: 0, changed_count: 0 }
    }

    /// Where `word`, which begins at byte `start` of the searchable text, stands in the original. Words must come in order.
    fn span(&mut self, start: usize, word: &str) -> ByteSpan {
        self.changed_count += decomposed_len(&self.changed[self.changed_at..start]);
        let first = self.skip_to(self.changed_count);
        self.changed_count += decomposed_len(word);
        self.changed_at = start + word.len();
        self.pass(self.changed_count);
        ByteSpan::new(first, self.original_end)
    }

    /// Passes everything before the `count`-th decomposed character, and the ignorable ones right before it; returns its byte.
    fn skip_to(&mut self, count: usize) -> usize {
        self.pass(count);
        for (at, c) in self.original.clone() {
            if counted_len(c) > 0 {
                return at;
            }
        }
        self.original_end
    }

    /// Moves on until `count` decomposed characters are passed.
    fn pass(&mut self, count: usize) {
        while self.original_count < count {
            let Some((at, c)) = self.original.next() else { break };
            self.original_count += counted_len(c);
            self.original_end = at + c.len_utf8();
        }
    }
}

/// How many decomposed characters `c` stands for in the searchable text.
fn counted_len(c: char) -> usize {
    match c {
        '\u{200B}' => 1,
        c if is_default_ignorable(c) => 0,
        c => decomposed_len(c.encode_utf8(&mut [0; 4])),
    }
}

fn decomposed_len(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    DecomposingNormalizerBorrowed::new_nfd().normalize(text).chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for_each_word(text, |span, word| all.push((text[span.range()].to_owned(), word.to_owned())));
        all
    }

    #[test]
    fn words_are_found_where_they_stand() {
        let cases: &[(&str, &[(&str, &str)])] = &[
            ("Die US-Firma, 3,5 Mio.", &[("Die", "Die"), ("US", "US"), ("Firma", "Firma"), ("3,5", "3,5"), ("Mio", "Mio")]),
            ("z\u{AD}wei T\u{AD}eile\u{AD}", &[("z\u{AD}wei", "zwei"), ("T\u{AD}eile", "Teile")]),
            ("\u{FEFF}u\u{308}ber -- \u{AD}das", &[("u\u{308}ber", "über"), ("das", "das")]),
            ("a\u{200B}b", &[("a", "a"), ("b", "b")]),
            ("新闻 x", &[("新", "新"), ("闻", "闻"), ("x", "x")]),
            ("می\u{200C}شود", &[("می\u{200C}شود", "میشود")]),
            ("- …", &[]),
        ];
        for (text, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect();
            assert_eq!(words(text), expected, "{text:?}");
        }
    }

    #[test]
    fn default_ignorable_is_the_unicode_property() {
        use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
        let property = CodePointSetData::new::<DefaultIgnorableCodePoint>();
        for c in '\0'..=char::MAX {
            assert_eq!(is_default_ignorable(c), property.contains(c), "{:04X}", c as u32);
        }
    }
}
