//! Records in another format than they came in, and texts in several fields.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use serde_json::{Value, json};

use crate::dumps::{articles, articles_of, in_each_format, parquet, rows_of};
use crate::harness::{Folder, NO_ARGS};
use crate::laws::restored;

/// Like [`articles_of`], of an output in the format that was asked for.
fn articles_to(to: &str, content: &[u8]) -> Vec<(String, String)> {
    match to {
        "csv" => articles_with_columns(csv::Reader::from_reader(content)),
        "bulk" => {
            let lines: Vec<&[u8]> = content.split_inclusive(|&byte| byte == b'\n').collect();
            for pair in lines.chunks(2) {
                let action: Value = serde_json::from_slice(pair[0]).expect("an action");
                let record: Value = serde_json::from_slice(pair[1]).expect("an object");
                assert_eq!(action, json!({"index": {"_index": "news", "_id": record["id"]}}));
            }
            articles_of("lines.jsonl", &lines.chunks(2).flat_map(|pair| pair[1].to_vec()).collect::<Vec<u8>>())
        }
        "jsonl" => {
            assert!(content.split_inclusive(|&byte| byte == b'\n').all(|line| serde_json::from_slice::<Value>(line).is_ok()));
            articles_of("lines.jsonl", content)
        }
        _ => articles_of("rows.parquet", content),
    }
}

/// The articles of a table, whatever its other columns.
fn articles_with_columns(mut reader: csv::Reader<&[u8]>) -> Vec<(String, String)> {
    let header = reader.headers().expect("a header").clone();
    let column = |name: &str| header.iter().position(|column| column == name).expect("it is there");
    let (id, text) = (column("id"), column("text"));
    reader.records().map(|row| row.expect("a row")).map(|row| (row[id].to_owned(), row[text].to_owned())).collect()
}

#[test]
fn the_same_articles_come_out_in_every_format() {
    let folder = Folder::new();
    let expected = folder.dedup(NO_ARGS).run_with(in_each_format(&articles()).remove(0).1);
    let expected = articles_of("lines.jsonl", &expected.exits(0).stdout);
    let texts: String = expected.iter().map(|(_, text)| format!("{}\n", text.trim_end_matches('\n'))).collect();
    for (name, content) in in_each_format(&articles()) {
        folder.write(&format!("dump/{name}"), &content);
        for (to, more) in [("jsonl", &[][..]), ("csv", &[]), ("parquet", &[]), ("bulk", &["--bulk-index", "news"])] {
            if to == "csv" && !matches!(name, "comma.csv") && (name.ends_with("sv") || name == "bar") {
                // A table stays as it is.
                continue;
            }
            let path = format!("dump/{name}");
            let args = [&[path.as_str(), "--to", to, "--ledger", "ledger.jsonl"], more].concat();
            let output = folder.dedup(&args).run().exits(0).stdout.clone();
            assert_eq!(articles_to(to, &output), expected, "{name} to {to}");
            folder.dedup([&args[..], &["--batch", "1", "--threads", "3"]].concat()).run().exits(0).stdout_is(&output);
            if to != "bulk" {
                // What was written reads the same, and holds nothing twice.
                folder.dedup(NO_ARGS).run_with(output.clone()).exits(0).stdout_is(&output);
            }
        }
        folder.dedup([&format!("dump/{name}"), "--to", "text"]).run().exits(0).stdout_is(&texts);
    }
    // All of them are one corpus then, whatever each came in.
    let all = folder.dedup(["dump", "--to", "jsonl", "--summary", "summary.json"]).run();
    assert_eq!(articles_of("lines.jsonl", &all.exits(0).stdout).len(), expected.len() + 9, "an empty article stays in each file");
    assert_eq!(folder.json("summary.json")["settings"]["to"], json!("jsonl"));
    folder.dedup(["dump", "--to", "parquet", "-o", "out/"]).run().exits(0);
    let names: Vec<String> = folder.names().into_iter().filter(|name| name.starts_with("out/") && name.len() > 4).collect();
    assert_eq!(names.len(), 10);
    assert!(names.contains(&"out/array.parquet".to_owned()) && names.contains(&"out/bar.parquet".to_owned()), "{names:?}");
}

#[test]
fn a_record_in_another_format_keeps_all_that_it_says() {
    let folder = Folder::new();
    let record = r#"{"_id": "x", "url": "http://a.example/1", "n": 1.50, "text": "a\u0062c\n\nd", "host": "a.example", "tags": ["x", "y"]}"#;
    let run = |input: &str, args: &[&str]| folder.dedup(args).run_with(input).exits(0).stdout_text().to_owned();
    assert_eq!(run(record, &["--to", "jsonl"]), format!("{record}\n"), "what is in the format stays as it is");
    assert_eq!(
        run(record, &["--to", "csv"]),
        "id,url,title,date,source,text,other\nx,http://a.example/1,,,a.example,\"abc\n\nd\",\"{\"\"n\"\": 1.50,\"\"tags\"\": [\"\"x\"\", \"\"y\"\"]}\"\n"
    );
    assert_eq!(
        run(record, &["--to", "bulk"]),
        "{\"index\":{\"_id\":\"x\"}}\n{\"url\": \"http://a.example/1\",\"n\": 1.50,\"text\": \"a\\u0062c\\n\\nd\",\"host\": \"a.example\",\"tags\": [\"x\", \"y\"]}\n"
    );
    assert_eq!(run(record, &["--to", "text"]), "abc\n\nd\n");
    assert_eq!(run(record, &["--to", "text", "--articles", "lines"]), "abc d\n");
    assert_eq!(run(&format!("{record}\n{{\"text\":\"e\"}}"), &["--to", "text", "--articles", "blocks"]), "abc\nd\n\ne\n");
    assert_eq!(run("[{\n \"text\":\n\"a\"}]", &["--to", "jsonl"]), "{\"text\":\"a\"}\n");
    assert_eq!(
        run("id,n,n,text\n7,1,2,\"a \"\"b\"\"\"\n", &["--from", "csv", "--to", "jsonl"]),
        "{\"id\":\"7\",\"n\":\"1\",\"n_2\":\"2\",\"text\":\"a \\\"b\\\"\"}\n"
    );
    assert_eq!(run("a\nb\n", &["--to", "jsonl"]), "{\"id\":\"-\",\"text\":\"a\\nb\"}\n");
    // Bytes that are no UTF-8 are repaired on the way.
    folder
        .dedup(["--to", "jsonl"])
        .run_with(*b"id,text\n7,M\xFCnchen\n")
        .exits(0)
        .stdout_is("{\"id\":\"7\",\"text\":\"M\u{FFFD}nchen\"}\n");
    // Marks need fields: other formats have them this way.
    assert_eq!(
        run("id,text\n7,a\n", &["--to", "jsonl", "--mark"]),
        "{\"id\":\"7\",\"text\":\"a\",\"einmal\":{\"verdict\":\"keep\",\"spans\":[]}}\n"
    );
    folder.write("a.jsonl", record);
    folder.dedup(["a.jsonl", "-o", "out.csv"]).run().exits(0).stderr_holds(&["out.csv will hold JSON Lines", "--to csv"]);
    assert!(!folder.dedup(["a.jsonl", "-o", "out.csv", "--to", "csv"]).run().exits(0).stderr.contains("will hold"));
    // An id that is no text, or not the one that is used, is kept under another name.
    for (record, expected) in [
        (r#"{"_id":{"$oid":"5f"},"text":"a"}"#, "{\"index\":{}}\n{\"original_id\":{\"$oid\":\"5f\"},\"text\":\"a\"}\n"),
        (
            r#"{"_id":"x","id":"y","text":"a"}"#,
            "{\"index\":{\"_id\":\"y\"}}\n{\"original_id\":\"x\",\"id\":\"y\",\"text\":\"a\"}\n",
        ),
    ] {
        assert_eq!(run(record, &["--to", "bulk"]), expected);
    }
    folder.dedup(["--bulk-index", "x"]).run_with("").exits(2).complains("--bulk-index");
    folder.dedup(["--to", "csv", "--mark"]).run_with(record).exits(2).hints_at("--to jsonl");
}

#[test]
fn several_fields_are_one_text_and_are_written_back_each_into_its_own() {
    let folder = Folder::new();
    let long = |word: &str| (0..20).map(|nth| format!("{word}{nth}")).collect::<Vec<_>>().join(" ");
    let (lead, body) = (long("l"), long("b"));
    let objects = [
        json!({"id": "1", "title": "Kopf", "lead": lead, "body": [{"t": body}]}),
        json!({"id": "2", "title": "Anderer Kopf", "lead": format!("{}\n{}", long("n"), lead), "body": [{"t": long("m")}]}),
        json!({"id": "3", "body": [{"t": long("x")}], "lead": null}),
    ];
    let lines: String = objects.iter().map(|object| format!("{object}\n")).collect();
    let fields = ["--field", "title,lead,body[0].t", "--ledger", "ledger.jsonl"];
    let mut expected = objects.clone();
    expected[1]["lead"] = json!(format!("{}\n", long("n")));
    let output = folder.dedup(fields).run_with(lines.clone()).exits(0).stdout_text().to_owned();
    assert_eq!(output, expected.iter().map(|object| format!("{object}\n")).collect::<String>());
    let entry = &folder.json_lines("ledger.jsonl")[0];
    // "Anderer Kopf", an empty line, the new passage and its line break; what stands between fields stays.
    let start = 12 + 2 + long("n").len() + 1;
    assert_eq!((&entry["id"], &entry["span"]), (&json!("2"), &json!([start, start + lead.len()])));
    // What went is put back in the fields' joined text.
    let joined = |record: &Value| {
        let texts = [&record["title"], &record["lead"], &record["body"][0]["t"]].into_iter().filter_map(Value::as_str);
        texts.collect::<Vec<_>>().join("\n\n")
    };
    let left = joined(&serde_json::from_str(output.lines().nth(1).expect("the second")).expect("JSON"));
    assert_eq!(restored(&left, &[entry]), joined(&objects[1]));
    // A table and rows have columns for them.
    let table = format!("title,lead,body\nKopf,{lead},{body}\nAnderer Kopf,{lead},{}\n", long("m"));
    let expected = format!("title,lead,body\nKopf,{lead},{body}\nAnderer Kopf,,{}\n", long("m"));
    folder.dedup(["--field", "title,lead,body"]).run_with(table.clone()).exits(0).stdout_is(&expected);
    let typo = folder.dedup(["--field", "title,leed,body"]).run_with(table.clone());
    typo.exits(0).stderr_holds(&["this is plain text, and --field has no effect"]);
    folder
        .dedup(["--from", "csv", "--field", "title,leed,body"])
        .run_with(table.clone())
        .exits(2)
        .stderr_holds(&["no column \"leed\" (its"]);
    folder.dedup(["--field", "title,title"]).run_with(table).exits(2).complains("--field names title twice");
    let column = |texts: [Option<&str>; 2]| -> ArrayRef { Arc::new(texts.into_iter().collect::<StringArray>()) };
    let rows = |second: &str| {
        let columns = [
            ("lead", column([Some(&lead), Some(second)])),
            ("n", column([None, Some("n")])),
            ("body", column([None, Some(&body)])),
        ];
        RecordBatch::try_from_iter(columns).expect("they fit")
    };
    let output = folder.dedup(["--field", "lead,body"]).run_with(parquet(&rows(&lead), 10)).exits(0).stdout.clone();
    assert_eq!(rows_of(&output), [rows("")]);
}
