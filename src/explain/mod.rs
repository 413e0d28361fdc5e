//! *Why did this go, and why did that stay?* One article with what was taken out of it beside the text that covers it.

mod diff;

pub use diff::{Run, word_diff};
