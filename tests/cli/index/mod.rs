//! Every day's dump against all days before.

mod answers;
mod care;

use std::collections::BTreeMap;
use std::fs;
use std::ops::RangeInclusive;

use serde_json::json;

use crate::dumps::many_articles;
use crate::harness::{Folder, Outcome};

const N_DAYS: usize = 7;

/// A folder with seven days of articles, day1.jsonl and so on, which say much of what was said on days before.
fn days() -> Folder {
    let folder = Folder::new();
    let articles = many_articles();
    for (nth, articles) in articles.chunks(articles.len().div_ceil(N_DAYS)).enumerate() {
        let line = |(id, text): &(String, String)| json!({"id": id, "url": format!("https://example.org/{id}"), "date": format!("2026-11-{:02}", nth + 1), "text": text});
        let lines: String = articles.iter().map(|article| format!("{}\n", line(article))).collect();
        folder.write(&format!("day{}.jsonl", nth + 1), lines);
    }
    folder
}

/// Runs over a day with the index; output and ledger go to `out/`.
fn run_day(folder: &Folder, nth: usize, more: &[&str]) -> Outcome {
    let (input, output, ledger) =
        (format!("day{nth}.jsonl"), format!("out/day{nth}.jsonl"), format!("out/day{nth}.ledger.jsonl"));
    let run = format!("day {nth}");
    fs::create_dir_all(folder.path("out")).expect("the folder can be written to");
    let args = [&input, "-o", &output, "--ledger", &ledger, "--index", "seen", "--run", &run];
    folder.dedup([&args[..], more].concat()).run()
}

/// Runs over some days, one after the other.
fn run_days(folder: &Folder, days: RangeInclusive<usize>) {
    for nth in days {
        run_day(folder, nth, &[]).exits(0);
    }
}

/// The content of the index: its runs, its size, and what of which record is kept.
fn content(folder: &Folder) -> (Vec<String>, String) {
    let list = folder.einmal(["index", "list", "seen"]).run();
    // The time of a run is its own.
    let runs = list.stdout_text().lines().map(|line| {
        line.split('\t').enumerate().filter(|(nth, _)| *nth != 1).map(|(_, part)| part).collect::<Vec<_>>().join(" ")
    });
    let runs = runs.collect();
    folder.einmal(["index", "check", "seen"]).run().exits(0);
    let export = folder.einmal(["index", "export", "seen"]).run();
    (runs, export.exits(0).stdout_text().to_owned())
}

/// All files of the index with their bytes. The lock tells who had it last.
fn files(folder: &Folder) -> BTreeMap<String, Vec<u8>> {
    let names =
        folder.names().into_iter().filter(|name| name.starts_with("seen/") && !name.ends_with('/') && name != "seen/LOCK");
    names.map(|name| (name.clone(), folder.read(&name))).collect()
}
