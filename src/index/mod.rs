//! *Does kept text already say this, and where first?* All that is remembered of the articles before.
//!
//! Kept words stand in one long array ([`KeptWords`]); tables lead into it, by anchor and by short passage. Nothing here samples or
//! forgets: what the tables answer is what the definition asks for, up to collisions of 64-bit hashes.

mod held_words;
mod kept_records;
mod kept_text;
mod lookup;
mod page;
mod prefetch;
mod records;
mod segment;
mod shards;
mod slot;
mod table;
mod tables;
mod words;

pub use kept_records::{EarlierRun, KeptRecords};
pub use kept_text::{Filling, KeptStream, KeptText, SettledShard, ShardFilling};
pub use records::KeptRecord;
pub use segment::{Segment, SegmentCounts, SegmentError, merge, merge_wanted, write_without};
pub use shards::{ByShard, N_SHARDS, Numbered, Spot, shard_of};
pub use tables::TableSize;
pub use words::{KeptWords, WordPlace};
