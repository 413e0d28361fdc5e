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
    /// For each article: whether it has an anchor or short passage twice.
    pub(super) repeats_itself: Vec<bool>,
    /// What kept text had before the batch.
    settled: ByArticle<Spot>,
    /// What stands in several articles, or twice in one.
    shared: ByArticle<Link>,
    shards: Vec<Shard>,
    pieces: Vec<ByShard>,
}

/// Batches whose records are not huge have no more hashes in a shard, and places for them.
const MOST_SPARE: usize = 1 << 12;

impl Sharing {
    /// Looks through a batch, on all threads, in the memory of what was found out about the last one.
    #[must_use]
    pub(super) fn find_again(self, batch: &[&Fingerprint], kept: &KeptText) -> Self {
        let Self { mut repeats_itself, settled, shared, mut shards, mut pieces } = self;
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
        repeats_itself.clear();
        repeats_itself.resize(batch.len(), false);
        shards.iter().flat_map(|shard| &shard.repeats).for_each(|spot| repeats_itself[spot.article()] = true);
        let settled = settled.sort_again(shards.iter().map(|shard| &shard.settled[..]), batch.len());
        let shared = shared.sort_again(shards.iter().map(|shard| &shard.shared[..]), batch.len());
        Self { repeats_itself, settled, shared, shards, pieces }
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

    /// What of an article other articles of the batch may have, in order.
    pub(super) fn shared(&self, article: usize) -> impl Iterator<Item = Spot> + Clone {
        self.shared.of(article).iter().map(|link| link.spot)
    }

    /// The same, each with where it stood before in the batch, last first; now and then something else stands there.
    pub(super) fn shared_before(&self, article: usize) -> impl Iterator<Item = (Spot, impl Iterator<Item = Spot>)> {
        self.shared.of(article).iter().map(move |link| {
            let mut at = link;
            let before = std::iter::from_fn(move || {
                at = if at.before == at.spot { None } else { self.link(at.before) }?;
                Some(at.spot)
            });
            (link.spot, before)
        })
    }

    /// How many of its anchors and short passages may stand in the batch before.
    pub(super) fn n_shared_before(&self, article: usize) -> usize {
        self.shared.of(article).iter().filter(|link| link.before != link.spot).count()
    }

    /// The link of a spot that is shared.
    fn link(&self, spot: Spot) -> Option<&Link> {
        let links = self.shared.of(spot.article());
        links.binary_search_by_key(&spot, |link| link.spot).ok().map(|nth| &links[nth])
    }

    /// The anchors of an article that other articles of the batch may have too.
    pub(super) fn shared_anchors<'a>(&'a self, article: usize, print: &'a Fingerprint) -> impl Iterator<Item = &'a Anchor> {
        let anchors = self.shared(article).take_while(|spot| !spot.is_passage());
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
        !seen.is_empty() && seen.first() < article
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
    repeats: Vec<Spot>,
    settled: Vec<Spot>,
    shared: Vec<Link>,
}

/// Where something that is shared stands, and where it stood before in the batch: there too, if it is the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Link {
    spot: Spot,
    before: Spot,
}

/// A hash that was seen in the batch, and where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Seen {
    /// Some bits of the hash.
    tag: u32,
    /// The number of the first article, plus one; 0: nothing was seen.
    first_plus_one: u32,
    /// Where it was seen last.
    last: Spot,
}

impl Seen {
    fn is_empty(self) -> bool {
        self.first_plus_one == 0
    }

    /// The number of the first article that has it.
    fn first(self) -> usize {
        self.first_plus_one as usize - 1
    }
}

impl Shard {
    fn find_again(&mut self, pieces: &[ByShard], nth: usize, settled: SettledShard<'_>) {
        let n_entries: usize = pieces.iter().map(|piece| piece.shard(nth).len()).sum();
        self.seen.clear();
        self.seen.resize((n_entries + n_entries / 2 + 1).next_power_of_two(), Seen::default());
        self.repeats.clear();
        self.settled.clear();
        self.shared.clear();
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
        if seen.is_empty() {
            *seen = Seen { tag: hash as u32, first_plus_one: spot.article() as u32 + 1, last: spot };
            return;
        }
        if seen.last.article() == spot.article() {
            self.repeats.push(spot);
        }
        // The one before may be the first, which has no link yet. If it has one, that sorts before this.
        self.shared.extend([Link { spot: seen.last, before: seen.last }, Link { spot, before: seen.last }]);
        seen.last = spot;
    }
}

/// Spots, or links of spots, in order, and where each article's begin.
#[derive(Debug, Default)]
struct ByArticle<T> {
    items: Vec<T>,
    /// One more than there are articles.
    starts: Vec<u32>,
}

/// What belongs to a spot; sorts by it.
trait OfSpot: Copy + Default + Ord {
    fn spot(&self) -> Spot;
}

impl OfSpot for Spot {
    fn spot(&self) -> Spot {
        *self
    }
}

impl OfSpot for Link {
    fn spot(&self) -> Spot {
        self.spot
    }
}

impl<T: OfSpot> ByArticle<T> {
    /// Sorts these items, in the memory of the last ones. Of several of one spot, the first stays.
    fn sort_again<'a>(self, unsorted: impl Iterator<Item = &'a [T]> + Clone, n_articles: usize) -> Self
    where
        T: 'a,
    {
        let mut sorted = self;
        sorted.find_starts(unsorted.clone().flatten(), n_articles);
        let Self { items, starts } = &mut sorted;
        items.resize(starts[n_articles] as usize, T::default());
        let mut next = starts.clone();
        for item in unsorted.flatten() {
            let at = &mut next[item.spot().article()];
            items[*at as usize] = *item;
            *at += 1;
        }
        starts.windows(2).for_each(|ends| items[ends[0] as usize..ends[1] as usize].sort_unstable());
        items.dedup_by_key(|item| item.spot());
        let items = std::mem::take(items);
        sorted.find_starts(items.iter(), n_articles);
        Self { items, ..sorted }
    }

    /// Counts where each article's items will begin.
    fn find_starts<'a>(&mut self, items: impl Iterator<Item = &'a T>, n_articles: usize)
    where
        T: 'a,
    {
        self.starts.clear();
        self.starts.resize(n_articles + 1, 0);
        items.for_each(|item| self.starts[item.spot().article() + 1] += 1);
        for article in 0..n_articles {
            self.starts[article + 1] += self.starts[article];
        }
    }

    fn of(&self, article: usize) -> &[T] {
        &self.items[self.starts[article] as usize..self.starts[article + 1] as usize]
    }
}
