//! `einmal restore`: what was taken out comes back.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::reading::{ArticlesChoice, FromFormat, articles, asked};
use super::verify::read_summary;
use super::writing::target;
use einmal::error::Error;
use einmal::read::{FieldPath, Fields, HowToRead, MAX_RECORD_LIMIT, To};
use einmal::restore::Restoring;

/// Give back what a dedup run took out: its (cleaned) input, from output and ledger.
///
/// Records come in the order they had, in the output's format: JSON, CSV or plain text; rows of Parquet with --to jsonl. Each is
/// whole again: those that went come from the ledger as they were read, the others as cleaning left them; after --clean off that
/// is the input, byte for byte. What was masked stays masked. Bad records and empty lines are in neither output nor ledger.
#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// The output of the run, a file or a folder.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,

    /// The ledger of the run, with texts.
    #[arg(long, value_name = "FILE")]
    ledger: PathBuf,

    /// Where the restored records go, a file or a folder; standard output by default. Of a folder it must be one.
    #[arg(long, value_name = "PATH")]
    into: Option<PathBuf>,

    /// The summary of the run: it says which field the text is in, and what an article is.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["field", "id_field", "articles"])]
    summary: Option<PathBuf>,

    /// The format of the output; by default it is recognised by content, then by name.
    #[arg(long, value_enum, value_name = "FORMAT")]
    from: Option<FromFormat>,

    /// The format to restore in; by default the output's.
    #[arg(long, value_enum, value_name = "FORMAT")]
    to: Option<RestoredFormat>,

    /// The fields that hold the text, as for the run.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    field: Vec<FieldPath>,

    /// The field that holds the record's id, as for the run.
    #[arg(long, value_name = "NAME")]
    id_field: Option<FieldPath>,

    /// What of a plain text is an article, as for the run.
    #[arg(long, value_enum, default_value_t = ArticlesChoice::File, value_name = "WHAT")]
    articles: ArticlesChoice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RestoredFormat {
    /// A JSON object a line.
    Jsonl,
}

impl RestoreArgs {
    /// What was typed, as it is meant.
    pub(super) fn wanted(mut self) -> Result<Restoring, Error> {
        if let Some(path) = self.summary.take() {
            let (path, summary) = read_summary(path)?;
            let settings = &summary["settings"];
            if settings["mark"] == true {
                return Err(Error::input(path, "the run only marked (--mark): nothing was taken out"));
            }
            let fields = settings["field"].as_str().into_iter().flat_map(|fields| fields.split(',')).map(str::parse);
            self.field = fields.collect::<Result<_, _>>().map_err(|_| Error::input(&path, "its field names are none"))?;
            self.id_field = settings["id_field"]
                .as_str()
                .map(str::parse)
                .transpose()
                .map_err(|_| Error::input(&path, "its field names are none"))?;
            let articles = settings["articles"].as_str().unwrap_or("file");
            self.articles = ArticlesChoice::from_str(articles, false).map_err(|problem| Error::input(&path, problem))?;
        }
        let is_folder = self.output.is_dir();
        let target = match &self.into {
            None if is_folder => {
                return Err(Error::usage("a folder of outputs is restored into a folder").with_hint("name one: --into restored/"));
            }
            Some(into) if is_folder => einmal::write::Target::Folder(into.clone()),
            into => target(into.as_deref(), &[]),
        };
        let articles = articles(self.articles);
        let to = self.to.map(|RestoredFormat::Jsonl| To::Jsonl);
        let reading = HowToRead {
            from: self.from.map(asked),
            articles,
            fields: Fields { text: self.field, id: self.id_field, ..Fields::default() },
            html: None,
            max_record: MAX_RECORD_LIMIT as usize,
            to,
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Restoring { output: self.output, ledger: self.ledger, target, reading, threads })
    }
}
