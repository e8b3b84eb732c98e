//! How the network is: delays, losses, repetitions, and who is cut off from whom.

use crate::limits::CALL_TIMEOUT;

/// How the network is now. Chances are so many in a hundred.
#[derive(Debug, Clone)]
pub(in crate::service::tests) struct Weather {
    /// Longest delay of a message, and of a job of the store.
    pub(in crate::service::tests) delay_ms_max: u64,
    /// Gossip that does not arrive.
    pub(in crate::service::tests) gossip_lost: u64,
    /// Gossip that arrives twice.
    pub(in crate::service::tests) gossip_twice: u64,
    /// Calls of which the request or the answer is lost.
    pub(in crate::service::tests) calls_lost: u64,
    /// Requests that arrive twice.
    pub(in crate::service::tests) calls_twice: u64,
    /// Nodes that are cut off from all others, but not from each other.
    pub(in crate::service::tests) cut_off: Vec<usize>,
    /// Whether messages across the cut vanish, instead of the connections breaking.
    pub(in crate::service::tests) silently: bool,
}

/// A caller gives up after this.
pub(super) const CALL_TIMEOUT_MS: u64 = CALL_TIMEOUT.as_secs() * 1000;

impl Default for Weather {
    /// Fair: gossip is a hint even then, and a quarter of it is lost.
    fn default() -> Self {
        Self {
            delay_ms_max: 40,
            gossip_lost: 25,
            gossip_twice: 0,
            calls_lost: 0,
            calls_twice: 0,
            cut_off: Vec::new(),
            silently: false,
        }
    }
}

impl Weather {
    pub(in crate::service::tests) fn storm() -> Self {
        Self {
            delay_ms_max: 1500,
            gossip_lost: 40,
            gossip_twice: 10,
            calls_lost: 10,
            calls_twice: 5,
            ..Self::default()
        }
    }

    /// Whether nothing passes between two nodes.
    pub(super) fn parts(&self, a: usize, b: usize) -> bool {
        self.cut_off.contains(&a) != self.cut_off.contains(&b)
    }
}
