//! The swarm: transports, bounds and behaviours put together.

use super::{
    NetLimits,
    complaints::Complaints,
    door::Door,
    error::NetError,
    gate::Gate,
    gossip,
    gossip_quota::Quota,
    metered::Meters,
    paced::Paced,
    quic,
    reputation::Reputation,
    streams::{self, Refused},
};
use crate::limits::{
    CONNECT_TIMEOUT, CONNECTION_BUFFER_BYTES, CONNECTIONS_PENDING_MAX, CONNECTIONS_PER_PEER_MAX,
    STREAM_BUFFER_BYTES, STREAMS_NEGOTIATING_MAX, STREAMS_PER_CONNECTION_MAX, TCP_READ_BYTES,
};
use futures::io::BufReader;
use libp2p::{
    PeerId, Swarm, Transport as _,
    connection_limits::{self, ConnectionLimits},
    core::{
        muxing::StreamMuxerBox,
        transport::{Boxed, OrTransport, timeout::TransportTimeout},
        upgrade::Version,
    },
    identify,
    identity::{Keypair, PublicKey},
    noise,
    swarm::{self, NetworkBehaviour},
    tcp, yamux,
};
use sheaf_protocol::sign::SecretKey;
use std::{sync::Arc, time::Instant};

/// The first two refuse connections, so they stand first: the others then only see what stays.
/// Connections from outside are the door's to judge; `limits` bounds those in both directions.
#[derive(NetworkBehaviour)]
pub(super) struct Behaviour {
    limits: connection_limits::Behaviour,
    pub(super) door: Door,
    pub(super) gossip: Quota,
    identify: identify::Behaviour,
    pub(super) streams: streams::Behaviour,
}

/// What the behaviours and the connections share with the rest of the network.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared {
    pub(super) reputation: Reputation,
    pub(super) complaints: Complaints,
    pub(super) refused: Refused,
}

/// Builds the swarm; it listens nowhere yet. Needs a tokio runtime.
pub(super) fn build(
    key: &SecretKey,
    protocols: Arc<[&'static str]>,
    limits: &NetLimits,
    shared: &Shared,
) -> Result<Swarm<Behaviour>, NetError> {
    let keypair = Keypair::ed25519_from_bytes(key.to_bytes().to_vec()).map_err(setup)?;
    let Shared { reputation, complaints, refused } = shared.clone();
    let gossip = gossip::behaviour().map_err(NetError::Setup)?;
    let gate = Gate::new(reputation.clone(), complaints.clone(), Instant::now());
    let behaviour = Behaviour {
        limits: connection_limits::Behaviour::new(connection_limits(limits)),
        door: Door::new(limits.inbound_max, reputation.clone(), complaints.clone(), gate.clone()),
        gossip: Quota::new(gossip, reputation.clone(), complaints),
        identify: identify::Behaviour::new(identify_config(keypair.public())),
        streams: streams::Behaviour::new(protocols, reputation.clone(), refused),
    };
    let transport = transport(&keypair, &Meters::new(reputation.clone()), &reputation, gate)?;
    let config = swarm::Config::with_tokio_executor()
        .with_idle_connection_timeout(limits.idle)
        .with_max_negotiating_inbound_streams(STREAMS_NEGOTIATING_MAX);
    Ok(Swarm::new(transport, behaviour, keypair.public().to_peer_id(), config))
}

/// QUIC, and TCP with noise and a metered yamux; whoever comes in over either opens streams at a pace.
fn transport(
    keypair: &Keypair,
    meters: &Meters,
    reputation: &Reputation,
    gate: Gate,
) -> Result<Boxed<(PeerId, StreamMuxerBox)>, NetError> {
    let (yamux, meters, reputation) = (yamux_config(), meters.clone(), reputation.clone());
    let tcp = tcp::tokio::Transport::new(tcp::Config::default().nodelay(true))
        .map(|wire, _| BufReader::with_capacity(TCP_READ_BYTES, wire))
        .upgrade(Version::V1Lazy)
        .authenticate(noise::Config::new(keypair).map_err(setup)?)
        .multiplex_ext(move |peer, endpoint| meters.muxer(yamux, *peer, endpoint.is_dialer()))
        .map(|(peer, muxer), _| (peer, StreamMuxerBox::new(muxer)));
    let quic_out = libp2p::quic::Config::new(keypair);
    let quic_out = libp2p::quic::tokio::Transport::new(quic_config(quic_out))
        .map(|(peer, muxer), _| (peer, StreamMuxerBox::new(muxer)));
    let quic_in = quic::Inbound::new(keypair, gate).map_err(setup)?;
    let quic_in = quic_in.map(|(peer, muxer), _| (peer, StreamMuxerBox::new(muxer)));
    let quic = OrTransport::new(quic_in, quic_out).map(|either, _| either.into_inner());
    let either = OrTransport::new(quic, tcp).map(move |either, endpoint| {
        let (peer, muxer) = either.into_inner();
        match endpoint.is_dialer() {
            true => (peer, muxer),
            false => (peer, StreamMuxerBox::new(Paced::new(muxer, peer, reputation.clone()))),
        }
    });
    Ok(TransportTimeout::new(either, CONNECT_TIMEOUT).boxed())
}

fn setup(error: impl std::error::Error + Send + Sync + 'static) -> NetError {
    NetError::Setup(Box::new(error))
}

fn connection_limits(limits: &NetLimits) -> ConnectionLimits {
    ConnectionLimits::default()
        .with_max_pending_outgoing(Some(CONNECTIONS_PENDING_MAX))
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

/// Its windows cannot be set through libp2p; the meter bounds what they let in.
fn yamux_config() -> yamux::Config {
    let mut config = yamux::Config::default();
    config.set_max_num_streams(STREAMS_PER_CONNECTION_MAX);
    config
}

/// As [`quic`] has it, for connections that we dial.
fn quic_config(mut config: libp2p::quic::Config) -> libp2p::quic::Config {
    config.handshake_timeout = CONNECT_TIMEOUT;
    config.max_concurrent_stream_limit = STREAMS_PER_CONNECTION_MAX as u32;
    config.max_stream_data = STREAM_BUFFER_BYTES;
    config.max_connection_data = CONNECTION_BUFFER_BYTES;
    config
}
