//! The inputs: what was named, folders walked.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use tempfile::{NamedTempFile, TempPath};

use super::decompress::decompressed;
use crate::error::Error;

/// A file (or the pipe) that is read.
#[derive(Debug, Clone)]
pub struct Input {
    /// Where its bytes come from.
    pub source: Source,
    /// Its place below the folder that was named, or its name: what its output is called in an output folder.
    pub relative: PathBuf,
    /// Whether it was named itself, not found in a folder.
    pub is_named: bool,
    /// Its size in bytes as it is stored, if known.
    pub len: Option<u64>,
}

/// Where bytes come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
    /// A copy of a pipe, by the pipe's name; it is gone when nobody reads it any more.
    Spooled(String, Arc<TempPath>),
}

impl Input {
    /// Standard input.
    pub fn stdin() -> Self {
        Self { source: Source::Stdin, relative: PathBuf::from("stdin"), is_named: true, len: None }
    }

    fn file(path: PathBuf, relative: PathBuf, is_named: bool) -> Self {
        let len = fs::metadata(&path).ok().filter(fs::Metadata::is_file).map(|metadata| metadata.len());
        Self { source: Source::File(path), relative, is_named, len }
    }

    /// Its name in messages and ledgers.
    pub fn name(&self) -> String {
        match &self.source {
            Source::Stdin => "-".to_owned(),
            Source::Spooled(name, _) => name.clone(),
            Source::File(path) => path.to_string_lossy().into_owned(),
        }
    }

    /// Opens it, decompressed. `n_read` counts the bytes read from where they are stored.
    pub(super) fn open(&self, n_read: &Arc<AtomicU64>) -> io::Result<Box<dyn Read + Send>> {
        let n_read = Arc::clone(n_read);
        match &self.source {
            Source::Stdin => decompressed(Counted { inner: io::stdin(), n_read }),
            Source::File(path) => decompressed(Counted { inner: File::open(path)?, n_read }),
            Source::Spooled(_, path) => decompressed(Counted { inner: File::open(&**path)?, n_read }),
        }
    }

    /// Makes a copy of what can be read once only: standard input, and files that are pipes.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or there is no room for it.
    pub fn spool(&mut self) -> Result<(), Error> {
        let spool = |mut pipe: Box<dyn Read>| -> io::Result<TempPath> {
            let mut file = NamedTempFile::new()?;
            io::copy(&mut pipe, &mut file)?;
            Ok(file.into_temp_path())
        };
        let pipe: io::Result<Box<dyn Read>> = match &self.source {
            Source::Stdin => Ok(Box::new(io::stdin())),
            Source::File(path) if self.len.is_none() => File::open(path).map(|file| Box::new(file) as Box<dyn Read>),
            Source::File(_) | Source::Spooled(..) => return Ok(()),
        };
        let name = self.name();
        let copy = pipe.and_then(spool).map_err(|source| Error::io("copy", &name, source))?;
        self.source = Source::Spooled(name, Arc::new(copy));
        Ok(())
    }
}

struct Counted<R> {
    inner: R,
    n_read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.inner.read(buffer)?;
        self.n_read.fetch_add(len as u64, Ordering::Relaxed);
        Ok(len)
    }
}

/// Which files of folders are read.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    include: Option<GlobSet>,
    exclude: GlobSet,
}

/// A pattern that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectionError(String);

impl fmt::Display for SelectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SelectionError {}

impl Selection {
    /// Files that match one of `include` (all, if there is none), and none of `exclude`. A pattern without `/` is matched with names, one with it with
    /// the path below the folder that was named; `exclude` leaves out whole folders too.
    ///
    /// # Errors
    ///
    /// If a pattern is none.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Self, SelectionError> {
        Ok(Self { include: (!include.is_empty()).then(|| globs(include)).transpose()?, exclude: globs(exclude)? })
    }

    fn takes_file(&self, relative: &Path) -> bool {
        self.include.as_ref().is_none_or(|include| include.is_match(relative)) && !self.exclude.is_match(relative)
    }

    fn takes_folder(&self, relative: &Path) -> bool {
        !self.exclude.is_match(relative)
    }
}

fn globs(patterns: &[String]) -> Result<GlobSet, SelectionError> {
    let wrong = |error: globset::Error| SelectionError(error.to_string());
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let path = match pattern.trim_end_matches('/') {
            path if path.contains('/') => path.trim_start_matches('/').to_owned(),
            name => format!("**/{name}"),
        };
        set.add(GlobBuilder::new(&path).literal_separator(true).build().map_err(wrong)?);
    }
    set.build().map_err(wrong)
}

/// The paths that a list names: each ends with a NUL if there is one in the list, else with a line.
///
/// # Errors
///
/// If the list cannot be read.
pub fn listed_paths(list: &Path) -> Result<Vec<PathBuf>, Error> {
    let cannot = |source| Error::io("read", list, source);
    let mut bytes = Vec::new();
    if list.as_os_str() == "-" {
        io::stdin().read_to_end(&mut bytes).map_err(cannot)?;
    } else {
        bytes = fs::read(list).map_err(cannot)?;
    }
    let separator = if bytes.contains(&0) { 0 } else { b'\n' };
    let paths = bytes.split(|&byte| byte == separator);
    let paths = paths.map(|path| if separator == 0 { path } else { path.strip_suffix(b"\r").unwrap_or(path) });
    Ok(paths.filter(|path| !path.is_empty()).map(path_of).collect())
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// All inputs, in order: `paths` as given (`-` is standard input), the files of a folder in byte order of their relative
/// paths, component by component. Hidden files are skipped unless named, symbolic links in folders are not followed.
///
/// # Errors
///
/// If something named is missing or cannot be read.
pub fn collect_inputs(paths: &[PathBuf], selection: &Selection) -> Result<Vec<Input>, Error> {
    let mut inputs = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            inputs.push(Input::stdin());
            continue;
        }
        let metadata = fs::metadata(path).map_err(|source| Error::io("read", path, source))?;
        if metadata.is_dir() {
            walk(path, Path::new(""), selection, &mut inputs)?;
        } else {
            let relative = path.file_name().map_or_else(|| path.clone(), PathBuf::from);
            inputs.push(Input::file(path.clone(), relative, true));
        }
    }
    for input in &inputs {
        // A pipe can be opened only once.
        if let (Source::File(path), Some(_)) = (&input.source, input.len) {
            File::open(path).map_err(|source| Error::io("read", path, source))?;
        }
    }
    Ok(inputs)
}

fn walk(root: &Path, below: &Path, selection: &Selection, inputs: &mut Vec<Input>) -> Result<(), Error> {
    let folder = root.join(below);
    let unreadable = |source| Error::io("read folder", &folder, source);
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            names.push((entry.file_name(), entry.file_type().map_err(unreadable)?));
        }
    }
    names.sort_by(|(a, _), (b, _)| a.as_encoded_bytes().cmp(b.as_encoded_bytes()));
    for (name, kind) in names {
        let relative = below.join(name);
        if kind.is_dir() && selection.takes_folder(&relative) {
            walk(root, &relative, selection, inputs)?;
        } else if kind.is_file() && selection.takes_file(&relative) {
            inputs.push(Input::file(root.join(&relative), relative, false));
        }
    }
    Ok(())
}
