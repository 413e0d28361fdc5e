//! *Where does one thing end and the next begin?* Cleaned text to parts, passages, sentences and words.
//!
//! Pure functions of text; [`docs/definition.md`](https://docs.rs/crate/einmal) has the rules in prose.

mod abbreviation;
mod around;
mod line;
mod part;
mod passage;
mod sentence;
mod unwrap;
mod word;

pub use abbreviation::is_abbreviation;
pub use around::{Around, around};
pub use part::{PartSize, parts};
pub use passage::{ends_sentence, passages};
pub use sentence::sentences;
pub use unwrap::unwrapped;
pub use word::{for_each_word, is_default_ignorable};
