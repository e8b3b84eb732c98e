//! Names right before a mail address or a phone: `Liana Rossi <liana@…>`, `1. Saverio Wyss, +41 …`,
//! `"中村知実",mai@…`. Of sentences nothing is taken: the name has to be all that stands there.

use super::{field, list};
use crate::scrub::context::last_line;
use crate::scrub::numbers::context;

/// Bytes before an address in which a name stands.
const NEAR_BYTES: usize = 96;
/// Bytes between the name and the address.
const BETWEEN_MAX: usize = 7;
/// What parts both; a colon has the name of a field before it.
const PARTS: &[char] =
    &[' ', '\t', ',', ';', '|', '<', '(', '"', '\'', '–', '—', '-', '·', '/', '（'];
/// What a name is set off with from what stands before it.
const OPENS: &[char] = &[
    '"', '\'', '|', '>', '<', '(', '[', '{', ';', ':', '：', ',', '*', '•', '\t', '„', '“', '（',
    '·',
];

/// The name before what begins at `at`.
pub(super) fn before(text: &str, at: usize) -> Option<(usize, usize)> {
    let near = context::before(text, at, NEAR_BYTES);
    let line = last_line(near);
    let named = line.trim_end_matches(PARTS);
    let between = &line[named.len()..];
    if between.len() > BETWEEN_MAX || between.trim().is_empty() {
        return None;
    }
    let opens = named.rfind(OPENS);
    // What began before the window is not known.
    if opens.is_none() && line.len() == near.len() && near.len() < at {
        return None;
    }
    let start =
        opens.map_or(0, |opens| opens + named[opens..].chars().next().map_or(0, char::len_utf8));
    let candidate = without_bullet(&named[start..]);
    let end = at - between.len();
    let start = end - candidate.len();
    let reads = !candidate.is_empty() && field::name(text, start) == Some(end);
    (reads && is_whole(candidate)).then_some((start, end))
}

/// "1. ", "- "
fn without_bullet(text: &str) -> &str {
    let text = text.trim_start();
    let text = text.trim_start_matches(['-', '–', '+']).trim_start();
    let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    match number.strip_prefix(['.', ')']) {
        Some(rest) if number.len() < text.len() => rest.trim_start(),
        _ => text,
    }
}

/// More than a word, or a first name; a script without capitals has no other sign.
fn is_whole(name: &str) -> bool {
    let lower = name.to_lowercase();
    let alone = list::is_first_name(&lower) && !list::is_ambiguous(&lower);
    name.contains([' ', '\u{3000}']) || alone || name.starts_with(super::han::is_letter)
}
