//! What a character means to the fast word scanner, learnt from the Unicode libraries themselves.
//!
//! A character of the Basic Multilingual Plane is asked about when it first comes: most runs ever see some hundred. Whatever the few classes here don't describe
//! exactly is [`Class::Hard`] and left to the plain way.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use icu_normalizer::properties::CanonicalCompositionBorrowed;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use unicode_segmentation::UnicodeSegmentation;

use super::matching_form::matching_form;
use crate::split::is_default_ignorable;

/// How a character takes part in words (UAX #29).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Class {
    /// White space: a border on both sides.
    Space,
    /// Punctuation: a border on both sides, in no word.
    Break,
    /// A letter.
    Letter,
    /// A digit.
    Digit,
    /// A word of its own: an ideograph, a Hiragana or Thai letter.
    Single,
    /// Katakana, which join to words with each other only.
    Katakana,
    /// A mark that goes with the character before it and composes with none.
    Mark,
    /// Joins two letters.
    MidLetter,
    /// Joins two digits.
    MidNumber,
    /// Joins two letters, or two digits.
    MidBoth,
    /// Anything else: only the plain way knows.
    Hard,
}

impl Class {
    /// All of them, each at its number.
    const ALL: [Self; 11] = [
        Self::Space,
        Self::Break,
        Self::Letter,
        Self::Digit,
        Self::Single,
        Self::Katakana,
        Self::Mark,
        Self::MidLetter,
        Self::MidNumber,
        Self::MidBoth,
        Self::Hard,
    ];
}

/// A character's class, and its matching form, which depends on nothing around it: from the low end a byte for the class, one for the form's length, and the form,
/// which takes no more than the six left in any character that is not hard. Never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry(u64);

impl Entry {
    /// A character in no word, or one that only the plain way knows.
    const fn without_form(class: Class) -> Self {
        Self(class as u64 + 1)
    }

    fn new(class: Class, form: &str) -> Option<Self> {
        let mut bytes = [0; size_of::<u64>()];
        bytes[2..].get_mut(..form.len())?.copy_from_slice(form.as_bytes());
        bytes[1] = form.len() as u8;
        Some(Self(u64::from_le_bytes(bytes) | Self::without_form(class).0))
    }

    #[inline]
    pub(super) fn class(self) -> Class {
        Class::ALL.get((self.0 & 0xFF) as usize - 1).copied().unwrap_or(Class::Hard)
    }

    /// The bytes of the character's form, the first in the low end, and how many there are.
    #[inline]
    pub(super) fn form(self) -> (u64, usize) {
        (self.0 >> 16, (self.0 >> 8 & 0xFF) as usize)
    }
}

/// The entry of `c`.
#[inline]
pub(super) fn entry(c: char) -> Entry {
    if (c as usize) < N_ENTRIES { entry_of_code(c as usize) } else { Entry::without_form(Class::Hard) }
}

/// The entry of the character with this code, which must lie in the Basic Multilingual Plane.
#[inline]
pub(super) fn entry_of_code(code: usize) -> Entry {
    // Whoever learns a character finds the same.
    match ENTRIES[code].load(Ordering::Relaxed) {
        0 => learn_entry(code),
        known => Entry(known),
    }
}

const N_ENTRIES: usize = 1 << 16;

/// The entries learnt so far, 0 where none is.
static ENTRIES: [AtomicU64; N_ENTRIES] = [const { AtomicU64::new(0) }; N_ENTRIES];

#[cold]
fn learn_entry(code: usize) -> Entry {
    let learnt = char::from_u32(code as u32).and_then(learn).unwrap_or(Entry::without_form(Class::Hard));
    ENTRIES[code].store(learnt.0, Ordering::Relaxed);
    learnt
}

/// The entry of `c`, unless it is hard.
fn learn(c: char) -> Option<Entry> {
    if c == '\u{200B}' {
        return Some(Entry::without_form(Class::Space));
    }
    let mut buffer = [0; 4];
    let alone: &str = c.encode_utf8(&mut buffer);
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    if is_default_ignorable(c) || nfc.normalize(alone) != alone || may_compose_backward(c) {
        return None;
    }
    let class = probe(c)?;
    if matches!(class, Class::Space | Class::Break) {
        return Some(Entry::without_form(class));
    }
    if class == Class::Mark && !stays_in_place(c) {
        return None;
    }
    let form = matching_form(alone);
    if form.chars().any(may_compose_backward) { None } else { Entry::new(class, &form) }
}

/// Whether a mark keeps its place among others of its kind: it sorts with no mark, or only with viramas. Others have an order to keep, which the scanner doesn't.
fn stays_in_place(c: char) -> bool {
    let nfd = DecomposingNormalizerBorrowed::new_nfd();
    [format!("{c}\u{94D}"), format!("\u{94D}{c}")].iter().all(|pair| nfd.normalize(pair) == *pair)
}

/// Finds the class of `c` by looking where UAX #29 sees borders around it.
fn probe(c: char) -> Option<Class> {
    let pieces = |text: String| text.split_word_bounds().count();
    let joined = |text: String| pieces(text) == 1;
    let is_word = c.is_alphanumeric();
    if c.is_whitespace() {
        return (pieces(format!("a{c}a")) == 3).then_some(Class::Space);
    }
    if joined(format!("-{c}")) {
        return Some(Class::Mark);
    }
    let after_letter = joined(format!("a{c}"));
    if after_letter && joined(format!("{c}:a")) {
        // A Hebrew letter keeps a quote after it.
        return (is_word && !joined(format!("{c}'"))).then_some(Class::Letter);
    }
    if joined(format!("1,{c}")) {
        return is_word.then_some(Class::Digit);
    }
    if after_letter {
        return None;
    }
    if joined(format!("ア{c}")) {
        return is_word.then_some(Class::Katakana);
    }
    let class = match (joined(format!("a{c}a")), joined(format!("1{c}1"))) {
        (true, true) => Class::MidBoth,
        (true, false) => Class::MidLetter,
        (false, true) => Class::MidNumber,
        (false, false) if is_word => Class::Single,
        (false, false) => Class::Break,
    };
    let is_lonely = !joined(format!("{c}{c}")) && !joined(format!("א{c}א"));
    // A quote between Hebrew letters is no concern: those are hard themselves.
    (is_lonely || c == '"' || !is_word).then_some(class)
}

/// Whether some character before `c` may compose with it (NFC_Quick_Check=Maybe).
fn may_compose_backward(c: char) -> bool {
    const SECOND_HANGUL: std::ops::RangeInclusive<char> = '\u{1161}'..='\u{11C2}';
    static SECONDS: OnceLock<Vec<char>> = OnceLock::new();
    let seconds = SECONDS.get_or_init(|| {
        let mut seconds: Vec<char> = ('\u{C0}'..='\u{30FE}')
            .chain('\u{11000}'..='\u{11FFF}')
            .chain('\u{16100}'..='\u{16DFF}')
            .filter_map(second_of_composite)
            .collect();
        seconds.sort_unstable();
        seconds.dedup();
        seconds
    });
    SECOND_HANGUL.contains(&c) || seconds.binary_search(&c).is_ok()
}

/// The second character of the pair that composes to `c`, if one does.
fn second_of_composite(c: char) -> Option<char> {
    use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};
    match CanonicalDecompositionBorrowed::new().decompose(c) {
        Decomposed::Expansion(first, second) => {
            (CanonicalCompositionBorrowed::new().compose(first, second) == Some(c)).then_some(second)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_characters_have_their_class() {
        for (chars, class) in [
            (" \t\n\u{A0}\u{2009}\u{3000}", Class::Space),
            ("-–„“»()!?/@\"…|€✓、。", Class::Break),
            ("azAZäÖßﬁłŁéЖжΩωب한ღ", Class::Letter),
            ("09٣۴५", Class::Digit),
            ("新あ", Class::Single),
            ("カー", Class::Katakana),
            ("ि\u{947}", Class::Mark),
            (":·", Class::MidLetter),
            (",;", Class::MidNumber),
            (".'’‘", Class::MidBoth),
            ("\u{202F}\u{AD}\u{301}\u{200D}_א", Class::Hard),
        ] {
            for c in chars.chars() {
                assert_eq!(entry(c).class(), class, "{c:?}");
            }
        }
    }

    #[test]
    fn an_entry_gives_back_what_went_in() {
        for (number, class) in Class::ALL.into_iter().enumerate() {
            assert_eq!(class as usize, number);
            assert_eq!((Entry::without_form(class).class(), Entry::without_form(class).form()), (class, (0, 0)));
            let entry = Entry::new(class, "abcde").expect("it is short enough");
            assert_eq!((entry.class(), entry.form()), (class, (u64::from_le_bytes(*b"abcde\0\0\0"), 5)));
        }
        assert_eq!(Entry::new(Class::Letter, "sieben!"), None);
    }

    #[test]
    fn no_composite_is_missed_by_the_ranges_searched() {
        let seconds: Vec<char> =
            ('\0'..=char::MAX).filter(|&c| !('\u{AC00}'..='\u{D7A3}').contains(&c)).filter_map(second_of_composite).collect();
        assert!(!seconds.is_empty());
        for c in seconds {
            assert!(may_compose_backward(c), "{:04X}", c as u32);
        }
    }
}
