//! A node under attack, the member beside it, and what is looked at afterwards.

use std::fs;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sheaf_node::net::PeerAddr;
use sheaf_tests::{DEADLINE, Home, Node, World, chat, files_below, jsonl};

use crate::attacker::{Attacker, Beside, MARK, Target, burn};
use crate::honest::Honest;
use crate::measure::{ATTACKERS_CORES, Measured, Memory, Pair, Plan, Slice};

/// The log that people see who ask for no other.
pub(crate) const LOGGED: &str = "error,sheaf_node=warn,iroh_blobs=off,libp2p_gossipsub=off";

/// Lines that one attack may leave in the log.
const LOG_LINES_MAX: usize = 16;
/// Before each slice what the one before left under way comes to its end.
const SETTLE: Duration = Duration::from_millis(200);

/// One attack at a time: each is measured.
static TURN: Mutex<()> = Mutex::new(());

/// A community whose node is attacked.
pub(crate) struct Village {
    // Dropped in this order: the node before its folder.
    pub(crate) honest: Honest,
    node: Node,
    pub(crate) alice: Home,
    pub(crate) tea: String,
    pub(crate) target: Target,
    /// The greatest pace of the member so far, in chats a second: so many are made ready.
    pace: f64,
    _world: World,
    _turn: MutexGuard<'static, ()>,
}

impl Village {
    pub(crate) fn new() -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let world = World::new();
        let alice = world.home("alice");
        let tea = alice.found("Tea");
        let node = alice.serve_logging(LOGGED);
        let file = world.file("a.jsonl", jsonl(&[chat("Sencha", "How hot?", "75 degrees.")]));
        alice.contribute(&file);
        let mut honest = Honest::new(&alice, node.tcp());
        honest.given = 1;
        let target = Target {
            tcp: socket(node.tcp()),
            quic: socket(node.quic()),
            addresses: node.addresses.clone(),
            peer: peer_id(&node.addresses),
            community: honest.info().id(),
        };
        // Caches fill, code is paged in, the allocator finds its size.
        honest.prepare(200);
        let started = Instant::now();
        let (chats, time) = honest.contribute_while(|| started.elapsed() < Duration::from_secs(2));
        let pace = chats as f64 / time.as_secs_f64();
        Self { honest, node, alice, tea, target, pace, _world: world, _turn: turn }
    }

    /// Attacks while the member contributes, until so much was done and the log says what was
    /// `told`; then checks all that must hold. The attack shows within so many seconds.
    pub(crate) fn survives<F, A>(&mut self, secs: u64, least: u64, told: &[&str], attack: A)
    where
        A: Fn(Attacker) -> F + Clone + Send + 'static,
        F: Future<Output = ()>,
    {
        let plan = Plan::of(secs);
        let before = self.node.log().lines().count();
        let idle = self.memory("VmRSS");
        let (mut measured, mut done, mut cores) = (Measured::default(), 0, ATTACKERS_CORES);
        for number in 1..=plan.pairs {
            let burn_first = (number % 2 == 0).then(|| self.burning(plan.slice, cores));
            let enough = |node: &Node, now: u64| {
                let log = node.log();
                let is_said = |told: &&str| log.lines().skip(before).any(|l| l.contains(told));
                let said = told.iter().all(is_said);
                number < plan.pairs || done + now >= least && said
            };
            let target = self.target.clone();
            let start = || Attacker::start(target, attack.clone());
            let (attacked, acts) = self.slice(plan.slice, start, enough);
            (done, cores) = (done + acts, attacked.cores_beside());
            let burning = burn_first.unwrap_or_else(|| self.burning(plan.slice, cores));
            measured.0.push(Pair { attacked, burning });
        }
        let above = self.memory("VmRSS") - idle;
        let log: Vec<String> = self.node.log().lines().skip(before).map(str::to_owned).collect();
        let lines = log.len();
        println!("{done} hostile acts; {measured}; with chats {above} above {idle}; {lines} lines");
        log.iter().for_each(|line| println!("  {line}"));
        assert!(done >= least, "the attack came to no more than {done}");
        plan.check(&measured);
        assert!(log.len() <= LOG_LINES_MAX, "{} lines are too many", log.len());
        for expected in told {
            let said = log.iter().any(|line| line.contains(expected));
            assert!(said, "the log does not say: {expected}\n{}", log.join("\n"));
        }
    }

    /// A slice in which so many cores are burnt for nothing.
    fn burning(&mut self, time: Duration, cores: f64) -> Slice {
        self.slice(time, || burn(cores), |_, _| true).0
    }

    /// The member contributes beside others for some time, and until they did `enough`; tells what
    /// came of it, and what the others did.
    fn slice(
        &mut self,
        time: Duration,
        beside: impl FnOnce() -> Beside,
        enough: impl Fn(&Node, u64) -> bool,
    ) -> (Slice, u64) {
        self.honest.prepare((self.pace * (time + SETTLE).as_secs_f64()) as u64);
        let started = Instant::now();
        self.honest.contribute_while(|| started.elapsed() < SETTLE);
        // From here the peak counts anew.
        fs::write(format!("/proc/{}/clear_refs", self.node.pid()), "5").unwrap();
        let before = self.memory("VmRSS");
        let (used, beside, started) = (self.processor_time(), beside(), Instant::now());
        let (chats, time) = self.honest.contribute_while(|| {
            let passed = started.elapsed();
            passed < time || passed < DEADLINE && !enough(&self.node, beside.done())
        });
        let node = self.processor_time() - used;
        let acts = beside.done();
        let peak = self.memory("VmHWM") - before;
        let memory = Memory { peak, end: self.memory("VmRSS") - before };
        let slice = Slice { chats, time, node, beside: beside.stop(), memory };
        self.pace = slice.pace().max(self.pace);
        (slice, acts)
    }

    /// Nothing of the attackers is in the log, in the counts or on the disk, and the node starts again.
    pub(crate) fn stays_unharmed(self) {
        let given = self.honest.given;
        let here = |line: &serde_json::Value| {
            line["live"] == given
                && line["pending"] == 0
                && line["void"] == 0
                && line["wanted"] == 0
        };
        let line = self.alice.until("what honest people gave, and no more", &self.tea, here);
        assert_eq!(line["members"], 1, "nobody joined: {line}");
        self.alice.ok(&["log", "verify", "--community", &self.tea]);
        drop(self.honest);
        self.node.stop();
        is_clean(&self.alice);
        let again = self.alice.serve();
        self.alice.until("the same after a start", &self.tea, here);
        again.stop();
    }

    /// What the node's process has used so far.
    fn processor_time(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.node.pid())).unwrap();
        // The second field is a name, which may hold anything; Linux counts hundredths of a second.
        let (_, fields) = stat.rsplit_once(')').unwrap();
        let ticks = fields.split_whitespace().skip(11).take(2).map(|f| f.parse::<u64>().unwrap());
        Duration::from_millis(10 * ticks.sum::<u64>())
    }

    /// A line of the process's status, in KiB.
    fn memory(&self, name: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.node.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap()
    }

    pub(crate) fn log(&self) -> String {
        self.node.log()
    }
}

fn socket(address: &str) -> SocketAddr {
    let parts: Vec<&str> = address.split('/').collect();
    format!("{}:{}", parts[2], parts[4]).parse().unwrap()
}

fn peer_id(addresses: &[String]) -> libp2p::PeerId {
    let address: PeerAddr = addresses[0].parse().unwrap();
    address.to_string().rsplit('/').next().unwrap().parse().unwrap()
}

/// Nothing that attackers marked lies in a home.
pub(crate) fn is_clean(home: &Home) {
    for file in files_below(&home.path) {
        let bytes = fs::read(&file).unwrap();
        let found = bytes.windows(MARK.len()).any(|window| window == MARK);
        assert!(!found, "what an attacker sent lies in {}", file.display());
    }
}
