//! Options that say what is read, and how: shared by all commands that read a dump.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::size::parse_size;
use einmal::boilerplate::Boilerplate;
use einmal::clean::{Cleaning, Rules as LineRules, Scope};
use einmal::error::Error;
use einmal::read::{
    Articles, AskedFormat, FieldPath, Fields, HowToRead, HtmlText, LanguageField, MAX_RECORD_LIMIT, Selection, To, listed_paths,
};

#[derive(Debug, Args)]
pub(super) struct ReadingArgs {
    /// Files and folders to read; `-` or nothing: standard input.
    ///
    /// Folders are walked in byte order of their file names; hidden files and symbolic links in them are skipped. So are those in tar and zip archives,
    /// whose members are read like the files of a folder, in the archive's order.
    pub(super) input: Vec<PathBuf>,

    /// Read also the files and folders that a list names, a path a line or each ended by a NUL; `-`: the list comes from standard input.
    #[arg(long, value_name = "LIST", help_heading = "Input")]
    files_from: Option<PathBuf>,

    /// Of folders, read only files that match: '*.jsonl.gz' matches names, '2026/**' paths below the folder that was named. May be given several times.
    #[arg(long, value_name = "GLOB", help_heading = "Input")]
    include: Vec<String>,

    /// Of folders, leave out files and folders that match. May be given several times.
    #[arg(long, value_name = "GLOB", help_heading = "Input")]
    exclude: Vec<String>,

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

    /// The field that holds the source, for boilerplate and for tables made with --to; by default host, source_domain, source and other usual names.
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

    /// How the texts are cleaned; several (lines,inline) may be given. What takes out words comes on top of the safe cleaning, and is told in ledger and summary, rule by rule.
    #[arg(long, value_enum, default_value = "safe", value_delimiter = ',', value_name = "WHAT", help_heading = "Cleaning")]
    clean: Vec<CleanChoice>,

    /// A file of rules for --clean lines or inline, besides those that come with einmal: [name], then phrases or /regular expressions/, a line each.
    #[arg(long, value_name = "FILE", help_heading = "Cleaning")]
    rules: Option<PathBuf>,

    /// Write hard-wrapped texts unwrapped: a passage a line.
    ///
    /// A word that a hyphen parts at a line's end is put together if the whole word stands elsewhere in the dump; to know that, all is read twice (pipes from a
    /// temporary file).
    #[arg(long, help_heading = "Cleaning")]
    pub(super) unwrap: bool,

    /// Replace e-mail addresses, telephone numbers and IBANs by words like [e-mail 3fa94c], the same for the same address.
    ///
    /// The ledger tells where, not what. Only the texts are looked at, and a quarantine holds bad records as they are.
    #[arg(long, help_heading = "Cleaning")]
    pub(super) mask: bool,

    /// What becomes of boilerplate: passages that stand in many articles of one host, each time between others.
    ///
    /// To take it out, all is read twice (pipes are copied to a temporary file), or a list is named.
    #[arg(long, value_enum, default_value_t = BoilerplateChoice::Report, value_name = "WHAT", help_heading = "Cleaning")]
    boilerplate: BoilerplateChoice,

    /// A list of boilerplate, JSON Lines: --boilerplate report writes it, keep-one and drop read it. In between it can be reviewed.
    #[arg(long, value_name = "FILE", help_heading = "Cleaning")]
    boilerplate_list: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum FromFormat {
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

#[derive(Debug, Clone, Copy, ValueEnum)]
enum BoilerplateChoice {
    /// It is not looked for.
    Off,
    /// It is counted, and named in the summary.
    Report,
    /// The first of each stays, the others are taken out before articles are compared. (With a list, all go.)
    KeepOne,
    /// All of it is taken out before articles are compared.
    Drop,
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
pub(super) enum ArticlesChoice {
    /// The whole file (or standard input).
    File,
    /// Each line.
    Lines,
    /// What stands between blank lines.
    Blocks,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CleanChoice {
    /// What is safe in any language: HTML entities, mojibake, older encodings, invisible characters, odd spaces, Unicode form.
    Safe,
    /// Nothing; text that is no UTF-8 makes a bad record.
    Off,
    /// Whole lines go that are no text of an author's: share buttons, adverts, consent, newsletters, paywalls, copyright, credits, dates, labels of links, in twelve languages.
    Lines,
    /// Pieces inside lines go that surely are none: credits in brackets.
    Inline,
    /// Lines go that by their shape stand around an article, in any language: rows of four and more lines that are no sentences (menus, tags, headlines of other articles), and
    /// a few words between two such rows. For whole pages (--html strip or all, WET); it may take a table or a list of names that nothing marks as one.
    Blocks,
}

/// The format that was asked for.
pub(super) fn asked(format: FromFormat) -> AskedFormat {
    match format {
        FromFormat::Jsonl => AskedFormat::Jsonl,
        FromFormat::Json => AskedFormat::Json,
        FromFormat::Csv => AskedFormat::Csv,
        FromFormat::Html => AskedFormat::Html,
        FromFormat::Warc => AskedFormat::Warc,
        FromFormat::Arc => AskedFormat::Arc,
        FromFormat::Parquet => AskedFormat::Parquet,
        FromFormat::Text => AskedFormat::Text,
    }
}

/// What of a plain text is an article.
pub(super) fn articles(choice: ArticlesChoice) -> Articles {
    match choice {
        ArticlesChoice::File => Articles::File,
        ArticlesChoice::Lines => Articles::Lines,
        ArticlesChoice::Blocks => Articles::Blocks,
    }
}

impl ReadingArgs {
    /// The same way of reading, of the inputs that `other` names.
    pub(super) fn instead_of(self, other: Self) -> Self {
        let Self { input, files_from, include, exclude, .. } = other;
        Self { input, files_from, include, exclude, ..self }
    }

    /// The same way of reading, of these inputs.
    pub(super) fn of(self, input: Vec<PathBuf>) -> Self {
        Self { input, ..self }
    }

    /// Whether any inputs are named.
    pub(super) fn names_inputs(&self) -> bool {
        !self.input.is_empty() || self.files_from.is_some()
    }

    /// The files and folders to read, in order.
    pub(super) fn inputs(&self) -> Result<Vec<PathBuf>, Error> {
        let mut inputs = self.input.clone();
        match &self.files_from {
            Some(list) => inputs.extend(listed_paths(list)?),
            None if inputs.is_empty() => inputs.push(PathBuf::from("-")),
            None => {}
        }
        Ok(inputs)
    }

    pub(super) fn selection(&self) -> Result<Selection, Error> {
        Selection::new(&self.include, &self.exclude).map_err(|error| Error::usage(error.to_string()))
    }

    pub(super) fn articles(&self) -> Articles {
        articles(self.articles)
    }

    /// How records are read that are wanted in the format `to`.
    pub(super) fn how(&self, to: Option<To>) -> Result<HowToRead, Error> {
        if self.max_record == 0 || self.max_record > MAX_RECORD_LIMIT {
            return Err(Error::usage(format!("--max-record must be from 1 to {MAX_RECORD_LIMIT} bytes")));
        }
        if let Some(twice) = self.field.iter().enumerate().find(|(nth, field)| self.field[..*nth].contains(field)) {
            return Err(Error::usage(format!("--field names {} twice", twice.1)));
        }
        Ok(HowToRead {
            from: self.from.map(asked),
            html: self.html.map(|choice| match choice {
                HtmlChoice::Extract => HtmlText::Extract,
                HtmlChoice::Strip => HtmlText::Strip,
                HtmlChoice::All => HtmlText::All,
            }),
            articles: self.articles(),
            fields: Fields {
                text: self.field.clone(),
                id: self.id_field.clone(),
                date: self.date_field.clone(),
                source: self.source_field.clone(),
                // Commands that want to know it say so.
                language: LanguageField::NotRead,
            },
            max_record: self.max_record as usize,
            to,
        })
    }

    pub(super) fn boilerplate(&self) -> Result<(Boilerplate, Option<PathBuf>), Error> {
        let what = match self.boilerplate {
            BoilerplateChoice::Off if self.boilerplate_list.is_some() => {
                return Err(Error::usage("--boilerplate-list is written by --boilerplate report, and read by keep-one and drop"));
            }
            BoilerplateChoice::Off => Boilerplate::Off,
            BoilerplateChoice::Report => Boilerplate::Report,
            BoilerplateChoice::KeepOne => Boilerplate::KeepOne,
            BoilerplateChoice::Drop => Boilerplate::Drop,
        };
        Ok((what, self.boilerplate_list.clone()))
    }

    pub(super) fn cleaning(&self) -> Cleaning {
        if self.clean.contains(&CleanChoice::Off) { Cleaning::Off } else { Cleaning::Safe }
    }

    /// The rules that `--clean` asks for.
    pub(super) fn rules_of_lines(&self) -> Result<Option<Arc<LineRules>>, Error> {
        let has = |choice| self.clean.contains(&choice);
        let scope = Scope { lines: has(CleanChoice::Lines), inline: has(CleanChoice::Inline), blocks: has(CleanChoice::Blocks) };
        if has(CleanChoice::Off) && self.clean.len() > 1 {
            return Err(Error::usage("--clean off goes with nothing else"));
        }
        let file = self.rules.as_deref();
        if self.rules.is_some() && !scope.lines && !scope.inline {
            return Err(Error::usage("--rules needs --clean lines or --clean inline"));
        }
        if !scope.lines && !scope.inline && !scope.blocks {
            return Ok(None);
        }
        let read = |path: &Path| std::fs::read_to_string(path).map_err(|source| Error::io("read", path, source));
        let text = file.map(read).transpose()?;
        let name = file.and_then(Path::file_stem).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let rules = LineRules::new(scope, text.as_deref().map(|text| (name.as_str(), text)));
        let path = file.unwrap_or(Path::new("the rules that come with einmal"));
        rules.map(|rules| Some(Arc::new(rules))).map_err(|error| Error::input(path, error.to_string()))
    }
}
