//! The hot functions one by one, on the samples; each also asserts its answer. Prints what it measured.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};

use einmal::boilerplate::Boilerplate;
use einmal::clean::{Cleaning, clean};
use einmal::corpus::{ByteSpan, Place, RecordName};
use einmal::decide::Rules;
use einmal::filter::Filter;
use einmal::fingerprint::{Fingerprint, MinRun, Seed, ShingleHasher, WordHash, anchors, scan_words, scan_words_plainly};
use einmal::index::TableSize;
use einmal::ledger::LedgerText;
use einmal::pipeline::{Judge, Prepared, run_job};
use einmal::read::{Articles, BatchSize, Block, Fields, Format, HowToRead, RawRecord, Selection, SourceFile};
use einmal::report::Verbosity;
use einmal::settings::{Job, Settings};
use einmal::split::{PartSize, passages, sentences};
use einmal::write::Target;

fn main() {
    divan::main();
}

/// The languages that texts are measured in.
const SAMPLES: [&str; 2] = ["night.jsonl", "languages.jsonl"];

fn lines(sample: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(sample);
    std::fs::read_to_string(path).expect("the samples are there").lines().map(str::to_owned).collect()
}

fn texts(sample: &str) -> Vec<String> {
    lines(sample).iter().map(|line| read(line)).collect()
}

fn how_to_read() -> HowToRead {
    HowToRead { from: None, articles: Articles::File, fields: Fields::default(), html: None, max_record: 1 << 28, to: None }
}

fn read(line: &str) -> String {
    let raw = RawRecord { bytes: 0..line.len(), number: 1, offset: 0, ends_in_crlf: false };
    let file = Arc::new(SourceFile { index: 0, name: String::new(), relative: PathBuf::new(), format: Format::Jsonl });
    let bytes = line.as_bytes().to_vec();
    let block = Block { file: Arc::clone(&file), bytes: bytes.into(), rows: None, records: Vec::new(), bad: Vec::new() };
    let record = file.read(&block, &raw, &how_to_read());
    record.expect("the samples are sound").expect("they hold articles").texts.remove(0).text
}

fn all(sample: &str) -> String {
    texts(sample).join("\n")
}

fn hasher() -> ShingleHasher {
    ShingleHasher::new(Seed(1), MinRun::DEFAULT)
}

fn hashes(text: &str) -> Vec<WordHash> {
    let mut words = Vec::new();
    scan_words(text, Seed(1), &mut |_, hash| words.push(WordHash::of(hash)));
    words
}

#[divan::bench(args = SAMPLES)]
fn read_jsonl(bencher: Bencher, sample: &str) {
    let lines = lines(sample);
    let n_bytes: usize = lines.iter().map(String::len).sum();
    bencher.counter(BytesCount::new(n_bytes)).bench(|| lines.iter().map(|line| read(black_box(line)).len()).sum::<usize>());
}

#[divan::bench(args = SAMPLES)]
fn clean_text(bencher: Bencher, sample: &str) {
    let text = all(sample);
    bencher.counter(BytesCount::of_str(&text)).with_inputs(|| text.clone()).bench_values(|text| clean(text, Cleaning::Safe));
}

#[divan::bench(args = SAMPLES)]
fn split_passages(bencher: Bencher, sample: &str) {
    let text = all(sample);
    bencher.counter(BytesCount::of_str(&text)).bench(|| passages(black_box(&text)));
}

#[divan::bench(args = SAMPLES)]
fn split_sentences(bencher: Bencher, sample: &str) {
    let text = all(sample);
    bencher.counter(BytesCount::of_str(&text)).bench(|| sentences(black_box(&text)));
}

#[divan::bench(args = SAMPLES)]
fn words_fast(bencher: Bencher, sample: &str) {
    let text = all(sample);
    let expected = hashes(&text).len();
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let mut n_words = 0;
        scan_words(black_box(&text), Seed(1), &mut |_, _| n_words += 1);
        assert_eq!(n_words, expected);
    });
}

#[divan::bench(args = SAMPLES)]
fn words_plain(bencher: Bencher, sample: &str) {
    let text = all(sample);
    let expected = hashes(&text).len();
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let mut n_words = 0;
        scan_words_plainly(black_box(&text), Seed(1), &mut |_, _| n_words += 1);
        assert_eq!(n_words, expected);
    });
}

#[divan::bench(args = SAMPLES)]
fn winnow(bencher: Bencher, sample: &str) {
    let text = all(sample);
    let words = hashes(&text);
    bencher.counter(BytesCount::of_str(&text)).bench(|| anchors(black_box(&words), &hasher()));
}

#[divan::bench(args = SAMPLES)]
fn fingerprint(bencher: Bencher, sample: &str) {
    let text = all(sample);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| Fingerprint::of(black_box(&text), ByteSpan::new(0, text.len()), &hasher()));
}

/// The whole job, from file to file, start of the threads included.
#[divan::bench(args = SAMPLES)]
fn whole_job(bencher: Bencher, sample: &str) {
    let input = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(sample);
    let n_bytes = std::fs::metadata(&input).expect("the samples are there").len();
    let output = std::env::temp_dir().join(format!("einmal-bench-{}.jsonl", std::process::id()));
    let settings = Settings {
        job: Job::Dedup,
        bulk_index: None,
        rules_of_lines: None,
        mask: false,
        unwrap: false,
        index: None,
        memory: u64::MAX,
        temp_dir: None,
        is_rehearsal: false,
        check: false,
        max_removed: None,
        estimated: None,
        boilerplate: Boilerplate::Report,
        boilerplate_list: None,
        inputs: vec![input],
        selection: Selection::default(),
        target: Target::File(output.clone()),
        compression: None,
        reading: how_to_read(),
        cleaning: Cleaning::Safe,
        rules: Rules::default(),
        filter: Filter::Off,
        filter_limits: None,
        mark: false,
        verify: false,
        ledger: None,
        ledger_text: LedgerText::On,
        summary: None,
        report: None,
        quarantine: None,
        threads: 2,
        batch: BatchSize::for_threads(2),
        verbosity: Verbosity::Quiet,
    };
    let expected = texts(sample).len() as u64;
    bencher.counter(BytesCount::new(n_bytes)).bench(|| {
        let summary = run_job(&settings).expect("samples and temporary files can be used");
        assert_eq!(summary.articles_in, expected);
    });
    std::fs::remove_file(output).expect("it was written");
}

/// Judging and learning, everything new and everything a copy.
#[divan::bench(args = SAMPLES)]
fn judge_twice(bencher: Bencher, sample: &str) {
    let records = |_| -> Vec<Prepared> {
        let prepare = |(nth, text): (usize, String)| {
            Prepared::new(Place { file: 0, record: nth as u64 }, RecordName::default(), text, PartSize::default(), &hasher())
        };
        texts(sample).into_iter().enumerate().map(prepare).collect()
    };
    let batches: Vec<Vec<Prepared>> = (0..2).map(records).collect();
    let n_bytes: usize = batches.iter().flatten().map(|record| record.text.len()).sum();
    bencher
        .counter(BytesCount::new(n_bytes))
        .with_inputs(|| Judge::new(Rules::default(), hasher(), TableSize::default()))
        .bench_local_values(|mut judge| {
            let n_removed: Vec<usize> = batches
                .iter()
                .map(|batch| judge.judge_batch(batch).iter().filter(|verdict| !verdict.removed.is_empty()).count())
                .collect();
            assert_eq!(n_removed[1], batches[1].len(), "a second reading finds that all was said");
        });
}
