//! Files of large chats that nobody wanted.
//!
//! A large chat lies in its file before the service decides about it. If it is refused, the file goes
//! again, unless something refers to it: the same bytes may have come before, or come at this moment on
//! another stream. What a crash leaves, the next start removes.

use super::Context;
use crate::service::Reply;
use sheaf_protocol::exchange::{MemberReply, RefusalCode};
use sheaf_protocol::id::BlobHash;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The large chats whose submission is under way.
#[derive(Debug, Default, Clone)]
pub(super) struct Arrivals(Arc<Mutex<HashMap<BlobHash, State>>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// On so many streams.
    UnderWay(usize),
    /// Its file is being removed.
    Leaving,
}

/// One submission of a large chat. Dropped, it leaves the file where it is.
#[derive(Debug)]
pub(super) struct Arriving {
    hash: BlobHash,
    all: Arrivals,
    /// It was the last of its chat, and sees to the file.
    is_leaving: bool,
}

impl Arrivals {
    /// Before the file is made. `None` while one of the same chat is being removed.
    pub(super) fn begin(&self, hash: BlobHash) -> Option<Arriving> {
        match self.lock().entry(hash).or_insert(State::UnderWay(0)) {
            State::UnderWay(streams) => *streams += 1,
            State::Leaving => return None,
        }
        Some(Arriving { hash, all: self.clone(), is_leaving: false })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<BlobHash, State>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Arriving {
    /// Its submission came to an end: if it was refused, a file that is not needed goes.
    pub(super) async fn ended(self, context: &Context, reply: Option<&Reply>) {
        if is_known_refused(reply) {
            self.unwanted(context).await;
        }
    }

    /// It is not stored: a file that is not needed goes.
    pub(super) async fn unwanted(mut self, context: &Context) {
        if !self.leave() {
            return;
        }
        match context.store.is_large_referenced(&self.hash) {
            Ok(true) => {}
            Ok(false) => {
                if let Err(error) = context.large.delete(&self.hash).await {
                    tracing::error!("{error}: the file of a refused chat goes at the next start");
                }
            }
            Err(error) => tracing::error!("{error}: the file of a refused chat stays for now"),
        }
    }

    /// Whether no other stream brings the same chat; from here on none does.
    fn leave(&mut self) -> bool {
        let mut all = self.all.lock();
        self.is_leaving = all.get(&self.hash) == Some(&State::UnderWay(1));
        if self.is_leaving {
            all.insert(self.hash, State::Leaving);
        }
        self.is_leaving
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        let mut all = self.all.lock();
        match all.get_mut(&self.hash) {
            Some(State::UnderWay(streams)) if *streams > 1 => *streams -= 1,
            Some(State::Leaving) if !self.is_leaving => {}
            _ => drop(all.remove(&self.hash)),
        }
    }
}

/// Whether the chat was refused, and the store was not asked to keep it: a write that failed may be there
/// all the same, and then the file has to be.
fn is_known_refused(reply: Option<&Reply>) -> bool {
    match reply {
        Some(Reply::Member(MemberReply::Refused { refusal })) => {
            refusal.code != RefusalCode::Internal
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_stream_of_a_chat_sees_to_its_file_and_none_begins_meanwhile() {
        let (all, hash) = (Arrivals::default(), BlobHash([1; 32]));
        let mut first = all.begin(hash).unwrap();
        let mut second = all.begin(hash).unwrap();
        assert!(!first.leave(), "another stream brings the same chat");
        drop(first);
        assert!(second.leave(), "now none does");
        assert!(all.begin(hash).is_none(), "who comes now has to come again");
        assert!(all.begin(BlobHash([2; 32])).is_some(), "others are not held up");
        drop(second);
        let third = all.begin(hash).expect("the file is gone");
        drop(third);
        assert!(all.lock().is_empty(), "nothing is remembered");
    }

    #[test]
    fn what_may_be_stored_keeps_its_file() {
        let refused = |code| {
            let refusal = sheaf_protocol::exchange::Refusal::new(code, "no");
            is_known_refused(Some(&Reply::Member(MemberReply::Refused { refusal })))
        };
        assert!(refused(RefusalCode::Duplicate) && refused(RefusalCode::Busy));
        assert!(!refused(RefusalCode::Internal), "a write that failed may be there nevertheless");
        assert!(!is_known_refused(None), "nobody knows what became of it");
    }
}
