//! Masks: `[EMAIL_1]` in place of a value, the same for the same value throughout a chat, so that the
//! conversation still reads; or words of the member's own. A part that is JSON stays JSON.

mod json;
mod known;
mod mention;
mod merge;
mod numbers;
mod same;
mod texts;

pub use mention::{Mention, Value, mentions};
pub use merge::merge_named;
pub use texts::{Text, find_texts, longer_words, sought};

use super::Kind;
use super::chat::{ChatFind, Place, walk_mut};
use super::folded::Form;
use numbers::Numbers;
use sheaf_protocol::chat::Chat;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

/// A chat without what was found in it.
#[derive(Debug, Clone)]
pub struct Masked {
    /// The chat.
    pub chat: Chat,
    /// What was replaced, in the order of the chat.
    pub changes: Vec<Change>,
}

/// A value that was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The text in which it stood.
    pub place: Place,
    /// Which value it is.
    pub value: Value,
    /// As it was written there.
    pub before: String,
    /// What stands there now; nothing for the rest of a value that the end of a part cuts.
    pub after: String,
}

/// How much of a kind was found or replaced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Different values.
    pub values: usize,
    /// Places in which they stand.
    pub places: usize,
}

/// Replaces what was found in a chat (by [`scan_chat`](super::scan_chat) in this same chat).
pub fn mask(chat: &Chat, finds: &[ChatFind]) -> Masked {
    replace(chat, &mentions(chat, finds), &|_| None)
}

/// Replaces values where they are mentioned in this same chat: by the words that there are for a
/// value, else by its mask. Within one text the mentions are in order and apart.
pub fn replace<'w>(
    chat: &Chat,
    mentions: &[Mention],
    words: &dyn Fn(&Value) -> Option<&'w str>,
) -> Masked {
    let mut masked = Masked { chat: chat.clone(), changes: Vec::new() };
    let mut here: HashMap<Place, Vec<&Mention>> = HashMap::new();
    for mention in mentions {
        here.entry(mention.find.place).or_default().push(mention);
    }
    let mut replacing = Replacing { numbers: Numbers::after(chat), words, changes: Vec::new() };
    walk_mut(&mut masked.chat, &mut |place, text| {
        if let Some(mentions) = here.get(&place) {
            *text = replacing.text(&place, text, mentions);
        }
    });
    masked.changes = replacing.changes;
    masked
}

struct Replacing<'r, 'w> {
    numbers: Numbers,
    words: &'r dyn Fn(&Value) -> Option<&'w str>,
    changes: Vec<Change>,
}

impl Replacing<'_, '_> {
    fn text(&mut self, place: &Place, text: &str, mentions: &[&Mention]) -> String {
        let form = place.form(text);
        let replacements: Vec<(Range<usize>, String)> = mentions
            .iter()
            .map(|mention| {
                let after = self.instead(mention);
                let written = after.clone();
                let before = text[mention.find.span.range()].to_owned();
                let value = mention.value.clone();
                self.changes.push(Change { place: *place, value, before, after });
                (mention.find.span.range(), written)
            })
            .collect();
        match form {
            Form::Json => json::replace(text, &replacements),
            Form::Plain => replaced(text, &replacements),
        }
    }

    fn instead(&mut self, mention: &Mention) -> String {
        // Of a value that a part's end cuts the rest goes without a mask of its own.
        if mention.find.continues {
            return String::new();
        }
        match (self.words)(&mention.value) {
            Some(words) => words.to_owned(),
            None => self.numbers.mask(&mention.value),
        }
    }
}

/// `text` with ranges replaced, which are in order and apart.
fn replaced(text: &str, replacements: &[(Range<usize>, String)]) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut at = 0;
    for (range, with) in replacements {
        replaced.push_str(&text[at..range.start]);
        replaced.push_str(with);
        at = range.end;
    }
    replaced.push_str(&text[at..]);
    replaced
}

impl Masked {
    /// How much of each kind was replaced: what a record of the chat may say.
    pub fn tally(&self) -> BTreeMap<Kind, Tally> {
        let mut tally: BTreeMap<Kind, Tally> = BTreeMap::new();
        let mut seen = HashSet::new();
        for change in self.changes.iter().filter(|change| !change.after.is_empty()) {
            let of_kind = tally.entry(change.value.kind()).or_default();
            of_kind.places += 1;
            of_kind.values += usize::from(seen.insert(&change.value));
        }
        tally
    }
}
