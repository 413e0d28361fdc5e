//! The same articles in every format that dumps come in, and read back from it.

use std::io::{Cursor, Write};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, Float64Array, ListArray, RecordBatch, StringArray};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use serde_json::{Value, json};

use crate::harness::{gzip, sample, zstd};

/// Articles with awkward texts, and copies among them.
pub(crate) fn articles() -> Vec<(String, String)> {
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

/// 500 articles: the others, then such with their lines' words in another order, of which every fifth comes a second time and every seventh brings a passage of an earlier one.
pub(crate) fn many_articles() -> Vec<(String, String)> {
    let once = articles();
    let mut all = once.clone();
    while all.len() < 500 {
        let nth = all.len();
        let (_, text) = &once[nth % once.len()];
        let turned = |line: &str| {
            let mut words: Vec<&str> = line.split(' ').collect();
            let by = nth % words.len();
            words.rotate_left(by);
            words.join(" ")
        };
        let mut text = text.lines().map(turned).collect::<Vec<_>>().join("\n");
        if nth.is_multiple_of(7) {
            text = format!("{text}\n{}", all[nth - 9].1.lines().next().unwrap_or_default());
        }
        if nth.is_multiple_of(5) {
            text.clone_from(&all[nth - 3].1);
        }
        all.push((format!("made-{nth}"), text));
    }
    all
}

/// A table of these articles.
pub(crate) fn csv(delimiter: u8, terminator: csv::Terminator, articles: &[(String, String)]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).terminator(terminator).from_writer(Vec::new());
    writer.write_record(["id", "title", "text"]).expect("memory takes everything");
    for (id, text) in articles {
        writer.write_record([id, "Ein Titel, \"so\"", text]).expect("memory takes everything");
    }
    writer.into_inner().expect("memory takes everything")
}

/// A record of a web archive.
pub(crate) fn warc(kind: &str, id: &str, content_type: &str, block: &[u8]) -> Vec<u8> {
    let header = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <{id}>\r\nWARC-Target-URI: https://kurier.example/{id}\r\n\
         WARC-Date: 2026-02-10T21:14:00Z\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        block.len()
    );
    [header.as_bytes(), block, b"\r\n\r\n"].concat()
}

/// The articles as rows, with columns of other types around the text.
pub(crate) fn rows(articles: &[(String, String)]) -> RecordBatch {
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
pub(crate) fn parquet(rows: &RecordBatch, group: usize) -> Vec<u8> {
    let properties =
        WriterProperties::builder().set_max_row_group_row_count(Some(group)).set_compression(Compression::SNAPPY).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), rows.schema(), Some(properties)).expect("such rows can be written");
    writer.write(rows).expect("memory takes everything");
    writer.into_inner().expect("memory takes everything")
}

pub(crate) fn rows_of(content: &[u8]) -> Vec<RecordBatch> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(content.to_vec()))
        .expect("sound Parquet")
        .build()
        .expect("sound Parquet");
    reader.map(|rows| rows.expect("sound Parquet")).collect()
}

pub(crate) fn objects(articles: &[(String, String)]) -> Vec<Value> {
    articles.iter().map(|(id, text)| json!({"id": id, "meta": [{"}": "{"}], "text": text})).collect()
}

/// Each format by name: the articles in it.
pub(crate) fn in_each_format(articles: &[(String, String)]) -> Vec<(&'static str, Vec<u8>)> {
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
pub(crate) fn packings(name: &str, content: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
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

pub(crate) fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        builder.append_data(&mut header, path, *content).expect("memory takes everything");
    }
    builder.into_inner().expect("memory takes everything")
}

pub(crate) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in members {
        writer.start_file(*path, zip::write::SimpleFileOptions::default()).expect("memory takes everything");
        writer.write_all(content).expect("memory takes everything");
    }
    writer.finish().expect("memory takes everything").into_inner()
}

/// The articles that an output holds.
pub(crate) fn articles_of(name: &str, content: &[u8]) -> Vec<(String, String)> {
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
