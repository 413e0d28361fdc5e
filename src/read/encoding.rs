//! Text that is no UTF-8: in which encoding of old it was written.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;

/// So much of a text is looked at.
const GUESSED_FROM: usize = 64 * 1024;
/// A guess from fewer bytes that are no ASCII is none.
const FEWEST_BYTES: usize = 3;
/// A character that would be sound UTF-8 may come about by chance beside so many bytes that are not.
const MOST_VALID: usize = 4;
/// Of the characters that they become, all but one in so many must be such as texts hold.
const MOST_ODD: usize = 16;

/// The encoding that bytes look like.
pub(super) fn guessed(bytes: &[u8], utf8: Utf8Detection) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[..bytes.len().min(GUESSED_FROM)], true);
    detector.guess(None, utf8)
}

/// What a text that is no UTF-8 says in the encoding that it was surely written in, and which one that is. `None` if there are too few signs, or some of it is UTF-8: then single bytes
/// are damaged.
pub(super) fn decoded(bytes: &[u8]) -> Option<(String, &'static str)> {
    let (n_valid, n_invalid) = bytes.utf8_chunks().fold((0, 0), |(n_valid, n_invalid), chunk| {
        let n_chars = if chunk.valid().is_ascii() { 0 } else { chunk.valid().chars().filter(|c| !c.is_ascii()).count() };
        (n_valid + n_chars, n_invalid + chunk.invalid().len())
    });
    if n_invalid < FEWEST_BYTES || n_valid * MOST_VALID > n_invalid {
        return None;
    }
    let encoding = guessed(bytes, Utf8Detection::Deny);
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    let others = text.chars().filter(|c| !c.is_ascii());
    let (n_others, n_odd) = others.fold((0, 0), |(n, n_odd), c| (n + 1, n_odd + usize::from(!is_usual(c))));
    (n_odd * MOST_ODD <= n_others).then(|| (text.into_owned(), encoding.name()))
}

/// Letters, and signs that stand between them.
fn is_usual(c: char) -> bool {
    c.is_alphabetic()
        || matches!(
            c,
            '\u{A0}' | '\u{AD}' | '«' | '»' | '§' | '°' | '·' | '´' | '€' | '£' | '¿' | '¡' | '½' | '№' | '\u{2010}'..='\u{203A}' | '\u{3000}'..='\u{30FF}' | '\u{FF00}'..='\u{FFEF}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{ISO_8859_2, KOI8_R, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};

    #[test]
    fn texts_of_old_are_read_and_damaged_ones_are_not_guessed_at() {
        for (text, encoding) in [
            ("Die „Grüße“ der Bürgermeisterin – natürlich für alle in Köln, sagte sie am Mittwoch.", WINDOWS_1252),
            ("Съешь же ещё этих мягких французских булок, да выпей чаю.", WINDOWS_1251),
            ("Chrząszcz brzmi w trzcinie w Szczebrzeszynie, mówił ktoś z żalem.", ISO_8859_2),
            ("Съешь же ещё этих мягких французских булок, да выпей чаю.", KOI8_R),
            ("日本語の文章です。今日は天気がいいので、散歩に行きます。", SHIFT_JIS),
        ] {
            let bytes = encoding.encode(text).0;
            assert_eq!(decoded(&bytes).map(|(text, _)| text).as_deref(), Some(text), "{}", encoding.name());
        }
        for damaged in [&b"Ein M\xFCller"[..], b"G\xC3\xBCte und M\xFCller, K\xF6ln, \xC4rzte"] {
            assert_eq!(decoded(damaged), None, "{damaged:?}");
        }
    }
}
