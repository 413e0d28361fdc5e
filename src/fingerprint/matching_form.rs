//! Matching form: how a word is compared.

use std::borrow::Cow;

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_normalizer::{ComposingNormalizer, ComposingNormalizerBorrowed};

const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizer::new_nfkc();
const CASE: CaseMapperBorrowed<'static> = CaseMapper::new();

/// The version of the matching form, and of the hashes of words: one more for every change by which a word's hash becomes another.
pub const MATCHING_FORM: u32 = 1;

/// The NFKC case fold of `word` (Unicode Standard, section 3.13, toNFKC_Casefold; default-ignorable characters are gone already), with
/// the apostrophes ' ’ ‘ ʼ made one.
pub fn matching_form(word: &str) -> String {
    let mut form = fold(word);
    // Folding can undo normalization and the other way round, in a few dozen characters; a second round settles them.
    let again = fold(&form);
    if again != form {
        form = again;
    }
    if form.contains(['’', '‘', 'ʼ']) { form.replace(['’', '‘', 'ʼ'], "'") } else { form }
}

fn fold(word: &str) -> String {
    let composed = NFKC.normalize(word);
    match CASE.fold_string(&composed) {
        Cow::Borrowed(same) => same.to_owned(),
        Cow::Owned(folded) => NFKC.normalize(&folded).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_a_reader_takes_for_the_same_have_one_form() {
        for (word, form) in [
            ("STRASSE", "strasse"),
            ("Straße", "strasse"),
            ("u\u{308}ber", "über"),
            ("ÜBER", "über"),
            ("ﬁnden", "finden"),
            ("Ａ１", "a1"),
            ("ΟΔΟΣ", "οδοσ"),
            ("don’t", "don't"),
            ("rock‘n’roll", "rock'n'roll"),
            ("Оʼтут", "о'тут"),
            ("١٢", "١٢"),
        ] {
            assert_eq!(matching_form(word), form, "{word}");
        }
    }
}
