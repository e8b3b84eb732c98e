//! Which blobs are being added, and the gate that nothing passes while garbage is collected.

use iroh_blobs::Hash;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{RwLock, RwLockWriteGuard};

/// Blobs being put or fetched. A slow peer holds up nothing but its own blob: a collection waits
/// only for the moment in which an adding registers, and then keeps what is registered.
#[derive(Default)]
pub(super) struct Adding {
    gate: RwLock<()>,
    hashes: Arc<Mutex<HashMap<Hash, usize>>>,
}

/// An adding under way; ends when dropped.
pub(super) struct Guard {
    hash: Hash,
    hashes: Arc<Mutex<HashMap<Hash, usize>>>,
}

/// While it lives, no adding begins.
pub(super) struct Pause<'a> {
    _gate: RwLockWriteGuard<'a, ()>,
    hashes: &'a Mutex<HashMap<Hash, usize>>,
}

impl Adding {
    /// Registers that a blob is being added.
    pub(super) async fn begin(&self, hash: Hash) -> Guard {
        let _gate = self.gate.read().await;
        *lock(&self.hashes).entry(hash).or_default() += 1;
        Guard { hash, hashes: self.hashes.clone() }
    }

    /// Lets nothing new begin.
    pub(super) async fn pause(&self) -> Pause<'_> {
        Pause { _gate: self.gate.write().await, hashes: &self.hashes }
    }
}

impl Pause<'_> {
    /// Whether this blob is being added.
    pub(super) fn is_adding(&self, hash: &Hash) -> bool {
        lock(self.hashes).contains_key(hash)
    }

    /// What is being added.
    pub(super) fn adding(&self) -> Vec<Hash> {
        lock(self.hashes).keys().copied().collect()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let mut hashes = lock(&self.hashes);
        if let Some(count) = hashes.get_mut(&self.hash) {
            *count -= 1;
            if *count == 0 {
                hashes.remove(&self.hash);
            }
        }
    }
}

fn lock(hashes: &Mutex<HashMap<Hash, usize>>) -> MutexGuard<'_, HashMap<Hash, usize>> {
    hashes.lock().unwrap_or_else(PoisonError::into_inner)
}
