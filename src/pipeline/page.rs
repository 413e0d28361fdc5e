//! The page of an earlier run, from its summary and its ledger.

use std::path::Path;

use serde_json::Value;

use super::job::resolved;
use super::witness::texts_of_run;
use crate::clean::{Cleaning, clean};
use crate::error::Error;
use crate::ledger::{Line, Lines};
use crate::read::{Fields, Input, Source, collect_inputs, text_of_json};
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
    let inputs = inputs.map(|settings| Ok((settings, collect_inputs(&settings.inputs, &settings.selection)?))).transpose()?;
    if let Target::File(output) = target {
        refuse_to_destroy(output, &[path, ledger], inputs.as_ref().map_or(&[], |(_, inputs)| inputs))?;
    }
    let is_page = summary["settings"]["html"].as_str().is_some_and(|html| html != "off");
    let whole_texts = WholeTexts { fields: Fields { text, ..Fields::default() }, is_page, has_inputs: inputs.is_some() };
    let (mut figures, copied) = told_by(ledger, &whole_texts)?;
    if let Some((settings, inputs)) = inputs {
        figures.examples.show(&texts_of_run(settings, inputs, ledger, figures.examples.wanted())?);
    }
    let page = Page { numbers: &numbers, figures: &figures, copied: &copied, slowest: &[] }.html();
    let mut output = Outputs::begin(target, None)?;
    output.write(page.as_bytes())?;
    let files = output.complete()?;
    begin_commit();
    files.into_iter().try_for_each(AtomicFile::commit)
}

/// What a ledger tells.
fn told_by(ledger: &Path, whole_texts: &WholeTexts) -> Result<(Figures, Copied), Error> {
    let (mut figures, mut copied) = (Figures::default(), Copied::default());
    let mut lines = Lines::open(ledger, ledger)?.with_notes();
    while let Some(line) = lines.next_if(|_| true)? {
        let whole = whole_texts.whole(&line);
        let mut told = Told::of_line(&line, whole.as_deref());
        told.count(&mut copied);
        if whole_texts.has_inputs && line.text.is_none() {
            // There it is found as it was compared.
            told.text = None;
        }
        figures.note(&told);
    }
    Ok((figures, copied))
}

/// How texts are told from what a ledger has of records that went whole.
struct WholeTexts {
    fields: Fields,
    /// Whether texts were taken out of web pages.
    is_page: bool,
    /// Whether the inputs are at hand.
    has_inputs: bool,
}

impl WholeTexts {
    /// The text of a record that went whole, about as it was compared; `None` where its bytes don't tell.
    fn whole(&self, line: &Line) -> Option<String> {
        let raw = line.raw.as_deref().filter(|_| line.text.is_none() && !self.is_page)?;
        let text = text_of_json(raw.as_bytes(), &self.fields)?.join(FIELDS_APART);
        Some(clean(text, Cleaning::Safe).text)
    }
}

/// Refuses a page that would take the place of what it is made from.
fn refuse_to_destroy(page: &Path, sources: &[&Path], inputs: &[Input]) -> Result<(), Error> {
    let files =
        inputs.iter().filter_map(|input| if let Source::File(path) = &input.source { Some(path.as_path()) } else { None });
    let resolved_page = resolved(page);
    if files.chain(sources.iter().copied()).any(|path| resolved(path) == resolved_page) {
        return Err(Error::usage(format!("-o {} is what the page is made from", page.display())).with_hint("name another file"));
    }
    Ok(())
}
