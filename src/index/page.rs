//! A page of a hash table: open addressing in a few kilobytes.

use super::prefetch::prefetch;
use super::slot::{Slot, kept_bits};
use super::words::WordPlace;

/// A page is full when this many of eight slots are used.
const FULL_EIGHTHS: usize = 7;

/// The hashes that begin with the same bits, and their places.
///
/// Open addressing in groups of eight slots: a byte for each slot tells whether it is used and, mostly, whether it is another hash's, so that a hash that isn't there
/// costs one look at eight bytes. A hash belongs into the first group from its home on that has an empty slot. The places of one hash stand in the order of
/// insertion along this way; growing and splitting keep that order. The hashes must be well mixed; the page uses them as they are.
#[derive(Debug)]
pub(super) struct Page<S> {
    slots: Vec<[S; Tags::LEN]>,
    tags: Vec<Tags>,
    n_used: u32,
    /// So many of the kept bits are the same for all of its hashes, and tell nothing.
    n_same_bits: u32,
}

/// For each slot of a group, from the lowest byte on: 0 if it is empty, else its hash's [`tag`]. They are used in order.
#[derive(Debug, Clone, Copy, Default)]
struct Tags(u64);

impl Tags {
    const LEN: usize = 8;
    const ONES: u64 = u64::MAX / 0xFF;
    const LOW_BITS: u64 = Self::ONES * 0x7F;

    /// How many slots are used.
    #[inline]
    fn n_used(self) -> usize {
        Self::LEN - self.0.leading_zeros() as usize / 8
    }

    /// The slots with this tag, as bits from which [`Self::first`] tells the slot.
    #[inline]
    fn candidates(self, tag: u8) -> u64 {
        let others = self.0 ^ (Self::ONES * u64::from(tag));
        // The top bit of each byte that is not 0; no byte's sum reaches into the next.
        let differ = ((others & Self::LOW_BITS) + Self::LOW_BITS) | others;
        !(differ | Self::LOW_BITS)
    }

    /// Which slot the first of these bits stands for.
    #[inline]
    fn first(bits: u64) -> usize {
        bits.trailing_zeros() as usize / 8
    }

    #[inline]
    fn of_slot(self, nth: usize) -> u8 {
        (self.0 >> (8 * nth)) as u8
    }

    #[inline]
    fn set(&mut self, nth: usize, tag: u8) {
        self.0 |= u64::from(tag) << (8 * nth);
    }
}

/// Bits of a hash that its home doesn't tell; never 0.
fn tag(hash: u64) -> u8 {
    (hash as u8).max(1)
}

impl<S> Default for Page<S> {
    fn default() -> Self {
        Self { slots: Vec::new(), tags: Vec::new(), n_used: 0, n_same_bits: 0 }
    }
}

impl<S: Slot> Page<S> {
    /// An empty page.
    fn with_groups(n_groups: usize, n_same_bits: u32) -> Self {
        Self { slots: vec![[S::ZERO; Tags::LEN]; n_groups], tags: vec![Tags::default(); n_groups], n_used: 0, n_same_bits }
    }

    /// The places of `hash`, first come first.
    pub(super) fn places(&self, hash: u64) -> impl Iterator<Item = WordPlace> + '_ {
        let mut probe = self.probe(hash);
        std::iter::from_fn(move || probe.next().map(Slot::place))
    }

    /// Asks for the memory in which [`Self::may_have`] looks.
    #[inline]
    pub(super) fn prefetch(&self, hash: u64) {
        prefetch(self.tags.get(self.home(hash)));
    }

    /// Asks for what else it takes to look `hash` up, or to insert it.
    #[inline]
    pub(super) fn prefetch_slots(&self, hash: u64) {
        prefetch(self.slots.get(self.home(hash)));
    }

    /// Whether `hash` may have places, as far as a look at a few bytes tells.
    #[inline]
    pub(super) fn may_have(&self, hash: u64) -> bool {
        let probe = self.probe(hash);
        probe.candidates != 0 || probe.n_used == Tags::LEN
    }

    /// Whether `hash` has places.
    #[inline]
    pub(super) fn has(&self, hash: u64) -> bool {
        self.probe(hash).next().is_some()
    }

    /// How many groups of slots it has.
    pub(super) fn n_groups(&self) -> usize {
        self.tags.len()
    }

    /// Whether it must be made larger, or split, before anything is added.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.n_used as usize >= self.tags.len() * FULL_EIGHTHS
    }

    /// Adds a place for `hash` behind those it has, unless it has `most` already. Tells whether it was added. The page must not be full.
    #[inline]
    pub(super) fn insert(&mut self, hash: u64, place: WordPlace, most: usize) -> bool {
        debug_assert!(!self.is_full() && place.0 >> WordPlace::BITS == 0);
        let mut probe = self.probe(hash);
        if probe.by_ref().take(most).count() == most {
            return false;
        }
        let (group, nth) = (probe.group, probe.n_used);
        self.put(group, nth, S::new(kept_bits::<S>(hash), place), tag(hash));
        true
    }

    /// All that is in the page, in no order.
    pub(super) fn used(&self) -> impl Iterator<Item = S> + '_ {
        self.slots.iter().zip(&self.tags).flat_map(|(slots, tags)| slots[..tags.n_used()].iter().copied())
    }

    /// Forgets everything, keeps the memory.
    pub(super) fn clear(&mut self) {
        if self.n_used > 0 {
            self.tags.fill(Tags::default());
            self.n_used = 0;
        }
    }

    /// All that is in the page, in one of `n_groups` groups.
    pub(super) fn grown(&self, n_groups: usize) -> Self {
        let mut grown = Self::with_groups(n_groups, self.n_same_bits);
        self.for_each(|slot, tag| grown.put_in_order(slot, tag));
        grown
    }

    /// All that is in the page, in two as large: the first bit that is not the same for all tells in which.
    pub(super) fn split(&self) -> [Self; 2] {
        let mut halves = [0, 1].map(|_| Self::with_groups(self.n_groups(), self.n_same_bits + 1));
        self.for_each(|slot, tag| halves[(slot.hash() << self.n_same_bits >> (u64::BITS - 1)) as usize].put_in_order(slot, tag));
        halves
    }

    /// Goes through all that is in the page, equal hashes in their order.
    fn for_each(&self, mut f: impl FnMut(S, u8)) {
        // From behind a group that is not full: no hash's way goes past it.
        let start = self.tags.iter().position(|tags| tags.n_used() < Tags::LEN).map_or(0, |group| group + 1);
        for range in [start..self.tags.len(), 0..start] {
            for (slots, tags) in self.slots[range.clone()].iter().zip(&self.tags[range]) {
                (0..tags.n_used()).for_each(|nth| f(slots[nth], tags.of_slot(nth)));
            }
        }
    }

    #[inline]
    fn probe(&self, hash: u64) -> Probe<'_, S> {
        let group = self.home(hash);
        // A page that was never grown has no tags, and looks empty.
        let tags = self.tags.get(group).copied().unwrap_or_default();
        Probe { page: self, hash, group, n_used: tags.n_used(), candidates: tags.candidates(tag(hash)) }
    }

    /// The group where the way of a hash begins.
    #[inline]
    fn home(&self, hash: u64) -> usize {
        self.home_of_kept(kept_bits::<S>(hash))
    }

    /// The same for the kept bits of a hash: those that tell something, scaled to the page.
    #[inline]
    fn home_of_kept(&self, kept_bits: u64) -> usize {
        scaled(kept_bits << self.n_same_bits, self.tags.len())
    }

    /// Adds what stood in another page, behind what has the same hash.
    #[inline]
    fn put_in_order(&mut self, slot: S, tag: u8) {
        let mut group = self.home_of_kept(slot.hash());
        while self.tags[group].n_used() == Tags::LEN {
            group = self.group_behind(group);
        }
        self.put(group, self.tags[group].n_used(), slot, tag);
    }

    #[inline]
    fn put(&mut self, group: usize, nth: usize, slot: S, tag: u8) {
        self.slots[group][nth] = slot;
        self.tags[group].set(nth, tag);
        self.n_used += 1;
    }

    #[inline]
    fn group_behind(&self, group: usize) -> usize {
        if group + 1 < self.tags.len() { group + 1 } else { 0 }
    }
}

/// The way of a hash through a page: its slots, in order. Behind the last it stands at the group where the next belongs.
struct Probe<'a, S> {
    page: &'a Page<S>,
    hash: u64,
    group: usize,
    /// How many slots of the group are used.
    n_used: usize,
    /// Those that are still to be looked at.
    candidates: u64,
}

impl<S: Slot> Iterator for Probe<'_, S> {
    type Item = S;

    #[inline]
    fn next(&mut self) -> Option<S> {
        loop {
            while self.candidates != 0 {
                let slot = self.page.slots[self.group][Tags::first(self.candidates)];
                self.candidates &= self.candidates - 1;
                if slot.hash() == kept_bits::<S>(self.hash) {
                    return Some(slot);
                }
            }
            if self.n_used < Tags::LEN {
                return None;
            }
            self.group = self.page.group_behind(self.group);
            let tags = self.page.tags[self.group];
            (self.n_used, self.candidates) = (tags.n_used(), tags.candidates(tag(self.hash)));
        }
    }
}

/// The number below `len` that is to `len` as `bits` to all that 64 bits can be.
#[inline]
pub(super) fn scaled(bits: u64, len: usize) -> usize {
    ((u128::from(bits) * len as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_find_exactly_the_slots_that_have_one() {
        for bytes in [[1, 2, 1, 255, 128, 129, 1, 127], [7, 7, 8, 6, 7, 0, 0, 0], [0; 8]] {
            let tags = Tags(u64::from_le_bytes(bytes));
            assert_eq!(tags.n_used(), bytes.iter().filter(|&&byte| byte != 0).count());
            for tag in 1..=255 {
                let mut candidates = tags.candidates(tag);
                let mut found = Vec::new();
                while candidates != 0 {
                    found.push(Tags::first(candidates));
                    candidates &= candidates - 1;
                }
                assert_eq!(found, (0..8).filter(|&nth| bytes[nth] == tag).collect::<Vec<_>>(), "{tag} in {bytes:?}");
            }
        }
    }
}
