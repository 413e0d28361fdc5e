//! The verdicts: first on the article as a whole, then passage by passage.

use std::ops::Range;

use super::coverage::{Equal, OthersCover, gap_key, gaps, others_cover};
use super::facts::changed_facts;
use super::near::{Notes, notes};
use super::own::Repeats;
use super::passages::{Outcome, judge_passages};
use super::receipt::{Cover, Receipt, Source};
use super::rules::{Facts, LONG_PASSAGE, MIN_GAP, MinCut, NEW_TEXT, Rules, Updates};
use crate::corpus::{ByteSpan, WordSpan};
use crate::fingerprint::{Anchor, Fingerprint, PassageKey, WordHash};
use crate::index::{KeptText, Spot};

/// What is judged: an article, or one part of a large text.
#[derive(Debug, Clone, Copy)]
pub struct Article<'a> {
    /// Its cleaned text.
    pub text: &'a str,
    /// What is known of its words.
    pub print: &'a Fingerprint,
    /// Whether it is a whole record: a part of one is no copy and no update.
    pub is_whole: bool,
    /// Whether two of its anchors or of its short passages are equal. If in doubt, say so: the answer is the same, it takes longer.
    pub repeats_itself: bool,
    /// Whether capital letters make names in its language.
    pub has_names: bool,
    /// What of it may have a place in kept text.
    pub candidates: Candidates<'a>,
}

impl Article<'_> {
    /// What passage number `nth` is looked up by, if it is looked up as a whole.
    pub(super) fn key_of(&self, nth: usize) -> Option<PassageKey> {
        self.print.key_of(&self.print.passages[nth])
    }
}

/// Those anchors and short passages of an article that may have a place in kept text; the others have none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Candidates<'a> {
    /// In the article's order, the anchors before the passages.
    pub spots: &'a [Spot],
}

/// What becomes of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It stays, but for the passages that go.
    Keep,
    /// It goes whole.
    Drop(Reason),
}

/// Why something goes (or, of an update, why it is named).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The article is a copy.
    Copy,
    /// The passage is covered.
    Passage,
    /// These sentences of a passage are covered.
    Part,
    /// A short passage between two that go.
    Short,
    /// No word of the article is left.
    NothingLeft,
    /// Nothing goes: the article is a copy but for a changed fact or new text.
    Update,
    /// What is left of the article fails the quality filter.
    Filter,
}

impl Reason {
    /// Whether it takes out whole records.
    pub fn is_of_whole_record(self) -> bool {
        matches!(self, Self::Copy | Self::NothingLeft | Self::Filter)
    }
}

/// A stretch of an article that is accounted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Why it goes.
    pub reason: Reason,
    /// The passage it belongs to, by number; 0 where the article is meant.
    pub passage: usize,
    /// Its bytes, counted from the start of the article (the part); without line breaks around a passage.
    pub bytes: ByteSpan,
    /// Its words, in the article's stream.
    pub words: WordSpan,
    /// How many of them are covered.
    pub n_covered: usize,
    /// The kept text that says the same.
    pub receipts: Vec<Receipt>,
    /// The words that nothing covers.
    pub lost: Vec<WordSpan>,
}

/// What was decided over an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Whether it stays.
    pub verdict: Verdict,
    /// The article as a whole accounted for: of a copy and of an update, and of a whole record of which no word is left.
    pub whole: Option<Removal>,
    /// Changed facts of an update: words in the stream.
    pub changed_facts: Vec<u32>,
    /// The passages and parts that go, in order.
    pub removals: Vec<Removal>,
    /// What is left, where that is not everything.
    pub touched: Option<Touched>,
    /// Gaps that were looked up: should one of these passages become known before the judgement takes effect, it must be made again.
    pub gaps_looked_up: Vec<PassageKey>,
    /// What stayed though it is near to going, if anybody wants to know.
    pub notes: Notes,
}

/// What is left of an article from which something was taken out, ready for the index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Touched {
    /// Its words.
    pub words: Vec<WordHash>,
    /// Their anchors.
    pub anchors: Vec<Anchor>,
    /// Its short passages: first word in `words`, and key.
    pub passages: Vec<(u32, PassageKey)>,
    /// The stretches of the article that `words` is made of, in order.
    pub pieces: Vec<Piece>,
}

/// A stretch of an article that is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Its words in the article's stream.
    pub words: WordSpan,
    /// How many words are left before it.
    pub n_left_before: u32,
}

impl Touched {
    /// How many words are left.
    pub fn n_words(&self) -> usize {
        self.pieces.last().map_or(0, |piece| piece.n_left_before as usize + piece.words.len())
    }

    /// Which words of the article these words of what is left were; they come in order.
    pub fn words_in_article(&self, words: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        let mut pieces = self.pieces.iter().peekable();
        let mut n_gone = 0;
        words.map(move |word| {
            while let Some(piece) = pieces.next_if(|piece| piece.n_left_before <= word) {
                n_gone = piece.words.start - piece.n_left_before;
            }
            word + n_gone
        })
    }

    /// The anchors by which runs of `run_len` words are looked up that lie across a seam: where something was taken out between two of their words.
    pub fn anchors_across_seams(&self, run_len: usize) -> impl Iterator<Item = &Anchor> {
        let seams = self.pieces.iter().map(|piece| piece.n_left_before).filter(|&seam| seam > 0);
        seams.flat_map(move |seam| {
            // The anchor of a run is the last that is there for it or for runs before it.
            let first =
                self.anchors.partition_point(|anchor| anchor.first_run as usize + run_len <= seam as usize + 1).saturating_sub(1);
            self.anchors[first..].iter().take_while(move |anchor| anchor.first_run < seam)
        })
    }
}

impl Judgement {
    /// The same, once the index has learned what is left: only where it stood in the article.
    #[must_use]
    pub fn learned(self) -> Self {
        let touched = self.touched.map(|touched| Touched { pieces: touched.pieces, ..Touched::default() });
        Self { touched, ..self }
    }

    /// The article stays as it is.
    pub(super) fn untouched() -> Self {
        Self {
            verdict: Verdict::Keep,
            whole: None,
            changed_facts: Vec::new(),
            removals: Vec::new(),
            touched: None,
            gaps_looked_up: Vec::new(),
            notes: Notes::default(),
        }
    }
}

/// The judgement over an article that the quality filter takes out: whole, whatever was said before of its passages. Nothing covers it.
pub fn filtered(article: &Article<'_>) -> Judgement {
    let words = WordSpan::new(0, article.print.words.len());
    let whole = Removal {
        reason: Reason::Filter,
        passage: 0,
        bytes: ByteSpan::new(0, article.text.len()),
        words,
        n_covered: 0,
        receipts: Vec::new(),
        lost: if words.is_empty() { Vec::new() } else { vec![words] },
    };
    Judgement { verdict: Verdict::Drop(Reason::Filter), whole: Some(whole), ..Judgement::untouched() }
}

/// Judges an article against the kept text.
pub fn judge(article: &Article<'_>, kept: &KeptText, rules: &Rules) -> Judgement {
    let others = others_cover(article.print, article.candidates, kept);
    judge_knowing(article, kept, rules, others.as_ref())
}

/// Judges an article of which `others` is what other articles cover.
pub(super) fn judge_knowing(article: &Article<'_>, kept: &KeptText, rules: &Rules, others: Option<&OthersCover>) -> Judgement {
    let mut judgement = judge_without_notes(article, kept, rules, others);
    if let (Some(floor), Some(others)) = (rules.near, others) {
        judgement.notes = notes(article, kept, rules, floor, others, &mut judgement);
    }
    judgement
}

fn judge_without_notes(article: &Article<'_>, kept: &KeptText, rules: &Rules, others: Option<&OthersCover>) -> Judgement {
    let repeats = Repeats::of(article, kept.shingles());
    let mut judgement = Judgement::untouched();
    let gaps = MIN_GAP..rules.min_run.words();
    if repeats.is_empty() && others.is_none_or(|others| !may_lose_words(article, rules, &others.words, gaps)) {
        return judgement;
    }
    if let Some(others) = others
        && let Some(verdict) = judge_whole(article, kept, rules, others, &mut judgement)
    {
        judgement.verdict = verdict;
        return judgement;
    }
    let outcome = judge_passages(article, kept, rules, others, repeats);
    judgement.gaps_looked_up.extend_from_slice(&outcome.gaps_looked_up);
    if outcome.removals.is_empty() {
        return judgement;
    }
    let Outcome { removals, touched, .. } = outcome;
    judgement.removals = removals;
    if touched.words.is_empty() {
        judgement.verdict = Verdict::Drop(Reason::NothingLeft);
        let others = others.filter(|_| article.is_whole);
        judgement.whole = others.map(|others| account_for_whole(article, kept, others, Reason::NothingLeft));
    }
    judgement.touched = Some(touched);
    judgement
}

/// Whether others' cover, for each word of the stream, could be enough for any verdict if every gap of so many words were covered, too. Of an article that doesn't
/// repeat itself nothing else is covered, as long as nothing of it goes.
pub(super) fn may_lose_words(article: &Article<'_>, rules: &Rules, covered: &[bool], gaps: Range<usize>) -> bool {
    let min_cut = match rules.min_cut {
        MinCut::Words(min_cut) => min_cut,
        MinCut::Never => usize::MAX,
    };
    let mut n_covered_in_all = 0;
    for passage in article.print.passages.iter().map(|passage| passage.words) {
        let (mut n_covered, mut in_a_row) = (0, 0);
        if !covered[passage.range()].contains(&true) {
            continue;
        }
        for stretch in covered[passage.range()].chunk_by(|a, b| a == b) {
            let may_be_covered = stretch[0] || gaps.contains(&stretch.len());
            n_covered += if may_be_covered { stretch.len() } else { 0 };
            in_a_row = if may_be_covered { in_a_row + stretch.len() } else { 0 };
            if in_a_row >= min_cut {
                return true;
            }
        }
        if passage.len() >= LONG_PASSAGE && rules.passage_threshold.is_met(n_covered, passage.len()) {
            return true;
        }
        n_covered_in_all += n_covered;
    }
    article.is_whole && rules.article_threshold.is_met(n_covered_in_all, article.print.words.len())
}

/// Verdict 1. `None`: it is for the passages to decide.
fn judge_whole(
    article: &Article<'_>,
    kept: &KeptText,
    rules: &Rules,
    others: &OthersCover,
    judgement: &mut Judgement,
) -> Option<Verdict> {
    let n_words = article.print.words.len();
    if !article.is_whole || n_words == 0 {
        return None;
    }
    let (covered, _) = with_gaps(article.print, kept, others, &mut judgement.gaps_looked_up);
    let n_covered = covered.iter().filter(|&&word| word).count();
    if !rules.article_threshold.is_met(n_covered, n_words) {
        return None;
    }
    let facts = match rules.facts {
        Facts::Numbers | Facts::Names => all_changed_facts(article, rules, &covered),
        Facts::Off => Vec::new(),
    };
    let is_update = !facts.is_empty() || covered.chunk_by(|a, b| a == b).any(|run| !run[0] && run.len() >= NEW_TEXT);
    if !is_update || rules.updates == Updates::Drop {
        judgement.whole = Some(account_for_whole(article, kept, others, Reason::Copy));
        return Some(Verdict::Drop(Reason::Copy));
    }
    judgement.whole = Some(account_for_whole(article, kept, others, Reason::Update));
    judgement.changed_facts = facts;
    (rules.updates == Updates::Whole).then_some(Verdict::Keep)
}

fn all_changed_facts(article: &Article<'_>, rules: &Rules, covered: &[bool]) -> Vec<u32> {
    let with_words = article.print.passages.iter().filter(|passage| !passage.words.is_empty());
    with_words.enumerate().flat_map(|(nth, passage)| changed_facts(article, rules, passage, nth, covered)).collect()
}

/// The words of the whole article that others cover, gaps included, and the passages and gaps that equal a kept one.
pub(super) fn with_gaps(
    article: &Fingerprint,
    kept: &KeptText,
    others: &OthersCover,
    looked_up: &mut Vec<PassageKey>,
) -> (Vec<bool>, Vec<Equal<Source>>) {
    let mut covered = others.words.clone();
    let mut equal = Vec::new();
    let min_run = kept.shingles().min_run().words();
    for (passage, place) in article.passages.iter().zip(&others.equal) {
        if let Some(place) = place {
            equal.push(Equal { words: passage.words, place: Source::Other(*place) });
            continue;
        }
        if !others.words[passage.words.range()].contains(&true) {
            continue;
        }
        for gap in gaps(&others.words, passage.words, min_run) {
            let key = gap_key(&article.words, gap, kept);
            looked_up.push(key);
            if let Some(place) = kept.first_place_of_passage(key, &article.words[gap.range()]) {
                covered[gap.range()].fill(true);
                equal.push(Equal { words: gap, place: Source::Other(place) });
            }
        }
    }
    (covered, equal)
}

/// The receipts of an article that goes, or is named, as a whole: by others' kept text only.
fn account_for_whole(article: &Article<'_>, kept: &KeptText, others: &OthersCover, reason: Reason) -> Removal {
    let (covered, equal) = with_gaps(article.print, kept, others, &mut Vec::new());
    let cover = Cover { article: article.print, kept, others: Some(others), own: None, equal: &equal };
    let words = WordSpan::new(0, article.print.words.len());
    let (receipts, lost) = cover.account_for(words);
    Removal {
        reason,
        passage: 0,
        bytes: ByteSpan::new(0, article.text.len()),
        words,
        n_covered: covered.iter().filter(|&&word| word).count(),
        receipts,
        lost,
    }
}
