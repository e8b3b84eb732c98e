//! A node under attack, the member beside it, and what is looked at afterwards.

use std::fs;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sheaf_node::net::PeerAddr;
use sheaf_tests::{Home, Node, World, chat, files_below, jsonl};

use crate::attacker::{Attacker, MARK, Target, burn};
use crate::honest::Honest;

/// The log that people see who ask for no other.
pub(crate) const LOGGED: &str = "error,sheaf_node=warn,iroh_blobs=off,libp2p_gossipsub=off";

/// What the node may take above what it took before, in KiB.
const MEMORY_KIB_MAX: u64 = 64 * 1024;
/// Lines that one attack may leave in the log.
const LOG_LINES_MAX: usize = 16;
/// What the member keeps of the pace it has while half a core is burnt for nothing.
const SHARE_EXACT: f64 = 0.8;
/// The same where the machine does other things too.
const SHARE_ROUGH: f64 = 0.1;

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
        honest.contribute_while(|| started.elapsed() < Duration::from_secs(2));
        Self { honest, node, alice, tea, target, _world: world, _turn: turn }
    }

    /// Attacks for so many seconds, and until so much was done, while the member contributes; then
    /// checks all that must hold. The log must say `told`.
    pub(crate) fn survives<F, A>(&mut self, secs: u64, least: u64, told: &[&str], attack: A)
    where
        A: Fn(Attacker) -> F + Clone + Send + 'static,
        F: Future<Output = ()>,
    {
        let exact = std::env::var_os("SHEAF_HOSTILE_EXACT").is_some();
        let (slices, slice) = match exact {
            true => (4, Duration::from_secs(secs.max(5))),
            false => (1, Duration::from_secs(secs)),
        };
        let before = self.node.log().lines().count();
        let idle = self.memory("VmRSS");
        fs::write(format!("/proc/{}/clear_refs", self.node.pid()), "5").unwrap();
        let (mut alone, mut attacked, mut done) = (0.0, 0.0, 0);
        for _ in 0..slices {
            let rest = if exact { slice } else { Duration::from_secs(2) };
            self.honest.prepare(100 * slice.as_secs());
            let burning = burn(rest);
            alone += self.honest.contribute_while(|| !burning.is_finished());
            burning.join().unwrap();
            let target = self.target.clone();
            let attackers = Attacker::start(target, slice, least, attack.clone());
            attacked += self.honest.contribute_while(|| !attackers.is_finished());
            done += attackers.join().unwrap();
        }
        let peak = self.memory("VmHWM").saturating_sub(idle);
        let log: Vec<String> = self.node.log().lines().skip(before).map(str::to_owned).collect();
        let share = attacked / alone;
        println!(
            "{done} hostile acts; {peak} KiB above {idle}; share {share:.2} of {:.0} chats/s; {} lines",
            alone / f64::from(slices),
            log.len()
        );
        log.iter().for_each(|line| println!("  {line}"));
        let kept = if exact { SHARE_EXACT } else { SHARE_ROUGH };
        assert!(done >= least, "the attack came to no more than {done}");
        assert!(peak <= MEMORY_KIB_MAX, "the node took {peak} KiB more than when idle");
        assert!(share >= kept, "the member kept {share:.2} of its pace");
        assert!(log.len() <= LOG_LINES_MAX, "{} lines are too many", log.len());
        for expected in told {
            let said = log.iter().any(|line| line.contains(expected));
            assert!(said, "the log does not say: {expected}\n{}", log.join("\n"));
        }
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

    /// A line of the process's status, in KiB.
    fn memory(&self, name: &str) -> u64 {
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
