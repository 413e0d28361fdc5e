//! A page of a hash table: open addressing in a few kilobytes.

use super::slot::{Slot, kept_bits};
use super::words::WordPlace;

/// A page is full when this many of eight slots are used.
const FULL_EIGHTHS: usize = 7;

/// The hashes that begin with the same bits, and their places.
///
/// Open addressing with linear probing, eight slots at a time: a byte for each slot tells whether it is used and, mostly, whether it is another hash's, so that a hash
/// that isn't there costs one look at eight bytes. The places of one hash stand in the order of insertion along the probe; growing and splitting keep that order.
/// The hashes must be well mixed; the page uses them as they are.
#[derive(Debug)]
pub(super) struct Page<S> {
    slots: Vec<S>,
    /// For each slot: 0 if it is empty, else its hash's [`tag`]. The first seven are repeated behind the last, so that eight can be read from everywhere.
    tags: Vec<u8>,
    n_used: u32,
    /// So many of the kept bits are the same for all of its hashes, and tell nothing.
    n_same_bits: u32,
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

impl<S> Default for Page<S> {
    fn default() -> Self {
        Self { slots: Vec::new(), tags: Vec::new(), n_used: 0, n_same_bits: 0 }
    }
}

impl<S: Slot> Page<S> {
    /// An empty page.
    fn with_slots(n_slots: usize, n_same_bits: u32) -> Self {
        Self { slots: vec![S::ZERO; n_slots], tags: vec![0; n_slots + Group::LEN - 1], n_used: 0, n_same_bits }
    }

    /// The places of `hash`, first come first.
    pub(super) fn places(&self, hash: u64) -> impl Iterator<Item = WordPlace> + '_ {
        let mut probe = self.probe(hash);
        std::iter::from_fn(move || probe.next_with(hash).map(Slot::place))
    }

    /// See [`super::table::PlaceTable::look_at`].
    #[inline]
    pub(super) fn look_at(&self, hash: u64) -> u8 {
        self.tags.get(self.home(hash)).copied().unwrap_or_default()
    }

    /// See [`super::table::PlaceTable::look_at_slots`].
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

    /// How many slots it has.
    pub(super) fn n_slots(&self) -> usize {
        self.slots.len()
    }

    /// Whether it must be made larger, or split, before anything is added.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.n_used as usize >= self.slots.len() / 8 * FULL_EIGHTHS
    }

    /// Adds a place for `hash` behind those it has, unless it has `most` already. Tells whether it was added. The page must not be full.
    #[inline]
    pub(super) fn insert(&mut self, hash: u64, place: WordPlace, most: usize) -> bool {
        debug_assert!(!self.is_full() && place.0 >> WordPlace::BITS == 0);
        let Some(at) = self.slot_for(hash, most) else { return false };
        self.put(at, S::new(kept_bits::<S>(hash), place), tag(hash));
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

    /// All that is in the page, in no order.
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

    /// All that is in the page, in one of `n_slots` slots.
    pub(super) fn grown(&self, n_slots: usize) -> Self {
        let mut filling = Filling::new(n_slots, self.n_same_bits);
        self.for_each(|slot, tag| filling.put(slot, tag));
        filling.page
    }

    /// All that is in the page, in two: the first bit that is not the same for all tells in which. Each has `n_slots` slots.
    pub(super) fn split(&self, n_slots: usize) -> [Self; 2] {
        let mut halves = [0, 1].map(|_| Filling::new(n_slots, self.n_same_bits + 1));
        self.for_each(|slot, tag| halves[(slot.hash() << self.n_same_bits >> (u64::BITS - 1)) as usize].put(slot, tag));
        halves.map(|half| half.page)
    }

    /// Goes through all that is in the page, equal hashes in their order, homes nearly in order.
    fn for_each(&self, mut f: impl FnMut(S, u8)) {
        // From behind an empty slot on, for a probe may have gone round the end.
        let start = self.tags.iter().position(|&tag| tag == 0).unwrap_or(0);
        for range in [start..self.slots.len(), 0..start] {
            let groups = self.slots[range.clone()].chunks(Group::LEN).zip(self.tags[range].chunks(Group::LEN));
            for (slots, tags) in groups {
                Group::of(tags).used().for_each(|nth| f(slots[nth], tags[nth]));
            }
        }
    }

    #[inline]
    fn probe(&self, hash: u64) -> Probe<'_, S> {
        let at = self.home(hash);
        let group = self.group(at);
        Probe { page: self, at, group, candidates: group.candidates(tag(hash)) }
    }

    /// Where the probe of a hash begins.
    #[inline]
    fn home(&self, hash: u64) -> usize {
        self.home_of_kept(kept_bits::<S>(hash))
    }

    /// The same for the kept bits of a hash: those that tell something, scaled to the page.
    #[inline]
    fn home_of_kept(&self, kept_bits: u64) -> usize {
        scaled(kept_bits << self.n_same_bits, self.slots.len())
    }

    #[inline]
    fn group(&self, at: usize) -> Group {
        // A page that was never grown has no tags, and looks empty.
        Group(self.tags[at..].first_chunk().map_or(0, |&tags| u64::from_le_bytes(tags)))
    }

    #[inline]
    fn put(&mut self, at: usize, slot: S, tag: u8) {
        self.slots[at] = slot;
        self.tags[at] = tag;
        if at < Group::LEN - 1 {
            self.tags[self.slots.len() + at] = tag;
        }
        self.n_used += 1;
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

/// A page that is filled with what another holds.
struct Filling<S> {
    page: Page<S>,
    /// Nothing was put here or behind.
    put_before: usize,
}

impl<S: Slot> Filling<S> {
    fn new(n_slots: usize, n_same_bits: u32) -> Self {
        Self { page: Page::with_slots(n_slots, n_same_bits), put_before: 0 }
    }

    /// Homes come nearly in order, so most are past all that was put, and nobody needs to look whether they are empty.
    #[inline]
    fn put(&mut self, slot: S, tag: u8) {
        let home = self.page.home_of_kept(slot.hash());
        let at = if home >= self.put_before { home } else { self.page.first_empty(home) };
        self.page.put(at, slot, tag);
        self.put_before = self.put_before.max(at + 1);
    }
}

/// The way of a hash through a page.
struct Probe<'a, S> {
    page: &'a Page<S>,
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
        let len = self.page.slots.len();
        loop {
            while self.candidates != 0 {
                let slot = self.page.slots[wrapped(self.at + Group::first(self.candidates), len)];
                self.candidates &= self.candidates - 1;
                if slot.hash() == kept_bits::<S>(hash) {
                    return Some(slot);
                }
            }
            if self.group.empty() != 0 {
                return None;
            }
            self.at = wrapped(self.at + Group::LEN, len);
            self.group = self.page.group(self.at);
            self.candidates = self.group.candidates(tag(hash));
        }
    }
}

/// A slot's number, gone round the end.
fn wrapped(at: usize, len: usize) -> usize {
    if at < len { at } else { at - len }
}

/// The number below `len` that is to `len` as `bits` to all that 64 bits can be.
#[inline]
pub(super) fn scaled(bits: u64, len: usize) -> usize {
    ((u128::from(bits) * len as u128) >> 64) as usize
}
