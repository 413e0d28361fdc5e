//! Nothing is lost: every word taken out stands in the output or is listed, and all of it can be given back.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Write;
use std::ops::Range;
use std::sync::OnceLock;

use serde_json::Value;

use crate::harness::{Folder, assert_same, jsonl, sample_text};
use crate::layout::fold;
use crate::traced::{Place, Shape, Traced, Word, count, is_update, is_whole, place, span, trace, words, words_at, words_in};

/// Settings that take out more or less, and for other reasons.
const SETTINGS: [&[&str]; 10] = [
    &[],
    &["--lossless"],
    &["--clean", "off"],
    &["--updates", "cut"],
    &["--updates", "drop", "--facts", "off"],
    &["--min-run", "8", "--passage-threshold", "0.5"],
    &["--min-run", "30", "--min-cut", "never"],
    &["--min-cut", "15", "--article-threshold", "1"],
    &["--lossless", "--min-run", "8", "--clean", "off"],
    &["--filter", "drop", "--facts", "names"],
];

/// What a run is made over: the files, and what they are made of.
type Inputs = (Folder, Shape, Vec<&'static str>);

/// All samples, as they are meant and in other ways.
fn all_samples() -> Vec<Inputs> {
    let dumps = vec!["night.jsonl", "languages.jsonl", "broken.jsonl"];
    let texts = vec!["wrapped/01-original.txt", "wrapped/02-wrapped.txt", "wrapped/03-flat.txt"];
    let seed = || Folder::with_samples(&["seed-shape.txt"]);
    let wrapped = Folder::new();
    wrapped.write("seed-wrapped.txt", fold(&sample_text("seed-shape.txt"), 72));
    let parts = Folder::new();
    for (line, name) in sample_text("seed-shape.txt").lines().zip(SEED_PARTS) {
        parts.write(name, format!("{line}\n"));
    }
    vec![
        (Folder::with_samples(&dumps), Shape::Jsonl, dumps),
        // Named one by one, for the output has a file for each.
        (with_flat_names(&texts), Shape::TextFiles, vec!["01-original.txt", "02-wrapped.txt", "03-flat.txt"]),
        (seed(), Shape::TextFiles, vec!["seed-shape.txt"]),
        (seed(), Shape::TextLines, vec!["seed-shape.txt"]),
        (wrapped, Shape::TextFiles, vec!["seed-wrapped.txt"]),
        (parts, Shape::TextFiles, SEED_PARTS.to_vec()),
    ]
}

const SEED_PARTS: [&str; 4] = ["seed1.txt", "seed2.txt", "seed3.txt", "seed4.txt"];

fn with_flat_names(names: &[&str]) -> Folder {
    let folder = Folder::new();
    for name in names {
        folder.write(name.rsplit('/').next().expect("a name"), sample_text(name));
    }
    folder
}

/// A dump of records put together from passages of a night's dump, some of them changed: copies, updates, tickers, quotations.
pub(crate) fn collage(n_records: usize) -> String {
    let night = sample_text("night.jsonl");
    let texts = night.lines().map(|line| {
        serde_json::from_str::<Value>(line).expect("the sample is sound")["text"].as_str().expect("a text").to_owned()
    });
    let passages: Vec<String> = texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut dump = String::new();
    for nth in 0..n_records {
        let mut text = String::new();
        for _ in 0..1 + dice.roll(12) {
            // Neighbours often follow each other, as they do in copies.
            let first = dice.roll(passages.len());
            for passage in passages.iter().skip(first).take(1 + dice.roll(4)) {
                let mut words: Vec<String> = passage.split(' ').map(str::to_owned).collect();
                let at = dice.roll(words.len());
                match dice.roll(9) {
                    0 => words[at] = dice.roll(100).to_string(),
                    1 => words[at] = "anders".to_owned(),
                    2 => drop(words.drain(at..)),
                    3 => words.extend((0..dice.roll(60)).map(|word| format!("neu{nth}x{word}"))),
                    _ => {}
                }
                text += &words.join(" ");
                text += ["\n", "\n", "\n", " ", "\r\n", "\n\n"][dice.roll(6)];
            }
        }
        let text = match dice.roll(8) {
            0 => fold(&text, 60),
            1 => text.replace('\n', " "),
            _ => text,
        };
        writeln!(dump, "{}", serde_json::json!({"id": format!("c{nth}"), "text": text})).expect("memory takes everything");
    }
    dump
}

/// Numbers in no order, and always the same ones.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % sides
    }
}

/// A run over each input with each setting, with a name for messages. They are made once for all tests.
fn all_runs() -> &'static [(String, Traced)] {
    static RUNS: OnceLock<Vec<(String, Traced)>> = OnceLock::new();
    RUNS.get_or_init(|| {
        let collages = Folder::new();
        collages.write("collage.jsonl", collage(250));
        let mut inputs = all_samples();
        inputs.push((collages, Shape::Jsonl, vec!["collage.jsonl"]));
        let mut runs = Vec::new();
        for (folder, shape, files) in &inputs {
            for settings in SETTINGS {
                runs.push((format!("{files:?} as {shape:?}, {settings:?}"), trace(folder, *shape, files, settings)));
            }
        }
        runs
    })
}

#[test]
fn the_runs_take_things_out_for_every_reason() {
    let lines = || all_runs().iter().flat_map(|(_, traced)| &traced.ledger);
    let reasons: BTreeSet<&str> = lines().map(|line| line["reason"].as_str().expect("a name")).collect();
    assert_eq!(reasons, BTreeSet::from(["copy", "filter", "nothing-left", "part", "passage", "short", "update"]));
    assert!(lines().any(|line| count(line, "words_lost") > 0) && lines().any(|line| line["changed_facts"].is_array()));
    assert!(
        lines()
            .any(|line| line["covers"].as_array().is_some_and(|covers| covers.iter().any(|cover| place(cover) == place(line))))
    );
}

#[test]
fn every_covering_place_stands_in_the_output_and_says_the_same() {
    for (what, traced) in all_runs() {
        let words_out = traced.words_out();
        for record in &traced.records {
            let words = words_at(&record.text);
            for line in traced.lines_of(record) {
                check_receipts(line, words_in(&words, span(line)), &words_out, what);
                check_uncovered(line, &record.text, what);
            }
        }
    }
}

/// Goes through the words of a span: each stands where the ledger line says, or is listed as uncovered.
#[track_caller]
fn check_receipts(line: &Value, words: &[Word], words_out: &HashMap<Place, Vec<String>>, what: &str) {
    let uncovered: Vec<Range<usize>> = line["uncovered"].as_array().into_iter().flatten().map(span).collect();
    let is_uncovered = |(bytes, _): &Word| uncovered.iter().any(|span| span.contains(&bytes.start));
    let mut covers = line["covers"].as_array().expect("a list").iter();
    let (mut n_covered, mut n_lost) = (0, 0);
    while n_covered + n_lost < words.len() {
        let rest = &words[n_covered + n_lost..];
        if is_uncovered(&rest[0]) {
            n_lost += 1;
            continue;
        }
        let cover = covers.next().unwrap_or_else(|| panic!("{what}: nothing covers {:?} of {line}", rest[0]));
        let n = count(cover, "words") as usize;
        let first = count(cover, "first_word") as usize;
        let kept = words_out[&place(cover)]
            .get(first..first + n)
            .unwrap_or_else(|| panic!("{what}: there are fewer words than {cover} says"));
        assert!(n > 0 && n <= rest.len(), "{what}: {cover} is none or too many in {line}");
        assert!(
            kept.iter().eq(rest[..n].iter().map(|(_, form)| form)),
            "{what}: {kept:?} is not what {cover} stands for in {line}"
        );
        assert!(!rest[..n].iter().any(is_uncovered), "{what}: {cover} covers what is uncovered in {line}");
        n_covered += n;
    }
    assert!(covers.next().is_none(), "{what}: more covers than words in {line}");
    assert_eq!((count(line, "covered"), count(line, "words")), (n_covered as u64, words.len() as u64), "{what}: {line}");
    assert_eq!(count(line, "words_lost"), if is_update(line) { 0 } else { n_lost as u64 }, "{what}: {line}");
}

/// Stretches without cover read as they say, and begin and end with a word.
#[track_caller]
fn check_uncovered(line: &Value, text: &str, what: &str) {
    for stretch in line["uncovered"].as_array().into_iter().flatten() {
        assert_eq!(stretch["text"], text[span(stretch)], "{what}: {line}");
        let words = words_at(&text[span(stretch)]);
        let ends = words.first().zip(words.last()).map(|(first, last)| (first.0.start, last.0.end));
        assert_eq!(ends, Some((0, span(stretch).len())), "{what}: {stretch}");
    }
}

#[test]
fn words_in_the_output_are_words_of_the_input_less_those_in_the_ledger() {
    for (what, traced) in all_runs() {
        let words_out = traced.words_out();
        for record in &traced.records {
            let words = words_at(&record.text);
            let mut at = 0;
            let mut left: Vec<&String> = Vec::new();
            let spans = traced.lines_of(record).filter(|line| !is_update(line)).map(span);
            for span in spans {
                left.extend(words_in(&words, at..span.start).iter().map(|(_, form)| form));
                at = span.end;
            }
            left.extend(words_in(&words, at..record.text.len()).iter().map(|(_, form)| form));
            assert!(left.into_iter().eq(&words_out[&record.place]), "{what}: {:?}", record.place);
        }
    }
}

#[test]
fn output_and_ledger_restore_the_cleaned_input() {
    for (what, traced) in all_runs() {
        for record in &traced.records {
            let lines: Vec<&Value> = traced.lines_of(record).filter(|line| !is_update(line)).collect();
            match (lines.as_slice(), &record.output) {
                ([whole], None) if is_whole(whole) => {
                    let raw = match (whole["raw"].as_str(), whole["raw_base64"].as_str()) {
                        (Some(raw), None) => raw.as_bytes().to_vec(),
                        (None, Some(packed)) => {
                            base64::Engine::decode(&base64::engine::general_purpose::STANDARD, packed).expect("sound base64")
                        }
                        _ => panic!("{what}: one of both: {whole}"),
                    };
                    assert_same(&raw, &record.raw, &format!("{what}: {:?}", record.place));
                }
                (lines, Some(_)) => assert_same(
                    restored(&record.text_out, lines).as_bytes(),
                    record.text.as_bytes(),
                    &format!("{what}: {:?}", record.place),
                ),
                (lines, None) => panic!("{what}: {:?} is gone, and its lines are {lines:?}", record.place),
            }
        }
    }
}

/// A text with the spans put back that were taken out of it.
pub(crate) fn restored(text_out: &str, lines: &[&Value]) -> String {
    let mut text = text_out.to_owned();
    let mut end = 0;
    for line in lines {
        let span = span(line);
        let taken_out = line["text"].as_str().expect("the text that was taken out");
        assert!(end <= span.start && span.len() == taken_out.len(), "spans come in order and are as long as they say: {line}");
        text.insert_str(span.start, taken_out);
        end = span.end;
    }
    text
}

#[test]
fn without_cleaning_output_and_ledger_restore_the_input_byte_for_byte() {
    for (folder, shape, files) in &all_samples() {
        let traced = trace(folder, *shape, files, &["--clean", "off"]);
        for record in &traced.records {
            let lines: Vec<&Value> = traced.lines_of(record).filter(|line| !is_update(line)).collect();
            let Some(output) = &record.output else { continue };
            let bytes = match shape {
                _ if lines.is_empty() => output.clone(),
                Shape::Jsonl => {
                    let quoted = |text: &str| serde_json::to_string(text).expect("a string can be written");
                    let line = String::from_utf8(output.clone()).expect("no sample that is touched holds other bytes");
                    line.replacen(&quoted(&record.text_out), &quoted(&restored(&record.text_out, &lines)), 1).into_bytes()
                }
                Shape::TextFiles | Shape::TextLines => restored(&record.text_out, &lines).into_bytes(),
            };
            assert_same(&bytes, &record.raw, &format!("{:?}", record.place));
        }
    }
}

#[test]
fn two_inputs_that_differ_only_in_what_is_taken_out_differ_in_output_or_ledger() {
    let shared = "Die Brücke über die Laase bleibt bis zum Frühjahr gesperrt, weil ihr Pfeiler gerissen und/oder gesunken ist und ersetzt wird.";
    let own = "Ganz andere Sätze stehen hier, und sie sind mit Absicht so lang, dass von einer Kopie keine Rede sein kann.";
    let line = |text: &str| format!("{{\"text\":\"{text}\"}}\n");
    let folder = Folder::new();
    let run = |passage: &str| {
        folder.write("dump.jsonl", format!("{}{}", line(shared), line(&format!("{own}\\n{passage}\\n{own} Ende."))));
        let outcome = folder.dedup(["dump.jsonl", "--clean", "off", "--ledger", "ledger.jsonl"]).run();
        outcome.exits(0);
        assert!(!outcome.stdout_text().lines().nth(1).expect("two records").contains("Pfeiler"), "{outcome}");
        (outcome.stdout.clone(), folder.read("ledger.jsonl"))
    };
    let plain = run(shared);
    for escaped in [shared.replace('ü', "\\u00fc"), shared.replace('/', "\\/"), shared.replace('D', "\\u0044")] {
        assert!(run(&escaped) != plain, "after a run nobody can tell whether the input held {escaped}");
    }
}

#[test]
fn a_span_of_a_json_string_is_given_back_with_its_escapes() {
    // In JSON, a character can be written in several ways; each record writes a paragraph of the first in another.
    let paragraph =
        "Größe & Länge:\tdie „Brücke“ 😀 über die Laase bleibt bis zum Frühjahr gesperrt, weil ihr Pfeiler ein/zwei Risse hat.";
    let ascii = |text: &str| text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
    let styles = [
        paragraph.replace('\t', "\\t"),
        paragraph.replace('\t', "\\u0009").replace('/', "\\/"),
        ascii(paragraph),
        ascii(paragraph).to_uppercase().replace("\\U", "\\u"),
        paragraph.replace('\t', "\\t").replace("😀", "\\ud83d\\uDE00").replace('ü', "\\u00fc"),
    ];
    let own = |nth: usize| (0..40).map(|word| format!("wort{}", nth * 40 + word)).collect::<Vec<_>>().join(" ");
    let record = |(nth, style): (usize, &String)| {
        let line_break = if nth % 2 == 0 { "\\n" } else { "\\u000A" };
        format!("{{\"text\":\"{}{line_break}{style}{line_break}{}\"}}", own(2 * nth + 1), own(2 * nth + 2))
    };
    let records: Vec<String> = styles.iter().enumerate().map(record).collect();
    let folder = Folder::new();
    folder.write("dump.jsonl", format!("{{\"text\":\"{}\"}}\n{}\n", styles[0], records.join("\n")));
    folder.dedup(["dump.jsonl", "-o", "out.jsonl", "--ledger", "ledger.jsonl"]).run().exits(0);
    let ledger = folder.json_lines("ledger.jsonl");
    assert_eq!(ledger.len(), records.len(), "the paragraph goes from each record");
    let out = folder.text("out.jsonl");
    for ((record, left), line) in records.iter().zip(out.lines().skip(1)).zip(&ledger) {
        let text = line["text"].as_str().expect("the text that was taken out");
        let usual = serde_json::to_string(text).expect("a string can be written");
        let raw = line["raw"].as_str().unwrap_or(&usual[1..usual.len() - 1]);
        // What stands before the span is ASCII without escapes here, so that a byte of the text is a byte of the string.
        let at =
            "{\"text\":\"".len() + span(line).start + if record.contains("\\u000A") { "\\u000A".len() } else { "\\n".len() } - 1;
        let mut restored = left.to_owned();
        restored.insert_str(at, raw);
        assert_same(restored.as_bytes(), record.as_bytes(), &line.to_string());
    }
}

#[test]
fn a_lossless_run_loses_no_word() {
    let is_lossless = |(what, _): &&(String, Traced)| what.contains("--lossless");
    for (what, traced) in all_runs().iter().filter(is_lossless) {
        assert_eq!(count(&traced.summary, "words_lost"), 0, "{what}");
        assert!(traced.ledger.iter().all(|line| line["words_lost"] == 0 && line["uncovered"].is_null()), "{what}");
    }
}

#[test]
fn a_second_run_takes_nothing_out() {
    for (folder, shape, files) in &all_samples() {
        let strict = ["--min-run", "30", "--clean", "off"];
        for settings in [&[][..], &["--lossless"], &["--updates", "cut"], &strict, &["--filter", "drop"]] {
            trace(folder, *shape, files, settings);
            let again = Folder::new();
            for file in files {
                again.write(file, folder.read(&format!("out/{file}")));
            }
            let traced = trace(&again, *shape, files, settings);
            let what = format!("{files:?} as {shape:?}, {settings:?}");
            let removed: Vec<&Value> = traced.ledger.iter().filter(|line| !is_update(line)).collect();
            assert!(removed.is_empty(), "{what}: {removed:#?}");
            for file in files {
                assert_same(&again.read(&format!("out/{file}")), &again.read(file), &what);
            }
        }
    }
}

#[test]
fn texts_that_are_judged_in_parts_keep_the_laws() {
    let sentence =
        |nth: usize| (0..12).map(|word| format!("wort{}", nth * 31 + word * 7 % 29)).collect::<Vec<_>>().join(" ") + ".";
    let long: String = (0..26_000).map(|nth| sentence(nth) + if nth % 4 == 3 { "\n" } else { " " }).collect();
    assert!(long.len() > 2 << 20, "{}", long.len());
    let folder = Folder::new();
    // The second says a part of the first again, and things of its own, some of them twice. The third is a copy.
    let own: String = (0..9000).map(|nth| sentence(100_000 + nth % 6000) + if nth % 4 == 3 { "\n" } else { " " }).collect();
    let third = |nth: usize| long.len() * nth / 3 + long[long.len() * nth / 3..].find('\n').expect("it has lines") + 1;
    let quoted = &long[third(1)..third(2)];
    let copy = &quoted[..quoted[..1 << 20].rfind('\n').expect("it has lines")];
    folder.write("long.jsonl", jsonl([("a", long.as_str()), ("b", &format!("{own}{quoted}{own}")), ("c", copy)]));
    let traced = trace(&folder, Shape::Jsonl, &["long.jsonl"], &[]);
    let words_out = traced.words_out();
    for record in &traced.records {
        let lines: Vec<&Value> = traced.lines_of(record).collect();
        if record.output.is_some() {
            assert_same(restored(&record.text_out, &lines).as_bytes(), record.text.as_bytes(), &record.id());
        }
        let words = words_at(&record.text);
        for line in lines {
            check_receipts(line, words_in(&words, span(line)), &words_out, "long texts");
        }
    }
    let reasons_of = |id: &str| {
        traced.lines_of(traced.record(id)).map(|line| line["reason"].as_str().expect("a name")).collect::<HashSet<_>>()
    };
    assert_eq!(
        (reasons_of("a"), reasons_of("b"), reasons_of("c")),
        (HashSet::new(), HashSet::from(["passage"]), HashSet::from(["copy"]))
    );
    let b = traced.record("b");
    assert_eq!(words(&b.text_out), words(&own[..own.len() * 2 / 3]), "the quotation and the repetitions go");
}
