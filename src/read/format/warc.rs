//! Web archives: WARC (ISO 28500) with the pages a crawler fetched, WET with their texts, and ARC, WARC's forerunner.

use serde::Serialize;

use super::{Found, Problem, Record, json};
use crate::read::bad::BadReason;
use crate::read::field::{FieldPath, Fields};
use crate::read::html::{HtmlText, Page, decoded, read_page};
use crate::read::http::{Answer, media_type};

/// Where the header of a WARC record ends and its block begins, and how long the block is; `None` if the header isn't complete.
pub(in crate::read) fn warc_lengths(record: &[u8]) -> Option<(usize, Option<usize>)> {
    let header_len = memchr::memchr_iter(b'\n', record).find_map(|at| match &record[at + 1..] {
        [b'\n', ..] => Some(at + 2),
        [b'\r', b'\n', ..] => Some(at + 3),
        _ => None,
    })?;
    let length = header_field(&record[..header_len], "content-length").and_then(|length| length.parse().ok());
    Some((header_len, length))
}

/// How many bytes follow the header line of an ARC record, by that line.
pub(in crate::read) fn arc_length(line: &[u8]) -> Option<usize> {
    let line = std::str::from_utf8(line).ok()?.trim_end();
    let mut fields = line.rsplit(' ');
    let length = fields.next()?.parse().ok()?;
    (fields.count() >= 4).then_some(length)
}

fn header_field(header: &[u8], name: &str) -> Option<String> {
    String::from_utf8_lossy(header).lines().skip(1).find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

/// An article as it was found in an archive or a page, as a JSON object.
#[derive(Serialize)]
struct Object<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<&'a str>,
    text: &'a str,
}

/// A page as a record: a JSON object that is written instead of it. `fetched` is when the crawler saw it.
fn as_json(id: &str, page: &Page, fetched: Option<&str>, id_field: Option<&FieldPath>) -> Result<Found, Problem> {
    let object = Object {
        id,
        url: page.url.as_deref(),
        host: page.host.as_deref(),
        date: page.date.as_deref().or(fetched),
        title: page.title.as_deref(),
        author: page.author.as_deref(),
        text: &page.text,
    };
    let line = serde_json::to_vec(&object).expect("texts can always be written");
    let record = json::read(&line, &Fields { id: id_field.cloned(), ..Fields::default() })?;
    Ok(Found::Article(Record { converted: Some(line), ..record }))
}

/// Reads a web page that is a file of its own.
pub(super) fn read_html(raw: &[u8], name: &str, how: HtmlText) -> Result<Found, Problem> {
    as_json(name, &read_page(&decoded(raw, None), None, how), None, None)
}

/// Reads a record of a WARC or WET file.
pub(super) fn read_warc(raw: &[u8], how: HtmlText, id_field: Option<&FieldPath>) -> Result<Found, Problem> {
    let problem = |detail: &str| Problem { reason: BadReason::InvalidWarc, detail: detail.to_owned(), hint: None };
    if !raw.starts_with(b"WARC/") {
        return Err(problem("no WARC record begins here"));
    }
    let (header_len, Some(length)) = warc_lengths(raw).ok_or_else(|| problem("the header of the WARC record is cut short"))?
    else {
        return Err(problem("the WARC record has no content length"));
    };
    let (header, block) = raw.split_at(header_len);
    if block.len() < length {
        return Err(problem("the WARC record is cut short"));
    }
    let field = |name| header_field(header, name);
    let url = field("warc-target-uri").map(|url| url.trim_matches(['<', '>']).to_owned());
    let id = field("warc-record-id").unwrap_or_default();
    let id = id.trim_matches(['<', '>']);
    let stored = Stored { id, url: url.as_deref(), fetched: field("warc-date"), how, id_field };
    // What crawlers store of themselves, and for themselves.
    if url.as_deref().is_some_and(|url| url.starts_with("metadata:") || url.ends_with("/robots.txt")) {
        return Ok(Found::NoArticle);
    }
    let content_type = media_type(&field("content-type").unwrap_or_default());
    match field("warc-type").as_deref() {
        Some("conversion") => stored.text(block),
        Some("response") if content_type.is_empty() || content_type == "application/http" => stored.answer(block),
        Some("response" | "resource") => stored.body(&content_type, None, block),
        _ => Ok(Found::NoArticle),
    }
}

/// Reads a record of an ARC file.
pub(super) fn read_arc(raw: &[u8], how: HtmlText, id_field: Option<&FieldPath>) -> Result<Found, Problem> {
    let problem = || Problem { reason: BadReason::InvalidWarc, detail: "no ARC record begins here".to_owned(), hint: None };
    let line_len = memchr::memchr(b'\n', raw).map_or(raw.len(), |at| at + 1);
    let (line, block) = raw.split_at(line_len);
    let length = arc_length(line).ok_or_else(problem)?;
    if block.len() < length {
        return Err(Problem { detail: "the ARC record is cut short".to_owned(), ..problem() });
    }
    let line = String::from_utf8_lossy(line);
    let mut fields = line.trim_end().rsplitn(5, ' ');
    let (_, media_type, date) = (fields.next(), fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
    let url = fields.nth(1).unwrap_or_default();
    if url.starts_with("filedesc:") {
        return Ok(Found::NoArticle);
    }
    let stored = Stored { id: url, url: Some(url), fetched: arc_date(date), how, id_field };
    if block.starts_with(b"HTTP/") { stored.answer(block) } else { stored.body(media_type, None, block) }
}

/// An ARC file's date, `YYYYMMDDhhmmss`, as others write it.
fn arc_date(date: &str) -> Option<String> {
    let is_date = date.len() >= 14 && date.bytes().all(|byte| byte.is_ascii_digit());
    is_date.then(|| {
        let part = |from: usize, to: usize| &date[from..to];
        format!("{}-{}-{}T{}:{}:{}Z", part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 12), part(12, 14))
    })
}

/// What an archive tells of something that it stores.
struct Stored<'a> {
    id: &'a str,
    url: Option<&'a str>,
    fetched: Option<String>,
    how: HtmlText,
    id_field: Option<&'a FieldPath>,
}

impl Stored<'_> {
    /// What a server answered; errors and redirections are no articles.
    fn answer(&self, block: &[u8]) -> Result<Found, Problem> {
        match Answer::read(block) {
            Some(answer) if matches!(answer.status, 200..=299) => {
                self.body(&answer.media_type, answer.charset.as_deref(), &answer.body)
            }
            Some(_) => Ok(Found::NoArticle),
            None => Err(Problem { reason: BadReason::InvalidWarc, detail: "no answer of a web server".to_owned(), hint: None }),
        }
    }

    fn body(&self, media_type: &str, charset: Option<&str>, body: &[u8]) -> Result<Found, Problem> {
        let looks_like_html = || super::looks_like_html(body);
        match media_type {
            "text/html" | "application/xhtml+xml" => {
                let page = read_page(&decoded(body, charset), self.url, self.how);
                as_json(self.id, &page, self.fetched.as_deref(), self.id_field)
            }
            "text/plain" => self.text(decoded(body, charset).as_bytes()),
            "" if looks_like_html() => self.body("text/html", charset, body),
            _ => Ok(Found::NoArticle),
        }
    }

    fn text(&self, text: &[u8]) -> Result<Found, Problem> {
        let page = read_page("", self.url, HtmlText::All);
        let page = Page { text: String::from_utf8_lossy(text).trim_end_matches('\n').to_owned(), ..page };
        as_json(self.id, &page, self.fetched.as_deref(), self.id_field)
    }
}
