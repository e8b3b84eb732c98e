//! How much of its pace the member keeps beside an attack.
//!
//! Slices of time follow each other in pairs: in one the node is attacked, in the other as much of
//! the processor as the attackers used is burnt for nothing; the order turns from pair to pair. A
//! ratio within a pair feels little of what the machine does else, because its two slices lie side by
//! side, and the median of all pairs is told with the least and the greatest, so that one sees how
//! far to trust it. Beside the pace stands what the node's process spent on the attackers: processor
//! time depends little on what else runs.

use std::fmt;
use std::time::Duration;

/// What attackers may use of a core; what is burnt before it is known what they use.
pub(crate) const ATTACKERS_CORES: f64 = 0.5;

/// How long, and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) pairs: u32,
    pub(crate) slice: Duration,
    /// What the member keeps at least of its pace.
    pub(crate) share: f64,
}

impl Plan {
    /// For an attack that shows within so many seconds.
    pub(crate) fn of(secs: u64) -> Self {
        match std::env::var_os("SHEAF_HOSTILE_EXACT").is_some() {
            true => Self { pairs: 5, slice: Duration::from_secs(secs.max(6)), share: 0.8 },
            false => Self { pairs: 5, slice: Duration::from_millis(800), share: 0.1 },
        }
    }
}

/// What one slice of time brought.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slice {
    pub(crate) chats: u64,
    pub(crate) time: Duration,
    /// Processor time of the node.
    pub(crate) node: Duration,
    /// Processor time of the attackers, or burnt.
    pub(crate) beside: Duration,
}

impl Slice {
    /// Chats in a second.
    pub(crate) fn pace(&self) -> f64 {
        self.chats as f64 / self.time.as_secs_f64()
    }

    /// What was used beside, in cores.
    pub(crate) fn cores_beside(&self) -> f64 {
        self.beside.as_secs_f64() / self.time.as_secs_f64()
    }
}

/// Two slices side by side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) attacked: Slice,
    pub(crate) burning: Slice,
}

impl Pair {
    fn share(&self) -> f64 {
        self.attacked.pace() / self.burning.pace()
    }

    /// What the node spent on the attackers, in cores: what it used beyond what as many chats cost
    /// it in the other slice.
    fn spent(&self) -> f64 {
        let chat = self.burning.node.as_secs_f64() / self.burning.chats as f64;
        let beyond = self.attacked.node.as_secs_f64() - self.attacked.chats as f64 * chat;
        beyond / self.attacked.time.as_secs_f64()
    }
}

/// All pairs of one attack.
#[derive(Debug, Default)]
pub(crate) struct Measured(pub(crate) Vec<Pair>);

impl Measured {
    /// What the member kept of its pace.
    pub(crate) fn share(&self) -> Spread {
        self.spread(Pair::share)
    }

    fn spread(&self, of: impl Fn(&Pair) -> f64) -> Spread {
        Spread::of(self.0.iter().map(of).collect())
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pace = self.spread(|pair| pair.burning.pace()).median;
        let beside = self.spread(|pair| pair.attacked.cores_beside()).median;
        let (share, spent) = (self.share(), self.spread(Pair::spent));
        write!(f, "share {share} of {pace:.0} chats/s; the node spent {spent} cores on attackers")?;
        write!(f, " who used {beside:.2}")
    }
}

/// The middle of some values, and how far they lie apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    least: f64,
    greatest: f64,
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let (least, greatest) = (values[0], values[values.len() - 1]);
        Self { median: values[values.len() / 2], least, greatest }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} ({:.2} to {:.2})", self.median, self.least, self.greatest)
    }
}
