//! Web archives, pages, archives of files, and which files are read.

use serde_json::{Value, json};

use crate::dumps::{tar, warc, zip};
use crate::harness::{Folder, NO_ARGS, gzip};

const PAGE: &str = "<!doctype html><html><head><title>Hang rutscht ab</title><meta charset='iso-8859-1'></head><body><nav>Start</nav><article><h1>Hang rutscht ab</h1>\
    <p>Nach tagelangem Regen ist ein Hang oberhalb der Bahnlinie ins Rutschen geraten, teilte die Bahn am Dienstagabend in Hallbruck mit.</p>\
    <p>Die Strecke bleibt bis Anfang kommender Woche voll gesperrt, zwischen beiden St\u{e4}dten fahren Busse.</p></article><footer>Impressum</footer></body></html>";

/// The page in the encoding that it names.
fn page() -> Vec<u8> {
    PAGE.chars().map(|c| u8::try_from(u32::from(c)).expect("it is in Latin-1")).collect()
}

#[test]
fn pages_of_a_web_archive_become_records_with_their_articles() {
    let folder = Folder::new();
    let http = |status: &str, more: &str, body: &[u8]| {
        [format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\n{more}\r\n").as_bytes(), body].concat()
    };
    let packed = gzip(&page());
    let chunked = [format!("{:x}\r\n", packed.len()).as_bytes(), &packed, b"\r\n0\r\n\r\n"].concat();
    let answer = |id: &str, block: &[u8]| warc("response", id, "application/http; msgtype=response", block);
    let records = [
        warc("warcinfo", "info", "application/warc-fields", b"software: x"),
        answer("one", &http("200 OK", "", &page())),
        answer("two", &http("200 OK", "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", &chunked)),
        answer("gone", &http("404 Not Found", "", &page())),
        warc("resource", "picture", "image/png", b"\x89PNG\0\n\n"),
        b"rubbish\r\n".to_vec(),
        warc("resource", "three", "text/html", &page()),
    ];
    let mut archive = records.concat();
    archive.extend(&answer("cut", &http("200 OK", "", &page()))[..400]);
    folder.write("dump/a.warc.gz", records.iter().flat_map(|record| gzip(record)).collect::<Vec<u8>>());
    folder.write("dump/a.warc", &archive);
    folder
        .dedup(["dump/a.warc", "-o", "out.jsonl", "--summary", "summary.json", "--quarantine", "bad.jsonl", "--mark"])
        .run()
        .exits(0);
    let lines = folder.json_lines("out.jsonl");
    assert_eq!(lines.iter().map(|line| line["id"].as_str().expect("an id")).collect::<Vec<_>>(), ["one", "two", "three"]);
    assert_eq!(
        lines.iter().map(|line| line["einmal"]["verdict"].as_str().expect("a mark")).collect::<Vec<_>>(),
        ["keep", "copy", "copy"]
    );
    for line in &lines {
        let text = line["text"].as_str().expect("a text");
        assert!(text.contains("Städten fahren Busse") && !text.contains("Impressum"), "{text}");
        assert_eq!((&line["title"], &line["host"]), (&json!("Hang rutscht ab"), &json!("kurier.example")));
        assert!(line["date"].as_str().expect("a date").starts_with("2026-02-10T21:14:00"));
    }
    assert_eq!(folder.json("summary.json")["other_records"], json!(3));
    let bad: Vec<Value> = folder.json_lines("bad.jsonl").iter().map(|line| json!([line["record"], line["reason"]])).collect();
    assert_eq!(bad, [json!([6, "invalid-warc"]), json!([8, "invalid-warc"])]);
    // Packed record by record, and to a folder: the output is JSON Lines, and is called so.
    folder.dedup(["dump", "-o", "out/", "--quarantine", "bad.jsonl"]).run().exits(0);
    assert_eq!(
        folder.names(),
        [
            "bad.jsonl",
            "dump/",
            "dump/a.warc",
            "dump/a.warc.gz",
            "out.jsonl",
            "out/",
            "out/a.jsonl",
            "out/a.jsonl.gz",
            "summary.json"
        ]
    );
    assert_eq!(folder.json_lines("out/a.jsonl").len(), 1);
}

#[test]
fn damage_in_a_packed_record_costs_that_record() {
    let folder = Folder::new();
    let ids = ["one", "two", "three", "four"];
    let texts = ids.map(|id| format!("Der Text von {id}, der {} Zeichen im Namen hat.", id.len()));
    let archived: Vec<Vec<u8>> =
        ids.iter().zip(&texts).map(|(id, text)| gzip(&warc("conversion", id, "text/plain", text.as_bytes()))).collect();
    let lines: Vec<Vec<u8>> =
        ids.iter().zip(&texts).map(|(id, text)| gzip(format!("{}\n", json!({"id": id, "text": text})).as_bytes())).collect();
    for mut members in [archived, lines] {
        // Behind the header begins a block of a kind that there isn't.
        members[1][10] = 7;
        folder.write("a.gz", members.concat());
        for batch in ["1", "100"] {
            folder.dedup(["a.gz", "-o", "out", "--batch", batch, "--quarantine", "bad.jsonl"]).run().exits(0);
            let kept: Vec<Value> = folder.json_lines("out").into_iter().map(|record| record["id"].clone()).collect();
            assert_eq!(kept, ["one", "three", "four"]);
            let bad = folder.json_lines("bad.jsonl");
            assert_eq!((bad.len(), &bad[0]["record"], &bad[0]["reason"]), (1, &json!(2), &json!("damaged")));
        }
    }
}

#[test]
fn a_page_in_a_file_or_a_field_is_read_as_asked_for() {
    let folder = Folder::new();
    folder.write("page.html", page());
    let text_of = |args: &[&str]| {
        folder.dedup(args).run().exits(0);
        folder.json_lines("out")[0]["text"].as_str().expect("a text").to_owned()
    };
    let article = text_of(&["page.html", "-o", "out"]);
    assert!(article.contains("ins Rutschen geraten") && !article.contains("Impressum"));
    let stripped = text_of(&["page.html", "--html", "strip", "-o", "out"]);
    assert!(
        stripped.starts_with("Hang rutscht ab\nNach tagelangem") && stripped.ends_with("Städten fahren Busse."),
        "{stripped}"
    );
    let all = text_of(&["page.html", "--html", "all", "-o", "out"]);
    assert_eq!(all, format!("Start\n{stripped}\nImpressum"));
    folder
        .write("pages.jsonl", serde_json::to_string(&json!({"id": 1, "html": PAGE, "text": "x"})).expect("JSON can be written"));
    folder.dedup(["pages.jsonl", "--field", "html", "--html", "strip", "-o", "out"]).run().exits(0);
    let record = &folder.json_lines("out")[0];
    assert_eq!((&record["html"], &record["text"]), (&json!(stripped), &json!("x")));
}

#[test]
fn a_page_as_deep_as_it_is_long_ends_no_run() {
    let folder = Folder::new();
    let deep = |tag: &str| PAGE.replace("<article>", &format!("<article>{}", tag.repeat(20_000)));
    let pages = [("a", PAGE.to_owned()), ("b", deep("<b>")), ("c", deep("<table><tr><td>")), ("d", PAGE.replace("Hang", "Berg"))];
    let line = |(id, html): &(&str, String)| format!("{}\n", json!({"id": id, "html": html}));
    folder.write("pages.jsonl", pages.iter().map(line).collect::<String>());
    folder.dedup(["pages.jsonl", "--field", "html", "--html", "extract", "--mark", "-o", "out"]).run().exits(0);
    let out = folder.json_lines("out");
    let ids: Vec<_> = out.iter().map(|record| record["id"].as_str().expect("an id")).collect();
    assert_eq!(ids, ["a", "b", "c", "d"]);
    for record in out {
        assert!(record["html"].as_str().expect("a text").contains("voll gesperrt"), "{record}");
    }
}

#[test]
fn members_of_archives_are_read_like_the_files_of_a_folder() {
    let folder = Folder::new();
    let line = |id: &str, text: &str| format!("{{\"id\":\"{id}\",\"text\":\"{text}\"}}\n");
    let text =
        "Das ist ein Text von mehr als fünfzehn Wörtern, damit man sieht, dass er nur einmal stehen bleibt und sonst geht.";
    let one = line("one", text);
    let two = line("two", text);
    let packed = gzip(line("three", "Etwas anderes.").as_bytes());
    let members: [(&str, &[u8]); 5] = [
        ("b/one.jsonl", one.as_bytes()),
        ("a/two.jsonl", two.as_bytes()),
        (".hidden", b"{"),
        ("picture.png", b"\x89PNG\0"),
        ("c.jsonl.gz", &packed),
    ];
    folder.write("dump.tar.gz", gzip(&tar(&members)));
    folder.write("dump.zip", zip(&members));
    for name in ["dump.tar.gz", "dump.zip"] {
        let args = [name, "-o", "out/", "--ledger", "ledger.jsonl", "--quarantine", "bad.jsonl"];
        folder.dedup(args).run().exits(0);
        assert_eq!(folder.text(&format!("out/{name}/b/one.jsonl")), one);
        assert_eq!(folder.text(&format!("out/{name}/a/two.jsonl")), "");
        let entry = &folder.json_lines("ledger.jsonl")[0];
        assert_eq!(
            (&entry["file"], &entry["covers"][0]["file"]),
            (&json!(format!("{name}/a/two.jsonl")), &json!(format!("{name}/b/one.jsonl")))
        );
        assert_eq!(folder.json_lines("bad.jsonl")[0]["file"], json!(format!("{name}/picture.png")));
        let all = folder.dedup([name]).run();
        all.exits(3).stdout_is(format!("{one}{}", line("three", "Etwas anderes.")));
        folder.dedup(NO_ARGS).run_with(folder.read(name)).exits(3).stdout_is(&all.stdout);
    }
    // Damage costs what comes after it.
    let tar = tar(&members);
    folder.dedup(["--quarantine", "bad.jsonl"]).run_with(&tar[..1100]).exits(0).stdout_is(&one);
    assert_eq!(folder.json_lines("bad.jsonl")[0]["reason"], json!("damaged"));
}

#[test]
fn inputs_can_be_listed_and_chosen() {
    let folder = Folder::new();
    for (name, text) in [("d/a.jsonl", "a"), ("d/b.txt", "b"), ("d/e/c.jsonl", "c"), ("d/old/d.jsonl", "d"), ("x y.jsonl", "x")] {
        folder.write(name, format!("{{\"text\":\"{text}\"}}\n"));
    }
    folder.write("list", "x y.jsonl\r\n\nd/a.jsonl\n");
    folder.write("nul", "d/a.jsonl\0x y.jsonl\0");
    let texts = |args: &[&str], input: &str| {
        let outcome = folder.dedup(args).run_with(input);
        outcome.exits(0);
        let lines = String::from_utf8(outcome.stdout.clone()).expect("UTF-8");
        lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["text"].as_str().expect("a text").to_owned())
            .collect::<String>()
    };
    for (args, input, expected) in [
        (&["--files-from", "list"][..], "", "xa"),
        (&["--files-from", "nul"], "", "ax"),
        (&["d/e", "--files-from", "-"], "x y.jsonl\n", "cx"),
        (&["--files-from", "-"], "", ""),
        (&["d", "--from", "jsonl"], "", "abcd"),
        (&["d", "--include", "*.jsonl"], "", "acd"),
        (&["d", "--include", "e/*", "--include", "a.*"], "", "ac"),
        (&["d", "--from", "jsonl", "--exclude", "old/"], "", "abc"),
        (&["d", "--exclude", "*.txt", "--exclude", "old", "--exclude", "/a.jsonl"], "", "c"),
        (&["d/b.txt", "--exclude", "*.txt"], "", "b"),
    ] {
        assert_eq!(texts(args, input), expected, "{args:?}");
    }
    folder.dedup(["--files-from", "missing"]).run().exits(2).complains("missing: cannot read");
    folder.dedup(["d", "--include", "a["]).run().exits(2).stderr_holds(&["a["]);
}
