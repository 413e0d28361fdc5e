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

/// A passage of words that no other number gives, without digits: in boilerplate these make no difference.
fn own(nth: usize) -> String {
    let letters = |number: usize| number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect::<String>();
    (0..20).map(|word| format!("x{}y{}", letters(nth), letters(word))).collect::<Vec<_>>().join(" ")
}

/// Articles of two hosts, each with passages of its own around a line that stands in all of one host.
fn pages() -> String {
    let line = |nth: usize| {
        let host = if nth.is_multiple_of(2) { "one.example" } else { "two.example" };
        let note =
            if nth.is_multiple_of(2) { format!("Folgen Sie unserem Kanal, schon {nth} tun es") } else { "Kurzes".to_owned() };
        let text = format!("{}\n{note}\n{}", own(nth), own(nth + 100));
        json!({"id": nth.to_string(), "url": format!("https://www.{host}/{nth}"), "text": text})
    };
    let mut lines: Vec<Value> = (0..10).map(line).collect();
    // A version of the first article brings its passages again.
    lines.push(lines[0].clone());
    lines[9]["text"] = json!(own(9));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[test]
fn boilerplate_is_what_stands_in_many_articles_of_a_host_each_time_between_others() {
    let folder = Folder::new();
    folder.write("a.jsonl", pages());
    let report = folder.dedup(["a.jsonl", "--summary", "summary.json", "--boilerplate-list", "list.jsonl"]).run();
    report.exits(0).stderr_holds(&["boilerplate: 2 passages"]);
    let plain = folder.dedup(["a.jsonl", "--boilerplate", "off"]).run();
    assert_eq!(plain.exits(0).stdout, report.stdout);
    let list = folder.json_lines("list.jsonl");
    let found: Vec<Value> = list.iter().map(|line| json!([line["host"], line["articles"]])).collect();
    assert_eq!(found, [json!(["one.example", 5]), json!(["two.example", 4])], "the copy is no article of its own");
    assert_eq!(folder.json("summary.json")["boilerplate"]["most_frequent"], json!(list));
    assert_eq!(folder.json("summary.json")["boilerplate"]["occurrences"], json!(9));
    let n_lines = |args: &[&str]| {
        let outcome = folder.dedup(args).run();
        let out = texts(outcome.exits(0).stdout_text());
        out.iter().flat_map(|text| text.lines()).filter(|line| line.starts_with("Folgen") || *line == "Kurzes").count()
    };
    assert_eq!(n_lines(&["a.jsonl"]), 9);
    assert_eq!(n_lines(&["a.jsonl", "--boilerplate", "keep-one"]), 2);
    assert_eq!(n_lines(&["a.jsonl", "--boilerplate", "drop"]), 0);
    // What is reviewed is what goes.
    folder.write("reviewed.jsonl", format!("{}\n", list[1]));
    assert_eq!(n_lines(&["a.jsonl", "--boilerplate", "drop", "--boilerplate-list", "reviewed.jsonl"]), 5);
    // A pipe is read twice too; batches and threads make no difference.
    let drop = ["--boilerplate", "drop", "--ledger", "ledger.jsonl", "--summary", "summary.json"];
    let expected = folder.dedup([&["a.jsonl"], &drop[..]].concat()).run().exits(0).stdout.clone();
    for more in [&[][..], &["--batch", "1"], &["--batch", "3", "--threads", "3"]] {
        folder.dedup([&drop[..], more].concat()).run_with(pages()).exits(0).stdout_is(&expected);
    }
    let ledger = folder.json_lines("ledger.jsonl");
    assert_eq!(ledger.iter().filter(|entry| entry["reason"] == "boilerplate").count(), 10, "of the copy too");
    assert_eq!(folder.json("summary.json")["ruled_out"], json!({"boilerplate": 10}));
    for (args, message) in [
        (&["--boilerplate", "drop", "--mark"][..], "--mark takes nothing out"),
        (&["--boilerplate", "off", "--boilerplate-list", "x"], "--boilerplate-list is written"),
        (&["--boilerplate", "drop", "--boilerplate-list", "none"], "none: cannot read"),
        (&["--boilerplate", "drop", "--boilerplate-list", "a.jsonl"], "a.jsonl: line 1: missing field `host`"),
    ] {
        folder.dedup(args).run_with(pages()).exits(2).stdout_is_empty().complains(message);
    }
}

#[test]
fn what_is_read_twice_is_the_same_the_second_time() {
    let folder = Folder::new();
    folder.write("a.jsonl", pages());
    let drop = ["--boilerplate", "drop", "--unwrap"];
    let expected = folder.dedup([&["a.jsonl"], &drop[..]].concat()).run().exits(0).stdout.clone();
    // A pipe that looks like a file.
    folder.dedup([&["/dev/stdin"], &drop[..]].concat()).run_with(pages()).exits(0).stdout_is(&expected);
    // Spread over files.
    let lines: Vec<String> = pages().lines().map(|line| format!("{line}\n")).collect();
    for (nth, lines) in lines.chunks(4).enumerate() {
        folder.write(&format!("d/{nth}.jsonl"), lines.concat());
    }
    folder.dedup([&["d"], &drop[..]].concat()).run().exits(0).stdout_is(&expected);
    // In other formats, host and all, even in one folder.
    for to in ["csv", "parquet"] {
        let name = format!("mixed/a.{to}");
        folder.einmal(["clean", "a.jsonl", "--to", to, "-o", "x"]).run().exits(0);
        folder.write(&name, folder.read("x"));
        let dropped = folder.dedup([&[name.as_str(), "--to", "jsonl"], &drop[..]].concat()).run();
        assert_eq!(texts(dropped.exits(0).stdout_text()), texts(std::str::from_utf8(&expected).expect("UTF-8")), "{to}");
    }
    folder.dedup([&["mixed", "-o", "out/"], &drop[..]].concat()).run().exits(0);
    folder.dedup(["mixed", "--check"]).run().exits(1);
    folder.einmal(["clean", "mixed", "--clean", "lines", "--explain"]).run().exits(0);
    // A bad record is told of once.
    let outcome = folder.dedup(drop).run_with("{\"text\": 1}\n");
    assert_eq!(outcome.exits(3).stderr.matches("the text is 1").count(), 1);
    // The list is no way to lose an input.
    folder.dedup(["a.jsonl", "--boilerplate-list", "a.jsonl"]).run().exits(2).complains("--boilerplate-list ");
    assert_eq!(folder.text("a.jsonl"), pages());
}

#[test]
fn boilerplate_that_an_article_says_twice_goes_twice() {
    let folder = Folder::new();
    let text = |nth: usize| format!("Kurzes\n{}\nKurzes", own(nth));
    let input = jsonl((0..4).map(|nth| (nth.to_string(), text(nth))));
    for (what, expected) in [("drop", [0, 0, 0, 0]), ("keep-one", [1, 0, 0, 0])] {
        let outcome = folder.dedup(["--boilerplate", what]).run_with(input.clone());
        let left = texts(outcome.exits(0).stdout_text());
        assert_eq!(left.iter().map(|text| text.matches("Kurzes").count()).collect::<Vec<_>>(), expected, "{what}");
    }
}

#[test]
fn what_stands_in_versions_of_an_article_is_no_boilerplate() {
    let folder = Folder::new();
    let versions =
        (0..6).map(|nth| (nth.to_string(), format!("{}\nKurze Zeile\n{}\n{}", own(0), own(2 * nth + 1), own(2 * nth + 2))));
    folder.dedup(["--summary", "summary.json", "--updates", "whole"]).run_with(jsonl(versions.clone())).exits(0);
    let found = &folder.json("summary.json")["boilerplate"];
    assert_eq!(found["passages"], json!(2), "their neighbours differ each time: {found}");
    let same = (0..6).map(|nth| (nth.to_string(), format!("{}\nKurze Zeile\nNoch {nth} Zeilen", own(0))));
    folder.dedup(["--summary", "summary.json", "--article-threshold", "1", "--facts", "off"]).run_with(jsonl(same)).exits(0);
    assert_eq!(folder.json("summary.json")["boilerplate"]["passages"], json!(0));
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
