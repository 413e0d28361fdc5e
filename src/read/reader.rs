//! Reads all inputs one after another and hands their records out in batches, however large the files and however slow the pipes.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use arrow_array::RecordBatch;

use super::archive::{Archive, ArchiveKind, seekable};
use super::bad::{BadReason, BadRecord};
use super::decompress::{decompressed, unpacked_name};
use super::field::Fields;
use super::file::SourceFile;
use super::format::{Articles, AskedFormat, Format, Table, To, recognise};
use super::html::HtmlText;
use super::input::{Input, Source};
use super::records::{OpenFile, RawRecord};
use super::rows::{OpenRows, SharedFile, metadata};
use super::spare::BlockBytes;
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
    pub bytes: BlockBytes,
    /// The rows that the records are, where they have no bytes of their own.
    pub rows: Option<RecordBatch>,
    /// The records, in order.
    pub records: Vec<RawRecord>,
    /// Records that could not even be found to their end, in order. They come after `records`.
    pub bad: Vec<BadRecord>,
}

impl Block {
    /// The rows among which a record stands, and its place there.
    pub fn row(&self, record: &RawRecord) -> Option<(&RecordBatch, usize)> {
        let first = self.records.first()?.number;
        self.rows.as_ref().map(|rows| (rows, (record.number - first) as usize))
    }
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
    /// What records are turned into; `None`: they stay as they are, but for pages, which are written as JSON.
    pub to: Option<To>,
}

/// Reads all inputs, one after another.
pub struct Reader {
    inputs: Vec<Input>,
    how: HowToRead,
    size: BatchSize,
    /// So many row groups of a file are unpacked side by side.
    n_side_by_side: usize,
    n_read: Arc<AtomicU64>,
    next_input: usize,
    /// Archives that are being read, the innermost last.
    archives: Vec<OpenArchive>,
    n_files: u32,
    open: Option<Open>,
}

struct OpenArchive {
    archive: Archive,
    name: String,
    relative: PathBuf,
}

/// A file whose turn it is.
struct NextFile {
    name: String,
    relative: PathBuf,
    is_named: bool,
    reader: io::Result<Box<dyn Read + Send>>,
    /// The same as a plain file, if it is one that can be read in any order.
    path: Option<PathBuf>,
}

/// A file that is being read.
enum Open {
    Bytes(OpenFile),
    Rows(OpenRows),
}

impl Open {
    fn file(&self) -> Arc<SourceFile> {
        match self {
            Self::Bytes(open) => open.file(),
            Self::Rows(open) => open.file(),
        }
    }

    fn is_done(&self) -> bool {
        match self {
            Self::Bytes(open) => open.is_done(),
            Self::Rows(open) => open.is_done(),
        }
    }

    /// At most `n_records` records in about `n_bytes`, and how many bytes they have.
    fn next_block(&mut self, n_records: usize, n_bytes: usize, max_record: usize) -> (Block, usize) {
        match self {
            Self::Bytes(open) => {
                let block = open.next_block(n_records, n_bytes, max_record);
                let n_bytes = block.bytes.len();
                (block, n_bytes)
            }
            Self::Rows(open) => {
                let block = open.next_block(n_records);
                let n_bytes = block.rows.as_ref().map_or(0, |rows| open.text_len(rows));
                (block, n_bytes)
            }
        }
    }
}

/// What a file turned out to be.
enum Begun {
    File(Open),
    Archive(OpenArchive),
}

impl Reader {
    /// A reader of `inputs` for a run with `n_threads` threads.
    pub fn new(inputs: Vec<Input>, how: HowToRead, size: BatchSize, n_threads: usize) -> Self {
        Self {
            n_side_by_side: n_threads,
            inputs,
            how,
            size,
            n_read: Arc::default(),
            next_input: 0,
            archives: Vec::new(),
            n_files: 0,
            open: None,
        }
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
            let (block, block_bytes) = file.next_block(size.records - n_records, size.bytes, max_record);
            if file.is_done() {
                self.open = None;
            }
            // A block of empty lines is no end.
            if !block.records.is_empty() || !block.bad.is_empty() {
                n_records += block.records.len();
                n_bytes += block_bytes;
                batch.blocks.push(block);
            }
        }
        Ok((!batch.blocks.is_empty() || !batch.opened.is_empty()).then_some(batch))
    }

    /// The file that is being read, or else the next one. Files that cannot be read join the batch as bad records.
    fn open_file(&mut self, batch: &mut RawBatch) -> Result<Option<&mut Open>, Error> {
        while self.open.is_none() {
            let Some(next) = self.next_file() else { return Ok(None) };
            let (name, relative, is_named) = (next.name.clone(), next.relative.clone(), next.is_named);
            match self.begin(next) {
                Ok(Begun::File(open)) => {
                    self.n_files += 1;
                    batch.opened.push(open.file());
                    self.open = Some(open);
                }
                Ok(Begun::Archive(archive)) => self.archives.push(archive),
                Err(error) if is_named => return Err(error),
                Err(error) => {
                    let format = Format::Text(self.how.articles);
                    let file = Arc::new(SourceFile { index: self.n_files, name, relative, format });
                    self.n_files += 1;
                    batch.opened.push(Arc::clone(&file));
                    batch.blocks.push(unreadable_file(file, &error));
                }
            }
        }
        Ok(self.open.as_mut())
    }

    /// The next member of the archive that is being read, or else the next input.
    fn next_file(&mut self) -> Option<NextFile> {
        while let Some(OpenArchive { archive, name, relative }) = self.archives.last_mut() {
            match archive.next_member() {
                Some(Ok(member)) => {
                    return Some(NextFile {
                        name: format!("{name}/{}", member.path.display()),
                        relative: relative.join(&member.path),
                        is_named: false,
                        reader: decompressed(member.reader),
                        path: None,
                    });
                }
                Some(Err(damage)) => {
                    let (name, relative) = (name.clone(), relative.clone());
                    self.archives.pop();
                    return Some(NextFile { name, relative, is_named: false, reader: Err(damage), path: None });
                }
                None => drop(self.archives.pop()),
            }
        }
        let input = self.inputs.get(self.next_input)?;
        self.next_input += 1;
        let path = match &input.source {
            Source::File(path) if input.len.is_some() => Some(path.clone()),
            Source::File(_) | Source::Stdin | Source::Spooled(..) => None,
        };
        let (name, relative) = (input.name(), input.relative.clone());
        Some(NextFile { name, relative, is_named: input.is_named, reader: input.open(&self.n_read), path })
    }

    fn begin(&self, next: NextFile) -> Result<Begun, Error> {
        let NextFile { name, relative, reader, path, .. } = next;
        let unreadable = |source| Error::io("read", &name, source);
        let mut reader = reader.map_err(unreadable)?;
        let mut head = Vec::new();
        // Damage right at the start is found again, and counted, when records are read.
        let damage = reader.by_ref().take(HEAD).read_to_end(&mut head).err();
        if let Some(kind) = ArchiveKind::recognise(&head).filter(|_| self.how.from.is_none()) {
            // A zip file that is packed once more cannot be read where it is.
            let file = path.and_then(|path| File::open(path).ok()).filter(|file| begins_with(file, &head));
            let reader = Box::new(io::Cursor::new(head).chain(reader));
            let archive = Archive::open(kind, reader, file).map_err(unreadable)?;
            return Ok(Begun::Archive(OpenArchive { archive, name, relative }));
        }
        if head.starts_with(PARQUET) && self.how.from.is_none_or(|from| from == AskedFormat::Parquet) {
            let file = path.and_then(|path| File::open(path).ok()).filter(|file| begins_with(file, &head));
            let file = file.map_or_else(|| seekable(io::Cursor::new(head).chain(reader)), Ok).map_err(unreadable)?;
            return self.begin_rows(name, relative, SharedFile::new(file)).map(|rows| Begun::File(Open::Rows(rows)));
        }
        let (format, start) = recognise(&head, &name, self.how.from, self.how.articles, &self.how.fields)?;
        let may_be_binary = matches!(format, Format::Warc | Format::Arc | Format::Html);
        if let Some(what) = no_text(&head).filter(|_| !may_be_binary) {
            return Err(Error::input(name, format!("this is no text, but {what}")).with_hint(READ));
        }
        let relative = output_name(&relative, &format, self.how.to);
        let file = Arc::new(SourceFile { index: self.n_files, name, relative, format });
        Ok(Begun::File(Open::Bytes(OpenFile::new(file, reader, head, start, damage))))
    }

    fn begin_rows(&self, name: String, relative: PathBuf, bytes: SharedFile) -> Result<OpenRows, Error> {
        let metadata =
            metadata(&bytes).map_err(|damage| Error::input(&name, format!("this is no sound Parquet file: {damage}")))?;
        let table = Table::new(&metadata, &name, &self.how.fields)?;
        let format = Format::Parquet(Arc::new(table));
        let relative = output_name(&relative, &format, self.how.to);
        let file = Arc::new(SourceFile { index: self.n_files, name, relative, format });
        Ok(OpenRows::new(file, bytes, metadata, self.n_side_by_side))
    }
}

/// What a Parquet file begins with.
const PARQUET: &[u8] = b"PAR1";

const READ: &str = "einmal reads JSON, CSV, Parquet, WARC, HTML and plain text, as they are, in tar or zip archives, or packed by gzip, zstd, bzip2, xz or lz4";

/// A file that is counted as one bad record.
fn unreadable_file(file: Arc<SourceFile>, error: &Error) -> Block {
    let bad = BadRecord {
        place: Place { file: file.index, record: 1 },
        offset: 0,
        reason: if error.is_about_input() { BadReason::Binary } else { BadReason::Damaged },
        detail: error.problem(),
        hint: None,
        raw: Vec::new(),
    };
    Block { file, bytes: BlockBytes::default(), rows: None, records: Vec::new(), bad: vec![bad] }
}

fn begins_with(mut file: &File, head: &[u8]) -> bool {
    let mut start = vec![0; head.len()];
    file.read_exact(&mut start).is_ok() && start == head && file.rewind().is_ok()
}

/// What the output of a file is called in an output folder: as the file, unless it has another format.
fn output_name(relative: &Path, format: &Format, to: Option<To>) -> PathBuf {
    let written = format.written(to);
    if written == *format {
        return relative.to_owned();
    }
    let name = relative.file_name().unwrap_or_default().to_string_lossy();
    let unpacked = unpacked_name(&name);
    // Parquet files are packed inside.
    let packing = if matches!(written, Format::Parquet(_)) { "" } else { &name[unpacked.len()..] };
    let stem = FORMAT_ENDS.iter().find_map(|end| unpacked.strip_suffix(end)).unwrap_or(unpacked);
    relative.with_file_name(format!("{stem}{}{packing}", written.extension()))
}

/// How names of files end that tell their format.
const FORMAT_ENDS: [&str; 15] = [
    ".warc.wet",
    ".warc",
    ".wet",
    ".arc",
    ".html",
    ".htm",
    ".xhtml",
    ".jsonl",
    ".ndjson",
    ".json",
    ".csv",
    ".tsv",
    ".parquet",
    ".txt",
    ".text",
];

/// So much of a file is looked at to tell what it is.
const HEAD: u64 = 64 * 1024;

/// What a file is, if it surely is no text.
fn no_text(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
        return Some("UTF-16, which has to be converted to UTF-8 first");
    }
    head.contains(&0).then_some("binary data")
}
