//! How much of articles and passages is covered, and where the thresholds lie.

use super::Numbers;
use super::html::{details, grouped, section as page_section, table, text};
use crate::report::Figures;
use crate::report::figures::{Distribution, N_BARS};

pub(super) fn section(numbers: &Numbers, figures: &Figures) -> String {
    let lead = "How many articles and passages had which share of their words covered, from what the ledger lists. What stayed are updates, and, with <code>--ledger-all</code>, what was near. Heights are logarithmic; the line is the threshold from which on they go, unless a changed fact or new text keeps them.";
    let plots = [
        plot("articles", "Articles", &figures.articles, numbers.threshold("article_threshold")),
        plot("passages", "Passages", &figures.passages, numbers.threshold("passage_threshold")),
    ];
    page_section("containment", "How much was covered", lead, &format!("<div class=\"twins\">\n{}</div>\n", plots.concat()))
}

/// What a bar stands for: "80 to 82 %".
fn range(bar: usize) -> String {
    if bar == N_BARS - 1 { "all".to_owned() } else { format!("{} to {} %", 2 * bar, 2 * bar + 2) }
}

/// The bars that are shown, and how high they may get.
struct Scale {
    /// The first bar: where little is covered there is mostly nothing to see.
    from: usize,
    /// How many powers of ten there is room for.
    decades: u32,
}

impl Scale {
    fn of(counts: &Distribution, threshold: Option<f64>) -> Self {
        let first = (0..N_BARS).find(|bar| counts.gone[*bar] + counts.stayed[*bar] > 0).unwrap_or_default();
        let limit = threshold.map_or(N_BARS, |share| (share * 50.0) as usize);
        let most = counts.gone.iter().chain(&counts.stayed).copied().max().unwrap_or_default();
        let decades = ((most + 1) as f64).log10().ceil().max(1.0) as u32;
        Self { from: first.min(limit).saturating_sub(5) / 5 * 5, decades }
    }

    fn n_bars(&self) -> usize {
        N_BARS - self.from
    }

    /// The height of a number: logarithmic, and nothing for nothing.
    fn height(&self, n: u64) -> f64 {
        100.0 * ((n + 1) as f64).log10() / f64::from(self.decades)
    }

    /// Where a bar begins, or a share lies between two, from the left.
    fn left(&self, bar: f64) -> f64 {
        100.0 * (bar - self.from as f64) / self.n_bars() as f64
    }

    /// What went, and beside it what stayed.
    fn bars(&self, counts: &Distribution) -> String {
        let has_stayed = counts.stayed.iter().any(|n| *n > 0);
        let rect = |class: &str, x: f64, width: f64, n: u64| {
            let height = self.height(n);
            let y = 100.0 - height;
            let shape = format!("<rect class=\"{class}\" x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width}\" height=\"{height:.2}\"/>");
            if n > 0 { shape } else { String::new() }
        };
        let bar = |bar: usize| {
            let (gone, stayed) = (counts.gone[bar], counts.stayed[bar]);
            let (x, width) = ((bar - self.from) as f64 + 0.1, if has_stayed { 0.4 } else { 0.8 });
            format!(
                "<g><title>{} covered: {} went, {} stayed</title>{}{}</g>\n",
                range(bar),
                grouped(gone),
                grouped(stayed),
                rect("gone", x, width, gone),
                rect("near", x + 0.4, 0.4, stayed)
            )
        };
        (self.from..N_BARS).filter(|at| counts.gone[*at] + counts.stayed[*at] > 0).map(bar).collect()
    }

    /// Lines at the powers of ten.
    fn lines(&self) -> String {
        let line = |n: u64| format!("<span class=\"decade\" style=\"bottom:{:.2}%\">{}</span>", self.height(n), grouped(n));
        (1..self.decades).map(|decade| line(10_u64.pow(decade))).collect()
    }

    fn ticks(&self) -> String {
        let whole = N_BARS - 1;
        let tick = |bar: usize| match bar == whole {
            true => format!("<span style=\"left:{:.2}%\">all</span>", self.left(bar as f64 + 0.5)),
            false => format!("<span style=\"left:{:.2}%\">{} %</span>", self.left(bar as f64), 2 * bar),
        };
        [self.from, self.from + (whole - self.from) / 2, whole].map(tick).concat()
    }
}

fn plot(id: &str, name: &str, counts: &Distribution, threshold: Option<(f64, &str)>) -> String {
    let (n_gone, n_stayed) = (counts.gone.iter().sum::<u64>(), counts.stayed.iter().sum::<u64>());
    if n_gone + n_stayed == 0 {
        let none = "<p class=\"nothing\">None in the ledger.</p>";
        return format!("<figure class=\"hist\"><figcaption><b>{name}</b></figcaption>{none}</figure>\n");
    }
    let scale = Scale::of(counts, threshold.map(|(share, _)| share));
    let limit = threshold.map(|(share, written)| {
        format!("<span class=\"limit\" style=\"left:{:.2}%\"><b>{}</b></span>", scale.left(share * 50.0), text(written))
    });
    let known = (0..N_BARS).filter(|bar| counts.gone[*bar] + counts.stayed[*bar] > 0);
    let rows = known.map(|bar| vec![range(bar), grouped(counts.gone[bar]), grouped(counts.stayed[bar])]);
    let all = details(&"The numbers", &table(&format!("{name} by share covered"), &["Covered", "#Went", "#Stayed"], rows));
    format!(
        "<figure class=\"hist\" id=\"hist-{id}\">\n<figcaption><b>{name}</b> <i class=\"key gone\"></i>{} went <i class=\"key near\"></i>{} stayed</figcaption>\n\
         <div class=\"field\">{}<svg viewBox=\"0 0 {} 100\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{name} by the share of their words that is covered\">\n{}</svg>{}</div>\n\
         <div class=\"ticks\" aria-hidden=\"true\">{}</div>\n{all}</figure>\n",
        grouped(n_gone),
        grouped(n_stayed),
        scale.lines(),
        scale.n_bars(),
        scale.bars(counts),
        limit.unwrap_or_default(),
        scale.ticks(),
    )
}
