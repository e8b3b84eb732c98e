//! Long texts in pieces, so that a scan takes little memory however long a text is.
//!
//! A find belongs to the piece in whose middle it begins; what is read before and behind the middle is
//! for the words around a find, and for what reaches over its end.

use crate::limits::{SCRUB_PIECE_AFTER_BYTES, SCRUB_PIECE_BEFORE_BYTES, SCRUB_PIECE_BYTES};
use std::ops::Range;

/// A piece of a text, in bytes of it and on boundaries of characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Where its finds begin.
    pub(super) middle: Range<usize>,
    /// What is read.
    pub(super) read: Range<usize>,
}

/// The pieces of a text. Their middles follow each other and are the text.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece> + '_ {
    let mut start = 0_usize;
    std::iter::from_fn(move || {
        let end = text.floor_char_boundary(start.saturating_add(SCRUB_PIECE_BYTES));
        let middle = start..end;
        start = end;
        let before =
            text.floor_char_boundary(middle.start.saturating_sub(SCRUB_PIECE_BEFORE_BYTES));
        let behind = text.floor_char_boundary(end.saturating_add(SCRUB_PIECE_AFTER_BYTES));
        (!middle.is_empty()).then_some(Piece { middle, read: before..behind })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_fits_is_one_piece_and_an_empty_one_none() {
        assert_eq!(pieces("").next(), None);
        let text = "a".repeat(SCRUB_PIECE_BYTES);
        let all: Vec<_> = pieces(&text).collect();
        assert_eq!(all, [Piece { middle: 0..text.len(), read: 0..text.len() }]);
    }

    #[test]
    fn pieces_follow_each_other_on_boundaries_of_characters() {
        for unit in ["a", "é", "中", "𝄞"] {
            let text = format!("x{}", unit.repeat(3 * SCRUB_PIECE_BYTES / unit.len() + 5));
            let mut end = 0;
            for Piece { middle, read } in pieces(&text) {
                assert_eq!(middle.start, end);
                assert!(text.get(read.clone()).is_some() && text.get(middle.clone()).is_some());
                assert!(read.start <= middle.start && middle.end <= read.end);
                end = middle.end;
            }
            assert_eq!(end, text.len());
        }
    }
}
