//! Parts: how a text too large to be judged at once is cut.

use unicode_segmentation::UnicodeSegmentation;

use super::line::next_break;
use crate::corpus::ByteSpan;

/// How large a part of a text becomes, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartSize {
    /// A text up to this size is one part; beyond it, a part ends at the next line break.
    pub wanted: usize,
    /// No part is larger: where no line break comes in time, it ends at a word border.
    pub most: usize,
}

impl Default for PartSize {
    fn default() -> Self {
        Self { wanted: 1 << 20, most: 2 << 20 }
    }
}

/// Cuts `text` into parts; a text of `size.wanted` bytes or less is one.
pub fn parts(text: &str, size: PartSize) -> Vec<ByteSpan> {
    let mut parts = Vec::new();
    let mut start = 0;
    while text.len() - start > size.wanted {
        let end = part_end(&text[start..], size);
        parts.push(ByteSpan::new(start, start + end));
        start += end;
    }
    if start < text.len() || parts.is_empty() {
        parts.push(ByteSpan::new(start, text.len()));
    }
    parts
}

/// Where the first part of `rest`, which is longer than `size.wanted`, ends.
fn part_end(rest: &str, size: PartSize) -> usize {
    // A CR LF whose LF comes first after `wanted` is one break that ends past it.
    let mut from = size.wanted.saturating_sub(1);
    while let Some((_, end)) = next_break(rest.as_bytes(), from) {
        if end > size.most {
            break;
        }
        if end > size.wanted {
            return end;
        }
        from = end;
    }
    if rest.len() <= size.most { rest.len() } else { last_word_border(rest, size.most) }
}

/// The last word border of `text` at or before byte `most`, or, where there is none, the last character border.
fn last_word_border(text: &str, most: usize) -> usize {
    let most = (0..=most).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    // A border always stands before white space, so words need to be looked at from there only.
    let restart = text[..most]
        .trim_end_matches(|c: char| !c.is_ascii_whitespace())
        .trim_end_matches(|c: char| c.is_ascii_whitespace())
        .len();
    let words = text[restart..settled_from(text, most)].split_word_bound_indices();
    let last = words.map(|(at, _)| restart + at).take_while(|&at| at <= most).last().unwrap_or(0);
    if last > 0 { last } else { most }
}

/// A place behind `most` such that no word border up to `most` depends on what stands from there on: behind a letter or digit. Nothing looks past one to tell whether a border
/// stands before it.
fn settled_from(text: &str, most: usize) -> usize {
    let settles = |c: char| c.is_alphanumeric() && !extends(c);
    text[most..].char_indices().find(|&(_, c)| settles(c)).map_or(text.len(), |(at, c)| most + at + c.len_utf8())
}

/// Whether a character belongs to the one before it.
fn extends(c: char) -> bool {
    let mut pair = [b'a', 0, 0, 0, 0];
    let len = 1 + c.encode_utf8(&mut pair[1..]).len();
    std::str::from_utf8(&pair[..len]).is_ok_and(|pair| pair.graphemes(true).count() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::Seed;

    fn cut(text: &str, wanted: usize, most: usize) -> Vec<&str> {
        parts(text, PartSize { wanted, most }).into_iter().map(|part| &text[part.range()]).collect()
    }

    #[test]
    fn a_part_ends_at_the_first_line_break_past_the_wanted_size_or_at_a_word_border() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[""]),
            ("short", &["short"]),
            ("eins zwei\ndrei vier\nfünf", &["eins zwei\n", "drei vier\n", "fünf"]),
            ("a\nb\nc\nd\ne\nf\ng\nh", &["a\nb\nc\nd\ne\n", "f\ng\nh"]),
            ("eins zwei drei vier", &["eins zwei drei ", "vier"]),
            ("abcdefghijklmnopqrstuvwxyz", &["abcdefghijklmnop", "qrstuvwxyz"]),
            ("123456789 123456\r\n89", &["123456789 123456", "\r\n89"]),
            ("123456789 12345\r\n8901", &["123456789 12345", "\r\n8901"]),
            ("123456789 12345  8901", &["123456789 12345", "  8901"]),
            ("1234567\r\n90", &["1234567\r\n", "90"]),
            ("12345678\r\n1", &["12345678\r\n", "1"]),
        ];
        for (text, expected) in cases {
            let wanted = if text.starts_with("abc") { 10 } else { 8 };
            assert_eq!(cut(text, wanted, 16), *expected, "{text:?}");
        }
    }

    #[test]
    fn what_stands_behind_a_letter_changes_no_border_before_it() {
        let plain = |text: &str, most: usize| {
            let borders = text.split_word_bound_indices().map(|(at, _)| at);
            borders.take_while(|&at| at <= most).last().filter(|&at| at > 0).unwrap_or(most)
        };
        let characters =
            ['a', '1', '.', '\'', ',', '\u{301}', '\u{93E}', '\u{AD}', '\u{200D}', '中', 'カ', '_', '-', '🇩', '👩', 'א', '"'];
        let seed = Seed(5);
        for n in 0..20_000_u64 {
            let pick = |nth: u64| characters[(seed.hash_word(&(n * 100 + nth).to_le_bytes()) % characters.len() as u64) as usize];
            let text: String = (0..12).map(pick).collect();
            let most = text.char_indices().nth(7).expect("12 characters").0;
            assert_eq!(last_word_border(&text, most), plain(&text, most), "{text:?}");
        }
    }

    #[test]
    fn a_cut_never_falls_inside_a_character() {
        let text = "ü".repeat(40);
        assert_eq!(cut(&text, 8, 15).concat(), text);
    }
}
