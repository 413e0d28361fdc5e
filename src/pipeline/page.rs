//! The page of an earlier run, from its summary and its ledger.

use std::path::Path;

use serde_json::Value;

use super::witness::texts_of_run;
use crate::error::Error;
use crate::ledger::{Line, Lines};
use crate::read::{Fields, text_of_json};
use crate::report::{Copied, Figures, Numbers, Page, Told};
use crate::settings::Settings;
use crate::write::{AtomicFile, FIELDS_APART, Outputs, Target, begin_commit};

/// Writes the page of a run. `inputs` says how its inputs are read, if they are at hand.
///
/// # Errors
///
/// If summary, ledger or inputs cannot be read, or the page cannot be written.
pub fn report_of_run(
    (path, summary): (&Path, &Value),
    ledger: &Path,
    inputs: Option<&Settings>,
    target: &Target,
) -> Result<(), Error> {
    let no_summary = |error| Error::input(path, format!("this is no summary of a run: {error}"));
    let numbers = Numbers::read(summary.clone()).map_err(no_summary)?;
    let fields = summary["settings"]["field"].as_str().into_iter().flat_map(|fields| fields.split(',')).map(str::parse);
    let text = fields.collect::<Result<_, _>>().map_err(|_| Error::input(path, "its field names are none"))?;
    let (mut figures, copied) = told_by(ledger, &Fields { text, ..Fields::default() })?;
    if let Some(settings) = inputs {
        figures.examples.show(&texts_of_run(settings, figures.examples.wanted())?);
    }
    let page = Page { numbers: &numbers, figures: &figures, copied: &copied, slowest: &[] }.html();
    let mut output = Outputs::begin(target, None)?;
    output.write(page.as_bytes())?;
    let files = output.complete()?;
    begin_commit();
    files.into_iter().try_for_each(AtomicFile::commit)
}

/// What a ledger tells.
fn told_by(ledger: &Path, fields: &Fields) -> Result<(Figures, Copied), Error> {
    let (mut figures, mut copied) = (Figures::default(), Copied::default());
    let mut lines = Lines::open(ledger, ledger)?.with_notes();
    while let Some(line) = lines.next_if(|_| true)? {
        let whole = whole_text(&line, fields);
        let told = Told::of_line(&line, whole.as_deref());
        told.count(&mut copied);
        figures.note(&told);
    }
    Ok((figures, copied))
}

/// The text of a record that went whole, as it was read.
fn whole_text(line: &Line, fields: &Fields) -> Option<String> {
    let raw = line.raw.as_deref().filter(|_| line.text.is_none())?;
    let is_object = raw.trim_start().starts_with('{');
    let texts = text_of_json(raw.as_bytes(), fields).map(|texts| texts.join(FIELDS_APART));
    // What is no object is a plain text, or the row of a table, which reads well enough.
    texts.or_else(|| (!is_object).then(|| raw.to_owned()))
}
