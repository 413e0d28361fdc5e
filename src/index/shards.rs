//! Anchors and passages sorted by the shard that their hashes belong to, so that a shard's memory is gone through in one go.

use crate::fingerprint::{Anchor, PassageKey};

/// The top bits of a hash choose its shard.
pub(super) const SHARD_BITS: u32 = 8;

/// Tables are cut into so many shards, which can be read and filled side by side.
pub const N_SHARDS: usize = 1 << SHARD_BITS;

/// The shard that a hash belongs to.
pub fn shard_of(hash: u64) -> usize {
    (hash >> (64 - SHARD_BITS)) as usize
}

/// An anchor or short passage of one of many articles. Sorts by article, anchors before passages, in the article's order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// Twice the article's number, and one more for a passage.
    article_and_kind: u32,
    /// Its first word in the article's stream.
    pub word: u32,
}

impl Spot {
    /// The anchor of article number `article` that begins with word `word`.
    pub fn anchor(article: usize, word: u32) -> Self {
        Self { article_and_kind: 2 * article as u32, word }
    }

    /// The passage of article number `article` that begins with word `word`.
    pub fn passage(article: usize, word: u32) -> Self {
        Self { article_and_kind: 2 * article as u32 + 1, word }
    }

    /// The article's number.
    #[inline]
    pub fn article(self) -> usize {
        self.article_and_kind as usize / 2
    }

    /// Whether it is a passage, not an anchor.
    #[inline]
    pub fn is_passage(self) -> bool {
        self.article_and_kind % 2 == 1
    }
}

/// Hashes with their spots, by shard; within a shard they stand in the order in which they came.
#[derive(Debug, Default)]
pub struct ByShard {
    entries: Vec<(u64, Spot)>,
    /// Where each shard's entries begin, and where the last one's end.
    starts: Vec<usize>,
}

/// An article's number, its anchors, and its short passages: the first word of each, and its key.
pub type Numbered<'a> = (usize, &'a [Anchor], &'a [(u32, PassageKey)]);

impl ByShard {
    /// Sorts the anchors and short passages of some articles, by counting.
    pub fn sort<'a>(articles: impl Iterator<Item = Numbered<'a>> + Clone) -> Self {
        Self::default().sort_again(articles)
    }

    /// The same for other articles, in the memory of the last ones.
    #[must_use]
    pub fn sort_again<'a>(self, articles: impl Iterator<Item = Numbered<'a>> + Clone) -> Self {
        let Self { mut entries, mut starts } = self;
        starts.clear();
        starts.resize(N_SHARDS + 1, 0);
        for (_, anchors, passages) in articles.clone() {
            anchors.iter().for_each(|anchor| starts[shard_of(anchor.hash) + 1] += 1);
            passages.iter().for_each(|(_, key)| starts[shard_of(key.0) + 1] += 1);
        }
        for shard in 0..N_SHARDS {
            starts[shard + 1] += starts[shard];
        }
        // Every entry will be written over.
        entries.resize(starts[N_SHARDS], (0, Spot::default()));
        let mut next = starts.clone();
        let mut put = |hash, spot| {
            let at = &mut next[shard_of(hash)];
            entries[*at] = (hash, spot);
            *at += 1;
        };
        for (article, anchors, passages) in articles {
            anchors.iter().for_each(|anchor| put(anchor.hash, Spot::anchor(article, anchor.word)));
            passages.iter().for_each(|&(word, key)| put(key.0, Spot::passage(article, word)));
        }
        Self { entries, starts }
    }

    /// How many entries there are.
    pub fn n_entries(&self) -> usize {
        self.entries.len()
    }

    /// The entries of shard number `nth`.
    pub fn shard(&self, nth: usize) -> &[(u64, Spot)] {
        &self.entries[self.starts[nth]..self.starts[nth + 1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shard_has_its_hashes_in_order() {
        let hash = |n: u32| u64::from(n % 700).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let anchors: Vec<Anchor> = (0..10_000).map(|n| Anchor { hash: hash(n), word: n, first_run: 0 }).collect();
        let passages = [(5, PassageKey(hash(1)))];
        let sorted = ByShard::sort([(0, &anchors[..6000], &[][..]), (1, &anchors[6000..], &passages)].into_iter());
        let mut n_entries = 0;
        for shard in 0..N_SHARDS {
            let here = |hash: u64| (hash >> 56) as usize == shard;
            let anchors = anchors.iter().map(|anchor| (anchor.hash, Spot::anchor(usize::from(anchor.word >= 6000), anchor.word)));
            let passages = passages.iter().map(|&(word, key)| (key.0, Spot::passage(1, word)));
            let expected: Vec<_> = anchors.chain(passages).filter(|entry| here(entry.0)).collect();
            assert_eq!(sorted.shard(shard), expected);
            n_entries += expected.len();
        }
        assert_eq!(n_entries, 10_001);
        assert!(ByShard::sort(std::iter::empty()).shard(N_SHARDS - 1).is_empty());
    }

    #[test]
    fn spots_sort_by_article_then_anchors_before_passages() {
        let spots = [Spot::anchor(0, 9), Spot::passage(0, 1), Spot::passage(0, 2), Spot::anchor(1, 0)];
        assert!(spots.is_sorted());
        assert_eq!(spots.map(|spot| (spot.article(), spot.is_passage())), [(0, false), (0, true), (0, true), (1, false)]);
    }
}
