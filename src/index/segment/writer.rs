//! Writing a segment, section by section.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::TableKind;
use super::bloom::{BloomWriter, filter_len};
use super::footer::{Footer, MAGIC, Section, SortedSection, StoredChunk, VERSION};
use super::sorted::Layout;
use crate::fingerprint::WordHash;
use crate::index::records::StoredRecord;
use crate::index::words::WordPlace;

/// Writes a segment to a file, front to back. Sections come in the order of the methods.
pub(in crate::index) struct SegmentWriter<'a> {
    out: Checked<'a>,
    footer: Footer,
}

impl<'a> SegmentWriter<'a> {
    /// Begins a segment in an empty file.
    pub(in crate::index) fn begin(file: &'a File) -> Self {
        let footer = Footer { version: VERSION, ..Footer::default() };
        Self { out: Checked::new(file), footer }
    }

    /// Calls `pause` from time to time while it writes.
    pub(in crate::index) fn pausing(mut self, pause: &'a dyn Fn()) -> Self {
        self.out.pause = Some(pause);
        self
    }

    /// Writes the words of some chunks, in order, each with its number.
    pub(in crate::index) fn words<W: AsRef<[WordHash]>>(&mut self, chunks: impl Iterator<Item = (u32, W)>) -> io::Result<()> {
        let start = self.out.begin()?;
        let mut first = 0;
        for (nth, words) in chunks {
            let words = words.as_ref();
            self.footer.chunks.push(StoredChunk { nth, n_words: words.len() as u32, first });
            first += words.len() as u64;
            for word in words {
                self.out.push(&word.bits().to_le_bytes())?;
            }
        }
        self.footer.words = self.out.end(start)?;
        Ok(())
    }

    /// Writes the records that the words belong to, in order, and the names of their files.
    pub(in crate::index) fn records<'r>(
        &mut self,
        records: impl Iterator<Item = StoredRecord<'r>>,
        files: impl Iterator<Item = &'r str>,
    ) -> io::Result<()> {
        let start = self.out.begin()?;
        let mut names = Vec::new();
        for record in records {
            names.extend_from_slice(record.names());
            self.out.push(&record.to_bytes(names.len() as u64))?;
        }
        self.footer.records = self.out.end(start)?;
        self.footer.names = self.blob(&names)?;
        let mut ends = Vec::new();
        let mut names = Vec::new();
        for file in files {
            names.extend_from_slice(file.as_bytes());
            ends.extend_from_slice(&(names.len() as u64).to_le_bytes());
        }
        self.footer.file_ends = self.blob(&ends)?;
        self.footer.file_names = self.blob(&names)?;
        Ok(())
    }

    /// Writes a table, sorted by hash and place; it has `n_at_most` entries.
    pub(in crate::index) fn table(
        &mut self,
        kind: TableKind,
        n_at_most: u64,
        entries: impl Iterator<Item = (u64, WordPlace)>,
    ) -> io::Result<()> {
        *self.footer.table_mut(kind) = self.sorted(n_at_most, entries)?;
        Ok(())
    }

    /// Completes the segment, and has it stored.
    pub(in crate::index) fn finish(mut self) -> io::Result<()> {
        self.out.begin()?;
        let footer = serde_json::to_vec(&self.footer)?;
        self.out.push(&footer)?;
        self.out.push(&(footer.len() as u64).to_le_bytes())?;
        self.out.push(&xxh3_64(&footer).to_le_bytes())?;
        self.out.push(MAGIC)?;
        self.out.flush()?;
        self.out.file.sync_data()
    }

    fn blob(&mut self, bytes: &[u8]) -> io::Result<Section> {
        let start = self.out.begin()?;
        self.out.push(bytes)?;
        self.out.end(start)
    }

    fn sorted(&mut self, n_at_most: u64, entries: impl Iterator<Item = (u64, WordPlace)>) -> io::Result<SortedSection> {
        let end = self.footer.chunks.last().map_or(WordPlace(0), |last| WordPlace::of_chunk(last.nth + 1));
        let layout = Layout::of(n_at_most, end);
        let bits = layout.bits;
        let mut counts = vec![0_u32; (1 << bits) + 1];
        let mut filter = FilterWriter::new(self.out.reserve(filter_len(n_at_most))?, filter_len(n_at_most));
        let mut entry = Vec::with_capacity(16);
        let start = self.out.begin()?;
        for (hash, place) in entries {
            filter.add(hash, self.out.file)?;
            counts[(hash >> (64 - bits)) as usize + 1] += 1;
            entry.clear();
            layout.push(hash, place, &mut entry);
            self.out.push(&entry)?;
        }
        let entries = self.out.end(start)?;
        let filter = filter.finish(self.out.file)?;
        let start = self.out.begin()?;
        let mut before = 0_u32;
        for count in counts {
            before = before.checked_add(count).ok_or_else(|| io::Error::other("a segment holds at most 4 billion entries"))?;
            self.out.push(&before.to_le_bytes())?;
        }
        Ok(SortedSection { filter, entries, directory: self.out.end(start)?, layout })
    }
}

/// A table's filter, which stands before its entries and comes about with them.
struct FilterWriter {
    filter: BloomWriter,
    hasher: Xxh3,
    start: u64,
    /// Bytes written.
    len: u64,
}

impl FilterWriter {
    /// A filter of `len` bytes, for which room was left at `start`.
    fn new(start: u64, len: u64) -> Self {
        Self { filter: BloomWriter::new(len), hasher: Xxh3::new(), start, len: 0 }
    }

    fn add(&mut self, hash: u64, file: &File) -> io::Result<()> {
        self.filter.add(hash);
        if self.filter.complete.len() >= BUFFER { self.flush(file) } else { Ok(()) }
    }

    fn finish(mut self, file: &File) -> io::Result<Section> {
        self.filter.finish();
        self.flush(file)?;
        Ok(Section { start: self.start, len: self.len, xxh3: self.hasher.digest() })
    }

    fn flush(&mut self, mut file: &File) -> io::Result<()> {
        self.hasher.update(&self.filter.complete);
        let behind = file.stream_position()?;
        file.seek(SeekFrom::Start(self.start + self.len))?;
        file.write_all(&self.filter.complete)?;
        file.seek(SeekFrom::Start(behind))?;
        self.len += self.filter.complete.len() as u64;
        self.filter.complete.clear();
        Ok(())
    }
}

/// So many bytes are written, and hashed, at once.
const BUFFER: usize = 1 << 16;

/// A writer pauses whenever it has written so many bytes more.
const PAUSE: u64 = 8 << 20;

/// Sections begin at multiples of this: the lines of filters are those of caches.
const ALIGNMENT: u64 = 64;

/// A file that is written section by section, each with its checksum.
struct Checked<'a> {
    file: &'a File,
    buffer: Vec<u8>,
    hasher: Xxh3,
    /// Bytes written before those in the buffer.
    at: u64,
    pause: Option<&'a dyn Fn()>,
    /// The next pause is when so many bytes are written.
    next_pause: u64,
}

impl<'a> Checked<'a> {
    fn new(file: &'a File) -> Self {
        Self {
            file,
            buffer: Vec::with_capacity(BUFFER + ALIGNMENT as usize),
            hasher: Xxh3::new(),
            at: 0,
            pause: None,
            next_pause: PAUSE,
        }
    }

    /// Begins a section, behind the last one; returns where.
    fn begin(&mut self) -> io::Result<u64> {
        self.buffer.resize((self.at.next_multiple_of(ALIGNMENT) - self.at) as usize, 0);
        self.flush()?;
        self.hasher = Xxh3::new();
        Ok(self.at)
    }

    /// Leaves room for a section of so many bytes that is written while others are; returns where.
    fn reserve(&mut self, len: u64) -> io::Result<u64> {
        let start = self.begin()?;
        self.at = self.file.seek(SeekFrom::Start(start + len))?;
        Ok(start)
    }

    fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hasher.update(&self.buffer);
        self.file.write_all(&self.buffer)?;
        self.at += self.buffer.len() as u64;
        self.buffer.clear();
        if let Some(pause) = self.pause.filter(|_| self.at >= self.next_pause) {
            pause();
            self.next_pause = self.at + PAUSE;
        }
        Ok(())
    }

    fn end(&mut self, start: u64) -> io::Result<Section> {
        self.flush()?;
        Ok(Section { start, len: self.at - start, xxh3: self.hasher.digest() })
    }
}
