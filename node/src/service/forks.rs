//! Two histories of one log: found by comparing heads of any two sizes, kept, told, shown.
//!
//! Only whoever holds the larger log can prove a fork, so each node compares the *smaller* heads
//! that peers tell with the prefix of its own log. A larger head that does not continue our log is
//! refused; if it was signed, its holder finds our head among those it is told, and proves the fork
//! to us. A proof that does not come convicts nobody.

use super::effect::{Call, Effect, GossipVerdict, Job};
use super::hosted::Signing;
use super::{CallFor, JobFor, Service};
use sheaf_protocol::cbor::{self, Bytes};
use sheaf_protocol::exchange::{Announcement, PullRequest};
use sheaf_protocol::id::{CommunityId, PublicKey, TreeHash};
use sheaf_protocol::log::{ForkProof, SignedCheckpoint};

/// Two heads to compare: one that a peer told, and ours of then, which has more entries.
pub(super) struct Compared {
    pub(super) peer: PublicKey,
    pub(super) theirs: SignedCheckpoint,
    pub(super) ours: SignedCheckpoint,
}

/// The root of our log at the size of a smaller head, and how it leads to ours.
pub(super) type Prefix = (TreeHash, Vec<TreeHash>);

impl Service {
    /// A smaller head of a peer: is it the beginning of our log?
    pub(super) fn older_head(
        &mut self,
        community: CommunityId,
        peer: PublicKey,
        theirs: SignedCheckpoint,
    ) -> GossipVerdict {
        let Some(hosted) = self.hosted.get_mut(&community) else { return GossipVerdict::Ignore };
        let (size, root) = (theirs.checkpoint().size, theirs.checkpoint().root);
        let known = hosted.agreed == Some((size, root)) && hosted.signing != Signing::Unconfirmed;
        let Some(ours) = hosted.head.clone().filter(|_| !known && !hosted.comparing) else {
            return GossipVerdict::Ignore;
        };
        hosted.comparing = true;
        let (slot, of) = (hosted.slot, ours.checkpoint().size);
        let compared = Box::new(Compared { peer, theirs, ours });
        self.job(JobFor::Prefix { community, compared }, Job::Prefix { slot, size, of });
        GossipVerdict::Ignore
    }

    pub(super) fn prefix_found(
        &mut self,
        community: CommunityId,
        compared: Compared,
        prefix: Option<Prefix>,
    ) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        hosted.comparing = false;
        let Some((root, proof)) = prefix else { return };
        let Compared { peer, theirs, ours } = compared;
        let told = theirs.checkpoint();
        if root == told.root {
            hosted.agreed = Some((told.size, root));
            return self.confirm_if_named(community, peer);
        }
        match ForkProof::new(&theirs, &ours, root, proof) {
            Ok(proof) => _ = self.forked(community, cbor::to_vec(&proof)),
            // Signed by an earlier log key: true here, and no proof for others.
            Err(error) => self.other_history(community, peer, &error.to_string()),
        }
    }

    /// Two heads of our size with different roots.
    pub(super) fn equal_heads_differ(&mut self, community: CommunityId, theirs: &SignedCheckpoint) {
        let ours = self.hosted.get(&community).and_then(|hosted| hosted.head.as_ref());
        let proof = ours.map(|ours| ForkProof::of_equal_sizes(ours, theirs));
        if let Some(Ok(proof)) = proof {
            self.forked(community, cbor::to_vec(&proof));
        }
    }

    /// A fork proof that somebody brought.
    pub(super) fn fork_brought(&mut self, community: CommunityId, proof: Vec<u8>) -> GossipVerdict {
        let Some(hosted) = self.hosted.get(&community) else { return GossipVerdict::Ignore };
        if hosted.fork.is_some() {
            return GossipVerdict::Ignore;
        }
        let Some(key) = hosted.fold.log_key() else { return GossipVerdict::Ignore };
        let heads = cbor::from_slice::<ForkProof>(&proof).ok();
        let heads = heads.and_then(|fork| fork.verify(&community, &key).ok());
        let epoch = hosted.fold.epoch();
        match heads.is_some_and(|(smaller, _)| smaller.checkpoint().epoch == epoch) {
            true => self.forked(community, proof),
            false => GossipVerdict::Reject,
        }
    }

    /// Keeps a proof and tells everyone; a home signs no more, and nobody follows either history.
    fn forked(&mut self, community: CommunityId, proof: Vec<u8>) -> GossipVerdict {
        let Some(hosted) = self.hosted.get_mut(&community) else { return GossipVerdict::Ignore };
        if hosted.fork.is_some() {
            return GossipVerdict::Ignore;
        }
        hosted.set_forked(Some(proof.clone()));
        let slot = hosted.slot;
        self.job(JobFor::Keep, Job::SaveFork { slot, proof: proof.clone() });
        self.warn(format!("fork of {community}: two histories were signed under one epoch"));
        let announcement = Announcement::Fork { proof: Bytes(proof) };
        self.out.push(Effect::Publish { community, announcement });
        for peer in self.peers_with(&community) {
            self.tell_fork(community, peer);
        }
        GossipVerdict::Accept
    }

    /// Gossip may be lost: whoever connects is told.
    pub(super) fn tell_fork(&mut self, community: CommunityId, peer: PublicKey) {
        let proof = self.hosted.get(&community).and_then(|hosted| hosted.fork.clone());
        if let Some(proof) = proof {
            let request = PullRequest::Fork { community, proof: Bytes(proof) };
            self.call(peer, CallFor::Fork, Call::Pull(request));
        }
    }

    fn other_history(&mut self, community: CommunityId, peer: PublicKey, why: &str) {
        if let Some(hosted) = self.hosted.get_mut(&community) {
            hosted.set_forked(None);
        }
        self.warn(format!(
            "{peer} holds another history of {community}: nothing is signed or followed ({why})"
        ));
    }
}
