//! *Is what is left of an article worth keeping?* Quality filters, with limits by language.
//!
//! They come after deduplication: an article that says everything three times fails every filter of repetition, and is good text once. The rules are
//! those of Gopher and FineWeb, counted in einmal's words and passages; `limits.txt` has them with their values.

mod limits;
mod measure;

pub use limits::{Limits, LimitsError, Rule};

use crate::language::Language;

/// What becomes of an article that fails the filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Filter {
    /// Nobody looks.
    #[default]
    Off,
    /// It stays, and is told.
    Tag,
    /// It goes.
    Drop,
}

/// What the filter found out about an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The language whose limits it was held to; `None`: the limits for any.
    pub language: Option<Language>,
    /// The rules that it fails, in their order.
    pub failing: Vec<Rule>,
}

impl Finding {
    /// Holds a text to the limits of its language: the one that its record names, else the one that it looks to be in. A record is not believed where none of that language's
    /// stop words stand in the text, but those of the language that it looks to be in do.
    pub fn of(text: &str, named: Option<Language>, limits: &Limits) -> Self {
        let measured = measure::Measured::of(text);
        let fits = |language: &Language| limits.has_stop_words(*language, &measured);
        let language = named.filter(fits).or_else(|| Language::of(text).filter(fits)).or(named);
        Self { language, failing: limits.failing(language, &measured) }
    }
}
