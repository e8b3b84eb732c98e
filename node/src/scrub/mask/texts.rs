//! Texts that are looked for as they are, wherever they stand as whole words, whatever the spaces between
//! the words and the escapes: those that a member names, and values that were found, for a detector
//! often knows a value only where a word announces it.

use super::known::{Known, word_around};
use super::mention::mentions_of;
use super::{Mention, Value};
use crate::limits::{
    SCRUB_NAMED_BYTES_MAX, SCRUB_SOUGHT_CAPITALS_CHARS_MIN, SCRUB_SOUGHT_CHARS_MIN,
    SCRUB_SOUGHT_NAME_CHARS_MIN,
};
use crate::scrub::chat::{scan_with, walk};
use crate::scrub::folded::{Folded, Form};
use crate::scrub::{Kind, Span};
use sheaf_protocol::chat::Chat;
use std::collections::{BTreeMap, HashSet};

/// A text that is looked for as it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Text {
    /// Folded, in lower case, with one space between words.
    letters: String,
    value: Value,
    /// As it is written, if it counts only so or in capitals.
    written: Option<String>,
}

impl Text {
    /// A text that stands for a value, whatever the case; `None` if there is nothing in it to be seen.
    pub fn new(text: &str, value: Value) -> Option<Self> {
        Self::of(Folded::new(text, Form::Plain).as_str(), value)
    }

    /// The same of a folded text.
    fn of(folded: &str, value: Value) -> Option<Self> {
        let words: Vec<_> = folded.split_whitespace().collect();
        let letters: String = words.join(" ").chars().flat_map(char::to_lowercase).collect();
        (!letters.is_empty()).then_some(Self { letters, value, written: None })
    }

    /// A value that was found, as it is written there. Of a name that is one word the case counts: many
    /// are words, too.
    fn found(written: &str, form: Form, value: &Value) -> Option<Self> {
        let folded = Folded::new(written, form);
        let is_name = value.kind() == Kind::Person;
        let text = Self::of(folded.as_str().trim(), value.clone())?;
        let least = if is_name { SCRUB_SOUGHT_NAME_CHARS_MIN } else { SCRUB_SOUGHT_CHARS_MIN };
        let is_sought = (least..=SCRUB_NAMED_BYTES_MAX).contains(&text.letters.chars().count());
        let is_one_name = is_name && !text.letters.contains(' ');
        let written = is_one_name.then(|| folded.as_str().trim().to_owned());
        is_sought.then_some(Self { written, ..text })
    }

    /// The value that it stands for.
    pub fn value(&self) -> &Value {
        &self.value
    }

    pub(super) fn letters(&self) -> &str {
        &self.letters
    }

    /// Whether a place in a folded text at which its letters stand is one of it.
    pub(super) fn is_at(&self, place: &str) -> bool {
        let Some(written) = &self.written else { return true };
        let in_capitals = || written.to_uppercase() == place;
        written == place
            || (place.chars().count() >= SCRUB_SOUGHT_CAPITALS_CHARS_MIN && in_capitals())
    }
}

/// Values that were found as texts to look for, each writing once.
pub fn sought<'m>(mentions: impl IntoIterator<Item = &'m Mention>) -> Vec<Text> {
    let mentions: Vec<_> = mentions.into_iter().collect();
    let mut seen = HashSet::new();
    let mut texts = Vec::new();
    for pieces in mentions.chunk_by(|_, next| next.find.continues) {
        let Some(first) = pieces.first() else { continue };
        let written: String = pieces.iter().map(|piece| piece.written.as_str()).collect();
        let text = Text::found(&written, first.form, &first.value);
        texts.extend(text.filter(|text| seen.insert(text.clone())));
    }
    texts
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
        let text = known.whole(Folded::new(written, form).as_str());
        text.map_or_else(|| Value::written(kind, written, form), |text| text.value.clone())
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
