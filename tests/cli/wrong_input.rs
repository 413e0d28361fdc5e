//! Bad input neither stops a run nor vanishes: it is counted by reason, named with its place, and put aside where that is wanted.

use std::fs;
use std::io::Write;

use serde_json::{Value, json};

use crate::harness::{Folder, NO_ARGS, gzip, jsonl, sample, sample_text, zstd};

/// A run over `inputs` that must end with `code`: what came out, and the numbers of its bad records.
#[track_caller]
fn bad_records(folder: &Folder, inputs: &[&str], options: &[&str], code: i32) -> (Vec<u8>, Value) {
    let outcome = folder.dedup([inputs, options, &["--summary", "summary.json"]].concat()).run();
    outcome.exits(code);
    (outcome.stdout, folder.json("summary.json")["bad_records"].clone())
}

#[test]
fn a_missing_input_is_named_and_nothing_is_done() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    for inputs in
        [&["nosuch.jsonl"][..], &["night.jsonl", "nosuch.jsonl"], &["nosuch.jsonl", "night.jsonl"], &["nosuch.jsonl", "-"]]
    {
        folder.dedup(inputs).run().exits(2).stdout_is_empty().complains("nosuch.jsonl: cannot read: ");
        let outputs = ["-o", "out.jsonl", "--ledger", "ledger.jsonl", "--summary", "summary.json", "--quarantine", "bad.jsonl"];
        let outcome = folder.dedup([inputs, &outputs].concat()).run();
        outcome.exits(2).complains("nosuch.jsonl: cannot read: ");
        assert_eq!(folder.names(), ["night.jsonl"], "{outcome}");
    }
    folder.dedup(["night.jsonl/below"]).run().exits(2).complains("night.jsonl/below: cannot read: ");
}

#[test]
fn control_characters_of_a_name_do_not_reach_the_terminal() {
    let folder = Folder::new();
    let outcome = folder.dedup(["no\u{1b}[31msuch\nfile.jsonl"]).run();
    outcome.exits(2).complains("no\u{FFFD}[31msuch\u{FFFD}file.jsonl: cannot read: ");
}

#[cfg(unix)]
#[test]
fn control_characters_of_a_dump_do_not_reach_the_terminal() {
    let folder = Folder::new();
    // In a field's name as it stands or escaped, in a value that is no text, and in the name of the file.
    for line in ["{\"\\u001b[31mtitle\": 1}", "{\"\u{1B}[31mtitle\": 1}", "{\"text\": [\"\u{1B}[31m\"]}", "\u{1B}[31m"] {
        folder.write("dump.jsonl", line);
        let outcome = folder.dedup(["dump.jsonl"]).run();
        outcome.exits(3).stderr_holds(&["dump.jsonl:1: "]);
        assert!(!outcome.stderr.contains('\u{1B}'), "{line:?} reaches the terminal\n{outcome}");
    }
    folder.write("d\u{1B}[31mump.jsonl", "nichts");
    let outcome = folder.dedup(["d\u{1B}[31mump.jsonl"]).run();
    assert!(!outcome.exits(3).stderr.contains('\u{1B}'), "{outcome}");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_missing_when_named_and_nothing_in_a_folder() {
    let folder = Folder::new();
    folder.write("dumps/night.jsonl", sample("night.jsonl"));
    std::os::unix::fs::symlink("nosuch", folder.path("dumps/link.jsonl")).expect("links can be made");
    folder.dedup(["dumps/link.jsonl"]).run().exits(2).stdout_is_empty().complains("dumps/link.jsonl: cannot read: ");
    folder.dedup(["dumps"]).run().exits(0);
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_2() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    folder.write("dumps/night.jsonl", sample("night.jsonl"));
    folder.write("closed.jsonl", sample("night.jsonl"));
    let set = |name: &str, mode| fs::set_permissions(folder.path(name), fs::Permissions::from_mode(mode)).expect("it is ours");
    set("dumps", 0o000);
    set("closed.jsonl", 0o000);
    // Some users may read everything.
    if fs::read_dir(folder.path("dumps")).is_err() {
        folder.dedup(["dumps"]).run().exits(2).stdout_is_empty().complains("dumps: cannot read folder: permission denied");
        folder
            .dedup(["dumps/night.jsonl"])
            .run()
            .exits(2)
            .stdout_is_empty()
            .complains("dumps/night.jsonl: cannot read: permission denied");
    }
    if fs::File::open(folder.path("closed.jsonl")).is_err() {
        folder.dedup(["closed.jsonl"]).run().exits(2).stdout_is_empty().complains("closed.jsonl: cannot read: permission denied");
    }
    set("dumps", 0o755);
    set("closed.jsonl", 0o644);
}

#[test]
fn a_field_that_no_record_has_is_named_with_those_there_are() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let outcome = folder.dedup(["night.jsonl", "--field", "nosuch"]).run();
    outcome.exits(3).stdout_is_empty().stderr_holds(&[
        "night.jsonl:1: ",
        "\"nosuch\"",
        "id, url, date, source, lang, score, price, text",
        "--field",
        "26 no-text-field",
    ]);
    let (_, bad) = bad_records(&folder, &["night.jsonl"], &["--field", "text.inner"], 3);
    assert_eq!(bad, json!({"no-text-field": 26}));
    let (_, bad) = bad_records(&folder, &["night.jsonl"], &["--field", "score"], 3);
    assert_eq!(bad, json!({"text-is-no-string": 1, "no-text-field": 25}));
    let (_, bad) = bad_records(&folder, &["night.jsonl"], &["--field", "nosuch", "--quarantine", "bad.jsonl"], 0);
    assert_eq!(bad, json!({"no-text-field": 26}));
    assert_eq!(folder.json_lines("bad.jsonl").len(), 26);
}

#[test]
fn a_binary_file_that_was_named_is_2() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    folder.write("picture.jsonl", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0");
    folder.write("wide.txt", b"\xFF\xFEE\0i\0n\0s\0");
    folder.write("picture.gz", gzip(b"\0\x01\x02\x03"));
    let before = folder.names();
    for (name, what) in [("picture.jsonl", "binary data"), ("wide.txt", "UTF-16"), ("picture.gz", "binary data")] {
        folder
            .dedup([name])
            .run()
            .exits(2)
            .stdout_is_empty()
            .complains(&format!("{name}: "))
            .stderr_holds(&[what])
            .hints_at("JSON");
        folder.dedup(NO_ARGS).run_with(folder.read(name)).exits(2).stdout_is_empty().complains("-: ").stderr_holds(&[what]);
        let outcome = folder.dedup(["night.jsonl", name, "-o", "out.jsonl", "--ledger", "ledger.jsonl"]).run();
        outcome.exits(2).complains(&format!("{name}: "));
        assert_eq!(folder.names(), before, "{outcome}");
    }
}

#[test]
fn a_binary_file_in_a_folder_of_dumps_is_counted() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let expected = folder.dedup(["night.jsonl"]).run().stdout;
    for name in ["a-picture.png", "z-picture.png"] {
        let dumps = format!("with-{name}");
        folder.write(&format!("{dumps}/night.jsonl"), sample("night.jsonl"));
        folder.write(&format!("{dumps}/{name}"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0");
        let outcome = folder.dedup([&dumps]).run();
        outcome.exits(3).stderr_holds(&[&format!("{dumps}/{name}"), "1 binary"]).stdout_is(&expected);
        folder.dedup([&dumps, "--mark", "-o", "marked.jsonl"]).run().exits(3);
        let (_, bad) = bad_records(&folder, &[&dumps], &["-o", &format!("out-{name}/"), "--quarantine", "bad.jsonl"], 0);
        assert_eq!(bad, json!({"binary": 1}));
        assert_eq!(folder.read(&format!("out-{name}/night.jsonl")), expected);
        let line = &folder.json_lines("bad.jsonl")[0];
        assert_eq!((&line["file"], &line["reason"]), (&json!(format!("{dumps}/{name}")), &json!("binary")));
    }
}

#[test]
fn a_binary_file_in_a_folder_of_texts_is_counted() {
    let folder = Folder::new();
    for (name, text) in [("a.txt", "Eins.\n"), ("c.txt", "Drei.\n")] {
        folder.write(&format!("texts/{name}"), text);
    }
    folder.write("texts/b.bin", b"ab\0cd");
    let (stdout, bad) = bad_records(&folder, &["texts"], &[], 3);
    assert_eq!((stdout.as_slice(), bad), (&b"Eins.\nDrei.\n"[..], json!({"binary": 1})));
}

#[test]
fn a_bad_line_is_named_and_the_others_are_handled() {
    let folder = Folder::new();
    let good = |n: u32| format!("{{\"id\": {n}, \"text\": \"Satz {n}.\"}}\n");
    let wrong = "{\"id\": 3, \"text\": \"Satz 3.\n";
    let dump = [good(1), good(2), wrong.to_owned(), good(4), good(5)].concat();
    let left = [good(1), good(2), good(4), good(5)].concat();
    folder.write("dump.jsonl", &dump);
    let outcome = folder.dedup(["dump.jsonl", "--summary", "summary.json"]).run();
    outcome.exits(3).stdout_is(&left).stderr_holds(&["einmal: dump.jsonl:3: invalid JSON", "1 invalid-json"]);
    let summary = folder.json("summary.json");
    assert_eq!((&summary["articles_in"], &summary["bad_records"]), (&json!(4), &json!({"invalid-json": 1})));

    folder.dedup(["dump.jsonl", "--quarantine", "bad.jsonl"]).run().exits(0).stdout_is(&left);
    let lines = folder.json_lines("bad.jsonl");
    assert_eq!(lines.len(), 1);
    let detail = lines[0]["detail"].as_str().expect("a sentence");
    let offset = good(1).len() + good(2).len();
    let raw = wrong.trim_end();
    let expected =
        json!({"file": "dump.jsonl", "record": 3, "offset": offset, "reason": "invalid-json", "detail": detail, "raw": raw});
    assert_eq!(lines[0], expected);
    assert!(detail.contains("invalid JSON"), "{detail}");

    folder.dedup(["-q"]).run_with(dump).exits(3).stdout_is(&left).stderr_holds(&["einmal: -:3: "]);
}

#[test]
fn the_place_of_a_bad_line_counts_a_byte_order_mark() {
    let folder = Folder::new();
    folder.write("dump.jsonl", "\u{FEFF}{\"text\": \"Eins.\"}\nnichts\n");
    folder.dedup(["dump.jsonl", "--quarantine", "bad.jsonl"]).run().exits(0).stdout_is("{\"text\": \"Eins.\"}\n");
    let line = &folder.json_lines("bad.jsonl")[0];
    assert_eq!((&line["record"], &line["offset"], &line["raw"]), (&json!(2), &json!(21), &json!("nichts")));
}

#[test]
fn every_kind_of_bad_record_is_put_aside_as_it_was() {
    let folder = Folder::with_samples(&["broken.jsonl"]);
    let input = sample("broken.jsonl");
    let lines: Vec<&[u8]> = input.split(|byte| *byte == b'\n').collect();
    let reasons =
        [(2, "invalid-json"), (3, "no-object"), (4, "no-text-field"), (5, "text-is-no-string"), (6, "text-is-no-string")];
    for (clean, more) in [("safe", &[][..]), ("off", &[(8, "invalid-utf8"), (9, "invalid-utf8")])] {
        folder.dedup(["broken.jsonl", "--clean", clean, "--quarantine", "bad.jsonl", "-o", "out.jsonl"]).run().exits(0);
        let bad = folder.json_lines("bad.jsonl");
        let found: Vec<_> = bad
            .iter()
            .map(|line| (line["record"].as_u64().expect("a number"), line["reason"].as_str().expect("a name")))
            .collect();
        assert_eq!(found, [&reasons[..], more].concat(), "--clean {clean}");
        for line in &bad {
            let number = line["record"].as_u64().expect("a number") as usize;
            let offset: usize = lines[..number - 1].iter().map(|line| line.len() + 1).sum();
            assert_eq!(line["offset"], json!(offset));
            let raw = match line["raw"].as_str() {
                Some(raw) => raw.as_bytes().to_vec(),
                None => unbase64(line["raw_base64"].as_str().expect("one of both is there")),
            };
            assert_eq!(raw, lines[number - 1], "line {number}");
        }
        // With nobody to keep them, the same records are left out, and the end is another.
        let out = folder.read("out.jsonl");
        folder.dedup(["broken.jsonl", "--clean", clean]).run().exits(3).stdout_is(out);
    }
}

fn unbase64(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(text).expect("sound base64")
}

#[test]
fn a_record_that_is_too_large_is_passed() {
    let folder = Folder::new();
    let (before, after) = (jsonl([("a", "Davor.")]), jsonl([("b", "Danach."), ("c", "Zuletzt.")]));
    for len in [3 << 20, 9 << 20] {
        let long = format!("{{\"id\": \"long\", \"text\": \"{}\"}}", "lang ".repeat(len / 5));
        folder.write("dump.jsonl", format!("{before}{long}\n{after}nichts\n"));
        // How much is read at once depends on the threads, the answer doesn't.
        for threads in ["1", "8"] {
            let what = format!("{len} bytes, {threads} threads");
            let options = ["--max-record", "1k", "--threads", threads];
            let (stdout, bad) = bad_records(&folder, &["dump.jsonl"], &options, 3);
            assert_eq!(String::from_utf8_lossy(&stdout), format!("{before}{after}"), "{what}");
            assert_eq!(bad, json!({"too-large": 1, "invalid-json": 1}), "{what}");
            let outcome = folder.dedup([&["dump.jsonl"], &options[..]].concat()).run();
            outcome.exits(3).stderr_holds(&["dump.jsonl:2: ", "1024 bytes", "--max-record", "dump.jsonl:5: "]);

            folder.dedup([&["dump.jsonl", "--quarantine", "bad.jsonl"], &options[..]].concat()).run().exits(0);
            let lines = folder.json_lines("bad.jsonl");
            let places: Vec<_> =
                lines.iter().map(|line| [&line["record"], &line["offset"], &line["reason"]].map(Value::clone)).collect();
            let last = before.len() + long.len() + 1 + after.len();
            let expected = [[json!(2), json!(before.len()), json!("too-large")], [json!(5), json!(last), json!("invalid-json")]];
            assert_eq!(places, expected, "{what}");
            let raw = lines[0]["raw"].as_str().expect("its first bytes are text");
            assert!(raw.len() >= 1024 && long.starts_with(raw), "{what}: {} bytes of the record are put aside", raw.len());
        }
    }
    // A limit that fits is no limit.
    let outcome = folder.dedup(["dump.jsonl", "--max-record", "10M", "-o", "out.jsonl"]).run();
    outcome.exits(3).stderr_holds(&["bad records left out: 1 invalid-json\n"]);
}

#[test]
fn a_text_that_is_too_large_is_passed() {
    let folder = Folder::new();
    folder.write("long.txt", "lang ".repeat(1000));
    folder.write("short.txt", "kurz\n");
    let (stdout, bad) = bad_records(&folder, &["long.txt", "short.txt"], &["--max-record", "1k"], 3);
    assert_eq!((stdout.as_slice(), bad), (&b"kurz\n"[..], json!({"too-large": 1})));
    folder.write("lines.txt", format!("kurz\n{}\nbald\n", "lang ".repeat(1000)));
    let (stdout, bad) = bad_records(&folder, &["lines.txt", "--articles", "lines"], &["--max-record", "1k"], 3);
    assert_eq!((stdout.as_slice(), bad), (&b"kurz\nbald\n"[..], json!({"too-large": 1})));
}

#[test]
fn an_endless_line_fills_no_memory() {
    let folder = Folder::new();
    let piece = "abcdefg ".repeat(1 << 17);
    let (before, after) = (jsonl([("a", "Davor.")]), jsonl([("b", "Danach.")]));
    let write = |stdin: &mut std::process::ChildStdin| {
        write!(stdin, "{before}{{\"text\": \"")?;
        for _ in 0..320 {
            stdin.write_all(piece.as_bytes())?;
        }
        write!(stdin, "\"}}\n{after}")
    };
    let outcome = folder.dedup(["--summary", "summary.json"]).run_with_writer(write);
    outcome.exits(3).stdout_is(format!("{before}{after}")).stderr_holds(&["-:2: ", "1 too-large"]);
    let summary = folder.json("summary.json");
    if let Some(peak) = summary["peak_memory"].as_u64() {
        assert!(peak < 700_000_000, "{peak} bytes");
    }
}

#[test]
fn what_stands_before_damage_is_handled() {
    let folder = Folder::new();
    let lines: Vec<String> = (0..2000)
        .map(|n| format!("{{\"id\": {n}, \"text\": \"Meldung {n} über {} und {}.\"}}\n", n * 7919, n * 104_729 % 1009))
        .collect();
    let text = lines.concat();
    let packed = [("cut.jsonl.gz", gzip(text.as_bytes())), ("cut.jsonl.zst", zstd_in_blocks(text.as_bytes()))];
    for (name, packed) in packed {
        folder.write(name, &packed[..packed.len() / 2]);
        let outcome = folder.dedup([name, "--summary", "summary.json"]).run();
        outcome.exits(3).stderr_holds(&["damaged", "1 damaged"]);
        let out = outcome.stdout_text();
        let n_out = out.lines().count();
        assert!(n_out > 100 && n_out < lines.len(), "{n_out} records of {name}");
        assert_eq!(out, lines[..n_out].concat(), "{name}");
        assert_eq!(folder.json("summary.json")["bad_records"], json!({"damaged": 1}), "{name}");
        outcome.stderr_holds(&[&format!("{name}:{}: ", n_out + 1)]);

        folder.dedup([name, "--quarantine", "bad.jsonl"]).run().exits(0).stdout_is(out);
        let bad = folder.json_lines("bad.jsonl");
        assert_eq!(
            (&bad[0]["reason"], &bad[0]["record"], &bad[0]["offset"]),
            (&json!("damaged"), &json!(n_out + 1), &json!(out.len()))
        );
        assert!(lines[n_out].starts_with(bad[0]["raw"].as_str().expect("the cut is in ASCII")), "{name}");

        // The files after it are handled too.
        folder.write("other.jsonl", jsonl([("x", "Noch einer.")]));
        let outcome = folder.dedup([name, "other.jsonl"]).run();
        outcome.exits(3).stdout_is(format!("{out}{}", folder.text("other.jsonl")));
    }
}

/// Packed so that half of the file is worth half of the text.
fn zstd_in_blocks(text: &[u8]) -> Vec<u8> {
    text.chunks(4096).flat_map(zstd).collect()
}

#[test]
fn a_file_that_is_nothing_but_damage_is_counted() {
    let folder = Folder::new();
    for (name, packed) in [("cut.jsonl.gz", gzip(b"{}")), ("cut.jsonl.zst", zstd(b"{}"))] {
        folder.write(name, &packed[..5]);
        let (stdout, bad) = bad_records(&folder, &[name], &[], 3);
        assert_eq!((stdout.as_slice(), bad), (&b""[..], json!({"damaged": 1})), "{name}");
    }
}

#[test]
fn a_text_that_is_damaged_is_no_article() {
    let folder = Folder::new();
    let packed = gzip(sample_text("seed-shape.txt").as_bytes());
    folder.write("cut.txt.gz", &packed[..packed.len() / 2]);
    let (stdout, bad) = bad_records(&folder, &["cut.txt.gz"], &["--quarantine", "bad.jsonl"], 0);
    assert_eq!((stdout.as_slice(), bad), (&b""[..], json!({"damaged": 1})));
    let line = &folder.json_lines("bad.jsonl")[0];
    assert!(sample_text("seed-shape.txt").starts_with(line["raw"].as_str().expect("the cut is in ASCII")));
}
