//! A hash table from 64-bit hashes to places, made for size: 9 or 13 bytes a slot.

use super::shards::SHARD_BITS;
use super::words::WordPlace;

/// Slots are filled to at most this share before the table grows.
const FULL_PERCENT: usize = 80;

/// A table that keeps several places for a hash, in the order in which they came.
///
/// Open addressing with linear probing, eight slots at a time: a byte for each slot tells whether it is used and, mostly, whether it is another hash's, so that a hash
/// that isn't there costs one look at eight bytes. The places of one hash stand in the order of insertion along the probe; growing keeps that order.
/// The hashes must be well mixed; the table uses them as they are.
#[derive(Debug)]
pub(super) struct PlaceTable<S> {
    slots: Vec<S>,
    /// For each slot: 0 if it is empty, else its hash's [`tag`]. The first seven are repeated behind the last, so that eight can be read from everywhere.
    tags: Vec<u8>,
    n_used: usize,
}

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
fn kept_bits<S: Slot>(hash: u64) -> u64 {
    let n_lost = u64::BITS - S::HASH_BITS;
    hash << SHARD_BITS >> n_lost << n_lost
}

/// Eight tags in a row.
#[derive(Debug, Clone, Copy)]
struct Group(u64);

impl Group {
    const LEN: usize = 8;
    const ONES: u64 = u64::MAX / 0xFF;

    /// The tags of so many slots at most; behind them it looks empty.
    fn of(tags: &[u8]) -> Self {
        let padded = || {
            let mut all = [0; Self::LEN];
            all[..tags.len()].copy_from_slice(tags);
            all
        };
        Self(u64::from_le_bytes(tags.first_chunk().copied().unwrap_or_else(padded)))
    }

    /// The slots that are used, in order.
    fn used(self) -> impl Iterator<Item = usize> {
        // No byte's sum reaches into the next.
        let mut bits = (((self.0 & (Self::ONES * 0x7F)) + Self::ONES * 0x7F) | self.0) & (Self::ONES << 7);
        std::iter::from_fn(move || {
            let first = (bits != 0).then(|| Self::first(bits))?;
            bits &= bits - 1;
            Some(first)
        })
    }

    /// The places of zero bytes, as bits from which [`Self::first`] tells the byte. Only the first is sure: those behind it may be ones.
    fn zeros(bytes: u64) -> u64 {
        bytes.wrapping_sub(Self::ONES) & !bytes & (Self::ONES << 7)
    }

    /// The empty slots.
    fn empty(self) -> u64 {
        Self::zeros(self.0)
    }

    /// The slots that may hold a hash with this tag.
    fn with_tag(self, tag: u8) -> u64 {
        Self::zeros(self.0 ^ (Self::ONES * u64::from(tag)))
    }

    /// The same, as far as no empty slot stands before them.
    fn candidates(self, tag: u8) -> u64 {
        let before_empty = self.empty().wrapping_sub(1) & !self.empty();
        self.with_tag(tag) & before_empty
    }

    /// Which slot the first of these bits stands for.
    fn first(bits: u64) -> usize {
        bits.trailing_zeros() as usize / 8
    }
}

/// Bits of a hash that its home doesn't tell; never 0.
fn tag(hash: u64) -> u8 {
    (hash as u8).max(1)
}

impl<S> Default for PlaceTable<S> {
    fn default() -> Self {
        Self { slots: Vec::new(), tags: Vec::new(), n_used: 0 }
    }
}

impl<S: Slot> PlaceTable<S> {
    /// The places of `hash`, first come first.
    pub(super) fn places(&self, hash: u64) -> impl Iterator<Item = WordPlace> + '_ {
        let mut probe = self.probe(hash);
        std::iter::from_fn(move || probe.next_with(hash).map(Slot::place))
    }

    /// A look at the first tags on the way of `hash`. Nothing depends on what is found, so many looks in a row wait for memory together, not one after the
    /// other, and what is done with these hashes next doesn't wait.
    #[inline]
    pub(super) fn look_at(&self, hash: u64) -> u8 {
        self.tags.get(self.home(hash)).copied().unwrap_or_default()
    }

    /// The same for the slots on the way of `hash`, too, where it will be inserted.
    #[inline]
    pub(super) fn look_at_slots(&self, hash: u64) -> u8 {
        let slot = self.slots.get(self.home(hash));
        self.look_at(hash) ^ slot.map_or(0, |slot| slot.place().0 as u8)
    }

    /// Whether `hash` has places.
    #[inline]
    pub(super) fn has(&self, hash: u64) -> bool {
        self.probe(hash).next_with(hash).is_some()
    }

    /// Adds a place for `hash` behind those it has, unless it has `most` already. Tells whether it was added.
    #[inline]
    pub(super) fn insert(&mut self, hash: u64, place: WordPlace, most: usize) -> bool {
        if (self.n_used + 1) * 100 > self.slots.len() * FULL_PERCENT {
            self.grow();
        }
        let Some(at) = self.slot_for(hash, most) else { return false };
        debug_assert!(place.0 >> WordPlace::BITS == 0);
        self.put(at, S::new(kept_bits::<S>(hash), place), tag(hash));
        self.n_used += 1;
        true
    }

    /// The empty slot where the next place of `hash` belongs, unless it has `most` places.
    #[inline]
    fn slot_for(&self, hash: u64, most: usize) -> Option<usize> {
        let home = self.home(hash);
        let group = self.group(home);
        let empty = group.empty();
        if empty != 0 && group.with_tag(tag(hash)) == 0 {
            // Most hashes are new, and nothing on the way looks like them.
            return Some(wrapped(home + Group::first(empty), self.slots.len()));
        }
        let mut probe = self.probe(hash);
        let mut n_places = 0;
        while probe.next_with(hash).is_some() {
            n_places += 1;
            if n_places == most {
                return None;
            }
        }
        Some(wrapped(probe.at + Group::first(probe.group.empty()), self.slots.len()))
    }

    /// How many places it holds.
    pub(super) fn len(&self) -> usize {
        self.n_used
    }

    /// Bytes of memory that what it holds takes, in a table that was just grown.
    pub(super) fn memory(&self) -> usize {
        self.n_used * (size_of::<S>() + 1) * 3 / 2 * 100 / FULL_PERCENT
    }

    /// All that is in the table, in no order.
    pub(super) fn used(&self) -> impl Iterator<Item = S> + '_ {
        self.slots.iter().zip(&self.tags).filter(|(_, tag)| **tag != 0).map(|(&slot, _)| slot)
    }

    /// Forgets everything, keeps the memory.
    pub(super) fn clear(&mut self) {
        if self.n_used > 0 {
            self.tags.fill(0);
            self.n_used = 0;
        }
    }

    #[inline]
    fn probe(&self, hash: u64) -> Probe<'_, S> {
        let at = self.home(hash);
        let group = self.group(at);
        Probe { table: self, at, group, candidates: group.candidates(tag(hash)) }
    }

    #[inline]
    fn home(&self, hash: u64) -> usize {
        home(kept_bits::<S>(hash), self.slots.len())
    }

    #[inline]
    fn group(&self, at: usize) -> Group {
        // A table that was never grown has no tags, and looks empty.
        Group(self.tags[at..].first_chunk().map_or(0, |&tags| u64::from_le_bytes(tags)))
    }

    #[inline]
    fn put(&mut self, at: usize, slot: S, tag: u8) {
        self.slots[at] = slot;
        self.tags[at] = tag;
        if at < Group::LEN - 1 {
            self.tags[self.slots.len() + at] = tag;
        }
    }

    #[cold]
    fn grow(&mut self) {
        let len = (self.slots.len() * 3 / 2).max(Group::LEN);
        let slots = std::mem::replace(&mut self.slots, vec![S::ZERO; len]);
        let tags = std::mem::replace(&mut self.tags, vec![0; len + Group::LEN - 1]);
        // From behind an empty slot on, so that equal hashes come in their order even where a probe went round the end.
        let start = tags.iter().position(|&tag| tag == 0).unwrap_or(0);
        // Homes come nearly in order, so most are past all that was put, and nobody needs to look whether they are empty; but not past the end.
        for (range, mut put_before) in [(start..slots.len(), 0), (0..start, usize::MAX)] {
            let groups = slots[range.clone()].chunks(Group::LEN).zip(tags[range].chunks(Group::LEN));
            for (slots, tags) in groups {
                for nth in Group::of(tags).used() {
                    let home = home(slots[nth].hash(), len);
                    let at = if home >= put_before { home } else { self.first_empty(home) };
                    self.put(at, slots[nth], tags[nth]);
                    put_before = put_before.max(at + 1);
                }
            }
        }
    }

    /// The first empty slot from `at` on; there must be one.
    #[inline]
    fn first_empty(&self, mut at: usize) -> usize {
        loop {
            let empty = self.group(at).empty();
            if empty != 0 {
                return wrapped(at + Group::first(empty), self.slots.len());
            }
            at = wrapped(at + Group::LEN, self.slots.len());
        }
    }
}

/// The way of a hash through a table.
struct Probe<'a, S> {
    table: &'a PlaceTable<S>,
    /// The slot at which `group` begins.
    at: usize,
    group: Group,
    /// Those slots of the group that are still to be looked at.
    candidates: u64,
}

impl<S: Slot> Probe<'_, S> {
    /// The next slot that holds `hash`, for which the probe was begun. After the last, `group` has the first empty slot on the way.
    #[inline]
    fn next_with(&mut self, hash: u64) -> Option<S> {
        let len = self.table.slots.len();
        loop {
            while self.candidates != 0 {
                let slot = self.table.slots[wrapped(self.at + Group::first(self.candidates), len)];
                self.candidates &= self.candidates - 1;
                if slot.hash() == kept_bits::<S>(hash) {
                    return Some(slot);
                }
            }
            if self.group.empty() != 0 {
                return None;
            }
            self.at = wrapped(self.at + Group::LEN, len);
            self.group = self.table.group(self.at);
            self.candidates = self.group.candidates(tag(hash));
        }
    }
}

/// A slot's number, gone round the end.
fn wrapped(at: usize, len: usize) -> usize {
    if at < len { at } else { at - len }
}

/// Where the probe of a hash begins: its kept bits, scaled to the table.
#[inline]
fn home(kept_bits: u64, len: usize) -> usize {
    ((u128::from(kept_bits) * len as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places_come_back<S: Slot>() {
        let mut table = PlaceTable::<S>::default();
        assert_eq!(table.places(5).count(), 0);
        let hash = |n: u64| (n % 700).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> SHARD_BITS;
        for n in 0..5_000 {
            assert!(table.insert(hash(n), WordPlace(n << 20), 8));
        }
        for n in 0..700 {
            let expected: Vec<_> = (n..5_000).step_by(700).map(|n| WordPlace(n << 20)).collect();
            assert_eq!(table.places(hash(n)).collect::<Vec<_>>(), expected);
        }
        assert!(!table.insert(hash(3), WordPlace(1), 8), "there are 8 already");
        assert_eq!(table.places(12_345).count(), 0);
        let mut places: Vec<WordPlace> = table.used().map(Slot::place).collect();
        places.sort_unstable();
        assert_eq!(places, (0..5_000).map(|n| WordPlace(n << 20)).collect::<Vec<_>>());
        table.clear();
        assert_eq!(table.places(hash(3)).count(), 0);
    }

    #[test]
    fn places_come_back_in_order_however_the_table_grew() {
        places_come_back::<u64>();
        places_come_back::<[u32; 3]>();
    }

    #[test]
    fn a_slot_keeps_the_first_bits_of_the_hash_and_the_place() {
        let (hash, place) = (0x00FE_DCBA_9876_5432, WordPlace(0x12_3456_789A));
        let small = u64::new(kept_bits::<u64>(hash), place);
        assert_eq!((small.hash(), small.place()), (0xFEDC_BA00_0000_0000, place));
        let whole = <[u32; 3]>::new(kept_bits::<[u32; 3]>(hash), place);
        assert_eq!((whole.hash(), whole.place()), (0xFEDC_BA98_7654_3200, place));
    }
}
