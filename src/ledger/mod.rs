//! *Why did this go?* The receipts: a line of JSON for every span taken out, and for every update.

mod entry;
mod line;
mod near;
mod recorded;

pub use entry::{Covering, Entry, LedgerText, Lost, Name, RawText, ascii_escapes, covering, entries, reason_name};
pub use line::{Line, LineCover, LineKind, LineScores, LineStretch, Lines};
pub use near::ScoresShown;
pub use recorded::{Recorded, RunSettings};
