//! The composition root: one loop, input → step → effects.
//!
//! The loop owns the [`Service`](crate::service::Service). Around it run short tasks: one for each
//! inbound stream, call and job; they read and write the store on blocking threads, check
//! signatures and open blobs, and hand what they found to the loop. Their number is bounded by the
//! network's stream caps and by the service's batches. A crash loses the loop's open work, of which
//! nobody was told; everything acknowledged is in the store.

mod arrival;
pub(crate) mod calls;
pub(crate) mod check;
#[cfg(test)]
mod crashes;
mod driver;
mod explains;
mod guests;
mod inbound;
mod items;
pub(crate) mod jobs;
mod lane;
mod places;
mod proofs;
mod replies;
mod review;
mod seldom;
mod start;
mod submit;
#[cfg(test)]
mod tests;
mod unwanted;

pub use start::{Running, ServeError, ServeOptions, serve};

use crate::blobs::LargeBlobs;
use crate::net::NetHandle;
use crate::scrub::Scanner;
use crate::service::{Ask, Input, Reply};
use crate::store::Store;
use guests::Guests;
use sheaf_protocol::id::PublicKey;
use std::sync::Arc;
use tokio::sync::{Semaphore, mpsc, oneshot};

/// What the tasks around the loop share.
struct Context {
    net: NetHandle,
    store: Store,
    large: LargeBlobs,
    events: mpsc::Sender<Event>,
    /// Keys the fingerprints of members' texts; never leaves this node.
    fingerprint_key: [u8; 32],
    /// Bytes of submissions held in memory, in KiB.
    submission_kib: Arc<Semaphore>,
    /// Who was acknowledged and waits for a proof.
    proofs: mpsc::Sender<proofs::Wanted>,
    /// What is to be taken back.
    explains: mpsc::Sender<explains::Wanted>,
    /// Checks that run at once.
    workers: Arc<Semaphore>,
    /// Large chats that are on their way into the store, or are refused.
    arrivals: unwanted::Arrivals,
    /// Finds what is private in chats that arrive.
    scanner: Arc<Scanner>,
    /// And what the community's own scrubber finds.
    plugged: arrival::Plugged,
    /// Who is connected, and what they may ask.
    guests: Guests,
}

/// What the tasks tell the loop.
enum Event {
    /// An event for the service.
    Input(Input),
    /// A request, and where its reply goes.
    Ask { from: PublicKey, ask: Ask, reply: oneshot::Sender<Reply> },
}

impl Context {
    /// Asks the service; `None` when the node is shutting down.
    async fn ask(&self, from: PublicKey, ask: Ask) -> Option<Reply> {
        let (reply, answer) = oneshot::channel();
        self.events.send(Event::Ask { from, ask, reply }).await.ok()?;
        answer.await.ok()
    }

    async fn tell(&self, input: Input) {
        // The loop is gone only when the node is shutting down.
        let _ = self.events.send(Event::Input(input)).await;
    }
}

/// Runs `work` on a blocking thread; `None` if it panicked or the runtime is ending.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}
