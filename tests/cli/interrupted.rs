//! Ctrl-C, `kill` and `kill -9` leave the complete output or none.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::harness::{Finishing, Folder};

/// A run that has begun its output, and waits for more on standard input.
fn waiting(folder: &Folder, args: &[&str]) -> (Finishing, ChildStdin) {
    let mut running = folder.dedup([args, &["--threads", "1"]].concat()).spawn();
    let mut stdin = running.child.stdin.take().expect("it was asked for");
    // The output is begun with the first batch, which some megabytes fill. One article over and over is little work.
    let record = format!("{{\"id\":1,\"text\":\"Eins zwei drei.\"{}}}\n", " ".repeat(2000));
    stdin.write_all(record.repeat(3000).as_bytes()).expect("it reads");
    (running, stdin)
}

fn unfinished(folder: &Folder) -> Vec<String> {
    folder.names().into_iter().filter(|name| name.ends_with(".einmal-tmp")).collect()
}

/// Waits until there are `n` files under temporary names.
fn wait_for_unfinished(folder: &Folder, n: usize) {
    let started = Instant::now();
    while unfinished(folder).len() < n {
        assert!(started.elapsed() < Duration::from_secs(120), "no unfinished file: {:?}", folder.names());
        sleep(Duration::from_millis(5));
    }
}

/// Sends a signal by its name.
fn send(running: &Finishing, signal: &str) {
    let id = running.child.id().to_string();
    let status = Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", signal, &id]).stdin(Stdio::null()).status();
    assert!(status.expect("there is a shell").success());
}

#[test]
fn a_run_that_is_stopped_leaves_nothing() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let folder = Folder::new();
        let (running, stdin) = waiting(&folder, &["-o", "out.jsonl"]);
        wait_for_unfinished(&folder, 1);
        send(&running, signal);
        let outcome = running.finish();
        outcome.exits(code).stdout_is_empty();
        assert!(folder.names().is_empty(), "{:?}\n{outcome}", folder.names());
        drop(stdin);
    }
}

#[test]
fn a_run_that_is_stopped_leaves_none_of_its_files_and_all_that_was_there() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let folder = Folder::new();
        for name in ["out.jsonl.gz", "ledger.jsonl"] {
            folder.write(name, "older");
        }
        let args = ["-o", "out.jsonl.gz", "--ledger", "ledger.jsonl", "--summary", "summary.json", "--quarantine", "bad.jsonl"];
        let (running, stdin) = waiting(&folder, &args);
        wait_for_unfinished(&folder, 4);
        send(&running, signal);
        running.finish().exits(code);
        drop(stdin);
        assert_eq!(folder.names(), ["ledger.jsonl", "out.jsonl.gz"]);
        assert_eq!((folder.text("ledger.jsonl"), folder.text("out.jsonl.gz")), ("older".to_owned(), "older".to_owned()));
    }
}

#[test]
fn a_run_that_is_stopped_leaves_no_files_in_its_output_folder() {
    let folder = Folder::new();
    folder.write("first.jsonl", "{\"id\":1,\"text\":\"Vier.\"}\n");
    let (running, stdin) = waiting(&folder, &["first.jsonl", "-", "-o", "out/"]);
    wait_for_unfinished(&folder, 2);
    send(&running, "TERM");
    running.finish().exits(143);
    drop(stdin);
    let files: Vec<String> = folder.names().into_iter().filter(|name| !name.ends_with('/')).collect();
    assert_eq!(files, ["first.jsonl"]);
}

#[test]
fn a_run_that_waits_for_its_first_byte_can_be_stopped() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let folder = Folder::new();
        let mut running = folder.dedup(["-v", "-o", "out.jsonl"]).spawn();
        // Once it says what it does, it listens to signals.
        let mut line = String::new();
        BufReader::new(running.child.stderr.take().expect("it was asked for")).read_line(&mut line).expect("it says something");
        assert!(line.contains("reading 1 files"), "{line}");
        let stdin = running.child.stdin.take();
        send(&running, signal);
        running.finish().exits(code).stdout_is_empty();
        drop(stdin);
        assert!(folder.names().is_empty(), "{:?}", folder.names());
    }
}

#[test]
fn a_run_that_is_killed_leaves_nothing_under_the_final_names() {
    let folder = Folder::new();
    folder.write("out.jsonl", "older");
    let (mut running, stdin) = waiting(&folder, &["-o", "out.jsonl", "--ledger", "ledger.jsonl"]);
    wait_for_unfinished(&folder, 2);
    running.child.kill().expect("it is running");
    let outcome = running.finish();
    assert_eq!(outcome.code, None, "{outcome}");
    drop(stdin);
    let finished: Vec<String> = folder.names().into_iter().filter(|name| !name.ends_with(".einmal-tmp")).collect();
    assert_eq!(finished, ["out.jsonl"]);
    assert_eq!(folder.text("out.jsonl"), "older");
    // The next run is not in its way, and doesn't mistake what is left for an input.
    folder.write("in/dump.jsonl", "{\"id\":1,\"text\":\"Eins.\"}\n");
    folder.dedup(["in", "-o", "out.jsonl", "--ledger", "ledger.jsonl"]).run().exits(0);
    assert_eq!(folder.read("out.jsonl"), folder.read("in/dump.jsonl"));
}

#[test]
fn files_appear_when_they_are_complete() {
    let folder = Folder::new();
    let (running, stdin) = waiting(&folder, &["-o", "out.jsonl", "--ledger", "ledger.jsonl"]);
    wait_for_unfinished(&folder, 2);
    assert_eq!(unfinished(&folder), folder.names(), "they are there before they are complete");
    drop(stdin);
    running.finish().exits(0);
    assert_eq!(folder.names(), ["ledger.jsonl", "out.jsonl"]);
}
