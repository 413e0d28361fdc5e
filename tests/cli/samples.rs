//! Each record of the samples gets the verdict that samples/README.md promises.

use serde_json::{Value, json};

use crate::harness::{Folder, assert_same, sample, sample_text};
use crate::layout::{flat, fold};
use crate::traced::{Shape, Traced, count, trace, words};

/// What becomes of a record.
#[derive(Debug, Clone, PartialEq)]
enum Becomes {
    Keep,
    /// Out whole: the record that covers it, words covered, words lost.
    Copy(&'static str, u64, u64),
    /// It stays whole: the record that it updates, words covered, changed facts.
    Update(&'static str, u64, &'static [&'static str]),
    /// Spans taken out, by reason, and their words.
    Cut(&'static [&'static str], u64),
}

use Becomes::{Copy, Cut, Keep, Update};

/// What became of a record.
#[track_caller]
fn check(traced: &Traced, id: &str, n_words: usize, expected: &Becomes) {
    let record = traced.record(id);
    let lines: Vec<&Value> = traced.lines_of(record).collect();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let reasons: Vec<String> = lines.iter().map(|line| text(&line["reason"])).collect();
    assert_eq!(words(&record.text).len(), n_words, "words of {id}");
    match expected {
        Keep => {
            assert_eq!(reasons, [""; 0], "{id}");
            assert_eq!(record.text_out, record.text, "{id}");
        }
        Copy(of, covered, lost) => {
            assert_eq!(reasons, ["copy"], "{id}");
            assert_eq!(record.output, None, "{id}");
            assert_eq!(
                (count(lines[0], "words"), count(lines[0], "covered"), count(lines[0], "words_lost")),
                (n_words as u64, *covered, *lost),
                "{id}"
            );
            assert!(lines[0]["covers"].as_array().expect("covers").iter().all(|cover| cover["id"] == *of), "{id}: {}", lines[0]);
        }
        Update(of, covered, facts) => {
            assert_eq!(reasons, ["update"], "{id}");
            assert_eq!(record.text_out, record.text, "{id}");
            assert_eq!(
                (count(lines[0], "words"), count(lines[0], "covered"), count(lines[0], "words_lost")),
                (n_words as u64, *covered, 0),
                "{id}"
            );
            assert_eq!(lines[0]["updates"]["id"], *of, "{id}");
            let found: Vec<String> =
                lines[0]["changed_facts"].as_array().into_iter().flatten().map(|fact| text(&fact["text"])).collect();
            assert_eq!(found, *facts, "{id}");
        }
        Cut(spans, n_cut) => {
            assert_eq!(reasons, *spans, "{id}");
            assert_eq!(lines.iter().map(|line| count(line, "words")).sum::<u64>(), *n_cut, "{id}");
            assert_eq!(words(&record.text_out).len() as u64, n_words as u64 - n_cut, "{id}");
            assert!(lines.iter().all(|line| line["words_lost"] == 0), "{id}");
        }
    }
}

const NIGHT: [(&str, usize, Becomes); 26] = [
    ("n01", 170, Keep),
    ("n02", 198, Keep),
    ("n03", 196, Keep),
    ("n04", 78, Keep),
    ("n05", 83, Keep),
    ("n06", 83, Keep),
    ("n07", 192, Copy("n01", 163, 29)),
    ("n08", 252, Keep),
    ("n09", 191, Keep),
    ("n10", 198, Copy("n02", 198, 0)),
    ("n11", 397, Cut(&["passage", "passage", "passage", "passage", "passage", "passage"], 220)),
    ("n12", 196, Update("n03", 164, &["1336", "23"])),
    ("n13", 205, Cut(&["passage"], 30)),
    ("n14", 147, Keep),
    ("n15", 149, Keep),
    ("n16", 336, Cut(&["part"], 198)),
    ("n17", 252, Copy("n08", 252, 0)),
    ("n18", 191, Copy("n09", 191, 0)),
    ("n19", 299, Update("n08", 252, &[])),
    ("n20", 226, Keep),
    ("n21", 226, Copy("n20", 216, 10)),
    ("n22", 186, Keep),
    ("n23", 240, Cut(&["passage", "passage"], 101)),
    ("n24", 158, Keep),
    ("n25", 158, Update("n24", 153, &["14"])),
    ("n26", 137, Keep),
];

const LANGUAGES: [(&str, usize, Becomes); 14] = [
    ("l01", 283, Keep),
    ("l02", 283, Copy("l01", 283, 0)),
    ("l03", 130, Keep),
    ("l04", 131, Copy("l03", 122, 9)),
    ("l05", 275, Keep),
    ("l06", 96, Keep),
    ("l07", 140, Keep),
    ("l08", 124, Keep),
    ("l09", 124, Copy("l08", 124, 0)),
    ("l10", 125, Keep),
    ("l11", 125, Copy("l10", 125, 0)),
    ("l12", 96, Copy("l06", 96, 0)),
    ("l13", 114, Keep),
    ("l14", 352, Keep),
];

#[test]
fn a_nights_dump() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let traced = trace(&folder, Shape::Jsonl, &["night.jsonl"], &[]);
    for (id, n_words, expected) in &NIGHT {
        check(&traced, id, *n_words, expected);
    }
    let summary = &traced.summary;
    assert_eq!((count(summary, "words_in"), count(summary, "words_out"), count(summary, "words_lost")), (5144, 5144 - 1608, 39));
    assert_eq!((count(summary, "articles_in"), count(summary, "articles_out"), count(summary, "articles_touched")), (26, 21, 4));
    assert_eq!((count(summary, "updates"), &summary["articles_removed"]), (3, &json!({"copy": 5})));
}

#[test]
fn details_of_a_nights_dump() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let traced = trace(&folder, Shape::Jsonl, &["night.jsonl"], &[]);
    let lines = |id: &str| traced.lines_of(traced.record(id)).cloned().collect::<Vec<_>>();
    let uncovered = |id: &str| {
        lines(id)[0]["uncovered"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|lost| words(lost["text"].as_str().expect("a text")).len())
            .collect::<Vec<_>>()
    };
    assert_eq!(uncovered("n07"), [9, 20], "the headline and a paragraph of its own");
    assert_eq!(uncovered("n21"), [10], "from harbor to meters");
    assert!(uncovered("n19").contains(&47), "a new paragraph");
    // Each entry of the ticker keeps its heading.
    let ticker = &traced.record("n11").text_out;
    for heading in ["Sturm wirft Bäume", "Schulen im Laasekreis schicken", "Fähre über die Laase stellt"] {
        assert!(ticker.lines().any(|line| line.contains(" Uhr: ") && line.contains(heading)), "{heading} in {ticker}");
    }
    // The flattened article goes from its headline on, and the line's own sentences stay.
    let review = lines("n16");
    assert!(
        review[0]["text"]
            .as_str()
            .expect("a text")
            .starts_with("Landtag beschließt kostenfreies Mittagessen in allen Grundschulen ")
    );
    assert!(traced.record("n16").text_out.lines().nth(1).is_some_and(|line| line.split_whitespace().count() > 10));
    // The repeated paragraph is covered by the article itself.
    assert_eq!(lines("n13")[0]["covers"][0]["id"], "n13");
    // The quoted paragraphs go, though their quotes are straight.
    assert!(lines("n23").iter().all(|line| line["covers"][0]["id"] == "n22"));
    assert!(lines("n23")[1]["text"].as_str().expect("a text").starts_with("\"On m'avait dit"));
}

#[test]
fn a_nights_dump_without_loss() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let traced = trace(&folder, Shape::Jsonl, &["night.jsonl"], &["--lossless"]);
    assert_eq!((count(&traced.summary, "words_lost"), count(&traced.summary, "updates")), (0, 0));
    for (id, _, expected) in &NIGHT {
        let record = traced.record(id);
        let is_reduced = ["n07", "n12", "n19", "n21", "n25"].contains(id);
        match expected {
            _ if is_reduced => {
                assert!(
                    !record.text_out.is_empty() && record.text_out.len() < record.text.len() / 2 + 200,
                    "{id}: {}",
                    record.text_out
                )
            }
            Keep => assert_eq!(record.text_out, record.text, "{id}"),
            Copy(..) => assert_eq!(record.output, None, "{id}"),
            Cut(_, n_cut) => assert_eq!((words(&record.text).len() - words(&record.text_out).len()) as u64, *n_cut, "{id}"),
            Update(..) => panic!("{id}: all updates are reduced"),
        }
    }
    // Passages with a new word stay whole; the new paragraph of n19 is all that is left of it.
    assert_eq!(words(&traced.record("n19").text_out).len(), 47);
    for id in ["n21", "n25"] {
        let record = traced.record(id);
        assert_eq!(record.text_out.lines().next(), record.text.lines().next(), "the headline of {id} stays");
    }
}

#[test]
fn other_languages() {
    for options in [&[][..], &["--min-run", "30"]] {
        let folder = Folder::with_samples(&["languages.jsonl"]);
        let traced = trace(&folder, Shape::Jsonl, &["languages.jsonl"], options);
        for (id, n_words, expected) in &LANGUAGES {
            check(&traced, id, *n_words, expected);
        }
    }
}

#[test]
fn good_records_among_bad_ones() {
    let folder = Folder::with_samples(&["broken.jsonl"]);
    folder.dedup(["broken.jsonl", "-o", "out.jsonl"]).run().exits(3);
    let traced = trace(&folder, Shape::Jsonl, &["broken.jsonl"], &[]);
    assert_same(&folder.read("out/broken.jsonl"), &folder.read("out.jsonl"), "a quarantine changes nothing else");
    let ids: Vec<String> = traced.records.iter().map(|record| record.id()).collect();
    assert_eq!(ids, ["b01", "b08", "b09", "b10", "b11"]);
    for id in ["b01", "b08", "b09", "b10"] {
        check(&traced, id, words(&traced.record(id).text).len(), &Keep);
    }
    let n_words = words(&traced.record("b01").text).len();
    check(&traced, "b11", n_words, &Copy("b01", n_words as u64, 0));
    assert_eq!(
        traced.summary["bad_records"],
        json!({"invalid-json": 1, "no-object": 1, "no-text-field": 1, "text-is-no-string": 2})
    );
    assert_eq!(folder.json_lines("bad.jsonl").iter().map(|line| line["record"].clone()).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
}

#[test]
fn one_article_in_three_layouts() {
    let names = ["wrapped/01-original.txt", "wrapped/02-wrapped.txt", "wrapped/03-flat.txt"];
    let folder = Folder::with_samples(&names);
    folder.dedup(["wrapped", "-o", "out/", "--ledger", "ledger.jsonl", "--summary", "summary.json"]).run().exits(0);
    assert_same(&folder.read("out/01-original.txt"), &sample(names[0]), "the first");
    assert_eq!((folder.text("out/02-wrapped.txt"), folder.text("out/03-flat.txt")), (String::new(), String::new()));
    for (line, name) in folder.json_lines("ledger.jsonl").iter().zip(&names[1..]) {
        assert_eq!(
            (&line["file"], &line["reason"], &line["words"], &line["covered"]),
            (&json!(name), &json!("copy"), &json!(278), &json!(278))
        );
        assert_eq!(line["covers"][0]["file"], names[0]);
    }
    // Whichever comes first stays.
    for first in names {
        let others: Vec<&str> = names.into_iter().filter(|name| *name != first).collect();
        let outcome = folder.dedup([&[first], &others[..]].concat()).run();
        let mut expected = sample(first);
        if !expected.ends_with(b"\n") {
            expected.push(b'\n');
        }
        assert_same(&outcome.exits(0).stdout, &expected, first);
    }
}

/// The four lines of seed-shape.txt.
fn seed_lines() -> [String; 4] {
    let lines: Vec<String> = sample_text("seed-shape.txt").lines().map(str::to_owned).collect();
    lines.try_into().expect("it has four lines")
}

#[test]
fn the_seed_shape_as_one_file() {
    let folder = Folder::with_samples(&["seed-shape.txt"]);
    let [first, second, ..] = seed_lines();
    let expected = format!("{first}\n{second}\n");
    assert_eq!(expected.len(), 4340);
    for options in [&[][..], &["--lossless"], &["--clean", "off"]] {
        let outcome = folder.dedup([&["seed-shape.txt", "--ledger", "ledger.jsonl"], options].concat()).run();
        assert_same(&outcome.exits(0).stdout, expected.as_bytes(), &format!("{options:?}"));
        let lines = folder.json_lines("ledger.jsonl");
        let found: Vec<_> = lines
            .iter()
            .map(|line| (line["reason"].as_str().expect("a name"), count(line, "words"), count(line, "covered")))
            .collect();
        assert_eq!(found, [("passage", 644, 644), ("passage", 652, 652)]);
    }
}

#[test]
fn the_seed_shape_as_four_records() {
    let lines = seed_lines();
    let expected = format!("{}\n{}\n", lines[0], lines[1]);
    let folder = Folder::with_samples(&["seed-shape.txt"]);
    let record = |text: &String| format!("{}\n", json!({"text": text}));
    folder.write("seed.jsonl", lines.iter().map(record).collect::<String>());
    for (n, line) in lines.iter().enumerate() {
        folder.write(&format!("seed/{n}.txt"), format!("{line}\n"));
    }
    folder.write("blocks.txt", lines.join("\n\n"));
    for options in [&[][..], &["--lossless"]] {
        let run = |inputs: &[&str]| {
            let outcome = folder.dedup([inputs, options, &["--ledger", "ledger.jsonl"]].concat()).run();
            outcome.exits(0);
            let reasons: Vec<Value> = folder.json_lines("ledger.jsonl").into_iter().map(|line| line["reason"].clone()).collect();
            assert_eq!(reasons, ["copy", "copy"], "{inputs:?} {options:?}");
            outcome.stdout
        };
        assert_same(&run(&["seed-shape.txt", "--articles", "lines"]), expected.as_bytes(), "lines");
        assert_same(&run(&["blocks.txt", "--articles", "blocks"]), expected.replacen('\n', "\n\n", 1).as_bytes(), "blocks");
        assert_same(&run(&["seed"]), expected.as_bytes(), "four files");
        assert_same(&run(&["seed.jsonl"]), lines[..2].iter().map(record).collect::<String>().as_bytes(), "four records");
    }
}

#[test]
fn the_seed_shape_hard_wrapped() {
    let lines = seed_lines();
    let folder = Folder::new();
    for width in [72, 80] {
        let wrapped: Vec<String> = lines.iter().map(|line| fold(line, width) + "\n").collect();
        folder.write("wrapped.txt", wrapped.concat());
        let expected = wrapped[..2].concat();
        for options in [&[][..], &["--lossless"]] {
            let outcome = folder.dedup([&["wrapped.txt"], options].concat()).run();
            assert_same(&outcome.exits(0).stdout, expected.as_bytes(), &format!("{width} {options:?}"));
        }
        // As files of their own, and each in a layout of its own.
        for (n, line) in wrapped.iter().enumerate() {
            folder.write(&format!("files/{n}.txt"), if n == 3 { &lines[n] } else { line });
        }
        let outcome = folder.dedup(["files"]).run();
        assert_same(&outcome.exits(0).stdout, expected.as_bytes(), &format!("files at {width}"));
    }
}

#[test]
fn the_seed_shape_on_one_line() {
    let folder = Folder::new();
    let [first, second, ..] = seed_lines();
    folder.write("flat.txt", flat(sample_text("seed-shape.txt").trim_end()));
    let outcome = folder.dedup(["flat.txt"]).run();
    outcome.exits(0);
    // The article stays, and after it the sentence into which the headline ran.
    let rest = outcome.stdout_text().strip_prefix(&first).unwrap_or_else(|| panic!("{outcome}"));
    assert!(rest.starts_with(&format!(" {second} ")), "{outcome}");
    let sentence = rest.strip_prefix(&format!(" {second} ")).expect("just checked").trim_end();
    assert!(first.starts_with(sentence) && sentence.ends_with('.') && sentence.len() < 700, "{sentence}");
}

#[test]
fn no_two_samples_have_anything_in_common() {
    let folder = Folder::with_samples(&["night.jsonl", "languages.jsonl", "broken.jsonl"]);
    let names = ["night.jsonl", "languages.jsonl", "broken.jsonl"];
    let mut expected = Vec::new();
    for name in names {
        expected.extend(folder.dedup([name, "--quarantine", "bad.jsonl"]).run().stdout);
    }
    let outcome = folder.dedup([&names[..], &["--quarantine", "bad.jsonl"]].concat()).run();
    assert_same(&outcome.exits(0).stdout, &expected, "together");
}
