//! The numbers of a run add up, and are those of the ledger.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::harness::{Folder, gzip, sample};
use crate::laws::collage;
use crate::traced::{Shape, Traced, count, is_update, is_whole, trace, words};

fn sum(by_reason: &Value) -> u64 {
    by_reason.as_object().expect("numbers by reason").values().map(|n| n.as_u64().expect("a number")).sum()
}

/// Counts ledger lines by reason.
fn by_reason<'a>(lines: impl Iterator<Item = &'a Value>, number: impl Fn(&Value) -> u64) -> Value {
    let mut numbers: BTreeMap<String, u64> = BTreeMap::new();
    for line in lines {
        *numbers.entry(line["reason"].as_str().expect("a name").to_owned()).or_default() += number(line);
    }
    json!(numbers)
}

#[track_caller]
fn check(traced: &Traced, what: &str) {
    let summary = &traced.summary;
    let n = |name: &str| count(summary, name);
    let removed = || traced.ledger.iter().filter(|line| !is_update(line));
    assert_eq!(n("articles_in"), n("articles_out") + sum(&summary["articles_removed"]), "{what}");
    assert_eq!(n("articles_in"), traced.records.len() as u64, "{what}");
    assert_eq!(n("articles_out"), traced.records.iter().filter(|record| record.output.is_some()).count() as u64, "{what}");
    assert_eq!(n("words_in") - n("words_out"), sum(&summary["words_removed"]), "{what}");
    assert_eq!(n("words_in"), traced.records.iter().map(|record| words(&record.text).len() as u64).sum::<u64>(), "{what}");
    assert_eq!(n("words_out"), traced.records.iter().map(|record| words(&record.text_out).len() as u64).sum::<u64>(), "{what}");
    assert_eq!(summary["words_removed"], by_reason(removed(), |line| count(line, "words")), "{what}");
    assert_eq!(summary["spans_removed"], by_reason(removed(), |_| 1), "{what}");
    assert_eq!(summary["articles_removed"], by_reason(removed().filter(|line| is_whole(line)), |_| 1), "{what}");
    assert_eq!(n("words_lost"), removed().map(|line| count(line, "words_lost")).sum::<u64>(), "{what}");
    assert_eq!(n("updates"), traced.ledger.iter().filter(|line| is_update(line)).count() as u64, "{what}");
    let n_touched = traced
        .records
        .iter()
        .filter(|record| record.output.is_some() && traced.lines_of(record).any(|line| !is_update(line)))
        .count();
    assert_eq!(n("articles_touched"), n_touched as u64, "{what}");
    for line in &traced.ledger {
        let containment = line["containment"].as_f64();
        let expected = count(line, "covered") as f64 / count(line, "words").max(1) as f64;
        assert!(containment.is_none_or(|share| (0.0..1e-4).contains(&(expected - share + 1e-12))), "{what}: {line}");
        assert_eq!(containment.is_some(), count(line, "words") > 0, "{what}: {line}");
    }
}

#[test]
fn numbers_add_up() {
    let folder = Folder::with_samples(&["night.jsonl", "languages.jsonl", "broken.jsonl", "seed-shape.txt"]);
    folder.write("collage.jsonl", collage(250));
    for settings in [
        &[][..],
        &["--lossless"],
        &["--updates", "cut"],
        &["--updates", "drop"],
        &["--min-run", "8", "--min-cut", "8"],
        &["--filter", "drop"],
    ] {
        for file in ["night.jsonl", "languages.jsonl", "broken.jsonl", "collage.jsonl"] {
            check(&trace(&folder, Shape::Jsonl, &[file], settings), &format!("{file} {settings:?}"));
        }
        check(&trace(&folder, Shape::TextFiles, &["seed-shape.txt"], settings), &format!("a text {settings:?}"));
        check(&trace(&folder, Shape::TextLines, &["seed-shape.txt"], settings), &format!("lines {settings:?}"));
    }
}

#[test]
fn bytes_and_settings_are_told() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    folder.write("night.jsonl.gz", gzip(&sample("night.jsonl")));
    for name in ["night.jsonl", "night.jsonl.gz"] {
        let outcome = folder.dedup([name, "--summary", "summary.json", "--min-run", "20", "--lossless"]).run();
        outcome.exits(0);
        let summary = folder.json("summary.json");
        assert_eq!(count(&summary, "bytes_in"), folder.read(name).len() as u64);
        assert_eq!(count(&summary, "record_bytes_in"), sample("night.jsonl").len() as u64);
        assert_eq!(count(&summary, "record_bytes_out"), outcome.stdout.len() as u64);
        assert_eq!(summary["version"], env!("CARGO_PKG_VERSION"));
        let settings = &summary["settings"];
        assert_eq!(
            (&settings["min_run"], &settings["min_cut"], &settings["article_threshold"]),
            (&json!(20), &json!(50), &json!("1"))
        );
        assert!(summary["seconds"].as_f64().is_some_and(|seconds| seconds >= 0.0));
    }
}

#[test]
fn a_marked_run_has_the_numbers_of_the_run_it_stands_for() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let numbers = |options: &[&str]| {
        folder
            .dedup(
                [&["night.jsonl", "-o", "out.jsonl", "--summary", "summary.json", "--ledger", "ledger.jsonl"], options].concat(),
            )
            .run()
            .exits(0);
        let summary = folder.json("summary.json");
        (
            ["words_removed", "spans_removed", "words_lost", "updates"].map(|name| summary[name].clone()),
            folder.read("ledger.jsonl"),
        )
    };
    assert_eq!(numbers(&["--mark"]), numbers(&[]));
}

#[test]
fn bad_records_are_no_articles() {
    let folder = Folder::with_samples(&["broken.jsonl"]);
    folder.dedup(["broken.jsonl", "--summary", "summary.json"]).run().exits(3);
    let summary = folder.json("summary.json");
    assert_eq!((count(&summary, "articles_in"), sum(&summary["bad_records"])), (5, 5));
}
