//! Progress on a terminal: the only user of indicatif.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that tells how far a run is. Where standard error is no terminal, it is never seen.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar for a run that reads `n_bytes`, if that is known.
    pub fn new(n_bytes: Option<u64>, is_wanted: bool) -> Self {
        if !is_wanted || !std::io::stderr().is_terminal() {
            return Self { bar: ProgressBar::hidden() };
        }
        let bar = ProgressBar::with_draw_target(n_bytes, ProgressDrawTarget::stderr());
        let template = match n_bytes {
            Some(_) => "{bar:24} {bytes} of {total_bytes} ({bytes_per_sec}, {eta} left) {msg}",
            None => "{spinner} {bytes} ({bytes_per_sec}) {msg}",
        };
        bar.set_style(ProgressStyle::with_template(template).expect("the template is sound"));
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar }
    }

    /// Shows how far the run is.
    pub fn show(&self, n_bytes: u64, n_articles: u64, words_out: u64, words_in: u64) {
        if !self.bar.is_hidden() {
            self.bar.set_position(n_bytes);
            let percent = 100.0 * (words_in - words_out) as f64 / words_in.max(1) as f64;
            self.bar.set_message(format!("{n_articles} articles, {percent:.1} % of words taken out"));
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
