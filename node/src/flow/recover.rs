//! After words were typed in on a new machine: which control keys are used, and by what.
//!
//! Asks the node for control keys in the order of their counters until [`COUNTER_GAP_MAX`] in a row
//! are unknown to the log. What is found can be taken back again, though its title is lost.

use crate::{
    book::{BookError, COUNTER_GAP_MAX, ChatId, CommunityBook, MEMBERSHIP_COUNTER, Record, State},
    client::{CallError, Client, CommunityInfo},
};
use sheaf_protocol::{
    id::PublicKey, limits::PULL_ITEMS_MAX, sign::Seed, statement::Attribution, time::Time,
};

/// Why recovery stopped. What was found so far is in the book; it can be run again.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The book failed.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The node gave no answer.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// What was found in the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Control keys of ours that the log holds.
    pub used: u64,
    /// Those among them that the book did not know.
    pub new: u64,
    /// The next counter that will be used.
    pub next: u64,
}

/// Finds the control keys that the log holds, and takes their counters out of use. A membership
/// after the first one is found as a chat without title.
///
/// # Errors
/// [`RecoverError`].
pub async fn recover(
    client: &Client,
    info: &CommunityInfo,
    book: &CommunityBook,
    seed: &Seed,
    now: Time,
) -> Result<Recovered, RecoverError> {
    let mut found = Recovered::default();
    let mut start = MEMBERSHIP_COUNTER;
    while start < found.next + COUNTER_GAP_MAX {
        let counters = start..start + PULL_ITEMS_MAX as u64;
        let control = |counter| seed.control_key(&info.id(), counter).public();
        let controls: Vec<PublicKey> = counters.clone().map(control).collect();
        let used = client.scan(info.id(), &controls).await?;
        let used =
            counters.clone().zip(controls).zip(used).filter_map(|(key, used)| used.then_some(key));
        for (counter, control) in used {
            found.used += 1;
            found.next = counter + 1;
            if counter != MEMBERSHIP_COUNTER {
                found.new += u64::from(remember(book, counter, control, now)?);
            }
        }
        start = counters.end;
    }
    book.advance(found.next)?;
    Ok(found)
}

/// Whether the book did not know it.
fn remember(
    book: &CommunityBook,
    counter: u64,
    control: PublicKey,
    now: Time,
) -> Result<bool, BookError> {
    match book.record(&ChatId::of(&control)) {
        // Refused because its control key was used by another chat: that one is found now.
        Ok(record) if !matches!(record.state, State::Refused { .. }) => Ok(false),
        Ok(_) | Err(BookError::Missing { .. }) => {
            book.write_record(&recovered(counter, control, now))?;
            Ok(true)
        }
        Err(error) => Err(error),
    }
}

fn recovered(counter: u64, control: PublicKey, now: Time) -> Record {
    Record {
        control,
        counter,
        title: None,
        messages: 0,
        text: None,
        source: None,
        licence: String::new(),
        usage: String::new(),
        attribution: Attribution::None,
        due: None,
        signed: now,
        shown: Vec::new(),
        state: State::Recovered,
    }
}
