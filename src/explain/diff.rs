//! Two texts side by side: which words they share, in order, and which only one of them has.

use crate::corpus::ByteSpan;
use crate::fingerprint::{Seed, scan_words};

/// A stretch of two texts that are compared. All first texts joined are the first text, all second ones the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run<'a> {
    /// The same words in both, each as it is written there; what stands around words that differ, too.
    Equal {
        /// In the first text.
        before: &'a str,
        /// In the second.
        after: &'a str,
    },
    /// Only the first text has these words.
    Removed(&'a str),
    /// Only the second has these.
    Added(&'a str),
}

/// From so many differing words on, what lies between the common beginning and end is all different: nobody would read it word by word.
const MOST_DIFFERENCES: usize = 2_000;

/// Aligns the words of two texts: as few as possible differ. Words are equal when their matching forms are, so case and punctuation make no difference.
pub fn word_diff<'a>(before: &'a str, after: &'a str) -> Vec<Run<'a>> {
    let [left, right] = [before, after].map(words);
    let mut runs = Runs { texts: [before, after], words: [&left, &right], done: [0, 0], runs: Vec::new() };
    for (removed, added) in changed(&left, &right) {
        runs.equal_up_to([removed.start, added.start]);
        runs.differ([removed.end, added.end]);
    }
    runs.equal_up_to([left.len(), right.len()]);
    runs.runs
}

type Word = (ByteSpan, u64);
/// Words of the first text in whose place the second has others.
type Changed = (std::ops::Range<usize>, std::ops::Range<usize>);

fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    scan_words(text, Seed(0), &mut |bytes, hash| words.push((bytes, hash)));
    words
}

/// What differs, in order.
fn changed(left: &[Word], right: &[Word]) -> Vec<Changed> {
    let same = |(a, b): &(&Word, &Word)| a.1 == b.1;
    let head = left.iter().zip(right).take_while(same).count();
    let (left, right) = (&left[head..], &right[head..]);
    let tail = left.iter().rev().zip(right.iter().rev()).take_while(same).count();
    let (left, right) = (&left[..left.len() - tail], &right[..right.len() - tail]);
    if left.is_empty() && right.is_empty() {
        return Vec::new();
    }
    let whole = || vec![(0..left.len(), 0..right.len())];
    let found = if left.is_empty() || right.is_empty() { whole() } else { shortest(left, right).unwrap_or_else(whole) };
    found.into_iter().map(|(a, b)| (a.start + head..a.end + head, b.start + head..b.end + head)).collect()
}

/// The fewest words that differ (E. W. Myers, "An O(ND) Difference Algorithm", 1986); `None` if there are too many.
fn shortest(left: &[Word], right: &[Word]) -> Option<Vec<Changed>> {
    let (n_left, n_right) = (left.len() as isize, right.len() as isize);
    let most = (left.len() + right.len()).min(MOST_DIFFERENCES);
    // Of each number of differences, how far in `left` each diagonal gets; diagonal k is entry k + number.
    let mut reached: Vec<Vec<isize>> = Vec::new();
    for n_different in 0..=most as isize {
        let mut furthest = vec![0; 2 * n_different as usize + 1];
        for k in (-n_different..=n_different).step_by(2) {
            let mut x = entry(&reached, n_different, k);
            while x < n_left && x - k < n_right && left[x as usize].1 == right[(x - k) as usize].1 {
                x += 1;
            }
            furthest[(k + n_different) as usize] = x;
            if x >= n_left && x - k >= n_right {
                return Some(walked_back(&reached, n_different, k));
            }
        }
        reached.push(furthest);
    }
    None
}

/// Where diagonal `k` is entered by difference number `n_different`: by a word that only the second text has, or by one that only the first has.
fn entry(reached: &[Vec<isize>], n_different: isize, k: isize) -> isize {
    let Some(before) = reached.get((n_different - 1) as usize).filter(|_| n_different > 0) else { return 0 };
    if is_added(before, n_different, k) { at(before, n_different, k + 1) } else { at(before, n_different, k - 1) + 1 }
}

fn is_added(before: &[isize], n_different: isize, k: isize) -> bool {
    k == -n_different || k != n_different && at(before, n_different, k - 1) < at(before, n_different, k + 1)
}

fn at(before: &[isize], n_different: isize, k: isize) -> isize {
    before[(k + n_different - 1) as usize]
}

/// The way back from the end: the words that were passed by differences, those in a row together.
fn walked_back(reached: &[Vec<isize>], n_different: isize, mut k: isize) -> Vec<Changed> {
    let mut changes: Vec<Changed> = Vec::new();
    for nth in (1..=n_different).rev() {
        let before = &reached[(nth - 1) as usize];
        let x = entry(reached, nth, k);
        let (to_x, to_y) = (x as usize, (x - k) as usize);
        let is_added = is_added(before, nth, k);
        let (from_x, from_y) = if is_added { (to_x, to_y - 1) } else { (to_x - 1, to_y) };
        match changes.last_mut() {
            Some((left, right)) if left.start == to_x && right.start == to_y => (left.start, right.start) = (from_x, from_y),
            _ => changes.push((from_x..to_x, from_y..to_y)),
        }
        k += if is_added { 1 } else { -1 };
    }
    changes.reverse();
    changes
}

/// The runs while they are put together.
struct Runs<'a, 'b> {
    texts: [&'a str; 2],
    words: [&'b [Word]; 2],
    /// How many bytes of each text are in runs.
    done: [usize; 2],
    runs: Vec<Run<'a>>,
}

impl<'a> Runs<'a, '_> {
    /// All up to these words is equal.
    fn equal_up_to(&mut self, ends: [usize; 2]) {
        let byte = |side: usize| self.words[side].get(ends[side]).map_or(self.texts[side].len(), |word| word.0.start as usize);
        let ends = [byte(0), byte(1)];
        let [before, after] = [self.take(0, ends[0]), self.take(1, ends[1])];
        if !before.is_empty() || !after.is_empty() {
            self.runs.push(Run::Equal { before, after });
        }
    }

    /// All up to the word before each of these differs.
    fn differ(&mut self, ends: [usize; 2]) {
        let byte = |side: usize| ends[side].checked_sub(1).map_or(0, |last| self.words[side][last].0.end as usize);
        let ends = [byte(0), byte(1)];
        let [removed, added] = [self.take(0, ends[0]), self.take(1, ends[1])];
        self.runs.extend((!removed.is_empty()).then_some(Run::Removed(removed)));
        self.runs.extend((!added.is_empty()).then_some(Run::Added(added)));
    }

    fn take(&mut self, side: usize, end: usize) -> &'a str {
        let start = self.done[side];
        self.done[side] = end.max(start);
        &self.texts[side][start..end.max(start)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Removed words in `[]`, added ones in `{}`, equal ones as the first text has them.
    fn shown(before: &str, after: &str) -> String {
        let show = |run: &Run<'_>| match run {
            Run::Equal { before, .. } => (*before).to_owned(),
            Run::Removed(text) => format!("[{text}]"),
            Run::Added(text) => format!("{{{text}}}"),
        };
        word_diff(before, after).iter().map(show).collect()
    }

    #[test]
    fn as_few_words_as_possible_differ() {
        for (before, after, expected) in [
            ("", "", ""),
            ("Eins, zwei!", "", "[Eins, zwei]!"),
            ("", "Eins", "{Eins}"),
            ("Am Montag, „80“ Kilo", "am montag 90 kilo", "Am Montag, „[80]{90}“ Kilo"),
            ("a b c d", "a c d", "a [b] c d"),
            ("a c d", "a b c d", "a {b}c d"),
            ("a b c a b b a", "c b a b a c", "[a b] c {b}a b [b] a{c}"),
            ("x a b c", "a b c y", "[x] a b c{y}"),
            ("...", "!", "..."),
        ] {
            assert_eq!(shown(before, after), expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn runs_joined_are_the_texts() {
        let mut random = 7_u32;
        let mut text = || -> String {
            let mut word = || {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                ["a ", "B, ", "c\n", "ä ", "— "][(random >> 24) as usize % 5]
            };
            (0..12).map(|_| word()).collect()
        };
        for _ in 0..500 {
            let (before, after) = (text(), text());
            let runs = word_diff(&before, &after);
            let side = |nth: usize| -> String {
                let piece = |run: &Run<'_>| match *run {
                    Run::Equal { before, after } => [before, after][nth].to_owned(),
                    Run::Removed(text) => if nth == 0 { text } else { "" }.to_owned(),
                    Run::Added(text) => if nth == 1 { text } else { "" }.to_owned(),
                };
                runs.iter().map(piece).collect()
            };
            assert_eq!([side(0), side(1)], [before.as_str(), after.as_str()]);
            let equal =
                runs.iter().filter_map(|run| if let Run::Equal { before, after } = run { Some((before, after)) } else { None });
            for (before, after) in equal {
                let hashes = |text| words(text).into_iter().map(|word| word.1).collect::<Vec<_>>();
                assert_eq!(hashes(before), hashes(after), "{before:?} {after:?}");
            }
        }
    }

    #[test]
    fn what_has_too_much_that_differs_is_different_as_a_whole() {
        let [before, after] = ["a", "b"].map(|letter| format!("Kopf {} Ende", format!("{letter} ").repeat(1_500)));
        assert_eq!(word_diff(&before, &after).len(), 4);
    }
}
