//! Which large blobs are referred to, and which files are doomed.
//!
//! The files themselves are `LargeBlobs`'. A file is doomed in the same
//! transaction that removes its last reference, and stays on that list until somebody reports it
//! deleted, so that no crash leaves it behind.

use super::rows::Blob;
use super::table::{Table, Writing, prefixed};
use super::{Store, StoreError};
use sheaf_protocol::id::BlobHash;
use std::ops::ControlFlow;

/// (hash, slot, index): references of entries
pub(super) static LARGE: Table = Table::new("large");
/// (hash, slot, control key): references of the review queue
pub(super) static LARGE_PENDING: Table = Table::new("large pending");
/// hash of files to delete -> the row that referred to it last
pub(super) static DOOMED: Table = Table::new("doomed");

impl Store {
    /// Whether an entry or the review queue refers to this large blob.
    pub fn is_large_referenced(&self, hash: &BlobHash) -> Result<bool, StoreError> {
        self.0.blobs.read(|r| {
            let (entries, pending) = (r.open(&LARGE)?, r.open(&LARGE_PENDING)?);
            let range = prefixed(&hash.0);
            Ok(!entries.is_empty(&range)? || !pending.is_empty(&range)?)
        })
    }

    /// Up to `max` large blobs that lost their last reference and whose files must be deleted.
    pub fn large_doomed(&self, max: usize) -> Result<Vec<BlobHash>, StoreError> {
        self.0.blobs.read(|r| {
            let rows = r.open(&DOOMED)?;
            rows.list(&prefixed(&[]), max, |key, _| rows.array32(key).map(BlobHash))
        })
    }

    /// Takes a large blob off the list of the doomed: its file was deleted and looked for.
    pub fn large_deleted(&self, hash: &BlobHash) -> Result<(), StoreError> {
        let _writer = self.settled()?;
        self.0.blobs.write(|w| w.open(&DOOMED)?.remove(&hash.0).map(drop))
    }
}

/// Records that the row `key` refers to `blob`, if it is large.
pub(super) fn refer(
    w: &Writing<'_>,
    refs: &'static Table,
    key: &[u8],
    blob: &Blob,
) -> Result<(), StoreError> {
    let Blob::Large(hash) = blob else { return Ok(()) };
    w.open(refs)?.put(&reference(hash, key), &[])?;
    w.open(&DOOMED)?.remove(&hash.0).map(drop)
}

/// Forgets the row `key` of `blobs` and what it refers to; a large blob that this leaves without
/// any reference is doomed.
pub(super) fn unrefer(
    w: &Writing<'_>,
    blobs: &'static Table,
    refs: &'static Table,
    key: &[u8],
) -> Result<(), StoreError> {
    let mut rows = w.open(blobs)?;
    let blob = rows.get_as::<Blob>(key)?;
    rows.remove(key)?;
    match blob {
        Some(Blob::Large(hash)) => drop_reference(w, refs, &hash, key),
        _ => Ok(()),
    }
}

/// Forgets that `key` refers to the large blob; if nothing does now, it is doomed.
pub(super) fn drop_reference(
    w: &Writing<'_>,
    refs: &'static Table,
    hash: &BlobHash,
    key: &[u8],
) -> Result<(), StoreError> {
    w.open(refs)?.remove(&reference(hash, key))?;
    for table in [&LARGE, &LARGE_PENDING] {
        if !w.open(table)?.is_empty(&prefixed(&hash.0))? {
            return Ok(());
        }
    }
    w.open(&DOOMED)?.put(&hash.0, key)
}

/// The doomed file that the row `key` was the last to refer to.
pub(super) fn doomed_by(w: &Writing<'_>, key: &[u8]) -> Result<Option<BlobHash>, StoreError> {
    let rows = w.open(&DOOMED)?;
    let mut found = None;
    rows.each(&prefixed(&[]), |hash, last| {
        if last != key {
            return Ok(ControlFlow::Continue(()));
        }
        found = Some(BlobHash(rows.array32(hash)?));
        Ok(ControlFlow::Break(()))
    })?;
    Ok(found)
}

fn reference(hash: &BlobHash, key: &[u8]) -> Vec<u8> {
    [&hash.0[..], key].concat()
}
