//! Characters that nobody sees: soft hyphens, byte order marks, word joiners, control characters.
//!
//! Joiners (U+200C, U+200D), variation selectors and bidi marks stay: scripts and emoji need them. Words are compared without them anyway.

use std::borrow::Cow;

pub(super) fn without_invisible(text: &str) -> Cow<'_, str> {
    super::mapped(text, |c| (!is_invisible(c)).then_some(c))
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{E}'..='\u{1F}' | '\u{7F}' | '\u{AD}' | '\u{2060}' | '\u{FEFF}')
}

/// Whether such a character begins here, or one that looks like it in its first bytes.
pub(super) fn is_suspect(text: &str, at: usize) -> bool {
    match text.as_bytes()[at..] {
        [byte, ..] if byte < 0x80 => is_invisible(char::from(byte)),
        [0xC2, second, ..] => second == 0xAD,
        [0xE2, second, third, ..] => second == 0x81 && third == 0xA0,
        [0xEF, second, ..] => second == 0xBB,
        _ => false,
    }
}
