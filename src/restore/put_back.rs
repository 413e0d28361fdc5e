//! Spans back into the texts that they were taken out of.

use crate::ledger::Line;
use crate::read::raw_places;
use crate::write::{FIELDS_APART, encode_string};

/// The text of a field of the output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// As it reads.
    pub(super) text: String,
    /// As it stands in a JSON string, if it does.
    pub(super) raw: Option<Vec<u8>>,
}

/// Why a span cannot be put back.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Misfit {
    /// The line has no text.
    NoText,
    /// The line with this number tells of a place that isn't there.
    NoPlace(u64),
}

/// Puts the texts of `lines`, which are in order, back to where they stood: into JSON strings as the lines say that they were escaped.
pub(super) fn put_back(parts: &mut [Part], lines: &[&Line]) -> Result<(), Misfit> {
    let mut lines = lines.iter().peekable();
    let mut start = 0;
    for part in parts {
        let mut inserts: Vec<(usize, &Line)> = Vec::new();
        let mut grown = 0;
        while let Some(line) = lines.next_if(|line| line.span[0] <= start + part.text.len() + grown) {
            let text = line.text.as_deref().ok_or(Misfit::NoText)?;
            let place = line.span[0].checked_sub(start + grown).filter(|&at| {
                let is_after_last = inserts.last().is_none_or(|(last, _)| *last <= at);
                is_after_last && part.text.is_char_boundary(at) && text.len() == line.span[1].saturating_sub(line.span[0])
            });
            inserts.push((place.ok_or(Misfit::NoPlace(line.number))?, line));
            grown += text.len();
        }
        part.insert(&inserts);
        start += part.text.len() + FIELDS_APART.len();
    }
    lines.next().map_or(Ok(()), |line| Err(Misfit::NoPlace(line.number)))
}

impl Part {
    fn insert(&mut self, inserts: &[(usize, &Line)]) {
        if inserts.is_empty() {
            return;
        }
        if let Some(raw) = &mut self.raw {
            let places = raw_places(raw, inserts.iter().map(|(at, _)| *at));
            let escaped = |line: &Line| match &line.raw {
                Some(raw) => raw.clone().into_bytes(),
                None => {
                    let mut escaped = Vec::new();
                    encode_string(line.text.as_deref().unwrap_or_default(), false, &mut escaped);
                    escaped
                }
            };
            *raw = joined(raw, places.into_iter().zip(inserts).map(|(at, (_, line))| (at, escaped(line))));
        }
        let texts = inserts.iter().map(|(at, line)| (*at, line.text.clone().unwrap_or_default().into_bytes()));
        let text = joined(self.text.as_bytes(), texts);
        self.text = String::from_utf8(text).expect("whole texts stand between whole characters");
    }
}

/// Some bytes with others put in between.
fn joined(bytes: &[u8], inserts: impl Iterator<Item = (usize, Vec<u8>)>) -> Vec<u8> {
    let mut joined = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for (place, insert) in inserts {
        joined.extend_from_slice(&bytes[at..place]);
        joined.extend(insert);
        at = place;
    }
    joined.extend_from_slice(&bytes[at..]);
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u64, start: usize, text: &str, raw: Option<&str>) -> Line {
        let line = serde_json::json!({"file": "a", "record": 1, "reason": "passage", "span": [start, start + text.len()],
            "words": 0, "covered": 0, "words_lost": 0, "text": text, "raw": raw});
        Line { number, ..serde_json::from_value(line).expect("this is a line") }
    }

    #[test]
    fn spans_stand_again_where_they_stood() {
        // "Kopf", an empty line, "Ä eins zwei", an empty line, "Ende".
        let mut parts = ["", "Ä zwei", "En"].map(|text| Part { text: text.to_owned(), raw: None });
        parts[1].raw = Some(b"\\u00c4 zwei".to_vec());
        let lines = [line(1, 0, "Kopf", None), line(2, 9, "eins ", Some("\\u0065ins ")), line(3, 22, "de", None)];
        assert_eq!(put_back(&mut parts, &lines.iter().collect::<Vec<_>>()), Ok(()));
        assert_eq!(parts.each_ref().map(|part| part.text.as_str()), ["Kopf", "Ä eins zwei", "Ende"]);
        assert_eq!(parts[1].raw.as_deref(), Some(&b"\\u00c4 \\u0065ins zwei"[..]));
        for (start, misfit) in [(1, Misfit::NoPlace(7)), (99, Misfit::NoPlace(7))] {
            let mut parts = [Part { text: "Ä".to_owned(), raw: None }];
            assert_eq!(put_back(&mut parts, &[&line(7, start, "x", None)]), Err(misfit));
        }
        let textless = Line { text: None, ..line(1, 0, "x", None) };
        assert_eq!(put_back(&mut [Part { text: String::new(), raw: None }], &[&textless]), Err(Misfit::NoText));
    }
}
