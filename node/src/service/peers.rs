//! Peers: who is connected, what they hold, whom to dial again.

use super::effect::{Call, Effect, Job};
use super::input::{Answer, CallFailed};
use super::sync::End;
use super::{CallFor, DialFor, JobFor, Service};
use crate::limits::{
    ADDRESSES_PER_PEER_MAX, CALLS_FAILED_MAX, EXPLANATIONS_REPLY_MAX, PEERS_REMEMBERED_MAX,
    REDIAL_SECS, REDIAL_SECS_MAX,
};
use sheaf_protocol::cbor::Bytes;
use sheaf_protocol::exchange::PullRequest;
use sheaf_protocol::id::{CommunityId, PublicKey};
use sheaf_protocol::time::Time;
use std::collections::BTreeMap;

/// What is known of a peer.
#[derive(Debug, Default)]
pub(super) struct Peer {
    pub(super) connected: bool,
    pub(super) blocked: bool,
    pub(super) addresses: Vec<String>,
    pub(super) seen: Option<Time>,
    /// Sizes of the heads it told, by community.
    pub(super) holds: BTreeMap<CommunityId, u64>,
    /// Calls that it did not answer, since the last that it did.
    pub(super) silent: u32,
}

impl Service {
    pub(super) fn connected(&mut self, peer: PublicKey, address: String, inbound: bool) {
        let now = self.now;
        self.forget_a_peer();
        let known = self.peers.entry(peer).or_default();
        known.connected = true;
        known.silent = 0;
        known.seen = Some(now);
        if !inbound && !known.addresses.contains(&address) {
            known.addresses.push(address);
            known.addresses.truncate(ADDRESSES_PER_PEER_MAX);
        }
        self.call(peer, CallFor::Hosted, Call::Pull(PullRequest::Hosted));
    }

    /// Keeps the table bounded: a stranger who left is forgotten for a new one.
    fn forget_a_peer(&mut self) {
        if self.peers.len() < PEERS_REMEMBERED_MAX {
            return;
        }
        let gone = self.peers.iter().filter(|(_, p)| !p.connected && !p.blocked);
        if let Some(oldest) = gone.min_by_key(|(_, p)| p.seen).map(|(key, _)| *key) {
            self.peers.remove(&oldest);
        }
    }

    pub(super) fn disconnected(&mut self, peer: PublicKey) {
        self.hosted.values_mut().for_each(|hosted| _ = hosted.filling.lacked.remove(&peer));
        if let Some(known) = self.peers.get_mut(&peer) {
            known.connected = false;
        }
        let lost: Vec<CommunityId> = self
            .hosted
            .values()
            .filter(|h| h.sync.as_ref().is_some_and(|s| s.peer == peer))
            .map(|h| h.id)
            .collect();
        for community in lost {
            self.end_sync(community, End::Broken("the peer left".into()));
        }
    }

    /// A connection over which nothing is answered is worse than none: it is closed and dialled anew.
    pub(super) fn answered_by(&mut self, peer: PublicKey, failed: Option<&CallFailed>) {
        let Some(known) = self.peers.get_mut(&peer) else { return };
        match failed {
            Some(CallFailed::Unreached(_)) => known.silent += 1,
            _ => known.silent = 0,
        }
        if known.connected && known.silent >= CALLS_FAILED_MAX {
            known.silent = 0;
            self.out.push(Effect::Disconnect(peer));
        }
    }

    /// A peer broke the protocol. Whoever does so again and again is refused for a while.
    pub(super) fn misbehaved(&mut self, peer: PublicKey, why: &str) {
        self.out.push(Effect::Blame { peer, why: why.to_owned() });
    }

    /// Connected peers that hold a community.
    pub(super) fn peers_with(&self, community: &CommunityId) -> Vec<PublicKey> {
        self.peers
            .iter()
            .filter(|(_, p)| p.connected && p.holds.contains_key(community))
            .map(|(key, _)| *key)
            .collect()
    }

    /// A connected peer whose log reaches beyond `index`: one that lacked nothing before others, for
    /// two that wait for the same may be each other's; then the one with the longest log.
    pub(super) fn peer_to_fill_from(
        &self,
        community: &CommunityId,
        index: u64,
    ) -> Option<PublicKey> {
        let lacked = &self.hosted.get(community)?.filling.lacked;
        self.peers
            .iter()
            .filter(|(_, p)| p.connected)
            .filter_map(|(key, p)| Some((!lacked.contains(key), *p.holds.get(community)?, *key)))
            .filter(|(_, size, _)| *size > index)
            .max()
            .map(|(_, _, key)| key)
    }

    /// Dials the addresses of followed communities whose home is not connected.
    pub(super) fn redial(&mut self) {
        let now = self.now;
        for community in self.hosted.keys().copied().collect::<Vec<_>>() {
            let reached = self.is_in_touch(&community);
            let Some(hosted) = self.hosted.get_mut(&community) else { continue };
            if reached {
                hosted.redial = None;
                continue;
            }
            let (at, wait) = hosted.redial.unwrap_or((now, REDIAL_SECS));
            if hosted.addresses.is_empty() || now < at {
                continue;
            }
            hosted.redial = Some((now.plus_secs(wait), (wait * 2).min(REDIAL_SECS_MAX)));
            let mut addresses = hosted.addresses.clone();
            let connected = self.connected_addresses();
            addresses.retain(|address| !connected.contains(address));
            for address in addresses {
                self.dial(address, DialFor::Follow(community));
            }
        }
    }

    /// Another replica is not enough once the home is known: receipts go to the home. Before that,
    /// any peer will do from which the log can be learnt: two newcomers have nothing to tell.
    fn is_in_touch(&self, community: &CommunityId) -> bool {
        let unknown = self.hosted.get(community).is_none_or(|h| h.fold.register().is_empty());
        let tells = |p: &Peer| p.connected && p.holds.get(community).is_some_and(|size| *size > 0);
        match unknown {
            true => self.peers.values().any(tells),
            false => self.origin_of(community).is_some(),
        }
    }

    fn connected_addresses(&self) -> Vec<String> {
        let connected = self.peers.values().filter(|peer| peer.connected);
        connected.flat_map(|peer| peer.addresses.clone()).collect()
    }

    pub(super) fn dial(&mut self, address: String, purpose: DialFor) {
        let waiting = self.dials.entry(address.clone()).or_default();
        waiting.push(purpose);
        if waiting.len() == 1 {
            self.out.push(Effect::Dial(address));
        }
    }

    pub(super) fn dialled(&mut self, address: String, result: Result<PublicKey, String>) {
        for purpose in self.dials.remove(&address).unwrap_or_default() {
            match (purpose, &result) {
                (DialFor::Follow(community), Ok(peer)) => self.reached(community, *peer),
                (DialFor::Follow(_), Err(_)) => {}
                (DialFor::Look(id), Ok(peer)) => {
                    self.call(*peer, CallFor::Look(id), Call::Communities);
                }
                (DialFor::FollowNew { id, community, accept }, Ok(peer)) => {
                    self.follow_reached(id, community, address.clone(), *peer, accept);
                }
                (DialFor::Look(id) | DialFor::FollowNew { id, .. }, Err(why)) => {
                    let code = sheaf_protocol::exchange::RefusalCode::Unknown;
                    self.refuse_steward(id, code, why.clone());
                }
            }
        }
    }

    /// A followed community's address answered.
    fn reached(&mut self, community: CommunityId, peer: PublicKey) {
        let now = self.now;
        let known = self.peers.entry(peer).or_default();
        known.seen = Some(now);
        let work = Job::SavePeer {
            key: peer,
            addresses: known.addresses.clone(),
            seen: now,
            blocked: known.blocked,
        };
        self.job(JobFor::Keep, work);
        self.ask_head(community, peer);
    }

    /// Brings waiting receipts and acceptances to the origin, one at a time.
    pub(super) fn offer_again(&mut self, community: CommunityId) {
        let Some(origin) = self.origin_of(&community) else { return };
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        if hosted.offering || hosted.is_home() {
            return;
        }
        let Some(statement) = hosted.offers.front().cloned() else { return };
        hosted.offering = true;
        let request = Call::Pull(PullRequest::Offer { statement: Bytes(statement.clone()) });
        self.call(origin, CallFor::Offer(community, statement), request);
    }

    /// The connected peer that is the community's home: the first replica on its register, for an
    /// origin accepts its own policy when it is founded.
    fn origin_of(&self, community: &CommunityId) -> Option<PublicKey> {
        let hosted = self.hosted.get(community)?;
        let origin = hosted.fold.register().first()?.key;
        self.peers.get(&origin).filter(|p| p.connected).map(|_| origin)
    }

    pub(super) fn offered(
        &mut self,
        community: CommunityId,
        statement: Vec<u8>,
        answer: Result<Answer, CallFailed>,
    ) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        hosted.offering = false;
        let over = match &answer {
            Ok(_) => true,
            Err(CallFailed::Refused(refusal)) => !matches!(
                refusal.code,
                sheaf_protocol::exchange::RefusalCode::ReadOnly
                    | sheaf_protocol::exchange::RefusalCode::Busy
                    | sheaf_protocol::exchange::RefusalCode::Internal
            ),
            Err(_) => false,
        };
        if over {
            hosted.offers.retain(|waiting| *waiting != statement);
            if let Err(failed) = answer {
                self.note(format!("the home of {community} refused a statement: {failed}"));
            }
            self.offer_again(community);
        }
    }

    /// A peer that connects hears of the withdrawals that the log does not hold yet.
    pub(super) fn tell_explanations(&mut self, community: CommunityId, peer: PublicKey) {
        let Some(hosted) = self.hosted.get(&community) else { return };
        let open: Vec<Vec<u8>> = hosted
            .explanations
            .values()
            .take(EXPLANATIONS_REPLY_MAX)
            .map(|s| s.bytes().to_vec())
            .collect();
        for statement in open {
            let request = Call::Pull(PullRequest::Offer { statement: Bytes(statement) });
            self.call(peer, CallFor::Tell, request);
        }
    }
}
