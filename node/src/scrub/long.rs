//! Where a secret ends that is longer than what is read of it at once.
//!
//! A detector reads a bounded way, and a long text comes in pieces. What it found of a long secret is its
//! beginning: the rest is as secret, so it goes with it.

use super::{Kind, Span};
use crate::limits::{SCRUB_PIECE_AFTER_BYTES, SCRUB_SECRET_LONG_BYTES};

/// Letters of a line of a key's body: nearly all tools write 64 or 76.
const LINE_MIN: usize = 40;
const CLOSING: &str = "-----END ";
const FENCE: &str = "-----";
/// Bytes of the closing line's label.
const LABEL_MAX: usize = 128;

/// The end of what was found in `text`.
pub(super) fn end(text: &str, found: Span) -> usize {
    let length = found.end - found.start;
    match found.kind {
        Kind::PrivateKey if length >= SCRUB_PIECE_AFTER_BYTES => armour_end(text, found.end),
        Kind::Token | Kind::Cookie | Kind::ApiKey if length >= SCRUB_SECRET_LONG_BYTES => {
            let belongs = |b: &u8| is_letter(b) || b"-_.~%".contains(b);
            found.end + run(text, found.end, belongs)
        }
        _ => found.end,
    }
}

fn is_letter(b: &u8) -> bool {
    b.is_ascii_alphanumeric() || b"+/=".contains(b)
}

fn run(text: &str, from: usize, belongs: impl Fn(&u8) -> bool) -> usize {
    text.as_bytes()[from..].iter().take_while(|b| belongs(b)).count()
}

/// Where armour ends that goes on at `at`: behind its closing line, or its last long line.
fn armour_end(text: &str, at: usize) -> usize {
    if text[..at].ends_with(FENCE) {
        return at;
    }
    let mut end = at + run(text, at, is_letter);
    loop {
        let line = end + blanks(text, end);
        if let Some(closed) = closing(text, line) {
            return closed;
        }
        let line_end = line + run(text, line, is_letter);
        let last = || closing(text, line_end + blanks(text, line_end));
        match line_end - line {
            0 => return end,
            LINE_MIN.. => end = line_end,
            _ => return last().unwrap_or(end),
        }
    }
}

/// Behind the closing line that begins at `at`.
fn closing(text: &str, at: usize) -> Option<usize> {
    let label = text[at..].strip_prefix(CLOSING)?;
    let label = label.as_bytes().iter().take(LABEL_MAX).take_while(|b| **b != b'-').count();
    let fence = at + CLOSING.len() + label;
    text[fence..].starts_with(FENCE).then_some(fence + FENCE.len())
}

/// Bytes of blanks at `at`, as they are or escaped.
fn blanks(text: &str, at: usize) -> usize {
    let bytes = &text.as_bytes()[at..];
    let mut end = 0;
    while let Some(b) = bytes.get(end) {
        end += match b {
            b' ' | b'\t' | b'\r' | b'\n' => 1,
            b'\\' if bytes.get(end + 1) == Some(&b'\\') => 1,
            b'\\' if bytes.get(end + 1).is_some_and(|b| b"nrt".contains(b)) => 2,
            _ => break,
        };
    }
    end
}
