//! Layout hides no copy: an article that says the same goes, however it is laid out, alone or inside another.

use serde_json::Value;

use crate::harness::{Folder, jsonl, sample_text};
use crate::layout::{LAYOUTS, Layout, flat};
use crate::traced::words;

/// Articles in five languages. In upper case, Turkish loses its dotless i, which is not promised to be found.
const ARTICLES: [&str; 6] = ["n01", "n02", "n08", "n20", "n22", "n24"];
const TURKISH: &str = "n26";

fn text_of(id: &str) -> String {
    let night = sample_text("night.jsonl");
    let records = night.lines().map(|line| serde_json::from_str::<Value>(line).expect("the sample is sound"));
    let text =
        records.into_iter().find(|record| record["id"] == id).map(|record| record["text"].as_str().expect("a text").to_owned());
    text.expect("the sample has this record")
}

/// An article that is to be said again.
struct Copy {
    /// What messages call it.
    name: String,
    original: String,
    /// How the copy is laid out.
    layout: Layout,
}

impl Copy {
    fn text(&self) -> String {
        (self.layout)(&self.original)
    }

    /// The copy without its headline. A headline of fewer than 8 words stays with a passage before it that stays.
    fn body(&self) -> String {
        (self.layout)(self.original.split_once('\n').expect("the samples have headlines").1)
    }

    /// Whether there are line breaks within its passages. Beside text of another layout they can look like borders.
    fn has_new_borders(&self) -> bool {
        self.is_wrapped() || self.name.contains("a line each sentence")
    }

    fn is_wrapped(&self) -> bool {
        self.name.contains("hard-wrapped")
    }
}

/// Every article in every layout.
fn copies() -> impl Iterator<Item = Copy> {
    ARTICLES.into_iter().chain([TURKISH]).flat_map(|id| {
        let original = text_of(id);
        let fits = move |name: &str| id != TURKISH || name != "in upper case";
        LAYOUTS.into_iter().filter(move |(name, _)| fits(name)).map(move |(name, layout)| Copy {
            name: format!("{id} {name}"),
            original: original.clone(),
            layout,
        })
    })
}

/// What is left of the texts after the first, if anything is.
#[track_caller]
fn left_of(folder: &Folder, options: &[&str], texts: &[&str]) -> Vec<Option<String>> {
    folder.write("dump.jsonl", jsonl((0..).map(|n: u32| n.to_string()).zip(texts)));
    let outcome = folder.dedup([&["dump.jsonl"], options].concat()).run();
    outcome.exits(0);
    let left: Vec<Value> = outcome.stdout_text().lines().map(|line| serde_json::from_str(line).expect("it was JSON")).collect();
    let find = |n: usize| {
        left.iter()
            .find(|record| record["id"].as_str() == Some(n.to_string().as_str()))
            .map(|record| record["text"].as_str().expect("a text").to_owned())
    };
    assert_eq!(find(0).as_deref().map(words), Some(words(texts[0])), "the first stays");
    (1..texts.len()).map(find).collect()
}

const SETTINGS: [&[&str]; 3] = [&[], &["--clean", "off"], &["--lossless"]];

#[test]
fn a_copy_in_another_layout_goes() {
    let folder = Folder::new();
    for copy in copies() {
        for options in SETTINGS {
            assert_eq!(left_of(&folder, options, &[&copy.original, &copy.text()]), [None], "{} {options:?}", copy.name);
        }
    }
}

#[test]
fn an_article_goes_when_it_comes_after_its_copy_in_another_layout() {
    let folder = Folder::new();
    for copy in copies() {
        for options in SETTINGS {
            assert_eq!(left_of(&folder, options, &[&copy.text(), &copy.original]), [None], "{} {options:?}", copy.name);
        }
    }
}

#[test]
fn all_layouts_of_an_article_are_copies_of_the_first() {
    let folder = Folder::new();
    for id in ARTICLES {
        let original = text_of(id);
        let copies: Vec<String> = LAYOUTS.iter().map(|(_, layout)| layout(&original)).collect();
        let texts: Vec<&str> = copies.iter().map(String::as_str).collect();
        for options in SETTINGS {
            assert!(left_of(&folder, options, &texts).iter().all(Option::is_none), "{id} {options:?}");
        }
    }
}

/// Paragraphs of another article, to stand around a copy.
fn host() -> (String, String) {
    let text = text_of("n09");
    let middle = text.lines().count() / 2;
    let lines: Vec<&str> = text.lines().collect();
    (lines[..middle].join("\n"), lines[middle..].join("\n"))
}

/// Checks that of a text that holds a copy between `before` and `after` just those are left.
#[track_caller]
fn assert_gone(left: Option<&str>, before: &str, after: &str, what: &str) {
    assert_eq!(words(left.unwrap_or_default()), words(&format!("{before}\n{after}")), "{what}");
}

#[test]
fn a_copy_among_the_passages_of_another_article_goes() {
    let folder = Folder::new();
    let (before, after) = host();
    for copy in copies().filter(|copy| !copy.has_new_borders()) {
        for options in SETTINGS {
            let left = left_of(&folder, options, &[&copy.original, &format!("{before}\n{}\n{after}", copy.body())]);
            assert_gone(left[0].as_deref(), &before, &after, &format!("{} {options:?}", copy.name));
        }
    }
}

#[test]
fn a_copy_at_the_start_or_the_end_of_another_article_goes() {
    let folder = Folder::new();
    let own = text_of("n09");
    for copy in copies().filter(|copy| !copy.has_new_borders()) {
        let at_start = left_of(&folder, &[], &[&copy.original, &format!("{}\n{own}", copy.text())]);
        assert_gone(at_start[0].as_deref(), "", &own, &copy.name);
        let at_end = left_of(&folder, &[], &[&copy.original, &format!("{own}\n{}", copy.body())]);
        assert_gone(at_end[0].as_deref(), &own, "", &copy.name);
    }
}

#[test]
fn a_copy_goes_from_a_text_that_is_wrapped_with_it() {
    let folder = Folder::new();
    let (before, after) = host();
    for copy in copies().filter(Copy::is_wrapped) {
        for options in SETTINGS {
            let mixed = format!("{}\n{}\n{}", (copy.layout)(&before), copy.body(), (copy.layout)(&after));
            let left = left_of(&folder, options, &[&copy.original, &mixed]);
            assert_gone(left[0].as_deref(), &before, &after, &format!("{} {options:?}", copy.name));
        }
    }
}

#[test]
fn of_a_copy_with_new_borders_a_few_words_at_its_ends_may_stay() {
    let folder = Folder::new();
    let (before, after) = host();
    // Narrow lines are short passages where the text around them is not wrapped.
    for copy in copies().filter(|copy| copy.has_new_borders() && !copy.name.contains("at 50")) {
        for options in SETTINGS {
            let left = left_of(&folder, options, &[&copy.original, &format!("{before}\n{}\n{after}", copy.body())]);
            let left = words(left[0].as_deref().unwrap_or_default());
            let (before, after, body) = (words(&before), words(&after), words(&copy.body()));
            assert!(left.starts_with(&before) && left.ends_with(&after), "{} {options:?}: {left:?}", copy.name);
            let rest = &left[before.len()..left.len() - after.len()];
            let are_ends = |n: usize| n < 8 && rest.len() - n < 8 && body.starts_with(&rest[..n]) && body.ends_with(&rest[n..]);
            assert!((0..=rest.len()).any(are_ends), "{} {options:?}: {rest:?} is left of the copy", copy.name);
        }
    }
}

#[test]
fn a_short_headline_of_a_copy_stays_with_what_stands_before_it() {
    let folder = Folder::new();
    let (before, after) = host();
    for id in ARTICLES {
        let original = text_of(id);
        let headline = original.lines().next().expect("it has one");
        let left = left_of(&folder, &[], &[&original, &format!("{before}\n{original}\n{after}")]);
        let stays = if words(headline).len() < 8 { format!("{headline}\n") } else { String::new() };
        assert_eq!(left[0].as_deref(), Some(format!("{before}\n{stays}{after}").as_str()), "{id}");
    }
}

#[test]
fn a_copy_within_a_line_of_another_article_goes() {
    let folder = Folder::new();
    let (before, after) = host();
    let (before, after) = (flat(&before), flat(&after));
    for copy in copies() {
        for options in SETTINGS {
            let mixed = format!("{before} {} {after}", flat(&copy.text().replace('\r', "")));
            let left = left_of(&folder, options, &[&copy.original, &mixed]);
            let left = left[0].as_deref().unwrap_or_default();
            assert_eq!(words(left), words(&format!("{before} {after}")), "{} {options:?}", copy.name);
        }
    }
}
