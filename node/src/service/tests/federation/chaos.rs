//! The storm: what goes wrong, and when.

use super::{Federation, NODES, STORM_SECS};
use crate::service::tests::world::Weather;
use sheaf_protocol::time::Time;

impl Federation {
    /// Something happens about once a second, while it lasts.
    pub(super) fn storm(&mut self) {
        self.world.weather = Weather::storm();
        let end = self.world.now.plus_secs(STORM_SECS);
        while self.world.now < end {
            let pause = 1 + self.world.rng.below(2000);
            self.go_on(Time::from_ms(self.world.now.ms() + pause).unwrap());
            self.something_happens();
        }
    }

    fn something_happens(&mut self) {
        match self.world.rng.below(10) {
            0..5 => self.somebody_wants(),
            5..7 => self.a_node_stops(),
            7 => self.the_network_parts(),
            8 => self.world.cut_off(Vec::new(), false),
            _ => self.two_meet(),
        }
    }

    /// A node stops at any moment, and comes back later, perhaps with its clock set.
    fn a_node_stops(&mut self) {
        let n = self.any_node();
        match self.world.is_up(n) {
            true => self.world.stop(n),
            false => self.bring_up(n),
        }
    }

    fn bring_up(&mut self, n: usize) {
        self.set_clock(n);
        self.world.start(n, false);
    }

    fn any_node(&mut self) -> usize {
        // Origins fall more often than others: more hangs on them.
        let among = if self.world.rng.percent(30) { 4 } else { NODES as u64 };
        usize::try_from(self.world.rng.below(among)).unwrap()
    }

    fn the_network_parts(&mut self) {
        let share = 10 + self.world.rng.below(60);
        let cut: Vec<usize> = (0..NODES).filter(|_| self.world.rng.percent(share)).collect();
        let silently = self.world.rng.percent(50);
        self.world.cut_off(cut, silently);
    }

    /// Replicas dial each other too.
    fn two_meet(&mut self) {
        let (a, b) = (self.any_node(), self.any_node());
        if self.world.is_up(a) && self.world.is_up(b) {
            self.world.link(a, b);
        }
    }

    /// The weather is fair again and every node is up.
    pub(super) fn clear_up(&mut self) {
        self.world.cut_off(Vec::new(), false);
        self.world.weather = Weather::default();
        for n in 0..NODES {
            if !self.world.is_up(n) {
                self.bring_up(n);
            }
        }
    }
}
