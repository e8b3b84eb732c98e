//! Replacing in JSON, so that JSON remains: also that which is within its strings.

use crate::limits::SCRUB_JSON_DEPTH_MAX;
use crate::scrub::escape;
use serde::de::IgnoredAny;
use std::ops::Range;

/// `text`, which is JSON, with ranges replaced, which are in order and apart. What lies in a string is
/// replaced there; a number, of which a part is to go, gives way to a string; what stands between
/// stays.
pub(super) fn replace(text: &str, replacements: &[(Range<usize>, String)]) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = replacements;
    let mut at = 0;
    for leaf in leaves(text, replacements) {
        let Leaf { inside, depth, .. } = &leaf;
        rest = skip_before(rest, inside.start);
        for (range, with) in rest.iter().take_while(|(range, _)| range.start < inside.end) {
            let (start, end) = match leaf.is_string {
                true => (range.start.max(inside.start), range.end.min(inside.end)),
                false => (inside.start, inside.end),
            };
            // A number goes once, however many parts of it are to go.
            if start < at {
                continue;
            }
            replaced.push_str(&text[at..start]);
            let quote = if leaf.is_string { "" } else { "\"" };
            let quote = escaped(quote, *depth);
            replaced.extend([&quote, &escaped(with, depth + 1), &quote].map(String::as_str));
            at = end;
        }
    }
    replaced.push_str(&text[at..]);
    replaced
}

/// A text as it stands in a string of JSON, in a string of such a string, and so on.
fn escaped(text: &str, times: usize) -> String {
    (0..times).fold(text.to_owned(), |text, _| {
        let quoted = serde_json::Value::from(text).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    })
}

/// Those that do not end before `start`.
fn skip_before<T>(rest: &[(Range<usize>, T)], start: usize) -> &[(Range<usize>, T)] {
    let passed = rest.iter().take_while(|(range, _)| range.end <= start).count();
    &rest[passed..]
}

/// A string or a number that holds no further JSON.
struct Leaf {
    /// Its bytes, without quotes.
    inside: Range<usize>,
    is_string: bool,
    /// In how many strings it stands.
    depth: usize,
}

/// The leaves of a text that is JSON, in order. Strings in which nothing is to be replaced are not looked
/// into.
fn leaves(text: &str, replacements: &[(Range<usize>, String)]) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    let is_touched = |inside: &Range<usize>| {
        let rest = &replacements[replacements.partition_point(|(r, _)| r.end <= inside.start)..];
        rest.first().is_some_and(|(range, _)| range.start < inside.end)
    };
    add_leaves(text, 0, &|at| at, &is_touched, &mut leaves);
    leaves
}

/// Adds the leaves of JSON within `depth` strings, of which `place` tells where a byte stands in the whole.
fn add_leaves(
    text: &str,
    depth: usize,
    place: &dyn Fn(usize) -> usize,
    is_touched: &dyn Fn(&Range<usize>) -> bool,
    leaves: &mut Vec<Leaf>,
) {
    for scalar in Scalars::new(text) {
        let own = scalar.inside();
        let inside = place(own.start)..place(own.end);
        let may_hold = scalar.is_string && depth < SCRUB_JSON_DEPTH_MAX && is_touched(&inside);
        match may_hold.then(|| held(&text[own.clone()])).flatten() {
            Some((held, starts)) => {
                let place = |at: usize| place(own.start + starts[at]);
                add_leaves(&held, depth + 1, &place, is_touched, leaves);
            }
            None => leaves.push(Leaf { inside, is_string: scalar.is_string, depth }),
        }
    }
}

/// The JSON that a string holds, and where each byte of it begins in the string, its end too.
fn held(string: &str) -> Option<(String, Vec<usize>)> {
    let (mut held, mut starts) = (String::with_capacity(string.len()), Vec::new());
    let mut at = 0;
    while let Some(c) = string[at..].chars().next() {
        let escaped = if c == '\\' { escape::unescaped(&string[at..]) } else { None };
        let (c, len) = escaped.unwrap_or((c, c.len_utf8()));
        held.push(c);
        starts.resize(held.len(), at);
        at += len;
        if held.len() == 1 && !c.is_whitespace() && !is_begin(c) {
            return None;
        }
    }
    starts.push(at);
    let is_json = held.trim_start().starts_with(is_begin)
        && serde_json::from_str::<IgnoredAny>(&held).is_ok();
    is_json.then_some((held, starts))
}

/// Whether JSON that is more than a number or a word begins so.
fn is_begin(c: char) -> bool {
    matches!(c, '{' | '[' | '"')
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
