//! The engine against the oracle: on every text, whatever the settings, both must give the same verdicts, bytes and receipts.

mod engine;
mod oracle;

use std::path::Path;

use engine::{Limits, engine, verdicts};
use oracle::{Rules, Updates, judge_all};
use proptest::prelude::*;
use proptest::sample::select;

/// Fails where engine and oracle differ.
fn check(texts: &[String], rules: &Rules, limits: &Limits) {
    let expected = judge_all(texts, rules);
    let found = engine(texts, rules, limits);
    for (nth, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert!(found == expected, "record {nth}: engine {found:#?}\noracle {expected:#?}");
    }
    assert_eq!(found.len(), expected.len());
}

/// Settings near the ones that people use, and at the edges.
fn rules() -> impl Strategy<Value = Rules> {
    let min_run = select(vec![8, 8, 9, 10, 15, 20]);
    let min_cut = select(vec![Some(0), Some(1), Some(6), Some(30), None]);
    let threshold = || select(vec![(4, 5), (9, 10), (1, 1), (1, 2), (1, 3), (1, 10)]);
    let updates = select(vec![Updates::Whole, Updates::Cut, Updates::Drop]);
    let part_bytes = select(vec![(1 << 20, 2 << 20), (1 << 20, 2 << 20), (300, 500), (60, 90)]);
    let fewest_words = select(vec![0, 0, 0, 1, 12, 40]);
    let facts = (any::<bool>(), any::<bool>());
    (min_run, min_cut, threshold(), threshold(), facts, updates, part_bytes, fewest_words).prop_map(
        |(min_run, min_cut, article_threshold, passage_threshold, (facts, names), updates, part_bytes, fewest_words)| Rules {
            min_run,
            min_cut: min_cut.map(|more| min_run + more),
            article_threshold,
            passage_threshold,
            facts,
            names,
            fewest_words,
            updates,
            part_bytes,
        },
    )
}

/// Batches, threads and tables, small enough to take every path.
fn limits() -> impl Strategy<Value = Limits> {
    (1..9_usize, 1..4_usize, select(vec![1, 2, 8]), select(vec![1, 2, usize::MAX]), any::<bool>()).prop_map(
        |(batch, threads, places_per_anchor, spilled_after, notes)| Limits {
            batch,
            threads,
            places_per_anchor,
            spilled_after,
            notes,
        },
    )
}

/// Texts of few different words, so that everything is said over and over, with all kinds of borders between them.
fn small_alphabet_texts(n_words: u32) -> impl Strategy<Value = Vec<String>> {
    let word = (0..n_words).prop_map(|word| match word % 13 {
        7 => format!("{word}"),
        n => format!("{}{word}", char::from(b'a' + n as u8)),
    });
    let border =
        select(vec![" ", " ", " ", " ", " ", " ", " ", " ", " ", ". ", ". ", ", ", "\n", ".\n", "\n\n", "! ", " Der ", " – "]);
    let text = prop::collection::vec((word, border), 0..90)
        .prop_map(|pieces| pieces.into_iter().map(|(word, border)| word + border).collect());
    prop::collection::vec(text, 1..9)
}

/// Texts put together from a few sentences and lines, as copies, live tickers and templates are.
fn collage_texts() -> impl Strategy<Value = Vec<String>> {
    let sentences: Vec<String> = (0..12_u32)
        .map(|n| {
            let len = [3, 5, 7, 8, 9, 12, 14, 16, 20, 26, 33, 48][n as usize];
            let words: Vec<String> =
                (0..len).map(|w| if w % 9 == 8 { (n * w).to_string() } else { format!("w{n}x{w}") }).collect();
            let last = if n % 2 == 0 { "" } else { " schließlich" };
            format!("{} {}{last}.", if n % 3 == 0 { "so" } else { "Satz" }, words.join(" "))
        })
        .collect();
    let piece = (select(sentences), select(vec![" ", " ", "\n", "\n", "\n", "\n\n"]), 0..40_usize, any::<u16>()).prop_map(
        |(sentence, border, change, pick)| {
            let mut words: Vec<&str> = sentence.split(' ').collect();
            let at = pick as usize % words.len();
            let number = pick.to_string();
            match change {
                0 => words[at] = &number,
                1 => words[at] = "anders",
                2 => drop(words.remove(at)),
                3 => words.truncate(at),
                4 => words[at] = "Meier",
                _ => {}
            }
            words.join(" ") + border
        },
    );
    let text = prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat());
    prop::collection::vec(text, 1..12)
}

/// Texts put together from stretches of few words: where one goes, its neighbours come to stand side by side, as they do elsewhere.
fn stretches() -> impl Strategy<Value = Vec<String>> {
    let stretch = |n: usize, n_words: usize| (0..n_words).map(|word| format!("s{n}x{word}")).collect::<Vec<_>>().join(" ");
    let stretches: Vec<String> =
        [1, 2, 3, 4, 5, 5, 6, 7, 9, 14, 21].into_iter().enumerate().map(|(n, n_words)| stretch(n, n_words)).collect();
    let border = || select(vec![" ", " ", "\n", ". Der "]);
    let text = prop::collection::vec((select(stretches), border()), 0..30)
        .prop_map(|pieces| pieces.into_iter().map(|(stretch, border)| stretch + border).collect());
    prop::collection::vec(text, 1..12)
}

/// The texts of a JSONL file.
fn texts_of(path: &Path) -> Vec<String> {
    let file = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let text = |line: &str| {
        serde_json::from_str::<serde_json::Value>(line).expect("a line of JSON")["text"].as_str().expect("a text").to_owned()
    };
    file.lines().map(text).collect()
}

/// The articles of the samples, whole or in pieces, re-wrapped, run together and with words changed.
fn edited_samples() -> impl Strategy<Value = Vec<String>> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let texts: Vec<String> = ["night.jsonl", "languages.jsonl"].iter().flat_map(|name| texts_of(&samples.join(name))).collect();
    let edit = (select(texts), 0..10_u8, any::<u16>(), any::<u16>());
    let edited = edit.prop_map(|(text, kind, a, b)| {
        let lines: Vec<&str> = text.lines().collect();
        let (from, to) = (a as usize % lines.len(), b as usize % lines.len());
        let words: Vec<&str> = text.split(' ').collect();
        match kind {
            0 => text,
            1 => text.replace('\n', " "),
            2 => text.replace('\n', "\r\n"),
            3 => words.chunks(9).map(|line| line.join(" ")).collect::<Vec<_>>().join("\n"),
            4 => lines[from.min(to)..=from.max(to)].join("\n"),
            5 => words
                .iter()
                .enumerate()
                .map(|(n, word)| if n % (a as usize % 90 + 5) == 3 { "99" } else { word })
                .collect::<Vec<_>>()
                .join(" "),
            6 => words
                .iter()
                .enumerate()
                .map(|(n, word)| if n % (a as usize % 90 + 5) == 3 { "anders" } else { word })
                .collect::<Vec<_>>()
                .join(" "),
            7 => text.to_uppercase(),
            8 => words
                .iter()
                .enumerate()
                .map(|(n, word)| if n % (a as usize % 90 + 5) == 3 { "Meier" } else { word })
                .collect::<Vec<_>>()
                .join(" "),
            _ => format!("{}\n{text}\n{}", lines[from], lines[to]),
        }
    });
    let joined = prop::collection::vec((edited, select(vec![" ", "\n", "\n\n"])), 1..4)
        .prop_map(|pieces| pieces.into_iter().map(|(text, border)| text + border).collect());
    prop::collection::vec(joined, 1..8)
}

/// Asks for a check on corpora of one's own: paths of JSONL files with a field `text`, with `:` between them.
const CORPORA: &str = "EINMAL_CORPORA";

#[test]
fn a_run_across_a_place_where_something_went_covers_words_of_a_later_passage() {
    // The run "b a a a b b b b" is kept across the passages that go ("a a" to "b1."), a passage of one word and the beginning of the next, in which it stands once more.
    let text = "b1 a0 b1\na0 b1 a0 a0 b1 b1 a0 a0 a0 a0 a0 b1 a0.\na0 a0\na0 a0 b1 a0 a0 a0 a0 a0\nb1.\na0.\n\
        a0 b1 b1 b1 b1 a0 a0 a0! b1 b1 b1 b1 b1 b1 a0 a0.\na0 a0 a0 b1 ";
    let rules = Rules { min_run: 8, min_cut: Some(8), facts: false, ..Rules::default() };
    let limits = Limits { batch: 1, threads: 1, places_per_anchor: 1, spilled_after: usize::MAX, notes: true };
    check(&[text.to_owned()], &rules, &limits);
}

#[test]
fn a_gap_may_reach_back_over_words_that_were_kept_in_their_turn() {
    // The last nine words of the second passage go: eight are the run that its first four complete, and the one before ends a gap that equals a kept passage.
    let texts = ["b1 a0 b1 a0 a0\na0 a0 a0 ", "b1 b1 a0 b1\nb1 a0 b1 a0! a0 b1 b1 a0 b1 b1 a0 b1 a0\nb1 "].map(str::to_owned);
    let rules = Rules { min_run: 8, min_cut: Some(9), facts: false, ..Rules::default() };
    let limits = Limits { batch: 1, threads: 1, places_per_anchor: 1, spilled_after: usize::MAX, notes: false };
    check(&texts, &rules, &limits);
}

/// Words number `first` up to `end` of an endless row of different ones.
fn row(name: &str, first: usize, end: usize) -> String {
    (first..end).map(|n| format!("{name}x{n}")).collect::<Vec<_>>().join(" ")
}

/// So many ways of the same case: which words make an anchor is chance.
const N_WAYS: usize = 20;

#[test]
fn a_gap_may_be_longer_where_less_of_the_same_batch_is_kept() {
    let rules = Rules {
        min_run: 8,
        min_cut: Some(15),
        article_threshold: (1, 1),
        passage_threshold: (1, 1),
        facts: false,
        ..Rules::default()
    };
    let limits = Limits { batch: 2, threads: 1, places_per_anchor: 8, spilled_after: usize::MAX, notes: false };
    for way in 0..N_WAYS {
        let [r, s, g, h, u] = ["R", "S", "G", "H", "U"].map(|name| format!("{name}{way}"));
        // The passage of five words is kept, and the sentence of the next article but one that begins with three of them.
        let kept = format!("{}\n{} {}", row(&g, 0, 5), row(&g, 0, 3), row(&h, 0, 12));
        let cut = format!("{}. {} {}\n{}\n{}", row(&r, 0, 10), row(&g, 0, 3), row(&h, 0, 12), row(&u, 0, 20), row(&s, 0, 10));
        // All of it would leave a gap of two words, too short to be looked up; what is left of it leaves one of five.
        let copy = format!("{} {} {}", row(&r, 0, 10), row(&g, 0, 5), row(&s, 0, 10));
        check(&[kept, row(&u, 20, 40), cut, copy], &rules, &limits);
    }
}

#[test]
fn what_the_same_batch_has_is_found_behind_many_that_have_a_part_of_it() {
    let limits = Limits { batch: 100, threads: 1, places_per_anchor: 8, spilled_after: usize::MAX, notes: false };
    for way in 0..N_WAYS {
        let said = |from: usize, to: usize| row(&format!("s{way}"), from, to);
        let part = |n: usize| {
            format!("{} {} {}", row("before", 9 * n, 9 * n + 9), said(n % 2, n % 2 + 7), row("behind", 9 * n, 9 * n + 9))
        };
        // What is mostly new is looked at before the rest of its batch is settled.
        let copied = format!("{}\n{}", row("new", 0, 40), said(0, 8));
        let texts: Vec<String> = std::iter::once(said(0, 8)).chain((0..60).map(part)).chain([copied]).collect();
        check(&texts, &Rules { min_run: 8, ..Rules::default() }, &limits);
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "whoever names corpora wants to see what was compared")]
fn engine_and_oracle_agree_on_the_corpora_that_are_named() {
    let corpora = std::env::var_os(CORPORA).unwrap_or_default();
    let limits = Limits { batch: 700, threads: 2, places_per_anchor: 8, spilled_after: usize::MAX, notes: false };
    let rules = [
        Rules::default(),
        Rules { article_threshold: (1, 1), passage_threshold: (1, 1), min_cut: Some(15), ..Rules::default() },
        Rules { facts: false, ..Rules::default() },
        Rules { names: true, fewest_words: 50, ..Rules::default() },
    ];
    for path in std::env::split_paths(&corpora).filter(|path| !path.as_os_str().is_empty()) {
        let texts = texts_of(&path);
        for rules in &rules {
            let found = engine(&texts, rules, &limits);
            let expected = judge_all(&texts, rules);
            let n_different = found.iter().zip(&expected).filter(|(found, expected)| found != expected).count();
            println!("{}: {} records, {n_different} differ, {rules:?}", path.display(), texts.len());
            for (nth, (found, expected)) in found.iter().zip(&expected).enumerate() {
                assert!(found == expected, "{}: record {nth}: engine {found:#?}\noracle {expected:#?}", path.display());
            }
        }
    }
}

/// Quick by default; `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1500);
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 20_000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn engine_and_oracle_agree_on_texts_of_two_words(texts in small_alphabet_texts(2), rules in rules(), limits in limits()) {
        check(&texts, &rules, &limits);
    }

    #[test]
    fn engine_and_oracle_agree_on_texts_of_few_words(texts in small_alphabet_texts(30), rules in rules(), limits in limits()) {
        check(&texts, &rules, &limits);
    }

    #[test]
    fn engine_and_oracle_agree_on_edited_samples(texts in edited_samples(), rules in rules(), limits in limits()) {
        check(&texts, &rules, &limits);
    }

    #[test]
    fn engine_and_oracle_agree_on_stretches(texts in stretches(), rules in rules(), limits in limits()) {
        check(&texts, &rules, &limits);
    }

    #[test]
    fn batches_and_threads_show_in_nothing(
        texts in prop_oneof![stretches(), collage_texts()],
        rules in rules(),
        limits in limits(),
    ) {
        let limits = Limits { spilled_after: usize::MAX, ..limits };
        let one_by_one = Limits { batch: 1, threads: 1, ..limits };
        prop_assert_eq!(verdicts(&texts, &rules, &limits), verdicts(&texts, &rules, &one_by_one));
    }

    #[test]
    fn engine_and_oracle_agree_on_collages(texts in collage_texts(), rules in rules(), limits in limits()) {
        check(&texts, &rules, &limits);
    }
}
