//! A part of the node's time that many share.

use crate::limits::LANE_OWED_MAX;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// So many milliseconds of work at once, and in each second after that. What was spent beyond is
/// owed: whoever comes next waits for it.
#[derive(Debug)]
pub(super) struct Lane {
    /// When all that was spent is paid off.
    paid: Mutex<Instant>,
    burst_ms: u32,
    ms_per_sec: u32,
}

impl Lane {
    pub(super) fn new(burst_ms: u32, ms_per_sec: u32, now: Instant) -> Self {
        Self { paid: Mutex::new(now), burst_ms, ms_per_sec }
    }

    /// How long to wait for a turn.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        let owed = self.paid().saturating_duration_since(now);
        owed.saturating_sub(self.time_for(Duration::from_millis(self.burst_ms.into())))
    }

    /// Takes what was spent. One costly piece of work does not keep everybody out for long.
    pub(super) fn spend(&self, spent: Duration, now: Instant) {
        let burst = self.time_for(Duration::from_millis(self.burst_ms.into()));
        let mut paid = self.paid();
        *paid = ((*paid).max(now) + self.time_for(spent)).min(now + burst + LANE_OWED_MAX);
    }

    /// In how much time so much may be spent.
    fn time_for(&self, spent: Duration) -> Duration {
        spent * 1000 / self.ms_per_sec
    }

    fn paid(&self) -> MutexGuard<'_, Instant> {
        self.paid.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_spent_beyond_is_owed() {
        let start = Instant::now();
        let ms = Duration::from_millis;
        let lane = Lane::new(100, 200, start);
        lane.spend(ms(100), start);
        assert_eq!(lane.wait(start), ms(0), "the burst is there at once");
        lane.spend(ms(50), start);
        assert_eq!(lane.wait(start), ms(250), "a fifth of each second pays for 50 ms in 250");
        assert_eq!(lane.wait(start + ms(250)), ms(0));
        let later = start + Duration::from_secs(60);
        lane.spend(ms(100), later);
        assert_eq!(lane.wait(later), ms(0), "no more than the burst is saved up");
        lane.spend(Duration::from_secs(3600), later);
        assert_eq!(lane.wait(later), LANE_OWED_MAX, "an hour of work keeps nobody out for five");
    }
}
