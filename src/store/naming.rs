//! What a run is called if nobody names it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};
use xxhash_rust::xxh3::Xxh3;

use crate::error::Error;
use crate::read::{Input, Source};

/// So many of a file's last bytes tell it from others of its name and size.
const END_LEN: u64 = 1 << 16;

/// A name that a repeated run over the same inputs has again: the first file's, and a digest of all files' names, sizes and ends. Where one is a pipe, it is the time.
///
/// # Errors
///
/// If an input cannot be read.
pub fn run_name(inputs: &[Input]) -> Result<String, Error> {
    let mut digest = Xxh3::new();
    for input in inputs {
        let (Source::File(path), Some(len)) = (&input.source, input.len) else {
            return Ok(DateTime::<Utc>::from(SystemTime::now()).to_rfc3339_opts(SecondsFormat::Nanos, true));
        };
        let name = input.name();
        let end = end_of(path, len).map_err(|source| Error::io("read", path, source))?;
        for part in [name.as_bytes(), &end] {
            digest.update(&(part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        digest.update(&len.to_le_bytes());
    }
    let first = inputs.first().map(|input| input.relative.to_string_lossy().into_owned()).unwrap_or_default();
    let more = if inputs.len() > 1 { format!("+{}", inputs.len() - 1) } else { String::new() };
    Ok(format!("{first}{more}-{:016x}", digest.digest()))
}

fn end_of(path: &Path, len: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(len.saturating_sub(END_LEN)))?;
    let mut end = Vec::new();
    file.take(END_LEN).read_to_end(&mut end)?;
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{Selection, collect_inputs};
    use std::fs;

    #[test]
    fn a_run_over_the_same_files_has_the_same_name_and_over_others_another() {
        let folder = tempfile::tempdir().expect("a folder");
        let (a, b) = (folder.path().join("a.jsonl"), folder.path().join("b.jsonl"));
        let name = |paths: &[&Path]| {
            let paths: Vec<_> = paths.iter().map(|path| path.to_path_buf()).collect();
            run_name(&collect_inputs(&paths, &Selection::default()).expect("they are there")).expect("they can be read")
        };
        fs::write(&a, "eins\n").expect("written");
        fs::write(&b, "eins\n").expect("written");
        let first = name(&[&a]);
        assert!(first.starts_with("a.jsonl-"), "{first}");
        assert_eq!(first, name(&[&a]));
        assert_ne!(first, name(&[&b]));
        assert_ne!(name(&[&a, &b]), name(&[&b, &a]));
        fs::write(&a, "zwei\n").expect("written");
        assert_ne!(first, name(&[&a]), "another end");
        let stdin = run_name(&[Input::stdin()]).expect("a time");
        assert!(DateTime::parse_from_rfc3339(&stdin).is_ok(), "{stdin}");
    }
}
