//! Kept text that finds no room in memory goes to files; the answers stay the same.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::judge::Judge;
use crate::error::Error;
use crate::index::{Segment, merge_wanted};
use crate::settings::Settings;
use crate::write::Target;

/// What everything but kept text takes: the program, batches on their way, buffers of inputs and outputs.
const BESIDES: u64 = 112 << 20;

/// Kept text has this much at least, lest it is written in crumbs.
const LEAST: u64 = 16 << 20;

/// How much memory there is, and where to go with what finds no room in it.
#[derive(Debug)]
pub(super) struct MemoryLimit {
    memory: u64,
    folder: PathBuf,
}

impl MemoryLimit {
    pub(super) fn new(settings: &Settings) -> Self {
        let parent =
            |path: &Path| path.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or_else(|| ".".into(), PathBuf::from);
        let beside_output = || match (&settings.target, &settings.index) {
            (Target::File(path) | Target::Folder(path), _) => parent(path),
            (Target::Stdout | Target::Nowhere, Some(index)) if index.adds => index.folder.clone(),
            (Target::Stdout | Target::Nowhere, _) => std::env::temp_dir(),
        };
        Self { memory: settings.memory, folder: settings.temp_dir.clone().unwrap_or_else(beside_output) }
    }

    /// So much of kept text is in memory at most, in bytes.
    pub(super) fn room(&self) -> u64 {
        // A third is for what is read of segments.
        (self.memory.saturating_sub(BESIDES) / 3 * 2).max(LEAST)
    }

    /// Where the rest goes.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes room where more is in use than should be. No batch is under way.
    pub(super) fn keep(&self, judge: &mut Judge) -> Result<(), Error> {
        if judge.kept().held_memory() as u64 > self.room() {
            log::debug!("kept text goes to {}", self.folder.display());
            judge.spill(&self.folder)?;
        }
        if resident().is_some_and(|resident| resident > self.memory / 4 * 3) {
            judge.kept().give_back();
        }
        Ok(())
    }

    /// Moves all that is kept to files, if some of it is there already.
    pub(super) fn complete(&self, judge: &mut Judge) -> Result<(), Error> {
        if judge.kept().own_segments().is_empty() { Ok(()) } else { judge.spill(&self.folder) }
    }
}

/// Bytes of memory in use, where the system tells.
fn resident() -> Option<u64> {
    /// Linux counts in pages of this size almost everywhere; where they are larger, memory is given back later.
    const PAGE: u64 = 4096;
    let statm = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * PAGE)
}

impl Judge {
    /// Moves what is kept of this run from memory to files in `folder`, which have no names and go with the program. No batch is under way.
    ///
    /// # Errors
    ///
    /// If there is no room for it.
    pub fn spill(&mut self, folder: &Path) -> Result<(), Error> {
        let kept = self.kept_mut();
        if kept.holds_nothing() {
            return Ok(());
        }
        let segment = nameless(folder, |file| kept.write_held(&[], file))?;
        kept.store_held(segment);
        let sizes: Vec<u64> = kept.own_segments().iter().map(|segment| segment.size()).collect();
        if let Some(range) = merge_wanted(&sizes) {
            let merged = nameless(folder, |file| kept.merge_own(range.clone(), &[], file))?;
            kept.replace_own(range, merged);
        }
        Ok(())
    }
}

/// A segment in a file without a name.
fn nameless(folder: &Path, write: impl FnOnce(&File) -> io::Result<()>) -> Result<Arc<Segment>, Error> {
    let cannot =
        |source| Error::io("write temporary files in", folder, source).with_hint("--temp-dir names another folder for them");
    let file = tempfile::tempfile_in(folder).map_err(cannot)?;
    write(&file).map_err(cannot)?;
    let segment = Segment::open(&file).map_err(|problem| cannot(io::Error::other(problem)))?;
    Ok(Arc::new(segment))
}
