//! What is so odd about a run that somebody should look at it. Alarms change nothing: neither the output nor the exit code.

use serde::{Deserialize, Serialize};

use super::breakdown::{Breakdown, Share};
use super::copied::Copied;
use super::summary::{grouped, percent};
use crate::error::printable;

/// A passage that more than one article in so many holds a copy of is told.
const ONE_ARTICLE_IN: u64 = 100;
/// A source that loses more than this share of its words is told.
const MOST_LOST: f64 = 0.95;
/// Fewer articles than these, of a source or with copies of a passage, are no reason for an alarm.
const FEWEST_ARTICLES: u64 = 10;
/// A run is held against so many before it, if there are at least [`FEWEST_RUNS`].
const N_RUNS: usize = 7;
const FEWEST_RUNS: usize = 3;
/// A run takes out far more than those before it, or than was estimated, if it is more than so many times as much, and more by this share of its words.
const FAR_MORE: f64 = 2.0;
const FAR_ABOVE: f64 = 0.10;
/// So many alarms of one kind are told each for itself.
const N_TOLD: usize = 10;
/// Characters of a passage in a message.
const SHOWN: usize = 80;

/// Something odd about a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// `estimate` (far more copies than were expected), `removed` (far more than in the runs before), `passage` (one that very many articles hold) or `source` (one of which hardly anything is left).
    pub kind: String,
    /// What it is about: the record that keeps the passage, or the source.
    pub about: String,
    /// The share that is odd: 0 to 1.
    pub share: f64,
    /// The alarm in a sentence.
    pub message: String,
}

/// An earlier run of the same index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierShare {
    /// What it is called.
    pub run: String,
    /// Words read.
    pub words_in: u64,
    /// Words kept.
    pub words_out: u64,
}

impl EarlierShare {
    fn removed(&self) -> f64 {
        Share { words_in: self.words_in, words_out: self.words_out, ..Share::default() }.removed()
    }
}

/// How much was expected to be copies, and how much is: shares of the words, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimated {
    /// As an [`Estimate`](super::Estimate) told before the run.
    pub expected: f64,
    /// What was found.
    pub found: f64,
}

impl Estimated {
    fn alarm(&self) -> Option<Alarm> {
        let Self { expected, found } = *self;
        let message =
            || format!("{:.2} % of the words are taken out as copies; the estimate was {:.2} %", 100.0 * found, 100.0 * expected);
        is_far_more(found, expected).then(|| Alarm {
            kind: "estimate".to_owned(),
            share: found,
            message: message(),
            ..Alarm::default()
        })
    }
}

fn is_far_more(found: f64, usual: f64) -> bool {
    found > FAR_MORE * usual && found > usual + FAR_ABOVE
}

/// All alarms of a run: `whole` are its numbers, `estimated` what was expected of it, `earlier` the runs before it.
pub(super) fn alarms(
    whole: &Share,
    estimated: Option<&Estimated>,
    earlier: &[EarlierShare],
    breakdown: &Breakdown,
    copied: &Copied,
) -> Vec<Alarm> {
    let passages = of_passages(whole.articles_in, copied);
    let sources = of_sources(breakdown);
    let of_whole = estimated.and_then(Estimated::alarm).into_iter().chain(of_whole(whole, earlier));
    of_whole.chain(told("passage", passages)).chain(told("source", sources)).collect()
}

/// The first few of a kind, and how many more there are.
fn told(kind: &str, mut alarms: Vec<Alarm>) -> Vec<Alarm> {
    if let Some(n_more) = alarms.len().checked_sub(N_TOLD).filter(|n_more| *n_more > 0) {
        alarms.truncate(N_TOLD);
        let message = format!("and {} more alarms of this kind", grouped(n_more as u64));
        alarms.push(Alarm { kind: kind.to_owned(), message, ..Alarm::default() });
    }
    alarms
}

fn of_whole(whole: &Share, earlier: &[EarlierShare]) -> Option<Alarm> {
    let last = &earlier[earlier.len().saturating_sub(N_RUNS)..];
    let usual = last.iter().map(EarlierShare::removed).sum::<f64>() / last.len().max(1) as f64;
    let share = whole.removed();
    let is_odd = last.len() >= FEWEST_RUNS && is_far_more(share, usual);
    let found = || percent(whole.words_in - whole.words_out, whole.words_in);
    let message =
        || format!("{} of the words are taken out; in the {} runs before it was {:.2} %", found(), last.len(), 100.0 * usual);
    is_odd.then(|| Alarm { kind: "removed".to_owned(), about: String::new(), share, message: message() })
}

fn of_passages(n_articles: u64, copied: &Copied) -> Vec<Alarm> {
    let is_odd = |n: u64| n >= FEWEST_ARTICLES && n * ONE_ARTICLE_IN > n_articles;
    let most = copied.most(usize::MAX);
    let odd = most.into_iter().take_while(|text| is_odd(text.at_least()));
    odd.map(|text| {
        let n = text.at_least();
        let about = if text.id.is_empty() { format!("{}:{}", text.file, text.record) } else { text.id.clone() };
        let quoted = match super::excerpt(&text.text, SHOWN) {
            quoted if quoted.is_empty() => String::new(),
            quoted => format!(": \u{201c}{}\u{201d}", printable(&quoted)),
        };
        let message = format!(
            "one text of {} is copied by {} articles, {} of all{quoted}",
            printable(&about),
            grouped(n),
            percent(n, n_articles)
        );
        Alarm { kind: "passage".to_owned(), about, share: n as f64 / n_articles.max(1) as f64, message }
    })
    .collect()
}

fn of_sources(breakdown: &Breakdown) -> Vec<Alarm> {
    let is_odd = |share: &Share| share.articles_in >= FEWEST_ARTICLES && share.removed() > MOST_LOST;
    let mut odd: Vec<_> = breakdown.sources().filter(|(source, share)| !source.is_empty() && is_odd(share)).collect();
    odd.sort_by_key(|(source, share)| (std::cmp::Reverse(share.words_in), *source));
    odd.into_iter()
        .map(|(source, share)| {
            let lost = percent(share.words_in - share.words_out, share.words_in);
            let message = format!(
                "{} loses {lost} of its words: {} articles in, {} out",
                printable(source),
                grouped(share.articles_in),
                grouped(share.articles_out)
            );
            Alarm { kind: "source".to_owned(), about: source.to_owned(), share: share.removed(), message }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::copied::KeptWords;
    use super::*;

    fn whole(words_in: u64, words_out: u64) -> Share {
        Share { articles_in: 1000, articles_out: 900, words_in, words_out }
    }

    fn runs(removed: &[u64]) -> Vec<EarlierShare> {
        removed.iter().map(|n| EarlierShare { run: n.to_string(), words_in: 1000, words_out: 1000 - n }).collect()
    }

    #[test]
    fn a_run_is_odd_if_it_takes_out_far_more_than_those_before() {
        for (removed, earlier, is_odd) in [
            (300, &[50, 60, 40][..], true),
            // Too few to know what is usual.
            (300, &[50, 60], false),
            (300, &[], false),
            // Twice as much, but not by much; by much, but not twice as much.
            (120, &[50, 60, 40], false),
            (650, &[400, 400, 400], false),
            // Only the last seven count.
            (300, &[900, 900, 900, 50, 50, 50, 50, 50, 50, 50], true),
        ] {
            let found = of_whole(&whole(1000, 1000 - removed), &runs(earlier));
            assert_eq!(found.is_some(), is_odd, "{removed} after {earlier:?}");
        }
        let message = of_whole(&whole(1000, 700), &runs(&[50, 60, 40])).expect("an alarm").message;
        assert_eq!(message, "30.00 % of the words are taken out; in the 3 runs before it was 5.00 %");
    }

    #[test]
    fn a_run_is_odd_if_it_takes_out_far_more_than_was_estimated() {
        for (found, expected, is_odd) in [(0.30, 0.05, true), (0.12, 0.05, false), (0.65, 0.40, false), (0.0, 0.0, false)] {
            let alarm = Estimated { expected, found }.alarm();
            assert_eq!(alarm.is_some(), is_odd, "{found} where {expected} was estimated");
            if let Some(alarm) = alarm {
                assert_eq!(alarm.message, "30.00 % of the words are taken out as copies; the estimate was 5.00 %");
            }
        }
    }

    #[test]
    fn a_passage_in_more_than_one_article_of_a_hundred_is_odd() {
        for (n_copies, n_articles, is_odd) in [(11, 1000, true), (10, 1000, false), (9, 100, false), (10, 100, true)] {
            let mut copied = Copied::default();
            for nth in 0..n_copies {
                let kept = KeptWords { file: "a", record: 1, id: "n1", ..KeptWords::default() };
                copied.count(&kept, ("b", nth), "", 9, Some("Mehr dazu\nlesen Sie hier."));
            }
            let found = of_passages(n_articles, &copied);
            assert_eq!(found.len(), usize::from(is_odd), "{n_copies} of {n_articles}");
            if let [alarm] = &found[..] {
                let said = "one text of n1 is copied by ";
                assert!(alarm.message.starts_with(said) && alarm.message.ends_with(": “Mehr dazu lesen Sie hier.”"), "{alarm:?}");
            }
        }
    }

    #[test]
    fn a_source_of_which_hardly_anything_is_left_is_odd() {
        let mut breakdown = Breakdown::default();
        for nth in 0..20 {
            let kept = |n| Share { articles_in: 1, articles_out: 1, words_in: 100, words_out: n };
            breakdown.count(0, 1, "copier.example", "", &kept(4));
            breakdown.count(0, 1, "author.example", "", &kept(6));
            breakdown.count(0, 1, "", "", &kept(0));
            if nth < 9 {
                breakdown.count(0, 1, "small.example", "", &kept(0));
            }
        }
        let found = of_sources(&breakdown);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].message, "copier.example loses 96.00 % of its words: 20 articles in, 20 out");
    }

    #[test]
    fn of_very_many_alarms_the_first_are_told() {
        let mut breakdown = Breakdown::default();
        for nth in 0..25 * FEWEST_ARTICLES {
            let gone = Share { articles_in: 1, articles_out: 0, words_in: 100, words_out: 0 };
            breakdown.count(0, 1, &format!("s{:02}", nth % 25), "", &gone);
        }
        let all = alarms(&whole(1000, 1000), None, &[], &breakdown, &Copied::default());
        assert_eq!((all.len(), all[10].message.as_str()), (11, "and 15 more alarms of this kind"));
    }
}
