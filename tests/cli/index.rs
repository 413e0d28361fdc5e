//! Every day's dump against all days before.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::ops::RangeInclusive;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use crate::dumps::many_articles;
use crate::harness::{Folder, Outcome, assert_same};

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
fn a_day_that_is_killed_at_any_moment_can_be_run_again() {
    let folder = days();
    run_day(&folder, 1, &[]).exits(0);
    run_day(&folder, 2, &[]).exits(0);
    let (output, ledger, whole) = (folder.read("out/day2.jsonl"), folder.read("out/day2.ledger.jsonl"), content(&folder));
    folder.einmal(["index", "forget", "seen", "day 2"]).run().exits(0);
    let before = content(&folder);
    for nth in 0..20_u64 {
        // Until here nothing of the day is in the index, whole, or all of it.
        let args =
            ["day2.jsonl", "-o", "out/day2.jsonl", "--ledger", "out/day2.ledger.jsonl", "--index", "seen", "--run", "day 2"];
        let mut running = folder.dedup(args).spawn();
        drop(running.child.stdin.take());
        sleep(Duration::from_millis(nth * nth % 37 * 3));
        running.child.kill().expect("it was started");
        running.finish();
        let found = content(&folder);
        assert!(found == before || found == whole, "{found:?}");
        run_day(&folder, 2, &[]).exits(0);
        assert_same(&folder.read("out/day2.jsonl"), &output, "output");
        assert_same(&folder.read("out/day2.ledger.jsonl"), &ledger, "ledger");
        assert_eq!(content(&folder), whole);
        let left = folder.names().into_iter().filter(|name| name.starts_with("seen/") && name.ends_with("-tmp")).count();
        assert_eq!(left, 0, "a run removes what a killed one left in the index");
        folder.einmal(["index", "forget", "seen", "day 2"]).run().exits(0);
    }
}

#[test]
#[cfg(unix)]
fn a_full_disk_leaves_the_index_as_it_was() {
    let folder = days();
    run_day(&folder, 1, &[]).exits(0);
    let before = files(&folder);
    // The limit is on the size of each file, in blocks of 512 bytes; the shell lets its signal pass.
    for (blocks, args) in [(1, "-o out.jsonl"), (8, "-o out.jsonl"), (16, "-o out.jsonl.gz"), (8, "--index-only")] {
        let command = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" dedup day2.jsonl --index seen {args}");
        let outcome = folder.shell(&command).run();
        outcome.exits(2).stderr_holds(&["cannot write"]);
        assert_eq!(files(&folder), before);
        assert!(!folder.names().iter().any(|name| name.starts_with("out.") || name.contains("tmp")), "{:?}", folder.names());
    }
    run_day(&folder, 2, &[]).exits(0);
}

#[test]
fn what_is_damaged_is_named_and_stays_as_it_is() {
    let folder = days();
    run_days(&folder, 1..=2);
    let sound = files(&folder);
    let segment = sound.keys().find(|name| name.ends_with(".segment")).expect("there is one").clone();
    let manifest = "seen/MANIFEST".to_owned();
    let flipped = |name: &str, at: usize| {
        let mut bytes = sound[name].clone();
        let at = at.min(bytes.len() - 1);
        bytes[at] ^= 1;
        bytes
    };
    let len = sound[&segment].len();
    let cases = [
        (&segment, None, "cannot read: no such file"),
        (&segment, Some(Vec::new()), "it is no segment of an index, or cut short"),
        (&segment, Some(sound[&segment][..len - 1].to_vec()), "it is no segment of an index, or cut short"),
        (&segment, Some(b"something else that is long enough".to_vec()), "it is no segment of an index, or cut short"),
        (&segment, Some(flipped(&segment, 8)), "it is damaged (in its words)"),
        (&segment, Some(flipped(&segment, len / 2)), "it is damaged"),
        (&segment, Some(flipped(&segment, len - 40)), "it is damaged (in its footer)"),
        (&manifest, Some(flipped(&manifest, 100)), "it is damaged, or no manifest"),
        (&manifest, Some(Vec::new()), "it is damaged, or no manifest"),
        (&manifest, Some(manifest_of_version_9(&sound[&manifest])), "the index has version 9, this einmal reads version 2"),
    ];
    for (name, bytes, problem) in cases {
        match &bytes {
            Some(bytes) => folder.write(name, bytes),
            None => fs::remove_file(folder.path(name)).expect("it was there"),
        }
        let damaged = files(&folder);
        for args in [
            &["dedup", "day3.jsonl", "--index", "seen", "-o", "o.jsonl"][..],
            &["dedup", "day3.jsonl", "--index", "seen", "--read-only"],
            &["index", "compact", "seen"],
        ] {
            folder.einmal(args).run().exits(2).stderr_holds(&[problem]).stdout_is_empty();
        }
        folder.einmal(["index", "check", "seen"]).run().exits(1).stderr_holds(&[problem]);
        assert_eq!(files(&folder), damaged, "nothing is made of it");
        assert!(!folder.names().contains(&"o.jsonl".to_owned()));
        folder.write(name, &sound[name]);
    }
    run_day(&folder, 3, &[]).exits(0);
}

/// The manifest as a later version of the program might write it.
fn manifest_of_version_9(manifest: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(manifest.to_vec()).expect("it is text");
    let (head, body) = text.split_once('\n').expect("it has a first line");
    let body = body.replace("\"version\": 2", "\"version\": 9");
    let head = &head[..head.len() - 16];
    format!("{head}{:016x}\n{body}", xxhash_rust::xxh3::xxh3_64(body.as_bytes())).into_bytes()
}

#[test]
fn an_index_that_cannot_be_used_is_named_with_a_way_out() {
    let folder = days();
    run_day(&folder, 1, &[]).exits(0);
    let before = files(&folder);
    folder.write("other/notes.txt", "mine");
    for (args, problem, hint) in [
        (
            &["day2.jsonl", "--index", "seen", "--min-run", "20"][..],
            "seen: the index was made with --min-run 15, and this run has --min-run 20",
            "run with --min-run 15",
        ),
        (&["day2.jsonl", "--index", "none", "--read-only"], "none: there is no such folder, and no index", "--read-only"),
        (
            &["day2.jsonl", "--index", "other"],
            "other: this folder holds other things (notes.txt), and no index",
            "a folder of its own",
        ),
        (&["day2.jsonl", "--index", "other", "--read-only"], "other: there is no index in this folder", "--index"),
        (&[".", "--index", "seen"], "the index lies in the input folder", "beside"),
    ] {
        folder.dedup(args).run().exits(2).complains(problem).hints_at(hint).stdout_is_empty();
    }
    folder.dedup(["day2.jsonl", "--index", "day1.jsonl"]).run().exits(2).stderr_holds(&["day1.jsonl: cannot make folder"]);
    assert_eq!(files(&folder), before);
    assert!(!folder.path("none").exists());
}

#[test]
fn one_run_at_a_time_changes_an_index_and_readers_need_not_wait() {
    let folder = days();
    run_day(&folder, 1, &[]).exits(0);
    let lock = File::options().write(true).open(folder.path("seen/LOCK")).expect("it is there");
    lock.lock().expect("nobody has it");
    run_day(&folder, 2, &[]).exits(2).complains("seen: the index is being changed by process ").hints_at("--read-only");
    folder.einmal(["index", "compact", "seen"]).run().exits(2).stderr_holds(&["is being changed by process"]);
    folder.dedup(["day2.jsonl", "--index", "seen", "--read-only", "-o", "o.jsonl"]).run().exits(0);
    folder.dedup(["day1.jsonl", "--index", "seen", "--check"]).run().exits(1);
    // Not only closed: a program that another test starts just now may have inherited the handle.
    lock.unlock().expect("it was locked");
    run_day(&folder, 2, &[]).exits(0);
    assert_same(&folder.read("o.jsonl"), &folder.read("out/day2.jsonl"), "a reader's output");
}

#[test]
fn an_index_is_only_changed_by_a_run_that_is_meant_to_and_ends_well() {
    let folder = days();
    run_day(&folder, 1, &[]).exits(0);
    let before = files(&folder);
    folder.dedup(["day2.jsonl", "--index", "seen", "--read-only", "-o", "o.jsonl"]).run().exits(0);
    folder.dedup(["day2.jsonl", "--index", "seen", "--check"]).run().exits(1);
    folder.dedup(["day2.jsonl", "--index", "seen", "--max-removed", "1%", "-o", "o.jsonl"]).run().exits(1);
    folder.dedup(["day2.jsonl", "--index", "seen", "-o", "none/o.jsonl"]).run().exits(2);
    assert_eq!(files(&folder), before);
    // Of several records only some are bad: the others are kept.
    folder.write("bad.jsonl", format!("{}nonsense\n", folder.text("day2.jsonl")));
    folder.dedup(["bad.jsonl", "--index", "seen", "--index-only", "--run", "day 2"]).run().exits(3).stdout_is_empty();
    let (runs, _) = content(&folder);
    assert_eq!(runs.len(), 2);
    folder.dedup(["day2.jsonl", "--index", "seen", "--read-only"]).run().exits(0);
}

#[test]
#[cfg(unix)]
fn an_index_stays_as_it_was_if_nobody_reads_the_output() {
    let folder = days();
    run_day(&folder, 1, &[]).exits(0);
    let before = files(&folder);
    let all = (2..=7).map(|nth| folder.text(&format!("day{nth}.jsonl"))).collect::<String>();
    folder.write("much.jsonl", all.replace("made-", "x-").repeat(3));
    let outcome =
        folder.shell("{ \"$0\" dedup much.jsonl --index seen --clean off --lossless; echo $? > code; } | head -c 10").run();
    outcome.stderr_holds(&["nobody reads the output any more; the index stays as it was"]);
    assert_eq!(folder.text("code"), "2\n");
    assert_eq!(files(&folder), before);
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

#[test]
fn an_index_that_was_compared_is_compared_again_only_when_it_was_touched() {
    let folder = days();
    run_days(&folder, 1..=2);
    let segment = files(&folder).into_keys().find(|name| name.ends_with(".segment")).expect("there is one");
    let path = folder.path(&segment);
    let written = fs::metadata(&path).and_then(|metadata| metadata.modified()).expect("it is there");
    let mut bytes = folder.read(&segment);
    bytes[8] ^= 1;
    fs::write(&path, &bytes).expect("it can be written to");
    let touched = folder.dedup(["day3.jsonl", "--index", "seen", "--read-only"]).run();
    touched.exits(2).stderr_holds(&["it is damaged (in its words)"]);
    // As a failing disk does it: nobody has written to the file.
    let file = File::options().write(true).open(&path).expect("it is there");
    file.set_modified(written).expect("the time can be set");
    folder.dedup(["day3.jsonl", "--index", "seen", "--read-only"]).run().exits(0);
    folder.einmal(["index", "check", "seen"]).run().exits(1).stderr_holds(&["it is damaged (in its words)"]);
    // Before it is written anew it is compared.
    folder.einmal(["index", "compact", "seen"]).run().exits(2).stderr_holds(&["it is damaged (in its words)"]);
}

#[test]
#[cfg(unix)]
fn an_index_without_permission_is_named_and_stays_as_it_was() {
    use std::os::unix::fs::PermissionsExt;
    let folder = days();
    run_day(&folder, 1, &[]).exits(0);
    let before = files(&folder);
    let segment = before.keys().find(|name| name.ends_with(".segment")).expect("there is one").clone();
    let set_mode = |name: &str, mode| {
        fs::set_permissions(folder.path(name), fs::Permissions::from_mode(mode)).expect("it is ours");
    };
    let add = ["day2.jsonl", "--index", "seen", "-o", "/dev/null"];
    for (name, mode, problem) in [
        ("seen", 0o555, "cannot "),
        ("seen", 0o000, "cannot read"),
        ("seen/MANIFEST", 0o000, "seen/MANIFEST: cannot read: permission denied"),
        ("seen/LOCK", 0o444, "seen/LOCK: cannot lock: permission denied"),
        (segment.as_str(), 0o000, "cannot read: permission denied"),
    ] {
        set_mode("seen/LOCK", 0o666);
        set_mode(name, mode);
        let outcome = folder.dedup(add).without_privileges();
        set_mode(name, if name == "seen" { 0o755 } else { 0o644 });
        let Some(outcome) = outcome else { return };
        outcome.exits(2).stderr_holds(&[problem, "permission denied"]).stdout_is_empty();
        assert_eq!(files(&folder), before, "{name}");
    }
    // Reading needs no more than reading.
    set_mode("seen", 0o555);
    let outcome = folder.dedup(["day2.jsonl", "--index", "seen", "--read-only", "-o", "/dev/null"]).without_privileges();
    set_mode("seen", 0o755);
    outcome.expect("it could be run before").exits(0);
    // A file where the index's folder should be, and where a folder above it should be.
    for index in ["day1.jsonl", "day1.jsonl/seen"] {
        let outcome = folder.dedup(["day2.jsonl", "--index", index, "-o", "out.jsonl"]).run();
        outcome.exits(2).stderr_holds(&[&format!("{index}: cannot ")]).stdout_is_empty();
        assert!(!folder.path("out.jsonl").exists());
    }
}
