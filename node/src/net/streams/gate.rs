use std::{
    sync::Arc,
    task::{Context, Poll},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::PollSemaphore;

/// The places of one peer, as a handler waits for them. Shared by the peer's connections.
pub(super) struct Gate(PollSemaphore);

impl Gate {
    pub(super) fn new(places: Arc<Semaphore>) -> Self {
        Self(PollSemaphore::new(places))
    }

    /// Waits for a place. A handler that no longer wants one must [`rest`](Self::rest).
    pub(super) fn poll_place(&mut self, cx: &mut Context<'_>) -> Poll<OwnedSemaphorePermit> {
        match self.0.poll_acquire(cx) {
            Poll::Ready(Some(place)) => Poll::Ready(place),
            // Never closed.
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }

    /// Leaves the line, so that a place does not fall to somebody who is not looking.
    pub(super) fn rest(&mut self) {
        self.0 = PollSemaphore::new(self.0.clone_inner());
    }
}
