//! What a run would need: the real engine on a sample of the input.

use std::sync::atomic::Ordering;
use std::time::Instant;

use super::batch::Batch;
use super::job::in_pool;
use super::judge::Judge;
use super::room::{Need, lacking, output_need};
use super::spill::MemoryLimit;
use super::texts::Learned;
use crate::decide::Verdict;
use crate::error::Error;
use crate::fingerprint::{Seed, ShingleHasher};
use crate::index::TableSize;
use crate::read::{Input, RawBatch, Reader, collect_inputs, is_packed};
use crate::report::{Amount, DiskNeed, Estimate, Summary};
use crate::settings::Settings;

/// So many files are looked at, at most, evenly spread over all.
const MOST_FILES: usize = 200;

/// Fewer bytes may have been read of a file only to see what it is, whatever was read of it elsewhere.
const LOOK: u64 = 128 << 10;

/// Of a packed file so many bytes are read at least: up to 1 MiB of them is read ahead, and unpacked later. One that isn't twice as large is read to its end.
const PACKED_LOOK: u64 = 4 << 20;

/// A large run takes so much longer for each record than a small one that writes nothing: it writes, and it waits for memory that no cache holds.
const SLOWER: f64 = 1.25;

/// What the program takes beside kept text, and for each thread, in bytes.
const PROGRAM: u64 = 30 << 20;
const THREAD: u64 = 25 << 20;

/// Tells what a run with these settings would need, by what up to about `sample` bytes of its records do.
///
/// # Errors
///
/// If an input cannot be read, or is a pipe: it can be read once only, and nobody knows how much is to come.
pub fn estimate(settings: &Settings, sample: u64) -> Result<Estimate, Error> {
    in_pool(settings, || {
        let inputs = collect_inputs(&settings.inputs, &settings.selection)?;
        let Some(n_bytes) = inputs.iter().map(|input| input.len).sum::<Option<u64>>() else {
            return Err(Error::usage("a pipe can be read only once, and doesn't tell how much is to come")
                .with_hint("name files: einmal estimate dump.jsonl"));
        };
        let mut taken = Sample::new(settings);
        let started = Instant::now();
        let n_chosen = inputs.len().min(MOST_FILES);
        for nth in 0..n_chosen {
            let left = sample.saturating_sub(taken.amount.record_bytes);
            taken.look_at(&inputs[nth * inputs.len() / n_chosen], left / (n_chosen - nth) as u64)?;
        }
        let seconds = started.elapsed().as_secs_f64();
        let all = Amount { files: inputs.len() as u64, bytes: n_bytes, ..Amount::default() };
        taken.extrapolate(all, seconds)
    })
}

/// What was looked at.
struct Sample<'a> {
    settings: &'a Settings,
    shingles: ShingleHasher,
    judge: Judge,
    summary: Summary,
    amount: Amount,
}

impl<'a> Sample<'a> {
    fn new(settings: &'a Settings) -> Self {
        let shingles = ShingleHasher::new(Seed::random(), settings.rules.min_run);
        let judge = Judge::new(settings.rules, shingles, TableSize::default());
        Self { settings, shingles, judge, summary: Summary::default(), amount: Amount::default() }
    }

    /// Looks at the front of a file, to about `share` bytes of its records.
    fn look_at(&mut self, input: &Input, share: u64) -> Result<(), Error> {
        let Settings { reading, batch, threads, .. } = self.settings;
        let mut reader = Reader::new(vec![input.clone()], reading.clone(), *batch, *threads);
        let n_read = reader.n_read();
        let before = self.amount;
        let (mut n_taken, mut n_passed) = (0_u64, 0_u64);
        let mut is_at_end = false;
        let len = input.len.unwrap_or_default();
        let look = match is_packed(&input.relative) {
            false => LOOK,
            true if len < 2 * PACKED_LOOK => len,
            true => PACKED_LOOK,
        };
        loop {
            let Some(raw) = reader.next_batch()? else {
                is_at_end = true;
                break;
            };
            let n_records = raw.blocks.iter().map(|block| block.records.len() as u64).sum::<u64>();
            if n_taken > 0 && self.amount.record_bytes - before.record_bytes >= share {
                // How far this is can be told by the bytes read; of archives and tables these are not counted, so their records are.
                if n_read.load(Ordering::Relaxed) > look {
                    break;
                }
                n_passed += n_records;
                continue;
            }
            n_taken += n_records;
            self.take(raw);
        }
        let n_read = if is_at_end { len } else { n_read.load(Ordering::Relaxed).min(len) };
        self.amount.files += 1;
        self.amount.bytes += if is_at_end || is_packed(&input.relative) {
            (n_read as f64 * n_taken as f64 / (n_taken + n_passed).max(1) as f64) as u64
        } else {
            // What was read ahead is none of the sample.
            n_read.min(self.amount.record_bytes - before.record_bytes)
        };
        Ok(())
    }

    fn take(&mut self, raw: RawBatch) {
        let batch = Batch::prepare(raw, self.settings, &self.shingles, &Learned::default());
        let verdicts = self.judge.judge_batch(&batch.records);
        for (nth, (record, verdict)) in batch.records.iter().zip(&verdicts).enumerate() {
            let (_, bytes) = batch.origin(nth);
            let len = bytes.len().max(record.text.len()) as u64 + 1;
            self.amount.record_bytes += len;
            if verdict.verdict == Verdict::Keep {
                let n_removed: usize = verdict.removed_bytes().map(|span| span.len()).sum();
                self.summary.record_bytes_out += len.saturating_sub(n_removed as u64);
            }
            self.summary.count(record, verdict);
        }
        self.amount.records = self.summary.articles_in;
        self.amount.words = self.summary.words_in;
    }

    /// What all of the input would need.
    fn extrapolate(self, all: Amount, seconds: f64) -> Result<Estimate, Error> {
        let Self { settings, judge, summary, amount, .. } = self;
        let factor = all.bytes as f64 / amount.bytes.max(1) as f64;
        let scaled = |part: u64| (part as f64 * factor).round() as u64;
        let input = Amount {
            record_bytes: scaled(amount.record_bytes),
            records: scaled(amount.records),
            words: scaled(amount.words),
            ..all
        };
        let index = scaled(index_size(&judge)?);
        let (limit, kept) = (MemoryLimit::new(settings), scaled(judge.kept().held_memory() as u64));
        let spilled = kept > limit.room();
        let besides = PROGRAM + THREAD * settings.threads as u64;
        let written = scaled(summary.record_bytes_out);
        let packed = written as f64 * all.bytes as f64 / input.record_bytes.max(1) as f64;
        let output = output_need(settings, packed as u64, written);
        let disk = DiskNeed {
            output: output.as_ref().map_or(written, |need| need.bytes),
            index,
            // While segments are merged both the old and the new are there.
            temporary: if spilled { 2 * index } else { 0 },
        };
        let mut needs = Vec::from_iter(output);
        needs.extend(settings.index.as_ref().map(|used| Need { path: used.folder.clone(), bytes: index }));
        needs.push(Need { path: limit.folder().to_owned(), bytes: disk.temporary });
        Ok(Estimate {
            input,
            sample: amount,
            duplicates: summary.duplicates(),
            duplicate_articles: share(summary.articles_in - summary.articles_out, summary.articles_in),
            memory: besides + kept.min(limit.room()),
            memory_limit: settings.memory,
            disk,
            seconds: seconds * factor * SLOWER,
            threads: settings.threads,
            lacking: lacking(&needs),
        })
    }
}

/// Bytes of a segment of all that was kept.
fn index_size(judge: &Judge) -> Result<u64, Error> {
    let folder = std::env::temp_dir();
    let cannot = |source| Error::io("write temporary files in", &folder, source);
    let file = tempfile::tempfile_in(&folder).map_err(cannot)?;
    judge.kept().write_held(&[], &file).map_err(cannot)?;
    file.metadata().map(|metadata| metadata.len()).map_err(cannot)
}

fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}
