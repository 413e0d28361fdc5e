//! Goes through the input, and looks for each record in output and ledger.

use std::path::Path;
use std::sync::Arc;

use super::Evidence;
use super::compare::{Difference, Sought};
use super::output::{Next, OpenOutput};
use super::seen::{Seen, SeenBatch};
use crate::error::Error;
use crate::fingerprint::{Seed, WordHash};
use crate::ledger::{Line, LineKind, Lines};
use crate::read::SourceFile;
use crate::settings::Settings;
use crate::verify::{KeptWords, Offence, Offences, Subject, Texts, Verified, account, check_receipts};
use crate::write::Target;

/// Compares one record after the other.
pub(super) struct Checker<'a> {
    settings: &'a Settings,
    evidence: &'a Evidence<'a>,
    seed: Seed,
    files: Vec<Arc<SourceFile>>,
    /// How many of the files have begun.
    n_begun: usize,
    /// The output that is being read, and how many records were found in it.
    output: Option<OpenOutput>,
    n_found: u64,
    /// How many of them are kept, not only marked.
    n_kept: u64,
    lines: Lines,
    kept: KeptWords,
    tally: Verified,
    offences: Offences,
}

impl<'a> Checker<'a> {
    pub(super) fn begin(settings: &'a Settings, evidence: &'a Evidence<'a>, seed: Seed) -> Result<Self, Error> {
        Ok(Self {
            settings,
            evidence,
            seed,
            files: Vec::new(),
            n_begun: 0,
            output: None,
            n_found: 0,
            n_kept: 0,
            lines: Lines::open(&(evidence.place)(evidence.ledger), evidence.ledger)?,
            kept: KeptWords::default(),
            tally: Verified::default(),
            offences: Offences::default(),
        })
    }

    /// Whether the ledger's first line tells of a record of these inputs, or of members of such archives.
    pub(super) fn begins_with_one_of(&mut self, inputs: &[String]) -> Result<bool, Error> {
        let is_in = |file: &str, input: &String| {
            file.strip_prefix(input.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let Some(line) = self.lines.peek()? else { return Ok(true) };
        let is_known = inputs.iter().any(|input| is_in(&line.file, input));
        if !is_known {
            let what = format!("it tells of {}, which is none of the inputs: they have to be named as dedup got them", line.file);
            self.offences.lose(self.evidence.ledger.display().to_string(), what);
        }
        Ok(is_known)
    }

    /// Goes through a batch of the input. Tells whether it is worth going on.
    pub(super) fn check(&mut self, batch: &SeenBatch) -> Result<bool, Error> {
        self.files.extend(batch.opened.iter().cloned());
        self.tally.bad_records += batch.n_broken as u64;
        for (block, raw, seen) in &batch.records {
            match seen {
                Err(_) => self.tally.bad_records += 1,
                Ok(None) => {}
                Ok(Some(seen)) => {
                    self.begin_files(seen.place.file as usize + 1)?;
                    if !self.offences.is_enough() {
                        self.record(seen, batch.raw(*block, raw, seen))?;
                    }
                }
            }
            if self.offences.is_enough() {
                return Ok(false);
            }
        }
        self.begin_files(self.files.len())?;
        Ok(!self.offences.is_enough())
    }

    /// Looks for one record in output and ledger.
    fn record(&mut self, seen: &Seen, raw: &[u8]) -> Result<(), Error> {
        self.tally.articles_in += 1;
        let file = Arc::clone(&self.files[seen.place.file as usize]);
        let lines = self.lines_of(&file.name, seen)?;
        let subject = Subject { id: &seen.id, kept_before: self.n_kept, texts: &seen.texts, raw };
        let account = if lines.is_empty() { None } else { Some(account(&subject, &lines)) };
        let sought =
            Sought { seen, file: &file, lines: &lines, account: account.as_ref().and_then(|account| account.as_ref().ok()) };
        let is_gone = lines.iter().any(|line| line.kind() == Some(LineKind::Whole)) && !self.settings.mark;
        if !is_gone && !self.find(&sought)? {
            return Ok(());
        }
        let receipts = match &account {
            Some(Ok(account)) => check_receipts(account, &lines, seen.place, &self.kept, self.seed, &mut self.tally),
            Some(Err(wrong)) => Err(wrong.clone()),
            None => Ok(()),
        };
        if let Err(wrong) = receipts {
            self.offences.add(shown_name(&file, seen), format!("line {} of the ledger is wrong: {}", wrong.line, wrong.what));
        }
        if self.evidence.is_lossless {
            self.check_lossless(&file, seen, &lines);
        }
        Ok(())
    }

    /// Finds what is left of a record in the output, and keeps its words. Tells whether it was there.
    fn find(&mut self, sought: &Sought<'_>) -> Result<bool, Error> {
        let expected = sought.expected(self.settings);
        if sought.is_nothing(&expected, self.settings) {
            self.keep(sought.seen, &[]);
            return Ok(true);
        }
        let Some((found, output)) = self.fetch(sought, &expected)? else { return Ok(false) };
        self.n_found += 1;
        for difference in sought.differences(&found, &expected, self.settings) {
            let name = shown_name(sought.file, sought.seen);
            match difference {
                Difference::Other(what) => {
                    self.offences.lose(name, format!("record {} of {output} {what}", self.n_found));
                    return Ok(false);
                }
                Difference::Wrong(what) => self.offences.add(name, format!("in record {} of {output} {what}", self.n_found)),
            }
        }
        if let Some(words) = sought.kept_words(found, self.settings, self.seed) {
            self.keep(sought.seen, &words);
        }
        Ok(true)
    }

    /// The next record of the output, and the output's name; `None` if there is none.
    fn fetch(&mut self, sought: &Sought<'_>, expected: &Texts) -> Result<Option<(Seen, String)>, Error> {
        let settings = self.settings;
        let (next, output) = match self.output()? {
            Some(output) => (output.next(sought.file, expected, settings)?, output.name().display().to_string()),
            None => (Next::End, "the output".to_owned()),
        };
        let what = match next {
            Next::Record(found) => return Ok(Some((*found, output))),
            Next::Unreadable(what) => format!("it should come next in {output}, but what stands there cannot be read: {what}"),
            Next::End => format!("{output} ends before this record, and no ledger line says that it went"),
        };
        self.offences.lose(shown_name(sought.file, sought.seen), what);
        Ok(None)
    }

    fn keep(&mut self, seen: &Seen, words: &[WordHash]) {
        self.kept.add(seen.place, &seen.id, words);
        self.n_kept += 1;
        self.tally.articles_out += 1;
    }

    /// The ledger lines of a record. Lines of records that were passed are offences.
    fn lines_of(&mut self, file: &str, seen: &Seen) -> Result<Vec<Line>, Error> {
        let mut lines = Vec::new();
        loop {
            if let Some(line) = self.lines.next_if(|line| line.is_of(file, seen.place.record))? {
                lines.push(line);
                continue;
            }
            let is_late = |line: &Line| self.kept.place(&line.file, line.record).is_some_and(|place| place < seen.place);
            let Some(late) = self.lines.next_if(is_late)? else { return Ok(lines) };
            self.offences
                .add(line_name(&late), format!("line {} of the ledger comes too late, or tells of no record", late.number));
        }
    }

    fn check_lossless(&mut self, file: &SourceFile, seen: &Seen, lines: &[Line]) {
        let loses = |line: &&Line| matches!(line.kind(), Some(LineKind::Span | LineKind::Whole)) && line.words_lost > 0;
        if let Some(line) = lines.iter().filter(|line| line.reason != "filter").find(loses) {
            let what = format!("line {} of the ledger: words were lost, and the run was to be lossless", line.number);
            self.offences.add(shown_name(file, seen), what);
        }
    }

    /// The first `n_files` files have begun.
    fn begin_files(&mut self, n_files: usize) -> Result<(), Error> {
        while self.n_begun < n_files {
            let file = Arc::clone(&self.files[self.n_begun]);
            if let Target::Folder(_) = self.settings.target
                && self.n_begun > 0
            {
                self.end_output()?;
            }
            if !self.kept.begin_file(&file.name) {
                let what = "two files of the input have this name, and a ledger cannot tell one from the other";
                self.offences.lose(file.name.as_str(), what);
            }
            self.n_begun += 1;
        }
        Ok(())
    }

    /// The output in which records of the last file stand that has begun; `None` if it isn't there.
    fn output(&mut self) -> Result<Option<&mut OpenOutput>, Error> {
        if self.output.is_none() {
            let file = &self.files[self.n_begun - 1];
            let name = match &self.settings.target {
                Target::File(path) => path.clone(),
                Target::Folder(folder) => folder.join(&file.relative),
                Target::Stdout | Target::Nowhere => return Ok(None),
            };
            let path = (self.evidence.place)(&name);
            if let Target::Folder(_) = self.settings.target
                && !path.exists()
            {
                self.offences.lose(name.display().to_string(), "there is no such output");
                return Ok(None);
            }
            self.output = Some(OpenOutput::open(&path, &name, file, self.settings, self.seed)?);
        }
        Ok(self.output.as_mut())
    }

    /// Nothing more stands in the output that was read.
    fn end_output(&mut self) -> Result<(), Error> {
        if !self.offences.is_enough()
            && let Some(output) = self.output()?
        {
            let name = output.name().display().to_string();
            if let Some(more) = output.more()? {
                self.offences.lose(name, format!("it has more records than are left of the input, the first is {more}"));
            }
        }
        self.output = None;
        (self.n_found, self.n_kept) = (0, 0);
        Ok(())
    }

    /// After the last record.
    pub(super) fn end(mut self) -> Result<(Verified, Vec<Offence>), Error> {
        if !self.offences.is_enough() && self.n_begun > 0 {
            self.end_output()?;
        }
        if !self.offences.is_enough()
            && let Some(line) = self.lines.next_if(|_| true)?
        {
            let what = format!("line {} of the ledger tells of a record that the input doesn't have, or not there", line.number);
            self.offences.add(line_name(&line), what);
        }
        self.tally.words_out = self.kept.n_words();
        if let Some((path, summary)) = self.evidence.summary.filter(|_| self.offences.named().is_empty()) {
            self.compare_summary(path, summary);
        }
        Ok((self.tally, self.offences.named().to_vec()))
    }

    fn compare_summary(&mut self, path: &Path, summary: &serde_json::Value) {
        for (name, told, found) in self.tally.differences(summary) {
            self.offences.add(path.display().to_string(), format!("{name} is {told}, and {found} is right"));
        }
    }
}

/// A record for messages.
fn shown_name(file: &SourceFile, seen: &Seen) -> String {
    let place = format!("{}:{}", file.name, seen.place.record);
    if seen.id.is_empty() || *seen.id == *file.name { place } else { format!("{place} ({})", seen.id) }
}

fn line_name(line: &Line) -> String {
    format!("{}:{}", line.file, line.record)
}
