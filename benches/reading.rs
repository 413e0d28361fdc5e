//! What reading a format costs, beside the plain loop that the format's own library offers: all records of a file, their ids and texts. Prints what it measured; each bench asserts that it read all texts.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_json::Value;

use einmal::read::{Articles, BatchSize, Fields, HowToRead, Reader, Selection, collect_inputs};

fn main() {
    divan::main();
}

/// The samples are repeated until there is something to measure.
const N_TIMES: usize = 200;

/// Ids and texts of all articles, no two of them the same, as in a dump.
fn articles() -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/night.jsonl");
    let lines = std::fs::read_to_string(path).expect("the samples are there");
    let field = |record: &Value, name: &str| record[name].as_str().expect("the sample has it").to_owned();
    let once = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("the samples are sound"));
    let once: Vec<_> = once.map(|record| (field(&record, "id"), field(&record, "text"))).collect();
    let all = std::iter::repeat_n(once, N_TIMES).flatten().enumerate();
    all.map(|(nth, (id, text))| (format!("{id}-{nth}"), format!("{nth} {text}"))).collect()
}

/// A file that is gone with it.
struct Sample {
    path: PathBuf,
    n_bytes: usize,
    text_len: usize,
}

impl Sample {
    fn new(name: &str, content: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("einmal-bench-{}-{name}", std::process::id()));
        std::fs::write(&path, content).expect("temporary files can be written");
        let text_len = articles().iter().map(|(_, text)| text.len()).sum();
        Self { path, n_bytes: content.len(), text_len }
    }

    fn open(&self) -> File {
        File::open(&self.path).expect("it was written a moment ago")
    }

    /// Measures a function that reads the file and returns the length of all texts.
    fn measure(&self, bencher: Bencher, read: impl Fn(&Self) -> usize + Sync) {
        bencher.counter(BytesCount::new(self.n_bytes)).bench(|| assert_eq!(read(black_box(self)), self.text_len));
    }

    /// As the program reads it.
    fn read(&self) -> usize {
        let inputs = collect_inputs(std::slice::from_ref(&self.path), &Selection::new(&[], &[]).expect("no patterns"));
        let how = HowToRead {
            from: None,
            articles: Articles::File,
            fields: Fields::default(),
            html: None,
            max_record: 1 << 28,
            to: None,
        };
        let mut reader = Reader::new(inputs.expect("it is there"), how.clone(), BatchSize::for_threads(1), 1);
        let mut text_len = 0;
        while let Some(batch) = reader.next_batch().expect("it is sound") {
            for block in &batch.blocks {
                for raw in &block.records {
                    let record = block.file.read(block, raw, &how).expect("it is sound").expect("it is an article");
                    text_len += black_box(&record).texts[0].text.len();
                }
            }
        }
        text_len
    }
}

impl Drop for Sample {
    fn drop(&mut self) {
        // What cannot be removed does no harm among temporary files.
        let _ = std::fs::remove_file(&self.path);
    }
}

#[derive(serde::Deserialize)]
struct Article {
    id: String,
    text: String,
}

fn objects() -> Vec<Value> {
    articles().into_iter().map(|(id, text)| serde_json::json!({"id": id, "text": text})).collect()
}

fn jsonl() -> String {
    objects().iter().map(|object| format!("{object}\n")).collect()
}

/// What the texts of JSON Lines have together, read as most programs read them.
fn text_len(lines: impl BufRead) -> usize {
    let articles = lines.lines().map(|line| serde_json::from_str::<Article>(&line.expect("UTF-8")).expect("it is sound"));
    articles.map(black_box).map(|article| (article.text.len(), article.id).0).sum()
}

fn lines() -> Sample {
    Sample::new("a.jsonl", jsonl().as_bytes())
}

#[divan::bench]
fn jsonl_einmal(bencher: Bencher) {
    lines().measure(bencher, Sample::read);
}

#[divan::bench]
fn jsonl_serde_json(bencher: Bencher) {
    lines().measure(bencher, |sample| text_len(BufReader::new(sample.open())));
}

fn array() -> Sample {
    Sample::new("a.json", &serde_json::to_vec(&objects()).expect("JSON can be written"))
}

#[divan::bench]
fn json_array_einmal(bencher: Bencher) {
    array().measure(bencher, Sample::read);
}

/// Adds up the texts of an array as it goes by.
struct Texts;

impl<'de> Visitor<'de> for Texts {
    type Value = usize;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array of articles")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut articles: A) -> Result<usize, A::Error> {
        let mut text_len = 0;
        while let Some(article) = articles.next_element::<Article>()? {
            text_len += black_box(article).text.len();
        }
        Ok(text_len)
    }
}

#[divan::bench]
fn json_array_serde_json(bencher: Bencher) {
    array().measure(bencher, |sample| {
        let mut array = serde_json::Deserializer::from_reader(BufReader::new(sample.open()));
        array.deserialize_seq(Texts).expect("it is sound")
    });
}

fn table() -> Sample {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["id", "text"]).expect("memory takes everything");
    for (id, text) in articles() {
        writer.write_record([id, text]).expect("memory takes everything");
    }
    Sample::new("a.csv", &writer.into_inner().expect("memory takes everything"))
}

#[divan::bench]
fn csv_einmal(bencher: Bencher) {
    table().measure(bencher, Sample::read);
}

#[divan::bench]
fn csv_csv(bencher: Bencher) {
    table().measure(bencher, |sample| {
        let rows = csv::Reader::from_reader(sample.open()).into_records();
        rows.map(|row| black_box(row.expect("it is sound"))[1].len()).sum()
    });
}

fn rows() -> Sample {
    let column = |values: Vec<String>| -> ArrayRef { Arc::new(StringArray::from(values)) };
    let (ids, texts) = articles().into_iter().unzip();
    let rows = RecordBatch::try_from_iter([("id", column(ids)), ("text", column(texts))]).expect("they fit");
    let mut writer = ArrowWriter::try_new(Vec::new(), rows.schema(), None).expect("such rows can be written");
    writer.write(&rows).expect("memory takes everything");
    Sample::new("a.parquet", &writer.into_inner().expect("memory takes everything"))
}

#[divan::bench]
fn parquet_einmal(bencher: Bencher) {
    rows().measure(bencher, Sample::read);
}

#[divan::bench]
fn parquet_parquet(bencher: Bencher) {
    rows().measure(bencher, |sample| {
        let reader = ParquetRecordBatchReaderBuilder::try_new(sample.open()).expect("it is sound").build().expect("it is sound");
        let text_len = |rows: RecordBatch| -> usize {
            let texts = rows.column_by_name("text").expect("it is there").as_string::<i32>();
            texts.iter().map(|text| black_box(text.expect("a text").to_owned()).len()).sum()
        };
        reader.map(|rows| text_len(rows.expect("it is sound"))).sum()
    });
}

fn packed() -> Sample {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(jsonl().as_bytes()).expect("memory takes everything");
    Sample::new("a.jsonl.gz", &encoder.finish().expect("memory takes everything"))
}

#[divan::bench]
fn gzip_einmal(bencher: Bencher) {
    packed().measure(bencher, Sample::read);
}

#[divan::bench]
fn gzip_flate2(bencher: Bencher) {
    packed()
        .measure(bencher, |sample| text_len(BufReader::new(flate2::bufread::MultiGzDecoder::new(BufReader::new(sample.open())))));
}

fn zipped() -> Sample {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("a.jsonl", zip::write::SimpleFileOptions::default()).expect("memory takes everything");
    writer.write_all(jsonl().as_bytes()).expect("memory takes everything");
    Sample::new("a.zip", &writer.finish().expect("memory takes everything").into_inner())
}

#[divan::bench]
fn zip_einmal(bencher: Bencher) {
    zipped().measure(bencher, Sample::read);
}

#[divan::bench]
fn zip_zip(bencher: Bencher) {
    zipped().measure(bencher, |sample| {
        let mut archive = zip::ZipArchive::new(BufReader::new(sample.open())).expect("it is sound");
        text_len(BufReader::new(archive.by_index(0).expect("it is there")))
    });
}
