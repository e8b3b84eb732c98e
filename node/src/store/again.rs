//! A file of keys or blobs that was taken away comes back empty: what was in it is wanted again.

use super::contents::{BLOBS, KEYS, STATEMENTS};
use super::disk::Disk;
use super::file::{Belief, File, Folder};
use super::journal::Journal;
use super::large::{LARGE, refer};
use super::log::{ENTRIES, HEADS, WANTED};
use super::rows::{Blob, EntryRow, Held, Holding};
use super::table::{Reading, row_key, rows_from};
use super::{Slot, Store, StoreError, name};
use sheaf_protocol::limits::BLOB_SMALL_BYTES_MAX;
use sheaf_protocol::statement::{Body, Kind, SignedStatement};
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Store {
    /// If keys or blobs are empty beside a log with chats: marks the chats as still to be fetched, so
    /// that partner nodes fill them in. Large chats lie in files of their own, which the manifests
    /// name: those are referred to again, so that nobody takes them for left over.
    pub(super) fn want_again(&self) -> Result<(), StoreError> {
        let (keys, blobs) = (self.is_empty(name::KEYS)?, self.is_empty(name::BLOBS)?);
        if !(keys || blobs) {
            return Ok(());
        }
        for community in self.communities()? {
            if blobs {
                self.refer_again(community.slot)?;
            }
            self.want_chats(community.slot)?;
        }
        Ok(())
    }

    fn is_empty(&self, name: &str) -> Result<bool, StoreError> {
        let (file, table) = match name {
            name::KEYS => (&self.0.keys, &KEYS),
            _ => (&self.0.blobs, &BLOBS),
        };
        match file.read(|r| r.open(table)?.count()) {
            Err(StoreError::Unreadable { .. }) => Ok(false),
            counted => Ok(counted? == 0),
        }
    }

    fn want_chats(&self, slot: Slot) -> Result<(), StoreError> {
        self.0.log.write(|w| {
            let mut entries = w.open(&ENTRIES)?;
            let held = entries.list(&rows_from(slot, 0), usize::MAX, |key, payload| {
                Ok((entries.number(key)?, entries.decode::<EntryRow>(payload)?))
            })?;
            let mut wanted = w.open(&WANTED)?;
            for (index, row) in held.into_iter().filter(|(_, row)| is_chat_held(row)) {
                let row = EntryRow { holding: Holding::Wanted, ..row };
                entries.put_as(&row_key(slot, index), &row)?;
                wanted.put(&row_key(slot, index), &[])?;
            }
            Ok(())
        })
    }

    fn refer_again(&self, slot: Slot) -> Result<(), StoreError> {
        let large = self.0.statements.read(|r| {
            let rows = r.open(&STATEMENTS)?;
            rows.list(&rows_from(slot, 0), usize::MAX, |key, payload| {
                Ok((rows.number(key)?, large_blob(&rows.decode::<Held>(payload)?)))
            })
        })?;
        self.0.blobs.write(|w| {
            for (index, blob) in large {
                let Some(blob) = blob else { continue };
                let key = row_key(slot, index);
                refer(w, &LARGE, &key, &blob)?;
                w.open(&BLOBS)?.put_as(&key, &blob)?;
            }
            Ok(())
        })
    }
}

/// The newest chats may be in the journal alone: one that is lost beside a log is not taken for an
/// empty one. Made before the log is, so that there is no log without it.
pub(super) fn open_journal(disk: &Arc<dyn Disk>, dir: &Path) -> Result<Journal, StoreError> {
    let (file, log) = (dir.join(name::JOURNAL), dir.join(name::LOG));
    let there = |path: &Path| disk.exists(path).map_err(|e| StoreError::io(path, e));
    if there(&file)? || !there(&log)? {
        return Journal::open(disk, dir);
    }
    let what = "it is missing, and the log may lack what it had".to_owned();
    Err(StoreError::Corrupt { file, place: "the file", what })
}

/// What lies beside a log that is lost belongs to nobody and would be removed, and a log whose
/// statements are lost means nothing: neither is opened. Asked before a file is made in the place
/// of a lost one; answers the log.
pub(super) fn open_log(folder: &Folder, cache_bytes: usize) -> Result<File, StoreError> {
    let Folder { disk, dir, .. } = folder;
    let (log, statements) = (dir.join(name::LOG), dir.join(name::STATEMENTS));
    let there = |path: &Path| disk.exists(path).map_err(|e| StoreError::io(path, e));
    let lost = |file: PathBuf, what: &str| {
        Err(StoreError::Corrupt { file, place: "the file", what: what.to_owned() })
    };
    if !there(&log)? && there(&statements)? {
        return lost(log, "it is missing, and the statements of a log are there");
    }
    let file = File::open(folder, name::LOG, cache_bytes, Belief::Sure)?;
    let has_heads = |r: &Reading<'_>| Ok(r.has_all(&[&HEADS])? && r.open(&HEADS)?.count()? > 0);
    if !there(&statements)? && file.read(has_heads)? {
        return lost(statements, "it is missing, and the log has entries");
    }
    Ok(file)
}

fn is_chat_held(row: &EntryRow) -> bool {
    row.holding == Holding::Full && row.status.is_live() && row.entry.kind == Kind::MANIFEST.0
}

/// The large blob that a manifest names.
fn large_blob(held: &Held) -> Option<Blob> {
    let signed = SignedStatement::verify(&held.bytes).ok()?;
    match &signed.content().body {
        Body::Manifest(manifest) if manifest.blob.sealed_bytes > BLOB_SMALL_BYTES_MAX as u64 => {
            Some(Blob::Large(manifest.blob.hash))
        }
        _ => None,
    }
}
