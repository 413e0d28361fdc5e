//! The quality filter, which looks at what is left of an article, and the language that it holds it to.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use serde_json::{Value, json};

use crate::cleaning::texts;
use crate::dumps::parquet;
use crate::harness::{Folder, jsonl, sample_text};

/// The text of a sample's record, a good one.
fn good(id: &str) -> String {
    let records = sample_text("night.jsonl");
    let record = |line: &str| serde_json::from_str::<Value>(line).expect("the sample is sound");
    let found = records.lines().map(record).find(|record| record["id"] == id).expect("there is such a record");
    found["text"].as_str().expect("a text").to_owned()
}

/// A paragraph of a sample's record.
fn paragraph(id: &str, nth: usize) -> String {
    good(id).lines().nth(nth).expect("it has as many").to_owned()
}

/// A text that says one line over and over, with a paragraph after it.
fn bad(paragraph: &str) -> String {
    format!("{}\n{paragraph}", ["Jetzt hier Punkte sammeln!"; 40].join("\n"))
}

/// Of each ledger line the record, the reason, and the rule.
fn reasons(folder: &Folder) -> Vec<Value> {
    folder.json_lines("ledger.jsonl").iter().map(|line| json!([line["id"], line["reason"], line["rule"]])).collect()
}

const DROP: [&str; 4] = ["--filter", "drop", "--ledger", "ledger.jsonl"];

#[test]
fn an_article_that_fails_goes_whole_with_the_first_rule_that_it_fails() {
    let folder = Folder::new();
    let dump =
        jsonl([("good", good("n01")), ("list", bad("Ende.")), ("short", "Nichts Neues.".to_owned()), ("none", "***".to_owned())]);
    folder.write("a.jsonl", &dump);
    folder.dedup(["a.jsonl"]).run().exits(0).stdout_is(&dump);
    let outcome = folder.dedup([&["a.jsonl", "--summary", "summary.json"], &DROP[..]].concat()).run();
    let lines: Vec<&str> = dump.split_inclusive('\n').collect();
    outcome.exits(0).stdout_is(lines[0]).stderr_holds(&["articles that fail the filter: ", "too-short 2", "languages: de 1"]);
    let expected = [
        json!(["list", "filter", "repeated-passages"]),
        json!(["short", "filter", "too-short"]),
        json!(["none", "filter", "too-short"]),
    ];
    assert_eq!(reasons(&folder), expected);
    // Each is there to be put back.
    for (entry, line) in folder.json_lines("ledger.jsonl").iter().zip(&lines[1..]) {
        assert_eq!(entry["raw"].as_str(), Some(line.trim_end()));
        assert_eq!((&entry["covers"], &entry["covered"], &entry["words_lost"]), (&json!([]), &json!(0), &entry["words"]));
    }
    let summary = folder.json("summary.json");
    assert_eq!(summary["filtered"], json!({"repeated-passages": 1, "too-short": 2}));
    assert_eq!((&summary["articles_removed"], &summary["articles_out"]), (&json!({"filter": 3}), &json!(1)));
    assert_eq!(summary["languages"].as_object().expect("numbers").values().map(|n| n.as_u64().expect("one")).sum::<u64>(), 4);
    assert_eq!(summary["settings"]["filter"], "drop");
    // What passed once passes again, and whoever only asks is told.
    folder.dedup(["--filter", "drop"]).run_with(outcome.stdout.clone()).exits(0).stdout_is(lines[0]);
    folder.dedup(["a.jsonl", "--filter", "drop", "--check"]).run().exits(1);
    folder.dedup(["a.jsonl", "--check"]).run().exits(0);
    folder.dedup(["a.jsonl", "--filter", "drop", "--max-removed", "10%"]).run().exits(1);
}

#[test]
fn an_article_that_goes_covers_nothing() {
    let folder = Folder::new();
    let shared = paragraph("n01", 1);
    let short = paragraph("n02", 1).split(' ').take(30).collect::<Vec<_>>().join(" ");
    let records = [("list", bad(&shared)), ("good", good("n01")), ("short", short.clone()), ("again", short)];
    folder.write("a.jsonl", jsonl(records.iter().map(|(id, text)| (id, text))));
    // Without the filter the paragraph is the list's, and one short text the other's copy.
    folder.dedup(["a.jsonl", "--ledger", "ledger.jsonl"]).run().exits(0);
    let reasons_without: Vec<Value> = reasons(&folder).into_iter().filter(|line| line[0] != "list").collect();
    assert_eq!(reasons_without, [json!(["good", "passage", null]), json!(["again", "copy", null])]);
    for more in [&[][..], &["--batch", "1"], &["--batch", "2", "--threads", "2"], &["--threads", "1"]] {
        let outcome = folder.dedup([&["a.jsonl"], &DROP[..], more].concat()).run();
        assert_eq!(texts(outcome.exits(0).stdout_text()), [good("n01")], "{more:?}");
        let expected = [
            json!(["list", "filter", "repeated-passages"]),
            json!(["short", "filter", "too-short"]),
            json!(["again", "filter", "too-short"]),
        ];
        assert_eq!(reasons(&folder), expected, "{more:?}");
    }
}

#[test]
fn an_article_that_goes_is_in_no_index() {
    let folder = Folder::new();
    let short = paragraph("n02", 1).split(' ').take(20).collect::<Vec<_>>().join(" ");
    folder.write("a.jsonl", jsonl([("short", &short), ("good", &good("n01"))]));
    folder.dedup(["a.jsonl", "--filter", "drop", "--index", "index", "-o", "out.jsonl"]).run().exits(0);
    let again = jsonl([("again", &short), ("copy", &good("n01"))]);
    let outcome = folder.dedup(["--index", "index"]).run_with(again);
    assert_eq!(texts(outcome.exits(0).stdout_text()), [short]);
}

#[test]
fn what_is_looked_at_is_what_is_left() {
    let folder = Folder::new();
    // Three times the same is good text once; of a text that others say, too little may be left.
    let thrice = vec![good("n02"); 3].join("\n");
    let leftover = format!("{}\n{}", good("n01"), paragraph("n02", 1).split(' ').take(20).collect::<Vec<_>>().join(" "));
    let leftover = leftover.replacen('\n', "\nKurz gesagt.\n", 1);
    folder.write("a.jsonl", jsonl([("first", good("n01")), ("thrice", thrice), ("leftover", leftover.clone())]));
    let all = ["a.jsonl", "--article-threshold", "1"];
    folder.dedup([&all[..], &["--ledger", "ledger.jsonl"]].concat()).run().exits(0);
    assert!(reasons(&folder).contains(&json!(["leftover", "passage", null])));
    let outcome = folder.dedup([&all[..], &DROP[..]].concat()).run();
    let left = texts(outcome.exits(0).stdout_text());
    // A headline alone is no duplicate.
    assert!(left.len() == 2 && left[0] == good("n01") && left[1].len() < 2 * good("n02").len(), "{left:?}");
    let of_leftover: Vec<Value> = folder.json_lines("ledger.jsonl").into_iter().filter(|line| line["id"] == "leftover").collect();
    let [whole] = &of_leftover[..] else { panic!("one line for all of it: {of_leftover:?}") };
    assert_eq!(
        (&whole["reason"], &whole["rule"], &whole["span"]),
        (&json!("filter"), &json!("too-short"), &json!([0, leftover.len()]))
    );
    assert!(whole["raw"].as_str().is_some_and(|raw| raw.contains("Kurz gesagt.")));
}

#[test]
fn a_tag_names_all_rules_and_takes_nothing_out() {
    let folder = Folder::new();
    let dump = jsonl([("good", good("n01")), ("list", bad("Ende.")), ("again", good("n01"))]);
    folder.write("a.jsonl", &dump);
    let outcome = folder.dedup(["a.jsonl", "--filter", "tag", "--summary", "summary.json"]).run();
    let lines: Vec<&str> = outcome.exits(0).stdout_text().lines().collect();
    assert_eq!((lines.len(), lines[0]), (2, dump.lines().next().expect("a line")));
    let tagged: Value = serde_json::from_str(lines[1]).expect("JSON");
    let rules: Vec<&str> = tagged["einmal"]["filter"].as_array().expect("rules").iter().filter_map(Value::as_str).collect();
    assert!(rules.starts_with(&["repeated-passages", "repeated-text", "top-2"]), "{rules:?}");
    assert_eq!(tagged["einmal"].as_object().map(|tag| tag.len()), Some(1));
    let summary = folder.json("summary.json");
    assert_eq!((&summary["articles_removed"], &summary["filtered"]), (&json!({"copy": 1}), &json!({"repeated-passages": 1})));
    // A second run replaces the tag by the same; with --mark both stand in the field.
    folder.dedup(["--filter", "tag"]).run_with(outcome.stdout.clone()).exits(0).stdout_is(&outcome.stdout);
    let marked = folder.dedup(["a.jsonl", "--filter", "drop", "--mark"]).run();
    let marks: Vec<Value> = marked
        .exits(0)
        .stdout_text()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["einmal"].clone())
        .collect();
    assert_eq!(marks[0], json!({"verdict": "keep", "spans": []}));
    assert_eq!(
        (&marks[1]["verdict"], &marks[1]["spans"][0]["reason"], &marks[1]["filter"][0]),
        (&json!("filter"), &json!("filter"), &json!("repeated-passages"))
    );
    assert_eq!(marks[2]["verdict"], "copy");
    // Where there are no fields, there is nowhere to write it.
    folder.write("a.txt", bad("Ende."));
    for output in ["-", "out.txt"] {
        let outcome = folder.dedup(["a.txt", "--filter", "tag", "-o", output]).run();
        outcome.exits(2).stdout_is_empty().complains("a.txt: this is plain text, and --filter tag writes").hints_at("--to jsonl");
    }
    folder.dedup(["a.txt", "--filter", "tag", "--to", "jsonl"]).run().exits(0);
    folder.dedup(["a.txt", "--filter", "tag", "--check"]).run().exits(0);
}

#[test]
fn the_language_that_a_record_names_is_believed_where_the_text_does_not_say_another() {
    let folder = Folder::new();
    let strange: String = (0..60).map(|nth| format!("wuplo{nth} ")).collect();
    let record = |text: &str, lang: &str, other: &str| format!("{}\n", json!({"text": text, "lang": lang, "other": other}));
    for (text, lang, language, is_kept) in [
        (good("n01").as_str(), "de-AT", "de", true),
        (&good("n01"), "ru", "de", true),
        (&good("n01"), "xh", "xh", true),
        (&good("n01"), "", "de", true),
        (&good("n20"), "no tag", "en", true),
        (&strange, "de", "de", false),
        (&strange, "xh", "xh", true),
    ] {
        let dump = record(text, lang, "");
        let outcome = folder.dedup(DROP).run_with(dump.clone());
        outcome.exits(0).stdout_is(if is_kept { &dump } else { "" }).stderr_holds(&[&format!("languages: {language} 1\n")]);
        assert_eq!(reasons(&folder), if is_kept { vec![] } else { vec![json!(["", "filter", "stop-words"])] });
    }
    // Another field may be named, in tables, too.
    folder.write("a.jsonl", record(&strange, "xh", "de"));
    folder.write("a.csv", format!("lang,text,other\nxh,{strange},de\n"));
    let column = |value: &str| -> ArrayRef { Arc::new(StringArray::from(vec![value])) };
    let columns = [("lang", column("xh")), ("text", column(&strange)), ("other", column("de"))];
    folder.write("a.parquet", parquet(&RecordBatch::try_from_iter(columns).expect("they are as long"), 1));
    for name in ["a.jsonl", "a.csv", "a.parquet"] {
        for (field, n_out) in [("lang", 1), ("other", 0), ("none", 1)] {
            let outcome = folder.dedup([name, "--filter", "drop", "--lang-field", field, "--to", "text"]).run();
            assert_eq!(outcome.exits(0).stdout_text().lines().count(), n_out, "{name} {field}");
        }
    }
    folder.dedup(["a.jsonl", "--lang-field", "other"]).run().exits(2).complains("--lang-field is for --filter");
}

#[test]
fn a_text_that_is_judged_in_parts_is_not_looked_at() {
    let folder = Folder::new();
    let line = |nth: usize| format!("{nth} {} {}\n", nth * 7919 % 100_003, nth * 104_729 % 1_000_003);
    let numbers = |len: usize| (0..).map(line).take(len).collect::<String>();
    let (small, large) = (numbers(40_000), numbers(80_000));
    assert!(small.len() < 1 << 20 && large.len() > 1 << 20);
    for (text, n_out) in [(small, 0), (large, 1)] {
        let outcome = folder.dedup(["--filter", "drop"]).run_with(jsonl([("numbers", text)]));
        assert_eq!(outcome.exits(0).stdout_text().lines().count(), n_out);
    }
}

#[test]
fn a_changed_name_makes_an_update_where_names_alone_have_capital_letters() {
    let folder = Folder::new();
    // Each with another name in the middle of its last paragraph.
    let changed = |id: &str| {
        let text = good(id);
        let at = text.rfind('\n').expect("several paragraphs");
        let (head, tail) = text.split_at(at);
        let mut words: Vec<&str> = tail.split(' ').collect();
        let middle = words.len() / 2 + 1;
        words[middle] = "Ostermann";
        format!("{head}{}", words.join(" "))
    };
    for (id, lang, is_update) in
        [("n20", "", true), ("n20", "de", false), ("n22", "", true), ("n01", "", false), ("n01", "en", true)]
    {
        let record = |text: String| format!("{}\n", json!({"text": text, "lang": lang}));
        folder.write("a.jsonl", record(good(id)) + &record(changed(id)));
        for (facts, is_update) in [("names", is_update), ("numbers", false)] {
            folder.dedup(["a.jsonl", "--facts", facts, "--ledger", "ledger.jsonl"]).run().exits(0);
            let lines = folder.json_lines("ledger.jsonl");
            assert_eq!(
                (lines.len(), &lines[0]["reason"]),
                (1, &json!(if is_update { "update" } else { "copy" })),
                "{id} {lang:?} {facts}"
            );
            if is_update {
                assert_eq!(lines[0]["changed_facts"][0]["text"], "Ostermann");
            }
        }
    }
}

#[test]
fn a_brief_in_sentences_may_be_shorter_than_other_texts() {
    let folder = Folder::new();
    let brief = "Brand in der Altstadt\nEin Schaden von rund 50.000 Euro entstand am Montag, als in einer Küche am Markt Fett zu brennen begann. \
        Wie die Feuerwehr mitteilt, wurde niemand verletzt, und das Haus ist weiter bewohnbar.";
    let labels = "Pressemeldungen der Stadt, Pressestelle am Markt\nMeldung vom Montag, dem 12. Juni, und vom Dienstag, dem 13. Juni, und vom Mittwoch, dem 14. Juni, \
        mit Anlagen für die Presse und die Ämter";
    folder.write("a.jsonl", jsonl([("brief", brief), ("labels", labels)]));
    folder.dedup([&["a.jsonl"], &DROP[..]].concat()).run().exits(0);
    assert_eq!(reasons(&folder), [json!(["labels", "filter", "too-short"])]);
}

#[test]
fn own_limits_take_the_place_of_those_that_come_with_einmal() {
    let folder = Folder::new();
    // By its text nobody would say which language the second is in: it has none of these stop words.
    let record = |text: &str| format!("{}\n", json!({"text": text, "lang": "de"}));
    let dump = record(&good("n01")) + &record("Nichts Neues aus dem Rat.");
    folder.write("a.jsonl", &dump);
    folder.write("own.txt", "# mine\n[default]\nwords 3 3\n\n[de]\nstop-words vom und\n[fr]\nwords 1000 1000\n");
    let args = ["a.jsonl", "--filter", "drop", "--filter-limits", "own.txt", "--lang-field", "lang", "--summary", "summary.json"];
    folder.dedup(args).run().exits(0).stdout_is(dump.split_inclusive('\n').next().expect("a line"));
    assert_eq!(folder.json("summary.json")["filtered"], json!({"stop-words": 1}));
    assert_eq!(folder.json("summary.json")["settings"]["filter_limits"], json!("a file's"));
    for (text, problem) in [
        ("words 3 3\nwrods 5\n", "bad.txt: line 2: no rule has this name"),
        ("[default]\nwords 3\n", "bad.txt: line 2: the rule has another number of values than this"),
        ("[qqqq]\n", "bad.txt: line 1: no language has this code"),
        ("[de]\n[de]\n", "bad.txt: line 2: [default] comes first, and each language once"),
        ("[default]\nwords 3 3\nwords 5 5\n", "bad.txt: line 3: its section has this rule already"),
        ("[default]\n[default]\n", "bad.txt: line 2: [default] comes first, and each language once"),
        ("letters many\n", "bad.txt: line 1: a value is a number from 0 on, or `-`"),
    ] {
        folder.write("bad.txt", text);
        let outcome = folder.dedup(["a.jsonl", "--filter", "tag", "--filter-limits", "bad.txt"]).run();
        outcome.exits(2).stdout_is_empty().stderr_holds(&[problem]);
    }
    let missing = folder.dedup(["a.jsonl", "--filter", "tag", "--filter-limits", "none.txt"]).run();
    missing.exits(2).stderr_holds(&["none.txt: cannot read"]);
    let unasked = folder.dedup(["a.jsonl", "--filter-limits", "own.txt"]).run();
    unasked.exits(2).stderr_holds(&["--filter-limits is for --filter tag and drop"]);
}
