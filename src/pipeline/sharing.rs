//! What is known of a batch's anchors and short passages before it is judged: which of them kept text has, and which stand in several articles of the batch. Only
//! articles that share something must wait for each other.

use rayon::prelude::*;

use crate::decide::Known;
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

impl Sharing {
    /// Looks through a batch, on all threads.
    pub(super) fn find(batch: &[&Fingerprint], kept: &KeptText) -> Self {
        let numbered: Vec<Numbered<'_>> =
            batch.iter().enumerate().map(|(nth, print)| (nth, &print.anchors[..], &print.short_passages[..])).collect();
        let piece_len = batch.len().div_ceil(rayon::current_num_threads()).max(1);
        let pieces: Vec<ByShard> = numbered.par_chunks(piece_len).map(|piece| ByShard::sort(piece.iter().copied())).collect();
        let find = |nth| Shard::find(&pieces, nth, kept.settled_shard(nth));
        let shards: Vec<Shard> = (0..N_SHARDS).into_par_iter().map(find).collect();
        let (mut depends, mut repeats_itself) = (vec![false; batch.len()], vec![false; batch.len()]);
        for shard in &shards {
            shard.depends.iter().for_each(|spot| depends[spot.article()] = true);
            shard.repeats.iter().for_each(|spot| repeats_itself[spot.article()] = true);
        }
        let settled = ByArticle::new(shards.iter().flat_map(|shard| &shard.settled), batch.len());
        let shared = ByArticle::new(shards.iter().flat_map(|shard| &shard.shared), batch.len());
        Self { depends, repeats_itself, settled, shared, shards, pieces }
    }

    /// What of an article kept text had before the batch.
    pub(super) fn settled(&self, article: usize) -> Known<'_> {
        Known { spots: self.settled.of(article) }
    }

    /// The anchors of an article that other articles of the batch may have too.
    pub(super) fn shared_anchors<'a>(&'a self, article: usize, print: &'a Fingerprint) -> impl Iterator<Item = &'a Anchor> {
        let anchors = self.shared.of(article).iter().filter(|spot| !spot.is_passage());
        anchors.map(|spot| &print.anchors[print.anchor_at(spot.word)])
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
    fn find(pieces: &[ByShard], nth: usize, settled: SettledShard<'_>) -> Self {
        let n_entries: usize = pieces.iter().map(|piece| piece.shard(nth).len()).sum();
        let seen = vec![Seen::default(); (n_entries + n_entries / 2 + 1).next_power_of_two()];
        let mut shard = Self { seen, ..Self::default() };
        for piece in pieces {
            let entries = piece.shard(nth);
            settled.find(entries, &mut shard.settled);
            entries.iter().for_each(|&(hash, spot)| shard.add(hash, spot));
        }
        shard
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
    fn new<'a>(spots: impl Iterator<Item = &'a Spot>, n_articles: usize) -> Self {
        let mut spots: Vec<Spot> = spots.copied().collect();
        spots.sort_unstable();
        spots.dedup();
        let mut starts = vec![0; n_articles + 1];
        spots.iter().for_each(|spot| starts[spot.article() + 1] += 1);
        for article in 0..n_articles {
            starts[article + 1] += starts[article];
        }
        Self { spots, starts }
    }

    fn of(&self, article: usize) -> &[Spot] {
        &self.spots[self.starts[article] as usize..self.starts[article + 1] as usize]
    }
}
