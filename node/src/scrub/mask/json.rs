//! Replacing in JSON, so that JSON remains.

use std::ops::Range;

/// A text as it stands in a string of JSON.
pub(super) fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// `text`, which is JSON, with ranges replaced, which are in order and apart. What lies in a string is
/// replaced there; a number, of which a part is to go, gives way to a string; what stands between
/// stays.
pub(super) fn replace(text: &str, replacements: &[(Range<usize>, String)]) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = replacements;
    let mut at = 0;
    for scalar in Scalars::new(text) {
        let inside = scalar.inside();
        rest = skip_before(rest, inside.start);
        for (range, with) in rest.iter().take_while(|(range, _)| range.start < inside.end) {
            let (start, end) = match scalar.is_string {
                true => (range.start.max(inside.start), range.end.min(inside.end)),
                false => (inside.start, inside.end),
            };
            // A number goes once, however many parts of it are to go.
            if start < at {
                continue;
            }
            replaced.push_str(&text[at..start]);
            let quote = if scalar.is_string { "" } else { "\"" };
            replaced.extend([quote, with, quote]);
            at = end;
        }
    }
    replaced.push_str(&text[at..]);
    replaced
}

/// Those that do not end before `start`.
fn skip_before<T>(rest: &[(Range<usize>, T)], start: usize) -> &[(Range<usize>, T)] {
    let passed = rest.iter().take_while(|(range, _)| range.end <= start).count();
    &rest[passed..]
}

/// A string or a number in JSON.
struct Scalar {
    range: Range<usize>,
    is_string: bool,
}

impl Scalar {
    /// The range without quotes.
    fn inside(&self) -> Range<usize> {
        match self.is_string {
            true => self.range.start + 1..self.range.end - 1,
            false => self.range.clone(),
        }
    }
}

/// Strings and numbers of a text that is JSON, in order.
struct Scalars<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scalars<'a> {
    fn new(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), at: 0 }
    }

    /// Where the string ends that begins at `start`.
    fn string_end(&self, start: usize) -> usize {
        let mut at = start + 1;
        while let Some(b) = self.bytes.get(at) {
            match b {
                b'"' => return at + 1,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        self.bytes.len()
    }
}

impl Iterator for Scalars<'_> {
    type Item = Scalar;

    fn next(&mut self) -> Option<Scalar> {
        let begins = |b: &u8| matches!(b, b'"' | b'-' | b'0'..=b'9');
        let start = self.at + self.bytes.get(self.at..)?.iter().position(begins)?;
        let is_string = self.bytes[start] == b'"';
        let number = |b: &&u8| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        self.at = match is_string {
            true => self.string_end(start),
            false => start + self.bytes[start..].iter().take_while(number).count(),
        };
        Some(Scalar { range: start..self.at, is_string })
    }
}
