//! What went, day by day.

use super::Numbers;
use super::html::{grouped, percent, section as page_section, short, table, text};
use crate::report::Share;

/// At most so many bars; where there are more days, several share one.
const MOST_BARS: usize = 120;

/// A bar: from when to when, and what was read then.
struct Bar<'a> {
    from: &'a str,
    to: &'a str,
    share: Share,
}

pub(super) fn section(numbers: &Numbers) -> String {
    let parts = &numbers.parts;
    let undated = match parts.undated.articles_in {
        0 => String::new(),
        1 => format!(" One article names no day; of its words {} go.", removed(&parts.undated)),
        n => format!(" {} articles name no day; of their words {} go.", grouped(n), removed(&parts.undated)),
    };
    let runs = earlier_runs(numbers);
    if parts.days.is_empty() {
        return page_section(
            "days",
            "Day by day",
            "The records name no dates; <code>--date-field</code> names another field.",
            &runs,
        );
    }
    let bars = bars(numbers);
    // Of very many days the summary has months or years.
    let (unit, on) = match parts.days.keys().next().map_or(0, String::len) {
        10 => ("Day", "on"),
        7 => ("Month", "in"),
        _ => ("Year", "in"),
    };
    let heading = format!("{unit} by {}", unit.to_lowercase());
    let worst = bars
        .iter()
        .max_by(|a, b| a.share.removed().total_cmp(&b.share.removed()))
        .map(|bar| format!("Most went {on} {}: {} of the words.", span(bar), removed(&bar.share)));
    let lead = format!("{}{undated}", worst.unwrap_or_default());
    let rows = parts.days.iter().map(|(day, of)| {
        vec![
            text(day),
            grouped(of.articles_in),
            grouped(of.articles_out),
            grouped(of.words_in),
            grouped(of.words_out),
            removed(of),
        ]
    });
    let names = [unit, "#Articles in", "#out", "#Words in", "#out", "#Taken out"];
    let all = super::details(
        &format!("Every {} by itself", unit.to_lowercase()),
        &table(&format!("By {}", unit.to_lowercase()), &names, rows),
    );
    page_section("days", &heading, &lead, &format!("{}{all}{runs}", chart(&bars)))
}

fn removed(share: &Share) -> String {
    percent(share.words_in - share.words_out.min(share.words_in), share.words_in)
}

fn span(bar: &Bar<'_>) -> String {
    if bar.from == bar.to { text(bar.from) } else { format!("{} to {}", text(bar.from), text(bar.to)) }
}

fn bars(numbers: &Numbers) -> Vec<Bar<'_>> {
    let days: Vec<_> = numbers.parts.days.iter().collect();
    let per_bar = days.len().div_ceil(MOST_BARS);
    let together = |days: &[(&String, &Share)]| {
        days.iter().fold(Share::default(), |sum, (_, of)| Share {
            articles_in: sum.articles_in + of.articles_in,
            articles_out: sum.articles_out + of.articles_out,
            words_in: sum.words_in + of.words_in,
            words_out: sum.words_out + of.words_out,
        })
    };
    let of = |chunk: &[(&'_ String, &'_ Share)]| together(chunk);
    days.chunks(per_bar.max(1)).map(|chunk| Bar { from: chunk[0].0, to: chunk[chunk.len() - 1].0, share: of(chunk) }).collect()
}

/// Above, which share of the words went; below, how many words there were.
fn chart(bars: &[Bar<'_>]) -> String {
    let most_words = bars.iter().map(|bar| bar.share.words_in).max().unwrap_or(1).max(1);
    let highest = bars.iter().map(|bar| bar.share.removed()).fold(0.0, f64::max);
    let top = nice(highest);
    let above: String = bars
        .iter()
        .enumerate()
        .map(|(at, bar)| {
            let height = 100.0 * bar.share.removed() / top;
            let title = format!("{}: {} of {} words", span(bar), removed(&bar.share), grouped(bar.share.words_in));
            format!(
                "<rect class=\"gone\" x=\"{}\" y=\"{:.2}\" width=\".8\" height=\"{height:.2}\"><title>{title}</title></rect>\n",
                x(at),
                100.0 - height
            )
        })
        .collect();
    let below: String = bars
        .iter()
        .enumerate()
        .map(|(at, bar)| {
            let height = 100.0 * bar.share.words_in as f64 / most_words as f64;
            format!(
                "<rect class=\"kept\" x=\"{}\" y=\"0\" width=\".8\" height=\"{height:.2}\"><title>{}: {} words</title></rect>\n",
                x(at),
                span(bar),
                grouped(bar.share.words_in)
            )
        })
        .collect();
    let n = bars.len();
    let ticks: String = ticks(n)
        .into_iter()
        .map(|at| {
            let place = 100.0 * (at as f64 + 0.5) / n as f64;
            format!("<span style=\"left:{place:.2}%\">{}</span>", text(bars[at].from))
        })
        .collect();
    format!(
        "<figure class=\"plot\" style=\"--bars:{n}\">\n<p class=\"axis\"><span>{:.0} %</span> of the words went</p>\n\
         <svg class=\"up\" viewBox=\"0 0 {n} 100\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"Share of the words taken out, by day\">\n{above}</svg>\n\
         <div class=\"ticks\" aria-hidden=\"true\">{ticks}</div>\n\
         <svg class=\"down\" viewBox=\"0 0 {n} 100\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"Words read, by day\">\n{below}</svg>\n\
         <p class=\"axis\"><span>{}</span> words came in at most</p>\n</figure>\n",
        100.0 * top,
        short(most_words),
    )
}

fn x(at: usize) -> String {
    format!("{at}.1")
}

/// The bars under which a date stands: a few, the first and the last among them.
fn ticks(n: usize) -> Vec<usize> {
    match n {
        0 => Vec::new(),
        1 => vec![0],
        2..=3 => (0..n).collect(),
        n => vec![0, n / 2, n - 1],
    }
}

/// The next round share above: 5 %, 10 %, 20 %, 50 %, 100 %.
fn nice(share: f64) -> f64 {
    [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5].into_iter().find(|top| share <= *top).unwrap_or(1.0)
}

/// The runs of the index before this one.
fn earlier_runs(numbers: &Numbers) -> String {
    if numbers.earlier_runs.is_empty() {
        return String::new();
    }
    let of = |words_in: u64, words_out: u64| percent(words_in - words_out.min(words_in), words_in);
    let rows = numbers
        .earlier_runs
        .iter()
        .map(|run| vec![text(&run.run), grouped(run.words_in), grouped(run.words_out), of(run.words_in, run.words_out)]);
    let this = vec![
        "this run".to_owned(),
        grouped(numbers.words_in),
        grouped(numbers.words_out),
        of(numbers.words_in, numbers.words_out),
    ];
    table("This run and those before it in the index", &["Run", "#Words in", "#out", "#Taken out"], rows.chain([this]))
}
