//! Anchors and passages sorted by the shard that their hashes belong to, so that a shard's memory is gone through in one go.

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
    /// Which of the article's anchors or passages it is.
    pub nth: u32,
}

impl Spot {
    /// Anchor number `nth` of article number `article`.
    pub fn anchor(article: usize, nth: usize) -> Self {
        Self { article_and_kind: 2 * article as u32, nth: nth as u32 }
    }

    /// Passage number `nth` of article number `article`.
    pub fn passage(article: usize, nth: usize) -> Self {
        Self { article_and_kind: 2 * article as u32 + 1, nth: nth as u32 }
    }

    /// The article's number.
    pub fn article(self) -> usize {
        self.article_and_kind as usize / 2
    }

    /// Whether it is a passage, not an anchor.
    pub fn is_passage(self) -> bool {
        self.article_and_kind % 2 == 1
    }
}

/// Hashes with their spots, by shard; within a shard they stand in the order in which they came.
#[derive(Debug)]
pub struct ByShard {
    entries: Vec<(u64, Spot)>,
    /// Where each shard's entries begin, and where the last one's end.
    starts: Vec<usize>,
}

impl ByShard {
    /// Sorts what `hashes` yields (a counting sort: it is asked twice, and must say the same).
    pub fn sort<I: Iterator<Item = (u64, Spot)>>(hashes: impl Fn() -> I) -> Self {
        let mut starts = vec![0; N_SHARDS + 1];
        hashes().for_each(|(hash, _)| starts[shard_of(hash) + 1] += 1);
        for shard in 0..N_SHARDS {
            starts[shard + 1] += starts[shard];
        }
        let mut entries = vec![(0, Spot::default()); starts[N_SHARDS]];
        let mut next = starts.clone();
        hashes().for_each(|entry| {
            let at = &mut next[shard_of(entry.0)];
            entries[*at] = entry;
            *at += 1;
        });
        Self { entries, starts }
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
        let hash = |n: usize| (n as u64 % 700).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let hashes = || (0..10_000).map(|n| (hash(n), Spot::anchor(n, 7)));
        let sorted = ByShard::sort(hashes);
        let mut n_entries = 0;
        for shard in 0..N_SHARDS {
            let expected: Vec<_> = hashes().filter(|&(hash, _)| (hash >> 56) as usize == shard).collect();
            assert_eq!(sorted.shard(shard), expected);
            n_entries += expected.len();
        }
        assert_eq!(n_entries, 10_000);
        assert!(ByShard::sort(std::iter::empty).shard(N_SHARDS - 1).is_empty());
    }

    #[test]
    fn spots_sort_by_article_then_anchors_before_passages() {
        let spots = [Spot::anchor(0, 9), Spot::passage(0, 1), Spot::passage(0, 2), Spot::anchor(1, 0)];
        assert!(spots.is_sorted());
        assert_eq!(spots.map(|spot| (spot.article(), spot.is_passage())), [(0, false), (0, true), (0, true), (1, false)]);
    }
}
