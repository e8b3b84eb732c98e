//! The languages of a chat, told from its words alone: no network, no model to fetch.
//!
//! Only what a person and an assistant say counts, without code, addresses and the like
//! (`prose.rs`). Each message is looked at by itself, for people ask in one language and have
//! something written in another. A label is given only when little speaks against it: most wrong
//! answers come from a line or two, or from a language that the detector does not know.

mod prose;
mod tags;

use crate::limits::{
    LANGUAGE_MESSAGE_CHARS_MAX, LANGUAGE_MESSAGES_MAX, LANGUAGE_SECOND_WORTH_MIN,
    LANGUAGE_WORTH_MIN, LANGUAGES_MAX,
};
use prose::Prose;
use sheaf_protocol::chat::{Chat, Message, Part, Role};
use std::collections::BTreeMap;

/// The BCP 47 tags of the languages that a chat is surely in, sorted; none where it is not sure.
pub fn languages(chat: &Chat) -> Vec<String> {
    let said = spread(chat).map(said).filter(|prose| prose.worth() > 0).collect::<Vec<_>>();
    let mut tally: BTreeMap<&'static str, usize> = BTreeMap::new();
    for prose in said.iter().filter(|prose| prose.worth() >= LANGUAGE_WORTH_MIN) {
        if let Some(tag) = surely(prose) {
            *tally.entry(tag).or_default() += prose.worth();
        }
    }
    let whole = Prose::joined(&said);
    if tally.is_empty() {
        return whole_alone(&whole).into_iter().collect();
    }
    // A quarter of what is said, so that a quotation names no language.
    let enough = whole.worth() / 4;
    let first = tally.iter().max_by_key(|(_, worth)| **worth).map(|(tag, _)| *tag);
    let named = tally.into_iter().filter(|(tag, worth)| {
        *worth >= enough && (Some(*tag) == first || *worth >= LANGUAGE_SECOND_WORTH_MIN)
    });
    named.map(|(tag, _)| tag.to_owned()).take(LANGUAGES_MAX).collect()
}

/// Of many short messages none says enough; together they may.
fn whole_alone(whole: &Prose) -> Option<String> {
    let tag = if whole.worth() >= LANGUAGE_WORTH_MIN { surely(whole) } else { None };
    tag.map(str::to_owned)
}

/// Messages of a person or an assistant: all, or as many as are looked at, from all over the chat.
fn spread(chat: &Chat) -> impl Iterator<Item = &Message> {
    let speaks = |message: &&Message| matches!(message.role, Role::User | Role::Assistant);
    let speaking = chat.messages.iter().filter(speaks).count();
    let step = speaking.div_ceil(LANGUAGE_MESSAGES_MAX).max(1);
    chat.messages.iter().filter(speaks).step_by(step)
}

fn said(message: &Message) -> Prose {
    let mut prose = Prose::default();
    for part in &message.parts {
        if let Part::Text { text } = part {
            prose.take(text, LANGUAGE_MESSAGE_CHARS_MAX);
        }
    }
    prose
}

fn surely(prose: &Prose) -> Option<&'static str> {
    let info = whatlang::detect(&prose.telling())?;
    if info.is_reliable() { tags::tag(info.lang()) } else { None }
}

#[cfg(test)]
mod tests;
