//! *Why did this go?* The receipts: a line of JSON for every span taken out, and for every update.

mod entry;

pub use entry::{Covering, Entry, LedgerText, Lost, Name, RawText, entries, reason_name};
