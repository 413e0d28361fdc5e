//! Kept text that finds no room in memory goes to files; the answers stay the same.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::judge::Judge;
use crate::error::Error;
use crate::index::{Segment, merge_wanted};

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
        let lens: Vec<u64> = kept.own_segments().iter().map(|segment| segment.len()).collect();
        if let Some(range) = merge_wanted(&lens) {
            let merged = nameless(folder, |file| kept.merge_own(range.clone(), &[], file))?;
            kept.replace_own(range, merged);
        }
        Ok(())
    }
}

/// A segment in a file without a name.
fn nameless(folder: &Path, write: impl FnOnce(&File) -> io::Result<()>) -> Result<Arc<Segment>, Error> {
    let cannot = |source| Error::io("write temporary files", folder, source);
    let file = tempfile::tempfile_in(folder).map_err(cannot)?;
    write(&file).map_err(cannot)?;
    let segment = Segment::open(&file).map_err(|problem| cannot(io::Error::other(problem)))?;
    Ok(Arc::new(segment))
}
