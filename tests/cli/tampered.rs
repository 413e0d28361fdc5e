//! `einmal verify` on what was tampered with: each kind is found and named.

use serde_json::{Value, json};

use crate::harness::Folder;

/// A run over the night's dump, to be tampered with.
#[derive(Clone)]
struct Run {
    input: Vec<Value>,
    output: Vec<Value>,
    ledger: Vec<Value>,
}

impl Run {
    fn new() -> Self {
        let folder = Folder::with_samples(&["night.jsonl"]);
        // As it will be written again.
        folder.write(
            "night.jsonl",
            folder.json_lines("night.jsonl").iter().map(|record| format!("{record}\n")).collect::<String>(),
        );
        folder.dedup(["night.jsonl", "-o", "out.jsonl", "--ledger", "ledger.jsonl"]).run().exits(0);
        let read = |name| folder.json_lines(name);
        Self { input: read("night.jsonl"), output: read("out.jsonl"), ledger: read("ledger.jsonl") }
    }

    fn check(&self) -> crate::harness::Outcome {
        let folder = Folder::new();
        let lines = |values: &[Value]| values.iter().map(|value| format!("{value}\n")).collect::<String>();
        folder.write("night.jsonl", lines(&self.input));
        folder.write("out.jsonl", lines(&self.output));
        folder.write("ledger.jsonl", lines(&self.ledger));
        folder.einmal(["verify", "night.jsonl", "-o", "out.jsonl", "--ledger", "ledger.jsonl"]).run()
    }

    /// The first ledger line for a reason.
    fn line(&mut self, reason: &str) -> &mut Value {
        self.ledger.iter_mut().find(|line| line["reason"] == reason).expect("there is one")
    }

    fn nth(&self, reason: &str) -> usize {
        self.ledger.iter().position(|line| line["reason"] == reason).expect("there is one")
    }

    /// The first ledger line with lost words.
    fn lossy(&mut self) -> &mut Value {
        self.ledger.iter_mut().find(|line| line["words_lost"].as_u64() > Some(0)).expect("there is one")
    }

    /// The first receipt of the first passage that went.
    fn receipt(&mut self) -> &mut Value {
        &mut self.line("passage")["covers"][0]
    }

    /// The record of the output with this id.
    fn out(&mut self, id: &str) -> &mut Value {
        self.output.iter_mut().find(|record| record["id"] == id).expect("it was kept")
    }

    /// Changes a word in a text.
    fn replace(record: &mut Value, from: &str, to: &str) {
        let text = record["text"].as_str().expect("a text");
        assert!(text.contains(from), "{from} is not in {text}");
        record["text"] = json!(text.replacen(from, to, 1));
    }
}

fn add(value: &mut Value, by: i64) {
    *value = json!(value.as_i64().expect("a number") + by);
}

/// What is done to a run, and what verify has to say of it.
type Tampering = (&'static str, fn(&mut Run), &'static str);

const TAMPERINGS: [Tampering; 45] = [
    ("a record is missing", |run| drop(run.output.remove(3)), "record 4 of out.jsonl should be this one, and is another"),
    ("the last record is missing", |run| drop(run.output.pop()), "out.jsonl ends before this record"),
    ("two records are exchanged", |run| run.output.swap(2, 3), "record 3 of out.jsonl should be this one"),
    ("a record is added", |run| run.output.push(json!({"id": "x", "text": "Neues."})), "more records than are left of the input"),
    (
        "a record stands there twice",
        |run| run.output.insert(1, run.output[0].clone()),
        "record 2 of out.jsonl should be this one",
    ),
    ("a copy is back", |run| run.output.insert(3, run.input[2].clone()), "should be this one, and is another"),
    (
        "a word of kept text is another",
        |run| Run::replace(run.out("n22"), "chantier", "travail"),
        "is not what should be left, and no ledger line says why",
    ),
    ("a word of kept text is gone", |run| Run::replace(run.out("n22"), "chantier ", ""), "is not what should be left"),
    (
        "a word is added to a touched text",
        |run| Run::replace(run.out("n23"), "La halle", "Oui, la halle"),
        "is not what should be left: from byte 665 on it says",
    ),
    ("another field is changed", |run| run.out("n05")["id2"] = json!(1), "other fields than the text were changed"),
    (
        "texts are exchanged",
        |run| {
            let first = run.output[0]["text"].take();
            let second = std::mem::replace(&mut run.output[1]["text"], first);
            run.output[0]["text"] = second;
        },
        "is not what should be left",
    ),
    (
        "text is moved to the next record",
        |run| {
            Run::replace(&mut run.output[0], " ", "");
            Run::replace(&mut run.output[1], " ", "  ");
        },
        "is not what should be left",
    ),
    ("a word of the input is another", |run| Run::replace(&mut run.input[0], " ", " anders "), "is not what should be left"),
    ("a line for a passage is missing", |run| drop(run.ledger.remove(run.nth("passage"))), "is not what should be left"),
    ("a line for a copy is missing", |run| drop(run.ledger.remove(run.nth("copy"))), "should be this one, and is another"),
    (
        "the last line for a passage is missing",
        |run| {
            let nth = run.ledger.iter().rposition(|line| line["reason"] == "passage").expect("there is one");
            run.ledger.remove(nth);
        },
        "is not what should be left",
    ),
    (
        "a line stands there twice",
        |run| {
            let nth = run.nth("passage");
            run.ledger.insert(nth, run.ledger[nth].clone());
        },
        "its span lies in the one before",
    ),
    (
        "a copy's line stands there twice",
        |run| {
            let nth = run.nth("copy");
            run.ledger.insert(nth, run.ledger[nth].clone());
        },
        "another line has told of the whole record already",
    ),
    ("lines are in another order", |run| run.ledger.reverse(), "night.jsonl:"),
    (
        "a line tells of a record that isn't there",
        |run| {
            run.ledger.push(json!({"file": "night.jsonl", "record": 99, "id": "", "reason": "copy",
        "span": [0, 0], "words": 0, "covered": 0, "words_lost": 0, "covers": []}))
        },
        "tells of a record that the input doesn't have",
    ),
    (
        "a line comes too late",
        |run| {
            let nth = run.nth("passage");
            let line = run.ledger.remove(nth);
            let next = run.ledger[nth..].iter().position(|other| other["record"] != line["record"]).expect("others follow");
            run.ledger.insert(nth + next + 1, line);
        },
        "comes too late, or tells of no record",
    ),
    ("a span begins later", |run| add(&mut run.line("passage")["span"][0], 1), "its text is not what stood at"),
    ("a span ends later", |run| add(&mut run.line("passage")["span"][1], 5), "its text is not what stood at"),
    ("a span is outside the text", |run| add(&mut run.line("passage")["span"][1], 99_999), "there is no span"),
    ("a copy's span is not all of it", |run| add(&mut run.line("copy")["span"][1], -1), "the record's text has"),
    ("a receipt begins elsewhere", |run| add(&mut run.receipt()["first_word"], 1), "as a receipt says"),
    ("a receipt leads past the end", |run| run.receipt()["first_word"] = json!(9999), "from word 9999 on, it has"),
    ("a receipt is too long", |run| add(&mut run.receipt()["words"], 1), "words stands where"),
    ("a receipt is too short", |run| add(&mut run.receipt()["words"], -1), "and it isn't listed as uncovered"),
    (
        "receipts are exchanged",
        |run| {
            let (a, b) = (run.nth("copy"), run.nth("passage"));
            let covers = run.ledger[a]["covers"].take();
            run.ledger[a]["covers"] = std::mem::replace(&mut run.ledger[b]["covers"], covers);
        },
        "is wrong: ",
    ),
    (
        "a receipt too many",
        |run| {
            let cover = run.receipt().clone();
            run.line("passage")["covers"].as_array_mut().expect("a list").push(cover);
        },
        "it has more receipts than words",
    ),
    (
        "a receipt leads to text that went",
        |run| {
            let record = run.line("copy")["record"].clone();
            run.ledger.last_mut().expect("a line")["covers"][0]["record"] = record;
        },
        "of which nothing was kept",
    ),
    ("a receipt leads to a later record", |run| run.receipt()["record"] = json!(26), "which doesn't come before it"),
    ("a receipt leads to an unknown file", |run| run.receipt()["file"] = json!("other.jsonl"), "which doesn't come before it"),
    (
        "a receipt calls its record by another id",
        |run| run.receipt()["id"] = json!("n99"),
        "by the id \"n99\", which it doesn't have",
    ),
    (
        "a receipt leads to its own record's later words",
        |run| {
            let line = run.line("passage");
            let name = (line["record"].clone(), line["id"].clone());
            (run.receipt()["record"], run.receipt()["id"]) = name;
        },
        "is wrong: ",
    ),
    ("lost words are not listed", |run| drop(run.lossy().as_object_mut().expect("a line").remove("uncovered")), "is wrong: "),
    (
        "a listed stretch is shorter",
        |run| add(&mut run.lossy()["uncovered"][0]["span"][1], -1),
        "is not a row of words of its span",
    ),
    ("words are miscounted", |run| add(&mut run.line("passage")["words"], 1), "words, it has"),
    ("covered words are miscounted", |run| add(&mut run.line("passage")["covered"], -1), "words are covered and"),
    ("lost words are miscounted", |run| add(&mut run.lossy()["words_lost"], -1), "words are covered and"),
    ("the share is another", |run| run.line("copy")["containment"] = json!(0.1), "its containment is not"),
    (
        "the record in a line is another",
        |run| run.line("copy")["raw"] = json!("{\"id\":\"n03\"}"),
        "the record in it is not the one in the input",
    ),
    ("an id is another", |run| run.line("copy")["id"] = json!("n99"), "it calls the record"),
    (
        "an update names another record",
        |run| run.line("update")["updates"]["record"] = json!(1),
        "is not the record that covers most of it",
    ),
];

#[test]
fn every_kind_of_tampering_is_found_and_named() {
    let run = Run::new();
    run.check().exits(0);
    let mut missed = Vec::new();
    for (what, tamper, message) in TAMPERINGS {
        let mut run = run.clone();
        tamper(&mut run);
        let outcome = run.check();
        let is_named = outcome.code == Some(1) && outcome.stderr.contains(message);
        // The first offences are enough.
        if !is_named || outcome.stderr.lines().count() > 10 {
            missed.push(format!("{what}: expected {message}\n{}", outcome.stderr));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn more_of_a_line_is_checked() {
    let rows: [Tampering; 5] = [
        ("there is no such reason", |run| run.line("copy")["reason"] = json!("mood"), "there is no reason \"mood\""),
        ("a copy is called a passage", |run| run.line("copy")["reason"] = json!("passage"), "night.jsonl:"),
        (
            "its place in the output is another",
            |run| add(&mut run.line("passage")["kept_before"], 1),
            "records were kept before this one",
        ),
        ("a passage is called an update", |run| run.line("passage")["reason"] = json!("update"), "night.jsonl:"),
        (
            "a changed fact has neither digit nor capital",
            |run| {
                let line = run.ledger.iter_mut().find(|line| line["changed_facts"].is_array()).expect("there is one");
                line["changed_facts"][0]["span"] = json!([1, 2]);
            },
            "is no uncovered number or name",
        ),
    ];
    let run = Run::new();
    for (what, tamper, message) in rows {
        let mut run = run.clone();
        tamper(&mut run);
        let outcome = run.check();
        assert!(outcome.code == Some(1) && outcome.stderr.contains(message), "{what}: expected {message}\n{outcome}");
    }
}

#[test]
fn numbers_marks_rules_and_lost_words_are_checked() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let receipts = ["--ledger", "ledger.jsonl", "--summary", "summary.json"];
    let verify = |more: &[&str]| {
        folder.einmal([&["verify", "night.jsonl", "-o", "out.jsonl", "--ledger", "ledger.jsonl"], more].concat()).run()
    };
    folder.dedup([&["night.jsonl", "-o", "out.jsonl"], &receipts[..]].concat()).run().exits(0);
    verify(&["--lossless"]).exits(1).stderr_holds(&["words were lost, and the run was to be lossless"]);
    for name in ["articles_in", "words_in", "words_out", "words_lost", "updates", "spans_removed"] {
        let mut summary = folder.json("summary.json");
        summary[name] = json!(1);
        folder.write("wrong.json", summary.to_string());
        verify(&["--summary", "wrong.json"]).exits(1).stderr_holds(&[&format!("wrong.json: {name} is 1, and ")]);
    }
    // A changed field of a table, a changed text, and a mark that is another than the ledger's.
    folder.dedup([&["night.jsonl", "-o", "out.jsonl", "--mark"], &receipts[..]].concat()).run().exits(0);
    verify(&["--mark"]).exits(0);
    folder.write("out.jsonl", folder.text("out.jsonl").replacen("\"verdict\":\"copy\"", "\"verdict\":\"keep\"", 1));
    verify(&["--mark"]).exits(1).stderr_holds(&["the mark is not what the ledger says"]);
    folder.dedup([&["night.jsonl", "-o", "out.jsonl", "--to", "csv"], &receipts[..]].concat()).run().exits(0);
    verify(&["--to", "csv"]).exits(0);
    folder.write("out.jsonl", folder.text("out.jsonl").replacen("n05,", "n06,", 1));
    verify(&["--to", "csv"]).exits(1).stderr_holds(&["night.jsonl:5 (n05): in record", "other fields"]);
    folder.write("night.jsonl", folder.text("night.jsonl").replace("\\n", "\\nTeilen\\n"));
    folder.dedup([&["night.jsonl", "-o", "out.jsonl", "--clean", "lines"], &receipts[..]].concat()).run().exits(0);
    verify(&[]).exits(0);
    folder.write("ledger.jsonl", folder.text("ledger.jsonl").replacen("\"words_lost\":1", "\"words_lost\":0", 1));
    verify(&[]).exits(1).stderr_holds(&["nothing covers what a rule takes out"]);
}
