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

/// What attackers may make the node take, in KiB: members' chats fill its caches beside, so what
/// grows with those is taken off.
const MEMORY_KIB_MAX: f64 = 64.0 * 1024.0;

/// How long, how often, and what must come of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) pairs: u32,
    pub(crate) slice: Duration,
    /// What the member keeps at least of its pace.
    share: f64,
    /// What the node spends at most on the attackers, in cores.
    spent: f64,
}

impl Plan {
    /// For an attack that shows within so many seconds. Two cores have one and a half beside the
    /// attackers: the node that spends three tenths on them leaves the member four fifths of that.
    /// By default no more is asked for than holds for an unoptimised node on a machine that is busy
    /// many times over.
    pub(crate) fn of(secs: u64) -> Self {
        match std::env::var_os("SHEAF_HOSTILE_EXACT").is_some() {
            true => {
                let slice = Duration::from_secs(secs.max(6));
                Self { pairs: 5, slice, share: 0.8, spent: 0.3 }
            }
            false => Self { pairs: 5, slice: Duration::from_millis(800), share: 0.3, spent: 0.7 },
        }
    }

    /// Checks what was measured.
    pub(crate) fn check(&self, measured: &Measured) {
        let (share, spent) = (measured.share().median, measured.spent().median);
        assert!(share >= self.share, "the member kept too little of its pace: {measured}");
        assert!(spent <= self.spent, "the node spent too much on attackers: {measured}");
        let memory = measured.memory_kib();
        assert!(
            memory <= MEMORY_KIB_MAX,
            "attackers made the node take {memory:.0} KiB: {measured}"
        );
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
    pub(crate) memory: Memory,
}

/// What the node took in a slice, in KiB above what it had at its beginning.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) peak: f64,
    pub(crate) end: f64,
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
    fn share(&self) -> Spread {
        self.spread(Pair::share)
    }

    fn spent(&self) -> Spread {
        self.spread(Pair::spent)
    }

    /// The most that attackers made the node take, in KiB: what they left behind in slices before
    /// counts on.
    fn memory_kib(&self) -> f64 {
        let of_members = self.members_kib_a_chat();
        let (mut held, mut peak) = (0.0_f64, 0.0_f64);
        for Slice { chats, memory, .. } in self.0.iter().map(|pair| pair.attacked) {
            let theirs = chats as f64 * of_members;
            peak = peak.max(held + memory.peak - theirs);
            held = (held + memory.end - theirs).max(0.0);
        }
        peak
    }

    /// By how much the node grows with a chat that nobody disturbs.
    fn members_kib_a_chat(&self) -> f64 {
        let quiet = || self.0.iter().map(|pair| pair.burning);
        let chats: u64 = quiet().map(|slice| slice.chats).sum();
        let grown: f64 = quiet().map(|slice| slice.memory.end).sum();
        (grown / chats as f64).max(0.0)
    }

    fn spread(&self, of: impl Fn(&Pair) -> f64) -> Spread {
        Spread::of(self.0.iter().map(of).collect())
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pace = self.spread(|pair| pair.burning.pace()).median;
        let beside = self.spread(|pair| pair.attacked.cores_beside()).median;
        let (share, spent) = (self.share(), self.spent());
        write!(f, "share {share} of {pace:.0} chats/s; the node spent {spent} cores on attackers")?;
        write!(f, " who used {beside:.2} and took {:.0} KiB", self.memory_kib())
    }
}

/// The middle of some values, and how far they lie apart.
#[derive(Debug, Clone, Copy)]
struct Spread {
    median: f64,
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
