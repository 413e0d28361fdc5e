//! Changed facts: a near copy with another number is no copy.

use crate::corpus::Passage;
use crate::fingerprint::{Seed, scan_words};
use crate::split::is_default_ignorable;

/// A first passage of fewer words is a headline or a dateline.
const HEADLINE: usize = 30;
/// In this many passages at the top of an article ...
const N_TOP_PASSAGES: usize = 3;
/// ... this many first words are press numbers, datelines and time stamps.
const N_TOP_WORDS: usize = 10;

/// The words of `passage`, numbered as in the article's stream, that are changed facts. `covered` tells it of every word of the article's stream;
/// `nth` counts the passages with words, from 0.
pub(super) fn changed_facts(text: &str, passage: &Passage, nth: usize, covered: &[bool]) -> Vec<u32> {
    let n_words = passage.words.len();
    let flags = &covered[passage.words.range()];
    let n_covered = flags.iter().filter(|&&word| word).count();
    let is_headline = nth == 0 && n_words < HEADLINE;
    if n_covered == n_words || 2 * n_covered < n_words || is_headline {
        return Vec::new();
    }
    let n_exempt = if nth < N_TOP_PASSAGES { N_TOP_WORDS } else { 0 };
    let passage_text = &text[passage.bytes.range()];
    let mut facts = Vec::new();
    let mut at = 0;
    scan_words(passage_text, Seed(0), &mut |bytes, _| {
        let word = &passage_text[bytes.range()];
        let is_fact = at >= n_exempt
            && !flags[at]
            && word.contains(char::is_numeric)
            && !is_lone_in_brackets(&passage_text[..bytes.start as usize], word, &passage_text[bytes.end as usize..]);
        if is_fact {
            facts.push(passage.words.start + at as u32);
        }
        at += 1;
    });
    facts
}

/// Whether a number is a footnote mark: all that square brackets hold.
fn is_lone_in_brackets(before: &str, word: &str, after: &str) -> bool {
    let is_nothing = |c: char| c.is_whitespace() || is_default_ignorable(c);
    let is_alone = before.trim_end_matches(is_nothing).ends_with('[') && after.trim_start_matches(is_nothing).starts_with(']');
    is_alone && !word.contains(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{ByteSpan, WordSpan};

    /// The changed facts of a passage in which the words with a `*` behind them are uncovered.
    fn facts(text: &str, nth: usize) -> Vec<u32> {
        let covered: Vec<bool> = text.split_whitespace().map(|word| !word.contains('*')).collect();
        let passage =
            Passage { bytes: ByteSpan::new(0, text.len()), break_end: text.len() as u32, words: WordSpan::new(0, covered.len()) };
        changed_facts(text, &passage, nth, &covered)
    }

    #[test]
    fn a_changed_number_counts_but_not_at_the_top_and_not_in_brackets() {
        let filler = "eins zwei drei vier fünf sechs sieben acht neun zehn elf";
        for (text, nth, expected) in [
            (format!("{filler} 75* Milliarden"), 1, vec![11]),
            (format!("{filler} 75 Milliarden*"), 1, vec![]),
            (format!("75* {filler}"), 2, vec![]),
            (format!("75* {filler}"), 3, vec![0]),
            (format!("{filler} 75*"), 0, vec![]),
            (format!("{filler} {filler} {filler} 75*"), 0, vec![33]),
            (format!("{filler} [12*]"), 5, vec![11]),
            (format!("{filler} [A12*]"), 5, vec![11]),
            (format!("{filler} B12*"), 5, vec![11]),
            ("75* eins* zwei* drei vier".to_owned(), 5, vec![]),
        ] {
            assert_eq!(facts(&text, nth), expected, "{text}");
        }
        // The mark of this test stands between number and bracket above; without it the number is a footnote.
        assert!(is_lone_in_brackets("so ist es [ ", "12", "]."));
        assert!(!is_lone_in_brackets("so ist es [", "A12", "]."));
        assert!(!is_lone_in_brackets("so ist es [", "12", ", 13]"));
    }
}
