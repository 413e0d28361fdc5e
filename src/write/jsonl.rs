//! JSON strings: written anew, or cut as they stand.

use crate::corpus::ByteSpan;
use crate::read::raw_places;

/// So many bytes of a text are encoded at once: a second text in memory may be a large one.
const ENCODED_AT_ONCE: usize = 1 << 16;

/// Adds `text` as it stands between the quotes of a JSON string; with `ascii`, everything else is escaped.
pub(crate) fn encode(text: &str, ascii: bool, output: &mut Vec<u8>) {
    let mut left = text;
    while !left.is_empty() {
        let is_end = |at: &usize| left.is_char_boundary(*at);
        let end = (0..=ENCODED_AT_ONCE.min(left.len())).rev().find(is_end).expect("0 is one");
        encode_piece(&left[..end], ascii, output);
        left = &left[end..];
    }
}

fn encode_piece(text: &str, ascii: bool, output: &mut Vec<u8>) {
    let quoted = serde_json::to_string(text).expect("a string can always be written");
    let inner = &quoted[1..quoted.len() - 1];
    if !ascii || inner.is_ascii() {
        return output.extend_from_slice(inner.as_bytes());
    }
    for c in inner.chars() {
        if c.is_ascii() {
            output.push(c as u8);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                output.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
            }
        }
    }
}

/// Adds a raw JSON string without those bytes of its decoded text that `removed` names.
pub(super) fn cut(raw: &[u8], removed: &[ByteSpan], output: &mut Vec<u8>) {
    let mut at = 0;
    let places = raw_places(raw, removed.iter().flat_map(|span| [span.start as usize, span.end as usize]));
    for span in places.chunks_exact(2) {
        output.extend_from_slice(&raw[at..span[0]]);
        at = span[1];
    }
    output.extend_from_slice(&raw[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_text_is_encoded_like_a_small_one() {
        // The first piece would end inside a character of two, three or four bytes, or right before a quote.
        for c in ['ä', '€', '🚀', '"'] {
            for n in ENCODED_AT_ONCE - 5..ENCODED_AT_ONCE + 2 {
                let text = "a".repeat(n) + &c.to_string().repeat(3 * n);
                let mut encoded = Vec::new();
                encode(&text, false, &mut encoded);
                let quoted = serde_json::to_string(&text).expect("a string can always be written");
                assert!(encoded == quoted.as_bytes()[1..quoted.len() - 1], "{n} bytes before {c:?}");
            }
        }
    }
}
