//! The words of all kept articles, one stream behind the other.

use std::sync::Arc;

use super::held_words::HeldWords;
use super::prefetch::prefetch;
use super::segment::Segment;
use crate::fingerprint::WordHash;

/// A word's place in all kept text. Places grow in priority order, so the smaller of two was kept first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WordPlace(pub u64);

impl WordPlace {
    /// Places fit in this many bits: some 7 TB of text.
    pub const BITS: u32 = 40;

    /// The place `words` further on in the same stream.
    pub fn plus(self, words: usize) -> Self {
        Self(self.0 + words as u64)
    }

    /// Where chunk number `nth` begins.
    pub(super) fn of_chunk(nth: u32) -> Self {
        Self(u64::from(nth) * CHUNK as u64)
    }

    /// The number of its chunk.
    pub(super) fn chunk(self) -> u32 {
        self.locate().0 as u32
    }

    /// Its place in its chunk.
    pub(super) fn in_chunk(self) -> usize {
        self.locate().1
    }

    /// The number of its chunk, and its place there.
    fn locate(self) -> (usize, usize) {
        ((self.0 as usize) / CHUNK, (self.0 as usize) % CHUNK)
    }
}

/// An append-only array of 32-bit words in chunks, which never move once they are written.
///
/// A stream never crosses a chunk, and a [`WordHash::BOUNDARY`] follows each, so a match ends where its article does.
#[derive(Debug, Default)]
pub struct KeptWords {
    chunks: Vec<Chunk>,
}

#[derive(Debug, Default)]
enum Chunk {
    /// Nothing is left of it.
    #[default]
    Gone,
    /// In memory.
    Held(HeldWords),
    /// At this place among the chunks of a segment.
    Stored(Arc<Segment>, usize),
}

impl Chunk {
    #[inline]
    fn words(&self) -> &[WordHash] {
        match self {
            Self::Held(held) => held.words(),
            Self::Stored(segment, at) => segment.chunk(*at),
            Self::Gone => &[],
        }
    }
}

/// Words in a chunk: 16 MiB of memory, reserved at once and used as it fills.
const CHUNK: usize = 1 << 22;

impl KeptWords {
    /// Adds a stream; returns the place of its first word.
    ///
    /// # Panics
    ///
    /// If the stream has more words than a part of a text can hold (2 MiB of text, so 2 million words at the very most).
    pub fn push(&mut self, stream: &[WordHash]) -> WordPlace {
        assert!(stream.len() < CHUNK, "a part of a text is far shorter than a chunk");
        let has_room = |chunk: &Chunk| matches!(chunk, Chunk::Held(held) if held.words().len() + stream.len() < CHUNK);
        if !self.chunks.last().is_some_and(has_room) {
            self.chunks.push(Chunk::Held(HeldWords::with_room(CHUNK)));
        }
        let nth = self.chunks.len() - 1;
        let Some(Chunk::Held(held)) = self.chunks.last_mut() else { unreachable!("one was just pushed if there was none") };
        let place = WordPlace((nth * CHUNK + held.words().len()) as u64);
        held.extend(stream);
        held.extend(&[WordHash::BOUNDARY]);
        place
    }

    /// Has memory cleared for the next `n_words` words of the last chunk.
    pub fn make_ready(&self, n_words: usize) {
        if let Some(Chunk::Held(held)) = self.chunks.last() {
            held.make_ready(n_words);
        }
    }

    /// The chunks of a segment are read there from now on.
    pub(super) fn store(&mut self, segment: &Arc<Segment>) {
        for (nth, at) in segment.stored_chunks() {
            let nth = nth as usize;
            if nth >= self.chunks.len() {
                self.chunks.resize_with(nth + 1, Chunk::default);
            }
            self.chunks[nth] = Chunk::Stored(Arc::clone(segment), at);
        }
    }

    /// The next stream begins a chunk, which is number `nth` or a later one.
    pub(super) fn begin_chunk(&mut self, nth: u32) {
        if self.chunks.len() < nth as usize {
            self.chunks.resize_with(nth as usize, Chunk::default);
        }
    }

    /// How many chunks there are, those that are gone among them.
    pub(super) fn n_chunks(&self) -> u32 {
        self.chunks.len() as u32
    }

    /// The chunks in memory, with their numbers.
    pub(super) fn held(&self) -> impl Iterator<Item = (u32, &[WordHash])> {
        self.chunks.iter().enumerate().filter_map(|(nth, chunk)| match chunk {
            Chunk::Held(held) => Some((nth as u32, held.words())),
            Chunk::Stored(..) | Chunk::Gone => None,
        })
    }

    /// Bytes of memory in use.
    pub(super) fn memory(&self) -> usize {
        self.held().map(|(_, words)| size_of_val(words)).sum()
    }

    /// The words from `place` to the end of its stream and beyond, up to the end of the chunk.
    #[inline]
    pub fn after(&self, place: WordPlace) -> &[WordHash] {
        let (chunk, at) = place.locate();
        self.chunk(chunk).get(at..).unwrap_or_default()
    }

    /// The words before `place`, back to the start of its chunk.
    #[inline]
    pub fn before(&self, place: WordPlace) -> &[WordHash] {
        let (chunk, at) = place.locate();
        self.chunk(chunk).get(..at).unwrap_or_default()
    }

    #[inline]
    fn chunk(&self, nth: usize) -> &[WordHash] {
        self.chunks.get(nth).map_or(&[], Chunk::words)
    }

    /// Asks for the memory of some places, so that it is waited for once, not for each.
    pub fn prefetch(&self, places: impl Iterator<Item = WordPlace>) {
        places.for_each(|place| prefetch(self.after(place).first()));
    }

    /// Whether `words` stand at `place`.
    pub fn stand_at(&self, place: WordPlace, words: &[WordHash]) -> bool {
        self.after(place).starts_with(words)
    }

    /// Whether `run` stands so that its word number `before` is the one at `place`.
    pub fn run_stands_around(&self, place: WordPlace, before: usize, run: &[WordHash]) -> bool {
        self.before(place).ends_with(&run[..before]) && self.after(place).starts_with(&run[before..])
    }

    /// How many words from `place` on are equal to those of `words`.
    pub fn equal_after(&self, place: WordPlace, words: &[WordHash]) -> usize {
        self.after(place).iter().zip(words).take_while(|(kept, word)| kept == word).count()
    }

    /// How many words before `place` are equal to the last of `words`.
    pub fn equal_before(&self, place: WordPlace, words: &[WordHash]) -> usize {
        self.before(place).iter().rev().zip(words.iter().rev()).take_while(|(kept, word)| kept == word).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::test_stream as stream;

    #[test]
    fn a_match_ends_where_its_article_does() {
        let mut kept = KeptWords::default();
        let (one, two) = (stream(&[1, 2, 3, 4]), stream(&[5, 6, 1]));
        let first = kept.push(&one);
        let second = kept.push(&two);
        assert!(first < second);
        assert!(kept.stand_at(first.plus(1), &one[1..]));
        assert!(!kept.stand_at(second, &one));
        assert_eq!(kept.equal_after(first.plus(2), &stream(&[3, 4, 5, 6])), 2);
        assert_eq!(kept.equal_before(second.plus(1), &stream(&[3, 4, 5])), 1);
        assert_eq!(kept.equal_after(second.plus(2), &stream(&[1, 2])), 1);
    }
}
