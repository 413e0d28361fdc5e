//! A passage: what is kept or taken out as one.

use super::{ByteSpan, WordSpan};

/// A line of the text (or several, in hard-wrapped text), the empty ones too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passage {
    /// The passage without the line break that ends it.
    pub bytes: ByteSpan,
    /// First byte after the line break that ends the passage; equals `bytes.end` where none does.
    pub break_end: u32,
    /// Its words, in the article's stream.
    pub words: WordSpan,
}
