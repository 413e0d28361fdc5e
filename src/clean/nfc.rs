//! Normalization form C: a letter and its accents become one character where there is one.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

pub(super) fn composed(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}
