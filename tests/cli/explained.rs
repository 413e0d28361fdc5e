//! `dedup --ledger-all`, `einmal explain` and `einmal retune`: why something went or stayed, and what other thresholds would do.

use serde_json::Value;

use crate::harness::{Folder, assert_same};

const NIGHT: [&str; 7] = ["night.jsonl", "-o", "out.jsonl", "--ledger", "all.jsonl", "--ledger-all", "--summary"];

/// A folder in which dedup ran over the night's dump.
fn night() -> Folder {
    let folder = Folder::with_samples(&["night.jsonl"]);
    folder.dedup([&NIGHT[..], &["summary.json"]].concat()).run().exits(0);
    folder
}

fn is_added(line: &Value) -> bool {
    ["near", "scores", "settings"].iter().any(|reason| line["reason"] == *reason)
}

/// What a golden file holds.
fn golden(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn a_full_ledger_without_what_was_near_is_the_usual_one() {
    let folder = Folder::with_samples(&["night.jsonl", "languages.jsonl"]);
    folder.write("dressed.jsonl", crate::verified::dressed());
    let settings: [&[&str]; 6] = [
        &[],
        &["--lossless"],
        &["--updates", "cut", "--ledger-text", "off"],
        &["--min-run", "8", "--passage-threshold", "0.4", "--batch", "3", "--threads", "3"],
        &["--clean", "lines", "--mask", "--filter", "drop"],
        &["--mark", "--facts", "off"],
    ];
    for settings in settings {
        let inputs = ["night.jsonl", "languages.jsonl", "dressed.jsonl"];
        let run = |output: &str, ledger: &str, more: &[&str]| {
            folder.dedup([&inputs[..], settings, &["-o", output, "--ledger", ledger], more].concat()).run().exits(0);
        };
        run("out.jsonl", "usual.jsonl", &[]);
        run("all-out.jsonl", "all.jsonl", &["--ledger-all", "--summary", "summary.json"]);
        assert_same(&folder.read("all-out.jsonl"), &folder.read("out.jsonl"), "the output");
        let all = folder.text("all.jsonl");
        let is_usual = |line: &&str| !is_added(&serde_json::from_str(line).expect("a line holds JSON"));
        let left: String = all.lines().filter(is_usual).map(|line| format!("{line}\n")).collect();
        assert_same(left.as_bytes(), &folder.read("usual.jsonl"), "the ledger");
        assert!(all.lines().count() > left.lines().count() + 1, "{settings:?}");
        let check =
            [&["verify"], &inputs[..], &["-o", "all-out.jsonl", "--ledger", "all.jsonl", "--summary", "summary.json"]].concat();
        folder.einmal(check).run().exits(0);
    }
}

#[test]
fn the_ledger_tells_what_stayed_though_half_of_it_is_covered() {
    let folder = night();
    let lines = folder.json_lines("all.jsonl");
    let near: Vec<String> = lines
        .iter()
        .filter(|line| line["reason"] == "near")
        .map(|line| {
            let texts = ["id", "would_be", "stayed"].map(|field| line[field].as_str().unwrap_or_default());
            format!("{} {}/{}", texts.join(" "), line["covered"], line["words"])
        })
        .collect();
    // samples/README.md says so of each: three headings of the ticker have a new time, two lines of n15 are too short by themselves.
    let expected = [
        "n11 copy below-threshold 244/397",
        "n11 passage below-threshold 8/10",
        "n11 passage below-threshold 8/10",
        "n11 passage below-threshold 8/10",
        "n15 passage short-row 10/10",
        "n15 passage short-row 11/11",
        "n16 copy below-threshold 198/336",
    ];
    assert_eq!(near, expected);
    // An unknown reason is an offence all the same.
    let ledger = folder.text("all.jsonl").replacen("\"reason\":\"near\"", "\"reason\":\"nearly\"", 1);
    folder.write("all.jsonl", ledger);
    folder
        .einmal(["verify", "night.jsonl", "-o", "out.jsonl", "--ledger", "all.jsonl"])
        .run()
        .exits(1)
        .stderr_holds(&["\"nearly\""]);
}

#[test]
fn restore_passes_what_was_near() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    folder.dedup([&NIGHT[..], &["summary.json", "--clean", "off"]].concat()).run().exits(0);
    folder.einmal(["restore", "-o", "out.jsonl", "--ledger", "all.jsonl", "--into", "again.jsonl"]).run().exits(0);
    assert_same(&folder.read("again.jsonl"), &folder.read("night.jsonl"), "the restored input");
}

#[test]
fn a_record_is_explained_by_id_place_or_number() {
    let folder = night();
    for (record, name) in [("n21", "explain-n21.txt"), ("night.jsonl:11", "explain-n11.txt"), ("25", "explain-n25.txt")] {
        let explained = folder.einmal(["explain", record, "--ledger", "all.jsonl", "--input", "night.jsonl"]).run();
        explained.exits(0).stderr_is_empty();
        assert_same(&explained.stdout, &golden(name), record);
    }
}

#[test]
fn covering_text_comes_from_the_input_or_the_output() {
    let folder = night();
    let explained = |more: &[&str]| -> Value {
        let run = folder.einmal([&["explain", "n23", "--ledger", "all.jsonl", "--format", "json"], more].concat()).run();
        serde_json::from_str(run.exits(0).stdout_text()).expect("this is JSON")
    };
    let with_input = explained(&["--input", "night.jsonl"]);
    let with_output = explained(&["--output", "out.jsonl"]);
    let alone = explained(&[]);
    for gone in 0..2 {
        let side = |explained: &Value| explained["gone"][gone]["sides"][0].clone();
        assert_eq!(side(&with_input), side(&with_output));
        assert_eq!(side(&with_input)["from"]["id"], "n22");
        assert!(side(&with_input)["kept"].as_str().is_some_and(|kept| kept.contains('’')));
        assert_eq!(side(&alone)["kept"], Value::Null);
        assert_eq!(side(&alone)["text"], side(&with_input)["text"]);
    }
    assert!(with_input["text"].is_string() && alone["text"].is_null());
    // A copy without the input: its text is in the ledger, as it was read.
    let run = folder.einmal(["explain", "n21", "--ledger", "all.jsonl", "--output", "out.jsonl"]).run();
    assert_same(&run.exits(0).stdout, &golden("explain-n21.txt"), "n21 from the output");
    // A record of which nothing went stands in the input alone.
    folder.einmal(["explain", "n26", "--ledger", "all.jsonl", "--input", "night.jsonl"]).run().exits(0);
}

#[test]
fn colours_are_for_terminals_unless_asked_for() {
    let folder = night();
    let explain = |more: &[&str]| {
        let run = folder.einmal([&["explain", "n21", "--ledger", "all.jsonl", "--input", "night.jsonl"], more].concat()).run();
        run.exits(0).stdout_text().to_owned()
    };
    assert!(!explain(&[]).contains('\x1b') && explain(&[]).contains("[-harbor-]"));
    let coloured = explain(&["--color", "always"]);
    assert!(coloured.contains("\x1b[31mharbor\x1b[0m") && !coloured.contains("[-"));
}

#[test]
fn the_page_is_well_formed() {
    let folder = night();
    for record in ["n07", "n11", "n23", "n25", "n01"] {
        let run = folder.einmal(["explain", record, "--ledger", "all.jsonl", "--input", "night.jsonl", "--format", "html"]).run();
        let page = run.exits(0).stdout_text().strip_prefix("<!DOCTYPE html>").expect("it is a page").to_owned();
        let mut open: Vec<&str> = Vec::new();
        for piece in page.split('<').skip(1) {
            let tag = piece.split_once('>').expect("each tag ends").0;
            let name = tag.trim_start_matches('/').split([' ', '/']).next().expect("a tag has a name");
            if tag.starts_with('/') {
                assert_eq!(open.pop(), Some(name), "{record}");
            } else if !tag.ends_with('/') {
                open.push(name);
            }
        }
        assert!(open.is_empty() && !page.contains("http"), "{record}: {open:?}");
    }
}

#[test]
fn an_unknown_record_is_named_with_the_nearest() {
    let folder = night();
    let explain =
        |record: &str, more: &[&str]| folder.einmal([&["explain", record, "--ledger", "all.jsonl"], more].concat()).run();
    explain("n233", &[]).exits(2).complains("all.jsonl: it doesn't tell of a record \"n233\"").hints_at("the nearest is n23; ");
    explain("n26", &[]).exits(2).hints_at("--input DUMP finds it");
    explain("nobody", &["--input", "night.jsonl"]).exits(2).hints_at("like dump.jsonl:12").stdout_is_empty();
}

#[test]
fn names_that_several_records_have_need_a_place() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    folder.write("again.jsonl", folder.read("night.jsonl"));
    folder.dedup(["night.jsonl", "again.jsonl", "-o", "out.jsonl", "--ledger", "l.jsonl"]).run().exits(0);
    let explain = |record: &str| folder.einmal(["explain", record, "--ledger", "l.jsonl"]).run();
    explain("n23").exits(2).complains("l.jsonl: several records are called \"n23\"").hints_at("explain again.jsonl:23");
    explain("again.jsonl:23").exits(0);
}

/// The numbers of a summary that retune tells.
fn numbers(summary: &Value) -> [u64; 6] {
    let removed = |field: &str, reasons: &[&str]| -> u64 {
        reasons.iter().map(|reason| summary[field][reason].as_u64().unwrap_or(0)).sum()
    };
    let number = |field: &str| summary[field].as_u64().expect("a number");
    [
        removed("articles_removed", &["copy", "nothing-left"]),
        number("updates"),
        removed("spans_removed", &["passage", "short"]),
        removed("spans_removed", &["part"]),
        number("words_in") - number("words_out"),
        number("words_lost"),
    ]
}

fn retuned(folder: &Folder, thresholds: &[&str], what: &str) -> [u64; 6] {
    let run = folder.einmal([&["retune", "--ledger", "all.jsonl", "--format", "json"], thresholds].concat()).run();
    let retuned: Value = serde_json::from_str(run.exits(0).stdout_text()).expect("this is JSON");
    ["articles", "updates", "passages", "parts", "words", "words_lost"]
        .map(|field| retuned[what][field].as_u64().expect("a number"))
}

#[test]
fn other_thresholds_are_told_as_a_run_with_them_would_have_it() {
    let folder = night();
    let own = numbers(&folder.json("summary.json"));
    assert_eq!(retuned(&folder, &[], "tried"), own);
    assert_eq!(retuned(&folder, &["--article-threshold", "0.8", "--passage-threshold", "0.90"], "as_run"), own);
    // In this dump nothing covers a later article that other thresholds keep or take out.
    for [article, passage] in
        [["0.85", "0.90"], ["0.96", "0.90"], ["0.80", "0.95"], ["0.80", "0.75"], ["0.60", "0.90"], ["1", "1"]]
    {
        let thresholds = ["--article-threshold", article, "--passage-threshold", passage];
        folder.dedup([&["night.jsonl", "-o", "other.jsonl", "--summary", "other.json"], &thresholds[..]].concat()).run().exits(0);
        assert_eq!(retuned(&folder, &thresholds, "tried"), numbers(&folder.json("other.json")), "{article} {passage}");
    }
}

#[test]
fn a_run_of_any_settings_is_told_as_it_was() {
    let folder = Folder::with_samples(&["night.jsonl", "languages.jsonl", "seed-shape.txt"]);
    folder.write("dressed.jsonl", crate::verified::dressed());
    let settings: [&[&str]; 4] =
        [&[], &["--updates", "cut"], &["--updates", "drop", "--min-run", "8"], &["--passage-threshold", "0.4"]];
    for settings in settings {
        let inputs = ["night.jsonl", "languages.jsonl", "dressed.jsonl", "seed-shape.txt"];
        let outputs = ["-o", "out/", "--ledger", "all.jsonl", "--ledger-all", "--summary", "summary.json"];
        folder.dedup([&inputs[..], settings, &outputs[..]].concat()).run().exits(0);
        assert_eq!(retuned(&folder, &[], "tried"), numbers(&folder.json("summary.json")), "{settings:?}");
    }
}

#[test]
fn retune_says_what_it_cannot_tell() {
    let folder = night();
    let retune = |args: &[&str]| folder.einmal([&["retune", "--ledger"], args].concat()).run();
    retune(&["all.jsonl", "--passage-threshold", "0.5"]).exits(0);
    retune(&["all.jsonl", "--passage-threshold", "0.49"])
        .exits(2)
        .complains("--passage-threshold 0.49 is below 0.50")
        .hints_at("dedup");
    folder.dedup(["night.jsonl", "-o", "out.jsonl", "--ledger", "usual.jsonl"]).run().exits(0);
    retune(&["usual.jsonl"]).exits(2).complains("usual.jsonl: it has no scores").hints_at("--ledger-all");
    folder.dedup(["night.jsonl", "--ledger-all"]).run().exits(2);
}

#[test]
fn examples_stand_on_both_sides_of_a_threshold() {
    let folder = night();
    let run = folder.einmal(["retune", "--ledger", "all.jsonl", "--article-threshold", "0.9"]).run();
    let text = run.exits(0).stdout_text();
    // n21 is covered to 216 of 226 words, n07 to 163 of 192.
    assert!(text.contains("0.9557 (216/226)  n21 (night.jsonl:21)"), "{text}");
    let stay = text.split_once("articles that would stay").expect("some would").1;
    assert!(stay.contains("0.8489 (163/192)  n07 (night.jsonl:7)"), "{text}");
    // The ticker n11 and the review n16 would be updates with any threshold: they have changed facts or new text.
    assert!(!stay.contains("n16 ") && !stay.contains("/397"), "{text}");
}

#[test]
fn an_input_that_does_not_hold_the_record_is_told() {
    let folder = night();
    folder.write("sub/other.jsonl", folder.read("night.jsonl"));
    let explain = |input: &str| folder.einmal(["explain", "n23", "--ledger", "all.jsonl", "--input", input]);
    explain("sub/other.jsonl").run().exits(2).complains("all.jsonl: night.jsonl:23 is no article of the input that was named");
    // A pipe is read twice where the ledger doesn't know the record.
    folder.dedup(["--ledger", "piped.jsonl", "-o", "piped-out.jsonl"]).run_with(folder.read("night.jsonl")).exits(0);
    let piped = ["explain", "n26", "--ledger", "piped.jsonl", "--input", "-", "--format", "json"];
    let told: Value =
        serde_json::from_str(folder.einmal(piped).run_with(folder.read("night.jsonl")).exits(0).stdout_text()).expect("JSON");
    let record = folder.json_lines("night.jsonl").into_iter().find(|record| record["id"] == "n26").expect("it is there");
    assert_eq!(told["text"], record["text"]);
    folder.einmal(["explain", "n23", "--ledger", "all.jsonl", "--width", "99999999999999"]).run().exits(2);
}

#[test]
fn text_and_page_name_the_run_that_kept_a_text() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    folder.dedup(["night.jsonl", "--index", "seen", "--run", "day one", "-o", "one.jsonl"]).run().exits(0);
    folder.dedup(["night.jsonl", "--index", "seen", "--run", "day two", "-o", "two.jsonl", "--ledger", "two.l"]).run().exits(0);
    for format in ["text", "html"] {
        let told = folder.einmal(["explain", "n01", "--ledger", "two.l", "--format", format]).run();
        assert!(told.exits(0).stdout_text().contains("of the run day one, from word 0 on, which isn"), "{format}: {told}");
    }
    // The earlier run's output shows it, with the run's input or without.
    for more in [&["-o", "one.jsonl"][..], &["-o", "two.jsonl", "-o", "one.jsonl"], &["night.jsonl", "-o", "one.jsonl"]] {
        let args = [&["explain", "n01", "--ledger", "two.l", "--format", "json"], more].concat();
        let told: Value = serde_json::from_str(folder.einmal(args).run().exits(0).stdout_text()).expect("this is JSON");
        let side = &told["gone"][0]["sides"][0];
        assert_eq!((&side["from"]["run"], &side["kept"]), (&"day one".into(), &side["text"]), "{more:?}: {told}");
    }
}
