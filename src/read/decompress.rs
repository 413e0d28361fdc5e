//! Compression, recognised by what the bytes are, not by the name.

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use bzip2::bufread::MultiBzDecoder;
use liblzma::bufread::XzDecoder;
use lz4_flex::frame::FrameDecoder;

use super::gzip::GzipMembers;

const GZIP: &[u8] = &[0x1F, 0x8B];
const ZSTD: &[u8] = &[0x28, 0xB5, 0x2F, 0xFD];
/// A zstd file may begin with a skippable frame: 0x184D2A50 to 0x184D2A5F.
const ZSTD_SKIPPABLE: &[u8] = &[0x2A, 0x4D, 0x18];

const BZIP2: &[u8] = b"BZh";
const XZ: &[u8] = &[0xFD, b'7', b'z', b'X', b'Z', 0];
const LZ4: &[u8] = &[0x04, 0x22, 0x4D, 0x18];

const BUFFER: usize = 256 * 1024;

/// What a file is packed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
    Lz4,
}

impl Packing {
    fn recognise(head: &[u8]) -> Option<Self> {
        let is_zstd_skippable = head.get(1..4) == Some(ZSTD_SKIPPABLE) && head[0] & 0xF0 == 0x50;
        // "BZh" is followed by a digit and the number pi (or, of an empty file, its root).
        let is_bzip2 = head.starts_with(BZIP2) && head.get(4).is_some_and(|&byte| matches!(byte, 0x31 | 0x17));
        [
            (head.starts_with(GZIP), Self::Gzip),
            (head.starts_with(ZSTD) || is_zstd_skippable, Self::Zstd),
            (is_bzip2, Self::Bzip2),
            (head.starts_with(XZ), Self::Xz),
            (head.starts_with(LZ4), Self::Lz4),
        ]
        .into_iter()
        .find_map(|(is_it, packing)| is_it.then_some(packing))
    }
}

/// The extensions of packed files' names.
pub const PACKED_EXTENSIONS: [&str; 5] = ["gz", "zst", "bz2", "xz", "lz4"];

/// Whether a file is packed, as its name says.
pub fn is_packed(path: &Path) -> bool {
    path.extension().is_some_and(|end| PACKED_EXTENSIONS.iter().any(|known| end == *known))
}

/// A file's name without the extension that tells how it is packed.
pub fn unpacked_name(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((unpacked, extension)) if PACKED_EXTENSIONS.contains(&extension) => unpacked,
        _ => name,
    }
}

/// Reads `raw` as it is, or unpacked, in one member (frame, stream) or several.
pub(crate) fn decompressed(raw: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    let mut raw = BufReader::with_capacity(BUFFER, raw);
    // A pipe may give less than a magic number at first; no magic number is split in practice but by a byte-wise writer.
    let head = raw.fill_buf()?;
    Ok(match Packing::recognise(head) {
        None => Box::new(raw),
        Some(Packing::Gzip) => Box::new(GzipMembers::new(raw)),
        Some(Packing::Zstd) => Box::new(zstd::Decoder::with_buffer(raw)?),
        Some(Packing::Bzip2) => Box::new(MultiBzDecoder::new(raw)),
        Some(Packing::Xz) => Box::new(XzDecoder::new_multi_decoder(raw)),
        Some(Packing::Lz4) => Box::new(Lz4Frames { frames: FrameDecoder::new(raw) }),
    })
}

/// All frames of an LZ4 file.
struct Lz4Frames<R: BufRead> {
    frames: FrameDecoder<R>,
}

impl<R: BufRead> Read for Lz4Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // The decoder reports the end of each frame as an end.
        loop {
            let len = self.frames.read(buffer)?;
            if len > 0 || buffer.is_empty() || self.frames.get_mut().fill_buf()?.is_empty() {
                return Ok(len);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn compression_is_recognised_by_content_and_several_members_are_one_text() {
        let sure = "memory takes everything";
        let gzip = |text: &str| {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).expect(sure)
        };
        let bzip2 = |text: &str| {
            let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).expect(sure)
        };
        let xz = |text: &str| {
            let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 1);
            encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).expect(sure)
        };
        let lz4 = |text: &str| {
            let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
            encoder.write_all(text.as_bytes()).expect(sure);
            encoder.finish().expect(sure)
        };
        let zstd = |text: &str| zstd::encode_all(text.as_bytes(), 1).expect(sure);
        let plain = |text: &str| text.as_bytes().to_vec();
        type Packer<'a> = &'a dyn Fn(&str) -> Vec<u8>;
        let packers: [Packer<'_>; 6] = [&gzip, &zstd, &bzip2, &xz, &lz4, &plain];
        for (nth, pack) in packers.into_iter().enumerate() {
            let mut text = String::new();
            let packed = [pack("eins "), pack("zwei")].concat();
            let read = decompressed(io::Cursor::new(packed)).expect("sound").read_to_string(&mut text);
            assert!(read.is_ok() && text == "eins zwei", "packing {nth}: {read:?}, {text:?}");
        }
        for (nth, pack) in packers[..5].iter().enumerate() {
            let packed = pack("eins zwei drei vier");
            let cut_short = io::Cursor::new(packed[..packed.len() / 2].to_vec());
            let read = decompressed(cut_short).and_then(|mut reader| reader.read_to_end(&mut Vec::new()));
            assert!(read.is_err(), "packing {nth} is cut short");
        }
        assert_eq!(decompressed(io::empty()).expect("nothing is sound").read_to_end(&mut Vec::new()).expect("sound"), 0);
        assert_eq!(Packing::recognise(b"BZhang kam."), None, "a text may begin like this");
    }
}
