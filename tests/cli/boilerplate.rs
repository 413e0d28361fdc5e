//! Boilerplate: passages that stand in many articles of one host. To take it out, all is read twice.

use serde_json::{Value, json};

use crate::cleaning::texts;
use crate::harness::{Folder, jsonl};

/// A passage of words that no other number gives, without digits: in boilerplate these make no difference.
pub(crate) fn own(nth: usize) -> String {
    let letters = |number: usize| number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect::<String>();
    (0..20).map(|word| format!("x{}y{}", letters(nth), letters(word))).collect::<Vec<_>>().join(" ")
}

/// Articles of two hosts, each with passages of its own around a line that stands in all of one host.
fn pages() -> String {
    pages_of(10)
}

fn pages_of(n: usize) -> String {
    let line = |nth: usize| {
        let host = if nth.is_multiple_of(2) { "one.example" } else { "two.example" };
        let note =
            if nth.is_multiple_of(2) { format!("Folgen Sie unserem Kanal, schon {nth} tun es") } else { "Kurzes".to_owned() };
        let text = format!("{}\n{note}\n{}", own(nth), own(nth + 100));
        json!({"id": nth.to_string(), "url": format!("https://www.{host}/{nth}"), "text": text})
    };
    let mut lines: Vec<Value> = (0..n).map(line).collect();
    // A version of the first article brings its passages again.
    lines.push(lines[0].clone());
    lines[9]["text"] = json!(own(9));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[test]
fn boilerplate_is_what_stands_in_many_articles_of_a_host_each_time_between_others() {
    let folder = Folder::new();
    folder.write("a.jsonl", pages());
    let report = folder.dedup(["a.jsonl", "--summary", "summary.json", "--boilerplate-list", "list.jsonl"]).run();
    report.exits(0).stderr_holds(&["boilerplate: 2 passages"]);
    let plain = folder.dedup(["a.jsonl", "--boilerplate", "off"]).run();
    assert_eq!(plain.exits(0).stdout, report.stdout);
    let list = folder.json_lines("list.jsonl");
    let found: Vec<Value> = list.iter().map(|line| json!([line["host"], line["articles"]])).collect();
    assert_eq!(found, [json!(["one.example", 5]), json!(["two.example", 4])], "the copy is no article of its own");
    assert_eq!(folder.json("summary.json")["boilerplate"]["most_frequent"], json!(list));
    assert_eq!(folder.json("summary.json")["boilerplate"]["occurrences"], json!(9));
    let n_lines = |args: &[&str]| {
        let outcome = folder.dedup(args).run();
        let out = texts(outcome.exits(0).stdout_text());
        out.iter().flat_map(|text| text.lines()).filter(|line| line.starts_with("Folgen") || *line == "Kurzes").count()
    };
    assert_eq!(n_lines(&["a.jsonl"]), 9);
    assert_eq!(n_lines(&["a.jsonl", "--boilerplate", "keep-one"]), 2);
    assert_eq!(n_lines(&["a.jsonl", "--boilerplate", "drop"]), 0);
    // What is reviewed is what goes.
    folder.write("reviewed.jsonl", format!("{}\n", list[1]));
    assert_eq!(n_lines(&["a.jsonl", "--boilerplate", "drop", "--boilerplate-list", "reviewed.jsonl"]), 5);
    // A pipe is read twice too; batches and threads make no difference.
    let drop = ["--boilerplate", "drop", "--ledger", "ledger.jsonl", "--summary", "summary.json"];
    let expected = folder.dedup([&["a.jsonl"], &drop[..]].concat()).run().exits(0).stdout.clone();
    for more in [&[][..], &["--batch", "1"], &["--batch", "3", "--threads", "3"]] {
        folder.dedup([&drop[..], more].concat()).run_with(pages()).exits(0).stdout_is(&expected);
    }
    let ledger = folder.json_lines("ledger.jsonl");
    assert_eq!(ledger.iter().filter(|entry| entry["reason"] == "boilerplate").count(), 10, "of the copy too");
    assert_eq!(folder.json("summary.json")["ruled_out"], json!({"boilerplate": 10}));
    for (args, message) in [
        (&["--boilerplate", "drop", "--mark"][..], "--mark takes nothing out"),
        (&["--boilerplate", "off", "--boilerplate-list", "x"], "--boilerplate-list is written"),
        (&["--boilerplate", "drop", "--boilerplate-list", "none"], "none: cannot read"),
        (&["--boilerplate", "drop", "--boilerplate-list", "a.jsonl"], "a.jsonl: line 1: missing field `host`"),
    ] {
        folder.dedup(args).run_with(pages()).exits(2).stdout_is_empty().complains(message);
    }
}

#[test]
fn what_is_read_twice_is_the_same_the_second_time() {
    let folder = Folder::new();
    folder.write("a.jsonl", pages());
    let drop = ["--boilerplate", "drop", "--unwrap"];
    let expected = folder.dedup([&["a.jsonl"], &drop[..]].concat()).run().exits(0).stdout.clone();
    // A pipe that looks like a file.
    folder.dedup([&["/dev/stdin"], &drop[..]].concat()).run_with(pages()).exits(0).stdout_is(&expected);
    // Spread over files.
    let lines: Vec<String> = pages().lines().map(|line| format!("{line}\n")).collect();
    for (nth, lines) in lines.chunks(4).enumerate() {
        folder.write(&format!("d/{nth}.jsonl"), lines.concat());
    }
    folder.dedup([&["d"], &drop[..]].concat()).run().exits(0).stdout_is(&expected);
    // In other formats, host and all, even in one folder.
    for to in ["csv", "parquet"] {
        let name = format!("mixed/a.{to}");
        folder.einmal(["clean", "a.jsonl", "--to", to, "-o", "x"]).run().exits(0);
        folder.write(&name, folder.read("x"));
        let dropped = folder.dedup([&[name.as_str(), "--to", "jsonl"], &drop[..]].concat()).run();
        assert_eq!(texts(dropped.exits(0).stdout_text()), texts(std::str::from_utf8(&expected).expect("UTF-8")), "{to}");
    }
    folder.dedup([&["mixed", "-o", "out/"], &drop[..]].concat()).run().exits(0);
    folder.dedup(["mixed", "--check"]).run().exits(1);
    folder.einmal(["clean", "mixed", "--clean", "lines", "--explain"]).run().exits(0);
    // A bad record is told of once.
    let outcome = folder.dedup(drop).run_with("{\"text\": 1}\n");
    assert_eq!(outcome.exits(3).stderr.matches("the text is 1").count(), 1);
    // The list is no way to lose an input.
    folder.dedup(["a.jsonl", "--boilerplate-list", "a.jsonl"]).run().exits(2).complains("--boilerplate-list ");
    assert_eq!(folder.text("a.jsonl"), pages());
}

#[test]
fn what_is_learned_needs_no_room_in_memory() {
    let folder = Folder::new();
    let wrapped = "Die neue Brücke über den Fluss soll im kommenden Früh-\njahr für den Verkehr freigegeben werden, sagte die Land-\n\
        rätin am Montag. Die Bauarbeiten im Nord- und Südteil\ndauern an, die Kosten steigen nicht weiter, teilte das\nAmt mit.\n";
    let plain = jsonl([("w", wrapped), ("p", "Im Frühjahr wird gewählt."), ("q", "Abends sprach eine andere.")]);
    folder.write("a.jsonl", pages_of(100) + &plain);
    for what in ["drop", "keep-one"] {
        let args = ["a.jsonl", "--boilerplate", what, "--unwrap"];
        let expected = folder.dedup(args).run().exits(0).stdout.clone();
        let text = std::str::from_utf8(&expected).expect("UTF-8");
        assert!(text.contains("im kommenden Frühjahr für") && text.contains("die Land- rätin"), "{text}");
        assert_eq!(text.matches("Kurzes").count(), usize::from(what == "keep-one"));
        folder.dedup([&args[..], &["--memory", "1K", "--temp-dir", "."]].concat()).run().exits(0).stdout_is(&expected);
    }
}

#[test]
fn the_list_depends_on_neither_threads_nor_batches() {
    let folder = Folder::new();
    folder.write("a.jsonl", pages_of(300));
    let list = |options: &[&str]| {
        folder.dedup([&["a.jsonl", "--boilerplate-list", "list.jsonl"], options].concat()).run().exits(0);
        folder.text("list.jsonl")
    };
    let expected = list(&["--threads", "1"]);
    assert_eq!(expected.lines().count(), 4, "of the one host with numbers of one, two and three digits, of the other one");
    for options in [&["--threads", "8"][..], &["--threads", "1", "--batch", "1"], &["--threads", "3", "--batch", "7"]] {
        assert_eq!(list(options), expected, "{options:?}");
    }
}

#[test]
fn boilerplate_that_an_article_says_twice_goes_twice() {
    let folder = Folder::new();
    let text = |nth: usize| format!("Kurzes\n{}\nKurzes", own(nth));
    let input = jsonl((0..4).map(|nth| (nth.to_string(), text(nth))));
    for (what, expected) in [("drop", [0, 0, 0, 0]), ("keep-one", [1, 0, 0, 0])] {
        let outcome = folder.dedup(["--boilerplate", what]).run_with(input.clone());
        let left = texts(outcome.exits(0).stdout_text());
        assert_eq!(left.iter().map(|text| text.matches("Kurzes").count()).collect::<Vec<_>>(), expected, "{what}");
    }
}

#[test]
fn what_stands_in_versions_of_an_article_is_no_boilerplate() {
    let folder = Folder::new();
    let versions =
        (0..6).map(|nth| (nth.to_string(), format!("{}\nKurze Zeile\n{}\n{}", own(0), own(2 * nth + 1), own(2 * nth + 2))));
    folder.dedup(["--summary", "summary.json", "--updates", "whole"]).run_with(jsonl(versions.clone())).exits(0);
    let found = &folder.json("summary.json")["boilerplate"];
    assert_eq!(found["passages"], json!(2), "their neighbours differ each time: {found}");
    let same = (0..6).map(|nth| (nth.to_string(), format!("{}\nKurze Zeile\nNoch {nth} Zeilen", own(0))));
    folder.dedup(["--summary", "summary.json", "--article-threshold", "1", "--facts", "off"]).run_with(jsonl(same)).exits(0);
    assert_eq!(folder.json("summary.json")["boilerplate"]["passages"], json!(0));
}
