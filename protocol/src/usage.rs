//! Usage preferences: the `Content-Usage` dictionary of IETF AIPREF.
//!
//! `train-ai=y, search=n` says yes, no, or by silence nothing, for each label of a vocabulary. The
//! raw text is what is signed and kept; this reads it. Labels that are not known are kept and bind
//! nobody. The subset of RFC 9651 that is read is in `docs/spec/policy.md`.

use crate::limits::NAME_BYTES_MAX;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The revision of the vocabulary whose labels this release offers.
pub const VOCABULARY: &str = "draft-ietf-aipref-vocab-05";
/// Training or fine-tuning a foundation model.
pub const TRAIN_AI: &str = "train-ai";
/// Search that sends people to the source.
pub const SEARCH: &str = "search";
/// An older label: its "n" is read as one for [`TRAIN_AI`], its "y" is not.
const TRAIN_GENAI: &str = "train-genai";

/// Digits of an integer of RFC 9651 (§3.3.1).
const DIGITS_MAX: usize = 15;

/// Preferences by label.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    stated: BTreeMap<String, bool>,
    /// CC signals (`cc-cr…`): recorded conditions, never a permission.
    signals: BTreeSet<String>,
}

/// Why a text is not a usage preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UsageError {
    /// Longer than [`NAME_BYTES_MAX`] bytes.
    #[error("a usage preference has at most {NAME_BYTES_MAX} bytes")]
    TooLong,
    /// No label where one should be.
    #[error("expected a label such as train-ai at byte {0}")]
    Label(usize),
    /// No value where one should be.
    #[error("expected a value such as y or n at byte {0}")]
    Value(usize),
    /// Something else than a comma between two preferences.
    #[error("expected a comma at byte {0}")]
    Comma(usize),
    /// A label that stands twice.
    #[error("the label that ends at byte {0} stands twice")]
    Repeated(usize),
}

impl Usage {
    /// Reads the value of a `Content-Usage` field; an empty text states nothing.
    ///
    /// A known label with another value than `y` or `n` (or with none) states nothing.
    ///
    /// # Errors
    /// [`UsageError`].
    pub fn parse(raw: &str) -> Result<Self, UsageError> {
        if raw.len() > NAME_BYTES_MAX {
            return Err(UsageError::TooLong);
        }
        Self::parse_combined(raw)
    }

    /// The same for what [`combine`] made of several preferences and a row shows: each was bounded,
    /// together they may be longer.
    ///
    /// # Errors
    /// [`UsageError`].
    pub fn parse_combined(raw: &str) -> Result<Self, UsageError> {
        let mut scanner = Scanner { bytes: raw.as_bytes(), at: 0 };
        let mut usage = Self::default();
        let mut labels = BTreeSet::new();
        scanner.blanks();
        while !scanner.done() {
            let label = scanner.key()?;
            if !labels.insert(label.to_owned()) {
                return Err(UsageError::Repeated(scanner.at));
            }
            let value = if scanner.take(b'=') { scanner.value()? } else { "" };
            usage.state(label, value);
            scanner.parameters(&mut usage)?;
            scanner.comma()?;
        }
        Ok(usage)
    }

    /// What is stated for a label of the vocabulary: yes, no, or nothing.
    pub fn get(&self, label: &str) -> Option<bool> {
        let older =
            (label == TRAIN_AI && self.stated.get(TRAIN_GENAI) == Some(&false)).then_some(false);
        older.or_else(|| self.stated.get(label).copied())
    }

    /// Labels with a preference, known or not.
    pub fn stated(&self) -> impl Iterator<Item = (&str, bool)> {
        self.stated.iter().map(|(label, yes)| (label.as_str(), *yes))
    }

    /// CC signals that were named.
    pub fn signals(&self) -> impl Iterator<Item = &str> {
        self.signals.iter().map(String::as_str)
    }

    fn state(&mut self, label: &str, value: &str) {
        self.note_signal(label);
        if let "y" | "n" = value {
            self.stated.insert(label.to_owned(), value == "y");
        }
    }

    fn note_signal(&mut self, word: &str) {
        if word == "cc-cr" || word.starts_with("cc-cr-") {
            self.signals.insert(word.to_owned());
        }
    }
}

/// Combines preferences: for each label any "n" wins, then "y". Signals add up.
pub fn combine<'a>(usages: impl IntoIterator<Item = &'a Usage>) -> Usage {
    let mut combined = Usage::default();
    for usage in usages {
        for (label, yes) in &usage.stated {
            *combined.stated.entry(label.clone()).or_insert(true) &= yes;
        }
        combined.signals.extend(usage.signals.iter().cloned());
    }
    combined
}

impl fmt::Display for Usage {
    /// A `Content-Usage` value with the same preferences, in the order of the labels.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (label, yes)) in self.stated.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            write!(f, "{comma}{label}={}", if *yes { "y" } else { "n" })?;
        }
        Ok(())
    }
}

/// Reads the subset of RFC 9651 dictionaries: keys, and tokens, strings, integers and booleans as
/// values.
struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    fn done(&self) -> bool {
        self.at == self.bytes.len()
    }

    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = !self.done() && self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    /// SP of RFC 9651.
    fn blanks(&mut self) {
        while self.take(b' ') {}
    }

    /// OWS of RFC 9651.
    fn spaces(&mut self) {
        while self.take(b' ') || self.take(b'\t') {}
    }

    fn run(&mut self, part: impl Fn(u8) -> bool) -> &'a str {
        let start = self.at;
        while !self.done() && part(self.peek()) {
            self.at += 1;
        }
        // Every `part` is ASCII.
        std::str::from_utf8(&self.bytes[start..self.at]).unwrap_or_default()
    }

    fn key(&mut self) -> Result<&'a str, UsageError> {
        if !(self.peek().is_ascii_lowercase() || self.peek() == b'*') {
            return Err(UsageError::Label(self.at));
        }
        Ok(self.run(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-.*".contains(&b)))
    }

    fn value(&mut self) -> Result<&'a str, UsageError> {
        let start = self.at;
        match self.peek() {
            b'?' => {
                self.at += 1;
                let digit = self.run(|b| b.is_ascii_digit());
                if matches!(digit, "0" | "1") { Ok("") } else { Err(UsageError::Value(start)) }
            }
            b'-' | b'0'..=b'9' => {
                self.take(b'-');
                let digits = self.run(|b| b.is_ascii_digit());
                if matches!(digits.len(), 1..=DIGITS_MAX) {
                    Ok("")
                } else {
                    Err(UsageError::Value(start))
                }
            }
            b'"' => self.string(),
            b if b.is_ascii_alphabetic() || b == b'*' => {
                Ok(self.run(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&b)))
            }
            _ => Err(UsageError::Value(start)),
        }
    }

    fn string(&mut self) -> Result<&'a str, UsageError> {
        let start = self.at;
        self.at += 1;
        let text = self.run(|b| (b' '..=b'~').contains(&b) && b != b'"' && b != b'\\');
        // A quoted "y" is not the token y.
        if self.take(b'"') {
            Ok(if text.len() == 1 { "" } else { text })
        } else {
            Err(UsageError::Value(start))
        }
    }

    fn parameters(&mut self, usage: &mut Usage) -> Result<(), UsageError> {
        while self.take(b';') {
            self.blanks();
            self.key()?;
            if self.take(b'=') {
                let value = self.value()?;
                usage.note_signal(value);
            }
        }
        Ok(())
    }

    fn comma(&mut self) -> Result<(), UsageError> {
        self.spaces();
        if self.done() {
            return Ok(());
        }
        if !self.take(b',') {
            return Err(UsageError::Comma(self.at));
        }
        self.spaces();
        if self.done() { Err(UsageError::Label(self.at)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn get(raw: &str) -> (Option<bool>, Option<bool>) {
        let usage = Usage::parse(raw).unwrap();
        (usage.get(TRAIN_AI), usage.get(SEARCH))
    }

    #[test]
    fn yes_no_and_nothing() {
        let (yes, no) = (Some(true), Some(false));
        for (raw, expected) in [
            ("", (None, None)),
            ("train-ai=y", (yes, None)),
            ("train-ai=n, search=y", (no, yes)),
            ("  search=n ,\ttrain-ai=y ", (yes, no)),
            ("train-ai, search=maybe", (None, None)),
            ("train-ai=\"y\", search=?1", (None, None)),
            ("train-ai=-12, search=7", (None, None)),
            ("fly-to-moon=n, search=y;exceptions=cc-cr", (None, yes)),
            ("train-genai=y", (None, None)),
            ("train-genai=n, train-ai=y", (no, None)),
        ] {
            assert_eq!(get(raw), expected, "{raw:?}");
        }
    }

    #[test]
    fn a_mistyped_preference_is_refused_and_never_taken_for_silence() {
        for bad in [
            "train-ai=n,",
            "train-ai =n",
            "train-ai=",
            "Train-AI=n",
            "train-ai:n",
            "train-ai=n search=n",
            "train-ai=n;",
            "train-ai=(n)",
            "train-ai=\"n",
            "train-ai=n, train-ai=y",
            "train-ai=n\n",
            "träin=n",
            "search=?2",
            "search=-",
        ] {
            assert!(Usage::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn signals_are_recorded_and_permit_nothing() {
        let usage = Usage::parse("train-ai=n;exceptions=cc-cr-dc, cc-cr=y").unwrap();
        assert_eq!(usage.signals().collect::<Vec<_>>(), ["cc-cr", "cc-cr-dc"]);
        assert_eq!(usage.get(TRAIN_AI), Some(false));
    }

    fn usage() -> impl Strategy<Value = Usage> {
        proptest::collection::btree_map("[a-c]|train-ai|train-genai", any::<bool>(), 0..5)
            .prop_map(|stated| Usage { stated, signals: BTreeSet::new() })
    }

    /// A chat's preference and its policy's are bounded each; a row shows both together.
    #[test]
    fn what_was_combined_is_read_however_long_it_is() {
        let of = |prefix: char| {
            let labels = (0..40).map(|n| format!("{prefix}{n}=y"));
            Usage::parse(&labels.collect::<Vec<_>>().join(",")).unwrap()
        };
        let combined = combine([&of('a'), &of('b')]);
        let text = combined.to_string();
        assert_eq!(Usage::parse(&text), Err(UsageError::TooLong), "else this tests nothing");
        assert_eq!(Usage::parse_combined(&text), Ok(combined));
    }

    proptest! {
        #[test]
        fn any_n_wins_then_y(a in usage(), b in usage(), label in "[a-c]|train-ai") {
            let expected = match (a.get(&label), b.get(&label)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (None, None) => None,
                _ => Some(true),
            };
            prop_assert_eq!(combine([&a, &b]).get(&label), expected);
            prop_assert_eq!(combine([&a, &b]), combine([&b, &a]));
        }

        #[test]
        fn what_is_written_reads_back(a in usage()) {
            prop_assert_eq!(Usage::parse(&a.to_string()), Ok(a));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,60}") {
            let _ = Usage::parse(&text);
        }
    }
}
