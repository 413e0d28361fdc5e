//! placeholder
mod judge;
mod sharing;
pub use judge::{Judge, Prepared, Provisional, Settled};
