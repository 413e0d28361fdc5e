//! Fields and rows of a table, written anew.

use crate::read::{COLUMNS, Values};

/// Adds a row of the usual columns ([`COLUMNS`]).
pub(super) fn push_values(values: &Values, text: &str, output: &mut Vec<u8>) {
    for column in 0..COLUMNS.len() {
        if column > 0 {
            output.push(b',');
        }
        encode(values.at(column, text), false, b',', output);
    }
}

/// Adds `text` as a field. It is quoted if it was, or if it has to be.
pub(crate) fn encode(text: &str, was_quoted: bool, delimiter: u8, output: &mut Vec<u8>) {
    let has_to_be = || text.bytes().any(|byte| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r'));
    if !was_quoted && !has_to_be() {
        return output.extend_from_slice(text.as_bytes());
    }
    output.push(b'"');
    output.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    output.push(b'"');
}
