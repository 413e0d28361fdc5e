//! *How are more numbers sorted than there is memory?* In pieces, which go to a temporary file, and are merged at the end.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Sorts entries by key: a hash, and `N` numbers that belong to it. Those of equal keys stay in the order in which they came, or, where they are [distinct](Self::distinct), are sorted by their numbers.
#[derive(Debug)]
pub struct Sorter<const N: usize> {
    /// So many entries are held in memory at most.
    most: usize,
    /// The folder for the file.
    folder: PathBuf,
    /// Whether entries that are alike in all count once.
    is_distinct: bool,
    held: Vec<Entry<N>>,
    /// The sorted pieces, one after another, and how many entries each has.
    file: Option<File>,
    pieces: Vec<usize>,
}

/// A key, and what belongs to it.
type Entry<const N: usize> = (u64, [u32; N]);

/// Fewer entries are never written.
const LEAST: usize = 64;

impl<const N: usize> Sorter<N> {
    /// Bytes of an entry in the file.
    const LEN: usize = 8 + 4 * N;

    /// Nothing yet. Entries take so many bytes of memory at most; what finds no room goes to a nameless file in `folder`.
    pub fn new(memory: u64, folder: &Path) -> Self {
        let most = usize::try_from(memory / size_of::<Entry<N>>() as u64).unwrap_or(usize::MAX).max(LEAST);
        Self { most, folder: folder.to_owned(), is_distinct: false, held: Vec::new(), file: None, pieces: Vec::new() }
    }

    /// Entries that are alike in all count once.
    pub fn distinct(self) -> Self {
        Self { is_distinct: true, ..self }
    }

    /// Adds an entry.
    ///
    /// # Errors
    ///
    /// If a temporary file cannot be written.
    pub fn push(&mut self, key: u64, numbers: [u32; N]) -> Result<(), Error> {
        if self.held.len() == self.most {
            self.sort();
            // What was mostly repeated has found room.
            if self.held.len() > self.most / 2 {
                self.write_piece().map_err(|source| cannot_write(&self.folder, source))?;
            }
        }
        self.held.push((key, numbers));
        Ok(())
    }

    fn sort(&mut self) {
        if self.is_distinct {
            self.held.sort_unstable();
            self.held.dedup();
        } else {
            self.held.sort_by_key(|(key, _)| *key);
        }
    }

    fn write_piece(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile_in(&self.folder)?),
        };
        let mut out = BufWriter::new(file);
        for (key, numbers) in &self.held {
            out.write_all(&key.to_le_bytes())?;
            numbers.iter().try_for_each(|number| out.write_all(&number.to_le_bytes()))?;
        }
        self.pieces.push(self.held.len());
        self.held.clear();
        out.flush()
    }

    /// Tells `each` all entries in order.
    ///
    /// # Errors
    ///
    /// If the temporary file cannot be read.
    pub fn for_each(mut self, mut each: impl FnMut(u64, [u32; N])) -> Result<(), Error> {
        self.sort();
        let Self { most, folder, is_distinct, held, file, pieces } = self;
        let Some(file) = file else {
            held.into_iter().for_each(|(key, numbers)| each(key, numbers));
            return Ok(());
        };
        let mut start = 0;
        let mut readers: Vec<Piece<'_, N>> = Vec::with_capacity(pieces.len());
        for len in pieces {
            readers.push(Piece { file: &file, at: start, left: len, room: (most / 8).max(LEAST), read: Vec::new().into_iter() });
            start += (len * Self::LEN) as u64;
        }
        let last = Piece { file: &file, at: start, left: 0, room: 0, read: held.into_iter() };
        readers.push(last);
        merge(&mut readers, is_distinct, &mut each).map_err(|source| Error::io("read temporary files in", &folder, source))
    }
}

fn cannot_write(folder: &Path, source: io::Error) -> Error {
    Error::io("write temporary files in", folder, source).with_hint("--temp-dir names another folder for them")
}

fn merge<const N: usize>(pieces: &mut [Piece<'_, N>], is_distinct: bool, each: &mut impl FnMut(u64, [u32; N])) -> io::Result<()> {
    let n_pieces = pieces.len();
    pieces.iter_mut().for_each(|piece| piece.room = (piece.room / n_pieces).max(LEAST));
    // The next entry of each piece. Of equal keys the earlier piece has the earlier ones, where that counts.
    let order = |nth: usize, (key, numbers): Entry<N>| Reverse((key, is_distinct.then_some(numbers), nth, numbers));
    let mut heap = BinaryHeap::with_capacity(n_pieces);
    for (nth, piece) in pieces.iter_mut().enumerate() {
        heap.extend(piece.next()?.map(|entry| order(nth, entry)));
    }
    let mut before = None;
    while let Some(mut top) = heap.peek_mut() {
        let Reverse((key, _, nth, numbers)) = *top;
        if !is_distinct || before != Some((key, numbers)) {
            each(key, numbers);
        }
        before = Some((key, numbers));
        match pieces[nth].next()? {
            Some(entry) => *top = order(nth, entry),
            None => drop(PeekMut::pop(top)),
        }
    }
    Ok(())
}

/// A sorted piece, of which the front is in memory.
struct Piece<'a, const N: usize> {
    file: &'a File,
    /// Where in the file it goes on, and with how many entries.
    at: u64,
    left: usize,
    /// So many entries are read at once.
    room: usize,
    read: std::vec::IntoIter<Entry<N>>,
}

impl<const N: usize> Piece<'_, N> {
    fn next(&mut self) -> io::Result<Option<Entry<N>>> {
        if self.read.len() == 0 && self.left > 0 {
            let mut bytes = vec![0; Sorter::<N>::LEN * self.left.min(self.room)];
            self.file.seek(SeekFrom::Start(self.at))?;
            self.file.read_exact(&mut bytes)?;
            self.at += bytes.len() as u64;
            let entries: Vec<Entry<N>> = bytes.chunks_exact(Sorter::<N>::LEN).map(entry_of).collect();
            self.left -= entries.len();
            self.read = entries.into_iter();
        }
        Ok(self.read.next())
    }
}

fn entry_of<const N: usize>(bytes: &[u8]) -> Entry<N> {
    let number = |nth: usize| u32::from_le_bytes(*bytes[8 + 4 * nth..].first_chunk().expect("it is of this length"));
    (u64::from_le_bytes(*bytes.first_chunk().expect("it is of this length")), std::array::from_fn(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sorted(sorter: Sorter<1>, entries: &[Entry<1>]) -> (Vec<Entry<1>>, bool) {
        let mut sorter = sorter;
        entries.iter().for_each(|(key, numbers)| sorter.push(*key, *numbers).expect("there is room"));
        let (has_file, mut all) = (sorter.file.is_some(), Vec::new());
        sorter.for_each(|key, numbers| all.push((key, numbers))).expect("it can be read");
        (all, has_file)
    }

    proptest! {
        #[test]
        fn what_goes_to_a_file_comes_back_in_the_same_order(keys in prop::collection::vec(0..200_u64, 0..2000)) {
            let folder = tempfile::tempdir().expect("there is room");
            let entries: Vec<Entry<1>> = keys.iter().enumerate().map(|(nth, key)| (key << 50, [nth as u32])).collect();
            let mut expected = entries.clone();
            expected.sort();
            for (memory, goes_to_file) in [(u64::MAX, false), (0, entries.len() > LEAST)] {
                let (all, has_file) = sorted(Sorter::new(memory, folder.path()), &entries);
                prop_assert_eq!(&all, &expected);
                prop_assert_eq!(has_file, goes_to_file);
            }
        }

        #[test]
        fn what_is_alike_counts_once(keys in prop::collection::vec((0..200_u64, 0..2_u32), 0..2000)) {
            let folder = tempfile::tempdir().expect("there is room");
            let entries: Vec<Entry<1>> = keys.iter().map(|(key, number)| (key << 50, [*number])).collect();
            let mut expected = entries.clone();
            expected.sort();
            expected.dedup();
            for memory in [u64::MAX, 0] {
                prop_assert_eq!(&sorted(Sorter::new(memory, folder.path()).distinct(), &entries).0, &expected);
            }
        }
    }

    #[test]
    fn what_is_repeated_takes_no_room() {
        let folder = tempfile::tempdir().expect("there is room");
        let entries: Vec<Entry<1>> = (0..5000).map(|nth| (nth % 30, [0])).collect();
        let (all, has_file) = sorted(Sorter::new(0, folder.path()).distinct(), &entries);
        assert_eq!((all.len(), has_file), (30, false));
    }
}
