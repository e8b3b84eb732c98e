//! Streams for our own protocols: the behaviour that libp2p's swarm drives.
//!
//! `libp2p-stream` hands inbound streams over a channel of capacity zero and drops what does not
//! fit, silently. Here every stream has a place: a peer may have `STREAMS_INBOUND_MAX` of them in
//! the application's hands, `STREAMS_WAITING_MAX` more wait on each connection, and what exceeds
//! that is closed and counted. In the other direction we keep to the same number, so that two
//! nodes of ours never reach the limit; requests beyond it wait in a queue.
//!
//! Ownership: [`Behaviour`] (in the swarm's task) knows the peers and their places; one [`Handler`]
//! per connection (in that connection's task) holds the queues; a [`Stream`] owns its place and
//! gives it back when dropped. Nothing survives a connection, and nothing is durable.

mod gate;
mod handler;
mod inbound;
mod stream;

pub(super) use handler::OpenRequest;
pub use stream::Stream;

use super::{address::public_key, error::OpenError, reputation::Reputation};
use crate::limits::{
    OPENS_WAITING_MAX, STREAMS_INBOUND_MAX, STREAMS_INBOUND_STRANGER_MAX, STREAMS_OUTBOUND_MAX,
};
use gate::Gate;
use handler::{Arrived, Handler};
use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    swarm::{
        ConnectionClosed, ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour,
        NotifyHandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
        behaviour::ConnectionEstablished,
    },
};
use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};
use tokio::sync::Semaphore;

/// Counts streams that were closed because their peer, or the application, had no place for them.
#[derive(Debug, Clone, Default)]
pub(super) struct Refused(Arc<AtomicU64>);

impl Refused {
    pub(super) fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn total(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A stream that a peer opened.
#[derive(Debug)]
pub(super) struct Inbound {
    pub(super) peer: PeerId,
    pub(super) protocol: &'static str,
    pub(super) stream: Stream,
}

/// The peer proved a key that is not Ed25519: nobody whom our statements could name.
#[derive(Debug, thiserror::Error)]
#[error("the peer's key is not Ed25519")]
struct ForeignKey;

struct Peer {
    connections: Vec<ConnectionId>,
    inbound: Arc<Semaphore>,
    outbound: Arc<Semaphore>,
    /// Whether it has the places of a known peer; it keeps them until it leaves.
    known: bool,
}

impl Peer {
    fn new(known: bool) -> Self {
        let inbound = if known { STREAMS_INBOUND_MAX } else { STREAMS_INBOUND_STRANGER_MAX };
        Self {
            connections: Vec::new(),
            inbound: Arc::new(Semaphore::new(inbound)),
            outbound: Arc::new(Semaphore::new(STREAMS_OUTBOUND_MAX)),
            known,
        }
    }

    /// A stranger that is known from now on has more places.
    fn promote(&mut self) {
        if !std::mem::replace(&mut self.known, true) {
            self.inbound.add_permits(STREAMS_INBOUND_MAX - STREAMS_INBOUND_STRANGER_MAX);
        }
    }
}

pub(super) struct Behaviour {
    protocols: Arc<[&'static str]>,
    peers: HashMap<PeerId, Peer>,
    pending: VecDeque<ToSwarm<Inbound, OpenRequest>>,
    reputation: Reputation,
    refused: Refused,
}

impl Behaviour {
    /// Serves these protocols; each begins with a slash.
    pub(super) fn new(
        protocols: Arc<[&'static str]>,
        reputation: Reputation,
        refused: Refused,
    ) -> Self {
        Self { protocols, peers: HashMap::new(), pending: VecDeque::new(), reputation, refused }
    }

    /// The application vouches for a peer.
    pub(super) fn set_known(&mut self, peer: PeerId, known: bool) {
        if let Some(peer) = self.peers.get_mut(&peer).filter(|_| known) {
            peer.promote();
        }
    }

    /// Asks the peer's oldest connection to open a stream. The answer goes to the request's caller.
    pub(super) fn open(&mut self, peer: PeerId, request: OpenRequest) {
        let connection = self.peers.get(&peer).and_then(|known| known.connections.first());
        match connection {
            // Dropping the request says "not connected".
            None => {}
            Some(_) if self.pending.len() >= OPENS_WAITING_MAX => request.fail(OpenError::Busy),
            Some(connection) => self.pending.push_back(ToSwarm::NotifyHandler {
                peer_id: peer,
                handler: NotifyHandler::One(*connection),
                event: request,
            }),
        }
    }

    fn handler(&mut self, peer: PeerId, dialled: bool) -> Result<Handler, ConnectionDenied> {
        if public_key(&peer).is_none() {
            return Err(ConnectionDenied::new(ForeignKey));
        }
        let trusted = dialled || self.reputation.is_known(&peer);
        let known = self.peers.entry(peer).or_insert_with(|| Peer::new(trusted));
        if trusted {
            known.promote();
        }
        Ok(Handler::new(
            self.protocols.clone(),
            Gate::new(known.inbound.clone()),
            Gate::new(known.outbound.clone()),
            self.refused.clone(),
        ))
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = Handler;
    type ToSwarm = Inbound;

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<Handler, ConnectionDenied> {
        self.handler(peer, false)
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<Handler, ConnectionDenied> {
        self.handler(peer, true)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        match event {
            FromSwarm::ConnectionEstablished(ConnectionEstablished {
                peer_id,
                connection_id,
                ..
            }) => {
                let known = self.reputation.is_known(&peer_id);
                let peer = self.peers.entry(peer_id).or_insert_with(|| Peer::new(known));
                peer.connections.push(connection_id);
            }
            FromSwarm::ConnectionClosed(ConnectionClosed {
                peer_id,
                connection_id,
                remaining_established,
                ..
            }) => {
                if remaining_established == 0 {
                    self.peers.remove(&peer_id);
                } else if let Some(known) = self.peers.get_mut(&peer_id) {
                    known.connections.retain(|id| *id != connection_id);
                }
            }
            _ => {}
        }
    }

    fn on_connection_handler_event(
        &mut self,
        peer: PeerId,
        _: ConnectionId,
        Arrived { protocol, stream }: THandlerOutEvent<Self>,
    ) {
        let inbound = Inbound { peer, protocol, stream };
        self.pending.push_back(ToSwarm::GenerateEvent(inbound));
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Inbound, THandlerInEvent<Self>>> {
        // No waker: whoever adds to `pending` (the swarm's own task) polls afterwards.
        self.pending.pop_front().map_or(Poll::Pending, Poll::Ready)
    }
}
