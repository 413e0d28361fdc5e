//! An index stays sound, whatever comes over it, or is named as what it is.

use std::fs::{self, File};
use std::thread::sleep;
use std::time::Duration;

use super::{content, days, files, run_day, run_days};
use crate::harness::assert_same;

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
