//! What is known of a batch's anchors and short passages before it is judged: which of them kept text has, and which stand in several articles of the batch. Only
//! articles that share something must wait for each other.

use rayon::prelude::*;

use crate::decide::Candidates;
use crate::fingerprint::{Anchor, Fingerprint};
use crate::index::{ByShard, KeptText, N_SHARDS, Numbered, SettledShard, Spot, shard_of};

/// Which anchors and short passages of a batch stand in kept text, in several articles of the batch, or twice in one.
///
/// Of the batch itself its answers err on one side only: two different hashes may be taken for one, which costs time, never the answer.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    /// For each article: whether an article before it in the batch has an anchor or short passage of it.
    pub(super) depends: Vec<bool>,
    /// For each article: whether it has an anchor or short passage twice.
    pub(super) repeats_itself: Vec<bool>,
    /// What kept text had before the batch.
    settled: ByArticle,
    /// What stands in several articles, or twice in one.
    shared: ByArticle,
    shards: Vec<Shard>,
    pieces: Vec<ByShard>,
}

/// Batches whose records are not huge have no more hashes in a shard, and places for them.
const MOST_SPARE: usize = 1 << 12;

impl Sharing {
    /// Looks through a batch, on all threads, in the memory of what was found out about the last one.
    #[must_use]
    pub(super) fn find_again(self, batch: &[&Fingerprint], kept: &KeptText) -> Self {
        let Self { mut depends, mut repeats_itself, settled, shared, mut shards, mut pieces } = self;
        let numbered: Vec<Numbered<'_>> =
            batch.iter().enumerate().map(|(nth, print)| (nth, &print.anchors[..], &print.short_passages[..])).collect();
        let piece_len = batch.len().div_ceil(rayon::current_num_threads()).max(1);
        pieces.resize_with(numbered.len().div_ceil(piece_len), ByShard::default);
        let sort = |(sorted, piece): (&mut ByShard, &[Numbered<'_>])| {
            *sorted = std::mem::take(sorted).sort_again(piece.iter().copied());
        };
        pieces.par_iter_mut().zip(numbered.par_chunks(piece_len)).for_each(sort);
        shards.resize_with(N_SHARDS, Shard::default);
        shards.par_iter_mut().enumerate().for_each(|(nth, shard)| shard.find_again(&pieces, nth, kept.settled_shard(nth)));
        for flags in [&mut depends, &mut repeats_itself] {
            flags.clear();
            flags.resize(batch.len(), false);
        }
        for shard in &shards {
            shard.depends.iter().for_each(|spot| depends[spot.article()] = true);
            shard.repeats.iter().for_each(|spot| repeats_itself[spot.article()] = true);
        }
        let settled = settled.sort_again(shards.iter().map(|shard| &shard.settled[..]), batch.len());
        let shared = shared.sort_again(shards.iter().map(|shard| &shard.shared[..]), batch.len());
        Self { depends, repeats_itself, settled, shared, shards, pieces }
    }

    /// Nobody will ask for a hash any more: the memory of a batch with a huge record goes at once.
    pub(super) fn forget_hashes(&mut self) {
        for shard in self.shards.iter_mut().filter(|shard| shard.seen.len() > MOST_SPARE) {
            shard.seen = Vec::new();
        }
    }

    /// The memory, for the next batch, if it isn't that of a huge record.
    #[must_use]
    pub(super) fn spare(self) -> Self {
        let is_huge = self.pieces.iter().any(|piece| piece.n_entries() > MOST_SPARE * N_SHARDS);
        if is_huge { Self::default() } else { self }
    }

    /// What of an article kept text had before the batch.
    pub(super) fn settled(&self, article: usize) -> Candidates<'_> {
        Candidates { spots: self.settled.of(article) }
    }

    /// What of an article kept text had before the batch, and what other articles of the batch may have, each in order.
    pub(super) fn settled_and_shared(&self, article: usize) -> [&[Spot]; 2] {
        [self.settled.of(article), self.shared.of(article)]
    }

    /// Whether other articles of the batch may have the anchor of an article that begins with word `word`.
    pub(super) fn is_shared(&self, article: usize, word: u32) -> bool {
        self.shared.of(article).binary_search(&Spot::anchor(article, word)).is_ok()
    }

    /// The anchors of an article that other articles of the batch may have too.
    pub(super) fn shared_anchors<'a>(&'a self, article: usize, print: &'a Fingerprint) -> impl Iterator<Item = &'a Anchor> {
        let anchors = self.shared.of(article).iter().take_while(|spot| !spot.is_passage());
        print.anchors_at(anchors.map(|spot| spot.word)).map(|nth| &print.anchors[nth])
    }

    /// The batch's anchors and short passages in shard number `nth`, in order, in a few pieces.
    pub(super) fn shard(&self, nth: usize) -> impl Iterator<Item = &[(u64, Spot)]> {
        self.pieces.iter().map(move |piece| piece.shard(nth))
    }

    /// Whether an article of the batch may have this hash.
    pub(super) fn may_be_in_batch(&self, hash: u64) -> bool {
        !self.seen(hash).is_empty()
    }

    /// Whether an article before number `article` may have this hash.
    pub(super) fn may_be_known_before(&self, hash: u64, article: usize) -> bool {
        let seen = self.seen(hash);
        !seen.is_empty() && seen.first.article() < article
    }

    fn seen(&self, hash: u64) -> Seen {
        let shard = &self.shards[shard_of(hash)];
        shard.seen[shard.slot(hash)]
    }
}

/// What was found out about the hashes of one shard.
#[derive(Debug, Default)]
struct Shard {
    /// An open-addressing table of the batch's hashes; its length is a power of two.
    seen: Vec<Seen>,
    depends: Vec<Spot>,
    repeats: Vec<Spot>,
    settled: Vec<Spot>,
    shared: Vec<Spot>,
}

/// A hash that was seen in the batch, and where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Seen {
    /// Some bits of the hash.
    tag: u32,
    /// The last article, plus one; 0: nothing was seen.
    last: u32,
    first: Spot,
}

impl Seen {
    fn is_empty(self) -> bool {
        self.last == 0
    }
}

impl Shard {
    fn find_again(&mut self, pieces: &[ByShard], nth: usize, settled: SettledShard<'_>) {
        let n_entries: usize = pieces.iter().map(|piece| piece.shard(nth).len()).sum();
        self.seen.clear();
        self.seen.resize((n_entries + n_entries / 2 + 1).next_power_of_two(), Seen::default());
        for spots in [&mut self.depends, &mut self.repeats, &mut self.settled, &mut self.shared] {
            spots.clear();
        }
        for piece in pieces {
            let entries = piece.shard(nth);
            settled.find(entries, &mut self.settled);
            entries.iter().for_each(|&(hash, spot)| self.add(hash, spot));
        }
    }

    /// The slot of `hash`, or the empty one where it belongs.
    fn slot(&self, hash: u64) -> usize {
        let mask = self.seen.len() - 1;
        let mut at = (hash >> 32) as usize & mask;
        while !self.seen[at].is_empty() && self.seen[at].tag != hash as u32 {
            at = (at + 1) & mask;
        }
        at
    }

    fn add(&mut self, hash: u64, spot: Spot) {
        let slot = self.slot(hash);
        let seen = &mut self.seen[slot];
        let article = spot.article() as u32;
        if seen.is_empty() {
            *seen = Seen { tag: hash as u32, last: article + 1, first: spot };
            return;
        }
        if seen.last == article + 1 {
            self.repeats.push(spot);
        }
        if seen.first.article() != spot.article() {
            self.depends.push(spot);
        }
        // The first is noted with every other: once is enough, but mostly there is just one.
        self.shared.extend([seen.first, spot]);
        seen.last = article + 1;
    }
}

/// Spots in order, and where each article's begin.
#[derive(Debug, Default)]
struct ByArticle {
    spots: Vec<Spot>,
    /// One more than there are articles.
    starts: Vec<u32>,
}

impl ByArticle {
    /// Sorts these spots, in the memory of the last ones.
    fn sort_again<'a>(self, unsorted: impl Iterator<Item = &'a [Spot]> + Clone, n_articles: usize) -> Self {
        let mut sorted = self;
        sorted.find_starts(unsorted.clone().flatten(), n_articles);
        let Self { spots, starts } = &mut sorted;
        spots.resize(starts[n_articles] as usize, Spot::default());
        let mut next = starts.clone();
        for spot in unsorted.flatten() {
            let at = &mut next[spot.article()];
            spots[*at as usize] = *spot;
            *at += 1;
        }
        starts.windows(2).for_each(|ends| spots[ends[0] as usize..ends[1] as usize].sort_unstable());
        spots.dedup();
        let spots = std::mem::take(spots);
        sorted.find_starts(spots.iter(), n_articles);
        Self { spots, ..sorted }
    }

    /// Counts where each article's spots will begin.
    fn find_starts<'a>(&mut self, spots: impl Iterator<Item = &'a Spot>, n_articles: usize) {
        self.starts.clear();
        self.starts.resize(n_articles + 1, 0);
        spots.for_each(|spot| self.starts[spot.article() + 1] += 1);
        for article in 0..n_articles {
            self.starts[article + 1] += self.starts[article];
        }
    }

    fn of(&self, article: usize) -> &[Spot] {
        &self.spots[self.starts[article] as usize..self.starts[article + 1] as usize]
    }
}
