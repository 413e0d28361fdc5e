//! `einmal verify`: input, output and ledger of every kind of run agree.

use serde_json::{Value, json};

use crate::boilerplate::own;
use crate::dumps::{articles, in_each_format, many_articles, packings, tar};
use crate::harness::{Folder, jsonl};
use crate::laws::collage;

/// What a run leaves besides its output.
const RECEIPTS: [&str; 4] = ["--ledger", "ledger.jsonl", "--summary", "summary.json"];

/// Runs dedup over `inputs` with these settings, checked by itself, and then verify, which learns the settings from the summary.
#[track_caller]
fn verified(folder: &Folder, inputs: &[&str], output: &str, settings: &[&str]) {
    let run =
        folder.dedup([inputs, settings, &["-o", output, "--verify", "--quarantine", "bad.jsonl"], &RECEIPTS].concat()).run();
    run.exits(0);
    let check = folder.einmal([&["verify"], inputs, &["-o", output], &RECEIPTS].concat()).run();
    check.exits(0).stdout_is_empty().stderr_holds(&["all is as the ledger says"]);
}

const SETTINGS: [&[&str]; 14] = [
    &[],
    &["--lossless"],
    &["--clean", "off"],
    &["--clean", "lines,inline"],
    &["--boilerplate", "drop"],
    &["--boilerplate", "keep-one", "--clean", "lines", "--mask"],
    &["--unwrap"],
    &["--mark"],
    &["--filter", "drop"],
    &["--filter", "drop", "--facts", "names", "--clean", "lines"],
    &["--updates", "cut", "--ledger-text", "off"],
    &["--updates", "drop", "--facts", "off"],
    &["--min-run", "8", "--passage-threshold", "0.5", "--batch", "3", "--threads", "3"],
    &["--lossless", "--min-run", "8", "--clean", "off"],
];

/// The night's dump with lines around its texts that cleaning takes out, and that are masked.
pub(crate) fn dressed() -> String {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let mut records = folder.json_lines("night.jsonl");
    for (nth, record) in records.iter_mut().enumerate() {
        let more = ["Teilen", "Foto: dpa/Frank Molter", "Mehr zum Thema"][nth % 3];
        let text = record["text"].as_str().expect("a text");
        record["text"] =
            json!(format!("Tel. 0221/4949{nth:02}\n{text} (Foto: dpa)\nAlles über die Region\n{}\n{more}", own(nth)));
    }
    records.iter().map(|record| format!("{record}\n")).collect()
}

#[test]
fn runs_over_samples_are_right_with_any_settings() {
    let folder = Folder::with_samples(&["night.jsonl", "languages.jsonl", "broken.jsonl", "seed-shape.txt"]);
    folder.write("dressed.jsonl", dressed());
    folder.write("collage.jsonl", collage(150));
    for settings in SETTINGS {
        verified(&folder, &["night.jsonl", "languages.jsonl", "broken.jsonl"], "out.jsonl", settings);
        verified(&folder, &["dressed.jsonl", "collage.jsonl"], "out/", settings);
        if !settings.contains(&"--mark") {
            verified(&folder, &["seed-shape.txt"], "out.txt", settings);
            verified(&folder, &["seed-shape.txt"], "out.txt", &[&["--articles", "lines"], settings].concat());
        }
    }
}

#[test]
fn runs_over_every_format_are_right_whatever_they_are_written_in() {
    let folder = Folder::new();
    for (name, content) in in_each_format(&many_articles()) {
        folder.write(name, &content);
        verified(&folder, &[name], "same", &[]);
    }
    for (name, content) in in_each_format(&articles()) {
        folder.write(name, &content);
        for to in ["jsonl", "csv", "parquet", "bulk", "text"] {
            verified(&folder, &[name], &format!("out.{to}.zst"), &["--to", to, "--clean", "lines"]);
        }
        verified(&folder, &[name], "out.txt", &["--to", "text", "--articles", "lines"]);
        verified(&folder, &[name], "out.txt", &["--to", "text", "--articles", "blocks"]);
    }
    let (name, content) = in_each_format(&articles()).remove(0);
    for (packing, content) in packings(name, &content) {
        folder.write(packing, content);
        verified(&folder, &[packing], "out/", &[]);
    }
}

#[test]
fn folders_texts_pages_and_mixed_formats_are_right() {
    let folder = Folder::with_samples(&["wrapped/01-original.txt", "wrapped/02-wrapped.txt", "wrapped/03-flat.txt"]);
    verified(&folder, &["wrapped"], "out/", &[]);
    verified(&folder, &["wrapped"], "out.txt", &[]);
    verified(&folder, &["wrapped"], "out.jsonl", &["--to", "jsonl"]);
    folder.write("blocks.txt", "eins zwei\r\ndrei\r\n\r\nvier\r\n\r\neins zwei\r\ndrei\r\n");
    verified(&folder, &["blocks.txt"], "out.txt", &["--articles", "blocks"]);
    for (name, content) in in_each_format(&articles()) {
        folder.write(&format!("mixed/{name}"), &content);
    }
    verified(&folder, &["mixed"], "mixed-out/", &["--boilerplate", "drop"]);
    verified(&folder, &["mixed"], "out.jsonl", &["--to", "jsonl"]);
    let page = |nth: usize| format!("<!doctype html><html><body><main><p>{}</p><p>{}</p></main></body></html>", own(nth), own(1));
    folder.write(
        "pages.tar",
        tar(&[("1.html", page(1).as_bytes()), ("2.html", page(2).as_bytes()), ("3.html", page(2).as_bytes())]),
    );
    verified(&folder, &["pages.tar"], "pages/", &[]);
    verified(&folder, &["pages.tar"], "out.jsonl", &["--html", "all"]);
}

#[test]
fn texts_in_several_fields_are_right() {
    let folder = Folder::new();
    let record = |nth: usize, of: usize| {
        let lead = nth.is_multiple_of(2).then(|| own(of));
        let body = format!("{}\n{}", own(of + 100), own(nth + 200));
        json!({"id": nth, "t": format!("Titel {of} von einem\u{AD} Tag"), "lead": lead, "a": {"body": body}})
    };
    let lines: String = (0..20).map(|nth| format!("{}\n", record(nth, nth / 3))).collect();
    folder.write("fields.jsonl", lines);
    for settings in
        [&[][..], &["--lossless"], &["--clean", "off"], &["--mark"], &["--to", "csv"], &["--to", "text", "--articles", "lines"]]
    {
        verified(&folder, &["fields.jsonl"], "out.x.jsonl", &[&["--field", "t,lead,a.body"], settings].concat());
    }
}

#[test]
fn the_settings_of_a_run_can_be_typed_instead() {
    let folder = Folder::with_samples(&["night.jsonl", "seed-shape.txt"]);
    let text = folder.text("night.jsonl").replace("\"text\"", "\"inhalt\"");
    folder.write("night.jsonl", text);
    let settings = ["--field", "inhalt", "--clean", "off"];
    folder.dedup([&["night.jsonl", "-o", "out.jsonl", "--lossless"], &settings[..], &RECEIPTS].concat()).run().exits(0);
    let check = ["verify", "--input", "night.jsonl", "--output", "out.jsonl", "--ledger", "ledger.jsonl"];
    folder.einmal([&check[..], &settings].concat()).run().exits(0);
    folder.einmal([&check[..], &settings, &["--lossless", "-q"]].concat()).run().exits(0).stderr_is_empty();
    folder.einmal([&check[..], &["--summary", "summary.json"]].concat()).run().exits(0);
    let both = folder.einmal([&check[..], &["--summary", "summary.json", "--field", "inhalt"]].concat()).run();
    both.exits(2).stderr_holds(&["--summary"]);
}

#[test]
fn what_cannot_be_checked_is_no_offence() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    folder.dedup(["night.jsonl", "-o", "out.jsonl", "--ledger", "ledger.jsonl"]).run().exits(0);
    let check = |input: &str, output: &str, ledger: &str, more: &[&str]| {
        folder.einmal([&["verify", input, "-o", output, "--ledger", ledger], more].concat()).run()
    };
    check("none.jsonl", "out.jsonl", "ledger.jsonl", &[]).exits(2).complains("none.jsonl: cannot read");
    check("night.jsonl", "none.jsonl", "ledger.jsonl", &[]).exits(2).complains("none.jsonl: cannot read");
    check("night.jsonl", "out.jsonl", "none.jsonl", &[]).exits(2).complains("none.jsonl: cannot read");
    check("night.jsonl", "out.jsonl", "night.jsonl", &[]).exits(2).complains("night.jsonl: line 1 is no line of a ledger");
    check("night.jsonl", "out.jsonl", "ledger.jsonl", &["--summary", "night.jsonl"])
        .exits(2)
        .complains("night.jsonl: this is no summary");
    folder.einmal(["verify", "night.jsonl", "night.jsonl", "-o", "out.jsonl", "--ledger", "ledger.jsonl"]).run().exits(2);
    folder.einmal(["verify", "night.jsonl"]).run().exits(2);
    let renamed = check("./night.jsonl", "out.jsonl", "ledger.jsonl", &[]);
    renamed.exits(1).complains("ledger.jsonl: it tells of night.jsonl, which is none of the inputs");
    // Dedup reads its output again, so it has to stand somewhere.
    folder.dedup(["night.jsonl", "--verify"]).run().exits(2);
    for output in ["-", "/dev/null"] {
        let refused = folder.dedup(["night.jsonl", "--verify", "-o", output, "--ledger", "l.jsonl"]).run();
        refused.exits(2).complains("--verify reads output and ledger again").hints_at("-o clean.jsonl");
    }
    let piped = folder.dedup(["--verify", "-o", "piped.jsonl", "--ledger", "l.jsonl"]).run_with(folder.read("night.jsonl"));
    piped.exits(0);
    assert_eq!(folder.text("piped.jsonl"), folder.text("out.jsonl"));
    // Receipts may lead to what an earlier run kept.
    let mut lines = folder.json_lines("ledger.jsonl");
    let cover = &mut lines[0]["covers"][0];
    let words = cover["words"].as_u64().expect("a number");
    for (name, value) in
        [("file", json!("yesterday.jsonl")), ("run", json!("2026-02-09")), ("first_word", json!(7)), ("date", json!("x"))]
    {
        cover[name] = value;
    }
    folder.write("ledger.jsonl", lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n"));
    let told = format!("not checked, for their text is of earlier runs: 1 receipts for {words} words");
    check("night.jsonl", "out.jsonl", "ledger.jsonl", &[]).exits(0).stderr_holds(&[&told]);
}

#[test]
fn a_word_that_lies_in_several_parts_of_a_text_is_several() {
    let folder = Folder::new();
    let long = "x".repeat(5 << 20);
    // The last word is another: it is lost with its passage.
    let changed = own(2).replace("xcybj", "anders");
    let texts = [format!("{}\n{long}\n{}", own(1), own(2)), format!("{}\n{long}y\n{changed}", own(1))];
    folder.write("long.jsonl", jsonl(["a", "b"].into_iter().zip(texts)));
    verified(&folder, &["long.jsonl"], "out.jsonl", &[]);
    let lost: Vec<Value> = folder
        .json_lines("ledger.jsonl")
        .iter()
        .flat_map(|line| line["uncovered"].as_array().cloned().unwrap_or_default())
        .collect();
    assert!(!lost.is_empty() && lost.iter().all(|stretch| stretch["text"] == "anders"), "{lost:?}");
}

#[test]
fn cleaning_alone_is_checked_too() {
    let folder = Folder::new();
    folder.write("a.jsonl", dressed());
    folder
        .einmal([&["clean", "a.jsonl", "-o", "out.jsonl", "--clean", "lines,inline", "--mask"], &RECEIPTS[..]].concat())
        .run()
        .exits(0);
    let check = folder.einmal([&["verify", "a.jsonl", "-o", "out.jsonl"], &RECEIPTS[..]].concat()).run();
    check.exits(0).stderr_holds(&["26 articles in, 26 out", " 0 receipts followed"]);
    folder.write("out.jsonl", folder.text("out.jsonl").replacen("[phone ", "[phone 1", 1));
    folder.einmal([&["verify", "a.jsonl", "-o", "out.jsonl"], &RECEIPTS[..]].concat()).run().exits(1);
}

#[test]
fn receipts_for_what_an_earlier_run_kept_are_counted() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let (early, late) = (folder.json_lines("night.jsonl"), folder.json_lines("night.jsonl").split_off(13));
    let lines = |records: &[Value]| records.iter().map(|record| format!("{record}\n")).collect::<String>();
    folder.write("early.jsonl", lines(&early[..13]));
    folder.write("late.jsonl", lines(&[&early[..3], &late[..]].concat()));
    verified(&folder, &["early.jsonl"], "early.out.jsonl", &["--index", "index"]);
    verified(&folder, &["late.jsonl"], "late.out.jsonl", &["--index", "index"]);
    let check = folder.einmal([&["verify", "late.jsonl", "-o", "late.out.jsonl"], &RECEIPTS[..]].concat()).run();
    check.exits(0).stderr_holds(&["not checked, for their text is of earlier runs: "]);
    // What isn't right is not added either.
    let index = || folder.names().into_iter().filter(|name| name.starts_with("index/")).collect::<Vec<_>>();
    let before = index();
    folder
        .dedup(["late.jsonl", "late.jsonl", "-o", "x.jsonl", "--ledger", "l.jsonl", "--verify", "--index", "index"])
        .run()
        .exits(2);
    assert_eq!(index(), before);
}

/// A file that reads differently each time.
#[cfg(target_os = "linux")]
#[test]
fn what_is_wrong_gets_no_name() {
    let folder = Folder::new();
    let args = ["/proc/sys/kernel/random/uuid", "-o", "out.txt", "--ledger", "ledger.jsonl", "--verify", "--index", "index"];
    let outcome = folder.dedup(args).run();
    outcome.exits(1).stderr_holds(&["the text is not what should be left", "no file was put in its place"]);
    let left = folder.names().into_iter().filter(|name| !name.starts_with("index")).collect::<Vec<_>>();
    assert!(left.is_empty(), "{left:?}");
    folder.dedup(&args[..5]).run().exits(0);
}

#[test]
fn a_record_that_a_filter_left_out_is_lost_without_receipts() {
    let folder = Folder::new();
    let input = jsonl([("a", own(1)), ("b", own(2)), ("c", own(3))]);
    let lines: Vec<&str> = input.lines().collect();
    folder.write("in.jsonl", &input);
    folder.write("out.jsonl", format!("{}\n{}\n", lines[0], lines[2]));
    let line = |lost: usize| {
        json!({"file": "in.jsonl", "record": 2, "id": "b", "kept_before": 1, "reason": "filter", "rule": "short",
            "span": [0, own(2).len()],
            "words": 20, "covered": 0, "words_lost": lost, "covers": [], "raw": lines[1]})
    };
    for (lost, code) in [(20, 0), (0, 1)] {
        folder.write("ledger.jsonl", line(lost).to_string());
        folder.einmal(["verify", "in.jsonl", "-o", "out.jsonl", "--ledger", "ledger.jsonl"]).run().exits(code);
    }
}
