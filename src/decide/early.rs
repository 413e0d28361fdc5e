//! What can be told of an article before those before it in its batch are settled.
//!
//! Each of them leaves its text in the output, or some of it, or nothing. Where all of it would change nothing, the article needn't wait for what becomes of them.
//! Only a run that comes about where something is taken out of one, across the seam, is in none of their texts: see [`Touched::anchors_across_seams`](super::Touched::anchors_across_seams).

use std::ops::Range;

use super::coverage::{OthersCover, equal_around, others_cover};
use super::own::Repeats;
use super::rules::Rules;
use super::verdict::{Article, Judgement, judge_knowing, may_lose_words};
use crate::fingerprint::Fingerprint;
use crate::index::{KeptText, Spot};

/// An anchor or passage is compared with so many before it in the batch; where that isn't enough, it is taken for known.
const MOST_COMPARED: usize = 16;

/// Judges an article as [`judge`](super::judge) will when those before it in its batch are settled, or tells that it has to wait.
///
/// `shared` are the anchors and short passages that it shares with others of the batch; with each where it may stand in the batch before, last first, and whose
/// fingerprint that is.
pub fn judge_early<'a>(
    article: &Article<'_>,
    shared: impl Iterator<Item = (Spot, impl Iterator<Item = (Spot, &'a Fingerprint)>)>,
    kept: &KeptText,
    rules: &Rules,
) -> Option<Judgement> {
    let run_len = kept.shingles().min_run().words();
    let settled = others_cover(article.print, article.candidates, kept);
    let mut cover = BatchCover { print: article.print, run_len, settled: settled.as_ref(), more: None };
    for (spot, before) in shared {
        if spot.is_passage() { cover.add_passage(spot, before) } else { cover.add_runs(spot, before) }
    }
    let Some(more) = cover.more else { return Some(judge_knowing(article, kept, rules, settled.as_ref())) };
    // All this may not stay, and where less is covered, a gap may reach further than here: any stretch that is short enough may lie in one. Notes would tell what covers
    // an article that stays, which isn't known yet.
    let stays = rules.near.is_none()
        && !may_lose_words(article, rules, &more.words, 1..run_len)
        && Repeats::of(article, kept.shingles()).is_empty();
    stays.then(Judgement::untouched)
}

/// What an article's words are covered by: settled text, and the texts before it in the batch.
struct BatchCover<'a> {
    print: &'a Fingerprint,
    run_len: usize,
    settled: Option<&'a OthersCover>,
    /// With the batch, if that is more.
    more: Option<More>,
}

struct More {
    /// For each run, by its first word: whether it is covered.
    runs: Vec<bool>,
    /// For each word.
    words: Vec<bool>,
}

impl BatchCover<'_> {
    /// Adds the runs of an anchor that stand in the batch before, or may.
    fn add_runs<'b>(&mut self, spot: Spot, before: impl Iterator<Item = (Spot, &'b Fingerprint)>) {
        let print = self.print;
        let nth = print.anchors.partition_point(|anchor| anchor.word < spot.word);
        let runs = print.runs_of(nth, self.run_len);
        // What reaches further belongs to other anchors.
        let words = runs.start..runs.end + self.run_len - 1;
        let at = spot.word as usize;
        for (n_compared, (twin, other)) in before.enumerate() {
            if self.has_runs(runs.clone()) {
                return;
            }
            if n_compared == MOST_COMPARED {
                return self.cover(words);
            }
            if twin.article() != spot.article() {
                let streams = [&print.words[words.clone()], &other.words];
                let (n_before, n_after) = equal_around(streams, [at - words.start, twin.word as usize]);
                if n_before + n_after >= self.run_len {
                    self.cover(at - n_before..at + n_after);
                }
            }
        }
    }

    /// Adds a passage that stands in the batch before, or may.
    fn add_passage<'b>(&mut self, spot: Spot, before: impl Iterator<Item = (Spot, &'b Fingerprint)>) {
        let nth = self.print.passage_at(spot.word);
        let is_known = self.settled.is_some_and(|settled| settled.equal[nth].is_some());
        let is_other =
            |(n_compared, (twin, _)): (usize, (Spot, _))| n_compared == MOST_COMPARED || twin.article() != spot.article();
        if !is_known && before.enumerate().any(is_other) {
            self.cover(self.print.passages[nth].words.range());
        }
    }

    fn has_runs(&self, runs: Range<usize>) -> bool {
        let known = self.more.as_ref().map(|more| &more.runs).or(self.settled.map(|settled| &settled.runs));
        known.is_some_and(|known| known[runs].iter().all(|&run| run))
    }

    /// Covers these words, and the runs in them.
    fn cover(&mut self, words: Range<usize>) {
        // A passage that is looked up as a whole has none.
        let runs = words.start..(words.end + 1).saturating_sub(self.run_len);
        if !runs.is_empty() && self.has_runs(runs.clone()) {
            return;
        }
        let more = self.more.get_or_insert_with(|| match self.settled {
            Some(settled) => More { runs: settled.runs.clone(), words: settled.words.clone() },
            None => {
                let n_words = self.print.words.len();
                More { runs: vec![false; (n_words + 1).saturating_sub(self.run_len)], words: vec![false; n_words] }
            }
        });
        if !runs.is_empty() {
            more.runs[runs].fill(true);
        }
        more.words[words].fill(true);
    }
}
