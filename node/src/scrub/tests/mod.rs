//! Texts in, spans out.
//!
//! Keys here are drawn by [`drawn`] and put together while the tests run: none is anybody's, and no
//! search for leaked keys stumbles over this file.

mod answers;
mod chats;
mod emails;
mod folding;
mod hostile;
mod masks;
mod measuring;
mod networks;
mod numbers;
mod places;
mod secrets;
mod sentences;
mod wallets;

use super::{Scanner, Span};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

static SCANNER: LazyLock<Scanner> = LazyLock::new(Scanner::new);

/// The kinds that are found in a text, with what they are found in.
fn found(text: &str) -> Vec<(String, &str)> {
    let spans = SCANNER.scan(text).into_iter();
    spans.map(|Span { start, end, kind, .. }| (kind.to_string(), &text[start..end])).collect()
}

/// What is found of one kind.
fn found_of<'a>(kind: &str, text: &'a str) -> Vec<&'a str> {
    found(text).into_iter().filter(|(found, _)| found == kind).map(|(_, value)| value).collect()
}

/// Nothing at all is found in these.
fn none_in<'a>(texts: impl IntoIterator<Item = &'a str>) {
    for text in texts {
        assert_eq!(found(text), [], "{text}");
    }
}

/// `len` characters of an alphabet that look drawn at random, the same for the same `seed`.
fn drawn(seed: u64, alphabet: &str, len: usize) -> String {
    let letters = alphabet.as_bytes();
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(letters[(state >> 33) as usize % letters.len()])
    };
    (0..len).map(|_| next()).collect()
}

const WORD: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const URL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
const HEX: &str = "0123456789abcdef";
const CAPITALS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Counts what this thread ran, where the system tells it: other programs on the machine do not count.
struct Stopwatch(Instant, Option<Duration>);

impl Stopwatch {
    fn start() -> Self {
        Self(Instant::now(), Self::ran())
    }

    fn passed(&self) -> Duration {
        self.1.zip(Self::ran()).map_or_else(|| self.0.elapsed(), |(start, end)| end - start)
    }

    fn ran() -> Option<Duration> {
        let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
    }
}
