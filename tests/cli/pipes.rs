//! Standard input, standard output, and readers who have seen enough.

use std::io::{Read, Write};

use crate::harness::{Folder, NO_ARGS, gzip, sample};

#[test]
fn standard_input_goes_to_standard_output() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let expected = folder.dedup(["night.jsonl"]).run().exits(0).stdout.clone();
    assert!(!expected.is_empty());
    for args in [&[][..], &["-"], &["-o", "-"], &["-", "-o", "-"], &["--threads", "1", "-"]] {
        folder.dedup(args).run_with(sample("night.jsonl")).exits(0).stdout_is(&expected);
    }
    folder.dedup(NO_ARGS).run_with(gzip(&sample("night.jsonl"))).exits(0).stdout_is(&expected);
    folder.dedup(["-o", "out.jsonl"]).run_with(sample("night.jsonl")).exits(0).stdout_is_empty();
    assert_eq!(folder.read("out.jsonl"), expected);
}

#[test]
fn standard_input_takes_its_place_among_files() {
    let folder = Folder::new();
    folder.write("a.jsonl", "{\"id\":\"a\",\"text\":\"Eins.\"}\n");
    folder.write("c.jsonl", "{\"id\":\"c\",\"text\":\"Drei.\"}\n");
    let piped = "{\"id\":\"b\",\"text\":\"Zwei.\"}";
    let expected = format!("{}{piped}\n{}", folder.text("a.jsonl"), folder.text("c.jsonl"));
    folder.dedup(["a.jsonl", "-", "c.jsonl"]).run_with(piped).exits(0).stdout_is(expected);
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_read_once() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let expected = folder.dedup(["night.jsonl"]).run().stdout;
    folder.dedup(["/dev/stdin"]).run_with(sample("night.jsonl")).exits(0).stdout_is(expected);
}

#[test]
fn a_pipe_that_gives_byte_by_byte_is_read_like_any_other() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let expected = folder.dedup(["night.jsonl"]).run().stdout;
    let write = |packed: Vec<u8>| {
        move |stdin: &mut std::process::ChildStdin| packed.iter().try_for_each(|byte| stdin.write_all(&[*byte]))
    };
    folder.dedup(NO_ARGS).run_with_writer(write(sample("night.jsonl"))).exits(0).stdout_is(&expected);
}

#[test]
fn standard_output_holds_data_only() {
    let folder = Folder::with_samples(&["night.jsonl", "broken.jsonl"]);
    let expected = folder.dedup(["-q", "night.jsonl"]).run().exits(0).stderr_is_empty().stdout.clone();
    for level in [&[][..], &["-v"], &["-vv"], &["-vvv"]] {
        let outcome = folder.dedup([level, &["night.jsonl"]].concat()).run();
        outcome.exits(0).stdout_is(&expected).stderr_holds(&["26 articles in, 21 out"]);
        // Where nobody watches, no progress bar is drawn.
        assert!(!outcome.stderr.contains(['\r', '\u{1B}']), "{outcome}");
    }
    let outcome = folder.dedup(["-v", "broken.jsonl"]).run();
    outcome.exits(3);
    assert_eq!(outcome.stdout.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"{")).count(), 4, "{outcome}");
    // With an output file, there is no data for it.
    folder.dedup(["-vv", "night.jsonl", "-o", "out.jsonl", "--ledger", "ledger.jsonl"]).run().exits(0).stdout_is_empty();
}

/// Records that fill every pipe.
fn large_dump() -> String {
    let line = |n: u64| format!("{{\"id\":{n},\"text\":\"Meldung {n}: {} {}.\"}}\n", n * 7919, "x".repeat(200));
    (0..6000).map(line).collect()
}

#[test]
fn a_closed_pipe_is_a_normal_end() {
    let folder = Folder::new();
    folder.write("large.jsonl", large_dump());
    for n_read in [0, 1, 10_000] {
        for options in [&[][..], &["--threads", "1"], &["--batch", "10"], &["--ledger", "ledger.jsonl"]] {
            let mut running = folder.dedup([&["large.jsonl"], options].concat()).spawn();
            let mut stdout = running.child.stdout.take().expect("it was asked for");
            stdout.read_exact(&mut vec![0; n_read]).expect("there is more than that");
            drop(stdout);
            running.finish().exits(0).stderr_is_empty();
        }
    }
}

#[test]
fn a_closed_pipe_ends_a_run_that_still_reads() {
    let folder = Folder::new();
    let mut running = folder.dedup(NO_ARGS).spawn();
    let mut stdin = running.child.stdin.take().expect("it was asked for");
    drop(running.child.stdout.take());
    // Writing ends when the program does, and not before.
    let dump = large_dump();
    assert!((0..100).any(|_| stdin.write_all(dump.as_bytes()).is_err()), "it reads on, and nobody reads its output");
    drop(stdin);
    running.finish().exits(0).stderr_is_empty();
}

#[test]
fn nobody_has_to_listen_to_standard_error() {
    let folder = Folder::with_samples(&["night.jsonl", "broken.jsonl"]);
    for (name, code) in [("night.jsonl", 0), ("broken.jsonl", 3), ("nosuch.jsonl", 2)] {
        let expected = folder.dedup([name]).run().stdout;
        let mut running = folder.dedup(["-vv", name]).spawn();
        drop(running.child.stderr.take());
        running.finish().exits(code).stdout_is(expected);
    }
}
