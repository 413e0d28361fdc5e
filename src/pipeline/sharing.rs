//! What articles of one batch have in common: only these must wait for each other.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::fingerprint::{Fingerprint, MixedHashing};

/// Which anchors and short passages stand in several articles of a batch, or twice in one.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    /// For each article: whether an article before it in the batch has an anchor or short passage of it.
    pub(super) depends: Vec<bool>,
    /// For each article: whether it has an anchor or short passage twice.
    pub(super) repeats_itself: Vec<bool>,
    /// By hash modulo the number of slices.
    slices: Vec<Slice>,
}

/// What is known of the hashes of one residue class.
#[derive(Debug, Default)]
struct Slice {
    seen: HashMap<u64, Seen, MixedHashing>,
    depends: Vec<u32>,
    repeats: Vec<u32>,
}

/// The articles in which a hash was seen.
#[derive(Debug, Clone, Copy)]
struct Seen {
    first: u32,
    last: u32,
}

impl Sharing {
    /// Looks through a batch with `n_threads` threads.
    pub(super) fn find(batch: &[&Fingerprint], n_threads: usize) -> Self {
        let n_slices = n_threads.max(1);
        let n_hashes: usize = batch.iter().map(|print| print.anchors.len()).sum();
        let slices: Vec<Slice> = (0..n_slices).into_par_iter().map(|nth| Slice::find(batch, nth, n_slices, n_hashes / n_slices)).collect();
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
        self.seen(hash).is_some_and(|seen| seen.first != seen.last)
    }

    /// Whether an article before number `article` has this hash.
    pub(super) fn is_known_before(&self, hash: u64, article: usize) -> bool {
        self.seen(hash).is_some_and(|seen| (seen.first as usize) < article)
    }

    fn seen(&self, hash: u64) -> Option<Seen> {
        let slice = &self.slices[(hash % self.slices.len() as u64) as usize];
        slice.seen.get(&hash).copied()
    }
}

impl Slice {
    fn find(batch: &[&Fingerprint], nth: usize, n_slices: usize, n_hashes: usize) -> Self {
        let mut slice = Self::default();
        slice.seen.reserve(n_hashes);
        for (article, print) in batch.iter().enumerate() {
            let anchors = print.anchors.iter().map(|anchor| anchor.hash);
            let passages = print.passage_keys.iter().flatten().map(|key| key.0);
            for hash in anchors.chain(passages).filter(|hash| hash % n_slices as u64 == nth as u64) {
                slice.add(hash, article as u32);
            }
        }
        slice
    }

    fn add(&mut self, hash: u64, article: u32) {
        let seen = self.seen.entry(hash).or_insert(Seen { first: article, last: u32::MAX });
        if seen.first != article {
            self.depends.push(article);
        }
        if seen.last == article {
            self.repeats.push(article);
        }
        seen.last = article;
    }
}
