//! From hashes to places in kept text: a table of anchors and a table of short passages, cut into shards that can be read and filled side by side.

use std::collections::HashMap;
use std::ops::Range;

use super::kept_text::{Ground, KeptStream};
use super::lookup::Lookup;
use super::segment::TableKind;
use super::shards::{N_SHARDS, SHARD_BITS, Spot, shard_of};
use super::slot::Slot;
use super::table::PlaceTable;
use super::words::WordPlace;
use crate::fingerprint::{Anchor, MixedHashing, PassageKey};

/// How much a table keeps of what is frequent. The answers don't depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableSize {
    /// Places kept for one anchor. Past them, the runs around it are kept one by one, each with its first place only.
    pub places_per_anchor: usize,
    /// Whether all places of a short passage are kept, and not only the first, as an index must that may forget the first.
    pub repeats_passages: bool,
}

impl Default for TableSize {
    fn default() -> Self {
        Self { places_per_anchor: 8, repeats_passages: false }
    }
}

/// Leads from anchors and passages to the places where they are kept.
#[derive(Debug)]
pub(super) struct Tables {
    size: TableSize,
    shards: Vec<Shard>,
    /// See [`Self::is_empty`].
    is_empty: bool,
}

/// The entries of one range of hashes.
#[derive(Debug)]
pub(super) struct Shard {
    /// Whoever looks up an anchor compares the words around it, so not all of its hash needs to be kept.
    anchors: PlaceTable<u64>,
    /// Runs of `min-run` words whose anchor has more places than `anchors` keeps, and that stand at none of these.
    frequent: HashMap<u64, WordPlace, MixedHashing>,
    /// For each short passage the place where it was kept first.
    passages: PlaceTable<[u32; 3]>,
    /// Where they were kept again, if that is to be known.
    repeats: Vec<(u64, WordPlace)>,
}

impl Tables {
    /// Empty tables.
    pub(super) fn new(size: TableSize) -> Self {
        Self { size, shards: (0..N_SHARDS).map(Shard::new).collect(), is_empty: true }
    }

    pub(super) fn size(&self) -> TableSize {
        self.size
    }

    /// Whether nothing was added since they were made or cleared.
    pub(super) fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// Shard number `nth`.
    pub(super) fn shard(&self, nth: usize) -> &Shard {
        &self.shards[nth]
    }

    /// The shard of `hash`, to be added to.
    pub(super) fn shard_mut(&mut self, hash: u64) -> &mut Shard {
        self.is_empty = false;
        &mut self.shards[shard_of(hash)]
    }

    /// All shards, to be filled side by side.
    pub(super) fn shards_mut(&mut self) -> &mut [Shard] {
        self.is_empty = false;
        &mut self.shards
    }

    fn shard_with(&self, hash: u64) -> &Shard {
        &self.shards[shard_of(hash)]
    }

    /// Asks for the memory in which the places of an anchor stand.
    pub(super) fn prefetch_anchor(&self, hash: u64) {
        self.shard_with(hash).anchors.prefetch_all(hash);
    }

    /// The places of an anchor, the first kept first, as far as they are kept one by one. Now and then one of another anchor is among them.
    pub(super) fn anchor_places(&self, hash: u64) -> impl Iterator<Item = WordPlace> + '_ {
        self.shard_with(hash).anchors.places(hash)
    }

    /// Where the run with hash `run`, whose anchor is `anchor`, was kept first, if it stands at none of the [`Self::anchor_places`].
    pub(super) fn frequent_run(&self, anchor: u64, run: impl FnOnce() -> u64) -> Option<WordPlace> {
        let frequent = &self.shard_with(anchor).frequent;
        if frequent.is_empty() { None } else { frequent.get(&run()).copied() }
    }

    /// Where a passage with this key was kept first.
    pub(super) fn passage(&self, key: PassageKey) -> Option<WordPlace> {
        self.shard_with(key.0).passages.places(key.0).next()
    }

    /// How many entries a table of all shards has.
    pub(super) fn len(&self, kind: TableKind) -> u64 {
        let len = |shard: &Shard| match kind {
            TableKind::Anchors => shard.anchors.len(),
            TableKind::Frequent => shard.frequent.len(),
            TableKind::Passages => shard.passages.len() + shard.repeats.len(),
        };
        self.shards.iter().map(|shard| len(shard) as u64).sum()
    }

    /// The entries of a table of all shards, sorted by hash and place. The words at the places must be at hand.
    pub(super) fn sorted<'a>(&'a self, kind: TableKind, ground: Ground<'a>) -> Box<dyn Iterator<Item = (u64, WordPlace)> + 'a> {
        let sorted = |mut entries: Vec<(u64, WordPlace)>| {
            entries.sort_unstable();
            entries.into_iter()
        };
        let shards = self.shards.iter();
        match kind {
            TableKind::Anchors => Box::new(shards.flat_map(move |shard| sorted(shard.anchors_with_hashes(ground)))),
            // They stand with their anchors, not where their own hashes belong.
            TableKind::Frequent => {
                let all = self.shards.iter().flat_map(|shard| &shard.frequent).map(|(&run, &place)| (run, place));
                Box::new(sorted(all.collect()))
            }
            TableKind::Passages => Box::new(shards.enumerate().flat_map(move |(nth, shard)| {
                sorted(shard.passages_with_hashes(nth).chain(shard.repeats.iter().copied()).collect())
            })),
        }
    }

    /// Bytes of memory that what it holds takes, in tables that were just grown.
    pub(super) fn memory(&self) -> usize {
        let frequent = |shard: &Shard| shard.frequent.len() * 2 * (size_of::<(u64, WordPlace)>() + 1);
        let repeats = |shard: &Shard| shard.repeats.len() * 2 * size_of::<(u64, WordPlace)>();
        self.shards.iter().map(|s| s.anchors.memory() + s.passages.memory() + frequent(s) + repeats(s)).sum()
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
            shard.repeats.clear();
        }
    }
}

impl Shard {
    /// Empty tables; this is shard number `nth`.
    fn new(nth: usize) -> Self {
        Self { anchors: PlaceTable::new(nth), frequent: HashMap::default(), passages: PlaceTable::new(nth), repeats: Vec::new() }
    }

    /// Those of anchors and of passages.
    pub(super) fn tables(&self) -> (&PlaceTable<u64>, &PlaceTable<[u32; 3]>) {
        (&self.anchors, &self.passages)
    }

    /// The anchors' places with their hashes, which the words there have.
    fn anchors_with_hashes(&self, ground: Ground<'_>) -> Vec<(u64, WordPlace)> {
        let places = || self.anchors.used().map(Slot::place);
        ground.words.prefetch(places());
        places().map(|place| (ground.shingles.anchor_hash(ground.words.after(place)), place)).collect()
    }

    /// The passages' places with their hashes; this is shard number `nth`.
    fn passages_with_hashes(&self, nth: usize) -> impl Iterator<Item = (u64, WordPlace)> + '_ {
        let shard = (nth as u64) << (u64::BITS - SHARD_BITS);
        self.passages.used().map(move |slot| (shard | slot.hash() >> SHARD_BITS, slot.place()))
    }

    /// Adds an anchor or passage of a stream.
    pub(super) fn insert(&mut self, hash: u64, spot: Spot, stream: &KeptStream<'_>, ground: Ground<'_>) {
        let place = stream.start.plus(spot.word as usize);
        if spot.is_passage() {
            if !self.passages.insert(hash, place, 1) && ground.size.repeats_passages {
                self.repeats.push((hash, place));
            }
        } else if !self.anchors.insert(hash, place, ground.size.places_per_anchor) {
            let nth = stream.anchors.partition_point(|anchor| anchor.word < spot.word);
            self.insert_runs(&stream.anchors[nth], stream.runs_of(nth, ground.shingles.min_run()), stream, ground);
        }
    }

    /// Adds the runs that are looked up by an anchor which has as many places as it may have.
    #[cold]
    fn insert_runs(&mut self, anchor: &Anchor, runs: Range<usize>, stream: &KeptStream<'_>, ground: Ground<'_>) {
        for run in runs {
            let words = &stream.words[run..run + ground.shingles.min_run().words()];
            let before = anchor.word as usize - run;
            let is_known = |place| ground.words.run_stands_around(place, before, words);
            if !self.anchors.places(anchor.hash).any(is_known) {
                self.frequent.entry(ground.shingles.run(words)).or_insert(stream.start.plus(run));
            }
        }
    }
}
