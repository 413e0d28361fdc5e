//! *What did the author write?* Undoes what scrapers and screens did to the text, and nothing that a reader would see.
//!
//! Each cleaner lives in its own file; `CLEANERS` is their order. Cleaning twice is cleaning once.

mod entities;
mod invisible;
mod line_ends;
mod mask;
mod mojibake;
mod nfc;
mod rules;
mod spaces;
mod suspects;

use std::borrow::Cow;

pub use mask::{Mask, Masked, masked, masks};
pub use rules::{Cut, ISLAND, ROW, Rules, RulesError, Scope, with_last_break, without};

/// How much is cleaned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cleaning {
    /// Nothing: the text is taken as it came, and text that is no UTF-8 not at all.
    Off,
    /// The same as [`Self::Safe`], but line ends stay as they are: those of a text file are the file's.
    SafeInLines,
    /// What is safe in any language: HTML entities, mojibake, line ends, invisible characters, odd spaces, normalization form C.
    #[default]
    Safe,
}

use suspects::{IsSuspect, suspects};

/// A cleaner: the text without what it takes offence at, or the same text.
type Cleaner = fn(&str) -> Cow<'_, str>;

const LINE_ENDS: &str = "line-ends";

/// The safe cleaners by name, in order, each with what it takes offence at.
const CLEANERS: [(&str, Cleaner, IsSuspect); 6] = [
    ("entities", entities::decoded, entities::is_suspect),
    ("mojibake", mojibake::repaired, mojibake::is_suspect),
    (LINE_ENDS, line_ends::plain, line_ends::is_suspect),
    ("invisible", invisible::without_invisible, invisible::is_suspect),
    ("spaces", spaces::with_plain_spaces, spaces::is_suspect),
    ("nfc", nfc::composed, nfc::is_suspect),
];

/// The cleaners that changed a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CleanedBy(u8);

impl CleanedBy {
    /// Whether none of them did.
    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Their names, in order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        CLEANERS.iter().enumerate().filter(move |(nth, _)| self.0 & (1 << nth) != 0).map(|(_, (name, ..))| *name)
    }

    /// Those of two texts.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A text as later stages see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanedText {
    /// The cleaned text.
    pub text: String,
    /// What made another text of it.
    pub by: CleanedBy,
}

/// Cleans a text.
pub fn clean(text: String, cleaning: Cleaning) -> CleanedText {
    let mut cleaned = CleanedText { text, by: CleanedBy::default() };
    if cleaning == Cleaning::Off {
        return cleaned;
    }
    // What one cleaner takes out may have hidden something from another before it.
    let mut suspicious = suspects(&cleaned.text);
    loop {
        let mut by = CleanedBy::default();
        for (nth, (name, cleaner, _)) in CLEANERS.iter().enumerate() {
            if suspicious & 1 << nth == 0 || *name == LINE_ENDS && cleaning == Cleaning::SafeInLines {
                continue;
            }
            if let Cow::Owned(text) = cleaner(&cleaned.text) {
                cleaned.text = text;
                by.0 |= 1 << nth;
                suspicious = suspects(&cleaned.text);
            }
        }
        if by.is_none() {
            return cleaned;
        }
        cleaned.by = cleaned.by.and(by);
    }
}

/// The text with every character replaced as `replace` says: by another, by nothing (`None`), or by itself.
fn mapped(text: &str, mut replace: impl FnMut(char) -> Option<char>) -> Cow<'_, str> {
    let mut mapped = String::new();
    let mut copied_to = 0;
    for (at, c) in text.char_indices() {
        let replaced = replace(c);
        if replaced != Some(c) {
            mapped.reserve(text.len() - copied_to);
            mapped.push_str(&text[copied_to..at]);
            mapped.extend(replaced);
            copied_to = at + c.len_utf8();
        }
    }
    if copied_to == 0 {
        return Cow::Borrowed(text);
    }
    mapped.push_str(&text[copied_to..]);
    Cow::Owned(mapped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_comes_out_as_it_was_meant() {
        for (text, cleaned) in [
            ("Gro\u{AD}ße\u{FEFF} A\u{2060}B\u{0}", "Große AB"),
            ("10\u{202F}000\u{A0}Euro\u{2009}–\u{3000}x", "10 000 Euro –\u{3000}x"),
            ("u\u{308}ber", "über"),
            ("a\u{200B}b", "a b"),
            ("ភាសា\u{200B}ខ្មែរ", "ភាសា\u{200B}ខ្មែរ"),
            ("می\u{200C}شود 👩\u{200D}🚀", "می\u{200C}شود 👩\u{200D}🚀"),
            ("a\u{2028}b\u{B}c\tx\r\n\r", "a\nb c\tx\n\r"),
            ("Sch&amp;ouml;ne GrÃ¼ÃŸe&nbsp;&shy;!", "Schöne Grüße !"),
            ("„Ja“ … – 3 °C  Ende ", "„Ja“ … – 3 °C  Ende "),
        ] {
            let found = clean(text.to_owned(), Cleaning::Safe);
            assert_eq!((found.text.as_str(), found.by.is_none()), (cleaned, text == cleaned), "{text:?}");
            assert_eq!(clean(text.to_owned(), Cleaning::Off).text, text);
        }
    }

    proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(text in "([a-zäÖ \r\n&;ÃÂ¼¤ŸЂ“’ĹВС°\u{81}\u{96}]|&(amp;)?(amp|auml|Atilde|frac14|shy|nbsp|#38|#x85);|[\n\u{AD}\u{A0}\u{200B}\u{FEFF}\u{308}\u{301}\u{327}\u{2028}\u{202F}\u{1100}\u{1161}\u{B}\u{0}ភ]|\\PC){0,30}") {
            let once = clean(text, Cleaning::Safe).text;
            prop_assert_eq!(clean(once.clone(), Cleaning::Safe), CleanedText { text: once, by: CleanedBy::default() });
        }
    }
}
