//! *What did earlier runs keep?* A folder that holds the kept text of many runs: an index.
//!
//! Its manifest names its segments, which are never changed. A run writes new ones beside them, and puts a new manifest in the place of the old when all else is
//! done; until then, whatever happens, the index is as it was.

mod care;
mod compared;
mod expire;
mod lock;
mod manifest;
mod naming;

use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::error::Error;
use crate::fingerprint::{MinRun, Seed, ShingleHasher};
use crate::index::{EarlierRun, KeptText, Segment, TableSize, merge, merge_wanted, write_without};
use crate::write::AtomicFile;
pub use care::{check, compact, export, forget, list, show};
use compared::{Compared, stamp};
pub use expire::{Days, Expiry};
use lock::{LOCK, Lock, remove_leftovers};
use manifest::MANIFEST;
pub use manifest::{Hashing, Manifest, Run, SegmentFile};
pub use naming::run_name;

/// How segments' names end.
const SEGMENT_EXTENSION: &str = ".segment";

/// How often an index is opened anew because another run changed it meanwhile.
const N_TRIES: usize = 10;

/// The time, in UTC, as RFC 3339 has it.
pub fn now() -> String {
    DateTime::<Utc>::from(SystemTime::now()).to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// An index that was opened.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    /// Held by those who may change it.
    lock: Option<Lock>,
    manifest: Manifest,
    /// What the manifest names.
    segments: Vec<Arc<Segment>>,
    /// The states of their files.
    stamps: Vec<u64>,
    /// Segments that are complete, but have no names yet.
    unnamed: Vec<AtomicFile>,
}

/// A run that is to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// What it is called.
    pub name: String,
    /// When it began, in UTC, as RFC 3339 has it.
    pub started: String,
    /// Records of which something was kept.
    pub records: u64,
    /// Words that were kept.
    pub words: u64,
    /// Words that were read.
    pub words_in: u64,
}

/// A changed index, all written: what it lacks are the names of its files.
#[derive(Debug)]
pub struct ChangedIndex {
    folder: PathBuf,
    unnamed: Vec<AtomicFile>,
    manifest: AtomicFile,
    /// Files that are no longer wanted.
    gone: Vec<PathBuf>,
    _lock: Option<Lock>,
}

impl Store {
    /// Opens the index in `folder` to compare with it.
    ///
    /// # Errors
    ///
    /// If there is none, or it cannot be read.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let no_index = || {
            let problem =
                if folder.is_dir() { "there is no index in this folder" } else { "there is no such folder, and no index" };
            Error::input(folder, problem).with_hint("a run with --index makes one, if it is not to be --read-only")
        };
        let mut missing = None;
        for _ in 0..N_TRIES {
            let manifest = Manifest::read(folder)?.ok_or_else(no_index)?;
            match open_segments(folder, &manifest) {
                Ok((segments, stamps)) => {
                    let folder = folder.to_owned();
                    return Ok(Self { folder, lock: None, manifest, segments, stamps, unnamed: Vec::new() });
                }
                // Another run may just have merged it into another.
                Err(error) if Manifest::read(folder)?.as_ref() == Some(&manifest) => return Err(error),
                Err(error) => missing = Some(error),
            }
        }
        Err(missing.unwrap_or_else(no_index))
    }

    /// Opens the index in `folder` to change it; makes one, with this hasher, where there is none.
    ///
    /// # Errors
    ///
    /// If it cannot be read or written to, or another program is changing it.
    pub fn change(folder: &Path, min_run: MinRun) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(|source| Error::io("make folder", folder, source))?;
        let found = Manifest::read(folder)?;
        if found.is_none() {
            refuse_other_folders(folder)?;
        }
        let lock = Lock::take(folder)?;
        // Whoever held the lock a moment ago may have changed it.
        let manifest = match Manifest::read(folder)? {
            Some(manifest) => manifest,
            None => Manifest::empty(&ShingleHasher::new(Seed::random(), min_run)),
        };
        remove_leftovers(folder, |name| manifest.segments.iter().any(|segment| segment.name == name), &lock);
        let (segments, stamps) = open_segments(folder, &manifest)?;
        Ok(Self { folder: folder.to_owned(), lock: Some(lock), manifest, segments, stamps, unnamed: Vec::new() })
    }

    /// Opens an index that is there, to change it.
    ///
    /// # Errors
    ///
    /// If there is none; else those of [`Self::change`].
    pub fn change_existing(folder: &Path) -> Result<Self, Error> {
        let min_run = Self::read(folder)?.manifest.hasher(folder)?.min_run();
        Self::change(folder, min_run)
    }

    /// What the index consists of.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its segments, in priority order.
    pub fn segments(&self) -> &[Arc<Segment>] {
        &self.segments
    }

    /// The hasher by which text can be compared with the index.
    ///
    /// # Errors
    ///
    /// If it isn't the one that such a run asks for.
    pub fn hasher(&self, min_run: MinRun) -> Result<ShingleHasher, Error> {
        let hasher = self.manifest.hasher(&self.folder)?;
        if hasher.min_run() == min_run {
            return Ok(hasher);
        }
        let (here, asked) = (hasher.min_run().words(), min_run.words());
        Err(Error::input(&self.folder, format!("the index was made with --min-run {here}, and this run has --min-run {asked}"))
            .with_hint(format!("run with --min-run {here}, or use another index")))
    }

    /// The same index as kept text, behind which more can be kept.
    pub fn kept_text(&self, shingles: ShingleHasher) -> KeptText {
        let size = TableSize { repeats_passages: self.lock.is_some(), ..TableSize::default() };
        let earlier =
            self.manifest.runs.iter().map(|run| EarlierRun { name: run.name.clone(), chunks: run.chunks[0]..run.chunks[1] });
        KeptText::new(shingles, size).after(self.segments.clone(), earlier.collect(), self.manifest.next_chunk)
    }

    /// Reads everything, and compares it with the checksums.
    ///
    /// # Errors
    ///
    /// If something is damaged, with its name.
    pub fn verify(&self) -> Result<(), Error> {
        (0..self.segments.len()).try_for_each(|nth| self.verify_segment(nth))
    }

    /// The segments that are to be compared with their checksums by a run: those of which nobody knows it, or not any more. Each with its size in bytes.
    pub fn uncompared(&self) -> Vec<(usize, u64)> {
        let is_due = |file: &SegmentFile, stamp| !file.compared.holds(stamp);
        let files = self.manifest.segments.iter().zip(&self.stamps).enumerate();
        files.filter(|(_, (file, stamp))| is_due(file, **stamp)).map(|(nth, (file, _))| (nth, file.len)).collect()
    }

    /// Notes that these segments were compared with their checksums, and were sound.
    pub fn note_compared(&mut self, numbers: impl Iterator<Item = usize>) {
        for nth in numbers {
            self.manifest.segments[nth].compared = Compared::now(self.stamps[nth]);
        }
    }

    /// Compares segment number `nth` with its checksums.
    ///
    /// # Errors
    ///
    /// If it is damaged, with its name.
    pub fn verify_segment(&self, nth: usize) -> Result<(), Error> {
        let path = || self.folder.join(&self.manifest.segments[nth].name);
        self.segments[nth].verify().map_err(|problem| Error::input(path(), problem.to_string()))
    }

    /// Leaves out what a run kept. Tells whether there is such a run.
    ///
    /// # Errors
    ///
    /// If a segment that it shares with others cannot be written anew.
    pub fn forget(&mut self, name: &str) -> Result<bool, Error> {
        let Some(at) = self.manifest.runs.iter().position(|run| run.name == name) else { return Ok(false) };
        let chunks = self.manifest.runs.remove(at).chunks;
        let gone = chunks[0]..chunks[1];
        let is_touched = |segment: &Arc<Segment>| segment.chunks().start < gone.end && gone.start < segment.chunks().end;
        let Some(nth) = self.segments.iter().position(is_touched) else { return Ok(true) };
        let segment = Arc::clone(&self.segments[nth]);
        if gone.start <= segment.chunks().start && segment.chunks().end <= gone.end {
            self.replace(nth..nth + 1, None);
        } else {
            self.verify_segment(nth)?;
            let records = segment.kept_records(|chunk| chunk as usize);
            let is_gone: Vec<bool> = records.map(|(record, _)| gone.contains(&record.run)).collect();
            self.leave_out(nth, &is_gone)?;
        }
        Ok(true)
    }

    /// Leaves out those records of segment number `nth` that are `gone`. It was verified: what is written anew gets checksums of its own, which would hide any damage.
    fn leave_out(&mut self, nth: usize, gone: &[bool]) -> Result<(), Error> {
        if !gone.contains(&true) {
            return Ok(());
        }
        let rest = if gone.contains(&false) {
            let shingles = self.manifest.hasher(&self.folder)?;
            let segment = Arc::clone(&self.segments[nth]);
            Some(self.write(|file| write_without(&segment, gone, &shingles, TableSize::default(), file))?)
        } else {
            None
        };
        self.replace(nth..nth + 1, rest);
        Ok(())
    }

    /// The number of the run that a chunk of words is of.
    fn run_of(&self, chunk: u32) -> usize {
        self.manifest.runs.partition_point(|run| run.chunks[1] <= chunk)
    }

    /// Merges segments into one: all of them, which were verified, or those that a run should, if any.
    ///
    /// # Errors
    ///
    /// If there is no room, or one is damaged.
    pub fn compact(&mut self, all: bool) -> Result<(), Error> {
        let shingles = self.manifest.hasher(&self.folder)?;
        let lens: Vec<u64> = self.manifest.segments.iter().map(|segment| segment.len).collect();
        let wanted = if all { (lens.len() > 1).then_some(0..lens.len()) } else { merge_wanted(&lens) };
        let Some(range) = wanted else { return Ok(()) };
        log::info!("merging {} segments of the index", range.len());
        if !all {
            // Not every run compares all, and what is written anew gets checksums of its own, which would hide any damage.
            range.clone().try_for_each(|nth| self.verify_segment(nth))?;
        }
        let segments = self.segments[range.clone()].to_vec();
        let merged = self.write(|file| merge(&segments, None, &shingles, TableSize::default(), file))?;
        self.replace(range, Some(merged));
        Ok(())
    }

    /// Adds what a run kept; `files` are the names of its files. All that `kept` holds is in memory, or in segments of its own.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn add(&mut self, run: NewRun, kept: &KeptText, files: &[String]) -> Result<(), Error> {
        // The last run stands in a segment of its own, so that it can be repeated at no cost.
        if let Err(error) = self.compact(false) {
            if error.is_about_input() {
                return Err(error);
            }
            log::warn!("{error}; the segments of the index stay as they are, which makes it a little slower");
        }
        let chunks = kept.own_chunks();
        let NewRun { name, started, records, words, words_in } = run;
        let chunk_range = [chunks.start, chunks.end];
        let words_out = words;
        let mut run = Run { name, started, chunks: chunk_range, records, words, words_in, words_out, day: None, oldest: None };
        if !chunks.is_empty() {
            let added = self.write(|file| kept.write_own(files, file))?;
            run.note_days(&added.1);
            let end = self.segments.len();
            self.replace(end..end, Some(added));
        }
        self.manifest.next_chunk = chunks.end.max(self.manifest.next_chunk);
        self.manifest.runs.push(run);
        Ok(())
    }

    /// Writes a segment, which gets its name later.
    fn write(&mut self, write: impl FnOnce(&File) -> io::Result<()>) -> Result<(SegmentFile, Arc<Segment>), Error> {
        let name = format!("{:06}{SEGMENT_EXTENSION}", self.manifest.next_segment);
        let path = self.folder.join(&name);
        let (atomic, file) = AtomicFile::create(&path)?;
        write(&file).map_err(|source| Error::io("write", &path, source))?;
        let segment = Segment::open(&file).map_err(|problem| Error::input(&path, problem.to_string()))?;
        self.manifest.next_segment += 1;
        self.unnamed.push(atomic);
        let metadata = file.metadata().map_err(|source| Error::io("write", &path, source))?;
        let compared = Compared::now(stamp(&metadata));
        Ok((SegmentFile { name, len: segment.size(), compared }, Arc::new(segment)))
    }

    fn replace(&mut self, range: Range<usize>, by: Option<(SegmentFile, Arc<Segment>)>) {
        let (files, segments): (Vec<_>, Vec<_>) = by.into_iter().unzip();
        self.stamps.splice(range.clone(), files.iter().map(|file| file.compared.stamp));
        self.manifest.segments.splice(range.clone(), files);
        self.segments.splice(range, segments);
    }

    /// Writes the manifest of the changed index, which gets its name later.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn prepare(mut self) -> Result<ChangedIndex, Error> {
        let path = self.folder.join(MANIFEST);
        let before = Manifest::read(&self.folder)?.map(|manifest| manifest.segments).unwrap_or_default();
        self.manifest.generation += 1;
        let (manifest, mut file) = AtomicFile::create(&path)?;
        let written = file.write_all(&self.manifest.to_bytes()).and_then(|()| file.sync_data());
        written.map_err(|source| Error::io("write", &path, source))?;
        let is_named = |name: &str| self.manifest.segments.iter().any(|segment| segment.name == name);
        let gone = before.into_iter().filter(|segment| !is_named(&segment.name));
        let gone = gone.map(|segment| self.folder.join(segment.name)).collect();
        Ok(ChangedIndex { folder: self.folder, unnamed: self.unnamed, manifest, gone, _lock: self.lock })
    }
}

impl ChangedIndex {
    /// Puts the changed index in the place of the old.
    ///
    /// # Errors
    ///
    /// If it cannot; then the index is as it was.
    pub fn commit(self) -> Result<(), Error> {
        let Self { folder, unnamed, manifest, gone, _lock } = self;
        unnamed.into_iter().try_for_each(AtomicFile::commit)?;
        store_names(&folder)?;
        manifest.commit()?;
        store_names(&folder)?;
        for path in gone {
            if let Err(error) = fs::remove_file(&path) {
                log::warn!("{}: cannot remove it: {error}", path.display());
            }
        }
        Ok(())
    }
}

/// Has the names in a folder stored, so that they outlast a loss of power.
fn store_names(folder: &Path) -> Result<(), Error> {
    if cfg!(unix) {
        let stored = File::open(folder).and_then(|folder| folder.sync_all());
        stored.map_err(|source| Error::io("write", folder, source))?;
    }
    Ok(())
}

/// Refuses to make an index in a folder that is used for something else.
fn refuse_other_folders(folder: &Path) -> Result<(), Error> {
    let entries = fs::read_dir(folder).map_err(|source| Error::io("read folder", folder, source))?;
    let is_other = |name: &str| name != LOCK && !name.ends_with(".einmal-tmp") && !name.ends_with(SEGMENT_EXTENSION);
    let other = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).find(|name| is_other(name));
    match other {
        Some(name) => Err(Error::input(folder, format!("this folder holds other things ({name}), and no index"))
            .with_hint("name a folder of its own; it is made if it isn't there")),
        None => Ok(()),
    }
}

/// Opens the segments that a manifest names, and notes the states of their files.
fn open_segments(folder: &Path, manifest: &Manifest) -> Result<(Vec<Arc<Segment>>, Vec<u64>), Error> {
    let open = |file: &SegmentFile| {
        let path = folder.join(&file.name);
        let opened = File::open(&path).map_err(|source| Error::io("read", &path, source))?;
        let problem = |problem: String| {
            Error::input(&path, problem).with_hint("the index cannot be used as it is; restore it from a copy, or make it anew")
        };
        let segment = Segment::open(&opened).map_err(|error| problem(error.to_string()))?;
        if segment.size() != file.len {
            return Err(problem(format!("it has {} bytes, the index says {}", segment.size(), file.len)));
        }
        let metadata = opened.metadata().map_err(|source| Error::io("read", &path, source))?;
        Ok((Arc::new(segment), stamp(&metadata)))
    };
    manifest.segments.iter().map(open).collect::<Result<Vec<_>, _>>().map(|opened| opened.into_iter().unzip())
}
