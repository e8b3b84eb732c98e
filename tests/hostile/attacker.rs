//! The attackers' thread: half a core, measured.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use libp2p::PeerId;
use libp2p::identity::Keypair;
use sheaf_protocol::id::CommunityId;
use sheaf_protocol::sign::SecretKey;
use tokio::sync::oneshot::{self, error::TryRecvError};

use crate::measure::ATTACKERS_CORES;

/// Whom to attack.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) tcp: SocketAddr,
    pub(crate) quic: SocketAddr,
    pub(crate) addresses: Vec<String>,
    pub(crate) peer: PeerId,
    pub(crate) community: CommunityId,
}

/// An attacker at work.
#[derive(Debug, Clone)]
pub(crate) struct Attacker {
    pub(crate) target: Target,
    pace: Arc<Pace>,
}

#[derive(Debug)]
struct Pace {
    started: Instant,
    /// Things done, for the report.
    done: Arc<AtomicU64>,
}

/// Bytes that all attackers put wherever they can, to be looked for afterwards.
pub(crate) const MARK: &[u8] = b"Mallory-was-here-7431";

/// A thread that uses the processor beside the member until it is told to stop.
#[derive(Debug)]
pub(crate) struct Beside {
    done: Arc<AtomicU64>,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Duration>,
}

impl Beside {
    /// Things done so far.
    pub(crate) fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Ends it; tells the processor time that it used.
    pub(crate) fn stop(self) -> Duration {
        // An error means that it ended by itself: then the join tells why.
        let _ = self.stop.send(());
        self.thread.join().unwrap()
    }

    fn start(work: impl FnOnce(Arc<AtomicU64>, oneshot::Receiver<()>) + Send + 'static) -> Self {
        let done = Arc::new(AtomicU64::new(0));
        let (stop, stopped) = oneshot::channel();
        let counted = done.clone();
        let thread = thread::spawn(move || {
            work(counted, stopped);
            processor_time()
        });
        Self { done, stop, thread }
    }
}

impl Attacker {
    /// Runs an attack on a thread of its own. All that it starts runs there too, so that the
    /// thread's processor time is the attack's.
    pub(crate) fn start<F, A>(target: Target, attack: A) -> Beside
    where
        A: FnOnce(Attacker) -> F + Send + 'static,
        F: Future<Output = ()>,
    {
        Beside::start(move |done, stopped| {
            let pace = Pace { started: Instant::now(), done };
            let attacker = Attacker { target, pace: Arc::new(pace) };
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                tokio::select! {
                    () = async { attack(attacker).await; std::future::pending().await } => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        })
    }

    /// Counts one more thing done, and rests when half a core is used up. Everything an attacker
    /// repeats goes through here.
    pub(crate) async fn pace(&self) {
        self.pace.done.fetch_add(1, Ordering::Relaxed);
        loop {
            let allowed = self.pace.started.elapsed().mul_f64(ATTACKERS_CORES);
            let allowed = allowed + Duration::from_millis(5);
            let used = processor_time();
            if used <= allowed {
                return tokio::task::yield_now().await;
            }
            tokio::time::sleep(used - allowed).await;
        }
    }

    /// So many attackers at once, each on a host of its own as far as there are hosts.
    pub(crate) async fn many<F: Future<Output = ()>>(
        &self,
        number: u8,
        one: impl Fn(Attacker, Ipv4Addr) -> F,
    ) {
        let all = (0..number).map(|n| one(self.clone(), host(n)));
        futures::future::join_all(all).await;
    }
}

/// One of four addresses of this machine that nobody honest uses.
pub(crate) fn host(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, 66, 1 + number % 4)
}

/// A key that nobody has seen.
pub(crate) fn fresh_key() -> SecretKey {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).unwrap();
    SecretKey::from_bytes(bytes)
}

pub(crate) fn keypair(key: &SecretKey) -> Keypair {
    Keypair::ed25519_from_bytes(key.to_bytes().to_vec()).unwrap()
}

/// Burns this part of a core for nothing.
pub(crate) fn burn(cores: f64) -> Beside {
    Beside::start(move |_, mut stopped| {
        let started = Instant::now();
        while stopped.try_recv() == Err(TryRecvError::Empty) {
            if processor_time() > started.elapsed().mul_f64(cores) {
                thread::sleep(Duration::from_millis(2));
            }
        }
    })
}

/// What this thread has used, to the nanosecond.
fn processor_time() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(told.split(' ').next().unwrap().parse().unwrap())
}
