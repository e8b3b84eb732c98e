//! What I gave, and where it is.

use crate::{
    book::{BookError, CommunityBook, Record, State},
    client::{CallError, Client, CommunityInfo},
};
use sheaf_protocol::{exchange::Place, id::PublicKey};
use std::collections::HashMap;

/// One chat of a member: what the book says, and what the node says.
#[derive(Debug, Clone)]
pub struct Line {
    /// The book.
    pub record: Record,
    /// The node, if it was asked.
    pub place: Option<Place>,
}

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub enum ChatsError {
    /// The book failed.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The node gave no answer.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// The chats as the book has them, without network.
///
/// # Errors
/// [`BookError`].
pub fn kept(book: &CommunityBook) -> Result<Vec<Line>, BookError> {
    let lines = book.records()?.into_iter().map(|record| Line { record, place: None });
    Ok(lines.collect())
}

/// The chats, with what the node says of each. Asking names the chats to the node under the
/// member's connection, as giving them did.
///
/// # Errors
/// [`ChatsError`].
pub async fn list(
    client: &Client,
    info: &CommunityInfo,
    book: &CommunityBook,
) -> Result<Vec<Line>, ChatsError> {
    let mut lines = kept(book)?;
    // Refused for good: the node has nothing to say of them.
    let asked = |line: &&Line| !matches!(line.record.state, State::Refused { .. });
    let controls: Vec<PublicKey> =
        lines.iter().filter(asked).map(|line| line.record.control).collect();
    let places = client.places(info.id(), &controls).await?;
    let mut places: HashMap<_, _> = places.into_iter().map(|p| (p.control, p)).collect();
    for line in &mut lines {
        line.place = places.remove(&line.record.control);
    }
    Ok(lines)
}

/// The chats whose bundle may still have to be sent: interrupted, or held for review.
///
/// # Errors
/// [`BookError`].
pub fn open(book: &CommunityBook) -> Result<Vec<Record>, BookError> {
    let records = book.records()?.into_iter();
    Ok(records.filter(|record| record.state.is_open()).collect())
}
