//! The answer depends on the input, its order and the settings, and on nothing else.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::harness::{Folder, assert_same, gzip, jsonl, sample, zstd};
use crate::laws::collage;
use crate::traced::{is_whole, place};

/// Output, ledger and quarantine of a run. Storing files takes time, so there is a quarantine only where there are bad records.
struct Answer {
    output: Vec<u8>,
    ledger: Vec<u8>,
    bad: Vec<u8>,
}

/// Runs over `input` in the folder, or over standard input if it is named `-`.
#[track_caller]
fn answer(folder: &Folder, input: &str, options: &[&str]) -> Answer {
    let may_be_bad = input.contains("broken") || input == "-" || input.parse::<u32>().is_ok();
    let outputs: &[&str] =
        if may_be_bad { &["--ledger", "ledger.jsonl", "--quarantine", "bad.jsonl"] } else { &["--ledger", "ledger.jsonl"] };
    let einmal = folder.dedup([&[input], options, outputs].concat());
    let outcome = if input == "-" { einmal.run_with(folder.read("piped")) } else { einmal.run() };
    outcome.exits(0);
    Answer {
        output: outcome.stdout,
        ledger: folder.read("ledger.jsonl"),
        bad: if may_be_bad { folder.read("bad.jsonl") } else { Vec::new() },
    }
}

impl Answer {
    /// The answer, had the input been called `name`. A text's name is its id, too.
    fn renamed(self, from: &str, name: &str) -> Self {
        let renamed = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).expect("ledgers are text");
            ["file", "id"]
                .iter()
                .fold(text, |text, field| text.replace(&format!("\"{field}\":\"{from}\""), &format!("\"{field}\":\"{name}\"")))
                .into_bytes()
        };
        Self { ledger: renamed(self.ledger), bad: renamed(self.bad), ..self }
    }

    #[track_caller]
    fn assert_is(&self, expected: &Self, what: &str) {
        assert_same(&self.output, &expected.output, &format!("output, {what}"));
        assert_same(&self.ledger, &expected.ledger, &format!("ledger, {what}"));
        assert_same(&self.bad, &expected.bad, &format!("quarantine, {what}"));
    }
}

/// The inputs that all of this is tried on.
fn inputs() -> Vec<(&'static str, Vec<u8>)> {
    let mut inputs: Vec<_> =
        ["night.jsonl", "languages.jsonl", "broken.jsonl", "seed-shape.txt"].map(|name| (name, sample(name))).to_vec();
    inputs.push(("collage.jsonl", collage(150).into_bytes()));
    inputs
}

/// Settings that lead to different answers.
const SETTINGS: [&[&str]; 5] =
    [&[], &["--lossless"], &["--updates", "cut", "--min-run", "8"], &["--mark"], &["--filter", "drop", "--facts", "names"]];

#[test]
fn threads_and_batches_do_not_show() {
    let folder = Folder::new();
    for (name, content) in inputs() {
        folder.write(name, content);
        for settings in SETTINGS {
            if name.ends_with(".txt") && settings.contains(&"--mark") {
                continue;
            }
            let expected = answer(&folder, name, settings);
            for (threads, batch) in
                [("1", None), ("2", Some("3")), ("8", None), ("1", Some("1")), ("2", Some("40")), ("8", Some("1"))]
            {
                let mut options = [settings, &["--threads", threads]].concat();
                batch.into_iter().for_each(|records| options.extend(["--batch", records]));
                answer(&folder, name, &options).assert_is(&expected, &format!("{name} {options:?}"));
            }
        }
    }
}

#[test]
fn the_same_run_again_gives_the_same_bytes() {
    let folder = Folder::new();
    for (name, content) in inputs() {
        folder.write(name, content);
        let expected = answer(&folder, name, &[]);
        for _ in 0..3 {
            answer(&folder, name, &[]).assert_is(&expected, name);
        }
    }
}

#[test]
fn pipes_and_compression_do_not_show() {
    let folder = Folder::new();
    for (name, content) in inputs() {
        folder.write(name, &content);
        let expected = answer(&folder, name, &[]);
        let halves = content.split_at(content.len() / 2);
        let packed = [
            (format!("{name}.gz"), gzip(&content)),
            (format!("{name}.zst"), zstd(&content)),
            (format!("members-{name}.gz"), [gzip(halves.0), gzip(halves.1)].concat()),
            (format!("frames-{name}.zst"), [zstd(halves.0), zstd(halves.1)].concat()),
        ];
        for (packed_name, packed) in packed {
            folder.write(&packed_name, &packed);
            answer(&folder, &packed_name, &[]).renamed(&packed_name, name).assert_is(&expected, &packed_name);
            folder.write("piped", &packed);
            answer(&folder, "-", &[]).renamed("-", name).assert_is(&expected, &format!("{packed_name} from a pipe"));
        }
        folder.write("piped", &content);
        answer(&folder, "-", &[]).renamed("-", name).assert_is(&expected, &format!("{name} from a pipe"));
    }
}

#[test]
fn a_dump_may_be_cut_into_several_files() {
    for (name, content) in inputs().into_iter().filter(|(name, _)| name.ends_with(".jsonl")) {
        let folder = Folder::new();
        folder.write(name, &content);
        let lines: Vec<&[u8]> = content.split_inclusive(|byte| *byte == b'\n').collect();
        for n_files in [3, lines.len().min(26)] {
            let per_file = lines.len().div_ceil(n_files);
            let mut names = Vec::new();
            let mut numbers = BTreeMap::new();
            for (nth, part) in lines.chunks(per_file).enumerate() {
                let part_name = format!("{n_files}/{nth:04}.jsonl");
                folder.write(&part_name, part.concat());
                for record in 0..part.len() {
                    numbers.insert((part_name.clone(), record as u64 + 1), (nth * per_file + record) as u64 + 1);
                }
                names.push(part_name);
            }
            for settings in SETTINGS {
                let expected = answer(&folder, name, settings);
                let found = answer(&folder, &n_files.to_string(), settings);
                let what = format!("{name} in {n_files} files, {settings:?}");
                assert_same(&found.output, &expected.output, &what);
                let ledger = |bytes: &[u8]| {
                    String::from_utf8_lossy(bytes)
                        .lines()
                        .map(|line| serde_json::from_str(line).expect("JSON"))
                        .collect::<Vec<Value>>()
                };
                let mut renumbered = ledger(&found.ledger);
                renumbered.iter_mut().for_each(|line| renumber(line, name, &numbers));
                assert_eq!(renumbered, ledger(&expected.ledger), "{what}");
                let mut bad = ledger(&found.bad);
                let mut expected_bad = ledger(&expected.bad);
                bad.iter_mut().for_each(|line| renumber(line, name, &numbers));
                for line in bad.iter_mut().chain(&mut expected_bad) {
                    line["offset"] = Value::Null;
                }
                assert_eq!(bad, expected_bad, "{what}");
                if n_files > 3 {
                    continue;
                }
                // A file for each of them holds the same records.
                folder
                    .dedup([&[n_files.to_string().as_str(), "-o", "out/", "--quarantine", "bad.jsonl"], settings].concat())
                    .run()
                    .exits(0);
                let parts: Vec<u8> =
                    names.iter().flat_map(|name| folder.read(&name.replacen(&n_files.to_string(), "out", 1))).collect();
                assert_same(&parts, &expected.output, &what);
                std::fs::remove_dir_all(folder.path("out")).expect("it is ours");
            }
        }
    }
}

/// Gives places in parts of a dump the numbers that they have in the dump.
fn renumber(value: &mut Value, name: &str, numbers: &BTreeMap<(String, u64), u64>) {
    match value {
        Value::Object(_) => {
            if value["file"].is_string() && value["record"].is_u64() {
                let number = numbers[&place(value)];
                value["file"] = name.into();
                value["record"] = number.into();
            }
            value.as_object_mut().expect("just matched").values_mut().for_each(|value| renumber(value, name, numbers));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| renumber(value, name, numbers)),
        _ => {}
    }
}

#[test]
fn articles_of_a_text_may_be_lines_or_files() {
    let folder = Folder::with_samples(&["seed-shape.txt"]);
    let content = sample("seed-shape.txt");
    let lines: Vec<&[u8]> = content.split_inclusive(|byte| *byte == b'\n').collect();
    let mut numbers = BTreeMap::new();
    for (nth, line) in lines.iter().enumerate() {
        let name = format!("files/{nth}.txt");
        folder.write(&name, line);
        numbers.insert((name, 1), nth as u64 + 1);
    }
    for settings in SETTINGS.into_iter().filter(|settings| !settings.contains(&"--mark")) {
        let expected = answer(&folder, "seed-shape.txt", &[settings, &["--articles", "lines"]].concat());
        let found = answer(&folder, "files", settings);
        assert_same(&found.output, &expected.output, "four files");
        let ledger = |bytes: &[u8]| {
            let mut lines: Vec<Value> =
                String::from_utf8_lossy(bytes).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
            for line in &mut lines {
                line["id"] = Value::Null;
                line["covers"].as_array_mut().into_iter().flatten().for_each(|cover| cover["id"] = Value::Null);
            }
            lines
        };
        let mut renumbered = ledger(&found.ledger);
        renumbered.iter_mut().for_each(|line| renumber(line, "seed-shape.txt", &numbers));
        assert_eq!(renumbered, ledger(&expected.ledger), "{settings:?}");
        assert!(renumbered.iter().all(is_whole));
    }
}

#[test]
fn an_output_file_holds_what_standard_output_would() {
    let folder = Folder::new();
    for (name, content) in inputs() {
        folder.write(name, content);
        let expected = answer(&folder, name, &[]);
        let to_file = answer(&folder, name, &["-o", "out"]);
        assert!(to_file.output.is_empty());
        Answer { output: folder.read("out"), ..to_file }.assert_is(&expected, name);
        std::fs::remove_file(folder.path("out")).expect("it is ours");
    }
}

#[test]
fn empty_lines_do_not_end_the_input() {
    let folder = Folder::new();
    let (first, last) = (jsonl([("a", "Eins.")]), jsonl([("b", "Zwei.")]));
    // More of them than are read at once.
    let empty = "\n".repeat(9 << 20);
    folder.write("dump.jsonl", format!("{first}{empty}{last}"));
    folder.write("1.txt", format!("Eins.\n{empty}"));
    folder.write("2.txt", "Zwei.\n");
    for options in [&["--threads", "1"][..], &["--threads", "8"], &["--batch", "1"]] {
        folder.dedup([&["dump.jsonl"], options].concat()).run().exits(0).stdout_is(format!("{first}{last}"));
        let blocks = folder.dedup([&["1.txt", "2.txt", "--articles", "blocks"], options].concat()).run();
        let left: Vec<&str> = blocks.exits(0).stdout_text().split_whitespace().collect();
        assert_eq!(left, ["Eins.", "Zwei."], "{options:?}");
    }
}

#[test]
fn empty_lines_before_the_first_block_are_passed_in_no_time() {
    let folder = Folder::new();
    folder.write("text.txt", format!("{}Eins.\n", "\n".repeat(3 << 20)));
    // It takes a hundredth of a second, or, where each line is looked at from the start again, hours.
    folder.dedup(["text.txt", "--articles", "blocks", "-o", "out.txt"]).run_within(Duration::from_secs(30)).exits(0);
    assert_eq!(folder.text("out.txt").trim(), "Eins.");
}

#[test]
fn records_that_are_larger_than_what_is_read_at_once_are_read_like_others() {
    let folder = Folder::new();
    let story = |nth: usize| (0..100).map(|word| format!("w{nth}x{word}")).collect::<Vec<_>>().join(" ");
    let long: Vec<String> = (0..700).map(|nth| story(nth) + ".").collect();
    let padding = format!("{}{}", " ".repeat(5 << 20), long.join("\n"));
    let dump = jsonl([("a", long[..10].join("\n").as_str()), ("b", &padding), ("c", &long[..300].join("\n")), ("d", "Ende.")]);
    folder.write("dump.jsonl", &dump);
    let expected = answer(&folder, "dump.jsonl", &[]);
    let out = String::from_utf8_lossy(&expected.output).into_owned();
    assert_eq!(out.lines().count(), 3, "c is a copy");
    for options in [&["--threads", "1"][..], &["--batch", "1"], &["--batch", "2", "--threads", "8"]] {
        answer(&folder, "dump.jsonl", options).assert_is(&expected, &format!("{options:?}"));
    }
    folder.write("piped", &dump);
    answer(&folder, "-", &[]).renamed("-", "dump.jsonl").assert_is(&expected, "from a pipe");
}
