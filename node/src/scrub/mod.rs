//! Finds what is private in a text, on the device: secrets, and what tells of a person.
//!
//! A text is folded ([`folded`]), each detector looks through the folded text by itself, and of
//! finds that overlap one remains ([`resolve`]). Detectors are pure; each begins where a byte or a
//! word stands without which there is nothing to find, and looks a bounded way from there, so that
//! the whole is linear in the length of the text. A new detector is one file and one line in
//! [`Scanner::finds`].

mod folded;
mod found;
mod kind;
mod lookalike;
mod resolve;
mod span;

pub use kind::{Class, Country, CustomKind, Kind};
pub use span::{CodePoints, Span};

use crate::limits::SCRUB_PIECE_BYTES_MAX;
use folded::Folded;
use found::Finds;

/// Looks for everything that is known here. Built once and shared: it holds the tables.
#[derive(Debug, Default)]
pub struct Scanner {}

impl Scanner {
    /// Builds the tables.
    pub fn new() -> Self {
        Self {}
    }

    /// What is private in a text: in its order, without overlaps, on boundaries of characters.
    pub fn scan(&self, text: &str) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut start = 0;
        while start < text.len() {
            let end = piece_end(text, start);
            self.scan_piece(&text[start..end], start, &mut spans);
            start = end;
        }
        spans
    }

    fn scan_piece(&self, piece: &str, offset: usize, spans: &mut Vec<Span>) {
        let text = Folded::new(piece);
        let finds = resolve::resolve(self.finds(&text));
        spans.extend(finds.into_iter().filter_map(|find| {
            let range = text.original(find.range);
            let (start, end) = (offset + range.start, offset + range.end);
            Some(Span { start, end, kind: find.kind?, confidence: find.confidence })
        }));
    }

    /// Every detector, each once.
    fn finds(&self, text: &Folded<'_>) -> Finds {
        let mut found = Finds::default();
        let _ = (text, &mut found);
        found
    }
}

/// Where the piece that begins at `start` ends. Texts of chats are one piece.
fn piece_end(text: &str, start: usize) -> usize {
    let mut end = text.len().min(start.saturating_add(SCRUB_PIECE_BYTES_MAX));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    end
}

#[cfg(test)]
mod tests;
