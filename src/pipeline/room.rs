//! Is there room for what a run writes?

use std::fs;
use std::path::{Path, PathBuf};

use super::spill::MemoryLimit;
use crate::error::printable;
use crate::read::{Input, is_packed};
use crate::report::{Lacking, megabytes};
use crate::settings::{Job, Settings};
use crate::write::{Compression, Target};

/// Packed text unpacks to about so many times its size.
const PACKED: u64 = 4;

/// Bytes that are to be written to a folder, or to a file of this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
}

/// A disk, and how much is free on it.
#[derive(Debug, Clone, Copy)]
struct Disk {
    number: u64,
    free: u64,
}

/// The disks that have less room than is needed on them.
pub(super) fn lacking(needs: &[Need]) -> Vec<Lacking> {
    lacking_on(needs, disk)
}

fn lacking_on(needs: &[Need], disk: impl Fn(&Path) -> Option<Disk>) -> Vec<Lacking> {
    let mut disks: Vec<(u64, Lacking)> = Vec::new();
    for Need { path, bytes } in needs {
        let Some(Disk { number, free }) = disk(path) else { continue };
        match disks.iter_mut().find(|(other, _)| *other == number) {
            Some((_, lack)) => lack.needed = lack.needed.saturating_add(*bytes),
            None => disks.push((number, Lacking { path: path.to_string_lossy().into_owned(), needed: *bytes, free })),
        }
    }
    disks.into_iter().map(|(_, lack)| lack).filter(|lack| lack.needed > lack.free).collect()
}

/// The disk that a path lies on, or will, where the system tells.
#[cfg(unix)]
fn disk(path: &Path) -> Option<Disk> {
    use std::os::unix::fs::MetadataExt;
    let path = std::path::absolute(path).ok()?;
    let (there, metadata) = path.ancestors().find_map(|above| Some((above, fs::metadata(above).ok()?)))?;
    // A pipe or a device takes no room.
    let takes_room = metadata.is_file() || metadata.is_dir();
    let stat = rustix::fs::statvfs(there).ok().filter(|_| takes_room)?;
    Some(Disk { number: metadata.dev(), free: stat.f_bavail.saturating_mul(stat.f_frsize) })
}

#[cfg(not(unix))]
fn disk(_path: &Path) -> Option<Disk> {
    None
}

/// Says so before a run begins that may not fit on the disk: nobody knows yet how much will go, so this is no reason to refuse it.
pub(super) fn warn_if_it_may_not_fit(settings: &Settings, inputs: &[Input]) {
    let Some(needs) = most_needed(settings, inputs) else { return };
    for Lacking { path, needed, free } in lacking(&needs) {
        log::warn!(
            "{}: {} are free on this disk, and the run may need {}, if little of the input goes; `einmal estimate` looks more closely",
            printable(&path),
            megabytes(free),
            megabytes(needed)
        );
    }
}

/// What a run writes if nothing goes: a byte of output for one of input, and as much kept text where that is stored. `None` if the size of an input is not known.
fn most_needed(settings: &Settings, inputs: &[Input]) -> Option<Vec<Need>> {
    let (mut stored, mut text) = (0_u64, 0_u64);
    for input in inputs {
        let len = input.len?;
        stored += len;
        text = text.saturating_add(len.saturating_mul(if is_packed(&input.relative) { PACKED } else { 1 }));
    }
    let output = output_need(settings, stored, text);
    let index = settings.index.as_ref().filter(|index| index.adds).map(|index| (&index.folder, text));
    let limit = MemoryLimit::new(settings);
    // Only copies are looked for in kept text.
    let spilled = (settings.job == Job::Dedup && text > limit.room()).then(|| (limit.folder(), text));
    let index = index.map(|(path, bytes)| Need { path: path.clone(), bytes });
    let needs = output.into_iter().chain(index);
    Some(needs.chain(spilled.map(|(path, bytes)| Need { path: path.to_owned(), bytes })).collect())
}

/// What the output needs if `text` bytes of records are written, which take up `stored` as they are packed in the inputs.
pub(super) fn output_need(settings: &Settings, stored: u64, text: u64) -> Option<Need> {
    let (path, bytes) = match (&settings.target, settings.compression) {
        (Target::Stdout | Target::Nowhere, _) => return None,
        (Target::Folder(path), None) => (path, stored),
        (Target::File(path), None) if !is_packed(path) => (path, text),
        (Target::File(path) | Target::Folder(path), Some(Compression::None)) => (path, text),
        (Target::File(path) | Target::Folder(path), _) => (path, text / PACKED),
    };
    Some(Need { path: path.clone(), bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_to_one_disk_is_added_up() {
        let need = |path: &str, bytes| Need { path: path.into(), bytes };
        let disk = |path: &Path| match path.to_str() {
            Some("a" | "b") => Some(Disk { number: 1, free: 100 }),
            Some("c") => Some(Disk { number: 2, free: 10 }),
            _ => None,
        };
        let lack = |path: &str, needed, free| Lacking { path: path.into(), needed, free };
        for (needs, expected) in [
            (vec![need("a", 100), need("c", 10), need("nobody knows", 1000)], vec![]),
            (vec![need("a", 60), need("c", 5), need("b", 60)], vec![lack("a", 120, 100)]),
            (vec![need("a", u64::MAX), need("b", 1), need("c", 11)], vec![lack("a", u64::MAX, 100), lack("c", 11, 10)]),
        ] {
            assert_eq!(lacking_on(&needs, disk), expected, "{needs:?}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_file_that_is_not_there_yet_lies_on_the_disk_of_its_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let here = disk(folder.path()).expect("it is there");
        let there = disk(&folder.path().join("none/new.jsonl")).expect("its folder's folder is there");
        assert_eq!(here.number, there.number);
        assert!(disk(Path::new("/dev/null")).is_none());
    }
}
