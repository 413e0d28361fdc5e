//! What `einmal index` does.

use std::io::{self, Write};
use std::path::Path;

use chrono::NaiveDate;
use serde::Serialize;

use super::{Hashing, Run, Store};
use crate::error::{Error, printable};
use crate::index::{KeptRecord, SegmentCounts};

/// Writes the runs of an index: name, time, records and words, a line each.
///
/// # Errors
///
/// If there is no index, it cannot be read, or `out` takes no more.
pub fn list(folder: &Path, out: &mut impl Write) -> Result<(), Error> {
    let store = Store::read(folder)?;
    let mut write = |run: &Run| writeln!(out, "{}\t{}\t{}\t{}", printable(&run.name), run.started, run.records, run.words);
    store.manifest.runs.iter().try_for_each(&mut write).map_err(cannot_write)
}

fn cannot_write(source: io::Error) -> Error {
    Error::io("write", "standard output", source)
}

/// What `einmal index show` tells.
#[derive(Serialize)]
struct Shown<'a> {
    generation: u64,
    hashing: &'a Hashing,
    runs: usize,
    records: u64,
    bytes: u64,
    words: u64,
    anchors: u64,
    frequent_runs: u64,
    short_passages: u64,
    segments: Vec<ShownSegment<'a>>,
}

#[derive(Serialize)]
struct ShownSegment<'a> {
    name: &'a str,
    bytes: u64,
    words: u64,
    anchors: u64,
}

/// Writes settings, sizes and files of an index, as JSON.
///
/// # Errors
///
/// If there is no index, it cannot be read, or `out` takes no more.
pub fn show(folder: &Path, out: &mut impl Write) -> Result<(), Error> {
    let store = Store::read(folder)?;
    let counts: Vec<SegmentCounts> = store.segments.iter().map(|segment| segment.counts()).collect();
    let files = store.manifest.segments.iter().zip(&counts);
    let segments = files.map(|(file, SegmentCounts { words, anchors, .. })| ShownSegment {
        name: &file.name,
        bytes: file.len,
        words: *words,
        anchors: *anchors,
    });
    let sum = |count: fn(&SegmentCounts) -> u64| counts.iter().map(count).sum();
    let shown = Shown {
        generation: store.manifest.generation,
        hashing: &store.manifest.hashing,
        runs: store.manifest.runs.len(),
        records: store.manifest.runs.iter().map(|run| run.records).sum(),
        bytes: store.manifest.segments.iter().map(|file| file.len).sum(),
        words: sum(|counts| counts.words),
        anchors: sum(|counts| counts.anchors),
        frequent_runs: sum(|counts| counts.frequent),
        short_passages: sum(|counts| counts.passages),
        segments: segments.collect(),
    };
    let page = serde_json::to_string_pretty(&shown).expect("numbers and names can always be written");
    writeln!(out, "{page}").map_err(cannot_write)
}

/// Reads all of an index, and compares it with its checksums.
///
/// # Errors
///
/// If there is none, or something in it is damaged: then the answer is no.
pub fn check(folder: &Path, out: &mut impl Write) -> Result<(), Error> {
    let store = Store::read(folder).map_err(Error::into_no)?;
    store.verify().map_err(Error::into_no)?;
    let n_runs = store.manifest.runs.len();
    writeln!(out, "{n_runs} runs in {} files: all as their checksums say", store.segments.len()).map_err(cannot_write)
}

/// Merges all files of an index into one.
///
/// # Errors
///
/// If there is no index, it cannot be changed, or there is no room.
pub fn compact(folder: &Path) -> Result<(), Error> {
    let mut store = Store::change_existing(folder)?;
    store.verify()?;
    store.compact(true)?;
    store.prepare()?.commit()
}

/// Leaves out what some runs kept, and what is of days `before` one, and says how much that was.
///
/// # Errors
///
/// If one of the runs is not there; then nothing is forgotten. Or if the index cannot be changed.
pub fn forget(folder: &Path, runs: &[String], before: Option<NaiveDate>, out: &mut impl Write) -> Result<(), Error> {
    let mut store = Store::change_existing(folder)?;
    let held = |store: &Store| {
        let runs = &store.manifest.runs;
        [runs.len() as u64, runs.iter().map(|run| run.records).sum(), runs.iter().map(|run| run.words).sum()]
    };
    let before_it = held(&store);
    for run in runs {
        if !store.forget(run)? {
            return Err(Error::input(folder, format!("the index holds no run {}", printable(run)))
                .with_hint("`einmal index list` has the names"));
        }
    }
    if let Some(before) = before {
        store.expire(before)?;
    }
    let left = held(&store);
    store.prepare()?.commit()?;
    let [runs, records, words] = std::array::from_fn(|nth| before_it[nth] - left[nth]);
    let told =
        format!("forgotten: {words} words of {records} records, and {runs} runs; left: {} words of {} records", left[2], left[1]);
    writeln!(out, "{told}").map_err(cannot_write)
}

/// A record of which something is kept.
#[derive(Serialize)]
struct Exported<'a> {
    run: &'a str,
    file: &'a str,
    record: u64,
    id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    url: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    date: &'a str,
    words: u64,
}

/// Writes the records of which something is kept, as JSON Lines.
///
/// # Errors
///
/// If there is no index, it cannot be read, or `out` takes no more.
pub fn export(folder: &Path, out: &mut impl Write) -> Result<(), Error> {
    let store = Store::read(folder)?;
    let runs = &store.manifest.runs;
    let parts = store.segments.iter().flat_map(|segment| segment.kept_records(|chunk| store.run_of(chunk)));
    let mut parts = parts.peekable();
    while let Some((KeptRecord { run, place, file, id, url, date, .. }, mut words)) = parts.next() {
        while let Some((_, more)) = parts.next_if(|(next, _)| (next.run, next.place) == (run, place)) {
            words += more;
        }
        let run = runs.get(run as usize).map_or("", |run| &run.name);
        let line = Exported { run, file: file.unwrap_or_default(), record: place.record, id, url, date, words };
        let line = serde_json::to_string(&line).expect("numbers and names can always be written");
        writeln!(out, "{line}").map_err(cannot_write)?;
    }
    Ok(())
}
