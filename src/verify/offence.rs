//! What verify finds wrong.

use std::fmt;

/// So many offences are named; then the rest isn't looked at.
const N_NAMED: usize = 10;

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offence {
    /// Where: a record, a ledger line, a file.
    pub place: String,
    /// What is wrong there.
    pub what: String,
}

impl fmt::Display for Offence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// The offences found so far.
#[derive(Debug, Default)]
pub struct Offences {
    found: Vec<Offence>,
    is_lost: bool,
}

impl Offences {
    /// Adds one.
    pub fn add(&mut self, place: impl Into<String>, what: impl Into<String>) {
        if self.found.len() < N_NAMED {
            self.found.push(Offence { place: place.into(), what: what.into() });
        }
    }

    /// Adds one after which input and output can no longer be told to belong together.
    pub fn lose(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.add(place, what);
        self.is_lost = true;
    }

    /// Whether nothing more is worth looking at.
    pub fn is_enough(&self) -> bool {
        self.is_lost || self.found.len() == N_NAMED
    }

    /// All that were named, in the order in which they were found.
    pub fn named(&self) -> &[Offence] {
        &self.found
    }
}
