//! Looking up many hashes together, so that memory is waited for once and not for each.

use super::shards::Spot;

/// A table in which hashes are looked up.
///
/// A first look at little memory tells of most hashes that they aren't there; what a look needs was asked for while the hashes before it were gone through.
pub(super) trait Lookup {
    /// Asks for the memory in which [`Self::may_have`] looks.
    fn prefetch(&self, hash: u64);

    /// Whether `hash` may have a place, as far as a look at a few bytes tells.
    fn may_have(&self, hash: u64) -> bool;

    /// Asks for what else it takes to look `hash` up.
    fn prefetch_rest(&self, hash: u64);

    /// Whether `hash` has a place.
    fn has(&self, hash: u64) -> bool;

    /// Asks for all memory that it takes to look `hash` up, or to insert it.
    #[inline]
    fn prefetch_all(&self, hash: u64) {
        self.prefetch(hash);
        self.prefetch_rest(hash);
    }

    /// The first look, and, if it isn't enough, what the second will need.
    #[inline]
    fn look(&self, hash: u64) -> bool {
        let may_have = self.may_have(hash);
        if may_have {
            self.prefetch_rest(hash);
        }
        may_have
    }
}

/// Adds to `known` which of these hashes have a place, anchors in one table and passages in the other, and gives the others to `unknown`.
pub(super) fn sift(
    (anchors, passages): (&impl Lookup, &impl Lookup),
    entries: &[(u64, Spot)],
    known: &mut Vec<Spot>,
    mut unknown: impl FnMut((u64, Spot)),
) {
    for &(hash, spot) in entries {
        if spot.is_passage() { passages.prefetch(hash) } else { anchors.prefetch(hash) }
    }
    let mut likely = Vec::new();
    for &(hash, spot) in entries {
        let may_have = if spot.is_passage() { passages.look(hash) } else { anchors.look(hash) };
        if may_have { likely.push((hash, spot)) } else { unknown((hash, spot)) }
    }
    for (hash, spot) in likely {
        let has = if spot.is_passage() { passages.has(hash) } else { anchors.has(hash) };
        if has { known.push(spot) } else { unknown((hash, spot)) }
    }
}
