//! Files that are there when they are complete, and not before.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::error::Error;

/// Files that are being written, by their temporary names; `None` once they get their real names, which is not to be stopped half-way.
static UNFINISHED: Mutex<Option<Vec<PathBuf>>> = Mutex::new(Some(Vec::new()));

fn with_unfinished<T>(change: impl FnOnce(&mut Option<Vec<PathBuf>>) -> T) -> T {
    change(&mut UNFINISHED.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
}

/// Removes all files that are still being written, because the program is being stopped. Tells whether it may be: not while complete files get their names.
pub fn begin_removal() -> bool {
    with_unfinished(|unfinished| {
        for path in unfinished.iter().flatten() {
            // Nothing can be done about one that cannot be removed, and the others still should be.
            let _ = fs::remove_file(path);
        }
        unfinished.is_some()
    })
}

/// From here on files only get their names, and the program is not to be stopped any more.
pub fn begin_commit() {
    with_unfinished(|unfinished| *unfinished = None);
}

/// A file that gets its name only when it is complete. Dropped before, it leaves nothing.
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    /// `None` where the name stands for a device or pipe, which cannot be replaced and is written to as it is.
    temporary: Option<PathBuf>,
}

impl AtomicFile {
    /// Begins a file; what is written to the handle stands under its name after [`Self::commit`].
    ///
    /// # Errors
    ///
    /// If no file can be made there.
    pub fn create(path: &Path) -> Result<(Self, File), Error> {
        let cannot = |source| Error::io("write", path, source);
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                return Err(Error::input(path, "this is a folder, a file is wanted"));
            }
            Ok(metadata) if !metadata.is_file() => {
                let file = File::options().write(true).open(path).map_err(cannot)?;
                return Ok((Self { path: path.to_owned(), temporary: None }, file));
            }
            _ => {}
        }
        // A symbolic link stays one: what it leads to is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let name = path.file_name().ok_or_else(|| Error::input(&path, "this is no file name"))?;
        let temporary = path.with_file_name(format!(".{}.{}.einmal-tmp", name.to_string_lossy(), std::process::id()));
        with_unfinished(|unfinished| unfinished.get_or_insert_default().push(temporary.clone()));
        match File::options().read(true).write(true).create(true).truncate(true).open(&temporary) {
            Ok(file) => Ok((Self { path, temporary: Some(temporary) }, file)),
            Err(source) => {
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists());
                let error = cannot(source);
                let error = match folder {
                    Some(folder) => error.with_hint(format!("the folder {} is not there: make it first", folder.display())),
                    None => error,
                };
                forget(&temporary);
                Err(error)
            }
        }
    }

    /// Where it stands until it gets its name, if that will be `name`.
    pub fn place_of(&self, name: &Path) -> Option<&Path> {
        let is_called = || fs::canonicalize(name).map_or(self.path == name, |real| self.path == real);
        self.temporary.as_deref().filter(|_| self.path == name || is_called())
    }

    /// Whether it is a file in a folder, not a device or a pipe.
    pub(super) fn is_replaceable(&self) -> bool {
        self.temporary.is_some()
    }

    /// Gives the file its name. Its content must be stored by now.
    ///
    /// # Errors
    ///
    /// If it cannot be renamed; then it is removed.
    pub fn commit(mut self) -> Result<(), Error> {
        let Some(temporary) = self.temporary.clone() else { return Ok(()) };
        fs::rename(&temporary, &self.path).map_err(|source| Error::io("write", &self.path, source))?;
        forget(&temporary);
        self.temporary = None;
        Ok(())
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            let removed: io::Result<()> = fs::remove_file(temporary);
            if let Err(error) = removed {
                log::debug!("{}: cannot remove: {error}", temporary.display());
            }
            forget(temporary);
        }
    }
}

fn forget(temporary: &Path) {
    with_unfinished(|unfinished| unfinished.iter_mut().for_each(|paths| paths.retain(|path| path != temporary)));
}
