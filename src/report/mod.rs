//! *How did it go?* The summary at the end, progress on the way, and messages for people: the only part, besides `main`, that writes to standard error.

mod estimate;
mod log;
mod progress;
mod summary;

pub use self::log::{Verbosity, start_log};
pub(crate) use estimate::megabytes;
pub use estimate::{Amount, DiskNeed, Estimate, Lacking};
pub use progress::Progress;
pub use summary::Summary;
pub(crate) use summary::{grouped, peak_memory};
