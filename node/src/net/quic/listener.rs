//! One socket on which QUIC connections come in.

use super::super::gate::{First, Gate, host_of_ip};
use super::connection::{Connecting, QuicError};
use super::endpoint_config;
use futures::{FutureExt as _, future::BoxFuture};
use if_watch::{IfEvent, tokio::IfWatcher};
use libp2p::{
    Multiaddr,
    core::transport::{ListenerId, TransportEvent},
    multiaddr::Protocol,
};
use quinn::{Endpoint, Incoming, ServerConfig, TokioRuntime};
use socket2::{Domain, Socket, Type};
use std::{
    collections::VecDeque,
    io,
    net::{IpAddr, SocketAddr, UdpSocket},
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

type Event = TransportEvent<Connecting, QuicError>;

pub(super) struct Listener {
    id: ListenerId,
    gate: Gate,
    endpoint: Endpoint,
    local: SocketAddr,
    accept: BoxFuture<'static, Option<Incoming>>,
    /// Tells the addresses of this machine, for a socket that listens on all of them.
    machine: Option<IfWatcher>,
    events: VecDeque<Event>,
}

impl Listener {
    pub(super) fn new(
        id: ListenerId,
        addr: SocketAddr,
        config: ServerConfig,
        gate: Gate,
    ) -> io::Result<Self> {
        let socket = bind(addr)?;
        let local = socket.local_addr()?;
        let runtime = Arc::new(TokioRuntime);
        let endpoint = Endpoint::new(endpoint_config(), Some(config), socket, runtime)?;
        let machine = local.ip().is_unspecified().then(IfWatcher::new).transpose()?;
        let told = TransportEvent::NewAddress { listener_id: id, listen_addr: multiaddr(local) };
        let events = machine.is_none().then_some(told).into_iter().collect();
        let accept = accept(&endpoint);
        Ok(Self { id, gate, endpoint, local, accept, machine, events })
    }

    pub(super) fn id(&self) -> ListenerId {
        self.id
    }

    /// Ends it, and the connections that came in by it; tells so as its last event.
    pub(super) fn close(&mut self) {
        self.endpoint.close(0_u32.into(), &[]);
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Event> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Poll::Ready(event);
            }
            if let Poll::Ready(event) = self.poll_machine(cx) {
                return Poll::Ready(event);
            }
            let Some(incoming) = std::task::ready!(self.accept.poll_unpin(cx)) else {
                return Poll::Ready(TransportEvent::ListenerClosed {
                    listener_id: self.id,
                    reason: Ok(()),
                });
            };
            self.accept = accept(&self.endpoint);
            self.events.extend(self.comes(incoming));
        }
    }

    /// Somebody's first datagram.
    fn comes(&self, incoming: Incoming) -> Option<Event> {
        let from = incoming.remote_address();
        let proved = incoming.remote_address_validated();
        match self.gate.first(host_of_ip(from.ip()), proved, Instant::now()) {
            // One that does not hold is of no interest to anybody.
            First::Handshake => incoming.accept().ok().map(|connecting| TransportEvent::Incoming {
                listener_id: self.id,
                upgrade: Connecting::new(connecting),
                local_addr: multiaddr(self.local),
                send_back_addr: multiaddr(from),
            }),
            First::Prove => {
                // It was told to before, and has not: dropped, it is refused.
                let _ = incoming.retry();
                None
            }
            First::Refused => {
                incoming.refuse();
                None
            }
        }
    }

    /// Addresses of this machine that came or went.
    fn poll_machine(&mut self, cx: &mut Context<'_>) -> Poll<Event> {
        loop {
            let Some(machine) = &mut self.machine else { return Poll::Pending };
            let listener_id = self.id;
            match std::task::ready!(machine.poll_if_event(cx)) {
                Ok(IfEvent::Up(net)) if self.is_ours(net.addr()) => {
                    let listen_addr = multiaddr((net.addr(), self.local.port()).into());
                    return Poll::Ready(TransportEvent::NewAddress { listener_id, listen_addr });
                }
                Ok(IfEvent::Down(net)) if self.is_ours(net.addr()) => {
                    let listen_addr = multiaddr((net.addr(), self.local.port()).into());
                    return Poll::Ready(TransportEvent::AddressExpired {
                        listener_id,
                        listen_addr,
                    });
                }
                Ok(_) => {}
                Err(error) => {
                    let error = error.into();
                    return Poll::Ready(TransportEvent::ListenerError { listener_id, error });
                }
            }
        }
    }

    fn is_ours(&self, ip: IpAddr) -> bool {
        ip.is_ipv4() == self.local.is_ipv4()
    }
}

fn accept(endpoint: &Endpoint) -> BoxFuture<'static, Option<Incoming>> {
    let endpoint = endpoint.clone();
    async move { endpoint.accept().await }.boxed()
}

/// An IPv6 socket for IPv6 alone, so that one for IPv4 may have the same port.
fn bind(addr: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(addr), Type::DGRAM, None)?;
    if addr.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.bind(&addr.into())?;
    Ok(socket.into())
}

fn multiaddr(addr: SocketAddr) -> Multiaddr {
    let ip = Multiaddr::from(addr.ip());
    ip.with(Protocol::Udp(addr.port())).with(Protocol::QuicV1)
}
