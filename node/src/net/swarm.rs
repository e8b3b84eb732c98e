//! The swarm: transports, bounds and behaviours put together.

use super::{
    NetLimits,
    error::NetError,
    gossip,
    streams::{self, Refused},
};
use crate::limits::{
    CONNECT_TIMEOUT, CONNECTION_BUFFER_BYTES, CONNECTIONS_PENDING_MAX, CONNECTIONS_PER_PEER_MAX,
    STREAM_BUFFER_BYTES, STREAMS_PER_CONNECTION_MAX,
};
use libp2p::{
    Swarm, SwarmBuilder, allow_block_list,
    connection_limits::{self, ConnectionLimits},
    gossipsub, identify,
    identity::{Keypair, PublicKey},
    noise, quic,
    swarm::NetworkBehaviour,
    tcp, yamux,
};
use sheaf_protocol::sign::SecretKey;
use std::sync::Arc;

/// The first two refuse connections, so they stand first: the others then only see what stays.
#[derive(NetworkBehaviour)]
pub(super) struct Behaviour {
    limits: connection_limits::Behaviour,
    pub(super) banned: allow_block_list::Behaviour<allow_block_list::BlockedPeers>,
    pub(super) gossip: gossipsub::Behaviour,
    identify: identify::Behaviour,
    pub(super) streams: streams::Behaviour,
}

/// Builds the swarm; it listens nowhere yet. Needs a tokio runtime.
pub(super) fn build(
    key: &SecretKey,
    protocols: Arc<[&'static str]>,
    limits: &NetLimits,
    refused: Refused,
) -> Result<Swarm<Behaviour>, NetError> {
    let keypair = Keypair::ed25519_from_bytes(key.to_bytes().to_vec()).map_err(setup)?;
    let behaviour = Behaviour {
        limits: connection_limits::Behaviour::new(connection_limits(limits)),
        banned: allow_block_list::Behaviour::default(),
        gossip: gossip::behaviour().map_err(NetError::Setup)?,
        identify: identify::Behaviour::new(identify_config(keypair.public())),
        streams: streams::Behaviour::new(protocols, refused),
    };
    let swarm = SwarmBuilder::with_existing_identity(keypair)
        .with_tokio()
        .with_tcp(tcp::Config::default().nodelay(true), noise::Config::new, yamux_config)
        .map_err(setup)?
        .with_quic_config(quic_config)
        .with_behaviour(|_| behaviour)
        .map_err(setup)?
        .with_swarm_config(|config| config.with_idle_connection_timeout(limits.idle))
        .with_connection_timeout(CONNECT_TIMEOUT)
        .build();
    Ok(swarm)
}

fn setup(error: impl std::error::Error + Send + Sync + 'static) -> NetError {
    NetError::Setup(Box::new(error))
}

fn connection_limits(limits: &NetLimits) -> ConnectionLimits {
    ConnectionLimits::default()
        .with_max_pending_incoming(Some(CONNECTIONS_PENDING_MAX))
        .with_max_pending_outgoing(Some(CONNECTIONS_PENDING_MAX))
        .with_max_established_incoming(Some(limits.inbound_max))
        .with_max_established(Some(limits.connections_max))
        .with_max_established_per_peer(Some(CONNECTIONS_PER_PEER_MAX))
}

/// Only the protocol list is of use to us. Addresses are given by people, so none are announced or
/// remembered.
fn identify_config(key: PublicKey) -> identify::Config {
    identify::Config::new("/sheaf/1".to_owned(), key)
        .with_agent_version(concat!("sheaf/", env!("CARGO_PKG_VERSION")).to_owned())
        .with_hide_listen_addrs(true)
        .with_cache_size(0)
}

/// Yamux gives each stream 256 KiB unread at first; so the number of streams bounds the memory.
fn yamux_config() -> yamux::Config {
    let mut config = yamux::Config::default();
    config.set_max_num_streams(STREAMS_PER_CONNECTION_MAX);
    config
}

fn quic_config(mut config: quic::Config) -> quic::Config {
    config.handshake_timeout = CONNECT_TIMEOUT;
    config.max_concurrent_stream_limit = STREAMS_PER_CONNECTION_MAX as u32;
    config.max_stream_data = STREAM_BUFFER_BYTES;
    config.max_connection_data = CONNECTION_BUFFER_BYTES;
    config
}
