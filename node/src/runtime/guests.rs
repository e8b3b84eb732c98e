//! What each connected peer may ask of this node, and at what pace.
//!
//! Members and stewards, and peers on a register of acceptances, may take every log several times
//! over as fast as the node can; only who goes on after that is slowed. Strangers, and whoever is
//! slowed, share one small part of the node's time, so that the others never notice them.

use crate::limits::{
    GUEST_LOGS, GUEST_MEMBER_ROWS, GUEST_REFILL_SECS, GUEST_WORK_MIN, GUESTS_MAX, LANE_BURST_MS,
    LANE_MS_PER_SEC, LANE_PAUSE, LANE_WAIT_MAX,
};
use crate::net::bucket::Bucket;
use crate::service::{Ask, Standing};
use sheaf_protocol::exchange::StewardRequest;
use sheaf_protocol::id::PublicKey;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A peer that is connected, or was.
#[derive(Debug)]
struct Guest {
    standing: Standing,
    /// Work that it may still ask for at full pace.
    work: Bucket,
    /// Entries of all logs when that was measured out.
    entries: u64,
    connected: bool,
}

/// The peers, and the lane of those who must wait.
#[derive(Debug)]
pub(super) struct Guests {
    peers: Mutex<HashMap<PublicKey, Guest>>,
    lane: Mutex<Bucket>,
}

/// How a request is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    Full,
    /// In the lane: the time it takes is taken from there.
    Slow,
}

impl Guests {
    pub(super) fn new(now: Instant) -> Self {
        let lane = Mutex::new(Bucket::new(LANE_BURST_MS, LANE_MS_PER_SEC, now));
        Self { peers: Mutex::default(), lane }
    }

    pub(super) fn arrived(&self, peer: PublicKey, standing: Standing, now: Instant) {
        let mut guests = self.guests();
        if guests.len() >= GUESTS_MAX {
            guests.retain(|_, guest| guest.connected);
        }
        let new = || Guest { standing, work: work_of(0, now), entries: 0, connected: true };
        let guest = guests.entry(peer).or_insert_with(new);
        (guest.standing, guest.connected) = (standing, true);
    }

    /// What a known peer has used up is remembered: coming back does not give it more.
    pub(super) fn left(&self, peer: &PublicKey) {
        let mut guests = self.guests();
        match guests.get_mut(peer) {
            Some(guest) if guest.standing != Standing::Stranger => guest.connected = false,
            _ => drop(guests.remove(peer)),
        }
    }

    /// For a member, without asking the service: entries of all logs, as far as they matter.
    pub(super) fn member(&self, peer: &PublicKey) -> Option<u64> {
        let guests = self.guests();
        let guest = guests.get(peer).filter(|guest| guest.standing == Standing::Member)?;
        Some(guest.entries)
    }

    /// The service says who a peer is. Tells whether that is news.
    pub(super) fn set_standing(&self, peer: &PublicKey, standing: Standing) -> bool {
        let mut guests = self.guests();
        let Some(guest) = guests.get_mut(peer) else { return false };
        std::mem::replace(&mut guest.standing, standing) != standing
    }

    /// At what pace a request is served that costs so much, while the logs have so many entries.
    pub(super) fn pace(&self, peer: &PublicKey, work: u64, entries: u64, now: Instant) -> Pace {
        let mut guests = self.guests();
        let Some(guest) = guests.get_mut(peer) else { return Pace::Slow };
        if entries / 2 > guest.entries {
            // A log that grew may be taken anew.
            (guest.work, guest.entries) = (work_of(entries, now), entries);
        }
        let work = match guest.standing {
            Standing::Stranger => return Pace::Slow,
            Standing::Known => work,
            Standing::Member => work.div_ceil(GUEST_MEMBER_ROWS),
        };
        if guest.work.take(work, now) { Pace::Full } else { Pace::Slow }
    }

    /// Waits for a turn in the lane; `false` if it was too long.
    pub(super) async fn wait(&self) -> bool {
        let until = Instant::now() + LANE_WAIT_MAX;
        while self.lane().left(Instant::now()) == 0 {
            if Instant::now() >= until {
                return false;
            }
            tokio::time::sleep(LANE_PAUSE).await;
        }
        true
    }

    /// Takes from the lane what was spent.
    pub(super) fn spend(&self, pace: Pace, spent: Duration) {
        if pace == Pace::Slow {
            let ms = u64::try_from(spent.as_millis()).unwrap_or(u64::MAX);
            self.lane().spend(ms.max(1), Instant::now());
        }
    }

    fn guests(&self) -> MutexGuard<'_, HashMap<PublicKey, Guest>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lane(&self) -> MutexGuard<'_, Bucket> {
        self.lane.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn work_of(entries: u64, now: Instant) -> Bucket {
    let burst = entries.saturating_mul(GUEST_LOGS).max(GUEST_WORK_MIN);
    Bucket::new(burst, burst.div_ceil(GUEST_REFILL_SECS), now)
}

/// What a request costs, in rows that the store reads.
pub(super) fn work(ask: &Ask, entries: u64) -> u64 {
    match ask {
        Ask::Items { indices, .. } => indices.len() as u64,
        Ask::Entries { max, .. } => (*max).min(entries),
        Ask::Where { controls, .. } | Ask::Scan { controls, .. } => controls.len() as u64,
        Ask::Counts(_) => entries,
        // What a member gives is never too much, and its places in memory are counted.
        Ask::Submit(_) => 0,
        Ask::Steward(request) => steward_work(request),
        _ => 1,
    }
}

/// Stewards may look after their node.
fn steward_work(request: &StewardRequest) -> u64 {
    match request {
        StewardRequest::Status
        | StewardRequest::Members
        | StewardRequest::Log { .. }
        | StewardRequest::Peers => 0,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partner_takes_every_log_several_times_and_then_waits() {
        let (guests, now, bob) = (Guests::new(Instant::now()), Instant::now(), PublicKey([2; 32]));
        guests.arrived(bob, Standing::Known, now);
        let entries = 1_000_000;
        let mut taken = 0;
        while guests.pace(&bob, 1000, entries, now) == Pace::Full {
            taken += 1000;
        }
        assert_eq!(taken, GUEST_LOGS * entries, "again and again, but not for ever");
        assert_eq!(guests.pace(&bob, 1, entries, now), Pace::Slow);
        let later = now + Duration::from_secs(GUEST_REFILL_SECS / 10);
        assert_eq!(guests.pace(&bob, 1000, entries, later), Pace::Full, "it grows back");
    }

    #[test]
    fn a_stranger_waits_from_the_start() {
        let (guests, now, eve) = (Guests::new(Instant::now()), Instant::now(), PublicKey([6; 32]));
        guests.arrived(eve, Standing::Stranger, now);
        assert_eq!(guests.pace(&eve, 1, 10, now), Pace::Slow);
        assert!(guests.set_standing(&eve, Standing::Member), "she joined");
        assert_eq!(guests.pace(&eve, 1, 10, now), Pace::Full);
        guests.pace(&eve, (GUEST_WORK_MIN - 1) * GUEST_MEMBER_ROWS, 10, now);
        guests.left(&eve);
        guests.arrived(eve, Standing::Member, now);
        assert_eq!(guests.pace(&eve, 1, 10, now), Pace::Slow, "coming back gives no more");
    }
}
