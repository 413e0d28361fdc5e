//! Reads all inputs one after another and hands their records out in batches, however large the files and however slow the pipes.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::bad::{BadReason, BadRecord};
use super::decompress::unpacked_name;
use super::field::Fields;
use super::file::SourceFile;
use super::format::{Articles, AskedFormat, Format, recognise};
use super::html::HtmlText;
use super::input::Input;
use super::records::{OpenFile, RawRecord};
use crate::corpus::Place;
use crate::error::Error;

/// How much is handed out at once. The answer doesn't depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchSize {
    /// Records in a batch at most.
    pub records: usize,
    /// Bytes in a batch, if no record is larger.
    pub bytes: usize,
}

impl BatchSize {
    /// A batch whose tables fit the processors' caches, and that has work for all of them.
    pub fn for_threads(n_threads: usize) -> Self {
        Self { records: 1 << 14, bytes: (n_threads << 20).clamp(1 << 20, 16 << 20) }
    }
}

/// Records of one file, in one piece of memory.
#[derive(Debug)]
pub struct Block {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The bytes in which the records stand.
    pub bytes: Vec<u8>,
    /// The records, in order.
    pub records: Vec<RawRecord>,
    /// Records that could not even be found to their end, in order. They come after `records`.
    pub bad: Vec<BadRecord>,
}

/// Some records in a row, from one file or several.
#[derive(Debug, Default)]
pub struct RawBatch {
    /// The files begun since the last batch, in order; some may have no records.
    pub opened: Vec<Arc<SourceFile>>,
    /// The records, by file.
    pub blocks: Vec<Block>,
}

/// What shapes the records that are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HowToRead {
    /// The format of all inputs; `None`: as content and name tell of each.
    pub from: Option<AskedFormat>,
    /// What of a plain text is an article.
    pub articles: Articles,
    /// Which fields of a record are which.
    pub fields: Fields,
    /// What of a web page is its text; `None`: the article, and fields of other formats hold no pages.
    pub html: Option<HtmlText>,
    /// Larger records are bad, in bytes.
    pub max_record: usize,
}

/// Reads all inputs, one after another.
pub struct Reader {
    inputs: Vec<Input>,
    how: HowToRead,
    size: BatchSize,
    n_read: Arc<AtomicU64>,
    next_input: usize,
    open: Option<OpenFile>,
}

impl Reader {
    /// A reader of `inputs`.
    pub fn new(inputs: Vec<Input>, how: HowToRead, size: BatchSize) -> Self {
        Self { inputs, how, size, n_read: Arc::default(), next_input: 0, open: None }
    }

    /// Counts the bytes read so far, as they are stored.
    pub fn n_read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.n_read)
    }

    /// The next records; `None` after the last.
    ///
    /// # Errors
    ///
    /// If an input that was named itself cannot be opened or holds no text. Damage further on makes a bad record.
    pub fn next_batch(&mut self) -> Result<Option<RawBatch>, Error> {
        let mut batch = RawBatch::default();
        let (mut n_records, mut n_bytes) = (0, 0);
        let (size, max_record) = (self.size, self.how.max_record);
        while n_records < size.records && n_bytes < size.bytes {
            let Some(file) = self.open_file(&mut batch)? else { break };
            let block = file.next_block(size.records - n_records, size.bytes, max_record);
            if file.is_done() {
                self.open = None;
            }
            // A block of empty lines is no end.
            if !block.records.is_empty() || !block.bad.is_empty() {
                n_records += block.records.len();
                n_bytes += block.bytes.len();
                batch.blocks.push(block);
            }
        }
        Ok((!batch.blocks.is_empty() || !batch.opened.is_empty()).then_some(batch))
    }

    /// The file that is being read, or else the next one. Files that cannot be read join the batch as bad records.
    fn open_file(&mut self, batch: &mut RawBatch) -> Result<Option<&mut OpenFile>, Error> {
        while self.open.is_none() {
            let Some(input) = self.inputs.get(self.next_input) else { return Ok(None) };
            let file = self.next_input as u32;
            self.next_input += 1;
            match self.open_input(input, file) {
                Ok(open) => {
                    batch.opened.push(open.file());
                    self.open = Some(open);
                }
                Err(error) if input.is_named => return Err(error),
                Err(error) => {
                    let file = Arc::new(SourceFile {
                        index: file,
                        name: input.name(),
                        relative: input.relative.clone(),
                        format: Format::Text(self.how.articles),
                    });
                    batch.opened.push(Arc::clone(&file));
                    batch.blocks.push(Block {
                        bytes: Vec::new(),
                        records: Vec::new(),
                        bad: vec![BadRecord {
                            place: Place { file: file.index, record: 1 },
                            offset: 0,
                            reason: if error.is_about_input() { BadReason::Binary } else { BadReason::Damaged },
                            detail: error.problem(),
                            hint: None,
                            raw: Vec::new(),
                        }],
                        file,
                    });
                }
            }
        }
        Ok(self.open.as_mut())
    }

    fn open_input(&self, input: &Input, index: u32) -> Result<OpenFile, Error> {
        let name = input.name();
        let unreadable = |source| Error::io("read", &name, source);
        let mut reader = input.open(&self.n_read).map_err(unreadable)?;
        let mut head = Vec::new();
        // Damage right at the start is found again, and counted, when records are read.
        let damage = reader.by_ref().take(HEAD).read_to_end(&mut head).err();
        let (format, start) = recognise(&head, &name, self.how.from, self.how.articles, &self.how.fields)?;
        let may_be_binary = matches!(format, Format::Warc | Format::Arc | Format::Html);
        if let Some(what) = no_text(&head).filter(|_| !may_be_binary) {
            return Err(Error::input(name, format!("this is no text, but {what}")).with_hint(
                "einmal reads JSON, CSV, WARC, HTML and plain text, as they are or packed by gzip, zstd, bzip2, xz or lz4",
            ));
        }
        let relative = output_name(&input.relative, &format);
        let file = Arc::new(SourceFile { index, name, relative, format });
        Ok(OpenFile::new(file, reader, head, start, damage))
    }
}

/// What the output of a file is called in an output folder: as the file, unless its format can't be written.
fn output_name(relative: &Path, format: &Format) -> PathBuf {
    if format.written() == format {
        return relative.to_owned();
    }
    let name = relative.file_name().unwrap_or_default().to_string_lossy();
    let unpacked = unpacked_name(&name);
    let packing = &name[unpacked.len()..];
    let ends = [".warc.wet", ".warc", ".wet", ".arc", ".html", ".htm", ".xhtml"];
    let stem = ends.iter().find_map(|end| unpacked.strip_suffix(end)).unwrap_or(unpacked);
    relative.with_file_name(format!("{stem}.jsonl{packing}"))
}

/// So much of a file is looked at to tell what it is.
const HEAD: u64 = 64 * 1024;

/// What a file is, if it surely is no text.
fn no_text(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
        return Some("UTF-16, which has to be converted to UTF-8 first");
    }
    head.contains(&0).then_some("binary data")
}
