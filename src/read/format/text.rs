//! Plain text: the file an article, or each line, or each block between blank lines.

use super::{FieldText, Record, TextField};
use crate::corpus::RecordName;

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
    let texts = vec![FieldText::of_bytes(raw)];
    let name = RecordName { id: name.into(), ..RecordName::default() };
    Record { name, texts, language: None, field: TextField::Whole { ends_in_crlf }, converted: None }
}
