//! A token bucket: so much at once, and so much a second.

use std::time::{Duration, Instant};

/// What is left of an allowance that grows back with time.
#[derive(Debug, Clone)]
pub(crate) struct Bucket {
    left: u64,
    burst: u64,
    per_second: u64,
    filled: Instant,
}

impl Bucket {
    /// A full bucket.
    pub(crate) fn new(burst: u64, per_second: u64, now: Instant) -> Self {
        Self { left: burst, burst, per_second, filled: now }
    }

    /// Takes `wanted` if there is as much.
    pub(crate) fn take(&mut self, wanted: u64, now: Instant) -> bool {
        self.fill(now);
        let enough = self.left >= wanted;
        if enough {
            self.left -= wanted;
        }
        enough
    }

    /// Takes `wanted`, or all that is left: for what has already been spent.
    pub(crate) fn spend(&mut self, wanted: u64, now: Instant) {
        self.fill(now);
        self.left = self.left.saturating_sub(wanted);
    }

    /// What is left.
    pub(crate) fn left(&mut self, now: Instant) -> u64 {
        self.fill(now);
        self.left
    }

    /// Whether it forgets nothing to drop it.
    pub(crate) fn is_full(&mut self, now: Instant) -> bool {
        self.left(now) == self.burst
    }

    fn fill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.filled);
        let grown = passed.as_millis() * u128::from(self.per_second) / 1000;
        if grown > 0 {
            let grown = u64::try_from(grown).unwrap_or(u64::MAX);
            self.left = self.left.saturating_add(grown).min(self.burst);
            // What is less than one token keeps growing.
            let spent = u128::from(grown) * 1000 / u128::from(self.per_second);
            let spent = u64::try_from(spent).unwrap_or(u64::MAX);
            self.filled = (self.filled + Duration::from_millis(spent)).min(now);
            if self.left == self.burst {
                self.filled = now;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_gives_a_burst_and_then_what_grows_back() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut bucket = Bucket::new(10, 5, start);
        assert!(bucket.take(10, start), "the burst is there at once");
        assert!(!bucket.take(1, at(199)), "nothing grew back before its time");
        assert!(bucket.take(1, at(200)), "a fifth of a second gives one of five");
        assert!(!bucket.take(1, at(399)));
        assert!(bucket.take(1, at(400)), "fractions are not lost");
        assert!(bucket.is_full(at(60_000)) && !bucket.take(11, at(60_000)), "never more than full");
    }
}
