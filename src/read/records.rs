//! Finds where the records of a file begin and end.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

use super::bad::{BadReason, BadRecord};
use super::boundary::{ObjectScan, RowScan};
use super::file::SourceFile;
use super::format::{Articles, Format, arc_length, warc_lengths};
use super::gzip::goes_on;
use super::reader::Block;
use super::spare::{BlockBytes, Spare};
use crate::corpus::Place;

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

/// Of a record that is too large, this much is kept for quarantine.
const SHOWN_OF_TOO_LARGE: usize = 64 * 1024;

/// A file that is being read.
pub(super) struct OpenFile {
    file: Arc<SourceFile>,
    reader: Box<dyn Read + Send>,
    /// Read, not yet handed out.
    buffer: Vec<u8>,
    spare: Spare,
    damage: Option<io::Error>,
    is_at_end: bool,
    is_done: bool,
    /// Of the record that begins the buffer.
    number: u64,
    offset: u64,
}

/// Where a record in the buffer begins and ends, and where the next one may begin.
struct Found {
    start: usize,
    end: usize,
    next: usize,
}

/// So much is read at once while a record is passed.
const PASSED_AT_ONCE: usize = 64 * 1024;

impl OpenFile {
    /// A file whose first bytes, `head`, were read already; the first record begins at byte `start` of them, or after it.
    pub(super) fn new(
        file: Arc<SourceFile>,
        reader: Box<dyn Read + Send>,
        mut head: Vec<u8>,
        start: usize,
        damage: Option<io::Error>,
    ) -> Self {
        head.drain(..start);
        Self {
            file,
            reader,
            buffer: head,
            spare: Spare::default(),
            damage,
            is_at_end: false,
            is_done: false,
            number: 1,
            offset: start as u64,
        }
    }

    pub(super) fn file(&self) -> Arc<SourceFile> {
        Arc::clone(&self.file)
    }

    /// Whether all its records were handed out.
    pub(super) fn is_done(&self) -> bool {
        self.is_done
    }

    /// At most `n_records` records, in about `n_bytes`.
    pub(super) fn next_block(&mut self, n_records: usize, n_bytes: usize, max_record: usize) -> Block {
        let mut block =
            Block { file: self.file(), bytes: BlockBytes::default(), rows: None, records: Vec::new(), bad: Vec::new() };
        self.fill(n_bytes);
        let mut at = 0;
        while block.records.len() < n_records && at < n_bytes {
            match self.find(at) {
                Some(found) => {
                    self.push(found.start..found.end, &mut block.records);
                    at = found.next;
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
                None => self.fill_for_large(n_bytes, max_record),
            }
        }
        self.is_done = self.is_at_end && self.damage.is_none() && at == self.buffer.len();
        block.bytes = self.take(at);
        block
    }

    /// Adds a record, if it is one.
    fn push(&mut self, bytes: Range<usize>, records: &mut Vec<RawRecord>) {
        let format = &self.file.format;
        if !format.skips_empty_lines() || !self.buffer[bytes.clone()].trim_ascii().is_empty() {
            let ends_in_crlf = !format.is_json() && self.buffer[bytes.end..].starts_with(b"\r\n");
            records.push(RawRecord { offset: self.offset + bytes.start as u64, bytes, number: self.number, ends_in_crlf });
        } else if *format != Format::Jsonl {
            // Lines of JSON are counted, the empty ones too; rows of a table are.
            return;
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

    /// Reads on where a record is larger than a block.
    fn fill_for_large(&mut self, n_bytes: usize, max_record: usize) {
        let most = max_record.saturating_add(1);
        // Not much more than it has: what comes behind it has to be moved.
        let len = (self.buffer.len() + n_bytes.max(self.buffer.len() / 4)).min(most);
        if self.buffer.capacity() < len {
            // Room takes no memory until it is used, but what is moved takes it twice.
            let room = len.saturating_mul(4).min(most);
            self.buffer.reserve_exact(room - self.buffer.len());
        }
        self.fill(len);
    }

    /// The record that begins at `from`, or after it, if the buffer holds it to its end.
    fn find(&self, from: usize) -> Option<Found> {
        match &self.file.format {
            Format::Text(Articles::File) | Format::Html => None,
            Format::Parquet(_) => unreachable!("its rows are not found by bytes"),
            Format::Jsonl => line(&self.buffer, from),
            Format::Text(Articles::Lines) => line(&self.buffer, from).map(|found| without_return(&self.buffer, found)),
            Format::Text(Articles::Blocks) => text_block(&self.buffer, from, self.is_at_end),
            Format::Json { .. } => json_value(&self.buffer, from),
            Format::Warc => warc_record(&self.buffer, from),
            Format::Arc => arc_record(&self.buffer, from),
            Format::Csv(header) => {
                let end = from + RowScan::new(header.delimiter).find_end(&self.buffer[from..])?;
                Some(without_return(&self.buffer, Found { start: from, end, next: end + 1 }))
            }
        }
    }

    /// Takes what is left at the end of the file for its last record, a damaged one if the file was cut short. Returns how many bytes are used up.
    fn finish(&mut self, block: &mut Block) -> usize {
        let len = self.buffer.len();
        if let Some(damage) = self.damage.take() {
            self.is_at_end = !goes_on(&damage);
            let rest = if self.is_at_end { "the rest of it cannot be read" } else { "it is read on behind that" };
            block.bad.push(BadRecord {
                place: Place { file: self.file.index, record: self.number },
                offset: self.offset,
                reason: BadReason::Damaged,
                detail: format!("the file is damaged here, {rest}: {damage}"),
                hint: None,
                raw: self.buffer.clone(),
            });
            self.number += 1;
            return len;
        }
        let (start, end) = match &self.file.format {
            Format::Jsonl => (0, len),
            Format::Json { .. } => (json_start(&self.buffer, 0), json_end(&self.buffer)),
            Format::Warc | Format::Arc => (line_break_len(&self.buffer), len),
            Format::Html | Format::Parquet(_) => (0, len),
            Format::Text(Articles::Blocks) if self.buffer.trim_ascii().is_empty() => (len, len),
            Format::Text(_) | Format::Csv(_) => (0, without_line_break(&self.buffer)),
        };
        let used = self.next_try(start).unwrap_or(len);
        if start < len {
            self.push(start..end.min(used), &mut block.records);
        }
        used
    }

    /// Of a record that never ends, though it may take several lines: where the next one may begin, so that no more is given up than needed.
    fn next_try(&self, start: usize) -> Option<usize> {
        let is_next = |line: usize| match &self.file.format {
            Format::Json { .. } => self.buffer[line..].trim_ascii_start().starts_with(b"{"),
            Format::Csv(header) => {
                let mut scan = RowScan::new(header.delimiter);
                scan.find_end(&self.buffer[start..]).is_none() && scan.is_in_quotes()
            }
            Format::Warc => self.buffer[line..].starts_with(WARC),
            Format::Jsonl | Format::Text(_) | Format::Html | Format::Arc | Format::Parquet(_) => false,
        };
        let rest = self.buffer.get(start..)?;
        memchr::memchr_iter(b'\n', rest)
            .map(|at| start + at + 1)
            .take_while(|&line| line < self.buffer.len())
            .find(|&line| is_next(line))
    }

    /// Passes a record that is larger than `max_record`.
    fn skip_record(&mut self, max_record: usize) -> BadRecord {
        self.fill(SHOWN_OF_TOO_LARGE);
        let end = self.find(0).map_or(self.buffer.len(), |found| found.end);
        let bad = too_large(Place { file: self.file.index, record: self.number }, self.offset, max_record, &self.buffer[..end]);
        match self.file.format {
            Format::Json { .. } => {
                self.drop_front(json_start(&self.buffer, 0));
                let mut scan = ObjectScan::default();
                self.pass_until(|bytes| scan.find_end(bytes));
            }
            Format::Csv(ref header) => {
                let mut scan = RowScan::new(header.delimiter);
                self.pass_until(|bytes| scan.find_end(bytes).map(|end| end + 1));
            }
            Format::Warc | Format::Arc => self.pass_archived(),
            Format::Jsonl | Format::Text(_) | Format::Html | Format::Parquet(_) => {
                while self.find(0).is_none() && !self.is_at_end {
                    // A line break may be cut in two: what is kept holds its first half.
                    let len = self.buffer.len();
                    self.drop_front(len.saturating_sub(2));
                    self.fill(PASSED_AT_ONCE);
                }
                let used = self.find(0).map_or(self.buffer.len(), |found| found.next);
                self.drop_front(used);
            }
        }
        self.number += 1;
        self.is_done = self.is_at_end && self.damage.is_none() && self.buffer.is_empty();
        bad
    }

    /// Passes a record of a web archive, by its length.
    fn pass_archived(&mut self) {
        self.drop_front(line_break_len(&self.buffer));
        let len = match self.file.format {
            Format::Arc => memchr::memchr(b'\n', &self.buffer).and_then(|at| Some(at + 1 + arc_length(&self.buffer[..at])?)),
            _ => warc_lengths(&self.buffer).and_then(|(header, block)| Some(header + block?)),
        };
        let mut left = len.unwrap_or(self.buffer.len());
        self.pass_until(|bytes| match left.checked_sub(bytes.len()) {
            Some(still_left) if still_left > 0 => {
                left = still_left;
                None
            }
            _ => Some(left),
        });
    }

    /// Passes everything up to where `find_end` says.
    fn pass_until(&mut self, mut find_end: impl FnMut(&[u8]) -> Option<usize>) {
        loop {
            match find_end(&self.buffer) {
                Some(end) => return self.drop_front(end),
                None => self.drop_front(self.buffer.len()),
            }
            if self.is_at_end {
                return;
            }
            self.fill(PASSED_AT_ONCE);
        }
    }

    fn drop_front(&mut self, len: usize) {
        self.buffer.drain(..len);
        self.offset += len as u64;
    }

    /// Hands out the first `len` bytes of the buffer.
    fn take(&mut self, len: usize) -> BlockBytes {
        self.offset += len as u64;
        let mut room = self.spare.room();
        if len < self.buffer.len() / 2 {
            room.extend(self.buffer.drain(..len));
            return self.spare.lend(room);
        }
        room.extend_from_slice(&self.buffer[len..]);
        self.buffer.truncate(len);
        self.spare.lend(std::mem::replace(&mut self.buffer, room))
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

fn line(buffer: &[u8], start: usize) -> Option<Found> {
    let end = start + memchr::memchr(b'\n', &buffer[start..])?;
    Some(Found { start, end, next: end + 1 })
}

/// A block of text: it ends with the line break before a blank line. The next block begins with the next line that is not blank.
fn text_block(buffer: &[u8], start: usize, is_at_end: bool) -> Option<Found> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r');
    // Blank lines before the first block end none.
    let first_text = start + buffer[start..].iter().position(|byte| !is_blank(byte) && *byte != b'\n')?;
    for end in memchr::memchr_iter(b'\n', &buffer[first_text..]).map(|at| first_text + at) {
        let rest = &buffer[end + 1..];
        if rest.iter().find(|byte| !is_blank(byte)) == Some(&b'\n') {
            let next = match rest.iter().position(|byte| !is_blank(byte) && *byte != b'\n') {
                Some(text) => end + 1 + memchr::memrchr(b'\n', &rest[..text]).map_or(0, |line_break| line_break + 1),
                None if is_at_end => buffer.len(),
                None => return None,
            };
            return Some(without_return(buffer, Found { start, end, next }));
        }
    }
    None
}

/// What may stand between values: white space, commas, and the brackets of the array.
fn is_between_values(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b'[' | b']')
}

fn json_start(buffer: &[u8], from: usize) -> usize {
    buffer[from..].iter().position(|&byte| !is_between_values(byte)).map_or(buffer.len(), |at| from + at)
}

fn json_end(buffer: &[u8]) -> usize {
    buffer.iter().rposition(|&byte| !is_between_values(byte)).map_or(0, |at| at + 1)
}

/// A JSON object, or something that should have been one.
fn json_value(buffer: &[u8], from: usize) -> Option<Found> {
    let start = json_start(buffer, from);
    let len = match buffer.get(start)? {
        b'{' => ObjectScan::default().find_end(&buffer[start..])?,
        _ => buffer[start..].iter().position(|&byte| is_between_values(byte) || byte == b'{')?,
    };
    Some(Found { start, end: start + len, next: start + len })
}

const WARC: &[u8] = b"WARC/";

/// The line breaks that `bytes` begin with.
fn line_break_len(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
}

/// A WARC record, or, where none begins, everything up to where one does.
fn warc_record(buffer: &[u8], from: usize) -> Option<Found> {
    let start = from + line_break_len(&buffer[from..]);
    let record = &buffer[start..];
    let len = match warc_lengths(record).filter(|_| record.starts_with(WARC)) {
        Some((header, Some(block))) => Some(header.checked_add(block)?).filter(|&len| len <= record.len())?,
        _ => memchr::memmem::find(record, b"\nWARC/")? + 1,
    };
    Some(Found { start, end: start + len, next: start + len })
}

/// An ARC record, or, where none begins, a line.
fn arc_record(buffer: &[u8], from: usize) -> Option<Found> {
    let start = from + line_break_len(&buffer[from..]);
    let record = &buffer[start..];
    let line_len = memchr::memchr(b'\n', record)? + 1;
    let len = line_len.checked_add(arc_length(&record[..line_len]).unwrap_or(0)).filter(|&len| len <= record.len())?;
    Some(Found { start, end: start + len, next: start + len })
}

fn without_return(buffer: &[u8], found: Found) -> Found {
    let has_return = found.end > found.start && buffer[found.end - 1] == b'\r';
    Found { end: found.end - usize::from(has_return), ..found }
}

fn without_line_break(buffer: &[u8]) -> usize {
    let Some(line) = buffer.strip_suffix(b"\n") else { return buffer.len() };
    line.strip_suffix(b"\r").unwrap_or(line).len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Fields;
    use crate::read::format::Header;
    use crate::read::reader::BatchSize;
    use std::path::PathBuf;

    fn open(text: &[u8], format: Format) -> OpenFile {
        let file = SourceFile { index: 0, name: String::new(), relative: PathBuf::new(), format };
        OpenFile::new(Arc::new(file), Box::new(io::Cursor::new(text.to_vec())), Vec::new(), 0, None)
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
        type Records<'a> = &'a [(u64, u64, &'a str)];
        let array = Format::Json { in_array: true };
        let table = Format::Csv(Arc::new(Header::read(b"id,text", &Fields::default()).expect("a header").0));
        let warc = "WARC/1.0\r\nContent-Length: 3\r\n\r\na\nb\r\n\r\nrubbish\nWARC/1.1\ncontent-length:1\n\nc\n\nWARC/1.0\nx: y\n\nWARC/1.0\nContent-Length: 9\n\ncut";
        let arc =
            "filedesc://x 1.1.1.1 20140216050221 text/plain 2\nab\nrubbish\nhttp://x/ 1.1.1.1 20140216050221 text/html 3\nc\nd\n";
        let cases: &[(Format, &str, Records<'_>)] = &[
            (
                Format::Warc,
                warc,
                &[
                    (1, 0, "WARC/1.0\r\nContent-Length: 3\r\n\r\na\nb"),
                    (2, 38, "rubbish\n"),
                    (3, 46, "WARC/1.1\ncontent-length:1\n\nc"),
                    (4, 76, "WARC/1.0\nx: y\n\n"),
                    (5, 91, "WARC/1.0\nContent-Length: 9\n\ncut"),
                ],
            ),
            (
                Format::Arc,
                arc,
                &[
                    (1, 0, "filedesc://x 1.1.1.1 20140216050221 text/plain 2\nab"),
                    (2, 52, "rubbish\n"),
                    (3, 60, "http://x/ 1.1.1.1 20140216050221 text/html 3\nc\nd"),
                ],
            ),
            (Format::Html, "<html>\n\n", &[(1, 0, "<html>\n\n")]),
            (array.clone(), "[]", &[]),
            (array.clone(), "[{},\n {\"a\": [1, {}]}\n]\n", &[(1, 1, "{}"), (2, 6, "{\"a\": [1, {}]}")]),
            (array.clone(), "[{\"}{\": 1}, 7, \"x\" {}", &[(1, 1, "{\"}{\": 1}"), (2, 12, "7"), (3, 15, "\"x\""), (4, 19, "{}")]),
            (array.clone(), "[{\"a\": \"b},\n{}\n{\"c", &[(1, 1, "{\"a\": \"b},\n"), (2, 12, "{}"), (3, 15, "{\"c")]),
            (Format::Json { in_array: false }, "{\n}\n{\n}", &[(1, 0, "{\n}"), (2, 4, "{\n}")]),
            (table.clone(), "1,a\r\n\n2,\"b\n\"\"\"\n3,c", &[(1, 0, "1,a"), (2, 6, "2,\"b\n\"\"\""), (3, 15, "3,c")]),
            (table.clone(), "1,\"a\n2,b\n", &[(1, 0, "1,\"a\n"), (2, 5, "2,b")]),
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
                    let found = read(text.as_bytes(), format.clone(), 1000, BatchSize { records, bytes });
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
