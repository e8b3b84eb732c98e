//! Listening: all addresses up, or none.

use super::{
    address::{Wire, parse_listen, socket_of},
    driver::Driver,
    error::NetError,
    reason::system_error,
};
use crate::limits::LISTEN_TIMEOUT;
use futures::StreamExt as _;
use libp2p::{Multiaddr, TransportError, core::transport::ListenerId, swarm::SwarmEvent};
use std::{collections::HashMap, io, net::TcpListener};
use tokio::time::timeout;

/// Listeners that are not up yet, and the addresses asked for.
type Awaited = HashMap<ListenerId, String>;

impl Driver {
    /// Listens on all addresses, and returns when each listener is up.
    pub(super) async fn listen(&mut self, addrs: &[String]) -> Result<(), NetError> {
        let mut awaited = Awaited::new();
        for text in addrs {
            let addr = parse_listen(text)?;
            let failed = |source| NetError::Listen { addr: text.clone(), source };
            probe(&addr).map_err(failed)?;
            let id = self.swarm.listen_on(addr).map_err(|error| failed(cause(error)))?;
            awaited.insert(id, text.clone());
        }
        let up = timeout(LISTEN_TIMEOUT, self.await_listeners(&mut awaited)).await;
        match up {
            Ok(result) => result,
            Err(_) => Err(NetError::Listen {
                addr: awaited.into_values().next().unwrap_or_default(),
                source: io::ErrorKind::TimedOut.into(),
            }),
        }
    }

    async fn await_listeners(&mut self, awaited: &mut Awaited) -> Result<(), NetError> {
        while !awaited.is_empty() {
            match self.swarm.select_next_some().await {
                SwarmEvent::ListenerClosed { listener_id, reason: Err(source), .. }
                    if awaited.contains_key(&listener_id) =>
                {
                    let addr = awaited.remove(&listener_id).unwrap_or_default();
                    return Err(NetError::Listen { addr, source });
                }
                event => {
                    if let SwarmEvent::NewListenAddr { listener_id, .. } = &event {
                        awaited.remove(listener_id);
                    }
                    self.on_swarm_event(event);
                }
            }
        }
        Ok(())
    }
}

/// libp2p listens with `SO_REUSEPORT`, so the system would let two of our processes share one TCP
/// port, each getting some of the connections. Binding without it first tells a port that is taken.
fn probe(addr: &Multiaddr) -> io::Result<()> {
    match socket_of(addr) {
        Some((ip, port, Wire::Tcp)) if port != 0 => TcpListener::bind((ip, port)).map(drop),
        _ => Ok(()),
    }
}

fn cause(error: TransportError<io::Error>) -> io::Error {
    match error {
        TransportError::Other(error) => system_error(&error).unwrap_or(error),
        TransportError::MultiaddrNotSupported(_) => io::ErrorKind::Unsupported.into(),
    }
}
