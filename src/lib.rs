//! **einmal** (German: "once") reads scraped news dumps, cleans the text, finds every passage that an earlier kept text already says, and writes the
//! corpus without it, with a receipt for every word that it took out.
//!
//! This crate is the program's library; its API serves the program and its tests, and may change with any release.
//!
//! # The journey
//!
//! ```text
//! read -> clean -> split -> fingerprint -> decide -> write        (index and store serve decide; ledger and report watch all)
//! ```
//!
//! A stage may know the stages before it, never those after it. Nothing from [`clean`] to [`decide`] knows the command line, threads, files or the terminal; these
//! stages return values, not errors: odd text is data. [`pipeline`] wires them, and is the only one that knows threads.
//! [`verify`], [`restore`], [`explain`] and [`retune`] come when a run is over: they read what it wrote.
//!
//! [`filter`] and [`language`] are functions of a text alone, like the stages in the middle; the pipeline asks them where that is wanted.
//!
//! # The laws
//!
//! 1. Nothing is lost: every span taken out names the kept text that covers it, and what nothing covers is counted and listed.
//! 2. One answer, whatever the threads, batches, compression, or spread over files.
//! 3. Records come out in order; what is not touched comes out byte for byte.
//! 4. Layout hides no copy.
//! 5. Nobody has to guess a size.
//! 6. Bad input neither stops a run nor vanishes.
//!
//! What exactly is taken out is defined in `docs/definition.md`; `tests/oracle/` spells it out in slow, obvious code that the engine has to agree with.

mod block;

pub mod boilerplate;
pub mod clean;
pub mod corpus;
pub mod decide;
pub mod error;
pub mod exit;
pub mod explain;
pub mod filter;
pub mod fingerprint;
pub mod index;
pub mod language;
pub mod ledger;
pub mod pipeline;
mod processor;
pub mod read;
pub mod report;
pub mod restore;
pub mod retune;
pub mod settings;
pub mod sorting;
pub mod split;
pub mod store;
pub mod verify;
pub mod write;
