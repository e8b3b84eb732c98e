//! The streams of one connection.

use super::{Refused, Stream, gate::Gate, inbound::Accept};
use crate::{
    limits::{
        OFFER_BYTES_MAX, OFFERS_MAX, OFFERS_TIMEOUT, OPEN_TIMEOUT, OPENS_WAITING_MAX,
        STREAMS_WAITING_MAX,
    },
    net::error::OpenError,
};
use libp2p::{
    StreamProtocol,
    core::upgrade::ReadyUpgrade,
    swarm::{
        ConnectionHandler, ConnectionHandlerEvent, StreamUpgradeError, SubstreamProtocol,
        handler::{ConnectionEvent, ProtocolsChange},
    },
};
use std::{
    collections::{BTreeSet, VecDeque},
    future::Future as _,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::{
    sync::{OwnedSemaphorePermit, oneshot},
    time::{Sleep, sleep},
};

/// Somebody here wants a stream. Dropping it tells them that the connection is gone.
#[derive(Debug)]
pub(in crate::net) struct OpenRequest {
    pub(in crate::net) protocol: &'static str,
    pub(in crate::net) reply: oneshot::Sender<Result<Stream, OpenError>>,
}

impl OpenRequest {
    pub(super) fn fail(self, error: OpenError) {
        // An error means that nobody waits any more.
        let _ = self.reply.send(Err(error));
    }

    fn unsupported(self, offered: &BTreeSet<String>) {
        let protocol = self.protocol;
        self.fail(OpenError::Unsupported { protocol, offered: offered.iter().cloned().collect() });
    }
}

/// The peer opened a stream, and it has its place.
#[derive(Debug)]
pub(in crate::net) struct Arrived {
    pub(super) protocol: &'static str,
    pub(super) stream: Stream,
}

/// An outbound stream under negotiation, with the place it will take.
pub(in crate::net) type Opening = (OpenRequest, OwnedSemaphorePermit);

pub(in crate::net) struct Handler {
    protocols: Arc<[&'static str]>,
    inbound: Gate,
    outbound: Gate,
    refused: Refused,
    /// Negotiated inbound streams without a place yet.
    arrived: VecDeque<(&'static str, libp2p::Stream)>,
    /// Requests without a place yet.
    requests: VecDeque<OpenRequest>,
    offered: Offered,
}

impl Handler {
    pub(super) fn new(
        protocols: Arc<[&'static str]>,
        inbound: Gate,
        outbound: Gate,
        refused: Refused,
    ) -> Self {
        Self {
            protocols,
            inbound,
            outbound,
            refused,
            arrived: VecDeque::new(),
            requests: VecDeque::new(),
            offered: Offered::default(),
        }
    }

    fn on_inbound(&mut self, stream: libp2p::Stream, chosen: &StreamProtocol) {
        let protocol = self.protocols.iter().find(|name| **name == chosen.as_ref());
        match protocol {
            Some(protocol) if self.arrived.len() < STREAMS_WAITING_MAX => {
                self.arrived.push_back((protocol, stream));
            }
            _ => self.refused.count(),
        }
    }

    fn on_open_failed(&mut self, request: OpenRequest, error: StreamUpgradeError<io::Error>) {
        match error {
            StreamUpgradeError::Timeout => request.fail(OpenError::Timeout),
            StreamUpgradeError::NegotiationFailed => self.offered.refuse(request),
            StreamUpgradeError::Apply(error) | StreamUpgradeError::Io(error) => {
                request.fail(OpenError::Io(error));
            }
        }
    }

    /// The next request whose caller still waits, once there is a place for it.
    fn poll_request(&mut self, cx: &mut Context<'_>) -> Poll<Opening> {
        self.requests.retain(|request| !request.reply.is_closed());
        if self.requests.is_empty() {
            self.outbound.rest();
            return Poll::Pending;
        }
        let place = std::task::ready!(self.outbound.poll_place(cx));
        self.requests.pop_front().map_or(Poll::Pending, |request| Poll::Ready((request, place)))
    }

    fn poll_arrived(&mut self, cx: &mut Context<'_>) -> Poll<Arrived> {
        if self.arrived.is_empty() {
            return Poll::Pending;
        }
        let place = std::task::ready!(self.inbound.poll_place(cx));
        self.arrived.pop_front().map_or(Poll::Pending, |(protocol, stream)| {
            Poll::Ready(Arrived { protocol, stream: Stream::new(stream, place) })
        })
    }
}

impl ConnectionHandler for Handler {
    type FromBehaviour = OpenRequest;
    type ToBehaviour = Arrived;
    type InboundProtocol = Accept;
    type OutboundProtocol = ReadyUpgrade<StreamProtocol>;
    type InboundOpenInfo = ();
    type OutboundOpenInfo = Opening;

    fn listen_protocol(&self) -> SubstreamProtocol<Accept> {
        SubstreamProtocol::new(Accept(self.protocols.clone()), ()).with_timeout(OPEN_TIMEOUT)
    }

    fn connection_keep_alive(&self) -> bool {
        !self.requests.is_empty() || !self.arrived.is_empty()
    }

    fn on_behaviour_event(&mut self, request: OpenRequest) {
        if self.requests.len() < OPENS_WAITING_MAX {
            self.requests.push_back(request);
        } else {
            request.fail(OpenError::Busy);
        }
    }

    fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<ConnectionHandlerEvent<ReadyUpgrade<StreamProtocol>, Opening, Arrived>> {
        if let Poll::Ready(opening) = self.poll_request(cx) {
            let upgrade = ReadyUpgrade::new(StreamProtocol::new(opening.0.protocol));
            let protocol = SubstreamProtocol::new(upgrade, opening).with_timeout(OPEN_TIMEOUT);
            return Poll::Ready(ConnectionHandlerEvent::OutboundSubstreamRequest { protocol });
        }
        self.offered.poll(cx);
        self.poll_arrived(cx).map(ConnectionHandlerEvent::NotifyBehaviour)
    }

    fn on_connection_event(
        &mut self,
        event: ConnectionEvent<'_, Accept, ReadyUpgrade<StreamProtocol>, (), Opening>,
    ) {
        match event {
            ConnectionEvent::FullyNegotiatedInbound(new) => {
                let (stream, chosen) = new.protocol;
                self.on_inbound(stream, &chosen);
            }
            ConnectionEvent::FullyNegotiatedOutbound(new) => {
                let (request, place) = new.info;
                // Dropped, and thereby closed, if nobody waits any more.
                let _ = request.reply.send(Ok(Stream::new(new.protocol, place)));
            }
            ConnectionEvent::DialUpgradeError(failed) => {
                let (request, _) = failed.info;
                let error = failed.error.map_upgrade_err(|never| match never {});
                self.on_open_failed(request, error);
            }
            ConnectionEvent::RemoteProtocolsChange(change) => self.offered.change(&change),
            _ => {}
        }
    }
}

/// What the peer says it speaks (by identify), and the requests that wait to be told so.
#[derive(Default)]
struct Offered {
    names: BTreeSet<String>,
    known: bool,
    waiting: Vec<OpenRequest>,
    deadline: Option<Pin<Box<Sleep>>>,
}

impl Offered {
    /// Fails a request with the list of what is offered, waiting for that list a little if need be.
    fn refuse(&mut self, request: OpenRequest) {
        if self.known || self.waiting.len() >= OPENS_WAITING_MAX {
            return request.unsupported(&self.names);
        }
        self.waiting.push(request);
        self.deadline.get_or_insert_with(|| Box::pin(sleep(OFFERS_TIMEOUT)));
    }

    fn change(&mut self, change: &ProtocolsChange<'_>) {
        match change {
            ProtocolsChange::Added(added) => added.clone().for_each(|name| self.add(name)),
            ProtocolsChange::Removed(removed) => removed.clone().for_each(|name| {
                self.names.remove(name.as_ref());
            }),
        }
        self.known = true;
        self.answer();
    }

    /// Names are shown to people: the plumbing's own are left out, as is what no terminal should see.
    fn add(&mut self, name: &StreamProtocol) {
        let name: &str = name.as_ref();
        let plumbing = ["/meshsub/", "/floodsub/", "/ipfs/"];
        let fits = name.len() <= OFFER_BYTES_MAX && self.names.len() < OFFERS_MAX;
        let plain = name.bytes().all(|byte| byte.is_ascii_graphic());
        if fits && plain && !plumbing.iter().any(|prefix| name.starts_with(prefix)) {
            self.names.insert(name.to_owned());
        }
    }

    fn answer(&mut self) {
        self.deadline = None;
        for request in self.waiting.drain(..) {
            request.unsupported(&self.names);
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) {
        let due = self.deadline.as_mut().is_some_and(|at| at.as_mut().poll(cx).is_ready());
        if due {
            self.answer();
        }
    }
}
