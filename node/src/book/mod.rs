//! What a member keeps: where the community is, which control keys are used up, and every chat
//! given to it.
//!
//! Plain files, so that they survive us; each is replaced whole and synced before it counts:
//!
//! ```text
//! member/z6Mk…/community.json     name, addresses, remembered choices
//!              signing.lock       held while chats are signed
//!              counter.json       the next control key: durable before a key is used
//!              chats/ID.json      one chat: title, terms, state
//!              chats/ID.bundle    what is sent, until it is acknowledged: statement, key, blob
//!              chats/ID.slip.json the consent slip, from then on
//!              membership.…       the same for the membership
//! ```
//!
//! Several commands may run at once: only the counter needs a lock (and clearing away what a killed
//! command left, `tidy.rs`), everything else belongs to one chat. A crash loses what was not yet acknowledged to the caller; a counter may be lost with it,
//! which leaves a gap that [recovery](COUNTER_GAP_MAX) steps over.

mod bundle;
mod community;
mod counter;
mod file;
mod id;
mod record;
mod tidy;

pub use bundle::Bundle;
pub use community::{Choices, CommunityBook, Keep, Known};
pub use counter::{COUNTER_GAP_MAX, COUNTER_RESERVE_MAX, MEMBERSHIP_COUNTER};
pub use file::BookError;
pub use id::{ChatId, FindError};
pub use record::{Record, State, TextMark};
pub use tidy::Signing;

use sheaf_protocol::id::{CommunityId, PublicKey};
use std::path::PathBuf;

/// A member's book over all their communities: the folder `member` of a home.
#[derive(Debug, Clone)]
pub struct Book {
    dir: PathBuf,
}

impl Book {
    /// The book in a folder, which is made when something is first written.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The communities known, in the order of their ids.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn communities(&self) -> Result<Vec<CommunityBook>, BookError> {
        let mut books: Vec<_> = file::names(&self.dir)?
            .iter()
            .filter_map(|name| format!("did:key:{name}").parse().ok())
            .map(|id: CommunityId| self.of(&id))
            .collect();
        books.sort_by_key(CommunityBook::id);
        Ok(books)
    }

    /// The book of one community, known or not.
    pub fn of(&self, id: &CommunityId) -> CommunityBook {
        CommunityBook::new(self.dir.join(folder_name(&id.0)), *id)
    }
}

/// A key as a file name: its text form without `did:key:`.
fn folder_name(key: &PublicKey) -> String {
    let text = key.to_string();
    text.strip_prefix("did:key:").map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests;
