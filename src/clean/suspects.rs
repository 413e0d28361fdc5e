//! Which cleaners may find something in a text: told in one fast look, which most text passes with none.

use super::CLEANERS;
use crate::block::{BLOCK_LEN, Block};
use crate::processor::{HotLoop, at_its_best};

/// Whether a cleaner may take offence at what begins at a byte of the text, which is none of the plain ones.
pub(super) type IsSuspect = fn(&str, usize) -> bool;

/// The cleaners that may change the text, a bit each, in their order.
pub(super) fn suspects(text: &str) -> u8 {
    at_its_best(Look { text })
}

/// A look at every byte of a text.
struct Look<'a> {
    text: &'a str,
}

impl HotLoop for Look<'_> {
    type Found = u8;

    #[inline(always)]
    fn run(self) -> u8 {
        let (blocks, last) = Block::all(self.text.as_bytes(), b' ');
        let mut suspects = 0;
        let mut is_after_ascii = true;
        for (nth, block) in blocks.iter().chain([&last]).enumerate() {
            let odd = Block(block).odd(is_after_ascii);
            odd.for_each(|at| suspects |= ask_unless_innocent(self.text, nth * BLOCK_LEN + at));
            is_after_ascii = block[BLOCK_LEN - 1].is_ascii();
        }
        suspects
    }
}

fn ask_unless_innocent(text: &str, at: usize) -> u8 {
    if is_innocent(text.as_bytes(), at) { 0 } else { ask_all(text, at) }
}

/// Whether no cleaner takes offence at what begins at a byte, which is most of what isn't plain: line breaks, Latin letters, dashes and quotes after a plain character, Chinese
/// characters, and bytes at which no character begins. What `CLEANERS` say of these themselves is the same, and takes longer.
#[inline]
fn is_innocent(bytes: &[u8], at: usize) -> bool {
    let is_after_plain = || at == 0 || bytes[at - 1].is_ascii();
    match bytes[at] {
        b'\n' | b'\t' | 0x80..0xC0 | 0xE4..0xEA => true,
        0xC3..0xCC => is_after_plain(),
        0xE2 => matches!(bytes[at + 1..], [0x80, 0x90..0xA8, ..]) && is_after_plain(),
        _ => false,
    }
}

/// Asks every cleaner what it takes offence at.
fn ask_all(text: &str, at: usize) -> u8 {
    let bit = |(nth, (_, _, is_suspect)): (usize, &(&str, super::Cleaner, IsSuspect))| u8::from(is_suspect(text, at)) << nth;
    CLEANERS.iter().enumerate().map(bit).fold(0, |suspects, bit| suspects | bit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::borrow::Cow;

    /// Two spaces that are plain ones before they could be composed.
    const COMPOSED_SPACES: [char; 2] = ['\u{2000}', '\u{2001}'];

    fn check(text: &str) {
        let suspects = suspects(text);
        assert_eq!(Look { text }.run(), suspects, "on any processor");
        for (nth, (name, cleaner, _)) in CLEANERS.iter().enumerate() {
            let changes = matches!(cleaner(text), Cow::Owned(_));
            assert!(!changes || suspects & 1 << nth != 0, "{name}: {text:?}");
        }
    }

    #[test]
    fn no_character_passes_that_a_cleaner_changes() {
        for c in ('\0'..=char::MAX).filter(|c| !COMPOSED_SPACES.contains(c)) {
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
            check(&text.replace(COMPOSED_SPACES, " "));
        }
    }
}
