//! The bytes of blocks, in memory that is used again: fresh memory costs more than reading into it.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

/// Memory that blocks gave back.
#[derive(Debug, Clone, Default)]
pub(super) struct Spare(Arc<Mutex<Vec<Vec<u8>>>>);

/// So many pieces of memory are kept ...
const MOST_PIECES: usize = 4;
/// ... if they are no larger: what one huge record took is not needed again.
const LARGEST_PIECE: usize = 8 << 20;

impl Spare {
    /// Room for bytes.
    pub(super) fn room(&self) -> Vec<u8> {
        self.pieces(Vec::pop).unwrap_or_default()
    }

    /// The bytes of a block, which give their memory back when they go.
    pub(super) fn lend(&self, bytes: Vec<u8>) -> BlockBytes {
        BlockBytes { bytes, spare: self.clone() }
    }

    fn pieces<T>(&self, change: impl FnOnce(&mut Vec<Vec<u8>>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The bytes of a block of records.
#[derive(Debug, Default)]
pub struct BlockBytes {
    bytes: Vec<u8>,
    spare: Spare,
}

impl From<Vec<u8>> for BlockBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, spare: Spare::default() }
    }
}

impl Deref for BlockBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for BlockBytes {
    fn drop(&mut self) {
        let mut room = std::mem::take(&mut self.bytes);
        room.clear();
        self.spare.pieces(|pieces| {
            if pieces.len() < MOST_PIECES && room.capacity() <= LARGEST_PIECE {
                pieces.push(room);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_comes_back_empty_and_is_bounded() {
        let spare = Spare::default();
        let bytes = spare.lend(b"some bytes".to_vec());
        assert_eq!(&*bytes, b"some bytes");
        let at = bytes.as_ptr();
        drop(bytes);
        let room = spare.room();
        assert_eq!((room.as_ptr(), room.len()), (at, 0));
        assert_eq!(spare.room().capacity(), 0);
        drop(spare.lend(Vec::with_capacity(LARGEST_PIECE + 1)));
        assert_eq!(spare.room().capacity(), 0);
        drop([(); MOST_PIECES + 1].map(|()| spare.lend(vec![0])));
        assert_eq!(spare.pieces(|pieces| pieces.len()), MOST_PIECES);
    }
}
