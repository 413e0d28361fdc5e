//! An article explained as a page that needs nothing else.

use std::fmt::Write;

use html_escape::encode_text;

use super::{Explained, Part, Run, Side, word_diff};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:72em;margin:2em auto;padding:0 1em;color:#222;background:#fff}\
table{width:100%;border-collapse:collapse;table-layout:fixed;margin-bottom:1em}\
td,th{border:1px solid #ccc;padding:.5em;vertical-align:top;text-align:left;white-space:pre-wrap;overflow-wrap:anywhere}\
del{background:#fdd;color:#900}ins{background:#dfd;color:#060;text-decoration:none}h3{font-size:1em;margin-bottom:.3em}";

/// The whole explanation as an HTML page; words that differ are `del` and `ins`.
pub fn as_html(explained: &Explained) -> String {
    let name = explained.name();
    let title = encode_text(&name);
    let mut page = format!(
        "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"/><title>{title}</title><style>{STYLE}</style></head>\n<body>\n<h1>{title}</h1>\n"
    );
    let gone = if explained.gone.is_empty() { "Nothing was taken out of it" } else { "Taken out" };
    let _ = writeln!(page, "<h2>{gone}</h2>");
    explained.gone.iter().for_each(|part| add_part(&mut page, part));
    if explained.tells_near || !explained.near.is_empty() {
        let near = if explained.near.is_empty() { "Nothing else was near to going" } else { "Near to going, and stayed" };
        let _ = writeln!(page, "<h2>{near}</h2>");
    }
    explained.near.iter().for_each(|part| add_part(&mut page, part));
    if let Some(text) = &explained.text {
        let _ = writeln!(page, "<h2>The article as it was compared</h2>\n<table><tr><td>{}</td></tr></table>", encode_text(text));
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn add_part(page: &mut String, part: &Part) {
    let line = &part.line;
    let what = line.would_be.as_deref().unwrap_or(&line.reason);
    let [start, end] = line.span;
    let _ = writeln!(page, "<h3>{}, bytes {start} to {end}: {}</h3>", encode_text(what), encode_text(&part.why));
    if !part.sides.is_empty() {
        page.push_str("<table>\n");
        part.sides.iter().for_each(|side| add_side(page, side));
        page.push_str("</table>\n");
    }
}

fn add_side(page: &mut String, side: &Side) {
    let from = side.heading();
    let Some(kept) = &side.kept else {
        let _ = writeln!(page, "<tr><td>{}</td><td>{}</td></tr>", encode_text(&side.text), encode_text(&from));
        return;
    };
    let (mut left, mut right) = (String::new(), String::new());
    for run in word_diff(&side.text, kept) {
        match run {
            Run::Equal { before, after } => {
                left.push_str(&encode_text(before));
                right.push_str(&encode_text(after));
            }
            Run::Removed(text) => left.push_str(&format!("<del>{}</del>", encode_text(text))),
            Run::Added(text) => right.push_str(&format!("<ins>{}</ins>", encode_text(text))),
        }
    }
    let _ = writeln!(page, "<tr><th></th><th>{}</th></tr>\n<tr><td>{left}</td><td>{right}</td></tr>", encode_text(&from));
}
