//! The anchors of what is left of an article: mostly the article's own.

use super::verdict::Piece;
use crate::fingerprint::{Anchor, Fingerprint, ShingleHasher, WordHash, anchors};

/// The anchors of `words`, which these pieces of an article are. Only those of runs across a seam have to be looked for.
pub(super) fn anchors_of_left(
    words: &[WordHash],
    pieces: &[Piece],
    article: &Fingerprint,
    shingles: &ShingleHasher,
) -> Vec<Anchor> {
    let run_len = shingles.min_run().words();
    let mut left = Left { words, shingles, anchors: Vec::with_capacity(article.anchors.len()) };
    let mut next_run = 0;
    for piece in pieces {
        let first_run = piece.n_left_before as usize;
        let end_run = (first_run + piece.words.len() + 1).saturating_sub(run_len);
        if end_run > first_run {
            left.add_across_seams(next_run, first_run);
            left.add_of_piece(piece, end_run as u32, &article.anchors);
            next_run = end_run;
        }
    }
    left.add_across_seams(next_run, (words.len() + 1).saturating_sub(run_len));
    left.anchors
}

struct Left<'a> {
    words: &'a [WordHash],
    shingles: &'a ShingleHasher,
    anchors: Vec<Anchor>,
}

impl Left<'_> {
    /// Adds the anchors of the runs from number `start` up to `end`.
    fn add_across_seams(&mut self, start: usize, end: usize) {
        if start < end {
            let words = &self.words[start..end - 1 + self.shingles.min_run().words()];
            let start = start as u32;
            for anchor in anchors(words, self.shingles) {
                self.add(Anchor { word: anchor.word + start, first_run: anchor.first_run + start, ..anchor });
            }
        }
    }

    /// Adds those of the runs that lie in a piece, up to number `end`, which the article has there too.
    fn add_of_piece(&mut self, piece: &Piece, end: u32, of_article: &[Anchor]) {
        let n_gone = piece.words.start - piece.n_left_before;
        // The anchor of a run is the last that begins with it or before it.
        let first = of_article.partition_point(|anchor| anchor.first_run <= piece.words.start) - 1;
        for anchor in of_article[first..].iter().take_while(|anchor| anchor.first_run < end + n_gone) {
            let first_run = anchor.first_run.max(piece.words.start) - n_gone;
            self.add(Anchor { word: anchor.word - n_gone, first_run, ..*anchor });
        }
    }

    fn add(&mut self, anchor: Anchor) {
        if self.anchors.last().is_none_or(|last| last.word != anchor.word) {
            self.anchors.push(anchor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::WordSpan;
    use crate::fingerprint::{MinRun, Seed, test_stream};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_anchors_of_pieces_are_those_of_their_words(
            numbers in prop::collection::vec(0..6_u32, 0..300),
            spans in prop::collection::vec((0..40_usize, 1..60_usize), 0..8),
            min_run in 8..20_usize,
        ) {
            let shingles = ShingleHasher::new(Seed(5), MinRun::new(min_run).expect("in range"));
            let words = test_stream(&numbers);
            let article = Fingerprint { anchors: anchors(&words, &shingles), words, ..Fingerprint::default() };
            let (mut left, mut pieces, mut at) = (Vec::new(), Vec::new(), 0);
            for (n_gone, n_left) in spans {
                let piece = WordSpan::new((at + n_gone).min(article.words.len()), (at + n_gone + n_left).min(article.words.len()));
                if !piece.is_empty() {
                    pieces.push(Piece { words: piece, n_left_before: left.len() as u32 });
                    left.extend_from_slice(&article.words[piece.range()]);
                }
                at = piece.end as usize;
            }
            prop_assert_eq!(anchors_of_left(&left, &pieces, &article, &shingles), anchors(&left, &shingles));
        }
    }
}
