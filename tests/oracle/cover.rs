//! The kept text, which words of an article it covers, and the receipts for that.

use std::collections::HashMap;
use std::ops::Range;

use xxhash_rust::xxh3::xxh3_128;

use super::verdict::Article;
use super::{Cover, Span};

/// A gap has so many words or more.
const MIN_GAP: usize = 4;

/// A word of the kept text: which article's, and which of its kept words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    article: usize,
    word: usize,
}

/// > what the articles before it left in the output, each as one stream of words
#[derive(Debug)]
struct Stream {
    record: usize,
    /// How many words the record's earlier parts kept.
    words_before: usize,
    words: Vec<u32>,
}

/// The first place of every shingle and of every kept passage of some kept text.
#[derive(Debug, Default)]
struct Places {
    shingles: HashMap<u128, Place>,
    passages: HashMap<Vec<u32>, Place>,
}

/// A shingle as a key of a map. It stands for the words themselves: among the shingles of any
/// corpus that fits a machine, two different ones with the same 128 bits do not occur.
pub(super) fn key(shingle: &[u32]) -> u128 {
    let bytes: Vec<u8> = shingle.iter().flat_map(|word| word.to_le_bytes()).collect();
    xxh3_128(&bytes)
}

/// The kept text of the articles before the one in question.
#[derive(Debug, Default)]
pub(super) struct Kept {
    streams: Vec<Stream>,
    places: Places,
}

impl Kept {
    /// Adds what an article kept. What an earlier one holds too keeps its place there.
    pub(super) fn add(&mut self, own: Own) {
        self.streams.push(own.stream);
        for (shingle, place) in own.places.shingles {
            self.places.shingles.entry(shingle).or_insert(place);
        }
        for (passage, place) in own.places.passages {
            self.places.passages.entry(passage).or_insert(place);
        }
    }
}

/// What is kept so far of the article in question.
#[derive(Debug)]
pub(super) struct Own {
    article: usize,
    min_run: usize,
    stream: Stream,
    places: Places,
}

impl Own {
    pub(super) fn new(kept: &Kept, record: usize, words_before: usize, min_run: usize) -> Own {
        Own {
            article: kept.streams.len(),
            min_run,
            stream: Stream { record, words_before, words: Vec::new() },
            places: Places::default(),
        }
    }

    pub(super) fn words(&self) -> &[u32] {
        &self.stream.words
    }

    /// Appends words to the stream, and with them each shingle that they complete.
    pub(super) fn keep_words(&mut self, words: &[u32]) {
        for &word in words {
            self.stream.words.push(word);
            if let Some(first) = self.stream.words.len().checked_sub(self.min_run) {
                let place = self.place(first);
                let shingle = key(&self.stream.words[first..]);
                self.places.shingles.entry(shingle).or_insert(place);
            }
        }
    }

    /// > A **kept passage** is a passage with its words as they were left.
    ///
    /// The words from `first` on are one; where there are none, it could equal nothing.
    pub(super) fn end_passage(&mut self, first: usize) {
        let words = &self.stream.words[first..];
        if !words.is_empty() {
            let place = self.place(first);
            let words = words.to_vec();
            self.places.passages.entry(words).or_insert(place);
        }
    }

    pub(super) fn keep_passage(&mut self, words: &[u32]) {
        let first = self.stream.words.len();
        self.keep_words(words);
        self.end_passage(first);
    }

    pub(super) fn has_passage(&self, words: &[u32]) -> bool {
        self.places.passages.contains_key(words)
    }

    fn place(&self, word: usize) -> Place {
        Place { article: self.article, word }
    }
}

/// The kept text that something is judged against.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) others: &'a Kept,
    /// `None` where only other articles count.
    pub(super) own: Option<&'a Own>,
}

impl View<'_> {
    /// > Its place is where it was kept first: in other articles by priority order, in the
    /// > article's own kept text only where no other holds it.
    fn first<'a>(&'a self, find: impl Fn(&'a Places) -> Option<&'a Place>) -> Option<Place> {
        let others = find(&self.others.places);
        others.or_else(|| find(&self.own?.places)).copied()
    }

    /// The place of the shingle that begins at this word of the article's stream.
    fn shingle(&self, article: &Article, first: usize) -> Option<Place> {
        let key = article.shingles.get(first)?;
        self.first(|places| places.shingles.get(key))
    }

    fn passage(&self, words: &[u32]) -> Option<Place> {
        self.first(|places| places.passages.get(words))
    }

    fn stream(&self, place: Place) -> &Stream {
        match self.own {
            Some(own) if own.article == place.article => &own.stream,
            _ => &self.others.streams[place.article],
        }
    }
}

/// What a word is covered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Nothing,
    Run,
    /// Its passage or its gap, which begins and ends at these words of the stream, equals the kept
    /// passage at that place.
    Equal {
        begin: usize,
        end: usize,
        place: Place,
    },
}

/// What covers each word of a passage.
pub(super) fn cover(view: View, article: &Article, passage: &Range<usize>) -> Vec<By> {
    let mut cover = by_run_or_passage(view, article, passage, passage.start);
    cover_gaps(view, article, passage, &mut cover);
    cover
}

/// What covers each word of a passage from `from` on, gaps aside.
pub(super) fn by_run_or_passage(view: View, article: &Article, passage: &Range<usize>, from: usize) -> Vec<By> {
    // > 2. when its whole passage equals a kept passage
    let equal = match view.passage(&article.ids[passage.clone()]) {
        Some(place) => By::Equal { begin: passage.start, end: passage.end, place },
        None => By::Nothing,
    };
    let mut cover = vec![equal; passage.end - from];
    // > 1. when it lies in a run of at least `min-run` words of the article's stream that stands in
    // > the kept text of one article (runs cross passage borders on both sides)
    //
    // A word lies in such a run when it lies in a shingle that stands there.
    for first in from.saturating_sub(article.min_run - 1)..passage.end {
        if view.shingle(article, first).is_some() {
            let run = first.max(from)..(first + article.min_run).min(passage.end);
            cover[run.start - from..run.end - from].fill(By::Run);
        }
    }
    cover
}

/// > 3. when it lies in a gap, a longest stretch of words of one passage that are not covered by 1
/// > or 2, of 4 words or more, and the gap as a whole equals a kept passage
pub(super) fn cover_gaps(view: View, article: &Article, passage: &Range<usize>, cover: &mut [By]) {
    let mut begin = passage.start;
    for stretch in cover.chunk_by_mut(|a, b| (*a == By::Nothing) == (*b == By::Nothing)) {
        let end = begin + stretch.len();
        if stretch[0] == By::Nothing
            && stretch.len() >= MIN_GAP
            && let Some(place) = view.passage(&article.ids[begin..end])
        {
            stretch.fill(By::Equal { begin, end, place });
        }
        begin = end;
    }
}

/// > Every span taken out (a passage, a row of sentences, a whole article) is accounted for from
/// > its first word on.
///
/// `words` is what the span holds of the article's stream, `cover` what covers each of them.
pub(super) fn account(
    view: View,
    article: &Article,
    words: Range<usize>,
    cover: &[By],
    bytes: &Range<usize>,
    reason: &'static str,
) -> Span {
    let mut covers = Vec::new();
    let mut lost: Vec<Range<usize>> = Vec::new();
    let mut at = words.start;
    while at < words.end {
        if let Some((place, n)) = receipt(view, article, at, words.end, cover[at - words.start]) {
            let stream = view.stream(place);
            covers.push(Cover {
                record: stream.record,
                first: stream.words_before + place.word,
                at: article.words_before + at,
                n,
            });
            at += n;
        } else {
            // > else *w* is lost, and listed.
            match lost.last_mut() {
                Some(last) if last.end == at => last.end = at + 1,
                _ => lost.push(at..at + 1),
            }
            at += 1;
        }
    }
    let covered = cover.iter().filter(|by| **by != By::Nothing).count();
    let accounted: usize = covers.iter().map(|cover| cover.n).sum();
    assert_eq!(covered, accounted, "the covered words are those with a receipt");
    let bytes_of = |lost: &Range<usize>| {
        let start = article.words[lost.start].bytes.start;
        (start, article.words[lost.end - 1].bytes.end)
    };
    Span {
        bytes: (bytes.start, bytes.end),
        reason,
        covered,
        words: words.len(),
        covers,
        lost: lost.iter().map(bytes_of).collect(),
    }
}

/// Where the words from `at` on stand in kept text, and how many of them, in a span that ends at
/// `end`.
fn receipt(view: View, article: &Article, at: usize, end: usize, by: By) -> Option<(Place, usize)> {
    // > of the `min-run`-word shingles of the article's stream that hold *w* and stand in kept
    // > text, the one that begins last but not after *w*.
    let earliest = at.saturating_sub(article.min_run - 1);
    let found = (earliest..=at).rev().find_map(|first| Some((first, view.shingle(article, first)?)));
    if let Some((first, place)) = found {
        let place = Place { word: place.word + (at - first), ..place };
        // > The receipt is that place, extended to the right as far as the words are equal, cut at
        // > the span's end
        let kept = &view.stream(place).words[place.word..];
        let pairs = article.ids[at..end].iter().zip(kept);
        let n = pairs.take_while(|(word, kept)| word == kept).count();
        return Some((place, n));
    }
    // > else, if *w* is covered by an equal passage or gap: the first kept passage equal to it
    // > (others' before its own), from *w* to the end of that passage or gap, cut at the span's end
    if let By::Equal { begin, end: last, place } = by {
        let place = Place { word: place.word + (at - begin), ..place };
        return Some((place, last.min(end) - at));
    }
    None
}
