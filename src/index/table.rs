//! A hash table from 64-bit hashes to places, made for size: 12 bytes a slot.

use super::words::WordPlace;

/// Slots are filled to at most this share before the table grows.
const FULL_PERCENT: usize = 80;

/// A table that keeps several places for a hash, in the order in which they came.
///
/// Open addressing with linear probing: the places of one hash stand in the order of insertion along the probe. Growing keeps that order.
/// The hashes must be well mixed; the table uses them as they are.
#[derive(Debug, Default)]
pub(super) struct PlaceTable {
    slots: Vec<Slot>,
    n_used: usize,
}

/// 64 bits of hash and 40 of place, less what the shard already tells of the hash: its top byte ([`SHARD_BITS`]).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(C, packed(4))]
struct Slot {
    /// The hash shifted up by the shard's bits, with the place's high byte in the low one.
    hash_and_place: u64,
    /// The low 32 bits of the place plus one, so that an empty slot is all zero.
    place: u32,
}

/// The top bits of a hash choose a shard, and are the same for all entries of a table.
pub(super) const SHARD_BITS: u32 = 8;

impl Slot {
    fn new(hash: u64, place: WordPlace) -> Self {
        let stored = place.0 + 1;
        debug_assert!(stored >> WordPlace::BITS == 0);
        Self { hash_and_place: hash << SHARD_BITS | stored >> 32, place: stored as u32 }
    }

    fn is_empty(self) -> bool {
        self.place == 0 && self.hash_and_place == 0
    }

    fn place(self) -> WordPlace {
        WordPlace(((self.hash_and_place & 0xFF) << 32 | u64::from(self.place)) - 1)
    }

    fn has(self, hash: u64) -> bool {
        (self.hash_and_place ^ (hash << SHARD_BITS)) >> SHARD_BITS == 0
    }
}

impl PlaceTable {
    /// The places of `hash`, first come first.
    pub(super) fn places(&self, hash: u64) -> impl Iterator<Item = WordPlace> + '_ {
        self.probe(hash).filter(move |slot| slot.has(hash)).map(Slot::place)
    }

    /// A look at the first slot on the way of `hash`. Nothing depends on what is found, so many looks in a row wait for memory together, not one after the
    /// other, and what is done with these hashes next doesn't wait.
    pub(super) fn look_at(&self, hash: u64) -> u32 {
        self.slots.get(home(hash, self.slots.len())).map_or(0, |slot| slot.place)
    }

    /// Whether `hash` has places.
    pub(super) fn has(&self, hash: u64) -> bool {
        let len = self.slots.len();
        if len == 0 {
            return false;
        }
        let mut at = home(hash, len);
        loop {
            let slot = self.slots[at];
            if slot.is_empty() || slot.has(hash) {
                return !slot.is_empty();
            }
            at = if at + 1 == len { 0 } else { at + 1 };
        }
    }

    /// Adds a place for `hash` behind those it has, unless it has `most` already. Tells whether it was added.
    pub(super) fn insert(&mut self, hash: u64, place: WordPlace, most: usize) -> bool {
        if (self.n_used + 1) * 100 > self.slots.len() * FULL_PERCENT {
            self.grow();
        }
        let mut n_places = 0;
        let mut at = home(hash, self.slots.len());
        while !self.slots[at].is_empty() {
            n_places += usize::from(self.slots[at].has(hash));
            at = if at + 1 == self.slots.len() { 0 } else { at + 1 };
        }
        let is_welcome = n_places < most;
        if is_welcome {
            self.slots[at] = Slot::new(hash, place);
            self.n_used += 1;
        }
        is_welcome
    }

    /// Forgets everything, keeps the memory.
    pub(super) fn clear(&mut self) {
        if self.n_used > 0 {
            self.slots.fill(Slot::default());
            self.n_used = 0;
        }
    }

    /// The slots on the way of `hash`, up to the first empty one.
    fn probe(&self, hash: u64) -> impl Iterator<Item = Slot> + '_ {
        let len = self.slots.len();
        let home = if len == 0 { 0 } else { home(hash, len) };
        self.slots[home..].iter().chain(&self.slots[..home]).copied().take_while(|slot| !slot.is_empty())
    }

    fn grow(&mut self) {
        let len = (self.slots.len() * 3 / 2).max(8);
        let mut slots = vec![Slot::default(); len];
        // From behind an empty slot on, so that equal hashes come in their order even where a probe went round the end.
        let start = self.slots.iter().position(|slot| slot.is_empty()).unwrap_or(0);
        for &slot in self.slots[start..].iter().chain(&self.slots[..start]).filter(|slot| !slot.is_empty()) {
            let mut at = home(slot.hash_and_place >> SHARD_BITS, len);
            while !slots[at].is_empty() {
                at = if at + 1 == len { 0 } else { at + 1 };
            }
            slots[at] = slot;
        }
        self.slots = slots;
    }
}

/// Where the probe of `hash` begins: the hash, without the shard's bits, scaled to the table.
fn home(hash: u64, len: usize) -> usize {
    let below_shard = hash << SHARD_BITS >> SHARD_BITS;
    ((u128::from(below_shard) * len as u128) >> (64 - SHARD_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_back_in_order_however_the_table_grew() {
        let mut table = PlaceTable::default();
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
        table.clear();
        assert_eq!(table.places(hash(3)).count(), 0);
    }

    #[test]
    fn a_slot_takes_12_bytes() {
        assert_eq!(size_of::<Slot>(), 12);
    }
}
