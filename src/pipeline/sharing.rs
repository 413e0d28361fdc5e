//! What is known of a batch's anchors and short passages before it is judged: which of them kept text has, and which stand in several articles of the batch. Only
//! articles that share something must wait for each other.

use rayon::prelude::*;

use crate::decide::Known;
use crate::fingerprint::Fingerprint;
use crate::index::{ByShard, KeptText, N_SHARDS, SettledShard, Spot, shard_of};

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
}

impl Sharing {
    /// Looks through a batch, on all threads.
    pub(super) fn find(batch: &[&Fingerprint], kept: &KeptText) -> Self {
        let piece_len = batch.len().div_ceil(rayon::current_num_threads()).max(1);
        let pieces: Vec<ByShard> =
            batch.par_chunks(piece_len).enumerate().map(|(nth, piece)| sort_by_shard(piece, nth * piece_len)).collect();
        let find = |nth| Shard::find(&pieces, nth, kept.settled_shard(nth));
        let shards: Vec<Shard> = (0..N_SHARDS).into_par_iter().map(find).collect();
        let (mut depends, mut repeats_itself) = (vec![false; batch.len()], vec![false; batch.len()]);
        for shard in &shards {
            shard.depends.iter().for_each(|spot| depends[spot.article()] = true);
            shard.repeats.iter().for_each(|spot| repeats_itself[spot.article()] = true);
        }
        let settled = ByArticle::new(shards.iter().flat_map(|shard| &shard.settled), batch.len());
        let shared = ByArticle::new(shards.iter().flat_map(|shard| &shard.shared), batch.len());
        Self { depends, repeats_itself, settled, shared, shards }
    }

    /// What of an article kept text had before the batch.
    pub(super) fn settled(&self, article: usize) -> Known<'_> {
        Known { spots: self.settled.of(article) }
    }

    /// The anchors of an article that other articles of the batch may have too.
    pub(super) fn shared_anchors(&self, article: usize) -> impl Iterator<Item = usize> + '_ {
        self.shared.of(article).iter().filter(|spot| !spot.is_passage()).map(|spot| spot.nth as usize)
    }

    /// Whether an article of the batch may have this hash.
    pub(super) fn may_be_in_batch(&self, hash: u64) -> bool {
        self.seen(hash).is_used
    }

    /// Whether an article before number `article` may have this hash.
    pub(super) fn may_be_known_before(&self, hash: u64, article: usize) -> bool {
        let seen = self.seen(hash);
        seen.is_used && seen.first.article() < article
    }

    fn seen(&self, hash: u64) -> Seen {
        let shard = &self.shards[shard_of(hash)];
        shard.seen[shard.slot(hash)]
    }
}

/// The anchors and short passages of some articles, the first of which is number `first` of the batch.
fn sort_by_shard(articles: &[&Fingerprint], first: usize) -> ByShard {
    ByShard::sort(|| {
        articles.iter().enumerate().flat_map(move |(nth, print)| {
            let article = first + nth;
            let anchors = print.anchors.iter().enumerate().map(move |(nth, anchor)| (anchor.hash, Spot::anchor(article, nth)));
            let passages = print.passage_keys.iter().enumerate();
            anchors.chain(passages.filter_map(move |(nth, key)| Some(((*key)?.0, Spot::passage(article, nth)))))
        })
    })
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

/// A hash that was seen in the batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Seen {
    /// Some bits of the hash.
    tag: u32,
    is_used: bool,
    /// Whether it was seen more than once.
    is_shared: bool,
    first: Spot,
    last: Spot,
}

impl Shard {
    fn find(pieces: &[ByShard], nth: usize, settled: SettledShard<'_>) -> Self {
        let entries = pieces.iter().flat_map(|piece| piece.shard(nth));
        let n_entries: usize = pieces.iter().map(|piece| piece.shard(nth).len()).sum();
        let seen = vec![Seen::default(); (2 * n_entries + 1).next_power_of_two()];
        let mut shard = Self { seen, settled: settled.known(entries.clone()).collect(), ..Self::default() };
        entries.for_each(|&(hash, spot)| shard.add(hash, spot));
        shard
    }

    /// The slot of `hash`, or the empty one where it belongs.
    fn slot(&self, hash: u64) -> usize {
        let mask = self.seen.len() - 1;
        let mut at = (hash >> 32) as usize & mask;
        while self.seen[at].is_used && self.seen[at].tag != hash as u32 {
            at = (at + 1) & mask;
        }
        at
    }

    fn add(&mut self, hash: u64, spot: Spot) {
        let slot = self.slot(hash);
        let seen = &mut self.seen[slot];
        if !seen.is_used {
            *seen = Seen { tag: hash as u32, is_used: true, is_shared: false, first: spot, last: spot };
            return;
        }
        if seen.last.article() == spot.article() {
            self.repeats.push(spot);
        }
        if seen.first.article() != spot.article() {
            self.depends.push(spot);
        }
        if !seen.is_shared {
            self.shared.push(seen.first);
        }
        self.shared.push(spot);
        (seen.is_shared, seen.last) = (true, spot);
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
