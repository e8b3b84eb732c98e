//! Requests: who may ask what, and what the driver must read to answer.

use super::Service;
use super::effect::{Access, CommunityHead, Reply};
use super::hosted::{Hosted, Signing};
use super::input::{Ask, AskId, Standing};
use super::statements::Pending;
use sheaf_protocol::cbor::Bytes;
use sheaf_protocol::exchange::{
    Community, Hosted as WeHost, PullReply, Refusal, RefusalCode, Salted,
};
use sheaf_protocol::id::{CommunityId, PublicKey, Salt};
use sheaf_protocol::limits::PULL_ITEMS_MAX;

const NOT_HELD: &str = "this node does not hold that community";

impl Service {
    pub(super) fn asked(&mut self, id: AskId, from: PublicKey, ask: Ask) {
        match ask {
            Ask::Hosted => self.tell_hosted(id),
            Ask::Head(community) => self.tell_head(id, community),
            Ask::Entries { community, from: first, max, size } => {
                self.tell_entries(id, community, first, max, size);
            }
            Ask::Items { community, indices, parts } => {
                let Some((slot, access)) = self.access(&community, &from) else {
                    return self.refuse_pull(id, RefusalCode::Unknown, NOT_HELD);
                };
                self.reply(id, Reply::Items { slot, indices, parts, access });
            }
            Ask::Large(request) => {
                let Some((slot, access)) = self.access(&request.community, &from) else {
                    return self.refuse_pull(id, RefusalCode::Unknown, NOT_HELD);
                };
                self.reply(id, Reply::Large { slot, request, access });
            }
            Ask::Explanations(community) => self.explanations_reply(id, community),
            Ask::Counts(community) => match self.hosted.get(&community) {
                Some(hosted) => {
                    let reply = Reply::Counts(hosted.slot);
                    self.reply(id, reply);
                }
                None => self.refuse_pull(id, RefusalCode::Unknown, NOT_HELD),
            },
            Ask::Fork { community, proof } => {
                self.fork_brought(community, proof);
                self.reply(id, Reply::Pull(PullReply::Done));
            }
            Ask::Statement { via, statement, salt } => {
                self.statement_asked(id, from, via, Pending { statement, salt });
            }
            Ask::Submit(submitted) => self.submit(id, from, *submitted),
            Ask::Standing => {
                let entries = self.hosted.values().map(|h| h.fold.size()).sum();
                let reply = Reply::Standing(self.standing(&from), entries);
                self.reply(id, reply);
            }
            Ask::Community(community) => self.tell_community(id, from, community),
            Ask::Where { community, controls } => self.tell_where(id, community, controls),
            Ask::Scan { community, controls } => match self.hosted.get(&community) {
                Some(hosted) => {
                    let reply = Reply::Scan { slot: hosted.slot, controls };
                    self.reply(id, reply);
                }
                None => self.refuse_member(id, RefusalCode::Unknown, NOT_HELD),
            },
            Ask::Steward(request) => self.steward_asked(id, from, request),
        }
    }

    /// Who a peer is to this node.
    pub fn standing(&self, peer: &PublicKey) -> Standing {
        let member = |h: &Hosted| h.fold.is_member(peer) || h.fold.is_steward(peer);
        if *peer == self.operator || self.hosted.values().any(member) {
            return Standing::Member;
        }
        match self.hosted.values().any(|h| h.acceptance(peer).is_some()) {
            true => Standing::Known,
            false => Standing::Stranger,
        }
    }

    fn tell_hosted(&mut self, id: AskId) {
        let communities = self
            .hosted
            .values()
            .map(|h| WeHost {
                community: h.id,
                name: h.fold.name().to_owned(),
                home: h.is_home(),
                size: h.fold.size(),
            })
            .collect();
        self.reply(id, Reply::Pull(PullReply::Hosted { communities }));
    }

    fn tell_head(&mut self, id: AskId, community: CommunityId) {
        match self.hosted.get(&community) {
            Some(hosted) => {
                let checkpoint = hosted.head_text();
                self.reply(id, Reply::Pull(PullReply::Head { checkpoint }));
            }
            None => self.refuse_pull(id, RefusalCode::Unknown, NOT_HELD),
        }
    }

    fn tell_entries(&mut self, id: AskId, community: CommunityId, from: u64, max: u64, size: u64) {
        let Some(hosted) = self.hosted.get(&community) else {
            return self.refuse_pull(id, RefusalCode::Unknown, NOT_HELD);
        };
        if size > hosted.fold.size() || from >= size {
            return self.refuse_pull(
                id,
                RefusalCode::Unknown,
                "this node does not hold so many entries",
            );
        }
        let max = max.min(PULL_ITEMS_MAX as u64).min(size - from);
        let reply = Reply::Entries { slot: hosted.slot, from, max, size };
        self.reply(id, reply);
    }

    /// What `from` may have of a community.
    fn access(
        &self,
        community: &CommunityId,
        from: &PublicKey,
    ) -> Option<(crate::store::Slot, Access)> {
        let hosted = self.hosted.get(community)?;
        let accepted = hosted.acceptance(from);
        Some((hosted.slot, Access { accepted, keys: self.may_hand_out(hosted) }))
    }

    /// Chat keys leave this node only while its head is young, and not before it has heard, in
    /// this run, that it missed no withdrawal.
    fn may_hand_out(&self, hosted: &Hosted) -> Result<(), Refusal> {
        let stale = |text: &str| Err(Refusal::new(RefusalCode::Stale, text));
        let (Some(head), Some((_, policy))) = (&hosted.head, hosted.fold.policy()) else {
            return stale("this node has no whole log of that community yet");
        };
        let behind =
            if hosted.is_home() { hosted.signing == Signing::Unconfirmed } else { !hosted.fresh };
        if behind {
            return stale(
                "this node has not spoken with its partners since it started: try again soon",
            );
        }
        if self.now.secs_since(head.cosigned_at()) >= policy.head_age_max_secs {
            return stale("this node's head is older than the policy allows: ask another node");
        }
        Ok(())
    }

    fn tell_community(&mut self, id: AskId, from: PublicKey, community: Option<CommunityId>) {
        let wanted = match community {
            Some(id) => self.hosted.get(&id),
            None => self.hosted.values().find(|h| h.is_home()),
        };
        let Some(hosted) = wanted else {
            return self.refuse_member(id, RefusalCode::Unknown, NOT_HELD);
        };
        let (Some(policy), Some(charter_index)) =
            (hosted.policy_ref(), hosted.fold.charter_index())
        else {
            return self.refuse_member(
                id,
                RefusalCode::Unknown,
                "this node knows no policy of that community yet",
            );
        };
        let slot = hosted.slot;
        let empty = || Salted { salt: Salt([0; 32]), statement: Bytes::default() };
        let community = Community {
            community: hosted.id,
            name: hosted.fold.name().to_owned(),
            epoch: hosted.fold.epoch(),
            checkpoint: hosted.head_text(),
            policy,
            policy_statement: empty(),
            charter: empty(),
            member: hosted.fold.is_member(&from),
            steward: hosted.fold.is_steward(&from),
            home: hosted.is_home(),
            now: self.now,
        };
        let head = Box::new(CommunityHead { community, charter_index });
        self.reply(id, Reply::Community { slot, community: head });
    }

    fn tell_where(&mut self, id: AskId, community: CommunityId, controls: Vec<PublicKey>) {
        let node = self.node.public();
        let Some(hosted) = self.hosted.get(&community) else {
            return self.refuse_member(id, RefusalCode::Unknown, NOT_HELD);
        };
        // Who told a head that covers our whole log has every withdrawal that is logged.
        let (size, all_logged) = (hosted.fold.size(), hosted.explanations.is_empty());
        let holds = |key: &PublicKey| {
            self.peers.get(key).and_then(|peer| peer.holds.get(&community)).copied()
        };
        let told = |key: &PublicKey| all_logged && holds(key).is_some_and(|held| held >= size);
        let register = hosted
            .register()
            .into_iter()
            .filter(|(key, _)| *key != node)
            .map(|(key, a)| (key, a.role, a.name, told(&key)))
            .collect();
        let reply = Reply::Where { slot: hosted.slot, controls, register };
        self.reply(id, reply);
    }
}
