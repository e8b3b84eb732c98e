//! A text as detectors read it.
//!
//! Digits of all scripts become ASCII digits, full-width forms become ASCII, spaces and hyphens of
//! every kind one space and one hyphen; what is invisible goes, and Greek and Cyrillic letters in a
//! word of Latin ones become those they look like (`lookalike.rs`). Nothing else changes: letters
//! keep their case and their accents. In JSON an escaped character is the character. So it is elsewhere
//! with `\n`, `\r`, `\t` and `\u00e9`, which programs have and JSON within a text: what follows them is no
//! part of a word with them. A text to which none of this applies is borrowed.
//!
//! The way back is a list of runs: stretches in which each folded byte stands for the same number of
//! original bytes. Folding is one pass; the list is as long as there are changes between stretches.

use super::escape;
use super::lookalike::{Read, may_differ, read};
use memchr::memchr;
use std::borrow::Cow;
use std::ops::Range;

/// Bytes that are looked at for digits at once.
const DIGITS_STRETCH: usize = 64;

/// A folded text and the way back to the original.
#[derive(Debug)]
pub(super) struct Folded<'a> {
    text: Cow<'a, str>,
    /// In order; the first begins at 0. Empty if the text is borrowed.
    runs: Vec<Run>,
    /// Whether it holds an ASCII digit: of what detectors look for most has one.
    has_digits: bool,
}

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As it is.
    Plain,
    /// As JSON, with escapes in its strings.
    Json,
}

impl Form {
    /// Where the first character begins, from `at` on, that may be read as another.
    fn next_to_look_at(self, bytes: &[u8], at: usize) -> Option<usize> {
        let rest = bytes.get(at..)?;
        let second = |at: usize| rest.get(at + 1).copied().unwrap_or_default();
        let to_look_at = |(at, lead): (usize, &u8)| match lead {
            b'\\' => self == Self::Json || b"nrtu\\".contains(&second(at)),
            lead => *lead >= 0x80 && may_differ(*lead, second(at)),
        };
        rest.iter().enumerate().position(to_look_at).map(|offset| at + offset)
    }
}

/// From `folded` to the next run, each byte stands for `width` bytes of the original, which begin
/// at `original`.
#[derive(Debug, Clone, Copy)]
struct Run {
    folded: u32,
    original: u32,
    width: u32,
}

impl<'a> Folded<'a> {
    /// Folds a piece of a text ([`pieces`](super::piece::pieces)).
    pub(super) fn new(original: &'a str, form: Form) -> Self {
        let borrowed = |text| Self::of(Cow::Borrowed(text), Vec::new());
        let Some(first) = first_change(original, form) else { return borrowed(original) };
        let mut folding = Folding { form, text: String::new(), runs: Vec::new() };
        folding.keep(&original[..first], 0);
        folding.rest(original, first);
        if folding.text == original {
            return borrowed(original);
        }
        Self::of(Cow::Owned(folding.text), folding.runs)
    }

    fn of(text: Cow<'a, str>, runs: Vec<Run>) -> Self {
        // Without an end before the end of a stretch many bytes are looked at at once.
        let any_digit =
            |stretch: &[u8]| stretch.iter().fold(false, |any, b| any | b.is_ascii_digit());
        let has_digits = text.as_bytes().chunks(DIGITS_STRETCH).any(any_digit);
        Self { text, runs, has_digits }
    }

    /// Whether it holds an ASCII digit.
    pub(super) fn has_digits(&self) -> bool {
        self.has_digits
    }

    /// The folded text.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Its bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The character that ends at `at`, a boundary of characters.
    pub(super) fn char_before(&self, at: usize) -> Option<char> {
        self.text.get(..at)?.chars().next_back()
    }

    /// The character that begins at `at`, a boundary of characters.
    pub(super) fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    /// At most `bytes` bytes that end at `at`, a boundary of characters; whole characters.
    pub(super) fn before(&self, at: usize, bytes: usize) -> &str {
        let mut start = at.saturating_sub(bytes);
        while !self.text.is_char_boundary(start) {
            start += 1;
        }
        &self.text[start..at]
    }

    /// At most `bytes` bytes that begin at `at`, a boundary of characters; whole characters.
    pub(super) fn after(&self, at: usize, bytes: usize) -> &str {
        let mut end = at.saturating_add(bytes).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        &self.text[at..end]
    }

    /// The bytes of the original for which a range of the folded text stands, without what is
    /// invisible at its ends. The range is not empty and its ends are boundaries of characters.
    pub(super) fn original(&self, folded: Range<usize>) -> Range<usize> {
        if self.runs.is_empty() {
            return folded;
        }
        let (start, _) = self.original_byte(folded.start);
        let (last, width) = self.original_byte(folded.end - 1);
        start..last + width
    }

    /// Where the original of a folded byte begins, and for how many bytes it stands.
    fn original_byte(&self, at: usize) -> (usize, usize) {
        let next = self.runs.partition_point(|run| run.folded as usize <= at);
        let run = self.runs[next - 1];
        let into = at - run.folded as usize;
        (run.original as usize + into * run.width as usize, run.width as usize)
    }
}

/// Where the first character stands that is read otherwise, or may be.
fn first_change(text: &str, form: Form) -> Option<usize> {
    if text.is_ascii() {
        let first = memchr(b'\\', text.as_bytes())?;
        return form.next_to_look_at(text.as_bytes(), first);
    }
    let mut at = 0;
    while let Some(next) = form.next_to_look_at(text.as_bytes(), at) {
        at = next;
        let c = text[at..].chars().next()?;
        match read(c) {
            _ if c == '\\' => return Some(at),
            Read::Itself => at += c.len_utf8(),
            Read::Nothing | Read::As(_) => return Some(at),
            Read::Among(_) => {
                let before = text[..at].chars().next_back();
                let (len, are_latin) = letters_like(before, &text[at..]);
                if are_latin {
                    return Some(at);
                }
                at += len;
            }
        }
    }
    None
}

/// Letters that look like Latin ones at the beginning of `rest`: how many bytes follow each other, and
/// whether they are Latin ones. They are if a Latin letter stands on one side of them and no other
/// letter on either.
fn letters_like(before: Option<char>, rest: &str) -> (usize, bool) {
    let among = |c: char| matches!(read(c), Read::Among(_));
    let len = rest.find(|c| !among(c)).unwrap_or(rest.len());
    let after = visible(&rest[len..]);
    let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    let other = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() && !c.is_ascii());
    (len, (latin(before) || latin(after)) && !other(before) && !other(after))
}

/// A folded text that is being made.
#[derive(Debug)]
struct Folding {
    form: Form,
    text: String,
    runs: Vec<Run>,
}

impl Folding {
    fn rest(&mut self, original: &str, mut at: usize) {
        let bytes = original.as_bytes();
        while at < bytes.len() {
            let change = self.form.next_to_look_at(bytes, at).unwrap_or(bytes.len());
            self.keep(&original[at..change], at);
            at = change;
            if let Some(c) = original[at..].chars().next() {
                at = self.take(original, at, c);
            }
        }
    }

    /// Takes the character at `at`, or several of them; returns where the next one begins.
    fn take(&mut self, original: &str, at: usize, c: char) -> usize {
        if c == '\\' {
            return self.take_escape(original, at);
        }
        let next = at + c.len_utf8();
        match read(c) {
            Read::Itself => self.keep(&original[at..next], at),
            Read::Nothing => {}
            Read::As(ascii) => self.replace(char::from(ascii), at, c.len_utf8()),
            Read::Among(_) => return self.take_letters(original, at),
        }
        next
    }

    /// Takes the character that is escaped at `at`.
    fn take_escape(&mut self, original: &str, at: usize) -> usize {
        let rest = &original[at..];
        let outer = || if self.form == Form::Json { escape::unescaped(rest) } else { None };
        let Some((c, len)) = escape::nested(rest).or_else(outer) else {
            self.keep(&original[at..=at], at);
            return at + 1;
        };
        match read(c) {
            Read::Nothing => {}
            Read::As(ascii) => self.replace(char::from(ascii), at, len),
            Read::Itself | Read::Among(_) => self.replace(c, at, len),
        }
        at + len
    }

    /// Takes letters that look like Latin ones, as many as follow each other.
    fn take_letters(&mut self, original: &str, at: usize) -> usize {
        let rest = &original[at..];
        let (len, are_latin) = letters_like(self.text.chars().next_back(), rest);
        if are_latin {
            for (offset, c) in rest[..len].char_indices() {
                if let Read::Among(ascii) = read(c) {
                    self.replace(char::from(ascii), at + offset, c.len_utf8());
                }
            }
        } else {
            self.keep(&rest[..len], at);
        }
        at + len
    }

    fn keep(&mut self, text: &str, at: usize) {
        if !text.is_empty() {
            self.run(at, 1);
            self.text.push_str(text);
        }
    }

    /// `c` stands for `len` bytes of the original, no fewer than its own.
    fn replace(&mut self, c: char, at: usize, len: usize) {
        let (folded, own) = (self.text.len(), c.len_utf8());
        if len.is_multiple_of(own) {
            self.run_from(folded, at, len / own);
        } else {
            self.run_from(folded, at, 1);
            self.run_from(folded + own - 1, at + own - 1, len - (own - 1));
        }
        self.text.push(c);
    }

    /// What is pushed next stands for the original from `at`, `width` bytes for each.
    fn run(&mut self, at: usize, width: usize) {
        self.run_from(self.text.len(), at, width);
    }

    fn run_from(&mut self, folded: usize, at: usize, width: usize) {
        let follows = self.runs.last().is_some_and(|run| {
            let into = folded - run.folded as usize;
            run.width as usize == width && run.original as usize + into * width == at
        });
        if !follows {
            let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            let (folded, original) = (number(folded), number(at));
            self.runs.push(Run { folded, original, width: number(width) });
        }
    }
}

/// The first character of a text that can be seen; looks at few.
fn visible(text: &str) -> Option<char> {
    text.chars().take(4).find(|c| c.is_ascii() || read(*c) != Read::Nothing)
}
