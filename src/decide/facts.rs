//! Changed facts: a near copy with another number, or with another name, is no copy.

use super::rules::{Facts, Rules};
use super::verdict::Article;
use crate::corpus::Passage;
use crate::fingerprint::{Seed, scan_words};
use crate::split::{for_each_word, is_default_ignorable, sentences};

/// A first passage of fewer words is a headline or a dateline.
const HEADLINE: usize = 30;
/// In this many passages at the top of an article ...
const N_TOP_PASSAGES: usize = 3;
/// ... this many first words are press numbers, datelines and time stamps.
const N_TOP_WORDS: usize = 10;

/// The words of `passage`, numbered as in the article's stream, that are changed facts. `covered` tells it of every word of the article's stream;
/// `nth` counts the passages with words, from 0.
pub(super) fn changed_facts(article: &Article<'_>, rules: &Rules, passage: &Passage, nth: usize, covered: &[bool]) -> Vec<u32> {
    let n_words = passage.words.len();
    let flags = &covered[passage.words.range()];
    let n_covered = flags.iter().filter(|&&word| word).count();
    let is_headline = nth == 0 && n_words < HEADLINE;
    if n_covered == n_words || 2 * n_covered < n_words || is_headline {
        return Vec::new();
    }
    let n_exempt = if nth < N_TOP_PASSAGES { N_TOP_WORDS } else { 0 };
    let text = &article.text[passage.bytes.range()];
    let names = if rules.facts == Facts::Names && article.has_names { names(text) } else { Vec::new() };
    let mut facts = Vec::new();
    let mut at = 0;
    scan_words(text, Seed(0), &mut |bytes, _| {
        let word = &text[bytes.range()];
        let is_number = || {
            word.contains(char::is_numeric)
                && !is_lone_in_brackets(&text[..bytes.start as usize], word, &text[bytes.end as usize..])
        };
        if at >= n_exempt && !flags[at] && (is_number() || names.binary_search(&at).is_ok()) {
            facts.push(passage.words.start + at as u32);
        }
        at += 1;
    });
    facts
}

/// The words of a passage, by their number in it, that are names: those of two letters and more that begin with a capital letter though a sentence goes on there. In a headline that
/// writes most of its words so there are none.
fn names(text: &str) -> Vec<usize> {
    let begins: Vec<u32> = sentences(text).into_iter().map(|sentence| sentence.start).collect();
    let mut names = Vec::new();
    let (mut at, mut n_long, mut n_capital) = (0, 0, 0);
    // The word before: in which sentence it stands, and where it ends.
    let mut before = (0, 0);
    for_each_word(text, |bytes, word| {
        let nth_sentence = begins.partition_point(|&begin| begin <= bytes.start);
        if word.chars().filter(|c| c.is_alphabetic()).count() > 1 {
            n_long += 1;
            if word.starts_with(char::is_uppercase) {
                n_capital += 1;
                let goes_on = before.0 == nth_sentence && text[before.1..bytes.start as usize].chars().all(is_nothing_between);
                names.extend(goes_on.then_some(at));
            }
        }
        before = (nth_sentence, bytes.end as usize);
        at += 1;
    });
    if 2 * n_capital > n_long { Vec::new() } else { names }
}

/// Whether a sentence goes on over this character; after a colon, a dash, a quote or a bracket a capital letter may be the beginning's.
fn is_nothing_between(c: char) -> bool {
    c.is_whitespace() || is_default_ignorable(c) || matches!(c, ',' | '.')
}

/// Whether a number is a footnote mark: all that square brackets hold.
fn is_lone_in_brackets(before: &str, word: &str, after: &str) -> bool {
    let is_nothing = |c: char| c.is_whitespace() || is_default_ignorable(c);
    let is_alone = before.trim_end_matches(is_nothing).ends_with('[') && after.trim_start_matches(is_nothing).starts_with(']');
    is_alone && !word.contains(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::super::verdict::Candidates;
    use super::*;
    use crate::corpus::{ByteSpan, WordSpan};
    use crate::fingerprint::Fingerprint;

    /// The changed facts of a passage in which the words with a `*` behind them are uncovered.
    fn facts_of(text: &str, nth: usize, facts: Facts) -> Vec<u32> {
        let covered: Vec<bool> = text.split_whitespace().map(|word| !word.contains('*')).collect();
        let passage =
            Passage { bytes: ByteSpan::new(0, text.len()), break_end: text.len() as u32, words: WordSpan::new(0, covered.len()) };
        let (print, candidates) = (&Fingerprint::default(), Candidates::default());
        let article = Article { text, print, is_whole: true, repeats_itself: false, has_names: true, candidates };
        changed_facts(&article, &Rules { facts, ..Rules::default() }, &passage, nth, &covered)
    }

    fn facts(text: &str, nth: usize) -> Vec<u32> {
        facts_of(text, nth, Facts::Numbers)
    }

    #[test]
    fn a_changed_name_counts_where_only_names_have_a_capital_letter() {
        let filler = "the mayor said on that day at noon that he would";
        for (text, expected) in [
            // The filler has eleven words, the next is number 11.
            (format!("{filler} call Miller* and the rest"), vec![12]),
            (format!("{filler} call miller* and the rest"), vec![]),
            (format!("{filler} call Mr. Miller* and the rest"), vec![13]),
            (format!("{filler} call him. Miller* and the rest"), vec![]),
            (format!("{filler} say: Miller* and the rest"), vec![]),
            (format!("{filler} say “Miller* and the rest"), vec![]),
            (format!("{filler} call him, Miller*, and É* the rest Élan*"), vec![13, 18]),
            (format!("{filler} CALL THE OLD MAN MR MILLER* AND THE REST OF THEM ALL"), vec![]),
        ] {
            assert_eq!(facts_of(&text, 5, Facts::Names), expected, "{text}");
            assert_eq!(facts_of(&text, 5, Facts::Numbers), [0; 0], "{text}");
        }
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
