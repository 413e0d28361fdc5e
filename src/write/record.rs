//! A record as it is written: untouched byte for byte, touched only inside its text.

use std::ops::Range;

use super::{csv, jsonl};
use crate::corpus::ByteSpan;
use crate::read::TextField;

/// What `--mark` writes into a record instead of taking anything out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark(
    /// The value of the field `einmal`, as JSON.
    pub String,
);

/// The text of a field, among the texts of its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Its bytes in the record's text.
    pub bytes: ByteSpan,
    /// Whether it is another text than the one in the record as it was read.
    pub is_changed: bool,
}

impl Piece {
    /// What is left of the piece; `None` if it is what the record holds.
    pub fn left(&self, text: &str, removed: &[ByteSpan]) -> Option<String> {
        let removed = self.removed(removed);
        (self.is_changed || !removed.is_empty()).then(|| left_text(&text[self.bytes.range()], &removed))
    }

    /// What of `removed` is in the piece, counted from its start.
    fn removed(&self, removed: &[ByteSpan]) -> Vec<ByteSpan> {
        let Range { start, end } = self.bytes.range();
        let inside = |span: &ByteSpan| {
            let span = span.range();
            (span.start.clamp(start, end), span.end.clamp(start, end))
        };
        let clipped = removed.iter().map(inside).filter(|(from, to)| from < to);
        clipped.map(|(from, to)| ByteSpan::new(from - start, to - start)).collect()
    }
}

/// Adds a record to `output`, without what follows it ([`super::Framing`]). `raw` are its bytes, `text` is its cleaned text, of which the bytes of `removed` go; its `pieces` are
/// the texts of its fields, in the order of `field`.
pub fn write_record(
    output: &mut Vec<u8>,
    raw: &[u8],
    field: &TextField,
    text: &str,
    pieces: &[Piece],
    removed: &[ByteSpan],
    mark: Option<&Mark>,
) {
    // Records mostly get shorter: a large one is not moved on its way.
    output.reserve(raw.len());
    match field {
        TextField::Whole { ends_in_crlf } => {
            left_pieces(text, removed).for_each(|piece| output.extend_from_slice(piece.as_bytes()));
            push_return(*ends_in_crlf, output);
        }
        TextField::Columns(_) => unreachable!("rows have a writer of their own"),
        TextField::Values(values) => csv::push_values(values, &left_text(text, removed), output),
        TextField::Csv { fields, delimiter, ends_in_crlf } => {
            let edits = fields.iter().zip(pieces).filter_map(|(field, piece)| {
                let left = piece.left(text, removed)?;
                let write = move |output: &mut Vec<u8>| csv::encode(&left, field.is_quoted, *delimiter, output);
                Some((field.bytes.clone(), Box::new(write) as Edit<'_>))
            });
            push_edited(raw, edits.collect(), output);
            push_return(*ends_in_crlf, output);
        }
        TextField::Json { strings, object, mark: old_mark } => {
            let changed = strings.iter().zip(pieces).filter_map(|(string, piece)| {
                let removed = piece.removed(removed);
                let raw_text = &raw[string.clone()];
                if !piece.is_changed && removed.is_empty() {
                    return None;
                }
                let write = move |output: &mut Vec<u8>| {
                    if !piece.is_changed {
                        return jsonl::cut(raw_text, &removed, output);
                    }
                    let is_ascii = raw_text.is_ascii();
                    left_pieces(&text[piece.bytes.range()], &removed).for_each(|left| jsonl::encode(left, is_ascii, output));
                };
                Some((string.clone(), Box::new(write) as Edit<'_>))
            });
            let mut edits: Vec<_> = changed.collect();
            edits.extend(mark.map(|Mark(mark)| {
                let (bytes, field) = match old_mark {
                    Some(old) => (old.clone(), mark.clone()),
                    None => (object.end - 1..object.end - 1, format!(",\"einmal\":{mark}")),
                };
                (bytes, Box::new(move |output: &mut Vec<u8>| output.extend_from_slice(field.as_bytes())) as Edit<'_>)
            }));
            push_edited(raw, edits, output);
        }
    }
}

fn push_return(ends_in_crlf: bool, output: &mut Vec<u8>) {
    output.extend(ends_in_crlf.then_some(b'\r'));
}

/// Writes what takes the place of some bytes: right into the output, for it may be as large as the record.
type Edit<'a> = Box<dyn FnOnce(&mut Vec<u8>) + 'a>;

/// Adds `raw` with some of its bytes replaced by others.
fn push_edited(raw: &[u8], mut edits: Vec<(Range<usize>, Edit<'_>)>, output: &mut Vec<u8>) {
    edits.sort_by_key(|(bytes, _)| bytes.start);
    let mut at = 0;
    for (bytes, write) in edits {
        // A text inside an earlier run's mark goes with it.
        if let Some(before) = raw.get(at..bytes.start) {
            output.extend_from_slice(before);
            write(output);
            at = bytes.end;
        }
    }
    output.extend_from_slice(&raw[at..]);
}

/// What stands between the texts of several fields: an empty line.
pub const FIELDS_APART: &str = "\n\n";

/// The text of a record that stands in several fields, [`FIELDS_APART`]; each comes with whether it is another text than the one in the record.
pub fn joined(texts: impl IntoIterator<Item = (String, bool)>) -> (String, Vec<Piece>) {
    let mut texts = texts.into_iter();
    let (mut text, is_changed) = texts.next().unwrap_or_default();
    let mut pieces = vec![Piece { bytes: ByteSpan::new(0, text.len()), is_changed }];
    for (next, is_changed) in texts {
        text.push_str(FIELDS_APART);
        let start = text.len();
        text.push_str(&next);
        pieces.push(Piece { bytes: ByteSpan::new(start, text.len()), is_changed });
    }
    (text, pieces)
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
        written_with(&Fields::default(), line, cleaned, removed, mark)
    }

    fn written_with(
        fields: &Fields,
        line: &str,
        cleaned: Option<&str>,
        removed: &[(usize, usize)],
        mark: Option<&str>,
    ) -> String {
        let raw = RawRecord { bytes: 0..line.len(), number: 1, offset: 0, ends_in_crlf: false };
        let how =
            HowToRead { from: None, articles: Articles::File, fields: fields.clone(), html: None, max_record: 1000, to: None };
        let file = Arc::new(SourceFile { index: 0, name: String::new(), relative: PathBuf::new(), format: Format::Jsonl });
        let block = Block {
            file: Arc::clone(&file),
            bytes: line.as_bytes().to_vec().into(),
            rows: None,
            records: Vec::new(),
            bad: Vec::new(),
        };
        let record = file.read(&block, &raw, &how).expect("sound").expect("an article");
        let (text, mut pieces) = joined(record.texts.into_iter().map(|text| (text.text, false)));
        if let Some(cleaned) = cleaned {
            pieces = vec![Piece { bytes: ByteSpan::new(0, cleaned.len()), is_changed: true }];
        }
        let removed: Vec<_> = removed.iter().map(|&(start, end)| ByteSpan::new(start, end)).collect();
        let mut output = Vec::new();
        let mark = mark.map(|mark| Mark(mark.to_owned()));
        write_record(&mut output, line.as_bytes(), &record.field, cleaned.unwrap_or(&text), &pieces, &removed, mark.as_ref());
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
    fn a_text_of_several_fields_is_written_back_each_into_its_own() {
        let fields = Fields { text: ["t", "a.b", "x"].map(|path| path.parse().expect("a path")).to_vec(), ..Fields::default() };
        // "Kopf", "eins\nzwei" and an empty line between them.
        let line = r#"{"a":{"b":"eins\nzw\u0065i"},"x":null,"t":"Kopf"}"#;
        assert_eq!(written_with(&fields, line, None, &[], None), line);
        let without_zwei = r#"{"a":{"b":"eins"},"x":null,"t":"Kopf"}"#;
        assert_eq!(written_with(&fields, line, None, &[(10, 15)], None), without_zwei);
        let without_head = r#"{"a":{"b":"eins\nzw\u0065i"},"x":null,"t":"","einmal":1}"#;
        assert_eq!(written_with(&fields, line, None, &[(0, 6)], Some("1")), without_head);
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
