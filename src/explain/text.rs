//! An article explained for a terminal: two columns, words that differ in colour.

use std::fmt::Write;

use super::{Explained, Part, Run, Side, word_diff};
use crate::error::printable;

const INDENT: &str = "   ";
const BETWEEN: &str = " | ";

/// How a word is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Plain,
    /// Only what was compared has it.
    Removed,
    /// Only kept text has it.
    Added,
}

/// The whole explanation, no line wider than `width` characters where the words allow. Without `colour`, words that differ stand in `[-...-]` and `{+...+}`.
pub fn as_text(explained: &Explained, colour: bool, width: usize) -> String {
    let mut page = String::new();
    let _ = writeln!(page, "{}", printable(&explained.name()));
    let [n_gone, n_lost] =
        explained.gone.iter().fold([0, 0], |sum, part| [sum[0] + part.line.words, sum[1] + part.line.words_lost]);
    let _ = match explained.gone.len() {
        0 => writeln!(page, "nothing was taken out of it"),
        1 => writeln!(page, "taken out: 1 span, {n_gone} words, {n_lost} of them lost"),
        n => writeln!(page, "taken out: {n} spans, {n_gone} words, {n_lost} of them lost"),
    };
    let columns = Columns { width: width.saturating_sub(INDENT.len() + BETWEEN.len()).max(20) / 2, colour };
    for (nth, part) in explained.gone.iter().enumerate() {
        columns.part(&mut page, nth + 1, part);
    }
    if !explained.near.is_empty() {
        let _ = writeln!(page, "\nnear to going, and stayed:");
    }
    for (nth, part) in explained.near.iter().enumerate() {
        columns.part(&mut page, nth + 1, part);
    }
    if !explained.tells_near {
        let _ = writeln!(page, "\nthe ledger doesn't tell what else was near to going; dedup --ledger-all does");
    }
    page
}

struct Columns {
    width: usize,
    colour: bool,
}

impl Columns {
    fn part(&self, page: &mut String, nth: usize, part: &Part) {
        let line = &part.line;
        let what = line.would_be.as_deref().unwrap_or(&line.reason);
        let _ =
            writeln!(page, "\n{nth}. {}, bytes {} to {}: {}", printable(what), line.span[0], line.span[1], printable(&part.why));
        part.sides.iter().for_each(|side| self.side(page, side));
    }

    fn side(&self, page: &mut String, side: &Side) {
        let heading = side.heading();
        let Some(kept) = &side.kept else {
            if !heading.is_empty() {
                let _ = writeln!(page, "{INDENT}{}", printable(&heading));
            }
            for (text, _) in self.column(&[(Look::Plain, side.text.as_str())], 2 * self.width + BETWEEN.len()) {
                let _ = writeln!(page, "{INDENT}{text}");
            }
            return;
        };
        let runs = word_diff(&side.text, kept);
        let left = |run: &Run<'_>| match *run {
            Run::Equal { before, .. } => (Look::Plain, before.to_owned()),
            Run::Removed(text) => (Look::Removed, text.to_owned()),
            Run::Added(_) => (Look::Plain, String::new()),
        };
        let right = |run: &Run<'_>| match *run {
            Run::Equal { after, .. } => (Look::Plain, after.to_owned()),
            Run::Removed(_) => (Look::Plain, String::new()),
            Run::Added(text) => (Look::Added, text.to_owned()),
        };
        let sides = [runs.iter().map(left).collect::<Vec<_>>(), runs.iter().map(right).collect()];
        let _ = writeln!(page, "{INDENT}{}", printable(&heading));
        let [left, right] = sides.map(|pieces| {
            let pieces: Vec<(Look, &str)> = pieces.iter().map(|(look, text)| (*look, text.as_str())).collect();
            self.column(&pieces, self.width)
        });
        for nth in 0..left.len().max(right.len()) {
            let (text, wide) = left.get(nth).map_or(("", 0), |(text, wide)| (text.as_str(), *wide));
            let beside = right.get(nth).map_or("", |(text, _)| text.as_str());
            let line = format!("{INDENT}{text}{}{BETWEEN}{beside}", " ".repeat(self.width.saturating_sub(wide)));
            let _ = writeln!(page, "{}", line.trim_end());
        }
    }

    /// Lines of some pieces of text, each with its width.
    fn column(&self, pieces: &[(Look, &str)], width: usize) -> Vec<(String, usize)> {
        let mut column = Column { lines: vec![(String::new(), 0)], is_apart: false, width, colour: self.colour };
        for &(look, text) in pieces {
            let marked = match look {
                Look::Removed if !self.colour => format!("[-{text}-]"),
                Look::Added if !self.colour => format!("{{+{text}+}}"),
                _ => text.to_owned(),
            };
            let mut rest = marked.as_str();
            while !rest.is_empty() {
                let word = rest.find(char::is_whitespace).unwrap_or(rest.len());
                column.push(look, &rest[..word]);
                rest = &rest[word..];
                let space = rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
                column.is_apart |= space > 0;
                if rest[..space].contains('\n') {
                    column.end_line();
                }
                rest = &rest[space..];
            }
        }
        column.lines.retain(|(text, _)| !text.is_empty());
        column.lines
    }
}

struct Column {
    lines: Vec<(String, usize)>,
    /// Whether white space stands before what comes next.
    is_apart: bool,
    width: usize,
    colour: bool,
}

impl Column {
    fn end_line(&mut self) {
        self.lines.push((String::new(), 0));
        self.is_apart = false;
    }

    fn push(&mut self, look: Look, word: &str) {
        if word.is_empty() {
            return;
        }
        let is_apart = std::mem::take(&mut self.is_apart);
        let at = self.lines.last().map_or(0, |line| line.1);
        if at > 0 && at + usize::from(is_apart) + wide(word) > self.width {
            self.end_line();
        } else if is_apart && at > 0 {
            self.add(" ", 1);
        }
        let mut piece = String::new();
        let mut piece_width = 0;
        for c in word.chars() {
            let at = self.lines.last().map_or(0, |line| line.1);
            if at + piece_width + char_width(c) > self.width && at + piece_width > 0 {
                self.add_looking(look, &std::mem::take(&mut piece), std::mem::take(&mut piece_width));
                self.end_line();
            }
            piece.push(c);
            piece_width += char_width(c);
        }
        self.add_looking(look, &piece, piece_width);
    }

    fn add_looking(&mut self, look: Look, text: &str, width: usize) {
        let text = printable(text);
        match look {
            Look::Removed if self.colour => self.add(&format!("\x1b[31m{text}\x1b[0m"), width),
            Look::Added if self.colour => self.add(&format!("\x1b[32m{text}\x1b[0m"), width),
            _ => self.add(&text, width),
        }
    }

    fn add(&mut self, text: &str, width: usize) {
        if let Some(line) = self.lines.last_mut() {
            line.0.push_str(text);
            line.1 += width;
        }
    }
}

fn wide(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// How many columns a character takes: two for those of East Asian scripts and most pictures.
fn char_width(c: char) -> usize {
    match c as u32 {
        0x0300..=0x036F | 0x200B..=0x200F => 0,
        0x1100..=0x115F
        | 0x2E80..=0xA4CF
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F
        | 0xFF00..=0xFF60
        | 0xFFE0..=0xFFE6 => 2,
        0x1F300..=0x1FAFF | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_they_may_be() {
        for (pieces, width, expected) in [
            (&[(Look::Plain, "eins zwei drei")][..], 9, &["eins zwei", "drei"][..]),
            (&[(Look::Plain, "eins\n\nzwei")], 9, &["eins", "zwei"]),
            (&[(Look::Plain, "„"), (Look::Removed, "80"), (Look::Plain, "“ ja")], 20, &["„[-80-]“ ja"]),
            (&[(Look::Plain, "abcdefgh")], 5, &["abcde", "fgh"]),
            (&[(Look::Plain, "新聞新聞")], 5, &["新聞", "新聞"]),
            (&[(Look::Plain, "a\u{1b}[31mb")], 20, &["a\u{fffd}[31mb"]),
        ] {
            let columns = Columns { width, colour: false };
            let lines: Vec<String> = columns.column(pieces, width).into_iter().map(|(text, _)| text).collect();
            assert_eq!(lines, expected);
        }
        let columns = Columns { width: 9, colour: true };
        let lines = columns.column(&[(Look::Removed, "eins zwei"), (Look::Added, " x")], 9);
        assert_eq!(lines[0], ("\x1b[31meins\x1b[0m \x1b[31mzwei\x1b[0m".to_owned(), 9));
        assert_eq!(lines[1], ("\x1b[32mx\x1b[0m".to_owned(), 1));
    }
}
