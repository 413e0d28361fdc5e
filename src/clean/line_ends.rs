//! Line ends of Windows become plain ones.

use std::borrow::Cow;

/// Whether such a line end begins here.
pub(super) fn is_suspect(text: &str, at: usize) -> bool {
    text.as_bytes()[at..].starts_with(b"\r\n")
}

pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if memchr::memmem::find(text.as_bytes(), b"\r\n").is_none() {
        return Cow::Borrowed(text);
    }
    // Texts may be large: no memory is taken but for the new one.
    let mut plain = String::with_capacity(text.len());
    for (nth, line) in text.split("\r\n").enumerate() {
        if nth > 0 {
            plain.push('\n');
        }
        plain.push_str(line);
    }
    Cow::Owned(plain)
}
