//! *Is it true what the receipts say?* Input, output and ledger compared, record by record.
//!
//! This shares how records are read, cleaned and split into words with the run that is checked, and nothing of how it decided:
//! neither [`crate::decide`] nor [`crate::index`] is used. What has to be so: the input's cleaned text less what the ledger says
//! is the output's, and the words of every span are either listed as lost or stand where its receipts say, in what was kept
//! before.

mod kept;
mod offence;
mod receipts;
mod record;
mod tally;
mod texts;
mod words;

pub use kept::KeptWords;
pub use offence::{Offence, Offences};
pub use record::{Accounted, Subject, account, check_receipts, marking};
pub use tally::Verified;
pub use texts::{Edit, Texts};
pub use words::{Word, is_in_parts, left_words, words_of};
