//! Hard-wrapped text, written as it was before somebody wrapped it.

use std::borrow::Cow;

use super::passages;

/// The text with each passage in one line. A word that a hyphen parts at a line's end is put together where `is_word` says that the whole is one; else the hyphen stays.
pub fn unwrapped(text: &str, mut is_word: impl FnMut(&str) -> bool) -> Cow<'_, str> {
    let passages = passages(text);
    let is_wrapped = |bytes: std::ops::Range<usize>| text[bytes].contains('\n');
    if !passages.iter().any(|(bytes, _)| is_wrapped(bytes.range())) {
        return Cow::Borrowed(text);
    }
    let mut unwrapped = String::with_capacity(text.len());
    for (bytes, break_end) in passages {
        let mut lines = text[bytes.range()].lines();
        let mut passage = lines.next().unwrap_or_default().to_owned();
        for line in lines {
            push_line(&mut passage, line.trim_start(), &mut is_word);
        }
        unwrapped.push_str(&passage);
        unwrapped.push_str(&text[bytes.end as usize..break_end]);
    }
    Cow::Owned(unwrapped)
}

fn push_line(passage: &mut String, line: &str, is_word: &mut impl FnMut(&str) -> bool) {
    passage.truncate(passage.trim_end().len());
    let end = line.find(|c: char| !c.is_alphanumeric()).unwrap_or(line.len());
    if let Some(before) = passage.strip_suffix('-').filter(|_| line.starts_with(char::is_lowercase)) {
        let start = before
            .rfind(|c: char| !c.is_alphanumeric())
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        if start < before.len() && is_word(&format!("{}{}", &before[start..], &line[..end])) {
            passage.pop();
            return passage.push_str(line);
        }
    }
    if !passage.is_empty() && !line.is_empty() {
        passage.push(' ');
    }
    passage.push_str(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_text_has_a_passage_a_line_again() {
        let wrapped = "Die neue Brücke über den Fluss soll im kommenden Früh-\njahr für den Verkehr freigegeben werden, sagte die Land-\n\
            rätin am Montag. Die Bauarbeiten im Nord- und Südteil\ndauern an, die Kosten steigen nicht weiter, teilte das\nAmt mit.\n";
        let expected = "Die neue Brücke über den Fluss soll im kommenden Frühjahr für den Verkehr freigegeben werden, sagte die Land- rätin am Montag. Die \
            Bauarbeiten im Nord- und Südteil dauern an, die Kosten steigen nicht weiter, teilte das Amt mit.\n";
        assert_eq!(unwrapped(wrapped, |word| word == "Frühjahr"), expected);
        assert!(matches!(unwrapped(expected, |_| true), Cow::Borrowed(_)));
        for text in ["", "a\nb\n", "Ein Satz.\nNoch einer.\n\nUnd einer.\n"] {
            assert!(matches!(unwrapped(text, |_| true), Cow::Borrowed(_)), "{text:?}");
        }
    }
}
