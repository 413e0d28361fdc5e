//! Normalization form C: a letter and its accents become one character where there is one. Comes after [`super::spaces`].

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

pub(super) fn composed(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

/// Whether a character begins here that may have to be composed, or be one of such. All before U+0300 are composed as they are, and so are those of the blocks General
/// Punctuation (but for two spaces, which are plain ones by now) and Currency Symbols.
pub(super) fn is_suspect(text: &str, at: usize) -> bool {
    match text.as_bytes()[at..] {
        [0xE2, second, ..] => !matches!(second, 0x80 | 0x82),
        [first, ..] => first >= 0xCC,
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_above_suspicion_is_composed() {
        let nfc = ComposingNormalizerBorrowed::new_nfc();
        for c in '\0'..=char::MAX {
            let text = format!("a{c}");
            let is_plain_space = !matches!(c, '\u{2000}' | '\u{2001}');
            assert!(is_suspect(&text, 1) || nfc.is_normalized(&text) || !is_plain_space, "{:04X}", c as u32);
        }
        let text = "„Grüße“ – 5 €";
        assert!(!text.char_indices().any(|(at, _)| is_suspect(text, at)));
    }
}
