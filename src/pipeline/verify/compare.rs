//! A record of the input, and the one of the output that should be what is left of it.

use super::output::words;
use super::seen::Seen;
use crate::fingerprint::{Seed, WordHash};
use crate::ledger::Line;
use crate::read::{Articles, Format, SourceFile, To};
use crate::settings::Settings;
use crate::verify::{Accounted, Texts, is_in_parts, left_words, marking};
use crate::write::fit_text;

/// What is known of a record before it is looked for in the output.
pub(super) struct Sought<'a> {
    pub(super) seen: &'a Seen,
    pub(super) file: &'a SourceFile,
    pub(super) lines: &'a [Line],
    /// What the lines make of its texts: `None` if there are none, or if they are wrong.
    pub(super) account: Option<&'a Accounted>,
}

/// What was found to be different.
pub(super) enum Difference {
    /// This is another record.
    Other(String),
    /// This is it, but something isn't right, which completes "in record 7 of out.jsonl ...".
    Wrong(String),
}

impl Sought<'_> {
    /// The texts that should be in the output; `None` if the lines are wrong.
    fn left(&self, settings: &Settings) -> Option<&Texts> {
        match self.account {
            Some(account) => Some(if settings.mark { &account.compared } else { &account.left }),
            None => self.lines.is_empty().then_some(&self.seen.texts),
        }
    }

    /// Its texts as they will be read from the output: where that holds nothing but texts, or has one column for them, as one.
    pub(super) fn expected(&self, settings: &Settings) -> Texts {
        let texts = self.left(settings).unwrap_or(&self.seen.texts).clone();
        match self.file.format.written(settings.reading.to) {
            Format::Text(articles) => {
                let mut text = texts.text.into_bytes();
                fit_text(articles, &mut text);
                Texts::of([String::from_utf8_lossy(&text)])
            }
            Format::Csv(_) if !matches!(self.file.format, Format::Csv(_)) => texts.in_one_field(),
            Format::Parquet(_) if !matches!(self.file.format, Format::Parquet(_)) => texts.in_one_field(),
            _ => texts,
        }
    }

    /// Whether it leaves no trace in the output: an empty block is none.
    pub(super) fn is_nothing(&self, expected: &Texts, settings: &Settings) -> bool {
        self.file.format.written(settings.reading.to) == Format::Text(Articles::Blocks) && expected.text.trim().is_empty()
    }

    /// What of a record of the output is not as `expected`.
    pub(super) fn differences(&self, found: &Seen, expected: &Texts, settings: &Settings) -> Vec<Difference> {
        let is_known = self.left(settings).is_some();
        let is_text_right = !is_known || found.texts == *expected;
        let is_rest_right = found.rest == self.seen.rest;
        let is_called_so = !has_ids(self.file, settings) || found.id == self.seen.id;
        let is_it = is_text_right || is_rest_right && is_called_so;
        if !is_it {
            return vec![Difference::Other(format!("should be this one, and is another ({:?})", found.id))];
        }
        let mut wrong = Vec::new();
        if !is_rest_right {
            wrong.push("other fields than the text were changed".to_owned());
        }
        if !is_text_right {
            let unsaid = if self.lines.is_empty() { ", and no ledger line says why" } else { "" };
            let what = difference(&found.texts.text, &expected.text);
            wrong.push(format!("the text is not what should be left{unsaid}: {what}"));
        }
        if settings.mark && is_known && found.mark.as_ref() != Some(&marking(self.lines)) {
            wrong.push("the mark is not what the ledger says".to_owned());
        }
        wrong.into_iter().map(Difference::Wrong).collect()
    }

    /// The words by which it is kept text; `None` if it is only marked, and isn't.
    pub(super) fn kept_words(&self, found: Seen, settings: &Settings, seed: Seed) -> Option<Vec<WordHash>> {
        let compared = self.account.map_or(&self.seen.texts, |account| &account.compared);
        match self.account {
            Some(Accounted { is_kept: false, .. }) => None,
            _ if is_in_parts(&compared.text) => Some(left_words(&compared.text, self.lines, seed)),
            Some(account) if settings.mark => Some(words(&account.left.text, seed)),
            _ => Some(found.words),
        }
    }
}

/// Whether records of the output can be known by their ids.
fn has_ids(file: &SourceFile, settings: &Settings) -> bool {
    let to = settings.reading.to;
    !matches!(to, Some(To::Bulk | To::Csv | To::Parquet)) && !matches!(file.format.written(to), Format::Text(_))
}

/// Where two texts begin to differ, for a message.
fn difference(found: &str, expected: &str) -> String {
    let same: usize = found.chars().zip(expected.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
    let shown = |text: &str| match &text[same..] {
        "" => "nothing".to_owned(),
        rest => format!("{:?}", rest.chars().take(40).collect::<String>()),
    };
    format!("from byte {same} on it says {} where {} belongs", shown(found), shown(expected))
}
