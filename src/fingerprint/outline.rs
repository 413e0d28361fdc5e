//! What can be told of a text many bytes at a time: where its common words stand, and their matching form.

use super::shingle::SHORT_FORM;
use crate::block::{BLOCK_LEN, Block, Classes};
use crate::processor::{HotLoop, at_its_best};

/// A text's [plain](Self::n_plain) bytes, and its breaks. The way from word to word waits for a few bits of it, not for the bytes themselves.
///
/// It may take too little for plain, or a break, at the borders of blocks; who reads all else plainly finds the same words.
pub(super) struct Outline {
    /// The text with its plain bytes in matching form, and more behind the end.
    folded: Vec<[u8; BLOCK_LEN]>,
    /// A bit for each plain byte, and zeroes behind.
    plain: Vec<[u8; size_of::<u64>()]>,
    /// A bit for each byte that is neither plain nor a break, and for all behind the end.
    odd: Vec<u64>,
}

impl Outline {
    /// Of more plain bytes in a row it is not known how many they are: those whose bits may not be among those read from any place of a byte.
    pub(super) const MOST_KNOWN: usize = BLOCK_LEN - u8::BITS as usize;

    /// The outline of `text`.
    pub(super) fn of(text: &[u8]) -> Self {
        at_its_best(Drawing(text))
    }

    #[inline(always)]
    fn push(&mut self, block: Block<'_>) {
        let Classes { alphanumeric, breaks, mids, latin_first, latin_second } = block.classes();
        let second = latin_second & latin_first << 1;
        let plain = alphanumeric | second | second >> 1;
        // What may join what stands on both sides of it doesn't where a break follows.
        let breaks = breaks | mids & breaks >> 1;
        self.folded.push(block.folded());
        self.plain.push(plain.to_le_bytes());
        self.odd.push(!(plain | breaks));
    }

    /// How many plain bytes stand in a row from `at` on, and how many others behind those (of many, some). Plain are the letters and digits of ASCII, and the
    /// letters of two bytes of Latin-1 but for `ß`. Of more than [`Self::MOST_KNOWN`], it is any number above that.
    #[inline]
    pub(super) fn n_plain(&self, at: usize) -> (usize, usize) {
        let bits = self.plain.as_flattened()[at / 8..].first_chunk().map_or(0, |&bits| u64::from_le_bytes(bits)) >> (at % 8);
        let n_plain = (!bits).trailing_zeros();
        let others = (bits | 1 << Self::MOST_KNOWN).wrapping_shr(n_plain);
        (n_plain as usize, others.trailing_zeros() as usize)
    }

    /// The matching form of the `n` bytes from `at` on, which are plain and no more than [`SHORT_FORM`].
    #[inline]
    pub(super) fn short_form(&self, at: usize, n: usize) -> u128 {
        self.folded.as_flattened()[at..].first_chunk().map_or(0, |&block| u128::from_le_bytes(block)) & FIRST_BYTES[n]
    }

    /// The matching form of the `n` bytes from `at` on, which are plain.
    #[inline]
    pub(super) fn long_form(&self, at: usize, n: usize) -> &[u8] {
        &self.folded.as_flattened()[at..][..n]
    }

    /// Whether the byte at `at`, which is not plain, is a border on both sides, and in no word, whatever stands around it.
    #[inline]
    pub(super) fn is_break(&self, at: usize) -> bool {
        self.odd[at / BLOCK_LEN] >> (at % BLOCK_LEN) & 1 == 0
    }

    /// Where from `at` on the first byte stands that is neither plain nor a break; or the text's end.
    #[inline]
    pub(super) fn next_odd(&self, at: usize) -> usize {
        let (mut nth, mut bits) = (at / BLOCK_LEN, self.odd[at / BLOCK_LEN] & u64::MAX << (at % BLOCK_LEN));
        while bits == 0 {
            nth += 1;
            bits = self.odd[nth];
        }
        nth * BLOCK_LEN + bits.trailing_zeros() as usize
    }
}

/// The way through a text that makes its outline.
struct Drawing<'a>(&'a [u8]);

impl HotLoop for Drawing<'_> {
    type Found = Outline;

    #[inline(always)]
    fn run(self) -> Outline {
        let (blocks, last) = Block::all(self.0, 0);
        // A short form can be read from every place of the text, and as many bits.
        let n_blocks = blocks.len() + 2;
        let mut outline = Outline {
            folded: Vec::with_capacity(n_blocks),
            plain: Vec::with_capacity(n_blocks),
            odd: Vec::with_capacity(n_blocks),
        };
        // No closure, which would not be put in line.
        for block in blocks.iter().chain([&last, &[0; BLOCK_LEN]]) {
            outline.push(Block(block));
        }
        outline
    }
}

/// For each number of bytes of a short form: so many at its start.
const FIRST_BYTES: [u128; SHORT_FORM + 1] = {
    let mut masks = [u128::MAX; SHORT_FORM + 1];
    let mut n = 0;
    while n < SHORT_FORM {
        masks[n] = (1 << (8 * n)) - 1;
        n += 1;
    }
    masks
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_digits_are_counted_and_folded() {
        for (len, first_bytes) in FIRST_BYTES.into_iter().enumerate() {
            let letters = &b"aZ09zAQx7bcdefGHIJ"[..len];
            let outline = Outline::of(&[letters, b"-(X"].concat());
            assert_eq!(outline.n_plain(0), (len, 2));
            let form = outline.short_form(0, len);
            assert_eq!(form.to_le_bytes()[..len], letters.to_ascii_lowercase());
            assert_eq!(form & !first_bytes, 0);
        }
        let outline = Outline::of("ÀÖÞß÷".as_bytes());
        assert_eq!(outline.n_plain(0).0, 6);
        assert_eq!(outline.short_form(0, 6).to_le_bytes()[..6], *"àöþ".as_bytes());
        assert_eq!((outline.next_odd(0), outline.next_odd(7), outline.next_odd(10)), (6, 7, 10));
    }

    #[test]
    fn of_what_may_join_words_only_that_before_a_break_is_one() {
        let text = b"a. b.c: d,1;\n(e'f') _g.";
        let outline = Outline::of(text);
        let odd: Vec<usize> = (0..=text.len()).filter(|&at| outline.next_odd(at) == at).collect();
        assert_eq!(odd, [4, 9, 15, 20, 22, 23]);
        for (at, byte) in text.iter().enumerate().filter(|(_, byte)| !byte.is_ascii_alphanumeric()) {
            assert_eq!(outline.is_break(at), !odd.contains(&at), "{} at {at}", *byte as char);
        }
    }

    #[test]
    fn long_rows_of_the_same_are_read_from_any_place() {
        for at in 0..70 {
            let text = [&vec![b' '; at][..], &[b'x'; 300], &[b' '; 300], b"."].concat();
            let outline = Outline::of(&text);
            assert!(outline.n_plain(at).0 > Outline::MOST_KNOWN);
            assert_eq!(outline.n_plain(at + 290), (10, Outline::MOST_KNOWN - 10), "of many others, as many as are known");
            assert_eq!(outline.n_plain(at + 300), (0, Outline::MOST_KNOWN));
            assert_eq!(outline.long_form(at + 3, 297), [b'x'; 297]);
            assert_eq!(outline.next_odd(at), at + 600);
        }
    }

    #[test]
    fn any_processor_draws_the_same() {
        let text = "Der „Fuß“ an 3,5 Fußgängern; ÀÖÞ\tist (e'f') _g. — ".repeat(9);
        for len in (0..=text.len()).filter(|&len| text.is_char_boundary(len)) {
            let text = &text.as_bytes()[..len];
            let (here, anywhere) = (Outline::of(text), Drawing(text).run());
            assert_eq!((here.folded, here.plain, here.odd), (anywhere.folded, anywhere.plain, anywhere.odd));
        }
    }
}
