//! Which words does other articles' kept text cover?

use std::ops::Range;

use super::rules::MIN_GAP;
use super::verdict::Candidates;
use crate::corpus::WordSpan;
use crate::fingerprint::{Fingerprint, PassageKey, WordHash};
use crate::index::{KeptText, Spot, WordPlace};

/// What others' kept text covers of an article, gaps not yet looked at.
#[derive(Debug)]
pub(super) struct OthersCover {
    /// For each run of `min-run` words of the stream, by its first word: whether it stands in one article's kept text.
    pub(super) runs: Vec<bool>,
    /// For each word: whether it lies in such a run, or in a passage that equals a kept one.
    pub(super) words: Vec<bool>,
    /// For each passage: where one equal to it was kept first, if it is short enough to be looked up as a whole.
    pub(super) equal: Vec<Option<WordPlace>>,
}

/// Finds what others' kept text covers; `None` where it covers nothing.
pub(super) fn others_cover(article: &Fingerprint, candidates: Candidates<'_>, kept: &KeptText) -> Option<OthersCover> {
    let (anchors, passages) = candidates.spots.split_at(candidates.spots.partition_point(|spot| !spot.is_passage()));
    let anchors: Vec<usize> = article.anchors_at(anchors.iter().map(|spot| spot.word)).collect();
    let runs = covered_runs(article, &anchors, kept);
    let equal = equal_passages(article, passages, kept);
    if runs.is_none() && equal.is_none() {
        return None;
    }
    let equal = equal.unwrap_or_else(|| vec![None; article.passages.len()]);
    let runs = runs.unwrap_or_else(|| vec![false; n_runs(article, kept)]);
    let mut words = vec![false; article.words.len()];
    mark_runs(&runs, kept.shingles().min_run().words(), &mut words);
    for (passage, _) in article.passages.iter().zip(&equal).filter(|(_, place)| place.is_some()) {
        words[passage.words.range()].fill(true);
    }
    Some(OthersCover { runs, words, equal })
}

/// For each passage where one equal to it was kept first, of those that may be known; `None` where none was.
fn equal_passages(article: &Fingerprint, candidates: &[Spot], kept: &KeptText) -> Option<Vec<Option<WordPlace>>> {
    let mut equal: Option<Vec<Option<WordPlace>>> = None;
    for spot in candidates {
        let nth = article.passage_at(spot.word);
        let passage = &article.passages[nth];
        let key = article.key_of(passage);
        if let Some(place) = key.and_then(|key| kept.first_place_of_passage(key, &article.words[passage.words.range()])) {
            equal.get_or_insert_with(|| vec![None; article.passages.len()])[nth] = Some(place);
        }
    }
    equal
}

fn n_runs(article: &Fingerprint, kept: &KeptText) -> usize {
    (article.words.len() + 1).saturating_sub(kept.shingles().min_run().words())
}

/// So many anchors are looked up together.
const LOOKED_UP_TOGETHER: usize = 16;

/// Which runs stand in kept text, of those whose anchors, by number, may be known there; `None` where none does. Every run is looked up by its own anchor; a match that reaches further saves the look-ups on its way.
fn covered_runs(article: &Fingerprint, candidates: &[usize], kept: &KeptText) -> Option<Vec<bool>> {
    let mut runs = Runs { article, kept, n_runs: n_runs(article, kept), covered: None };
    let mut places: Vec<(usize, WordPlace)> = Vec::new();
    for anchors in candidates.chunks(LOOKED_UP_TOGETHER) {
        places.clear();
        let open = || anchors.iter().filter(|&&nth| !runs.are_covered(nth)).map(|&nth| (nth, article.anchors[nth].hash));
        kept.prefetch_anchors(open().map(|(_, hash)| hash));
        for (nth, hash) in open() {
            places.extend(kept.anchor_places(hash).map(|place| (nth, place)));
        }
        kept.words().prefetch(places.iter().map(|&(_, place)| place));
        for places in places.chunk_by(|a, b| a.0 == b.0) {
            runs.match_around(places[0].0, places.iter().map(|&(_, place)| place));
        }
    }
    runs.covered
}

/// The runs of an article while it is found out which of them are covered.
struct Runs<'a> {
    article: &'a Fingerprint,
    kept: &'a KeptText,
    n_runs: usize,
    covered: Option<Vec<bool>>,
}

impl Runs<'_> {
    /// The runs that are looked up by anchor number `nth`.
    fn of(&self, nth: usize) -> Range<usize> {
        self.article.runs_of(nth, self.kept.shingles().min_run().words())
    }

    fn are_covered(&self, nth: usize) -> bool {
        self.covered.as_ref().is_some_and(|covered| covered[self.of(nth)].iter().all(|&run| run))
    }

    fn cover(&mut self, runs: Range<usize>) {
        self.covered.get_or_insert_with(|| vec![false; self.n_runs])[runs].fill(true);
    }

    /// Finds which runs of anchor number `nth`, and around them, are covered. `places` are those of the anchor.
    fn match_around(&mut self, nth: usize, places: impl Iterator<Item = WordPlace>) {
        let words = &self.article.words;
        let run_len = self.kept.shingles().min_run().words();
        let Range { start: first, end: last } = self.of(nth);
        let at = self.article.anchors[nth].word as usize;
        if self.are_covered(nth) {
            return;
        }
        for place in places {
            let start = at - self.kept.words().equal_before(place, &words[first..at]);
            let end = at + self.kept.words().equal_after(place, &words[at..]);
            if end - start >= run_len {
                self.cover(start..end - run_len + 1);
                if self.are_covered(nth) {
                    return;
                }
            }
        }
        for run in first..last {
            let is_covered = self.covered.as_ref().is_some_and(|covered| covered[run]);
            if !is_covered && self.kept.has_frequent_run(self.article.anchors[nth].hash, &words[run..run + run_len]) {
                self.cover(run..run + 1);
            }
        }
    }
}

/// How many words are equal before two places, and from them on.
pub(super) fn equal_around(words: [&[WordHash]; 2], at: [usize; 2]) -> (usize, usize) {
    let ([one, two], [at_one, at_two]) = (words, at);
    let before = one[..at_one].iter().rev().zip(two[..at_two].iter().rev()).take_while(|(a, b)| a == b).count();
    let after = one[at_one..].iter().zip(&two[at_two..]).take_while(|(a, b)| a == b).count();
    (before, after)
}

/// Marks the words of all marked runs.
fn mark_runs(runs: &[bool], run_len: usize, words: &mut [bool]) {
    let mut marked_to = 0;
    for (run, _) in runs.iter().enumerate().filter(|(_, stands)| **stands) {
        words[run.max(marked_to)..run + run_len].fill(true);
        marked_to = run + run_len;
    }
}

/// A stretch of an article that as a whole equals a kept passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Equal<P> {
    pub(super) words: WordSpan,
    pub(super) place: P,
}

/// The gaps of `within`: the longest stretches of words not `covered`, if they are long enough to be looked up, and short enough to be missed by runs.
pub(super) fn gaps(covered: &[bool], within: WordSpan, min_run: usize) -> impl Iterator<Item = WordSpan> + '_ {
    let covered = &covered[..within.end as usize];
    let mut at = within.start as usize;
    std::iter::from_fn(move || {
        while at < covered.len() {
            let start = at + covered[at..].iter().take_while(|&&word| word).count();
            let end = start + covered[start..].iter().take_while(|&&word| !word).count();
            at = end;
            if (MIN_GAP..min_run).contains(&(end - start)) {
                return Some(WordSpan::new(start, end));
            }
        }
        None
    })
}

/// The key by which a gap is looked up.
pub(super) fn gap_key(words: &[WordHash], gap: WordSpan, kept: &KeptText) -> PassageKey {
    kept.shingles().key_of(&words[gap.range()]).expect("a gap is shorter than a run")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_the_longest_uncovered_stretches_within_bounds() {
        let covered: Vec<bool> = "xxxx....x...x....................xx......".chars().map(|c| c == 'x').collect();
        let found: Vec<_> = gaps(&covered, WordSpan::new(0, 39), 15).collect();
        // Four words; three are too few; twenty would be a run; the last is cut by the passage's border, and has four.
        assert_eq!(found, [WordSpan::new(4, 8), WordSpan::new(35, 39)]);
        assert_eq!(gaps(&covered, WordSpan::new(5, 8), 15).count(), 0);
    }

    #[test]
    fn overlapping_runs_mark_their_words_once() {
        let mut words = vec![false; 10];
        mark_runs(&[false, true, true, false, false, false, true], 3, &mut words);
        let marked: String = words.iter().map(|&word| if word { 'x' } else { '.' }).collect();
        assert_eq!(marked, ".xxxx.xxx.");
    }
}
