//! Looking up many hashes together, so that memory is waited for once and not for each.

use super::segment::Sorted;
use super::shards::Spot;
use super::tables::Shard;

/// What hashes are looked up in: those of anchors, and of passages.
///
/// A first look at little memory tells of most hashes that they aren't there; what a look needs was asked for while the hashes before it were gone through.
pub(super) trait Lookup {
    /// Asks for the memory in which [`Self::may_have`] looks.
    fn prefetch(&self, hash: u64, spot: Spot);

    /// Whether `hash` may have a place.
    fn may_have(&self, hash: u64, spot: Spot) -> bool;

    /// Asks for the memory in which [`Self::has`] looks then.
    fn prefetch_rest(&self, hash: u64, spot: Spot);

    /// Whether `hash` has a place.
    fn has(&self, hash: u64, spot: Spot) -> bool;

    /// Adds to `known` which of these hashes have a place, and gives the others to `unknown`.
    fn sift(&self, entries: &[(u64, Spot)], known: &mut Vec<Spot>, mut unknown: impl FnMut((u64, Spot))) {
        entries.iter().for_each(|&(hash, spot)| self.prefetch(hash, spot));
        let mut likely = Vec::new();
        for &(hash, spot) in entries {
            if self.may_have(hash, spot) {
                self.prefetch_rest(hash, spot);
                likely.push((hash, spot));
            } else {
                unknown((hash, spot));
            }
        }
        for (hash, spot) in likely {
            if self.has(hash, spot) { known.push(spot) } else { unknown((hash, spot)) }
        }
    }
}

impl Lookup for Shard {
    #[inline]
    fn prefetch(&self, hash: u64, spot: Spot) {
        if spot.is_passage() { self.passages.prefetch(hash) } else { self.anchors.prefetch(hash) }
    }

    #[inline]
    fn may_have(&self, hash: u64, spot: Spot) -> bool {
        if spot.is_passage() { self.passages.may_have(hash) } else { self.anchors.may_have(hash) }
    }

    #[inline]
    fn prefetch_rest(&self, hash: u64, spot: Spot) {
        if spot.is_passage() { self.passages.prefetch_slots(hash) } else { self.anchors.prefetch_slots(hash) }
    }

    /// Of an anchor, whether it may have one: now and then it is that of another.
    #[inline]
    fn has(&self, hash: u64, spot: Spot) -> bool {
        if spot.is_passage() { self.passages.has(hash) } else { self.anchors.has(hash) }
    }
}

/// A segment's tables of anchors and of passages.
impl Lookup for [Sorted<'_>; 2] {
    #[inline]
    fn prefetch(&self, hash: u64, spot: Spot) {
        self[usize::from(spot.is_passage())].prefetch(hash);
    }

    #[inline]
    fn may_have(&self, hash: u64, spot: Spot) -> bool {
        self[usize::from(spot.is_passage())].may_have(hash)
    }

    #[inline]
    fn prefetch_rest(&self, hash: u64, spot: Spot) {
        self[usize::from(spot.is_passage())].prefetch_directory(hash);
    }

    #[inline]
    fn has(&self, hash: u64, spot: Spot) -> bool {
        self[usize::from(spot.is_passage())].has(hash)
    }
}
