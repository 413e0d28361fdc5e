//! *What are we talking about?* The vocabulary every stage shares: spans, passages, and where a record came from.

mod date;
mod passage;
mod provenance;
mod span;

pub use date::day_of;
pub use passage::Passage;
pub use provenance::{Place, RecordName};
pub use span::{ByteSpan, WordSpan};
