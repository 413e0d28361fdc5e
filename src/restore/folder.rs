//! A folder of outputs, restored file by file.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::{Restored, Restoring, file, no_match};
use crate::error::Error;
use crate::ledger::Lines;
use crate::read::{Input, Selection, Source, collect_inputs, unpacked_name};
use crate::write::Outputs;

/// Restores all files of a folder. Those of which the ledger tells come in its order, the others, in which nothing was touched,
/// after them.
pub(super) fn restore(
    restoring: &Restoring,
    lines: &mut Lines,
    outputs: &mut Outputs,
    restored: &mut Restored,
) -> Result<(), Error> {
    let files = collect_inputs(std::slice::from_ref(&restoring.output), &Selection::default())?;
    let by_name = ByName::new(&files);
    let mut done = HashSet::new();
    while let Some(line) = lines.peek()? {
        let (of, number) = (line.file.clone(), line.number);
        let nth = by_name.find(Path::new(&of));
        let nth = nth.ok_or_else(|| no_match(&restoring.ledger, number, &format!("there is no output of {of}")))?;
        if !done.insert(nth) {
            return Err(no_match(&restoring.ledger, number, &format!("the lines of {of} stand apart")));
        }
        restore_one(restoring, &files[nth], lines, Some(&of), outputs, restored)?;
    }
    let others = files.iter().enumerate().filter(|(nth, _)| !done.contains(nth));
    others.into_iter().try_for_each(|(_, input)| restore_one(restoring, input, lines, None, outputs, restored))
}

fn restore_one(
    restoring: &Restoring,
    input: &Input,
    lines: &mut Lines,
    of: Option<&str>,
    outputs: &mut Outputs,
    restored: &mut Restored,
) -> Result<(), Error> {
    let Source::File(path) = &input.source else { return Ok(()) };
    outputs.next_input(&input.relative)?;
    file::restore(restoring, path, lines, of, outputs, restored)
}

/// The files of an output folder, by the names of their inputs.
struct ByName {
    same: HashMap<PathBuf, usize>,
    /// Without what tells the format: a page becomes a line.
    stems: HashMap<PathBuf, usize>,
}

impl ByName {
    fn new(files: &[Input]) -> Self {
        let same: HashMap<_, _> = files.iter().enumerate().map(|(nth, file)| (file.relative.clone(), nth)).collect();
        let stems = same.iter().map(|(relative, nth)| (stem(relative), *nth)).collect();
        Self { same, stems }
    }

    /// The output of an input: the file that has most of its path.
    fn find(&self, input: &Path) -> Option<usize> {
        let parts: Vec<_> = input.components().collect();
        let ends = || (0..parts.len()).map(|from| parts[from..].iter().collect::<PathBuf>());
        ends().find_map(|end| self.same.get(&end)).or_else(|| ends().find_map(|end| self.stems.get(&stem(&end)))).copied()
    }
}

/// A path without what tells of format and packing.
fn stem(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let unpacked = Path::new(unpacked_name(&name)).with_extension("");
    let stem = unpacked.to_string_lossy();
    path.with_file_name(stem.strip_suffix(".warc").unwrap_or(&stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_is_found_by_the_path_of_its_input() {
        let input = |relative: &str| Input { relative: PathBuf::from(relative), ..Input::stdin() };
        let by_name = ByName::new(&["a.jsonl", "x/a.jsonl", "pages.jsonl.gz"].map(input));
        for (name, nth) in [
            ("dumps/a.jsonl", Some(0)),
            ("a.jsonl", Some(0)),
            ("dumps/x/a.jsonl", Some(1)),
            ("dumps/pages.warc.wet.gz", Some(2)),
            ("dumps/b.jsonl", None),
        ] {
            assert_eq!(by_name.find(Path::new(name)), nth, "{name}");
        }
    }
}
