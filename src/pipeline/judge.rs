//! Judging in parallel, with one answer.
//!
//! Most articles of a batch have nothing in common with each other, or nothing by which they lose words: they are judged side by side, against the text kept before
//! the batch. The others wait, and are judged in order against all that was kept before them. What was kept then goes into the index, shard by shard.

use std::collections::HashSet;

use rayon::prelude::*;

use super::filtering::Filtering;
use super::large::is_large;
use super::sharing::Sharing;
use crate::corpus::{Place, RecordName};
use crate::decide::{
    Article, Candidates, Judgement, RecordVerdict, Rules, Touched, Verdict, filtered, judge, judge_early, record_verdict,
};
use crate::filter::{Finding, Limits};
use crate::fingerprint::{Anchor, Fingerprint, MixedHashing, PassageKey, ShingleHasher};
use crate::index::{ByShard, Filling, KeptRecords, KeptStream, KeptText, ShardFilling, Spot, TableSize, WordPlace};
use crate::language::Language;
use crate::split::{PartSize, parts};

/// A record that is ready to be judged.
#[derive(Debug, Clone, Default)]
pub struct Prepared {
    /// Where it stood in the input.
    pub place: Place,
    /// What it is called.
    pub name: RecordName,
    /// Its cleaned text.
    pub text: String,
    /// What is known of the text, part by part.
    pub parts: Vec<Fingerprint>,
    /// Whether the text is small enough to be judged as a whole.
    pub is_whole: bool,
    /// The language that the record says it is in.
    pub language: Option<Language>,
    /// Whether capital letters make names in its text; asked for only where names are facts.
    pub has_names: bool,
    /// How many of its words are kept already, where these are not its first parts.
    pub kept_before: usize,
}

impl Prepared {
    /// Splits and fingerprints a record's cleaned text.
    pub fn new(place: Place, name: RecordName, text: String, part_size: PartSize, shingles: &ShingleHasher) -> Self {
        let parts = parts(&text, part_size);
        let print = |part| Fingerprint::of(&text, part, shingles);
        let is_large = is_large(parts.len());
        let parts = parts.into_par_iter().map(|part| if is_large { print(part).only_passages() } else { print(part) }).collect();
        let is_whole = text.len() <= part_size.wanted;
        Self { place, name, text, parts, is_whole, language: None, has_names: false, kept_before: 0 }
    }

    /// A part of the record as it is judged; it is article number `nth` of its batch.
    fn article<'a>(&'a self, print: &'a Fingerprint, candidates: Candidates<'a>, sharing: &Sharing, nth: usize) -> Article<'a> {
        Article {
            text: &self.text[print.part.range()],
            print,
            is_whole: self.is_whole,
            repeats_itself: sharing.repeats_itself[nth],
            has_names: self.has_names,
            candidates,
        }
    }
}

/// Judges records, batch after batch, and remembers what was kept.
#[derive(Debug)]
pub struct Judge {
    rules: Rules,
    filtering: Filtering,
    kept: KeptText,
    /// The memory of what was found out about the last batch.
    spare: Sharing,
}

/// A batch on its way: judged as far as could be done side by side.
#[derive(Debug)]
pub(super) struct Provisional {
    sharing: Sharing,
    /// For each part of each record; `None` where it has to wait for others.
    judgements: Vec<Option<Judgement>>,
    /// For each of them: what the filter found out about what is left by that judgement, or, where there is none, about the whole text.
    findings: Vec<Option<Finding>>,
}

/// A batch's verdicts, and what is still to be added to the index.
#[derive(Debug)]
pub(super) struct Settled {
    /// One for each record.
    pub(super) verdicts: Vec<RecordVerdict>,
    /// One for each part of each record.
    pub(super) parts: Vec<SettledPart>,
    sharing: Sharing,
}

/// What was decided over a part, and where what is left of it is kept.
#[derive(Debug)]
pub(super) struct SettledPart {
    pub(super) judgement: Judgement,
    start: WordPlace,
}

impl Judge {
    /// A judge who has read nothing yet.
    pub fn new(rules: Rules, shingles: ShingleHasher, size: TableSize) -> Self {
        Self::knowing(rules, KeptText::new(shingles, size))
    }

    /// The same judge, who holds what is left of articles to the limits of the quality filter, and `drops` those that fail.
    #[must_use]
    pub fn with_filter(self, limits: Limits, drops: bool) -> Self {
        Self { filtering: Filtering::new(limits, drops), ..self }
    }

    /// A judge who knows what is kept already.
    pub fn knowing(rules: Rules, kept: KeptText) -> Self {
        Self { rules, filtering: Filtering::default(), kept, spare: Sharing::default() }
    }

    /// What was kept so far.
    pub fn kept(&self) -> &KeptText {
        &self.kept
    }

    pub(super) fn kept_mut(&mut self) -> &mut KeptText {
        &mut self.kept
    }

    /// Judges a batch without large records from first to last.
    pub(super) fn judge_all(&mut self, batch: &[Prepared]) -> Settled {
        let provisional = self.judge_side_by_side(batch);
        let mut settled = self.settle(batch, provisional);
        self.learn_while(batch, &mut settled, |_| ());
        settled
    }

    /// The first step, on all threads: everything that doesn't depend on the rest of the batch.
    pub(super) fn judge_side_by_side(&mut self, batch: &[Prepared]) -> Provisional {
        let articles: Vec<(&Prepared, &Fingerprint)> =
            batch.iter().flat_map(|record| record.parts.iter().map(move |print| (record, print))).collect();
        let prints: Vec<&Fingerprint> = articles.iter().map(|(_, print)| *print).collect();
        let sharing = std::mem::take(&mut self.spare).find_again(&prints, &self.kept);
        let judgements = articles.par_iter().enumerate().map(|(nth, (record, print))| {
            let article = || record.article(print, sharing.settled(nth), &sharing, nth);
            let before = |spot: Spot| (spot, prints[spot.article()]);
            let shared = sharing.shared_before(nth).map(|(spot, chain)| (spot, chain.map(before)));
            // What is mostly in the batch will hardly be told early.
            let is_mostly_new = sharing.n_shared_before(nth) <= print.anchors.len() / 2;
            let judgement = is_mostly_new.then(|| judge_early(&article(), shared, &self.kept, &self.rules)).flatten();
            let finding = self.filtering.look_at(record, judgement.as_ref());
            (judgement, finding)
        });
        let (judgements, findings) = judgements.unzip();
        Provisional { judgements, findings, sharing }
    }

    /// The second step, in order: the articles that had to wait. From here on the batch's kept words are known.
    pub(super) fn settle(&mut self, batch: &[Prepared], provisional: Provisional) -> Settled {
        let Provisional { sharing, judgements, findings } = provisional;
        let (verdicts, parts) = (Vec::with_capacity(batch.len()), Vec::with_capacity(judgements.len()));
        let mut settled = Settled { verdicts, parts, sharing };
        let sharing = &settled.sharing;
        let mut late = Late::default();
        let mut provisional = judgements.into_iter().zip(findings);
        for record in batch {
            let mut first_word = record.kept_before;
            let first_part = settled.parts.len();
            let mut finding = None;
            for print in &record.parts {
                let nth = settled.parts.len();
                let still_holds = |early: &Judgement| !late.concerns(print, early, sharing, nth);
                let (early, early_finding) = provisional.next().expect("each part was looked at");
                let has_waited = early.is_none();
                let early = early.filter(still_holds);
                let is_late = early.is_none();
                let judgement = early.unwrap_or_else(|| {
                    let spots = late.candidates(print, sharing, nth);
                    judge(&record.article(print, Candidates { spots: &spots }, sharing, nth), &self.kept, &self.rules)
                });
                // Of an article that waited, all was looked at, which is enough where nothing goes.
                finding = if is_late && !(has_waited && is_left_whole(&judgement)) {
                    self.filtering.look_at(record, Some(&judgement))
                } else {
                    early_finding
                };
                let judgement = if self.filtering.drops(finding.as_ref()) {
                    filtered(&record.article(print, Candidates::default(), sharing, nth))
                } else {
                    judgement
                };
                let part = self.keep(record, print, judgement, first_word);
                self.tell_batch(print, &part, &mut late, sharing, nth);
                first_word += part.left(print).words.len();
                settled.parts.push(part);
            }
            let parts: Vec<_> = record.parts.iter().zip(settled.parts[first_part..].iter().map(|part| &part.judgement)).collect();
            settled.verdicts.push(RecordVerdict { filter: finding, ..record_verdict(&parts, record.text.len()) });
        }
        settled.sharing.forget_hashes();
        settled
    }

    /// Keeps what is left of a part.
    fn keep(&mut self, record: &Prepared, print: &Fingerprint, judgement: Judgement, first_word: usize) -> SettledPart {
        let mut part = SettledPart { judgement, start: WordPlace(0) };
        let words = part.left(print).words;
        if !words.is_empty() {
            part.start = self.kept.keep_words(words, record.place, &record.name, first_word);
        }
        part
    }

    /// Makes known to the rest of the batch what is left of a part, which is article number `nth`, as far as the others may ask for it.
    fn tell_batch(&mut self, print: &Fingerprint, part: &SettledPart, late: &mut Late, sharing: &Sharing, nth: usize) {
        let left = part.left(print);
        if left.words.is_empty() {
            return;
        }
        let Some(touched) = &part.judgement.touched else {
            return self.kept.remember_for_batch(&left, sharing.shared_anchors(nth, print));
        };
        let anchors: Vec<(&Anchor, Option<u32>)> = touched.anchors.iter().zip(foretold(print, touched)).collect();
        late.add(print, touched, &anchors, sharing);
        late.across_seams.extend(touched.anchors_across_seams(self.rules.min_run.words()).map(|anchor| anchor.hash));
        let mut shared = sharing.shared(nth).take_while(|spot| !spot.is_passage()).map(|spot| spot.word).peekable();
        let mut is_shared = |word| {
            while shared.next_if(|&before| before < word).is_some() {}
            shared.peek() == Some(&word)
        };
        let may_be_asked_for = |(anchor, foretold): &(&Anchor, Option<u32>)| {
            foretold.map_or_else(|| sharing.may_be_in_batch(anchor.hash), &mut is_shared)
        };
        self.kept.remember_for_batch(&left, anchors.into_iter().filter(may_be_asked_for).map(|(anchor, _)| anchor));
    }

    /// The last step, on all threads: the index learns what was kept of a batch, while something is done that needs to know the kept records.
    pub(super) fn learn_while<T: Send>(
        &mut self,
        batch: &[Prepared],
        settled: &mut Settled,
        meanwhile: impl FnOnce(KeptRecords<'_>) -> T + Send,
    ) -> T {
        self.kept.forget_batch();
        let prints = batch.iter().flat_map(|record| &record.parts);
        let streams: Vec<KeptStream<'_>> = prints.zip(&settled.parts).map(|(print, part)| part.left(print)).collect();
        let is_untouched: Vec<bool> = settled.parts.iter().map(SettledPart::is_untouched).collect();
        let touched = streams.iter().enumerate().filter(|(nth, _)| !is_untouched[*nth]);
        let touched = ByShard::sort(touched.map(|(nth, stream)| (nth, stream.anchors, stream.passages)));
        let Filling { shards, words, records } = self.kept.filling();
        let fill = |(nth, mut filling): (usize, ShardFilling<'_>)| {
            let mut touched = touched.shard(nth).iter().peekable();
            for entries in settled.sharing.shard(nth) {
                filling.prefetch(entries);
                for entry in entries {
                    let article = entry.1.article();
                    while let Some(earlier) = touched.next_if(|earlier| earlier.1.article() < article) {
                        filling.insert(earlier, &streams);
                    }
                    if is_untouched[article] {
                        filling.insert(entry, &streams);
                    }
                }
            }
            touched.for_each(|entry| filling.insert(entry, &streams));
        };
        // The next batch will keep about as many words, one article after the other: what can be done for that side by side with others is done now.
        let make_ready = || words.make_ready(streams.iter().map(|stream| stream.words.len()).sum());
        let fill_all = || shards.into_par_iter().enumerate().for_each(fill);
        let ((), (result, ())) = rayon::join(fill_all, || rayon::join(|| meanwhile(records), make_ready));
        self.spare = std::mem::take(&mut settled.sharing).spare();
        result
    }
}

impl SettledPart {
    /// Whether everything of the part is kept.
    fn is_untouched(&self) -> bool {
        self.judgement.verdict == Verdict::Keep && self.judgement.touched.is_none()
    }

    /// What is left of the part, as the index takes it.
    pub(super) fn left<'a>(&'a self, print: &'a Fingerprint) -> KeptStream<'a> {
        let start = self.start;
        match (&self.judgement.verdict, &self.judgement.touched) {
            (Verdict::Drop(_), _) => KeptStream { start, words: &[], anchors: &[], passages: &[] },
            (Verdict::Keep, Some(Touched { words, anchors, passages, .. })) => KeptStream { start, words, anchors, passages },
            (Verdict::Keep, None) => {
                KeptStream { start, words: &print.words, anchors: &print.anchors, passages: &print.short_passages }
            }
        }
    }
}

/// Anchors and passages that came about in this batch only when something was taken out of an article: no fingerprint foretold them.
#[derive(Debug, Default)]
struct Late {
    hashes: HashSet<u64, MixedHashing>,
    /// The anchors of runs that came about, across seams: such an anchor may have been foretold, but with other words around it.
    across_seams: HashSet<u64, MixedHashing>,
    /// Whether an article of the batch may have one of them.
    may_be_in_batch: bool,
}

impl Late {
    /// Notes what is new in what was left of an article; `anchors` are those of it, each with where its fingerprint foretold it.
    fn add(&mut self, print: &Fingerprint, touched: &Touched, anchors: &[(&Anchor, Option<u32>)], sharing: &Sharing) {
        let anchors = anchors.iter().filter(|(_, foretold)| foretold.is_none());
        let words = touched.words_in_article(touched.passages.iter().map(|(word, _)| *word));
        let passages = words.zip(&touched.passages).filter(|(word, (_, key))| {
            let foretold = print.short_passages.binary_search(&(*word, *key));
            foretold.is_err()
        });
        for hash in anchors.map(|(anchor, _)| anchor.hash).chain(passages.map(|(_, (_, key))| key.0)) {
            self.may_be_in_batch |= sharing.may_be_in_batch(hash);
            self.hashes.insert(hash);
        }
    }

    /// What of article number `nth` may have a place in kept text by now.
    fn candidates(&self, print: &Fingerprint, sharing: &Sharing, nth: usize) -> Vec<Spot> {
        let mut spots: Vec<Spot> = sharing.settled(nth).spots.iter().copied().chain(sharing.shared(nth)).collect();
        if self.may_be_in_batch {
            let anchors = print.anchors.iter().filter(|anchor| self.is_late(anchor.hash));
            spots.extend(anchors.map(|anchor| Spot::anchor(nth, anchor.word)));
            let passages = print.short_passages.iter().filter(|(_, key)| self.is_late(key.0));
            spots.extend(passages.map(|(word, _)| Spot::passage(nth, *word)));
        }
        // This sort merges what is sorted already.
        spots.sort();
        spots.dedup();
        spots
    }

    fn is_late(&self, hash: u64) -> bool {
        self.hashes.contains(&hash)
    }

    /// Whether a judgement that was made side by side may be wrong by now: something late might cover the article, or a gap of it, which no fingerprint names, may
    /// equal a passage of an article before.
    fn concerns(&self, print: &Fingerprint, early: &Judgement, sharing: &Sharing, nth: usize) -> bool {
        let is_gap_known = early.gaps_looked_up.iter().any(|key| sharing.may_be_known_before(key.0, nth) || self.is_late(key.0));
        let may_hold_seam = || sharing.shared_anchors(nth, print).any(|anchor| self.across_seams.contains(&anchor.hash));
        is_gap_known
            || !self.across_seams.is_empty() && may_hold_seam()
            || self.may_be_in_batch && hashes(&print.anchors, &print.short_passages).any(|hash| self.is_late(hash))
    }
}

/// For each anchor of what is left of an article, which word of the article it begins with, if the article has the same anchor there.
fn foretold<'a>(print: &'a Fingerprint, touched: &'a Touched) -> impl Iterator<Item = Option<u32>> + 'a {
    let mut own = print.anchors.iter().peekable();
    let words = touched.words_in_article(touched.anchors.iter().map(|anchor| anchor.word));
    words.zip(&touched.anchors).map(move |(word, anchor)| {
        while own.next_if(|own| own.word < word).is_some() {}
        let is_same = own.peek().is_some_and(|own| own.word == word && own.hash == anchor.hash);
        is_same.then_some(word)
    })
}

/// Whether nothing goes by a judgement.
fn is_left_whole(judgement: &Judgement) -> bool {
    judgement.verdict == Verdict::Keep && judgement.removals.is_empty()
}

fn hashes(anchors: &[Anchor], passages: &[(u32, PassageKey)]) -> impl Iterator<Item = u64> {
    anchors.iter().map(|anchor| anchor.hash).chain(passages.iter().map(|(_, key)| key.0))
}
