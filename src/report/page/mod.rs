//! *What does it look like?* A page that shows what a run did: one file, no network, no script.
//!
//! What it shows is in the summary and in the ledger; the same two give the same page. Charts are SVG and boxes; each has its numbers beside it or in a table.

mod containment;
mod days;
mod examples;
mod flow;
mod funnel;
mod html;
mod numbers;
mod pair;
mod passages;
mod tables;

use super::copied::Copied;
use super::figures::Figures;
use html::{count, details, figure, grouped, percent, size, table, text};
pub use numbers::Numbers;

const STYLE: &str = include_str!("style.css");

/// What stands on the page.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The summary.
    pub numbers: &'a Numbers,
    /// What the ledger tells.
    pub figures: &'a Figures,
    /// The most copied texts.
    pub copied: &'a Copied,
    /// The inputs that took longest, with their seconds; empty where that isn't known.
    pub slowest: &'a [(String, f64)],
}

impl Page<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let sections = [
            funnel::section(self.numbers),
            flow::section(self.numbers, self.figures),
            days::section(self.numbers),
            passages::copied(self.numbers, self.copied),
            passages::boilerplate(self.numbers),
            containment::section(self.numbers, self.figures),
            examples::section(self.figures),
            tables::inputs(self.numbers, self.slowest),
            tables::bad_input(self.numbers),
            self.settings(),
        ];
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n<title>einmal: {} of the words taken out</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#main\">To the numbers</a>\n{}<main id=\"main\">\n{}{}</main>\n<footer><p>Written by einmal {}. Nothing on this page is loaded from anywhere.</p></footer>\n</body>\n</html>\n",
            percent(self.numbers.words_gone(), self.numbers.words_in),
            self.header(),
            self.alarms(),
            sections.concat(),
            text(&self.numbers.version),
        )
    }

    fn header(&self) -> String {
        let numbers = self.numbers;
        let gone = percent(numbers.words_gone(), numbers.words_in);
        let facts = [
            ("Words in", figure("words_in", numbers.words_in)),
            ("Words out", figure("words_out", numbers.words_out)),
            ("Articles in", figure("articles_in", numbers.articles_in)),
            ("Articles out", figure("articles_out", numbers.articles_out)),
            ("of these touched", figure("articles_touched", numbers.articles_touched)),
            ("Updates kept", figure("updates", numbers.updates)),
            ("Words lost", figure("words_lost", numbers.words_lost)),
        ];
        let facts = facts.map(|(name, value)| format!("<div><dt>{name}</dt><dd>{value}</dd></div>")).concat();
        let is_marked = numbers.settings.get("mark").is_some_and(|mark| mark == true);
        let went = if is_marked { "would go" } else { "were taken out" };
        let marked =
            if is_marked { "<p class=\"note\">This run only marked what would go; nothing was taken out.</p>" } else { "" };
        let run = numbers.run.as_ref().map(|run| format!(", run <b>{}</b>", text(run))).unwrap_or_default();
        format!(
            "<header>\n<p class=\"brand\">einmal <span>report{run}</span></p>\n<h1><em>{gone}</em> of the words {went}</h1>\n\
             <p class=\"lead\">{} from {}, {} of text read; {} written.</p>\n{marked}<dl class=\"facts\">{facts}</dl>\n{}</header>\n",
            count(numbers.articles_in, "article"),
            count(numbers.parts.n_inputs.max(1), "input"),
            size(numbers.record_bytes_in),
            size(numbers.record_bytes_out),
            navigation(),
        )
    }

    fn alarms(&self) -> String {
        if self.numbers.alarms.is_empty() {
            return String::new();
        }
        let alarms = self.numbers.alarms.iter().map(|alarm| {
            let meter = if alarm.share > 0.0 { format!("<b>{:.1} %</b> ", 100.0 * alarm.share) } else { String::new() };
            format!("<li data-alarm=\"{}\">{meter}{}</li>\n", text(&alarm.kind), text(&alarm.message))
        });
        format!(
            "<section id=\"alarms\" class=\"alarms\" aria-labelledby=\"alarms-h\">\n<h2 id=\"alarms-h\">Look at this first</h2>\n<ul>\n{}</ul>\n</section>\n",
            alarms.collect::<String>()
        )
    }

    fn settings(&self) -> String {
        let shown = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let known = self.numbers.settings.iter().filter(|(_, value)| !value.is_null());
        let rows = known.map(|(name, value)| vec![format!("<code>{}</code>", text(name)), text(&shown(value))]);
        let numbers = self.numbers;
        let counts = [
            ("What cleaning did", "By", "#Texts", "texts_cleaned_by", &numbers.texts_cleaned_by),
            ("Other encodings", "From", "#Texts", "texts_decoded", &numbers.texts_decoded),
            ("What was masked", "Kind", "#Times", "masked", &numbers.masked),
            ("Languages that the filter saw", "Language", "#Articles", "languages", &numbers.languages),
        ];
        let counted = counts.into_iter().filter(|(.., counts)| !counts.is_empty());
        let tables = counted.map(|(caption, what, number, field, counts)| {
            let row = |(name, n): (&String, &u64)| vec![text(name), figure(&format!("{field}.{name}"), *n)];
            table(caption, &[what, number], counts.iter().map(row))
        });
        let tables: String = tables.collect();
        let lead = format!(
            "{} of {} were changed by cleaning.",
            figure("texts_cleaned", numbers.texts_cleaned),
            count(numbers.articles_in, "text")
        );
        let settings = details(&"All settings that shaped the answer", &table("Settings", &["Setting", "Value"], rows));
        html::section("settings", "How it was done", &lead, &format!("{tables}{settings}"))
    }
}

fn navigation() -> String {
    let places = [
        ("funnel", "What went"),
        ("flow", "Who copies whom"),
        ("days", "By day"),
        ("copied", "Most copied"),
        ("boilerplate", "Boilerplate"),
        ("containment", "Containment"),
        ("examples", "Examples"),
        ("inputs", "Inputs"),
        ("bad", "Bad input"),
        ("settings", "Settings"),
    ];
    let links = places.map(|(id, name)| format!("<a href=\"#{id}\">{name}</a>")).join("\n");
    format!("<nav aria-label=\"Sections\">\n{links}\n</nav>\n")
}

/// What a span's reason is called on the page, and what it means.
fn reason_told(reason: &str) -> (&str, &'static str) {
    match reason {
        "copy" => ("Whole articles", "copies of earlier articles"),
        "passage" => ("Passages", "paragraphs said before"),
        "part" => ("Sentences", "rows of sentences inside a paragraph"),
        "short" => ("Short passages", "headings and bylines between two that went"),
        "nothing-left" => ("Emptied articles", "of which no word was left"),
        "filter" => ("Filtered articles", "that failed the quality rules"),
        "line" => ("Lines", "that are no text, by rules"),
        "inline" => ("Pieces of lines", "that are no text, by rules"),
        "boilerplate" => ("Boilerplate", "what every page of a host says"),
        other => (other, ""),
    }
}

/// What a record is called: its id, or its place.
fn record_name(id: &str, file: &str, record: u64) -> String {
    if id.is_empty() { text(&format!("{file}, record {}", grouped(record))) } else { text(id) }
}
