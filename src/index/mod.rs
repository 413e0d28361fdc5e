//! *Does kept text already say this, and where first?* All that is remembered of the articles before.
//!
//! Kept words stand in one long array ([`KeptWords`]); tables lead into it, by anchor and by short passage. Nothing here samples or
//! forgets: what the tables answer is what the definition asks for, up to collisions of 64-bit hashes.

mod kept_text;
mod records;
mod table;
mod tables;
mod words;

pub use kept_text::{Filling, KeptStream, KeptText};
pub use records::{KeptRecord, Records};
pub use tables::TableSize;
pub use words::{KeptWords, WordPlace};
