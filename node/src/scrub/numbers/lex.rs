//! Text into runs: groups of digits with at most a few separators between them, as people write
//! phone numbers, cards and ids. One pass, no look back over what was read.

use crate::limits::{SCRUB_RUN_GROUPS_MAX, SCRUB_RUN_OVERLAP};
use crate::scrub::cue::Cues;
use crate::scrub::numbers::context;
use crate::scrub::script::is_spaceless;
use std::cell::OnceCell;

/// A group of ASCII digits, in bytes of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Group {
    pub(crate) fn len(self) -> usize {
        self.end - self.start
    }
}

/// Groups of digits that nothing but separators stands between.
pub(crate) struct Run<'a> {
    pub(crate) text: &'a str,
    pub(crate) groups: &'a [Group],
    cues: OnceCell<Cues>,
    in_url: OnceCell<bool>,
    is_row: OnceCell<bool>,
}

impl<'a> Run<'a> {
    fn new(text: &'a str, groups: &'a [Group]) -> Self {
        Self {
            text,
            groups,
            cues: OnceCell::new(),
            in_url: OnceCell::new(),
            is_row: OnceCell::new(),
        }
    }

    pub(crate) fn start(&self) -> usize {
        self.groups.first().map_or(0, |group| group.start)
    }

    pub(crate) fn end(&self) -> usize {
        self.groups.last().map_or(0, |group| group.end)
    }

    /// The words around a stretch of it. They are looked for once for the whole run, for within it
    /// there are none.
    pub(crate) fn cues(&self, start: usize, end: usize) -> Cues {
        let cues = self.cues.get_or_init(|| Cues::around(self.text, self.start(), self.end()));
        cues.within(start.saturating_sub(self.start()), self.end().saturating_sub(end))
    }

    /// Whether it is a row of numbers, as in a table or a list.
    pub(crate) fn is_row(&self) -> bool {
        let apart = || (2..self.groups.len()).all(|at| self.gap(at) == self.gap(1));
        self.groups.len() > SCRUB_RUN_OVERLAP && *self.is_row.get_or_init(apart)
    }

    /// Whether other numbers stand beside a stretch: in its row, or on the lines around it.
    pub(crate) fn in_table(&self, start: usize, end: usize) -> bool {
        let before = self.text.as_bytes()[..start].iter().rev().take(3);
        let after = self.text.as_bytes()[end..].iter().take(3);
        let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        let ink = |byte: &&u8| !byte.is_ascii_whitespace() && **byte != b'|';
        digit(before.into_iter().find(ink)) || digit(after.into_iter().find(ink))
    }

    /// Whether a place in it lies in a URL that is not made for calling.
    pub(crate) fn in_url(&self, at: usize) -> bool {
        let apart = at > self.start() && self.text[self.start()..at].contains(' ');
        !apart && *self.in_url.get_or_init(|| context::in_url(self.text, self.start()))
    }

    /// The digits of some groups in a row, without what separates them; nothing if more than fit.
    pub(crate) fn digits<'b>(&self, groups: &[Group], into: &'b mut [u8]) -> Option<&'b [u8]> {
        let mut len = 0;
        for group in groups {
            let from = self.text.as_bytes().get(group.start..group.end)?;
            into.get_mut(len..len + from.len())?.copy_from_slice(from);
            len += from.len();
        }
        into.get(..len)
    }

    /// What stands between a group and the one before it in this run.
    pub(crate) fn gap(&self, at: usize) -> &'a str {
        match (at.checked_sub(1).and_then(|before| self.groups.get(before)), self.groups.get(at)) {
            (Some(before), Some(group)) => &self.text[before.end..group.start],
            _ => "",
        }
    }

    /// Whether what lies in `start..end` is a word of its own: no letter, digit or underscore
    /// touches it, nor a separator that ties it to a longer token such as a path or a UUID.
    pub(crate) fn stands_alone(&self, start: usize, end: usize) -> bool {
        !ties_left(&self.text[..start]) && !ties_right(&self.text[end..])
    }
}

/// Calls `each` with every run of the text. A run of more groups than [`SCRUB_RUN_GROUPS_MAX`] comes
/// in pieces that overlap by [`SCRUB_RUN_OVERLAP`] groups.
pub(crate) fn runs(text: &str, mut each: impl FnMut(&Run<'_>)) {
    let bytes = text.as_bytes();
    let mut groups: Vec<Group> = Vec::with_capacity(SCRUB_RUN_GROUPS_MAX);
    let mut at = 0;
    while let Some(start) = next_digit(bytes, at) {
        let end = digits_end(bytes, start);
        let tied = groups.last().is_some_and(|last| is_gap(&bytes[last.end..start]));
        if !tied && !groups.is_empty() {
            each(&Run::new(text, &groups));
            groups.clear();
        }
        if groups.len() == SCRUB_RUN_GROUPS_MAX {
            each(&Run::new(text, &groups));
            groups.drain(..SCRUB_RUN_GROUPS_MAX - SCRUB_RUN_OVERLAP);
        }
        groups.push(Group { start, end });
        at = end;
    }
    if !groups.is_empty() {
        each(&Run::new(text, &groups));
    }
}

fn next_digit(bytes: &[u8], from: usize) -> Option<usize> {
    bytes[from..].iter().position(u8::is_ascii_digit).map(|at| from + at)
}

fn digits_end(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|byte| !byte.is_ascii_digit()).map_or(bytes.len(), |at| from + at)
}

/// The longest gap: a parenthesis, a dash of three bytes and blanks around it.
const GAP_BYTES_MAX: usize = 6;

/// Whether bytes between two groups only separate them.
fn is_gap(gap: &[u8]) -> bool {
    if gap.is_empty() || gap.len() > GAP_BYTES_MAX {
        return false;
    }
    let Ok(gap) = std::str::from_utf8(gap) else { return false };
    gap.chars().count() <= 3 && gap.chars().all(is_separator)
}

pub(crate) fn is_separator(char: char) -> bool {
    // The mark that lengthens kana stands for a hyphen where it is typed beside full-width digits.
    matches!(char, '-' | '.' | '/' | '(' | ')' | 'ー') || is_blank(char) || is_dash(char)
}

/// A space that does not end a line.
pub(crate) fn is_blank(char: char) -> bool {
    matches!(char, ' ' | '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}' | '\u{3000}')
}

pub(crate) fn is_dash(char: char) -> bool {
    matches!(char, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}')
}

fn is_word(char: char) -> bool {
    char == '_' || (char.is_alphanumeric() && !is_spaceless(char))
}

fn ties_left(before: &str) -> bool {
    let mut back = before.chars().rev();
    match back.next() {
        None => false,
        Some(char) if is_word(char) => true,
        Some(
            '-' | '/' | '.' | '@' | '#' | '&' | '%' | '$' | '€' | '£' | '¥' | '\\' | '^' | '*'
            | '~',
        ) => {
            // "1-2", "a/3", ".5", but not "– 5" nor "(5": a blank before it makes it punctuation,
            // unless it stands for an amount.
            matches!(
                before.chars().next_back(),
                Some('$' | '€' | '£' | '¥' | '@' | '#' | '/' | '\\' | '^' | '.' | '%' | '~')
            ) || back.next().is_some_and(|char| is_word(char) || char == '-')
        }
        Some('=' | '?') => back.next().is_some_and(|char| char == '&' || char == '?'),
        Some(_) => false,
    }
}

fn ties_right(after: &str) -> bool {
    let mut on = after.chars();
    match on.next() {
        None => false,
        Some(char) if is_word(char) => true,
        Some('-' | '/' | '@' | '\\' | ':' | '+' | '=' | '&') => on.next().is_some_and(is_word),
        Some('.' | ',') => on.next().is_some_and(|char| char.is_ascii_digit()),
        Some('%' | '€' | '$' | '£' | '¥' | '°' | '^' | '*') => true,
        Some(_) => false,
    }
}

/// Calls `each` with every word of ASCII letters and digits that holds at least one of both: where it
/// starts and where it ends.
pub(crate) fn mixed_words(text: &str, mut each: impl FnMut(usize, usize)) {
    let bytes = text.as_bytes();
    let (mut at, mut done) = (0, 0);
    while let Some(digit) = next_digit(bytes, at) {
        let letters = bytes[done..digit].iter().rev().take_while(|b| b.is_ascii_alphanumeric());
        let start = digit - letters.count();
        let rest = bytes[digit..].iter().take_while(|byte| byte.is_ascii_alphanumeric());
        let end = digit + rest.count();
        if bytes[start..end].iter().any(u8::is_ascii_alphabetic) {
            each(start, end);
        }
        (at, done) = (end, end);
    }
}
