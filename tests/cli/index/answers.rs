//! What a run with an index finds, and what the index tells.

use serde_json::{Value, json};

use super::{N_DAYS, content, days, files, run_day, run_days};
use crate::harness::{Folder, assert_same};

/// A ledger without the names of runs.
fn without_runs(ledger: &str) -> String {
    let without = |line: &str| {
        let mut line: Value = serde_json::from_str(line).expect("a line of JSON");
        let names = line["covers"].as_array_mut().expect("each line has receipts").iter_mut();
        names.for_each(|name| drop(name.as_object_mut().expect("a name").remove("run")));
        if let Some(updates) = line.get_mut("updates") {
            drop(updates.as_object_mut().expect("a name").remove("run"));
        }
        line.to_string() + "\n"
    };
    ledger.lines().map(without).collect()
}

#[test]
fn days_one_by_one_give_the_answer_of_all_at_once() {
    let folder = days();
    let names: Vec<String> = (1..=N_DAYS).map(|nth| format!("day{nth}.jsonl")).collect();
    let all: Vec<&str> = names.iter().map(String::as_str).chain(["-o", "all/", "--ledger", "all.ledger.jsonl"]).collect();
    folder.dedup(all).run().exits(0);
    let mut ledger = String::new();
    for nth in 1..=N_DAYS {
        run_day(&folder, nth, &[]).exits(0);
        assert_same(
            &folder.read(&format!("out/day{nth}.jsonl")),
            &folder.read(&format!("all/day{nth}.jsonl")),
            &format!("day {nth}"),
        );
        ledger += &folder.text(&format!("out/day{nth}.ledger.jsonl"));
    }
    assert!(ledger.contains(r#""run":"day 1""#), "later days repeat the first");
    let all = folder.text("all.ledger.jsonl");
    assert!(!all.contains(r#""run":"#), "a run doesn't name itself");
    assert_same(without_runs(&ledger).as_bytes(), without_runs(&all).as_bytes(), "ledger");
    // A second reading of all of it, in one run, finds that everything was kept.
    let again: Vec<&str> =
        names.iter().map(String::as_str).chain(["-o", "again.jsonl", "--index", "seen", "--read-only"]).collect();
    folder.dedup(again).run().exits(0);
    let kept = folder.json_lines("again.jsonl");
    assert!(kept.iter().all(|record| record["text"].as_str().expect("a text").split_whitespace().count() < 15), "{kept:?}");
}

#[test]
fn a_receipt_of_an_earlier_run_names_record_address_date_and_run() {
    let folder = Folder::new();
    let text =
        "Der Stadtrat hat gestern Abend nach langer Aussprache beschlossen, die alte Brücke am Hafen bis zum Herbst zu sperren.";
    folder
        .write("a.jsonl", format!("{}\n", json!({"id": 7, "url": "https://example.org/7", "date": "2026-11-24", "text": text})));
    folder.write("b.jsonl", format!("{}\n", json!({"id": 8, "text": text})));
    folder.dedup(["a.jsonl", "--index", "seen", "--run", "gestern"]).run().exits(0).stdout_is(folder.read("a.jsonl"));
    folder.dedup(["b.jsonl", "--index", "seen", "--ledger", "l.jsonl"]).run().exits(0).stdout_is_empty();
    let covers = json!([{
        "file": "a.jsonl", "record": 1, "id": "7", "url": "https://example.org/7", "date": "2026-11-24", "source": "example.org",
        "run": "gestern", "first_word": 0, "words": 19
    }]);
    assert_eq!(folder.json_lines("l.jsonl")[0]["covers"], covers);
}

#[test]
fn a_repeated_day_gives_the_same_and_the_index_holds_it_once() {
    let folder = days();
    run_days(&folder, 1..=3);
    let (output, before) = (folder.read("out/day3.jsonl"), content(&folder));
    for _ in 0..2 {
        run_day(&folder, 3, &[]).exits(0);
        assert_same(&folder.read("out/day3.jsonl"), &output, "the day again");
        assert_eq!(content(&folder), before);
    }
    // By itself a run over the same files has the same name, too; over a pipe it has a name of its own.
    let twice = |input: &[u8]| {
        let piped = folder.dedup(["day4.jsonl", "--index", "own"]).run_with(input);
        (piped.exits(0).stdout.clone(), folder.einmal(["index", "list", "own"]).run().stdout_text().lines().count())
    };
    assert_eq!(twice(b""), twice(b""));
    let piped = || folder.dedup(["--index", "piped"]).run_with(folder.read("day4.jsonl")).exits(0).stdout.len();
    assert!(piped() > piped());
}

#[test]
fn a_day_in_the_middle_can_be_repeated_and_forgotten() {
    let folder = days();
    run_days(&folder, 1..=6);
    let second = folder.read("out/day2.jsonl");
    let (_, whole) = content(&folder);
    let listed = || {
        let list = folder.einmal(["index", "list", "seen"]).run().stdout_text().to_owned();
        let number = |line: &str, nth| line.split('\t').nth(nth).and_then(|field| field.parse::<u64>().ok()).expect("a number");
        list.lines().fold((0, 0), |(records, words), line| (records + number(line, 2), words + number(line, 3)))
    };
    let held = listed();
    let told = folder.einmal(["index", "forget", "seen", "day 2"]).run().exits(0).stdout_text().to_owned();
    let left = listed();
    let (records, words) = (held.0 - left.0, held.1 - left.1);
    let expected =
        format!("forgotten: {words} words of {records} records, and 1 runs; left: {} words of {} records\n", left.1, left.0);
    assert!(records > 0 && words > 0);
    assert_eq!(told, expected);
    let (_, rest) = content(&folder);
    let others: String =
        whole.lines().filter(|line| !line.contains(r#""run":"day 2""#)).map(|line| format!("{line}\n")).collect();
    assert_eq!(rest, others);
    // The day comes back behind the others.
    run_day(&folder, 2, &[]).exits(0);
    assert!(folder.read("out/day2.jsonl").len() < second.len(), "the days after it say some of it");
    let (runs, _) = content(&folder);
    assert_eq!(runs.iter().map(|run| &run[..5]).collect::<Vec<_>>(), ["day 1", "day 3", "day 4", "day 5", "day 6", "day 2"]);
    folder.einmal(["index", "forget", "seen", "day 9"]).run().exits(2).complains("seen: the index holds no run day 9");
}

#[test]
fn merging_changes_no_answer() {
    let folder = days();
    let mut most_files = 0;
    for nth in 1..=6 {
        run_day(&folder, nth, &[]).exits(0);
        most_files = most_files.max(files(&folder).len());
        run_day(&folder, 7, &["--read-only"]).exits(2).stderr_holds(&["--run"]);
    }
    assert!(most_files <= 5, "a manifest, and four segments at most");
    let before = content(&folder);
    let last = |name: &str| {
        folder.dedup(["day7.jsonl", "--index", "seen", "--read-only", "-o", name, "--ledger", "l.jsonl"]).run().exits(0);
        (folder.read(name), folder.read("l.jsonl"))
    };
    let expected = last("a.jsonl");
    folder.einmal(["index", "compact", "seen"]).run().exits(0);
    assert_eq!(files(&folder).len(), 2);
    assert_eq!(content(&folder), before);
    assert_eq!(last("b.jsonl"), expected);
}

#[test]
fn an_index_tells_what_it_holds() {
    let folder = days();
    run_days(&folder, 1..=2);
    let shown: Value = serde_json::from_slice(&folder.einmal(["index", "show", "seen"]).run().exits(0).stdout).expect("JSON");
    assert_eq!((&shown["runs"], &shown["hashing"]["min_run"], &shown["generation"]), (&json!(2), &json!(15), &json!(2)));
    let (runs, export) = content(&folder);
    let outputs = [folder.json_lines("out/day1.jsonl"), folder.json_lines("out/day2.jsonl")];
    let expected: Vec<(String, Value, Value)> = outputs
        .iter()
        .enumerate()
        .flat_map(|(nth, records)| {
            let with_words =
                records.iter().filter(|record| record["text"].as_str().expect("a text").contains(char::is_alphanumeric));
            with_words
                .map(move |record| (format!("day {}", nth + 1), record["id"].clone(), record["url"].clone()))
                .collect::<Vec<_>>()
        })
        .collect();
    let lines: Vec<Value> = export.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let found: Vec<_> = lines
        .iter()
        .map(|line| (line["run"].as_str().expect("a name").to_owned(), line["id"].clone(), line["url"].clone()))
        .collect();
    assert_eq!(found, expected);
    let words: u64 = lines.iter().map(|line| line["words"].as_u64().expect("a number")).sum();
    let listed: u64 = runs.iter().map(|run| run.rsplit(' ').next().expect("a number").parse::<u64>().expect("a number")).sum();
    assert_eq!(words, listed);
    folder.einmal(["index", "list", "none"]).run().exits(2).complains("none: there is no such folder, and no index");
}

#[test]
fn a_memory_limit_changes_neither_output_nor_ledger_nor_index() {
    let folder = Folder::new();
    // Kept text goes to files in pieces of 16 MB: some of it is said again much later.
    let words = |nth: u64| (0..500).map(move |word| format!("w{}", (nth * 500 + word).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 44));
    let text = |nth: u64| words(nth).collect::<Vec<_>>().chunks(50).map(|line| line.join(" ")).collect::<Vec<_>>().join("\n");
    let line = |nth: u64| {
        let said = if nth % 9 == 8 { text(nth * 7919 % nth) } else { text(nth) };
        format!("{}\n", json!({"id": nth, "text": said}))
    };
    folder.write("day1.jsonl", (0..15_000).map(line).collect::<String>());
    let mut answers = Vec::new();
    for (memory, name) in [("8G", "much"), ("1M", "little")] {
        let (output, ledger) = (format!("{name}.jsonl"), format!("{name}.ledger.jsonl"));
        let outputs = ["-o", &output, "--ledger", &ledger, "--index", name, "--run", "day"];
        let outcome = folder.dedup([&["day1.jsonl", "--memory", memory, "-vv"][..], &outputs].concat()).run();
        let n_spills = outcome.exits(0).stderr.matches("kept text goes to").count();
        assert_eq!(n_spills > 1, name == "little", "{n_spills} times\n{outcome}");
        folder.einmal(["index", "check", name]).run().exits(0);
        let export = folder.einmal(["index", "export", name]).run().stdout;
        answers.push((folder.read(&output), folder.read(&ledger), export));
    }
    let (little, much) = (answers.pop().expect("two"), answers.pop().expect("two"));
    assert_same(&little.0, &much.0, "output");
    assert_same(&little.1, &much.1, "ledger");
    assert_same(&little.2, &much.2, "what the index holds");
    assert!(much.1.len() > 500_000, "much goes");
    assert!(!folder.names().iter().any(|name| name.contains("tmp")), "{:?}", folder.names());
}
