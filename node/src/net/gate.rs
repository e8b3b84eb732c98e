//! The gate before the door: whether a handshake may begin at all.
//!
//! Shared by the door, which asks for TCP, and by the QUIC listener, which must ask before anything of
//! a connection is kept.

use super::{complaints::Complaints, door::NotIn, handshakes::Handshakes, reputation::Reputation};
use libp2p::{PeerId, swarm::ConnectionId};
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// Whom connections are counted by: an IPv4 address, or the network (/64) of an IPv6 address.
pub(super) type Host = IpAddr;

/// The host that an address belongs to.
pub(super) fn host_of_ip(ip: IpAddr) -> Host {
    let IpAddr::V6(ip) = ip else { return ip };
    if let Some(ip) = ip.to_ipv4_mapped() {
        return ip.into();
    }
    let [a, b, c, d, ..] = ip.segments();
    Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
}

/// What may become of a first datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    /// A connection.
    Handshake,
    /// First it must prove that it is where it says: so many come that some may be forged.
    Prove,
    /// Nothing.
    Refused,
}

/// Cheap to clone; all clones are one.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    reputation: Reputation,
    complaints: Complaints,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    handshakes: Handshakes,
    /// Who is here, and from where.
    here: HashMap<ConnectionId, (Host, PeerId)>,
}

impl Gate {
    pub(super) fn new(reputation: Reputation, complaints: Complaints, now: Instant) -> Self {
        let inner = Inner { handshakes: Handshakes::new(now), here: HashMap::new() };
        Self { reputation, complaints, inner: Arc::new(Mutex::new(inner)) }
    }

    pub(super) fn came(&self, id: ConnectionId, host: Host, peer: PeerId) {
        self.inner().here.insert(id, (host, peer));
    }

    pub(super) fn left(&self, id: &ConnectionId) {
        self.inner().here.remove(id);
    }

    /// Whether a handshake with this host may begin now; it is counted.
    pub(super) fn begin(&self, host: Host, now: Instant) -> Result<(), NotIn> {
        let mut inner = self.inner();
        let known = self.is_known(&inner, host);
        inner.handshakes.begin(host, known, now)
    }

    /// What may become of a first datagram that says it comes from this host, and has `proved` it or
    /// not.
    pub(super) fn first(&self, host: Host, proved: bool, now: Instant) -> First {
        if !proved && self.inner().handshakes.are_many(now) {
            return First::Prove;
        }
        match self.begin(host, now) {
            Ok(()) => First::Handshake,
            Err(why) => {
                self.complaints.tell(&host.to_string(), why.complaint(), "", now);
                First::Refused
            }
        }
    }

    /// Whether somebody known is here from that host.
    fn is_known(&self, inner: &Inner, host: Host) -> bool {
        let mut here = inner.here.values();
        here.any(|(other, peer)| *other == host && self.reputation.is_known(peer))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::HANDSHAKES_STRANGERS_BURST;

    #[test]
    fn a_flood_has_to_prove_where_it_comes_from_and_a_member_s_host_comes_in() {
        let (now, reputation) = (Instant::now(), Reputation::default());
        let gate = Gate::new(reputation.clone(), Complaints::default(), now);
        let host = |n: u32| Host::from(std::net::Ipv4Addr::from_bits(0x0a00_0000 + n));
        let firsts = |proved| {
            let all =
                (0..HANDSHAKES_STRANGERS_BURST as u32).map(|n| gate.first(host(n), proved, now));
            all.collect::<Vec<_>>()
        };
        let unproved = firsts(false);
        assert_eq!(
            unproved.first(),
            Some(&First::Handshake),
            "in quiet times nobody need prove it"
        );
        assert_eq!(unproved.last(), Some(&First::Prove), "what may be forged uses up one half");
        assert!(!unproved.contains(&First::Refused));
        let proved = firsts(true);
        assert_eq!(proved.first(), Some(&First::Handshake), "the other is for who proves it");
        assert_eq!(proved.last(), Some(&First::Refused));

        let bob = PeerId::random();
        reputation.set_known(bob, true);
        gate.came(ConnectionId::new_unchecked(1), host(7), bob);
        assert_eq!(gate.first(host(7), true, now), First::Handshake, "where bob is");
        gate.left(&ConnectionId::new_unchecked(1));
        assert_eq!(gate.first(host(7), true, now), First::Refused, "where bob was");
    }
}
