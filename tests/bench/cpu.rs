//! What the kernel counted: CPU time and memory of processes, and of the whole machine.

use std::fs;
use std::time::{Duration, Instant};

/// Ticks of `/proc` in a second: fixed in Linux's interface to programs.
const TICKS: f64 = 100.0;

/// A process that is watched, by the name it has in the report.
#[derive(Debug, Clone)]
pub(crate) struct Watched {
    pub(crate) name: String,
    pub(crate) pid: u32,
}

/// Begins a measured interval.
#[derive(Debug)]
pub(crate) struct Meter {
    watched: Vec<Watched>,
    before: Vec<Used>,
    machine: Machine,
    started: Instant,
}

/// CPU time of a process so far.
#[derive(Debug, Clone, Copy, Default)]
struct Used {
    user: f64,
    system: f64,
}

/// CPU time of all processors so far, in seconds.
#[derive(Debug, Clone, Copy)]
struct Machine {
    busy: f64,
    waiting: f64,
    idle: f64,
}

/// A measured interval.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    pub(crate) wall: Duration,
    /// Name, and cores busy in user and in system mode.
    pub(crate) processes: Vec<(String, f64, f64)>,
    /// Cores busy for anybody else on this machine.
    pub(crate) others: f64,
    /// Cores with nothing to do while something waited for the disk.
    pub(crate) disk: f64,
    /// Cores with nothing to do.
    pub(crate) idle: f64,
}

impl Meter {
    /// Watches this process and `nodes`.
    pub(crate) fn start(nodes: &[Watched]) -> Self {
        let own = Watched { name: "client".into(), pid: std::process::id() };
        let watched: Vec<_> = std::iter::once(own).chain(nodes.iter().cloned()).collect();
        let before = watched.iter().map(|w| used(w.pid)).collect();
        Self { watched, before, machine: machine(), started: Instant::now() }
    }

    pub(crate) fn stop(self) -> Measured {
        let wall = self.started.elapsed();
        let seconds = wall.as_secs_f64().max(1e-6);
        let after = machine();
        let mut ours = 0.0;
        let mut processes = Vec::new();
        for (watched, before) in self.watched.iter().zip(&self.before) {
            let now = used(watched.pid);
            let (user, system) = (now.user - before.user, now.system - before.system);
            ours += user + system;
            processes.push((watched.name.clone(), user / seconds, system / seconds));
        }
        let others = ((after.busy - self.machine.busy) - ours).max(0.0) / seconds;
        let disk = (after.waiting - self.machine.waiting) / seconds;
        let idle = (after.idle - self.machine.idle) / seconds;
        Measured { wall, processes, others, disk, idle }
    }
}

impl Measured {
    /// What held the job back: whoever used most of the processors, or nobody, and then it is
    /// waiting: for the disk, or for one thing after the other.
    pub(crate) fn limit(&self) -> String {
        let free = self.disk + self.idle;
        let busiest = self.processes.iter().max_by(|a, b| (a.1 + a.2).total_cmp(&(b.1 + b.2)));
        let Some((name, user, system)) = busiest else { return String::new() };
        let cores = self.processes.iter().map(|p| p.1 + p.2).sum::<f64>() + self.others + free;
        let spare = free / cores.max(0.1);
        if spare > 0.35 && self.disk > self.idle / 4.0 {
            return format!(
                "waiting for the disk to sync ({:.0}% of the CPUs idle)",
                spare * 100.0
            );
        }
        if spare > 0.35 {
            return format!(
                "one step waiting for another ({:.0}% of the CPUs idle)",
                spare * 100.0
            );
        }
        if self.others > user + system {
            return "other programs on this machine".into();
        }
        format!("CPU of the {name} ({user:.2} cores in its own code, {system:.2} in the kernel)")
    }

    /// Seconds of CPU time that this process took.
    pub(crate) fn own_seconds(&self) -> f64 {
        self.seconds_of("client")
    }

    /// Seconds of CPU time that a process took, by the name under which it was watched.
    pub(crate) fn seconds_of(&self, watched: &str) -> f64 {
        let found = self.processes.iter().find(|(name, ..)| name == watched);
        let cores = found.map_or(0.0, |(_, user, system)| user + system);
        cores * self.wall.as_secs_f64()
    }

    /// CPU time that each process took for one of `chats`.
    pub(crate) fn each(&self, chats: usize) -> String {
        let per_chat = self.wall.as_secs_f64() * 1e6 / chats.max(1) as f64;
        let each = |(name, user, system): &(String, f64, f64)| {
            format!("{name} {:.0} µs", (user + system) * per_chat)
        };
        let each: Vec<_> = self.processes.iter().map(each).collect();
        format!("CPU time for a chat: {}", each.join(", "))
    }

    /// All that was counted, in one line.
    pub(crate) fn line(&self) -> String {
        let cores = |(name, user, system): &(String, f64, f64)| {
            format!("{name} {user:.2} user + {system:.2} sys")
        };
        let each: Vec<_> = self.processes.iter().map(cores).collect();
        let Self { others, disk, idle, .. } = self;
        let each = each.join(", ");
        format!("cores: {each}, others {others:.2}, waiting for disk {disk:.2}, idle {idle:.2}")
    }
}

fn used(pid: u32) -> Used {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return Used::default() };
    // The name may hold spaces; fields are counted behind it.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields = fields.split_whitespace().skip(11).map(|f| f.parse().unwrap_or(0.0) / TICKS);
    let times: Vec<f64> = fields.take(4).collect();
    let time = |number: usize| times.get(number).copied().unwrap_or(0.0);
    // Its own, and that of the commands that it ran and waited for.
    Used { user: time(0) + time(2), system: time(1) + time(3) }
}

fn machine() -> Machine {
    let stat = fs::read_to_string("/proc/stat").unwrap();
    let first = stat.lines().next().unwrap_or_default();
    let fields = first.split_whitespace().skip(1).take(8);
    let all: Vec<f64> = fields.map(|f| f.parse::<f64>().unwrap_or(0.0) / TICKS).collect();
    let (idle, waiting) = (all[3], all[4]);
    Machine { busy: all.iter().sum::<f64>() - idle - waiting, waiting, idle }
}

/// Memory of a process in MiB: resident now, and the most since [`forget_peak`].
pub(crate) fn memory(pid: u32) -> (f64, f64) {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
        kib.unwrap_or(0.0) / 1024.0
    };
    (field("VmRSS:"), field("VmHWM:"))
}

/// Begins a new peak of memory.
pub(crate) fn forget_peak(pid: u32) {
    fs::write(format!("/proc/{pid}/clear_refs"), "5").unwrap();
}
