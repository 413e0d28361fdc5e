//! The members of archives (tar, zip), one after another.
//!
//! A thread of its own unpacks an archive and sends what it finds, so that members are read like files, whatever the archive's library wants to be called with.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Component, Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

/// Bytes are sent in pieces of this size, and so many of them wait at most.
const PIECE: usize = 256 * 1024;
const N_WAITING: usize = 4;

/// What an archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ArchiveKind {
    Tar,
    Zip,
}

impl ArchiveKind {
    /// Recognises an archive by its first bytes.
    pub(super) fn recognise(head: &[u8]) -> Option<Self> {
        match head {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Self::Zip),
            _ if head.get(257..262) == Some(b"ustar") => Some(Self::Tar),
            _ => None,
        }
    }
}

/// What is found in an archive, in order.
enum Event {
    Begin(PathBuf),
    Data(Vec<u8>),
    Damage(io::Error),
}

/// An archive whose members are read one by one.
pub(super) struct Archive {
    events: Arc<Mutex<Receiver<Event>>>,
    /// The next member, if it was met while the last one was read.
    next: Arc<Mutex<Option<Event>>>,
}

/// A member of an archive: where it stands in it, and its bytes.
pub(super) struct Member {
    pub(super) path: PathBuf,
    pub(super) reader: Box<dyn Read + Send>,
}

impl Archive {
    /// Begins with an archive. A zip file cannot be read from start to end: it is read where it is, or copied to a temporary file first.
    pub(super) fn open(kind: ArchiveKind, reader: Box<dyn Read + Send>, file: Option<File>) -> io::Result<Self> {
        let (sender, events) = sync_channel(N_WAITING);
        let unpack = move |sender: &SyncSender<Event>| match kind {
            ArchiveKind::Tar => unpack_tar(reader, sender),
            ArchiveKind::Zip => unpack_zip(file.map_or_else(|| seekable(reader), Ok)?, sender),
        };
        std::thread::Builder::new().name("archive".to_owned()).spawn(move || {
            if let Err(damage) = unpack(&sender) {
                // Where nobody listens any more, nothing is lost.
                let _ = sender.send(Event::Damage(damage));
            }
        })?;
        Ok(Self { events: Arc::new(Mutex::new(events)), next: Arc::default() })
    }

    /// The next member; what was not read of the last one is passed. `None` after the last.
    pub(super) fn next_member(&mut self) -> Option<io::Result<Member>> {
        let waiting = lock(&self.next).take();
        let mut event = waiting.or_else(|| lock(&self.events).recv().ok());
        while let Some(Event::Data(_)) = event {
            event = lock(&self.events).recv().ok();
        }
        Some(match event? {
            Event::Begin(path) => {
                let (events, next) = (Arc::clone(&self.events), Arc::clone(&self.next));
                Ok(Member { path, reader: Box::new(MemberReader { events, next, piece: Vec::new(), at: 0, is_done: false }) })
            }
            Event::Damage(damage) => Err(damage),
            Event::Data(_) => unreachable!("these were passed"),
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

struct MemberReader {
    events: Arc<Mutex<Receiver<Event>>>,
    next: Arc<Mutex<Option<Event>>>,
    piece: Vec<u8>,
    at: usize,
    is_done: bool,
}

impl Read for MemberReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.piece.len() && !self.is_done {
            let event = lock(&self.events).recv();
            match event {
                Ok(Event::Data(piece)) => (self.piece, self.at) = (piece, 0),
                Ok(Event::Damage(damage)) => {
                    self.is_done = true;
                    return Err(damage);
                }
                Ok(begin @ Event::Begin(_)) => {
                    *lock(&self.next) = Some(begin);
                    self.is_done = true;
                }
                Err(_) => self.is_done = true,
            }
        }
        let len = buffer.len().min(self.piece.len() - self.at);
        buffer[..len].copy_from_slice(&self.piece[self.at..self.at + len]);
        self.at += len;
        Ok(len)
    }
}

fn unpack_tar(reader: impl Read, sender: &SyncSender<Event>) -> io::Result<()> {
    let mut archive = tar::Archive::new(reader);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        if entry.header().entry_type().is_file() && !send(&path, &mut entry, sender)? {
            break;
        }
    }
    Ok(())
}

fn unpack_zip(file: impl Read + Seek, sender: &SyncSender<Event>) -> io::Result<()> {
    let mut archive = zip::ZipArchive::new(file)?;
    for nth in 0..archive.len() {
        let mut entry = archive.by_index(nth)?;
        let path = PathBuf::from(entry.name()?.into_owned());
        if entry.is_file() && !send(&path, &mut entry, sender)? {
            break;
        }
    }
    Ok(())
}

/// Sends a member. Tells whether somebody still listens.
fn send(path: &Path, entry: &mut impl Read, sender: &SyncSender<Event>) -> io::Result<bool> {
    if is_hidden(path) {
        return Ok(true);
    }
    let mut is_heard = sender.send(Event::Begin(plain(path))).is_ok();
    while is_heard {
        let mut piece = Vec::new();
        if entry.take(PIECE as u64).read_to_end(&mut piece)? == 0 {
            break;
        }
        is_heard = sender.send(Event::Data(piece)).is_ok();
    }
    Ok(is_heard)
}

/// Hidden files are skipped as in folders, and what one system keeps about the files of an archive.
fn is_hidden(path: &Path) -> bool {
    path.components().any(|part| match part {
        Component::Normal(name) => name.as_encoded_bytes().starts_with(b".") || name == "__MACOSX",
        _ => false,
    })
}

/// A path that leads nowhere but down.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|part| matches!(part, Component::Normal(_))).collect()
}

/// The same bytes in a temporary file, which goes when it is closed.
pub(super) fn seekable(mut reader: impl Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut reader, &mut file)?;
    file.rewind()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (path, content) in members {
            let mut header = tar::Header::new_ustar();
            header.set_size(content.len() as u64);
            builder.append_data(&mut header, path, *content).expect("memory takes everything");
        }
        builder.into_inner().expect("memory takes everything")
    }

    fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        for (path, content) in members {
            writer.start_file(*path, zip::write::SimpleFileOptions::default()).expect("memory takes everything");
            writer.write_all(content).expect("memory takes everything");
        }
        writer.finish().expect("memory takes everything").into_inner()
    }

    #[test]
    fn members_come_one_after_another_whether_they_are_read_or_not() {
        let long = vec![b'x'; 3_000_000];
        let members: [(&str, &[u8]); 6] = [
            ("a.txt", b"eins"),
            ("b/c.txt", &long),
            ("b/.hidden", b"no"),
            ("empty", b""),
            ("__MACOSX/a", b"no"),
            ("d.txt", b"vier"),
        ];
        for (kind, bytes) in [(ArchiveKind::Tar, tar(&members)), (ArchiveKind::Zip, zip(&members))] {
            assert_eq!(ArchiveKind::recognise(&bytes), Some(kind));
            for is_read in [true, false] {
                let mut archive =
                    Archive::open(kind, Box::new(io::Cursor::new(bytes.clone())), None).expect("a thread can be had");
                let mut found = Vec::new();
                while let Some(member) = archive.next_member() {
                    let mut member = member.expect("it is sound");
                    let mut content = Vec::new();
                    if is_read {
                        member.reader.read_to_end(&mut content).expect("it is sound");
                    }
                    found.push((member.path, content.len()));
                }
                let expected = [("a.txt", 4), ("b/c.txt", 3_000_000), ("empty", 0), ("d.txt", 4)];
                let expected = expected.map(|(path, len)| (PathBuf::from(path), if is_read { len } else { 0 }));
                assert_eq!(found, expected, "{kind:?}");
            }
        }
    }

    #[test]
    fn damage_is_told_and_an_archive_may_be_left_unread() {
        let bytes = tar(&[("a.txt", &[b'x'; 2_000_000])]);
        let mut archive = Archive::open(ArchiveKind::Tar, Box::new(io::Cursor::new(bytes[..1_500_000].to_vec())), None)
            .expect("a thread can be had");
        let mut member = archive.next_member().expect("one begins").expect("it begins well");
        assert!(member.reader.read_to_end(&mut Vec::new()).is_err());
        let mut archive = Archive::open(ArchiveKind::Zip, Box::new(io::Cursor::new(b"PK\x03\x04rubbish".to_vec())), None)
            .expect("a thread can be had");
        assert!(archive.next_member().expect("something is told").is_err());
        let archive = Archive::open(ArchiveKind::Tar, Box::new(io::Cursor::new(bytes)), None).expect("a thread can be had");
        drop(archive);
    }

    #[test]
    fn no_member_leads_out_of_its_archive() {
        assert_eq!(plain(Path::new("../../etc/passwd")), PathBuf::from("etc/passwd"));
        assert_eq!(plain(Path::new("/etc/./x")), PathBuf::from("etc/x"));
    }
}
