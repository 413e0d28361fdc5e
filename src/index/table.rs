//! A hash table from 64-bit hashes to places, made for size: 9 or 13 bytes a slot.

use super::lookup::Lookup;
use super::page::{Page, scaled};
use super::slot::{Slot, kept_bits};
use super::words::WordPlace;

/// A page of so many groups of eight slots doesn't grow any more, but is split: 16 KiB of the smaller ones.
const PAGE_GROUPS: usize = 256;

/// Where all pages are so empty on average, one that is full grows on its own.
const LEAST_USED: usize = PAGE_GROUPS;

/// A table that keeps several places for a hash, in the order in which they came.
///
/// It is cut into pages, by the first bits of the hash. When one is full, all are split, one after the other: growing takes no memory but what the table grows
/// by, as each page leaves its own to the next.
#[derive(Debug)]
pub(super) struct PlaceTable<S> {
    /// A power of two of them.
    pages: Vec<Page<S>>,
    n_used: usize,
    page_groups: usize,
}

impl<S: Slot> PlaceTable<S> {
    /// An empty table. Of tables that fill equally fast, those with numbers from 0 to 3 are split at other times than each other, so that together they grow
    /// steadily.
    pub(super) fn new(nth: usize) -> Self {
        Self { pages: vec![Page::default()], n_used: 0, page_groups: PAGE_GROUPS * (4 + nth % 4) / 4 }
    }

    /// The places of `hash`, first come first.
    pub(super) fn places(&self, hash: u64) -> impl Iterator<Item = WordPlace> + '_ {
        self.page(hash).places(hash)
    }

    /// Adds a place for `hash` behind those it has, unless it has `most` already. Tells whether it was added.
    #[inline]
    pub(super) fn insert(&mut self, hash: u64, place: WordPlace, most: usize) -> bool {
        let mut nth = self.page_number(hash);
        while self.pages[nth].is_full() {
            self.make_room(nth);
            nth = self.page_number(hash);
        }
        let is_added = self.pages[nth].insert(hash, place, most);
        self.n_used += usize::from(is_added);
        is_added
    }

    /// How many places it holds.
    pub(super) fn len(&self) -> usize {
        self.n_used
    }

    /// Bytes of memory that what it holds takes, where pages are as full as they mostly are.
    pub(super) fn memory(&self) -> usize {
        self.n_used * (size_of::<S>() + 1) * 7 / 4
    }

    /// All that is in the table, in no order.
    pub(super) fn used(&self) -> impl Iterator<Item = S> + '_ {
        self.pages.iter().flat_map(Page::used)
    }

    /// Forgets everything, keeps the memory.
    pub(super) fn clear(&mut self) {
        self.pages.iter_mut().for_each(Page::clear);
        self.n_used = 0;
    }

    #[inline]
    fn page(&self, hash: u64) -> &Page<S> {
        &self.pages[self.page_number(hash)]
    }

    #[inline]
    fn page_number(&self, hash: u64) -> usize {
        scaled(kept_bits::<S>(hash), self.pages.len())
    }

    /// Makes page number `nth`, which is full, less so.
    #[cold]
    fn make_room(&mut self, nth: usize) {
        let n_groups = self.pages[nth].n_groups();
        if n_groups < self.page_groups || self.n_used < self.pages.len() * LEAST_USED {
            self.pages[nth] = self.pages[nth].grown((n_groups * 2).max(self.page_groups / 64));
            return;
        }
        let full = std::mem::take(&mut self.pages);
        self.pages.reserve_exact(full.len() * 2);
        for page in full {
            self.pages.extend(page.split());
        }
    }
}

impl<S: Slot> Lookup for PlaceTable<S> {
    #[inline]
    fn prefetch(&self, hash: u64) {
        self.page(hash).prefetch(hash);
    }

    #[inline]
    fn may_have(&self, hash: u64) -> bool {
        self.page(hash).may_have(hash)
    }

    #[inline]
    fn prefetch_rest(&self, hash: u64) {
        self.page(hash).prefetch_slots(hash);
    }

    /// As far as the kept bits of a hash tell.
    #[inline]
    fn has(&self, hash: u64) -> bool {
        self.page(hash).has(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::shards::SHARD_BITS;

    const PAGE_SLOTS: usize = 8 * PAGE_GROUPS;

    fn places_come_back<S: Slot>(nth: usize) {
        let mut table = PlaceTable::<S>::new(nth);
        assert_eq!(table.places(5).count(), 0);
        // Seven or eight places for each hash, and at least four pages.
        let (n_hashes, n_places) = (PAGE_SLOTS as u64, PAGE_SLOTS as u64 * 15 / 2);
        let hash = |n: u64| (n % n_hashes).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> SHARD_BITS;
        for n in 0..n_places {
            assert!(table.insert(hash(n), WordPlace(n << 20), 8));
        }
        assert!(table.pages.len() >= 4, "it was split");
        for n in 0..n_hashes {
            let expected: Vec<_> = (n..n_places).step_by(PAGE_SLOTS).map(|n| WordPlace(n << 20)).collect();
            assert_eq!(table.places(hash(n)).collect::<Vec<_>>(), expected);
        }
        assert!(!table.insert(hash(3), WordPlace(1), 8), "there are 8 already");
        assert_eq!(table.len(), n_places as usize);
        assert_eq!(table.places(12_345).count(), 0);
        let mut places: Vec<WordPlace> = table.used().map(Slot::place).collect();
        places.sort_unstable();
        assert_eq!(places, (0..n_places).map(|n| WordPlace(n << 20)).collect::<Vec<_>>());
        table.clear();
        assert_eq!(table.places(hash(3)).count(), 0);
        assert!(table.insert(hash(3), WordPlace(9), 8));
        assert_eq!(table.places(hash(3)).collect::<Vec<_>>(), [WordPlace(9)], "nothing of what was there before");
    }

    #[test]
    fn what_has_places_may_have_some() {
        let mut table = PlaceTable::<u64>::new(0);
        let hash = |n: u64| (n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> SHARD_BITS;
        assert!(!table.may_have(hash(0)), "nothing is there yet");
        (0..1000).for_each(|n| assert!(table.insert(hash(n), WordPlace(n), 8)));
        assert!((0..1000).all(|n| table.may_have(hash(n)) && table.has(hash(n))));
        let n_taken = (1000..11_000).filter(|&n| table.may_have(hash(n))).count();
        assert!(n_taken < 2500, "{n_taken} of 10,000 that aren't there pass");
    }

    #[test]
    fn places_come_back_in_order_however_the_table_grew() {
        for nth in 0..4 {
            places_come_back::<u64>(nth);
            places_come_back::<[u32; 3]>(nth);
        }
    }

    #[test]
    fn hashes_that_no_split_tells_apart_get_a_larger_page() {
        let mut table = PlaceTable::<u64>::new(0);
        let n_places = 20 * PAGE_SLOTS as u64;
        (0..n_places).for_each(|n| assert!(table.insert(7, WordPlace(n), usize::MAX)));
        assert!(table.places(7).eq((0..n_places).map(WordPlace)));
        assert!(table.pages.len() < n_places as usize / LEAST_USED * 2, "{} pages", table.pages.len());
    }
}
