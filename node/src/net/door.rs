//! The door: which connections from outside come in, and who must leave when it is full.
//!
//! Strangers have places of their own, few on each host, so that they cannot take those of members
//! and partner nodes; when all are taken, the stranger that has been idle longest leaves for a new
//! one. Handshakes cost, so each host may begin only so many. A refused peer comes in once, to be
//! told why, and is shown out soon after.

use super::{
    complaints::Complaints,
    gate::{Gate, Host, host_of_ip},
    reputation::Reputation,
};
use crate::limits::{
    GUEST_CONNECTIONS_MAX, PENDING_INBOUND_MAX, PENDING_PER_HOST_MAX, REFUSED_CONNECTIONS_MAX,
    REFUSED_LINGER, STRANGER_STAY_MIN, STRANGERS_MAX, STRANGERS_PER_HOST_MAX,
};
use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    multiaddr::Protocol,
    swarm::{
        CloseConnection, ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour,
        THandlerInEvent, THandlerOutEvent, ToSwarm, dummy,
    },
};
use std::{
    collections::{HashMap, VecDeque},
    convert::Infallible,
    net::Ipv6Addr,
    pin::Pin,
    task::{Context, Poll},
    time::Instant,
};
use tokio::time::{Sleep, sleep_until};

/// Why a connection from outside was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotIn {
    #[error("too many connections are being negotiated")]
    Pending,
    #[error("its host opens too many connections")]
    Host,
    #[error("strangers open too many connections")]
    Rush,
    #[error("all places for strangers are taken")]
    Strangers,
    #[error("all places are taken")]
    Full,
    #[error("it is refused here")]
    Refused,
}

impl NotIn {
    /// What the log says.
    pub(super) fn complaint(self) -> &'static str {
        match self {
            Self::Pending => "connections refused, too many are being negotiated",
            Self::Host => "connections refused, too many from one host",
            Self::Rush => "connections refused, too many from strangers",
            Self::Strangers => "connections refused, all places for strangers are taken",
            Self::Full => "connections refused, all places are taken",
            Self::Refused => "connections of refused peers",
        }
    }
}

/// A connection that came in.
#[derive(Debug)]
struct Guest {
    peer: PeerId,
    host: Host,
    /// When it last asked for something.
    active: Instant,
    leaving: bool,
}

pub(super) struct Door {
    inbound_max: usize,
    reputation: Reputation,
    complaints: Complaints,
    pending: HashMap<ConnectionId, Host>,
    guests: HashMap<ConnectionId, Guest>,
    gate: Gate,
    leaving: VecDeque<(PeerId, CloseConnection)>,
    /// Refused peers, who leave at their time.
    lingering: VecDeque<(Instant, PeerId)>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Door {
    pub(super) fn new(
        inbound_max: u32,
        reputation: Reputation,
        complaints: Complaints,
        gate: Gate,
    ) -> Self {
        Self {
            inbound_max: inbound_max as usize,
            reputation,
            complaints,
            pending: HashMap::new(),
            guests: HashMap::new(),
            gate,
            leaving: VecDeque::new(),
            lingering: VecDeque::new(),
            timer: None,
        }
    }

    /// The peer asked for something.
    pub(super) fn active(&mut self, peer: &PeerId) {
        let now = Instant::now();
        for guest in self.guests.values_mut().filter(|guest| guest.peer == *peer) {
            guest.active = now;
        }
    }

    /// Shows a peer out.
    pub(super) fn show_out(&mut self, peer: PeerId) {
        self.leaving.push_back((peer, CloseConnection::All));
    }

    /// Whether a connection from this host may be negotiated; `asked` if the gate let it through.
    fn may_negotiate(&self, host: Host, asked: bool, now: Instant) -> Result<(), NotIn> {
        if self.pending.len() >= PENDING_INBOUND_MAX {
            return Err(NotIn::Pending);
        }
        let beside = self.pending.values().filter(|other| **other == host).count();
        if beside >= PENDING_PER_HOST_MAX {
            return Err(NotIn::Host);
        }
        if asked { Ok(()) } else { self.gate.begin(host, now) }
    }

    /// Whether a peer that proved its key may stay.
    fn may_stay(&mut self, peer: &PeerId, host: Host, now: Instant) -> Result<(), NotIn> {
        if self.reputation.refusal(peer, now).is_some() {
            return self.may_be_told(peer);
        }
        let staying = self.guests.values().filter(|guest| !guest.leaving).count();
        if self.reputation.is_known(peer) {
            return if staying < self.inbound_max { Ok(()) } else { Err(NotIn::Full) };
        }
        if self.inbound_max == 0 {
            return Err(NotIn::Full);
        }
        let strangers = self.strangers().count();
        let beside = self.strangers().filter(|(_, guest)| guest.host == host).count();
        if beside >= STRANGERS_PER_HOST_MAX {
            return self.make_place(Some(host), now);
        }
        if strangers >= STRANGERS_MAX.min(self.inbound_max) || staying >= self.inbound_max {
            return self.make_place(self.busiest_host(), now);
        }
        Ok(())
    }

    /// A refused peer hears why, on one connection.
    fn may_be_told(&self, peer: &PeerId) -> Result<(), NotIn> {
        let told = self.lingering.iter().any(|(_, other)| other == peer);
        match told || self.lingering.len() >= REFUSED_CONNECTIONS_MAX {
            true => Err(NotIn::Refused),
            false => Ok(()),
        }
    }

    fn strangers(&self) -> impl Iterator<Item = (&ConnectionId, &Guest)> {
        let known = |guest: &Guest| self.reputation.is_known(&guest.peer);
        self.guests.iter().filter(move |(_, guest)| !guest.leaving && !known(guest))
    }

    fn busiest_host(&self) -> Option<Host> {
        let mut hosts = HashMap::<Host, usize>::new();
        for (_, guest) in self.strangers() {
            *hosts.entry(guest.host).or_default() += 1;
        }
        hosts.into_iter().max_by_key(|(_, guests)| *guests).map(|(host, _)| host)
    }

    /// The stranger of a host that has been idle longest leaves, if it has been here for a while.
    fn make_place(&mut self, host: Option<Host>, now: Instant) -> Result<(), NotIn> {
        let of_host = self.strangers().filter(|(_, guest)| Some(guest.host) == host);
        let idle = of_host.min_by_key(|(_, guest)| guest.active).map(|(id, _)| *id);
        let guest = idle.and_then(|id| Some((id, self.guests.get_mut(&id)?)));
        let Some((id, guest)) = guest else { return Err(NotIn::Strangers) };
        if now.saturating_duration_since(guest.active) < STRANGER_STAY_MIN {
            return Err(NotIn::Strangers);
        }
        guest.leaving = true;
        self.leaving.push_back((guest.peer, CloseConnection::One(id)));
        Ok(())
    }

    fn came_in(&mut self, id: ConnectionId, peer: PeerId, host: Host, now: Instant) {
        let refused = self.reputation.refusal(&peer, now).is_some();
        if refused {
            self.lingering.push_back((now + REFUSED_LINGER, peer));
        }
        let guest = Guest { peer, host, active: now, leaving: refused };
        self.gate.came(id, host, peer);
        self.guests.insert(id, guest);
        self.oldest_leaves(peer);
    }

    fn gone(&mut self, id: &ConnectionId) {
        self.guests.remove(id);
        self.gate.left(id);
    }

    /// A command that was killed leaves a connection behind that nobody closes until it has been
    /// silent for long. So the oldest of a peer that comes again and again leaves, rather than that
    /// the peer is kept out.
    fn oldest_leaves(&mut self, peer: PeerId) {
        let own = self.guests.iter_mut().filter(|(_, g)| g.peer == peer && !g.leaving);
        let own: Vec<_> = own.collect();
        if own.len() <= GUEST_CONNECTIONS_MAX {
            return;
        }
        if let Some((id, guest)) = own.into_iter().min_by_key(|(id, _)| **id) {
            guest.leaving = true;
            self.leaving.push_back((peer, CloseConnection::One(*id)));
        }
    }

    /// Refused peers whose time is over leave.
    fn poll_lingering(&mut self, cx: &mut Context<'_>) {
        while let Some((at, peer)) = self.lingering.front().copied() {
            let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(at.into())));
            if timer.as_mut().poll(cx).is_pending() {
                return;
            }
            self.timer = None;
            self.lingering.pop_front();
            self.show_out(peer);
        }
    }

    /// Not let in: told, and counted.
    fn denied(&self, host: Host, why: NotIn) -> ConnectionDenied {
        self.complaints.tell(&host.to_string(), why.complaint(), "", Instant::now());
        ConnectionDenied::new(why)
    }
}

/// The host in an address, if it has one.
pub(super) fn host_of(addr: &Multiaddr) -> Host {
    match addr.iter().next() {
        Some(Protocol::Ip4(ip)) => ip.into(),
        Some(Protocol::Ip6(ip)) => host_of_ip(ip.into()),
        _ => Ipv6Addr::UNSPECIFIED.into(),
    }
}

impl NetworkBehaviour for Door {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = Infallible;

    fn handle_pending_inbound_connection(
        &mut self,
        id: ConnectionId,
        _: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        let host = host_of(remote);
        let asked = remote.iter().any(|part| part == Protocol::QuicV1);
        self.may_negotiate(host, asked, Instant::now()).map_err(|why| self.denied(host, why))?;
        self.pending.insert(id, host);
        Ok(())
    }

    fn handle_established_inbound_connection(
        &mut self,
        id: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<dummy::ConnectionHandler, ConnectionDenied> {
        self.pending.remove(&id);
        let (host, now) = (host_of(remote), Instant::now());
        self.may_stay(&peer, host, now).map_err(|why| self.denied(host, why))?;
        self.came_in(id, peer, host, now);
        Ok(dummy::ConnectionHandler)
    }

    fn handle_pending_outbound_connection(
        &mut self,
        _: ConnectionId,
        peer: Option<PeerId>,
        _: &[Multiaddr],
        _: Endpoint,
    ) -> Result<Vec<Multiaddr>, ConnectionDenied> {
        match peer.and_then(|peer| self.reputation.refusal(&peer, Instant::now())) {
            Some(_) => Err(ConnectionDenied::new(NotIn::Refused)),
            None => Ok(Vec::new()),
        }
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<dummy::ConnectionHandler, ConnectionDenied> {
        // Whom we dialled we know.
        self.reputation.set_known(peer, true);
        Ok(dummy::ConnectionHandler)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        match event {
            FromSwarm::ListenFailure(failure) => {
                self.pending.remove(&failure.connection_id);
                self.gone(&failure.connection_id);
            }
            FromSwarm::ConnectionClosed(closed) => self.gone(&closed.connection_id),
            _ => {}
        }
    }

    fn on_connection_handler_event(
        &mut self,
        _: PeerId,
        _: ConnectionId,
        event: THandlerOutEvent<Self>,
    ) {
        match event {}
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ToSwarm<Infallible, THandlerInEvent<Self>>> {
        self.poll_lingering(cx);
        // No waker: whoever adds to `leaving` (the swarm's own task) polls afterwards.
        self.leaving.pop_front().map_or(Poll::Pending, |(peer_id, connection)| {
            Poll::Ready(ToSwarm::CloseConnection { peer_id, connection })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_peer_that_comes_again_and_again_the_oldest_leaves() {
        let (reputation, complaints) = (Reputation::default(), Complaints::default());
        let gate = Gate::new(reputation.clone(), complaints.clone(), Instant::now());
        let mut door = Door::new(64, reputation, complaints, gate);
        let (bob, carol) = (PeerId::random(), PeerId::random());
        let host = host_of(&Multiaddr::empty());
        let now = Instant::now();
        let mut came = |number, peer| {
            door.came_in(ConnectionId::new_unchecked(number), peer, host, now);
            door.leaving.pop_front()
        };
        assert!(came(0, carol).is_none());
        for number in 1..=GUEST_CONNECTIONS_MAX {
            assert!(came(number, bob).is_none(), "there is room for a few commands at once");
        }
        for oldest in [1, 2] {
            let Some((peer, CloseConnection::One(left))) =
                came(GUEST_CONNECTIONS_MAX + oldest, bob)
            else {
                panic!("one connection leaves for another")
            };
            let expected = ConnectionId::new_unchecked(oldest);
            assert_eq!((peer, left), (bob, expected), "the oldest of this peer, and nobody else's");
        }
    }
}
