//! Collections of garbage that run exactly when asked for.
//!
//! iroh-blobs offers no deletion, only a collection that repeats after an interval and calls back
//! before each run. Our callback waits there until somebody asks for a run; being called again
//! tells it that the run before has ended. So nothing is collected unasked, and nothing polls.

use iroh_blobs::Hash;
use iroh_blobs::api::Store;
use iroh_blobs::store::{GcConfig, ProtectCb, ProtectOutcome};
use std::collections::HashSet;
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, oneshot};

/// Between the end of a run and the callback of the next.
const INTERVAL: Duration = Duration::from_millis(1);

/// Asks for collections.
pub(super) struct Sweeps {
    requests: mpsc::Sender<Sweep>,
    store: Arc<OnceLock<Store>>,
}

struct Sweep {
    keep: HashSet<Hash>,
    done: oneshot::Sender<()>,
}

/// The side of the callback.
struct Waiting {
    requests: mpsc::Receiver<Sweep>,
    running: Option<oneshot::Sender<()>>,
    store: Arc<OnceLock<Store>>,
}

impl Sweeps {
    /// The handle, and the configuration to open the store with.
    pub(super) fn new() -> (Self, GcConfig) {
        let (sender, requests) = mpsc::channel(1);
        let store = Arc::new(OnceLock::new());
        let waiting = Waiting { requests, running: None, store: store.clone() };
        let config = GcConfig { interval: INTERVAL, add_protected: Some(callback(waiting)) };
        (Self { requests: sender, store }, config)
    }

    /// Names the store to close when this handle is dropped.
    pub(super) fn may_close(&self, store: &Store) {
        // Set once, at opening.
        let _ = self.store.set(store.clone());
    }

    /// Deletes everything but `keep`; returns when that has ended.
    pub(super) async fn run(&self, keep: HashSet<Hash>) -> io::Result<()> {
        let (done, ended) = oneshot::channel();
        let stopped = || io::Error::other("the collection has stopped; restart the node");
        self.requests.send(Sweep { keep, done }).await.map_err(|_| stopped())?;
        ended.await.map_err(|_| stopped())
    }
}

fn callback(waiting: Waiting) -> ProtectCb {
    let waiting = Arc::new(Mutex::new(waiting));
    Arc::new(move |live| {
        let waiting = waiting.clone();
        Box::pin(async move {
            let mut waiting = waiting.lock().await;
            if let Some(done) = waiting.running.take() {
                // Whoever asked may have gone away.
                let _ = done.send(());
            }
            match waiting.requests.recv().await {
                Some(Sweep { keep, done }) => {
                    live.extend(keep);
                    waiting.running = Some(done);
                    ProtectOutcome::Continue
                }
                None => close(waiting.store.get().cloned()).await,
            }
        })
    })
}

/// The handle is gone. The loop that calls us holds the store open and ends only when a run fails:
/// it does once the database is closed, with nothing left to delete from.
async fn close(store: Option<Store>) -> ProtectOutcome {
    if let Some(store) = store {
        let closed = tokio::spawn(async move { store.shutdown().await.is_ok() }).await;
        if matches!(closed, Ok(true)) {
            return ProtectOutcome::Continue;
        }
    }
    std::future::pending().await
}
