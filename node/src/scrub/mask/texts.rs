//! Texts that a member names, whether a detector knows them or not: wherever they stand as whole
//! words, whatever the case, the spaces between the words, and the escapes.

use super::mention::mentions_of;
use super::{Mention, Value};
use crate::scrub::Span;
use crate::scrub::chat::{scan_with, walk};
use crate::scrub::folded::{Folded, Form};
use crate::scrub::script::is_spaceless;
use sheaf_protocol::chat::Chat;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// A text that is looked for as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Folded, in lower case, with one space between words.
    letters: Vec<char>,
    value: Value,
}

impl Text {
    /// A text that stands for a value; `None` if there is nothing in it to be seen.
    pub fn new(text: &str, value: Value) -> Option<Self> {
        let folded = Folded::new(text, Form::Plain);
        let words: Vec<_> = folded.as_str().split_whitespace().collect();
        let letters: Vec<char> = words.join(" ").chars().flat_map(char::to_lowercase).collect();
        (!letters.is_empty()).then_some(Self { letters, value })
    }

    /// The value that it stands for.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Where it ends in a folded text that begins with it.
    fn end_in(&self, text: &str) -> Option<usize> {
        let mut wanted = self.letters.iter();
        let mut chars = text.char_indices().peekable();
        let mut end = 0;
        while !wanted.as_slice().is_empty() {
            let (at, c) = chars.next()?;
            end = at + c.len_utf8();
            if c.is_whitespace() {
                while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {}
                wanted.next().filter(|wanted| **wanted == ' ')?;
            } else if !c.to_lowercase().all(|c| wanted.next() == Some(&c)) {
                return None;
            }
        }
        Some(end)
    }
}

/// Every place in a chat where one of the texts stands as whole words, in the order of its messages;
/// where several begin together, the longest.
pub fn find_texts(chat: &Chat, texts: &[Text]) -> Vec<Mention> {
    if texts.is_empty() {
        return Vec::new();
    }
    let known = Known::new(texts);
    let scan = |text: &str, form, see: &mut dyn FnMut(Span)| {
        let folded = Folded::new(text, form);
        for place in known.places(folded.as_str()).filter(|place| place.is_whole) {
            let range = folded.original(place.range);
            let kind = place.text.value.kind();
            see(Span { start: range.start, end: range.end, kind, confidence: CERTAIN });
        }
    };
    let mut finds = Vec::new();
    scan_with(&scan, chat, &mut |find| finds.push(find));
    mentions_of(chat, &finds, &|kind, written, form| {
        known.value_of(written, form).unwrap_or_else(|| Value::written(kind, written, form))
    })
}

/// A member is sure.
const CERTAIN: u8 = 100;

/// Words of a chat that a text is only a part of, and how often each stands there.
pub fn longer_words(chat: &Chat, text: &Text) -> BTreeMap<String, u64> {
    let known = Known::new(std::slice::from_ref(text));
    let mut words = BTreeMap::new();
    walk(chat, &mut |place, text| {
        let folded = Folded::new(text, place.form(text));
        let folded = folded.as_str();
        for place in known.places(folded).filter(|place| !place.is_whole) {
            *words.entry(word_around(folded, place.range).to_owned()).or_default() += 1;
        }
    });
    words
}

/// Texts by the letter that they begin with, the longest first.
struct Known<'t> {
    by_first: HashMap<char, Vec<&'t Text>>,
}

/// A text in a folded one.
struct Place<'t> {
    range: Range<usize>,
    text: &'t Text,
    /// Whether no word goes on at its ends.
    is_whole: bool,
}

impl<'t> Known<'t> {
    fn new(texts: &'t [Text]) -> Self {
        let mut by_first: HashMap<char, Vec<&Text>> = HashMap::new();
        for text in texts {
            by_first.entry(text.letters[0]).or_default().push(text);
        }
        for texts in by_first.values_mut() {
            texts.sort_by_key(|text| std::cmp::Reverse(text.letters.len()));
        }
        Self { by_first }
    }

    /// Places in a folded text, in order; those of whole words are apart.
    fn places<'f>(&'f self, folded: &'f str) -> impl Iterator<Item = Place<'t>> + 'f {
        let mut free = 0;
        folded.char_indices().filter_map(move |(at, c)| {
            if at < free {
                return None;
            }
            let place = self.place_at(folded, at, c)?;
            free = if place.is_whole { place.range.end } else { free };
            Some(place)
        })
    }

    /// The longest text that stands there as whole words, else the longest at all.
    fn place_at(&self, folded: &str, at: usize, c: char) -> Option<Place<'t>> {
        let texts = self.by_first.get(&c.to_lowercase().next()?)?;
        let mut part = None;
        for &text in texts {
            let Some(length) = text.end_in(&folded[at..]) else { continue };
            let range = at..at + length;
            if is_whole(folded, &range) {
                return Some(Place { range, text, is_whole: true });
            }
            part = part.or(Some(Place { range, text, is_whole: false }));
        }
        part
    }

    /// The value of the text that is written so.
    fn value_of(&self, written: &str, form: Form) -> Option<Value> {
        let folded = Folded::new(written, form);
        let first = folded.as_str().chars().next()?.to_lowercase().next()?;
        let whole = |text: &&&Text| text.end_in(folded.as_str()) == Some(folded.as_str().len());
        self.by_first.get(&first)?.iter().find(whole).map(|text| text.value.clone())
    }
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
fn word_around(folded: &str, range: Range<usize>) -> &str {
    let breaks = |c: char| !goes_on(Some(c), Some(c));
    let before = folded[..range.start].char_indices().rev().find(|(_, c)| breaks(*c));
    let start = before.map_or(0, |(at, c)| at + c.len_utf8());
    let end = folded[range.end..].find(breaks).map_or(folded.len(), |at| range.end + at);
    &folded[start..end]
}
