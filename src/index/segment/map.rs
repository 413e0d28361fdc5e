//! A complete segment's bytes, read in place.
#![expect(unsafe_code, reason = "mapping a file and reading numbers in it where they stand is what this module is for")]

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::OnceLock;

#[cfg(target_os = "linux")]
use memmap2::Advice;
use memmap2::{Mmap, UncheckedAdvice};

use crate::fingerprint::WordHash;

#[cfg(target_endian = "big")]
compile_error!("segments are read in place, as little-endian numbers");

/// The bytes of a file.
#[derive(Debug)]
pub(super) struct Map {
    map: Mmap,
    file: File,
    /// Why it could not be read, if that ever happened.
    failure: OnceLock<io::Error>,
}

impl Map {
    /// Maps a complete file.
    pub(super) fn new(file: &File) -> io::Result<Self> {
        // SAFETY: Segments are written under another name or under none. Once they are complete nobody writes to them or cuts them: they are only ever
        // removed, which leaves what is mapped as it is.
        let map = unsafe { Mmap::map(file) }?;
        Ok(Self { map, file: file.try_clone()?, failure: OnceLock::new() })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.map
    }

    /// Copies the bytes from `at` on. Where pages here and there are looked at once, mapping them would take far more memory than is read: the system
    /// maps those around them as well. If they cannot be read, the bytes are zeroes, and [`Self::failure`] tells.
    pub(super) fn copy(&self, at: usize, bytes: &mut [u8]) {
        if let Err(error) = read_at(&self.file, at as u64, bytes) {
            bytes.fill(0);
            let _ = self.failure.set(error);
        }
    }

    /// Why [`Self::copy`] could not read something.
    pub(super) fn failure(&self) -> Option<&io::Error> {
        self.failure.get()
    }

    /// The words at some bytes, which begin at a multiple of four.
    ///
    /// # Panics
    ///
    /// If they don't, or lie outside.
    pub(super) fn words(&self, bytes: Range<usize>) -> &[WordHash] {
        let bytes = &self.map[bytes];
        assert!(bytes.as_ptr().cast::<WordHash>().is_aligned(), "words begin at a multiple of four");
        // SAFETY: The bytes are there and aligned, a `WordHash` is a transparent `u32`, for which all bits are sound, and the map outlives the slice.
        unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len() / size_of::<WordHash>()) }
    }

    /// Has these bytes read all at once, where the system can, and not page after page when they are looked at.
    pub(super) fn fetch(&self, bytes: Range<usize>) {
        #[cfg(target_os = "linux")]
        if let Err(error) = self.map.advise_range(Advice::PopulateRead, bytes.start, bytes.len()) {
            log::debug!("a segment is read page after page: {error}");
        }
    }

    /// Gives the memory back that the pages read so far take up, of these bytes. They are read again when they are wanted.
    pub(super) fn give_back(&self, bytes: Range<usize>) {
        // SAFETY: The map is of a file and read only, so its pages can be had from the file again.
        let given = unsafe { self.map.unchecked_advise_range(UncheckedAdvice::DontNeed, bytes.start, bytes.len()) };
        if let Err(error) = given {
            log::debug!("a segment's memory cannot be given back: {error}");
        }
    }
}

#[cfg(unix)]
fn read_at(file: &File, at: u64, bytes: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(windows)]
fn read_at(file: &File, mut at: u64, mut bytes: &mut [u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let n_read = std::os::windows::fs::FileExt::seek_read(file, bytes, at)?;
        if n_read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes = &mut bytes[n_read..];
        at += n_read as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn what_cannot_be_read_is_zeroes_and_told() {
        let mut file = tempfile::tempfile().expect("a file can be had");
        file.write_all(b"some bytes").expect("there is room");
        let map = Map::new(&file).expect("it can be mapped");
        let mut bytes = [1; 5];
        map.copy(5, &mut bytes);
        assert_eq!((&bytes, map.failure().is_some()), (b"bytes", false));
        map.copy(6, &mut bytes);
        assert_eq!((bytes, map.failure().map(io::Error::kind)), ([0; 5], Some(io::ErrorKind::UnexpectedEof)));
    }
}
