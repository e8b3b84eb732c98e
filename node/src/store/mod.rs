//! The node's own databases: the only place that knows redb.
//!
//! Five databases in `<home>/store/`, because what is erased must go from small files that can be
//! compacted, and because redb has no transaction over several files:
//!
//! | file | holds |
//! |---|---|
//! | `log.redb` | communities, heads, entries, tree nodes, indexes, explanations, erasures to tell of, acceptances, receipts, marks, peers, forks |
//! | `statements.redb` | statements and salts, by (community, index) |
//! | `keys.redb` | chat keys, by (community, index) |
//! | `blobs.redb` | sealed blobs up to 64 KiB and references to larger ones, by (community, index) |
//! | `pending.redb` | the review queue |
//! | `journal` | what was appended last, until the others have it for good: see `journal.rs` |
//!
//! **Who writes.** Everything that touches more than one file runs under one lock, so there is one
//! writer; readers work on snapshots and wait only while a file is compacted.
//!
//! **What damage costs.** A key, blob or queue file that does not read is given up at the start:
//! nothing in it is served or written, the rest goes on. Log and statements are what everything
//! hangs on; without them nothing starts. A full disk refuses what is to be written, and nothing
//! else: the file is opened again by whoever comes next.
//!
//! **What a crash loses.** Nothing that was acknowledged. `append` makes blobs, keys, statements and
//! the head durable in the journal, in one record, then shows them to readers; a start puts back
//! what the files lack of it. Rows beyond the head belong to nothing and are removed at the next start. `erase` makes the explanation durable, then destroys key,
//! statement and blob: an erasure that was cut short is listed by [`Store::pending_erasures`] and
//! finished with [`Store::resume_erasures`]. While one is listed, a start copies the files that
//! erasing compacts before it trusts them: a disk may have failed to write what it still shows.

mod again;
mod append;
mod changes;
mod community;
mod contents;
mod disk;
mod erase;
mod error;
mod explain;
mod file;
mod journal;
mod large;
mod log;
mod many;
mod mark;
pub mod name;
mod overlay;
mod owed;
mod peer;
mod pending;
mod register;
mod rows;
mod scan;
mod scrub;
mod start;
mod table;
#[cfg(test)]
pub(crate) mod tests;

pub use erase::PendingErasure;
pub use error::{AppendError, OpenError, StoreError};
pub use many::Inclusion;
pub use peer::Peer;
pub use pending::{Pending, Queueing};
pub use register::{Acceptance, Receipt};
pub use rows::{
    Append, Blob, CommunityRow, Contents, EntryRow, Erase, ErasedReport, Explained, Fill, Head,
    Held, Holding, Mark, NewEntry, Slot,
};

use crate::limits::{JOURNAL_BYTES_MAX, STORE_CACHE_BYTES};
use changes::Changes;
use disk::{Disk, RealDisk};
use error::Failure as _;
use file::{Belief, Draft, File, Folder};
use journal::Journal;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::ScopedJoinHandle;

/// The node's databases. Clones share them; every call blocks.
#[derive(Clone)]
pub struct Store(Arc<Files>);

struct Files {
    log: File,
    statements: File,
    keys: File,
    blobs: File,
    pending: File,
    journal: Arc<Journal>,
    /// Beyond this the journal is emptied. What it holds fits into the caches, should a file have to
    /// be opened again without room on the disk.
    journal_bytes_max: u64,
    side_by_side: bool,
    /// Held by whatever touches more than one file.
    writer: Mutex<()>,
}

/// How a store is opened.
#[derive(Debug, Clone, Copy)]
pub struct StoreOptions {
    /// Memory for caches of all files together, in bytes.
    pub cache_bytes: usize,
    /// When the journal is so long, in bytes, the files are made durable.
    pub journal_bytes_max: u64,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { cache_bytes: STORE_CACHE_BYTES, journal_bytes_max: JOURNAL_BYTES_MAX }
    }
}

#[cfg(test)]
impl StoreOptions {
    /// Small caches, and a journal that is soon long.
    pub(crate) fn small(cache_bytes: usize) -> Self {
        Self { cache_bytes, journal_bytes_max: cache_bytes as u64 / 14 }
    }
}

impl Store {
    /// Opens or creates the files in `dir`, removes what no head names, and finishes erasures of the
    /// review queue.
    ///
    /// # Errors
    /// [`OpenError`] names the folder or the file; another process that has them open is one.
    pub fn open(dir: &Path, options: StoreOptions) -> Result<Self, OpenError> {
        let folder = |source| OpenError::Folder { path: dir.into(), source };
        std::fs::create_dir_all(dir).map_err(folder)?;
        Self::open_on(Arc::new(RealDisk), dir, options)
    }

    /// As [`open`](Self::open), in the folder `dir` of `disk`.
    pub(crate) fn open_on(
        disk: Arc<dyn Disk>,
        dir: &Path,
        options: StoreOptions,
    ) -> Result<Self, OpenError> {
        let part = options.cache_bytes / 14;
        let journal = Arc::new(again::open_journal(&disk, dir)?);
        let folder = Folder { disk: disk.clone(), dir: dir.to_owned(), journal };
        let log = again::open_log(&folder, 5 * part)?;
        let compacted = erase::belief_in_compacted(&log)?;
        let files = Files {
            log,
            statements: File::open(&folder, name::STATEMENTS, 2 * part, compacted)?,
            keys: File::open_or_give_up(&folder, name::KEYS, part, compacted)?,
            blobs: File::open_or_give_up(&folder, name::BLOBS, 5 * part, Belief::Sure)?,
            pending: File::open_or_give_up(&folder, name::PENDING, part, compacted)?,
            journal: folder.journal,
            journal_bytes_max: options.journal_bytes_max,
            side_by_side: disk.side_by_side(),
            writer: Mutex::new(()),
        };
        let folder = |source| OpenError::Folder { path: dir.into(), source };
        disk.sync_dir(dir).map_err(folder)?;
        let store = Self(Arc::new(files));
        match store.0.settle() {
            // Everything is read. What a start writes to the files comes after what the journal has,
            // at a start with room.
            Err(error) if error.is_disk_full() => return Ok(store),
            settled => settled?,
        }
        store.create_tables()?;
        store.remove_unnamed()?;
        if store.is_readable(name::PENDING) {
            store.resume_queue()?;
        }
        if store.is_readable(name::PENDING) && store.is_readable(name::BLOBS) {
            store.or_give_up(&store.0.pending, || store.remove_appended())?;
        }
        store.want_again()?;
        Ok(store)
    }

    /// Opens the store as [`open`](Self::open) does, over a layer that keeps every write in memory:
    /// nothing is changed, and files that do not read are named by [`unreadable`](Self::unreadable).
    /// The caller holds the home's lock.
    ///
    /// # Errors
    /// [`OpenError`] if what everything else hangs on does not read: log or statements.
    pub fn inspect(dir: &Path) -> Result<Self, OpenError> {
        Self::open_on(Arc::new(overlay::ReadOnlyDisk), dir, StoreOptions::default())
    }

    /// Looks whether the database in a file reads that is not one of the store's; changes nothing.
    /// The caller holds the home's lock.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check_database(path: &Path) -> Result<(), StoreError> {
        file::check(path)
    }

    /// The files that did not read when the store was opened, and why. The rest is served.
    pub fn unreadable(&self) -> Vec<(PathBuf, String)> {
        let files = [&self.0.keys, &self.0.blobs, &self.0.pending].into_iter();
        files.filter_map(|f| Some((f.path().to_owned(), f.given_up()?.to_owned()))).collect()
    }

    /// Whether the file of this name did read.
    pub fn is_readable(&self, name: &str) -> bool {
        !self.unreadable().iter().any(|(path, _)| path.ends_with(name))
    }

    /// The folder of the files.
    pub fn dir(&self) -> &Path {
        self.0.log.path().parent().unwrap_or(Path::new("."))
    }

    /// What is read from the log's file is not what was written there.
    pub fn corrupt_log(&self, place: &'static str, what: impl std::fmt::Display) -> StoreError {
        let file = self.0.log.path().to_owned();
        StoreError::Corrupt { file, place, what: what.to_string() }
    }

    fn writer(&self) -> MutexGuard<'_, ()> {
        self.0.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For whoever writes through the journal: empties it if it has grown long.
    fn noting(&self) -> Result<MutexGuard<'_, ()>, StoreError> {
        let writer = self.writer();
        if self.0.journal.is_due(self.0.journal_bytes_max) {
            self.0.settle()?;
        }
        Ok(writer)
    }

    /// For whoever writes to the files themselves: what the journal would put back after a crash must
    /// not be older than what they write.
    fn settled(&self) -> Result<MutexGuard<'_, ()>, StoreError> {
        let writer = self.writer();
        self.0.settle()?;
        Ok(writer)
    }

    /// Makes `changes` durable in the journal, then lets readers see the drafts that make them, in
    /// their order. Durable on return.
    ///
    /// # Errors
    /// The disk's. If the last draft failed, the changes may be there nevertheless.
    fn keep(&self, changes: &Changes, drafts: Vec<(&File, Draft)>) -> Result<(), StoreError> {
        let place = self.0.journal.note(changes)?;
        let mut left = drafts.len();
        for (file, draft) in drafts {
            left -= 1;
            let published = file.publish(draft);
            if published.is_err() && left > 0 {
                // The head does not move. If this fails as well, the next writer tries again.
                let _ = self.0.journal.take_back(place);
            }
            published?;
        }
        Ok(())
    }
}

impl Files {
    /// Makes the files durable, and empties the journal.
    fn settle(&self) -> Result<(), StoreError> {
        if self.journal.is_empty() {
            return Ok(());
        }
        let files = [&self.statements, &self.keys, &self.blobs, &self.log];
        if self.side_by_side {
            std::thread::scope(|scope| {
                let threads = files.map(|file| scope.spawn(|| file.make_durable()));
                threads.into_iter().map(joined).fold(Ok(()), Result::and)
            })?;
        } else {
            files.into_iter().try_for_each(File::make_durable)?;
        }
        self.journal.clear()
    }
}

impl Drop for Files {
    /// The next start does the same, should this fail.
    fn drop(&mut self) {
        let _ = self.settle();
    }
}

fn joined(thread: ScopedJoinHandle<'_, Result<(), StoreError>>) -> Result<(), StoreError> {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Store").field(&self.0.log.path()).finish()
    }
}
