//! Rows to a Parquet file, as they were but for those that went and the texts that were touched.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
use arrow_select::coalesce::BatchCoalescer;
use arrow_select::filter::filter_record_batch;
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use crate::read::{COLUMNS, TEXT_COLUMN, Table, Values};

/// Rows are written in pieces of so many, and a row group ends after a piece when its texts have so many bytes: both depend on the rows alone, and so the file does.
const ROWS_AT_ONCE: usize = 1024;
const ROW_GROUP: usize = 64 << 20;

/// A Parquet file that is being written; its bytes are handed out as they come about.
pub struct TableWriter {
    table: Arc<Table>,
    writer: ArrowWriter<Vec<u8>>,
    pieces: BatchCoalescer,
    /// The rows that are gone through: which of them are kept, and their new texts.
    rows: Option<RecordBatch>,
    is_kept: Vec<bool>,
    texts: HashMap<(usize, usize), String>,
    /// Rows that were made of other records: their values, column by column.
    values: Vec<[String; COLUMNS.len()]>,
    /// Bytes of texts in the row group that is being written.
    group_len: usize,
}

impl TableWriter {
    /// Begins a file of such rows.
    ///
    /// # Errors
    ///
    /// If they have a type that can be read only.
    pub fn new(table: Arc<Table>) -> Result<Self, ParquetError> {
        let properties = WriterProperties::builder()
            .set_compression(table.compression)
            .set_key_value_metadata(Some(table.key_values.clone()).filter(|pairs| !pairs.is_empty()))
            .build();
        let writer = ArrowWriter::try_new(Vec::new(), Arc::clone(&table.schema), Some(properties))?;
        let pieces = BatchCoalescer::new(Arc::clone(&table.schema), ROWS_AT_ONCE);
        Ok(Self {
            table,
            writer,
            pieces,
            rows: None,
            is_kept: Vec::new(),
            texts: HashMap::new(),
            values: Vec::new(),
            group_len: 0,
        })
    }

    /// Keeps row number `row` of `rows`, with other texts where they are given, each with its number among the columns of texts. Rows come in order; [`Self::end_rows`] ends
    /// those of one batch.
    pub fn keep(&mut self, rows: &RecordBatch, row: usize, texts: impl Iterator<Item = (usize, String)>) {
        if self.rows.is_none() {
            self.rows = Some(rows.clone());
            self.is_kept = vec![false; rows.num_rows()];
        }
        self.is_kept[row] = true;
        self.texts.extend(texts.map(|(column, text)| ((row, column), text)));
    }

    /// Adds a row of the usual columns ([`COLUMNS`]).
    ///
    /// # Errors
    ///
    /// If a value cannot be written.
    pub fn push_values(&mut self, values: &Values, text: &str) -> Result<(), ParquetError> {
        self.values.push(std::array::from_fn(|column| values.at(column, text).to_owned()));
        if self.values.len() < ROWS_AT_ONCE {
            return Ok(());
        }
        self.end_values()
    }

    fn end_values(&mut self) -> Result<(), ParquetError> {
        if self.values.is_empty() {
            return Ok(());
        }
        let column = |nth: usize| -> ArrayRef {
            let value =
                |row: &[String; COLUMNS.len()]| Some(row[nth].clone()).filter(|value| nth == TEXT_COLUMN || !value.is_empty());
            Arc::new(self.values.iter().map(value).collect::<StringArray>())
        };
        let rows = RecordBatch::try_new(Arc::clone(&self.table.schema), (0..COLUMNS.len()).map(column).collect())?;
        self.values.clear();
        self.pieces.push_batch(rows)?;
        self.write_pieces()
    }

    /// No more of the rows of this batch are kept.
    ///
    /// # Errors
    ///
    /// If a value cannot be written.
    pub fn end_rows(&mut self) -> Result<(), ParquetError> {
        let Some(rows) = self.rows.take() else { return Ok(()) };
        let changed = self.table.with_texts(&rows, &std::mem::take(&mut self.texts));
        let kept = filter_record_batch(&changed, &BooleanArray::from(std::mem::take(&mut self.is_kept)))?;
        self.pieces.push_batch(kept)?;
        self.write_pieces()
    }

    fn write_pieces(&mut self) -> Result<(), ParquetError> {
        while let Some(piece) = self.pieces.next_completed_batch() {
            self.group_len += self.table.text_len(&piece);
            self.writer.write(&piece)?;
            if self.group_len >= ROW_GROUP {
                self.writer.flush()?;
                self.group_len = 0;
            }
        }
        Ok(())
    }

    /// The bytes of the file that came about since they were last asked for.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(self.writer.inner_mut())
    }

    /// Ends the file; its last bytes.
    ///
    /// # Errors
    ///
    /// If a value cannot be written.
    pub fn finish(mut self) -> Result<Vec<u8>, ParquetError> {
        self.end_rows()?;
        self.end_values()?;
        self.pieces.finish_buffered_batch()?;
        self.write_pieces()?;
        self.writer.finish()?;
        Ok(self.take_bytes())
    }
}
