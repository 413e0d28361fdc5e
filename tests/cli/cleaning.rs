//! What cleaning takes out when it is asked to, and `einmal clean`, which cleans and compares nothing.

use serde_json::{Value, json};

use crate::boilerplate::own;
use crate::harness::{Folder, NO_ARGS, jsonl};
use crate::laws::restored;

const TEXT: &str = "Der Haushalt steht\nFoto: dpa/Frank Molter\nDer Kreistag hat beschlossen (Foto: Miller), die Schule zu bauen.\nTeilen\nMehr zum Thema";

pub(crate) fn texts(lines: &str) -> Vec<String> {
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

const ARTICLE: &str = "Der Kreistag hat am Montag beschlossen, die alte Schule am Markt umzubauen.\n\
    Die Arbeiten beginnen im Herbst und dauern zwei Jahre, teilte die Landrätin nach der Sitzung mit.\n\
    Bis dahin lernen alle Kinder in einem Haus am Bahnhof, das früher einmal die Post gewesen ist.\n\
    Gegen den Plan stimmte nur ein Mann, dem die Kosten von vier Millionen Euro zu hoch sind.";

#[test]
fn blocks_around_an_article_go_when_asked_for_and_are_put_back() {
    let folder = Folder::new();
    let notice = "Dieses Haus gibt auch noch andere Blätter heraus, und zwar täglich.";
    let page = format!(
        "Start\nTeilen\nSport\n\nKultur\nReise\n{ARTICLE}\nMenü\nAbo\nSuche\nWetter\n{notice}\nRätsel\nShop\nMärkte\nLeute\n"
    );
    folder.write("a.jsonl", jsonl([("1", page.as_str())]));
    let args = ["--clean", "lines,blocks", "--ledger", "ledger.jsonl", "--summary", "summary.json", "-o", "out.jsonl"];
    folder.dedup([&["a.jsonl"], &args[..]].concat()).run().exits(0);
    // The last label before text may be its heading; the line break at the text's end is that of no line that goes.
    assert_eq!(texts(&String::from_utf8_lossy(&folder.read("out.jsonl"))), [format!("Reise\n{ARTICLE}\n")]);
    let summary = folder.json("summary.json");
    assert_eq!(summary["ruled_out"], json!({"blocks/island": 1, "blocks/row": 12, "de/share": 1}));
    assert_eq!(summary["settings"]["clean"], json!("safe,lines,blocks"));
    let ledger = folder.json_lines("ledger.jsonl");
    assert_eq!(
        (&ledger[0]["reason"], &ledger[0]["rule"], &ledger[0]["text"]),
        (&json!("line"), &json!("blocks/row"), &json!("Start\n"))
    );
    folder
        .einmal(["verify", "a.jsonl", "-o", "out.jsonl", "--ledger", "ledger.jsonl", "--summary", "summary.json"])
        .run()
        .exits(0);
    folder.einmal(["restore", "-o", "out.jsonl", "--ledger", "ledger.jsonl"]).run().exits(0).stdout_is(folder.read("a.jsonl"));
    let again = folder.dedup(["--clean", "lines,blocks"]).run_with(folder.read("out.jsonl"));
    again.exits(0).stdout_is(folder.read("out.jsonl"));
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
        (&["--clean", "lines", "--rules", "bad.txt"][..], "bad.txt: line 2: no regular expression: unclosed group"),
        (&["--clean", "lines", "--rules", "none.txt"], "none.txt: cannot read"),
        (&["--rules", "haus.txt"], "--rules needs --clean lines"),
        (&["--clean", "off,lines"], "--clean off goes with nothing else"),
        (&["--clean", "lines", "--mark"], "--mark takes nothing out"),
    ] {
        let outcome = folder.dedup(args).run_with(input.clone());
        outcome.exits(2).stdout_is_empty().complains(message);
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

#[test]
fn what_tells_persons_is_masked_the_same_everywhere_and_stands_in_no_receipt() {
    let folder = Folder::new();
    let text = format!("{}\nHinweise an max@polizei.example oder Tel. 0221/494949.", own(0));
    let input = jsonl([("1", text.as_str()), ("2", "Auch an max@polizei.example, (02203) 494949"), ("3", &text)]);
    let args = ["--mask", "--ledger", "ledger.jsonl", "--summary", "summary.json"];
    let outcome = folder.dedup(args).run_with(input);
    let out = texts(outcome.exits(0).stderr_holds(&["masked: e-mail 3, phone 3"]).stdout_text());
    let masked = |text: &str| text[text.find("[e-mail ").expect("it is masked")..].get(..15).expect("it is long").to_owned();
    assert_eq!(masked(&out[0]), masked(&out[1]));
    assert!(out[0].ends_with("].") && out[1].starts_with("Auch an [e-mail ") && out[1].contains("], [phone "), "{out:?}");
    assert_eq!(out.len(), 2, "a copy is one still");
    let ledger = folder.json_lines("ledger.jsonl");
    let reasons: Vec<Value> = ledger.iter().map(|entry| json!([entry["id"], entry["reason"], entry["rule"]])).collect();
    assert_eq!(reasons.len(), 7);
    assert_eq!((&reasons[0], &reasons[6]), (&json!(["1", "mask", "e-mail"]), &json!(["3", "copy", null])));
    let start = own(0).len() + "\nHinweise an ".len();
    assert_eq!(ledger[0]["span"], json!([start, start + "max@polizei.example".len()]));
    assert_eq!(ledger[6]["text"], json!(out[0]), "of a copy the masked text is kept, not the record");
    assert!(!folder.text("ledger.jsonl").contains("max@") && !folder.text("ledger.jsonl").contains("494949"));
    folder.dedup(["--mask"]).run_with(outcome.stdout.clone()).exits(0).stdout_is(&outcome.stdout);
}

#[test]
fn a_wrapped_text_is_written_unwrapped_with_words_that_the_dump_knows() {
    let folder = Folder::new();
    let wrapped = "Die neue Brücke über den Fluss soll im kommenden Früh-\njahr für den Verkehr freigegeben werden, sagte die Land-\n\
        rätin am Montag. Die Bauarbeiten im Nord- und Südteil\ndauern an, die Kosten steigen nicht weiter, teilte das\nAmt mit.";
    let flat = wrapped.replace("Früh-\njahr", "Frühjahr").replace("Land-\nrätin", "Land- rätin").replace('\n', " ");
    // The word stands in a later article.
    let input = jsonl([("1", wrapped), ("2", "Im Frühjahr\nwird es warm.")]);
    let expected = jsonl([("1", flat.as_str()), ("2", "Im Frühjahr\nwird es warm.")]);
    for command in ["dedup", "clean"] {
        let args = [command, "--unwrap"];
        folder.einmal(args).run_with(input.clone()).exits(0).stdout_is(&expected);
        folder.einmal([&args[..], &["--batch", "1"]].concat()).run_with(input.clone()).exits(0).stdout_is(&expected);
        folder.einmal(args).run_with(expected.clone()).exits(0).stdout_is(&expected);
    }
    folder.dedup(["--boilerplate", "off"]).run_with(input.clone()).exits(0).stdout_is(&input);
    folder.write("a.txt", format!("{wrapped}\n"));
    let alone = format!("{}\n", flat.replace("Frühjahr", "Früh- jahr"));
    folder.dedup(["a.txt", "--unwrap", "--boilerplate", "drop"]).run().exits(0).stdout_is(alone);
}

/// A text in another form that says the same.
type Form = (&'static str, fn(&str) -> String);

const FORMS: [Form; 6] = [
    ("Windows line ends", |text| text.replace('\n', "\r\n")),
    ("no-break spaces", |text| text.replace(' ', "\u{A0}")),
    ("soft hyphens", |text| text.replace("en", "e\u{AD}n")),
    ("decomposed letters", |text| icu_normalizer::DecomposingNormalizerBorrowed::new_nfd().normalize(text).into_owned()),
    ("other quotes", |text| text.replace(['„', '“', '”', '«', '»'], "\"").replace('’', "'")),
    ("entities", |text| text.replace('ä', "&auml;").replace('é', "&amp;eacute;")),
];

#[test]
fn verdicts_are_the_same_whatever_form_a_text_comes_in() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let records: Vec<Value> = folder.json_lines("night.jsonl");
    let verdicts = |input: String| {
        folder.dedup(["--ledger", "ledger.jsonl", "-o", "out.jsonl"]).run_with(input).exits(0);
        let entry = |entry: &Value| json!([entry["id"], entry["reason"], entry["words"], entry["covered"], entry["covers"]]);
        let kept: Vec<Value> = folder.json_lines("out.jsonl").iter().map(|record| record["id"].clone()).collect();
        (kept, folder.json_lines("ledger.jsonl").iter().map(entry).collect::<Vec<_>>())
    };
    let expected = verdicts(folder.text("night.jsonl"));
    assert!(expected.1.len() > 10);
    for (what, form) in FORMS {
        // All of the articles, or every other one.
        for every in [1, 2] {
            let changed = records.iter().enumerate().map(|(nth, record)| {
                let mut record = record.clone();
                if nth.is_multiple_of(every) {
                    record["text"] = json!(form(record["text"].as_str().expect("a text")));
                }
                format!("{record}\n")
            });
            let input: String = changed.collect();
            assert_eq!(verdicts(input), expected, "{what}, every {every}");
        }
    }
}

/// Everything that cleaning can do at once.
const ALL: [&str; 6] = ["--clean", "lines,inline", "--unwrap", "--boilerplate", "drop", "--ledger=ledger.jsonl"];

/// Articles with something for each kind of cleaning, and copies among them.
fn dump(folder: &Folder) -> Vec<Value> {
    let mut records = folder.json_lines("night.jsonl");
    for (nth, record) in records.iter_mut().enumerate() {
        let text = record["text"].as_str().expect("a text");
        let more = ["Teilen", "Foto: dpa/Frank Molter", "Mehr zum Thema"][nth % 3];
        let text = format!("{text} (Foto: dpa)\nAlles über die Region\n{}\n{more}\nTel. 0221/4949{nth:02}", own(nth));
        record["text"] = json!(text);
    }
    records
}

#[test]
fn whatever_is_taken_out_stands_in_the_ledger_and_can_be_put_back() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let input: String = dump(&folder).iter().map(|record| format!("{record}\n")).collect();
    let before = folder.einmal(["clean"]).run_with(input.clone());
    let before: Vec<Value> =
        before.exits(0).stdout_text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    // Unwrapped text isn't put back as it was wrapped: it is cleaned text.
    let all: Vec<&str> = ALL.into_iter().filter(|option| *option != "--unwrap").collect();
    let output = folder.dedup(&all).run_with(input);
    output.exits(0);
    let ledger = folder.json_lines("ledger.jsonl");
    let kinds = ["line", "inline", "boilerplate", "passage", "copy"];
    assert!(kinds.iter().all(|kind| ledger.iter().any(|entry| entry["reason"] == *kind)), "something goes for each reason");
    let is_first = |entry: &&Value| ["line", "inline", "boilerplate"].iter().any(|kind| entry["reason"] == *kind);
    let mut n_kept = 0;
    for line in output.stdout_text().lines() {
        let kept: Value = serde_json::from_str(line).expect("JSON");
        let of: Vec<&Value> = ledger.iter().filter(|entry| entry["id"] == kept["id"] && entry["reason"] != "update").collect();
        let (first, later): (Vec<&Value>, Vec<&Value>) = of.into_iter().partition(is_first);
        let text = restored(&restored(kept["text"].as_str().expect("a text"), &later), &first);
        let original = before.iter().find(|record| record["id"] == kept["id"]).expect("it was there");
        assert_eq!(json!(text), original["text"], "{}", kept["id"]);
        n_kept += 1;
    }
    assert!(n_kept > 15);
}

#[test]
fn cleaning_gives_one_answer_however_it_is_run_and_a_second_time_changes_nothing() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let lines: Vec<String> = dump(&folder).iter().map(|record| format!("{record}\n")).collect();
    folder.write("a.jsonl", lines.concat());
    for (nth, lines) in lines.chunks(7).enumerate() {
        folder.write(&format!("d/{nth}.jsonl"), lines.concat());
    }
    let all = [&ALL[..], &["--mask"]].concat();
    let expected = folder.dedup([&["a.jsonl"], &all[..]].concat()).run().exits(0).stdout.clone();
    let places =
        |entry: Value| json!([entry["id"], entry["reason"], entry["rule"], entry["span"], entry["words"], entry["text"]]);
    let ledger = || folder.json_lines("ledger.jsonl").into_iter().map(places).collect::<Vec<_>>();
    let receipts = ledger();
    for (input, more) in [
        (&["a.jsonl"][..], &["--batch", "1", "--threads", "3"][..]),
        (&["a.jsonl"], &["--batch", "5"]),
        (&["d"], &["--threads", "2"]),
    ] {
        folder.dedup([input, &all[..], more].concat()).run().exits(0).stdout_is(&expected);
        assert_eq!(ledger(), receipts, "{input:?} {more:?}");
    }
    folder.dedup(&all).run_with(lines.concat()).exits(0).stdout_is(&expected);
    assert_eq!(ledger(), receipts, "from a pipe");
    folder.dedup(["--clean", "lines,inline", "--unwrap", "--mask"]).run_with(expected.clone()).exits(0).stdout_is(&expected);
    folder.dedup(NO_ARGS).run_with(expected.clone()).exits(0).stdout_is(&expected);
}
