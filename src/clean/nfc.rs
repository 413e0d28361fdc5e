//! Normalization form C: a letter and its accents become one character where there is one. Comes after [`super::spaces`].

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

pub(super) fn composed(text: &str) -> Cow<'_, str> {
    if is_surely_composed(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

/// A fast look at the bytes: all characters before U+0300 are composed as they are, and so are those of the blocks General Punctuation (but for two
/// spaces, which are plain ones by now) and Currency Symbols.
fn is_surely_composed(bytes: &[u8]) -> bool {
    !bytes.iter().fold(false, |any, &byte| any | (byte >= 0xCC && byte != 0xE2))
        && memchr::memchr_iter(0xE2, bytes).all(|at| matches!(bytes.get(at + 1), Some(0x80 | 0x82)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_composed_is_composed() {
        let nfc = ComposingNormalizerBorrowed::new_nfc();
        for c in '\0'..=char::MAX {
            let text = format!("a{c}");
            let is_plain_space = !matches!(c, '\u{2000}' | '\u{2001}');
            assert!(!is_surely_composed(text.as_bytes()) || nfc.is_normalized(&text) || !is_plain_space, "{:04X}", c as u32);
        }
        assert!(is_surely_composed("„Grüße“ – 5 €".as_bytes()));
    }
}
