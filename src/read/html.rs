//! From a web page to its text.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use dom_query::Document;
use encoding_rs::{Encoding, UTF_8};
use regex::{Captures, Regex};
use rs_trafilatura::page_type::PageType;
use rs_trafilatura::{Options, extract_with_options};

use super::encoding::guessed;

/// What of a web page is its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HtmlText {
    /// The article.
    #[default]
    Extract,
    /// All that is shown, but for menus, forms, headers and footers.
    Strip,
    /// All that is shown.
    All,
}

impl HtmlText {
    /// The choice as it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Extract => "extract",
            Self::Strip => "strip",
            Self::All => "all",
        }
    }
}

/// A web page, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Page {
    pub(super) text: String,
    pub(super) title: Option<String>,
    pub(super) author: Option<String>,
    /// When it was published (RFC 3339).
    pub(super) date: Option<String>,
    pub(super) url: Option<String>,
    pub(super) host: Option<String>,
}

/// What is shown by nobody.
const HIDDEN: &str = "script, style, noscript, template, svg, head";
/// What stands around the text of a page.
const AROUND: &str =
    "nav, header, footer, aside, form, button, select, iframe, [role=navigation], [role=banner], [role=contentinfo]";

/// Reads a page. `url` is where it came from, if that is known.
pub(super) fn read_page(html: &str, url: Option<&str>, how: HtmlText) -> Page {
    let mut page = match how {
        HtmlText::Extract => extracted(html, url),
        HtmlText::Strip => Page { text: shown_text(html, true), ..Page::default() },
        HtmlText::All => Page { text: shown_text(html, false), ..Page::default() },
    };
    page.url = url.map(str::to_owned).or(page.url);
    page.host = page.url.as_deref().and_then(host_of).or(page.host);
    page
}

fn extracted(html: &str, url: Option<&str>) -> Page {
    let options = Options { url: url.map(str::to_owned), page_type: Some(PageType::Article), ..Options::default() };
    let html = &*without_large_data(html);
    // The library is made for real pages; one that it cannot stomach must not end the run.
    let result = if is_deep(html) { None } else { catch_unwind(AssertUnwindSafe(|| extract_with_options(html, &options))).ok() };
    let Some(Ok(result)) = result else {
        return Page { text: shown_text(html, true), ..Page::default() };
    };
    let metadata = result.metadata;
    Page {
        text: one_line_each(&result.content_text),
        title: metadata.title,
        author: metadata.author,
        date: metadata.date.map(|date| date.to_rfc3339()),
        url: metadata.url,
        host: metadata.hostname,
    }
}

/// Structured data (JSON-LD) of more bytes are not read. The library copies for each thing that they name all that stands around it: of the 800 KB of a live
/// blog it made 8 GB.
const MOST_DATA: usize = 32 << 10;

/// The page without its structured data, where they are too large; the page's own tags tell most of it as well.
fn without_large_data(html: &str) -> Cow<'_, str> {
    static DATA: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?is)<script[^>]*ld\+json[^>]*>.*?(?:</script|\z)").expect("a regular expression"));
    if html.len() <= MOST_DATA {
        return Cow::Borrowed(html);
    }
    DATA.replace_all(html, |data: &Captures<'_>| match &data[0] {
        large if large.len() > MOST_DATA => "<script></script".to_owned(),
        small => small.to_owned(),
    })
}

/// Elements stand no deeper in each other in browsers either. The library goes down by recursion, and up again from each element: it would end the program, or
/// take hours.
const MOST_DEPTH: usize = 512;

/// Whether more elements than [`MOST_DEPTH`] stand in each other.
fn is_deep(html: &str) -> bool {
    let begins_element = |&at: &usize| html.as_bytes().get(at + 1).is_some_and(u8::is_ascii_alphabetic);
    if memchr::memchr_iter(b'<', html.as_bytes()).filter(begins_element).nth(MOST_DEPTH / 2).is_none() {
        // Some elements are there without being written, but a table's at most each second.
        return false;
    }
    let document = Document::from(html);
    let (mut node, mut depth) = (document.root(), 0);
    while depth <= MOST_DEPTH {
        if let Some(child) = node.first_child() {
            (node, depth) = (child, depth + 1);
            continue;
        }
        node = loop {
            match (node.next_sibling(), node.parent()) {
                (Some(sibling), _) => break sibling,
                (None, Some(parent)) => (node, depth) = (parent, depth - 1),
                (None, None) => return false,
            }
        };
    }
    true
}

fn shown_text(html: &str, is_stripped: bool) -> String {
    let document = Document::from(html);
    document.select(HIDDEN).remove();
    if is_stripped {
        document.select(AROUND).remove();
    }
    one_line_each(&document.formatted_text())
}

/// A paragraph a line, without empty lines.
fn one_line_each(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

fn host_of(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

/// So much of a page is searched for the name of its encoding, as browsers do.
const SEARCHED: usize = 1024;
/// The page's characters: UTF-8 if it is that; else in the encoding that `named`, or the page itself, names; else in the one that it looks like.
pub(super) fn decoded(html: &[u8], named: Option<&str>) -> String {
    if let Some((encoding, len)) = Encoding::for_bom(html) {
        return encoding.decode_without_bom_handling(&html[len..]).0.into_owned();
    }
    if let Ok(text) = simdutf8::basic::from_utf8(html) {
        return text.to_owned();
    }
    let by_name = |name: &str| Encoding::for_label(name.trim().as_bytes()).filter(|encoding| *encoding != UTF_8);
    let encoding = named.and_then(by_name).or_else(|| charset_in(html).as_deref().and_then(by_name));
    let encoding = encoding.unwrap_or_else(|| guessed(html, chardetng::Utf8Detection::Allow));
    encoding.decode_without_bom_handling(html).0.into_owned()
}

/// The encoding that a page names in its head.
fn charset_in(html: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&html[..html.len().min(SEARCHED)]).to_ascii_lowercase();
    charset_named(&head)
}

/// The encoding that `charset=` names in a header or a tag.
pub(super) fn charset_named(text: &str) -> Option<String> {
    let (_, after) = text.split_once("charset=")?;
    let name: String = after
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_:.".contains(*c))
        .collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<!doctype html><html><head><title>Kurier</title><meta charset=utf-8><style>p {}</style></head><body><nav>Start Sport</nav>\
        <article><h1>Hang rutscht ab</h1><p>Nach tagelangem Regen ist ein Hang ins   Rutschen geraten, teilte die Bahn am Dienstag in Hallbruck mit.</p>\
        <p>Verletzt wurde <b>niemand</b>, sagte eine Sprecherin. Die Strecke bleibt bis auf Weiteres gesperrt.<br>Busse fahren.</p></article>\
        <script>let x = 1;</script><footer>Impressum</footer></body></html>";

    #[test]
    fn a_page_gives_its_text() {
        let text = |how| read_page(PAGE, None, how).text;
        let article = "Nach tagelangem Regen ist ein Hang ins Rutschen geraten, teilte die Bahn am Dienstag in Hallbruck mit.\n\
            Verletzt wurde niemand, sagte eine Sprecherin. Die Strecke bleibt bis auf Weiteres gesperrt.\nBusse fahren.";
        assert_eq!(text(HtmlText::Strip), format!("Hang rutscht ab\n{article}"));
        assert_eq!(text(HtmlText::All), format!("Start Sport\nHang rutscht ab\n{article}\nImpressum"));
        let extracted = text(HtmlText::Extract);
        assert!(
            extracted.contains("ins Rutschen geraten") && !extracted.contains("Impressum") && !extracted.contains("Sport"),
            "{extracted}"
        );
    }

    #[test]
    fn a_live_blog_with_structured_data_of_each_entry_is_read() {
        let page = |n_entries: usize| {
            let entry = |n| format!("{{\"@type\":\"BlogPosting\",\"author\":{{\"@type\":\"Person\",\"name\":\"Eva {n}\"}}}}");
            let entries: Vec<String> = (0..n_entries).map(entry).collect();
            let data = format!(
                "{{\"@type\":\"NewsArticle\",\"headline\":\"Aus den Daten\",\"author\":{{\"@type\":\"Person\",\"name\":\"Uwe Sand\"}},\
                \"updates\":[{}]}}",
                entries.join(",")
            );
            PAGE.replace(
                "<style>",
                &format!("<meta name=author content='Ida Berg'><script type='application/ld+json'>{data}</script><style>"),
            )
        };
        let (small, large) = (page(3), page(20_000));
        let text = read_page(PAGE, None, HtmlText::Extract).text;
        for (html, author) in [(&small, "Uwe Sand"), (&large, "Ida Berg")] {
            let read = read_page(html, None, HtmlText::Extract);
            assert_eq!((read.author.as_deref(), &read.text), (Some(author), &text));
        }
        assert_eq!(without_large_data(&small), small);
        let two = page(20_000) + &page(3);
        assert!(without_large_data(&two).ends_with(&page(3)) && without_large_data(&two).len() < 2 * page(3).len());
    }

    #[test]
    fn a_deep_page_is_read() {
        for element in ["div", "b", "ul><li", "table><tr><td", "blockquote"] {
            let page = |depth| PAGE.replace("<article>", &format!("<article>{}", format!("<{element}>").repeat(depth)));
            for (depth, deep) in [(100, false), (MOST_DEPTH + 1, true), (2000, true)] {
                assert_eq!(is_deep(&page(depth)), deep, "{depth} {element}");
                let text = read_page(&page(depth), None, HtmlText::Extract).text;
                assert!(text.contains("Die Strecke bleibt bis auf Weiteres gesperrt."), "{depth} {element}: {text}");
            }
        }
        assert!(!is_deep(&"<p>Ein Absatz".repeat(5000)));
        assert!(!is_deep(&"<i>Ein</i> Wort<br>".repeat(5000)));
    }

    #[test]
    fn a_page_is_decoded_as_it_was_meant() {
        for (html, named, text) in [
            (&b"gr\xC3\xBCn"[..], Some("iso-8859-1"), "grün"),
            (b"gr\xFCn", Some("ISO-8859-1"), "grün"),
            (b"\xFF\xFEg\0r\0\xFC\0n\0", None, "grün"),
            (b"<meta charset='windows-1251'>\xE3\xEE\xF0\xEE\xE4", None, "<meta charset='windows-1251'>город"),
            (
                b"<meta http-equiv=x content=\"text/html; charset=utf-8\">Gr\xFC\xDFe aus K\xF6ln",
                None,
                "<meta http-equiv=x content=\"text/html; charset=utf-8\">Grüße aus Köln",
            ),
        ] {
            assert_eq!(decoded(html, named), text);
        }
    }

    #[test]
    fn a_host_is_what_stands_between_scheme_and_path() {
        for (url, host) in [
            ("https://www.Example.org:80/a?b", Some("www.example.org")),
            ("http://u@h.de", Some("h.de")),
            ("mailto:x", None),
            ("http:///x", None),
        ] {
            assert_eq!(host_of(url).as_deref(), host, "{url}");
        }
    }
}
