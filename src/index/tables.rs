//! From hashes to places in kept text: a table of anchors and a table of short passages, cut into shards that can be filled side by side.

use std::collections::HashMap;
use std::ops::Range;

use super::kept_text::{Ground, KeptStream};
use super::table::{PlaceTable, SHARD_BITS};
use super::words::WordPlace;
use crate::fingerprint::{Anchor, MixedHashing, PassageKey};

/// How much a table keeps of what is frequent. The answers don't depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableSize {
    /// Places kept for one anchor. Past them, the runs around it are kept one by one, each with its first place only.
    pub places_per_anchor: usize,
}

impl Default for TableSize {
    fn default() -> Self {
        Self { places_per_anchor: 8 }
    }
}

/// Leads from anchors and passages to the places where they are kept.
#[derive(Debug)]
pub(super) struct Tables {
    size: TableSize,
    shards: Vec<Shard>,
    /// Whether nothing was ever added since the tables were made or cleared.
    is_empty: bool,
}

/// The entries of one range of hashes.
#[derive(Debug, Default)]
pub(super) struct Shard {
    anchors: PlaceTable,
    /// Runs of `min-run` words whose anchor has more places than `anchors` keeps, and that stand at none of these.
    frequent: HashMap<u64, WordPlace, MixedHashing>,
    /// For each short passage the place where it was kept first.
    passages: PlaceTable,
}

impl Tables {
    /// Empty tables.
    pub(super) fn new(size: TableSize) -> Self {
        let mut shards = Vec::new();
        shards.resize_with(1 << SHARD_BITS, Shard::default);
        Self { size, shards, is_empty: true }
    }

    fn shard(&self, hash: u64) -> &Shard {
        &self.shards[shard_of(hash)]
    }

    pub(super) fn size(&self) -> TableSize {
        self.size
    }

    /// All shards, to be filled side by side; the `n`-th takes the hashes that [`shard_of`] sends there.
    pub(super) fn shards_mut(&mut self) -> &mut [Shard] {
        self.is_empty = false;
        &mut self.shards
    }

    /// Whether anchors have places, each; `false` for all where there are none at all.
    pub(super) fn have_anchors(&self, anchors: &[Anchor], have: &mut [bool]) {
        if self.is_empty {
            return;
        }
        let looks = anchors.iter().fold(0, |looks, anchor| looks ^ self.shard(anchor.hash).anchors.look_at(anchor.hash));
        std::hint::black_box(looks);
        for (have, anchor) in have.iter_mut().zip(anchors) {
            *have |= self.shard(anchor.hash).anchors.has(anchor.hash);
        }
    }

    /// The places of an anchor, the first kept first, as far as they are kept one by one.
    pub(super) fn anchor_places(&self, hash: u64) -> impl Iterator<Item = WordPlace> + '_ {
        self.shard(hash).anchors.places(hash)
    }

    /// Where the run with hash `run`, whose anchor is `anchor`, was kept first, if it stands at none of the [`Self::anchor_places`].
    pub(super) fn frequent_run(&self, anchor: u64, run: impl FnOnce() -> u64) -> Option<WordPlace> {
        let frequent = &self.shard(anchor).frequent;
        if frequent.is_empty() { None } else { frequent.get(&run()).copied() }
    }

    /// Where a passage with this key was kept first.
    pub(super) fn passage(&self, key: PassageKey) -> Option<WordPlace> {
        self.shard(key.0).passages.places(key.0).next()
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        if self.is_empty {
            return;
        }
        self.is_empty = true;
        for shard in &mut self.shards {
            shard.anchors.clear();
            shard.frequent.clear();
            shard.passages.clear();
        }
    }
}

/// The shard that a hash belongs to.
pub(super) fn shard_of(hash: u64) -> usize {
    (hash >> (64 - SHARD_BITS)) as usize
}

impl Shard {
    /// A look at an anchor's slot. See [`PlaceTable::look_at`].
    pub(super) fn look_at_anchor(&self, hash: u64) -> u32 {
        u32::from(self.anchors.look_at(hash)) ^ self.anchors.look_at_slot(hash)
    }

    /// Adds an anchor of a stream, by which its `runs` are looked up.
    pub(super) fn insert_anchor(&mut self, anchor: &Anchor, runs: Range<usize>, stream: &KeptStream<'_>, ground: Ground<'_>) {
        let place = stream.start.plus(anchor.word as usize);
        if self.anchors.insert(anchor.hash, place, ground.size.places_per_anchor) {
            return;
        }
        for run in runs {
            let words = &stream.words[run..run + ground.shingles.min_run().words()];
            let before = anchor.word as usize - run;
            let is_known = |place| ground.words.run_stands_around(place, before, words);
            if !self.anchors.places(anchor.hash).any(is_known) {
                self.frequent.entry(ground.shingles.run(words)).or_insert(stream.start.plus(run));
            }
        }
    }

    /// Adds a passage kept at `place`, unless an equal one was kept before.
    pub(super) fn insert_passage(&mut self, key: PassageKey, place: WordPlace) {
        self.passages.insert(key.0, place, 1);
    }
}
