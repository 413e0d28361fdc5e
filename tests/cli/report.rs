//! The page that shows what a run did: sound, safe, the same each time, and its figures are the summary's.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::dumps::many_articles;
use crate::harness::{Folder, assert_same};

/// Tags that stand alone.
const VOID: [&str; 6] = ["meta", "link", "br", "hr", "img", "input"];

/// Fails unless every tag that is opened is closed, in order, and no text holds a bare `<`.
#[track_caller]
fn check_well_formed(page: &str) {
    let body = page.strip_prefix("<!doctype html>\n").expect("a page begins so");
    let (before, rest) = body.split_once("<style>").expect("a style");
    let (style, after) = rest.split_once("</style>").expect("it ends");
    assert!(!style.contains('<'));
    let mut open: Vec<String> = Vec::new();
    let mut ids = std::collections::BTreeSet::new();
    for piece in before.split('<').skip(1).chain(after.split('<').skip(1)) {
        let (tag, text) = piece.split_once('>').unwrap_or_else(|| panic!("a tag ends: {piece}"));
        assert!(!text.contains('>'), "a bare > in {text}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "closed in order, before {text}");
            continue;
        }
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
        assert!(!name.is_empty(), "a tag has a name: {tag}");
        assert_eq!(tag.matches('"').count() % 2, 0, "quotes are closed: {tag}");
        if let Some((_, id)) = tag.split_once(" id=\"") {
            let id = id.split('"').next().expect("quotes are closed");
            assert!(ids.insert(id.to_owned()), "two tags have the id {id}");
        }
        if !VOID.contains(&name.as_str()) && !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "not closed: {open:?}");
    for wanted in page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().expect("quotes are closed")) {
        assert!(ids.contains(wanted), "nothing is called {wanted}");
    }
}

/// The figures that a page shows, by the names that they have in the summary. Those that stand on it twice must agree.
fn figures(page: &str) -> BTreeMap<String, u64> {
    let mut figures = BTreeMap::new();
    for data in page.split("<data value=\"").skip(1) {
        let (value, rest) = data.split_once("\" data-figure=\"").expect("a figure has a name");
        let (name, rest) = rest.split_once("\">").expect("quotes are closed");
        let (shown, _) = rest.split_once("</data>").expect("a figure ends");
        assert_eq!(shown.replace(',', ""), value, "what is shown is what is meant");
        let value = value.parse().expect("a number");
        assert!(figures.insert(name.to_owned(), value).is_none_or(|before| before == value), "{name}");
    }
    figures
}

#[track_caller]
fn check_figures(page: &str, summary: &Value) {
    let figures = figures(page);
    for (name, value) in &figures {
        let of_summary = match name.split_once('.') {
            Some((field, key)) => &summary[field][key],
            None => &summary[name.as_str()],
        };
        assert_eq!(*of_summary, json!(value), "{name}");
    }
    for name in
        ["words_in", "words_out", "words_lost", "articles_in", "articles_out", "articles_touched", "updates", "passages_in"]
    {
        assert!(figures.contains_key(name), "{name}");
    }
    for field in ["words_removed", "spans_removed", "articles_removed", "bad_records", "ruled_out", "filtered"] {
        for key in summary[field].as_object().expect("numbers by name").keys() {
            assert!(figures.contains_key(&format!("{field}.{key}")), "{field}.{key}");
        }
    }
}

/// Nothing is loaded, nothing runs.
#[track_caller]
fn check_self_contained(page: &str) {
    for wrong in ["<script", "src=", "@import", "url(", "http-equiv", " onclick", " onload"] {
        assert!(!page.contains(wrong), "{wrong}");
    }
    let links = page.split("href=\"").skip(1).map(|rest| rest.split('"').next().expect("quotes are closed"));
    assert!(links.into_iter().all(|link| link.starts_with('#') || link == "data:,"));
}

#[test]
fn the_page_of_a_run_shows_the_figures_of_its_summary() {
    let folder = Folder::with_samples(&["night.jsonl", "languages.jsonl", "broken.jsonl"]);
    for (inputs, options) in [
        (&["night.jsonl"][..], &[][..]),
        (&["night.jsonl", "languages.jsonl", "broken.jsonl"], &["--filter", "drop", "--clean", "lines,inline"]),
        (&["languages.jsonl"], &["--lossless"]),
        (&["night.jsonl"], &["--mark", "--updates", "cut"]),
        (&["broken.jsonl"], &["--boilerplate", "off"]),
    ] {
        let sides =
            ["-o", "out.jsonl", "--ledger", "l.jsonl", "--summary", "s.json", "--report", "page.html", "--quarantine", "q.jsonl"];
        folder.dedup([inputs, options, &sides].concat()).run().exits(0);
        let summary = folder.json("s.json");
        folder
            .einmal(["report", "--summary", "s.json", "--ledger", "l.jsonl", "-o", "later.html"])
            .run()
            .exits(0)
            .stdout_is_empty();
        for name in ["page.html", "later.html"] {
            let page = folder.text(name);
            check_well_formed(&page);
            check_self_contained(&page);
            check_figures(&page, &summary);
        }
    }
}

#[test]
fn sources_days_and_inputs_add_up_to_the_whole() {
    let folder = Folder::with_samples(&["night.jsonl", "languages.jsonl"]);
    folder.dedup(["night.jsonl", "languages.jsonl", "--clean", "lines", "--summary", "s.json"]).run().exits(0);
    let summary = folder.json("s.json");
    for number in ["articles_in", "articles_out", "words_in", "words_out"] {
        let sum = |shares: &Value| -> u64 {
            let shares: Vec<&Value> = match shares {
                Value::Array(shares) => shares.iter().collect(),
                Value::Object(shares) => shares.values().collect(),
                other => panic!("{other}"),
            };
            shares.iter().map(|share| share[number].as_u64().expect("a number")).sum()
        };
        let rest = |name: &str| summary[name][number].as_u64().expect("a number");
        let whole = rest_of(&summary, number);
        assert_eq!(sum(&summary["sources"]) + rest("other_sources"), whole, "{number} by source");
        assert_eq!(sum(&summary["days"]) + rest("undated"), whole, "{number} by day");
        assert_eq!(sum(&summary["inputs"]), whole, "{number} by input");
    }
    assert_eq!((&summary["n_inputs"], &summary["inputs"][0]["file"]), (&json!(2), &json!("night.jsonl")));
}

fn rest_of(summary: &Value, number: &str) -> u64 {
    summary[number].as_u64().expect("a number")
}

#[test]
fn text_from_outside_stays_text() {
    let folder = Folder::new();
    let evil = "<script>alert('x')</script> & \"quoted\" </main> <!-- in einem Absatz, der lang genug ist, um zweimal dazustehen und zu gehen.";
    let article = |id: &str, more: &str| {
        let text = format!("{more} Dieser Artikel hat noch einen anderen Absatz, den sonst keiner hat, über {more}.\n{evil}\n");
        json!({"id": id, "source": "<b>\"Blatt\"</b>", "date": "<i>2026-02-03", "text": text}).to_string()
    };
    folder.write("<in>.jsonl", format!("{}\n{}\n", article("<i>1", "Hafen"), article("<i>2", "Bahnhof")));
    let args = ["<in>.jsonl", "-o", "out.jsonl", "--ledger", "l.jsonl", "--summary", "s.json", "--report", "page.html"];
    folder.dedup(args).run().exits(0);
    let later = ["report", "--summary", "s.json", "--ledger", "l.jsonl", "--input", "<in>.jsonl"];
    let later = folder.einmal(later).run().exits(0).stdout_text().to_owned();
    for page in [folder.text("page.html"), later] {
        check_well_formed(&page);
        check_self_contained(&page);
        assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;quoted&quot; &lt;/main&gt; &lt;!--"));
        assert!(page.contains("&lt;b&gt;&quot;Blatt&quot;&lt;/b&gt;"));
    }
}

#[test]
fn the_same_run_gives_the_same_page() {
    let folder = Folder::new();
    folder.write("in.jsonl", many_jsonl());
    let page = |threads: &str| {
        let sides = ["-o", "out.jsonl", "--ledger", "l.jsonl", "--summary", "s.json", "--threads", threads, "--batch", "17"];
        folder.dedup([&["in.jsonl"][..], &sides].concat()).run().exits(0);
        folder
            .einmal(["report", "--summary", "s.json", "--ledger", "l.jsonl", "--input", "in.jsonl"])
            .run()
            .exits(0)
            .stdout
            .clone()
    };
    let first = page("1");
    assert_same(&page("3"), &first, "the page");
    assert!(String::from_utf8_lossy(&first).contains("<ins>"), "examples have the kept text beside them");
}

fn many_jsonl() -> String {
    many_articles().iter().map(|(id, text)| json!({"id": id, "text": text}).to_string() + "\n").collect()
}

#[test]
fn a_page_of_very_many_lines_is_small() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let sides = ["-o", "out.jsonl", "--ledger", "l.jsonl", "--summary", "s.json"];
    folder.dedup([&["night.jsonl"][..], &sides].concat()).run().exits(0);
    let mut summary = folder.json("s.json");
    let days: serde_json::Map<String, Value> = (0..1000)
        .map(|nth| (format!("{:04}-{:02}-{:02}", 2000 + nth / 300, 1 + nth / 28 % 12, 1 + nth % 28), summary["undated"].clone()))
        .collect();
    summary["days"] = json!(days);
    folder.write("s.json", summary.to_string());
    let text = "Ein langer Satz, der immer wieder kommt. ".repeat(200);
    let mut ledger = String::new();
    for nth in 0..200_000_u64 {
        // Most lines are short, so that the test is; some have all that takes room.
        let text = if nth % 1000 == 0 { text.as_str() } else { "Kurz." };
        let reason = ["copy", "passage", "part", "update"][nth as usize % 4];
        ledger += &format!(
            r#"{{"file":"f{nth}","record":{nth},"id":"{nth}","source":"s{}","reason":"{reason}","span":[0,5],"words":9,"covered":{},"words_lost":0,"covers":[{{"file":"k{nth}","record":1,"source":"t{}","first_word":0,"words":8}}],"text":"{text}"}}"#,
            nth % 5000,
            nth % 10,
            nth % 3000,
        );
        ledger.push('\n');
    }
    folder.write("l.jsonl", ledger);
    let page = folder.einmal(["report", "--summary", "s.json", "--ledger", "l.jsonl"]).run().exits(0).stdout_text().to_owned();
    check_well_formed(&page);
    assert!(page.len() < 1 << 20, "{} bytes", page.len());
}

#[test]
fn alarms_are_told_in_all_places_and_change_no_exit_code() {
    let folder = Folder::new();
    let said = "Dieser Satz steht bei allen und ist lang genug, um als Absatz zu gehen, wenn er noch einmal kommt.";
    let record = |nth: usize| json!({"id": nth, "source": "abschreiber.example", "text": said}).to_string();
    let lines: Vec<String> = (0..40).map(record).collect();
    folder.write("in.jsonl", lines.join("\n") + "\n");
    let run = folder.dedup(["in.jsonl", "-o", "out.jsonl", "--summary", "s.json", "--report", "page.html", "--quiet"]).run();
    run.exits(0).stderr_holds(&[
        "one text of 0 is copied by 39 articles, 97.50 % of all",
        "abschreiber.example loses 97.50 % of its words",
    ]);
    let alarms = &folder.json("s.json")["alarms"];
    let kinds: Vec<&str> = alarms.as_array().expect("a list").iter().filter_map(|alarm| alarm["kind"].as_str()).collect();
    assert_eq!(kinds, ["passage", "source"]);
    let page = folder.text("page.html");
    check_well_formed(&page);
    assert!(page.contains("data-alarm=\"passage\"") && page.contains("data-alarm=\"source\""));
}

#[test]
fn a_run_is_held_against_those_before_it_in_the_index() {
    let folder = Folder::new();
    let article = |nth: usize| {
        let words: Vec<String> = (0..40).map(|word| format!("wort{nth}x{word}")).collect();
        json!({"id": nth, "text": words.join(" ")}).to_string() + "\n"
    };
    for day in 0..4 {
        folder.write(&format!("day{day}.jsonl"), (10 * day..10 * day + 10).map(article).collect::<String>());
    }
    // The last day says again what the first two said.
    folder.write("day3.jsonl", (0..20).chain(30..40).map(article).collect::<String>());
    let run = |day: usize| {
        let (input, name) = (format!("day{day}.jsonl"), format!("d{day}"));
        folder
            .dedup([&input, "-o", "out.jsonl", "--index", "seen", "--run", &name, "--summary", "s.json", "--report", "page.html"])
            .run()
    };
    for day in 0..3 {
        run(day).exits(0);
        assert_eq!(folder.json("s.json")["alarms"], json!([]), "day {day}");
    }
    run(3).exits(0).stderr_holds(&["66.67 % of the words are taken out; in the 3 runs before it was 0.00 %"]);
    let summary = folder.json("s.json");
    assert_eq!(summary["alarms"][0]["kind"], "removed");
    assert_eq!(summary["earlier_runs"][2], json!({"run": "d2", "words_in": 400, "words_out": 400}));
    assert!(folder.text("page.html").contains("kept it; its text is not at hand"), "an earlier run's text");
}

#[test]
fn what_is_no_summary_or_no_ledger_is_told() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    folder.dedup(["night.jsonl", "-o", "out.jsonl", "--ledger", "l.jsonl", "--summary", "s.json"]).run().exits(0);
    let report = |summary: &str, ledger: &str| folder.einmal(["report", "--summary", summary, "--ledger", ledger]).run();
    report("l.jsonl", "l.jsonl").exits(2).complains("l.jsonl: this is no summary of a run");
    report("s.json", "none.jsonl").exits(2).complains("none.jsonl: cannot read");
    let nowhere = ["report", "--summary", "s.json", "--ledger", "l.jsonl", "-o", "none/page.html"];
    folder.einmal(nowhere).run().exits(2).complains("none/page.html: cannot write").hints_at("the folder none is not there");
    report("s.json", "s.json").exits(2).complains("s.json: line 1 is no line of a ledger").hints_at("--ledger");
    for (page, input) in [("s.json", None), ("l.jsonl", None), ("night.jsonl", Some("night.jsonl"))] {
        let before = folder.read(page);
        let inputs = input.map(|input| ["--input", input]).into_iter().flatten();
        let args = ["report", "--summary", "s.json", "--ledger", "l.jsonl", "-o", page].into_iter().chain(inputs);
        folder.einmal(args).run().exits(2).stderr_holds(&[page, "is what the page is made from"]);
        assert_same(&folder.read(page), &before, page);
    }
    folder
        .dedup(["night.jsonl", "-o", "x.jsonl", "--report", "night.jsonl"])
        .run()
        .exits(2)
        .complains("--report ")
        .stderr_holds(&["night.jsonl is an input or another output of this run"]);
}

/// A page without how long inputs took, which only the run itself knows.
fn without_times(page: &str) -> String {
    let Some((before, times)) = page.split_once("<table><caption>Slowest inputs") else { return page.to_owned() };
    let (_, after) = times.split_once("</table>").expect("a table ends");
    before.to_owned() + after
}

#[test]
fn a_page_made_later_shows_texts_as_they_were_compared() {
    let folder = Folder::new();
    let line =
        |nth: usize| format!("Zeile {nth} &uuml;ber die Br&uuml;cke am Markt, die im Herbst umgebaut wird, wie der Rat sagt.");
    let text = (0..6).map(line).collect::<Vec<_>>().join("\r\n") + "\r\nFragen an geheim@example.org, Telefon dort.";
    let changed = text.replace("Herbst", "Winter");
    let record = |id: &str, text: &str| format!("{}\n", json!({"id": id, "source": "Bote", "text": text}));
    folder.write("a.jsonl", record("a", &text) + &record("b", &changed) + &record("c", &text));
    let files = ["--ledger", "l.jsonl", "--summary", "s.json"];
    folder.dedup([&["a.jsonl", "-o", "o.jsonl", "--mask", "--report", "at-once.html"], &files[..]].concat()).run().exits(0);
    let later = folder.einmal([&["report", "--input", "a.jsonl"], &files[..]].concat()).run();
    let (at_once, later) = (folder.text("at-once.html"), later.exits(0).stdout_text().to_owned());
    for page in [&at_once, &later] {
        assert!(page.contains("Brücke") && !page.contains("uuml") && !page.contains("geheim"), "{page}");
    }
    assert_same(without_times(&later).as_bytes(), without_times(&at_once).as_bytes(), "the page");
    // Another dump of that name is no witness.
    folder.write("a.jsonl", record("x", "Etwas anderes.") + &record("y", "Noch etwas."));
    let other = folder.einmal([&["report", "--input", "a.jsonl"], &files[..]].concat()).run();
    other.exits(2).complains("l.jsonl: line ").stderr_holds(&["doesn't fit the input"]);
}

#[test]
fn what_no_copy_is_was_not_said_before() {
    let folder = Folder::new();
    let short =
        (0..9).map(|nth| format!("{}\n", json!({"id": nth, "text": format!("Kurz, und zwar {nth}.")}))).collect::<String>();
    folder.write("a.jsonl", short);
    folder.dedup(["a.jsonl", "--filter", "drop", "-o", "o.jsonl", "--report", "r.html"]).run().exits(0);
    let page = folder.text("r.html");
    assert!(page.contains("<h1><em>100.00 %</em> of the words were taken out</h1>") && !page.contains("said before"), "{page}");
}
