//! Heads: renewed, told, compared; and whether this node may sign at all.

use super::effect::{Call, Effect, GossipVerdict, Job};
use super::hosted::Signing;
use super::input::Heard;
use super::statements::Pending;
use super::{AfterExplain, CallFor, JobFor, Service};
use crate::limits::HEADS_EVERY_SECS;
use sheaf_protocol::exchange::{Announcement, Hosted as TheyHost, PullRequest};
use sheaf_protocol::id::{CommunityId, PublicKey, Salt};
use sheaf_protocol::limits::CLOCK_SKEW_SECS;
use sheaf_protocol::log::{SignedCheckpoint, UnverifiedCheckpoint};
use sheaf_protocol::statement::SignedStatement;

impl Service {
    /// The origin cosigns its head anew each quarter of the policy's `head_age_max`.
    pub(super) fn renew(&mut self, community: CommunityId) {
        let now = self.now;
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let (Some(head), Some(log_key), Some((_, policy))) =
            (&hosted.head, &hosted.log_key, hosted.fold.policy())
        else {
            return;
        };
        let young = now.secs_since(head.cosigned_at()) < (policy.head_age_max_secs / 4).max(1);
        if young || hosted.signing != Signing::Ready || hosted.batch.is_some() {
            return;
        }
        let signed = SignedCheckpoint::sign(head.checkpoint().clone(), log_key, now);
        self.keep_head(community, signed.clone());
        let announcement = Announcement::Head {
            checkpoint: signed.text(),
            first: signed.checkpoint().size,
            entries: Vec::new(),
            statements: Vec::new(),
        };
        self.out.push(Effect::Publish { community, announcement });
    }

    /// A newer cosignature of the same head.
    fn keep_head(&mut self, community: CommunityId, signed: SignedCheckpoint) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let work = Job::Refresh { slot: hosted.slot, checkpoint: signed.text() };
        hosted.head = Some(signed);
        self.job(JobFor::Keep, work);
    }

    /// Asks every connected peer for its head, now and then: gossip is a hint.
    pub(super) fn exchange_heads(&mut self, community: CommunityId) {
        let now = self.now;
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let every = if hosted.fresh && hosted.signing != Signing::Unconfirmed {
            HEADS_EVERY_SECS
        } else {
            2
        };
        if hosted.heads_asked.is_some_and(|at| now.secs_since(at) < every) {
            return;
        }
        hosted.heads_asked = Some(now);
        for peer in self.peers_with(&community) {
            self.ask_head(community, peer);
        }
    }

    pub(super) fn ask_head(&mut self, community: CommunityId, peer: PublicKey) {
        let request = Call::Pull(PullRequest::Head { community });
        self.call(peer, CallFor::Head(community), request);
    }

    /// On connecting, both sides say what they hold.
    pub(super) fn peer_hosts(&mut self, peer: PublicKey, list: &[TheyHost]) {
        for theirs in list {
            if !self.hosted.contains_key(&theirs.community) {
                continue;
            }
            if let Some(known) = self.peers.get_mut(&peer) {
                known.holds.insert(theirs.community, theirs.size);
            }
            self.ask_head(theirs.community, peer);
            let community = theirs.community;
            let request = Call::Pull(PullRequest::Explanations { community });
            self.call(peer, CallFor::Explanations(community), request);
            self.tell_explanations(community, peer);
            self.tell_fork(community, peer);
            self.offer_again(community);
        }
    }

    /// What a peer told of its head.
    pub(super) fn head_told(
        &mut self,
        community: CommunityId,
        peer: PublicKey,
        head: Option<(UnverifiedCheckpoint, String)>,
    ) {
        match head {
            None => self.confirm_against_nothing(community, peer),
            Some((checkpoint, text)) => {
                self.head_learnt(community, peer, checkpoint, text);
            }
        }
    }

    /// A replica that holds nothing yet has seen no head of ours that we could have lost.
    fn confirm_against_nothing(&mut self, community: CommunityId, peer: PublicKey) {
        let node = self.node.public();
        let Some(hosted) = self.hosted.get(&community) else { return };
        let named = hosted.replicas(&node).any(|replica| replica == peer);
        if named && hosted.signing == Signing::Unconfirmed {
            self.confirmed(community);
        }
    }

    /// A head from a peer or from gossip: follow it, or compare it. Says whether it was good news.
    pub(super) fn head_learnt(
        &mut self,
        community: CommunityId,
        peer: PublicKey,
        checkpoint: UnverifiedCheckpoint,
        text: String,
    ) -> GossipVerdict {
        let now = self.now;
        let Some(hosted) = self.hosted.get_mut(&community) else { return GossipVerdict::Ignore };
        let claimed = checkpoint.claimed().clone();
        if claimed.community != community || claimed.epoch != hosted.fold.epoch() {
            return GossipVerdict::Ignore;
        }
        if let Some(known) = self.peers.get_mut(&peer) {
            known.holds.insert(community, claimed.size);
        }
        let ours = hosted.fold.size();
        if claimed.size > ours {
            return self.longer_head(community, peer, checkpoint, text);
        }
        let ours_again = hosted.head.clone().filter(|head| head.is_note(&checkpoint));
        let Some(signed) = ours_again.or_else(|| hosted.verified(checkpoint)) else {
            return GossipVerdict::Reject;
        };
        if signed.cosigned_at() > now.plus_secs(CLOCK_SKEW_SECS) {
            return GossipVerdict::Ignore;
        }
        if claimed.size < ours {
            return self.older_head(community, peer, signed);
        }
        self.equal_head(community, peer, signed)
    }

    /// A longer log: worth pulling if the log's key signed its head. A follower may yet have to
    /// learn the newest key from the entries, so it tries other heads too, once and last. What it
    /// would not follow now in any case costs it no look at signatures.
    fn longer_head(
        &mut self,
        community: CommunityId,
        peer: PublicKey,
        checkpoint: UnverifiedCheckpoint,
        text: String,
    ) -> GossipVerdict {
        let now = self.now;
        let Some(hosted) = self.hosted.get_mut(&community) else { return GossipVerdict::Ignore };
        if !hosted.is_home() && !hosted.may_sync(&peer, true, now) {
            return GossipVerdict::Ignore;
        }
        let signed = hosted.signed_by_newest(&checkpoint);
        if signed.is_none() && hosted.is_home() {
            return GossipVerdict::Reject;
        }
        self.start_sync(community, peer, checkpoint, text, signed);
        GossipVerdict::Ignore
    }

    fn equal_head(
        &mut self,
        community: CommunityId,
        peer: PublicKey,
        signed: SignedCheckpoint,
    ) -> GossipVerdict {
        let Some(hosted) = self.hosted.get_mut(&community) else { return GossipVerdict::Ignore };
        if hosted.fold.frontier().root() != signed.checkpoint().root {
            self.equal_heads_differ(community, &signed);
            return GossipVerdict::Ignore;
        }
        hosted.fresh = true;
        if hosted.signing == Signing::Unconfirmed {
            self.confirm_if_named(community, peer);
            return GossipVerdict::Ignore;
        }
        let newer = hosted.head.as_ref().is_none_or(|h| signed.cosigned_at() > h.cosigned_at());
        if newer {
            self.keep_head(community, signed);
            return GossipVerdict::Accept;
        }
        GossipVerdict::Ignore
    }

    pub(super) fn confirm_if_named(&mut self, community: CommunityId, peer: PublicKey) {
        let node = self.node.public();
        let Some(hosted) = self.hosted.get(&community) else { return };
        let named = hosted.replicas(&node).any(|replica| replica == peer);
        if named && hosted.signing == Signing::Unconfirmed {
            self.confirmed(community);
        }
    }

    /// The newest head is known: the origin may sign from here on.
    pub(super) fn confirmed(&mut self, community: CommunityId) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        if hosted.forked {
            return;
        }
        hosted.signing = Signing::Ready;
        hosted.fresh = true;
        self.note(format!("the head of {community} is confirmed: this node may sign"));
        self.log_open_explanations(community);
        self.renew(community);
        self.pump(community);
    }

    /// Something heard by gossip.
    pub(super) fn heard(
        &mut self,
        token: u64,
        from: PublicKey,
        community: CommunityId,
        heard: Heard,
    ) {
        let verdict = match heard {
            // The verdict is counted against its sender.
            Heard::Malformed(_) => GossipVerdict::Reject,
            Heard::Explanation(statement) => {
                return self.explanation_heard(token, community, statement);
            }
            Heard::Fork(proof) => self.fork_brought(community, proof),
            Heard::Head { checkpoint, text, first, entries } => {
                let ours = self.hosted.get(&community).map(|h| h.fold.size());
                let carries = ours == Some(first) && !entries.is_empty();
                if carries && checkpoint.claimed().size == first + entries.len() as u64 {
                    self.head_carried(community, from, checkpoint, text, entries)
                } else {
                    self.head_learnt(community, from, checkpoint, text)
                }
            }
        };
        self.verdict(token, verdict);
    }

    fn explanation_heard(
        &mut self,
        token: u64,
        community: CommunityId,
        statement: SignedStatement,
    ) {
        if statement.content().community != community || !self.hosted.contains_key(&community) {
            return self.verdict(token, GossipVerdict::Ignore);
        }
        let salt = Salt(*blake3::hash(statement.bytes()).as_bytes());
        let pending = Box::new(Pending { statement: statement.clone(), salt });
        self.explain(community, &statement, AfterExplain::Gossip(token, pending));
    }
}
