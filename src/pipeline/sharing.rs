//! What articles of one batch have in common: only these must wait for each other.

use rayon::prelude::*;

use crate::fingerprint::Fingerprint;

/// Which anchors and short passages stand in several articles of a batch, or twice in one.
///
/// Its answers err on one side only: two different hashes may be taken for one, which costs time, never the answer.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    /// For each article: whether an article before it in the batch has an anchor or short passage of it.
    pub(super) depends: Vec<bool>,
    /// For each article: whether it has an anchor or short passage twice.
    pub(super) repeats_itself: Vec<bool>,
    /// By the low bits of the hash.
    slices: Vec<Slice>,
}

/// What is known of the hashes of one residue class.
#[derive(Debug, Default)]
struct Slice {
    /// An open-addressing table; its length is a power of two.
    seen: Vec<Seen>,
    depends: Vec<u32>,
    repeats: Vec<u32>,
}

/// A hash and the articles in which it was seen, in 8 bytes, so that a batch's table fits a processor's cache.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Seen {
    /// Middle bits of the hash.
    tag: u32,
    /// The last article, plus one; the top bit tells whether there were others before. 0: nothing was seen.
    last: u32,
}

const SEVERAL: u32 = 1 << 31;

impl Sharing {
    /// Looks through a batch with `n_threads` threads.
    pub(super) fn find(batch: &[&Fingerprint], n_threads: usize) -> Self {
        let n_slices = n_threads.max(1);
        let n_hashes: usize = batch.iter().map(|print| print.anchors.len() + print.passages.len()).sum();
        let slices: Vec<Slice> = (0..n_slices).into_par_iter().map(|nth| Slice::find(batch, nth, n_slices, n_hashes)).collect();
        let mut depends = vec![false; batch.len()];
        let mut repeats_itself = vec![false; batch.len()];
        for slice in &slices {
            slice.depends.iter().for_each(|&article| depends[article as usize] = true);
            slice.repeats.iter().for_each(|&article| repeats_itself[article as usize] = true);
        }
        Self { depends, repeats_itself, slices }
    }

    /// Whether several articles of the batch have this hash.
    pub(super) fn is_shared(&self, hash: u64) -> bool {
        self.seen(hash).last & SEVERAL != 0
    }

    /// Whether an article before number `article` may have this hash.
    pub(super) fn may_be_known_before(&self, hash: u64, article: usize) -> bool {
        let seen = self.seen(hash);
        seen.last & SEVERAL != 0 || seen.last != 0 && (seen.last as usize - 1) < article
    }

    fn seen(&self, hash: u64) -> Seen {
        let slice = &self.slices[slice_of(hash, self.slices.len())];
        slice.seen[slice.slot(hash)]
    }
}

/// Which slice a hash belongs to.
fn slice_of(hash: u64, n_slices: usize) -> usize {
    (hash as u16 as usize * n_slices) >> 16
}

impl Slice {
    fn find(batch: &[&Fingerprint], nth: usize, n_slices: usize, n_hashes: usize) -> Self {
        let n_slots = (2 * n_hashes / n_slices + n_hashes / 8 + 8).next_power_of_two();
        let mut slice = Self { seen: vec![Seen::default(); n_slots], ..Self::default() };
        let mut hashes = Vec::new();
        for (article, print) in batch.iter().enumerate() {
            let anchors = print.anchors.iter().map(|anchor| anchor.hash);
            let passages = print.passage_keys.iter().flatten().map(|key| key.0);
            hashes.clear();
            hashes.extend(anchors.chain(passages).filter(|&hash| slice_of(hash, n_slices) == nth));
            // A look at every slot first, so that memory is waited for once and not for each hash.
            let looks = hashes.iter().fold(0, |looks, &hash| looks ^ slice.seen[slice.home(hash)].last);
            std::hint::black_box(looks);
            hashes.iter().for_each(|&hash| slice.add(hash, article as u32));
        }
        slice
    }

    /// Where the way of `hash` through the table begins.
    fn home(&self, hash: u64) -> usize {
        (hash >> 32) as usize & (self.seen.len() - 1)
    }

    /// The slot of `hash`, or the empty one where it belongs.
    fn slot(&self, hash: u64) -> usize {
        let mask = self.seen.len() - 1;
        let mut at = self.home(hash);
        while self.seen[at].last != 0 && self.seen[at].tag != tag(hash) {
            at = (at + 1) & mask;
        }
        at
    }

    fn add(&mut self, hash: u64, article: u32) {
        let slot = self.slot(hash);
        let seen = &mut self.seen[slot];
        let last = seen.last & !SEVERAL;
        let mut several = seen.last & SEVERAL;
        if last == article + 1 {
            self.repeats.push(article);
        } else if last != 0 {
            several = SEVERAL;
            self.depends.push(article);
        }
        *seen = Seen { tag: tag(hash), last: several | (article + 1) };
    }
}

/// Bits of the hash that neither the slice nor, mostly, the slot tells.
fn tag(hash: u64) -> u32 {
    (hash >> 16) as u32
}
