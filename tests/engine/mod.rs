//! The engine, called as the oracle is, and its answer in the oracle's words.

use einmal::corpus::{ByteSpan, Place, RecordName, WordSpan};
use einmal::decide::{self, Facts, MinCut, RecordVerdict, Source, Threshold, Verdict};
use einmal::filter;
use einmal::fingerprint::{MinRun, Seed, ShingleHasher};
use einmal::index::TableSize;
use einmal::ledger::reason_name;
use einmal::pipeline::{Judge, Prepared};
use einmal::split::{PartSize, for_each_word};

use crate::oracle::{Cover, Outcome, Rules, Span, Updates};

/// What must not show in the answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Records in a batch.
    pub(crate) batch: usize,
    pub(crate) threads: usize,
    pub(crate) places_per_anchor: usize,
    /// After so many batches, what is kept goes from memory to files.
    pub(crate) spilled_after: usize,
    /// Whether what stays, but is near to going, is noted.
    pub(crate) notes: bool,
}

/// Judges `texts` with the engine.
pub(crate) fn engine(texts: &[String], rules: &Rules, limits: &Limits) -> Vec<Outcome> {
    judge_all(texts, rules, limits, outcome)
}

/// The same, with all that the engine says of each.
pub(crate) fn verdicts(texts: &[String], rules: &Rules, limits: &Limits) -> Vec<RecordVerdict> {
    judge_all(texts, rules, limits, |_, verdict, _| verdict.clone())
}

fn judge_all<T: Send>(
    texts: &[String],
    rules: &Rules,
    limits: &Limits,
    answer: impl Fn(&Prepared, &RecordVerdict, &Judge) -> T + Send,
) -> Vec<T> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(limits.threads).build().expect("threads can be had");
    pool.install(|| judge_in_batches(texts, rules, limits, answer))
}

fn judge_in_batches<T>(
    texts: &[String],
    rules: &Rules,
    limits: &Limits,
    answer: impl Fn(&Prepared, &RecordVerdict, &Judge) -> T,
) -> Vec<T> {
    let settings = settings(rules, limits);
    let shingles = ShingleHasher::new(Seed(42), settings.min_run);
    let part_size = PartSize { wanted: rules.part_bytes.0, most: rules.part_bytes.1 };
    let least = filter::Limits::read(&format!("words {0} {0}", rules.fewest_words)).expect("a limit");
    let size = TableSize { places_per_anchor: limits.places_per_anchor, repeats_passages: limits.batch.is_multiple_of(2) };
    let judge = Judge::new(settings, shingles, size);
    let mut judge = if rules.fewest_words > 0 { judge.with_filter(least, true) } else { judge };
    let mut answers = Vec::new();
    for (nth, texts) in texts.chunks(limits.batch).enumerate() {
        let place = |at: usize| Place { file: 0, record: (nth * limits.batch + at) as u64 };
        let prepare = |(at, text): (usize, &String)| Prepared {
            has_names: rules.names,
            ..Prepared::new(place(at), RecordName::default(), text.clone(), part_size, &shingles)
        };
        let batch: Vec<Prepared> = texts.iter().enumerate().map(prepare).collect();
        let verdicts = judge.judge_batch(&batch);
        if nth % limits.spilled_after == limits.spilled_after - 1 {
            judge.spill(&std::env::temp_dir()).expect("there is room");
        }
        answers.extend(batch.iter().zip(verdicts).map(|(record, verdict)| answer(record, &verdict, &judge)));
    }
    answers
}

fn settings(rules: &Rules, limits: &Limits) -> decide::Rules {
    let threshold = |(part, whole)| Threshold::new(part, whole).expect("a share");
    decide::Rules {
        min_run: MinRun::new(rules.min_run).expect("in range"),
        min_cut: rules.min_cut.map_or(MinCut::Never, MinCut::Words),
        article_threshold: threshold(rules.article_threshold),
        passage_threshold: threshold(rules.passage_threshold),
        facts: match (rules.facts, rules.names) {
            (false, _) => Facts::Off,
            (true, false) => Facts::Numbers,
            (true, true) => Facts::Names,
        },
        updates: match rules.updates {
            Updates::Whole => decide::Updates::Whole,
            Updates::Cut => decide::Updates::Cut,
            Updates::Drop => decide::Updates::Drop,
        },
        near: if limits.notes { Threshold::new(1, 2) } else { None },
    }
}

fn outcome(record: &Prepared, verdict: &RecordVerdict, judge: &Judge) -> Outcome {
    let kept = judge.kept().records();
    let mut words = Vec::new();
    for_each_word(&record.text, |bytes, _| words.push(bytes));
    let bytes_of = |lost: &WordSpan| (words[lost.start as usize].start as usize, words[lost.end as usize - 1].end as usize);
    let cover = |receipt: &decide::Receipt| {
        let (place, first) = match receipt.source {
            Source::Other(place) => (kept.at(place).place, kept.at(place).word),
            Source::Own(word) => (record.place, u64::from(word)),
        };
        Cover { record: place.record as usize, first: first as usize, at: receipt.words.start as usize, n: receipt.words.len() }
    };
    let span = |removed: &decide::Removed| Span {
        bytes: (removed.bytes.start as usize, removed.bytes.end as usize),
        reason: reason_name(removed.reason),
        covered: removed.n_covered,
        words: removed.words.len(),
        covers: removed.receipts.iter().map(cover).collect(),
        lost: removed.lost.iter().map(bytes_of).collect(),
    };
    let output = || {
        let mut text = record.text.clone();
        let removed: Vec<ByteSpan> = verdict.removed_bytes().collect();
        removed.iter().rev().for_each(|bytes| text.replace_range(bytes.range(), ""));
        text
    };
    Outcome {
        output: (verdict.verdict == Verdict::Keep).then(output),
        update_of: verdict.update_of(kept).map(|place| kept.at(place).place.record as usize),
        spans: verdict.removed.iter().map(span).collect(),
    }
}
