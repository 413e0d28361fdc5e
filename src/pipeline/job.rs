//! A job from end to end.

use std::collections::HashSet;
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::batch::Batch;
use super::indexing::RunIndex;
use super::judge::{Judge, Prepared};
use super::learning::learn;
use super::room::warn_if_it_may_not_fit;
use super::sinks::{Complete, Sinks};
use super::spill::MemoryLimit;
use super::texts::Learned;
use super::verify::{Evidence, check, twice};
use super::witness::texts_of;
use crate::boilerplate::{Boilerplate, Counter};
use crate::decide::{RecordVerdict, Threshold};
use crate::error::{Error, printable};
use crate::filter::{Filter, Limits};
use crate::fingerprint::{Seed, ShingleHasher};
use crate::index::{KeptText, TableSize};
use crate::read::{Input, Reader, Source, collect_inputs};
use crate::report::{Progress, Summary, Verbosity, peak_memory};
use crate::settings::{IndexUse, Job, Settings};
use crate::write::{Target, shared_output};

/// Reads the inputs, cleans them, takes out what was said before if that is the job, and writes what is left.
///
/// # Errors
///
/// If an input or an output cannot be used; then no output has come about. Bad records are counted in the summary instead.
pub fn run_job(settings: &Settings) -> Result<Summary, Error> {
    in_pool(settings, || run(settings))
}

/// Does some work on as many threads as are wanted.
pub(super) fn in_pool<T: Send>(settings: &Settings, work: impl FnOnce() -> Result<T, Error> + Send) -> Result<T, Error> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(settings.threads).build();
    let pool = pool.map_err(|error| Error::usage(format!("cannot start {} threads: {error}", settings.threads)))?;
    pool.install(work)
}

fn run(settings: &Settings) -> Result<Summary, Error> {
    let mut inputs = collect_inputs(&settings.inputs, &settings.selection)?;
    check_paths(settings, &inputs)?;
    if inputs.iter().any(|input| matches!(input.source, Source::Stdin)) && std::io::stdin().is_terminal() {
        log::warn!("reading from the terminal; Ctrl-D ends the input, Ctrl-C the program");
    }
    warn_if_it_may_not_fit(settings, &inputs);
    let min_run = settings.rules.min_run;
    let index = settings.index.as_ref().map(|index| RunIndex::open(index, settings, &mut inputs)).transpose()?;
    let shingles = index.as_ref().map_or_else(|| ShingleHasher::new(Seed::random(), min_run), RunIndex::hasher);
    if settings.verify {
        if let Some(name) = twice(&inputs) {
            return Err(Error::usage(format!("--verify cannot tell two inputs from each other that are both called {name}")));
        }
        inputs.iter_mut().try_for_each(Input::spool)?;
    }
    let learned = learn(settings, &mut inputs, shingles, index.as_ref())?;
    let again = if settings.verify || settings.report.is_some() { inputs.clone() } else { Vec::new() };
    let mut reading =
        read_through(settings, inputs, shingles, &learned, index.as_ref()).map_err(|error| match &settings.index {
            Some(IndexUse { adds: true, folder, .. }) if error.is_closed_pipe() => {
                Error::input(folder, "nobody reads the output any more; the index stays as it was")
            }
            _ => error,
        })?;
    if let Some(index) = &index {
        reading.sinks.summary.earlier_runs = index.earlier_shares();
    }
    show_examples(settings, &again, &learned, shingles, &mut reading);
    let names = reading.sinks.file_names();
    if index.as_ref().is_some_and(|index| index.run_name().is_some()) {
        MemoryLimit::new(settings).complete(&mut reading.judge)?;
    }
    let change = index.map(|index| index.prepare(&reading.judge, &reading.sinks.summary, &names)).transpose()?;
    let complete = reading.complete()?;
    if settings.verify {
        verify_complete(settings, again, &learned, shingles, &complete)?;
    }
    complete.commit(change.flatten()).map(|finished| finished.summary)
}

/// Reads the texts that the page's examples are held against. Without them it tells less, but that ends no run.
fn show_examples(settings: &Settings, inputs: &[Input], learned: &Learned, shingles: ShingleHasher, reading: &mut Reading<'_>) {
    let wanted = reading.sinks.watch.wanted();
    if wanted.is_empty() {
        return;
    }
    log::info!("a reading for the examples of the report");
    match texts_of(settings, inputs.to_vec(), learned, shingles, wanted) {
        Ok(texts) => reading.sinks.watch.show(&texts),
        Err(error) => log::warn!("{error}; the report's examples lack the kept text"),
    }
}

/// Checks what was written before it gets its names.
fn verify_complete(
    settings: &Settings,
    inputs: Vec<Input>,
    learned: &Learned,
    shingles: ShingleHasher,
    complete: &Complete,
) -> Result<(), Error> {
    log::info!("a reading to check what was written");
    let Some(ledger) = &settings.ledger else { return Ok(()) };
    let place = |name: &Path| complete.place(name);
    let is_lossless = settings.rules.article_threshold == Threshold::ONE && settings.rules.passage_threshold == Threshold::ONE;
    let evidence = Evidence { ledger, place: &place, summary: None, is_lossless };
    let (verified, offences) = check(settings, inputs, learned, shingles, &evidence)?;
    if offences.is_empty() {
        log::info!("{verified}");
        return Ok(());
    }
    offences.iter().for_each(|offence| log::error!("{}", printable(&offence.to_string())));
    Err(Error::refused("--verify found that what was written is wrong: no file was put in its place"))
}

/// All inputs were read; what lacks is that what was written gets its names.
pub(super) struct Reading<'a> {
    sinks: Sinks<'a>,
    boilerplate: Counter,
    judge: Judge,
    started: Instant,
}

impl Reading<'_> {
    /// Completes all that is written.
    pub(super) fn complete(mut self) -> Result<Complete, Error> {
        self.sinks.summary.seconds = self.started.elapsed().as_secs_f64();
        self.sinks.summary.peak_memory = peak_memory();
        self.sinks.complete(self.boilerplate)
    }
}

/// Reads all inputs once.
pub(super) fn read_through<'a>(
    settings: &'a Settings,
    inputs: Vec<Input>,
    shingles: ShingleHasher,
    learned: &Learned,
    index: Option<&RunIndex>,
) -> Result<Reading<'a>, Error> {
    let started = Instant::now();
    log::info!("reading {} files with {} threads", inputs.len(), settings.threads);
    let n_bytes: Option<u64> = inputs.iter().map(|input| input.len).sum();
    let progress = Progress::new(n_bytes, settings.verbosity >= Verbosity::Normal);

    let mut reader = Reader::new(inputs, settings.reading.clone(), settings.batch, settings.threads);
    let n_read = reader.n_read();
    let mut judge = judge_of(settings, shingles, index);
    let limit = MemoryLimit::new(settings);
    let mut next = || -> Result<Option<Batch>, Error> {
        Ok(reader.next_batch()?.map(|raw| Batch::prepare(raw, settings, &shingles, learned)))
    };
    let mut upcoming = next()?;
    let mut sinks = Sinks::begin(settings, shingles.seed())?;
    let mut boilerplate = Counter::new(settings.memory / 16);
    let counts_boilerplate = settings.boilerplate == Boilerplate::Report && !settings.is_rehearsal;
    let is_dedup = settings.job == Job::Dedup;

    while let Some(batch) = upcoming.take() {
        let at_once = is_dedup && !batch.records.iter().any(Prepared::is_large);
        let provisional = at_once.then(|| judge.judge_side_by_side(&batch.records));
        // What must be done in order, while the next batch is read and taken apart.
        let (settled, prepared) = rayon::join(
            || {
                let Some(provisional) = provisional else {
                    let keep = || vec![RecordVerdict::keep(); batch.records.len()];
                    let verdicts = if is_dedup { judge.judge_batch(&batch.records) } else { keep() };
                    check_kept(&judge)?;
                    return sinks.write(&batch, &verdicts, judge.kept().records()).map(|()| (verdicts, None));
                };
                let mut settled = judge.settle(&batch.records, provisional);
                Ok((std::mem::take(&mut settled.verdicts), Some(settled)))
            },
            &mut next,
        );
        let (verdicts, settled) = settled?;
        // What is kept is learned while it is written and counted.
        let learn = || -> Result<(), Error> {
            if let Some(mut settled) = settled {
                check_kept(&judge)?;
                judge.learn_while(&batch.records, &mut settled, |kept| sinks.write(&batch, &verdicts, kept))?;
            }
            check_kept(&judge)?;
            limit.keep(&mut judge)
        };
        let count = || {
            if counts_boilerplate {
                batch.count_boilerplate(&verdicts, &mut boilerplate);
            }
        };
        rayon::join(learn, count).0?;
        let summary = &sinks.summary;
        progress.show(n_read.load(Ordering::Relaxed), summary.articles_in, summary.words_out, summary.words_in);
        upcoming = prepared?;
    }

    progress.finish();
    sinks.summary.bytes_in = n_read.load(Ordering::Relaxed);
    sinks.summary.run = index.and_then(RunIndex::run_name).map(str::to_owned);
    Ok(Reading { sinks, boilerplate, judge, started })
}

/// A judge who knows what the index does.
fn judge_of(settings: &Settings, shingles: ShingleHasher, index: Option<&RunIndex>) -> Judge {
    let kept = index.map_or_else(|| KeptText::new(shingles, TableSize::default()), RunIndex::kept_text);
    let judge = Judge::knowing(settings.rules, kept);
    if settings.filter == Filter::Off {
        return judge;
    }
    let limits = settings.filter_limits.as_deref().map_or_else(Limits::built_in, Limits::clone);
    judge.with_filter(limits, settings.filter == Filter::Drop)
}

/// Refuses to go on where kept text could not be read from its files: then verdicts and receipts are wrong.
fn check_kept(judge: &Judge) -> Result<(), Error> {
    match judge.kept().failure() {
        Some(failure) => Err(Error::usage(format!("kept text cannot be read from its files any more: {failure}"))),
        None => Ok(()),
    }
}

/// Refuses outputs that would destroy an input or each other, and an output folder that the next run would read as input.
fn check_paths(settings: &Settings, inputs: &[Input]) -> Result<(), Error> {
    let list = if settings.boilerplate == Boilerplate::Report { &settings.boilerplate_list } else { &None };
    if let Some(IndexUse { folder, .. }) = &settings.index {
        let index = resolved(folder);
        let around = settings.inputs.iter().find(|input| input.is_dir() && index.starts_with(resolved(input)));
        if let Some(input) = around {
            let problem = format!("the index lies in the input folder {}, and would be read as input", input.display());
            return Err(Error::usage(problem).with_hint("name a folder beside it"));
        }
    }
    let side_files = [
        ("--ledger", &settings.ledger),
        ("--summary", &settings.summary),
        ("--report", &settings.report),
        ("--quarantine", &settings.quarantine),
        ("--boilerplate-list", list),
    ];
    let side_files: Vec<(&str, &PathBuf)> =
        side_files.into_iter().filter_map(|(option, path)| Some((option, path.as_ref()?))).collect();
    let mut taken: Vec<PathBuf> = Vec::new();
    for input in inputs.iter().filter(|_| !side_files.is_empty()) {
        if let Source::File(path) = &input.source {
            taken.push(resolved(path));
        }
        if let Target::Folder(folder) = &settings.target {
            taken.push(resolved(&folder.join(&input.relative)));
        }
    }
    if let Target::File(path) = &settings.target {
        // The output may take the place of an input: it is complete by then.
        taken.push(resolved(path));
    }
    for (option, path) in side_files {
        let path = resolved(path);
        let is_file = fs::metadata(&path).map_or(true, |metadata| metadata.is_file());
        if is_file && taken.contains(&path) {
            return Err(Error::usage(format!("{option} {} is an input or another output of this run", path.display())));
        }
        taken.push(path);
    }
    if let Target::Folder(folder) = &settings.target {
        let mut names = HashSet::new();
        if let Some(twice) = inputs.iter().find(|input| !names.insert(&input.relative)) {
            return Err(shared_output(&folder.join(&twice.relative)));
        }
        let folder = resolved(folder);
        let around =
            settings.inputs.iter().map(|input| resolved(input)).find(|input| folder != *input && folder.starts_with(input));
        if let Some(input) = around {
            let problem = format!("the output folder lies in the input folder {}: the next run would read it", input.display());
            return Err(Error::usage(problem).with_hint("name a folder beside it"));
        }
    }
    Ok(())
}

/// The path without links and detours; of one that doesn't exist yet, as far as it does.
pub(super) fn resolved(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let there_is = path.ancestors().find_map(|above| Some((above, fs::canonicalize(above).ok()?)));
    match there_is {
        Some((above, real)) => match path.strip_prefix(above) {
            Ok(new) if !new.as_os_str().is_empty() => real.join(new),
            _ => real,
        },
        None => path,
    }
}
