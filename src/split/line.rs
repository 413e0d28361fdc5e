//! Lines: what the text is made of before anyone asks what its paragraphs are.

use memchr::memchr2;

/// A line: its content, and where the line break after it ends (`content_end` where the text ends without one).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) start: usize,
    pub(super) content_end: usize,
    pub(super) break_end: usize,
}

/// The lines of `text`, each ended by LF, CR LF or CR. A line break at the very end opens no further line.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line> + '_ {
    let bytes = text.as_bytes();
    let mut start = 0;
    std::iter::from_fn(move || {
        if start == bytes.len() {
            return None;
        }
        let (content_end, break_end) = next_break(bytes, start).unwrap_or((bytes.len(), bytes.len()));
        let line = Line { start, content_end, break_end };
        start = break_end;
        Some(line)
    })
}

/// The first line break at or after `from`: where it begins and ends.
pub(super) fn next_break(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let at = from + memchr2(b'\n', b'\r', &bytes[from..])?;
    let is_crlf = bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n');
    Some((at, at + 1 + usize::from(is_crlf)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_their_breaks_join_to_the_text() {
        for (text, contents) in [
            ("", vec![]),
            ("\n", vec![""]),
            ("a", vec!["a"]),
            ("a\nb", vec!["a", "b"]),
            ("a\r\nb\r", vec!["a", "b"]),
            ("a\n\r\nb\n", vec!["a", "", "b"]),
        ] {
            let found: Vec<_> = lines(text).collect();
            let got: Vec<_> = found.iter().map(|line| &text[line.start..line.content_end]).collect();
            assert_eq!(got, contents, "{text:?}");
            let joined: String = found.iter().map(|line| &text[line.start..line.break_end]).collect();
            assert_eq!(joined, text);
        }
    }
}
