//! The database again from the files, whose names are the hashes of what is in them.
//!
//! There is nothing in it that the files do not say. So whatever it lacks is taken in from them when
//! the store is opened: after a crash, after damage, when it was lost.

use super::inspect::index_file;
use super::{LargeBlobs, LargeError, files, remove_if_there};
use crate::home::sync_dir;
use sheaf_protocol::id::BlobHash;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Sets the database of the store at `dir` aside, over one that lies there; durable on return.
pub(super) fn set_index_aside(dir: &Path) -> Result<(), LargeError> {
    let index = index_file(dir);
    let set = match fs::rename(&index, set_aside(dir)) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => sync_dir(dir),
    };
    set.map_err(|source| LargeError::Io { path: index, source })
}

/// Removes what was set aside.
pub(super) fn remove_set_aside(dir: &Path) -> Result<(), LargeError> {
    remove_if_there(&set_aside(dir))
}

/// Where a damaged database is set aside.
pub(super) fn set_aside(dir: &Path) -> PathBuf {
    index_file(dir).with_extension("db.damaged")
}

impl LargeBlobs {
    /// Takes in every blob that is not `known` from the file that holds it, one at a time, and
    /// removes the files of all others that are not.
    pub(super) async fn take_in_files(&self, known: &BTreeSet<BlobHash>) -> Result<(), LargeError> {
        let mut unknown = files(&self.0.data)?;
        unknown.retain(|file| blob_of(file).is_none_or(|hash| !known.contains(&hash)));
        let blobs = unknown.iter().filter(|file| file.extension().is_some_and(|e| e == "data"));
        let mut taken = BTreeSet::new();
        for hash in blobs.filter_map(|file| blob_of(file)) {
            if self.take_in(hash).await? {
                taken.insert(hash);
            }
        }
        unknown.retain(|file| blob_of(file).is_none_or(|hash| !taken.contains(&hash)));
        unknown.iter().try_for_each(|file| remove_if_there(file))?;
        if !taken.is_empty() {
            let (dir, count) = (self.0.data.display(), taken.len());
            tracing::warn!("{dir}: {count} large chats that the index lacked are in it again");
        }
        Ok(())
    }

    /// Whether the file of a blob holds what its name says: then it is taken in.
    async fn take_in(&self, hash: BlobHash) -> Result<bool, LargeError> {
        let path = self.data_path(&hash);
        let read = tokio::fs::read(&path).await;
        let bytes = read.map_err(|source| LargeError::Io { path, source })?;
        match self.put(hash, bytes).await {
            Ok(()) => Ok(true),
            Err(LargeError::WrongHash { .. } | LargeError::TooLarge { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// The blob that a file belongs to, by its name.
fn blob_of(path: &Path) -> Option<BlobHash> {
    path.file_stem()?.to_str()?.parse().ok()
}
