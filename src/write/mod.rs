//! *What is left, in the form it came in?* Records to bytes, and bytes to where they belong.
//!
//! A file is written under another name and renamed when all is complete ([`atomic`](AtomicFile)), so a crash leaves the whole output or none.

mod atomic;
mod bulk;
mod compress;
mod csv;
mod framing;
mod jsonl;
mod output;
mod parquet;
mod record;
mod text;

pub use atomic::{AtomicFile, begin_commit, begin_removal};
pub use bulk::push_action;
pub use compress::Compression;
pub(crate) use csv::encode as encode_field;
pub use framing::Framing;
pub(crate) use jsonl::encode as encode_string;
pub use output::{Output, Outputs, Target, shared_output};
pub use parquet::TableWriter;
pub use record::{FIELDS_APART, Mark, Piece, joined, left_text, write_record};
pub use text::fit_text;
