//! Old text fades: what records before a certain day kept is left out.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{NaiveDate, TimeDelta};

use super::Store;
use super::manifest::Run;
use crate::corpus::{Place, day_of};
use crate::error::Error;
use crate::index::{KeptRecord, Segment};

/// Which text fades.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// What is older than so many days on the day of the run.
    OlderThan(u32),
    /// What is of a day before this one.
    Before(NaiveDate),
}

impl Expiry {
    /// The day before which text fades, if the run is of `today`.
    pub fn before(self, today: NaiveDate) -> NaiveDate {
        match self {
            Self::OlderThan(days) => today.checked_sub_signed(TimeDelta::days(days.into())).unwrap_or(NaiveDate::MIN),
            Self::Before(day) => day,
        }
    }
}

/// How many articles there are of which day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Days(BTreeMap<NaiveDate, u64>);

impl Days {
    /// Counts an article of this day.
    pub fn add(&mut self, day: NaiveDate) {
        *self.0.entry(day).or_default() += 1;
    }

    /// The day in the middle: half of the articles are of it or of days before. A few wrong dates don't move it.
    pub fn middle(&self) -> Option<NaiveDate> {
        let n_articles: u64 = self.0.values().sum();
        let mut n_before = 0;
        let holds_middle = |(_, n): &(&NaiveDate, &u64)| {
            n_before += **n;
            n_before > n_articles / 2
        };
        self.0.iter().find(holds_middle).map(|(day, _)| *day)
    }

    fn first(&self) -> Option<NaiveDate> {
        self.0.keys().next().copied()
    }
}

impl Run {
    /// Notes of which days the articles are that the run kept, which `segment` holds.
    pub(super) fn note_days(&mut self, segment: &Segment) {
        let mut days = Days::default();
        segment.kept_records(|_| 0).filter_map(|(record, _)| day_of(record.date)).for_each(|day| days.add(day));
        self.day = days.middle();
        self.oldest = Some(days.first().unwrap_or_else(|| self.day()));
    }

    /// The day of its articles that have no date: the middle one of the others, or else the one on which it began.
    fn day(&self) -> NaiveDate {
        self.day.or_else(|| day_of(&self.started)).unwrap_or(NaiveDate::MAX)
    }

    /// The day of a record that it kept.
    fn day_of(&self, record: &KeptRecord<'_>) -> NaiveDate {
        day_of(record.date).unwrap_or_else(|| self.day())
    }

    /// Whether it kept something in one of these chunks that may be of a day before this one.
    fn may_hold_older(&self, chunks: &Range<u32>, before: NaiveDate) -> bool {
        let [start, end] = self.chunks;
        start.max(chunks.start) < end.min(chunks.end) && self.oldest.is_none_or(|oldest| oldest < before)
    }
}

impl Store {
    /// Leaves out what records of days `before` this one kept; a record without a date counts as of its run's day. Returns how many records that are.
    ///
    /// What answers from then on is as if only the others had been kept. Segments without such records stay as they are, the others are written anew. A run of which nothing
    /// is left is forgotten.
    ///
    /// # Errors
    ///
    /// If a segment is damaged, or cannot be written anew.
    pub fn expire(&mut self, before: NaiveDate) -> Result<u64, Error> {
        let mut n_expired = 0;
        // A segment that goes whole moves only those behind it.
        for nth in (0..self.segments.len()).rev() {
            let chunks = self.segments[nth].chunks();
            if !self.manifest.runs.iter().any(|run| run.may_hold_older(&chunks, before)) {
                continue;
            }
            self.verify_segment(nth)?;
            let (gone, left) = self.older(nth, before);
            self.leave_out(nth, &gone)?;
            for (number, left) in left {
                n_expired += left.n_gone;
                left.note(&mut self.manifest.runs[number]);
            }
        }
        self.manifest.runs.retain(|run| run.chunks[0] < run.chunks[1] || run.day() >= before);
        Ok(n_expired)
    }

    /// Which records of segment number `nth` are of a day before this one, and what that means for its runs, by number.
    fn older(&self, nth: usize, before: NaiveDate) -> (Vec<bool>, BTreeMap<usize, Left>) {
        let mut left: BTreeMap<usize, Left> = BTreeMap::new();
        let mut gone = Vec::new();
        for (record, n_words) in self.segments[nth].kept_records(|chunk| self.run_of(chunk)) {
            let number = record.run as usize;
            let Some(run) = self.manifest.runs.get(number) else {
                gone.push(false);
                continue;
            };
            let day = run.day_of(&record);
            left.entry(number).or_default().count(record.place, n_words, day, before);
            gone.push(day < before);
        }
        (gone, left)
    }
}

/// What of a run is left, and what goes.
#[derive(Default)]
struct Left {
    n_gone: u64,
    words_gone: u64,
    /// The first day of what is left.
    oldest: Option<NaiveDate>,
    /// The last record that was counted: a large one may be there in parts.
    last: Option<Place>,
}

impl Left {
    fn count(&mut self, place: Place, n_words: u64, day: NaiveDate, before: NaiveDate) {
        if day < before {
            self.n_gone += u64::from(self.last != Some(place));
            self.words_gone += n_words;
        } else {
            self.oldest = Some(self.oldest.map_or(day, |oldest| oldest.min(day)));
        }
        self.last = Some(place);
    }

    /// Notes it of the run.
    fn note(self, run: &mut Run) {
        run.records = run.records.saturating_sub(self.n_gone);
        run.words = run.words.saturating_sub(self.words_gone);
        run.oldest = self.oldest;
        if self.oldest.is_none() {
            run.chunks[1] = run.chunks[0];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        day_of(text).expect("a date")
    }

    #[test]
    fn a_few_wrong_dates_do_not_move_the_middle_day() {
        let mut days = Days::default();
        assert_eq!(days.middle(), None);
        days.add(day("2026-11-24"));
        assert_eq!(days.middle(), Some(day("2026-11-24")));
        days.add(day("2026-11-25"));
        assert_eq!(days.middle(), Some(day("2026-11-25")), "of two the later");
        ["1970-01-01", "2999-01-01", "2999-01-02"].iter().for_each(|wrong| days.add(day(wrong)));
        (0..3).for_each(|_| days.add(day("2026-11-25")));
        assert_eq!(days.middle(), Some(day("2026-11-25")));
    }

    #[test]
    fn an_age_counts_back_from_the_day_of_the_run() {
        for (expiry, before) in [
            (Expiry::OlderThan(30), "2026-10-26"),
            (Expiry::OlderThan(0), "2026-11-25"),
            (Expiry::Before(day("2026-01-01")), "2026-01-01"),
        ] {
            assert_eq!(expiry.before(day("2026-11-25")), day(before));
        }
        assert!(Expiry::OlderThan(u32::MAX).before(day("2026-11-25")) < day("1500-01-01"));
    }
}
