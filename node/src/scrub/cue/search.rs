//! Finds the words of the table in a text.

use super::{Cue, words};
use crate::scrub::script::is_spaceless;
use aho_corasick::{AhoCorasick, MatchKind};
use std::sync::LazyLock;

struct Words {
    search: AhoCorasick,
    /// By pattern.
    meaning: Vec<Meaning>,
}

/// What a word says, and how it stands.
struct Meaning {
    cue: Cue,
    /// More letters may follow it.
    begins: bool,
    /// It is the end of longer words: "Kundennummer".
    ends: bool,
}

/// Built once from our own tables, so it cannot fail on what a chat holds; without it there are no cues.
static WORDS: LazyLock<Option<Words>> = LazyLock::new(|| {
    let mut patterns = Vec::new();
    let mut meaning = Vec::new();
    for (cue, words) in words::TABLE {
        for word in words.split('|').map(str::trim).filter(|word| !word.is_empty()) {
            patterns.push(word.trim_matches('*'));
            let (begins, ends) = (word.ends_with('*'), word.starts_with('*'));
            meaning.push(Meaning { cue: *cue, begins, ends });
        }
    }
    let search = AhoCorasick::builder().match_kind(MatchKind::Standard).build(patterns).ok()?;
    Some(Words { search, meaning })
});

/// Calls `each` with every cue in lower-case text, in the order in which they end.
pub(super) fn each_cue(lower: &str, mut each: impl FnMut(Cue, usize, usize)) {
    let Some(words) = &*WORDS else { return };
    // The last word that says what kind of number it is, for those that only say "number".
    let mut kind = 0..0;
    for found in words.search.find_overlapping_iter(lower) {
        let Some(Meaning { cue, begins, ends }) = words.meaning.get(found.pattern().as_usize())
        else {
            continue;
        };
        let (start, end) = (found.start(), found.end());
        if begins_word(lower, start) == *ends || !*begins && !ends_word(lower, end) {
            continue;
        }
        let cue = match cue {
            Cue::Other if *ends && kind.start >= word_start(lower, start) => continue,
            Cue::Number if kind.end >= start => continue,
            Cue::Number if is_compound(lower, start) => Cue::Other,
            cue => *cue,
        };
        if !matches!(cue, Cue::Number | Cue::Other) {
            kind = start..end;
        }
        each(cue, start, end);
    }
}

/// Where the word of letters begins that a place lies in.
fn word_start(text: &str, at: usize) -> usize {
    let letters = text[..at].chars().rev().take_while(|c| c.is_alphabetic());
    at - letters.map(char::len_utf8).sum::<usize>()
}

/// Whether "number" that begins there is the end of a compound in a script without spaces: a number of
/// that thing, whatever it is. What says only whose it is makes none.
fn is_compound(text: &str, start: usize) -> bool {
    const WHOSE: &str = "的新旧舊我你他她내제새의";
    let first = text[start..].chars().next();
    let before = text[..start].chars().next_back();
    let is_hiragana = |c: &char| matches!(c, '\u{3040}'..='\u{309f}');
    first.is_some_and(is_spaceless)
        && before.filter(|c| !is_hiragana(c) && !WHOSE.contains(*c)).is_some_and(is_spaceless)
}

/// Scripts in which words stand apart; elsewhere a cue counts wherever it stands.
fn is_spaced(char: char) -> bool {
    char.is_alphabetic()
        && matches!(char, '\0'..='\u{58f}' | '\u{900}'..='\u{dff}' | '\u{10a0}'..='\u{10ff}'
            | '\u{1e00}'..='\u{1fff}')
}

fn begins_word(text: &str, start: usize) -> bool {
    let first = text[start..].chars().next();
    let before = text[..start].chars().next_back();
    !(first.is_some_and(is_spaced) && before.is_some_and(is_spaced))
}

fn ends_word(text: &str, end: usize) -> bool {
    let last = text[..end].chars().next_back();
    let after = text[end..].chars().next();
    !(last.is_some_and(is_spaced) && after.is_some_and(is_spaced))
}
