//! `einmal estimate`: what a run would need.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use super::common;
use super::reading::ReadingArgs;
use super::size::parse_size;
use super::writing::WritingArgs;
use einmal::error::Error;
use einmal::report::Verbosity;
use einmal::settings::{IndexUse, Job, Settings};

/// Tell what a dedup run over the same input would need: memory, disk, time, and how much would likely go.
///
/// A sample of the records is read, cleaned and compared as dedup does it, in memory: the front of each file, or of 200 files evenly spread over all. What it needed is multiplied. Copies of records
/// outside of the sample are not seen, so of a large dump more will go than is told if it is alike throughout, and memory, disk and time are rather too high; where all of it is in the sample, the
/// share is that of the run. Zip archives and Parquet files are read to their end. What an index holds already is not looked at.
///
/// Exit codes: 0 it would fit; 1 there is not enough room on a disk; 2 an input is missing or cannot be read, or is a pipe.
#[derive(Debug, Args)]
pub(crate) struct EstimateArgs {
    #[command(flatten)]
    reading: ReadingArgs,

    /// How much is looked at: about so many bytes of records, unpacked.
    #[arg(long, value_parser = parse_size, default_value = "64M", value_name = "SIZE")]
    sample: u64,

    /// Tell it as JSON.
    #[arg(long)]
    json: bool,

    /// Where the run is to write to: whether there is room is told.
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,

    /// The index that the run is to add to: whether there is room is told.
    #[arg(long, value_name = "FOLDER")]
    index: Option<PathBuf>,

    /// How many threads the run is to have; by default as many as there are processors.
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,

    /// The run's limit of memory; by default half of the machine's.
    #[arg(long, value_parser = parse_size, value_name = "SIZE")]
    memory: Option<u64>,

    /// The run's folder for what finds no room in memory; by default that of the output.
    #[arg(long, value_name = "FOLDER")]
    temp_dir: Option<PathBuf>,
}

/// What is to be told.
#[derive(Debug)]
pub(crate) struct WantedEstimate {
    /// The settings of the run.
    pub(crate) settings: Settings,
    /// How much is looked at, in bytes.
    pub(crate) sample: u64,
    /// Whether it is told as JSON.
    pub(crate) as_json: bool,
}

impl EstimateArgs {
    /// What was typed, as it is meant.
    pub(super) fn wanted(self, verbosity: Verbosity) -> Result<WantedEstimate, Error> {
        let writing = WritingArgs::planned(self.output, self.threads, self.memory, self.temp_dir);
        let settings = common(&self.reading, &writing, Job::Dedup, verbosity)?;
        let index = self.index.map(|folder| IndexUse { folder, adds: true, run: None, expire: None });
        Ok(WantedEstimate { settings: Settings { index, ..settings }, sample: self.sample, as_json: self.json })
    }
}
