//! The network: bytes between peers, over libp2p. The only module that knows it.
//!
//! Peers reach each other at direct addresses, over QUIC or TCP (noise, yamux). A peer *is* its
//! Ed25519 key; who that key belongs to, and what it may ask, is for others to decide.
//! Two roads: **streams** under a named protocol, and **gossip**, which is a hint and may be lost.
//!
//! One task owns the swarm ([`start`] spawns it; libp2p spawns one more per connection). It takes
//! commands from [`NetHandle`]s and gives [`NetEvent`]s to one receiver. All queues are bounded
//! (`limits.rs`). When the application takes no events, gossip is ignored and inbound streams are
//! closed and counted; news of connections is never lost, the network stops for it. Nothing here is
//! durable: a crash loses connections and what is in flight.

mod address;
pub(crate) mod bucket;
mod complaints;
mod door;
mod driver;
mod error;
pub mod framing;
mod gate;
mod gather;
mod gossip;
mod gossip_quota;
mod handle;
mod handshakes;
mod listen;
mod metered;
mod paced;
mod quic;
mod reason;
mod reputation;
mod streams;
mod swarm;
#[cfg(test)]
mod tests;

pub use address::{AddressError, PeerAddr};
pub use error::{DialError, NetError, OpenError, PublishError};
pub use handle::NetHandle;
pub use streams::Stream;

use crate::limits::{
    COMMANDS_MAX, CONNECTION_IDLE, CONNECTION_IDLE_CLIENT, CONNECTIONS_INBOUND_MAX,
    CONNECTIONS_MAX, EVENTS_MAX,
};
use driver::Driver;
use sheaf_protocol::{id::PublicKey, sign::SecretKey};
use std::{sync::Arc, time::Duration};
use tokio::sync::mpsc;

/// What a node is on the network.
#[derive(Debug)]
pub struct NetConfig {
    /// The key that peers know this node by.
    pub key: SecretKey,
    /// Addresses to listen on: `/ip4/0.0.0.0/udp/4101/quic-v1`, `/ip4/0.0.0.0/tcp/4101`; port 0 is
    /// any free one. Empty to dial only.
    pub listen: Vec<String>,
    /// The protocols under which peers may open streams to us: `/sheaf/pull/1`.
    pub protocols: Vec<&'static str>,
    /// How much of the machine it may take.
    pub limits: NetLimits,
}

/// Bounds that differ between a serving node and a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetLimits {
    /// Established connections.
    pub connections_max: u32,
    /// Those among them that others opened.
    pub inbound_max: u32,
    /// A connection without streams is closed after this, unless gossip needs it.
    pub idle: Duration,
}

impl NetLimits {
    /// For `sheaf serve`.
    pub fn node() -> Self {
        Self {
            connections_max: CONNECTIONS_MAX,
            inbound_max: CONNECTIONS_INBOUND_MAX,
            idle: CONNECTION_IDLE,
        }
    }

    /// For a command that dials, asks, and ends.
    pub fn client() -> Self {
        Self { connections_max: CONNECTIONS_MAX, inbound_max: 0, idle: CONNECTION_IDLE_CLIENT }
    }
}

/// What happens on the network.
#[derive(Debug)]
pub enum NetEvent {
    /// A first connection with this peer is up.
    Connected {
        /// Who.
        peer: PublicKey,
        /// Where it is, as seen from here; the port of an inbound connection is of no use for
        /// dialling.
        addr: String,
        /// Whether the peer dialled us.
        inbound: bool,
    },
    /// The last connection with this peer is down.
    Disconnected {
        /// Who.
        peer: PublicKey,
    },
    /// A message on a topic that we subscribed to. It goes on to others only once its verdict is
    /// [`Verdict::Accept`], and is ignored if none comes in time.
    Gossip {
        /// For [`NetHandle::verdict`].
        token: MessageToken,
        /// Who passed it to us; not necessarily its author.
        from: PublicKey,
        /// The topic.
        topic: String,
        /// At most [`GOSSIP_BYTES_MAX`](sheaf_protocol::limits::GOSSIP_BYTES_MAX) bytes.
        data: Vec<u8>,
    },
    /// A peer opened a stream.
    Inbound {
        /// Who; proved by the connection.
        peer: PublicKey,
        /// One of [`NetConfig::protocols`].
        protocol: &'static str,
        /// The stream.
        stream: Stream,
        /// Why the peer is refused here, if it is: it may be told so, and nothing else; its
        /// connection is closed after a moment.
        refused: Option<String>,
    },
    /// This node can be dialled at a further address.
    Listening {
        /// With the peer id.
        addr: String,
    },
}

/// Names one gossip message that waits for its verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageToken(u64);

/// What becomes of a gossip message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Good: pass it on.
    Accept,
    /// Not of use, or not decidable now: do not pass it on.
    Ignore,
    /// Bad: do not pass it on. Whoever sends such again and again is refused for a while.
    Reject,
}

/// What a peer did wrong, and how much it counts: see [`NetHandle::blame`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// For the log: "it sent requests that do not read".
    pub what: &'static str,
    /// Points, of the [`BLAME_POINTS_MAX`](crate::limits::BLAME_POINTS_MAX) that a peer is forgiven.
    pub points: u32,
}

/// Starts the network: returns when all addresses are listened on. Must be called within a tokio
/// runtime with I/O and time enabled.
///
/// # Errors
/// [`NetError`]; nothing is left running then.
pub async fn start(config: NetConfig) -> Result<(NetHandle, mpsc::Receiver<NetEvent>), NetError> {
    if let Some(bad) = config.protocols.iter().find(|name| !name.starts_with('/')) {
        return Err(NetError::Protocol(bad));
    }
    let shared = swarm::Shared::default();
    let protocols: Arc<[&'static str]> = config.protocols.into();
    let swarm = swarm::build(&config.key, protocols, &config.limits, &shared)?;
    let (commands, command_queue) = mpsc::channel(COMMANDS_MAX);
    let (events, event_queue) = mpsc::channel(EVENTS_MAX);
    let mut driver = Driver::new(swarm, events, command_queue, shared.clone());
    driver.listen(&config.listen).await?;
    tokio::spawn(driver.run());
    Ok((NetHandle { commands, shared }, event_queue))
}
