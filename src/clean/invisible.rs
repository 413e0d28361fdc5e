//! Characters that nobody sees: soft hyphens, byte order marks, word joiners, control characters.
//!
//! Joiners (U+200C, U+200D), variation selectors and bidi marks stay: scripts and emoji need them. Words are compared without them anyway.

use std::borrow::Cow;

use memchr::memchr3_iter;

pub(super) fn without_invisible(text: &str) -> Cow<'_, str> {
    if !may_hold_any(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    super::mapped(text, |c| (!is_invisible(c)).then_some(c))
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{E}'..='\u{1F}' | '\u{7F}' | '\u{AD}' | '\u{2060}' | '\u{FEFF}')
}

/// A fast look at the bytes, which clean text passes.
fn may_hold_any(bytes: &[u8]) -> bool {
    let is_control = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r') || byte == 0x7F;
    bytes.iter().fold(false, |any, &byte| any | is_control(byte))
        || memchr3_iter(0xC2, 0xE2, 0xEF, bytes).any(|at| match bytes[at..] {
            [0xC2, 0xAD, ..] => true,
            [0xE2, second, third, ..] => second == 0x81 && third == 0xA0,
            [0xEF, second, ..] => second == 0xBB,
            _ => false,
        })
}
