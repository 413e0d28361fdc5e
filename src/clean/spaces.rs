//! Spaces of odd widths and kinds become plain ones; line and paragraph separators become line breaks.
//!
//! Runs of spaces and spaces at line ends stay: they may be layout. U+200B is a space, but in the scripts that are written without spaces it stands, unseen, between words.

use std::borrow::Cow;

pub(super) fn with_plain_spaces(text: &str) -> Cow<'_, str> {
    let mut before = ' ';
    super::mapped(text, move |c| {
        let plain = match c {
            '\u{B}' | '\u{C}' | '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' => ' ',
            '\u{200B}' if !is_written_without_spaces(before) => ' ',
            '\u{2028}' | '\u{2029}' => '\n',
            c => c,
        };
        before = c;
        Some(plain)
    })
}

/// Thai, Lao, Myanmar, Khmer.
fn is_written_without_spaces(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}')
}

/// Whether such a space begins here.
pub(super) fn is_suspect(text: &str, at: usize) -> bool {
    match text.as_bytes()[at..] {
        [0xB | 0xC, ..] => true,
        [0xC2, second, ..] => second == 0xA0,
        [0xE2, 0x80, third, ..] => third <= 0x8B || matches!(third, 0xA8 | 0xA9 | 0xAF),
        [0xE2, 0x81, third, ..] => third == 0x9F,
        _ => false,
    }
}
