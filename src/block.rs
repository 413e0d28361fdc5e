//! Sixty-four bytes looked at together: what the two hottest loops over text ask of every byte.

/// How many bytes a block has.
pub(crate) const BLOCK_LEN: usize = u64::BITS as usize;

/// Sixty-four bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block<'a>(pub(crate) &'a [u8; BLOCK_LEN]);

/// Which bytes of a block are meant, as an iterator over their places.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places(u64);

/// As many bytes as the instructions take that every processor has.
const PART: usize = size_of::<u128>();

impl<'a> Block<'a> {
    /// The bytes block by block, and the last of them filled up with `filler`.
    #[inline(always)]
    pub(crate) fn all(bytes: &'a [u8], filler: u8) -> (&'a [[u8; BLOCK_LEN]], [u8; BLOCK_LEN]) {
        let (blocks, rest) = bytes.as_chunks();
        let mut last = [filler; BLOCK_LEN];
        last[..rest.len()].copy_from_slice(rest);
        (blocks, last)
    }

    /// What its bytes are to words.
    #[inline(always)]
    pub(crate) fn classes(self) -> Classes {
        let [alphanumeric, breaks, mids, latin_first, latin_second] = self.bits(|part| {
            let ([alphanumeric, breaks, mids], [first, second]) = (imp::ascii(part), imp::latin(part));
            [alphanumeric, breaks, mids, first, second]
        });
        Classes { alphanumeric, breaks, mids, latin_first, latin_second }
    }

    /// The block with capital letters of ASCII made small, and those of the upper half of Latin-1. Other bytes change, too, but digits and small letters don't.
    #[inline(always)]
    pub(crate) fn folded(self) -> [u8; BLOCK_LEN] {
        let mut folded = [0; BLOCK_LEN];
        for (folded, part) in folded.as_chunks_mut::<PART>().0.iter_mut().zip(self.parts()) {
            *folded = imp::folded(part).to_le_bytes();
        }
        folded
    }

    /// Where other characters begin than line feeds, the printable ones of ASCII but for `&`, and those from `À` to `˿` behind ASCII. `is_after_ascii` tells
    /// what stands before the block.
    #[inline(always)]
    pub(crate) fn odd(self, is_after_ascii: bool) -> Places {
        let [plain, latin, ascii] = self.bits(imp::calm);
        Places(!(plain | latin & (ascii << 1 | u64::from(is_after_ascii))))
    }

    #[inline(always)]
    fn parts(self) -> impl Iterator<Item = u128> {
        self.0.as_chunks().0.iter().map(|&part| u128::from_le_bytes(part))
    }

    /// Masks of the parts as one of the whole block: a bit for each byte, the first byte's the lowest.
    #[inline(always)]
    fn bits<const N: usize>(self, masks: impl Fn(u128) -> [imp::Mask; N]) -> [u64; N] {
        let mut bits = [0; N];
        for (nth, part) in self.parts().enumerate() {
            let masks = masks(part);
            for of in 0..N {
                bits[of] |= u64::from(imp::bits(masks[of])) << (nth * PART);
            }
        }
        bits
    }
}

/// Which bytes of a block are what: a bit for each, the first byte's the lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Classes {
    /// Letters and digits of ASCII.
    pub(crate) alphanumeric: u64,
    /// Spaces, tabs, line feeds and punctuation that are a border on both sides, and in no word, whatever stands around them.
    pub(crate) breaks: u64,
    /// `.`, `,`, `:`, `;` and `'`, which may join what stands on both sides of them.
    pub(crate) mids: u64,
    /// What may begin a letter of two bytes from the upper half of Latin-1 (`À` to `ÿ`, but for `ß`).
    pub(crate) latin_first: u64,
    /// What may end one.
    pub(crate) latin_second: u64,
}

impl Iterator for Places {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        let first = (self.0 != 0).then(|| self.0.trailing_zeros() as usize)?;
        self.0 &= self.0 - 1;
        Some(first)
    }
}

/// By the vector instructions that every x86-64 processor has.
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "vector instructions are unsafe to call, and twice as fast here as anything else")]
mod imp {
    use std::arch::x86_64::{
        __m128i, _mm_andnot_si128, _mm_cmpeq_epi8, _mm_cmplt_epi8, _mm_cvtsi128_si64, _mm_max_epu8, _mm_min_epu8,
        _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8, _mm_sub_epi8, _mm_unpackhi_epi64,
    };

    /// A bit for each byte.
    pub(super) type Mask = u32;

    /// The mask as bits.
    #[inline]
    pub(super) fn bits(mask: Mask) -> u16 {
        mask as u16
    }

    /// Letters and digits, breaks, and what may join words.
    #[inline]
    pub(super) fn ascii(block: u128) -> [Mask; 3] {
        #[target_feature(enable = "sse2")]
        #[inline]
        fn ascii(block: u128) -> [i32; 3] {
            let bytes = vector(block);
            let is = |bytes, byte: u8| _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte as i8));
            let or = |bytes, byte: u8| _mm_or_si128(bytes, _mm_set1_epi8(byte as i8));
            let alphanumeric = _mm_or_si128(are_in(or(bytes, 0x20), b'a', b'z'), are_in(bytes, b'0', b'9'));
            // Of two neighbours, the second with the bit that the first doesn't have.
            let points = _mm_or_si128(is(or(bytes, b':' ^ b';'), b';'), is(or(bytes, b',' ^ b'.'), b'.'));
            let mids = _mm_or_si128(points, is(bytes, b'\''));
            let space_or_printable = _mm_or_si128(are_in(bytes, b'\t', b'\n'), are_in(bytes, b' ', b'~'));
            let others = _mm_or_si128(_mm_or_si128(alphanumeric, mids), is(bytes, b'_'));
            [alphanumeric, _mm_andnot_si128(others, space_or_printable), mids].map(|mask| _mm_movemask_epi8(mask))
        }
        // SAFETY: every x86-64 processor has SSE2.
        unsafe { ascii(block).map(|mask| mask as u32) }
    }

    #[inline]
    pub(super) fn folded(block: u128) -> u128 {
        #[target_feature(enable = "sse2")]
        #[inline]
        fn folded(block: u128) -> u128 {
            let bytes = vector(block);
            // This bit makes a capital letter a small one, in the second byte of a letter of two, too, and digits have it.
            let is_first_of_several = _mm_cmpeq_epi8(_mm_max_epu8(bytes, _mm_set1_epi8(0xC0_u8 as i8)), bytes);
            let small = _mm_or_si128(bytes, _mm_andnot_si128(is_first_of_several, _mm_set1_epi8(0x20)));
            let low = |half| _mm_cvtsi128_si64(half) as u64;
            u128::from(low(_mm_unpackhi_epi64(small, small))) << 64 | u128::from(low(small))
        }
        // SAFETY: every x86-64 processor has SSE2.
        unsafe { folded(block) }
    }

    #[inline]
    pub(super) fn latin(block: u128) -> [Mask; 2] {
        #[target_feature(enable = "sse2")]
        #[inline]
        fn first_and_second(block: u128) -> [i32; 2] {
            let bytes = vector(block);
            let is = |bytes, byte: u8| _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte as i8));
            // Both signs, `×` and `÷`, and `ß` are no such letters.
            let is_sign = is(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 0xB7);
            let is_other = _mm_or_si128(is_sign, is(bytes, 0x9F));
            let second = _mm_andnot_si128(is_other, are_inside(bytes));
            [_mm_movemask_epi8(is(bytes, 0xC3)), _mm_movemask_epi8(second)]
        }
        // SAFETY: every x86-64 processor has SSE2.
        unsafe { first_and_second(block).map(|mask| mask as u32) }
    }

    /// Plain bytes and those inside a character of several, first bytes from `À` to `˿`, and ASCII.
    #[inline]
    pub(super) fn calm(block: u128) -> [Mask; 3] {
        #[target_feature(enable = "sse2")]
        #[inline]
        fn calm(block: u128) -> [i32; 3] {
            let bytes = vector(block);
            // Of two neighbours of `&`, and of the characters in between.
            let printable = _mm_or_si128(are_in(bytes, b' ', b'%'), are_in(bytes, b'\'', b'~'));
            let line_feed = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\n' as i8));
            let plain = _mm_or_si128(_mm_or_si128(printable, line_feed), are_inside(bytes));
            [_mm_movemask_epi8(plain), _mm_movemask_epi8(are_in(bytes, 0xC3, 0xCB)), !_mm_movemask_epi8(bytes)]
        }
        // SAFETY: every x86-64 processor has SSE2.
        unsafe { calm(block).map(|mask| mask as u32) }
    }

    #[target_feature(enable = "sse2")]
    #[inline]
    fn vector(block: u128) -> __m128i {
        _mm_set_epi64x((block >> 64) as i64, block as i64)
    }

    /// Which bytes stand inside a character of several.
    #[target_feature(enable = "sse2")]
    #[inline]
    fn are_inside(bytes: __m128i) -> __m128i {
        // As signed numbers, all bytes from 0x80 to 0xBF are less than this.
        _mm_cmplt_epi8(bytes, _mm_set1_epi8(0xC0_u8 as i8))
    }

    /// Which bytes are from the first to the last.
    #[target_feature(enable = "sse2")]
    #[inline]
    fn are_in(bytes: __m128i, first: u8, last: u8) -> __m128i {
        let from_first = _mm_sub_epi8(bytes, _mm_set1_epi8(first as i8));
        _mm_cmpeq_epi8(_mm_min_epu8(from_first, _mm_set1_epi8((last - first) as i8)), from_first)
    }
}

#[cfg(not(target_arch = "x86_64"))]
use anywhere as imp;

/// The same on any machine.
#[cfg(any(test, not(target_arch = "x86_64")))]
mod anywhere {
    /// The top bit of each byte.
    pub(super) type Mask = u128;

    const ONES: u128 = u128::MAX / 0xFF;
    const TOPS: u128 = ONES << 7;

    /// The mask as bits.
    #[inline]
    pub(super) fn bits(mask: Mask) -> u16 {
        // The product brings the eight bits together in its highest byte.
        let of_half = |half: u64| (half >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        (of_half(mask as u64) | of_half((mask >> 64) as u64) << 8) as u16
    }

    #[inline]
    pub(super) fn ascii(block: u128) -> [Mask; 3] {
        let ascii = !block & TOPS;
        let is = |byte: u8| are_in(block, byte, byte);
        let alphanumeric = are_in(block | (ONES * 0x20), b'a', b'z') | are_in(block, b'0', b'9');
        let mids = is(b'.') | is(b',') | are_in(block, b':', b';') | is(b'\'');
        let space_or_printable = are_in(block, b'\t', b'\n') | are_in(block, b' ', b'~');
        [alphanumeric & ascii, space_or_printable & !(alphanumeric | mids | is(b'_')) & ascii, mids & ascii]
    }

    #[inline]
    pub(super) fn folded(block: u128) -> u128 {
        let is_first_of_several = block & (block << 1) & TOPS;
        block | (ONES * 0x20) & !(is_first_of_several >> 2)
    }

    #[inline]
    pub(super) fn latin(block: u128) -> [Mask; 2] {
        let is = |byte: u8| !are_in(block ^ (ONES * u128::from(byte)), 1, 0x7F) & !(block ^ (ONES * u128::from(byte))) & TOPS;
        [is(0xC3), are_inside(block) & !(is(0x97) | is(0x9F) | is(0xB7))]
    }

    #[inline]
    pub(super) fn calm(block: u128) -> [Mask; 3] {
        let ascii = !block & TOPS;
        let plain = are_in(block, b' ', b'%') | are_in(block, b'\'', b'~') | are_in(block, b'\n', b'\n');
        // By the seven bits below the top one.
        let latin = are_in(block, 0xC3 & 0x7F, 0xCB & 0x7F) & block;
        [plain & ascii | are_inside(block), latin & TOPS, ascii]
    }

    /// Which bytes stand inside a character of several.
    #[inline]
    fn are_inside(block: u128) -> Mask {
        block & !(block << 1) & TOPS
    }

    /// Which ASCII bytes are from the first to the last.
    #[inline]
    fn are_in(block: u128, first: u8, last: u8) -> Mask {
        // The top bit of each byte of the sum tells whether the byte is at least the limit. No byte's sum reaches into the next.
        let at_least = |limit: u8| (block & !TOPS) + ONES * u128::from(0x80 - limit);
        at_least(first) & !at_least(last + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes for which this is so, a bit each.
    fn bits(bytes: &[u8], is: impl Fn(usize, u8) -> bool) -> u64 {
        bytes.iter().enumerate().fold(0, |bits, (at, &byte)| bits | u64::from(is(at, byte)) << at)
    }

    fn check(bytes: &[u8; BLOCK_LEN]) {
        let block = Block(bytes);
        let is_mid = |byte| b".,:;'".contains(&byte);
        let is_break = |byte: u8| byte.is_ascii_punctuation() && byte != b'_' && !is_mid(byte) || b" \t\n".contains(&byte);
        let alphanumeric = bits(bytes, |_, byte| byte.is_ascii_alphanumeric());
        let (breaks, mids) = (bits(bytes, |_, byte| is_break(byte)), bits(bytes, |_, byte| is_mid(byte)));
        assert_eq!(block.folded(), bytes.map(|byte| if byte < 0xC0 { byte | 0x20 } else { byte }));
        let is_second = |_, byte| matches!(byte, 0x80..=0xBF) && !matches!(byte, 0x97 | 0x9F | 0xB7);
        let (latin_first, latin_second) = (bits(bytes, |_, byte| byte == 0xC3), bits(bytes, is_second));
        assert_eq!(block.classes(), Classes { alphanumeric, breaks, mids, latin_first, latin_second }, "{bytes:?}");
        for is_after_ascii in [false, true] {
            let is_plain = |byte| matches!(byte, b'\n' | b' '..=b'~' | 0x80..0xC0) && byte != b'&';
            let is_latin = |at: usize, byte| {
                matches!(byte, 0xC3..=0xCB) && at.checked_sub(1).map_or(is_after_ascii, |before| bytes[before].is_ascii())
            };
            let odd = bits(bytes, |at, byte| !is_plain(byte) && !is_latin(at, byte));
            assert_eq!(block.odd(is_after_ascii).0, odd, "{bytes:?}");
        }
    }

    #[test]
    fn every_byte_is_known_at_every_place() {
        for byte in 0..=u8::MAX {
            for filler in [b'a', b'Z', b'0', b' ', b'&', 0xC3, 0xB6] {
                for at in 0..BLOCK_LEN {
                    let mut bytes = [filler; BLOCK_LEN];
                    bytes[at] = byte;
                    check(&bytes);
                }
            }
        }
    }

    #[test]
    fn every_byte_is_known_alike_on_any_machine() {
        for byte in 0..=u8::MAX {
            for (at, filler) in (0..PART).flat_map(|at| [b'a', b'0', 0xC3, 0xB6].map(|filler| (at, filler))) {
                let mut bytes = [filler; PART];
                bytes[at] = byte;
                let part = u128::from_le_bytes(bytes);
                assert_eq!(anywhere::ascii(part).map(anywhere::bits), imp::ascii(part).map(imp::bits), "{bytes:?}");
                assert_eq!(anywhere::latin(part).map(anywhere::bits), imp::latin(part).map(imp::bits), "{bytes:?}");
                assert_eq!(anywhere::calm(part).map(anywhere::bits), imp::calm(part).map(imp::bits), "{bytes:?}");
                assert_eq!(anywhere::folded(part), imp::folded(part), "{bytes:?}");
            }
        }
    }

    #[test]
    fn the_last_block_is_filled_up() {
        let bytes: Vec<u8> = (1..=70).collect();
        let (blocks, last) = Block::all(&bytes, b'-');
        assert_eq!((blocks, &last[..8]), (bytes.as_chunks().0, b"ABCDEF--".as_slice()));
        assert_eq!(Block::all(&bytes[..64], 0), (bytes.as_chunks().0, [0; 64]));
        let places = Places(1 << 63 | 5);
        assert_eq!(places.collect::<Vec<_>>(), [0, 2, 63]);
    }
}
