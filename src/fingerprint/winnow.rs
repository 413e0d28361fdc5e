//! Winnowing: which shingles become anchors (Schleimer, Wilkerson and Aiken 2003).

use std::ops::Range;

use super::shingle::{ShingleHasher, WordHash};
use crate::processor::{HotLoop, at_its_best};

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
    at_its_best(Winnowing { words, shingles })
}

/// The runs of `run_len` words that are looked up by anchor number `nth` of a stream of `n_words` words, by their first words.
pub fn runs_of(anchors: &[Anchor], nth: usize, n_words: usize, run_len: usize) -> Range<usize> {
    let n_runs = (n_words + 1).saturating_sub(run_len);
    anchors[nth].first_run as usize..anchors.get(nth + 1).map_or(n_runs, |next| next.first_run as usize)
}

/// The way through a stream from anchor to anchor.
struct Winnowing<'a> {
    words: &'a [WordHash],
    shingles: &'a ShingleHasher,
}

impl HotLoop for Winnowing<'_> {
    type Found = Vec<Anchor>;

    // Where the least stands changes at every sixth word or so, which no processor foresees: so as little as can be depends on it.
    #[inline(always)]
    fn run(self) -> Vec<Anchor> {
        let window_len = self.shingles.min_run().window_len();
        let sums: Vec<u64> = self.shingles.shingle_sums(self.words).collect();
        let n_windows = (sums.len() + 1).saturating_sub(window_len);
        let mut anchors = Vec::with_capacity(2 * n_windows.div_ceil(window_len));
        let mut windows = Windows::new(window_len);
        let mut least_before = None;
        for first in (0..n_windows).step_by(Windows::MOST) {
            let n = Windows::MOST.min(n_windows - first);
            let sums = &sums[first..][..n + window_len - 1];
            let (least, changes) = windows.go_through(sums, window_len, least_before);
            // No closure, which would not be put in line.
            for (nth, changes) in changes.iter().enumerate() {
                let mut changes = ones(changes);
                while changes != 0 {
                    let run = nth * 64 + changes.trailing_zeros() as usize;
                    changes &= changes - 1;
                    let at = run + last_place(least[run], &sums[run..run + window_len]);
                    let hash = ShingleHasher::shingle_hash(least[run]);
                    anchors.push(Anchor { hash, word: (first + at) as u32, first_run: (first + run) as u32 });
                }
            }
            least_before = least.last().copied();
        }
        anchors
    }
}

/// Some windows in a row.
struct Windows {
    /// The least sum of each.
    least: Vec<u64>,
    room: Vec<u64>,
    /// 1 for each whose least stands elsewhere than that of the window before, and zeroes behind.
    changes: Vec<u8>,
}

impl Windows {
    /// So many at most.
    const MOST: usize = 512;

    fn new(window_len: usize) -> Self {
        let room = || Vec::with_capacity(Self::MOST + window_len);
        Self { least: room(), room: room(), changes: Vec::with_capacity(Self::MOST) }
    }

    /// The least sum of each window, and 1 for each in which it stands elsewhere than in the one before. Before the first, it was `least_before`.
    #[inline(always)]
    fn go_through(&mut self, sums: &[u64], window_len: usize, least_before: Option<u64>) -> (&[u64], &[[u8; 64]]) {
        least_of_pairs(sums, 1, &mut self.least);
        let mut len = 2;
        while len < window_len {
            // The least of twice as many, or with what is missing.
            let step = len.min(window_len - len);
            least_of_pairs(&self.least, step, &mut self.room);
            std::mem::swap(&mut self.least, &mut self.room);
            len += step;
        }
        let newest = &sums[window_len - 1..];
        let is_new = |before, least, newest| u8::from(before != least || newest == least);
        self.changes.clear();
        self.changes.push(is_new(least_before.unwrap_or(!self.least[0]), self.least[0], newest[0]));
        let pairs = self.least.iter().zip(&self.least[1..]);
        self.changes.extend(pairs.zip(&newest[1..]).map(|((&before, &least), &newest)| is_new(before, least, newest)));
        self.changes.resize(self.changes.len().next_multiple_of(64), 0);
        (&self.least, self.changes.as_chunks().0)
    }
}

/// A bit for each of these zeroes and ones. So the processor has to guess once for 64 of them how many ones there are.
#[inline(always)]
fn ones(flags: &[u8; 64]) -> u64 {
    flags.as_chunks().0.iter().rev().fold(0, |bits, &eight| bits << 8 | last_bits(u64::from_le_bytes(eight)))
}

/// The last bit of each byte; the others must be 0.
#[inline(always)]
fn last_bits(bytes: u64) -> u64 {
    // The product brings them together in its highest byte.
    bytes.wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// The less of each number and the one `step` behind it.
#[inline(always)]
fn least_of_pairs(numbers: &[u64], step: usize, least: &mut Vec<u64>) {
    least.clear();
    least.extend(numbers.iter().zip(&numbers[step..]).map(|(&one, &other)| one.min(other)));
}

/// Where the last that is `least` stands.
#[inline(always)]
fn last_place(least: u64, window: &[u64]) -> usize {
    window.iter().enumerate().fold(0, |last, (at, &sum)| if sum == least { at } else { last })
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
    fn every_one_is_a_bit() {
        let places = [0, 1, 7, 8, 30, 62, 63];
        let mut flags = [0; 64];
        places.iter().for_each(|&at: &usize| flags[at] = 1);
        assert_eq!(ones(&flags), places.iter().fold(0, |bits, at| bits | 1 << at));
        assert_eq!((ones(&[0; 64]), ones(&[1; 64])), (0, u64::MAX));
    }

    #[test]
    fn every_run_has_the_anchor_that_it_would_have_alone() {
        for (seed, min_run, alphabet) in [(1, 8, 2), (2, 15, 3), (3, 15, 50), (4, 16, 1), (5, 9, 5), (6, 255, 9)] {
            let shingles = ShingleHasher::new(Seed(seed), MinRun::new(min_run).expect("in range"));
            for len in (0..120_u64).chain([255, 300, 527, 2000]) {
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
                assert_eq!(Winnowing { words: &words, shingles: &shingles }.run(), anchors, "on any processor");
            }
        }
    }
}
