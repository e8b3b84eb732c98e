//! Who a peer is to this node, as far as the network must know: a stranger or known, refused or
//! not, and how often it lately sent what does not hold.
//!
//! Shared by the swarm's behaviours and the connections' own tasks. Everything in it is bounded and
//! forgets: points fade, refusals end, and only what the operator blocked stays.

use super::bucket::Bucket;
use crate::limits::{
    BLAME_FADES_PER_SEC, BLAME_POINTS_MAX, BLAMED_PEERS_MAX, KNOWN_PEERS_MAX, REFUSAL_TIME,
    REFUSED_PEERS_MAX,
};
use libp2p::PeerId;
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Instant,
};

/// Why a peer is refused, and until when; for ever without a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) why: Arc<str>,
    pub(super) until: Option<Instant>,
}

impl Refusal {
    /// What the peer is told.
    pub(super) fn told(&self, now: Instant) -> String {
        let why = &self.why;
        let Some(until) = self.until else { return format!("the node refuses this key: {why}") };
        let minutes = until.saturating_duration_since(now).as_secs().div_ceil(60).max(1);
        format!("the node refuses this key for {minutes} min: {why}")
    }
}

#[derive(Debug, Default)]
struct Inner {
    known: HashSet<PeerId>,
    refused: HashMap<PeerId, Refusal>,
    /// What each may still do wrong before it is refused.
    credit: HashMap<PeerId, Bucket>,
}

/// Cheap to clone; all clones are one.
#[derive(Debug, Clone, Default)]
pub(super) struct Reputation(Arc<RwLock<Inner>>);

impl Reputation {
    /// Whether the application vouches for the peer, or we dialled it ourselves.
    pub(super) fn is_known(&self, peer: &PeerId) -> bool {
        self.read().known.contains(peer)
    }

    /// The application's word on a peer. It is remembered after the peer has left, so that a member
    /// finds a place when it comes back.
    pub(super) fn set_known(&self, peer: PeerId, known: bool) {
        let mut inner = self.write();
        if !known {
            inner.known.remove(&peer);
            return;
        }
        if inner.known.len() >= KNOWN_PEERS_MAX
            && let Some(any) = inner.known.iter().next().copied()
        {
            inner.known.remove(&any);
        }
        inner.known.insert(peer);
    }

    /// Why the peer is refused now.
    pub(super) fn refusal(&self, peer: &PeerId, now: Instant) -> Option<Refusal> {
        let refusal = self.read().refused.get(peer).cloned()?;
        refusal.until.is_none_or(|until| now < until).then_some(refusal)
    }

    /// Refuses a peer; without a time until [`forgive`](Self::forgive). A refusal for ever is not
    /// shortened.
    pub(super) fn refuse(&self, peer: PeerId, why: &str, until: Option<Instant>, now: Instant) {
        let mut inner = self.write();
        if inner.refused.len() >= REFUSED_PEERS_MAX {
            inner.refused.retain(|_, refusal| refusal.until.is_none_or(|until| now < until));
        }
        if inner.refused.len() >= REFUSED_PEERS_MAX && until.is_some() {
            // The one that ends first makes place.
            let ends = inner.refused.iter().filter_map(|(peer, r)| Some((r.until?, *peer)));
            if let Some((_, first)) = ends.min() {
                inner.refused.remove(&first);
            }
        }
        let refusal = Refusal { why: why.into(), until };
        let for_ever = |known: &Refusal| known.until.is_none();
        if !(until.is_some() && inner.refused.get(&peer).is_some_and(for_ever)) {
            inner.refused.insert(peer, refusal);
        }
    }

    /// Lets a peer in again, with a clean slate.
    pub(super) fn forgive(&self, peer: &PeerId) {
        let mut inner = self.write();
        inner.refused.remove(peer);
        inner.credit.remove(peer);
    }

    /// The peer did something wrong, this bad. Says whether that was too much: it is then refused
    /// for [`REFUSAL_TIME`].
    pub(super) fn blame(&self, peer: PeerId, points: u32, why: &str, now: Instant) -> bool {
        if self.refusal(&peer, now).is_some() || self.charge(peer, points, now) {
            return false;
        }
        self.refuse(peer, why, Some(now + REFUSAL_TIME), now);
        true
    }

    /// Whether its credit covers so many points.
    fn charge(&self, peer: PeerId, points: u32, now: Instant) -> bool {
        let mut inner = self.write();
        if inner.credit.len() >= BLAMED_PEERS_MAX && !inner.credit.contains_key(&peer) {
            inner.credit.retain(|_, credit| !credit.is_full(now));
            // As many bad peers at once as we can tell apart: one of them is forgiven.
            let any = inner.credit.keys().next().copied();
            if let Some(any) = any.filter(|_| inner.credit.len() >= BLAMED_PEERS_MAX) {
                inner.credit.remove(&any);
            }
        }
        let fresh = || Bucket::new(BLAME_POINTS_MAX, BLAME_FADES_PER_SEC, now);
        let covered = inner.credit.entry(peer).or_insert_with(fresh).take(u64::from(points), now);
        if !covered {
            inner.credit.remove(&peer);
        }
        covered
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.0.read().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.0.write().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_peer_is_refused_when_its_credit_is_used_up_and_let_in_again_later() {
        let (reputation, eve, start) = (Reputation::default(), PeerId::random(), Instant::now());
        let steps = u32::try_from(BLAME_POINTS_MAX / 10).unwrap();
        for _ in 0..steps {
            assert!(!reputation.blame(eve, 10, "junk", start), "within its credit");
        }
        assert!(reputation.refusal(&eve, start).is_none());
        assert!(reputation.blame(eve, 10, "junk", start), "one too many");
        assert!(!reputation.blame(eve, 10, "junk", start), "it is refused once");
        let refusal = reputation.refusal(&eve, start).unwrap();
        assert_eq!(&*refusal.why, "junk");
        assert_eq!(refusal.told(start), "the node refuses this key for 10 min: junk");
        let late = start + REFUSAL_TIME - Duration::from_secs(59);
        assert_eq!(refusal.told(late), "the node refuses this key for 1 min: junk");
        let after = start + REFUSAL_TIME + Duration::from_secs(1);
        assert!(reputation.refusal(&eve, after).is_none(), "a refusal ends");
    }

    #[test]
    fn faults_far_apart_are_forgotten() {
        let (reputation, bob) = (Reputation::default(), PeerId::random());
        let mut now = Instant::now();
        for _ in 0..1000 {
            assert!(!reputation.blame(bob, 10, "a slip", now));
            now += Duration::from_secs(10 / BLAME_FADES_PER_SEC + 1);
        }
    }

    #[test]
    fn whatever_strangers_do_the_tables_stay_small() {
        let (reputation, now) = (Reputation::default(), Instant::now());
        let alice = PeerId::random();
        reputation.refuse(alice, "blocked here", None, now);
        for _ in 0..BLAMED_PEERS_MAX + 10 {
            reputation.blame(PeerId::random(), 1, "a little", now);
        }
        let soon = Some(now + REFUSAL_TIME);
        for _ in 0..REFUSED_PEERS_MAX + 10 {
            reputation.refuse(PeerId::random(), "much", soon, now);
        }
        let inner = reputation.read();
        assert!(inner.refused.len() <= REFUSED_PEERS_MAX && inner.credit.len() <= BLAMED_PEERS_MAX);
        assert!(inner.refused.contains_key(&alice), "what the operator blocked stays");
    }
}
