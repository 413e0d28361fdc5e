//! Verdict 3: whole sentences are cut from a passage that stays.

use super::coverage::Equal;
use super::passages::Walk;
use super::receipt::Source;
use super::rules::MinCut;
use super::verdict::{Reason, Removal};
use crate::corpus::{ByteSpan, WordSpan};
use crate::fingerprint::{PassageKey, Seed, scan_words};
use crate::split::sentences;

/// Some sentences of a passage, in a row.
#[derive(Debug, Clone, Copy)]
struct Sentences {
    /// Their bytes in the passage, with the white space after them.
    bytes: ByteSpan,
    /// Their words in the article's stream.
    words: WordSpan,
}

/// A passage while it is gone through sentence by sentence.
struct Cutting {
    nth: usize,
    min_cut: usize,
    /// For each word of the passage, whether a run covers it: of those passed, as it was in their turn.
    base: Vec<bool>,
    /// Sentences that will be cut if their row gets long enough, and the gaps in them that equal a kept passage.
    row: Option<Sentences>,
    equal: Vec<Equal<Source>>,
    /// What was kept of the passage so far, and what was cut.
    kept: Vec<WordSpan>,
    n_cuts: usize,
}

impl Walk<'_> {
    /// Keeps a passage, but for the rows of sentences that are cut from it.
    pub(super) fn judge_sentences(&mut self, nth: usize) {
        let passage = self.article.print.passages[nth];
        if self.is_new(nth) && !self.own.may_repeat_in(passage.words) {
            return self.keep_passage(nth);
        }
        let cover = self.cover(nth);
        let min_cut = match self.rules.min_cut {
            MinCut::Words(min_cut) if self.may_be_cut(passage.words, &cover.all, min_cut) => min_cut,
            _ => return self.keep_passage(nth),
        };
        let mut cutting = Cutting { nth, min_cut, base: cover.base, row: None, equal: Vec::new(), kept: Vec::new(), n_cuts: 0 };
        let text = &self.article.text[passage.bytes.range()];
        for sentence in sentences_with_words(text, passage.words.start as usize) {
            let is_covered = self.is_covered(&sentence, &mut cutting);
            match &mut cutting.row {
                Some(row) if is_covered => {
                    row.bytes.end = sentence.bytes.end;
                    row.words.end = sentence.words.end;
                }
                None if is_covered && !sentence.words.is_empty() => cutting.row = Some(sentence),
                _ => {
                    self.close_sentences(&mut cutting);
                    self.keep_sentences(&mut cutting, sentence.words);
                }
            }
        }
        self.close_sentences(&mut cutting);
        self.end_passage(&cutting, text);
    }

    /// Whether a row long enough can come about: from what is covered now, or from what the article's own text may come to cover.
    fn may_be_cut(&self, words: WordSpan, covered: &[bool], min_cut: usize) -> bool {
        if words.len() < min_cut {
            return false;
        }
        if self.own.may_repeat_across_seam(words) {
            return true;
        }
        let min_run = self.rules.min_run.words();
        let (start, end) = (words.start as usize, words.end as usize);
        let mut flags = covered.to_vec();
        let mut marked_to = start;
        for run in (start + 1).saturating_sub(min_run)..end {
            let run_end = (run + min_run).min(end);
            if self.own.may_repeat(run) && marked_to < run_end {
                flags[run.max(marked_to) - start..run_end - start].fill(true);
                marked_to = run_end;
            }
        }
        // Between such words there may be gaps that equal a kept passage. If less comes to be covered than is marked, gaps reach further: any stretch that is short
        // enough may lie in one.
        let gaps = if marked_to > start { 1..min_run } else { 0..0 };
        let mut in_a_row = 0;
        flags.chunk_by(|a, b| a == b).any(|stretch| {
            in_a_row = if stretch[0] || gaps.contains(&stretch.len()) { in_a_row + stretch.len() } else { 0 };
            in_a_row >= min_cut
        })
    }

    /// Whether all words of a sentence are covered now.
    fn is_covered(&mut self, sentence: &Sentences, cutting: &mut Cutting) -> bool {
        let within = self.article.print.passages[cutting.nth].words;
        // A gap that reaches out of the sentence is shorter than a run, so no word beyond matters.
        let reach = self.rules.min_run.words();
        let ahead = WordSpan::new(sentence.words.start as usize, (sentence.words.end as usize + reach).min(within.end as usize));
        self.mark_own_runs(ahead, within, &mut cutting.base);
        if cutting.row.is_none() {
            cutting.equal.clear();
        }
        let around =
            WordSpan::new((sentence.words.start as usize).saturating_sub(reach).max(within.start as usize), ahead.end as usize);
        let first_gap = cutting.equal.len();
        self.find_gaps(sentence.words, around, within.start as usize, &cutting.base, &mut cutting.equal);
        let gaps = &cutting.equal[first_gap..];
        sentence
            .words
            .range()
            .all(|word| cutting.base[word - within.start as usize] || gaps.iter().any(|gap| gap.words.range().contains(&word)))
    }

    /// The row of covered sentences ends: it is cut, or too short and kept.
    fn close_sentences(&mut self, cutting: &mut Cutting) {
        let Some(row) = cutting.row.take() else { return };
        if row.words.len() < cutting.min_cut {
            return self.keep_sentences(cutting, row.words);
        }
        let passage = &self.article.print.passages[cutting.nth];
        let text = &self.article.text[passage.bytes.range()];
        let is_at_end = row.bytes.end as usize == text.len();
        let start = if is_at_end { text[..row.bytes.start as usize].trim_end().len() } else { row.bytes.start as usize };
        let (receipts, lost) = self.receipts(&cutting.equal).account_for(row.words);
        self.removals.push(Removal {
            reason: Reason::Part,
            passage: cutting.nth,
            bytes: ByteSpan::new(start, row.bytes.end as usize).shifted(passage.bytes.start as usize),
            words: row.words,
            n_covered: row.words.len(),
            receipts,
            lost,
        });
        cutting.n_cuts += 1;
    }

    fn keep_sentences(&mut self, cutting: &mut Cutting, words: WordSpan) {
        self.own.keep(words);
        cutting.kept.push(words);
    }

    /// Notes what is left of the passage as a kept passage.
    fn end_passage(&mut self, cutting: &Cutting, text: &str) {
        let n_words: usize = cutting.kept.iter().map(|words| words.len()).sum();
        let key = if cutting.n_cuts == 0 { self.article.key_of(cutting.nth) } else { self.key_of_rest(cutting, text) };
        if let Some(key) = key {
            self.kept_passages.push(((self.own.n_words() - n_words) as u32, key));
        }
        self.own.end_passage(n_words);
    }

    /// The key of what is left of a passage that was cut.
    fn key_of_rest(&self, cutting: &Cutting, text: &str) -> Option<PassageKey> {
        let shingles = self.kept.shingles();
        let is_kept = |word: usize| cutting.kept.iter().any(|words| words.range().contains(&word));
        let words: Vec<_> = cutting.kept.iter().flat_map(|words| &self.article.print.words[words.range()]).copied().collect();
        if words.len() >= shingles.min_run().words() {
            return None;
        }
        let mut key = shingles.passage_key();
        let mut word = self.article.print.passages[cutting.nth].words.start as usize;
        scan_words(text, shingles.seed(), &mut |_, hash| {
            if is_kept(word) {
                key.add(hash);
            }
            word += 1;
        });
        key.take(&words)
    }
}

/// The rows of sentences of a passage of which every word is `covered`, as the article's stream counts words: their bytes in the passage, and their words.
pub(super) fn rows_of_covered_sentences(passage: &str, first_word: usize, covered: &[bool]) -> Vec<(ByteSpan, WordSpan)> {
    let mut rows = Vec::new();
    let mut row: Option<Sentences> = None;
    for sentence in sentences_with_words(passage, first_word) {
        let is_covered = covered[sentence.words.range()].iter().all(|&word| word);
        match &mut row {
            Some(row) if is_covered => (row.bytes.end, row.words.end) = (sentence.bytes.end, sentence.words.end),
            None if is_covered && !sentence.words.is_empty() => row = Some(sentence),
            _ => rows.extend(row.take()),
        }
    }
    rows.extend(row);
    rows.into_iter().map(|row| (row.bytes, row.words)).collect()
}

/// The sentences of a passage whose first word is number `first_word` of the article's stream. A word belongs to the sentence in which it begins.
fn sentences_with_words(passage: &str, first_word: usize) -> Vec<Sentences> {
    let mut starts = Vec::new();
    scan_words(passage, Seed(0), &mut |bytes, _| starts.push(bytes.start));
    let mut first = 0;
    let with_words = |bytes: ByteSpan| {
        let last = first + starts[first..].partition_point(|&start| start < bytes.end);
        let words = WordSpan::new(first_word + first, first_word + last);
        first = last;
        Sentences { bytes, words }
    };
    sentences(passage).into_iter().map(with_words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_belongs_to_one_sentence() {
        let found = sentences_with_words("Eins zwei! Drei, vier! Fünf", 10);
        let words: Vec<_> = found.iter().map(|sentence| (sentence.words.start, sentence.words.end)).collect();
        assert_eq!(words, [(10, 12), (12, 14), (14, 15)]);
    }
}
