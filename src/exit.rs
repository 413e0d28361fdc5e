//! How the program ends, and the numbers for it.

use std::process::ExitCode;

/// The end of a run, for the shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything asked for was done.
    Complete,
    /// The answer is "no": something would go, or too much.
    No,
    /// Nothing was done: wrong usage, an input missing at the start, an unwritable output.
    NothingDone,
    /// Done, but bad records were left out and nobody asked to keep them.
    BadRecordsLeftOut,
}

impl Exit {
    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Complete => 0,
            Self::No => 1,
            Self::NothingDone => 2,
            Self::BadRecordsLeftOut => 3,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}
