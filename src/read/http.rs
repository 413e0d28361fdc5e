//! Answers of web servers as crawlers store them: status, headers, and a body that may be chunked and packed.

use std::io::{self, Read};

use super::html::charset_named;

/// More headers than any server sends.
const MOST_HEADERS: usize = 256;
/// A packed body may become this much larger; what goes on beyond is somebody's joke.
const MOST_UNPACKED: u64 = 64 << 20;

/// What a server answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The status code; 0 where there is none.
    pub(super) status: u16,
    /// The media type, in lower case, without parameters; empty where the server named none.
    pub(super) media_type: String,
    /// The encoding that the server named.
    pub(super) charset: Option<String>,
    /// The body as it was meant, as far as it goes.
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// Reads a stored answer. `None`: this is none.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut headers = vec![httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        let mut config = httparse::ParserConfig::default();
        config
            .allow_spaces_after_header_name_in_responses(true)
            .allow_obsolete_multiline_headers_in_responses(true)
            .allow_multiple_spaces_in_response_status_delimiters(true)
            .ignore_invalid_headers_in_responses(true);
        let Ok(httparse::Status::Complete(len)) = config.parse_response(&mut response, bytes) else { return None };
        let header = |name: &str| {
            let found = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
            Some(String::from_utf8_lossy(found.value).to_ascii_lowercase())
        };
        let content_type = header("content-type").unwrap_or_default();
        let is_chunked = header("transfer-encoding").is_some_and(|encoding| encoding.contains("chunked"));
        let raw = &bytes[len..];
        // Some crawlers store bodies as they were sent, some as they were meant, with the headers left as they were.
        let body = if is_chunked { without_chunks(raw) } else { None }.unwrap_or_else(|| raw.to_vec());
        let body = match header("content-encoding") {
            Some(encoding) => unpacked(&body, encoding.trim()).unwrap_or(body),
            None => body,
        };
        Some(Self {
            status: response.code.unwrap_or(0),
            media_type: media_type(&content_type),
            charset: charset_named(&content_type),
            body,
        })
    }
}

/// A media type without its parameters, in lower case.
pub(super) fn media_type(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A chunked body put together (RFC 9112, section 7.1), as far as it goes; `None` if it isn't chunked at all.
fn without_chunks(mut raw: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::with_capacity(raw.len());
    let mut is_first = true;
    loop {
        let size = match httparse::parse_chunk_size(raw) {
            Ok(httparse::Status::Complete((len, size))) => {
                raw = &raw[len..];
                usize::try_from(size).ok()?
            }
            _ if is_first => return None,
            // Cut short, or wrong from here on: what came so far is better than nothing.
            _ => return Some(body),
        };
        if size == 0 {
            return Some(body);
        }
        is_first = false;
        let size = size.min(raw.len());
        body.extend_from_slice(&raw[..size]);
        raw = &raw[size..];
        raw = raw.strip_prefix(b"\r\n").unwrap_or(raw);
    }
}

/// A body unpacked, as far as it goes; `None` if it isn't packed this way.
fn unpacked(body: &[u8], encoding: &str) -> Option<Vec<u8>> {
    match encoding {
        "gzip" | "x-gzip" => read_all(flate2::read::MultiGzDecoder::new(body)),
        // Servers mean both by it.
        "deflate" => read_all(flate2::read::ZlibDecoder::new(body)).or_else(|| read_all(flate2::read::DeflateDecoder::new(body))),
        "br" => read_all(brotli_decompressor::Decompressor::new(body, 4096)),
        "zstd" => read_all(zstd::Decoder::new(body).ok()?),
        _ => None,
    }
}

fn read_all(reader: impl Read) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    let read: io::Result<usize> = reader.take(MOST_UNPACKED).read_to_end(&mut body);
    (read.is_ok() || !body.is_empty()).then_some(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn answer(headers: &str, body: &[u8]) -> Answer {
        let bytes = [format!("HTTP/1.1 200 OK\r\n{headers}\r\n").as_bytes(), body].concat();
        Answer::read(&bytes).expect("an answer")
    }

    #[test]
    fn a_body_comes_out_as_it_was_meant_or_as_far_as_it_goes() {
        let gzip = |text: &[u8]| {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(text).and_then(|()| encoder.finish()).expect("memory takes everything")
        };
        let packed = gzip(b"Text");
        let chunked = [format!("{:x}\r\n", packed.len()).as_bytes(), &packed, b"\r\n0\r\n\r\n"].concat();
        for (headers, body, expected) in [
            ("", &b"Text"[..], "Text"),
            ("Transfer-Encoding: chunked\r\n", b"2\r\nTe\r\n2;x=1\r\nxt\r\n0\r\n\r\n", "Text"),
            ("Transfer-Encoding: chunked\r\n", b"4\r\nText\r\n8\r\ncut", "Textcut"),
            ("Transfer-Encoding: chunked\r\n", b"<p>Text", "<p>Text"),
            ("Content-Encoding: gzip\r\n", &packed, "Text"),
            ("Content-Encoding: gzip\r\n", b"Text", "Text"),
            ("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", &chunked, "Text"),
            ("Bad header\r\nContent-Encoding : gzip\r\n", &packed, "Text"),
        ] {
            assert_eq!(String::from_utf8_lossy(&answer(headers, body).body), expected, "{headers}");
        }
    }

    #[test]
    fn headers_tell_what_the_body_is() {
        let found = answer("CONTENT-TYPE: Text/HTML; Charset=\"ISO-8859-1\"\r\n", b"");
        assert_eq!((found.status, found.media_type.as_str(), found.charset.as_deref()), (200, "text/html", Some("iso-8859-1")));
        assert_eq!(Answer::read(b"GET / HTTP/1.1\r\n\r\n"), None);
    }
}
