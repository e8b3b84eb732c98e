//! What a member gave before, known again by its text, and by the chat that it was made from.

use super::Contributor;
use crate::book::{ChatId, Record, State, TextMark};
use std::collections::HashMap;

/// Chats of the book by their marks.
#[derive(Debug, Default)]
pub(super) struct Given {
    texts: HashMap<TextMark, (ChatId, State)>,
    sources: HashMap<TextMark, (ChatId, State)>,
}

impl Given {
    /// Adds a chat, unless it was refused. Of several with the same text one that still stands is
    /// named.
    pub(super) fn add(&mut self, record: &Record) {
        if matches!(record.state, State::Refused { .. }) {
            return;
        }
        let chat = (record.id(), record.state.clone());
        let marked = [(&mut self.texts, &record.text), (&mut self.sources, &record.source)];
        for (known, mark) in marked {
            let Some(mark) = mark else { continue };
            if !known.get(mark).is_some_and(|(_, state)| state.is_given()) {
                known.insert(mark.clone(), chat.clone());
            }
        }
    }

    /// The chat that has this very text.
    pub(super) fn text(&self, mark: &TextMark) -> Option<&(ChatId, State)> {
        self.texts.get(mark)
    }
}

impl Contributor<'_> {
    /// The chat that was given of this source before, whatever was masked in it then. It may be the
    /// very text that is there now, too.
    pub fn given_of(&self, source: &TextMark) -> Option<(&ChatId, &State)> {
        let Given { texts, sources } = &self.given;
        let found = [sources.get(source), texts.get(source)].into_iter().flatten();
        let (id, state) = found.max_by_key(|(_, state)| state.is_given())?;
        Some((id, state))
    }
}
