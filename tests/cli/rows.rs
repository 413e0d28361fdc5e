//! Parquet: rows keep what is not text.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StructArray};
use serde_json::{Value, json};

use crate::dumps::{articles, articles_of, parquet, rows, rows_of};
use crate::harness::Folder;

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
