//! The formats that dumps come in: the same articles give the same texts and verdicts in each, and come out in the format they came in.

use std::io::{Cursor, Write};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, Float64Array, ListArray, RecordBatch, StringArray, StructArray};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use serde_json::{Value, json};

use crate::harness::{Folder, NO_ARGS, gzip, sample, zstd};

/// Articles with awkward texts, and copies among them.
fn articles() -> Vec<(String, String)> {
    let lines = String::from_utf8(sample("night.jsonl")).expect("the sample is UTF-8");
    let mut articles: Vec<(String, String)> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("the sample is sound"))
        .map(|record| {
            let field = |name: &str| record[name].as_str().expect("the sample has it").to_owned();
            (field("id"), field("text"))
        })
        .collect();
    articles.push(("awkward".to_owned(), "Er sagte: \"a, b; c\"\n\ttab | \"\" [x] {y} }\\\" ".to_owned()));
    articles.push(("empty".to_owned(), String::new()));
    articles
}

/// A table of these articles.
fn csv(delimiter: u8, terminator: csv::Terminator, articles: &[(String, String)]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).terminator(terminator).from_writer(Vec::new());
    writer.write_record(["id", "title", "text"]).expect("memory takes everything");
    for (id, text) in articles {
        writer.write_record([id, "Ein Titel, \"so\"", text]).expect("memory takes everything");
    }
    writer.into_inner().expect("memory takes everything")
}

/// A record of a web archive.
fn warc(kind: &str, id: &str, content_type: &str, block: &[u8]) -> Vec<u8> {
    let header = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <{id}>\r\nWARC-Target-URI: https://kurier.example/{id}\r\n\
         WARC-Date: 2026-02-10T21:14:00Z\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        block.len()
    );
    [header.as_bytes(), block, b"\r\n\r\n"].concat()
}

/// The articles as rows, with columns of other types around the text.
fn rows(articles: &[(String, String)]) -> RecordBatch {
    let ids: StringArray = articles.iter().map(|(id, _)| Some(id)).collect();
    let texts: StringArray = articles.iter().map(|(_, text)| Some(text)).collect();
    let scores: Float64Array = (0..articles.len()).map(|nth| (nth % 3 > 0).then_some(nth as f64 / 7.0)).collect();
    let tags = ListArray::from_iter_primitive::<Int32Type, _, _>(
        (0..articles.len() as i32).map(|nth| (nth % 4 > 0).then(|| vec![Some(nth), None])),
    );
    let columns: [(&str, ArrayRef); 4] =
        [("score", Arc::new(scores)), ("text", Arc::new(texts)), ("tags", Arc::new(tags)), ("id", Arc::new(ids))];
    RecordBatch::try_from_iter(columns).expect("they fit")
}

/// A Parquet file of these rows, with so many in a row group.
fn parquet(rows: &RecordBatch, group: usize) -> Vec<u8> {
    let properties =
        WriterProperties::builder().set_max_row_group_row_count(Some(group)).set_compression(Compression::SNAPPY).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), rows.schema(), Some(properties)).expect("such rows can be written");
    writer.write(rows).expect("memory takes everything");
    writer.into_inner().expect("memory takes everything")
}

fn rows_of(content: &[u8]) -> Vec<RecordBatch> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(content.to_vec()))
        .expect("sound Parquet")
        .build()
        .expect("sound Parquet");
    reader.map(|rows| rows.expect("sound Parquet")).collect()
}

fn objects(articles: &[(String, String)]) -> Vec<Value> {
    articles.iter().map(|(id, text)| json!({"id": id, "meta": [{"}": "{"}], "text": text})).collect()
}

/// Each format by name: the articles in it.
fn in_each_format(articles: &[(String, String)]) -> Vec<(&'static str, Vec<u8>)> {
    let objects = objects(articles);
    let lines = |pretty: bool| -> Vec<u8> {
        let text = |object| if pretty { serde_json::to_string_pretty(object) } else { serde_json::to_string(object) };
        objects.iter().flat_map(|object| (text(object).expect("JSON can be written") + "\n").into_bytes()).collect()
    };
    vec![
        ("lines.jsonl", lines(false)),
        ("objects.json", lines(true)),
        ("array.json", serde_json::to_vec(&objects).expect("JSON can be written")),
        ("pretty.json", serde_json::to_vec_pretty(&objects).expect("JSON can be written")),
        ("comma.csv", csv(b',', csv::Terminator::Any(b'\n'), articles)),
        ("semicolon.csv", csv(b';', csv::Terminator::CRLF, articles)),
        ("tab.tsv", csv(b'\t', csv::Terminator::Any(b'\n'), articles)),
        (
            "texts.warc.wet",
            articles.iter().flat_map(|(id, text)| warc("conversion", id, "text/plain", text.as_bytes())).collect(),
        ),
        ("rows.parquet", parquet(&rows(articles), 7)),
        ("bar", [b"\xEF\xBB\xBF", &csv(b'|', csv::Terminator::CRLF, articles)[..]].concat()),
    ]
}

/// A file of this name and content, packed in every way, by the way's name.
fn packings(name: &str, content: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let sure = "memory takes everything";
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(content).expect(sure);
    let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 1);
    xz.write_all(content).expect(sure);
    let mut lz4 = lz4_flex::frame::FrameEncoder::new(Vec::new());
    lz4.write_all(content).expect(sure);
    let packed = gzip(content);
    vec![
        ("gzip", packed.clone()),
        ("zstd", zstd(content)),
        ("bzip2", bzip2.finish().expect(sure)),
        ("xz", xz.finish().expect(sure)),
        ("lz4", lz4.finish().expect(sure)),
        ("tar", tar(&[(name, content)])),
        ("tar of gzip", tar(&[(&format!("{name}.gz"), &packed)])),
        ("gzip of tar", gzip(&tar(&[(name, content)]))),
        ("zip", zip(&[(name, content)])),
        ("zip of tar", zip(&[("x.tar", &tar(&[(name, content)]))])),
    ]
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        builder.append_data(&mut header, path, *content).expect("memory takes everything");
    }
    builder.into_inner().expect("memory takes everything")
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in members {
        writer.start_file(*path, zip::write::SimpleFileOptions::default()).expect("memory takes everything");
        writer.write_all(content).expect("memory takes everything");
    }
    writer.finish().expect("memory takes everything").into_inner()
}

/// The articles that an output holds.
fn articles_of(name: &str, content: &[u8]) -> Vec<(String, String)> {
    let pair = |object: Value| {
        let field = |name: &str| object[name].as_str().expect("a text").to_owned();
        (field("id"), field("text"))
    };
    match name {
        "array.json" | "pretty.json" => {
            let objects: Vec<Value> = serde_json::from_slice(content).expect("an array");
            objects.into_iter().map(pair).collect()
        }
        "lines.jsonl" | "objects.json" | "texts.warc.wet" => {
            let objects = serde_json::Deserializer::from_slice(content).into_iter::<Value>();
            objects.map(|object| pair(object.expect("an object"))).collect()
        }
        "rows.parquet" => {
            let column =
                |rows: &RecordBatch, name: &str| rows.column_by_name(name).expect("it is there").as_string::<i32>().clone();
            let rows = rows_of(content);
            let pairs = rows.iter().flat_map(|rows| {
                column(rows, "id")
                    .iter()
                    .map(|id| id.map(str::to_owned))
                    .zip(column(rows, "text").iter().map(|text| text.map(str::to_owned)).collect::<Vec<_>>())
                    .collect::<Vec<_>>()
            });
            pairs.map(|(id, text)| (id.expect("an id"), text.expect("a text"))).collect()
        }
        _ => {
            let delimiter = if name.starts_with("comma") {
                b','
            } else {
                *[b';', b'\t', b'|'].iter().find(|byte| content[..20].contains(byte)).expect("a header")
            };
            let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(content);
            reader.records().map(|row| row.expect("a row")).map(|row| (row[0].to_owned(), row[2].to_owned())).collect()
        }
    }
}

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
    // "Anderer Kopf", an empty line, the new passage and its line break.
    let start = 12 + 2 + long("n").len() + 1;
    assert_eq!((&entry["id"], &entry["span"]), (&json!("2"), &json!([start, start + lead.len() + 1])));
    // A table and rows have columns for them.
    let table = format!("title,lead,body\nKopf,{lead},{body}\nAnderer Kopf,{lead},{}\n", long("m"));
    let expected = format!("title,lead,body\nKopf,{lead},{body}\nAnderer Kopf,,{}\n", long("m"));
    folder.dedup(["--field", "title,lead,body"]).run_with(table.clone()).exits(0).stdout_is(&expected);
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

const PAGE: &str = "<!doctype html><html><head><title>Hang rutscht ab</title><meta charset='iso-8859-1'></head><body><nav>Start</nav><article><h1>Hang rutscht ab</h1>\
    <p>Nach tagelangem Regen ist ein Hang oberhalb der Bahnlinie ins Rutschen geraten, teilte die Bahn am Dienstagabend in Hallbruck mit.</p>\
    <p>Die Strecke bleibt bis Anfang kommender Woche voll gesperrt, zwischen beiden St\u{e4}dten fahren Busse.</p></article><footer>Impressum</footer></body></html>";

/// The page in the encoding that it names.
fn page() -> Vec<u8> {
    PAGE.chars().map(|c| u8::try_from(u32::from(c)).expect("it is in Latin-1")).collect()
}

#[test]
fn pages_of_a_web_archive_become_records_with_their_articles() {
    let folder = Folder::new();
    let http = |status: &str, more: &str, body: &[u8]| {
        [format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\n{more}\r\n").as_bytes(), body].concat()
    };
    let packed = gzip(&page());
    let chunked = [format!("{:x}\r\n", packed.len()).as_bytes(), &packed, b"\r\n0\r\n\r\n"].concat();
    let answer = |id: &str, block: &[u8]| warc("response", id, "application/http; msgtype=response", block);
    let records = [
        warc("warcinfo", "info", "application/warc-fields", b"software: x"),
        answer("one", &http("200 OK", "", &page())),
        answer("two", &http("200 OK", "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", &chunked)),
        answer("gone", &http("404 Not Found", "", &page())),
        warc("resource", "picture", "image/png", b"\x89PNG\0\n\n"),
        b"rubbish\r\n".to_vec(),
        warc("resource", "three", "text/html", &page()),
    ];
    let mut archive = records.concat();
    archive.extend(&answer("cut", &http("200 OK", "", &page()))[..400]);
    folder.write("dump/a.warc.gz", records.iter().flat_map(|record| gzip(record)).collect::<Vec<u8>>());
    folder.write("dump/a.warc", &archive);
    folder
        .dedup(["dump/a.warc", "-o", "out.jsonl", "--summary", "summary.json", "--quarantine", "bad.jsonl", "--mark"])
        .run()
        .exits(0);
    let lines = folder.json_lines("out.jsonl");
    assert_eq!(lines.iter().map(|line| line["id"].as_str().expect("an id")).collect::<Vec<_>>(), ["one", "two", "three"]);
    assert_eq!(
        lines.iter().map(|line| line["einmal"]["verdict"].as_str().expect("a mark")).collect::<Vec<_>>(),
        ["keep", "copy", "copy"]
    );
    for line in &lines {
        let text = line["text"].as_str().expect("a text");
        assert!(text.contains("Städten fahren Busse") && !text.contains("Impressum"), "{text}");
        assert_eq!((&line["title"], &line["host"]), (&json!("Hang rutscht ab"), &json!("kurier.example")));
        assert!(line["date"].as_str().expect("a date").starts_with("2026-02-10T21:14:00"));
    }
    assert_eq!(folder.json("summary.json")["other_records"], json!(3));
    let bad: Vec<Value> = folder.json_lines("bad.jsonl").iter().map(|line| json!([line["record"], line["reason"]])).collect();
    assert_eq!(bad, [json!([6, "invalid-warc"]), json!([8, "invalid-warc"])]);
    // Packed record by record, and to a folder: the output is JSON Lines, and is called so.
    folder.dedup(["dump", "-o", "out/", "--quarantine", "bad.jsonl"]).run().exits(0);
    assert_eq!(
        folder.names(),
        [
            "bad.jsonl",
            "dump/",
            "dump/a.warc",
            "dump/a.warc.gz",
            "out.jsonl",
            "out/",
            "out/a.jsonl",
            "out/a.jsonl.gz",
            "summary.json"
        ]
    );
    assert_eq!(folder.json_lines("out/a.jsonl").len(), 1);
}

#[test]
fn a_page_in_a_file_or_a_field_is_read_as_asked_for() {
    let folder = Folder::new();
    folder.write("page.html", page());
    let text_of = |args: &[&str]| {
        folder.dedup(args).run().exits(0);
        folder.json_lines("out")[0]["text"].as_str().expect("a text").to_owned()
    };
    let article = text_of(&["page.html", "-o", "out"]);
    assert!(article.contains("ins Rutschen geraten") && !article.contains("Impressum"));
    let stripped = text_of(&["page.html", "--html", "strip", "-o", "out"]);
    assert!(
        stripped.starts_with("Hang rutscht ab\nNach tagelangem") && stripped.ends_with("Städten fahren Busse."),
        "{stripped}"
    );
    let all = text_of(&["page.html", "--html", "all", "-o", "out"]);
    assert_eq!(all, format!("Start\n{stripped}\nImpressum"));
    folder
        .write("pages.jsonl", serde_json::to_string(&json!({"id": 1, "html": PAGE, "text": "x"})).expect("JSON can be written"));
    folder.dedup(["pages.jsonl", "--field", "html", "--html", "strip", "-o", "out"]).run().exits(0);
    let record = &folder.json_lines("out")[0];
    assert_eq!((&record["html"], &record["text"]), (&json!(stripped), &json!("x")));
}

#[test]
fn members_of_archives_are_read_like_the_files_of_a_folder() {
    let folder = Folder::new();
    let line = |id: &str, text: &str| format!("{{\"id\":\"{id}\",\"text\":\"{text}\"}}\n");
    let text =
        "Das ist ein Text von mehr als fünfzehn Wörtern, damit man sieht, dass er nur einmal stehen bleibt und sonst geht.";
    let one = line("one", text);
    let two = line("two", text);
    let packed = gzip(line("three", "Etwas anderes.").as_bytes());
    let members: [(&str, &[u8]); 5] = [
        ("b/one.jsonl", one.as_bytes()),
        ("a/two.jsonl", two.as_bytes()),
        (".hidden", b"{"),
        ("picture.png", b"\x89PNG\0"),
        ("c.jsonl.gz", &packed),
    ];
    folder.write("dump.tar.gz", gzip(&tar(&members)));
    folder.write("dump.zip", zip(&members));
    for name in ["dump.tar.gz", "dump.zip"] {
        let args = [name, "-o", "out/", "--ledger", "ledger.jsonl", "--quarantine", "bad.jsonl"];
        folder.dedup(args).run().exits(0);
        assert_eq!(folder.text(&format!("out/{name}/b/one.jsonl")), one);
        assert_eq!(folder.text(&format!("out/{name}/a/two.jsonl")), "");
        let entry = &folder.json_lines("ledger.jsonl")[0];
        assert_eq!(
            (&entry["file"], &entry["covers"][0]["file"]),
            (&json!(format!("{name}/a/two.jsonl")), &json!(format!("{name}/b/one.jsonl")))
        );
        assert_eq!(folder.json_lines("bad.jsonl")[0]["file"], json!(format!("{name}/picture.png")));
        let all = folder.dedup([name]).run();
        all.exits(3).stdout_is(format!("{one}{}", line("three", "Etwas anderes.")));
        folder.dedup(NO_ARGS).run_with(folder.read(name)).exits(3).stdout_is(&all.stdout);
    }
    // Damage costs what comes after it.
    let tar = tar(&members);
    folder.dedup(["--quarantine", "bad.jsonl"]).run_with(&tar[..1100]).exits(0).stdout_is(&one);
    assert_eq!(folder.json_lines("bad.jsonl")[0]["reason"], json!("damaged"));
}

#[test]
fn inputs_can_be_listed_and_chosen() {
    let folder = Folder::new();
    for (name, text) in [("d/a.jsonl", "a"), ("d/b.txt", "b"), ("d/e/c.jsonl", "c"), ("d/old/d.jsonl", "d"), ("x y.jsonl", "x")] {
        folder.write(name, format!("{{\"text\":\"{text}\"}}\n"));
    }
    folder.write("list", "x y.jsonl\r\n\nd/a.jsonl\n");
    folder.write("nul", "d/a.jsonl\0x y.jsonl\0");
    let texts = |args: &[&str], input: &str| {
        let outcome = folder.dedup(args).run_with(input);
        outcome.exits(0);
        let lines = String::from_utf8(outcome.stdout.clone()).expect("UTF-8");
        lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["text"].as_str().expect("a text").to_owned())
            .collect::<String>()
    };
    for (args, input, expected) in [
        (&["--files-from", "list"][..], "", "xa"),
        (&["--files-from", "nul"], "", "ax"),
        (&["d/e", "--files-from", "-"], "x y.jsonl\n", "cx"),
        (&["--files-from", "-"], "", ""),
        (&["d", "--from", "jsonl"], "", "abcd"),
        (&["d", "--include", "*.jsonl"], "", "acd"),
        (&["d", "--include", "e/*", "--include", "a.*"], "", "ac"),
        (&["d", "--from", "jsonl", "--exclude", "old/"], "", "abc"),
        (&["d", "--exclude", "*.txt", "--exclude", "old", "--exclude", "/a.jsonl"], "", "c"),
        (&["d/b.txt", "--exclude", "*.txt"], "", "b"),
    ] {
        assert_eq!(texts(args, input), expected, "{args:?}");
    }
    folder.dedup(["--files-from", "missing"]).run().exits(2).complains("missing: cannot read");
    folder.dedup(["d", "--include", "a["]).run().exits(2).stderr_holds(&["a["]);
}

#[test]
fn rows_keep_their_schema_and_all_other_values() {
    let folder = Folder::new();
    let rows = rows(&articles());
    folder.write("a.parquet", parquet(&rows, 5));
    folder.dedup(["a.parquet", "-o", "out.parquet", "--ledger", "ledger.jsonl"]).run().exits(0);
    let out = rows_of(&folder.read("out.parquet"));
    let kept = articles_of("rows.parquet", &folder.read("out.parquet"));
    assert_eq!(out[0].schema(), rows.schema());
    let out = arrow_select::concat::concat_batches(&rows.schema(), &out).expect("they are alike");
    let ids = rows.column_by_name("id").expect("it is there").as_string::<i32>().clone();
    for (nth, (id, _)) in kept.iter().enumerate() {
        let before = (0..ids.len()).find(|&row| ids.value(row) == id).expect("it was there before");
        for name in ["score", "tags"] {
            let value = |rows: &RecordBatch, row| rows.column_by_name(name).expect("it is there").slice(row, 1);
            assert_eq!(&value(&out, nth), &value(&rows, before), "{name} of {id}");
        }
    }
    // Of a row that went, the ledger has all.
    let gone = folder.json_lines("ledger.jsonl").into_iter().find(|entry| entry["reason"] == "copy").expect("a copy");
    let row: Value = serde_json::from_str(gone["raw"].as_str().expect("a row")).expect("JSON");
    assert_eq!(row["id"], gone["id"]);
    assert!(row["text"].as_str().expect("a text").len() > 100 && row.get("score").is_some());
    // Several files make one, if their columns are the same.
    folder.write("d/b.parquet", parquet(&rows.slice(0, 3), 5));
    folder.write("d/c.parquet", parquet(&rows.slice(3, 3), 5));
    folder.dedup(["d", "-o", "both.parquet"]).run().exits(0);
    assert_eq!(rows_of(&folder.read("both.parquet")).iter().map(RecordBatch::num_rows).sum::<usize>(), 6);
    folder.write("other.parquet", parquet(&rows.project(&[1, 3]).expect("they are there"), 5));
    folder.dedup(["a.parquet", "other.parquet"]).run().exits(2).complains("other.parquet: its columns");
    folder.dedup(["a.parquet", "--mark"]).run().exits(2).complains("a.parquet: this is Parquet");
    folder
        .dedup(["a.parquet", "--field", "score"])
        .run()
        .exits(2)
        .complains("a.parquet: the text column holds values of type Float64");
    folder.dedup(["a.parquet", "--field", "lead"]).run().exits(2).stderr_holds(&["score, text, tags, id"]);
}

#[test]
fn a_text_may_stand_in_a_nested_column() {
    let folder = Folder::new();
    let rows = rows(&articles());
    let article = StructArray::from(rows.project(&[3, 1]).expect("they are there"));
    let nested = RecordBatch::try_from_iter([("n", Arc::clone(rows.column(0))), ("article", Arc::new(article) as ArrayRef)])
        .expect("they fit");
    folder.write("a.parquet", parquet(&rows, 100));
    folder.write("b.parquet", parquet(&nested, 100));
    folder.dedup(["a.parquet", "-o", "a.out"]).run().exits(0);
    folder.dedup(["b.parquet", "--field", "article.text", "--id-field", "article.id", "-o", "b.out"]).run().exits(0);
    let flat: Vec<RecordBatch> = rows_of(&folder.read("b.out"))
        .iter()
        .map(|rows| RecordBatch::from(rows.column_by_name("article").expect("it is there").as_struct()))
        .collect();
    let texts = |rows: &[RecordBatch]| -> Vec<String> {
        let column = |rows: &RecordBatch| rows.column_by_name("text").expect("it is there").as_string::<i32>().clone();
        rows.iter()
            .flat_map(|rows| column(rows).iter().map(|text| text.expect("a text").to_owned()).collect::<Vec<_>>())
            .collect()
    };
    assert_eq!(texts(&flat), texts(&rows_of(&folder.read("a.out"))));
}

#[test]
fn damage_in_a_row_group_costs_that_row_group() {
    let folder = Folder::new();
    let rows = rows(&articles());
    let sound = parquet(&rows, 10);
    let mut bytes = sound.clone();
    // The first row group stands at the start of the file.
    bytes[60..400].fill(0xAA);
    folder.write("a.parquet", &bytes);
    folder.dedup(["a.parquet", "-o", "out.parquet", "--quarantine", "bad.jsonl"]).run().exits(0);
    let bad = folder.json_lines("bad.jsonl");
    assert_eq!((bad.len(), &bad[0]["reason"]), (1, &json!("damaged")));
    let n_rows: usize = rows_of(&folder.read("out.parquet")).iter().map(RecordBatch::num_rows).sum();
    assert!(n_rows > 10, "{n_rows} rows of the others");
    folder.write("cut.parquet", &sound[..sound.len() / 2]);
    folder.dedup(["cut.parquet"]).run().exits(2).complains("cut.parquet: this is no sound Parquet file");
    folder.write("d/cut.parquet", &sound[..sound.len() / 2]);
    folder.dedup(["d"]).run().exits(3);
}
