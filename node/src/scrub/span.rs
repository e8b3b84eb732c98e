//! Where something was found.

use super::Kind;
use std::ops::Range;

/// A find in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// Its first byte.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
    /// How sure that is, in percent.
    pub confidence: u8,
}

impl Span {
    /// Its bytes.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// Turns byte offsets of a text into offsets in code points, each no smaller than the one before:
/// all of them together cost one pass over the text.
#[derive(Debug, Clone)]
pub struct CodePoints<'a> {
    text: &'a str,
    byte: usize,
    code_points: usize,
}

impl<'a> CodePoints<'a> {
    /// Starts before the first code point of `text`.
    pub fn new(text: &'a str) -> Self {
        Self { text, byte: 0, code_points: 0 }
    }

    /// How many code points stand before `byte`, which is no smaller than the last one asked for.
    pub fn before(&mut self, byte: usize) -> usize {
        let passed = self.text.as_bytes().get(self.byte..byte).unwrap_or_default();
        self.code_points += passed.iter().filter(|b| !is_continuation(**b)).count();
        self.byte = self.byte.max(byte);
        self.code_points
    }

    /// The same for both ends of a range of bytes.
    pub fn range(&mut self, bytes: Range<usize>) -> Range<usize> {
        let start = self.before(bytes.start);
        start..self.before(bytes.end)
    }
}

/// Whether a byte of UTF-8 begins no code point.
fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}
