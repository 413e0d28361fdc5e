//! Normalization form C: a letter and its accents become one character where there is one. Comes after [`super::spaces`].

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

pub(super) fn composed(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

/// Whether a character begins here that may have to be composed, or be one of such. All before U+0300 are composed as they are, and so are those of the blocks Cyrillic (but for its
/// end), General Punctuation (but for two spaces, which are plain ones by now) and Currency Symbols, Chinese characters from U+4000 on, and most Korean syllables.
pub(super) fn is_suspect(text: &str, at: usize) -> bool {
    match text.as_bytes()[at..] {
        [0xE2, second, ..] => !matches!(second, 0x80 | 0x82),
        [0xD0 | 0xD1 | 0xE4..=0xE9 | 0xEB..=0xED, ..] => false,
        [first, ..] => first >= 0xCC,
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};
    use icu_properties::{CodePointMapData, props::CanonicalCombiningClass};
    use std::collections::HashSet;

    #[test]
    fn what_is_above_suspicion_is_composed() {
        let nfc = ComposingNormalizerBorrowed::new_nfc();
        for c in '\0'..=char::MAX {
            let text = format!("a{c}");
            let is_plain_space = !matches!(c, '\u{2000}' | '\u{2001}');
            assert!(is_suspect(&text, 1) || nfc.is_normalized(&text) || !is_plain_space, "{:04X}", c as u32);
        }
        let text = "„Grüße“ – 5 €; ёлка, 中文, 뉴스";
        assert!(!text.char_indices().any(|(at, _)| is_suspect(text, at)));
    }

    #[test]
    fn what_is_above_suspicion_is_composed_with_nothing_before_it() {
        let classes = CodePointMapData::<CanonicalCombiningClass>::new();
        let decomposition = CanonicalDecompositionBorrowed::new();
        let seconds: HashSet<char> = ('\0'..=char::MAX)
            .filter_map(|c| if let Decomposed::Expansion(_, second) = decomposition.decompose(c) { Some(second) } else { None })
            .collect();
        assert!(seconds.contains(&'\u{308}'));
        for c in '\0'..=char::MAX {
            let is_alone = classes.get(c) == CanonicalCombiningClass::NotReordered && !seconds.contains(&c);
            assert!(is_suspect(&format!("a{c}"), 1) || is_alone, "{:04X}", c as u32);
        }
    }
}
