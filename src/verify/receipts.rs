//! Receipts, followed to the kept text word by word.

use std::collections::BTreeMap;
use std::ops::Range;

use super::record::{WrongLine, check_words, wrong};
use super::words::{Word, words_of};
use super::{KeptWords, Verified};
use crate::corpus::Place;
use crate::fingerprint::Seed;
use crate::ledger::{Line, LineCover, LineKind, LineStretch};

/// Checks the receipts of all lines of a record with this text, which are in order of the text.
pub(super) fn follow(
    text: &str,
    lines: &[Line],
    place: Place,
    kept: &KeptWords,
    seed: Seed,
    tally: &mut Verified,
) -> Result<(), WrongLine> {
    let has_receipts = |line: &&Line| matches!(line.kind(), Some(LineKind::Span | LineKind::Whole | LineKind::Update));
    let mut lines = lines.iter().filter(has_receipts).peekable();
    if lines.peek().is_none() {
        return Ok(());
    }
    let words = words_of(text, seed);
    let mut n_gone = 0;
    for line in lines {
        let first_from = |byte: usize| words.partition_point(|(bytes, _)| (bytes.start as usize) < byte);
        let span = first_from(line.span[0])..first_from(line.span[1]);
        check_words(line, span.len())?;
        let check = Check { line, text, words: &words[span.clone()], place, n_own_before: span.start - n_gone, kept };
        if line.reason == "filter" {
            check.all_is_lost()?;
        } else {
            check.receipts(tally)?;
        }
        if line.kind() == Some(LineKind::Span) {
            n_gone += span.len();
        }
    }
    Ok(())
}

/// A line, and all that it is held against.
struct Check<'a> {
    line: &'a Line,
    text: &'a str,
    /// The words of its span.
    words: &'a [Word],
    /// Its record.
    place: Place,
    /// How many words are kept of that record before the span.
    n_own_before: usize,
    kept: &'a KeptWords,
}

impl Check<'_> {
    /// Each word of the span stands where the next receipt says, or in a stretch that is listed.
    fn receipts(&self, tally: &mut Verified) -> Result<(), WrongLine> {
        let line = self.line;
        let stretches = line.uncovered.iter().map(|stretch| self.stretch(stretch)).collect::<Result<Vec<_>, _>>()?;
        if stretches.windows(2).any(|pair| pair[1].start < pair[0].end) {
            return Err(wrong(line, "its uncovered stretches are in no order, or one"));
        }
        let mut stretches = stretches.into_iter().peekable();
        let mut covers = line.covers.iter();
        let (mut at, mut n_covered) = (0, 0);
        while at < self.words.len() {
            if let Some(stretch) = stretches.next_if(|stretch| stretch.start == at) {
                at = stretch.end;
                continue;
            }
            let no_cover = || wrong(line, format!("no receipt covers {:?}, and it isn't listed as uncovered", self.shown(at)));
            let cover = covers.next().ok_or_else(no_cover)?;
            let end = stretches.peek().map_or(self.words.len(), |stretch| stretch.start);
            if cover.words == 0 || cover.words > end - at {
                let what = format!("a receipt for {} words stands where {} are to be covered", cover.words, end - at);
                return Err(wrong(line, what));
            }
            self.cover(cover, &self.words[at..at + cover.words], tally)?;
            at += cover.words;
            n_covered += cover.words;
        }
        if covers.next().is_some() {
            return Err(wrong(line, "it has more receipts than words"));
        }
        self.counts(n_covered)?;
        self.update()
    }

    /// The numbers of a stretch's words in the span.
    fn stretch(&self, stretch: &LineStretch) -> Result<Range<usize>, WrongLine> {
        let [start, end] = stretch.span;
        let first = self.words.partition_point(|(bytes, _)| (bytes.start as usize) < start);
        let last = self.words.partition_point(|(bytes, _)| (bytes.end as usize) <= end);
        let begins = self.words.get(first).is_some_and(|(bytes, _)| bytes.start as usize == start);
        let ends = last > first && self.words[last - 1].0.end as usize == end;
        let says = stretch.text.as_ref().is_none_or(|told| self.text.get(start..end) == Some(told));
        if !begins || !ends || !says {
            return Err(wrong(self.line, format!("its uncovered stretch {:?} is not a row of words of its span", stretch.span)));
        }
        Ok(first..last)
    }

    /// The words that a receipt names are those of the span.
    fn cover(&self, cover: &LineCover, words: &[Word], tally: &mut Verified) -> Result<(), WrongLine> {
        if cover.run.is_some() {
            tally.receipts_of_earlier_runs += 1;
            tally.words_of_earlier_runs += cover.words as u64;
            return Ok(());
        }
        tally.receipts += 1;
        let (name, from) = (format!("{}:{}", cover.file, cover.record), cover.first_word);
        let place = self.kept.place(&cover.file, cover.record).filter(|place| *place <= self.place);
        let place = place.ok_or_else(|| wrong(self.line, format!("a receipt names {name}, which doesn't come before it")))?;
        let kept = self.kept.words_of(place);
        let mut kept = kept.ok_or_else(|| wrong(self.line, format!("a receipt names {name}, of which nothing was kept")))?;
        if !self.kept.is_called(place, &cover.id) {
            return Err(wrong(self.line, format!("a receipt calls {name} by the id {:?}, which it doesn't have", cover.id)));
        }
        if place == self.place {
            kept = &kept[..self.n_own_before.min(kept.len())];
        }
        let there = kept.get(from..from.saturating_add(cover.words));
        let n_kept = kept.len();
        let too_few =
            || wrong(self.line, format!("a receipt names {} words of {name} from word {from} on, it has {n_kept}", cover.words));
        let there = there.ok_or_else(too_few)?;
        match words.iter().zip(there).position(|((_, word), kept)| word != kept) {
            None => Ok(()),
            Some(nth) => {
                let word = words[nth].0;
                let what = format!("{:?} is not word {} of {name}, as a receipt says", &self.text[word.range()], from + nth);
                Err(wrong(self.line, what))
            }
        }
    }

    fn counts(&self, n_covered: usize) -> Result<(), WrongLine> {
        let line = self.line;
        let n_words = self.words.len();
        let n_lost = if line.kind() == Some(LineKind::Update) { 0 } else { n_words - n_covered };
        if (line.covered, line.words_lost) != (n_covered, n_lost) {
            let what = format!(
                "it says that {} words are covered and {} lost, it is {n_covered} and {n_lost}",
                line.covered, line.words_lost
            );
            return Err(wrong(line, what));
        }
        let share = |words: usize| words as f64 / n_words as f64;
        if line.containment.is_some_and(|told| n_words == 0 || (told - share(n_covered)).abs() > 1e-4) {
            return Err(wrong(line, format!("its containment is not {n_covered} of {n_words} words")));
        }
        Ok(())
    }

    /// Nothing is said of a record that was left out but that it was.
    fn all_is_lost(&self) -> Result<(), WrongLine> {
        if !self.line.covers.is_empty() {
            return Err(wrong(self.line, "nothing covers what a filter leaves out, and it says otherwise"));
        }
        self.counts(0)
    }

    /// An update is one of the record that its receipts name for most words, and its changed facts are new words with digits or capitals.
    fn update(&self) -> Result<(), WrongLine> {
        let line = self.line;
        if line.kind() != Some(LineKind::Update) {
            return if line.updates.is_none() && line.changed_facts.is_empty() {
                Ok(())
            } else {
                Err(wrong(line, "what went is no update, and it says that it is"))
            };
        }
        let updated = line.updates.as_ref().ok_or_else(|| wrong(line, "it doesn't say which record this is an update of"))?;
        let mut by_record: BTreeMap<(String, u64, u64), usize> = BTreeMap::new();
        let key = |cover: &LineCover| {
            let run = cover.run.as_ref().map(ToString::to_string).unwrap_or_default();
            let file = self.kept.place(&cover.file, cover.record).map_or(u64::MAX, |place| u64::from(place.file));
            (run + if file == u64::MAX { &cover.file } else { "" }, file, cover.record)
        };
        line.covers.iter().for_each(|cover| *by_record.entry(key(cover)).or_default() += cover.words);
        let is_called = |name: &LineCover| {
            name.run.is_some()
                || self.kept.place(&name.file, name.record).is_some_and(|place| self.kept.is_called(place, &name.id))
        };
        let most = by_record.values().max().copied().unwrap_or_default();
        if by_record.get(&key(updated)).is_none_or(|n_words| *n_words < most) || !is_called(updated) {
            return Err(wrong(line, format!("{}:{} is not the record that covers most of it", updated.file, updated.record)));
        }
        let is_new = |fact: &LineStretch| {
            let is_fact = |text: &str| text.contains(char::is_numeric) || text.starts_with(char::is_uppercase);
            let may_be_fact = self.text.get(fact.span[0]..fact.span[1]).is_some_and(is_fact);
            let lies_in = |stretch: &LineStretch| stretch.span[0] <= fact.span[0] && fact.span[1] <= stretch.span[1];
            may_be_fact && line.uncovered.iter().any(lies_in)
        };
        match line.changed_facts.iter().find(|fact| !is_new(fact)) {
            Some(fact) => Err(wrong(line, format!("its changed fact at {:?} is no uncovered number or name", fact.span))),
            None => Ok(()),
        }
    }

    /// Some words for a message.
    fn shown(&self, first: usize) -> &str {
        let last = (first + 5).min(self.words.len()) - 1;
        &self.text[self.words[first].0.start as usize..self.words[last].0.end as usize]
    }
}
