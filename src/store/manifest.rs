//! What an index consists of: its runs, its segments, and the settings that its hashes depend on.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::compared::Compared;
use crate::error::Error;
use crate::fingerprint::{MATCHING_FORM, MinRun, Seed, ShingleHasher};

/// The name of the manifest's file.
pub(super) const MANIFEST: &str = "MANIFEST";

/// What the file begins with; the checksum of the rest follows, in hexadecimal digits.
const HEAD: &str = "einmal index, xxh3 ";

/// The version of the format. A program refuses those that it doesn't know.
const VERSION: u32 = 2;

/// The content of an index. It is never changed: a run writes a new one and puts it in the place of the old.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    version: u32,
    /// How often the index was changed.
    pub generation: u64,
    /// What its hashes depend on.
    pub hashing: Hashing,
    pub(super) next_segment: u64,
    pub(super) next_chunk: u32,
    /// The runs whose kept text it holds, in priority order.
    pub runs: Vec<Run>,
    /// The files that hold it, in priority order.
    pub segments: Vec<SegmentFile>,
}

/// What hashes depend on. Text that was hashed in another way cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hashing {
    seed: u64,
    /// The shortest run that counts, in words.
    pub min_run: usize,
    /// Words of an anchor.
    pub shingle: usize,
    /// Shingles of which one is an anchor.
    pub window: usize,
    /// The version of the form in which words are compared.
    pub matching_form: u32,
}

/// A run and what it kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// What it is called.
    pub name: String,
    /// When it began, in UTC, as RFC 3339 has it.
    pub started: String,
    /// The number of its first chunk of kept words, and of the first behind its last.
    pub(super) chunks: [u32; 2],
    /// Records of which something is kept.
    pub records: u64,
    /// Words that are kept.
    pub words: u64,
    /// Words that were read.
    pub words_in: u64,
    /// Words that were kept when the run was over; some of them may have been forgotten since.
    pub words_out: u64,
    /// The middle day of its articles, if any has a date.
    pub(super) day: Option<NaiveDate>,
    /// The first day of its articles; `None` if nobody has looked.
    pub(super) oldest: Option<NaiveDate>,
}

/// A file of an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentFile {
    /// Its name in the index's folder.
    pub name: String,
    /// Its size in bytes.
    pub len: u64,
    /// When it was compared with its checksums.
    pub(super) compared: Compared,
}

impl Hashing {
    fn of(shingles: &ShingleHasher) -> Self {
        let min_run = shingles.min_run();
        Self {
            seed: shingles.seed().0,
            min_run: min_run.words(),
            shingle: min_run.shingle_len(),
            window: min_run.window_len(),
            matching_form: MATCHING_FORM,
        }
    }

    /// The hasher that the index was made with.
    ///
    /// # Errors
    ///
    /// If this program hashes in another way.
    fn hasher(&self, folder: &Path) -> Result<ShingleHasher, Error> {
        let hasher = MinRun::new(self.min_run).map(|min_run| ShingleHasher::new(Seed(self.seed), min_run));
        match hasher {
            Some(hasher) if Self::of(&hasher) == *self => Ok(hasher),
            Some(hasher) => {
                let here = Self::of(&hasher);
                let found = |hashing: &Self| {
                    let Self { shingle, window, matching_form, .. } = hashing;
                    format!("anchors of {shingle} words in windows of {window}, matching form {matching_form}")
                };
                let problem = format!("the index has {}; this version of einmal has {}", found(self), found(&here));
                Err(Error::input(folder, problem)
                    .with_hint("make a new index with --index-only from the outputs of earlier runs"))
            }
            None => Err(Error::input(folder, format!("the index has --min-run {}, which is out of range", self.min_run))),
        }
    }
}

impl Manifest {
    /// The content of an index of nothing.
    pub(super) fn empty(shingles: &ShingleHasher) -> Self {
        Self {
            version: VERSION,
            generation: 0,
            hashing: Hashing::of(shingles),
            next_segment: 1,
            next_chunk: 0,
            runs: Vec::new(),
            segments: Vec::new(),
        }
    }

    /// Reads the manifest of the index in `folder`; `None` if there is none.
    ///
    /// # Errors
    ///
    /// If it cannot be read, is damaged, or of another version.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, Error> {
        let path = folder.join(MANIFEST);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io("read", path, error)),
        };
        let damaged = || Error::input(&path, "it is damaged, or no manifest of an index");
        let text = String::from_utf8(text).map_err(|_| damaged())?;
        let (checksum, body) = text.strip_prefix(HEAD).and_then(|text| text.split_once('\n')).ok_or_else(damaged)?;
        if u64::from_str_radix(checksum, 16) != Ok(xxh3_64(body.as_bytes())) {
            return Err(damaged());
        }
        let Versioned { version } = serde_json::from_str(body).map_err(|_| damaged())?;
        if version != VERSION {
            let problem = format!("the index has version {version}, this einmal reads version {VERSION}");
            return Err(Error::input(folder, problem));
        }
        serde_json::from_str(body).map(Some).map_err(|_| damaged())
    }

    /// The manifest as it stands in its file.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut body = serde_json::to_string_pretty(self).expect("numbers and names can always be written");
        body.push('\n');
        let mut text = HEAD.to_owned();
        let _ = writeln!(text, "{:016x}", xxh3_64(body.as_bytes()));
        text.push_str(&body);
        text.into_bytes()
    }

    /// The hasher that the index was made with.
    pub(super) fn hasher(&self, folder: &Path) -> Result<ShingleHasher, Error> {
        self.hashing.hasher(folder)
    }
}

/// What all versions say of themselves.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}
