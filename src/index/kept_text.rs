//! The kept text as a whole: what `decide` asks.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use super::kept_records::{EarlierRun, KeptRecords};
use super::lookup::{Lookup, sift};
use super::records::Records;
use super::segment::{Segment, SegmentWriter, TableKind, merge};
use super::shards::Spot;
use super::tables::{Shard, TableSize, Tables};
use super::words::{KeptWords, WordPlace};
use crate::corpus::{Place, RecordName};
use crate::fingerprint::{Anchor, MinRun, PassageKey, ShingleHasher, WordHash, runs_of};

/// All that articles so far left in the output.
///
/// Words are kept as soon as an article is settled; its anchors and passages reach the large, settled tables only when its whole batch is
/// settled, so that these can be read by many threads meanwhile. Until then the few that other articles of the batch may ask for stand in the recent tables.
#[derive(Debug)]
pub struct KeptText {
    shingles: ShingleHasher,
    words: KeptWords,
    /// What earlier runs kept, and what of this one found no room in memory, in priority order.
    stored: Vec<Arc<Segment>>,
    /// How many of these segments are of earlier runs.
    n_earlier: usize,
    /// Where this run's chunks of words begin.
    first_chunk: u32,
    earlier: Vec<EarlierRun>,
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
            stored: Vec::new(),
            n_earlier: 0,
            first_chunk: 0,
            earlier: Vec::new(),
            records: Records::default(),
            settled: Tables::new(size),
            recent: Tables::new(size),
        }
    }

    /// What earlier runs kept. What is kept from here on stands behind it, from chunk number `next_chunk` on at the earliest.
    #[must_use]
    pub fn after(mut self, stored: Vec<Arc<Segment>>, earlier: Vec<EarlierRun>, next_chunk: u32) -> Self {
        stored.iter().for_each(|segment| self.words.store(segment));
        self.words.begin_chunk(next_chunk);
        Self { n_earlier: stored.len(), first_chunk: next_chunk, stored, earlier, ..self }
    }

    /// The hasher whose anchors and keys are kept here.
    pub fn shingles(&self) -> &ShingleHasher {
        &self.shingles
    }

    /// The kept words.
    pub fn words(&self) -> &KeptWords {
        &self.words
    }

    /// Which records its words belong to.
    pub fn records(&self) -> KeptRecords<'_> {
        KeptRecords { held: &self.records, stored: &self.stored, earlier: &self.earlier }
    }

    /// Shard number `nth` of what was known before the current batch.
    pub fn settled_shard(&self, nth: usize) -> SettledShard<'_> {
        SettledShard { shard: self.settled.shard(nth), stored: &self.stored }
    }

    /// Asks for the memory in which the places of these anchors stand, so that it is waited for once, not for each.
    pub fn prefetch_anchors(&self, hashes: impl Iterator<Item = u64>) {
        hashes.for_each(|hash| self.settled.prefetch_anchor(hash));
    }

    /// The places of an anchor, the first kept first; now and then one of another anchor is among them. Past those that tables keep one by one, ask for single runs with [`Self::first_place_of_run`].
    pub fn anchor_places(&self, hash: u64) -> impl Iterator<Item = WordPlace> + '_ {
        let stored = self.stored.iter().flat_map(move |segment| segment.table(TableKind::Anchors).places(hash));
        let recent = (!self.recent.is_empty()).then(|| self.recent.anchor_places(hash));
        stored.chain(self.settled.anchor_places(hash)).chain(recent.into_iter().flatten())
    }

    /// Whether a run of `min-run` words with this anchor stands somewhere past the [`Self::anchor_places`].
    pub fn has_frequent_run(&self, anchor: u64, run: &[WordHash]) -> bool {
        let stands = |place: Option<WordPlace>| place.is_some_and(|place| self.words.stand_at(place, run));
        self.stored.iter().any(|segment| stands(segment.frequent_run(|| self.shingles.run(run))))
            || [&self.settled, &self.recent]
                .into_iter()
                .any(|tables| stands(tables.frequent_run(anchor, || self.shingles.run(run))))
    }

    /// Where the run of `min-run` words `run`, with the anchor `anchor` as its word number `before`, was kept first.
    pub fn first_place_of_run(&self, anchor: u64, before: usize, run: &[WordHash]) -> Option<WordPlace> {
        let hash = || self.shingles.run(run);
        let stands = |place: &WordPlace| self.words.stand_at(*place, run);
        let in_segment = |segment: &Arc<Segment>| {
            let around_anchor = self.run_around(segment.table(TableKind::Anchors).places(anchor), before, run);
            around_anchor.or_else(|| segment.frequent_run(hash).filter(stands))
        };
        let in_tables = |tables: &Tables| {
            let around_anchor = self.run_around(tables.anchor_places(anchor), before, run);
            around_anchor.or_else(|| tables.frequent_run(anchor, hash).filter(stands))
        };
        self.stored.iter().find_map(in_segment).or_else(|| [&self.settled, &self.recent].into_iter().find_map(in_tables))
    }

    /// Where a run stands around the first of these places.
    fn run_around(&self, mut places: impl Iterator<Item = WordPlace>, before: usize, run: &[WordHash]) -> Option<WordPlace> {
        let place = places.find(|&place| self.words.run_stands_around(place, before, run))?;
        Some(WordPlace(place.0 - before as u64))
    }

    /// Where a passage equal to `words`, whose key is `key`, was kept first.
    pub fn first_place_of_passage(&self, key: PassageKey, words: &[WordHash]) -> Option<WordPlace> {
        let stored = || self.stored.iter().find_map(|segment| segment.table(TableKind::Passages).places(key.0).next());
        let place = stored().or_else(|| self.settled.passage(key)).or_else(|| self.recent.passage(key))?;
        self.words.stand_at(place, words).then_some(place)
    }

    /// Keeps an article's words; returns where they stand from now on. `first_word` counts the record's words kept before (in its earlier parts).
    pub fn keep_words(&mut self, words: &[WordHash], place: Place, name: &RecordName, first_word: usize) -> WordPlace {
        let start = self.words.push(words);
        self.records.push(start, place, name, first_word);
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

    /// Fills the settled tables; what else is kept can be read meanwhile.
    pub fn filling(&mut self) -> Filling<'_> {
        let ground = Ground { words: &self.words, shingles: &self.shingles, size: self.settled.size() };
        let shards = self.settled.shards_mut().iter_mut().map(|shard| ShardFilling { shard, ground }).collect();
        let records = KeptRecords { held: &self.records, stored: &self.stored, earlier: &self.earlier };
        Filling { shards, words: &self.words, records }
    }
}

impl KeptText {
    /// Bytes of memory that what is not in segments takes.
    pub fn held_memory(&self) -> usize {
        self.words.memory() + self.records.memory() + self.settled.memory()
    }

    /// Whether all that this run kept is in segments.
    pub fn holds_nothing(&self) -> bool {
        self.words.held().next().is_none()
    }

    /// Writes what is not in segments to an empty file, as one. `files` are the names of the files of this run. No batch is under way.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn write_held(&self, files: &[String], file: &File) -> io::Result<()> {
        let mut writer = SegmentWriter::begin(file);
        writer.words(self.words.held())?;
        writer.records(self.records.view().iter(), files.iter().map(String::as_str))?;
        let ground = Ground { words: &self.words, shingles: &self.shingles, size: self.settled.size() };
        for kind in TableKind::ALL {
            writer.table(kind, self.settled.len(kind), self.settled.sorted(kind, ground))?;
        }
        writer.finish()
    }

    /// What was written last by [`Self::write_held`] is read from this segment from now on, and its memory can be filled again.
    pub fn store_held(&mut self, segment: Arc<Segment>) {
        self.words.store(&segment);
        self.records = Records::default();
        self.settled.clear();
        self.stored.push(segment);
    }

    /// The segments that hold what this run kept, in priority order.
    pub fn own_segments(&self) -> &[Arc<Segment>] {
        &self.stored[self.n_earlier..]
    }

    /// The chunks of words that this run kept.
    pub fn own_chunks(&self) -> Range<u32> {
        self.first_chunk..self.words.n_chunks().max(self.first_chunk)
    }

    /// Writes all that this run kept to an empty file, as one segment. All of it is in memory, or none. `files` are the names of its files.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn write_own(&self, files: &[String], file: &File) -> io::Result<()> {
        let own = self.own_segments();
        debug_assert!(own.is_empty() || self.holds_nothing());
        if own.is_empty() { self.write_held(files, file) } else { self.merge_own(0..own.len(), files, file) }
    }

    /// Merges some of these into one, in an empty file.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn merge_own(&self, range: Range<usize>, files: &[String], file: &File) -> io::Result<()> {
        merge(&self.own_segments()[range], Some(files), &self.shingles, self.settled.size(), file)
    }

    /// Puts the segment that some of them were merged into in their place.
    pub fn replace_own(&mut self, range: Range<usize>, segment: Arc<Segment>) {
        self.words.store(&segment);
        self.stored.splice(self.n_earlier + range.start..self.n_earlier + range.end, [segment]);
    }

    /// Why some of it could not be read, since when its answers are wrong.
    pub fn failure(&self) -> Option<&io::Error> {
        self.stored.iter().find_map(|segment| segment.failure())
    }

    /// Gives the memory back that was needed to read segments.
    pub fn give_back(&self) {
        self.stored.iter().for_each(|segment| segment.give_back());
    }
}

impl KeptStream<'_> {
    /// The runs that are looked up by anchor number `nth`.
    pub(super) fn runs_of(&self, nth: usize, min_run: MinRun) -> Range<usize> {
        runs_of(self.anchors, nth, self.words.len(), min_run.words())
    }
}

/// The kept text while its settled tables are being filled.
#[derive(Debug)]
pub struct Filling<'a> {
    /// The shards of the tables, to be filled side by side.
    pub shards: Vec<ShardFilling<'a>>,
    /// The kept words.
    pub words: &'a KeptWords,
    /// Which records they belong to.
    pub records: KeptRecords<'a>,
}

/// One shard of the kept text, as it stood before the batch.
#[derive(Debug, Clone, Copy)]
pub struct SettledShard<'a> {
    shard: &'a Shard,
    stored: &'a [Arc<Segment>],
}

impl SettledShard<'_> {
    /// Adds to `known` which of these hashes, all of this shard, have a place.
    pub fn find(&self, entries: &[(u64, Spot)], known: &mut Vec<Spot>) {
        if self.stored.is_empty() {
            return sift(self.shard.tables(), entries, known, |_| ());
        }
        let mut unknown = Vec::new();
        sift(self.shard.tables(), entries, known, |entry| unknown.push(entry));
        for segment in self.stored {
            let mut left = Vec::new();
            let tables = (&segment.table(TableKind::Anchors), &segment.table(TableKind::Passages));
            sift(tables, &unknown, known, |entry| left.push(entry));
            unknown = left;
        }
    }
}

/// A shard of the settled tables while streams are being added.
#[derive(Debug)]
pub struct ShardFilling<'a> {
    shard: &'a mut Shard,
    ground: Ground<'a>,
}

impl ShardFilling<'_> {
    /// Asks for the memory that adding these hashes takes, so that it is waited for once, not for each.
    pub fn prefetch(&self, entries: &[(u64, Spot)]) {
        let (anchors, passages) = self.shard.tables();
        for &(hash, spot) in entries {
            if spot.is_passage() { passages.prefetch_all(hash) } else { anchors.prefetch_all(hash) }
        }
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
