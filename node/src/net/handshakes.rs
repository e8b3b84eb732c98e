//! How often a handshake may begin, whose cost is the same whether anything comes of it.

use super::bucket::Bucket;
use super::door::NotIn;
use super::gate::Host;
use crate::limits::{
    HANDSHAKES_PER_HOST_BURST, HANDSHAKES_PER_HOST_PER_SEC, HANDSHAKES_STRANGERS_BURST,
    HANDSHAKES_STRANGERS_PER_SEC, HOSTS_MAX,
};
use std::{collections::HashMap, time::Instant};

/// Counts the handshakes of each host, and those of all from which nobody known is here.
#[derive(Debug)]
pub(super) struct Handshakes {
    hosts: HashMap<Host, Bucket>,
    strangers: Bucket,
}

impl Handshakes {
    pub(super) fn new(now: Instant) -> Self {
        let strangers = Bucket::new(HANDSHAKES_STRANGERS_BURST, HANDSHAKES_STRANGERS_PER_SEC, now);
        Self { hosts: HashMap::new(), strangers }
    }

    /// Whether a handshake with this host may begin; `known` if somebody known is here from it.
    pub(super) fn begin(&mut self, host: Host, known: bool, now: Instant) -> Result<(), NotIn> {
        match self.host(host, now).is_some_and(|bucket| bucket.take(1, now)) {
            false => Err(NotIn::Host),
            true if known || self.strangers.take(1, now) => Ok(()),
            true => Err(NotIn::Rush),
        }
    }

    /// Whether strangers have begun so many that some may come from elsewhere than they say.
    pub(super) fn are_many(&mut self, now: Instant) -> bool {
        self.strangers.left(now) <= HANDSHAKES_STRANGERS_BURST / 2
    }

    fn host(&mut self, host: Host, now: Instant) -> Option<&mut Bucket> {
        if self.hosts.len() >= HOSTS_MAX && !self.hosts.contains_key(&host) {
            self.hosts.retain(|_, bucket| !bucket.is_full(now));
            if self.hosts.len() >= HOSTS_MAX {
                return None;
            }
        }
        let fresh = || Bucket::new(HANDSHAKES_PER_HOST_BURST, HANDSHAKES_PER_HOST_PER_SEC, now);
        Some(self.hosts.entry(host).or_insert_with(fresh))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use std::time::Duration;

    fn host(number: u32) -> Host {
        Ipv4Addr::from_bits(0x0a00_0000 + number).into()
    }

    #[test]
    fn many_hosts_of_strangers_share_what_one_could_use_up() {
        let now = Instant::now();
        let mut handshakes = Handshakes::new(now);
        let begun = |handshakes: &mut Handshakes, at| {
            let all = (0..1000).map(|n| handshakes.begin(host(n), false, at));
            all.filter(Result::is_ok).count() as u64
        };
        assert_eq!(begun(&mut handshakes, now), HANDSHAKES_STRANGERS_BURST);
        assert_eq!(handshakes.begin(host(5000), false, now), Err(NotIn::Rush));
        assert_eq!(handshakes.begin(host(5001), true, now), Ok(()), "a member's host is apart");
        let later = now + Duration::from_secs(1);
        assert_eq!(begun(&mut handshakes, later), HANDSHAKES_STRANGERS_PER_SEC);
    }

    #[test]
    fn one_host_has_a_measure_of_its_own_even_if_it_is_known() {
        let now = Instant::now();
        let mut handshakes = Handshakes::new(now);
        for _ in 0..HANDSHAKES_PER_HOST_BURST {
            assert_eq!(handshakes.begin(host(1), true, now), Ok(()));
        }
        assert_eq!(handshakes.begin(host(1), true, now), Err(NotIn::Host));
    }
}
