//! The formats that dumps come in: the same articles give the same texts and verdicts in each, and come out in the format they came in.

use serde_json::{Value, json};

use crate::dumps::{articles, articles_of, in_each_format, many_articles, packings};
use crate::harness::{Folder, NO_ARGS};

#[test]
fn the_same_articles_come_out_of_every_format() {
    let folder = Folder::new();
    let mut expected = None;
    for (name, content) in in_each_format(&articles()) {
        folder.write(name, &content);
        if name != "texts.warc.wet" {
            assert_eq!(articles_of(name, &content), articles(), "{name} was written as meant");
        }
        let by_name = folder.dedup([name, "--ledger", "ledger.jsonl"]).run();
        by_name.exits(0);
        let entries: Vec<Value> = folder
            .json_lines("ledger.jsonl")
            .into_iter()
            .map(|entry| json!([entry["id"], entry["reason"], entry["span"], entry["words"], entry["text"]]))
            .collect();
        let kept = articles_of(name, &by_name.stdout);
        assert!(kept.len() < articles().len() && entries.len() > 5, "{name}: something goes");
        assert_eq!(*expected.get_or_insert_with(|| (kept.clone(), entries.clone())), (kept, entries), "{name}");
        // By content, from a pipe, in any batches.
        for more in [&["--batch", "1"][..], &["--threads", "3"]] {
            folder.dedup(more).run_with(content.clone()).exits(0).stdout_is(&by_name.stdout);
        }
        // Packed, and in archives.
        for (how, packed) in packings(name, &content) {
            folder.dedup(NO_ARGS).run_with(packed).exits(0).stdout_is(&by_name.stdout);
            assert!(!how.is_empty());
        }
        // A second run over the output finds nothing and changes nothing.
        folder.dedup(NO_ARGS).run_with(by_name.stdout.clone()).exits(0).stdout_is(&by_name.stdout);
    }
}

#[test]
fn five_hundred_articles_get_the_same_verdicts_in_every_format() {
    let folder = Folder::new();
    let mut expected = None;
    for (name, content) in in_each_format(&many_articles()) {
        let args = ["--ledger", "ledger.jsonl", "--summary", "summary.json"];
        let kept = articles_of(name, &folder.dedup(args).run_with(content).exits(0).stdout);
        let entries: Vec<Value> = folder
            .json_lines("ledger.jsonl")
            .into_iter()
            .map(|mut entry| {
                // Some formats tell more of a record than others.
                for name in entry["covers"].as_array_mut().expect("receipts") {
                    let name = name.as_object_mut().expect("a receipt");
                    name.retain(|field, _| !["url", "date", "source"].contains(&field.as_str()));
                }
                json!([entry["record"], entry["reason"], entry["span"], entry["words_lost"], entry["covers"]])
            })
            .collect();
        let summary = folder.json("summary.json");
        assert_eq!(summary["articles_in"], json!(500), "{name}");
        assert!(kept.len() < 450 && entries.len() > 100, "{name}: much goes");
        assert_eq!(*expected.get_or_insert_with(|| (kept.clone(), entries.clone())), (kept, entries), "{name}");
    }
}

#[test]
fn what_is_not_touched_comes_out_as_it_stood() {
    let folder = Folder::new();
    for (content, expected) in [
        (
            "[ {\"text\" : \"a\"} , {\"text\":\"b\\u00e4\",\n \"n\":1.0} ]",
            "[\n{\"text\" : \"a\"},\n{\"text\":\"b\\u00e4\",\n \"n\":1.0}\n]\n",
        ),
        ("[]", "[\n]\n"),
        ("{\n\"text\": \"a\"\n}{\"text\":\n\"b\"}", "{\n\"text\": \"a\"\n}\n{\"text\":\n\"b\"}\n"),
        (
            "id;\"text\";n\r\n7;a \"b\" c;1\r\n\"8\";\"x\"\"y\n\";\"2\"",
            "id;\"text\";n\r\n7;a \"b\" c;1\r\n\"8\";\"x\"\"y\n\";\"2\"\n",
        ),
        ("\u{FEFF}text,n\na,1\n", "\u{FEFF}text,n\na,1\n"),
    ] {
        folder.dedup(NO_ARGS).run_with(content).exits(0).stdout_is(expected.as_bytes());
    }
}

#[test]
fn several_arrays_or_tables_make_one() {
    let folder = Folder::new();
    folder.write("a.json", "[{\"text\": \"a\"}]");
    folder.write("b.json", "[]");
    folder.write("c.json", "[\n{\"text\": \"c\"}\n]\n");
    folder.dedup(["a.json", "b.json", "c.json"]).run().exits(0).stdout_is(b"[\n{\"text\": \"a\"},\n{\"text\": \"c\"}\n]\n");
    folder.dedup(["b.json"]).run().exits(0).stdout_is(b"[\n]\n");
    folder.dedup(["a.json", "b.json", "-o", "out/"]).run().exits(0);
    assert_eq!((folder.text("out/a.json").as_str(), folder.text("out/b.json").as_str()), ("[\n{\"text\": \"a\"}\n]\n", "[\n]\n"));
    folder.write("a.csv", "id,text\n1,a\n");
    folder.write("b.csv", "id,text\n2,b\n");
    folder.write("c.csv", "text,id\nc,3\n");
    folder.dedup(["a.csv", "b.csv"]).run().exits(0).stdout_is(b"id,text\n1,a\n2,b\n");
    folder.dedup(["a.csv", "c.csv"]).run().exits(2).complains("c.csv: its header").hints_at("-o FOLDER/");
}

#[test]
fn damage_in_an_array_or_a_table_costs_one_record() {
    let folder = Folder::new();
    for (name, content, kept, bad) in [
        (
            "a.json",
            "[{\"text\": \"a\"},\n{\"text\": b},\n7,\n{\"text\": \"c\"}\n]",
            2,
            vec![(2, "invalid-json"), (3, "no-object")],
        ),
        ("b.json", "[{\"text\": \"a\"},\n{\"text\": \"b},\n{\"text\": \"c\"}\n]", 2, vec![(2, "invalid-json")]),
        ("c.json", "[{\"text\": \"a\"},\n{\"text\": \"b", 1, vec![(2, "invalid-json")]),
        ("d.csv", "id,text\n1,a\n2,b,c\n3\n4,d\n", 2, vec![(2, "invalid-csv"), (3, "invalid-csv")]),
        ("e.csv", "id,text\n1,a\n2,\"b\n3,c\n", 2, vec![(2, "invalid-csv")]),
    ] {
        folder.write(name, content);
        folder.dedup([name, "-o", "out", "--quarantine", "bad.jsonl"]).run().exits(0);
        let found: Vec<(u64, String)> = folder
            .json_lines("bad.jsonl")
            .iter()
            .map(|line| (line["record"].as_u64().expect("a number"), line["reason"].as_str().expect("a name").to_owned()))
            .collect();
        let expected: Vec<(u64, String)> = bad.into_iter().map(|(record, reason)| (record, reason.to_owned())).collect();
        assert_eq!(found, expected, "{name}");
        let out = folder.text("out");
        let n_kept = if name.ends_with("json") {
            serde_json::from_str::<Vec<Value>>(&out).expect("an array").len()
        } else {
            out.lines().count() - 1
        };
        assert_eq!(n_kept, kept, "{name}");
    }
}

#[test]
fn records_that_are_too_large_are_passed_in_any_format() {
    let folder = Folder::new();
    let long = "x{\"},".repeat(60_000);
    let object = serde_json::to_string(&json!({"text": long})).expect("JSON can be written");
    folder.write("a.json", format!("[{{\"text\": \"a\"}}, {object},\n{{\"text\": \"c\"}}]"));
    folder.write("a.csv", format!("id,text\n1,a\n2,\"{}\"\n3,c\n", long.replace('"', "\"\"")));
    for name in ["a.json", "a.csv"] {
        for batch in ["1", "100"] {
            let outcome =
                folder.dedup([name, "--max-record", "100k", "--batch", batch, "-o", "out", "--quarantine", "bad.jsonl"]).run();
            outcome.exits(0);
            let bad = folder.json_lines("bad.jsonl");
            assert_eq!((bad.len(), &bad[0]["reason"], &bad[0]["record"]), (1, &json!("too-large"), &json!(2)), "{name}");
            let expected = if name == "a.csv" { "id,text\n1,a\n3,c\n" } else { "[\n{\"text\": \"a\"},\n{\"text\": \"c\"}\n]\n" };
            assert_eq!(folder.text("out"), expected, "{name}");
        }
    }
}

#[test]
fn a_table_without_a_text_is_named_with_its_columns() {
    let folder = Folder::new();
    folder.write("a.csv", "id,headline\n1,a\n");
    folder.write("dumps/a.csv", "id,headline\n1,a\n");
    folder
        .dedup(["a.csv"])
        .run()
        .exits(2)
        .stdout_is_empty()
        .complains("a.csv: no column")
        .stderr_holds(&["id, headline"])
        .hints_at("--field");
    folder.dedup(["a.csv", "--field", "lead"]).run().exits(2).complains("a.csv: no column \"lead\"");
    folder.dedup(["a.csv", "--field", "headline"]).run().exits(0).stdout_is(b"id,headline\n1,a\n");
    folder.dedup(["dumps"]).run().exits(3);
    folder.dedup(["a.csv", "--field", "headline", "--mark"]).run().exits(2).complains("a.csv: this is CSV");
}
