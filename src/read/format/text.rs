//! Plain text: the file an article, or each line, or each block between blank lines.

use super::{FieldText, Record, TextField};
use crate::corpus::RecordId;
use crate::read::json::push_utf8;

/// What of a plain text is an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Articles {
    /// The whole file.
    #[default]
    File,
    /// Each line.
    Lines,
    /// What stands between blank lines.
    Blocks,
}

pub(super) fn read(raw: &[u8], name: &str, ends_in_crlf: bool) -> Record {
    let mut text = String::with_capacity(raw.len());
    let n_repaired = push_utf8(&mut text, raw);
    let texts = vec![FieldText { text, n_repaired, is_rewritten: false }];
    Record { id: RecordId(name.into()), texts, field: TextField::Whole { ends_in_crlf }, converted: None }
}
