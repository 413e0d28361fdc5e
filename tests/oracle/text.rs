//! Text to parts, passages and sentences: ranges of bytes, nothing about words.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// A passage, and the words that begin in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passage {
    pub(super) content: Range<usize>,
    /// The line break after it; empty where there is none.
    pub(super) line_break: Range<usize>,
    /// Filled in by whoever knows the words.
    pub(super) words: Range<usize>,
}

/// > it ends with one of `. ! ? : ; …` or their full-width, Arabic or Devanagari forms
const SENTENCE_ENDS: [char; 18] =
    ['.', '!', '?', ':', ';', '…', '．', '！', '？', '：', '；', '。', '｡', '؟', '؛', '۔', '।', '॥'];

/// > quotes and brackets at its end aside
const CLOSING: [char; 26] = [
    '"', '\'', '»', '«', '”', '“', '„', '’', '‘', '‚', '›', '‹', ')', ']', '}', '」', '』', '）', '］', '】', '》', '〉', '｠',
    '｣', '〗', '〕',
];

/// What may stand right before an abbreviation.
const OPENING: [char; 13] = ['"', '\'', '»', '«', '„', '“', '‘', '‚', '›', '‹', '(', '[', '{'];

/// Every line separator of Unicode; to a sentence they are spaces.
const LINE_SEPARATORS: [char; 7] = ['\n', '\r', '\u{0B}', '\u{0C}', '\u{85}', '\u{2028}', '\u{2029}'];

/// > A part ends after the first line break that ends past 1 MiB of it, if there is one within 2
/// > MiB, else at the last word border within 2 MiB (where there is none, at the last character
/// > border).
pub(super) fn parts(text: &str, part_bytes: (usize, usize)) -> Vec<Range<usize>> {
    let (wanted, most) = part_bytes;
    let mut parts = Vec::new();
    let mut start = 0;
    while text.len() - start > wanted {
        let rest = &text[start..];
        let end = line_breaks(rest)
            .map(|line_break| line_break.end)
            .take_while(|end| *end <= most)
            .find(|end| *end > wanted)
            .or_else(|| last_within(most, rest.split_word_bounds()))
            .or_else(|| last_within(most, rest.split_inclusive(|_| true)))
            .unwrap_or_else(|| rest.chars().next().map_or(rest.len(), char::len_utf8));
        parts.push(start..start + end);
        start += end;
    }
    if start < text.len() {
        parts.push(start..text.len());
    }
    parts
}

/// Where the last of these neighbouring pieces ends that ends within so many bytes.
fn last_within<'a>(most: usize, pieces: impl Iterator<Item = &'a str>) -> Option<usize> {
    pieces
        .scan(0, |end, piece| {
            *end += piece.len();
            Some(*end)
        })
        .take_while(|end| *end <= most)
        .last()
}

/// > A line ends at LF, CR LF or CR.
fn line_breaks(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    (0..bytes.len()).filter_map(move |at| match bytes[at] {
        b'\n' if at > 0 && bytes[at - 1] == b'\r' => None, // the second half of a CR LF
        b'\n' => Some(at..at + 1),
        b'\r' if bytes.get(at + 1) == Some(&b'\n') => Some(at..at + 2),
        b'\r' => Some(at..at + 1),
        _ => None,
    })
}

/// > Passages are lines, the empty ones too; a line break at the very end of the text ends the last
/// > passage and opens no further one.
fn lines(text: &str) -> Vec<Passage> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line_break in line_breaks(text) {
        let end = line_break.end;
        lines.push(Passage { content: start..line_break.start, line_break, words: 0..0 });
        start = end;
    }
    if start < text.len() {
        lines.push(Passage { content: start..text.len(), line_break: text.len()..text.len(), words: 0..0 });
    }
    lines
}

/// The lines of a text, or, where it is hard-wrapped, what they were before.
pub(super) fn passages(text: &str) -> Vec<Passage> {
    let lines = lines(text);
    let written: Vec<&str> = lines.iter().map(|l| &text[l.content.clone()]).collect();
    if !is_hard_wrapped(&written) {
        return lines;
    }
    let longest = percentile_90(&written);
    let mut passages: Vec<Passage> = Vec::new();
    for (i, line) in lines.into_iter().enumerate() {
        match passages.last_mut() {
            Some(open) if !is_border(written[i - 1], written[i], longest) => {
                open.content.end = line.content.end;
                open.line_break = line.line_break;
            }
            _ => passages.push(line),
        }
    }
    passages
}

/// > A text is **hard-wrapped** when, of its breaks between two non-empty lines, at least 3 and at
/// > least 15 % are *inner*: the line before doesn't end a sentence and the line after begins
/// > (white space aside) with a lower-case letter.
fn is_hard_wrapped(lines: &[&str]) -> bool {
    let mut n_breaks = 0;
    let mut n_inner = 0;
    for pair in lines.windows(2) {
        if !is_empty(pair[0]) && !is_empty(pair[1]) {
            n_breaks += 1;
            n_inner += usize::from(!ends_sentence(pair[0]) && begins_lower(pair[1]));
        }
    }
    n_inner >= 3 && n_inner * 100 >= n_breaks * 15
}

/// > In such a text a break between two non-empty lines is no border when the line before doesn't
/// > end a sentence and either the next line begins with a lower-case letter or `line + 1 + token`
/// > is longer than the text's 90th-percentile line.
fn is_border(line: &str, next: &str, longest: usize) -> bool {
    if is_empty(line) || is_empty(next) || ends_sentence(line) {
        return true;
    }
    !(begins_lower(next) || length(line) + 1 + first_token(next) > longest)
}

/// > the percentile is the smallest length that at least 90 % of the non-empty lines do not exceed
fn percentile_90(lines: &[&str]) -> usize {
    let full = lines.iter().filter(|line| !is_empty(line));
    let mut lengths: Vec<usize> = full.map(|line| length(line)).collect();
    lengths.sort_unstable();
    let reaches = |(i, _): &(usize, &usize)| (i + 1) * 10 >= lengths.len() * 9;
    let found = lengths.iter().enumerate().find(reaches);
    *found.expect("a hard-wrapped text has lines").1
}

/// > A line is *empty* when it holds nothing but white space.
fn is_empty(line: &str) -> bool {
    line.trim().is_empty()
}

fn begins_lower(line: &str) -> bool {
    line.trim().chars().next().is_some_and(char::is_lowercase)
}

/// > A line ends a sentence when, quotes and brackets at its end aside, it ends with one of `. ! ?
/// > : ; …` [...]
///
/// White space at the line's end is aside too, as everywhere where lines are compared.
fn ends_sentence(line: &str) -> bool {
    let bare = line.trim().trim_end_matches(CLOSING);
    bare.ends_with(SENTENCE_ENDS)
}

/// > All in characters: lines are measured without white space at either end
fn length(line: &str) -> usize {
    line.trim().chars().count()
}

/// > `token` is what the next line holds up to its first white space
fn first_token(line: &str) -> usize {
    let token = line.trim().split(char::is_whitespace).next();
    token.map_or(0, |token| token.chars().count())
}

/// > **Sentences** (for cuts) are UAX #29 sentences of the passage with every line separator in it
/// > as a space, joined where the border follows a full stop after a one- or two-digit number, a
/// > single letter, or a listed abbreviation.
pub(super) fn sentences(passage: &str) -> Vec<Range<usize>> {
    let flat = passage.chars().fold(String::new(), |mut flat, char| {
        if LINE_SEPARATORS.contains(&char) {
            // As many spaces as it has bytes, so that places stay the same.
            flat.extend(std::iter::repeat_n(' ', char.len_utf8()));
        } else {
            flat.push(char);
        }
        flat
    });
    let uax29: Vec<usize> = flat.split_sentence_bound_indices().map(|(start, _)| start).collect();
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, char) in flat.char_indices().skip(1) {
        let before = flat[..at].trim_end();
        let stopped = before.strip_suffix('.');
        let is_border = if uax29.binary_search(&at).is_ok() {
            !stopped.is_some_and(is_no_sentence_end)
        } else {
            // > After any other word of six letters or more, a full stop and white space are a
            // > border also where a lower-case letter follows.
            before.len() < at && char.is_lowercase() && stopped.is_some_and(ends_in_long_word)
        };
        if is_border {
            sentences.push(start..at);
            start = at;
        }
    }
    if !flat.is_empty() {
        sentences.push(start..flat.len());
    }
    sentences
}

fn ends_in_long_word(before: &str) -> bool {
    let token = token_at_end(before);
    token.chars().count() >= 6 && token.chars().all(char::is_alphabetic) && !einmal::split::is_abbreviation(token)
}

fn token_at_end(text: &str) -> &str {
    let is_outside = |char: char| char.is_whitespace() || OPENING.contains(&char);
    text.rsplit(is_outside).next().unwrap_or("")
}

/// Whether the text before a full stop ends in what takes a full stop in mid-sentence.
fn is_no_sentence_end(before: &str) -> bool {
    let token = token_at_end(before);
    is_short_number(token) || is_letter(token) || einmal::split::is_abbreviation(token)
}

fn is_short_number(token: &str) -> bool {
    matches!(token.len(), 1 | 2) && token.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_letter(token: &str) -> bool {
    let mut chars = token.chars();
    chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
}
