//! Two texts that say nearly the same, with what differs marked.

use std::collections::HashMap;
use std::ops::Range;

use super::html::text;
use crate::explain::{Run, word_diff};
use crate::fingerprint::{Seed, scan_words};
use crate::report::Example;

/// So many words in a row show that two places say the same.
const RUN: usize = 4;
/// So many words more are looked at on both sides of what is alike.
const MORE: usize = 8;

/// A text and its words.
struct Words<'a> {
    text: &'a str,
    places: Vec<Range<usize>>,
    hashes: Vec<u64>,
}

impl<'a> Words<'a> {
    fn of(text: &'a str) -> Self {
        let (mut places, mut hashes) = (Vec::new(), Vec::new());
        scan_words(text, Seed(0), &mut |bytes, hash| {
            places.push(bytes.range());
            hashes.push(hash);
        });
        Self { text, places, hashes }
    }

    /// Some of its words, with the text between them.
    fn part(&self, words: Range<usize>) -> &'a str {
        match (self.places.get(words.start), self.places.get(words.end.wrapping_sub(1))) {
            (Some(first), Some(last)) if !words.is_empty() => &self.text[first.start..last.end],
            _ => "",
        }
    }
}

/// What went, and the kept text that says the same, if that is known, with what differs marked.
pub(super) fn marked(example: &Example) -> (String, Option<String>) {
    let tail = if example.is_cut { " …" } else { "" };
    let Some(whole) = &example.kept_text else {
        return (format!("{}{tail}", with_marks(&example.text, &example.uncovered)), None);
    };
    let whole = Words::of(whole);
    let window = like(&Words::of(&example.text), &whole);
    let (mut left, mut right) = (String::new(), String::new());
    let runs = word_diff(&example.text, whole.part(window.clone()));
    let is_alike = |run: &Run<'_>| matches!(run, Run::Equal { after, .. } if after.contains(char::is_alphanumeric));
    // What stands around it in the kept text is no difference.
    let shown = match (runs.iter().position(is_alike), runs.iter().rposition(is_alike)) {
        (Some(first), Some(last)) => first..last + 1,
        _ => 0..runs.len(),
    };
    for (nth, run) in runs.into_iter().enumerate() {
        let is_shown = shown.contains(&nth);
        match run {
            Run::Equal { before, after } => {
                left += &text(before);
                let after = if nth == shown.start { after.trim_start_matches(|c: char| !c.is_alphanumeric()) } else { after };
                right += &if is_shown { text(after) } else { String::new() };
            }
            Run::Removed(gone) => left += &format!("<del>{}</del>", text(gone)),
            Run::Added(new) if is_shown => right += &format!("<ins>{}</ins>", text(new)),
            Run::Added(_) => {}
        }
    }
    let before = if window.start > 0 || shown.start > 0 { "… " } else { "" };
    (left + tail, Some(format!("{before}{} …", right.trim_end())))
}

/// A text of which nothing covers some bytes.
fn with_marks(whole: &str, marks: &[(usize, usize)]) -> String {
    let mut html = String::new();
    let mut at = 0;
    for &(from, to) in marks {
        let (Some(before), Some(marked)) = (whole.get(at..from), whole.get(from..to)) else { continue };
        html += &format!("{}<del>{}</del>", text(before), text(marked));
        at = to;
    }
    html + &text(&whole[at..])
}

/// The words of `whole` that are most like `gone`.
fn like(gone: &Words<'_>, whole: &Words<'_>) -> Range<usize> {
    let run = RUN.min(gone.hashes.len()).max(1);
    let runs: HashMap<&[u64], usize> = gone.hashes.windows(run).enumerate().rev().map(|(at, words)| (words, at)).collect();
    let hits: Vec<usize> =
        whole.hashes.windows(run).enumerate().filter(|(_, words)| runs.contains_key(words)).map(|(at, _)| at).collect();
    let width = gone.hashes.len() + gone.hashes.len() / 5 + run;
    let in_window = |first: usize| hits[first..].partition_point(|at| *at < hits[first] + width);
    let Some(first) = (0..hits.len()).rev().max_by_key(|first| in_window(*first)) else {
        return 0..width.min(whole.hashes.len());
    };
    let (start, last) = (hits[first], hits[first + in_window(first) - 1]);
    // What of `gone` comes before its first and after its last run has its place there, too.
    let before = runs[&whole.hashes[start..start + run]];
    let behind = gone
        .hashes
        .len()
        .saturating_sub(gone.hashes.windows(run).rposition(|words| words == &whole.hashes[last..last + run]).unwrap_or(0) + run);
    start.saturating_sub(before + MORE)..(last + run + behind + MORE).min(whole.hashes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_marked_on_both_sides() {
        let example = Example {
            text: "Der Rat hat am Montag beschlossen, die <alte> Brücke zu sperren.".to_owned(),
            kept_text: Some(
                "Ganz anderes steht davor, und zwar lang. Der Rat hat am Dienstag beschlossen, die <alte> Brücke wieder zu sperren. Danach kommt mehr, und noch viel mehr, und immer mehr als das."
                    .to_owned(),
            ),
            ..Example::default()
        };
        let (left, right) = marked(&example);
        assert_eq!(left, "Der Rat hat am <del>Montag</del> beschlossen, die &lt;alte&gt; Brücke zu sperren.");
        let right = right.expect("a text");
        assert_eq!(
            right,
            "… Der Rat hat am <ins>Dienstag</ins> beschlossen, die &lt;alte&gt; Brücke <ins>wieder</ins> zu sperren. …"
        );
    }

    #[test]
    fn without_the_kept_text_what_is_lost_is_marked() {
        let example = Example { text: "Eins zwei drei.".to_owned(), uncovered: vec![(5, 9)], is_cut: true, ..Example::default() };
        assert_eq!(marked(&example), ("Eins <del>zwei</del> drei. …".to_owned(), None));
    }

    #[test]
    fn texts_without_words_or_likeness_do_no_harm() {
        for (text, kept) in [("", ""), ("…", "Ein Wort."), ("Ein Wort.", ""), ("Ganz anderes.", "Nichts davon.")] {
            let example = Example { text: text.to_owned(), kept_text: Some(kept.to_owned()), ..Example::default() };
            assert!(marked(&example).1.is_some(), "{text} {kept}");
        }
    }
}
