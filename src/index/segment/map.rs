//! A complete segment's bytes, read in place.
#![expect(unsafe_code, reason = "mapping a file and reading numbers in it where they stand is what this module is for")]

use std::fs::File;
use std::io;
use std::ops::Range;

use memmap2::{Mmap, UncheckedAdvice};

use crate::fingerprint::WordHash;

#[cfg(target_endian = "big")]
compile_error!("segments are read in place, as little-endian numbers");

/// The bytes of a file.
#[derive(Debug)]
pub(super) struct Map(Mmap);

impl Map {
    /// Maps a complete file.
    pub(super) fn new(file: &File) -> io::Result<Self> {
        // SAFETY: Segments are written under another name or under none. Once they are complete nobody writes to them or cuts them: they are only ever
        // removed, which leaves what is mapped as it is.
        unsafe { Mmap::map(file) }.map(Self)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The words at some bytes, which begin at a multiple of four.
    ///
    /// # Panics
    ///
    /// If they don't, or lie outside.
    pub(super) fn words(&self, bytes: Range<usize>) -> &[WordHash] {
        let bytes = &self.0[bytes];
        assert!(bytes.as_ptr().cast::<WordHash>().is_aligned(), "words begin at a multiple of four");
        // SAFETY: The bytes are there and aligned, a `WordHash` is a transparent `u32`, for which all bits are sound, and the map outlives the slice.
        unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len() / size_of::<WordHash>()) }
    }

    /// Gives the memory back that the pages read so far take up, of these bytes. They are read again when they are wanted.
    pub(super) fn give_back(&self, bytes: Range<usize>) {
        // SAFETY: The map is of a file and read only, so its pages can be had from the file again.
        let given = unsafe { self.0.unchecked_advise_range(UncheckedAdvice::DontNeed, bytes.start, bytes.len()) };
        if let Err(error) = given {
            log::debug!("a segment's memory cannot be given back: {error}");
        }
    }
}
