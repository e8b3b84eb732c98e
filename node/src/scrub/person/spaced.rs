//! Names in scripts that have capitals: Latin, Cyrillic, Greek.

use super::{ALONE, LISTED};
use super::{leads, list, words};
use crate::scrub::numbers::context;
use std::sync::LazyLock;

/// Bytes before a name in which "by" stands.
const BYLINE_BYTES: usize = 12;
/// Words of a name, with titles and particles.
const WORDS_MAX: usize = 6;
/// Characters of one word.
const WORD_CHARS_MAX: usize = 32;

/// What follows a name: degrees and generations, as they are written.
const SUFFIXES: &str = "\
Jr. Jr Sr. Sr II III IV V MD M.D. PhD Ph.D. DDS DVM DMD JD Esq. Esq B.Sc. B.Eng. B.A. M.Sc. \
M.Eng. M.A. MBA. MBA CSc. CSc DiS. Ph.D Th.D. DSc. LL.M. MSc BSc Filho Neto";
static SUFFIXES_LIST: LazyLock<Vec<&str>> = LazyLock::new(|| SUFFIXES.split_whitespace().collect());

/// A word with where it ends.
struct Word<'a> {
    text: &'a str,
    end: usize,
}

impl Word<'_> {
    fn is_capitalised(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_uppercase)
    }

    fn lower(&self) -> String {
        self.text.trim_end_matches('.').to_lowercase()
    }

    /// Short enough for a first name, and longer than an initial.
    fn may_be_listed(&self) -> bool {
        (2..=24).contains(&self.text.len())
    }

    fn is_particle(&self) -> bool {
        words::is_particle(self.text)
    }

    /// "J.", "J"
    fn is_initial(&self) -> bool {
        let mut chars = self.text.chars();
        chars.next().is_some_and(char::is_uppercase) && matches!(chars.as_str(), "." | "")
    }

    /// Capitalised, not a thing's name, and not all capitals unless short.
    fn may_name(&self) -> bool {
        self.is_capitalised() && (self.is_initial() || !words::is_other(&self.lower()))
    }
}

/// The word of letters that begins at a place; a point belongs to it where an abbreviation has one.
fn word(text: &str, start: usize) -> Option<Word<'_>> {
    let rest = text.get(start..)?;
    let mut end = 0;
    for (offset, char) in rest.char_indices().take(WORD_CHARS_MAX + 1) {
        let inner = char.is_alphabetic()
            || (matches!(char, '-' | '\'' | '’' | '.') && offset > 0)
            || is_mark(char);
        if !inner {
            break;
        }
        end = offset + char.len_utf8();
    }
    let mut word = &rest[..end];
    let bare = word.trim_end_matches(['.', '-', '\'', '’']);
    let pointed = bare.len() < word.len();
    let abbreviated = pointed
        && (words::is_title(&bare.to_lowercase()) || is_suffix(word) || bare.chars().count() == 1);
    if !abbreviated || word.ends_with("..") && !is_suffix(word.trim_end_matches('.')) {
        let shorter = word.strip_suffix('.').filter(|shorter| is_suffix(shorter));
        word = shorter.unwrap_or(bare);
    }
    let lettered = word.chars().next().is_some_and(|char| char.is_alphabetic() || char == '\'');
    (lettered && word.chars().count() <= WORD_CHARS_MAX)
        .then(|| Word { text: &rest[..word.len()], end: start + word.len() })
}

fn is_suffix(word: &str) -> bool {
    SUFFIXES_LIST.contains(&word)
}

fn is_mark(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}')
}

fn next(text: &str, end: usize) -> Option<Word<'_>> {
    text[end..].starts_with(' ').then(|| word(text, end + 1)).flatten()
}

/// A name that the speaker gives: titles, capitalised words with particles between, degrees.
pub(super) fn given(text: &str, start: usize) -> Option<usize> {
    let mut at = start;
    while let Some(title) = word(text, at).filter(|word| is_title(word)) {
        if !text[title.end..].starts_with(' ') {
            break;
        }
        at = title.end + 1;
    }
    let first = word(text, at)?;
    if first.is_capitalised() && first.may_name() {
        return Some(rest_of_name(text, first.end));
    }
    let small =
        list::is_first_name(&first.lower()) && first.text.chars().all(|char| !char.is_uppercase());
    small.then(|| small_name(text, first.end))
}

fn is_title(word: &Word<'_>) -> bool {
    words::is_title(&word.lower())
}

/// Where a name ends that goes on behind its first word.
fn rest_of_name(text: &str, first: usize) -> usize {
    let (mut end, mut at) = (first, first);
    for _ in 1..WORDS_MAX {
        let Some(word) = next(text, at) else { break };
        if word.may_name() {
            end = word.end;
        } else if !word.is_particle() {
            break;
        }
        at = word.end;
    }
    degrees(text, end)
}

/// Degrees and generations behind a name, with or without a comma.
fn degrees(text: &str, mut end: usize) -> usize {
    for _ in 0..3 {
        let rest = &text[end..];
        let at =
            [", ", " "].into_iter().find(|gap| rest.starts_with(gap)).map(|gap| end + gap.len());
        let degree = at.and_then(|at| {
            let fits = |suffix: &&str| {
                text[at..].starts_with(*suffix) && !follows_letter(text, at + suffix.len())
            };
            SUFFIXES_LIST.iter().copied().filter(fits).map(|suffix| at + suffix.len()).max()
        });
        match degree {
            Some(next) => end = next,
            None => break,
        }
    }
    end
}

fn follows_letter(text: &str, at: usize) -> bool {
    text[at..].chars().next().is_some_and(char::is_alphanumeric)
}

/// A name in lower case, as people type: a first name of the list, and a surname if nothing follows.
fn small_name(text: &str, first: usize) -> usize {
    const GO_ON: &[&str] =
        &["and", "but", "from", "i", "the", "is", "und", "et", "y", "e", "en", "i", "и"];
    let Some(surname) = next(text, first) else { return first };
    let ends = text[surname.end..].chars().next().is_none_or(|char| ".,!?;\n".contains(char));
    let go = ends || next(text, surname.end).is_some_and(|word| GO_ON.contains(&word.text));
    if go && !GO_ON.contains(&surname.text) && surname.text.chars().count() > 2 {
        surname.end
    } else {
        first
    }
}

/// A name behind a form of address: one to four capitalised words.
pub(super) fn addressed(text: &str, start: usize) -> Option<usize> {
    let first = word(text, start)?;
    (first.may_name() && !first.is_initial() && !is_shouted(&first))
        .then(|| rest_of_name(text, first.end))
}

/// All capitals, as in headings and code.
fn is_shouted(word: &Word<'_>) -> bool {
    word.text.chars().count() > 3 && word.text.chars().all(|char| char.is_uppercase())
}

/// A name behind "I am": on the list, or of two words and more that end a clause.
pub(super) fn introduced(text: &str, start: usize) -> Option<(usize, usize)> {
    const GO_ON: &[&str] = &["y", "e", "et", "och", "og", "en", "i", "ve", "de", "from"];
    let first = word(text, start)?;
    if first.is_capitalised() && list::is_first_name(&first.lower()) {
        return Some((start, rest_of_name(text, first.end)));
    }
    let second = next(text, first.end)
        .filter(|second| second.may_name() && second.text.chars().count() > 1)?;
    let end = rest_of_name(text, first.end);
    let ends = text[end..].chars().next().is_none_or(|char| ",.!\n".contains(char))
        || next(text, end).is_some_and(|word| GO_ON.contains(&word.text));
    let named =
        first.may_name() && !first.is_initial() && !is_shouted(&first) && !is_shouted(&second);
    (named && ends && second.end <= end).then_some((start, end))
}

/// "Hej Kian,": a name alone behind a greeting that begins a line.
pub(super) fn greeted(text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    let begins = text[..start].trim_end_matches([' ', '>']);
    let at = end + text[end..].starts_with(' ').then_some(1)?;
    let first = word(text, at).filter(|_| begins.is_empty() || begins.ends_with('\n'))?;
    let named = first.may_name() && !first.is_initial() && !is_shouted(&first) && !is_title(&first);
    let end = rest_of_name(text, first.end);
    let alone = text[end..].starts_with([',', '!', '\n', '\r']);
    (named && first.text.chars().count() > 1 && alone).then_some((at, end))
}

/// A name on the line behind a closing, alone there.
pub(super) fn signature(text: &str, closing: usize, start: usize) -> Option<(usize, usize)> {
    let line_before =
        text[..closing].chars().next_back().is_none_or(|char| "\n.!? ".contains(char));
    let broken = text[closing..start].contains('\n');
    let first =
        word(text, start).filter(|word| line_before && word.may_name() && !is_shouted(word))?;
    let end = rest_of_name(text, first.end);
    let ends = text[end..]
        .trim_start_matches([' ', '.', ','])
        .chars()
        .next()
        .is_none_or(|char| char == '\n' || char == '\r');
    let listed = list::is_first_name(&first.lower());
    let words = text[start..end].split(' ').count();
    let named = listed || (broken && (2..=3).contains(&words));
    (ends && named).then_some((start, end))
}

/// Calls `each` with first names of the list that have a surname behind them, and with names that have
/// a patronymic.
pub(super) fn each_listed(text: &str, mut each: impl FnMut(usize, usize, u8)) {
    let mut done = 0;
    for start in capitals(text) {
        if start < done {
            continue;
        }
        let pair = followed_by_capital(text.as_bytes(), start);
        let Some(first) = word(text, start).filter(|first| pair || first.may_be_listed()) else {
            continue;
        };
        let name = if pair { listed(text, start, &first) } else { None };
        if let Some((end, sure)) = name.or_else(|| suggested(text, start, &first)) {
            each(start, end, sure);
            done = end;
        }
    }
}

/// Whether a capital of Latin, Greek or Cyrillic begins there, or may: in the blocks that most words are
/// of, the second byte tells.
fn may_be_capital(bytes: &[u8], at: usize) -> bool {
    let second = || bytes.get(at + 1).copied().unwrap_or_default();
    match bytes[at] {
        b'A'..=b'Z' | 0xc4..=0xcd | 0xcf | 0xd2..=0xd4 => true,
        0xc3 => second() < 0x9f,
        0xce => second() < 0xac,
        0xd0 => second() < 0xb0,
        0xd1 => second() >= 0xa0,
        _ => false,
    }
}

/// Places where a capital begins a word.
fn capitals(text: &str) -> impl Iterator<Item = usize> + '_ {
    let bytes = text.as_bytes();
    let mut before = b' ';
    bytes.iter().enumerate().filter_map(move |(at, byte)| {
        let begins =
            before < 0x80 && !before.is_ascii_alphanumeric() && !b"_-@/.\\".contains(&before);
        before = *byte;
        (begins && may_be_capital(bytes, at)).then_some(at)
    })
}

/// Whether the word that begins there has a blank and a capital behind it, which costs little to see.
fn followed_by_capital(bytes: &[u8], start: usize) -> bool {
    let rest = &bytes[start..];
    let inner = |byte: &&u8| {
        byte.is_ascii_alphabetic() || **byte >= 0x80 || matches!(byte, b'-' | b'\'' | b'.')
    };
    let len = rest.iter().take(WORD_CHARS_MAX * 2).take_while(inner).count();
    rest.get(len) == Some(&b' ') && len + 1 < rest.len() && may_be_capital(rest, len + 1)
}

/// A name on the list behind a word that suggests one.
fn suggested(text: &str, start: usize, first: &Word<'_>) -> Option<(usize, u8)> {
    let listed = first.is_capitalised() && list::is_first_name(&first.lower());
    (listed && leads::suggested(text, start)).then(|| (rest_of_name(text, first.end), LISTED))
}

fn listed(text: &str, start: usize, first: &Word<'_>) -> Option<(usize, u8)> {
    let second = next(text, first.end)?;
    if !first.is_capitalised() || !second.is_capitalised() {
        return None;
    }
    if let Some(third) =
        next(text, second.end).filter(|third| is_patronymic(third) || is_patronymic(&second))
    {
        let end = if third.may_name() { third.end } else { second.end };
        return Some((end, LISTED));
    }
    let lower = first.lower();
    let known = list::is_first_name(&lower) && !list::is_ambiguous(&lower);
    let surname = || second.may_name() && second.text.chars().count() > 2 && !is_shouted(&second);
    (known && surname() && !is_byline(text, start)).then(|| (rest_of_name(text, first.end), ALONE))
}

/// East Slavic patronymics.
fn is_patronymic(word: &Word<'_>) -> bool {
    const ENDINGS: &[&str] =
        &["ович", "евич", "йович", "овна", "евна", "ична", "івна", "ївна", "ьич", "мич"];
    word.is_capitalised()
        && word.text.chars().count() > 6
        && ENDINGS.iter().any(|ending| word.text.ends_with(ending))
}

/// "by George Orwell": who made something, not who is spoken of in private.
fn is_byline(text: &str, start: usize) -> bool {
    let before = context::before(text, start, BYLINE_BYTES).trim_end();
    let last = before.rsplit(' ').next().unwrap_or_default().to_lowercase();
    matches!(
        last.as_str(),
        "by" | "author" | "starring" | "feat." | "ft." | "president" | "saint" | "king" | "queen"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_capital_of_latin_greek_and_cyrillic_may_be_one() {
        for c in ('A'..='\u{52F}').filter(|c| c.is_uppercase()) {
            assert!(may_be_capital(c.to_string().as_bytes(), 0), "{c}");
        }
        assert!(
            !['a', 'ä', 'α', 'а', 'я', '中']
                .iter()
                .any(|c| may_be_capital(c.to_string().as_bytes(), 0))
        );
    }
}
