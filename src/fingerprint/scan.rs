//! Words of a text and their hashes, in one pass: the hottest loop of the program.
//!
//! [`scan_words`] reads characters by their [`Class`] and folds them as it goes. What it can't judge exactly it hands, up to the next white space, to
//! [`scan_words_plainly`], which is the definition: both find the same words in any text.

use super::classes::{Class, Entry, MAX_FORM, entry, entry_of_code};
use super::matching_form::matching_form;
use super::shingle::Seed;
use crate::corpus::ByteSpan;
use crate::split::for_each_word;

/// Calls `found` with each word of `text`, in order: its bytes, and the 64-bit hash of its matching form.
pub fn scan_words(text: &str, seed: Seed, found: &mut impl FnMut(ByteSpan, u64)) {
    Scanner { text, at: 0, start: 0, open: None, form: vec![0; 256], len: 0, seed }.run(found);
}

/// The same as [`scan_words`], by the definition: UAX #29 first, then the matching form of each word.
pub fn scan_words_plainly(text: &str, seed: Seed, found: &mut impl FnMut(ByteSpan, u64)) {
    for_each_word(text, |span, word| found(span, seed.hash_word(matching_form(word).as_bytes())));
}

/// What an ASCII byte is, if it is no letter or digit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Byte {
    /// White space or punctuation that ends a word and is in none.
    Break,
    /// Anything else.
    Other,
}

/// For each byte: its matching form, if it is an ASCII letter or digit, else 0.
const FORMS: [u8; 256] = {
    let mut forms = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            forms[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    forms
};

/// For each byte that has no form: whether it surely is a border.
const BYTES: [Byte; 256] = {
    let mut bytes = [Byte::Other; 256];
    let mut byte = 0;
    while byte < 128 {
        let is_mid = matches!(byte as u8, b'.' | b',' | b':' | b';' | b'\'' | b'_');
        let is_plain = byte as u8 == b' ' || (byte as u8).is_ascii_punctuation() || byte as u8 == b'\n' || byte as u8 == b'\t';
        if is_plain && !is_mid {
            bytes[byte] = Byte::Break;
        }
        byte += 1;
    }
    bytes
};

struct Scanner<'a> {
    text: &'a str,
    /// Where the next character is read.
    at: usize,
    /// Where the open word began; its class is that of the last character that a border could depend on.
    start: usize,
    open: Option<Class>,
    /// The open word in matching form, `len` bytes of it; there is always room for one more character.
    form: Vec<u8>,
    len: usize,
    seed: Seed,
}

impl Scanner<'_> {
    fn run(&mut self, found: &mut impl FnMut(ByteSpan, u64)) {
        while self.at < self.text.len() {
            self.pass_plain_words(found);
            let Some((entry, len)) = self.peek(self.at) else { break };
            match entry.class {
                Class::Space | Class::Break => {
                    self.close(found);
                    self.at += len;
                }
                Class::Letter | Class::Digit => {
                    if !matches!(self.open, None | Some(Class::Letter | Class::Digit)) {
                        self.close(found);
                    }
                    self.take(entry, len);
                }
                Class::Katakana => {
                    if self.open != Some(Class::Katakana) {
                        self.close(found);
                    }
                    self.take(entry, len);
                }
                Class::Single => {
                    self.close(found);
                    self.take(entry, len);
                }
                Class::Mark if self.open.is_some() => self.take(entry, len),
                Class::MidLetter | Class::MidNumber | Class::MidBoth => self.join_or_break(entry, len, found),
                Class::Mark | Class::Hard => self.scan_plainly_to_space(found),
            }
        }
        self.close(found);
    }

    /// Takes words of ASCII letters, digits and letters of two bytes (Latin, Greek, Cyrillic, Arabic ...) with plain borders between them, of
    /// which most text is made.
    fn pass_plain_words(&mut self, found: &mut impl FnMut(ByteSpan, u64)) {
        if !matches!(self.open, None | Some(Class::Letter | Class::Digit)) {
            return;
        }
        let bytes = self.text.as_bytes();
        loop {
            let first = self.at;
            while let Some(&byte) = bytes.get(self.at) {
                let form = FORMS[byte as usize];
                if form != 0 {
                    self.form[self.len] = form;
                    self.len += 1;
                    self.at += 1;
                } else if !self.take_two_byte_letter(byte) {
                    break;
                }
                if self.len + MAX_FORM > self.form.len() {
                    self.form.resize(2 * self.form.len(), 0);
                }
            }
            if self.at > first {
                if self.open.is_none() {
                    self.start = first;
                }
                self.open = Some(if bytes[self.at - 1].is_ascii_digit() { Class::Digit } else { Class::Letter });
            }
            match bytes.get(self.at) {
                Some(&byte) if BYTES[byte as usize] == Byte::Break => {
                    self.close(found);
                    self.at += 1;
                }
                _ => return,
            }
        }
    }

    /// Takes the character that begins with `byte`, if it is a letter of two bytes with a form of its own.
    #[inline]
    fn take_two_byte_letter(&mut self, byte: u8) -> bool {
        if !(0xC2..0xE0).contains(&byte) {
            return false;
        }
        let code = (byte as usize & 0x1F) << 6 | self.text.as_bytes()[self.at + 1] as usize & 0x3F;
        let entry = entry_of_code(code);
        if entry.class != Class::Letter {
            return false;
        }
        self.len += entry.write_form(&mut self.form[self.len..]);
        self.at += 2;
        true
    }

    #[inline]
    fn peek(&self, at: usize) -> Option<(Entry, usize)> {
        let c = self.text[at..].chars().next()?;
        Some((entry(c), c.len_utf8()))
    }

    /// Takes a character into the open word, or opens one with it. A mark belongs to the character before it and changes no border.
    fn take(&mut self, entry: Entry, len: usize) {
        if self.open.is_none() {
            self.start = self.at;
        }
        if entry.class != Class::Mark {
            self.open = Some(entry.class);
        }
        self.join(entry, len);
    }

    /// A character that joins what stands on both sides of it, if both are of the right kind.
    fn join_or_break(&mut self, entry: Entry, len: usize, found: &mut impl FnMut(ByteSpan, u64)) {
        let next = self.peek(self.at + len).map(|(next, _)| next.class);
        let joins_letters = entry.class != Class::MidNumber;
        let joins_digits = entry.class != Class::MidLetter;
        match (self.open, next) {
            (_, Some(Class::Hard | Class::Mark)) => self.scan_plainly_to_space(found),
            (Some(Class::Letter), Some(Class::Letter)) if joins_letters => self.join(entry, len),
            (Some(Class::Digit), Some(Class::Digit)) if joins_digits => self.join(entry, len),
            _ => {
                self.close(found);
                self.at += len;
            }
        }
    }

    /// Adds a character's form to the open word.
    fn join(&mut self, entry: Entry, len: usize) {
        self.len += entry.write_form(&mut self.form[self.len..]);
        if self.len + MAX_FORM > self.form.len() {
            self.form.resize(2 * self.form.len(), 0);
        }
        self.at += len;
    }

    #[inline]
    fn close(&mut self, found: &mut impl FnMut(ByteSpan, u64)) {
        if self.open.take().is_some() {
            found(ByteSpan::new(self.start, self.at), self.seed.hash_word(&self.form[..self.len]));
            self.len = 0;
        }
    }

    /// Gives the open word (or, where none is, the character before, to which a mark may belong) and all up to the next white space to the
    /// plain way: no other rule of UAX #29 looks across a border or white space.
    #[cold]
    fn scan_plainly_to_space(&mut self, found: &mut impl FnMut(ByteSpan, u64)) {
        let start = if self.open.take().is_some() { self.start } else { self.start_of_character_before() };
        self.len = 0;
        let rest = &self.text[self.at..];
        let end = self.at + rest.char_indices().find(|&(_, c)| entry(c).class == Class::Space).map_or(rest.len(), |(at, _)| at);
        scan_words_plainly(&self.text[start..end], self.seed, &mut |span, hash| found(span.shifted(start), hash));
        self.at = end;
    }

    /// Where the character before the current one begins; white space counts as one character, however much it is.
    fn start_of_character_before(&self) -> usize {
        let before = &self.text[..self.at];
        let without_space = before.trim_end_matches(|c| entry(c).class == Class::Space);
        if without_space.len() < before.len() {
            return without_space.len();
        }
        before.char_indices().next_back().map_or(0, |(at, _)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Found = Vec<(ByteSpan, u64)>;

    fn both(text: &str) -> (Found, Found) {
        let (mut fast, mut plain) = (Vec::new(), Vec::new());
        scan_words(text, Seed(1), &mut |span, hash| fast.push((span, hash)));
        scan_words_plainly(text, Seed(1), &mut |span, hash| plain.push((span, hash)));
        (fast, plain)
    }

    #[test]
    fn every_character_is_judged_as_by_the_definition_in_every_neighbourhood() {
        let around = ["a", "1", ".", ",", "'", ":", " ", "-", "ä", "新", "カ", "_", "\"", "\u{301}", "\u{AD}", "ि"];
        for c in ('\0'..='\u{FFFF}').chain('\u{1F600}'..='\u{1F610}').chain('\u{11100}'..='\u{11140}') {
            for before in around {
                for after in ["a", "1", ".a", " "] {
                    let text = format!("{before}{c}{after}");
                    let (fast, plain) = both(&text);
                    assert_eq!(fast, plain, "{text:?}");
                }
            }
        }
    }

    #[test]
    fn words_of_any_length_are_read() {
        for len in (0..600).chain([100_000]) {
            for letter in ["a", "Ä", "新"] {
                let (fast, plain) = both(&letter.repeat(len));
                assert_eq!(fast, plain, "{len} times {letter}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn fast_and_plain_find_the_same_words_in_any_text(text in any::<String>()) {
            let (fast, plain) = both(&text);
            prop_assert_eq!(fast, plain);
        }

        #[test]
        fn fast_and_plain_find_the_same_words_in_text_that_looks_like_text(
            text in "([a-zA-Z0-9.,:;'’‘ʼ_ äÖßéłÇ\u{301}\u{308}\u{327}\u{AD}\u{200B}\u{200D}\u{202F}\u{A0}-ЖжоאבبتкिीनुŽ়\u{93c}新闻あカー한국\u{1100}\u{1161}\n\"–„“]|don't|3,5|z\\.B\\.){0,40}"
        ) {
            let (fast, plain) = both(&text);
            prop_assert_eq!(fast, plain);
        }
    }
}
