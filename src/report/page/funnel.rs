//! From the words that came in to the words that went out.

use super::html::{count, figure, grouped, percent, section as page_section, share, table, text};
use super::{Numbers, reason_told};

/// The widest part of a bar that is shown for something that is there, so that it can be seen, in per cent.
const LEAST: f64 = 0.4;

/// Colours are given out in this order, the same for the same reason on every page.
const REASONS: [&str; 9] = ["copy", "passage", "part", "short", "nothing-left", "filter", "line", "inline", "boilerplate"];

pub(super) fn section(numbers: &Numbers) -> String {
    let gone = numbers.words_gone();
    let lead = format!(
        "Of {} words, {} stay and {} go. {} of those that go stand in no kept text: they are lost, and the ledger lists them.",
        grouped(numbers.words_in),
        grouped(numbers.words_out),
        grouped(gone),
        grouped(numbers.words_lost),
    );
    let figure = if gone > 0 { bars(numbers) } else { "<p class=\"nothing\">Nothing was taken out.</p>\n".to_owned() };
    page_section("funnel", "From words in to words out", &lead, &format!("{figure}{}", numbers_table(numbers)))
}

/// Three bars, each a closer look at the last part of the one above.
fn bars(numbers: &Numbers) -> String {
    let gone = numbers.words_gone();
    let whole = [("kept", numbers.words_out, "stay"), ("gone", gone, "go")];
    let reasons: Vec<_> = REASONS.iter().filter_map(|reason| Some((*reason, *numbers.words_removed.get(*reason)?))).collect();
    let by_reason: Vec<_> = reasons.iter().map(|(reason, n)| (*reason, *n, reason_told(reason).0)).collect();
    let covered = gone - numbers.words_lost.min(gone);
    let fate = [("covered", covered, "said in kept text"), ("lost", numbers.words_lost, "lost")];
    let legend = |parts: &[(&str, u64, &str)], of: u64| {
        let item = |(class, n, name): &(&str, u64, &str)| {
            format!(
                "<li><i class=\"key {class}\"></i>{} <b>{}</b> <span>{}</span></li>",
                text(name),
                grouped(*n),
                percent(*n, of)
            )
        };
        format!("<ul class=\"legend\">{}</ul>\n", parts.iter().map(item).collect::<String>())
    };
    let told = |name: &str, parts: &[(&str, u64, &str)], of: u64| format!("<p class=\"step\">{name}</p>\n{}", legend(parts, of));
    [
        "<figure class=\"funnel\">\n",
        &told("All words that came in", &whole, numbers.words_in),
        &bar(&whole, numbers.words_in),
        // Bar and bar, with nothing between them but what spreads one over the other.
        &lens(numbers.words_out, numbers.words_in),
        &bar(&by_reason, gone),
        &told("The words that went, by reason", &by_reason, gone),
        &told("The words that went, by what became of them", &fate, gone),
        &bar(&fate, gone),
        "</figure>\n",
    ]
    .concat()
}

fn bar(parts: &[(&str, u64, &str)], of: u64) -> String {
    let part = |(class, n, name): &(&str, u64, &str)| {
        let width = (100.0 * *n as f64 / of.max(1) as f64).max(if *n > 0 { LEAST } else { 0.0 });
        format!("<span class=\"{class}\" style=\"flex-grow:{width:.3}\" title=\"{}: {}\"></span>", text(name), grouped(*n))
    };
    format!("<div class=\"bar\" aria-hidden=\"true\">{}</div>\n", parts.iter().map(part).collect::<String>())
}

/// What spreads the last part of one bar over the whole of the next.
fn lens(before: u64, whole: u64) -> String {
    let from = 100.0 * before as f64 / whole.max(1) as f64;
    let from = from.min(100.0 - LEAST);
    format!(
        "<svg class=\"lens\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><path d=\"M{from:.3} 0L100 0L100 10L0 10Z\"/></svg>\n"
    )
}

fn numbers_table(numbers: &Numbers) -> String {
    let n = |of: &std::collections::BTreeMap<String, u64>, reason: &str| of.get(reason).copied();
    let known = REASONS.iter().filter(|reason| numbers.words_removed.contains_key(**reason));
    let others = numbers.words_removed.keys().map(String::as_str).filter(|reason| !REASONS.contains(reason));
    let row = |reason: &str| {
        let (name, meaning) = reason_told(reason);
        let cell =
            |field: &str, number: Option<u64>| number.map_or("–".to_owned(), |n| figure(&format!("{field}.{reason}"), n));
        let words = n(&numbers.words_removed, reason).unwrap_or_default();
        vec![
            format!("<i class=\"key {}\"></i>{} <span class=\"meaning\">{meaning}</span>", text(reason), text(name)),
            cell("articles_removed", n(&numbers.articles_removed, reason)),
            cell("spans_removed", n(&numbers.spans_removed, reason)),
            cell("words_removed", Some(words)),
            format!(
                "{}<span class=\"mini\" aria-hidden=\"true\"><i style=\"width:{}\"></i></span>",
                percent(words, numbers.words_in),
                share(words, numbers.words_gone())
            ),
        ]
    };
    let mut rows: Vec<_> = known.copied().chain(others).map(row).collect();
    let by_rule = numbers.ruled_out.iter().map(|(rule, n)| (rule, "ruled_out", n));
    let by_filter = numbers.filtered.iter().map(|(rule, n)| (rule, "filtered", n));
    let rules: Vec<_> =
        by_rule.chain(by_filter).map(|(rule, field, n)| vec![text(rule), figure(&format!("{field}.{rule}"), *n)]).collect();
    rows.push(vec![
        "All together".to_owned(),
        grouped(numbers.articles_removed.values().sum()),
        grouped(numbers.spans_removed.values().sum()),
        grouped(numbers.words_gone()),
        percent(numbers.words_gone(), numbers.words_in),
    ]);
    let rules =
        if rules.is_empty() { String::new() } else { table("By rule of cleaning and filter", &["Rule", "#Times"], rules) };
    let passages = format!("<p class=\"note\">{} passages were read.</p>\n", figure("passages_in", numbers.passages_in));
    let caption = format!("What was taken out of {}", count(numbers.articles_in, "article"));
    format!("{}{rules}{passages}", table(&caption, &["Reason", "#Articles", "#Spans", "#Words", "#Of all words"], rows))
}
