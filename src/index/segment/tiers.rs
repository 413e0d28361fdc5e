//! Which segments are merged, so that few stand side by side and none is written over and over.

use std::ops::Range;

/// Which segments, of these sizes in bytes and in priority order, should be merged next: the last ones, back to the first that is more than one and a half times as
/// large as all behind it. Asked whenever a segment was added, this leaves segments each of which is much larger than the next, and writes an entry anew
/// only into a segment that is much larger than the one it stood in (the logarithmic method of J. Bentley and J. Saxe, 1980).
pub fn merge_wanted(lens: &[u64]) -> Option<Range<usize>> {
    let mut behind = *lens.last()?;
    let mut start = lens.len() - 1;
    while start > 0 && lens[start - 1] <= behind + behind / 2 {
        start -= 1;
        behind += lens[start];
    }
    (start < lens.len() - 1).then_some(start..lens.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    #[test]
    fn what_is_not_much_larger_than_all_behind_it_is_merged() {
        for (lens, wanted) in [
            (&[][..], None),
            (&[1], None),
            (&[1, 1], Some(0..2)),
            (&[16, 1], None),
            (&[30, 12, 5, 3], None),
            (&[30, 12, 4, 3], Some(2..4)),
            (&[25, 10, 4, 3], Some(0..4)),
            (&[64, 1, 64], Some(0..3)),
        ] {
            let lens: Vec<u64> = lens.iter().map(|len| len * MIB).collect();
            assert_eq!(merge_wanted(&lens), wanted, "{lens:?}");
        }
    }

    #[test]
    fn after_a_year_of_days_few_segments_stand_side_by_side_and_a_day_was_written_a_few_times() {
        let (mut lens, mut written, mut most, mut sum) = (Vec::new(), 0, 0, 0);
        for day in 0..365 {
            // From 20 to 40 MiB, in no order.
            let len = (20 + day * 13 % 21) * MIB;
            sum += len;
            written += len;
            lens.push(len);
            if let Some(range) = merge_wanted(&lens) {
                let merged: u64 = lens[range.clone()].iter().sum();
                written += merged;
                lens.splice(range, [merged]);
            }
            assert!(merge_wanted(&lens).is_none(), "{lens:?}");
            most = most.max(lens.len());
        }
        assert!(most <= 9, "{most}");
        assert!(written <= 6 * sum, "{}", written / sum);
    }
}
