//! Compression, recognised by what the bytes are, never by the name.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

const GZIP: &[u8] = &[0x1F, 0x8B];
const ZSTD: &[u8] = &[0x28, 0xB5, 0x2F, 0xFD];
/// A zstd file may begin with a skippable frame: 0x184D2A50 to 0x184D2A5F.
const ZSTD_SKIPPABLE: &[u8] = &[0x2A, 0x4D, 0x18];

const BUFFER: usize = 256 * 1024;

/// Reads `raw` as it is, or decompressed if it is gzip or zstd, in one member or several.
pub(super) fn decompressed(raw: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    let mut raw = BufReader::with_capacity(BUFFER, raw);
    // A pipe may give less than a magic number at first; no magic number is split in practice but by a byte-wise writer.
    let head = raw.fill_buf()?;
    Ok(if head.starts_with(GZIP) {
        Box::new(MultiGzDecoder::new(raw))
    } else if head.starts_with(ZSTD) || head.get(1..4) == Some(ZSTD_SKIPPABLE) && head[0] & 0xF0 == 0x50 {
        Box::new(zstd::Decoder::with_buffer(raw)?)
    } else {
        Box::new(raw)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn compression_is_recognised_by_content_and_several_members_are_one_text() {
        let gzip = |text: &str| {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(text.as_bytes()).expect("memory takes everything");
            encoder.finish().expect("memory takes everything")
        };
        let zstd = |text: &str| zstd::encode_all(text.as_bytes(), 1).expect("memory takes everything");
        for packed in [[gzip("eins "), gzip("zwei")].concat(), [zstd("eins "), zstd("zwei")].concat(), b"eins zwei".to_vec()] {
            let mut text = String::new();
            decompressed(io::Cursor::new(packed)).expect("sound").read_to_string(&mut text).expect("sound");
            assert_eq!(text, "eins zwei");
        }
        assert_eq!(decompressed(io::empty()).expect("nothing is sound").read_to_end(&mut Vec::new()).expect("sound"), 0);
    }
}
