//! Many texts sought at once, in the order of a folded text.

use super::Text;
use crate::scrub::script::is_spaceless;
use std::ops::Range;

/// Texts in the order of their letters: whatever is read of a text so far, those that begin with it
/// stand beside each other.
pub(super) struct Known<'t> {
    texts: Vec<&'t Text>,
    /// Whether a text begins with this byte.
    begins: [bool; 256],
}

/// A text in a folded one.
pub(super) struct Place<'t> {
    pub(super) range: Range<usize>,
    pub(super) text: &'t Text,
    /// Whether no word goes on at its ends.
    pub(super) is_whole: bool,
}

impl<'t> Known<'t> {
    pub(super) fn new(texts: &'t [Text]) -> Self {
        let mut texts: Vec<_> = texts.iter().collect();
        texts.sort_by_key(|text| text.letters());
        let mut begins = [false; 256];
        for first in texts.iter().filter_map(|text| text.letters().as_bytes().first()) {
            begins[usize::from(*first)] = true;
        }
        Self { texts, begins }
    }

    /// Places in a folded text, in order; those of whole words are apart.
    pub(super) fn places<'f>(&'f self, folded: &'f str) -> impl Iterator<Item = Place<'t>> + 'f {
        let mut free = 0;
        folded.char_indices().filter_map(move |(at, c)| {
            if at < free || !self.begins(c) {
                return None;
            }
            let place = self.place_at(folded, at)?;
            free = if place.is_whole { place.range.end } else { free };
            Some(place)
        })
    }

    /// The text that a whole folded text is.
    pub(super) fn whole(&self, folded: &str) -> Option<&'t Text> {
        self.texts_at(folded).filter(|(_, end)| *end == folded.len()).map(|(text, _)| text).last()
    }

    fn begins(&self, c: char) -> bool {
        let mut bytes = [0; 4];
        let first = c.to_lowercase().next().map(|c| c.encode_utf8(&mut bytes).as_bytes()[0]);
        first.is_some_and(|first| self.begins[usize::from(first)])
    }

    /// The longest text that stands there as whole words, else the longest at all.
    fn place_at(&self, folded: &str, at: usize) -> Option<Place<'t>> {
        let (mut part, mut whole) = (None, None);
        for (text, length) in self.texts_at(&folded[at..]) {
            let range = at..at + length;
            let place = Place { is_whole: is_whole(folded, &range), range, text };
            let longest = if place.is_whole { &mut whole } else { &mut part };
            *longest = Some(place);
        }
        whole.or(part)
    }

    /// Texts with which a folded text begins, and where each ends there; the longest last.
    fn texts_at<'f>(&'f self, folded: &'f str) -> impl Iterator<Item = (&'t Text, usize)> + 'f {
        let mut chars = folded.char_indices().peekable();
        let (mut rest, mut read) = (&self.texts[..], 0);
        std::iter::from_fn(move || {
            let (at, c) = chars.next().filter(|_| !rest.is_empty())?;
            let mut end = at + c.len_utf8();
            if c.is_whitespace() {
                while let Some((at, c)) = chars.next_if(|(_, c)| c.is_whitespace()) {
                    end = at + c.len_utf8();
                }
                (rest, read) = (next(rest, read, ' '), read + 1);
            } else {
                for c in c.to_lowercase() {
                    (rest, read) = (next(rest, read, c), read + c.len_utf8());
                }
            }
            let ended = rest.iter().take_while(|text| text.letters().len() == read);
            Some(ended.copied().find(|text| text.is_at(&folded[..end])).map(|text| (text, end)))
        })
        .flatten()
    }
}

/// Of texts that are alike up to `read` those that go on with `c`.
fn next<'s, 't>(texts: &'s [&'t Text], read: usize, c: char) -> &'s [&'t Text] {
    let mut bytes = [0; 4];
    let wanted = c.encode_utf8(&mut bytes).as_bytes();
    let letter = |text: &&'t Text| -> &'t [u8] {
        let rest = &text.letters().as_bytes()[read..];
        &rest[..rest.len().min(wanted.len())]
    };
    let start = texts.partition_point(|text| letter(text) < wanted);
    let end = texts.partition_point(|text| letter(text) <= wanted);
    &texts[start..end]
}

/// Whether a range of a folded text begins and ends where words do.
fn is_whole(folded: &str, range: &Range<usize>) -> bool {
    let (before, inside, after) =
        (&folded[..range.start], &folded[range.clone()], &folded[range.end..]);
    !goes_on(before.chars().next_back(), inside.chars().next())
        && !goes_on(inside.chars().next_back(), after.chars().next())
}

/// Whether one word has both characters.
fn goes_on(one: Option<char>, next: Option<char>) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_spaceless(c));
    joins(one) && joins(next)
}

/// The word that reaches over a range at one end, or both.
pub(super) fn word_around(folded: &str, range: Range<usize>) -> &str {
    let breaks = |c: char| !goes_on(Some(c), Some(c));
    let before = folded[..range.start].char_indices().rev().find(|(_, c)| breaks(*c));
    let start = before.map_or(0, |(at, c)| at + c.len_utf8());
    let end = folded[range.end..].find(breaks).map_or(folded.len(), |at| range.end + at);
    &folded[start..end]
}
