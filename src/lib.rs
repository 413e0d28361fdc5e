//! placeholder
pub mod corpus;
pub mod decide;
pub mod fingerprint;
pub mod index;
pub mod pipeline;
pub mod split;
pub mod read { /// x
pub const MAX_RECORD_LIMIT: u64 = 1<<32; }
