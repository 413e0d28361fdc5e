//! Compression of an output, by its name or as asked for.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::write::GzEncoder;
use lz4_flex::frame::FrameEncoder;
use rayon::prelude::*;

/// As much as stays in a processor's own cache until it is written.
pub(super) const BUFFER: usize = 1 << 17;
const GZIP_LEVEL: u32 = 6;
const ZSTD_LEVEL: i32 = 3;
const BZIP2_LEVEL: u32 = 9;
const XZ_LEVEL: u32 = 6;

/// What an output is packed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Nothing.
    None,
    /// Gzip, a member for each megabyte.
    Gzip,
    /// Zstandard, one frame.
    Zstd,
    /// Bzip2, a stream for each megabyte.
    Bzip2,
    /// XZ, a stream for each few megabytes.
    Xz,
    /// LZ4, one frame.
    Lz4,
}

impl Compression {
    /// What a file of this name is packed with.
    pub fn by_name(name: &Path) -> Self {
        match name.extension().and_then(|extension| extension.to_str()) {
            Some("gz") => Self::Gzip,
            Some("zst") => Self::Zstd,
            Some("bz2") => Self::Bzip2,
            Some("xz") => Self::Xz,
            Some("lz4") => Self::Lz4,
            _ => Self::None,
        }
    }
}

/// Where bytes go, to be packed on their way.
pub enum Packed<W: Write> {
    /// As they are.
    Plain(W),
    /// In a format that joins blocks.
    Blocks(PackedBlocks<W>),
    /// In a Zstandard frame.
    Zstd(zstd::Encoder<'static, W>),
    /// In an LZ4 frame.
    Lz4(Box<FrameEncoder<W>>),
}

/// A file that packs what is written to it.
pub(super) type PackedFile = Packed<BufWriter<File>>;

impl PackedFile {
    /// Packs into `file`.
    pub(super) fn new(file: File, compression: Compression) -> io::Result<Self> {
        Self::into(BufWriter::with_capacity(BUFFER, file), compression)
    }

    /// Writes all that is left, and gives the file back.
    pub(super) fn finish(self) -> io::Result<File> {
        self.finish_packing()?.into_inner().map_err(io::IntoInnerError::into_error)
    }
}

impl<W: Write> Packed<W> {
    /// Packs into `writer`.
    pub(super) fn into(writer: W, compression: Compression) -> io::Result<Self> {
        Ok(match compression {
            Compression::None => Self::Plain(writer),
            Compression::Gzip => Self::Blocks(PackedBlocks::new(writer, gzip, 1 << 20)),
            Compression::Bzip2 => Self::Blocks(PackedBlocks::new(writer, bzip2, 1 << 20)),
            Compression::Xz => Self::Blocks(PackedBlocks::new(writer, xz, 4 << 20)),
            Compression::Lz4 => Self::Lz4(Box::new(FrameEncoder::new(writer))),
            Compression::Zstd => {
                let mut encoder = zstd::Encoder::new(writer, ZSTD_LEVEL)?;
                // With workers the bytes are others than without, but the same for any number of them.
                encoder.multithread(rayon::current_num_threads() as u32)?;
                Self::Zstd(encoder)
            }
        })
    }

    /// Writes all that is left, and gives the writer back.
    pub(super) fn finish_packing(self) -> io::Result<W> {
        match self {
            Self::Plain(writer) => Ok(writer),
            Self::Blocks(blocks) => blocks.finish(),
            Self::Zstd(encoder) => encoder.finish(),
            Self::Lz4(encoder) => encoder.finish().map_err(io::Error::other),
        }
    }
}

impl<W: Write> Write for Packed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(writer) => writer.write(bytes),
            Self::Blocks(blocks) => blocks.write(bytes),
            Self::Zstd(encoder) => encoder.write(bytes),
            Self::Lz4(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(writer) => writer.flush(),
            Self::Blocks(blocks) => blocks.writer.flush(),
            Self::Zstd(encoder) => encoder.flush(),
            Self::Lz4(encoder) => encoder.flush(),
        }
    }
}

/// Packs blocks side by side, each by itself: what was packed that way may be joined to one file. Where blocks end depends on the bytes alone.
pub struct PackedBlocks<W: Write> {
    writer: W,
    pack: fn(&[u8]) -> io::Result<Vec<u8>>,
    block_len: usize,
    /// Complete blocks, and the one that is being filled.
    blocks: Vec<Vec<u8>>,
    is_empty: bool,
}

/// So many blocks wait until they are packed.
const N_BLOCKS: usize = 8;

impl<W: Write> PackedBlocks<W> {
    fn new(writer: W, pack: fn(&[u8]) -> io::Result<Vec<u8>>, block_len: usize) -> Self {
        Self { writer, pack, block_len, blocks: Vec::new(), is_empty: true }
    }

    fn pack_all(&mut self) -> io::Result<()> {
        let packed: Vec<io::Result<Vec<u8>>> = self.blocks.par_iter().map(|block| (self.pack)(block)).collect();
        self.blocks.clear();
        packed.into_iter().try_for_each(|block| self.writer.write_all(&block?))
    }

    fn finish(mut self) -> io::Result<W> {
        if self.is_empty {
            // A packed file is never empty, not even if nothing is in it.
            self.blocks.push(Vec::new());
        }
        self.pack_all()?;
        Ok(self.writer)
    }
}

impl<W: Write> Write for PackedBlocks<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.blocks.last().is_none_or(|block| block.len() == self.block_len) {
            if self.blocks.len() == N_BLOCKS {
                self.pack_all()?;
            }
            self.blocks.push(Vec::with_capacity(self.block_len));
        }
        let block = self.blocks.last_mut().expect("there is one, if it was just begun");
        let len = bytes.len().min(self.block_len - block.len());
        block.extend_from_slice(&bytes[..len]);
        self.is_empty &= len == 0;
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

fn gzip(block: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(block.len() / 2), flate2::Compression::new(GZIP_LEVEL));
    encoder.write_all(block)?;
    encoder.finish()
}

fn bzip2(block: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::with_capacity(block.len() / 2), bzip2::Compression::new(BZIP2_LEVEL));
    encoder.write_all(block)?;
    encoder.finish()
}

fn xz(block: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::with_capacity(block.len() / 2), XZ_LEVEL);
    encoder.write_all(block)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::decompressed;

    #[test]
    fn what_was_packed_comes_back() {
        let text: Vec<u8> = (0..3_000_000_u32).flat_map(|n| (n.wrapping_mul(n) >> 7).to_le_bytes()).collect();
        for extension in ["gz", "zst", "bz2", "xz", "lz4", "jsonl"] {
            let compression = Compression::by_name(Path::new(&format!("x.{extension}")));
            assert_eq!(compression == Compression::None, extension == "jsonl");
            for len in [0, 1, 1 << 20, text.len()] {
                let mut packed = Packed::into(Vec::new(), compression).expect("memory takes everything");
                // In pieces that end anywhere.
                text[..len].chunks(300_007).for_each(|piece| packed.write_all(piece).expect("memory takes everything"));
                let packed = packed.finish_packing().expect("memory takes everything");
                let mut unpacked = Vec::new();
                let read = decompressed(io::Cursor::new(packed)).and_then(|mut reader| reader.read_to_end(&mut unpacked));
                assert!(read.is_ok() && unpacked == text[..len], "{extension}, {len} bytes: {read:?}");
            }
        }
    }
}
