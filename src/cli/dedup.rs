//! `einmal dedup`: the main job.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde::Deserialize;

use super::common;
use super::index::IndexArgs;
use super::reading::ReadingArgs;
use super::writing::WritingArgs;
use einmal::boilerplate::Boilerplate;
use einmal::decide::{Facts, MinCut, NEAR, Rules, Threshold, Updates, parse_percentage};
use einmal::error::Error;
use einmal::filter::{Filter, Limits};
use einmal::fingerprint::MinRun;
use einmal::read::{FieldPath, LanguageField};
use einmal::report::Verbosity;
use einmal::settings::{Job, Settings};
use einmal::write::Target;

/// Take out every passage that an earlier kept text already says.
///
/// Reads articles (JSON, CSV, Parquet, WARC, HTML or plain text; as they are, or packed by gzip, zstd, bzip2, xz or lz4; all recognised by content), compares each with what was kept
/// of the articles before it, and writes what is new. The first to say something keeps it. All inputs together are one corpus, in the order given.
///
/// An article that others cover to 80 % goes whole, unless it changes a number or adds 40 new words in a row: then it is an update and stays whole. Of
/// other articles, passages (paragraphs) that are covered to 90 % go, and whole sentences of 50 words and more in a row. Covered is what stands in runs of 15 words or more in one
/// earlier article.
///
/// Exit codes: 0 complete; 1 --check found something, or --max-removed stopped the run; 2 no output file written (usage, a missing input, an output that cannot be written); 3 complete, but bad records were left out and no --quarantine was
/// named; 130 and 143 stopped by SIGINT and SIGTERM.
#[derive(Debug, Args)]
pub(crate) struct DedupArgs {
    /// Write no corpus; the exit code is 1 if anything would go, and 0 if not.
    #[arg(long, conflicts_with_all = ["output", "to", "compress", "mark", "verify"], help_heading = "Output")]
    check: bool,

    /// Stop with exit code 1, and write no file, if more than this share of the words is taken out: 60%, 0.6.
    ///
    /// What went to standard output by then stays written.
    #[arg(long, value_parser = parse_percentage, value_name = "SHARE", help_heading = "Output")]
    max_removed: Option<Threshold>,

    /// What `einmal estimate --json` told of these inputs: if far more turns out to be copies, an alarm in summary and report says so.
    ///
    /// Far more is more than twice as much, and more by 10 % of the words.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    estimate: Option<PathBuf>,

    /// Check everything that was written as `einmal verify` does, before any file gets its name; if something is wrong, no file does, and the exit code is 1.
    ///
    /// Needs -o and --ledger. Pipes are read from a copy in a temporary file.
    #[arg(long, requires_all = ["output", "ledger"], help_heading = "Output")]
    verify: bool,

    #[command(flatten)]
    reading: ReadingArgs,

    #[command(flatten)]
    writing: WritingArgs,

    /// Write into the ledger, too, what was near to going: what stayed though other articles cover half of it or more, by how much, and why.
    ///
    /// `einmal explain` shows it, and `einmal retune` tells from it what other thresholds would take out. These lines have a reason of their own (near, scores, settings);
    /// the others are the same without this option.
    #[arg(long, requires = "ledger", help_heading = "Output")]
    ledger_all: bool,

    /// Write a page (HTML) that shows what the run did: open it in a browser.
    ///
    /// The inputs are read once more, as far as its examples need; of a pipe they show less.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    report: Option<PathBuf>,

    #[command(flatten)]
    index: IndexArgs,

    /// Take nothing out: keep every record and its (cleaned) text, and add a field `einmal` with verdict and spans.
    #[arg(long, help_heading = "Output")]
    mark: bool,

    /// Which of several copies stays.
    #[arg(long, value_enum, default_value_t = Keep::First, value_name = "WHICH", hide_short_help = true, help_heading = "What goes")]
    keep: Keep,

    /// Common runs of at least this many words count: 8 to 255. In scripts without spaces a word is a character: use 30 there.
    #[arg(long, value_parser = parse_min_run, default_value = "15", value_name = "WORDS", help_heading = "What goes")]
    min_run: MinRun,

    /// Sentences in a row of at least this many words are cut from a passage that stays; `never` leaves passages whole.
    ///
    /// The default is 50, or --min-run if that is more.
    #[arg(long, value_parser = parse_min_cut, value_name = "WORDS", help_heading = "What goes")]
    min_cut: Option<MinCut>,

    /// An article goes when this share of its words is covered by other articles.
    ///
    /// Above 0, up to 1. With a higher share more may be taken out: what is no copy any more is looked at passage by passage.
    #[arg(long, default_value = "0.80", value_name = "SHARE", help_heading = "What goes")]
    article_threshold: Threshold,

    /// A passage goes when this share of its words is covered. Above 0, up to 1.
    #[arg(long, default_value = "0.90", value_name = "SHARE", help_heading = "What goes")]
    passage_threshold: Threshold,

    /// Whether a changed number, or a changed name too, keeps a near copy.
    #[arg(long, value_enum, default_value_t = FactsChoice::Numbers, value_name = "WHAT", help_heading = "What goes")]
    facts: FactsChoice,

    /// What becomes of a copy with a changed number, or with 40 new words in a row: it stays whole, is looked at passage by passage, or goes.
    #[arg(long, value_enum, default_value_t = UpdatesChoice::Whole, value_name = "WHAT", help_heading = "What goes")]
    updates: UpdatesChoice,

    /// Take out only words that kept text covers: no word is lost.
    ///
    /// Sets both thresholds to 1. Then --facts and --updates have no effect, a near copy is reduced to what differs, and more may be taken out than by default.
    #[arg(long, conflicts_with_all = ["article_threshold", "passage_threshold"], help_heading = "What goes")]
    lossless: bool,

    /// What becomes of an article that is no good text: what is left of it is held to the quality rules of Gopher and FineWeb, with limits by language.
    ///
    /// It comes after everything else, so that text is not taken for a repetition that is good once. An article that goes covers nothing. Of each the ledger
    /// names the first rule that it fails; the summary counts rules and languages. A text over 1 MiB is not looked at.
    #[arg(long, value_enum, default_value_t = FilterChoice::Off, value_name = "WHAT", help_heading = "Quality")]
    filter: FilterChoice,

    /// The limits of --filter, instead of those that come with einmal: [default] or a language's code in brackets, then a line a rule, with its values.
    ///
    /// Lines: words, word-length, symbols, ellipses, bullets, ellipsis-ends, letters, repeated-passages, repeated-text, top, repeated, passage-ends, passages, stop-words; src/filter/limits.txt
    /// says what they mean, and is a file to begin with. `-` is no limit, nor has a rule one that neither the language nor [default] names.
    #[arg(long, value_name = "FILE", help_heading = "Quality")]
    filter_limits: Option<PathBuf>,

    /// The field that holds the language (de, de-AT, deu), for --filter and --facts names; by default lang, language, locale and other usual names.
    ///
    /// Where a record has none, the text is looked at.
    #[arg(long, value_name = "NAME", help_heading = "Quality")]
    lang_field: Option<FieldPath>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FilterChoice {
    /// Nobody looks.
    Off,
    /// It stays, and its record gets a field `einmal` that names the rules that it fails (JSON only).
    Tag,
    /// It goes whole.
    Drop,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Keep {
    /// The one that comes first in the input.
    First,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FactsChoice {
    /// A changed number keeps it.
    Numbers,
    /// A changed number does, and a changed word with a capital letter inside a sentence, in languages that give one to names only (so not in German).
    Names,
    /// Nothing does.
    Off,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum UpdatesChoice {
    /// It stays whole.
    Whole,
    /// Its passages are looked at one by one.
    Cut,
    /// It goes.
    Drop,
}

fn parse_min_run(text: &str) -> Result<MinRun, String> {
    text.parse().ok().and_then(MinRun::new).ok_or_else(|| format!("`{text}` is no run length: write a number from 8 to 255"))
}

fn parse_min_cut(text: &str) -> Result<MinCut, String> {
    match text {
        "never" => Ok(MinCut::Never),
        number => number.parse().map(MinCut::Words).map_err(|_| format!("`{text}` is no number of words: write one, or `never`")),
    }
}

/// Whether output and ledger stay where they are written.
fn can_be_read_again(settings: &Settings) -> bool {
    let stays = |path: &Path| path.metadata().map_or(true, |there| there.is_file() || there.is_dir());
    let target = match &settings.target {
        Target::File(path) | Target::Folder(path) => stays(path),
        Target::Stdout | Target::Nowhere => false,
    };
    target && settings.ledger.as_deref().is_none_or(stays)
}

/// The share of duplicates in an estimate that was written as JSON.
fn estimated_duplicates(path: &Path) -> Result<f64, Error> {
    #[derive(Deserialize)]
    struct Estimate {
        duplicates: f64,
    }
    let text = std::fs::read(path).map_err(|source| Error::io("read", path, source))?;
    match serde_json::from_slice(&text) {
        Ok(Estimate { duplicates }) => Ok(duplicates),
        Err(_) => {
            Err(Error::input(path, "is no estimate").with_hint("einmal estimate --json dump.jsonl > estimate.json makes one"))
        }
    }
}

impl DedupArgs {
    /// What was typed, as it is meant.
    pub(super) fn settings(self, verbosity: Verbosity) -> Result<Settings, Error> {
        let rules = self.rules()?;
        let settings = common(&self.reading, &self.writing, Job::Dedup, verbosity)?;
        if self.mark && settings.rules_of_lines.is_some() {
            return Err(Error::usage("--mark takes nothing out, --clean lines, inline and blocks do"));
        }
        if self.mark && matches!(settings.boilerplate, Boilerplate::KeepOne | Boilerplate::Drop) {
            return Err(Error::usage("--mark takes nothing out, --boilerplate keep-one and drop do"));
        }
        if self.verify && !can_be_read_again(&settings) {
            return Err(Error::usage(
                "--verify reads output and ledger again, and a pipe or a device is gone once it is written",
            )
            .with_hint("name files: -o clean.jsonl --ledger receipts.jsonl"));
        }
        let target = if self.check || self.index.index_only { Target::Nowhere } else { settings.target };
        let filter = match self.filter {
            FilterChoice::Off => Filter::Off,
            FilterChoice::Tag => Filter::Tag,
            FilterChoice::Drop => Filter::Drop,
        };
        if self.verify && (filter == Filter::Tag || self.mark && filter != Filter::Off) {
            return Err(Error::usage("--verify cannot check the names of rules that --filter writes into records"));
        }
        let filter_limits = self.filter_limits()?;
        let estimated = self.estimate.as_deref().map(estimated_duplicates).transpose()?;
        let mut reading = settings.reading;
        reading.fields.language = self.language_field()?;
        let index = self.index.wanted(self.check);
        Ok(Settings {
            rules,
            filter,
            filter_limits,
            mark: self.mark,
            verify: self.verify,
            check: self.check,
            estimated,
            report: self.report,
            max_removed: self.max_removed,
            target,
            reading,
            index,
            ..settings
        })
    }

    /// The limits of the file that was named.
    fn filter_limits(&self) -> Result<Option<Arc<Limits>>, Error> {
        let Some(path) = &self.filter_limits else { return Ok(None) };
        if self.filter == FilterChoice::Off {
            return Err(Error::usage("--filter-limits is for --filter tag and drop"));
        }
        let text = std::fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
        // Editors of some systems put such a mark in front.
        let text = text.trim_start_matches('\u{FEFF}');
        Limits::read(text).map(|limits| Some(Arc::new(limits))).map_err(|error| Error::input(path, error.to_string()))
    }

    /// Languages are read only where somebody wants to know them.
    fn language_field(&self) -> Result<LanguageField, Error> {
        let is_wanted = self.filter != FilterChoice::Off || self.facts == FactsChoice::Names;
        match &self.lang_field {
            Some(_) if !is_wanted => {
                Err(Error::usage("--lang-field is for --filter and --facts names, and neither is asked for"))
            }
            Some(path) => Ok(LanguageField::Named(path.clone())),
            None if is_wanted => Ok(LanguageField::Usual),
            None => Ok(LanguageField::NotRead),
        }
    }

    fn rules(&self) -> Result<Rules, Error> {
        let Keep::First = self.keep;
        let min_run = self.min_run.words();
        let min_cut = self.min_cut.unwrap_or(MinCut::Words(min_run.max(50)));
        if let MinCut::Words(words) = min_cut
            && words < min_run
        {
            return Err(Error::usage(format!("--min-cut {words} is below --min-run {min_run}: no shorter run counts")));
        }
        let article_threshold = if self.lossless { Threshold::ONE } else { self.article_threshold };
        let passage_threshold = if self.lossless { Threshold::ONE } else { self.passage_threshold };
        Ok(Rules {
            min_run: self.min_run,
            min_cut,
            article_threshold,
            passage_threshold,
            facts: match self.facts {
                FactsChoice::Numbers => Facts::Numbers,
                FactsChoice::Names => Facts::Names,
                FactsChoice::Off => Facts::Off,
            },
            updates: match self.updates {
                UpdatesChoice::Whole => Updates::Whole,
                UpdatesChoice::Cut => Updates::Cut,
                UpdatesChoice::Drop => Updates::Drop,
            },
            near: self.ledger_all.then(|| NEAR.min(article_threshold).min(passage_threshold)),
        })
    }
}
