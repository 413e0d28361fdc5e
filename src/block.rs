//! Sixteen bytes looked at together: what the two hottest loops over text ask of every byte.

/// Sixteen bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block(u128);

/// Which bytes of a block are meant, as an iterator over their places.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places(u16);

impl Block {
    /// How many bytes it has.
    pub(crate) const LEN: usize = size_of::<u128>();

    /// The bytes from `at` on; behind the end stand zeroes.
    #[inline]
    pub(crate) fn at(bytes: &[u8], at: usize) -> Self {
        #[cold]
        fn near_the_end(rest: &[u8]) -> u128 {
            let mut block = [0; Block::LEN];
            block[..rest.len()].copy_from_slice(rest);
            u128::from_le_bytes(block)
        }
        Self(bytes[at..].first_chunk().map_or_else(|| near_the_end(&bytes[at..]), |&block| u128::from_le_bytes(block)))
    }

    /// The bytes, the first in the low end.
    #[inline]
    pub(crate) fn bytes(self) -> u128 {
        self.0
    }

    /// The bytes that are ASCII letters or digits: a bit for each, the first byte's the lowest.
    #[inline]
    pub(crate) fn alphanumeric(self) -> u16 {
        imp::bits(imp::alphanumeric(self.0))
    }

    /// The bytes that may begin a letter of two bytes from the upper half of Latin-1 (`À` to `ÿ`, but for `ß`), and those that may end one.
    #[inline]
    pub(crate) fn latin(self) -> (u16, u16) {
        let (first, second) = imp::latin(self.0);
        (imp::bits(first), imp::bits(second))
    }

    /// Where other characters begin than the printable ones of ASCII, and where `&` stands.
    #[inline]
    pub(crate) fn odd(self) -> Places {
        Places(imp::bits(imp::odd(self.0)))
    }
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
        __m128i, _mm_andnot_si128, _mm_cmpeq_epi8, _mm_cmplt_epi8, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x,
        _mm_set1_epi8, _mm_sub_epi8,
    };

    /// A bit for each byte.
    pub(super) type Mask = u32;

    /// The mask as bits.
    #[inline]
    pub(super) fn bits(mask: Mask) -> u16 {
        mask as u16
    }

    #[inline]
    pub(super) fn alphanumeric(block: u128) -> Mask {
        #[target_feature(enable = "sse2")]
        #[inline]
        fn alphanumeric(block: u128) -> i32 {
            let bytes = vector(block);
            let small = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
            _mm_movemask_epi8(_mm_or_si128(are_in(small, b'a', b'z'), are_in(bytes, b'0', b'9')))
        }
        // SAFETY: every x86-64 processor has SSE2.
        unsafe { alphanumeric(block) as u32 }
    }

    #[inline]
    pub(super) fn latin(block: u128) -> (Mask, Mask) {
        #[target_feature(enable = "sse2")]
        #[inline]
        fn first_and_second(block: u128) -> (i32, i32) {
            let bytes = vector(block);
            let is = |bytes, byte: u8| _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte as i8));
            // Both signs, `×` and `÷`, and `ß` are no such letters.
            let is_sign = is(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 0xB7);
            let is_other = _mm_or_si128(is_sign, is(bytes, 0x9F));
            let second = _mm_andnot_si128(is_other, are_inside(bytes));
            (_mm_movemask_epi8(is(bytes, 0xC3)), _mm_movemask_epi8(second))
        }
        // SAFETY: every x86-64 processor has SSE2.
        let (first, second) = unsafe { first_and_second(block) };
        (first as u32, second as u32)
    }

    #[inline]
    pub(super) fn odd(block: u128) -> Mask {
        #[target_feature(enable = "sse2")]
        #[inline]
        fn plain(block: u128) -> i32 {
            let bytes = vector(block);
            // Of two neighbours of `&`, and of the characters in between.
            let printable = _mm_or_si128(are_in(bytes, b' ', b'%'), are_in(bytes, b'\'', b'~'));
            _mm_movemask_epi8(_mm_or_si128(printable, are_inside(bytes)))
        }
        // SAFETY: every x86-64 processor has SSE2.
        !unsafe { plain(block) } as u32 & 0xFFFF
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
    pub(super) fn alphanumeric(block: u128) -> Mask {
        let small = block | (ONES * 0x20);
        (are_in(small, b'a', b'z') | are_in(block, b'0', b'9')) & !block & TOPS
    }

    #[inline]
    pub(super) fn latin(block: u128) -> (Mask, Mask) {
        let is = |byte: u8| !are_in(block ^ (ONES * u128::from(byte)), 1, 0x7F) & !(block ^ (ONES * u128::from(byte))) & TOPS;
        (is(0xC3), are_inside(block) & !(is(0x97) | is(0x9F) | is(0xB7)))
    }

    #[inline]
    pub(super) fn odd(block: u128) -> Mask {
        let printable = (are_in(block, b' ', b'%') | are_in(block, b'\'', b'~')) & !block;
        !(printable | are_inside(block)) & TOPS
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

    #[test]
    fn every_byte_is_known_at_every_place_and_alike_on_any_machine() {
        for byte in 0..=u8::MAX {
            for (at, filler) in
                (0..Block::LEN).flat_map(|at| [b'a', b'Z', b'0', b' ', b'&', 0xC3, 0xB6].map(|filler| (at, filler)))
            {
                let mut bytes = [filler; Block::LEN];
                bytes[at] = byte;
                let block = Block::at(&bytes, 0);
                let bits = |is: fn(u8) -> bool| bytes.iter().rev().fold(0, |bits, &byte| bits << 1 | u16::from(is(byte)));
                let alphanumeric = bits(|byte| byte.is_ascii_alphanumeric());
                assert_eq!(block.alphanumeric(), alphanumeric, "{bytes:?}");
                assert_eq!(anywhere::bits(anywhere::alphanumeric(block.0)), alphanumeric, "{bytes:?}");
                let is_second = |byte: u8| matches!(byte, 0x80..=0xBF) && !matches!(byte, 0x97 | 0x9F | 0xB7);
                let latin = (bits(|byte| byte == 0xC3), bits(is_second));
                assert_eq!(block.latin(), latin, "{bytes:?}");
                let (first, second) = anywhere::latin(block.0);
                assert_eq!((anywhere::bits(first), anywhere::bits(second)), latin, "{bytes:?}");
                let is_odd = |at: &usize| !matches!(bytes[*at], b' '..=b'~' | 0x80..0xC0) || bytes[*at] == b'&';
                let odd: Vec<usize> = (0..Block::LEN).filter(is_odd).collect();
                assert_eq!(block.odd().collect::<Vec<_>>(), odd, "{bytes:?}");
                assert_eq!(Places(anywhere::bits(anywhere::odd(block.0))).collect::<Vec<_>>(), odd, "{bytes:?}");
            }
        }
    }

    #[test]
    fn behind_the_end_stand_zeroes() {
        let bytes: Vec<u8> = (1..=20).collect();
        assert_eq!(Block::at(&bytes, 4).bytes().to_le_bytes()[..], bytes[4..]);
        assert_eq!(Block::at(&bytes, 18).bytes(), 0x14_13);
        assert_eq!(Block::at(&bytes, 20).bytes(), 0);
    }
}
