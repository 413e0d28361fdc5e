//! Words of a text and their hashes, in one pass: the hottest loop of the program.
//!
//! [`scan_words`] reads characters by their [`Class`] and folds them as it goes. What it can't judge exactly it hands, up to the next white space, to
//! [`scan_words_plainly`], which is the definition: both find the same words in any text.

use super::classes::{Class, Entry, entry, entry_of_code};
use super::matching_form::matching_form;
use super::shingle::{SHORT_FORM, Seed};
use crate::block::Block;
use crate::corpus::ByteSpan;
use crate::split::for_each_word;

/// Calls `found` with each word of `text`, in order: its bytes, and the 64-bit hash of its matching form.
pub fn scan_words(text: &str, seed: Seed, found: &mut impl FnMut(ByteSpan, u64)) {
    let plain = PlainBytes::of(text.as_bytes());
    Scanner { text, plain, at: 0, start: 0, open: None, form: Form::default(), seed }.run(found);
}

/// The same as [`scan_words`], by the definition: UAX #29 first, then the matching form of each word.
pub fn scan_words_plainly(text: &str, seed: Seed, found: &mut impl FnMut(ByteSpan, u64)) {
    for_each_word(text, |span, word| found(span, seed.hash_word(matching_form(word).as_bytes())));
}

/// What an ASCII byte is to the words around it: [`BREAK`], [`MID`] or neither.
const BORDERS: [u8; 256] = {
    let mut borders = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        let c = byte as u8;
        if matches!(c, b'.' | b',' | b':' | b';' | b'\'') {
            borders[byte] = MID;
        } else if matches!(c, b' ' | b'\n' | b'\t') || c.is_ascii_punctuation() && c != b'_' {
            borders[byte] = BREAK;
        }
        byte += 1;
    }
    borders
};

/// A border on both sides, and in no word, whatever stands around it.
const BREAK: u8 = 1;
/// It may join what stands on both sides of it. Before a [`BREAK`] it is such itself.
const MID: u8 = 2;

/// Whether a byte with another one behind it is a border on both sides, and in no word; and whether that one is, whatever follows it.
#[inline]
fn are_breaks([byte, next]: [u8; 2]) -> (bool, bool) {
    let (border, next) = (BORDERS[byte as usize], BORDERS[next as usize]);
    ((border | (border / MID) & next) & BREAK != 0, next & BREAK != 0)
}

/// For each number of bytes up to a whole block: so many at its start.
const FIRST_BYTES: [u128; Block::LEN + 1] = {
    let mut masks = [u128::MAX; Block::LEN + 1];
    let mut n = 0;
    while n < Block::LEN {
        masks[n] = (1 << (8 * n)) - 1;
        n += 1;
    }
    masks
};

/// Where the letters and digits of a text stand that take no look at a table: those of ASCII, and the letters of two bytes of Latin-1 but for `ß`. A bit for each
/// byte: so the way from word to word waits for a few bits, not for the bytes themselves.
struct PlainBytes(Vec<u8>);

impl PlainBytes {
    fn of(text: &[u8]) -> Self {
        let mut bits: Vec<u8> = Vec::with_capacity(text.len() / 8 + 3 * size_of::<u64>());
        let mut begins_before = 0;
        for start in (0..text.len()).step_by(u64::BITS as usize) {
            let (mut plain, mut first, mut second) = (0, 0, 0);
            for (nth, at) in (start..text.len()).step_by(Block::LEN).take(u64::BITS as usize / Block::LEN).enumerate() {
                let block = Block::at(text, at);
                let put = |bits: u16| u64::from(bits) << (nth * Block::LEN);
                let latin = block.latin();
                (plain, first, second) = (plain | put(block.alphanumeric()), first | put(latin.0), second | put(latin.1));
            }
            second &= first << 1 | begins_before;
            begins_before = first >> (u64::BITS - 1);
            if let Some(before) = bits.last_mut() {
                *before |= (second << 7) as u8;
            }
            bits.extend_from_slice(&(plain | second | second >> 1).to_le_bytes());
        }
        // Enough bits can be read from every place.
        bits.extend_from_slice(&[0; size_of::<u64>()]);
        Self(bits)
    }

    /// How many stand in a row from `at` on (of more than a block has, so many), and how many others behind them.
    #[inline]
    fn from(&self, at: usize) -> (usize, usize) {
        let bits = self.0[at / 8..].first_chunk().map_or(0, |&bits| u64::from_le_bytes(bits)) >> (at % 8);
        let n_plain = (!bits | 1 << Block::LEN).trailing_zeros();
        (n_plain as usize, (bits >> n_plain).trailing_zeros() as usize)
    }
}

/// The first `n` bytes of a block, which are [plain](PlainBytes), in matching form.
#[inline]
fn folded(block: Block, n: usize) -> u128 {
    const ONES: u128 = u128::MAX / 0xFF;
    let bytes = block.bytes();
    // This bit makes a capital letter a small one, in the second byte of a letter of two, too, and digits have it.
    let is_first_of_two = bytes & (bytes << 1) & (ONES << 7);
    (bytes | (ONES * 0x20) & !(is_first_of_two >> 2)) & FIRST_BYTES[n]
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
    plain: PlainBytes,
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
    fn run(&mut self, found: &mut impl FnMut(ByteSpan, u64)) {
        while self.at < self.text.len() {
            self.pass_plain_words(found);
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

    /// Takes words of ASCII letters, digits and letters of two bytes (Latin, Greek, Cyrillic, Arabic ...) with plain borders between them, of
    /// which most text is made.
    fn pass_plain_words(&mut self, found: &mut impl FnMut(ByteSpan, u64)) {
        if !matches!(self.open, None | Some(Class::Letter | Class::Digit)) {
            return;
        }
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        let mut start = if self.open.is_some() { self.start } else { at };
        let mut form = std::mem::take(&mut self.form);
        loop {
            let (n_plain, n_others) = self.plain.from(at);
            let folded = folded(Block::at(bytes, at), n_plain);
            let behind = bytes.get(at + n_plain..).and_then(|rest| rest.first_chunk().copied());
            let (is_break, is_next_break) = behind.map_or((false, false), are_breaks);
            if is_break && n_others - usize::from(is_next_break) == 1 && at == start && n_plain < Block::LEN {
                // Most words are just this, with one or two breaks behind them.
                if n_plain > 0 {
                    found(ByteSpan::new(at, at + n_plain), self.seed.hash_short_word(folded));
                }
                at += n_plain + n_others;
                start = at;
                continue;
            }
            form.push(folded, n_plain);
            at += n_plain;
            if n_plain == Block::LEN {
                continue;
            }
            if is_break {
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
                break;
            }
        }
        if at > self.at {
            self.open = (at > start).then(|| if bytes[at - 1].is_ascii_digit() { Class::Digit } else { Class::Letter });
        }
        (self.at, self.start, self.form) = (at, start, form);
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
    fn letters_and_digits_are_folded() {
        for (len, first_bytes) in FIRST_BYTES.into_iter().enumerate() {
            let letters = &b"aZ09zAQx7bcdefGHIJ"[..len];
            let text = [letters, b"-XY"].concat();
            let (n_plain, _) = PlainBytes::of(&text).from(0);
            assert_eq!(n_plain, len);
            let folded = folded(Block::at(&text, 0), n_plain);
            assert_eq!(folded.to_le_bytes()[..len], letters.to_ascii_lowercase());
            assert_eq!(folded & !first_bytes, 0);
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
