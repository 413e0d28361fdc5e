//! *What did the author write?* Undoes what scrapers and screens did to the text, and nothing that a reader would see.
//!
//! Each cleaner lives in its own file; `CLEANERS` is their order. Cleaning twice is cleaning once.

mod invisible;
mod nfc;
mod spaces;

use std::borrow::Cow;

/// How much is cleaned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cleaning {
    /// Nothing: the text is taken as it came, and text that is no UTF-8 not at all.
    Off,
    /// What is safe in any language: invisible characters, odd spaces, normalization form C.
    #[default]
    Safe,
}

/// A cleaner: the text without what it takes offence at, or the same text.
type Cleaner = fn(&str) -> Cow<'_, str>;

/// The safe cleaners, in order.
const CLEANERS: [Cleaner; 3] = [invisible::without_invisible, spaces::with_plain_spaces, nfc::composed];

/// A text as later stages see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanedText {
    /// The cleaned text.
    pub text: String,
    /// Whether that is another text than before.
    pub is_changed: bool,
}

/// Cleans a text.
pub fn clean(text: String, cleaning: Cleaning) -> CleanedText {
    let mut cleaned = CleanedText { text, is_changed: false };
    if cleaning == Cleaning::Off {
        return cleaned;
    }
    for cleaner in CLEANERS {
        if let Cow::Owned(text) = cleaner(&cleaned.text) {
            cleaned = CleanedText { text, is_changed: true };
        }
    }
    cleaned
}

/// The text with every character replaced as `replace` says: by another, by nothing (`None`), or by itself.
fn mapped(text: &str, mut replace: impl FnMut(char) -> Option<char>) -> Cow<'_, str> {
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        let replaced = replace(c);
        if replaced != Some(c) {
            let mut changed = String::with_capacity(text.len());
            changed.push_str(&text[..at]);
            changed.extend(replaced);
            changed.extend(chars.filter_map(|(_, c)| replace(c)));
            return Cow::Owned(changed);
        }
    }
    Cow::Borrowed(text)
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
            ("a\u{2028}b\u{B}c\tx\r\n", "a\nb c\tx\r\n"),
            ("„Ja“ … – 3 °C  Ende ", "„Ja“ … – 3 °C  Ende "),
        ] {
            let found = clean(text.to_owned(), Cleaning::Safe);
            assert_eq!(found, CleanedText { text: cleaned.to_owned(), is_changed: text != cleaned }, "{text:?}");
            assert_eq!(clean(text.to_owned(), Cleaning::Off).text, text);
        }
    }

    proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(text in "([a-zäÖ \n\u{AD}\u{A0}\u{200B}\u{FEFF}\u{308}\u{301}\u{327}\u{2028}\u{202F}\u{1100}\u{1161}\u{B}\u{0}ភ]|\\PC){0,30}") {
            let once = clean(text, Cleaning::Safe).text;
            prop_assert_eq!(clean(once.clone(), Cleaning::Safe), CleanedText { text: once, is_changed: false });
        }
    }
}
