//! Old text fades from an index.

use std::fs;

use serde_json::{Value, json};

use crate::dumps::many_articles;
use crate::harness::{Folder, Outcome, assert_same};

const N_DAYS: usize = 6;

/// The day of an article of dump number `nth`: 1 to 6 are the first days of November. In each dump one of five is of October, and one of five has no date.
fn date(nth: usize, article: usize) -> Option<String> {
    match article % 5 {
        2 => Some(format!("2026-10-{:02}T08:00:00Z", 10 + nth)),
        4 => None,
        _ => Some(format!("2026-11-{nth:02}T{:02}:00:00Z", article % 24)),
    }
}

/// A folder with some days of articles, which say much of what was said on days before.
fn days() -> Folder {
    let folder = Folder::new();
    let articles = many_articles();
    for (nth, articles) in (1..).zip(articles.chunks(articles.len().div_ceil(N_DAYS))) {
        let lines = articles.iter().enumerate().map(|(article, (id, text))| {
            let mut record = json!({"id": id, "text": text});
            if let Some(date) = date(nth, article) {
                record["date"] = json!(date);
            }
            format!("{record}\n")
        });
        folder.write(&format!("day{nth}.jsonl"), lines.collect::<String>());
    }
    folder
}

fn run_day(folder: &Folder, nth: usize, index: &str, more: &[&str]) -> Outcome {
    let (input, output, ledger, run) = (
        format!("day{nth}.jsonl"),
        format!("{index}.out{nth}.jsonl"),
        format!("{index}.ledger{nth}.jsonl"),
        format!("day {nth}"),
    );
    folder.dedup([&[&input, "-o", &output, "--ledger", &ledger, "--index", index, "--run", &run][..], more].concat()).run()
}

fn export(folder: &Folder, index: &str) -> Vec<Value> {
    folder.einmal(["index", "check", index]).run().exits(0);
    let lines = folder.einmal(["index", "export", index]).run();
    lines.exits(0).stdout_text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn size(folder: &Folder, index: &str) -> u64 {
    let files = fs::read_dir(folder.path(index)).expect("it is there");
    files.map(|file| file.expect("it is there").metadata().expect("it is there").len()).sum()
}

/// Records by what they are called, without where they stood.
fn names(lines: &[Value]) -> Vec<(Value, Value, Value)> {
    lines.iter().map(|line| (line["run"].clone(), line["id"].clone(), line["words"].clone())).collect()
}

#[test]
fn the_answer_is_that_of_an_index_of_what_is_not_too_old() {
    let folder = days();
    // An update of something too old would be judged otherwise when it is read again.
    let updates = ["--updates", "drop"];
    for nth in 1..N_DAYS {
        run_day(&folder, nth, "seen", &updates).exits(0);
    }
    let earlier = || {
        let args = ["day1.jsonl", "--index", "seen", "--read-only", "--summary", "later.json", "-o", "later.jsonl"];
        folder.dedup(args).run().exits(0);
        let runs = folder.json("later.json")["earlier_runs"].clone();
        let of_day = |run: &&Value| run["run"] == "day 3";
        runs.as_array().expect("a list").iter().find(of_day).expect("it is there").clone()
    };
    let day3 = earlier();
    let (before, size_before) = (export(&folder, "seen"), size(&folder, "seen"));
    // The last dump is of the 6th: three days before is the 3rd. Those without a date are of their dump's day.
    let is_young = |line: &Value| match line["date"].as_str() {
        Some(date) => date >= "2026-11-03",
        None => line["run"].as_str() >= Some("day 3"),
    };
    let young: Vec<Value> = before.iter().filter(|line| is_young(line)).cloned().collect();
    assert!(young.len() > 5 && young.iter().any(|line| line["date"].is_null()), "{}", young.len());
    for nth in 1..N_DAYS {
        let output = folder.text(&format!("seen.out{nth}.jsonl"));
        let is_left = |line: &&str| {
            let record: Value = serde_json::from_str(line).expect("JSON");
            young.iter().any(|young| young["id"] == record["id"] && young["run"] == json!(format!("day {nth}")))
        };
        let left: String = output.lines().filter(is_left).map(|line| format!("{line}\n")).collect();
        folder.write("left.jsonl", left);
        // Nothing goes: what is left was the output of a run, in which nothing is found again.
        let run = format!("day {nth}");
        folder.dedup([&["left.jsonl", "--index", "anew", "--index-only", "--run", &run][..], &updates].concat()).run().exits(0);
    }
    run_day(&folder, N_DAYS, "seen", &[&["--expire", "3d"][..], &updates].concat()).exits(0);
    run_day(&folder, N_DAYS, "anew", &updates).exits(0);
    assert_same(&folder.read("seen.out6.jsonl"), &folder.read("anew.out6.jsonl"), "output");
    let receipts = |index: &str| -> Vec<Value> {
        let receipt = |cover: &Value| json!([cover["run"], cover["id"], cover["first_word"]]);
        let receipts = |line: &Value| line["covers"].as_array().expect("a list").iter().map(receipt).collect::<Vec<_>>();
        let lines = folder.json_lines(&format!("{index}.ledger6.jsonl"));
        lines.iter().map(|line| json!([line["id"], line["span"], receipts(line)])).collect()
    };
    assert_eq!(receipts("seen"), receipts("anew"));
    // What runs took out is what they said, whatever was forgotten since.
    assert_eq!(earlier(), day3);
    let after = export(&folder, "seen");
    assert_eq!(names(&after), names(&export(&folder, "anew")));
    let old: Vec<Value> = after.into_iter().filter(|line| line["run"] != json!("day 6")).collect();
    assert_eq!(names(&old), names(&young));
    assert!(size(&folder, "seen") < size_before, "its space is given back");
    let runs = folder.einmal(["index", "list", "seen"]).run().stdout_text().to_owned();
    let runs: Vec<&str> = runs.lines().map(|line| line.split('\t').next().expect("a name")).collect();
    assert_eq!(runs, ["day 3", "day 4", "day 5", "day 6"], "runs of which nothing is left are forgotten");
}

#[test]
fn a_run_that_fails_leaves_old_text_where_it_was_and_one_that_finds_none_changes_no_file() {
    let folder = days();
    run_day(&folder, 1, "seen", &[]).exits(0);
    run_day(&folder, 2, "seen", &[]).exits(0);
    let before = export(&folder, "seen");
    folder.dedup(["day3.jsonl", "--index", "seen", "--expire", "0d", "-o", "none/out.jsonl"]).run().exits(2);
    assert_eq!(export(&folder, "seen"), before);
    let segments = |folder: &Folder| folder.names().into_iter().filter(|name| name.ends_with(".segment")).collect::<Vec<_>>();
    let files = segments(&folder);
    run_day(&folder, 3, "seen", &["--expire", "8w"]).exits(0);
    assert_eq!(segments(&folder)[..2], files);
    assert_eq!(export(&folder, "seen")[..before.len()], before);
}

#[test]
fn what_is_of_days_before_one_can_be_forgotten_without_a_run() {
    let folder = days();
    for nth in 1..=3 {
        run_day(&folder, nth, "seen", &[]).exits(0);
    }
    let before = export(&folder, "seen");
    folder.einmal(["index", "forget", "seen", "--before", "2026-10-01"]).run().exits(0);
    assert_eq!(export(&folder, "seen"), before);
    folder.einmal(["index", "forget", "seen", "--before", "2026-11-01"]).run().exits(0);
    let left: Vec<Value> = before.into_iter().filter(|line| line["date"].as_str().is_none_or(|date| date >= "2026-11")).collect();
    assert_eq!(names(&export(&folder, "seen")), names(&left));
    let listed = folder.einmal(["index", "list", "seen"]).run().stdout_text().to_owned();
    let listed: u64 = listed.lines().map(|line| line.rsplit('\t').next().expect("words").parse::<u64>().expect("a number")).sum();
    assert_eq!(listed, left.iter().map(|line| line["words"].as_u64().expect("a number")).sum::<u64>());
    folder.einmal(["index", "forget", "seen", "--before", "2027-01-01"]).run().exits(0);
    assert!(export(&folder, "seen").is_empty());
    run_day(&folder, 3, "seen", &[]).exits(0);
    folder.einmal(["index", "forget", "seen"]).run().exits(2);
    folder.einmal(["index", "forget", "seen", "--before", "October"]).run().exits(2).stderr_holds(&["write it like 2026-10-01"]);
}

#[test]
fn an_age_counts_back_from_the_days_of_the_articles_and_without_them_from_today() {
    let folder = Folder::new();
    let text =
        "Der Stadtrat hat gestern Abend nach langer Aussprache beschlossen, die alte Brücke am Hafen bis zum Herbst zu sperren.";
    let record = |date: &str| format!("{}\n", json!({"id": date, "date": date, "text": text}));
    folder.write("old.jsonl", record("2001-01-01"));
    let other = |date: &str| format!("{}\n", json!({"date": date, "text": "Etwas anderes."}));
    let wrong = other("2999-01-01");
    for (name, lines, is_kept) in [
        ("a month later, with a wrong date", other("2001-02-01") + &other("2001-02-02") + &wrong + &record("2001-02-01"), true),
        ("a week later, with a wrong date", other("2001-01-08") + &other("2001-01-08") + &wrong + &record("2001-01-08"), false),
        ("without a date", record("gestern"), true),
    ] {
        folder.dedup(["old.jsonl", "--index", name, "--run", "old", "--index-only"]).run().exits(0);
        // Over a pipe, too: it is read twice from a copy.
        let outcome = folder.dedup(["--index", name, "--run", "new", "--expire", "30d"]).run_with(lines);
        assert_eq!(outcome.exits(0).stdout_text().contains("Stadtrat"), is_kept, "{name}");
    }
    folder.dedup(["old.jsonl", "--index", "x", "--expire", "30"]).run().exits(2).stderr_holds(&["write 30d, 8w, or 2026-10-01"]);
    folder.dedup(["old.jsonl", "--expire", "30d"]).run().exits(2).stderr_holds(&["--index"]);
    folder.dedup(["old.jsonl", "--index", "x", "--read-only", "--expire", "30d"]).run().exits(2).stderr_holds(&["--read-only"]);
}
