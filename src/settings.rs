//! All that shapes a run, checked and typed: what the stages need, gathered in one place.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::boilerplate::Boilerplate;
use crate::clean::{Cleaning, Rules as LineRules};
use crate::decide::{Facts, MinCut, Rules, Threshold, Updates};
use crate::filter::{Filter, Limits};
use crate::ledger::LedgerText;
use crate::read::{Articles, AskedFormat, BatchSize, HowToRead, HtmlText, LanguageField, Selection, To};
use crate::report::Verbosity;
use crate::store::Expiry;
use crate::write::{Compression, Target};

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// Clean, and take out what was said before.
    Dedup,
    /// Clean only.
    Clean,
    /// Clean, and tell what rules took out instead of writing what is left.
    ExplainCleaning,
    /// Learn which words there are.
    LearnWords,
}

/// How an index is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexUse {
    /// Its folder.
    pub folder: PathBuf,
    /// Whether what the run keeps is added to it.
    pub adds: bool,
    /// What the run is called there; `None`: as its inputs say.
    pub run: Option<String>,
    /// Which text in it fades.
    pub expire: Option<Expiry>,
}

/// The settings of a run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What is to be done.
    pub job: Job,
    /// Files and folders to read, `-` for standard input.
    pub inputs: Vec<PathBuf>,
    /// Which files of folders are read.
    pub selection: Selection,
    /// Where the cleaned corpus goes.
    pub target: Target,
    /// How it is compressed; `None`: as its files' names say.
    pub compression: Option<Compression>,
    /// The index that a search engine puts the records into; `None`: the one that they are sent to.
    pub bulk_index: Option<String>,
    /// What shapes the records that are read.
    pub reading: HowToRead,
    /// How much is cleaned.
    pub cleaning: Cleaning,
    /// The rules by which lines, and pieces of them, are taken out before articles are compared.
    pub rules_of_lines: Option<Arc<LineRules>>,
    /// Whether addresses and numbers of persons are masked.
    pub mask: bool,
    /// Whether hard-wrapped texts are written unwrapped.
    pub unwrap: bool,
    /// What becomes of boilerplate.
    pub boilerplate: Boilerplate,
    /// Where boilerplate is listed: written by a report, read where it is taken out.
    pub boilerplate_list: Option<PathBuf>,
    /// What decides over an article.
    pub rules: Rules,
    /// The index of what earlier runs kept.
    pub index: Option<IndexUse>,
    /// What becomes of articles that fail the quality filter.
    pub filter: Filter,
    /// The limits that they are held to; `None`: those that come with the program.
    pub filter_limits: Option<Arc<Limits>>,
    /// Whether this is a reading to learn from, before the one that counts: nothing is said or written.
    pub is_rehearsal: bool,
    /// Only tell whether anything would go.
    pub check: bool,
    /// The largest share of the words that may be taken out.
    pub max_removed: Option<Threshold>,
    /// The share of the words that an estimate expected to be copies.
    pub estimated: Option<f64>,
    /// Keep every record and its text, and write the verdict into it.
    pub mark: bool,
    /// Check everything that was written, before any file gets its name.
    pub verify: bool,
    /// Where receipts go.
    pub ledger: Option<PathBuf>,
    /// Whether they hold what was taken out.
    pub ledger_text: LedgerText,
    /// Where the summary goes as JSON.
    pub summary: Option<PathBuf>,
    /// Where the page goes that shows what the run did.
    pub report: Option<PathBuf>,
    /// Where bad records go.
    pub quarantine: Option<PathBuf>,
    /// How many threads work.
    pub threads: usize,
    /// How much is worked on at once.
    pub batch: BatchSize,
    /// So many bytes of memory are used at most; what finds no room goes to files.
    pub memory: u64,
    /// The folder for these; `None`: that of the output.
    pub temp_dir: Option<PathBuf>,
    /// How much is said on standard error.
    pub verbosity: Verbosity,
}

impl Settings {
    /// The settings that shape the answer, as they stand in the summary.
    pub fn as_json(&self) -> Map<String, Value> {
        let rules = &self.rules;
        let fields = &self.reading.fields;
        let shown = ToString::to_string;
        let min_cut = match rules.min_cut {
            MinCut::Words(words) => json!(words),
            MinCut::Never => json!("never"),
        };
        let articles = match self.reading.articles {
            Articles::File => "file",
            Articles::Lines => "lines",
            Articles::Blocks => "blocks",
        };
        let lang_field = match &fields.language {
            LanguageField::Named(path) => Some(path.to_string()),
            LanguageField::NotRead | LanguageField::Usual => None,
        };
        let pairs = [
            ("keep", json!("first")),
            ("min_run", json!(rules.min_run.words())),
            ("min_cut", min_cut),
            ("article_threshold", json!(rules.article_threshold.to_string())),
            ("passage_threshold", json!(rules.passage_threshold.to_string())),
            ("facts", json!(facts_name(rules.facts))),
            ("updates", json!(updates_name(rules.updates))),
            ("clean", json!(self.clean_names().join(","))),
            ("field", json!((!fields.text.is_empty()).then(|| fields.text.iter().map(shown).collect::<Vec<_>>().join(",")))),
            ("from", json!(self.reading.from.map(AskedFormat::name))),
            ("id_field", json!(fields.id.as_ref().map(shown))),
            ("date_field", json!(fields.date.as_ref().map(shown))),
            ("source_field", json!(fields.source.as_ref().map(shown))),
            ("lang_field", json!(lang_field)),
            ("filter", json!(filter_name(self.filter))),
            ("filter_limits", json!(self.filter_limits.as_ref().map_or("einmal's", |_| "a file's"))),
            ("to", json!(self.reading.to.map(To::name))),
            ("boilerplate", json!(boilerplate_name(self.boilerplate))),
            ("mask", json!(self.mask)),
            ("unwrap", json!(self.unwrap)),
            ("articles", json!(articles)),
            ("html", json!(self.reading.html.map(HtmlText::name))),
            ("max_record", json!(self.reading.max_record)),
            ("mark", json!(self.mark)),
            ("index", json!(self.index.as_ref().map(|index| index.folder.to_string_lossy()))),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

impl Settings {
    /// How much is cleaned, as on the command line.
    fn clean_names(&self) -> Vec<&'static str> {
        let scope = self.rules_of_lines.as_ref().map(|rules| rules.scope());
        let names = [
            (self.cleaning == Cleaning::Off, "off"),
            (self.cleaning != Cleaning::Off, "safe"),
            (scope.is_some_and(|scope| scope.lines), "lines"),
            (scope.is_some_and(|scope| scope.inline), "inline"),
            (scope.is_some_and(|scope| scope.blocks), "blocks"),
        ];
        names.into_iter().filter_map(|(is_on, name)| is_on.then_some(name)).collect()
    }
}

fn boilerplate_name(boilerplate: Boilerplate) -> &'static str {
    match boilerplate {
        Boilerplate::Off => "off",
        Boilerplate::Report => "report",
        Boilerplate::KeepOne => "keep-one",
        Boilerplate::Drop => "drop",
    }
}

fn facts_name(facts: Facts) -> &'static str {
    match facts {
        Facts::Numbers => "numbers",
        Facts::Names => "names",
        Facts::Off => "off",
    }
}

fn filter_name(filter: Filter) -> &'static str {
    match filter {
        Filter::Off => "off",
        Filter::Tag => "tag",
        Filter::Drop => "drop",
    }
}

fn updates_name(updates: Updates) -> &'static str {
    match updates {
        Updates::Whole => "whole",
        Updates::Cut => "cut",
        Updates::Drop => "drop",
    }
}
