//! Dials the node of a community as its member.

use crate::{
    book::{BookError, CommunityBook, Known},
    client::{AskError, CallError, Client, CommunityInfo, ConnectError},
};
use sheaf_protocol::sign::Seed;

/// Why a community could not be reached.
#[derive(Debug, thiserror::Error)]
pub enum ReachError {
    /// Nothing is remembered of it.
    #[error(
        "you have not joined this community from here, so the address of its node is not known"
    )]
    Unknown,
    /// No node answered.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// It answered, but not well.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The book failed.
    #[error(transparent)]
    Book(#[from] BookError),
}

impl From<CallError> for ReachError {
    fn from(error: CallError) -> Self {
        Self::Ask(error.into())
    }
}

/// Connects to a remembered community as its member, and asks what is in force there. The address
/// that answered is tried first the next time.
///
/// # Errors
/// [`ReachError`].
pub async fn reach(
    seed: &Seed,
    book: &CommunityBook,
) -> Result<(Client, CommunityInfo), ReachError> {
    let mut known = book.known()?.ok_or(ReachError::Unknown)?;
    let client = Client::connect(seed.member_key(&book.id()), &known.addresses).await?;
    let info = client.community(Some(book.id())).await?;
    if put_first(&mut known, client.address()) || known.name != info.name() {
        known.name = info.name().to_owned();
        book.remember(&known)?;
    }
    Ok((client, info))
}

/// Whether the order changed.
fn put_first(known: &mut Known, address: &str) -> bool {
    let place = known.addresses.iter().position(|other| other == address);
    match place {
        Some(place) if place > 0 => {
            known.addresses[..=place].rotate_right(1);
            true
        }
        _ => false,
    }
}
