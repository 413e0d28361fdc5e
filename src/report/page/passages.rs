//! The texts that are copied most, and boilerplate.

use super::html::{count, details, figure, grouped, percent, section as page_section, text};
use super::{Numbers, record_name};
use crate::report::{Copied, CopiedText};

/// So many of the most copied texts are shown.
const N_COPIED: usize = 15;
/// So many of a list are seen at once.
const N_OPEN: usize = 6;

pub(super) fn copied(numbers: &Numbers, copied: &Copied) -> String {
    let most = copied.most(N_COPIED);
    let lead = match most.first() {
        None => "No text was copied.".to_owned(),
        Some(first) => format!(
            "Texts are told by where they begin in kept text. The most copied one stands in {}, {} of all.",
            count(first.at_least(), "more article"),
            percent(first.at_least(), numbers.articles_in)
        ),
    };
    let items = most.into_iter().map(item).collect();
    page_section("copied", "Most copied", &lead, &list(items))
}

/// The first few items of a list; the others open on a click.
fn list(mut items: Vec<String>) -> String {
    let others = items.split_off(items.len().min(N_OPEN));
    let list = |items: &[String]| format!("<ol class=\"passages\">\n{}</ol>\n", items.concat());
    match (items.is_empty(), others.len()) {
        (true, _) => String::new(),
        (false, 0) => list(&items),
        (false, n) => format!("{}{}", list(&items), details(&format!("{n} more"), &list(&others))),
    }
}

fn item(copied: &CopiedText) -> String {
    let at_least = if copied.unsure > 0 { "at least " } else { "" };
    let quote = if copied.text.is_empty() {
        String::new()
    } else {
        format!("<blockquote dir=\"auto\">{}</blockquote>\n", text(&copied.text))
    };
    let run = if copied.run.is_empty() { String::new() } else { format!(", run {}", text(&copied.run)) };
    let of = if copied.source.is_empty() { String::new() } else { format!(" of <b>{}</b>", text(&copied.source)) };
    let n_more = copied.n_sources.saturating_sub(copied.copied_by.len());
    let by: Vec<String> = copied.copied_by.iter().map(|source| text(source)).collect();
    let by = match (by.is_empty(), n_more) {
        (true, _) => String::new(),
        (false, 0) => format!("; copied by {}", by.join(", ")),
        (false, n) => format!("; copied by {} and {} more", by.join(", "), grouped(n as u64)),
    };
    format!(
        "<li><p class=\"times\">{at_least}<b>{}</b>×</p>\n<div>{quote}<p class=\"meta\">{} long, kept in {}{of}{run}{by}</p></div></li>\n",
        grouped(copied.at_least()),
        count(copied.words, "word"),
        record_name(&copied.id, &copied.file, copied.record),
    )
}

pub(super) fn boilerplate(numbers: &Numbers) -> String {
    let found = &numbers.boilerplate;
    let what = numbers.settings.get("boilerplate").and_then(|what| what.as_str()).unwrap_or("report");
    let lead = match (found.passages, what) {
        (_, "off") => "Nobody looked for boilerplate (<code>--boilerplate off</code>).".to_owned(),
        (0, _) => "No passage stands in many articles of one host, each time between others.".to_owned(),
        _ => format!(
            "{} passage{} in many articles of one host, each time between others: {} times in all. {}",
            figure("boilerplate.passages", found.passages),
            if found.passages == 1 { " stands" } else { "s stand" },
            figure("boilerplate.occurrences", found.occurrences),
            if what == "report" { "They are told, not taken out." } else { "" }
        ),
    };
    let item = |line: &super::numbers::BoilerplateLine| {
        let host =
            if line.host.is_empty() { String::new() } else { format!("<p class=\"meta\"><b>{}</b></p>", text(&line.host)) };
        format!(
            "<li><p class=\"times\"><b>{}</b>×</p>\n<div><blockquote dir=\"auto\">{}</blockquote>\n{host}</div></li>\n",
            grouped(line.articles),
            text(&crate::report::excerpt(&line.text, 400))
        )
    };
    let items = found.most_frequent.iter().map(item).collect();
    page_section("boilerplate", "Boilerplate", &lead, &list(items))
}
