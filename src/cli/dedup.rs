//! `einmal dedup`: the main job.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::size::parse_size;
use einmal::clean::Cleaning;
use einmal::decide::{Facts, MinCut, Rules, Threshold, Updates};
use einmal::error::Error;
use einmal::fingerprint::MinRun;
use einmal::ledger::LedgerText;
use einmal::read::{
    Articles, AskedFormat, BatchSize, FieldPath, Fields, HowToRead, HtmlText, MAX_RECORD_LIMIT, PACKED_EXTENSIONS, Selection, To,
    listed_paths,
};
use einmal::report::Verbosity;
use einmal::settings::Settings;
use einmal::write::{Compression, Target};

/// Take out every passage that an earlier kept text already says.
///
/// Reads articles (JSON, CSV, Parquet, WARC, HTML or plain text; as they are, or packed by gzip, zstd, bzip2, xz or lz4; all recognised by content), compares each with what was kept
/// of the articles before it, and writes what is new. The first to say something keeps it. All inputs together are one corpus, in the order given.
///
/// An article that others cover to 80 % goes whole, unless it changes a number or adds 40 new words in a row: then it is an update and stays whole. Of
/// other articles, passages (paragraphs) that are covered to 90 % go, and whole sentences of 50 words and more in a row. Covered is what stands in runs of 15 words or more in one
/// earlier article.
///
/// Exit codes: 0 complete; 2 no output file written (usage, a missing input, an output that cannot be written); 3 complete, but bad records were left out and no --quarantine was
/// named; 130 and 143 stopped by SIGINT and SIGTERM.
#[derive(Debug, Args)]
pub(crate) struct DedupArgs {
    /// Files and folders to read; `-` or nothing: standard input.
    ///
    /// Folders are walked in byte order of their file names; hidden files and symbolic links in them are skipped. So are those in tar and zip archives,
    /// whose members are read like the files of a folder, in the archive's order.
    input: Vec<PathBuf>,

    /// Read also the files and folders that a list names, a path a line or each ended by a NUL; `-`: the list comes from standard input.
    #[arg(long, value_name = "LIST", help_heading = "Input")]
    files_from: Option<PathBuf>,

    /// Of folders, read only files that match: '*.jsonl.gz' matches names, '2026/**' paths below the folder that was named. May be given several times.
    #[arg(long, value_name = "GLOB", help_heading = "Input")]
    include: Vec<String>,

    /// Of folders, leave out files and folders that match. May be given several times.
    #[arg(long, value_name = "GLOB", help_heading = "Input")]
    exclude: Vec<String>,

    /// Where the cleaned corpus goes; standard output by default.
    ///
    /// A file takes all inputs. A folder (a path that ends in `/`, an existing folder, or any path without a known extension when an input is a folder) gets a file for
    /// each input, of the same name. Names that end in .gz, .zst, .bz2, .xz or .lz4 are compressed. Files appear when they are complete.
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,

    /// The format that the corpus is written in; by default each input's own, and JSON Lines for web archives and pages.
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = "Output")]
    to: Option<ToFormat>,

    /// The index that --to bulk names; without it, it is the one that the lines are sent to.
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    bulk_index: Option<String>,

    /// How the corpus is compressed, whatever its file is called, standard output too; by default as the file's name says.
    #[arg(long, value_enum, value_name = "HOW", help_heading = "Output")]
    compress: Option<CompressChoice>,

    /// Write a receipt (a line of JSON) for every span taken out, and for every update.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    ledger: Option<PathBuf>,

    /// Whether the ledger holds the texts taken out, so that nothing is lost.
    #[arg(long, value_enum, default_value_t = Switch::On, value_name = "HOW", help_heading = "Output")]
    ledger_text: Switch,

    /// Write the numbers of the run to a file, as JSON.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    summary: Option<PathBuf>,

    /// Write records that cannot be read to a file, with place and reason.
    ///
    /// Without it they are counted and left out, and the exit code is 3.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    quarantine: Option<PathBuf>,

    /// Take nothing out: keep every record and its (cleaned) text, and add a field `einmal` with verdict and spans.
    #[arg(long, help_heading = "Output")]
    mark: bool,

    /// The format of all inputs; by default each is recognised by content, then by name.
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = "Input")]
    from: Option<FromFormat>,

    /// What of a plain text is an article.
    #[arg(long, value_enum, default_value_t = ArticlesChoice::File, value_name = "WHAT", help_heading = "Input")]
    articles: ArticlesChoice,

    /// The field (or column) that holds the text, as a name or a way like article.body[0].text. By default the first that a record has of: text, body, content, maintext,
    /// article and other usual names.
    ///
    /// Several (title,lead,body) are one text, in that order and with an empty line between them; what is left is written back each into its own. A record
    /// may lack some of them.
    #[arg(long, value_name = "NAME", value_delimiter = ',', help_heading = "Input")]
    field: Vec<FieldPath>,

    /// The field that holds the record's id; by default id, _id, uuid, url and other usual names.
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    id_field: Option<FieldPath>,

    /// The field that holds the date, for tables made with --to; by default date, date_publish, published and other usual names.
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    date_field: Option<FieldPath>,

    /// The field that holds the source, for tables made with --to; by default host, source_domain, source and other usual names.
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    source_field: Option<FieldPath>,

    /// What of a web page is its text; of pages in files and web archives by default the article.
    ///
    /// In other formats the text is taken for HTML only with this option: --field html --html extract.
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Input")]
    html: Option<HtmlChoice>,

    /// Larger records are bad records.
    #[arg(long, value_parser = parse_size, default_value = "256M", value_name = "SIZE", help_heading = "Input")]
    max_record: u64,

    /// How much the texts are cleaned.
    #[arg(long, value_enum, default_value_t = CleanChoice::Safe, value_name = "WHAT", help_heading = "Input")]
    clean: CleanChoice,

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

    /// Whether a changed number keeps a near copy.
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

    /// How many threads work; by default as many as there are processors. The answer doesn't depend on it.
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,

    /// How many records are worked on at once, for tests: the answer doesn't depend on it.
    #[arg(long, value_name = "RECORDS", hide_short_help = true)]
    batch: Option<NonZeroUsize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    /// With texts.
    On,
    /// Places and numbers only.
    Off,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CompressChoice {
    /// Not at all.
    None,
    /// Gzip (.gz).
    Gzip,
    /// Zstandard (.zst).
    Zstd,
    /// Bzip2 (.bz2).
    Bzip2,
    /// XZ (.xz).
    Xz,
    /// LZ4 (.lz4).
    Lz4,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FromFormat {
    /// A JSON object a line.
    Jsonl,
    /// An array of JSON objects, or objects one after another, over as many lines as they like.
    Json,
    /// Delimiter-separated values with a header: CSV, TSV.
    Csv,
    /// Web pages, a file each.
    Html,
    /// Web archives: WARC, WET.
    Warc,
    /// Web archives in the older format ARC.
    Arc,
    /// Rows of columns: Parquet.
    Parquet,
    /// Plain text.
    Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ToFormat {
    /// A JSON object a line.
    Jsonl,
    /// The texts alone: one after another, or, as --articles says, a line each or with an empty line between them.
    Text,
    /// A table; one of other records has the columns id, url, title, date, source, text, and other for the rest as JSON.
    Csv,
    /// Rows of the same columns.
    Parquet,
    /// Lines as the bulk interface of Elasticsearch and OpenSearch takes them: before each object an action with its id.
    Bulk,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum HtmlChoice {
    /// The article.
    Extract,
    /// All that is shown, but for menus, forms, headers and footers.
    Strip,
    /// All that is shown.
    All,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ArticlesChoice {
    /// The whole file (or standard input).
    File,
    /// Each line.
    Lines,
    /// What stands between blank lines.
    Blocks,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CleanChoice {
    /// What is safe in any language: HTML entities, mojibake, older encodings, invisible characters, odd spaces, Unicode form.
    Safe,
    /// Nothing; text that is no UTF-8 makes a bad record.
    Off,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Keep {
    /// The one that comes first in the input.
    First,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FactsChoice {
    /// A changed number keeps it.
    Numbers,
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

/// More threads than any machine has processors only get into each other's way.
const MAX_THREADS: usize = 1024;

/// Paths with these extensions name files, also where they don't exist yet.
const FILE_EXTENSIONS: [&str; 8] = ["jsonl", "ndjson", "json", "csv", "tsv", "parquet", "txt", "text"];

impl DedupArgs {
    /// What was typed, as it is meant.
    pub(super) fn settings(self, verbosity: Verbosity) -> Result<Settings, Error> {
        let Keep::First = self.keep;
        let min_run = self.min_run.words();
        let min_cut = self.min_cut.unwrap_or(MinCut::Words(min_run.max(50)));
        if let MinCut::Words(words) = min_cut
            && words < min_run
        {
            return Err(Error::usage(format!("--min-cut {words} is below --min-run {min_run}: no shorter run counts")));
        }
        if self.max_record == 0 || self.max_record > MAX_RECORD_LIMIT {
            return Err(Error::usage(format!("--max-record must be from 1 to {MAX_RECORD_LIMIT} bytes")));
        }
        let articles = match self.articles {
            ArticlesChoice::File => Articles::File,
            ArticlesChoice::Lines => Articles::Lines,
            ArticlesChoice::Blocks => Articles::Blocks,
        };
        if self.threads.is_some_and(|threads| threads.get() > MAX_THREADS) {
            return Err(Error::usage(format!("--threads must be from 1 to {MAX_THREADS}")));
        }
        let threads = self.threads.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
        let batch = BatchSize::for_threads(threads);
        let batch = BatchSize { records: self.batch.map_or(batch.records, NonZeroUsize::get), ..batch };
        if self.bulk_index.is_some() && self.to != Some(ToFormat::Bulk) {
            return Err(Error::usage("--bulk-index names the index of --to bulk, which is not asked for"));
        }
        if let Some(twice) = self.field.iter().enumerate().find(|(nth, field)| self.field[..*nth].contains(field)) {
            return Err(Error::usage(format!("--field names {} twice", twice.1)));
        }
        let mut inputs = self.input;
        match &self.files_from {
            Some(list) => inputs.extend(listed_paths(list)?),
            None if inputs.is_empty() => inputs.push(PathBuf::from("-")),
            None => {}
        }
        let selection = Selection::new(&self.include, &self.exclude).map_err(|error| Error::usage(error.to_string()))?;
        Ok(Settings {
            target: target(self.output.as_deref(), &inputs),
            compression: self.compress.map(|choice| match choice {
                CompressChoice::None => Compression::None,
                CompressChoice::Gzip => Compression::Gzip,
                CompressChoice::Zstd => Compression::Zstd,
                CompressChoice::Bzip2 => Compression::Bzip2,
                CompressChoice::Xz => Compression::Xz,
                CompressChoice::Lz4 => Compression::Lz4,
            }),
            inputs,
            selection,
            reading: HowToRead {
                from: self.from.map(|format| match format {
                    FromFormat::Jsonl => AskedFormat::Jsonl,
                    FromFormat::Json => AskedFormat::Json,
                    FromFormat::Csv => AskedFormat::Csv,
                    FromFormat::Html => AskedFormat::Html,
                    FromFormat::Warc => AskedFormat::Warc,
                    FromFormat::Arc => AskedFormat::Arc,
                    FromFormat::Parquet => AskedFormat::Parquet,
                    FromFormat::Text => AskedFormat::Text,
                }),
                html: self.html.map(|choice| match choice {
                    HtmlChoice::Extract => HtmlText::Extract,
                    HtmlChoice::Strip => HtmlText::Strip,
                    HtmlChoice::All => HtmlText::All,
                }),
                articles,
                fields: Fields { text: self.field, id: self.id_field, date: self.date_field, source: self.source_field },
                max_record: self.max_record as usize,
                to: self.to.map(|format| match format {
                    ToFormat::Jsonl => To::Jsonl,
                    ToFormat::Text => To::Text(articles),
                    ToFormat::Csv => To::Csv,
                    ToFormat::Parquet => To::Parquet,
                    ToFormat::Bulk => To::Bulk,
                }),
            },
            bulk_index: self.bulk_index,
            cleaning: match self.clean {
                CleanChoice::Safe => Cleaning::Safe,
                CleanChoice::Off => Cleaning::Off,
            },
            rules: Rules {
                min_run: self.min_run,
                min_cut,
                article_threshold: if self.lossless { Threshold::ONE } else { self.article_threshold },
                passage_threshold: if self.lossless { Threshold::ONE } else { self.passage_threshold },
                facts: match self.facts {
                    FactsChoice::Numbers => Facts::Numbers,
                    FactsChoice::Off => Facts::Off,
                },
                updates: match self.updates {
                    UpdatesChoice::Whole => Updates::Whole,
                    UpdatesChoice::Cut => Updates::Cut,
                    UpdatesChoice::Drop => Updates::Drop,
                },
            },
            mark: self.mark,
            ledger: self.ledger,
            ledger_text: if self.ledger_text == Switch::On { LedgerText::On } else { LedgerText::Off },
            summary: self.summary,
            quarantine: self.quarantine,
            threads,
            batch,
            verbosity,
        })
    }
}

fn target(output: Option<&Path>, inputs: &[PathBuf]) -> Target {
    let Some(path) = output.filter(|path| path.as_os_str() != "-") else { return Target::Stdout };
    let has_file_extension =
        path.extension().is_some_and(|end| FILE_EXTENSIONS.iter().chain(&PACKED_EXTENSIONS).any(|known| end == *known));
    let ends_in_slash = path.as_os_str().as_encoded_bytes().ends_with(b"/");
    let is_folder =
        path.is_dir() || ends_in_slash || !has_file_extension && !path.exists() && inputs.iter().any(|input| input.is_dir());
    if is_folder { Target::Folder(path.to_owned()) } else { Target::File(path.to_owned()) }
}
