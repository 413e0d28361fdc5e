//! Gzip files of several members, read on behind a damaged one.
//!
//! Web archives are packed record by record, and logs are often packed files put behind each other: what is damaged in one member needn't cost the others.

use std::error::Error;
use std::fmt;
use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

/// The part of a member's header that hardly varies: magic number and method (RFC 1952).
const HEADER: [u8; 3] = [0x1F, 0x8B, 8];
const HEADER_LEN: usize = 10;
/// So much of a member is kept for another look at it. Damage may lead a decoder past the member's end, and over the next header.
const KEPT: usize = 1 << 20;

/// Damage after which another member begins.
#[derive(Debug)]
struct MemberDamaged(io::Error);

impl fmt::Display for MemberDamaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for MemberDamaged {}

/// Whether a file goes on behind this damage: then the next read is of what comes after it.
pub(super) fn goes_on(damage: &io::Error) -> bool {
    damage.get_ref().is_some_and(|inner| inner.is::<MemberDamaged>())
}

/// The text of all members.
pub(super) struct GzipMembers<R> {
    /// The member that is being read; none after the last.
    member: Option<GzDecoder<Replay<R>>>,
}

impl<R: BufRead> GzipMembers<R> {
    pub(super) fn new(raw: R) -> Self {
        Self { member: Some(GzDecoder::new(Replay { raw, taken: Vec::new(), at: 0, is_whole: true })) }
    }

    /// Begins with the next member behind a sound one. Zeros, with which tapes are filled up, are none.
    fn next_member(&mut self) -> io::Result<()> {
        let Some(member) = self.member.take() else { return Ok(()) };
        let mut raw = member.into_inner();
        while raw.fill_buf()?.first() == Some(&0) {
            raw.consume(1);
        }
        if !raw.fill_buf()?.is_empty() {
            raw.begin_member();
            self.member = Some(GzDecoder::new(raw));
        }
        Ok(())
    }

    /// Goes to the next member behind a damaged one.
    fn after(&mut self, damage: io::Error) -> io::Error {
        let Some(member) = self.member.take() else { return damage };
        let mut raw = member.into_inner();
        if !raw.find_member().unwrap_or(false) {
            return damage;
        }
        raw.begin_member();
        self.member = Some(GzDecoder::new(raw));
        io::Error::new(damage.kind(), MemberDamaged(damage))
    }
}

impl<R: BufRead> Read for GzipMembers<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            match member.read(buffer) {
                Ok(0) if !buffer.is_empty() => self.next_member()?,
                Err(damage) if damage.kind() != io::ErrorKind::Interrupted => return Err(self.after(damage)),
                read => return read,
            }
        }
        Ok(0)
    }
}

/// Raw bytes of which those of the current member can be read again.
struct Replay<R> {
    raw: R,
    /// The member's bytes that were read, and some to be read again.
    taken: Vec<u8>,
    /// So many of them are read; all, while reading goes on in `raw`.
    at: usize,
    /// Whether `taken` begins where the member does.
    is_whole: bool,
}

impl<R: BufRead> Replay<R> {
    fn begin_member(&mut self) {
        self.taken.drain(..self.at);
        self.at = 0;
        self.is_whole = true;
    }

    /// Moves to where a member seems to begin, behind the start of this one; `false` if none does.
    fn find_member(&mut self) -> io::Result<bool> {
        if self.is_whole {
            self.at = HEADER.len().min(self.taken.len());
        }
        loop {
            let ahead = &self.taken[self.at..];
            let is_header = |at: &usize| ahead.get(at + 3).is_some_and(|&flags| flags < 0x20);
            if let Some(found) = memchr::memmem::find_iter(ahead, &HEADER).find(is_header) {
                self.at += found;
                return Ok(true);
            }
            // A header may begin at the end of what was looked at.
            let seen = self.taken.len().saturating_sub(HEADER_LEN - 1).max(self.at);
            self.taken.drain(..seen);
            self.at = 0;
            let more = self.raw.fill_buf()?;
            if more.is_empty() {
                return Ok(false);
            }
            self.taken.extend_from_slice(more);
            let len = more.len();
            self.raw.consume(len);
        }
    }
}

impl<R: BufRead> Read for Replay<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.fill_buf()?.read(buffer)?;
        self.consume(len);
        Ok(len)
    }
}

impl<R: BufRead> BufRead for Replay<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at < self.taken.len() { Ok(&self.taken[self.at..]) } else { self.raw.fill_buf() }
    }

    fn consume(&mut self, len: usize) {
        if self.at < self.taken.len() {
            self.at += len;
            return;
        }
        if self.taken.len() + len > KEPT {
            self.taken.clear();
            self.is_whole = false;
        }
        if self.is_whole
            && let Ok(bytes) = self.raw.fill_buf()
        {
            self.taken.extend_from_slice(&bytes[..len]);
        }
        self.at = self.taken.len();
        self.raw.consume(len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, Write};

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).and_then(|()| encoder.finish()).expect("memory takes everything")
    }

    /// What can be read, and how often damage was met after which it goes on, or doesn't.
    fn read(packed: &[u8], buffer: usize) -> (Vec<u8>, usize, usize) {
        let mut members = GzipMembers::new(BufReader::with_capacity(buffer, packed));
        let (mut text, mut n_damaged) = (Vec::new(), 0);
        loop {
            match members.read_to_end(&mut text) {
                Ok(_) => return (text, n_damaged, 0),
                Err(damage) if goes_on(&damage) => n_damaged += 1,
                Err(_) => return (text, n_damaged, 1),
            }
        }
    }

    #[test]
    fn damage_in_a_member_costs_that_member() {
        // Texts that don't pack well, so that a member is longer than a buffer.
        let text = |nth: u32| -> Vec<u8> { (0..3000u32).map(|at| (at.wrapping_mul(at ^ (nth * 77)) >> 5) as u8).collect() };
        let members: Vec<Vec<u8>> = (0..5).map(|nth| gzip(&text(nth))).collect();
        let starts: Vec<usize> = (0..5).map(|nth| members[..nth].iter().map(Vec::len).sum()).collect();
        let all = members.concat();
        for buffer in [16, 700, 1 << 16] {
            assert_eq!(read(&all, buffer), ((0..5).flat_map(text).collect(), 0, 0));
            assert_eq!(read(&[&all[..], &[0; 100]].concat(), buffer).1, 0, "zeros at the end are nothing");
            for at in [0, 3, 20, 500, members[2].len() - 12, members[2].len() - 6] {
                let mut damaged = all.clone();
                for byte in &mut damaged[starts[2] + at..starts[2] + at + 4] {
                    *byte ^= 0x5A;
                }
                let (found, n_damaged, _) = read(&damaged, buffer);
                let (before, after) = ([text(0), text(1)].concat(), [text(3), text(4)].concat());
                assert!(found.starts_with(&before) && found.ends_with(&after), "damage at {at} of a member");
                assert_eq!(n_damaged, 1, "damage at {at} of a member");
            }
            let (found, n_damaged, n_ends) = read(&all[..all.len() - 100], buffer);
            assert!(found.starts_with(&(0..4).flat_map(text).collect::<Vec<u8>>()) && (n_damaged, n_ends) == (0, 1));
        }
    }
}
