//! What can go wrong with the run as a whole. Bad records are no errors: they are counted ([`crate::read::BadRecord`]).

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::exit::Exit;

/// Why a run ended before its work was done: where, what, why, and a way out.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    hint: Option<String>,
}

#[derive(Debug)]
enum Kind {
    Usage(String),
    Io { doing: &'static str, path: PathBuf, source: io::Error },
    Input { path: PathBuf, problem: String },
    Refused(String),
    ClosedPipe,
}

impl Error {
    /// The command line asks for something that cannot be done.
    pub fn usage(problem: impl Into<String>) -> Self {
        Self { kind: Kind::Usage(problem.into()), hint: None }
    }

    /// A file or folder could not be used; `doing` completes "cannot ...", as in "cannot read".
    pub fn io(doing: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::BrokenPipe {
            return Self { kind: Kind::ClosedPipe, hint: None };
        }
        Self { kind: Kind::Io { doing, path: path.into(), source }, hint: None }
    }

    /// An input is not what it should be.
    pub fn input(path: impl Into<PathBuf>, problem: impl Into<String>) -> Self {
        Self { kind: Kind::Input { path: path.into(), problem: problem.into() }, hint: None }
    }

    /// What came of the run is not what the user allows.
    pub fn refused(problem: impl Into<String>) -> Self {
        Self { kind: Kind::Refused(problem.into()), hint: None }
    }

    /// The same as an answer: no.
    pub(crate) fn into_no(self) -> Self {
        Self { kind: Kind::Refused(self.to_string()), hint: self.hint }
    }

    /// Adds a way out.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A way out, where one is known.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Whether an input is not what it should be.
    pub(crate) fn is_about_input(&self) -> bool {
        matches!(self.kind, Kind::Input { .. })
    }

    /// What is wrong, without the place.
    pub(crate) fn problem(&self) -> String {
        match &self.kind {
            Kind::Io { doing, source, .. } => format!("cannot {doing}: {}", reason(source)),
            Kind::Input { problem, .. } => problem.clone(),
            Kind::Usage(_) | Kind::Refused(_) | Kind::ClosedPipe => self.to_string(),
        }
    }

    /// How the program ends.
    pub fn exit(&self) -> Exit {
        match self.kind {
            Kind::ClosedPipe => Exit::Complete,
            Kind::Refused(_) => Exit::No,
            Kind::Usage(_) | Kind::Io { .. } | Kind::Input { .. } => Exit::NothingDone,
        }
    }

    /// Whether whoever read the output has seen enough: a normal end.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self.kind, Kind::ClosedPipe)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Usage(problem) | Kind::Refused(problem) => f.write_str(problem),
            Kind::Io { doing, path, source } => write!(f, "{}: cannot {doing}: {}", shown(path), reason(source)),
            Kind::Input { path, problem } => write!(f, "{}: {problem}", shown(path)),
            Kind::ClosedPipe => f.write_str("the output was closed"),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.kind {
            Kind::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

fn shown(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

/// Text from outside for a message: its control characters must not reach a terminal.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// An I/O error's reason without its number.
fn reason(source: &io::Error) -> String {
    let text = source.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_lowercase(),
        None => text,
    }
}
