//! HTML entities that an extractor left in the text, `&auml;` or, escaped twice, `&amp;auml;`.
//!
//! Known ones that end in a semicolon become their characters. A text that still has tags is a page, and one with entities escaped more than twice is about them: both stay
//! as they are.

use std::borrow::Cow;

use html_escape::decode_html_entities;

/// So often may a text have been escaped.
const MOST_ROUNDS: usize = 2;

/// Whether what looks like an entity begins here.
pub(super) fn is_suspect(text: &str, at: usize) -> bool {
    let bytes = &text.as_bytes()[at..];
    if bytes[0] != b'&' {
        return false;
    }
    let n_name = bytes[1..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'#').count();
    n_name > 0 && bytes.get(1 + n_name) == Some(&b';')
}

pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if has_tags(text) {
        return Cow::Borrowed(text);
    }
    let mut decoded = decode_html_entities(text);
    for _ in 1..MOST_ROUNDS {
        decoded = Cow::Owned(decode_html_entities(&decoded).into_owned());
    }
    let is_done = decode_html_entities(&decoded) == decoded;
    if is_done && decoded != text && !has_tags(&decoded) { Cow::Owned(decoded.into_owned()) } else { Cow::Borrowed(text) }
}

/// Whether a tag, or what looks like one, stands somewhere.
fn has_tags(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'<', bytes).any(|at| match bytes[at + 1..] {
        [first, ..] => first.is_ascii_alphabetic() || matches!(first, b'/' | b'!'),
        [] => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_become_what_they_stand_for() {
        for (text, expected) in [
            ("M&uuml;ller &amp; S&#246;hne &ndash; 5&nbsp;&euro;", "Müller & Söhne – 5\u{A0}€"),
            ("&amp;quot;Ja&amp;quot;", "\"Ja\""),
            ("1 &lt; 2", "1 < 2"),
            ("AT&T, R&D; &unknown; &amp", "AT&T, R&D; &unknown; &amp"),
            ("<p>&auml;</p>", "<p>&auml;</p>"),
            ("&lt;p&gt; ist ein Absatz", "&lt;p&gt; ist ein Absatz"),
            ("Man schreibt &amp;amp;auml; so", "Man schreibt &amp;amp;auml; so"),
        ] {
            assert_eq!(decoded(text), expected);
        }
    }
}
