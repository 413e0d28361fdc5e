//! Which segments are merged, so that few stand side by side and none is written over and over.

use std::ops::Range;

/// So many segments of a size are merged into one of the next.
const FAN_IN: usize = 4;

/// Segments up to so many bytes count as equally small.
const SMALL: u64 = 1 << 20;

/// How often a segment's size can be divided by [`FAN_IN`] until it is small.
fn level(len: u64) -> u32 {
    (len / SMALL).max(1).ilog(FAN_IN as u64)
}

/// Which segments, of these sizes in bytes and in priority order, should be merged next: a row up to the last that holds four of a size, the smaller ones before
/// and between them with it. Merged whenever this says so, there are at most three of each size, and an entry is written once for each size that its segment grows through.
pub fn merge_wanted(lens: &[u64]) -> Option<Range<usize>> {
    let mut of_level = [0_usize; u64::BITS as usize];
    let mut most = 0;
    let mut found = None;
    for nth in (0..lens.len()).rev() {
        // A small segment before a larger one counts as that: only segments in a row can be merged.
        most = most.max(level(lens[nth]));
        of_level[most as usize] += 1;
        if of_level[most as usize] >= FAN_IN {
            found = Some(nth);
        }
    }
    found.map(|start| start..lens.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    #[test]
    fn four_of_a_size_are_merged_with_what_lies_between() {
        for (lens, wanted) in [
            (&[][..], None),
            (&[1, 1, 1], None),
            (&[1, 1, 1, 1], Some(0..4)),
            (&[64, 16, 4, 1, 1, 1], None),
            (&[64, 16, 4, 1, 1, 1, 1], Some(3..7)),
            (&[64, 1, 64, 1, 64, 64], Some(0..6)),
            (&[4, 4, 4, 1, 1, 1, 5], Some(0..7)),
        ] {
            let lens: Vec<u64> = lens.iter().map(|len| len * MIB).collect();
            assert_eq!(merge_wanted(&lens), wanted, "{lens:?}");
        }
    }

    #[test]
    fn after_a_year_of_days_few_segments_stand_side_by_side_and_a_day_was_written_a_few_times() {
        let (mut lens, mut written, mut most) = (Vec::new(), 0, 0);
        for _ in 0..365 {
            lens.push(30 * MIB);
            written += 30 * MIB;
            while let Some(range) = merge_wanted(&lens) {
                let merged: u64 = lens[range.clone()].iter().sum();
                written += merged;
                lens.splice(range, [merged]);
            }
            most = most.max(lens.len());
        }
        assert!(most <= 13, "{most}");
        assert!(written <= 6 * 365 * 30 * MIB, "{}", written / (365 * 30 * MIB));
    }
}
