//! The texts of a record, and what becomes of them when spans go or are masked.

use std::ops::Range;

use crate::write::FIELDS_APART;

/// The text of a record, and where each of its fields stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Texts {
    /// All of it.
    pub text: String,
    /// The fields, in order, [`FIELDS_APART`].
    pub fields: Vec<Range<usize>>,
}

/// A span of a record's text that is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Its bytes.
    pub span: Range<usize>,
    /// What stands there then.
    pub with: String,
}

impl Texts {
    /// The text of a record from those of its fields.
    pub fn of<T: AsRef<str>>(fields: impl IntoIterator<Item = T>) -> Self {
        let mut texts = Self::default();
        for field in fields {
            if !texts.fields.is_empty() {
                texts.text.push_str(FIELDS_APART);
            }
            let start = texts.text.len();
            texts.text.push_str(field.as_ref());
            texts.fields.push(start..texts.text.len());
        }
        texts
    }

    /// All of the text as that of one field.
    #[must_use]
    pub fn in_one_field(self) -> Self {
        Self { fields: std::iter::once(0..self.text.len()).collect(), text: self.text }
    }

    /// What stands in a span, if it lies inside the text and cuts no character.
    pub fn at(&self, span: [usize; 2]) -> Option<&str> {
        self.text.get(span[0]..span[1])
    }

    /// The texts with some spans replaced. They come in order, and each lies in one field.
    ///
    /// # Errors
    ///
    /// With the number of the first edit that is otherwise.
    pub fn edited(&self, edits: &[Edit]) -> Result<Self, usize> {
        let mut edited = Self::default();
        let mut edits = edits.iter().enumerate().peekable();
        for (nth, field) in self.fields.iter().enumerate() {
            if nth > 0 {
                edited.text.push_str(FIELDS_APART);
            }
            let start = edited.text.len();
            let mut at = field.start;
            while let Some((nth, edit)) = edits.next_if(|(_, edit)| edit.span.start <= field.end) {
                let is_sound = at <= edit.span.start && edit.span.start <= edit.span.end && edit.span.end <= field.end;
                let before = self.text.get(at..edit.span.start).filter(|_| is_sound && self.text.is_char_boundary(edit.span.end));
                edited.text.push_str(before.ok_or(nth)?);
                edited.text.push_str(&edit.with);
                at = edit.span.end;
            }
            edited.text.push_str(&self.text[at..field.end]);
            edited.fields.push(start..edited.text.len());
        }
        edits.next().map_or(Ok(edited), |(nth, _)| Err(nth))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(edits: &[(Range<usize>, &str)]) -> Result<Texts, usize> {
        let edits: Vec<Edit> = edits.iter().map(|(span, with)| Edit { span: span.clone(), with: (*with).to_owned() }).collect();
        Texts::of(["Kopf", "eins zwei", "Ä"]).edited(&edits)
    }

    #[test]
    fn spans_go_from_the_field_that_they_stand_in() {
        assert_eq!(edited(&[]), Ok(Texts::of(["Kopf", "eins zwei", "Ä"])));
        assert_eq!(edited(&[(0..4, ""), (6..11, ""), (17..19, "x")]), Ok(Texts::of(["", "zwei", "x"])));
        assert_eq!(edited(&[(4..4, "!"), (15..15, "!")]), Ok(Texts::of(["Kopf!", "eins zwei!", "Ä"])));
        for (edits, wrong) in [
            (&[(0..3, ""), (2..4, "")][..], 1), // one in the other
            (&[(0..3, ""), (0..3, "")], 1),     // twice
            (&[(6..8, ""), (0..3, "")], 1),     // in no order
            (&[(2..6, "")], 0),                 // over a field's end
            (&[(5..6, "")], 0),                 // between fields
            (&[(17..18, "")], 0),               // in a character
            (&[(17..99, "")], 0),               // after the end
        ] {
            assert_eq!(edited(edits), Err(wrong), "{edits:?}");
        }
    }
}
