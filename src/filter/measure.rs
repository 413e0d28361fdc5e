//! What can be counted of a text. Layout plays no part: white space between passages, empty lines and hard wraps are not counted.

use std::collections::{HashMap, HashSet};

use memchr::memmem;
use xxhash_rust::xxh3::xxh3_64;

use crate::fingerprint::{MixedHashing, Seed, scan_words};
use crate::split::{ends_sentence, passages, sentences};

/// What a passage that is an item of a list begins with.
const BULLETS: [char; 8] = ['•', '●', '▪', '◦', '‣', '–', '-', '*'];
/// Of fewer passages nobody can say which share of them begins or ends like this: a headline and a text in one line are two.
const FEWEST_PASSAGES: usize = 5;
const ELLIPSES: [&str; 2] = ["…", "..."];

/// Slots of the tables that count words and pairs of them; the more, the fewer meet in one.
const SLOTS_A_WORD: usize = 4;
/// A text is in sentences if at least half of its words stand in sentences of at least so many words.
const SENTENCE_WORDS: usize = 6;

/// A text, taken apart for counting.
pub(super) struct Measured<'a> {
    text: &'a str,
    /// The passages that hold something, without white space at their ends.
    passages: Vec<&'a str>,
    words: Vec<Word>,
    /// How many characters the passages have.
    n_chars: usize,
    /// How many passages stand in the text before, and how many characters they have.
    repeated_passages: (usize, usize),
}

#[derive(Clone, Copy)]
struct Word {
    /// Equal for words that are compared as equal.
    hash: u64,
    n_chars: u32,
    has_letter: bool,
    /// It stands in the text not more often than this.
    n_times: u32,
    /// Whether it and the word after it may stand there twice.
    is_pair_repeated: bool,
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
        let mut words = Vec::with_capacity(text.len() / 6);
        scan_words(text, Seed(0), &mut |bytes, hash| {
            let word = &text[bytes.range()];
            let (n_chars, has_letter) = (word.chars().count() as u32, word.contains(char::is_alphabetic));
            words.push(Word { hash, n_chars, has_letter, n_times: 0, is_pair_repeated: false });
        });
        count_rows(&mut words);
        let mut seen: HashSet<u64, MixedHashing> = HashSet::with_capacity_and_hasher(passages.len(), MixedHashing::default());
        let (mut n_chars, mut repeated_passages) = (0, (0, 0));
        for passage in &passages {
            let n_chars_here = passage.chars().count();
            n_chars += n_chars_here;
            if !seen.insert(xxh3_64(passage.as_bytes())) {
                repeated_passages = (repeated_passages.0 + 1, repeated_passages.1 + n_chars_here);
            }
        }
        Self { text, passages, words, n_chars, repeated_passages }
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
        share(memmem::find_iter(self.text.as_bytes(), what).count(), self.words.len())
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

    /// Whether at least `n` words are among these.
    pub(super) fn has_among(&self, n: usize, words: &HashSet<u64, MixedHashing>) -> bool {
        self.words.iter().filter(|word| words.contains(&word.hash)).take(n).count() == n
    }

    /// Whether most of the text is sentences, and no labels, lists or tables.
    pub(super) fn is_in_sentences(&self) -> bool {
        let n_words = |sentence: &str| {
            let mut n_words = 0;
            scan_words(sentence, Seed(0), &mut |_, _| n_words += 1);
            n_words
        };
        let of_passage = |passage: &&str| -> usize {
            let sentences = sentences(passage).into_iter().map(|bytes| passage[bytes.range()].trim_end());
            sentences.filter(|sentence| ends_sentence(sentence)).map(n_words).filter(|&n| n >= SENTENCE_WORDS).sum()
        };
        self.passages.iter().map(of_passage).sum::<usize>() * 2 >= self.words.len()
    }

    /// The share of passages that stand in the text before.
    pub(super) fn repeated_passages(&self) -> Option<f64> {
        let n_passages = self.passages.len();
        (n_passages >= FEWEST_PASSAGES).then(|| share(self.repeated_passages.0, n_passages))
    }

    /// The share of characters in such passages, however many there are.
    pub(super) fn repeated_text(&self) -> f64 {
        share(self.repeated_passages.1, self.n_chars)
    }

    /// The share of characters in the `n` words in a row that, repeated, make up most of the text; or one that it surely doesn't reach, if that is within the limit.
    pub(super) fn top(&self, n: usize, limit: f64) -> f64 {
        let bound = self.most_of_top(n);
        if bound <= limit {
            return bound;
        }
        let mut rows: HashMap<u64, (usize, usize), MixedHashing> =
            HashMap::with_capacity_and_hasher(self.words.len(), MixedHashing::default());
        for row in self.words.windows(n) {
            let (n_times, n_chars) = rows.entry(row_number(row)).or_default();
            *n_times += 1;
            *n_chars += row_len(row);
        }
        // What stands there once repeats nothing, however much of a short text it is.
        let repeated = rows.into_values().filter(|(n_times, _)| *n_times > 1);
        share(repeated.map(|(_, n_chars)| n_chars).max().unwrap_or_default(), self.n_chars)
    }

    /// No words in a row stand in the text more often than each of them.
    fn most_of_top(&self, n: usize) -> f64 {
        let n_times = |row: &[Word]| row.iter().map(|word| word.n_times as usize).min().unwrap_or(0);
        let repeated = self.words.windows(n).filter(|row| n_times(row) > 1);
        share(repeated.map(|row| row_len(row) * n_times(row)).max().unwrap_or(0), self.n_chars)
    }

    /// The share of characters in `n` words in a row that stand in the text before; or one that it surely doesn't reach, if that is within the limit.
    pub(super) fn repeated(&self, n: usize, limit: f64) -> f64 {
        let bound = self.most_repeated(n);
        if bound <= limit {
            return bound;
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
        share(n_chars, self.n_chars)
    }

    /// Words in a row stand there twice only if each two of them do.
    fn most_repeated(&self, n: usize) -> f64 {
        let in_pairs = self.words.split_inclusive(|word| !word.is_pair_repeated);
        in_pairs.filter(|words| words.len() >= n).map(row_len).sum::<usize>() as f64 / self.n_chars.max(1) as f64
    }
}

/// Counts how often each word stands in a text, and whether it and the next one stand there twice; both rather too often than too seldom, since different ones may
/// meet in a slot.
fn count_rows(words: &mut [Word]) {
    let n_slots = (words.len() * SLOTS_A_WORD).next_power_of_two();
    let slot = |number: u64| (number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & (n_slots - 1);
    let (mut n_words, mut n_pairs) = (vec![0_u32; n_slots], vec![0_u8; n_slots]);
    words.iter().for_each(|word| n_words[slot(word.hash)] += 1);
    let pair_slot = |pair: &[Word]| slot(row_number(pair));
    words.windows(2).for_each(|pair| n_pairs[pair_slot(pair)] = n_pairs[pair_slot(pair)].saturating_add(1));
    for nth in 0..words.len() {
        words[nth].n_times = n_words[slot(words[nth].hash)];
        words[nth].is_pair_repeated = words.get(nth..nth + 2).is_some_and(|pair| n_pairs[pair_slot(pair)] > 1);
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
    use proptest::prelude::*;

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
        let among = ["ZWEI", "sechs"].map(word_number).into_iter().collect();
        assert_eq!((measured.has_among(2, &among), measured.has_among(3, &among)), (true, false));
        assert_eq!(measured.top(4, 0.0), 0.0, "nothing of four words is repeated");
        // "eins zwei" and "zwei 3" stand there twice; the first is longer.
        assert_eq!(measured.top(2, 0.0), 18.0 / 40.0);
        assert_eq!(
            (measured.repeated(2, 0.0), measured.repeated(3, 0.0), measured.repeated(5, 0.0)),
            (9.0 / 40.0, 11.0 / 40.0, 0.0)
        );
    }

    #[test]
    fn nothing_can_be_counted_of_nothing() {
        let measured = Measured::of(" \n");
        let counted = [
            measured.word_length(),
            measured.letters(),
            measured.repeated_text(),
            measured.top(2, 0.0),
            measured.repeated(5, 0.0),
        ];
        assert_eq!((measured.n_words(), counted), (0, [0.0; 5]));
        // Nor of the passages of a text that has hardly any.
        let flat = Measured::of("Eine Überschrift …\nUnd ein Text.");
        assert_eq!((flat.ellipsis_ends(), flat.passage_ends(), flat.repeated_passages()), (None, None, None));
    }

    #[test]
    fn a_text_in_sentences_is_told_from_labels_and_lists() {
        for (text, is) in [
            (
                "Altstadt: Brand\nIn einer Küche am Markt hat es am Abend gebrannt. Verletzt wurde niemand, der Schaden ist groß. (Mei/-12)",
                true,
            ),
            ("Pressestelle\nNachmittagsmeldung zum Bericht vom 13. Juni", false),
            ("Ja. Nein. Doch. Ach so. Na gut.", false),
            ("", true),
        ] {
            assert_eq!(Measured::of(text).is_in_sentences(), is, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_short_cut_never_changes_a_verdict(text in "((ein|zwei|drei|vier|fünf)[ \n]){0,60}", limit in 0.0..1.0_f64, n in 2..8_usize) {
            let measured = Measured::of(&text);
            // No limit is below 0: asked so, all is counted.
            prop_assert_eq!(measured.top(n, limit) <= limit, measured.top(n, -1.0) <= limit);
            prop_assert_eq!(measured.repeated(n, limit) <= limit, measured.repeated(n, -1.0) <= limit);
        }
    }
}
