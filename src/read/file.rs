//! A file of the dump, as far as what is read from it needs to know it.

use std::path::PathBuf;

use super::format::Format;

/// A file that was opened, or whose turn it was: the pipe, a file, a member of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its number, from 0, in the order in which files are read.
    pub index: u32,
    /// Its name in messages and ledgers.
    pub name: String,
    /// What its output is called in an output folder.
    pub relative: PathBuf,
    /// What it is made of.
    pub format: Format,
}
