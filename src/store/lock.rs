//! One writer at a time.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::now;
use crate::error::{Error, printable};

/// The name of the lock file.
pub(super) const LOCK: &str = "LOCK";

/// The right to change an index; given back when it is dropped, also by a program that is killed.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the right to change the index in `folder`.
    ///
    /// # Errors
    ///
    /// If another program has it, which is named, or the folder cannot be written to.
    pub(super) fn take(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(LOCK);
        let cannot = |source| Error::io("lock", &path, source);
        let mut file = File::options().read(true).write(true).create(true).truncate(false).open(&path).map_err(cannot)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Whoever cannot be read is not named.
                let _ = file.read_to_string(&mut holder);
                let holder = printable(holder.trim());
                let holder = if holder.is_empty() { "another run".to_owned() } else { holder };
                return Err(Error::input(folder, format!("the index is being changed by {holder}"))
                    .with_hint("wait until it is done; --read-only compares without adding, and needs no lock"));
            }
            Err(TryLockError::Error(source)) => return Err(cannot(source)),
        }
        let holder = format!("process {} since {}\n", std::process::id(), now());
        file.set_len(0)
            .and_then(|()| file.seek(SeekFrom::Start(0)))
            .and_then(|_| file.write_all(holder.as_bytes()))
            .map_err(cannot)?;
        Ok(Self { _file: file })
    }
}

/// Removes what a killed run left: files that the index doesn't name. Only a holder of the lock may.
pub(super) fn remove_leftovers(folder: &Path, is_named: impl Fn(&str) -> bool, _lock: &Lock) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_ours = name.ends_with(".einmal-tmp") || name.ends_with(super::SEGMENT_EXTENSION);
        if is_ours && !is_named(&name) {
            log::info!("removing {name}, which a run that was stopped left in the index");
            if let Err(error) = fs::remove_file(entry.path()) {
                log::warn!("{}: cannot remove it: {error}", entry.path().display());
            }
        }
    }
}
