//! Winnowing: which shingles become anchors (Schleimer, Wilkerson and Aiken 2003).

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
    let hashes: Vec<u64> = shingles.shingles(words).collect();
    let mut anchors = Vec::with_capacity(2 * hashes.len() / window_len);
    let mut least = last_least(&hashes, 0, window_len);
    let mut push = |run: usize, least: usize| {
        anchors.push(Anchor { hash: hashes[least], word: least as u32, first_run: run as u32 });
    };
    push(0, least);
    for run in 1..=hashes.len() - window_len {
        let newest = run + window_len - 1;
        let now = if hashes[newest] <= hashes[least] {
            newest
        } else if least < run {
            last_least(&hashes, run, window_len)
        } else {
            least
        };
        if now != least {
            least = now;
            push(run, least);
        }
    }
    anchors
}

/// The place of the least of `len` hashes from `start`, the last of equal ones.
fn last_least(hashes: &[u64], start: usize, len: usize) -> usize {
    let mut least = start;
    for at in start + 1..start + len {
        if hashes[at] <= hashes[least] {
            least = at;
        }
    }
    least
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
                let hashes: Vec<u64> = shingles.shingles(&words[start..start + run]).collect();
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
