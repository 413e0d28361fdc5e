//! The main job from end to end.

use std::sync::atomic::Ordering;
use std::time::Instant;

use super::batch::Batch;
use super::judge::Judge;
use super::sinks::Sinks;
use crate::error::Error;
use crate::fingerprint::{Seed, ShingleHasher};
use crate::index::TableSize;
use crate::read::{Reader, collect_inputs};
use crate::report::{Progress, Summary, Verbosity, peak_memory};
use crate::settings::Settings;

/// Reads the inputs, takes out what was said before, and writes what is left.
///
/// # Errors
///
/// If an input or an output cannot be used; then no output has come about. Bad records are counted in the summary instead.
pub fn dedup(settings: &Settings) -> Result<Summary, Error> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(settings.threads).build();
    let pool = pool.map_err(|error| Error::usage(format!("cannot start {} threads: {error}", settings.threads)))?;
    pool.install(|| run(settings))
}

fn run(settings: &Settings) -> Result<Summary, Error> {
    let started = Instant::now();
    let inputs = collect_inputs(&settings.inputs)?;
    let names: Vec<String> = inputs.iter().map(|input| input.name()).collect();
    let relative: Vec<_> = inputs.iter().map(|input| input.relative.clone()).collect();
    log::info!("reading {} files with {} threads", inputs.len(), settings.threads);
    let n_bytes: Option<u64> = inputs.iter().map(|input| input.len).sum();
    let progress = Progress::new(n_bytes, settings.verbosity >= Verbosity::Normal);

    let shingles = ShingleHasher::new(Seed::random(), settings.rules.min_run);
    let mut reader = Reader::new(inputs, settings.from, settings.articles, settings.max_record, settings.batch);
    let n_read = reader.n_read();
    let mut judge = Judge::new(settings.rules, shingles, TableSize::default());
    let mut next = || -> Result<Option<Batch>, Error> {
        Ok(reader.next_batch()?.map(|raw| Batch::prepare(raw, &names, settings, &shingles)))
    };
    let mut upcoming = next()?;
    let mut sinks = Sinks::begin(settings, &names, &relative)?;

    while let Some(batch) = upcoming.take() {
        let provisional = judge.judge_side_by_side(&batch.records);
        // What must be done in order, while the next batch is read and taken apart.
        let (settled, prepared) = rayon::join(
            || {
                let settled = judge.settle(&batch.records, provisional);
                sinks.write(&batch, &settled.verdicts, &judge)?;
                Ok::<_, Error>(settled)
            },
            &mut next,
        );
        judge.learn(&batch.records, &settled?);
        let summary = &sinks.summary;
        progress.show(n_read.load(Ordering::Relaxed), summary.articles_in, summary.words_out, summary.words_in);
        upcoming = prepared?;
    }

    progress.finish();
    sinks.summary.bytes_in = n_read.load(Ordering::Relaxed);
    sinks.summary.seconds = started.elapsed().as_secs_f64();
    sinks.summary.peak_memory = peak_memory();
    sinks.commit()
}
