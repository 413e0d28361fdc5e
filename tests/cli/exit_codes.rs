//! What cannot be done ends with 2, says why, and leaves nothing behind.

use std::fs;

use crate::harness::{Folder, NO_ARGS, gunzip, gzip, jsonl, sample, unzstd, zstd};

/// What a folder with one dump holds before and after a run that does nothing.
const ONLY_THE_DUMP: [&str; 1] = ["night.jsonl"];

#[test]
fn help_and_version_are_data() {
    let folder = Folder::new();
    folder.einmal(["--version"]).run().exits(0).stderr_is_empty().stdout_is(format!("einmal {}\n", env!("CARGO_PKG_VERSION")));
    for args in [&["--help"][..], &["-h"], &["dedup", "--help"], &["dedup", "-h"], &["help", "dedup"]] {
        let help = folder.einmal(args).run();
        help.exits(0).stderr_is_empty();
        assert!(help.stdout_text().contains("dedup"), "{help}");
    }
}

#[test]
fn a_wrong_command_line_is_2_and_names_what_is_wrong() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    for (args, named) in
        [(&[][..], "Usage"), (&["nosuch"], "nosuch"), (&["dedup", "--nosuch"], "--nosuch"), (&["dedup", "-q", "-v"], "--quiet")]
    {
        folder.einmal(args).run().exits(2).stdout_is_empty().stderr_holds(&[named]);
    }
    for (option, value) in [
        ("--min-run", "7"),
        ("--min-run", "256"),
        ("--min-run", "many"),
        ("--min-run", "-15"),
        ("--min-cut", "14"),
        ("--min-cut", "always"),
        ("--article-threshold", "0"),
        ("--article-threshold", "1.01"),
        ("--article-threshold", "80%"),
        ("--article-threshold", "0,8"),
        ("--passage-threshold", "-0.5"),
        ("--passage-threshold", ""),
        ("--threads", "0"),
        ("--threads", "two"),
        ("--threads", "100000"),
        ("--batch", "0"),
        ("--max-record", "0"),
        ("--max-record", "5G"),
        ("--max-record", "1.5M"),
        ("--max-record", "large"),
        ("--from", "xml"),
        ("--articles", "pages"),
        ("--clean", "hard"),
        ("--keep", "last"),
        ("--facts", "all"),
        ("--updates", "never"),
        ("--ledger-text", "maybe"),
        ("--field", ""),
        ("--field", "a..b"),
        ("--field", "a[x]"),
        ("--id-field", "[0]"),
    ] {
        let args = ["night.jsonl", "-o", "out.jsonl", &format!("{option}={value}")];
        folder.dedup(args).run().exits(2).stdout_is_empty().stderr_holds(&[option]);
        assert_eq!(folder.names(), ONLY_THE_DUMP, "{option} {value}");
    }
    for option in ["--article-threshold", "--passage-threshold"] {
        folder
            .dedup(["night.jsonl", "--lossless", option, "0.9"])
            .run()
            .exits(2)
            .stdout_is_empty()
            .stderr_holds(&["--lossless", option]);
    }
}

#[test]
fn options_at_their_limits_are_taken() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    for options in [
        &["--min-run", "8"][..],
        &["--min-run", "255"],
        &["--min-run", "60", "--min-cut", "60"],
        &["--min-cut", "15"],
        &["--min-cut", "never"],
        &["--article-threshold", "1", "--passage-threshold", "1.0"],
        &["--article-threshold", "0.000000001"],
        &["--threads", "1", "--batch", "1"],
        &["--max-record", "4294967295"],
        &["--max-record", "64k"],
    ] {
        folder.dedup([&["night.jsonl", "-o", "out.jsonl"], options].concat()).run().exits(0);
    }
}

#[test]
fn an_output_that_cannot_be_written_is_2_and_leaves_nothing() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    for option in ["-o", "--ledger", "--summary", "--quarantine"] {
        for (target, named) in [("nosuch/out.jsonl", "nosuch/out.jsonl"), ("night.jsonl/out.jsonl", "night.jsonl/out.jsonl")] {
            let others = ["-o", "-", "--ledger", "ledger.jsonl", "--summary", "summary.json", "--quarantine", "bad.jsonl"];
            let mut args: Vec<&str> = others.chunks(2).filter(|pair| pair[0] != option).flatten().copied().collect();
            args.extend(["night.jsonl", option, target]);
            let outcome = folder.dedup(args).run();
            outcome.exits(2).stdout_is_empty().complains(&format!("{named}: cannot write: "));
            assert_eq!(folder.names(), ONLY_THE_DUMP, "{outcome}");
        }
    }
}

#[test]
fn a_folder_where_a_file_is_wanted_is_2() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    folder.write("taken/here", "");
    let before = folder.names();
    for option in ["--ledger", "--summary", "--quarantine"] {
        folder.dedup(["night.jsonl", option, "taken"]).run().exits(2).stdout_is_empty().complains("taken: this is a folder");
        assert_eq!(folder.names(), before);
    }
    // The file in an output folder has the name of its input; here that is taken by a folder.
    folder.write("out/night.jsonl/here", "");
    let before = folder.names();
    folder
        .dedup(["night.jsonl", "-o", "out", "--ledger", "ledger.jsonl"])
        .run()
        .exits(2)
        .complains("out/night.jsonl: this is a folder");
    assert_eq!(folder.names(), before);
}

#[test]
fn a_file_where_a_folder_is_wanted_is_2() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    folder.write("out", "older");
    folder.dedup(["night.jsonl", "-o", "out/"]).run().exits(2).stdout_is_empty().complains("out").stderr_holds(&[": cannot "]);
    assert_eq!(folder.text("out"), "older");
}

#[cfg(unix)]
#[test]
fn a_folder_without_permission_to_write_is_2() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with_samples(&["night.jsonl"]);
    fs::create_dir(folder.path("closed")).expect("a test's folder can be written to");
    fs::set_permissions(folder.path("closed"), fs::Permissions::from_mode(0o555)).expect("it is ours");
    // Some users may write anywhere.
    if fs::write(folder.path("closed/probe"), "").is_err() {
        folder
            .dedup(["night.jsonl", "-o", "closed/out.jsonl"])
            .run()
            .exits(2)
            .complains("closed/out.jsonl: cannot write: permission denied");
        folder
            .dedup(["night.jsonl", "-o", "closed/"])
            .run()
            .exits(2)
            .complains("closed/night.jsonl: cannot write: permission denied");
    }
    fs::set_permissions(folder.path("closed"), fs::Permissions::from_mode(0o755)).expect("it is ours");
}

#[test]
fn what_stood_under_the_name_of_an_output_stays_when_a_run_fails() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    folder.write("out.jsonl", "older");
    folder.write("ledger.jsonl", "older");
    folder.dedup(["night.jsonl", "nosuch.jsonl", "-o", "out.jsonl", "--ledger", "ledger.jsonl"]).run().exits(2);
    folder
        .dedup(["night.jsonl", "-o", "out.jsonl", "--ledger", "ledger.jsonl", "--summary", "nosuch/summary.json"])
        .run()
        .exits(2);
    assert_eq!(folder.names(), ["ledger.jsonl", "night.jsonl", "out.jsonl"]);
    assert_eq!((folder.text("out.jsonl"), folder.text("ledger.jsonl")), ("older".to_owned(), "older".to_owned()));
}

#[test]
fn an_output_may_take_the_place_of_its_input() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let expected = folder.dedup(["night.jsonl"]).run().stdout;
    folder.dedup(["night.jsonl", "-o", "night.jsonl"]).run().exits(0);
    assert_eq!(folder.read("night.jsonl"), expected);
    assert_eq!(folder.names(), ONLY_THE_DUMP);
}

#[cfg(unix)]
#[test]
fn an_output_that_is_a_symbolic_link_stays_one() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    folder.write("store/real.jsonl", "older");
    std::os::unix::fs::symlink("store/real.jsonl", folder.path("out.jsonl")).expect("links can be made");
    let expected = folder.dedup(["night.jsonl"]).run().stdout;
    folder.dedup(["night.jsonl", "-o", "out.jsonl"]).run().exits(0);
    assert!(fs::symlink_metadata(folder.path("out.jsonl")).expect("it is there").is_symlink());
    assert_eq!(folder.read("store/real.jsonl"), expected);
}

#[test]
fn two_outputs_under_one_name_are_2() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    fs::create_dir(folder.path("out")).expect("a test's folder can be written to");
    for args in [
        &["-o", "same.jsonl", "--ledger", "same.jsonl"][..],
        &["-o", "same.jsonl", "--quarantine", "./same.jsonl"],
        &["--ledger", "same.jsonl", "--summary", "same.jsonl"],
        &["-o", "out/", "--ledger", "out/night.jsonl"],
    ] {
        let outcome = folder.dedup([&["night.jsonl"], args].concat()).run();
        outcome.exits(2).stdout_is_empty();
        assert_eq!(folder.names(), ["night.jsonl", "out/"], "{outcome}");
    }
}

#[test]
fn a_ledger_cannot_take_the_place_of_an_input() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    for option in ["--ledger", "--summary", "--quarantine"] {
        folder.dedup(["night.jsonl", option, "night.jsonl"]).run().exits(2).stdout_is_empty();
        assert_eq!(folder.read("night.jsonl"), sample("night.jsonl"), "{option}");
        assert_eq!(folder.names(), ONLY_THE_DUMP, "{option}");
    }
}

#[test]
fn an_output_folder_does_not_lie_in_an_input_folder() {
    let folder = Folder::new();
    folder.write("dumps/night.jsonl", sample("night.jsonl"));
    let before = folder.names();
    for output in ["dumps/out/", "dumps/deep/er/", "./dumps/out"] {
        let outcome = folder.dedup(["dumps", "-o", output]).run();
        outcome.exits(2).stdout_is_empty().stderr_holds(&["dumps"]);
        assert_eq!(folder.names(), before, "{outcome}");
    }
    // In its own place, each file is replaced.
    let expected = folder.dedup(["dumps"]).run().stdout;
    folder.dedup(["dumps", "-o", "dumps"]).run().exits(0);
    assert_eq!((folder.read("dumps/night.jsonl"), folder.names()), (expected, before));
}

#[test]
fn formats_are_not_mixed_in_one_output() {
    let folder = Folder::with_samples(&["night.jsonl", "seed-shape.txt"]);
    let before = folder.names();
    for inputs in [["night.jsonl", "seed-shape.txt"], ["seed-shape.txt", "night.jsonl"]] {
        let outputs = ["-o", "out.jsonl", "--ledger", "ledger.jsonl", "--summary", "summary.json"];
        let outcome = folder.dedup([&inputs[..], &outputs].concat()).run();
        outcome.exits(2).stdout_is_empty().complains(&format!("{}: ", inputs[1])).hints_at("-o FOLDER/");
        assert_eq!(folder.names(), before, "{outcome}");
        folder.dedup(inputs).run().exits(2).stdout_is_empty();
    }
    folder.dedup(["night.jsonl", "seed-shape.txt", "-o", "out/"]).run().exits(0);
    assert_eq!(folder.names(), ["night.jsonl", "out/", "out/night.jsonl", "out/seed-shape.txt", "seed-shape.txt"]);
}

#[test]
fn plain_text_cannot_be_marked() {
    let folder = Folder::with_samples(&["seed-shape.txt"]);
    for output in ["out.txt", "out/"] {
        let outcome = folder.dedup(["--mark", "seed-shape.txt", "-o", output]).run();
        outcome.exits(2).stdout_is_empty().complains("seed-shape.txt: this is plain text").stderr_holds(&["--mark"]);
        assert_eq!(folder.names(), ["seed-shape.txt"], "{outcome}");
    }
    folder.dedup(["--mark", "seed-shape.txt"]).run().exits(2).stdout_is_empty();
    folder.dedup(["--mark"]).run_with("ein Text\n").exits(2).stdout_is_empty();
}

#[test]
fn two_inputs_of_one_name_do_not_fit_into_one_folder() {
    let folder = Folder::new();
    folder.write("monday/dump.jsonl", jsonl([("a", "Eins.")]));
    folder.write("tuesday/dump.jsonl", jsonl([("b", "Zwei.")]));
    let before = folder.names();
    let outcome = folder.dedup(["monday/dump.jsonl", "tuesday/dump.jsonl", "-o", "out/", "--ledger", "ledger.jsonl"]).run();
    outcome.exits(2).stdout_is_empty().stderr_holds(&["two inputs", "dump.jsonl"]).hints_at("one file");
    assert_eq!(folder.names(), before, "{outcome}");
    folder.dedup(["monday", "tuesday", "-o", "out/"]).run().exits(2);
    assert_eq!(folder.names(), before);
    folder.dedup(["monday", "tuesday", "-o", "out.jsonl"]).run().exits(0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_2() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let full = || fs::File::options().write(true).open("/dev/full");
    let Ok(file) = full() else { return };
    folder
        .dedup(["night.jsonl"])
        .stdout_to(file)
        .finish()
        .exits(2)
        .complains("standard output: cannot write: no space left on device");
    let outcome = folder.dedup(["night.jsonl", "-o", "out.jsonl", "--ledger", "/dev/full"]).run();
    outcome.exits(2).complains("/dev/full: cannot write: no space left on device");
    assert_eq!(folder.names(), ONLY_THE_DUMP, "{outcome}");
}

#[test]
fn an_empty_input_gives_an_empty_output() {
    let folder = Folder::new();
    folder.write("empty.jsonl", "");
    folder.write("empty.txt", "");
    folder.write("empty.gz", gzip(b""));
    folder.write("empty.zst", zstd(b""));
    folder.write("nothing.gz", "");
    folder.write("blank.jsonl", "\n\n  \r\n");
    for name in ["empty.jsonl", "empty.txt", "empty.gz", "empty.zst", "nothing.gz", "blank.jsonl"] {
        folder.dedup([name, "-q"]).run().exits(0).stdout_is_empty().stderr_is_empty();
        if !name.starts_with("blank") {
            folder.dedup(["-q"]).run_with(folder.read(name)).exits(0).stdout_is_empty().stderr_is_empty();
        }
        folder.dedup([name, "-o", "out.jsonl", "--ledger", "ledger.jsonl", "--summary", "summary.json"]).run().exits(0);
        assert_eq!(folder.json("summary.json")["articles_in"], 0, "{name}");
        assert_eq!((folder.text("out.jsonl"), folder.text("ledger.jsonl")), (String::new(), String::new()), "{name}");
    }
    folder.dedup(["empty.jsonl", "-o", "out.jsonl.gz", "--ledger", "ledger.zst"]).run().exits(0);
    assert!(gunzip(&folder.read("out.jsonl.gz")).is_empty() && !folder.read("out.jsonl.gz").is_empty());
    assert!(unzstd(&folder.read("ledger.zst")).is_empty() && !folder.read("ledger.zst").is_empty());
    fs::create_dir(folder.path("none")).expect("a test's folder can be written to");
    folder.dedup(["none", "-q"]).run().exits(0).stdout_is_empty().stderr_is_empty();
    folder.dedup(NO_ARGS).run().exits(0).stdout_is_empty();
}

#[test]
fn a_quiet_run_says_nothing_but_what_went_wrong() {
    let folder = Folder::with_samples(&["night.jsonl", "broken.jsonl"]);
    folder.dedup(["-q", "night.jsonl", "-o", "out.jsonl"]).run().exits(0).stdout_is_empty().stderr_is_empty();
    folder.dedup(["-q", "broken.jsonl", "-o", "out.jsonl"]).run().exits(3).stderr_holds(&["broken.jsonl:2: "]);
    folder.dedup(["night.jsonl", "-o", "out.jsonl"]).run().exits(0).stderr_holds(&["26 articles in, 21 out"]);
}

#[test]
fn the_answer_no_is_1() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let some = folder.dedup(["night.jsonl", "--check", "--summary", "summary.json"]).run();
    some.exits(1).stdout_is_empty();
    assert!(folder.json("summary.json")["articles_out"].as_u64().expect("a number") > 20);
    folder.dedup(["night.jsonl", "-o", "out.jsonl"]).run().exits(0);
    folder.dedup(["out.jsonl", "--check"]).run().exits(0).stdout_is_empty();
    folder.dedup(["night.jsonl", "--check", "-o", "x.jsonl"]).run().exits(2);
    // What goes is 31.26 % of all words.
    let before = folder.names();
    for (share, code) in [("30%", 1), ("0.31", 1), ("32%", 0), ("100%", 0)] {
        let outcome =
            folder.dedup(["night.jsonl", "--max-removed", share, "-o", "new.jsonl", "--ledger", "new-ledger.jsonl"]).run();
        outcome.exits(code);
        if code == 1 {
            outcome.complains("31.26 % of the words would be taken out");
            assert_eq!(folder.names(), before, "{share}");
        }
    }
    assert_eq!(folder.read("new.jsonl"), folder.read("out.jsonl"));
    folder.dedup(["night.jsonl", "--max-removed", "0"]).run().exits(2);
}

#[test]
fn completions_and_manual_pages_come_from_the_options_there_are() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish"] {
        let page = folder.einmal(["completions", shell]).run();
        assert!(page.exits(0).stdout_text().contains("max-removed"), "{shell}");
    }
    let page = folder.einmal(["man", "dedup"]).run();
    assert!(page.exits(0).stdout_text().contains(".TH") && page.stdout_text().contains("max\\-removed"), "{page}");
    assert!(folder.einmal(["man"]).run().exits(0).stdout_text().contains("einmal\\-dedup"));
    folder.einmal(["man", "nonsense"]).run().exits(2).complains("there is no command nonsense").hints_at("--help");
}
