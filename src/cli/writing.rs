//! Options that say what is written, and where to, and how the work is done: shared by all commands that write a corpus.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::size::parse_size;
use einmal::error::Error;
use einmal::ledger::LedgerText;
use einmal::read::{Articles, BatchSize, PACKED_EXTENSIONS, To};
use einmal::write::{Compression, Target};

#[derive(Debug, Args)]
pub(super) struct WritingArgs {
    /// Where the cleaned corpus goes; standard output by default.
    ///
    /// A file takes all inputs. A folder (a path that ends in `/`, an existing folder, or any path without a known extension when an input is a folder) gets a file for
    /// each input, of the same name. Names that end in .gz, .zst, .bz2, .xz or .lz4 are compressed. Files appear when they are complete.
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,

    /// The format that the corpus is written in; by default each input's own, and JSON Lines for web archives and pages.
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = "Output")]
    to: Option<ToFormat>,

    /// The index that --to bulk names; without it, it is the one that the lines are sent to.
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    pub(super) bulk_index: Option<String>,

    /// How the corpus is compressed, whatever its file is called, standard output too; by default as the file's name says.
    #[arg(long, value_enum, value_name = "HOW", help_heading = "Output")]
    compress: Option<CompressChoice>,

    /// Write a receipt (a line of JSON) for every span taken out, and for every update.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) ledger: Option<PathBuf>,

    /// Whether the ledger holds the texts taken out, so that nothing is lost.
    #[arg(long, value_enum, default_value_t = Switch::On, value_name = "HOW", help_heading = "Output")]
    ledger_text: Switch,

    /// Write the numbers of the run to a file, as JSON.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) summary: Option<PathBuf>,

    /// Write records that cannot be read to a file, with place and reason.
    ///
    /// Without it they are counted and left out, and the exit code is 3.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) quarantine: Option<PathBuf>,

    /// How many threads work; by default as many as there are processors. The answer doesn't depend on it.
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,

    /// How much memory is used at most: 512M, 4G; by default half of the machine's. What finds no room goes to files; the answer is the same.
    ///
    /// Below 160M it may be more. Records of more than some megabytes add their own size. Pages of these files that were just read come on top; the system takes them back when it
    /// needs them.
    #[arg(long, value_parser = parse_size, value_name = "SIZE")]
    memory: Option<u64>,

    /// The folder for what finds no room in memory; by default that of the output.
    #[arg(long, value_name = "FOLDER")]
    pub(super) temp_dir: Option<PathBuf>,

    /// How many records are worked on at once, for tests: the answer doesn't depend on it.
    #[arg(long, value_name = "RECORDS", hide_short_help = true)]
    batch: Option<NonZeroUsize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ToFormat {
    /// A JSON object a line.
    Jsonl,
    /// The texts alone: one after another, or, as --articles says, a line each or with an empty line between them.
    Text,
    /// A table; one of other records has the columns id, url, title, date, source, text, and other for the rest as JSON.
    Csv,
    /// Rows of the same columns.
    Parquet,
    /// Lines as the bulk interface of Elasticsearch and OpenSearch takes them: before each object an action with its id.
    Bulk,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CompressChoice {
    /// Not at all.
    None,
    /// Gzip (.gz).
    Gzip,
    /// Zstandard (.zst).
    Zstd,
    /// Bzip2 (.bz2).
    Bzip2,
    /// XZ (.xz).
    Xz,
    /// LZ4 (.lz4).
    Lz4,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    /// With texts.
    On,
    /// Places and numbers only.
    Off,
}

/// More threads than any machine has processors only get into each other's way.
const MAX_THREADS: usize = 1024;

/// Paths with these extensions name files, also where they don't exist yet.
const FILE_EXTENSIONS: [&str; 8] = ["jsonl", "ndjson", "json", "csv", "tsv", "parquet", "txt", "text"];

impl WritingArgs {
    /// What a run wrote that is to be checked.
    pub(super) fn written(output: PathBuf, to: Option<ToFormat>, ledger: PathBuf, threads: Option<NonZeroUsize>) -> Self {
        Self { output: Some(output), to, ledger: Some(ledger), threads, ..Self::nothing() }
    }

    /// What a run is to write that is only planned.
    pub(super) fn planned(
        output: Option<PathBuf>,
        threads: Option<NonZeroUsize>,
        memory: Option<u64>,
        temp_dir: Option<PathBuf>,
    ) -> Self {
        Self { output, threads, memory, temp_dir, ..Self::nothing() }
    }

    fn nothing() -> Self {
        Self {
            output: None,
            to: None,
            bulk_index: None,
            compress: None,
            ledger: None,
            ledger_text: Switch::On,
            summary: None,
            quarantine: None,
            threads: None,
            memory: None,
            temp_dir: None,
            batch: None,
        }
    }

    /// The format that records are wanted in; `articles` is what a plain text is made of.
    pub(super) fn to(&self, articles: Articles) -> Result<Option<To>, Error> {
        if self.bulk_index.is_some() && self.to != Some(ToFormat::Bulk) {
            return Err(Error::usage("--bulk-index names the index of --to bulk, which is not asked for"));
        }
        Ok(self.to.map(|format| match format {
            ToFormat::Jsonl => To::Jsonl,
            ToFormat::Text => To::Text(articles),
            ToFormat::Csv => To::Csv,
            ToFormat::Parquet => To::Parquet,
            ToFormat::Bulk => To::Bulk,
        }))
    }

    pub(super) fn target(&self, inputs: &[PathBuf]) -> Target {
        target(self.output.as_deref(), inputs)
    }

    pub(super) fn compression(&self) -> Option<Compression> {
        self.compress.map(|choice| match choice {
            CompressChoice::None => Compression::None,
            CompressChoice::Gzip => Compression::Gzip,
            CompressChoice::Zstd => Compression::Zstd,
            CompressChoice::Bzip2 => Compression::Bzip2,
            CompressChoice::Xz => Compression::Xz,
            CompressChoice::Lz4 => Compression::Lz4,
        })
    }

    pub(super) fn ledger_text(&self) -> LedgerText {
        if self.ledger_text == Switch::On { LedgerText::On } else { LedgerText::Off }
    }

    /// How much memory is used at most.
    pub(super) fn memory(&self) -> u64 {
        self.memory.or_else(|| machine_memory().map(|all| all / 2)).unwrap_or(u64::MAX)
    }

    /// How many threads work, and on how much at once.
    pub(super) fn threads(&self) -> Result<(usize, BatchSize), Error> {
        if self.threads.is_some_and(|threads| threads.get() > MAX_THREADS) {
            return Err(Error::usage(format!("--threads must be from 1 to {MAX_THREADS}")));
        }
        let threads = self.threads.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
        let batch = BatchSize::for_threads(threads);
        Ok((threads, BatchSize { records: self.batch.map_or(batch.records, NonZeroUsize::get), ..batch }))
    }
}

/// The machine's memory in bytes, or what of it this program may use, where the system tells.
fn machine_memory() -> Option<u64> {
    let meminfo = fs::read_to_string("/proc/meminfo").ok()?;
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    let limit = limits.iter().find_map(|path| fs::read_to_string(path).ok()?.trim().parse().ok());
    Some(limit.unwrap_or(u64::MAX).min(kib * 1024))
}

/// Where something is written that is to go to `output`.
pub(super) fn target(output: Option<&Path>, inputs: &[PathBuf]) -> Target {
    let Some(path) = output.filter(|path| path.as_os_str() != "-") else { return Target::Stdout };
    let has_file_extension =
        path.extension().is_some_and(|end| FILE_EXTENSIONS.iter().chain(&PACKED_EXTENSIONS).any(|known| end == *known));
    let ends_in_slash = path.as_os_str().as_encoded_bytes().ends_with(b"/");
    let is_folder =
        path.is_dir() || ends_in_slash || !has_file_extension && !path.exists() && inputs.iter().any(|input| input.is_dir());
    if is_folder { Target::Folder(path.to_owned()) } else { Target::File(path.to_owned()) }
}
