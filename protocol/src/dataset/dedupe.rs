use crate::cbor::Writer;
use crate::chat::Chat;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Chats with the same key say the same: equal messages (role, parts and place in the tree),
/// whatever their titles, times, models or feedback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DedupeKey(pub [u8; 32]);

impl DedupeKey {
    /// SHA-256 over the deterministic CBOR of `[[parent / null, role, [part…]]…]`.
    pub fn of(chat: &Chat) -> Self {
        let mut w = Writer::default();
        w.array(chat.messages.len());
        for message in &chat.messages {
            w.array(3);
            w.value(&message.parent);
            w.value(&message.role);
            w.value(&message.parts);
        }
        Self(Sha256::digest(w.into_bytes()).into())
    }
}

/// Finds chats that say the same, in a stream in the order of rows. Keeps 32 bytes and a number
/// per group.
#[derive(Debug, Default)]
pub struct Groups {
    first: BTreeMap<DedupeKey, u64>,
}

/// What a chat is within its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// The first of its group: it stands for the group.
    Representative,
    /// It says the same as the chat pushed under this number.
    DuplicateOf(u64),
}

impl Groups {
    /// Places chat number `number`. Pushed in the order of rows, the representative is the one
    /// with the lowest community id and index.
    pub fn push(&mut self, key: DedupeKey, number: u64) -> Placed {
        match self.first.entry(key) {
            Entry::Occupied(first) => Placed::DuplicateOf(*first.get()),
            Entry::Vacant(place) => {
                place.insert(number);
                Placed::Representative
            }
        }
    }
}
