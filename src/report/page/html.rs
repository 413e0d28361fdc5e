//! Pieces of HTML: text made safe, numbers made for reading and for machines.

use std::fmt::Display;

pub(super) use super::super::summary::{grouped, percent};

/// Text from outside as text of a page, whatever stands in it.
pub(super) fn text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\t' => safe.push(c),
            c if c.is_control() => safe.push(char::REPLACEMENT_CHARACTER),
            c => safe.push(c),
        }
    }
    safe
}

/// A number of the summary, which has this name there: for people with commas, for machines as it is.
pub(super) fn figure(name: &str, number: u64) -> String {
    format!(r#"<data value="{number}" data-figure="{}">{}</data>"#, text(name), grouped(number))
}

/// A large number in few characters: 1,234 · 12.3k · 4.56M.
pub(super) fn short(number: u64) -> String {
    let scaled = |unit: f64, sign: &str| {
        let value = number as f64 / unit;
        let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
        format!("{value:.digits$}{sign}")
    };
    match number {
        0..10_000 => grouped(number),
        10_000..1_000_000 => scaled(1e3, "k"),
        1_000_000..1_000_000_000 => scaled(1e6, "M"),
        _ => scaled(1e9, "G"),
    }
}

/// A size in bytes, in units of 1000.
pub(super) fn size(n_bytes: u64) -> String {
    match n_bytes {
        0..1000 => format!("{n_bytes} B"),
        1000..1_000_000 => format!("{:.1} kB", n_bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", n_bytes as f64 / 1e6),
        _ => format!("{:.2} GB", n_bytes as f64 / 1e9),
    }
}

/// One or many: `1 article`, `2 articles`.
pub(super) fn count(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// A length of a bar or a place in a chart, as a percentage.
pub(super) fn share(part: u64, whole: u64) -> String {
    format!("{:.3}%", 100.0 * part as f64 / whole.max(1) as f64)
}

/// A section of the page: its id, its heading, the sentence that says what is to be seen, and what shows it.
pub(super) fn section(id: &str, heading: &str, lead: &str, body: &str) -> String {
    format!(
        "<section id=\"{id}\" aria-labelledby=\"{id}-h\">\n<h2 id=\"{id}-h\">{heading}</h2>\n<p class=\"lead\">{lead}</p>\n{body}</section>\n"
    )
}

/// A table; cells are HTML already. `names` are the columns: those that begin with `#` hold numbers.
pub(super) fn table(caption: &str, names: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let is_number: Vec<bool> = names.iter().map(|name| name.starts_with('#')).collect();
    let class = |nth: usize| if is_number[nth] { " class=\"n\"" } else { "" };
    let head = names
        .iter()
        .enumerate()
        .map(|(nth, name)| format!("<th scope=\"col\"{}>{}</th>", class(nth), name.trim_start_matches('#')));
    let row = |cells: Vec<String>| {
        let cells = cells.into_iter().enumerate().map(|(nth, cell)| match nth {
            0 => format!("<th scope=\"row\">{cell}</th>"),
            nth => format!("<td{}>{cell}</td>", class(nth)),
        });
        format!("<tr>{}</tr>\n", cells.collect::<String>())
    };
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table>\n<caption>{caption}</caption>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody></table></div>\n",
        head.collect::<String>(),
        rows.into_iter().map(row).collect::<String>()
    )
}

/// What opens on a click.
pub(super) fn details(summary: &impl Display, body: &str) -> String {
    format!("<details><summary>{summary}</summary>\n{body}</details>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        let evil = "<script>alert('x')</script> & \"\u{1b}[0m\n";
        assert_eq!(text(evil), "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;\u{fffd}[0m\n");
    }

    #[test]
    fn large_numbers_are_short() {
        for (number, expected) in [
            (0, "0"),
            (9_999, "9,999"),
            (12_345, "12.3k"),
            (999_949, "1000k"),
            (1_500_000, "1.50M"),
            (123_456_789, "123M"),
            (7_000_000_000, "7.00G"),
        ] {
            assert_eq!(short(number), expected);
        }
        for (n_bytes, expected) in [(999, "999 B"), (84_862_087, "84.9 MB"), (2_500_000_000, "2.50 GB")] {
            assert_eq!(size(n_bytes), expected);
        }
    }
}
