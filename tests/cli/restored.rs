//! `einmal restore`: output and ledger give back the cleaned input.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::boilerplate::own;
use crate::dumps::{articles_of, in_each_format, many_articles};
use crate::harness::{Folder, assert_same, jsonl, sample_text};
use crate::laws::collage;
use crate::traced::is_whole;
use crate::verified::dressed;

const RECEIPTS: [&str; 4] = ["--ledger", "ledger.jsonl", "--quarantine", "bad.jsonl"];

/// Runs dedup over files of the folder, and gives back what restore makes of its output.
#[track_caller]
fn restored(folder: &Folder, inputs: &[&str], output: &str, settings: &[&str], more: &[&str]) -> Vec<u8> {
    folder.dedup([inputs, settings, &["-o", output], &RECEIPTS].concat()).run().exits(0);
    let restored = folder.einmal([&["restore", "-o", output, "--ledger", "ledger.jsonl"], more].concat()).run();
    restored.exits(0).stderr_holds(&["records restored: "]).stdout.clone()
}

/// The good records of JSON Lines: each as cleaning leaves it, or as it was read, if it went whole.
fn cleaned(folder: &Folder, file: &str, cleaning: &[&str]) -> Vec<u8> {
    let clean = folder.einmal([&["clean", file, "--quarantine", "bad.jsonl"], cleaning].concat()).run();
    let numbers =
        |lines: Vec<Value>| lines.iter().map(|line| line["record"].as_u64().expect("a number")).collect::<HashSet<u64>>();
    let bad = numbers(folder.json_lines("bad.jsonl"));
    let gone = numbers(folder.json_lines("ledger.jsonl").into_iter().filter(is_whole).collect());
    let input = folder.read(file);
    let lines = (1..).zip(input.split_inclusive(|byte| *byte == b'\n'));
    let good = lines.filter(|(number, line)| !bad.contains(number) && !line.trim_ascii().is_empty());
    let cleaned = clean.exits(0).stdout.split_inclusive(|byte| *byte == b'\n');
    good.zip(cleaned).flat_map(|((number, raw), clean)| if gone.contains(&number) { raw } else { clean }).copied().collect()
}

#[test]
fn json_lines_come_back_byte_for_byte() {
    let folder = Folder::with_samples(&["night.jsonl", "languages.jsonl", "broken.jsonl"]);
    folder.write("collage.jsonl", collage(250));
    for file in ["night.jsonl", "languages.jsonl", "broken.jsonl", "collage.jsonl"] {
        for settings in [&[][..], &["--lossless"], &["--updates", "cut"], &["--min-run", "8", "--passage-threshold", "0.5"]] {
            for cleaning in [&[][..], &["--clean", "off"]] {
                let found = restored(&folder, &[file], "out.jsonl", &[settings, cleaning].concat(), &[]);
                assert_same(&found, &cleaned(&folder, file, cleaning), &format!("{file} {settings:?} {cleaning:?}"));
            }
        }
    }
    // Several files are one corpus, and one output.
    let all = ["languages.jsonl", "night.jsonl", "collage.jsonl"];
    let found = restored(&folder, &all, "out.jsonl.gz", &["--clean", "off"], &["--into", "restored.jsonl.gz"]);
    assert_eq!(found, b"");
    let found = folder.einmal(["clean", "restored.jsonl.gz", "--clean", "off"]).run().exits(0).stdout.clone();
    assert_same(&found, &all.map(|file| folder.read(file)).concat(), "all");
}

#[test]
fn tables_arrays_and_texts_come_back_byte_for_byte() {
    let folder = Folder::new();
    for (name, content) in in_each_format(&many_articles()) {
        if name.ends_with(".parquet") || name.ends_with(".wet") || name.starts_with("pretty") || name.starts_with("array") {
            continue;
        }
        folder.write(name, &content);
        let found = restored(&folder, &[name], "out", &["--clean", "off"], &[]);
        assert_same(&found, &content, name);
    }
    for name in ["array.json", "pretty.json"] {
        folder.write(name, &in_each_format(&many_articles()).into_iter().find(|(of, _)| *of == name).expect("it is there").1);
        let found = restored(&folder, &[name], "out", &["--clean", "off"], &[]);
        assert_eq!(articles_of(name, &found), many_articles(), "{name}");
    }
    let line_break = |text: String| if text.ends_with('\n') { text } else { text + "\n" };
    folder.write("seed.txt", line_break(sample_text("seed-shape.txt")));
    folder.write("blocks.txt", format!("{a}\n\n{b}\n{a}\n\n{a}\n", a = own(1), b = own(2)));
    for (file, articles) in [("seed.txt", "file"), ("seed.txt", "lines"), ("blocks.txt", "blocks"), ("blocks.txt", "file")] {
        let found = restored(&folder, &[file], "out.txt", &["--articles", articles], &["--articles", articles]);
        assert_same(&found, &folder.read(file), &format!("{file} as {articles}"));
    }
}

#[test]
fn rows_and_pages_come_back_as_json_lines() {
    let folder = Folder::new();
    for (name, content) in
        in_each_format(&many_articles()).into_iter().filter(|(name, _)| name.contains("rows") || name.contains("warc"))
    {
        folder.write(name, &content);
        let found = restored(&folder, &[name], "out", &["--clean", "off"], &["--to", "jsonl"]);
        assert_eq!(articles_of("lines.jsonl", &found), many_articles(), "{name}");
    }
    let refused = folder.einmal(["restore", "-o", "out", "--ledger", "ledger.jsonl"]).run();
    assert!(refused.code == Some(0) || refused.stderr.contains("--to jsonl"), "{refused}");
}

#[test]
fn a_folder_comes_back_into_a_folder() {
    let folder = Folder::new();
    let names = ["dump/a.jsonl", "dump/b.jsonl", "dump/x/a.jsonl", "dump/x/none.jsonl", "dump/z.txt"];
    let texts =
        |from: usize| (from..from + 4).map(|nth| (nth.to_string(), format!("{}\n{}", own(nth), own(7)))).collect::<Vec<_>>();
    for (nth, name) in names.iter().enumerate() {
        let lines = if name.contains("none") { String::new() } else { jsonl(texts(nth * 2)) };
        folder.write(name, if name.ends_with("txt") { format!("{}\n{}\n", own(0), own(99)) } else { lines });
    }
    let found = restored(&folder, &["dump"], "out/", &[], &["--into", "restored"]);
    assert_eq!(found, b"");
    for name in names {
        let back = name.replace("dump/", "restored/");
        assert_same(&folder.read(&back), &folder.read(name), name);
        assert!(
            folder.read(name).is_empty()
                || name.ends_with("dump/a.jsonl")
                || folder.read(&name.replace("dump/", "out/")) != folder.read(name)
        );
    }
    folder.einmal(["restore", "-o", "out", "--ledger", "ledger.jsonl"]).run().exits(2).hints_at("--into");
}

#[test]
fn what_rules_took_out_comes_back_after_the_rest_and_masks_stay() {
    let folder = Folder::new();
    folder.write("a.jsonl", dressed());
    let settings = ["--clean", "lines,inline", "--boilerplate", "drop"];
    let found = restored(&folder, &["a.jsonl"], "out.jsonl", &settings, &[]);
    assert_same(&found, &folder.read("a.jsonl"), "layers");
    let all = [&settings[..], &["--mask"]].concat();
    let found = restored(&folder, &["a.jsonl"], "out.jsonl", &all, &[]);
    let masked = folder.einmal(["clean", "a.jsonl", "--mask"]).run().exits(0).stdout.clone();
    let texts = |lines: &[u8]| -> Vec<Value> {
        let lines = std::str::from_utf8(lines).expect("UTF-8").lines();
        lines
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
            .map(|record| json!([record["id"], record["text"]]))
            .collect()
    };
    assert_eq!(texts(&found), texts(&masked));
    let told = folder.einmal(["restore", "-o", "out.jsonl", "--ledger", "ledger.jsonl"]).run();
    told.exits(0).stderr_holds(&["masked, and nobody can tell from what: ", "of which the ledger has only id and text"]);
}

#[test]
fn texts_that_were_ascii_come_back_as_such() {
    let folder = Folder::new();
    let ascii = |text: &str| text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
    // Cleaning changes the text of all but the last; of one, what stays is plain ASCII. The last is no ASCII, though its escapes look so.
    let line =
        |nth: usize, more: &str| format!("{{\"text\":\"{}\\n{} {}\\nTeilen\\n{more}\"}}\n", own(nth), own(77), ascii("Größe"));
    let plain = format!("{{\"n\":\"\\u0026\",\"text\":\"{}\\n{} Größe\\nTeilen\"}}\n", own(9), own(77));
    folder.write("a.jsonl", line(1, &ascii("e\u{AD}ü")) + &line(2, &ascii("\u{AD}ü")) + &line(3, "x\\u00ad") + &plain);
    for settings in [&[][..], &["--clean", "lines"], &["--clean", "off"]] {
        let cleaning = if settings == ["--clean", "off"] { settings } else { &[] };
        let found = restored(&folder, &["a.jsonl"], "out.jsonl", settings, &[]);
        assert!(folder.json_lines("ledger.jsonl").iter().filter(|line| line["reason"] == "passage").count() == 3);
        assert_same(&found, &cleaned(&folder, "a.jsonl", cleaning), &format!("{settings:?}"));
    }
}

#[test]
fn texts_of_several_fields_come_back_each_into_its_own() {
    let folder = Folder::new();
    let line = |nth: usize| {
        let lead = if nth.is_multiple_of(3) { json!(null) } else { json!(own(nth / 4)) };
        let body = format!("{}\n{}", own(5), own(nth + 90));
        format!("{}\n", json!({"t": format!("{}\n{}", own(nth / 2), own(nth + 50)), "n": nth, "lead": lead, "a": {"body": body}}))
    };
    folder.write("a.jsonl", (0..20).map(line).collect::<String>().replace("x", "\\u0078"));
    let fields = ["--field", "t,lead,a.body"];
    for settings in [&[][..], &["--lossless"], &["--clean", "off"]] {
        let found = restored(&folder, &["a.jsonl"], "out.jsonl", &[&fields, settings].concat(), &fields);
        assert_same(&found, &folder.read("a.jsonl"), &format!("{settings:?}"));
    }
    // The summary knows them too.
    let settings = [&fields[..], &["--id-field", "n", "--summary", "summary.json"]].concat();
    let found = restored(&folder, &["a.jsonl"], "out.jsonl", &settings, &["--summary", "summary.json"]);
    assert_same(&found, &folder.read("a.jsonl"), "with the summary");
    let found = restored(&folder, &["a.jsonl"], "out.jsonl", &settings, &[&fields[..], &["--id-field", "n"]].concat());
    assert_same(&found, &folder.read("a.jsonl"), "with another id");
}

#[test]
fn what_cannot_be_restored_is_refused_with_a_way_out() {
    let folder = Folder::with_samples(&["night.jsonl", "wrapped/01-original.txt", "wrapped/02-wrapped.txt", "seed-shape.txt"]);
    let restore =
        |args: &[&str]| folder.einmal([&["restore", "--ledger", "ledger.jsonl", "--into", "back"], args].concat()).run();
    let dedup = |args: &[&str]| {
        folder.dedup([args, &["--ledger", "ledger.jsonl", "--summary", "summary.json"]].concat()).run().exits(0);
    };
    dedup(&["night.jsonl", "-o", "out.jsonl", "--ledger-text", "off"]);
    restore(&["-o", "out.jsonl"])
        .exits(2)
        .complains("ledger.jsonl: the ledger doesn't hold what was taken out")
        .hints_at("run dedup again");
    dedup(&["night.jsonl", "-o", "out.jsonl", "--mark"]);
    restore(&["-o", "out.jsonl"]).exits(2).complains("out.jsonl: this was written with --mark");
    restore(&["-o", "out.jsonl", "--summary", "summary.json"]).exits(2).complains("summary.json: the run only marked");
    dedup(&["night.jsonl", "-o", "out.bulk", "--to", "bulk"]);
    restore(&["-o", "out.bulk"]).exits(2).complains("out.bulk: lines for a search engine").hints_at("--to jsonl");
    dedup(&["night.jsonl", "-o", "out.csv", "--to", "csv"]);
    restore(&["-o", "out.csv"]).exits(2).complains("ledger.jsonl: line 1: the record in it is not CSV");
    dedup(&["night.jsonl", "-o", "out.txt", "--to", "text", "--articles", "lines"]);
    restore(&["-o", "out.txt", "--articles", "lines"])
        .exits(2)
        .complains("ledger.jsonl: line 1: the record in it is not plain text");
    dedup(&["night.jsonl", "-o", "out.parquet", "--to", "parquet"]);
    restore(&["-o", "out.parquet"]).exits(2).complains("out.parquet: rows of Parquet").hints_at("--to jsonl");
    dedup(&["seed-shape.txt", "wrapped", "-o", "out.txt"]);
    restore(&["-o", "out.txt"]).exits(2).complains("out.txt: several texts stand in this file").hints_at("-o out/");
    dedup(&["night.jsonl", "-o", "out.jsonl"]);
    restore(&["-o", "night.jsonl"]).exits(2).complains("ledger.jsonl: line").hints_at("of the same run");
    restore(&["-o", "none.jsonl"]).exits(2).complains("none.jsonl: cannot read");
    folder.write("ledger.jsonl", folder.text("ledger.jsonl").replace("\"kept_before\"", "\"x\""));
    restore(&["-o", "out.jsonl"]).exits(2).complains("ledger.jsonl: it doesn't say where").hints_at("run dedup again");
    assert!(!folder.names().contains(&"back".to_owned()), "nothing is left of what failed");
}
