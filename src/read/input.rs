//! The inputs: what was named, folders walked.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::decompress::decompressed;
use crate::error::Error;

/// A file (or the pipe) that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
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
            Source::File(path) => path.to_string_lossy().into_owned(),
        }
    }

    /// Opens it, decompressed. `n_read` counts the bytes read from where they are stored.
    pub(super) fn open(&self, n_read: &Arc<AtomicU64>) -> io::Result<Box<dyn Read + Send>> {
        let n_read = Arc::clone(n_read);
        match &self.source {
            Source::Stdin => decompressed(Counted { inner: io::stdin(), n_read }),
            Source::File(path) => decompressed(Counted { inner: File::open(path)?, n_read }),
        }
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

/// All inputs, in order: `paths` as given (`-` is standard input, and so is naming none), the files of a folder in byte order of their relative
/// paths, component by component. Hidden files are skipped unless named, symbolic links in folders are not followed.
///
/// # Errors
///
/// If something named is missing or cannot be read.
pub fn collect_inputs(paths: &[PathBuf]) -> Result<Vec<Input>, Error> {
    if paths.is_empty() {
        return Ok(vec![Input::stdin()]);
    }
    let mut inputs = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            inputs.push(Input::stdin());
            continue;
        }
        let metadata = fs::metadata(path).map_err(|source| Error::io("read", path, source))?;
        if metadata.is_dir() {
            walk(path, Path::new(""), &mut inputs)?;
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

fn walk(root: &Path, below: &Path, inputs: &mut Vec<Input>) -> Result<(), Error> {
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
        if kind.is_dir() {
            walk(root, &relative, inputs)?;
        } else if kind.is_file() {
            inputs.push(Input::file(root.join(&relative), relative, false));
        }
    }
    Ok(())
}
