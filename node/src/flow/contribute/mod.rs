//! Giving chats: draft → sign → send.
//!
//! A [`Draft`] is what the member is shown, already judged by the policy, so that a refusal comes
//! before anything is signed. Signing seals the chat, uses up a control key, and keeps the bundle
//! in the book. Only what the book keeps is ever sent, so a retry sends identical bytes; what was
//! signed under a policy that has changed meanwhile is dropped and must be shown again.

mod draft;
mod given;
mod send;
mod sign;
mod terms;

pub use draft::{Draft, DraftError, Said, Settings};
pub use send::{SendError, Sent, send};
pub use sign::SignError;
pub use terms::{About, Term, consent_sentences, label_words, private_words, shown, terms};

use crate::{
    book::{BookError, CommunityBook},
    client::CommunityInfo,
};
use given::Given;
use sheaf_protocol::sign::Seed;

/// A member who is giving chats to one community, under the policy that they are shown.
#[derive(Debug)]
pub struct Contributor<'a> {
    book: &'a CommunityBook,
    seed: &'a Seed,
    info: &'a CommunityInfo,
    given: Given,
}

impl<'a> Contributor<'a> {
    /// Begins. Reads the book once, to know again what was given before, and clears away what a
    /// command that was killed left in it.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn new(
        book: &'a CommunityBook,
        seed: &'a Seed,
        info: &'a CommunityInfo,
    ) -> Result<Self, BookError> {
        let mut given = Given::default();
        book.tidied()?.iter().for_each(|record| given.add(record));
        Ok(Self { book, seed, info, given })
    }
}
