//! QUIC as it comes in.
//!
//! libp2p's own transport dials; it does not listen here, because it begins a handshake for each first
//! datagram before anybody is asked. The state of such a connection, some 90 KB, stays for three
//! probe timeouts (RFC 9002) even when it is dropped at once: about three seconds in which a thousand
//! attempts a second held 270 MB. So this listener asks the gate first. What is refused costs one
//! datagram, and when many come, their senders must prove their addresses (RFC 9000 §8.1.2) before
//! they are counted.
//!
//! On the wire it is what libp2p specifies: TLS 1.3 with its certificate, `libp2p` by ALPN.

mod connection;
mod listener;

pub(super) use connection::Connecting;

use super::{
    address::{Wire, socket_of},
    gate::Gate,
};
use crate::limits::{
    CONNECTION_BUFFER_BYTES, QUIC_IDLE_MS, QUIC_INCOMING_MAX, QUIC_KEEP_ALIVE, STREAM_BUFFER_BYTES,
    STREAMS_PER_CONNECTION_MAX,
};
use connection::{Connection, QuicError};
use futures::future::Pending;
use libp2p::{
    Multiaddr, PeerId, Transport,
    core::transport::{DialOpts, ListenerId, TransportError, TransportEvent},
    identity::Keypair,
};
use listener::Listener;
use quinn::{EndpointConfig, ServerConfig, TransportConfig, crypto::rustls::QuicServerConfig};
use std::{
    collections::VecDeque,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

/// Listens for QUIC. It dials nobody.
pub(super) struct Inbound {
    config: ServerConfig,
    gate: Gate,
    listeners: VecDeque<Listener>,
    waker: Option<Waker>,
}

impl Inbound {
    /// For a node with this key.
    ///
    /// # Errors
    /// If no certificate can be made for it.
    pub(super) fn new(key: &Keypair, gate: Gate) -> Result<Self, QuicError> {
        Ok(Self { config: config(key)?, gate, listeners: VecDeque::new(), waker: None })
    }
}

fn config(key: &Keypair) -> Result<ServerConfig, QuicError> {
    let tls = libp2p::tls::make_server_config(key).map_err(io::Error::other)?;
    let tls = QuicServerConfig::try_from(tls).map_err(io::Error::other)?;
    let mut config = ServerConfig::with_crypto(Arc::new(tls));
    config.transport_config(Arc::new(transport()));
    config.migration(false);
    config.max_incoming(QUIC_INCOMING_MAX);
    Ok(config)
}

fn transport() -> TransportConfig {
    let mut transport = TransportConfig::default();
    transport.max_concurrent_uni_streams(0_u32.into());
    transport.max_concurrent_bidi_streams((STREAMS_PER_CONNECTION_MAX as u32).into());
    transport.datagram_receive_buffer_size(None);
    transport.keep_alive_interval(Some(QUIC_KEEP_ALIVE));
    transport.max_idle_timeout(Some(quinn::VarInt::from_u32(QUIC_IDLE_MS).into()));
    transport.allow_spin(false);
    transport.stream_receive_window(STREAM_BUFFER_BYTES.into());
    transport.receive_window(CONNECTION_BUFFER_BYTES.into());
    transport
}

fn endpoint_config() -> EndpointConfig {
    let mut config = EndpointConfig::default();
    config.supported_versions(vec![1]);
    config
}

impl Transport for Inbound {
    type Output = (PeerId, Connection);
    type Error = QuicError;
    type ListenerUpgrade = Connecting;
    type Dial = Pending<Result<Self::Output, QuicError>>;

    fn listen_on(
        &mut self,
        id: ListenerId,
        addr: Multiaddr,
    ) -> Result<(), TransportError<QuicError>> {
        let Some((ip, port, Wire::Quic)) = socket_of(&addr) else {
            return Err(TransportError::MultiaddrNotSupported(addr));
        };
        let listener = Listener::new(id, (ip, port).into(), self.config.clone(), self.gate.clone());
        let listener = listener.map_err(|error| TransportError::Other(error.into()))?;
        self.listeners.push_back(listener);
        self.waker.take().into_iter().for_each(Waker::wake);
        Ok(())
    }

    fn remove_listener(&mut self, id: ListenerId) -> bool {
        let listener = self.listeners.iter_mut().find(|listener| listener.id() == id);
        let found = listener.map(Listener::close).is_some();
        self.waker.take().into_iter().for_each(Waker::wake);
        found
    }

    fn dial(
        &mut self,
        addr: Multiaddr,
        _: DialOpts,
    ) -> Result<Self::Dial, TransportError<QuicError>> {
        Err(TransportError::MultiaddrNotSupported(addr))
    }

    fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<TransportEvent<Connecting, QuicError>> {
        // In turns, so that none waits for another that is busy.
        for _ in 0..self.listeners.len() {
            let Some(mut listener) = self.listeners.pop_front() else { break };
            match listener.poll(cx) {
                Poll::Ready(event) => {
                    if !matches!(event, TransportEvent::ListenerClosed { .. }) {
                        self.listeners.push_back(listener);
                    }
                    return Poll::Ready(event);
                }
                Poll::Pending => self.listeners.push_back(listener),
            }
        }
        self.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}
