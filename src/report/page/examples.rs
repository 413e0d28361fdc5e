//! A few spans to look at, each beside the text that covers it.

use super::html::{count, details, percent, section as page_section, text};
use super::record_name;
use crate::report::{Example, Figures};

pub(super) fn section(figures: &Figures) -> String {
    let shown: String = figures.examples.iter().map(example).collect();
    if shown.is_empty() {
        let lead = "Neither the ledger nor the inputs at hand hold the texts that went.";
        return page_section("examples", "Examples", lead, "");
    }
    let lead = "Drawn by chance, the same each time. What has no like on the other side is marked; open one to see it.";
    page_section("examples", "Examples", lead, &format!("<div class=\"examples\">\n{shown}</div>\n"))
}

fn example(example: &Example) -> String {
    let name = match example.reason.as_str() {
        "copy" => "Article",
        "passage" => "Passage",
        "part" => "Sentences",
        "nothing-left" => "Emptied article",
        "update" => "Update, stays",
        other => other,
    };
    let record = record_name(&example.id, &example.file, example.record);
    let summary = format!(
        "<b>{name}</b> <span class=\"of\" dir=\"auto\">{record}{}</span> <span>{}, {} covered</span>",
        named_source(&example.source),
        count(example.words, "word"),
        percent(example.covered, example.words),
    );
    let kept_in = &example.kept_in;
    let kept_name = format!("{}{}", record_name(&kept_in.id, &kept_in.file, kept_in.record), named_source(&kept_in.source));
    let went = if example.reason == "update" { "Stays, with what is new" } else { "Went" };
    let (left, right) = super::pair::marked(example);
    let right = match (right, kept_in.run.is_empty()) {
        (Some(right), _) => format!("<p class=\"text\" dir=\"auto\" tabindex=\"0\">{right}</p>"),
        (None, true) => {
            "<p class=\"nothing\">Its text is not at hand: <code>einmal report</code> reads it from <code>--input</code>.</p>"
                .to_owned()
        }
        (None, false) => {
            format!("<p class=\"nothing\">An earlier run, {}, kept it; its text is not at hand.</p>", text(&kept_in.run))
        }
    };
    let body = format!(
        "<div class=\"pair\">\n<div><h3>{went}: {record}</h3>\n<p class=\"text\" dir=\"auto\" tabindex=\"0\">{left}</p></div>\n<div><h3>Kept in {kept_name}</h3>\n{right}</div>\n</div>\n"
    );
    details(&summary, &body)
}

fn named_source(source: &str) -> String {
    if source.is_empty() { String::new() } else { format!(" · {}", text(source)) }
}
