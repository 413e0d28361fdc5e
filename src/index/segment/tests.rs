//! However kept text comes into a segment, its tables are those that it would have had in one go.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::corpus::{Place, RecordName};
use crate::fingerprint::{MinRun, PassageKey, Seed, ShingleHasher, WordHash, anchors, test_stream};
use crate::index::{ByShard, KeptStream, KeptText, TableSize};

/// The streams of a run, each with where its short passages begin, and how long they are.
type RunText = Vec<(Vec<u32>, Vec<(usize, usize)>)>;

fn shingles() -> ShingleHasher {
    ShingleHasher::new(Seed(3), MinRun::new(8).expect("in range"))
}

/// Keeps the streams of some runs, each from a chunk of its own on.
fn keep(runs: &[(u32, &RunText)], size: TableSize) -> KeptText {
    let mut kept = KeptText::new(shingles(), size);
    for (first_chunk, run) in runs {
        kept = kept.after(Vec::new(), Vec::new(), *first_chunk);
        for (nth, (words, passages)) in run.iter().enumerate() {
            let words: Vec<WordHash> = test_stream(words);
            let anchors = anchors(&words, &shingles());
            let lies_inside = |&&(start, len): &&(usize, usize)| start + len <= words.len();
            let key = |&(start, len): &(usize, usize)| (start as u32, shingles().own_key(&words[start..start + len]));
            let passages: Vec<(u32, PassageKey)> = passages.iter().filter(lies_inside).map(key).collect();
            let start = kept.keep_words(&words, Place { file: 0, record: nth as u64 }, &RecordName::default(), 0);
            let stream = KeptStream { start, words: &words, anchors: &anchors, passages: &passages };
            let sorted = ByShard::sort([(0, &anchors[..], &passages[..])].into_iter());
            for (nth, mut filling) in kept.filling().shards.into_iter().enumerate() {
                sorted.shard(nth).iter().for_each(|entry| filling.insert(entry, &[stream]));
            }
        }
    }
    kept
}

fn written(write: impl FnOnce(&File) -> io::Result<()>) -> Arc<Segment> {
    let file = tempfile::tempfile().expect("a file can be had");
    write(&file).expect("there is room");
    let segment = Segment::open(&file).expect("it is complete");
    segment.verify().expect("it is sound");
    Arc::new(segment)
}

fn segment_of(runs: &[(u32, &RunText)], size: TableSize) -> Arc<Segment> {
    let kept = keep(runs, size);
    written(|file| kept.write_held(&["a".to_owned()], file))
}

/// Tables, chunks of words with their numbers, and starts of records.
type Content = (Vec<Vec<(u64, WordPlace)>>, Vec<(u32, Vec<WordHash>)>, Vec<WordPlace>);

/// All that a segment says.
fn content(segment: &Segment) -> Content {
    let tables = TableKind::ALL.map(|kind| segment.table(kind).iter().collect()).to_vec();
    let words = segment.stored_chunks().map(|(nth, at)| (nth, segment.chunk(at).to_vec())).collect();
    (tables, words, segment.records().iter().map(|record| record.start).collect())
}

fn run_text() -> impl Strategy<Value = RunText> {
    let alphabet = select(vec![2, 3, 9, 60]);
    let words = alphabet.prop_flat_map(|n| prop::collection::vec(0..n as u32, 1..60));
    let passages = prop::collection::vec((0..40_usize, 4..8_usize), 0..4);
    prop::collection::vec((words, passages), 1..6)
}

proptest! {
    #[test]
    fn merged_runs_are_as_if_kept_in_one_go_and_without_some_records_as_if_these_never_were(
        runs in prop::collection::vec(run_text(), 2..5),
        places_per_anchor in select(vec![1, 2, 8]),
        gone in 0..5_usize,
        some_gone in prop::collection::vec(any::<bool>(), 25),
    ) {
        let size = TableSize { places_per_anchor, repeats_passages: true };
        let runs: Vec<(u32, &RunText)> = runs.iter().enumerate().map(|(nth, run)| (2 * nth as u32, run)).collect();
        let one_by_one: Vec<Arc<Segment>> = runs.iter().map(|run| segment_of(&[*run], size)).collect();
        let merged = written(|file| merge(&one_by_one, None, &shingles(), size, file));
        prop_assert_eq!(content(&merged), content(&segment_of(&runs, size)));
        prop_assert_eq!(merged.file_name(runs.len() as u32 - 1), Some("a"));

        let (gone, _) = runs[gone % runs.len()];
        let rest: Vec<(u32, &RunText)> = runs.iter().copied().filter(|(first, _)| *first != gone).collect();
        let without = |gone: &[bool]| content(&written(|file| write_without(&merged, gone, &shingles(), size, file)));
        let is_gone: Vec<bool> = merged.records().iter().map(|record| record.start.chunk() == gone).collect();
        prop_assert_eq!(without(&is_gone), content(&segment_of(&rest, size)));

        let mut some_gone = some_gone.into_iter().cycle();
        let is_gone: Vec<bool> = some_gone.by_ref().take(merged.records().iter().count()).collect();
        let mut stays = is_gone.iter().map(|is_gone| !is_gone);
        let left: Vec<(u32, RunText)> = runs
            .iter()
            .map(|(first, run)| (*first, run.iter().filter(|_| stays.next() == Some(true)).cloned().collect()))
            .collect();
        let left: Vec<(u32, &RunText)> = left.iter().map(|(first, run)| (*first, run)).collect();
        prop_assert_eq!(without(&is_gone), content(&segment_of(&left, size)));
    }
}
