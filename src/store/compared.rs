//! Which files were compared with their checksums: one that nobody touched since is not read again by every run, or a run would take the longer the more came before it.

use std::fs::Metadata;
use std::time::UNIX_EPOCH;

use chrono::{NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

/// A file is compared again after so many days, also if nobody touched it: disks fail, too.
const DAYS: i64 = 7;

/// That a file was compared with its checksums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Compared {
    /// Of which state of the file this is said.
    pub(super) stamp: u64,
    /// When it was.
    day: NaiveDate,
}

impl Compared {
    /// A file in this state was compared just now.
    pub(super) fn now(stamp: u64) -> Self {
        Self { stamp, day: Utc::now().date_naive() }
    }

    /// Whether this still tells enough of a file in this state.
    pub(super) fn holds(&self, stamp: u64) -> bool {
        let age = Utc::now().date_naive() - self.day;
        self.stamp == stamp && (TimeDelta::zero()..TimeDelta::days(DAYS)).contains(&age)
    }
}

/// The state of a file: another one when it was written to or replaced.
pub(super) fn stamp(metadata: &Metadata) -> u64 {
    let written = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let mut hasher = Xxh3::new();
    hasher.update(&written.map_or(0, |since| since.as_nanos()).to_le_bytes());
    hasher.update(&metadata.len().to_le_bytes());
    #[cfg(unix)]
    hasher.update(&std::os::unix::fs::MetadataExt::ino(metadata).to_le_bytes());
    hasher.digest()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_compared_again_when_it_was_touched_or_a_week_is_over() {
        let now = Compared::now(7);
        assert!(now.holds(7) && !now.holds(8));
        for (days, holds) in [(-1, false), (0, true), (6, true), (7, false), (400, false)] {
            let earlier = Compared { day: now.day - TimeDelta::days(days), ..now };
            assert_eq!(earlier.holds(7), holds, "{days} days ago");
        }
    }
}
