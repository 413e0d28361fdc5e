//! The kept text as a whole: what `decide` asks.

use std::ops::Range;

use super::records::{KeptRecord, Records};
use super::shards::Spot;
use super::tables::{Shard, TableSize, Tables};
use super::words::{KeptWords, WordPlace};
use crate::corpus::Place;
use crate::fingerprint::{Anchor, MinRun, PassageKey, ShingleHasher, WordHash};

/// All that articles so far left in the output.
///
/// Words are kept as soon as an article is settled; its anchors and passages reach the large, settled tables only when its whole batch is
/// settled, so that these can be read by many threads meanwhile. Until then the few that other articles of the batch may ask for stand in the recent tables.
#[derive(Debug)]
pub struct KeptText {
    shingles: ShingleHasher,
    words: KeptWords,
    records: Records,
    settled: Tables,
    recent: Tables,
}

/// What an article left in the output, as the tables take it.
#[derive(Debug, Clone, Copy)]
pub struct KeptStream<'a> {
    /// Where its words stand.
    pub start: WordPlace,
    /// Its words.
    pub words: &'a [WordHash],
    /// Its anchors.
    pub anchors: &'a [Anchor],
    /// Its short passages: the first word of each in the stream, and its key.
    pub passages: &'a [(u32, PassageKey)],
}

impl KeptText {
    /// Nothing kept so far.
    pub fn new(shingles: ShingleHasher, size: TableSize) -> Self {
        Self {
            shingles,
            words: KeptWords::default(),
            records: Records::default(),
            settled: Tables::new(size),
            recent: Tables::new(size),
        }
    }

    /// The hasher whose anchors and keys are kept here.
    pub fn shingles(&self) -> &ShingleHasher {
        &self.shingles
    }

    /// The kept words.
    pub fn words(&self) -> &KeptWords {
        &self.words
    }

    /// The record that the word at `place` stands in.
    pub fn record_at(&self, place: WordPlace) -> KeptRecord<'_> {
        self.records.at(place)
    }

    /// Shard number `nth` of what was known before the current batch.
    pub fn settled_shard(&self, nth: usize) -> SettledShard<'_> {
        SettledShard(self.settled.shard(nth))
    }

    /// Whether anything of the current batch is known already.
    pub fn has_recent(&self) -> bool {
        !self.recent.is_empty()
    }

    /// Whether an anchor has a place in what is known of the current batch.
    pub fn has_recent_anchor(&self, hash: u64) -> bool {
        self.recent.has_anchor(hash)
    }

    /// The places of an anchor, the first kept first. Past those that tables keep one by one, ask for single runs with [`Self::first_place_of_run`].
    pub fn anchor_places(&self, hash: u64) -> impl Iterator<Item = WordPlace> + '_ {
        self.settled.anchor_places(hash).chain(self.recent.anchor_places(hash))
    }

    /// Whether a run of `min-run` words with this anchor stands somewhere past the [`Self::anchor_places`].
    pub fn has_frequent_run(&self, anchor: u64, run: &[WordHash]) -> bool {
        [&self.settled, &self.recent].into_iter().any(|tables| {
            let place = tables.frequent_run(anchor, || self.shingles.run(run));
            place.is_some_and(|place| self.words.stand_at(place, run))
        })
    }

    /// Where the run of `min-run` words `run`, with the anchor `anchor` as its word number `before`, was kept first.
    pub fn first_place_of_run(&self, anchor: u64, before: usize, run: &[WordHash]) -> Option<WordPlace> {
        [&self.settled, &self.recent].into_iter().find_map(|tables| {
            let stands_around = |place: &WordPlace| self.words.run_stands_around(*place, before, run);
            let around_anchor = tables.anchor_places(anchor).find(stands_around).map(|place| WordPlace(place.0 - before as u64));
            around_anchor.or_else(|| {
                let place = tables.frequent_run(anchor, || self.shingles.run(run));
                place.filter(|&place| self.words.stand_at(place, run))
            })
        })
    }

    /// Where a passage equal to `words`, whose key is `key`, was kept first.
    pub fn first_place_of_passage(&self, key: PassageKey, words: &[WordHash]) -> Option<WordPlace> {
        let place = self.settled.passage(key).or_else(|| self.recent.passage(key))?;
        self.words.stand_at(place, words).then_some(place)
    }

    /// Keeps an article's words; returns where they stand from now on. `first_word` counts the record's words kept before (in its earlier parts).
    pub fn keep_words(&mut self, words: &[WordHash], place: Place, id: &str, first_word: usize) -> WordPlace {
        let start = self.words.push(words);
        self.records.push(start, place, id, first_word);
        start
    }

    /// Makes an article's passages, and those of its anchors that are given, known to the rest of its batch.
    pub fn remember_for_batch<'a>(&mut self, stream: &KeptStream<'_>, anchors: impl Iterator<Item = &'a Anchor>) {
        let ground = Ground { words: &self.words, shingles: &self.shingles, size: self.recent.size() };
        let anchors = anchors.map(|anchor| (anchor.hash, Spot::anchor(0, anchor.word)));
        let passages = stream.passages.iter().map(|&(word, key)| (key.0, Spot::passage(0, word)));
        for (hash, spot) in anchors.chain(passages) {
            self.recent.shard_mut(hash).insert(hash, spot, stream, ground);
        }
    }

    /// Ends a batch: what [`Self::remember_for_batch`] was told is forgotten. To fill the settled tables in its stead, see [`Self::filling`].
    pub fn forget_batch(&mut self) {
        self.recent.clear();
    }

    /// The shards of the settled tables, to be filled side by side.
    pub fn filling(&mut self) -> Vec<ShardFilling<'_>> {
        let ground = Ground { words: &self.words, shingles: &self.shingles, size: self.settled.size() };
        self.settled.shards_mut().iter_mut().map(|shard| ShardFilling { shard, ground }).collect()
    }
}

impl KeptStream<'_> {
    /// The runs that are looked up by anchor number `nth`.
    pub(super) fn runs_of(&self, nth: usize, min_run: MinRun) -> Range<usize> {
        let n_runs = (self.words.len() + 1).saturating_sub(min_run.words());
        let next = self.anchors.get(nth + 1).map_or(n_runs, |next| next.first_run as usize);
        self.anchors[nth].first_run as usize..next
    }
}

/// One shard of the kept text, as it stood before the batch.
#[derive(Debug, Clone, Copy)]
pub struct SettledShard<'a>(&'a Shard);

impl SettledShard<'_> {
    /// Adds to `known` which of these hashes, all of this shard, have a place.
    pub fn find(&self, entries: &[(u64, Spot)], known: &mut Vec<Spot>) {
        // A look at every place first, so that memory is waited for once and not for each hash.
        let looks = entries.iter().fold(0, |looks, &(hash, spot)| looks ^ self.0.look_at(hash, spot.is_passage()));
        std::hint::black_box(looks);
        known.extend(entries.iter().filter(|&&(hash, spot)| self.0.has(hash, spot.is_passage())).map(|&(_, spot)| spot));
    }
}

/// A shard of the settled tables while streams are being added.
#[derive(Debug)]
pub struct ShardFilling<'a> {
    shard: &'a mut Shard,
    ground: Ground<'a>,
}

impl ShardFilling<'_> {
    /// A look at the places of these hashes, so that memory is waited for once and not for each when they are inserted.
    pub fn look_at(&self, entries: &[(u64, Spot)]) {
        let looks = entries.iter().fold(0, |looks, &(hash, spot)| looks ^ self.shard.look_at_slots(hash, spot.is_passage()));
        std::hint::black_box(looks);
    }

    /// Adds an anchor or passage of this shard. They must come in priority order. `streams` holds the stream of each article.
    pub fn insert(&mut self, &(hash, spot): &(u64, Spot), streams: &[KeptStream<'_>]) {
        self.shard.insert(hash, spot, &streams[spot.article()], self.ground);
    }
}

/// What adding to a shard needs to know.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) words: &'a KeptWords,
    pub(super) shingles: &'a ShingleHasher,
    pub(super) size: TableSize,
}
