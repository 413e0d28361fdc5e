//! Who prints whose text.

use std::collections::BTreeMap;

use super::Numbers;
use super::html::{count, grouped, percent, section as page_section, share, short, table, text};
use crate::report::Figures;

/// So many sources have a line and a column of their own.
const N_SHOWN: usize = 12;
/// Stands for all sources that have none.
const OTHERS: &str = "others";
/// Stands for records that name no source.
const UNKNOWN: &str = "no source named";

pub(super) fn section(numbers: &Numbers, figures: &Figures) -> String {
    let words: u64 = figures.flow.values().sum::<u64>() + figures.other_flow;
    let is_known = figures.flow.keys().any(|(by, of)| !by.is_empty() || !of.is_empty());
    let body = format!("{}{}{}", if is_known { matrix(figures) } else { String::new() }, agencies(figures), sources(numbers));
    let lead = match (words, is_known) {
        (0, _) => "No text was found to come from another.".to_owned(),
        (_, false) => {
            "The records name no sources, neither as a field nor by an address; <code>--source-field</code> names another field."
                .to_owned()
        }
        _ => {
            let own: u64 = figures.flow.iter().filter(|((by, of), _)| by == of).map(|(_, words)| words).sum();
            format!(
                "{} of the {} words that kept text covers stand in the kept text of the same source, {} in that of another. A row is who printed them again, a column whose text it was.",
                percent(own, words),
                short(words),
                percent(words - own, words)
            )
        }
    };
    page_section("flow", "Who copies whom", &lead, &body)
}

/// A source as it is called.
fn called(source: &str) -> &str {
    if source.is_empty() { UNKNOWN } else { source }
}

/// Words by who printed them (rows) and whose they were (columns): the sources with most of both, and all others together.
struct Matrix<'a> {
    names: Vec<&'a str>,
    words: BTreeMap<(usize, usize), u64>,
}

impl<'a> Matrix<'a> {
    fn of(figures: &'a Figures) -> Self {
        let mut totals: BTreeMap<&str, u64> = BTreeMap::new();
        for ((by, of), words) in &figures.flow {
            *totals.entry(by).or_default() += words;
            if by != of {
                *totals.entry(of).or_default() += words;
            }
        }
        let mut largest: Vec<(&str, u64)> = totals.into_iter().collect();
        largest.sort_by_key(|(name, words)| (std::cmp::Reverse(*words), *name));
        let has_others = largest.len() > N_SHOWN || figures.other_flow > 0;
        let mut names: Vec<&str> = largest.into_iter().take(N_SHOWN).map(|(name, _)| name).collect();
        let others = names.len();
        let place = |name: &str| names.iter().position(|shown| *shown == name).unwrap_or(others);
        let mut words: BTreeMap<(usize, usize), u64> = BTreeMap::new();
        for ((by, of), n) in &figures.flow {
            *words.entry((place(by), place(of))).or_default() += n;
        }
        if figures.other_flow > 0 {
            *words.entry((others, others)).or_default() += figures.other_flow;
        }
        names.iter_mut().for_each(|name| *name = called(name));
        if has_others {
            names.push(OTHERS);
        }
        Self { names, words }
    }

    fn at(&self, by: usize, of: usize) -> u64 {
        self.words.get(&(by, of)).copied().unwrap_or_default()
    }
}

fn matrix(figures: &Figures) -> String {
    let matrix = Matrix::of(figures);
    let n = matrix.names.len();
    let most = matrix.words.values().copied().max().unwrap_or(1);
    let head: String =
        matrix.names.iter().map(|name| format!("<th scope=\"col\"><span dir=\"auto\">{}</span></th>", text(name))).collect();
    let cell = |by: usize, of: usize| match matrix.at(by, of) {
        0 => "<td></td>".to_owned(),
        words => {
            // The root keeps small flows in sight beside very large ones.
            let heat = (words as f64 / most as f64).sqrt();
            let own = if by == of { " class=\"own\"" } else { "" };
            let title = format!("{} printed {} words of {}", matrix.names[by], grouped(words), matrix.names[of]);
            format!("<td{own} style=\"--heat:{heat:.3}\" title=\"{}\">{}</td>", text(&title), short(words))
        }
    };
    let row = |by: usize| {
        let cells: String = (0..n).map(|of| cell(by, of)).collect();
        let total: u64 = (0..n).map(|of| matrix.at(by, of)).sum();
        format!(
            "<tr><th scope=\"row\"><span dir=\"auto\">{}</span></th>{cells}<td class=\"sum\">{}</td></tr>\n",
            text(matrix.names[by]),
            short(total)
        )
    };
    let sums: String =
        (0..n).map(|of| format!("<td class=\"sum\">{}</td>", short((0..n).map(|by| matrix.at(by, of)).sum()))).collect();
    let all = short(matrix.words.values().sum());
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Words by source\"><table class=\"matrix\">\n<caption>Words that went: who printed them again (rows), whose text it was (columns)</caption>\n\
         <thead><tr><th scope=\"col\" class=\"corner\">printed by ↓ from →</th>{head}<th scope=\"col\"><span>all</span></th></tr></thead>\n<tbody>\n{}<tr class=\"sums\"><th scope=\"row\">all</th>{sums}<td class=\"sum\">{all}</td></tr>\n</tbody></table></div>\n",
        (0..n).map(row).collect::<String>()
    )
}

fn agencies(figures: &Figures) -> String {
    if !figures.has_texts {
        return "<p class=\"note\">Agencies are found in the texts that went, which this ledger doesn’t hold.</p>\n".to_owned();
    }
    let mut found: Vec<_> = figures.agencies.iter().collect();
    found.sort_by_key(|(name, (spans, words))| (std::cmp::Reverse(*words), std::cmp::Reverse(*spans), **name));
    let Some((_, (_, most))) = found.first().copied() else {
        return "<p class=\"note\">No agency is named in what went.</p>\n".to_owned();
    };
    let item = |(name, (spans, words)): &(&&str, &(u64, u64))| {
        let bar = format!("<span class=\"mini\" aria-hidden=\"true\"><i style=\"width:{}\"></i></span>", share(*words, *most));
        format!("<li><b>{}</b> {bar} <span>{} in {}</span></li>\n", text(name), count(*words, "word"), count(*spans, "span"))
    };
    format!(
        "<h3>Agencies named in what went</h3>\n<ul class=\"agencies\">\n{}</ul>\n",
        found.iter().map(item).collect::<String>()
    )
}

fn sources(numbers: &Numbers) -> String {
    let parts = &numbers.parts;
    if parts.sources.iter().all(|of| of.source.is_empty()) {
        return String::new();
    }
    let row = |name: &str, of: &crate::report::Share| {
        let gone = of.words_in - of.words_out.min(of.words_in);
        vec![
            format!("<span dir=\"auto\">{}</span>", text(name)),
            grouped(of.articles_in),
            grouped(of.articles_out),
            grouped(of.words_in),
            grouped(of.words_out),
            format!(
                "{}<span class=\"mini\" aria-hidden=\"true\"><i style=\"width:{}\"></i></span>",
                percent(gone, of.words_in),
                share(gone, of.words_in)
            ),
        ]
    };
    let mut rows: Vec<_> = parts.sources.iter().map(|of| row(called(&of.source), &of.share)).collect();
    if parts.other_sources.articles_in > 0 {
        rows.push(row(OTHERS, &parts.other_sources));
    }
    let names = ["Source", "#Articles in", "#out", "#Words in", "#out", "#Taken out"];
    super::details(&"Every source by itself", &table("Sources, the largest first", &names, rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_holds_all_words_whoever_has_a_line() {
        let mut figures = Figures { other_flow: 5, ..Figures::default() };
        for nth in 0..40_u64 {
            figures.flow.insert((format!("s{nth}").into(), format!("s{}", nth / 2).into()), nth + 1);
        }
        let matrix = Matrix::of(&figures);
        assert_eq!(matrix.words.values().sum::<u64>(), 5 + 40 * 41 / 2);
        assert_eq!((matrix.names.len(), matrix.names[N_SHOWN]), (N_SHOWN + 1, OTHERS));
        assert_eq!(matrix.names[0], "s19", "36 + 37 + ... text that others printed counts, too");
    }
}
