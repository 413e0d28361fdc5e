//! What can be counted of a text. Layout plays no part: white space between passages, empty lines and hard wraps are not counted.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use crate::fingerprint::{MixedHashing, Seed, scan_words};
use crate::split::{ends_sentence, passages};

/// What a passage that is an item of a list begins with.
const BULLETS: [char; 8] = ['•', '●', '▪', '◦', '‣', '–', '-', '*'];
/// Of fewer passages nobody can say which share of them begins or ends like this: a headline and a text in one line are two.
const FEWEST_PASSAGES: usize = 5;
const ELLIPSES: [&str; 2] = ["…", "..."];

/// A text, taken apart for counting.
pub(super) struct Measured<'a> {
    /// The passages that hold something, without white space at their ends.
    passages: Vec<&'a str>,
    words: Vec<Word>,
    /// How many characters the passages have.
    n_chars: usize,
    /// So many words in a row are known to stand nowhere in the text twice.
    unrepeated: Cell<Option<usize>>,
}

#[derive(Clone, Copy)]
struct Word {
    /// Equal for words that are compared as equal.
    hash: u64,
    n_chars: u32,
    has_letter: bool,
}

/// The number that stands for a word, whatever its case.
pub(super) fn word_number(word: &str) -> u64 {
    let mut number = 0;
    scan_words(word, Seed(0), &mut |_, hash| number = hash);
    number
}

/// A part of a whole; of nothing, there is no part.
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

impl<'a> Measured<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let passages = passages(text).into_iter().map(|(bytes, _)| text[bytes.range()].trim());
        let passages: Vec<&str> = passages.filter(|passage| !passage.is_empty()).collect();
        let mut words = Vec::new();
        scan_words(text, Seed(0), &mut |bytes, hash| {
            let word = &text[bytes.range()];
            words.push(Word { hash, n_chars: word.chars().count() as u32, has_letter: word.contains(char::is_alphabetic) });
        });
        let n_chars = passages.iter().map(|passage| passage.chars().count()).sum();
        Self { passages, words, n_chars, unrepeated: Cell::new(None) }
    }

    pub(super) fn n_words(&self) -> usize {
        self.words.len()
    }

    /// Characters of a word, on average.
    pub(super) fn word_length(&self) -> f64 {
        share(self.words.iter().map(|word| word.n_chars as usize).sum(), self.words.len())
    }

    pub(super) fn symbols_per_word(&self) -> f64 {
        self.per_word("#")
    }

    pub(super) fn ellipses_per_word(&self) -> f64 {
        ELLIPSES.iter().map(|ellipsis| self.per_word(ellipsis)).sum()
    }

    fn per_word(&self, what: &str) -> f64 {
        share(self.passages.iter().map(|passage| passage.matches(what).count()).sum(), self.words.len())
    }

    /// The share of passages that begin with a bullet.
    pub(super) fn bullets(&self) -> Option<f64> {
        self.share_of_passages(|passage| passage.starts_with(BULLETS))
    }

    /// The share of passages that end with an ellipsis.
    pub(super) fn ellipsis_ends(&self) -> Option<f64> {
        self.share_of_passages(|passage| ELLIPSES.iter().any(|ellipsis| passage.ends_with(ellipsis)))
    }

    /// The share of passages that end a sentence.
    pub(super) fn passage_ends(&self) -> Option<f64> {
        self.share_of_passages(ends_sentence)
    }

    /// `None` where they are too few.
    fn share_of_passages(&self, mut holds: impl FnMut(&'a str) -> bool) -> Option<f64> {
        let n_passages = self.passages.len();
        let n_holding = || self.passages.iter().filter(|passage| holds(passage)).count();
        (n_passages >= FEWEST_PASSAGES).then(n_holding).map(|n_holding| share(n_holding, n_passages))
    }

    pub(super) fn passages_per_word(&self) -> f64 {
        share(self.passages.len(), self.words.len())
    }

    /// The share of words that hold a letter.
    pub(super) fn letters(&self) -> f64 {
        share(self.words.iter().filter(|word| word.has_letter).count(), self.words.len())
    }

    /// How many words are among these.
    pub(super) fn n_among(&self, words: &HashSet<u64, MixedHashing>) -> usize {
        self.words.iter().filter(|word| words.contains(&word.hash)).count()
    }

    /// The share of passages that stand in the text before.
    pub(super) fn repeated_passages(&self) -> Option<f64> {
        let mut seen = HashSet::new();
        self.share_of_passages(|passage| !seen.insert(passage))
    }

    /// The share of characters in such passages, however many there are.
    pub(super) fn repeated_text(&self) -> f64 {
        let mut seen = HashSet::new();
        let repeated = self.passages.iter().filter(|passage| !seen.insert(**passage));
        share(repeated.map(|passage| passage.chars().count()).sum(), self.n_chars)
    }

    /// The share of characters in the `n` words in a row that make up most of the text.
    pub(super) fn top(&self, n: usize) -> f64 {
        let mut n_chars_of: HashMap<u64, usize, MixedHashing> =
            HashMap::with_capacity_and_hasher(self.words.len(), MixedHashing::default());
        for row in self.words.windows(n) {
            *n_chars_of.entry(row_number(row)).or_default() += row_len(row);
        }
        share(n_chars_of.into_values().max().unwrap_or_default(), self.n_chars)
    }

    /// The share of characters in `n` words in a row that stand in the text before.
    pub(super) fn repeated(&self, n: usize) -> f64 {
        // Where so many don't, more don't either; most texts are done with the fewest that are asked for.
        if self.unrepeated.get().is_some_and(|unrepeated| unrepeated <= n) {
            return 0.0;
        }
        let mut seen: HashSet<u64, MixedHashing> = HashSet::with_capacity_and_hasher(self.words.len(), MixedHashing::default());
        let (mut at, mut n_chars) = (0, 0);
        while let Some(row) = self.words.get(at..at + n) {
            if seen.insert(row_number(row)) {
                at += 1;
            } else {
                n_chars += row_len(row);
                at += n;
            }
        }
        if n_chars == 0 {
            self.unrepeated.set(Some(n));
        }
        share(n_chars, self.n_chars)
    }
}

/// A number that stands for words in a row.
fn row_number(row: &[Word]) -> u64 {
    row.iter().fold(0, |number, word| (number ^ word.hash).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29))
}

/// The characters of words in a row, with a space between them.
fn row_len(row: &[Word]) -> usize {
    row.iter().map(|word| word.n_chars as usize).sum::<usize>() + row.len() - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_counted_in_words_and_passages_whatever_its_layout() {
        let text = "Eins zwei 3.\n\n  - vier … \r\n#fünf\nund\nEins zwei 3.\n";
        let measured = Measured::of(text);
        assert_eq!(measured.n_words(), 9);
        assert_eq!(measured.passages, ["Eins zwei 3.", "- vier …", "#fünf", "und", "Eins zwei 3."]);
        assert_eq!(measured.word_length(), 29.0 / 9.0);
        assert_eq!((measured.symbols_per_word(), measured.ellipses_per_word()), (1.0 / 9.0, 1.0 / 9.0));
        assert_eq!((measured.bullets(), measured.ellipsis_ends(), measured.passage_ends()), (Some(0.2), Some(0.2), Some(0.6)));
        assert_eq!((measured.letters(), measured.passages_per_word()), (7.0 / 9.0, 5.0 / 9.0));
        assert_eq!((measured.repeated_passages(), measured.repeated_text()), (Some(0.2), 12.0 / 40.0));
        assert_eq!(measured.n_among(&["ZWEI", "sechs"].map(word_number).into_iter().collect()), 2);
        // "eins zwei" and "zwei 3" stand there twice; the first is longer.
        assert_eq!(measured.top(2), 18.0 / 40.0);
        assert_eq!((measured.repeated(2), measured.repeated(3), measured.repeated(5)), (9.0 / 40.0, 11.0 / 40.0, 0.0));
        assert_eq!((measured.repeated(6), measured.repeated(3)), (0.0, 11.0 / 40.0));
    }

    #[test]
    fn nothing_can_be_counted_of_nothing() {
        let measured = Measured::of(" \n");
        let counted =
            [measured.word_length(), measured.letters(), measured.repeated_text(), measured.top(2), measured.repeated(5)];
        assert_eq!((measured.n_words(), counted), (0, [0.0; 5]));
        // Nor of the passages of a text that has hardly any.
        let flat = Measured::of("Eine Überschrift …\nUnd ein Text.");
        assert_eq!((flat.ellipsis_ends(), flat.passage_ends(), flat.repeated_passages()), (None, None, None));
    }
}
