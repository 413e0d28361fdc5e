//! What cleaning takes out when it is asked to, and `einmal clean`, which cleans and compares nothing.

use serde_json::{Value, json};

use crate::harness::{Folder, jsonl};

const TEXT: &str = "Der Haushalt steht\nFoto: dpa/Frank Molter\nDer Kreistag hat beschlossen (Foto: Miller), die Schule zu bauen.\nTeilen\nMehr zum Thema";

fn texts(lines: &str) -> Vec<String> {
    let text = |line: &str| serde_json::from_str::<Value>(line).expect("JSON")["text"].as_str().expect("a text").to_owned();
    lines.lines().map(text).collect()
}

#[test]
fn lines_that_are_no_text_go_when_asked_for_and_are_told_with_their_rules() {
    let folder = Folder::new();
    folder.write("a.jsonl", jsonl([("1", TEXT), ("2", "Teilen wir!")]));
    folder.dedup(["a.jsonl"]).run().exits(0).stdout_is(folder.read("a.jsonl"));
    let args = ["a.jsonl", "--clean", "lines", "--ledger", "ledger.jsonl", "--summary", "summary.json"];
    let outcome = folder.dedup(args).run();
    let kept = "Der Haushalt steht\nDer Kreistag hat beschlossen (Foto: Miller), die Schule zu bauen.";
    assert_eq!(texts(outcome.exits(0).stdout_text()), [kept, "Teilen wir!"]);
    let ledger = folder.json_lines("ledger.jsonl");
    let rules: Vec<Value> =
        ledger.iter().map(|entry| json!([entry["id"], entry["reason"], entry["rule"], entry["words"]])).collect();
    assert_eq!(
        rules,
        [json!(["1", "line", "de/credit", 4]), json!(["1", "line", "de/share", 1]), json!(["1", "line", "de/related", 3])]
    );
    // Put back where they stood, they make the text that it was.
    let mut text = kept.to_owned();
    for entry in &ledger {
        let start = usize::try_from(entry["span"][0].as_u64().expect("a number")).expect("it is small");
        text.insert_str(start, entry["text"].as_str().expect("a text"));
    }
    assert_eq!(text, TEXT);
    let summary = folder.json("summary.json");
    assert_eq!(summary["ruled_out"], json!({"de/credit": 1, "de/related": 1, "de/share": 1}));
    assert_eq!((&summary["words_removed"]["line"], &summary["words_lost"]), (&json!(8), &json!(8)));
    assert_eq!(summary["settings"]["clean"], json!("safe,lines"));
    let words_in = summary["words_in"].as_u64().expect("a number");
    assert_eq!(words_in - 8, summary["words_out"].as_u64().expect("a number"));
    // What was cleaned once is clean.
    folder.dedup(["--clean", "lines,inline"]).run_with(outcome.stdout.clone()).exits(0);
    let both = folder.dedup(["--clean", "lines,inline"]).run_with(folder.read("a.jsonl"));
    assert_eq!(texts(both.exits(0).stdout_text())[0], "Der Haushalt steht\nDer Kreistag hat beschlossen, die Schule zu bauen.");
    folder.dedup(["--clean", "lines,inline"]).run_with(both.stdout.clone()).exits(0).stdout_is(&both.stdout);
}

#[test]
fn a_copy_is_found_whatever_lines_stand_around_it() {
    let folder = Folder::new();
    let text = (0..40).map(|nth| format!("wort{nth}")).collect::<Vec<_>>().join(" ");
    let input = jsonl([("1", &text), ("2", &format!("Anzeige\n{text}\nDrucken"))]);
    let outcome = folder.dedup(["--clean", "lines", "--ledger", "ledger.jsonl"]).run_with(input);
    assert_eq!(texts(outcome.exits(0).stdout_text()), [text]);
    let reasons: Vec<Value> = folder.json_lines("ledger.jsonl").iter().map(|entry| entry["reason"].clone()).collect();
    assert_eq!(reasons, ["line", "line", "copy"]);
}

#[test]
fn own_rules_are_added() {
    let folder = Folder::new();
    folder.write("haus.txt", "# Ours.\n[tipp]\nNur im Kurier\n/kurier-tipp \\d+/\n");
    let input = jsonl([("1", "Nur im Kurier!\nDer Text.\nKurier-Tipp 7\nTeilen")]);
    let outcome = folder.einmal(["clean", "--clean", "lines", "--rules", "haus.txt"]).run_with(input.clone());
    assert_eq!(texts(outcome.exits(0).stderr_holds(&["de/share 1, haus/tipp 2"]).stdout_text()), ["Der Text."]);
    folder.write("bad.txt", "[a]\n/(/\n");
    for (args, message) in [
        (&["--clean", "lines", "--rules", "bad.txt"][..], "bad.txt: line 2: "),
        (&["--clean", "lines", "--rules", "none.txt"], "none.txt: cannot read"),
        (&["--rules", "haus.txt"], "--rules needs --clean lines"),
        (&["--clean", "off,lines"], "--clean off goes with nothing else"),
        (&["--clean", "lines", "--mark"], "--mark takes nothing out"),
    ] {
        let outcome = folder.dedup(args).run_with(input.clone());
        outcome.exits(2).stdout_is_empty();
        assert!(outcome.stderr.starts_with(&format!("einmal: {message}")), "{outcome}");
    }
}

#[test]
fn clean_cleans_and_compares_nothing() {
    let folder = Folder::new();
    let text = (0..40).map(|nth| format!("wort{nth}")).collect::<Vec<_>>().join(" ");
    let input = jsonl([("1", &text), ("2", &text), ("3", &"Gr\u{AD}Ã¼ÃŸe&nbsp;!".to_owned())]);
    let outcome = folder.einmal(["clean"]).run_with(input.clone());
    assert_eq!(texts(outcome.exits(0).stdout_text()), [text.clone(), text, "Größe !".replace('ö', "ü")]);
    for more in [&["--batch", "1"][..], &["--threads", "3"]] {
        folder.einmal([&["clean"], more].concat()).run_with(input.clone()).exits(0).stdout_is(&outcome.stdout);
    }
    folder.einmal(["clean", "--clean", "off"]).run_with(input.clone()).exits(0).stdout_is(&input);
    folder.einmal(["clean", "--to", "text"]).run_with(jsonl([("1", "a\u{A0}b")])).exits(0).stdout_is("a b\n");
    assert!(folder.einmal(["clean", "--min-run", "8"]).run_with("").stderr.contains("unexpected argument"));
}

#[test]
fn rules_are_explained_with_examples() {
    let folder = Folder::new();
    folder.write("a.jsonl", jsonl([("1", TEXT), ("2", "Drucken\nTeilen\na"), ("3", "Teilen\nb")]));
    let expected =
        "de/share: 4\n    Teilen\n    Drucken\nde/credit: 1\n    Foto: dpa/Frank Molter\nde/related: 1\n    Mehr zum Thema\n";
    folder.einmal(["clean", "a.jsonl", "--clean", "lines", "--explain"]).run().exits(0).stdout_is(expected);
    assert_eq!(folder.names(), ["a.jsonl"]);
    folder.einmal(["clean", "a.jsonl", "--explain"]).run().exits(2).stdout_is_empty().hints_at("--clean lines");
    folder.einmal(["clean", "--help"]).run().exits(0);
    assert_eq!(folder.einmal(["clean"]).run_with("").exits(0).stdout, b"");
}
