//! Masks: `[EMAIL_1]` in place of a value, the same for the same value throughout a chat, so that the
//! conversation still reads. A part that is JSON stays JSON.

mod json;
mod numbers;
mod same;

use super::Kind;
use super::chat::{ChatFind, Place, walk_mut};
use super::folded::Form;
use numbers::Numbers;
use sheaf_protocol::chat::Chat;
use std::collections::{BTreeMap, HashSet};
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
    /// What it was.
    pub kind: Kind,
    /// The value.
    pub before: String,
    /// What stands there now.
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
    let mut masked = Masked { chat: chat.clone(), changes: Vec::new() };
    let mut numbers = Numbers::after(chat);
    let mut rest = finds;
    let changes = &mut masked.changes;
    // Both walk in the same order.
    walk_mut(&mut masked.chat, &mut |place, text| {
        let here = rest.iter().take_while(|find| find.place == place).count();
        if here > 0 {
            *text = masked_text(&place, text, &rest[..here], &mut numbers, changes);
            rest = &rest[here..];
        }
    });
    masked
}

fn masked_text(
    place: &Place,
    text: &str,
    finds: &[ChatFind],
    numbers: &mut Numbers,
    changes: &mut Vec<Change>,
) -> String {
    let form = place.form(text);
    let replacements: Vec<(Range<usize>, String)> = finds
        .iter()
        .map(|find| {
            let before = &text[find.span.range()];
            // Of a value that a part's end cuts the rest goes without a mask of its own.
            let after = match find.continues {
                true => String::new(),
                false => numbers.mask(find.span.kind, before, form),
            };
            let change = Change {
                place: *place,
                kind: find.span.kind,
                before: before.into(),
                after: after.clone(),
            };
            changes.push(change);
            (find.span.range(), after)
        })
        .collect();
    match form {
        Form::Json => json::replace(text, &replacements),
        Form::Plain => replace(text, &replacements),
    }
}

/// `text` with ranges replaced, which are in order and apart.
fn replace(text: &str, replacements: &[(Range<usize>, String)]) -> String {
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
            let of_kind = tally.entry(change.kind.family()).or_default();
            of_kind.places += 1;
            of_kind.values += usize::from(seen.insert(&change.after));
        }
        tally
    }
}
