//! A record as it is written: untouched byte for byte, touched only inside its text.

use super::{csv, jsonl};
use crate::corpus::ByteSpan;
use crate::read::TextField;

/// What `--mark` writes into a record instead of taking anything out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark(
    /// The value of the field `einmal`, as JSON.
    pub String,
);

/// Adds a record to `output`, without what follows it ([`super::Framing`]). `raw` are its bytes, `text` is its cleaned text, of which the bytes of `removed` go.
///
/// `is_changed` tells whether cleaning made another text of it than the one that `raw` holds.
pub fn write_record(
    output: &mut Vec<u8>,
    raw: &[u8],
    field: &TextField,
    text: &str,
    is_changed: bool,
    removed: &[ByteSpan],
    mark: Option<&Mark>,
) {
    match field {
        TextField::Whole { ends_in_crlf } => {
            left_pieces(text, removed).for_each(|piece| output.extend_from_slice(piece.as_bytes()));
            if *ends_in_crlf {
                output.push(b'\r');
            }
        }
        TextField::Column => unreachable!("rows have a writer of their own"),
        TextField::Csv { field, is_quoted, delimiter, ends_in_crlf } => {
            output.extend_from_slice(&raw[..field.start]);
            if is_changed || !removed.is_empty() {
                csv::encode(&left_text(text, removed), *is_quoted, *delimiter, output);
            } else {
                output.extend_from_slice(&raw[field.clone()]);
            }
            output.extend_from_slice(&raw[field.end..]);
            if *ends_in_crlf {
                output.push(b'\r');
            }
        }
        TextField::Json { string, object, mark: old_mark } => {
            let before = &raw[..string.start];
            let raw_text = &raw[string.clone()];
            let mut text_out = Vec::new();
            if is_changed {
                let is_ascii = raw_text.is_ascii();
                left_pieces(text, removed).for_each(|piece| jsonl::encode(piece, is_ascii, &mut text_out));
            } else {
                jsonl::cut(raw_text, removed, &mut text_out);
            }
            let start = output.len();
            output.extend_from_slice(before);
            output.extend_from_slice(&text_out);
            output.extend_from_slice(&raw[string.end..]);
            if let Some(Mark(mark)) = mark {
                // What stands behind the text has moved by the difference in length.
                let moved = |at: usize| start + if at > string.start { at + text_out.len() - string.len() } else { at };
                match old_mark {
                    Some(old) => drop(output.splice(moved(old.start)..moved(old.end), mark.bytes())),
                    None => {
                        drop(output.splice(moved(object.end - 1)..moved(object.end - 1), format!(",\"einmal\":{mark}").bytes()))
                    }
                }
            }
        }
    }
}

/// What is left of `text` when the bytes of `removed` go.
pub fn left_text(text: &str, removed: &[ByteSpan]) -> String {
    left_pieces(text, removed).collect()
}

fn left_pieces<'a>(text: &'a str, removed: &'a [ByteSpan]) -> impl Iterator<Item = &'a str> {
    let starts = std::iter::once(0).chain(removed.iter().map(|span| span.end as usize));
    let ends = removed.iter().map(|span| span.start as usize).chain(std::iter::once(text.len()));
    starts.zip(ends).map(|(start, end)| &text[start..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{Articles, Block, Fields, Format, HowToRead, RawRecord, SourceFile};
    use std::path::PathBuf;
    use std::sync::Arc;

    fn written(line: &str, cleaned: Option<&str>, removed: &[(usize, usize)], mark: Option<&str>) -> String {
        let raw = RawRecord { bytes: 0..line.len(), number: 1, offset: 0, ends_in_crlf: false };
        let how = HowToRead { from: None, articles: Articles::File, fields: Fields::default(), html: None, max_record: 1000 };
        let file = Arc::new(SourceFile { index: 0, name: String::new(), relative: PathBuf::new(), format: Format::Jsonl });
        let block =
            Block { file: Arc::clone(&file), bytes: line.as_bytes().to_vec(), rows: None, records: Vec::new(), bad: Vec::new() };
        let record = file.read(&block, &raw, &how).expect("sound").expect("an article");
        let removed: Vec<_> = removed.iter().map(|&(start, end)| ByteSpan::new(start, end)).collect();
        let mut output = Vec::new();
        let mark = mark.map(|mark| Mark(mark.to_owned()));
        write_record(
            &mut output,
            line.as_bytes(),
            &record.field,
            cleaned.unwrap_or(&record.text),
            cleaned.is_some(),
            &removed,
            mark.as_ref(),
        );
        String::from_utf8(output).expect("the input was UTF-8")
    }

    #[test]
    fn a_record_changes_only_where_it_must() {
        let line = r#"{ "n":1.50e3, "text": "Gr\u00fc\u00dfe\nzwei\/drei\nvier" , "x":[] }"#;
        assert_eq!(written(line, None, &[], None), line);
        // "Grüße\n" is 8 bytes, "zwei/drei\n" the next 10.
        assert_eq!(written(line, None, &[(8, 18)], None), "{ \"n\":1.50e3, \"text\": \"Gr\\u00fc\\u00dfe\\nvier\" , \"x\":[] }");
        assert_eq!(written(line, None, &[(0, 8)], None), "{ \"n\":1.50e3, \"text\": \"zwei\\/drei\\nvier\" , \"x\":[] }");
        // A text that cleaning changed is written anew, in ASCII if it was.
        assert_eq!(
            written(line, Some("ü\"\u{1}😀"), &[], None),
            "{ \"n\":1.50e3, \"text\": \"\\u00fc\\\"\\u0001\\ud83d\\ude00\" , \"x\":[] }"
        );
        assert_eq!(written("{\"text\":\"ä\\tb\"}", Some("ö\tb"), &[(2, 3)], None), "{\"text\":\"öb\"}");
    }

    #[test]
    fn a_mark_is_added_or_replaced() {
        assert_eq!(written(r#"{"text":"a"} "#, None, &[], Some("{}")), "{\"text\":\"a\",\"einmal\":{}} ");
        assert_eq!(
            written(r#"{"text":"abc","einmal":1,"x":2}"#, Some("abcdef"), &[], Some("{}")),
            "{\"text\":\"abcdef\",\"einmal\":{},\"x\":2}"
        );
        assert_eq!(written(r#"{"einmal":1,"text":"abc"}"#, None, &[], Some("[2]")), "{\"einmal\":[2],\"text\":\"abc\"}");
    }
}
