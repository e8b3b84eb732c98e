//! What stewards should know of the review queue, besides how many chats wait there.

use super::Review;
use crate::limits::{PENDING_MANY, PENDING_MAX, PENDING_PER_MEMBER_MAX};

impl Review {
    /// A sentence for each thing that somebody should see to. No member is named: who gave a chat
    /// without a name is nobody's business, the stewards' neither.
    pub(in crate::service) fn attention(&self) -> impl Iterator<Item = String> {
        [self.unscanned(), self.fills_up(), self.full_for_members()].into_iter().flatten()
    }

    fn unscanned(&self) -> Option<String> {
        let unscanned = self.chats.values().filter(|(chat, _)| chat.unscanned).count();
        let what = match unscanned {
            0 => return None,
            1 => "1 chat waits because a scrubber could not look through it".to_owned(),
            more => format!("{more} chats wait because a scrubber could not look through them"),
        };
        Some(format!("{what}: sheaf review show ID says why"))
    }

    fn fills_up(&self) -> Option<String> {
        let waiting = self.chats.len() as u64;
        (waiting >= PENDING_MANY).then(|| {
            format!(
                "{waiting} chats wait for review: when {PENDING_MAX} do, no more that need one are \
                 taken until you have decided on some"
            )
        })
    }

    fn full_for_members(&self) -> Option<String> {
        let full = self.members.values().filter(|count| **count >= PENDING_PER_MEMBER_MAX).count();
        let who = match full {
            0 => return None,
            1 => "a member has".to_owned(),
            more => format!("{more} members have"),
        };
        Some(format!(
            "{who} {PENDING_PER_MEMBER_MAX} chats waiting for review, as many as one may: what else \
             they give and needs one is refused until you have decided on some"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Stage, Waiting};
    use super::*;
    use sheaf_protocol::id::{BlobHash, ChatCommitment, PublicKey, StatementId};
    use std::ops::Range;

    /// Chats of one member, by their numbers; those below `unscanned` could not be looked through.
    fn give(review: &mut Review, member: u8, numbers: Range<usize>, unscanned: usize) {
        for number in numbers {
            let mut key = [member; 32];
            key[..8].copy_from_slice(&(number as u64).to_be_bytes());
            let waiting = Waiting {
                control: PublicKey(key),
                statement: StatementId(key),
                member: PublicKey([member; 32]),
                fingerprint: key,
                blob: BlobHash(key),
                commitment: ChatCommitment(key),
                due: None,
                unscanned: number < unscanned,
            };
            review.insert(waiting, Stage::Waits);
        }
    }

    fn said(review: &Review) -> Vec<String> {
        review.attention().collect()
    }

    #[test]
    fn stewards_are_told_of_what_nobody_could_look_through_as_long_as_it_waits() {
        let mut review = Review::default();
        give(&mut review, 1, 0..5, 0);
        assert!(
            said(&review).is_empty(),
            "what waits and was scanned stands in the status already"
        );
        give(&mut review, 2, 0..4, 2);
        let [sentence] = &said(&review)[..] else { panic!("{:?}", said(&review)) };
        assert!(sentence.starts_with("2 chats wait because a scrubber"), "{sentence}");
        let unscanned: Vec<PublicKey> =
            review.chats.values().filter(|(c, _)| c.unscanned).map(|(c, _)| c.control).collect();
        review.remove(&unscanned[0]);
        assert!(said(&review)[0].starts_with("1 chat waits"), "{:?}", said(&review));
        review.remove(&unscanned[1]);
        assert!(said(&review).is_empty(), "decided on");
    }

    #[test]
    fn stewards_are_told_who_can_give_no_more_before_the_queue_is_full_and_when_it_is() {
        let mut review = Review::default();
        let all = PENDING_PER_MEMBER_MAX;
        give(&mut review, 1, 1..all, 0);
        assert!(said(&review).is_empty());
        give(&mut review, 1, 0..1, 0);
        let [sentence] = &said(&review)[..] else { panic!("{:?}", said(&review)) };
        assert!(sentence.starts_with("a member has 2048 chats waiting"), "{sentence}");
        let members = PENDING_MANY as usize / all;
        (2..=members as u8).for_each(|n| give(&mut review, n, 0..all, 0));
        let [queue, full] = &said(&review)[..] else { panic!("{:?}", said(&review)) };
        assert!(queue.starts_with("12288 chats wait for review: when 16384 do"), "{queue}");
        assert!(full.starts_with("6 members have 2048 chats"), "{full}");
    }
}
