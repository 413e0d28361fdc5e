//! A run's numbers by source, by day and by input, in bounded memory.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::corpus::day_of;

/// So many sources are counted each for itself; those that come after them are counted together.
const MOST_SOURCES: usize = 1 << 16;
/// So many sources, and so many inputs, are named in the summary.
const N_NAMED: usize = 50;
/// Above so many days the summary counts by month, and above so many months by year.
const MOST_DAYS: usize = 1000;

/// What came in of something, and what stayed of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Share {
    /// Articles read.
    pub articles_in: u64,
    /// Articles written.
    pub articles_out: u64,
    /// Words read.
    pub words_in: u64,
    /// Words written.
    pub words_out: u64,
}

impl Share {
    /// The share of the words that was taken out: 0 to 1.
    pub fn removed(&self) -> f64 {
        (self.words_in - self.words_out.min(self.words_in)) as f64 / self.words_in.max(1) as f64
    }

    fn add(&mut self, other: &Self) {
        self.articles_in += other.articles_in;
        self.articles_out += other.articles_out;
        self.words_in += other.words_in;
        self.words_out += other.words_out;
    }
}

/// The share of one source; an empty name stands for records that name none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceShare {
    /// The source: what the record calls so, or the host in its address.
    pub source: String,
    /// Its numbers.
    #[serde(flatten)]
    pub share: Share,
}

/// The share of one input.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputShare {
    /// Its name, as in the ledger.
    pub file: String,
    /// Bytes of its records, unpacked.
    pub record_bytes_in: u64,
    /// Its numbers.
    #[serde(flatten)]
    pub share: Share,
}

/// Counts by source, by day and by input.
#[derive(Debug, Default)]
pub struct Breakdown {
    sources: HashMap<Box<str>, Share>,
    other_sources: Share,
    days: BTreeMap<NaiveDate, Share>,
    undated: Share,
    /// By the input's number: bytes of its records, numbers, and the time that it took.
    inputs: Vec<(u64, Share, Duration)>,
    /// Bytes of each input that were counted since time was last told.
    untimed: Vec<(usize, u64)>,
}

/// What the summary says of a run's parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parts {
    /// The sources with the most words, the largest first.
    pub sources: Vec<SourceShare>,
    /// All other sources together.
    pub other_sources: Share,
    /// By the day that records name (2026-02-10); where there are very many, by month or by year.
    pub days: BTreeMap<String, Share>,
    /// Records that name no day.
    pub undated: Share,
    /// The largest inputs, by the bytes of their records.
    pub inputs: Vec<InputShare>,
    /// How many inputs there are.
    pub n_inputs: u64,
}

impl Breakdown {
    /// Counts a record of input number `input`, which has `n_bytes`.
    pub fn count(&mut self, input: usize, n_bytes: u64, source: &str, date: &str, share: &Share) {
        let has_room = self.sources.len() < MOST_SOURCES;
        match self.sources.get_mut(source) {
            Some(known) => known.add(share),
            None if has_room => drop(self.sources.insert(source.into(), *share)),
            None => self.other_sources.add(share),
        }
        match day_of(date) {
            Some(day) => self.days.entry(day).or_default().add(share),
            None => self.undated.add(share),
        }
        if self.inputs.len() <= input {
            self.inputs.resize(input + 1, Default::default());
        }
        self.inputs[input].0 += n_bytes;
        self.inputs[input].1.add(share);
        match self.untimed.last_mut().filter(|last| last.0 == input) {
            Some(last) => last.1 += n_bytes,
            None => self.untimed.push((input, n_bytes)),
        }
    }

    /// What was counted since the last time took so long; inputs have their part of it by their bytes.
    pub fn took(&mut self, time: Duration) {
        let n_bytes: u64 = self.untimed.iter().map(|(_, n_bytes)| n_bytes).sum();
        for (input, bytes) in self.untimed.drain(..) {
            self.inputs[input].2 += time.mul_f64(bytes as f64 / n_bytes.max(1) as f64);
        }
    }

    /// The inputs that took longest, with their names and seconds.
    pub fn slowest(&self, names: &[String]) -> Vec<(String, f64)> {
        let mut slowest: Vec<_> = self.inputs.iter().zip(names).map(|(input, name)| (name, input.2)).collect();
        slowest.sort_by_key(|(_, time)| std::cmp::Reverse(*time));
        slowest.into_iter().take(N_NAMED).map(|(name, time)| (name.clone(), time.as_secs_f64())).collect()
    }

    /// All sources that were counted for themselves.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &Share)> {
        self.sources.iter().map(|(source, share)| (&**source, share))
    }

    /// What the summary says. `names` are the inputs' names.
    pub fn parts(&self, names: &[String]) -> Parts {
        let mut sources: Vec<_> = self.sources().collect();
        sources.sort_by_key(|(source, share)| (std::cmp::Reverse(share.words_in), *source));
        let mut other_sources = self.other_sources;
        sources.iter().skip(N_NAMED).for_each(|(_, share)| other_sources.add(share));
        let mut inputs: Vec<_> = self.inputs.iter().zip(names).collect();
        inputs.sort_by_key(|((n_bytes, ..), name)| (std::cmp::Reverse(*n_bytes), *name));
        Parts {
            sources: sources
                .into_iter()
                .take(N_NAMED)
                .map(|(source, &share)| SourceShare { source: source.to_owned(), share })
                .collect(),
            other_sources,
            days: self.named_days(),
            undated: self.undated,
            inputs: inputs
                .into_iter()
                .take(N_NAMED)
                .map(|(&(record_bytes_in, share, _), file)| InputShare { file: file.clone(), record_bytes_in, share })
                .collect(),
            n_inputs: names.len() as u64,
        }
    }

    /// Numbers by day, or by a longer span of time where that would be very many.
    fn named_days(&self) -> BTreeMap<String, Share> {
        let by = |format: &str| {
            let mut named: BTreeMap<String, Share> = BTreeMap::new();
            self.days.iter().for_each(|(day, share)| named.entry(day.format(format).to_string()).or_default().add(share));
            named
        };
        let lens = ["%Y-%m-%d", "%Y-%m", "%Y"];
        let mut spans = lens.into_iter().map(by);
        let shortest = spans.find(|spans| spans.len() <= MOST_DAYS);
        shortest.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(words_in: u64, words_out: u64) -> Share {
        Share { articles_in: 1, articles_out: u64::from(words_out > 0), words_in, words_out }
    }

    #[test]
    fn parts_add_up_to_the_whole_however_many_there_are() {
        let mut breakdown = Breakdown::default();
        let n_records = MOST_SOURCES as u64 + 500;
        for nth in 0..n_records {
            let date = format!("{:04}-{:02}-{:02}", 1900 + nth % 90, 1 + nth % 12, 1 + nth % 28);
            breakdown.count(nth as usize % 60, 10, &format!("s{nth}"), if nth % 7 == 0 { "" } else { &date }, &article(3, 1));
        }
        let names: Vec<String> = (0..60).map(|nth| format!("f{nth:02}")).collect();
        let parts = breakdown.parts(&names);
        let total = |shares: &mut dyn Iterator<Item = Share>| {
            shares.fold(Share::default(), |mut sum, share| {
                sum.add(&share);
                sum
            })
        };
        let all = Share { articles_in: n_records, articles_out: n_records, words_in: 3 * n_records, words_out: n_records };
        assert_eq!(total(&mut parts.sources.iter().map(|of| of.share).chain([parts.other_sources])), all);
        assert_eq!(total(&mut parts.days.values().copied().chain([parts.undated])), all);
        assert!(parts.days.len() <= MOST_DAYS && parts.days.keys().all(|day| day.len() == 7), "months, not days");
        assert_eq!((parts.sources.len(), parts.inputs.len(), parts.n_inputs), (N_NAMED, N_NAMED, 60));
    }

    #[test]
    fn time_is_shared_by_bytes() {
        let mut breakdown = Breakdown::default();
        breakdown.count(0, 100, "", "", &article(1, 1));
        breakdown.count(1, 300, "", "", &article(1, 1));
        breakdown.took(Duration::from_secs(4));
        breakdown.count(1, 10, "", "", &article(1, 1));
        breakdown.took(Duration::from_secs(1));
        let slowest = breakdown.slowest(&["a".to_owned(), "b".to_owned()]);
        assert_eq!(slowest, [("b".to_owned(), 4.0), ("a".to_owned(), 1.0)]);
    }
}
