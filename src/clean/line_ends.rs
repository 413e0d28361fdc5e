//! Line ends of Windows become plain ones.

use std::borrow::Cow;

/// Whether such a line end begins here.
pub(super) fn is_suspect(text: &str, at: usize) -> bool {
    text.as_bytes()[at..].starts_with(b"\r\n")
}

pub(super) fn plain(text: &str) -> Cow<'_, str> {
    match memchr::memmem::find(text.as_bytes(), b"\r\n") {
        Some(_) => Cow::Owned(text.replace("\r\n", "\n")),
        None => Cow::Borrowed(text),
    }
}
