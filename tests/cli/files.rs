//! Plain text, folders and the files that come of them.

use std::fs;

use crate::harness::{Folder, assert_same, gunzip, gzip, jsonl, sample, sample_text, unzstd, zstd};
use crate::records::{field, lines_of_numbers};

#[test]
fn plain_text_that_is_not_touched_comes_out_byte_for_byte() {
    let folder = Folder::new();
    let texts = [
        "Eins.\n\nZwei.\n",
        "\n\n  Eins.  \n\tZwei. \n\n\n",
        "Eins.\rZwei.\rDrei.\n",
        "Eins.\r\nZwei.\r\n",
        "Überschrift\n=====\n\n* Grüße – „Ja“\n",
        "\n",
    ];
    for text in texts {
        folder.write("text.txt", text);
        let outcome = folder.dedup(["text.txt"]).run();
        assert_same(&outcome.exits(0).stdout, text.as_bytes(), &format!("{text:?}"));
    }
}

#[test]
fn lines_and_blocks_that_are_not_touched_come_out_byte_for_byte() {
    let folder = Folder::new();
    for (articles, text) in [
        ("lines", "Eins.\n\n  Zwei. \nDrei.\n"),
        ("lines", "Eins.\r\nZwei.\r\n"),
        ("blocks", "Eins.\nZwei.\n\nDrei.\n"),
        ("blocks", "Eins.\r\nZwei.\r\n\nDrei.\r\n"),
    ] {
        folder.write("text.txt", text);
        let outcome = folder.dedup(["text.txt", "--articles", articles]).run();
        assert_same(&outcome.exits(0).stdout, text.as_bytes(), &format!("{articles} of {text:?}"));
    }
    // Between blocks, one empty line stands for all.
    folder.write("text.txt", "\n\nEins.\nZwei.\n\n \t\n\nDrei.\n\n\n");
    let outcome = folder.dedup(["text.txt", "--articles", "blocks"]).run();
    assert_eq!(outcome.exits(0).stdout_text().trim_start(), "Eins.\nZwei.\n\nDrei.\n");
}

#[test]
fn a_line_or_a_block_of_a_text_may_be_an_article() {
    let folder = Folder::new();
    let story = |nth: u32| (0..24).map(|word| format!("Wort{}", nth * 100 + word)).collect::<Vec<_>>().join(" ");
    let (a, b, c) = (story(1), story(2), story(3));
    folder.write("lines.txt", format!("{a}\n{b}\n\n{a}\n{c}\n"));
    let run = |name: &str, articles: &str| {
        let outcome = folder.dedup([name, "--articles", articles, "--summary", "summary.json", "--ledger", "ledger.jsonl"]).run();
        outcome.exits(0);
        let summary = folder.json("summary.json");
        let reasons: Vec<String> = folder
            .json_lines("ledger.jsonl")
            .iter()
            .map(|line| format!("{} {}", line["record"], field(line, "reason")))
            .collect();
        (outcome.stdout_text().to_owned(), summary["articles_in"].as_u64(), reasons.join(", "))
    };
    assert_eq!(run("lines.txt", "lines"), (format!("{a}\n{b}\n\n{c}\n"), Some(5), "4 copy".to_owned()));
    assert_eq!(run("lines.txt", "file"), (format!("{a}\n{b}\n\n{c}\n"), Some(1), "1 passage".to_owned()));
    // The article of two lines is half a copy: one of its lines goes.
    assert_eq!(run("lines.txt", "blocks"), (format!("{a}\n{b}\n\n{c}\n"), Some(2), "2 passage".to_owned()));
    folder.write("blocks.txt", format!("\n{a}\n{b}\n\n \n\n{a}\n{b}\n\t\n{c}\n\n"));
    let (out, n_articles, reasons) = run("blocks.txt", "blocks");
    assert_eq!((out.trim_start(), n_articles, reasons.as_str()), (format!("{a}\n{b}\n\n{c}\n").as_str(), Some(3), "2 copy"));
}

#[test]
fn folders_are_read_in_byte_order_of_their_names() {
    let folder = Folder::new();
    // In this order, component by component.
    let names = ["0.txt", "B.txt", "a/1.txt", "a/b/2.txt", "a-z.txt", "a.txt", "b.txt", "z.txt", "ä.txt"];
    let mut expected = String::new();
    for name in names {
        let text = format!("Nummer {}.\n", expected.lines().count());
        folder.write(&format!("dumps/{name}"), &text);
        expected.push_str(&text);
    }
    for hidden in [".hidden.txt", "a/.git/config.txt", ".x/y.txt"] {
        folder.write(&format!("dumps/{hidden}"), "Verborgen.\n");
    }
    folder.dedup(["dumps"]).run().exits(0).stdout_is(&expected);
    folder.dedup(["dumps/"]).run().exits(0).stdout_is(&expected);
    folder.dedup(["."]).run().exits(0).stdout_is(&expected);
    // What is named is read, hidden or not, in the order given; and then it is the first to say so.
    for named in ["dumps/.hidden.txt", "dumps/.x", "dumps/a/.git"] {
        let outcome = folder.dedup(["dumps/z.txt", named, "dumps"]).run();
        let expected = format!("Nummer 7.\nVerborgen.\n{}", expected.replace("Nummer 7.\n", ""));
        assert_same(&outcome.exits(0).stdout, expected.as_bytes(), named);
    }
}

#[cfg(unix)]
#[test]
fn symbolic_links_in_folders_are_not_followed() {
    let folder = Folder::new();
    folder.write("dumps/a.txt", "Eins.\n");
    folder.write("elsewhere/b.txt", "Zwei.\n");
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, folder.path(name)).expect("links can be made");
    link("../elsewhere/b.txt", "dumps/file.txt");
    link("../elsewhere", "dumps/folder");
    link("..", "dumps/up");
    folder.dedup(["dumps"]).run().exits(0).stdout_is("Eins.\n");
    folder.dedup(["dumps/file.txt"]).run().exits(0).stdout_is("Zwei.\n");
    folder.dedup(["dumps/folder"]).run().exits(0).stdout_is("Zwei.\n");
}

#[test]
fn an_output_folder_gets_a_file_for_each_input() {
    let folder = Folder::new();
    let night = sample_text("night.jsonl");
    let line = |id: &str| {
        night.lines().find(|line| line.contains(&format!("\"{id}\""))).map(|line| format!("{line}\n")).expect("it is there")
    };
    folder.write("dumps/a.jsonl", line("n02"));
    folder.write("dumps/deep/er/b.jsonl", line("n10") + &line("n01"));
    folder.write("dumps/only-copies.jsonl", line("n10"));
    folder.write("dumps/empty.jsonl", "");
    let expected = [
        ("a.jsonl", line("n02")),
        ("deep/er/b.jsonl", line("n01")),
        ("empty.jsonl", String::new()),
        ("only-copies.jsonl", String::new()),
    ];
    for (input, output) in [("dumps", "out"), ("dumps", "deep/out/"), ("dumps/", "dots.in.name")] {
        folder.dedup([input, "-o", output]).run().exits(0).stdout_is_empty();
        let output = output.trim_end_matches('/');
        for (name, content) in &expected {
            assert_same(&folder.read(&format!("{output}/{name}")), content.as_bytes(), &format!("{output}/{name}"));
        }
        let n_files =
            folder.names().iter().filter(|name| name.starts_with(&format!("{output}/")) && !name.ends_with('/')).count();
        assert_eq!(n_files, expected.len(), "{:?}", folder.names());
        fs::remove_dir_all(folder.path(output)).expect("it is ours");
    }
    // An existing folder is taken for what it is, also for a single file.
    fs::create_dir(folder.path("there")).expect("a test's folder can be written to");
    folder.dedup(["dumps/a.jsonl", "-o", "there"]).run().exits(0);
    assert_eq!(folder.text("there/a.jsonl"), line("n02"));
}

#[test]
fn an_output_is_packed_as_its_name_says() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let expected = folder.dedup(["night.jsonl", "--ledger", "ledger.jsonl"]).run().stdout;
    folder.dedup(["night.jsonl", "-o", "out.jsonl.gz", "--ledger", "ledger.jsonl.zst"]).run().exits(0);
    assert_same(&gunzip(&folder.read("out.jsonl.gz")), &expected, "gzip");
    assert_same(&unzstd(&folder.read("ledger.jsonl.zst")), &folder.read("ledger.jsonl"), "zstd");
    folder.dedup(["night.jsonl", "-o", "out.jsonl.zst", "--ledger", "ledger.jsonl.gz"]).run().exits(0);
    assert_same(&unzstd(&folder.read("out.jsonl.zst")), &expected, "zstd");
    assert_same(&gunzip(&folder.read("ledger.jsonl.gz")), &folder.read("ledger.jsonl"), "gzip");
    // In a folder, the outputs have the names of the inputs, and are packed like them.
    folder.write("dumps/a.jsonl.gz", gzip(&sample("night.jsonl")));
    folder.write("dumps/b.jsonl.zst", zstd(jsonl([("x", "Noch einer.")]).as_bytes()));
    folder.dedup(["dumps", "-o", "out/"]).run().exits(0);
    assert_same(&gunzip(&folder.read("out/a.jsonl.gz")), &expected, "gzip in a folder");
    assert_same(&unzstd(&folder.read("out/b.jsonl.zst")), jsonl([("x", "Noch einer.")]).as_bytes(), "zstd in a folder");
    // Or all as asked for, standard output too.
    folder.dedup(["dumps", "-o", "plain/", "--compress", "none"]).run().exits(0);
    assert_same(&folder.read("plain/a.jsonl.gz"), &expected, "unpacked in a folder");
    let packed = folder.dedup(["night.jsonl", "--compress", "zstd"]).run();
    assert_same(&unzstd(&packed.stdout), &expected, "zstd on standard output");
    for (extension, how) in [("gz", "gzip"), ("zst", "zstd"), ("bz2", "bzip2"), ("xz", "xz"), ("lz4", "lz4")] {
        let name = format!("packed.{extension}");
        folder.dedup(["night.jsonl", "-o", &name]).run().exits(0);
        let by_name = folder.read(&name);
        folder.dedup(["night.jsonl", "-o", "packed", "--compress", how, "--threads", "3"]).run().exits(0);
        assert_same(&folder.read("packed"), &by_name, how);
        // A second run over it finds nothing.
        folder.dedup([&name]).run().exits(0).stdout_is(&expected);
    }
    // What a file is packed in shows in its bytes, whatever its name says.
    folder.write("misnamed.jsonl", gzip(&sample("night.jsonl")));
    folder.dedup(["misnamed.jsonl"]).run().exits(0).stdout_is(&expected);
}

#[test]
fn a_format_is_recognised_by_content_then_by_name_unless_it_is_given() {
    let folder = Folder::new();
    let object = "{\"text\":\"Eins.\"}\n";
    folder.write("dump.txt", object);
    folder.write("dump.jsonl", "nichts\n");
    folder.write("braces.txt", "{nichts}\n");
    folder.dedup(["dump.txt", "--field", "nosuch"]).run().exits(3);
    folder.dedup(["dump.jsonl"]).run().exits(3).stdout_is_empty();
    folder.dedup(["dump.jsonl", "--from", "text"]).run().exits(0).stdout_is("nichts\n");
    folder.dedup(["braces.txt", "--from", "text"]).run().exits(0).stdout_is("{nichts}\n");
    folder.dedup(["--from", "jsonl", "-"]).run_with("nichts\n").exits(3);
    folder.dedup(["-"]).run_with(format!("\n\n  {object}")).exits(0).stdout_is(format!("  {object}"));
}

#[test]
fn a_touched_plain_text_loses_passages_with_their_line_breaks() {
    let folder = Folder::new();
    let (ours, theirs) = (lines_of_numbers(1, 3), lines_of_numbers(2, 2));
    for (line_break, end) in [("\n", "\n"), ("\r\n", "\r\n"), ("\r", "\n")] {
        let of = |passages: &[&String]| passages.iter().map(|passage| passage.as_str()).collect::<Vec<_>>().join(line_break);
        folder.write("a.txt", of(&ours.iter().collect::<Vec<_>>()) + end);
        // At the start, in the middle, at the end.
        for at in 0..3 {
            let mut mixed: Vec<&String> = theirs.iter().collect();
            mixed.insert(at, &ours[1]);
            folder.write("b.txt", of(&mixed) + end);
            folder.dedup(["a.txt", "b.txt", "-o", "out/"]).run().exits(0);
            let expected = of(&theirs.iter().collect::<Vec<_>>()) + end;
            assert_same(&folder.read("out/b.txt"), expected.as_bytes(), &format!("{line_break:?}, passage {at}"));
        }
    }
}
