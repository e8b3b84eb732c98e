//! What each connected peer may ask of this node, and at what pace.
//!
//! Members and stewards come first. Peers on a register of acceptances may take every log several
//! times over as fast as the node can, except that while members are being served they all share a
//! part of its time: whoever accepts an open policy is one of them. Strangers, and whoever asked for
//! more than that, share one small part at all times, so that the others never notice them.

use super::lane::Lane;
use crate::limits::{
    GUEST_LOGS, GUEST_MEMBER_ROWS, GUEST_REFILL_SECS, GUEST_WORK_MIN, GUESTS_MAX, LANE_BURST_MS,
    LANE_BYTES_PER_MS, LANE_MS_PER_SEC, LANE_PAUSE, LANE_REQUEST, LANE_WAIT_MAX, MEMBERS_LATELY,
    PIECES_MAX, PIECES_PER_PEER_MAX, READERS_BURST_MS, READERS_MS_PER_SEC,
};
use crate::net::bucket::Bucket;
use crate::service::{Ask, Standing};
use sheaf_protocol::exchange::StewardRequest;
use sheaf_protocol::id::PublicKey;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A peer that is connected, or was.
#[derive(Debug)]
struct Guest {
    standing: Standing,
    /// Work that it may still ask for at full pace.
    work: Bucket,
    /// Entries of all logs when that was measured out.
    entries: u64,
    connected: bool,
    /// Held by the one of its requests whose turn is next: peers take turns, not requests.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Pieces of answers to it that may be in memory at once.
    pieces: Arc<Semaphore>,
}

/// The peers, and the lanes of those who give way.
#[derive(Debug)]
pub(super) struct Guests {
    peers: Mutex<HashMap<PublicKey, Guest>>,
    readers: Lane,
    strangers: Lane,
    /// Pieces of answers to all that may be in memory at once.
    pieces: Arc<Semaphore>,
    /// When a member was last served.
    members: Mutex<Option<Instant>>,
}

/// How a request is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    Full,
    /// In the readers' lane while members are being served.
    Yielding,
    /// In the strangers' lane.
    Slow,
}

impl Guests {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            peers: Mutex::default(),
            readers: Lane::new(READERS_BURST_MS, READERS_MS_PER_SEC, now),
            strangers: Lane::new(LANE_BURST_MS, LANE_MS_PER_SEC, now),
            pieces: Arc::new(Semaphore::new(PIECES_MAX)),
            members: Mutex::default(),
        }
    }

    pub(super) fn arrived(&self, peer: PublicKey, standing: Standing, now: Instant) {
        let mut guests = self.guests();
        if guests.len() >= GUESTS_MAX {
            guests.retain(|_, guest| guest.connected);
        }
        let work = || work_of(0, now);
        let new = || Guest {
            standing,
            work: work(),
            entries: 0,
            connected: true,
            turn: Arc::default(),
            pieces: Arc::new(Semaphore::new(PIECES_PER_PEER_MAX)),
        };
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
        let (work, pace) = match guest.standing {
            Standing::Stranger => return Pace::Slow,
            Standing::Known => (work, Pace::Yielding),
            Standing::Member => (work.div_ceil(GUEST_MEMBER_ROWS), Pace::Full),
        };
        if guest.work.take(work, now) { pace } else { Pace::Slow }
    }

    /// A member is being served, now.
    pub(super) fn member_served(&self, now: Instant) {
        *self.members.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    fn members_are_served(&self, now: Instant) -> bool {
        let last = *self.members.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|last| now.saturating_duration_since(last) < MEMBERS_LATELY)
    }

    /// Waits for a turn at a piece of work; `false` if it was too long.
    pub(super) async fn wait(&self, peer: &PublicKey, pace: Pace) -> bool {
        if self.rest(pace, Instant::now()).is_zero() {
            return true;
        }
        let turn = self.guests().get(peer).map(|guest| guest.turn.clone()).unwrap_or_default();
        let waited = tokio::time::timeout(LANE_WAIT_MAX, async {
            let _first = turn.lock().await;
            loop {
                match self.rest(pace, Instant::now()) {
                    Duration::ZERO => return,
                    // The members may have gone meanwhile.
                    rest => tokio::time::sleep(rest.min(LANE_PAUSE)).await,
                }
            }
        });
        waited.await.is_ok()
    }

    /// Room in memory for one piece of an answer, until it is written: a peer that does not read what
    /// it asked for waits for itself. `None` if it waited too long.
    pub(super) async fn room(&self, peer: &PublicKey) -> Option<[OwnedSemaphorePermit; 2]> {
        let own = self.guests().get(peer).map(|guest| guest.pieces.clone())?;
        let both = async {
            let own = own.acquire_owned().await.ok()?;
            let of_all = self.pieces.clone().acquire_owned().await.ok()?;
            Some([own, of_all])
        };
        tokio::time::timeout(LANE_WAIT_MAX, both).await.ok()?
    }

    fn rest(&self, pace: Pace, now: Instant) -> Duration {
        match pace {
            Pace::Full => Duration::ZERO,
            Pace::Yielding if !self.members_are_served(now) => Duration::ZERO,
            Pace::Yielding => self.readers.wait(now),
            Pace::Slow => self.strangers.wait(now),
        }
    }

    /// Takes from the lane what a request costs, whatever it asks, and what was spent on reading it.
    pub(super) fn spend(&self, pace: Pace, spent: Duration) {
        self.take(pace, spent + LANE_REQUEST);
    }

    /// Takes from the lane what was spent on an answer, and what it costs to send so many bytes.
    pub(super) fn spend_sending(&self, pace: Pace, spent: Duration, bytes: usize) {
        self.take(pace, spent + Duration::from_millis(1) * (bytes / LANE_BYTES_PER_MS) as u32);
    }

    fn take(&self, pace: Pace, spent: Duration) {
        match pace {
            Pace::Full => {}
            Pace::Yielding => self.readers.spend(spent, Instant::now()),
            Pace::Slow => self.strangers.spend(spent, Instant::now()),
        }
    }

    fn guests(&self) -> MutexGuard<'_, HashMap<PublicKey, Guest>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
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
        while guests.pace(&bob, 1000, entries, now) == Pace::Yielding {
            taken += 1000;
        }
        assert_eq!(taken, GUEST_LOGS * entries, "again and again, but not for ever");
        assert_eq!(guests.pace(&bob, 1, entries, now), Pace::Slow);
        let later = now + Duration::from_secs(GUEST_REFILL_SECS / 10);
        assert_eq!(guests.pace(&bob, 1000, entries, later), Pace::Yielding, "it grows back");
    }

    #[test]
    fn readers_give_way_to_members_and_to_nobody_else() {
        let now = Instant::now();
        let guests = Guests::new(now);
        guests.take(Pace::Yielding, Duration::from_secs(10));
        let owed = guests.rest(Pace::Yielding, now);
        assert!(owed.is_zero(), "while no member asks, readers have the whole node");
        guests.member_served(now);
        assert!(!guests.rest(Pace::Yielding, now).is_zero(), "they have had more than their part");
        assert!(guests.rest(Pace::Full, now).is_zero(), "a member never waits");
        assert!(guests.rest(Pace::Slow, now).is_zero(), "strangers' part is another one");
        let later = now + MEMBERS_LATELY;
        assert!(guests.rest(Pace::Yielding, later).is_zero(), "the members are done");
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_read_waits_for_itself_alone() {
        let (guests, now) = (Guests::new(Instant::now()), Instant::now());
        let (bob, eve) = (PublicKey([2; 32]), PublicKey([6; 32]));
        guests.arrived(bob, Standing::Known, now);
        guests.arrived(eve, Standing::Known, now);
        let mut unread = Vec::new();
        for _ in 0..PIECES_PER_PEER_MAX {
            unread.push(guests.room(&eve).await.expect("there is room"));
        }
        assert!(guests.room(&eve).await.is_none(), "she is told to come again");
        assert!(guests.room(&bob).await.is_some(), "bob has room of his own");
        unread.pop();
        assert!(guests.room(&eve).await.is_some(), "what was read makes room");
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
