//! Finds where records begin and end, and hands them out in batches, however large the files and however slow the pipes.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::bad::{BadReason, BadRecord};
use super::format::{Articles, Format};
use super::input::Input;
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
    /// Index of the file among the inputs.
    pub file: u32,
    /// What the file is made of.
    pub format: Format,
    /// The bytes in which the records stand.
    pub bytes: Vec<u8>,
    /// The records, in order.
    pub records: Vec<RawRecord>,
    /// Records that could not even be found to their end, in order. They come after `records`.
    pub bad: Vec<BadRecord>,
}

/// A record that was found, not read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRecord {
    /// Its bytes in the block, without the line break that ends it.
    pub bytes: Range<usize>,
    /// Its number in the file, from 1.
    pub number: u64,
    /// Its first byte in the (decompressed) file.
    pub offset: u64,
    /// Whether a CR LF ends it, and is none of its bytes.
    pub ends_in_crlf: bool,
}

/// Some records in a row, from one file or several.
#[derive(Debug, Default)]
pub struct RawBatch {
    /// The records, by file.
    pub blocks: Vec<Block>,
}

/// Reads all inputs, one after another.
pub struct Reader {
    inputs: Vec<Input>,
    articles: Articles,
    from: Option<Format>,
    max_record: usize,
    size: BatchSize,
    n_read: Arc<AtomicU64>,
    next_input: usize,
    open: Option<OpenFile>,
}

impl Reader {
    /// A reader of `inputs`. `from` overrides what content and name tell of the format.
    pub fn new(inputs: Vec<Input>, from: Option<Format>, articles: Articles, max_record: usize, size: BatchSize) -> Self {
        Self { inputs, articles, from, max_record, size, n_read: Arc::default(), next_input: 0, open: None }
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
        let (size, max_record) = (self.size, self.max_record);
        while n_records < size.records && n_bytes < size.bytes {
            let Some(file) = self.open_file(&mut batch)? else { break };
            let block = file.next_block(size.records - n_records, size.bytes, max_record);
            if file.is_done {
                self.open = None;
            }
            // A block of empty lines is no end.
            if !block.records.is_empty() || !block.bad.is_empty() {
                n_records += block.records.len();
                n_bytes += block.bytes.len();
                batch.blocks.push(block);
            }
        }
        Ok((!batch.blocks.is_empty()).then_some(batch))
    }

    /// The file that is being read, or else the next one. Files that cannot be read join the batch as bad records.
    fn open_file(&mut self, batch: &mut RawBatch) -> Result<Option<&mut OpenFile>, Error> {
        while self.open.is_none() {
            let Some(input) = self.inputs.get(self.next_input) else { return Ok(None) };
            let file = self.next_input as u32;
            self.next_input += 1;
            match self.open_input(input, file) {
                Ok(open) => self.open = Some(open),
                Err(error) if input.is_named => return Err(error),
                Err(error) => batch.blocks.push(Block {
                    file,
                    format: self.from.unwrap_or(Format::Text(self.articles)),
                    bytes: Vec::new(),
                    records: Vec::new(),
                    bad: vec![BadRecord {
                        place: Place { file, record: 1 },
                        offset: 0,
                        reason: if error.is_about_input() { BadReason::Binary } else { BadReason::Damaged },
                        detail: error.problem(),
                        hint: None,
                        raw: Vec::new(),
                    }],
                }),
            }
        }
        Ok(self.open.as_mut())
    }

    fn open_input(&self, input: &Input, file: u32) -> Result<OpenFile, Error> {
        let name = input.name();
        let unreadable = |source| Error::io("read", &name, source);
        let mut reader = input.open(&self.n_read).map_err(unreadable)?;
        let mut head = Vec::new();
        // Damage right at the start is found again, and counted, when records are read.
        let damage = reader.by_ref().take(HEAD).read_to_end(&mut head).err();
        if let Some(what) = no_text(&head) {
            return Err(Error::input(name, format!("this is no text, but {what}"))
                .with_hint("einmal reads JSONL and plain text, as they are or packed by gzip, zstd, bzip2, xz or lz4"));
        }
        let format = self.from.unwrap_or_else(|| Format::recognise(&head, &name, self.articles));
        let mut offset = 0;
        if head.starts_with(BOM) && format == Format::Jsonl {
            head.drain(..BOM.len());
            offset = BOM.len() as u64;
        }
        Ok(OpenFile { file, format, reader, buffer: head, damage, is_at_end: false, is_done: false, number: 1, offset })
    }
}

/// So much of a file is looked at to tell what it is.
const HEAD: u64 = 64 * 1024;
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// What a file is, if it surely is no text.
fn no_text(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
        return Some("UTF-16, which has to be converted to UTF-8 first");
    }
    head.contains(&0).then_some("binary data")
}

/// Of a record that is too large, this much is kept for quarantine.
const SHOWN_OF_TOO_LARGE: usize = 64 * 1024;

/// A file that is being read.
struct OpenFile {
    file: u32,
    format: Format,
    reader: Box<dyn Read + Send>,
    /// Read, not yet handed out.
    buffer: Vec<u8>,
    damage: Option<io::Error>,
    is_at_end: bool,
    is_done: bool,
    /// Of the record that begins the buffer.
    number: u64,
    offset: u64,
}

/// Where a record in the buffer ends, and where the next one begins.
struct Ending {
    content: usize,
    next: usize,
}

impl OpenFile {
    /// At most `n_records` records, in about `n_bytes`.
    fn next_block(&mut self, n_records: usize, n_bytes: usize, max_record: usize) -> Block {
        let mut block = Block { file: self.file, format: self.format, bytes: Vec::new(), records: Vec::new(), bad: Vec::new() };
        self.fill(n_bytes);
        let mut at = 0;
        while block.records.len() < n_records {
            match self.find_ending(at) {
                Some(ending) => {
                    self.push(at..ending.content, &mut block.records);
                    at = ending.next;
                }
                None if at > 0 => break,
                None if self.is_at_end => {
                    at = self.finish(&mut block);
                    break;
                }
                None if self.buffer.len() > max_record => {
                    block.bad.push(self.skip_record(max_record));
                    return block;
                }
                None => self.fill(self.buffer.len() * 2),
            }
        }
        self.is_done = self.is_at_end && self.damage.is_none() && at == self.buffer.len();
        block.bytes = self.take(at);
        block
    }

    /// Adds a record, if it is one: an empty line of JSONL is none, but counts as a line.
    fn push(&mut self, bytes: Range<usize>, records: &mut Vec<RawRecord>) {
        if self.format != Format::Jsonl || !self.buffer[bytes.clone()].trim_ascii().is_empty() {
            let ends_in_crlf = self.format != Format::Jsonl && self.buffer[bytes.end..].starts_with(b"\r\n");
            records.push(RawRecord { offset: self.offset + bytes.start as u64, bytes, number: self.number, ends_in_crlf });
        }
        self.number += 1;
    }

    /// Reads on until the buffer holds `len` bytes, if there are so many.
    fn fill(&mut self, len: usize) {
        if self.is_at_end || self.buffer.len() >= len {
            return;
        }
        let missing = (len - self.buffer.len()) as u64;
        self.buffer.reserve(missing as usize);
        if self.damage.is_none() {
            self.damage = self.reader.by_ref().take(missing).read_to_end(&mut self.buffer).err();
        }
        self.is_at_end = self.damage.is_some() || self.buffer.len() < len;
    }

    /// The end of the record that begins at `from`, if the buffer holds it.
    fn find_ending(&self, from: usize) -> Option<Ending> {
        match self.format {
            Format::Text(Articles::File) => None,
            Format::Jsonl => line_ending(&self.buffer, from),
            Format::Text(Articles::Lines) => line_ending(&self.buffer, from)
                .map(|ending| Ending { content: without_return(&self.buffer, from, ending.content), ..ending }),
            Format::Text(Articles::Blocks) => block_ending(&self.buffer, from, self.is_at_end),
        }
    }

    /// Takes what is left at the end of the file for its last record, a damaged one if the file was cut short. Returns how many bytes are used up.
    fn finish(&mut self, block: &mut Block) -> usize {
        let len = self.buffer.len();
        if let Some(damage) = self.damage.take() {
            block.bad.push(BadRecord {
                place: Place { file: self.file, record: self.number },
                offset: self.offset,
                reason: BadReason::Damaged,
                detail: format!("the file is damaged here, the rest of it cannot be read: {damage}"),
                hint: None,
                raw: self.buffer.clone(),
            });
        } else if len > 0 {
            let content = if self.format == Format::Jsonl { len } else { without_line_break(&self.buffer) };
            let is_nothing = self.format == Format::Text(Articles::Blocks) && self.buffer.trim_ascii().is_empty();
            if !is_nothing {
                self.push(0..content, &mut block.records);
            }
        }
        len
    }

    /// Passes a record that is larger than `max_record`.
    fn skip_record(&mut self, max_record: usize) -> BadRecord {
        self.fill(SHOWN_OF_TOO_LARGE);
        let end = self.find_ending(0).map_or(self.buffer.len(), |ending| ending.content);
        let bad = too_large(Place { file: self.file, record: self.number }, self.offset, max_record, &self.buffer[..end]);
        while self.find_ending(0).is_none() && !self.is_at_end {
            // A line break may be cut in two: what is kept holds its first half.
            let len = self.buffer.len();
            self.drop_front(len.saturating_sub(2));
            self.fill(HEAD as usize);
        }
        let used = self.find_ending(0).map_or(self.buffer.len(), |ending| ending.next);
        self.drop_front(used);
        self.number += 1;
        self.is_done = self.is_at_end && self.damage.is_none() && self.buffer.is_empty();
        bad
    }

    fn drop_front(&mut self, len: usize) {
        self.buffer.drain(..len);
        self.offset += len as u64;
    }

    /// Hands out the first `len` bytes of the buffer.
    fn take(&mut self, len: usize) -> Vec<u8> {
        self.offset += len as u64;
        if len < self.buffer.len() / 2 {
            return self.buffer.drain(..len).collect();
        }
        let rest = self.buffer[len..].to_vec();
        self.buffer.truncate(len);
        std::mem::replace(&mut self.buffer, rest)
    }
}

/// A record that is larger than allowed, and that `bytes` begins with.
pub(super) fn too_large(place: Place, offset: u64, max_record: usize, bytes: &[u8]) -> BadRecord {
    BadRecord {
        place,
        offset,
        reason: BadReason::TooLarge,
        detail: format!("the record is larger than {max_record} bytes"),
        hint: Some("allow larger records with --max-record"),
        raw: bytes[..bytes.len().min(SHOWN_OF_TOO_LARGE)].to_vec(),
    }
}

fn line_ending(buffer: &[u8], from: usize) -> Option<Ending> {
    let at = from + memchr::memchr(b'\n', &buffer[from..])?;
    Some(Ending { content: at, next: at + 1 })
}

/// The end of a block: the line break before a blank line. The next block begins with the next line that is not blank.
fn block_ending(buffer: &[u8], from: usize, is_at_end: bool) -> Option<Ending> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r');
    // Blank lines before the first block end none.
    let first_text = from + buffer[from..].iter().position(|byte| !is_blank(byte) && *byte != b'\n')?;
    for at in memchr::memchr_iter(b'\n', &buffer[first_text..]).map(|at| first_text + at) {
        let rest = &buffer[at + 1..];
        if rest.iter().find(|byte| !is_blank(byte)) == Some(&b'\n') {
            let next = match rest.iter().position(|byte| !is_blank(byte) && *byte != b'\n') {
                Some(text) => at + 1 + memchr::memrchr(b'\n', &rest[..text]).map_or(0, |line_break| line_break + 1),
                None if is_at_end => buffer.len(),
                None => return None,
            };
            return Some(Ending { content: without_return(buffer, from, at), next });
        }
    }
    None
}

fn without_return(buffer: &[u8], from: usize, end: usize) -> usize {
    if end > from && buffer[end - 1] == b'\r' { end - 1 } else { end }
}

fn without_line_break(buffer: &[u8]) -> usize {
    buffer.strip_suffix(b"\n").map_or(buffer.len(), |line| without_return(buffer, 0, line.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: &[u8], format: Format) -> OpenFile {
        OpenFile {
            file: 0,
            format,
            reader: Box::new(io::Cursor::new(text.to_vec())),
            buffer: Vec::new(),
            damage: None,
            is_at_end: false,
            is_done: false,
            number: 1,
            offset: 0,
        }
    }

    /// The records of `text`, read in batches of `records`, with their numbers and offsets; bad ones by reason.
    fn read(text: &[u8], format: Format, max_record: usize, size: BatchSize) -> Vec<(u64, u64, String)> {
        let mut file = open(text, format);
        let mut all = Vec::new();
        while !file.is_done {
            let block = file.next_block(size.records, size.bytes, max_record);
            for record in block.records {
                all.push((record.number, record.offset, String::from_utf8_lossy(&block.bytes[record.bytes]).into_owned()));
            }
            all.extend(block.bad.into_iter().map(|bad| (bad.place.record, bad.offset, bad.reason.name().to_owned())));
        }
        all
    }

    #[test]
    fn records_are_the_same_however_they_are_batched() {
        type Found<'a> = &'a [(u64, u64, &'a str)];
        let cases: &[(Format, &str, Found<'_>)] = &[
            (Format::Jsonl, "{}\n\n{1}\r\n{2}", &[(1, 0, "{}"), (3, 4, "{1}\r"), (4, 9, "{2}")]),
            (Format::Jsonl, "", &[]),
            (Format::Text(Articles::File), "a\nb\n\n", &[(1, 0, "a\nb\n")]),
            (Format::Text(Articles::File), "a\r\n", &[(1, 0, "a")]),
            (Format::Text(Articles::Lines), "a\r\n\nb", &[(1, 0, "a"), (2, 3, ""), (3, 4, "b")]),
            (Format::Text(Articles::Blocks), "\na\nb\n \n\nc\n\n\n", &[(1, 0, "\na\nb"), (2, 8, "c")]),
        ];
        for (format, text, expected) in cases {
            for bytes in [1, 2, 3, 7, 100] {
                for records in [1, 2, 100] {
                    let found = read(text.as_bytes(), *format, 1000, BatchSize { records, bytes });
                    let found: Vec<_> = found.iter().map(|(number, offset, text)| (*number, *offset, text.as_str())).collect();
                    assert_eq!(found, *expected, "{text:?} by {records} records, {bytes} bytes");
                }
            }
        }
    }

    #[test]
    fn of_a_record_that_is_too_large_no_neighbour_is_put_aside() {
        let text = format!("{}\n{{2}}\n", "x".repeat(100));
        for bytes in [10, 60, 1000] {
            let mut file = open(text.as_bytes(), Format::Jsonl);
            let block = file.next_block(10, bytes, 50);
            let raw = match block.bad.first() {
                Some(bad) => bad.raw.as_slice(),
                None => &block.bytes[block.records[0].bytes.clone()],
            };
            assert_eq!(raw, "x".repeat(100).as_bytes(), "{bytes} bytes at once");
        }
    }

    #[test]
    fn a_record_that_is_too_large_is_passed_without_keeping_it() {
        let long = "x".repeat(300_000);
        let text = format!("{{}}\n{long}\n{{2}}\n{long}");
        let found = read(text.as_bytes(), Format::Jsonl, 100, BatchSize { records: 10, bytes: 50 });
        let shown: Vec<_> = found.iter().map(|(number, offset, text)| (*number, *offset, text.as_str())).collect();
        assert_eq!(shown, [(1, 0, "{}"), (2, 3, "too-large"), (3, 300_004, "{2}"), (4, 300_008, "too-large")]);
    }
}
