//! The inputs, and what could not be read of them.

use super::Numbers;
use super::html::{count, figure, grouped, percent, section, share, size, table, text};

/// So many of the largest, and of the slowest, inputs are shown.
const N_SHOWN: usize = 20;

pub(super) fn inputs(numbers: &Numbers, slowest: &[(String, f64)]) -> String {
    let parts = &numbers.parts;
    let lead =
        format!("{} of records in {}, the largest first.", size(numbers.record_bytes_in), count(parts.n_inputs.max(1), "input"));
    let most = parts.inputs.iter().map(|input| input.record_bytes_in).max().unwrap_or(1);
    let row = |input: &crate::report::InputShare| {
        let of = &input.share;
        let gone = of.words_in - of.words_out.min(of.words_in);
        vec![
            format!("<span class=\"path\">{}</span>", text(&input.file)),
            format!(
                "{}<span class=\"mini\" aria-hidden=\"true\"><i style=\"width:{}\"></i></span>",
                size(input.record_bytes_in),
                share(input.record_bytes_in, most)
            ),
            grouped(of.articles_in),
            grouped(of.articles_out),
            percent(gone, of.words_in),
        ]
    };
    let names = ["Input", "#Records", "#Articles in", "#out", "#Words taken out"];
    let largest = table("Largest inputs", &names, parts.inputs.iter().take(N_SHOWN).map(row));
    section("inputs", "Inputs", &lead, &format!("{largest}{}", slow(numbers, slowest)))
}

/// The inputs that took longest, if there is anything to choose from.
fn slow(numbers: &Numbers, slowest: &[(String, f64)]) -> String {
    if slowest.len() < 2 {
        return String::new();
    }
    let bytes_of = |file: &str| numbers.parts.inputs.iter().find(|input| input.file == file).map(|input| input.record_bytes_in);
    let rows = slowest.iter().take(N_SHOWN).map(|(file, seconds)| {
        let speed = bytes_of(file)
            .filter(|_| *seconds > 0.0)
            .map_or("–".to_owned(), |n| format!("{:.1} MB/s", n as f64 / seconds / 1e6));
        vec![format!("<span class=\"path\">{}</span>", text(file)), format!("{seconds:.2} s"), speed]
    });
    let note = "<p class=\"note\">Records are worked on in batches; inputs in one batch have their part of its time by their bytes.</p>\n";
    format!("{}{note}", table("Slowest inputs", &["Input", "#Time", "#Records a second"], rows))
}

pub(super) fn bad_input(numbers: &Numbers) -> String {
    let n_bad: u64 = numbers.bad_records.values().sum();
    let lead = match n_bad {
        0 => "Every record could be read.".to_owned(),
        n => format!("{} could not be read, {} of all.", count(n, "record"), percent(n, n + numbers.articles_in)),
    };
    let most = numbers.bad_records.values().copied().max().unwrap_or(1);
    let row = |(reason, n): (&String, &u64)| {
        vec![
            format!("<code>{}</code>", text(reason)),
            figure(&format!("bad_records.{reason}"), *n),
            format!(
                "<span class=\"mini\" aria-hidden=\"true\"><i style=\"width:{}\"></i></span>{}",
                share(*n, most),
                percent(*n, n_bad)
            ),
        ]
    };
    let table = if n_bad > 0 {
        table("Bad records by reason", &["Reason", "#Records", "#Share"], numbers.bad_records.iter().map(row))
    } else {
        String::new()
    };
    let others = match numbers.other_records {
        0 => String::new(),
        n => format!(
            "<p class=\"note\">{} more records are no articles: requests, pictures, errors.</p>\n",
            figure("other_records", n)
        ),
    };
    section("bad", "Bad input", &lead, &format!("{table}{others}"))
}
