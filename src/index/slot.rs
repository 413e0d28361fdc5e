//! What a table keeps of a hash and its place.

use super::shards::SHARD_BITS;
use super::words::WordPlace;

/// What a table keeps of a hash and its place, in as little memory as may be: a plain number or several, so that a table of them can be had from the system as
/// zeroes. Of the hash it keeps [`Self::HASH_BITS`], the first that the shard doesn't tell.
pub(super) trait Slot: Copy {
    /// How many bits of the hash it keeps.
    const HASH_BITS: u32;

    /// What an empty slot holds.
    const ZERO: Self;

    /// A slot for `hash`, of which only the bits that are kept are set, at its top.
    fn new(hash: u64, place: WordPlace) -> Self;

    /// The bits of the hash that are kept, at the top.
    fn hash(self) -> u64;

    fn place(self) -> WordPlace;
}

/// Where what stands at the place tells hashes apart: 24 bits of the hash, and the place. With the tag, one in 4 billion other hashes looks the same.
impl Slot for u64 {
    const HASH_BITS: u32 = u64::BITS - WordPlace::BITS;
    const ZERO: Self = 0;

    #[inline]
    fn new(hash: u64, place: WordPlace) -> Self {
        hash | place.0
    }

    #[inline]
    fn hash(self) -> u64 {
        self >> WordPlace::BITS << WordPlace::BITS
    }

    #[inline]
    fn place(self) -> WordPlace {
        WordPlace(self & ((1 << WordPlace::BITS) - 1))
    }
}

/// All of the hash, and the place: in the low end of the first two numbers, which are the halves of the hash, stands the place's high byte, and the third is the
/// rest of the place.
impl Slot for [u32; 3] {
    const HASH_BITS: u32 = u64::BITS - SHARD_BITS;
    const ZERO: Self = [0; 3];

    #[inline]
    fn new(hash: u64, place: WordPlace) -> Self {
        let hash_and_place = hash | place.0 >> 32;
        [hash_and_place as u32, (hash_and_place >> 32) as u32, place.0 as u32]
    }

    #[inline]
    fn hash(self) -> u64 {
        (u64::from(self[1]) << 32 | u64::from(self[0])) >> SHARD_BITS << SHARD_BITS
    }

    #[inline]
    fn place(self) -> WordPlace {
        WordPlace((u64::from(self[0]) & 0xFF) << 32 | u64::from(self[2]))
    }
}

/// The bits of a hash that slots keep, at the top.
#[inline]
pub(super) fn kept_bits<S: Slot>(hash: u64) -> u64 {
    let n_lost = u64::BITS - S::HASH_BITS;
    hash << SHARD_BITS >> n_lost << n_lost
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_keeps_the_first_bits_of_the_hash_and_the_place() {
        let (hash, place) = (0x00FE_DCBA_9876_5432, WordPlace(0x12_3456_789A));
        let small = u64::new(kept_bits::<u64>(hash), place);
        assert_eq!((small.hash(), small.place()), (0xFEDC_BA00_0000_0000, place));
        let whole = <[u32; 3]>::new(kept_bits::<[u32; 3]>(hash), place);
        assert_eq!((whole.hash(), whole.place()), (0xFEDC_BA98_7654_3200, place));
    }
}
