//! Which cleaners may find something in a text: told in one fast look, which most text passes with none.

use super::CLEANERS;

/// Whether a cleaner may take offence at what begins at a byte of the text, which is none of the plain ones.
pub(super) type IsSuspect = fn(&str, usize) -> bool;

const ONES: u64 = u64::MAX / 0xFF;
const TOPS: u64 = ONES << 7;

/// The top bits of those of eight bytes that are not plain: no ASCII, control characters, and `&`. Some others may be among them.
#[inline]
fn odd_ones(bytes: u64) -> u64 {
    let below = |bytes: u64, limit: u8| bytes.wrapping_sub(ONES * u64::from(limit)) & !bytes;
    (bytes | bytes.wrapping_add(ONES) | below(bytes, b' ') | below(bytes ^ (ONES * u64::from(b'&')), 1)) & TOPS
}

/// The cleaners that may change the text, a bit each, in their order.
pub(super) fn suspects(text: &str) -> u8 {
    let (eights, rest) = text.as_bytes().as_chunks();
    let mut suspects = 0;
    for (nth, eight) in eights.iter().enumerate() {
        let mut odd = odd_ones(u64::from_le_bytes(*eight));
        while odd != 0 {
            suspects |= look_at(text, size_of::<u64>() * nth + odd.trailing_zeros() as usize / 8);
            odd &= odd - 1;
        }
    }
    (text.len() - rest.len()..text.len()).fold(suspects, |suspects, at| suspects | look_at(text, at))
}

/// Whether no cleaner takes offence at what begins at a byte, which is most of what isn't plain: line breaks, Latin letters after a plain character, Chinese characters, and bytes
/// at which no character begins. What `CLEANERS` say of these themselves is the same, and takes longer.
#[inline]
fn is_innocent(bytes: &[u8], at: usize) -> bool {
    match bytes[at] {
        b'\n' | b'\t' | 0x80..0xC0 | 0xE4..0xEA => true,
        0xC3..0xCC => at == 0 || bytes[at - 1].is_ascii(),
        _ => false,
    }
}

#[inline]
fn look_at(text: &str, at: usize) -> u8 {
    if is_innocent(text.as_bytes(), at) {
        return 0;
    }
    let bit = |(nth, (_, _, is_suspect)): (usize, &(&str, super::Cleaner, IsSuspect))| u8::from(is_suspect(text, at)) << nth;
    CLEANERS.iter().enumerate().map(bit).fold(0, |suspects, bit| suspects | bit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::borrow::Cow;

    fn check(text: &str) {
        let suspects = suspects(text);
        for (nth, (name, cleaner, _)) in CLEANERS.iter().enumerate() {
            let changes = matches!(cleaner(text), Cow::Owned(_));
            assert!(!changes || suspects & 1 << nth != 0, "{name}: {text:?}");
        }
    }

    #[test]
    fn no_character_passes_that_a_cleaner_changes() {
        // These two spaces are plain ones before they could be composed.
        for c in ('\0'..=char::MAX).filter(|c| !matches!(c, '\u{2000}' | '\u{2001}')) {
            check(&format!("plain {c} text"));
            check(&format!("a{c}"));
        }
    }

    #[test]
    fn innocent_is_what_no_cleaner_takes_offence_at() {
        let mut n_innocent = 0;
        for c in '\0'..='\u{FFFF}' {
            for before in ["", "a", "Ã", "Ð"] {
                let text = format!("{before}{c}Â¤");
                if is_innocent(text.as_bytes(), before.len()) {
                    n_innocent += 1;
                    assert!(CLEANERS.iter().all(|(_, _, is_suspect)| !is_suspect(&text, before.len())), "{text:?}");
                }
            }
        }
        assert!(n_innocent > 1000);
    }

    #[test]
    fn plain_text_has_no_suspects() {
        assert_eq!(suspects("Grüße aus Köln –\nnicht mehr als 5 € & „mehr“, R&B, AT & T; 50 %\tÉcole"), 0);
    }

    proptest! {
        #[test]
        fn no_text_passes_that_a_cleaner_changes(text in "([a-zäÖ \r\n&;ÃÂ¼¤ŸЂ“’ĹВС°\u{81}\u{96}\u{7F}]|&(amp;)?(amp|auml|Atilde|frac14|shy|nbsp|#38|#x85);|[\n\u{AD}\u{A0}\u{200B}\u{FEFF}\u{308}\u{301}\u{327}\u{2028}\u{202F}\u{1100}\u{1161}\u{B}\u{0}ភ]|\\PC){0,30}") {
            check(&text);
        }
    }
}
