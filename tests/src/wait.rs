//! Waiting for a condition, with a deadline: nobody sleeps and hopes.

use std::thread;
use std::time::{Duration, Instant};

/// How long a story waits for something that should take a second.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Asks until `condition` gives a value; fails the test with the last reason after [`DEADLINE`].
pub fn eventually<T>(what: &str, mut condition: impl FnMut() -> Result<T, String>) -> T {
    let started = Instant::now();
    loop {
        match condition() {
            Ok(value) => return value,
            Err(last) if started.elapsed() > DEADLINE => {
                panic!("not after {DEADLINE:?}: {what}. Last seen: {last}")
            }
            Err(_) => thread::sleep(Duration::from_millis(100)),
        }
    }
}
