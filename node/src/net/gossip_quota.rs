//! A quota before gossipsub: what a peer sends too fast, or while it is refused, gossipsub never
//! sees, so that a flood costs no more than reading it. Gossip is a hint: what is dropped is learnt
//! when heads are exchanged.

use super::{address::name, bucket::Bucket, complaints::Complaints, reputation::Reputation};
use crate::limits::{
    BLAME_FLOOD, GOSSIP_BURST, GOSSIP_BURST_STRANGER, GOSSIP_PER_SEC, GOSSIP_PER_SEC_STRANGER,
};
use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    gossipsub,
    swarm::{
        CloseConnection, ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler,
        THandlerInEvent, THandlerOutEvent, ToSwarm,
    },
};
use std::{
    collections::{HashMap, VecDeque},
    task::{Context, Poll},
    time::Instant,
};

/// Gossipsub, with a quota for each peer. Messages and control messages are counted alike, as the
/// frames they come in; the messages within are counted when they are delivered.
pub(super) struct Quota {
    pub(super) inner: gossipsub::Behaviour,
    reputation: Reputation,
    complaints: Complaints,
    allowed: HashMap<PeerId, Allowance>,
    leaving: VecDeque<PeerId>,
}

/// What one connected peer may still send. It is made anew when the peer becomes known.
#[derive(Debug)]
struct Allowance {
    known: bool,
    bucket: Bucket,
}

impl Allowance {
    fn new(known: bool, now: Instant) -> Self {
        let bucket = match known {
            true => Bucket::new(GOSSIP_BURST, GOSSIP_PER_SEC, now),
            false => Bucket::new(GOSSIP_BURST_STRANGER, GOSSIP_PER_SEC_STRANGER, now),
        };
        Self { known, bucket }
    }
}

impl Quota {
    pub(super) fn new(
        inner: gossipsub::Behaviour,
        reputation: Reputation,
        complaints: Complaints,
    ) -> Self {
        Self { inner, reputation, complaints, allowed: HashMap::new(), leaving: VecDeque::new() }
    }

    /// Whether the peer may send one more. Whoever goes far beyond is refused for a while.
    pub(super) fn may_send(&mut self, peer: PeerId) -> bool {
        let now = Instant::now();
        if self.reputation.refusal(&peer, now).is_some() {
            return false;
        }
        let known = self.reputation.is_known(&peer);
        let allowance = self.allowed.entry(peer).or_insert_with(|| Allowance::new(known, now));
        if allowance.known != known {
            *allowance = Allowance::new(known, now);
        }
        if allowance.bucket.take(1, now) {
            return true;
        }
        self.complaints.tell(&name(&peer), "it gossips too much", "", now);
        if self.reputation.blame(peer, BLAME_FLOOD, "you gossip too much", now) {
            self.complaints.tell(&name(&peer), "refused for a while", "it gossips too much", now);
            self.leaving.push_back(peer);
        }
        false
    }
}

impl NetworkBehaviour for Quota {
    type ConnectionHandler = THandler<gossipsub::Behaviour>;
    type ToSwarm = gossipsub::Event;

    fn handle_established_inbound_connection(
        &mut self,
        id: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.inner.handle_established_inbound_connection(id, peer, local, remote)
    }

    fn handle_established_outbound_connection(
        &mut self,
        id: ConnectionId,
        peer: PeerId,
        addr: &Multiaddr,
        role: Endpoint,
        port: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.inner.handle_established_outbound_connection(id, peer, addr, role, port)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        if let FromSwarm::ConnectionClosed(closed) = &event
            && closed.remaining_established == 0
        {
            self.allowed.remove(&closed.peer_id);
        }
        self.inner.on_swarm_event(event);
    }

    fn on_connection_handler_event(
        &mut self,
        peer: PeerId,
        id: ConnectionId,
        event: THandlerOutEvent<Self>,
    ) {
        // News of the connection itself come about once, and are within any burst.
        if self.may_send(peer) {
            self.inner.on_connection_handler_event(peer, id, event);
        }
    }

    fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<ToSwarm<gossipsub::Event, THandlerInEvent<Self>>> {
        if let Some(peer_id) = self.leaving.pop_front() {
            return Poll::Ready(ToSwarm::CloseConnection {
                peer_id,
                connection: CloseConnection::All,
            });
        }
        self.inner.poll(cx)
    }
}
