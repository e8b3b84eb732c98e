//! What those are told who wait for a statement to be in the log.

use super::Service;
use super::effect::Reply;
use super::statements::Origin;
use sheaf_protocol::exchange::{MemberReply, PullReply, Refusal, StewardReply};
use sheaf_protocol::id::CommunityId;

impl Service {
    /// Tells who waited that a statement is in the log.
    pub(super) fn acknowledge(
        &mut self,
        community: CommunityId,
        origin: Origin,
        index: u64,
        already: bool,
    ) {
        let Some(slot) = self.hosted.get(&community).map(|h| h.slot) else { return };
        match origin {
            Origin::Own => {}
            Origin::Member(id) => {
                self.reply(id, Reply::Logged { slot, index, already, steward: false })
            }
            Origin::Steward(id) | Origin::TakesDown(id) => {
                self.reply(id, Reply::Logged { slot, index, already, steward: true })
            }
            Origin::Reviewer { id, control } => {
                self.admitted(community, control);
                self.reply(id, Reply::Logged { slot, index, already, steward: true });
            }
            Origin::Withdrawer(id) => {
                self.reply(id, Reply::Member(MemberReply::Withdrawn { index: Some(index) }));
            }
            Origin::Peer(id) => self.reply(id, Reply::Pull(PullReply::Done)),
        }
    }

    /// Tells who waited that a statement is not in the log.
    pub(super) fn refuse_queued(
        &mut self,
        community: CommunityId,
        origin: Origin,
        refusal: Refusal,
    ) {
        match origin {
            Origin::Own => self.warn(format!("a statement of our own was refused: {refusal}")),
            // The withdrawal is in force, logged or not.
            Origin::Withdrawer(id) => {
                self.reply(id, Reply::Member(MemberReply::Withdrawn { index: None }));
            }
            Origin::TakesDown(id) => self.reply(id, Reply::Steward(StewardReply::Done)),
            Origin::Member(id) => self.reply(id, Reply::Member(MemberReply::Refused { refusal })),
            Origin::Steward(id) => {
                self.reply(id, Reply::Steward(StewardReply::Refused { refusal }))
            }
            Origin::Reviewer { id, control } => {
                self.reply(id, Reply::Steward(StewardReply::Refused { refusal }));
                self.not_admitted(community, &control);
            }
            Origin::Peer(id) => self.reply(id, Reply::Pull(PullReply::Refused { refusal })),
        }
    }
}
