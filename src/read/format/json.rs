//! JSON objects: each a line (JSON Lines), or in an array or one after another, over as many lines as they like.

use super::{FieldText, Problem, Record, TextField, shown_names};
use crate::corpus::RecordName;
use crate::language::Language;
use crate::read::bad::BadReason;
use crate::read::field::{DATE_NAMES, Fields, Picker, SOURCE_NAMES, URL_NAMES, host};
use crate::read::json::{decode, read_object};

/// How much of a value a message shows.
const N_CHARS_SHOWN: usize = 20;
const NAME_THE_FIELD: &str = "name the field with --field, as a name or a way like article.body[0].text";

pub(super) fn read(line: &[u8], fields: &Fields) -> Result<Record, Problem> {
    let mut texts = Picker::texts(fields);
    let mut id = Picker::id(fields);
    let mut source = Picker::new(fields.source.as_ref(), SOURCE_NAMES);
    let mut url = Picker::new(None, URL_NAMES);
    let mut date = Picker::new(fields.date.as_ref(), DATE_NAMES);
    let mut language = Picker::language(fields);
    let mut mark = None;
    let object = read_object(line, &mut |member| {
        texts.iter_mut().for_each(|text| text.see(line, &member));
        id.see(line, &member);
        source.see(line, &member);
        url.see(line, &member);
        date.see(line, &member);
        if let Some(language) = &mut language {
            language.see(line, &member);
        }
        if &line[member.key.clone()] == b"einmal" {
            mark = Some(member.value);
        }
    })
    .map_err(|error| problem(BadReason::InvalidJson, format!("invalid JSON: {error}"), None))?;
    if line[object.start] != b'{' {
        return Err(problem(BadReason::NoObject, "a JSON value, but not an object with fields".to_owned(), None));
    }
    let may_be_missing = texts.len() > 1;
    let mut strings = Vec::with_capacity(1);
    for value in texts.into_iter().filter_map(|text| text.picked(line)) {
        match line[value.start] {
            b'"' => strings.push(value.start + 1..value.end - 1),
            b'n' if may_be_missing => {}
            _ => return Err(no_string(&line[value])),
        }
    }
    if strings.is_empty() {
        return Err(no_text_field(line, fields));
    }
    let texts = strings.iter().map(|string| FieldText::of_json(&line[string.clone()])).collect();
    let plain = |picker: Picker<'_>| picker.picked(line).map(|value| plain_value(&line[value]));
    let known = |picker| plain(picker).unwrap_or_default().into_boxed_str();
    let url = known(url);
    let source = host(plain(source), &url);
    let name = RecordName { id: known(id), url, date: known(date), source };
    let language = language.and_then(plain).and_then(|tag| Language::named(&tag));
    Ok(Record { name, texts, language, field: TextField::Json { strings, object, mark }, converted: None })
}

/// The texts of a JSON object, as they stand there; `None` if it is none, or has none.
pub(crate) fn text_of_json(object: &[u8], fields: &Fields) -> Option<Vec<String>> {
    read(object, fields).ok().map(|record| record.texts.into_iter().map(|text| text.text).collect())
}

fn no_string(value: &[u8]) -> Problem {
    let mut shown: String = String::from_utf8_lossy(value).chars().take(N_CHARS_SHOWN).collect();
    if value.len() > shown.len() {
        shown.push_str(" ...");
    }
    problem(BadReason::TextIsNoString, format!("the text is {shown}, not a string"), Some(NAME_THE_FIELD))
}

fn problem(reason: BadReason, detail: String, hint: Option<&'static str>) -> Problem {
    Problem { reason, detail, hint }
}

fn no_text_field(line: &[u8], fields: &Fields) -> Problem {
    let mut names = Vec::new();
    let sound = read_object(line, &mut |member| names.push(decode(&line[member.key]).text));
    debug_assert!(sound.is_ok(), "it was read a moment ago");
    let hint = Some(if fields.text.is_empty() { NAME_THE_FIELD } else { "name one of these fields with --field" });
    problem(BadReason::NoTextField, format!("{} (its fields: {})", fields.no_text("field", |_| true), shown_names(&names)), hint)
}

/// A string as it reads, a number as it stands; of other values nothing.
pub(super) fn plain_value(value: &[u8]) -> String {
    match value.first() {
        Some(b'"') => decode(&value[1..value.len() - 1]).text,
        Some(b'-' | b'0'..=b'9') => String::from_utf8_lossy(value).into_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str) -> Result<(String, String), String> {
        read(line.as_bytes(), &Fields::default())
            .map(|record| (record.name.id.into(), record.texts.into_iter().map(|text| text.text).collect::<Vec<_>>().join("|")))
            .map_err(|problem| problem.detail)
    }

    #[test]
    fn a_line_is_read_or_named_with_what_is_wrong() {
        for (line, expected) in [
            (r#"{"id": 7, "text": "a\nb"}"#, Ok(("7", "a\nb"))),
            (r#"{"url": "http://x/7", "id": 7, "text": "a"}"#, Ok(("7", "a"))),
            (r#"{"url": "http://x/\u00fc", "body": ""}"#, Ok(("http://x/ü", ""))),
            (r#"{"id": null, "text": "a"}"#, Ok(("", "a"))),
            (r#"["text"]"#, Err("a JSON value, but not an object with fields")),
            (r#"{"title": "a", "n": 1}"#, Err("no field that texts usually stand in (its fields: title, n)")),
            (r#"{}"#, Err("no field that texts usually stand in (its fields: none)")),
            (r#"{"text": null}"#, Err("the text is null, not a string")),
            (r#"{"text": "a""#, Err("invalid JSON: expected `,` or `}` at byte 13")),
        ] {
            let expected = expected.map(|(id, text)| (id.to_owned(), text.to_owned())).map_err(str::to_owned);
            assert_eq!(check(line), expected, "{line}");
        }
    }

    #[test]
    fn an_earlier_mark_is_found() {
        let line = br#"{"text": "a", "einmal": {"verdict": "keep"}}"#;
        let Ok(Record { field: TextField::Json { mark: Some(mark), .. }, .. }) = read(line, &Fields::default()) else {
            panic!("the mark was not found");
        };
        assert_eq!(&line[mark], br#"{"verdict": "keep"}"#);
    }
}
