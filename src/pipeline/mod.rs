//! *How does it all hang together?* Wires the stages and owns the threads.
//!
//! A batch at a time: read and take apart (`batch`), judge side by side, settle in order, learn (`judge`; of large records a few parts at a time, `large`), and write
//! meanwhile. While one batch is settled, the next is read and fingerprinted.

mod batch;
mod corpus_writer;
mod days;
mod estimate;
mod explain;
mod filtering;
mod indexing;
mod job;
mod judge;
mod large;
mod learning;
mod page;
mod room;
mod sharing;
mod sinks;
mod spill;
mod texts;
mod verify;
mod watch;
mod witness;

pub use estimate::estimate;
pub use explain::{Explaining, explain};
pub use job::run_job;
pub use judge::{Judge, Prepared};
pub use page::report_of_run;
pub use verify::verify_run;
