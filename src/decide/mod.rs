//! *What of this article was said before, and what becomes of it?* The definition, article by article.
//!
//! [`docs/definition.md`](https://docs.rs/crate/einmal) has it in prose, the oracle in `tests/oracle/` in the slow and obvious way. Here: [`coverage`](self) finds the words
//! that others' kept text covers, `own` remembers what is kept of the article itself, `verdict` goes through the verdicts, `receipt` names the
//! covering places, `record` puts the parts of a large text together again, `near` notes what stayed though much of it is covered, and `early` judges
//! articles whose batch is not settled yet.

mod coverage;
mod cuts;
mod early;
mod facts;
mod left;
mod near;
mod own;
mod passages;
mod receipt;
mod record;
mod rules;
mod verdict;

pub use early::judge_early;
pub use near::{Near, Notes, Scores, Stayed};
pub use receipt::{Receipt, Source};
pub use record::{RecordNear, RecordScores, RecordVerdict, Removed, record_verdict};
pub use rules::{Facts, LONG_PASSAGE, MinCut, NEAR, NEW_TEXT, Rules, Threshold, Updates, parse_percentage};
pub use verdict::{Article, Candidates, Judgement, Piece, Reason, Removal, Touched, Verdict, filtered, judge};
