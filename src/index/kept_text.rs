//! The kept text as a whole: what `decide` asks.

use super::records::{KeptRecord, Records};
use super::tables::{Shard, TableSize, Tables, shard_of};
use super::words::{KeptWords, WordPlace};
use crate::corpus::Place;
use crate::fingerprint::{Anchor, PassageKey, ShingleHasher, WordHash};

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

    /// Which of these anchors have places. Asking for all at once is faster than one by one: memory is waited for once.
    pub fn have_anchors(&self, anchors: &[Anchor]) -> Vec<bool> {
        let mut have = vec![false; anchors.len()];
        self.settled.have_anchors(anchors, &mut have);
        self.recent.have_anchors(anchors, &mut have);
        have
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

    /// Makes an article's passages, and those of its anchors that `wanted` picks by hash, known to the rest of its batch.
    pub fn remember_for_batch(&mut self, stream: &KeptStream<'_>, wanted: impl Fn(u64) -> bool) {
        let ground = Ground { words: &self.words, shingles: &self.shingles, size: self.recent.size() };
        Filling { shards: self.recent.shards_mut(), first: 0, ground }.insert(stream, wanted);
    }

    /// Ends a batch: what [`Self::remember_for_batch`] was told is forgotten. To fill the settled tables in its stead, see [`Self::filling`].
    pub fn forget_batch(&mut self) {
        self.recent.clear();
    }

    /// The settled tables, for filling.
    pub fn filling(&mut self) -> Filling<'_> {
        let ground = Ground { words: &self.words, shingles: &self.shingles, size: self.settled.size() };
        Filling { shards: self.settled.shards_mut(), first: 0, ground }
    }
}

/// Tables while streams are being added. Shards may be filled side by side, each with the streams in priority order.
#[derive(Debug)]
pub struct Filling<'a> {
    shards: &'a mut [Shard],
    /// Number of the first of the shards.
    first: usize,
    ground: Ground<'a>,
}

/// What adding to a shard needs to know.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) words: &'a KeptWords,
    pub(super) shingles: &'a ShingleHasher,
    pub(super) size: TableSize,
}

impl<'a> Filling<'a> {
    /// Shares the work out among about `n` pieces, each of which must be given all streams.
    pub fn split(self, n: usize) -> Vec<Filling<'a>> {
        let Self { shards, first, ground } = self;
        let len = shards.len().div_ceil(n).max(1);
        let piece = |(nth, shards)| Filling { shards, first: first + nth * len, ground };
        shards.chunks_mut(len).enumerate().map(piece).collect()
    }

    /// Adds those passages of a stream, and those of its anchors that `wanted` picks by hash, that belong to these shards.
    pub fn insert(&mut self, stream: &KeptStream<'_>, wanted: impl Fn(u64) -> bool) {
        let Self { shards, first, ground } = self;
        let n_shards = shards.len();
        let nth = |hash| shard_of(hash).checked_sub(*first).filter(|&nth| nth < n_shards);
        let n_runs = (stream.words.len() + 1).saturating_sub(ground.shingles.min_run().words());
        let here: Vec<(usize, usize)> = stream
            .anchors
            .iter()
            .enumerate()
            .filter_map(|(at, anchor)| Some((at, nth(anchor.hash).filter(|_| wanted(anchor.hash))?)))
            .collect();
        // A look at every slot first, so that memory is waited for once and not for each anchor.
        let looks = here.iter().fold(0, |looks, &(at, nth)| looks ^ shards[nth].look_at_anchor(stream.anchors[at].hash));
        std::hint::black_box(looks);
        for (at, nth) in here {
            let anchor = &stream.anchors[at];
            let next_run = stream.anchors.get(at + 1).map_or(n_runs, |next| next.first_run as usize);
            shards[nth].insert_anchor(anchor, anchor.first_run as usize..next_run, stream, *ground);
        }
        for &(word, key) in stream.passages {
            if let Some(nth) = nth(key.0) {
                shards[nth].insert_passage(key, stream.start.plus(word as usize));
            }
        }
    }
}
