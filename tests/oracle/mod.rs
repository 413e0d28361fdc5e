//! The oracle: `docs/definition.md` spelled out in code, slow and obvious.
//!
//! It holds every shingle of the kept text and looks up every shingle of an article. No anchors, no
//! sampling, no bounded neighbourhood: where the engine is clever, this is plain, and the two must
//! agree on every verdict, byte and receipt. The comments that begin with `>` are sentences of the
//! definition, each at the place that carries it out.
//!
//! To read, in order: `words` (text to words), `text` (text to parts, passages, sentences), `cover`
//! (kept text, what is covered, receipts), `verdict` (what goes), this file (one record after
//! another, and its bytes), `cases` (tests).

mod cases;
mod cover;
mod text;
mod verdict;
mod words;

use std::ops::Range;

use cover::{Kept, Own, View};
use text::Passage;
use verdict::{Article, Fate, Judge, Whole};
use words::Forms;

/// The settings that the definition knows.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub(crate) min_run: usize,
    /// `None`: never cut.
    pub(crate) min_cut: Option<usize>,
    /// Numerator and denominator.
    pub(crate) article_threshold: (u64, u64),
    pub(crate) passage_threshold: (u64, u64),
    pub(crate) facts: bool,
    /// Whether names are facts, too, and the articles are in a language that gives a capital letter to
    /// names only.
    pub(crate) names: bool,
    /// The rule of a filter that drops: an article of which fewer words are left goes.
    pub(crate) fewest_words: usize,
    pub(crate) updates: Updates,
    /// A text longer than the first is judged in parts of at most the second.
    pub(crate) part_bytes: (usize, usize),
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            min_run: 15,
            min_cut: Some(50),
            article_threshold: (4, 5),
            passage_threshold: (9, 10),
            facts: true,
            names: false,
            fewest_words: 0,
            updates: Updates::Whole,
            part_bytes: (1 << 20, 2 << 20),
        }
    }
}

/// What becomes of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Updates {
    Whole,
    Cut,
    Drop,
}

/// A receipt: words of this record and the kept words that they equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cover {
    /// The covering record, by its place in the input; may be the record itself.
    pub(crate) record: usize,
    /// The first covering word, counted in that record's final kept text, over all its parts.
    pub(crate) first: usize,
    /// The first covered word, counted in this record's whole word stream, over all its parts.
    pub(crate) at: usize,
    /// How many words.
    pub(crate) n: usize,
}

/// A span of a record and its account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) bytes: (usize, usize),
    /// `copy`, `update`, `passage`, `part`, `short`, `nothing-left` or `filter`.
    pub(crate) reason: &'static str,
    pub(crate) covered: usize,
    pub(crate) words: usize,
    pub(crate) covers: Vec<Cover>,
    /// Stretches of lost words, each from the start of its first word to the end of its last.
    pub(crate) lost: Vec<(usize, usize)>,
}

/// What becomes of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// `None`: the record goes.
    pub(crate) output: Option<String>,
    pub(crate) update_of: Option<usize>,
    /// In text order; of an update, first the entry of the whole text, which takes nothing out.
    pub(crate) spans: Vec<Span>,
}

/// > Articles are judged one after another, in input order, each once, against the **kept text**.
pub(crate) fn judge_all(texts: &[String], rules: &Rules) -> Vec<Outcome> {
    assert!(rules.min_run > 0, "a run has words");
    let mut forms = Forms::default();
    let mut kept = Kept::default();
    let mut outcomes = Vec::new();
    for (record, text) in texts.iter().enumerate() {
        // > A text over 1 MiB is judged in parts.
        outcomes.push(if text.len() > rules.part_bytes.0 {
            judge_in_parts(record, text, rules, &mut forms, &mut kept)
        } else {
            judge_as_one(record, text, rules, &mut forms, &mut kept)
        });
    }
    outcomes
}

fn judge_as_one(record: usize, text: &str, rules: &Rules, forms: &mut Forms, kept: &mut Kept) -> Outcome {
    let article = Article::read(text, 0..text.len(), 0, rules.min_run, forms);
    let mut own = Own::new(kept, record, 0, rules.min_run);
    let update = match verdict::whole_article(&article, rules, kept) {
        Whole::Copy(span) => return gone(span),
        Whole::Update { span, .. } if rules.updates == Updates::Drop => {
            return gone(Span { reason: "copy", ..span });
        }
        Whole::Update { .. } if rules.updates == Updates::Whole && article.ids.len() < rules.fewest_words => {
            return gone(article.account_filtered());
        }
        Whole::Update { of, span } if rules.updates == Updates::Whole => {
            for passage in &article.passages {
                own.keep_passage(&article.ids[passage.words.clone()]);
            }
            kept.add(own);
            return Outcome { output: Some(text.to_owned()), update_of: of, spans: vec![span] };
        }
        Whole::Update { of, span } => Some((of, span)),
        Whole::Neither => None,
    };

    let fates = Judge::new(rules, kept, &article, &mut own).passages();
    // > 6. An article that had words and of which no word is left goes whole.
    //
    // > For a copy, and for an article of which nothing is left, it is the other articles'.
    if !article.ids.is_empty() && own.words().is_empty() {
        let others = View { others: kept, own: None };
        return gone(article.account_whole(others, "nothing-left"));
    }
    // > 7. With `--filter drop`, an article of which something is left goes whole if that fails the
    // > filter.
    if own.words().len() < rules.fewest_words {
        return gone(article.account_filtered());
    }
    kept.add(own);

    let mut outcome = without(text, spans(&article.passages, fates));
    if let Some((of, span)) = update {
        outcome.update_of = of;
        outcome.spans.insert(0, span);
    }
    outcome
}

/// > Parts are articles of their own, each after the one before it, for everything but verdict 1,
/// > which doesn't apply to them, and receipts, which name record and word.
fn judge_in_parts(record: usize, text: &str, rules: &Rules, forms: &mut Forms, kept: &mut Kept) -> Outcome {
    let mut passages = Vec::new();
    let mut fates = Vec::new();
    let mut n_words = 0;
    let mut n_kept = 0;
    for part in text::parts(text, rules.part_bytes) {
        let article = Article::read(text, part, n_words, rules.min_run, forms);
        let mut own = Own::new(kept, record, n_kept, rules.min_run);
        fates.extend(Judge::new(rules, kept, &article, &mut own).passages());
        n_words += article.ids.len();
        n_kept += own.words().len();
        passages.extend(article.passages);
        kept.add(own);
    }
    // > what is left after the last passage of a record is decided for the record as a whole.
    let spans = spans(&passages, fates);
    if n_words > 0 && n_kept == 0 {
        return gone(joined(0..text.len(), spans));
    }
    without(text, spans)
}

/// The outcome of a record that goes.
fn gone(span: Span) -> Outcome {
    Outcome { output: None, update_of: None, spans: vec![span] }
}

/// The outcome of a record that stays without these spans.
fn without(text: &str, spans: Vec<Span>) -> Outcome {
    let mut output = String::new();
    let mut at = 0;
    for span in &spans {
        output += &text[at..span.bytes.0];
        at = span.bytes.1;
    }
    output += &text[at..];
    Outcome { output: Some(output), update_of: None, spans }
}

/// The spans of a record, from what becomes of its passages, all of them.
fn spans(passages: &[Passage], fates: Vec<Fate>) -> Vec<Span> {
    let last_kept = fates.iter().rposition(|fate| matches!(fate, Fate::Stays(_)));
    let mut spans = Vec::new();
    for (i, fate) in fates.into_iter().enumerate() {
        match fate {
            Fate::Stays(cuts) => spans.extend(cuts),
            Fate::Goes(span) => {
                let Range { start, end } = passages[i].content;
                // > A passage that goes takes the line break after it. Where nothing is kept after
                // > it, it takes the line break before it instead.
                let bytes = if last_kept.is_some_and(|last| last > i) {
                    (start, passages[i].line_break.end)
                } else if i > 0 {
                    (passages[i - 1].line_break.start, end)
                } else {
                    (start, end)
                };
                spans.push(Span { bytes, ..span });
            }
        }
    }
    spans
}

/// One span for a record judged in parts of which no word is left.
fn joined(bytes: Range<usize>, spans: Vec<Span>) -> Span {
    let mut whole = Span {
        bytes: (bytes.start, bytes.end),
        reason: "nothing-left",
        covered: 0,
        words: 0,
        covers: Vec::new(),
        lost: Vec::new(),
    };
    for span in spans {
        whole.covered += span.covered;
        whole.words += span.words;
        whole.covers.extend(span.covers);
        whole.lost.extend(span.lost);
    }
    whole
}
