//! Rows of a Parquet file, row group by row group.
//!
//! Each row group is unpacked by a thread of its own, a few of them side by side; their rows come in order.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use arrow_array::RecordBatch;
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

use super::bad::{BadReason, BadRecord};
use super::file::SourceFile;
use super::format::{Format, Table};
use super::reader::Block;
use super::records::RawRecord;
use super::spare::BlockBytes;
use crate::corpus::Place;

/// Rows are unpacked in pieces of about so many bytes, and so many pieces of a row group wait.
const PIECE: usize = 1 << 20;
const N_WAITING: usize = 2;
const MOST_ROWS: usize = 8192;

/// A file that many read at once, each at a place of its own.
#[derive(Debug, Clone)]
pub(super) struct SharedFile(Arc<File>);

impl SharedFile {
    pub(super) fn new(file: File) -> Self {
        Self(Arc::new(file))
    }
}

struct ReadFrom {
    file: Arc<File>,
    at: u64,
}

impl Read for ReadFrom {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = read_at(&self.file, buffer, self.at)?;
        self.at += len as u64;
        Ok(len)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

impl Length for SharedFile {
    fn len(&self) -> u64 {
        self.0.metadata().map_or(0, |metadata| metadata.len())
    }
}

impl ChunkReader for SharedFile {
    type T = io::BufReader<Box<dyn Read + Send>>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(io::BufReader::new(Box::new(ReadFrom { file: Arc::clone(&self.0), at: start })))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let mut bytes = vec![0; length];
        ReadFrom { file: Arc::clone(&self.0), at: start }.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// Reads what a file says of itself.
pub(super) fn metadata(file: &SharedFile) -> Result<ArrowReaderMetadata, ParquetError> {
    ArrowReaderMetadata::load(file, ArrowReaderOptions::new())
}

type Unpacked = Result<RecordBatch, ParquetError>;

/// A row group that is being unpacked.
struct Group {
    unpacked: Receiver<Unpacked>,
    first_row: u64,
    /// Its rows that did not come yet.
    n_missing: usize,
}

/// A Parquet file that is being read.
pub(super) struct OpenRows {
    file: Arc<SourceFile>,
    table: Arc<Table>,
    bytes: SharedFile,
    metadata: ArrowReaderMetadata,
    /// The row groups that are being unpacked, in order.
    groups: VecDeque<Group>,
    next_group: usize,
    next_group_row: u64,
    n_side_by_side: usize,
    /// Unpacked, not yet handed out.
    rest: Option<RecordBatch>,
    /// Of the next row.
    number: u64,
    is_done: bool,
}

impl OpenRows {
    pub(super) fn new(file: Arc<SourceFile>, bytes: SharedFile, metadata: ArrowReaderMetadata, n_side_by_side: usize) -> Self {
        let Format::Parquet(table) = &file.format else { unreachable!("only such files have rows") };
        let table = Arc::clone(table);
        let mut rows = Self {
            file,
            table,
            bytes,
            metadata,
            groups: VecDeque::new(),
            next_group: 0,
            next_group_row: 1,
            n_side_by_side,
            rest: None,
            number: 1,
            is_done: false,
        };
        rows.unpack_ahead();
        rows
    }

    pub(super) fn file(&self) -> Arc<SourceFile> {
        Arc::clone(&self.file)
    }

    /// Whether all its rows were handed out.
    pub(super) fn is_done(&self) -> bool {
        self.is_done
    }

    /// At most `n_records` rows.
    pub(super) fn next_block(&mut self, n_records: usize) -> Block {
        let mut block =
            Block { file: self.file(), bytes: BlockBytes::default(), rows: None, records: Vec::new(), bad: Vec::new() };
        match self.rest.take().map(Ok).or_else(|| self.next_rows()) {
            None => self.is_done = true,
            Some(Err(damage)) => block.bad.push(self.damaged(&damage)),
            Some(Ok(rows)) => {
                let n_rows = rows.num_rows().min(n_records);
                if n_rows < rows.num_rows() {
                    self.rest = Some(rows.slice(n_rows, rows.num_rows() - n_rows));
                }
                let numbers = self.number..self.number + n_rows as u64;
                self.number = numbers.end;
                block.records = numbers.map(|number| RawRecord { bytes: 0..0, number, offset: 0, ends_in_crlf: false }).collect();
                block.rows = Some(rows.slice(0, n_rows));
            }
        }
        block
    }

    /// The next rows that were unpacked. Of a damaged row group the rest is given up.
    fn next_rows(&mut self) -> Option<Unpacked> {
        loop {
            let group = self.groups.front_mut()?;
            self.number = self.number.max(group.first_row);
            match group.unpacked.recv() {
                Ok(Ok(rows)) => {
                    group.n_missing = group.n_missing.saturating_sub(rows.num_rows());
                    return Some(Ok(rows));
                }
                Ok(Err(damage)) => {
                    self.end_group();
                    return Some(Err(damage));
                }
                Err(_) => {
                    let n_missing = group.n_missing;
                    self.end_group();
                    if n_missing > 0 {
                        return Some(Err(ParquetError::General(format!("{n_missing} rows are missing"))));
                    }
                }
            }
        }
    }

    fn end_group(&mut self) {
        self.groups.pop_front();
        self.unpack_ahead();
    }

    fn damaged(&self, damage: &ParquetError) -> BadRecord {
        BadRecord {
            place: Place { file: self.file.index, record: self.number },
            offset: 0,
            reason: BadReason::Damaged,
            detail: format!("the rest of this row group cannot be read: {damage}"),
            hint: None,
            raw: Vec::new(),
        }
    }

    /// Begins with row groups until enough are on their way.
    fn unpack_ahead(&mut self) {
        while self.groups.len() < self.n_side_by_side && self.next_group < self.metadata.metadata().num_row_groups() {
            let nth = self.next_group;
            let group = self.metadata.metadata().row_group(nth);
            let n_rows = group.num_rows().max(0) as usize;
            let row_len = group.total_byte_size().max(0) as usize / n_rows.max(1);
            let batch_rows = (PIECE / row_len.max(1)).clamp(1, MOST_ROWS);
            let (bytes, metadata) = (self.bytes.clone(), self.metadata.clone());
            let (sender, receiver) = sync_channel(N_WAITING);
            let unpack = move || {
                let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(bytes, metadata)
                    .with_row_groups(vec![nth])
                    .with_batch_size(batch_rows);
                match reader.build() {
                    Err(damage) => drop(sender.send(Err(damage))),
                    Ok(reader) => {
                        for rows in reader {
                            let is_last = rows.is_err();
                            if sender.send(rows.map_err(ParquetError::from)).is_err() || is_last {
                                break;
                            }
                        }
                    }
                }
            };
            std::thread::spawn(unpack);
            self.groups.push_back(Group { unpacked: receiver, first_row: self.next_group_row, n_missing: n_rows });
            self.next_group += 1;
            self.next_group_row += n_rows as u64;
        }
    }

    /// How many bytes the texts of these rows have.
    pub(super) fn text_len(&self, rows: &RecordBatch) -> usize {
        self.table.text_len(rows)
    }
}
