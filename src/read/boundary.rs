//! Where a record ends, for formats whose records may hold line breaks. The scans can stop anywhere and go on with more bytes.

use memchr::{memchr, memchr2, memchr3};

/// Finds where a JSON object ends: brackets are counted, strings passed. Nothing else is checked.
#[derive(Debug, Default)]
pub(super) struct ObjectScan {
    depth: u64,
    is_in_string: bool,
    is_escaped: bool,
}

impl ObjectScan {
    /// Where the object ends, if it does so in `bytes`, which go on from where the last ones ended.
    pub(super) fn find_end(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            let found = match (self.is_escaped, self.is_in_string) {
                (true, _) => Some(0),
                (_, true) => memchr2(b'"', b'\\', &bytes[at..]),
                (_, false) => memchr3(b'"', b'{', b'}', &bytes[at..]),
            };
            at += found?;
            let byte = bytes[at];
            at += 1;
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = true,
                b'"' => self.is_in_string = !self.is_in_string,
                b'{' => self.depth += 1,
                _ => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(at);
                    }
                }
            }
        }
        None
    }
}

/// Finds where a row of a table ends: at a line break that stands outside quotes. A quote opens a field only at its start, and is written twice inside.
#[derive(Debug)]
pub(super) struct RowScan {
    delimiter: u8,
    at: RowPlace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowPlace {
    FieldStart,
    Plain,
    Quoted,
    /// After a quote in a quoted field: its end, or the first half of a quote.
    AfterQuote,
}

impl RowScan {
    pub(super) fn new(delimiter: u8) -> Self {
        Self { delimiter, at: RowPlace::FieldStart }
    }

    /// Where the line break stands that ends the row, if it does so in `bytes`, which go on from where the last ones ended.
    pub(super) fn find_end(&mut self, bytes: &[u8]) -> Option<usize> {
        self.find(bytes, |_| {})
    }

    /// Whether what came so far ends inside quotes.
    pub(super) fn is_in_quotes(&self) -> bool {
        self.at == RowPlace::Quoted
    }

    /// The same as [`Self::find_end`], and where the delimiters stand that end its fields.
    pub(super) fn find(&mut self, bytes: &[u8], mut field_ends: impl FnMut(usize)) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            at += match self.at {
                RowPlace::FieldStart | RowPlace::AfterQuote => 0,
                RowPlace::Plain => memchr2(self.delimiter, b'\n', &bytes[at..])?,
                RowPlace::Quoted => memchr(b'"', &bytes[at..])?,
            };
            self.at = match (bytes[at], self.at) {
                (_, RowPlace::Quoted) => RowPlace::AfterQuote,
                (b'"', RowPlace::FieldStart | RowPlace::AfterQuote) => RowPlace::Quoted,
                (b'\n', _) => {
                    self.at = RowPlace::FieldStart;
                    return Some(at);
                }
                (byte, _) if byte == self.delimiter => {
                    field_ends(at);
                    RowPlace::FieldStart
                }
                _ => RowPlace::Plain,
            };
            at += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_object_ends_with_its_last_bracket() {
        for (text, end) in
            [("{} {}", Some(2)), (r#"{"a":{"b":"}\"}"}},"#, Some(18)), (r#"{"a\\":"{"}x"#, Some(11)), (r#"{"a":"}"#, None)]
        {
            for piece in 1..text.len() {
                let mut scan = ObjectScan::default();
                let mut start = 0;
                let found = text.as_bytes().chunks(piece).find_map(|bytes| {
                    let end = scan.find_end(bytes).map(|end| start + end);
                    start += bytes.len();
                    end
                });
                assert_eq!(found, end, "{text} in pieces of {piece}");
            }
        }
    }

    proptest! {
        #[test]
        fn rows_end_where_the_csv_crate_ends_them(text in "[ab,\"\n ]{0,40}", piece in 1..9_usize) {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).terminator(csv::Terminator::Any(b'\n')).from_reader(text.as_bytes());
            let mut starts: Vec<usize> = Vec::new();
            let mut record = csv::ByteRecord::new();
            while reader.read_byte_record(&mut record).expect("memory can be read") {
                starts.push(record.position().expect("it was read").byte() as usize);
            }
            let mut ours = vec![];
            let (mut scan, mut row_start, mut from) = (RowScan::new(b','), 0, 0);
            while from < text.len() {
                let to = (from + piece).min(text.len());
                match scan.find_end(&text.as_bytes()[from..to]) {
                    Some(end) => {
                        // The crate passes empty lines.
                        if from + end > row_start {
                            ours.push(row_start);
                        }
                        from += end + 1;
                        row_start = from;
                    }
                    None => from = to,
                }
            }
            if row_start < text.len() {
                ours.push(row_start);
            }
            // A row's position is told from before the empty lines that precede it.
            let starts: Vec<usize> = starts.into_iter().map(|start| start + text[start..].bytes().take_while(|&byte| byte == b'\n').count()).collect();
            prop_assert_eq!(ours, starts);
        }
    }
}
