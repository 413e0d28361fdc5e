//! Finding things in a JSON text without taking it apart: where a value begins and ends, and nothing more.
//!
//! What is not asked for is only checked for its structure, so numbers, escapes and even bytes that are no UTF-8 go through as they came.

use std::fmt;
use std::ops::Range;

use memchr::memchr2;

/// Values may be nested this deep.
const MAX_DEPTH: usize = 512;

/// What is wrong with a JSON text, and at which byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JsonError {
    /// Byte of the text where reading stopped.
    at: usize,
    expected: &'static str,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at byte {}", self.expected, self.at + 1)
    }
}

impl std::error::Error for JsonError {}

type Result<T> = std::result::Result<T, JsonError>;

/// A member of an object: its key (as it stands, between the quotes) and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) key: Range<usize>,
    pub(super) value: Range<usize>,
}

/// Checks that `text` is one JSON value and nothing else, and calls `found` with the members of the outermost object. Returns the value's range.
pub(super) fn read_object(text: &[u8], found: &mut impl FnMut(Member)) -> Result<Range<usize>> {
    let mut cursor = Cursor { text, at: 0, depth: 0 };
    cursor.skip_space();
    let start = cursor.at;
    if cursor.peek() == Some(b'{') {
        cursor.object(found)?;
    } else {
        cursor.value()?;
    }
    let end = cursor.at;
    cursor.skip_space();
    if cursor.at < text.len() { Err(cursor.error("the end of the line")) } else { Ok(start..end) }
}

/// The elements of an array that is known to be sound.
pub(super) fn elements(array: &[u8]) -> Vec<Range<usize>> {
    let mut elements = Vec::new();
    let mut cursor = Cursor { text: array, at: 0, depth: 0 };
    let sound = cursor.array(&mut |element| elements.push(element));
    debug_assert!(sound.is_ok(), "arrays are looked into only after the whole text was checked");
    elements
}

struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
}

impl Cursor<'_> {
    fn error(&self, expected: &'static str) -> JsonError {
        JsonError { at: self.at, expected }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8, expected: &'static str) -> Result<()> {
        if self.peek() != Some(byte) {
            return Err(self.error(expected));
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self) -> Result<()> {
        match self.peek() {
            Some(b'"') => self.string().map(drop),
            Some(b'{') => self.object(&mut |_| {}),
            Some(b'[') => self.array(&mut |_| {}),
            Some(b't') => self.word(b"true"),
            Some(b'f') => self.word(b"false"),
            Some(b'n') => self.word(b"null"),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.error("a value")),
        }
    }

    fn deeper(&mut self) -> Result<()> {
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(self.error("fewer nested values")) } else { Ok(()) }
    }

    fn object(&mut self, found: &mut impl FnMut(Member)) -> Result<()> {
        self.deeper()?;
        self.skip_space();
        let mut is_first = true;
        while self.peek() != Some(b'}') {
            if !is_first {
                self.expect(b',', "`,` or `}`")?;
                self.skip_space();
            }
            is_first = false;
            if self.peek() != Some(b'"') {
                return Err(self.error("a field name in quotes"));
            }
            let key = self.string()?;
            self.skip_space();
            self.expect(b':', "`:`")?;
            self.skip_space();
            let start = self.at;
            self.value()?;
            found(Member { key, value: start..self.at });
            self.skip_space();
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }

    fn array(&mut self, found: &mut dyn FnMut(Range<usize>)) -> Result<()> {
        self.deeper()?;
        self.skip_space();
        let mut is_first = true;
        while self.peek() != Some(b']') {
            if !is_first {
                self.expect(b',', "`,` or `]`")?;
                self.skip_space();
            }
            is_first = false;
            let start = self.at;
            self.value()?;
            found(start..self.at);
            self.skip_space();
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }

    /// Passes a string; returns what stands between its quotes.
    fn string(&mut self) -> Result<Range<usize>> {
        self.at += 1;
        let start = self.at;
        loop {
            match memchr2(b'"', b'\\', &self.text[self.at..]) {
                None => {
                    self.at = self.text.len();
                    return Err(self.error("the closing `\"`"));
                }
                Some(len) => self.at += len,
            }
            if self.text[self.at] == b'"' {
                self.at += 1;
                return Ok(start..self.at - 1);
            }
            self.escape()?;
        }
    }

    fn escape(&mut self) -> Result<()> {
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    if !self.peek().is_some_and(|byte| byte.is_ascii_hexdigit()) {
                        return Err(self.error("four hexadecimal digits"));
                    }
                    self.at += 1;
                }
            }
            _ => return Err(self.error("an escape")),
        }
        Ok(())
    }

    fn word(&mut self, word: &'static [u8]) -> Result<()> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.error("a value"));
        }
        self.at += word.len();
        Ok(())
    }

    fn number(&mut self) -> Result<()> {
        self.at += usize::from(self.peek() == Some(b'-'));
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<()> {
        let n_digits = self.text[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += n_digits;
        if n_digits == 0 { Err(self.error("a digit")) } else { Ok(()) }
    }
}

/// A string as it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub(crate) text: String,
    /// How often U+FFFD had to stand in: for bytes that are no UTF-8, and for half of a surrogate pair.
    pub(crate) n_repaired: usize,
}

/// Reads what stands between a string's quotes.
pub(crate) fn decode(raw: &[u8]) -> Decoded {
    let mut text = String::with_capacity(raw.len());
    let mut n_repaired = 0;
    let mut at = 0;
    // Escapes are ASCII: what is sound with them is so without.
    let sound = simdutf8::basic::from_utf8(raw).ok();
    while at < raw.len() {
        let plain = memchr::memchr(b'\\', &raw[at..]).unwrap_or(raw.len() - at);
        match sound {
            Some(sound) => text.push_str(&sound[at..at + plain]),
            None => n_repaired += push_utf8(&mut text, &raw[at..at + plain]),
        }
        at += plain;
        if at < raw.len() {
            let (c, len) = unescape(&raw[at..]);
            n_repaired += usize::from(c.is_none());
            text.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
            at += len;
        }
    }
    Decoded { text, n_repaired }
}

/// Adds bytes as text; returns how many sequences that are no UTF-8 were replaced.
pub(super) fn push_utf8(text: &mut String, bytes: &[u8]) -> usize {
    if let Ok(sound) = simdutf8::basic::from_utf8(bytes) {
        text.push_str(sound);
        return 0;
    }
    let mut n_repaired = 0;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
            n_repaired += 1;
        }
    }
    n_repaired
}

/// The character that the escape at the start of `raw` stands for, and the escape's length. `None`: half a surrogate pair.
fn unescape(raw: &[u8]) -> (Option<char>, usize) {
    let c = match raw[1] {
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{C}',
        b'u' => {
            let unit = |raw: &[u8]| match raw {
                [b'\\', b'u', digits @ ..] => u32::from_str_radix(std::str::from_utf8(digits.get(..4)?).ok()?, 16).ok(),
                _ => None,
            };
            let high = unit(raw).expect("escapes were checked when the string was passed");
            if (0xD800..0xDC00).contains(&high)
                && let Some(low @ 0xDC00..0xE000) = unit(&raw[6..])
            {
                return (char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)), 12);
            }
            return (char::from_u32(high), 6);
        }
        other => char::from(other),
    };
    (Some(c), 2)
}

/// Where bytes of the decoded text stand in the raw string. `places` must grow; the raw string must be sound UTF-8 with whole surrogate pairs.
pub(crate) fn raw_places(raw: &[u8], places: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut at = 0;
    let mut decoded = 0;
    let mut raw_places = Vec::new();
    for place in places {
        while decoded < place {
            let plain = memchr::memchr(b'\\', &raw[at..]).unwrap_or(raw.len() - at).min(place - decoded);
            at += plain;
            decoded += plain;
            if decoded < place {
                let (c, len) = unescape(&raw[at..]);
                at += len;
                decoded += c.map_or(char::REPLACEMENT_CHARACTER.len_utf8(), char::len_utf8);
            }
        }
        raw_places.push(at);
    }
    raw_places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn members(text: &str) -> Result<Vec<(&str, &str)>> {
        let mut found = Vec::new();
        read_object(text.as_bytes(), &mut |member: Member| found.push((&text[member.key], &text[member.value])))?;
        Ok(found)
    }

    #[test]
    fn members_are_found_as_they_stand() {
        let text = r#" { "a" : 1.50e3 ,"b\"":[{"a":2},"]"], "c":{"a":null} } "#;
        assert_eq!(members(text), Ok(vec![("a", "1.50e3"), ("b\\\"", r#"[{"a":2},"]"]"#), ("c", r#"{"a":null}"#)]));
        assert_eq!(members("[1]"), Ok(vec![]));
        let array = br#"[ 1, [2, 3] ,"x"]"#;
        assert_eq!(elements(array).into_iter().map(|range| &array[range]).collect::<Vec<_>>(), [&b"1"[..], b"[2, 3]", b"\"x\""]);
    }

    #[test]
    fn a_broken_text_is_named_with_its_place() {
        for (text, message) in [
            ("{\"a\": 1", "expected `,` or `}` at byte 8"),
            ("{\"a\" 1}", "expected `:` at byte 6"),
            ("{\"a\": \"x}", "expected the closing `\"` at byte 10"),
            ("{\"a\": 1} x", "expected the end of the line at byte 10"),
            ("{a: 1}", "expected a field name in quotes at byte 2"),
            ("{\"a\": 01}", "expected `,` or `}` at byte 8"),
            ("{\"a\": \"\\x\"}", "expected an escape at byte 9"),
            ("{\"a\": \"\\u12\"}", "expected four hexadecimal digits at byte 12"),
            ("", "expected a value at byte 1"),
            ("nul", "expected a value at byte 1"),
        ] {
            assert_eq!(members(text).map_err(|error| error.to_string()), Err(message.to_owned()), "{text}");
        }
        assert!(members(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn strings_read_as_they_were_meant() {
        for (raw, text, n_repaired) in [
            (&br"a\n\u00fc\/\\\ud83d\ude00"[..], "a\nü/\\😀", 0),
            (br"\ud83d!", "\u{FFFD}!", 1),
            (br"\ude00\ud83d", "\u{FFFD}\u{FFFD}", 2),
            (b"M\xfcnchen", "M\u{FFFD}nchen", 1),
            ("Ä".as_bytes(), "Ä", 0),
        ] {
            assert_eq!(decode(raw), Decoded { text: text.to_owned(), n_repaired });
        }
    }

    proptest! {
        #[test]
        fn what_serde_json_reads_is_read_and_what_it_refuses_is_refused(text in r#"[\[\]{},:"a\\u0-9.eE+\-tfn ]{0,24}|\{("[a-c]":("[^"\\\x00-\x1F]{0,3}"|-?[0-9]{1,2}(\.[0-9])?|true|null|\[\]),?){0,3}\}"#) {
            let ours = read_object(text.as_bytes(), &mut |_| {}).is_ok();
            let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(ours, theirs);
        }

        #[test]
        fn decoded_text_and_raw_places_are_serde_jsons(text in any::<String>(), ascii in any::<bool>()) {
            let mut raw = serde_json::to_string(&text).expect("a string can be written");
            if ascii {
                raw = raw.chars().map(|c| if c.is_ascii() { c.to_string() } else {
                    c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
                }).collect();
            }
            let raw = &raw.as_bytes()[1..raw.len() - 1];
            prop_assert_eq!(decode(raw), Decoded { text: text.clone(), n_repaired: 0 });
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            for (at, raw_at) in places.iter().zip(raw_places(raw, places.iter().copied())) {
                prop_assert_eq!(decode(&raw[raw_at..]).text, &text[*at..]);
            }
        }
    }
}
