//! A span's text beside the kept text that covers it.

use std::ops::Range;

use super::name;
use crate::fingerprint::Seed;
use crate::ledger::{Line, LineCover, LineStretch};
use crate::verify::{Word, words_of};

/// Receipts for the same record that leave out no more kept words than these between them are shown as one.
const MOST_BETWEEN: usize = 40;
/// Where words at a piece's border are lost, at most so many kept words are shown there.
const MOST_BEYOND: usize = 12;

/// A piece of a span, and the kept text that covers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// How it reads.
    pub text: String,
    /// The record that covers it; `None` if none does.
    pub from: Option<LineCover>,
    /// The first kept word that is shown, counted in that record's kept text.
    pub first_word: usize,
    /// How that reads, where it could be found.
    pub kept: Option<String>,
}

impl Side {
    /// Where its kept text stands, in words; empty if none covers it.
    pub fn heading(&self) -> String {
        let Some(from) = &self.from else { return String::new() };
        let run = from.run.as_ref().map(|run| format!(" of the run {}", run.as_str().unwrap_or_default())).unwrap_or_default();
        let found = if self.kept.is_some() { "" } else { ", which isn't here" };
        format!("kept in {}{run}, from word {} on{found}", name(&from.file, from.record, &from.id), self.first_word)
    }
}

/// What was kept of a record.
#[derive(Debug, Clone)]
pub struct KeptText {
    text: String,
    words: Vec<Word>,
}

impl KeptText {
    /// The kept text of a record.
    pub fn new(text: String) -> Self {
        Self { words: words_of(&text, Seed(0)), text }
    }

    /// Whether the words from number `first` on are those of `text`.
    pub fn says(&self, first: usize, text: &str) -> bool {
        let words = words_of(text, Seed(0));
        let there = self.words.get(first..first.saturating_add(words.len()));
        there.is_some_and(|there| there.iter().zip(&words).all(|(kept, word)| kept.1 == word.1))
    }

    /// Some words, with the marks that belong to the first and the last.
    fn shown(&self, words: Range<usize>) -> Option<String> {
        let (first, last) = (words.start, words.end.min(self.words.len()).checked_sub(1)?);
        let [start, end] = [self.words.get(first)?.0.start as usize, self.words.get(last.max(first))?.0.end as usize];
        let before = first.checked_sub(1).map_or(0, |word| self.words[word].0.end as usize);
        let after = self.words.get(last + 1).map_or(self.text.len(), |word| word.0.start as usize);
        let opening = self.text[before..start].rsplit(char::is_whitespace).next().map_or(0, str::len);
        let closing = self.text[end..after].split(char::is_whitespace).next().map_or(0, str::len);
        Some(self.text[start - opening..end + closing].to_owned())
    }
}

/// A receipt: which words of the span, and where they are kept.
struct Piece<'a> {
    words: Range<usize>,
    kept: Range<usize>,
    from: &'a LineCover,
}

/// For each receipt of a line, the text of its words. `text` is the span's.
pub fn covered_texts<'a>(line: &'a Line, text: &'a str) -> Vec<(&'a LineCover, &'a str)> {
    let words = words_of(text, Seed(0));
    let shown = |piece: &Piece<'a>| {
        let there = words.get(piece.words.clone()).filter(|words| !words.is_empty())?;
        Some((piece.from, &text[there[0].0.start as usize..there[there.len() - 1].0.end as usize]))
    };
    receipts(line, &words).iter().filter_map(shown).collect()
}

/// The text of a line's span, cut into pieces that one record covers, beside its kept text as `kept` knows it.
pub fn sides<'a>(line: &Line, text: &str, kept: impl Fn(&LineCover) -> Option<&'a KeptText>) -> Vec<Side> {
    let words = words_of(text, Seed(0));
    let mut pieces = joined(receipts(line, &words));
    let n_pieces = pieces.len();
    if n_pieces == 0 {
        return vec![Side { text: text.to_owned(), from: None, first_word: 0, kept: None }];
    }
    // Words that are lost at a border go with the piece before it, those at the beginning with the first.
    let begins: Vec<usize> = pieces.iter().skip(1).map(|piece| piece.words.start).chain([words.len()]).collect();
    for (piece, next) in pieces.iter_mut().zip(begins) {
        piece.kept.end += next.saturating_sub(piece.words.end).min(MOST_BEYOND);
        piece.words.end = next;
    }
    pieces[0].kept.start = pieces[0].kept.start.saturating_sub(pieces[0].words.start.min(MOST_BEYOND));
    pieces[0].words.start = 0;
    let start = |word: usize| words.get(word).map_or(text.len(), |word| word.0.start as usize);
    let side = |(nth, piece): (usize, Piece<'_>)| {
        let from = if nth == 0 { 0 } else { start(piece.words.start) };
        let to = if nth + 1 == n_pieces { text.len() } else { start(piece.words.end) };
        let shown = kept(piece.from).and_then(|kept| kept.shown(piece.kept.clone()));
        Side {
            text: text.get(from..to).unwrap_or_default().to_owned(),
            from: Some(piece.from.clone()),
            first_word: piece.kept.start,
            kept: shown,
        }
    };
    pieces.into_iter().enumerate().map(side).collect()
}

/// The receipts of a line, in order, by the numbers of its span's words.
fn receipts<'a>(line: &'a Line, words: &[Word]) -> Vec<Piece<'a>> {
    let is_lost = |word: usize| {
        let at = words[word].0.start as usize + line.span[0];
        line.uncovered.iter().any(|LineStretch { span, .. }| span[0] <= at && at < span[1])
    };
    let mut at = 0;
    let mut pieces = Vec::new();
    for from in &line.covers {
        while at < words.len() && is_lost(at) {
            at += 1;
        }
        let end = (at + from.words).min(words.len());
        pieces.push(Piece { words: at..end, kept: from.first_word..from.first_word + (end - at), from });
        at = end;
    }
    pieces.retain(|piece| !piece.words.is_empty());
    pieces
}

/// Receipts that follow each other in one record as one.
fn joined(receipts: Vec<Piece<'_>>) -> Vec<Piece<'_>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    for next in receipts {
        match pieces.last_mut() {
            Some(last)
                if (&last.from.file, last.from.record, &last.from.run) == (&next.from.file, next.from.record, &next.from.run)
                    && (last.kept.end..=last.kept.end + MOST_BETWEEN).contains(&next.kept.start) =>
            {
                (last.words.end, last.kept.end) = (next.words.end, next.kept.end);
            }
            _ => pieces.push(next),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(covers: &[(u64, usize, usize)], uncovered: &[[usize; 2]]) -> Line {
        let covers: Vec<_> = covers
            .iter()
            .map(|(record, first, words)| serde_json::json!({"file": "a", "record": record, "id": "", "first_word": first, "words": words}))
            .collect();
        let uncovered: Vec<_> = uncovered.iter().map(|span| serde_json::json!({"span": span})).collect();
        let line = serde_json::json!({"file": "a", "record": 9, "reason": "passage", "span": [10, 40], "words": 0, "covered": 0,
            "words_lost": 0, "covers": covers, "uncovered": uncovered});
        serde_json::from_value(line).expect("this is a line")
    }

    #[test]
    fn what_is_lost_stands_beside_what_is_kept_there() {
        let kept = [KeptText::new("Vor A b c, 90 d e f nach".to_owned()), KeptText::new("g h".to_owned())];
        let shown = |line: &Line, text: &str| -> Vec<(String, String)> {
            let sides = sides(line, text, |from| kept.get(from.record as usize));
            sides.into_iter().map(|side| (side.text, side.kept.unwrap_or_default())).collect()
        };
        let pair = |text: &str, kept: &str| (text.to_owned(), kept.to_owned());
        // "80" is lost between two receipts for one record; g and h stand in another.
        let text = "a b c 80 d e f g h";
        let one = line(&[(0, 1, 3), (0, 5, 3), (1, 0, 2)], &[[16, 18]]);
        assert_eq!(shown(&one, text), [pair("a b c 80 d e f ", "A b c, 90 d e f"), pair("g h", "g h")]);
        // The first and the last word are lost.
        let one = line(&[(0, 1, 3)], &[[10, 11], [18, 19]]);
        assert_eq!(shown(&one, "x a b c y"), [pair("x a b c y", "Vor A b c, 90")]);
        assert_eq!(shown(&line(&[], &[]), "x y"), [pair("x y", "")]);
        assert!(kept[0].says(1, "a b c 90") && !kept[0].says(1, "a b d") && !kept[1].says(1, "h i"));
    }
}
