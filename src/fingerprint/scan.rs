//! Words of a text and their hashes, in one pass: the hottest loop of the program.
//!
//! [`scan_words`] reads characters by their [`Class`] and folds them as it goes. What it can't judge exactly it hands, up to the next white space, to
//! [`scan_words_plainly`], which is the definition: both find the same words in any text.

use super::classes::{Class, Entry, entry, entry_of_code};
use super::matching_form::matching_form;
use super::outline::Outline;
use super::shingle::{SHORT_FORM, Seed};
use crate::corpus::ByteSpan;
use crate::processor::{HotLoop, at_its_best};
use crate::split::for_each_word;

/// Calls `found` with each word of `text`, in order: its bytes, and the 64-bit hash of its matching form.
pub fn scan_words(text: &str, seed: Seed, found: &mut impl FnMut(ByteSpan, u64)) {
    Scanner::of(text, seed).run(found);
}

/// The same as [`scan_words`], by the definition: UAX #29 first, then the matching form of each word.
pub fn scan_words_plainly(text: &str, seed: Seed, found: &mut impl FnMut(ByteSpan, u64)) {
    for_each_word(text, |span, word| found(span, seed.hash_word(matching_form(word).as_bytes())));
}

/// The letter of two bytes at `at`, if one stands there and has a form of its own.
#[inline]
fn two_byte_letter(bytes: &[u8], at: usize) -> Option<Entry> {
    let &[first @ 0xC2..0xE0, second] = bytes[at..].first_chunk()? else { return None };
    let entry = entry_of_code((first as usize & 0x1F) << 6 | second as usize & 0x3F);
    (entry.class() == Class::Letter).then_some(entry)
}

/// A word in matching form while its characters come: in a register as long as it fits.
#[derive(Debug, Default)]
struct Form {
    short: u128,
    len: usize,
    /// The whole form, if it is longer than `short` can hold.
    long: Vec<u8>,
}

impl Form {
    /// Adds `n` bytes, the first in the low end; those above are 0.
    #[inline]
    fn push(&mut self, bytes: u128, n: usize) {
        if self.len + n > SHORT_FORM {
            return self.push_long(bytes, n);
        }
        // Where it is full already, nothing is added, and the shift doesn't matter.
        self.short |= bytes.wrapping_shl(8 * self.len as u32);
        self.len += n;
    }

    #[cold]
    fn push_long(&mut self, bytes: u128, n: usize) {
        // As many bytes each time are sooner added than as many as there are.
        if self.long.is_empty() {
            self.long.extend_from_slice(&self.short.to_le_bytes());
            self.long.truncate(self.len);
        }
        self.long.extend_from_slice(&bytes.to_le_bytes());
        self.len += n;
        self.long.truncate(self.len);
    }

    #[inline]
    fn push_character(&mut self, entry: Entry) {
        let (bytes, n) = entry.form();
        self.push(u128::from(bytes), n);
    }

    /// The word's hash; the next word may come.
    #[inline]
    fn take_hash(&mut self, seed: Seed) -> u64 {
        let hash = if self.len <= SHORT_FORM { seed.hash_short_word(self.short) } else { seed.hash_word(&self.long) };
        if self.len > SHORT_FORM {
            self.long.clear();
        }
        (self.short, self.len) = (0, 0);
        hash
    }
}

struct Scanner<'a> {
    text: &'a str,
    outline: Outline,
    /// Where the next character is read.
    at: usize,
    /// Where the open word began; its class is that of the last character that a border could depend on.
    start: usize,
    open: Option<Class>,
    /// The open word in matching form.
    form: Form,
    seed: Seed,
}

impl Scanner<'_> {
    fn of(text: &str, seed: Seed) -> Scanner<'_> {
        let outline = Outline::of(text.as_bytes());
        Scanner { text, outline, at: 0, start: 0, open: None, form: Form::default(), seed }
    }

    fn run(mut self, found: &mut impl FnMut(ByteSpan, u64)) {
        while self.at < self.text.len() {
            at_its_best(CommonWords { scanner: &mut self, found });
            if self.pass_plain_words(found) {
                continue;
            }
            let Some((entry, len)) = self.peek(self.at) else { break };
            match entry.class() {
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
                    self.take_singles(entry, len, found);
                }
                Class::Mark if self.open.is_some() => self.take(entry, len),
                Class::MidLetter | Class::MidNumber | Class::MidBoth => self.join_or_break(entry, len, found),
                Class::Mark | Class::Hard => self.scan_plainly_to_space(found),
            }
        }
        self.close(found);
    }

    /// The length of the character at `at`, if it is a border on both sides, and in no word.
    fn break_at(&self, at: usize) -> Option<usize> {
        self.peek(at).filter(|(entry, _)| matches!(entry.class(), Class::Space | Class::Break)).map(|(_, len)| len)
    }

    /// Takes other words of ASCII letters, digits and letters of two bytes (Latin, Greek, Cyrillic, Arabic ...) with breaks between them. Tells whether it ends
    /// where a common word may begin.
    #[inline(never)]
    fn pass_plain_words(&mut self, found: &mut impl FnMut(ByteSpan, u64)) -> bool {
        if !matches!(self.open, None | Some(Class::Letter | Class::Digit)) {
            return false;
        }
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        let mut start = if self.open.is_some() { self.start } else { at };
        let mut form = std::mem::take(&mut self.form);
        let may_be_common = loop {
            let n_plain = self.outline.n_plain(at).0.min(SHORT_FORM);
            if n_plain > 0 && at == start && at > self.at {
                break true;
            }
            form.push(self.outline.short_form(at, n_plain), n_plain);
            at += n_plain;
            if n_plain == SHORT_FORM {
                continue;
            }
            if self.outline.is_break(at) {
                if at > start {
                    found(ByteSpan::new(start, at), form.take_hash(self.seed));
                }
                at += 1;
                start = at;
                continue;
            }
            let n_read = at;
            // In most scripts, one such letter follows another.
            while let Some(entry) = two_byte_letter(bytes, at) {
                form.push_character(entry);
                at += 2;
            }
            if at == n_read {
                break false;
            }
        };
        if at > self.at {
            self.open = (at > start).then(|| if bytes[at - 1].is_ascii_digit() { Class::Digit } else { Class::Letter });
        }
        (self.at, self.start, self.form) = (at, start, form);
        may_be_common
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
        if entry.class() != Class::Mark {
            self.open = Some(entry.class());
        }
        self.join(entry, len);
    }

    /// Takes a character that is a word of its own, and all such behind it. The last stays open: a mark may follow.
    fn take_singles(&mut self, mut entry: Entry, mut len: usize, found: &mut impl FnMut(ByteSpan, u64)) {
        while let Some((next, next_len)) = self.peek(self.at + len).filter(|(next, _)| next.class() == Class::Single) {
            let (form, _) = entry.form();
            found(ByteSpan::new(self.at, self.at + len), self.seed.hash_short_word(form.into()));
            self.at += len;
            (entry, len) = (next, next_len);
        }
        self.take(entry, len);
    }

    /// A character that joins what stands on both sides of it, if both are of the right kind.
    fn join_or_break(&mut self, entry: Entry, len: usize, found: &mut impl FnMut(ByteSpan, u64)) {
        let next = self.peek(self.at + len).map(|(next, _)| next.class());
        let joins_letters = entry.class() != Class::MidNumber;
        let joins_digits = entry.class() != Class::MidLetter;
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
        self.form.push_character(entry);
        self.at += len;
    }

    #[inline]
    fn close(&mut self, found: &mut impl FnMut(ByteSpan, u64)) {
        if self.open.take().is_some() {
            found(ByteSpan::new(self.start, self.at), self.form.take_hash(self.seed));
        }
    }

    /// Gives the open word (or, where none is, the character before, to which a mark may belong) and all up to the next white space to the
    /// plain way: no other rule of UAX #29 looks across a border or white space.
    #[cold]
    fn scan_plainly_to_space(&mut self, found: &mut impl FnMut(ByteSpan, u64)) {
        let start = if self.open.take().is_some() { self.start } else { self.start_of_character_before() };
        self.form = Form::default();
        let rest = &self.text[self.at..];
        let end = self.at + rest.char_indices().find(|&(_, c)| entry(c).class() == Class::Space).map_or(rest.len(), |(at, _)| at);
        scan_words_plainly(&self.text[start..end], self.seed, &mut |span, hash| found(span.shifted(start), hash));
        self.at = end;
    }

    /// Where the character before the current one begins; white space counts as one character, however much it is.
    fn start_of_character_before(&self) -> usize {
        let before = &self.text[..self.at];
        let without_space = before.trim_end_matches(|c| entry(c).class() == Class::Space);
        if without_space.len() < before.len() {
            return without_space.len();
        }
        before.char_indices().next_back().map_or(0, |(at, _)| at)
    }
}

/// The plain words from where a scanner stands, with breaks on both sides: of these, most text is made.
struct CommonWords<'a, 't, F> {
    scanner: &'a mut Scanner<'t>,
    found: &'a mut F,
}

impl<F: FnMut(ByteSpan, u64)> HotLoop for CommonWords<'_, '_, F> {
    type Found = ();

    #[inline(always)]
    fn run(self) {
        let Self { scanner, found } = self;
        if scanner.open.is_some() {
            return;
        }
        let mut at = scanner.at;
        let mut odd = scanner.outline.next_odd(at);
        loop {
            let (n_plain, n_others) = scanner.outline.n_plain(at);
            let word_end = at + n_plain;
            let mut next = (word_end + n_others).min(odd);
            if n_plain > Outline::MOST_KNOWN {
                break;
            }
            if word_end >= odd {
                let Some(len) = scanner.break_at(odd) else { break };
                next = odd + len;
                odd = scanner.outline.next_odd(next);
            }
            let word = ByteSpan::new(at, word_end);
            match n_plain {
                0 => {}
                1..=SHORT_FORM => found(word, scanner.seed.hash_short_word(scanner.outline.short_form(at, n_plain))),
                _ => found(word, scanner.seed.hash_word(scanner.outline.long_form(at, n_plain))),
            }
            at = next;
        }
        scanner.at = at;
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
    fn words_are_found_wherever_blocks_border() {
        let pieces = [
            "Fußgänger",
            "Ä'ä",
            "3,5",
            "a.b:c",
            "e;_f",
            "„so“",
            "–",
            "a\u{301}",
            "“\u{301}b",
            "don't.",
            "\u{AD}x",
            "Donaudampfschiffahrt,",
            "нет",
            "\r\n",
        ];
        for (before, after) in pieces.iter().flat_map(|before| pieces.map(|after| (before, after))) {
            for at in 100..140 {
                for text in
                    [format!("{}{before}{after} z", "y ".repeat(at / 2)), format!("{}{before} {after}", "y".repeat(at - 60))]
                {
                    let (fast, plain) = both(&text);
                    assert_eq!(fast, plain, "{text:?}");
                }
            }
        }
    }

    #[test]
    fn any_processor_finds_the_same_words() {
        let text =
            "Im Jahr 2024 „sagten“ viele, dass es so sei: ja (oder nein). Donaudampfschiffahrtsgesellschaft – Übermut; Ö. ß";
        for (start, _) in text.char_indices() {
            let [here, anywhere] = [true, false].map(|is_at_its_best| {
                let mut words = Found::new();
                let mut scanner = Scanner::of(&text[start..], Seed(1));
                let found = &mut |span, hash| words.push((span, hash));
                let common = CommonWords { scanner: &mut scanner, found };
                if is_at_its_best {
                    at_its_best(common)
                } else {
                    common.run()
                }
                (scanner.at, words)
            });
            assert_eq!(here, anywhere);
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
