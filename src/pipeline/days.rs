//! Of which day a run is: asked for when text fades by age.

use chrono::NaiveDate;
use rayon::prelude::*;

use crate::corpus::day_of;
use crate::error::Error;
use crate::read::{Block, Input, RawBatch, Reader};
use crate::settings::Settings;
use crate::store::{Days, Expiry};

/// The day before which text fades. An age counts back from the run's day: the one in the middle of its articles', or else the one on which it began.
///
/// The clock would give another answer when the run is repeated, and the first or last day would leave it to one wrong date what is forgotten.
///
/// # Errors
///
/// If an input cannot be read.
pub(super) fn expires_before(
    settings: &Settings,
    expiry: Expiry,
    inputs: &mut [Input],
    started: NaiveDate,
) -> Result<NaiveDate, Error> {
    if let Expiry::Before(day) = expiry {
        return Ok(day);
    }
    log::info!("a reading to learn of which day the articles are");
    inputs.iter_mut().try_for_each(Input::spool)?;
    let mut reader = Reader::new(inputs.to_vec(), settings.reading.clone(), settings.batch, settings.threads);
    let mut days = Days::default();
    while let Some(batch) = reader.next_batch()? {
        dates(&batch, settings).into_iter().for_each(|day| days.add(day));
    }
    Ok(expiry.before(days.middle().unwrap_or(started)))
}

/// The days of a batch's articles.
fn dates(batch: &RawBatch, settings: &Settings) -> Vec<NaiveDate> {
    let in_block = |block: &Block| {
        let day = |raw| day_of(&block.file.read(block, raw, &settings.reading).ok()??.name.date);
        block.records.par_iter().filter_map(day).collect::<Vec<_>>()
    };
    batch.blocks.iter().flat_map(in_block).collect()
}
