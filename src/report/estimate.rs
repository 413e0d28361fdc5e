//! What a run would need, by what a sample of its input needed.

use std::fmt;

use serde::Serialize;

use super::summary::grouped;

/// What a run would need. All of it is about right, not more.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// The whole input.
    pub input: Amount,
    /// What of it was looked at.
    pub sample: Amount,
    /// The share of the sample's words that would go. In the whole input copies of what is not in the sample come on top.
    pub duplicates: f64,
    /// The same of articles that go whole.
    pub duplicate_articles: f64,
    /// Bytes of memory: kept text, as far as the limit leaves room for it, and everything else.
    pub memory: u64,
    /// The limit that this was reckoned with.
    pub memory_limit: u64,
    /// Bytes on the disk.
    pub disk: DiskNeed,
    /// Seconds with that many threads.
    pub seconds: f64,
    /// How many threads.
    pub threads: usize,
    /// Where it would not fit.
    pub lacking: Vec<Lacking>,
}

/// How much there is of something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// Files.
    pub files: u64,
    /// Bytes as they are stored.
    pub bytes: u64,
    /// Bytes of records, unpacked.
    pub record_bytes: u64,
    /// Records.
    pub records: u64,
    /// Words.
    pub words: u64,
}

/// Bytes that are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DiskNeed {
    /// The corpus, before it is packed.
    pub output: u64,
    /// What an index grows by, if one is used.
    pub index: u64,
    /// Temporary files, at most.
    pub temporary: u64,
}

/// A disk with less room than is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lacking {
    /// What lies on it.
    pub path: String,
    /// Bytes that are needed there.
    pub needed: u64,
    /// Bytes that are free.
    pub free: u64,
}

impl Estimate {
    /// Whether all of the input was looked at.
    pub fn is_of_all(&self) -> bool {
        self.sample == self.input
    }
}

/// A number of bytes for people.
pub(crate) fn megabytes(bytes: u64) -> String {
    match bytes {
        0..10_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        10_000_000..10_000_000_000 => format!("{} MB", grouped(bytes / 1_000_000)),
        _ => format!("{} GB", grouped(bytes / 1_000_000_000)),
    }
}

fn duration(seconds: f64) -> String {
    match seconds {
        ..90.0 => format!("{seconds:.0} s"),
        ..5400.0 => format!("{:.0} min", seconds / 60.0),
        _ => format!("{:.1} h", seconds / 3600.0),
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { input, sample, disk, .. } = self;
        let part = 100.0 * sample.bytes as f64 / input.bytes.max(1) as f64;
        let of_sample = if self.is_of_all() { "" } else { "; in the sample: copies of what is not in it come on top" };
        writeln!(f, "input       {} in {} files, looked at: {part:.1} %", megabytes(input.bytes), grouped(input.files))?;
        writeln!(
            f,
            "records     {}, with {} words and {} of text and fields",
            grouped(input.records),
            grouped(input.words),
            megabytes(input.record_bytes)
        )?;
        writeln!(
            f,
            "duplicates  {:.1} % of the words, {:.1} % of the articles whole{of_sample}",
            100.0 * self.duplicates,
            100.0 * self.duplicate_articles
        )?;
        writeln!(f, "memory      {} (the limit is {})", megabytes(self.memory), megabytes(self.memory_limit))?;
        writeln!(
            f,
            "disk        output {}; with --index {} more; temporary files {}",
            megabytes(disk.output),
            megabytes(disk.index),
            megabytes(disk.temporary)
        )?;
        write!(f, "time        {} with {} threads", duration(self.seconds), self.threads)?;
        for Lacking { path, needed, free } in &self.lacking {
            write!(f, "\nno room     {} are free for {}, and {} are needed", megabytes(*free), path, megabytes(*needed))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_exact_as_they_are_worth() {
        for (bytes, shown) in
            [(1_234_567, "1.2 MB"), (123_456_789, "123 MB"), (9_999_000_000, "9,999 MB"), (12_345_678_901, "12 GB")]
        {
            assert_eq!(megabytes(bytes), shown);
        }
        for (seconds, shown) in [(0.2, "0 s"), (89.0, "89 s"), (120.0, "2 min"), (9000.0, "2.5 h")] {
            assert_eq!(duration(seconds), shown);
        }
    }
}
