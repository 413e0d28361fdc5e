//! Winnowing: which shingles become anchors (Schleimer, Wilkerson and Aiken 2003).

use std::ops::Range;

use super::shingle::{ShingleHasher, WordHash};

/// A shingle by which copies are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// The shingle's hash.
    pub hash: u64,
    /// Its first word in the stream.
    pub word: u32,
    /// The first `min-run`-word run of the stream that is looked up by this anchor; the runs up to the next anchor's first are too.
    pub first_run: u32,
}

/// The anchors of a stream: the least shingle of each window, the last of equal ones, so that two equal runs of
/// `min-run` words have the same anchor at the same place in them. Streams shorter than a run have none.
pub fn anchors(words: &[WordHash], shingles: &ShingleHasher) -> Vec<Anchor> {
    let window_len = shingles.min_run().window_len();
    if words.len() < shingles.min_run().words() {
        return Vec::new();
    }
    let mut anchors = Vec::with_capacity(2 * words.len() / window_len);
    let mut last = LastSums([0; LastSums::LEN]);
    // The least sum of the last window, and where it stands; none before the first.
    let (mut least, mut least_at) = (u64::MAX, 0);
    shingles.shingle_sums(words).enumerate().for_each(|(at, newest)| {
        last.push(at, newest);
        let Some(run) = (at + 1).checked_sub(window_len) else { return };
        let has_least = least_at >= run && run > 0;
        if has_least && newest > least {
            return;
        }
        (least, least_at) = if has_least { (newest, at) } else { last.least(run..at + 1) };
        anchors.push(Anchor { hash: ShingleHasher::shingle_hash(least), word: least_at as u32, first_run: run as u32 });
    });
    anchors
}

/// The last sums, each at its number modulo their number: as many as the longest window has, and more.
struct LastSums([u64; Self::LEN]);

impl LastSums {
    const LEN: usize = 256;

    #[inline]
    fn push(&mut self, at: usize, sum: u64) {
        self.0[at % Self::LEN] = sum;
    }

    /// The least of a window's sums, the last of equal ones, and where it stands.
    #[inline]
    fn least(&self, window: Range<usize>) -> (u64, usize) {
        window.fold((u64::MAX, 0), |least, at| {
            let sum = self.0[at % Self::LEN];
            if sum <= least.0 { (sum, at) } else { least }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::shingle::tests::stream;
    use super::super::shingle::{MinRun, Seed};
    use super::*;

    /// The anchor of every run, found run by run.
    fn plainly(words: &[WordHash], shingles: &ShingleHasher) -> Vec<usize> {
        let run = shingles.min_run().words();
        (0..(words.len() + 1).saturating_sub(run))
            .map(|start| {
                let hashes: Vec<u64> = shingles.shingle_sums(&words[start..start + run]).collect();
                let least = hashes.iter().min().expect("a run holds a window");
                start + hashes.iter().rposition(|hash| hash == least).expect("it was just found")
            })
            .collect()
    }

    #[test]
    fn every_run_has_the_anchor_that_it_would_have_alone() {
        for (seed, min_run, alphabet) in [(1, 8, 2), (2, 15, 3), (3, 15, 50), (4, 16, 1), (5, 9, 5)] {
            let shingles = ShingleHasher::new(Seed(seed), MinRun::new(min_run).expect("in range"));
            for len in 0..120_u64 {
                let numbers: Vec<u32> = (0..len).map(|n| (Seed(seed).hash_word(&n.to_le_bytes()) % alphabet) as u32).collect();
                let words = stream(&numbers);
                let anchors = anchors(&words, &shingles);
                let plain = plainly(&words, &shingles);
                for (run, &expected) in plain.iter().enumerate() {
                    let anchor =
                        anchors.iter().rev().find(|anchor| anchor.first_run as usize <= run).expect("every run has an anchor");
                    assert_eq!(anchor.word as usize, expected, "run {run} of {len} words");
                }
                assert_eq!(anchors.is_empty(), plain.is_empty());
            }
        }
    }
}
