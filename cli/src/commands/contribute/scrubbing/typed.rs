//! What a member types to change what becomes of something private.

use super::args::{Named, named};
use crate::text::hidden_in;
use sheaf_node::limits::SCRUB_NAMED_BYTES_MAX;
use sheaf_node::scrub::Kind;

/// What was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// What is masked stays, what stays is masked.
    Turn(What),
    /// A mask takes its place; for a text, one of this kind.
    Mask(What, Option<Kind>),
    /// It stays.
    Keep(What),
    /// These words take its place.
    Words(What, String),
}

/// Of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// Numbers of lines, from 1.
    Lines(Vec<usize>),
    /// All of a kind.
    Kind(Named),
    /// What is written so.
    Text(String),
}

/// Understands what was typed beside a list of so many lines.
///
/// # Errors
/// What is wrong with it; nothing that was typed is repeated.
pub(super) fn change(typed: &str, lines: usize) -> Result<Change, String> {
    if let Some((what, words)) = sides(typed, lines) {
        let what = numbers(what, lines).map_or_else(|| text(what).map(What::Text), Ok)?;
        return Ok(Change::Words(what, words_of(words)?));
    }
    let (verb, rest) = typed.split_once(' ').unwrap_or((typed, ""));
    match (verb.to_lowercase().as_str(), rest.trim()) {
        ("mask" | "keep", "") => Err("say what: a number, a kind or a text".into()),
        ("keep", rest) => Ok(Change::Keep(what(rest, lines)?)),
        ("mask", rest) => match rest.rsplit_once(" as ").and_then(as_kind) {
            Some((rest, kind)) => Ok(Change::Mask(What::Text(text(rest)?), Some(kind))),
            None => Ok(Change::Mask(what(rest, lines)?, None)),
        },
        _ => bare(typed, lines).map(Change::Turn),
    }
}

/// Numbers or a kind, without a word on what is to become of them.
fn bare(typed: &str, lines: usize) -> Result<What, String> {
    if let Some(what) = numbers(typed, lines) {
        return Ok(what);
    }
    if let Ok(kind) = named(typed) {
        return Ok(What::Kind(kind));
    }
    Err(match typed.split([' ', ',']).all(|number| number.parse::<usize>().is_ok()) {
        true if lines > 0 => format!("the lines have the numbers 1 to {lines}"),
        _ => "say what to do with it: mask TEXT, keep TEXT, or TEXT = WORDS".into(),
    })
}

fn what(typed: &str, lines: usize) -> Result<What, String> {
    match (numbers(typed, lines), named(typed)) {
        (Some(what), _) => Ok(what),
        (None, Ok(kind)) => Ok(What::Kind(kind)),
        (None, Err(_)) => text(typed).map(What::Text),
    }
}

fn as_kind<'t>((rest, kind): (&'t str, &str)) -> Option<(&'t str, Kind)> {
    match named(kind.trim()) {
        Ok(Named::Kind(kind)) => Some((rest, kind)),
        _ => None,
    }
}

/// What stands on both sides of an equals sign; one that is part of a text has no spaces beside it.
fn sides(typed: &str, lines: usize) -> Option<(&str, &str)> {
    let numbered = |(what, _): &(&str, &str)| numbers(what, lines).is_some();
    typed.split_once(" = ").or_else(|| typed.split_once('=').filter(numbered))
}

/// Numbers of lines such as `3 5-8`; `None` if there are no such lines.
fn numbers(typed: &str, lines: usize) -> Option<What> {
    let mut found = Vec::new();
    for piece in typed.split([' ', ',']).filter(|piece| !piece.is_empty()) {
        let (first, last) = piece.split_once('-').unwrap_or((piece, piece));
        let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
        if first == 0 || last > lines || first > last {
            return None;
        }
        found.extend(first..=last);
    }
    (!found.is_empty()).then_some(What::Lines(found))
}

/// A text; in quotes it is one whatever it looks like.
fn text(typed: &str) -> Result<String, String> {
    let typed = unquoted(typed.trim());
    match typed.len() {
        0 => Err("the text is empty".into()),
        1..=SCRUB_NAMED_BYTES_MAX => Ok(typed.to_owned()),
        _ => Err(format!("a text has at most {SCRUB_NAMED_BYTES_MAX} bytes")),
    }
}

fn words_of(typed: &str) -> Result<String, String> {
    let words = unquoted(typed.trim());
    match words.len() {
        0 => Err("say which words take its place, or keep it, or mask it".into()),
        1..=SCRUB_NAMED_BYTES_MAX if hidden_in(words) == 0 => Ok(words.to_owned()),
        1..=SCRUB_NAMED_BYTES_MAX => Err("the words hold characters that nobody sees".into()),
        _ => Err(format!("the words have at most {SCRUB_NAMED_BYTES_MAX} bytes")),
    }
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(typed: &str) -> Change {
        change(typed, 12).unwrap()
    }

    fn text(text: &str) -> What {
        What::Text(text.to_owned())
    }

    #[test]
    fn lines_kinds_and_texts_are_told_apart() {
        assert_eq!(typed("12"), Change::Turn(What::Lines(vec![12])));
        assert_eq!(typed("keep 1, 3-5"), Change::Keep(What::Lines(vec![1, 3, 4, 5])));
        assert_eq!(typed("email"), Change::Turn(What::Kind(Named::Kind(Kind::Email))));
        assert_eq!(typed("mask secrets"), Change::Mask(What::Kind(Named::Secrets), None));
        assert_eq!(typed("mask 13"), Change::Mask(text("13"), None), "there is no such line");
        assert_eq!(typed("mask \"12\""), Change::Mask(text("12"), None), "quotes make it a text");
        assert_eq!(typed("Mask known as Ann"), Change::Mask(text("known as Ann"), None));
        assert_eq!(typed("mask Ann as person"), Change::Mask(text("Ann"), Some(Kind::Person)));
    }

    #[test]
    fn words_stand_behind_an_equals_sign() {
        let words = |what: What, words: &str| Change::Words(what, words.to_owned());
        assert_eq!(typed("12 = my sister"), words(What::Lines(vec![12]), "my sister"));
        assert_eq!(typed("12=my sister"), words(What::Lines(vec![12]), "my sister"));
        assert_eq!(typed("Ann B. = a = b"), words(text("Ann B."), "a = b"));
        assert_eq!(typed("mask x=1"), Change::Mask(text("x=1"), None), "no spaces, no sides");
        for wrong in ["12 =", "12 = ", "12 = a\u{200b}b", " = x", "a = "] {
            assert!(change(wrong, 12).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn what_is_not_understood_changes_nothing_and_is_not_repeated() {
        for wrong in ["Waldhof", "0", "13", "3-20", "mask", "keep ", "yes please"] {
            let problem = change(wrong, 12).unwrap_err();
            assert!(!problem.contains(wrong.trim()) || wrong == "mask", "{wrong:?}: {problem}");
        }
    }
}
