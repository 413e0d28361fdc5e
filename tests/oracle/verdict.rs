//! What goes: the six verdicts, for one article (a text or a part of one).

use std::ops::Range;

use super::cover::{By, Kept, Own, View, account, by_run_or_passage, cover, cover_gaps, key};
use super::text::{self, Passage};
use super::words::{Forms, Word, joins, words};
use super::{Rules, Span};

/// A passage of fewer words is short.
const SHORT: usize = 8;

/// So many uncovered words in a row are news.
const NEWS: usize = 40;

/// An article as it is judged: its words, and how they lie in passages. All bytes are the record's.
#[derive(Debug)]
pub(super) struct Article<'a> {
    /// The record's text.
    text: &'a str,
    bytes: Range<usize>,
    /// How many words the record has before this article, which then is a part.
    pub(super) words_before: usize,
    pub(super) min_run: usize,
    pub(super) words: Vec<Word>,
    /// The matching forms of the words.
    pub(super) ids: Vec<u32>,
    /// The keys of all shingles, by first word.
    pub(super) shingles: Vec<u128>,
    pub(super) passages: Vec<Passage>,
}

impl<'a> Article<'a> {
    pub(super) fn read(
        text: &'a str,
        bytes: Range<usize>,
        words_before: usize,
        min_run: usize,
        forms: &mut Forms,
    ) -> Article<'a> {
        let moved = |range: &Range<usize>| bytes.start + range.start..bytes.start + range.end;
        let mut words = words(&text[bytes.clone()], forms);
        for word in &mut words {
            word.bytes = moved(&word.bytes);
        }
        let mut passages = text::passages(&text[bytes.clone()]);
        for passage in &mut passages {
            passage.content = moved(&passage.content);
            passage.line_break = moved(&passage.line_break);
            passage.words = beginning_in(&words, &passage.content);
        }
        let ids: Vec<u32> = words.iter().map(|word| word.form).collect();
        Article { text, bytes, words_before, min_run, shingles: ids.windows(min_run).map(key).collect(), words, ids, passages }
    }

    /// The account of the whole article.
    pub(super) fn account_whole(&self, view: View, reason: &'static str) -> Span {
        let words = 0..self.ids.len();
        account(view, self, words, &self.cover_all(view), &self.bytes, reason)
    }

    /// The account of an article that the filter drops: nothing covers it.
    pub(super) fn account_filtered(&self) -> Span {
        let ends = self.words.first().zip(self.words.last());
        Span {
            bytes: (self.bytes.start, self.bytes.end),
            reason: "filter",
            covered: 0,
            words: self.words.len(),
            covers: Vec::new(),
            lost: ends.map(|(first, last)| (first.bytes.start, last.bytes.end)).into_iter().collect(),
        }
    }

    /// What covers each word of the article.
    fn cover_all(&self, view: View) -> Vec<By> {
        let passages = self.passages.iter();
        passages.flat_map(|passage| cover(view, self, &passage.words)).collect()
    }

    /// > A **changed fact** is an uncovered word with a digit (`char::is_numeric`) in a passage
    /// > that is at least half covered.
    ///
    /// > With `--facts names` an uncovered name is a changed fact, too.
    fn has_changed_fact(&self, passage: usize, cover: &[By], names: bool) -> bool {
        2 * n_covered(cover) >= cover.len()
            && (0..cover.len()).any(|i| {
                let word = &self.words[self.passages[passage].words.start + i];
                let is_fact = word.has_digit && !word.lone_in_brackets || names && self.is_name(passage, i);
                cover[i] == By::Nothing && is_fact && !self.is_at_top(passage, i)
            })
    }

    /// > Not counted: the first passage when it has under 30 words, the first 10 words of the first
    /// > three passages (passages without words are not counted here), and a lone number in square
    /// > brackets
    fn is_at_top(&self, passage: usize, i: usize) -> bool {
        let words = &self.passages[passage].words;
        let before = self.passages[..passage].iter();
        let rank = before.filter(|passage| !passage.words.is_empty()).count();
        (rank == 0 && words.len() < 30) || (rank < 3 && i < 10)
    }

    /// > A **name** is a word of two letters or more that begins with a capital letter, is not the
    /// > first of its sentence, and has nothing but white space, commas and full stops between itself
    /// > and the word before. Where more than half of a passage's words of two letters or more begin
    /// > so, it has no names.
    fn is_name(&self, passage: usize, i: usize) -> bool {
        let Passage { content, words, .. } = &self.passages[passage];
        let words = &self.words[words.clone()];
        let long = words.iter().filter(|word| word.n_letters > 1);
        let n_capital = long.clone().filter(|word| word.is_capital).count();
        if i == 0 || words[i].n_letters < 2 || !words[i].is_capital || 2 * n_capital > long.count() {
            return false;
        }
        let sentence_of = |word: &Word| {
            let sentences = text::sentences(&self.text[content.clone()]);
            sentences.iter().position(|bytes| bytes.contains(&(word.bytes.start - content.start)))
        };
        let between = &self.text[words[i - 1].bytes.end..words[i].bytes.start];
        sentence_of(&words[i]) == sentence_of(&words[i - 1]) && joins(between)
    }
}

/// A word belongs to the passage, or the sentence, in which it starts.
fn beginning_in(words: &[Word], bytes: &Range<usize>) -> Range<usize> {
    let first = words.partition_point(|word| word.bytes.start < bytes.start);
    let last = words.partition_point(|word| word.bytes.start < bytes.end);
    first..last
}

fn n_covered(cover: &[By]) -> usize {
    cover.iter().filter(|by| **by != By::Nothing).count()
}

/// Whether the covered words are this fraction of all, or more.
fn reaches(cover: &[By], (numerator, denominator): (u64, u64)) -> bool {
    let [covered, words] = [n_covered(cover), cover.len()].map(|n| n as u128);
    covered * u128::from(denominator) >= words * u128::from(numerator)
}

/// What verdict 1 says.
#[derive(Debug)]
pub(super) enum Whole {
    Copy(Span),
    Update { of: Option<usize>, span: Span },
    Neither,
}

/// > 1. **Article.** Covered by other articles to `article-threshold` or more: a *copy*, out whole.
pub(super) fn whole_article(article: &Article, rules: &Rules, kept: &Kept) -> Whole {
    let others = View { others: kept, own: None };
    let cover = article.cover_all(others);
    if article.ids.is_empty() || !reaches(&cover, rules.article_threshold) {
        return Whole::Neither;
    }
    // > With a changed fact, or 40 uncovered words in a row or more, it is an *update*
    let has_changed_fact = rules.facts
        && article
            .passages
            .iter()
            .enumerate()
            .any(|(i, passage)| article.has_changed_fact(i, &cover[passage.words.clone()], rules.names));
    let is_news = |stretch: &[By]| stretch[0] == By::Nothing && stretch.len() >= NEWS;
    let has_news = cover.chunk_by(|a, b| (*a == By::Nothing) == (*b == By::Nothing)).any(is_news);
    if has_changed_fact || has_news {
        let span = article.account_whole(others, "update");
        let of = updated_record(&span);
        return Whole::Update { of, span };
    }
    Whole::Copy(article.account_whole(others, "copy"))
}

/// > the article whose kept text stands in most words of its receipts (the earliest of several)
fn updated_record(span: &Span) -> Option<usize> {
    let n_words = |record: usize| -> usize {
        let receipts = span.covers.iter().filter(|cover| cover.record == record);
        receipts.map(|cover| cover.n).sum()
    };
    let records = span.covers.iter().map(|cover| cover.record);
    records.max_by_key(|record| (n_words(*record), std::cmp::Reverse(*record)))
}

/// What becomes of a passage.
#[derive(Debug)]
pub(super) enum Fate {
    /// It stays, without these rows of sentences.
    Stays(Vec<Span>),
    /// It goes. Its line break is not in the span yet.
    Goes(Span),
}

/// A passage that would go if its neighbours let it.
#[derive(Debug)]
struct WouldGo {
    passage: usize,
    at_once: bool,
    span: Span,
}

/// The last passage of 8 words or more before the place in question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LastLong {
    /// There is none: the article's border.
    Border,
    WouldGo,
    Stays,
}

/// An article on its way through verdicts 2 to 5, passage by passage.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    rules: &'a Rules,
    kept: &'a Kept,
    article: &'a Article<'a>,
    own: &'a mut Own,
    last_long: LastLong,
    /// The open row: neighbouring passages that would go.
    row: Vec<WouldGo>,
    /// The short passages since the last long one that wait for the next: they would go if it
    /// would.
    waiting: Vec<WouldGo>,
    /// One of the short passages since the last long one is not fully covered, so that they all
    /// stay.
    shorts_stay: bool,
    /// Of the passages before the open row.
    fates: Vec<Fate>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(rules: &'a Rules, kept: &'a Kept, article: &'a Article<'a>, own: &'a mut Own) -> Judge<'a> {
        Judge {
            rules,
            kept,
            article,
            own,
            last_long: LastLong::Border,
            row: Vec::new(),
            waiting: Vec::new(),
            shorts_stay: false,
            fates: Vec::new(),
        }
    }

    /// What becomes of each passage. What stays is added to the article's own kept text.
    pub(super) fn passages(mut self) -> Vec<Fate> {
        for passage in 0..self.article.passages.len() {
            if self.words_of(passage).len() < SHORT {
                self.short_passage(passage);
            } else {
                self.long_passage(passage);
            }
        }
        // > The article's border counts as gone when the other side would go; an article of short
        // > passages only has nothing to go with.
        if self.last_long == LastLong::WouldGo {
            self.row.append(&mut self.waiting);
        }
        self.settle();
        self.fates
    }

    /// > 2. **Passages** of 8 words and more, in order: covered to `passage-threshold` or more,
    /// > without a changed fact: would go. A passage of 8 words and more that equals an earlier
    /// > kept passage of the same article goes at once.
    fn long_passage(&mut self, passage: usize) {
        let cover = cover(self.view(), self.article, &self.words_of(passage));
        let at_once = self.own.has_passage(&self.article.ids[self.words_of(passage)]);
        let has_changed_fact = self.rules.facts && self.article.has_changed_fact(passage, &cover, self.rules.names);
        let is_covered = reaches(&cover, self.rules.passage_threshold) && !has_changed_fact;
        if at_once || is_covered {
            self.row.append(&mut self.waiting);
            let span = self.account_passage(passage, &cover, "passage");
            self.row.push(WouldGo { passage, at_once, span });
            self.last_long = LastLong::WouldGo;
        } else {
            // > A row is settled when a passage stays (before that passage's sentences are looked
            // > at)
            self.settle();
            let cuts = self.sentences(passage);
            self.fates.push(Fate::Stays(cuts));
            self.last_long = LastLong::Stays;
        }
        self.shorts_stay = false;
    }

    /// > 4. **Short passages** (under 8 words, or none) between two longer ones would go if the
    /// > longer ones on both sides would, and each of them is fully covered or without words.
    ///
    /// One waits only as long as its other side can make a difference; when it cannot go any more,
    /// it stays.
    fn short_passage(&mut self, passage: usize) {
        let cover = cover(self.view(), self.article, &self.words_of(passage));
        if n_covered(&cover) < cover.len() {
            self.shorts_stay = true;
        }
        if self.last_long == LastLong::Stays || self.shorts_stay {
            self.settle();
            self.keep(passage);
        } else {
            let span = self.account_passage(passage, &cover, "short");
            self.waiting.push(WouldGo { passage, at_once: false, span });
        }
    }

    /// > 5. A **row** of neighbouring passages that would go, of fewer than `min-run` words
    /// > together, stays, save the ones that go at once.
    ///
    /// The short passages that still wait stay.
    fn settle(&mut self) {
        let row = std::mem::take(&mut self.row);
        let n_words: usize = row.iter().map(|would_go| would_go.span.words).sum();
        for WouldGo { passage, at_once, span } in row {
            if at_once || n_words >= self.rules.min_run {
                self.fates.push(Fate::Goes(span));
            } else {
                self.keep(passage);
            }
        }
        for WouldGo { passage, .. } in std::mem::take(&mut self.waiting) {
            self.keep(passage);
        }
    }

    fn keep(&mut self, passage: usize) {
        self.own.keep_passage(&self.article.ids[self.words_of(passage)]);
        self.fates.push(Fate::Stays(Vec::new()));
    }

    /// > 3. **Part of a passage.** A passage of 8 words and more that stays under 2: its sentences
    /// > in order.
    fn sentences(&mut self, passage: usize) -> Vec<Span> {
        let article = self.article;
        let content = &article.passages[passage].content;
        let words = self.words_of(passage);
        let first_kept = self.own.words().len();
        let mut without_gaps = Vec::new();
        let mut cover = Vec::new();
        let mut row: Option<Row> = None;
        let mut cuts = Vec::new();
        for bytes in text::sentences(&article.text[content.clone()]) {
            let bytes = content.start + bytes.start..content.start + bytes.end;
            let sentence = beginning_in(&article.words, &bytes);
            // > Words before the sentence in question keep the cover by 1 and 2 that they had in
            // > their own turn; the words from there on are judged against the kept text of that
            // > moment; gaps are found in the whole passage.
            let view = self.view();
            without_gaps.truncate(sentence.start - words.start);
            let rest = by_run_or_passage(view, article, &words, sentence.start);
            without_gaps.extend(rest);
            cover = without_gaps.clone();
            cover_gaps(view, article, &words, &mut cover);

            // > A sentence with words that are all covered joins the open row (or opens one), one
            // > without words joins an open row, any other sentence closes it, as the passage's end
            // > does.
            let own = &cover[sentence.start - words.start..sentence.end - words.start];
            let is_covered = n_covered(own) == own.len();
            match &mut row {
                Some(row) if is_covered => row.extend(bytes, sentence),
                None if is_covered && !sentence.is_empty() => {
                    row = Some(Row { bytes, words: sentence });
                }
                _ => {
                    cuts.extend(row.take().and_then(|row| self.close(row, passage, &cover)));
                    // > Kept sentences count as kept text at once, sentences of an open row don't.
                    self.own.keep_words(&article.ids[sentence]);
                }
            }
        }
        cuts.extend(row.and_then(|row| self.close(row, passage, &cover)));
        self.own.end_passage(first_kept);
        cuts
    }

    /// > A row of `min-cut` words or more is cut when it closes; else its sentences are kept.
    fn close(&mut self, row: Row, passage: usize, cover: &[By]) -> Option<Span> {
        let article = self.article;
        if self.rules.min_cut.is_none_or(|min| row.words.len() < min) {
            self.own.keep_words(&article.ids[row.words]);
            return None;
        }
        let Passage { content, words, .. } = &article.passages[passage];
        let cover = &cover[row.words.start - words.start..row.words.end - words.start];
        let bytes = cut(article.text, content, row.bytes);
        let span = account(self.view(), article, row.words, cover, &bytes, "part");
        assert_eq!(span.covered, span.words, "a row is fully covered");
        Some(span)
    }

    fn account_passage(&self, passage: usize, cover: &[By], reason: &'static str) -> Span {
        let Passage { content, words, .. } = &self.article.passages[passage];
        account(self.view(), self.article, words.clone(), cover, content, reason)
    }

    fn words_of(&self, passage: usize) -> Range<usize> {
        self.article.passages[passage].words.clone()
    }

    /// The kept text of this moment.
    fn view(&self) -> View<'_> {
        View { others: self.kept, own: Some(self.own) }
    }
}

/// Neighbouring sentences that would be cut.
#[derive(Debug)]
struct Row {
    bytes: Range<usize>,
    words: Range<usize>,
}

impl Row {
    fn extend(&mut self, bytes: Range<usize>, words: Range<usize>) {
        self.bytes.end = bytes.end;
        self.words.end = words.end;
    }
}

/// > A cut takes its sentences and the white space after them; at the passage's end, the white
/// > space before them and all that follows them in the passage.
fn cut(text: &str, passage: &Range<usize>, row: Range<usize>) -> Range<usize> {
    if row.end == passage.end {
        let before = &text[passage.start..row.start];
        return passage.start + before.trim_end().len()..passage.end;
    }
    let after = &text[row.end..passage.end];
    row.start..passage.end - after.trim_start().len()
}
