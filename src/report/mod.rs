//! *How did it go?* The summary at the end, progress on the way, and messages for people: the only part, besides `main`, that writes to standard error.

mod agencies;
mod alarms;
mod breakdown;
mod copied;
mod estimate;
mod examples;
mod figures;
mod log;
mod page;
mod progress;
mod summary;

pub use self::log::{Verbosity, start_log};
pub use alarms::{Alarm, EarlierShare, Estimated};
pub use breakdown::{Breakdown, InputShare, Parts, Share, SourceShare};
pub use copied::{Copied, CopiedText, KeptWords};
pub(crate) use estimate::megabytes;
pub use estimate::{Amount, DiskNeed, Estimate, Lacking};
pub use examples::{Example, Examples, Source};
pub use figures::{Distribution, Figures, Told};
pub use page::{Numbers, Page};
pub use progress::Progress;
pub use summary::Summary;
pub(crate) use summary::{grouped, peak_memory};

/// How a text begins, on one line: so many characters of it at most.
fn excerpt(text: &str, most: usize) -> String {
    let mut shown = String::new();
    let mut n_chars = 0;
    for word in text.split_whitespace() {
        let n_more = word.chars().count() + usize::from(n_chars > 0);
        if n_chars + n_more > most {
            if n_chars == 0 {
                shown.extend(word.chars().take(most));
            }
            shown.push('…');
            break;
        }
        if n_chars > 0 {
            shown.push(' ');
        }
        shown.push_str(word);
        n_chars += n_more;
    }
    shown
}

/// The last place between two characters of a text that is not after byte `at`.
fn char_floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_ends_between_words() {
        for (text, most, expected) in [
            (" Ein Satz.\nNoch einer. ", 30, "Ein Satz. Noch einer."),
            ("Ein Satz.\nNoch einer.", 14, "Ein Satz. Noch…"),
            ("Ein Satz.", 5, "Ein…"),
            ("Überschrift", 4, "Über…"),
            ("", 4, ""),
        ] {
            assert_eq!(excerpt(text, most), expected);
        }
    }
}
