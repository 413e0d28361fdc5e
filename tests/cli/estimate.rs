//! What a run would need is told before it.

use std::fs::File;

use serde_json::Value;

use crate::dumps::many_articles;
use crate::harness::{Folder, gzip, jsonl};

fn estimated(folder: &Folder, args: &[&str]) -> Value {
    let outcome = folder.einmal([&["estimate", "--json"][..], args].concat()).run();
    serde_json::from_slice(&outcome.exits(0).stderr_is_empty().stdout).expect("JSON")
}

#[track_caller]
fn assert_near(estimate: &Value, number: &Value, expected: &Value) {
    let (found, expected) = (number.as_f64().expect("a number"), expected.as_f64().expect("a number"));
    assert!((found - expected).abs() <= 0.25 * expected, "{found}, and it is {expected}: {estimate}");
}

#[test]
fn an_estimate_of_all_of_the_input_is_what_the_run_says() {
    let folder = Folder::new();
    let articles = many_articles();
    let (first, second) = articles.split_at(articles.len() / 2);
    folder.write("a.jsonl", jsonl(first.iter().cloned()));
    folder.write("b.jsonl.gz", gzip(jsonl(second.iter().cloned()).as_bytes()));
    let estimate = estimated(&folder, &["a.jsonl", "b.jsonl.gz"]);
    folder.dedup(["a.jsonl", "b.jsonl.gz", "-o", "out.jsonl", "--summary", "s.json", "--index", "seen"]).run().exits(0);
    let summary = folder.json("s.json");
    assert_eq!(estimate["sample"], estimate["input"]);
    let input = &estimate["input"];
    assert_eq!(
        [&input["records"], &input["words"], &input["record_bytes"], &input["bytes"]],
        ["articles_in", "words_in", "record_bytes_in", "bytes_in"].map(|name| &summary[name])
    );
    let share =
        |part: &str, all: &str| 1.0 - summary[part].as_f64().expect("a number") / summary[all].as_f64().expect("a number");
    assert_eq!(
        estimate["duplicates"].as_f64().map(|share| (share * 1e6).round()),
        Some((share("words_out", "words_in") * 1e6).round())
    );
    assert_eq!(
        estimate["duplicate_articles"].as_f64().map(|share| (share * 1e6).round()),
        Some((share("articles_out", "articles_in") * 1e6).round())
    );
    assert_near(&estimate, &estimate["disk"]["output"], &folder.read("out.jsonl").len().into());
    let shown: Value = serde_json::from_slice(&folder.einmal(["index", "show", "seen"]).run().stdout).expect("JSON");
    assert_near(&estimate, &estimate["disk"]["index"], &shown["bytes"]);
    assert_eq!(estimate["disk"]["temporary"], 0);
    let told = folder.einmal(["estimate", "a.jsonl", "b.jsonl.gz"]).run();
    assert!(
        told.exits(0).stdout_text().contains("looked at: 100.0 %") && !told.stdout_text().contains("in the sample"),
        "{told}"
    );
}

#[test]
fn a_sample_tells_about_the_whole() {
    let folder = Folder::new();
    let articles = many_articles();
    let mut n_files = 0;
    for articles in articles.chunks(articles.len() / 40) {
        n_files += 1;
        folder.write(&format!("dump/{n_files:03}.jsonl"), jsonl(articles.iter().cloned()));
    }
    let all = estimated(&folder, &["dump"]);
    // A file is large enough for several batches.
    let mut one = String::new();
    (0..40).for_each(|nth| one += &jsonl(articles.iter().map(|(id, text)| (id, text.replace("er", &format!("er{nth}"))))));
    folder.write("one.jsonl", &one);
    folder.write("one.jsonl.gz", gzip(one.as_bytes()));
    let of_one = estimated(&folder, &["one.jsonl"]);
    for name in ["one.jsonl", "one.jsonl.gz"] {
        let estimate = estimated(&folder, &[name, "--sample", "1M", "--threads", "1"]);
        assert!(estimate["sample"]["bytes"].as_u64() < estimate["input"]["bytes"].as_u64(), "{estimate}");
        for number in ["records", "words", "record_bytes"] {
            assert_near(&estimate, &estimate["input"][number], &of_one["input"][number]);
        }
    }
    let told = folder.einmal(["estimate", "one.jsonl", "--sample", "1M", "--threads", "1"]).run();
    assert!(told.exits(0).stdout_text().contains("; in the sample: copies of what is not in it come on top"), "{told}");
    assert_eq!(all["input"]["files"], n_files);
}

#[test]
fn what_cannot_be_estimated_is_refused() {
    let folder = Folder::new();
    folder
        .einmal(["estimate"])
        .run_with("{\"text\":\"a\"}\n")
        .exits(2)
        .complains("a pipe can be read only once")
        .hints_at("dump.jsonl");
    folder.einmal(["estimate", "none.jsonl"]).run().exits(2).complains("none.jsonl: cannot read");
}

#[test]
fn far_more_copies_than_estimated_are_an_alarm() {
    let folder = Folder::new();
    let text = |nth: usize| (0..60).map(|word| format!("a{nth}b{word}")).collect::<Vec<_>>().join(" ");
    let once = jsonl((0..30).map(|nth| (format!("n{nth}"), text(nth))));
    folder.write("once.jsonl", &once);
    folder.write("twice.jsonl", once.repeat(2));
    let run = folder.einmal(["estimate", "--json", "once.jsonl"]).run();
    let expected = estimated(&folder, &["once.jsonl"])["duplicates"].as_f64().expect("a number");
    folder.write("estimate.json", &run.exits(0).stdout);
    for (file, is_odd) in [("once.jsonl", false), ("twice.jsonl", true)] {
        let run = folder.dedup([file, "-o", "out.jsonl", "--estimate", "estimate.json", "--summary", "s.json"]).run();
        let summary = folder.json("s.json");
        let found = summary["estimated"]["found"].as_f64().expect("a number");
        let compared = summary["words_in"].as_f64().expect("a number") - summary["words_out"].as_f64().expect("a number");
        assert_eq!(found, compared / summary["words_in"].as_f64().expect("a number"), "{file}");
        assert_eq!(summary["estimated"]["expected"], expected);
        let alarms: Vec<&Value> = summary["alarms"].as_array().expect("a list").iter().collect();
        assert_eq!(alarms.iter().any(|alarm| alarm["kind"] == "estimate"), is_odd, "{file}: {summary}");
        assert_eq!(run.exits(0).stderr.contains("the estimate was "), is_odd, "{file}: {run}");
    }
    folder.write("none.json", "{}");
    let run = folder.dedup(["once.jsonl", "-o", "out.jsonl", "--estimate", "none.json"]).run();
    run.exits(2).complains("none.json: is no estimate").hints_at("einmal estimate --json");
}

#[test]
#[cfg(unix)]
fn a_run_that_would_not_fit_on_the_disk_says_so_before_it_starts() {
    let folder = Folder::new();
    let record = |nth: usize| format!("{{\"text\":\"Es war einmal Text {nth}, der war kurz.\"}}\n");
    folder.write("huge.jsonl", (0..60_000).map(record).collect::<String>());
    // No run reads far into what holds nothing but zeros.
    folder.write("zeros.jsonl", "");
    for file in ["huge.jsonl", "zeros.jsonl"] {
        // A hole takes no room; where the file system takes no such file there is nothing to test.
        let file = File::options().write(true).open(folder.path(file)).expect("it is there");
        if file.set_len(15 << 40).is_err() {
            return;
        }
    }
    let estimate = |output| {
        folder.einmal(["estimate", "huge.jsonl", "-o", output, "--sample", "1M", "--threads", "1", "--memory", "99999G"]).run()
    };
    assert!(estimate("out.jsonl").exits(1).stdout_text().contains("\nno room     "));
    let told = |output| estimate(output).stdout_text().lines().find(|line| line.starts_with("disk")).map(str::to_owned);
    assert_ne!(told("out.jsonl"), told("out.jsonl.zst"), "a packed output is smaller");
    let cleaned = folder.einmal(["clean", "zeros.jsonl", "-o", "/dev/null", "--memory", "1G"]).run();
    assert!(!cleaned.stderr.contains("are free"), "{cleaned}");
    let outcome = folder.dedup(["zeros.jsonl", "-o", "out.jsonl", "--memory", "99999G"]).run();
    outcome.exits(2).stderr_holds(&["out.jsonl: ", " are free on this disk, and the run may need 16,492 GB", "einmal estimate"]);
    let bare = folder.dedup(["zeros.jsonl", "-o", "/dev/null", "--memory", "99999G"]).run();
    assert!(!bare.stderr.contains("are free"), "{bare}");
}
