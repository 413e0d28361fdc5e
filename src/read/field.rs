//! Which fields of a record are which.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::json::{self, Member};

/// Names that article texts usually have, the surest first: those of Scrapy spiders, news-please, newspaper4k, fundus, trafilatura, CC-News and others.
pub(super) const TEXT_NAMES: &[&str] = &[
    "text",
    "body",
    "content",
    "contents",
    "maintext",
    "article",
    "article_text",
    "articleBody",
    "article_body",
    "body_text",
    "fulltext",
    "full_text",
    "plain_text",
    "plaintext",
    "raw_text",
    "raw_content",
    "cleaned_text",
    "story",
    "document",
];
/// Names that records' ids usually have.
pub(super) const ID_NAMES: &[&str] = &["id", "_id", "doc_id", "article_id", "uuid", "guid", "uri", "url", "link"];

/// Names that records' addresses usually have.
pub(super) const URL_NAMES: &[&str] =
    &["url", "link", "uri", "source_url", "requested_url", "final_url", "canonical_url", "permalink", "page_url"];
/// Names that titles usually have.
pub(super) const TITLE_NAMES: &[&str] = &["title", "headline", "article_title", "page_title"];
/// Names that dates of publication usually have, then those of dates when a page was seen.
pub(super) const DATE_NAMES: &[&str] = &[
    "date",
    "date_publish",
    "publish_date",
    "published_date",
    "publishing_date",
    "publication_date",
    "published",
    "published_at",
    "publishedAt",
    "datePublished",
    "pub_date",
    "pubDate",
    "created_at",
    "timestamp",
    "date_download",
    "fetch_time",
    "crawl_date",
];
/// Names that records' sources usually have: hosts, sites, publishers.
pub(super) const SOURCE_NAMES: &[&str] = &[
    "host",
    "hostname",
    "source_domain",
    "domain",
    "netloc",
    "source",
    "site",
    "sitename",
    "site_name",
    "publisher",
    "outlet",
    "newspaper",
];

/// Names that records' languages usually have.
pub(super) const LANGUAGE_NAMES: &[&str] =
    &["lang", "language", "lang_code", "language_code", "langcode", "locale", "inLanguage"];

/// The fields that are read of a record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields {
    /// The fields that hold the text, in the order in which it reads; empty: the first of the usual names.
    pub text: Vec<FieldPath>,
    /// The field that holds the record's id; `None`: the first of the usual names.
    pub id: Option<FieldPath>,
    /// The field that holds its date; `None`: the first of the usual names.
    pub date: Option<FieldPath>,
    /// The field that holds its source; `None`: the first of the usual names.
    pub source: Option<FieldPath>,
    /// The field that holds its language, where anybody wants to know that.
    pub language: LanguageField,
}

/// Where a record says its language.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum LanguageField {
    /// Nobody wants to know.
    #[default]
    NotRead,
    /// The first of the usual names.
    Usual,
    /// This one.
    Named(FieldPath),
}

/// Whose a record is: its source, or else the host in its address.
pub(super) fn host(source: Option<String>, url: &str) -> Box<str> {
    let host_in = |url: &str| {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        host.rsplit('@').next().unwrap_or_default().trim_start_matches("www.").to_ascii_lowercase()
    };
    source.filter(|source| !source.is_empty()).unwrap_or_else(|| host_in(url)).into()
}

impl Fields {
    /// The columns that tell a record's source, its address and its date.
    pub(super) fn columns_about(&self, names: &[String]) -> [Option<usize>; 3] {
        let column = |path: &Option<FieldPath>, usual| {
            path.as_ref().map_or_else(|| usual_column(usual, names), |path| named_column(path, names))
        };
        [column(&self.source, SOURCE_NAMES), usual_column(URL_NAMES, names), column(&self.date, DATE_NAMES)]
    }

    /// The column that tells the language.
    pub(super) fn language_column(&self, names: &[String]) -> Option<usize> {
        match &self.language {
            LanguageField::NotRead => None,
            LanguageField::Usual => usual_column(LANGUAGE_NAMES, names),
            LanguageField::Named(path) => named_column(path, names),
        }
    }

    /// The columns that hold the text, of a table whose columns have these names.
    pub(super) fn text_columns(&self, names: &[String]) -> Option<Vec<usize>> {
        match &self.text[..] {
            [] => usual_column(TEXT_NAMES, names).map(|nth| vec![nth]),
            paths => paths.iter().map(|path| named_column(path, names)).collect(),
        }
    }

    /// The column that holds the record's id.
    pub(super) fn id_column(&self, names: &[String]) -> Option<usize> {
        self.id.as_ref().map_or_else(|| usual_column(ID_NAMES, names), |path| named_column(path, names))
    }

    /// Says which of the texts there is no field for, or no column: `kind` is what it is called.
    pub(super) fn no_text(&self, kind: &str, is_missing: impl Fn(&FieldPath) -> bool) -> String {
        let missing: Vec<String> = self.text.iter().filter(|path| is_missing(path)).map(|path| format!("\"{path}\"")).collect();
        match &missing[..] {
            [] => format!("no {kind} that texts usually stand in"),
            missing => format!("no {kind} {}", missing.join(", ")),
        }
    }
}

pub(super) fn named_column(path: &FieldPath, names: &[String]) -> Option<usize> {
    let wanted = path.to_string();
    names.iter().position(|name| *name == wanted)
}

fn usual_column(usual: &[&str], names: &[String]) -> Option<usize> {
    usual.iter().find_map(|usual| names.iter().position(|name| name.eq_ignore_ascii_case(usual)))
}

/// The way to a field: names and, for arrays, numbers, as in `article.body[0].text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldPath {
    pub(super) first: String,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Name(String),
    Nth(usize),
}

/// A text that is no way to a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldPathError(String);

impl fmt::Display for FieldPathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` names no field: write a name, or a way like article.body[0].text", self.0)
    }
}

impl std::error::Error for FieldPathError {}

impl FromStr for FieldPath {
    type Err = FieldPathError;

    fn from_str(text: &str) -> Result<Self, FieldPathError> {
        let wrong = || FieldPathError(text.to_owned());
        let mut steps = Vec::new();
        for part in text.split('.') {
            let (name, numbers) = part.find('[').map_or((part, ""), |at| part.split_at(at));
            if name.is_empty() {
                return Err(wrong());
            }
            steps.push(Step::Name(name.to_owned()));
            for number in numbers.split_inclusive(']') {
                let number = number.strip_prefix('[').and_then(|number| number.strip_suffix(']')).ok_or_else(wrong)?;
                steps.push(Step::Nth(number.parse().map_err(|_| wrong())?));
            }
        }
        let Step::Name(first) = steps.remove(0) else { return Err(wrong()) };
        Ok(Self { first, steps })
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.first)?;
        self.steps.iter().try_for_each(|step| match step {
            Step::Name(name) => write!(f, ".{name}"),
            Step::Nth(nth) => write!(f, "[{nth}]"),
        })
    }
}

/// Picks one field among an object's members as they go by.
pub(super) struct Picker<'a> {
    path: Option<&'a FieldPath>,
    usual: &'static [&'static str],
    /// Whether a number is as good as a text.
    takes_numbers: bool,
    /// The best found so far: its rank among the names, and its value.
    best: Option<(usize, Range<usize>)>,
}

impl<'a> Picker<'a> {
    /// Picks the field at `path`, or else the first that has a usual name.
    pub(super) fn new(path: Option<&'a FieldPath>, usual: &'static [&'static str]) -> Self {
        Self { path, usual, takes_numbers: false, best: None }
    }

    /// Picks a record's id.
    pub(super) fn id(fields: &'a Fields) -> Self {
        Self { takes_numbers: true, ..Self::new(fields.id.as_ref(), ID_NAMES) }
    }

    /// One for the language of a record, where anybody wants to know that.
    pub(super) fn language(fields: &'a Fields) -> Option<Self> {
        match &fields.language {
            LanguageField::NotRead => None,
            LanguageField::Usual => Some(Self::new(None, LANGUAGE_NAMES)),
            LanguageField::Named(path) => Some(Self::new(Some(path), LANGUAGE_NAMES)),
        }
    }

    /// One for each text of a record.
    pub(super) fn texts(fields: &'a Fields) -> Vec<Self> {
        match &fields.text[..] {
            [] => vec![Self::new(None, TEXT_NAMES)],
            paths => paths.iter().map(|path| Self::new(Some(path), TEXT_NAMES)).collect(),
        }
    }

    /// Looks at a member of the outermost object. Of members with one name, the last counts, as most programs read it.
    pub(super) fn see(&mut self, object: &[u8], member: &Member) {
        let key = &object[member.key.clone()];
        let is_fit = match object[member.value.start] {
            b'"' => true,
            b'-' | b'0'..=b'9' => self.takes_numbers,
            _ => false,
        };
        let rank = match self.path {
            Some(path) => is_name(key, &path.first).then_some(0),
            // A usual name with something else is taken only where there is no other.
            None => self
                .usual
                .iter()
                .position(|name| name.as_bytes() == key)
                .map(|nth| if is_fit { nth } else { nth + self.usual.len() }),
        };
        if let Some(rank) = rank.filter(|rank| self.best.as_ref().is_none_or(|(best, _)| rank <= best)) {
            self.best = Some((rank, member.value.clone()));
        }
    }

    /// The value picked, if there is one.
    pub(super) fn picked(self, object: &[u8]) -> Option<Range<usize>> {
        let (_, first) = self.best?;
        self.path.map_or(Some(first.clone()), |path| path.follow(object, first))
    }
}

impl FieldPath {
    /// The way to a field that has this name, dots and all.
    pub(super) fn of_name(name: &str) -> Self {
        Self { first: name.to_owned(), steps: Vec::new() }
    }

    /// Goes on from the value of the first step.
    fn follow(&self, text: &[u8], first: Range<usize>) -> Option<Range<usize>> {
        self.steps.iter().try_fold(first, |value, step| {
            let inside = &text[value.clone()];
            let found = match step {
                Step::Name(name) => {
                    let mut found = None;
                    json::read_object(inside, &mut |member| {
                        if is_name(&inside[member.key.clone()], name) {
                            found = Some(member.value);
                        }
                    })
                    .ok()?;
                    found?
                }
                Step::Nth(nth) if inside.starts_with(b"[") => json::elements(inside).get(*nth)?.clone(),
                Step::Nth(_) => return None,
            };
            Some(value.start + found.start..value.start + found.end)
        })
    }
}

fn is_name(key: &[u8], name: &str) -> bool {
    key == name.as_bytes() || key.contains(&b'\\') && json::decode(key).text == name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pick<'t>(path: Option<&str>, object: &'t str) -> Option<&'t str> {
        let path = path.map(|path| path.parse().expect("a path"));
        let mut picker = Picker::new(path.as_ref(), TEXT_NAMES);
        json::read_object(object.as_bytes(), &mut |member| picker.see(object.as_bytes(), &member)).expect("sound");
        picker.picked(object.as_bytes()).map(|range| &object[range])
    }

    #[test]
    fn a_text_is_found_by_its_usual_names_or_by_the_way_given() {
        for (path, object, value) in [
            (None, r#"{"content": 1, "text": 2, "body": 3}"#, Some("2")),
            (None, r#"{"title": 1}"#, None),
            (None, r#"{"text": null, "body": "a"}"#, Some("\"a\"")),
            (None, r#"{"meta": {"text": 1}, "body": 2}"#, Some("2")),
            (None, r#"{"text": 1, "text": 2}"#, Some("2")),
            (Some("title"), r#"{"text": 1, "title": 2}"#, Some("2")),
            (Some("a.b[1].c"), r#"{"a": {"b": [0, {"c": 7}]}}"#, Some("7")),
            (Some("a[0][1]"), r#"{"a": [[1, 2]]}"#, Some("2")),
            (Some("a.b"), r#"{"a": [1]}"#, None),
            (Some("a[5]"), r#"{"a": [1]}"#, None),
            (Some("ä"), r#"{"\u00e4": 4}"#, Some("4")),
        ] {
            assert_eq!(pick(path, object), value, "{path:?} in {object}");
        }
        for wrong in ["", "a..b", "[0]", "a[x]", "a[0", "a[0]b"] {
            assert!(wrong.parse::<FieldPath>().is_err(), "{wrong}");
        }
        assert_eq!("a.b[0].c".parse::<FieldPath>().expect("a path").to_string(), "a.b[0].c");
    }
}
