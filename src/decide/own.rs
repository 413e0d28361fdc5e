//! What is kept so far of the article that is being judged: it covers later places of the article itself.

use std::collections::HashMap;
use std::ops::Range;

use super::coverage::equal_around;
use super::rules::LONG_PASSAGE;
use super::verdict::{Article, Piece};
use crate::corpus::WordSpan;
use crate::fingerprint::{Anchor, Fingerprint, MixedHashing, PassageKey, ShingleHasher, WordHash};

/// Mostly, no more runs of an article may cover something later. Of more, the search finds out what their bits don't tell.
const FEW_RUNS: usize = 64;

/// The article's own kept text so far.
#[derive(Debug)]
pub(super) struct OwnText<'a> {
    article: &'a [WordHash],
    shingles: &'a ShingleHasher,
    /// For each run of the article, whether another may be equal to it; empty if none may.
    may_repeat: Vec<bool>,
    /// What is kept, as one stream, and the pieces of the article that it is made of.
    stream: Vec<WordHash>,
    pieces: Vec<Piece>,
    /// Whether a run across the last seam may cover something later.
    seam_may_cover: bool,
    /// Kept runs that may cover something later, and kept passages, each with its first place in the stream.
    runs: HashMap<u64, u32, MixedHashing>,
    run_bits: HashBits,
    passages: HashMap<u64, WordSpan, MixedHashing>,
    /// The hashes of the article's runs, once they are needed.
    article_runs: Vec<u64>,
}

impl<'a> OwnText<'a> {
    /// Nothing kept so far of an article in which this repeats itself.
    pub(super) fn new(article: &'a Fingerprint, repeats: Repeats, shingles: &'a ShingleHasher) -> Self {
        Self {
            article: &article.words,
            shingles,
            may_repeat: repeats.runs,
            stream: Vec::with_capacity(article.words.len()),
            pieces: Vec::new(),
            seam_may_cover: false,
            runs: HashMap::default(),
            run_bits: HashBits::with_room(FEW_RUNS),
            passages: HashMap::default(),
            article_runs: Vec::new(),
        }
    }

    /// Keeps some words of the article, behind those kept so far.
    pub(super) fn keep(&mut self, words: WordSpan) {
        if words.is_empty() {
            return;
        }
        let old_len = self.stream.len();
        self.stream.extend_from_slice(&self.article[words.range()]);
        match self.pieces.last_mut() {
            Some(last) if last.words.end == words.start => last.words.end = words.end,
            _ => {
                self.pieces.push(Piece { words, n_left_before: old_len as u32 });
                self.seam_may_cover = self.may_cover_across_seam(words);
            }
        }
        let run_len = self.shingles.min_run().words();
        let first = (old_len + 1).saturating_sub(run_len);
        // The last piece begins at the last seam. A run across it may be equal to any run; one from there on is a run of the article as well.
        let piece = *self.pieces.last().expect("one was just added or made longer");
        let seam = piece.n_left_before as usize;
        let has_news = !self.may_repeat.is_empty() || self.seam_may_cover && first < seam;
        let first_to_look_at = if has_news { first } else { self.stream.len() };
        for (nth, hash) in self.shingles.runs(&self.stream[first_to_look_at..]).enumerate() {
            let at = first + nth;
            let in_article = || piece.words.start as usize + at - seam;
            let may_cover = if at < seam { self.seam_may_cover } else { self.may_repeat(in_article()) };
            if may_cover {
                self.runs.entry(hash).or_insert(at as u32);
                self.run_bits.add(hash);
            } else if self.may_repeat.is_empty() {
                break;
            }
        }
        if !self.runs.is_empty() && self.article_runs.is_empty() {
            self.article_runs = self.shingles.runs(self.article).collect();
        }
    }

    /// Whether a run across the seam before these words, the last kept, may stand in the article from here on: the two words at the seam do, side by side.
    fn may_cover_across_seam(&self, words: WordSpan) -> bool {
        let Some(before) = (self.stream.len() - words.len()).checked_sub(1) else { return false };
        let seam = [self.stream[before], self.stream[before + 1]];
        let here = (words.start as usize).saturating_sub(self.shingles.min_run().words());
        self.article[here..].windows(2).any(|pair| pair == seam)
    }

    /// Whether keeping some of these words, which nothing kept so far covers, may cover others of them.
    pub(super) fn may_repeat_in(&self, words: WordSpan) -> bool {
        !self.may_repeat.is_empty() || self.may_repeat_across_seam(words)
    }

    /// Whether another run of the article may be equal to the one that begins with word `start`.
    pub(super) fn may_repeat(&self, start: usize) -> bool {
        self.may_repeat.get(start) == Some(&true)
    }

    /// Whether keeping words from `words.start` on makes a run, across the last place before them where something was taken out, that may stand in `words` once more.
    pub(super) fn may_repeat_across_seam(&self, words: WordSpan) -> bool {
        let Some(piece) = self.pieces.last() else { return false };
        let n_behind = if piece.words.end == words.start { piece.words.len() } else { 0 };
        let seam = self.stream.len() - n_behind;
        let run_len = self.shingles.min_run().words();
        let (start, end) = (words.start as usize, words.end as usize);
        let behind = self.stream.get(seam).or_else(|| self.article.get(start));
        let (Some(&behind), Some(before)) = (behind, seam.checked_sub(1)) else { return false };
        // Each such run has the two words at the seam side by side, and reaches no further out of `words` than it is long.
        let around = &self.article[start.saturating_sub(run_len)..(end + run_len).min(self.article.len())];
        n_behind + 2 <= run_len && around.windows(2).any(|pair| pair == [self.stream[before], behind])
    }

    /// Notes that the last `n_words` kept are what is left of one passage.
    pub(super) fn end_passage(&mut self, n_words: usize) {
        // A long passage that is equal to another has its runs, too.
        let is_short = n_words < self.shingles.min_run().words();
        if n_words > 0 && (is_short || self.has_runs()) {
            let words = WordSpan::new(self.stream.len() - n_words, self.stream.len());
            let key = self.shingles.own_key(&self.stream[words.range()]);
            self.passages.entry(key.0).or_insert(words);
        }
    }

    /// Where the article's run that begins with word `start` stands in its kept text.
    pub(super) fn place_of_run(&self, start: usize) -> Option<u32> {
        let hash = self.article_runs.get(start).filter(|hash| self.run_bits.may_have(**hash))?;
        let place = *self.runs.get(hash)?;
        let run = &self.article[start..start + self.shingles.min_run().words()];
        self.stream[place as usize..].starts_with(run).then_some(place)
    }

    /// Whether runs may be found here at all.
    pub(super) fn has_runs(&self) -> bool {
        !self.runs.is_empty()
    }

    /// Where a passage equal to these words of the article stands in its kept text.
    pub(super) fn place_of_passage(&self, words: WordSpan) -> Option<u32> {
        let is_short = words.len() < self.shingles.min_run().words();
        if words.is_empty() || self.passages.is_empty() || !is_short && self.place_of_run(words.start as usize).is_none() {
            return None;
        }
        let words = &self.article[words.range()];
        let kept = self.passages.get(&self.shingles.own_key(words).0)?;
        (self.stream[kept.range()] == *words).then_some(kept.start)
    }

    /// The kept words from `place` on.
    pub(super) fn after(&self, place: u32) -> &[WordHash] {
        &self.stream[place as usize..]
    }

    pub(super) fn n_words(&self) -> usize {
        self.stream.len()
    }

    /// The whole stream, for the index, and the pieces of the article that it is made of.
    pub(super) fn into_stream(self) -> (Vec<WordHash>, Vec<Piece>) {
        (self.stream, self.pieces)
    }
}

/// A bit for each of some hashes, so that most others are known not to be among them without a search.
#[derive(Debug)]
struct HashBits(
    /// A power of two of them.
    Vec<u64>,
);

impl HashBits {
    /// Room for so many hashes: of sixteen others, one has a bit that is set.
    fn with_room(n_hashes: usize) -> Self {
        Self(vec![0; (n_hashes / 4).next_power_of_two()])
    }

    /// Adds a hash. Tells whether it may have been there.
    fn add(&mut self, hash: u64) -> bool {
        let may_have = self.may_have(hash);
        let (number, bit) = self.place(hash);
        self.0[number] |= bit;
        may_have
    }

    fn may_have(&self, hash: u64) -> bool {
        let (number, bit) = self.place(hash);
        self.0[number] & bit != 0
    }

    fn place(&self, hash: u64) -> (usize, u64) {
        ((hash >> 32) as usize & (self.0.len() - 1), 1 << (hash % 64))
    }
}

/// Whether an article may cover words of its own before any of it goes: for each of its runs whether it may stand in it twice (empty if none does), and whether
/// two of its passages that can go by themselves are equal.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    runs: Vec<bool>,
    has_equal_passages: bool,
}

/// Anchors that stand in an article more often are not compared with each other: all their runs may repeat.
const MOST_COMPARED: usize = 8;

impl Repeats {
    /// What repeats itself in an article, if it may.
    pub(super) fn of(article: &Article<'_>, shingles: &ShingleHasher) -> Self {
        if article.repeats_itself { Self::find(article.print, shingles) } else { Self::default() }
    }

    fn find(article: &Fingerprint, shingles: &ShingleHasher) -> Self {
        let long_passages = article.passages.iter().filter(|passage| passage.words.len() >= LONG_PASSAGE);
        let mut keys: Vec<PassageKey> = long_passages.filter_map(|passage| article.key_of(passage)).collect();
        keys.sort_unstable();
        Self { runs: runs_that_repeat(article, shingles), has_equal_passages: keys.windows(2).any(|pair| pair[0] == pair[1]) }
    }

    /// Whether nothing repeats itself.
    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty() && !self.has_equal_passages
    }
}

fn runs_that_repeat(article: &Fingerprint, shingles: &ShingleHasher) -> Vec<bool> {
    let run_len = shingles.min_run().words();
    let n_runs = (article.words.len() + 1).saturating_sub(run_len);
    let mut by_hash = those_that_may_repeat(&article.anchors);
    by_hash.sort_unstable();
    let mut repeat = Vec::new();
    let mut mark = |runs: Range<usize>| {
        repeat.resize(n_runs, false);
        repeat[runs].fill(true);
    };
    for equal in by_hash.chunk_by(|a, b| a.0 == b.0).filter(|equal| equal.len() > 1) {
        let anchors = || equal.iter().map(|&(_, nth)| nth);
        if equal.len() > MOST_COMPARED {
            anchors().for_each(|nth| {
                mark(article.runs_of(nth, run_len));
            });
            continue;
        }
        for (nth, later) in anchors().enumerate() {
            for earlier in anchors().take(nth) {
                let at = [earlier, later].map(|nth| article.anchors[nth].word as usize);
                let (before, after) = equal_around([&article.words; 2], at);
                if before + after >= run_len {
                    at.into_iter().for_each(|at| mark(at - before..at + after - run_len + 1));
                }
            }
        }
    }
    repeat
}

/// The hashes of all anchors that may stand here more than once, each with the anchor's number, and of few others.
fn those_that_may_repeat(anchors: &[Anchor]) -> Vec<(u64, usize)> {
    let (mut seen, mut seen_again) = (HashBits::with_room(anchors.len()), HashBits::with_room(anchors.len()));
    for anchor in anchors {
        if seen.add(anchor.hash) {
            seen_again.add(anchor.hash);
        }
    }
    anchors.iter().map(|anchor| anchor.hash).zip(0..).filter(|&(hash, _)| seen_again.may_have(hash)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::{MinRun, Seed, test_stream};

    #[test]
    fn runs_across_a_seam_are_found_even_if_the_article_repeats_no_run() {
        let shingles = ShingleHasher::new(Seed(3), MinRun::new(8).expect("in range"));
        // Words 0..6, then 100..120, then 6..12; kept are the first and the last piece. Then 2..10 once more.
        let numbers: Vec<u32> = (0..6).chain(100..120).chain(6..12).chain(2..10).collect();
        let article = Fingerprint { words: test_stream(&numbers), ..Fingerprint::default() };
        let mut own = OwnText::new(&article, Repeats::default(), &shingles);
        own.keep(WordSpan::new(0, 6));
        assert!(!own.has_runs());
        own.keep(WordSpan::new(26, 32));
        assert_eq!(own.place_of_run(32), Some(2));
        assert_eq!(own.place_of_run(31), None);
        own.end_passage(6);
        assert_eq!(own.place_of_passage(WordSpan::new(26, 32)), Some(6));
        assert_eq!(own.place_of_passage(WordSpan::new(0, 6)), None);
    }
}
