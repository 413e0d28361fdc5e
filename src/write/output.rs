//! Where the cleaned corpus goes: standard output, one file, or a folder of files.

use std::collections::HashSet;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::atomic::AtomicFile;
use super::compress::{BUFFER, Compression, Packed, PackedFile};
use crate::error::Error;

/// Where the output is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Standard output.
    Stdout,
    /// One file for all inputs.
    File(PathBuf),
    /// A file for each input, of the same relative name.
    Folder(PathBuf),
    /// No output is wanted.
    Nowhere,
}

/// A file that is being written.
pub struct Output {
    atomic: AtomicFile,
    packed: PackedFile,
    path: PathBuf,
}

impl Output {
    /// Begins a file, compressed as its name says.
    ///
    /// # Errors
    ///
    /// If no file can be made there.
    pub fn create(path: &Path) -> Result<Self, Error> {
        Self::compressed(path, Compression::by_name(path))
    }

    /// Begins a file, compressed as asked for.
    fn compressed(path: &Path, compression: Compression) -> Result<Self, Error> {
        let (atomic, file) = AtomicFile::create(path)?;
        let packed = PackedFile::new(file, compression).map_err(|source| Error::io("write", path, source))?;
        Ok(Self { atomic, packed, path: path.to_owned() })
    }

    /// Writes some bytes.
    ///
    /// # Errors
    ///
    /// If the file takes no more.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.packed.write_all(bytes).map_err(|source| Error::io("write", &self.path, source))
    }

    /// Completes the file; all it lacks then is its name ([`AtomicFile::commit`]).
    ///
    /// # Errors
    ///
    /// If the rest cannot be written.
    pub fn complete(self) -> Result<AtomicFile, Error> {
        let cannot = |source| Error::io("write", &self.path, source);
        let file = self.packed.finish().map_err(cannot)?;
        if self.atomic.is_replaceable() {
            file.sync_data().map_err(cannot)?;
        }
        Ok(self.atomic)
    }
}

fn cannot_write_stdout(source: io::Error) -> Error {
    Error::io("write", "standard output", source)
}

/// Takes the records of all inputs to where they belong.
pub enum Outputs {
    /// All is forgotten.
    Nowhere,
    /// All to standard output.
    Stdout(Packed<BufWriter<io::Stdout>>),
    /// All to one file.
    File(Output),
    /// To a file for each input.
    Folder {
        /// The folder.
        folder: PathBuf,
        /// How the files are compressed, if not as their names say.
        compression: Option<Compression>,
        /// The one that is being written.
        open: Option<Output>,
        /// Those that are complete; they get their names together, at the end.
        complete: Vec<AtomicFile>,
        /// The names of all of them.
        names: HashSet<PathBuf>,
    },
}

/// Two inputs cannot be written to one file of an output folder.
pub fn shared_output(path: &Path) -> Error {
    let problem = format!("two inputs would both be written to {}", path.display());
    Error::usage(problem).with_hint("write to one file, or run them one by one")
}

impl Outputs {
    /// Begins the output.
    ///
    /// # Errors
    ///
    /// If it cannot be written to.
    pub fn begin(target: &Target, compression: Option<Compression>) -> Result<Self, Error> {
        match target {
            Target::Nowhere => Ok(Self::Nowhere),
            Target::Stdout => {
                let stdout = BufWriter::with_capacity(BUFFER, io::stdout());
                Packed::into(stdout, compression.unwrap_or(Compression::None)).map(Self::Stdout).map_err(cannot_write_stdout)
            }
            Target::File(path) => {
                Ok(Self::File(Output::compressed(path, compression.unwrap_or_else(|| Compression::by_name(path)))?))
            }
            Target::Folder(folder) => {
                Ok(Self::Folder { folder: folder.clone(), compression, open: None, complete: Vec::new(), names: HashSet::new() })
            }
        }
    }

    /// What is written from here on belongs to the next input, which has this relative name. Tells whether it goes to another file than what came before.
    ///
    /// # Errors
    ///
    /// If that file cannot be written, or two inputs would share it.
    pub fn next_input(&mut self, relative: &Path) -> Result<bool, Error> {
        let Self::Folder { folder, compression, open, complete, names } = self else { return Ok(false) };
        if let Some(output) = open.take() {
            complete.push(output.complete()?);
        }
        let path = folder.join(relative);
        if !names.insert(relative.to_owned()) {
            return Err(shared_output(&path));
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|source| Error::io("make folder", folder, source))?;
        }
        *open = Some(Output::compressed(&path, compression.unwrap_or_else(|| Compression::by_name(&path)))?);
        Ok(true)
    }

    /// Writes to where the current input's records belong.
    ///
    /// # Errors
    ///
    /// If the bytes cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match self {
            Self::Nowhere => Ok(()),
            Self::Stdout(stdout) => stdout.write_all(bytes).map_err(cannot_write_stdout),
            Self::File(output) => output.write(bytes),
            Self::Folder { open, .. } => open.as_mut().expect("an input comes before what is written of it").write(bytes),
        }
    }

    /// Hands everything on that waits in buffers, where somebody may be waiting for it.
    ///
    /// # Errors
    ///
    /// If the bytes cannot be written.
    pub fn flush(&mut self) -> Result<(), Error> {
        match self {
            Self::Stdout(Packed::Plain(stdout)) => stdout.flush().map_err(cannot_write_stdout),
            // What is packed is handed on as it comes out.
            Self::Nowhere | Self::Stdout(_) | Self::File(_) | Self::Folder { .. } => Ok(()),
        }
    }

    /// Completes the output; what its files lack then is their names.
    ///
    /// # Errors
    ///
    /// If the rest cannot be written.
    pub fn complete(mut self) -> Result<Vec<AtomicFile>, Error> {
        self.flush()?;
        match self {
            Self::Nowhere => Ok(Vec::new()),
            Self::Stdout(stdout) => {
                stdout.finish_packing().and_then(|mut stdout| stdout.flush()).map_err(cannot_write_stdout)?;
                Ok(Vec::new())
            }
            Self::File(output) => Ok(vec![output.complete()?]),
            Self::Folder { open, mut complete, .. } => {
                if let Some(output) = open {
                    complete.push(output.complete()?);
                }
                Ok(complete)
            }
        }
    }
}
