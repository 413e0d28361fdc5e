//! Records that are judged a few parts after the other.

use crate::harness::{Folder, assert_same, jsonl};

/// Sentences of words that stand nowhere else, a line each, numbers `from` to `to`.
fn lines(from: usize, to: usize) -> String {
    (from..to).map(|line| (0..12).map(|word| format!("W{line}x{word}")).collect::<Vec<_>>().join(" ") + ".\n").collect()
}

#[test]
fn a_large_record_loses_what_it_and_others_said_before_whatever_the_threads() {
    // A part has 1 MiB, eight parts are judged together: what is repeated stands in other portions of the record, and the last record copies from its second.
    let (early, middle, late) = (lines(0, 90_000), lines(90_000, 100_000), lines(100_000, 120_000));
    let (quoted, own) = (lines(200_000, 200_300), lines(0, 200));
    let large = [&early, &quoted, &middle, &own, &late].map(String::as_str).concat();
    assert!(large.len() > 9 << 20, "{}", large.len());
    let folder = Folder::new();
    let copy = lines(110_000, 110_400);
    let records =
        [("before", quoted.as_str()), ("large", &large), ("after", &copy), ("end", "Ein Satz, der sonst nirgends steht.")];
    folder.write("in.jsonl", jsonl(records));
    let settings = ["--clean", "off", "--ledger", "ledger.jsonl", "-o", "out.jsonl"];
    folder.dedup([&["in.jsonl", "--threads", "1"], &settings[..]].concat()).run().exits(0);
    let (output, ledger) = (folder.read("out.jsonl"), folder.read("ledger.jsonl"));

    let left: Vec<_> =
        folder.json_lines("out.jsonl").iter().map(|record| record["text"].as_str().expect("a text").to_owned()).collect();
    let expected = [quoted.clone(), early + &middle + &late, "Ein Satz, der sonst nirgends steht.".to_owned()];
    assert_eq!(left.len(), expected.len());
    for (left, expected) in left.iter().zip(&expected) {
        assert_same(left.as_bytes(), expected.as_bytes(), "what is left");
    }
    let reasons: Vec<_> =
        folder.json_lines("ledger.jsonl").iter().map(|line| (line["id"].clone(), line["reason"].clone())).collect();
    assert!(reasons.contains(&("after".into(), "copy".into())), "{reasons:?}");
    assert_eq!(reasons.iter().filter(|(id, reason)| id == "large" && reason == "passage").count(), 500);

    folder.einmal(["verify", "in.jsonl", "--clean", "off", "--output", "out.jsonl", "--ledger", "ledger.jsonl"]).run().exits(0);
    let restored = folder.einmal(["restore", "-o", "out.jsonl", "--ledger", "ledger.jsonl"]).run();
    assert_same(&restored.exits(0).stdout, &folder.read("in.jsonl"), "restored");
    folder.dedup([&["in.jsonl", "--threads", "3"], &settings[..]].concat()).run().exits(0);
    assert_same(&folder.read("out.jsonl"), &output, "three threads");
    assert_same(&folder.read("ledger.jsonl"), &ledger, "three threads");
}
