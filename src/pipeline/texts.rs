//! A record's texts, from what was read to what is compared: cleaned, unwrapped, masked, without what rules and lists take out.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use crate::boilerplate::{List, keyed};
use crate::clean::{CleanedBy, Cleaning, Cut, ISLAND, Masked, ROW, clean, masked, masks, with_last_break, without};
use crate::corpus::{ByteSpan, Place};
use crate::fingerprint::{Fingerprint, Seed, ShingleHasher, Vocabulary, scan_words, word_hash};
use crate::read::FieldText;
use crate::settings::Settings;
use crate::split::{Around, around, unwrapped};
use crate::write::{FIELDS_APART, Piece, joined};

/// What earlier readings of the same inputs have taught.
#[derive(Debug, Default)]
pub(super) struct Learned {
    /// The words that there are, if texts are to be unwrapped.
    pub(super) words: Option<Arc<Vocabulary>>,
    /// The boilerplate that is to be taken out.
    pub(super) boilerplate: Option<List>,
}

/// All that cleaning needs to know.
pub(super) struct Cleaners<'a> {
    pub(super) settings: &'a Settings,
    pub(super) shingles: &'a ShingleHasher,
    pub(super) learned: &'a Learned,
}

/// What cleaning did to a record.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) cleaned_by: CleanedBy,
    /// Sequences of bytes that were no UTF-8, each replaced by U+FFFD.
    pub(super) n_repaired: usize,
    /// The encoding that its text was in, if that wasn't UTF-8.
    pub(super) encoding: Option<&'static str>,
    /// What was masked in the text.
    pub(super) masked: Vec<MaskedSpan>,
    /// What was taken out of the text.
    pub(super) ruled_out: Vec<RuledOut>,
}

/// Something that was masked.
#[derive(Debug)]
pub(super) struct MaskedSpan {
    /// Its bytes in the text before anything was masked.
    pub(super) bytes: ByteSpan,
    pub(super) n_words: usize,
    pub(super) what: Masked,
}

/// Something that a rule took out of a text.
#[derive(Debug)]
pub(super) struct RuledOut {
    /// Its bytes in the text before anything was taken out.
    pub(super) bytes: ByteSpan,
    /// The rule's number; boilerplate goes by none.
    pub(super) rule: Option<usize>,
    pub(super) n_words: usize,
    pub(super) text: String,
}

fn n_words(text: &str) -> usize {
    let mut n_words = 0;
    scan_words(text, Seed(0), &mut |_, _| n_words += 1);
    n_words
}

impl RuledOut {
    /// A cut in the text of a field, which begins at `start` in the record's.
    fn new(text: &str, cut: &Cut, start: usize) -> Self {
        let piece = &text[cut.bytes.clone()];
        let n_words = n_words(piece);
        Self {
            bytes: ByteSpan::new(start + cut.bytes.start, start + cut.bytes.end),
            rule: cut.rule,
            n_words,
            text: piece.to_owned(),
        }
    }
}

/// The texts of a record, cleaned.
pub(super) struct CleanedTexts {
    /// All of them.
    pub(super) text: String,
    /// Each in it.
    pub(super) pieces: Vec<Piece>,
    pub(super) notes: Notes,
}

impl CleanedTexts {
    /// Cleans the texts of a record of this host. Where the text `is_file`, its line ends are the file's, and stay.
    pub(super) fn of(texts: Vec<FieldText>, is_file: bool, host: &str, place: Place, cleaners: &Cleaners<'_>) -> Self {
        let cleaning = match cleaners.settings.cleaning {
            Cleaning::Safe if is_file => Cleaning::SafeInLines,
            cleaning => cleaning,
        };
        let mut notes = Notes::default();
        let (mut mask_start, mut start) = (0, 0);
        let cleaned = texts.into_iter().map(|text| {
            let mut is_changed = text.is_changed();
            notes.n_repaired += text.n_repaired;
            notes.encoding = notes.encoding.or(text.encoding);
            let cleaned = clean(text.text, cleaning);
            notes.cleaned_by = notes.cleaned_by.and(cleaned.by);
            is_changed |= !cleaned.by.is_none();
            let text = cleaners.unwrapped(cleaned.text, &mut is_changed);
            let text_len = text.len();
            let n_masked = notes.masked.len();
            let text = cleaners.masked(text, mask_start, &mut notes);
            is_changed |= notes.masked.len() > n_masked;
            mask_start += text_len + FIELDS_APART.len();
            let cuts = cleaners.cuts(&text, host, place);
            notes.ruled_out.extend(cuts.iter().map(|cut| RuledOut::new(&text, cut, start)));
            start += text.len() + FIELDS_APART.len();
            is_changed |= !cuts.is_empty();
            let left = if cuts.is_empty() { text } else { without(&text, 0..text.len(), &cuts).into_owned() };
            (left, is_changed)
        });
        let (text, pieces) = joined(cleaned);
        Self { text, pieces, notes }
    }

    /// The words that unwrapping these texts would put together, if it knew them.
    pub(super) fn asked_for(&self, seed: Seed) -> Vec<u64> {
        let mut asked_for = Vec::new();
        // A word in three lines is asked for with what comes before it put together, or not.
        for answer in [false, true] {
            for piece in &self.pieces {
                unwrapped(&self.text[piece.bytes.range()], |word| {
                    asked_for.extend(word_hash(word, seed));
                    answer
                });
            }
        }
        asked_for
    }
}

impl Cleaners<'_> {
    fn unwrapped(&self, text: String, is_changed: &mut bool) -> String {
        let Some(words) = &self.learned.words else { return text };
        match unwrapped(&text, |word| words.has(word)) {
            Cow::Owned(unwrapped) => {
                *is_changed = true;
                unwrapped
            }
            Cow::Borrowed(_) => text,
        }
    }

    /// The text of a field, which begins at `start` in the record's, with masks.
    fn masked(&self, text: String, start: usize, notes: &mut Notes) -> String {
        let found = if self.settings.mask { masks(&text) } else { Vec::new() };
        if found.is_empty() {
            return text;
        }
        notes.masked.extend(found.iter().map(|mask| MaskedSpan {
            bytes: ByteSpan::new(start + mask.bytes.start, start + mask.bytes.end),
            n_words: n_words(&text[mask.bytes.clone()]),
            what: mask.what,
        }));
        masked(&text, &found)
    }

    /// What rules and lists take out of a text.
    fn cuts(&self, text: &str, host: &str, place: Place) -> Vec<Cut> {
        let mut cuts = Vec::new();
        if let Some(rules) = &self.settings.rules_of_lines {
            cuts = rules.cuts(text);
            if rules.scope().blocks {
                cuts = with_lines_around(text, cuts);
            }
        }
        if let Some(list) = &self.learned.boilerplate {
            add_boilerplate(&mut cuts, text, host, place, list, self.shingles);
        }
        with_last_break(text, &mut cuts);
        cuts
    }
}

/// What rules leave of a line, the line's bytes, and the cuts of rules in it.
type LineLeft<'a> = (Cow<'a, str>, Range<usize>, Vec<Cut>);

/// The cuts of rules, and the lines that stand around the article by what these leave of the text.
fn with_lines_around(text: &str, cuts: Vec<Cut>) -> Vec<Cut> {
    let mut cuts = cuts.into_iter().peekable();
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        let bytes = start..start + line.len();
        start = bytes.end;
        let pieces: Vec<Cut> = std::iter::from_fn(|| cuts.next_if(|cut| cut.bytes.start < bytes.end)).collect();
        (without(text, bytes.clone(), &pieces), bytes, pieces)
    });
    let lines: Vec<_> = lines.collect();
    let left: Vec<&str> = lines.iter().map(|(left, ..)| &**left).collect();
    let around = around(&left);
    let cuts_of = |((left, bytes, pieces), around): (LineLeft<'_>, Option<Around>)| match around {
        // A line of which nothing is left went by its own rule.
        Some(around) if !left.is_empty() => vec![Cut { bytes, rule: Some(rule_of(around)) }],
        _ => pieces,
    };
    lines.into_iter().zip(around).flat_map(cuts_of).collect()
}

fn rule_of(around: Around) -> usize {
    match around {
        Around::Row => ROW,
        Around::Island => ISLAND,
    }
}

/// Adds the boilerplate in a text to what rules take out of it, where it doesn't meet them.
fn add_boilerplate(cuts: &mut Vec<Cut>, text: &str, host: &str, place: Place, list: &List, shingles: &ShingleHasher) {
    let all = Fingerprint::of(text, ByteSpan::new(0, text.len()), shingles);
    let passages = keyed(host, text, &[all], shingles.seed());
    for passage in passages.iter().filter(|passage| list.takes(passage, place)) {
        let bytes = passage.bytes.start as usize..passage.break_end as usize;
        let at = cuts.partition_point(|cut| cut.bytes.end <= bytes.start);
        if cuts.get(at).is_none_or(|cut| cut.bytes.start >= bytes.end) {
            cuts.insert(at, Cut { bytes, rule: None });
        }
    }
}
