//! A field of a table, written anew.

/// Adds `text` as a field. It is quoted if it was, or if it has to be.
pub(super) fn encode(text: &str, was_quoted: bool, delimiter: u8, output: &mut Vec<u8>) {
    let has_to_be = || text.bytes().any(|byte| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r'));
    if !was_quoted && !has_to_be() {
        return output.extend_from_slice(text.as_bytes());
    }
    output.push(b'"');
    output.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    output.push(b'"');
}
