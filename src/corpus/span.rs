//! Half-open ranges, typed by what they count, so that bytes and words cannot be mixed up.

use std::ops::Range;

macro_rules! span {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name {
            /// First position in the span.
            pub start: u32,
            /// First position after the span.
            pub end: u32,
        }

        impl $name {
            /// The span from `start` up to, not including, `end`.
            ///
            /// Positions fit in 32 bits because a record is at most [`crate::read::MAX_RECORD_LIMIT`] bytes long.
            pub fn new(start: usize, end: usize) -> Self {
                debug_assert!(start <= end && end <= u32::MAX as usize);
                Self { start: start as u32, end: end as u32 }
            }

            /// How many positions the span holds.
            pub fn len(self) -> usize {
                (self.end - self.start) as usize
            }

            /// Whether the span holds nothing.
            pub fn is_empty(self) -> bool {
                self.start == self.end
            }

            /// The span as a range, for slicing.
            pub fn range(self) -> Range<usize> {
                self.start as usize..self.end as usize
            }

            /// The same span, counted from position `by` on.
            pub fn shifted_back(self, by: usize) -> Self {
                Self::new(self.start as usize - by, self.end as usize - by)
            }

            /// The same span, `by` positions further on.
            pub fn shifted(self, by: usize) -> Self {
                Self::new(self.start as usize + by, self.end as usize + by)
            }
        }
    };
}

span! {
    /// A range of bytes of a record's cleaned text.
    ByteSpan
}
span! {
    /// A range of words of a stream (an article's, or a kept text's), counted from 0.
    WordSpan
}
