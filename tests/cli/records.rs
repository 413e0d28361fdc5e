//! What is not touched comes out as it went in, byte for byte, and in order.

use serde_json::{Value, json};

use crate::harness::{Folder, assert_same, jsonl, sample, sample_text};
use crate::traced::json_of;

/// The records of night.jsonl that are touched, and those that go.
const TOUCHED: [&str; 4] = ["n11", "n13", "n16", "n23"];
const GONE: [&str; 5] = ["n07", "n10", "n17", "n18", "n21"];

pub(crate) fn field<'a>(record: &'a Value, name: &str) -> &'a str {
    record[name].as_str().unwrap_or_else(|| panic!("no string {name}: {record}"))
}

fn parsed(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

/// What stands between the quotes of the text field, where the line ends with it or goes on: before, text, after.
fn around_text<'a>(line: &'a str, text: &str) -> (&'a str, &'a str, &'a str) {
    let quoted = serde_json::to_string(text).expect("a string can be written");
    let places: Vec<usize> = line.match_indices(&quoted).map(|(at, _)| at).collect();
    assert_eq!(places.len(), 1, "the text stands once in its record: {line}");
    (&line[..places[0]], &line[places[0]..places[0] + quoted.len()], &line[places[0] + quoted.len()..])
}

#[test]
fn records_that_are_not_touched_come_out_byte_for_byte_and_others_differ_in_their_text_only() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let input = sample_text("night.jsonl");
    let outcome = folder.dedup(["night.jsonl"]).run();
    outcome.exits(0);
    let mut left = outcome.stdout_text().lines();
    for line in input.lines() {
        let before = parsed(line);
        let id = field(&before, "id");
        if GONE.contains(&id) {
            continue;
        }
        let found = left.next().expect("a line for each record that stays");
        if !TOUCHED.contains(&id) {
            assert_same(found.as_bytes(), line.as_bytes(), id);
            continue;
        }
        let mut after = parsed(found);
        assert_ne!(field(&after, "text"), field(&before, "text"), "{id}");
        let (line_start, _, line_end) = around_text(line, field(&before, "text"));
        let (found_start, _, found_end) = around_text(found, field(&after, "text"));
        assert_eq!((found_start, found_end), (line_start, line_end), "{id}");
        after["text"] = before["text"].clone();
        assert_eq!(after, before, "{id}");
    }
    assert_eq!(left.next(), None);
    assert!(outcome.stdout.ends_with(b"\n") && !outcome.stdout.ends_with(b"\n\n"));
}

#[test]
fn carriage_returns_at_the_ends_of_json_lines_stay() {
    let folder = Folder::new();
    folder.write("night.jsonl", sample_text("night.jsonl").replace('\n', "\r\n"));
    let expected =
        String::from_utf8(Folder::with_samples(&["night.jsonl"]).dedup(["night.jsonl"]).run().stdout).expect("it is text");
    let outcome = folder.dedup(["night.jsonl"]).run();
    assert_same(&outcome.exits(0).stdout, expected.replace('\n', "\r\n").as_bytes(), "CR LF");
}

#[test]
fn a_last_line_without_a_line_break_gets_one() {
    let folder = Folder::new();
    folder.write("dump.jsonl", "{\"text\":\"Eins.\"}\n{\"text\":\"Zwei.\"}");
    folder.dedup(["dump.jsonl"]).run().exits(0).stdout_is("{\"text\":\"Eins.\"}\n{\"text\":\"Zwei.\"}\n");
    folder.write("text.txt", "Eins.\nZwei.");
    folder.dedup(["text.txt"]).run().exits(0).stdout_is("Eins.\nZwei.\n");
}

#[test]
fn empty_lines_between_json_records_are_no_records() {
    let folder = Folder::new();
    folder.write("dump.jsonl", "\n{\"text\":\"Eins.\"}\n \n\r\n{\"text\":\"Zwei.\"}\n\n");
    let outcome = folder.dedup(["dump.jsonl", "--summary", "summary.json"]).run();
    outcome.exits(0).stdout_is("{\"text\":\"Eins.\"}\n{\"text\":\"Zwei.\"}\n");
    assert_eq!(folder.json("summary.json")["articles_in"], 2);
}

/// A passage of 20 words.
const SHARED: &str =
    "Die Brücke über die Laase bleibt bis zum Frühjahr gesperrt, weil ihr Pfeiler gerissen und gesunken ist und ersetzt wird.";

#[test]
fn a_touched_text_keeps_the_style_of_its_escapes() {
    let folder = Folder::new();
    let escaped = |text: &str| {
        text.chars().map(|c| if c.is_ascii() { c.to_string() } else { format!("\\u{:04X}", c as u32) }).collect::<String>()
    };
    let (own_start, own_end) =
        ("Fünf\\/sechs: \\ud83d\\ude00 \\u00DCberblick\\t\\u0041", "Grüße, \\u00fcber \\\"alles\\\" – Ende.");
    let first = format!("{{\"id\":\"a\",\"text\":\"{SHARED}\"}}\n");
    for shared in [SHARED.to_owned(), escaped(SHARED)] {
        let line = |text: &str| format!("{{ \"n\":1.50e3,\"text\" : \"{text}\",\"last\":[ 0.10 ] }}\n");
        folder.write("dump.jsonl", format!("{first}{}", line(&format!("{own_start}\\n{shared}\\n{own_end}"))));
        let outcome = folder.dedup(["dump.jsonl"]).run();
        let expected = format!("{first}{}", line(&format!("{own_start}\\n{own_end}")));
        assert_same(&outcome.exits(0).stdout, expected.as_bytes(), "escapes");
    }
}

#[test]
fn a_cleaned_text_is_written_in_ascii_if_it_was() {
    let folder = Folder::new();
    folder.write("dump.jsonl", "{\"text\":\"\\u00fcber\\u00a0alles \\ud83d\\ude00\"}\n{\"text\":\"über\u{A0}nichts\"}\n");
    folder
        .dedup(["dump.jsonl"])
        .run()
        .exits(0)
        .stdout_is("{\"text\":\"\\u00fcber alles \\ud83d\\ude00\"}\n{\"text\":\"über nichts\"}\n");
}

#[test]
fn cleaning_can_be_switched_off() {
    let folder = Folder::new();
    let dump = jsonl([("a", "Gro\u{AD}ße\u{A0}Freude, u\u{308}ber\u{200B}all\u{FEFF}"), ("b", "rein")]);
    folder.write("dump.jsonl", &dump);
    folder.write("text.txt", "\u{FEFF}Gro\u{AD}ße\u{A0}Freude\u{2028}u\u{308}berall\n");
    folder.dedup(["dump.jsonl", "--clean", "off"]).run().exits(0).stdout_is(&dump);
    folder.dedup(["text.txt", "--clean", "off"]).run().exits(0).stdout_is(folder.text("text.txt"));
    let cleaned = jsonl([("a", "Große Freude, über all"), ("b", "rein")]);
    folder.dedup(["dump.jsonl", "--summary", "summary.json"]).run().exits(0).stdout_is(cleaned);
    assert_eq!(folder.json("summary.json")["texts_cleaned"], 1);
    folder.dedup(["text.txt"]).run().exits(0).stdout_is("Große Freude\nüberall\n");
}

#[test]
fn bytes_that_are_no_utf8_are_repaired_in_the_text_and_pass_everywhere_else() {
    let folder = Folder::with_samples(&["broken.jsonl"]);
    let input = sample("broken.jsonl");
    let lines: Vec<&[u8]> = input.split(|byte| *byte == b'\n').collect();
    let outcome = folder.dedup(["broken.jsonl", "--summary", "summary.json"]).run();
    outcome.exits(3);
    let out: Vec<&[u8]> = outcome.stdout.split(|byte| *byte == b'\n').collect();
    assert_same(out[0], lines[0], "b01");
    assert_same(out[1], String::from_utf8_lossy(lines[7]).replace("\\ud83d", "\u{FFFD}").as_bytes(), "b08");
    assert_same(out[2], json_of(lines[8]).as_bytes(), "b09");
    assert!(std::str::from_utf8(lines[9]).is_err(), "its source is in Latin-1");
    assert_same(out[3], lines[9], "b10");
    assert_eq!(out[4..], [&b""[..]]);
    let summary = folder.json("summary.json");
    assert_eq!((&summary["bad_bytes_repaired"], &summary["texts_decoded"]), (&json!(1), &json!({"windows-1252": 1})));

    let outcome = folder.dedup(["broken.jsonl", "--clean", "off", "--summary", "summary.json"]).run();
    assert_same(&outcome.exits(3).stdout, &[lines[0], b"\n", lines[9], b"\n"].concat(), "--clean off");
    assert_eq!(folder.json("summary.json")["bad_records"]["invalid-utf8"], 2);

    // Other fields may hold such bytes in a record that is touched, too.
    let line = |name: &[u8], text: &str| [b"{\"name\":\"", name, b"\",\"text\":\"", text.as_bytes(), b"\"}\n"].concat();
    let own = lines_of_numbers(1, 1).concat();
    folder.write("latin.jsonl", [line(b"M\xFCnchen", SHARED), line(b"K\xF6ln", &format!("{own}\\n{SHARED}"))].concat());
    let outcome = folder.dedup(["latin.jsonl"]).run();
    assert_same(&outcome.exits(0).stdout, &[line(b"M\xFCnchen", SHARED), line(b"K\xF6ln", &own)].concat(), "Latin-1");
}

#[test]
fn a_mark_keeps_all_records_and_their_texts() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    let outcome = folder.dedup(["night.jsonl", "--mark", "--ledger", "ledger.jsonl"]).run();
    outcome.exits(0);
    let ledger = folder.json_lines("ledger.jsonl");
    let input = sample_text("night.jsonl");
    assert_eq!(outcome.stdout_text().lines().count(), input.lines().count());
    for (line, found) in input.lines().zip(outcome.stdout_text().lines()) {
        // One has the line ends of Windows, which are cleaned.
        let line = &line.replace("\\r\\n", "\\n");
        let before = parsed(line);
        let id = field(&before, "id");
        let mark = parsed(found)["einmal"].clone();
        // Without its mark, the record is what it was.
        let body = line.trim_end().strip_suffix('}').expect("an object");
        let added = found.strip_prefix(body).unwrap_or_else(|| panic!("{id} differs: {found}"));
        assert!(added.starts_with(",\"einmal\":{") && added.ends_with(&line[body.len()..]), "{id}: {added}");
        let lines: Vec<&Value> = ledger.iter().filter(|entry| entry["id"] == id).collect();
        let spans: Vec<Value> = lines.iter().map(|entry| json!({"span": entry["span"], "reason": entry["reason"]})).collect();
        let verdict = match id {
            id if GONE.contains(&id) => "copy",
            id if TOUCHED.contains(&id) => "cut",
            "n12" | "n19" | "n25" => "update",
            _ => "keep",
        };
        assert_eq!(mark, json!({"verdict": verdict, "spans": spans}), "{id}");
    }
}

#[test]
fn marked_twice_is_marked_once() {
    for name in ["night.jsonl", "languages.jsonl", "broken.jsonl"] {
        let folder = Folder::with_samples(&[name]);
        folder.dedup([name, "--mark", "-o", "once.jsonl", "--quarantine", "bad.jsonl"]).run().exits(0);
        folder.dedup(["once.jsonl", "--mark", "-o", "twice.jsonl"]).run().exits(0);
        assert_same(&folder.read("twice.jsonl"), &folder.read("once.jsonl"), name);
        // An earlier mark is no reason to judge in another way.
        folder.dedup([name, "--quarantine", "bad.jsonl", "--ledger", "ledger.jsonl", "--ledger-text", "off"]).run().exits(0);
        folder.dedup(["once.jsonl", "-o", "out.jsonl", "--ledger", "again.jsonl", "--ledger-text", "off"]).run().exits(0);
        if name != "broken.jsonl" {
            let again = folder.text("again.jsonl").replace("once.jsonl", name);
            assert_same(again.as_bytes(), &folder.read("ledger.jsonl"), name);
        }
    }
}

#[test]
fn an_older_mark_is_replaced_where_it_stands() {
    let folder = Folder::new();
    folder.write(
        "dump.jsonl",
        "{\"einmal\": {\"verdict\":\"old\"}, \"text\":\"Eins.\"}\n{ }\n{\"text\":\"Zwei.\" ,\"einmal\":1, \"x\":2 }\r\n",
    );
    let keep = "{\"verdict\":\"keep\",\"spans\":[]}";
    let expected = format!("{{\"einmal\": {keep}, \"text\":\"Eins.\"}}\n{{\"text\":\"Zwei.\" ,\"einmal\":{keep}, \"x\":2 }}\r\n");
    folder.dedup(["dump.jsonl", "--mark", "--quarantine", "bad.jsonl"]).run().exits(0).stdout_is(expected);
}

#[test]
fn the_text_may_stand_in_a_nested_field() {
    let folder = Folder::new();
    let night = sample_text("night.jsonl");
    let texts: Vec<String> = night.lines().map(|line| field(&parsed(line), "text").to_owned()).collect();
    let nested = |text: &str| {
        format!(
            "{{\"text\":\"same everywhere\", \"story\": {{ \"body\":[1, {{\"parts\":[{}], \"n\":1.0}}] }},\"z\":0}}\n",
            json!(text)
        )
    };
    folder.write("nested.jsonl", texts.iter().map(|text| nested(text)).collect::<String>());
    let expected = folder.dedup(["-q"]).run_with(night.clone()).stdout;
    let expected: String =
        String::from_utf8(expected).expect("it is text").lines().map(|line| nested(field(&parsed(line), "text"))).collect();
    let outcome = folder.dedup(["nested.jsonl", "--field", "story.body[1].parts[0]"]).run();
    assert_same(&outcome.exits(0).stdout, expected.as_bytes(), "nested");
    // A mark stands beside the field in which the text is, not inside.
    let outcome = folder.dedup(["nested.jsonl", "--field", "story.body[1].parts[0]", "--mark"]).run();
    assert!(
        outcome.exits(0).stdout_text().lines().all(|line| parsed(line)["einmal"]["verdict"].is_string() && line.ends_with("}}")),
        "{outcome}"
    );
}

#[test]
fn ids_come_from_the_field_that_is_named() {
    let folder = Folder::new();
    let line = |n: u32| format!("{{\"id\":\"id{n}\",\"meta\":{{\"key\":{n}}},\"url\":\"u{n}\",\"text\":\"{SHARED}\"}}\n");
    folder.write("dump.jsonl", line(1) + &line(2));
    for (options, first, second) in [
        (&[][..], "id1", "id2"),
        (&["--id-field", "meta.key"], "1", "2"),
        (&["--id-field", "url"], "u1", "u2"),
        (&["--id-field", "none"], "", ""),
    ] {
        folder.dedup([&["dump.jsonl", "--ledger", "ledger.jsonl"], options].concat()).run().exits(0).stdout_is(line(1));
        let entry = &folder.json_lines("ledger.jsonl")[0];
        assert_eq!((field(entry, "id"), field(&entry["covers"][0], "id")), (second, first), "{options:?}");
    }
}

#[test]
fn a_ledger_without_texts_holds_the_same_places() {
    let folder = Folder::with_samples(&["night.jsonl"]);
    folder.dedup(["night.jsonl", "--ledger", "with.jsonl"]).run().exits(0);
    folder.dedup(["night.jsonl", "--ledger", "without.jsonl", "--ledger-text", "off"]).run().exits(0);
    let mut with = folder.json_lines("with.jsonl");
    for line in &mut with {
        without_texts(line);
    }
    assert_eq!(folder.json_lines("without.jsonl"), with);
}

/// Takes the fields out that hold texts.
fn without_texts(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for name in ["text", "raw", "raw_base64"] {
                fields.remove(name);
            }
            fields.values_mut().for_each(without_texts);
        }
        Value::Array(values) => values.iter_mut().for_each(without_texts),
        _ => {}
    }
}

/// Lines of 40 words that stand nowhere else.
pub(crate) fn lines_of_numbers(nth: u32, n_lines: u32) -> Vec<String> {
    let line = |line: u32| (0..40).map(|word| format!("wort{}", nth * 1000 + line * 40 + word)).collect::<Vec<_>>().join(" ");
    (0..n_lines).map(line).collect()
}
