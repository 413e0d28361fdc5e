//! The memory that kept words stand in.
#![expect(unsafe_code, reason = "seeing the memory of a map as the words that were put there")]

#[cfg(target_os = "linux")]
use memmap2::Advice;
use memmap2::MmapMut;

use crate::fingerprint::WordHash;

/// Words in memory, reserved at once and used as it fills: they never move.
#[derive(Debug)]
pub(super) struct HeldWords {
    memory: MmapMut,
    /// How many words there are.
    len: usize,
}

impl HeldWords {
    /// Room for `n_words` words.
    ///
    /// # Panics
    ///
    /// If the system gives no memory.
    pub(super) fn with_room(n_words: usize) -> Self {
        let memory = MmapMut::map_anon(n_words * size_of::<WordHash>()).expect("the system has memory to give");
        // Getting memory page by page takes longer than copying the words.
        #[cfg(target_os = "linux")]
        if let Err(error) = memory.advise(Advice::HugePage) {
            log::debug!("kept words stand in small pages: {error}");
        }
        Self { memory, len: 0 }
    }

    /// The words in it.
    #[inline]
    pub(super) fn words(&self) -> &[WordHash] {
        // SAFETY: A map is aligned to pages, `len` words of it were written, a `WordHash` is a transparent `u32`, and the map outlives the slice.
        unsafe { std::slice::from_raw_parts(self.memory.as_ptr().cast(), self.len) }
    }

    /// Has the system clear the memory of the next `n_words` words, as far as there is room for them: who adds them will not have to wait for it.
    pub(super) fn make_ready(&self, n_words: usize) {
        #[cfg(target_os = "linux")]
        {
            let start = self.len * size_of::<WordHash>();
            let len = (n_words * size_of::<WordHash>()).min(self.memory.len() - start);
            // Older systems cannot do it, and clear it as it is used.
            let _is_done = self.memory.advise_range(Advice::PopulateWrite, start, len).is_ok();
        }
    }

    /// Adds words.
    ///
    /// # Panics
    ///
    /// If there is no room for them.
    pub(super) fn extend(&mut self, words: &[WordHash]) {
        let free = &mut self.memory[self.len * size_of::<WordHash>()..][..size_of_val(words)];
        // SAFETY: These are as many bytes as the words have, which borrow nothing of the map, and any bytes may be read.
        free.copy_from_slice(unsafe { std::slice::from_raw_parts(words.as_ptr().cast(), size_of_val(words)) });
        self.len += words.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::test_stream as stream;

    #[test]
    fn words_come_back_as_they_went_in() {
        let (one, two) = (stream(&[1, 2, 3]), stream(&[4, 5]));
        let mut held = HeldWords::with_room(5);
        assert!(held.words().is_empty());
        held.extend(&one);
        let first = held.words().as_ptr();
        held.extend(&[]);
        held.extend(&two);
        assert_eq!(held.words(), [one, two].concat());
        assert_eq!(held.words().as_ptr(), first);
    }

    #[test]
    #[should_panic(expected = "out of range")]
    fn no_more_words_go_in_than_there_is_room_for() {
        HeldWords::with_room(2).extend(&stream(&[1, 2, 3]));
    }
}
