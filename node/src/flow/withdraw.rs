//! Taking chats back: sign → send → watch it go.
//!
//! A withdrawal is signed by the chat's own control key, kept in the book, and then sent; it works
//! for chats in the log, for those held for review, and for those of which nobody knows whether
//! they arrived. After that the node is asked where the chat still is, until no partner node holds
//! it or the time given is over.

use crate::{
    book::{BookError, CommunityBook, Record, State},
    client::{CallError, Client, CommunityInfo},
    limits::{WITHDRAW_POLL, WITHDRAW_POLL_MAX},
};
use data_encoding::HEXLOWER;
use sheaf_protocol::{
    cbor::Bytes,
    exchange::{ChatState, Holder, HolderState, MemberReply, MemberRequest, Place, RefusalCode},
    id::PublicKey,
    sign::{Seed, Signed},
    statement::{Body, Role, Withdrawal},
    time::Time,
};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// How a withdrawal was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// Gone from the node; logged at this index if the chat had been logged.
    Back {
        /// The index.
        index: Option<u64>,
    },
    /// The node never had it; it will not be sent any more.
    NeverArrived,
    /// It was taken back before.
    Before,
}

/// Why a chat could not be taken back. What was signed is kept, and can be sent again.
#[derive(Debug, thiserror::Error)]
pub enum WithdrawError {
    /// This seed does not make the chat's control key.
    #[error("this home has another seed than the one that gave {0}: only that one takes it back")]
    OtherSeed(String),
    /// What the book keeps is not a withdrawal.
    #[error("the withdrawal kept for {0} is damaged")]
    Damaged(String),
    /// The book failed.
    #[error(transparent)]
    Book(#[from] BookError),
    /// No answer.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// Takes one chat back. `record` and the book then show what is known.
///
/// # Errors
/// [`WithdrawError`].
pub async fn withdraw(
    client: &Client,
    info: &CommunityInfo,
    book: &CommunityBook,
    seed: &Seed,
    record: &mut Record,
    now: Time,
) -> Result<Taken, WithdrawError> {
    if matches!(record.state, State::Withdrawn { .. }) {
        return Ok(Taken::Before);
    }
    let statement = kept_or_signed(info, book, seed, record, now)?;
    match client.member(&MemberRequest::Withdraw { statement: Bytes(statement) }).await {
        Ok(MemberReply::Withdrawn { index }) => {
            book.set_state(record, State::Withdrawn { index })?;
            Ok(Taken::Back { index })
        }
        Ok(_) => Err(CallError::Unexpected.into()),
        Err(CallError::Refused(refusal)) if refusal.code == RefusalCode::Unknown => {
            book.set_state(record, State::Withdrawn { index: None })?;
            Ok(Taken::NeverArrived)
        }
        Err(error) => Err(error.into()),
    }
}

fn kept_or_signed(
    info: &CommunityInfo,
    book: &CommunityBook,
    seed: &Seed,
    record: &mut Record,
    now: Time,
) -> Result<Vec<u8>, WithdrawError> {
    let name = || record.id().short().to_owned();
    if let State::Withdrawing { statement } = &record.state {
        let bytes = HEXLOWER.decode(statement.as_bytes());
        return bytes.map_err(|_| WithdrawError::Damaged(name()));
    }
    let key = seed.control_key(&info.id(), record.counter);
    if key.public() != record.control {
        return Err(WithdrawError::OtherSeed(name()));
    }
    let withdrawal = Body::Withdrawal(Withdrawal { control: record.control });
    let signed = Signed::sign(info.statement(withdrawal, now), &key);
    let statement = HEXLOWER.encode(signed.bytes());
    book.set_state(record, State::Withdrawing { statement })?;
    Ok(signed.bytes().to_vec())
}

/// Watches withdrawn chats go, for at most `patience`. `progress` is given every new picture.
///
/// # Errors
/// [`CallError`].
pub async fn watch(
    client: &Client,
    info: &CommunityInfo,
    controls: &[PublicKey],
    patience: Duration,
    mut progress: impl FnMut(&[Place]),
) -> Result<Vec<Place>, CallError> {
    let deadline = Instant::now() + patience;
    let mut pause = WITHDRAW_POLL;
    let mut last = Vec::new();
    loop {
        let places = client.places(info.id(), controls).await?;
        if places != last {
            progress(&places);
        }
        let now = Instant::now();
        if places.iter().all(is_gone) || now >= deadline {
            return Ok(places);
        }
        last = places;
        sleep_until((now + pause).min(deadline)).await;
        pause = (pause * 2).min(WITHDRAW_POLL_MAX);
    }
}

/// Whether the node and every partner node have erased the chat. Readers keep what they built: they
/// are told, not counted.
pub fn is_gone(place: &Place) -> bool {
    use ChatState::{Due, TakenDown, Unknown, Withdrawn};
    matches!(place.state, Unknown | Withdrawn | TakenDown | Due)
        && place.holders.iter().all(holds_nothing)
}

fn holds_nothing(holder: &Holder) -> bool {
    holder.role == Role::Reader || holder.state == HolderState::Erased
}
