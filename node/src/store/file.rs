//! One redb file: transactions, compaction, and rewriting without what was deleted.
//!
//! Whoever reads or writes holds the lock shared; `compact` and `rewrite` hold it alone, so readers
//! wait for them. No guard or transaction leaves a closure: what is read is copied out.

mod anew;
mod noted;

pub(super) use noted::Draft;

use super::StoreError;
use super::disk::Disk;
use super::error::Failure;
use super::journal::Journal;
use super::overlay::ReadOnlyDisk;
use super::scan::{Finder, Found};
use super::table::{Reading, Writing};
use redb::{Database, ReadableDatabase};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// A database file of the store.
pub(super) struct File {
    disk: Arc<dyn Disk>,
    journal: Arc<Journal>,
    /// What the journal calls this file.
    tag: u8,
    path: PathBuf,
    cache_bytes: usize,
    /// None if the file did not read, after a full disk, and once a rewriting failed so late that
    /// nobody knows which file has the name.
    db: RwLock<Option<Database>>,
    /// Why the file did not read when it was opened.
    given_up: OnceLock<String>,
    /// The disk was full: the database waits to be opened again.
    waits_for_room: AtomicBool,
    /// Whether free pages may hold bytes of rows that were never committed.
    strays: AtomicBool,
    /// Whether a commit failed: it may be there nevertheless.
    unsure: AtomicBool,
}

/// Where a file lies, and what it works with.
#[derive(Clone)]
pub(super) struct Folder {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) dir: PathBuf,
    pub(super) journal: Arc<Journal>,
}

/// How far the bytes of a file are believed when it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Belief {
    /// What it holds is on the disk.
    Sure,
    /// A compaction may have failed in an earlier run.
    Doubtful,
}

/// What was there where a file should be.
enum Place {
    Found,
    Empty,
}

impl File {
    /// Opens or creates `dir/name`; removes what an interrupted creation or rewriting left.
    pub(super) fn open(
        folder: &Folder,
        name: &str,
        cache_bytes: usize,
        belief: Belief,
    ) -> Result<Self, StoreError> {
        let (file, opened) = Self::try_open(folder, name, cache_bytes, belief);
        opened.map(|()| file).map_err(|(error, _)| error)
    }

    /// The same for a file that a node can do without: one that is there and does not read is given
    /// up, and every use of it answers [`StoreError::Unreadable`].
    pub(super) fn open_or_give_up(
        folder: &Folder,
        name: &str,
        cache_bytes: usize,
        belief: Belief,
    ) -> Result<Self, StoreError> {
        let (file, opened) = Self::try_open(folder, name, cache_bytes, belief);
        match opened {
            Err((error, Place::Found)) if error.is_of_file() => file.give_up(&error),
            Err((error, _)) => return Err(error),
            Ok(()) => {}
        }
        Ok(file)
    }

    fn try_open(
        folder: &Folder,
        name: &str,
        cache_bytes: usize,
        belief: Belief,
    ) -> (Self, Result<(), (StoreError, Place)>) {
        let Folder { disk, dir, journal } = folder.clone();
        let path = dir.join(name);
        let exists = disk.exists(&path);
        let place = if matches!(exists, Ok(false)) { Place::Empty } else { Place::Found };
        let file = Self {
            disk,
            journal,
            tag: noted::tag_of(name),
            path,
            cache_bytes,
            db: RwLock::new(None),
            given_up: OnceLock::new(),
            waits_for_room: AtomicBool::new(false),
            // What an earlier run was writing when it ended, nobody knows.
            strays: AtomicBool::new(matches!(exists, Ok(true))),
            unsure: AtomicBool::new(false),
        };
        let opened = exists.map_err(|e| StoreError::io(&file.path, e));
        let opened = opened.and_then(|exists| {
            file.remove_copy()?;
            if exists && belief == Belief::Doubtful {
                file.copy_bytes()?;
            }
            let db = if exists { file.opened()? } else { file.create()? };
            *file.db.write().unwrap_or_else(PoisonError::into_inner) = Some(db);
            Ok(())
        });
        (file, opened.map_err(|error| (error, place)))
    }

    /// Uses the file no more, because of `error`.
    pub(super) fn give_up(&self, error: &StoreError) {
        self.given_up.get_or_init(|| error.to_string());
        *self.db.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Why the file was given up, if it was.
    pub(super) fn given_up(&self) -> Option<&str> {
        self.given_up.get().map(String::as_str)
    }

    /// Where the file is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `read` on one snapshot.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&Reading<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.open_if_there_is_room()?;
        let db = self.db.read().unwrap_or_else(PoisonError::into_inner);
        guarded(&self.path, || {
            let db = db.as_ref().ok_or_else(|| self.lost())?;
            let txn = db.begin_read().map_err(|e| self.fail("begin", e))?;
            read(&Reading::new(&txn, &self.path))
        })
    }

    /// Runs `write` in one durable transaction: all of it, or on an error nothing.
    pub(super) fn write<T, E: Failure>(
        &self,
        write: impl FnOnce(&Writing<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.open_if_there_is_room()?;
        let written = self.try_write(write);
        if written.as_ref().is_err_and(Failure::is_disk_full) {
            self.close_for_want_of_room();
        }
        written
    }

    fn try_write<T, E: From<StoreError>>(
        &self,
        write: impl FnOnce(&Writing<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let db = self.db.read().unwrap_or_else(PoisonError::into_inner);
        // Of this transaction alone: others may commit at this moment, and well.
        let committing = Cell::new(false);
        let written = guarded(&self.path, || {
            let db = db.as_ref().ok_or_else(|| self.lost())?;
            let mut txn = db.begin_write().map_err(|e| self.fail("begin", e))?;
            // A crash must not cost a walk through the whole file at the next start.
            txn.set_quick_repair(true);
            let value = write(&Writing::new(&txn, &self.path))?;
            committing.set(true);
            txn.commit().map_err(|e| self.fail("commit", e))?;
            committing.set(false);
            Ok(value)
        });
        if committing.get() {
            self.unsure.store(true, Ordering::Relaxed);
        }
        if written.is_err() {
            self.strays.store(true, Ordering::Relaxed);
        }
        written
    }

    /// Refuses when a commit of this run failed: whether it is there, only opening the file again
    /// can tell. What depends on it in other files must not be written then.
    pub(super) fn be_sure(&self) -> Result<(), StoreError> {
        self.open_if_there_is_room()?;
        if !self.unsure.load(Ordering::Relaxed) {
            return Ok(());
        }
        let what = "an earlier write failed, and may be there nevertheless".to_owned();
        Err(StoreError::Engine { file: self.path.clone(), place: "commit", what })
    }

    /// Whether the file may hold bytes that no row ever led to: of a write that failed, or that
    /// the end of an earlier run cut off. [`rewrite`](Self::rewrite) leaves them behind.
    pub(super) fn may_hold_strays(&self) -> bool {
        self.strays.load(Ordering::Relaxed)
    }

    /// Gives free pages back to the file system, as far as the engine does. Durable on return: the
    /// engine does not sync its last cut, and a crash would bring back what stood behind it.
    pub(super) fn compact(&self) -> Result<(), StoreError> {
        self.open_if_there_is_room()?;
        let compacted = self.try_compact();
        if compacted.as_ref().is_err_and(Failure::is_disk_full) {
            self.close_for_want_of_room();
        }
        compacted
    }

    fn try_compact(&self) -> Result<(), StoreError> {
        let mut db = self.db.write().unwrap_or_else(PoisonError::into_inner);
        guarded(&self.path, || {
            let db = db.as_mut().ok_or_else(|| self.lost())?;
            db.compact().map(drop).map_err(|e| self.fail("compaction", e))
        })?;
        self.disk.sync_file(&self.path).map_err(|e| StoreError::io(&self.path, e))
    }

    /// After a full disk the engine refuses even to read. Closed, and opened again by whoever comes
    /// next, it stands where its last commit left it: pages are written before a commit names them,
    /// so what found no room was not committed. What is durable in the journal alone is put back.
    fn close_for_want_of_room(&self) {
        let mut db = self.db.write().unwrap_or_else(PoisonError::into_inner);
        *db = None;
        self.waits_for_room.store(true, Ordering::Release);
    }

    fn open_if_there_is_room(&self) -> Result<(), StoreError> {
        if !self.waits_for_room.load(Ordering::Acquire) {
            return Ok(());
        }
        let mut db = self.db.write().unwrap_or_else(PoisonError::into_inner);
        if db.is_none() {
            *db = Some(self.opened()?);
            // What is there now is there: nobody was told otherwise.
            self.unsure.store(false, Ordering::Relaxed);
        }
        self.waits_for_room.store(false, Ordering::Release);
        Ok(())
    }

    /// Which of the needles stand in the file.
    pub(super) fn search(&self, finder: &Finder) -> Result<Found, StoreError> {
        let found = self.disk.read(&self.path).and_then(|file| finder.in_file(file));
        found.map_err(|e| StoreError::io(&self.path, e))
    }

    fn database(&self, path: &Path) -> Result<Database, StoreError> {
        let mut builder = Database::builder();
        builder.set_cache_size(self.cache_bytes);
        let open = || self.disk.database(path, &builder);
        guarded(path, || open().map_err(|e| StoreError::engine(path, "opening", e)))
    }

    /// Makes creations, renames and removals in the folder of the file durable.
    fn sync_parent(&self) -> Result<(), StoreError> {
        let Some(dir) = self.path.parent() else { return Ok(()) };
        self.disk.sync_dir(dir).map_err(|e| StoreError::io(dir, e))
    }

    fn fail(&self, place: &'static str, error: impl Into<redb::Error>) -> StoreError {
        StoreError::engine(&self.path, place, error)
    }

    fn lost(&self) -> StoreError {
        if let Some(why) = self.given_up() {
            return StoreError::Unreadable { file: self.path.clone(), why: why.to_owned() };
        }
        let what = "writing the file anew failed before it was sure".to_owned();
        StoreError::Engine { file: self.path.clone(), place: "rewriting", what }
    }
}

/// Whether a database reads, whoever's it is; nothing of it is changed.
pub(super) fn check(path: &Path) -> Result<(), StoreError> {
    let open = || ReadOnlyDisk.database(path, &Database::builder());
    guarded(path, || open().map(drop).map_err(|e| StoreError::engine(path, "opening", e)))
}

/// redb checks its pages only after a crash, and panics on some that were altered otherwise: for us
/// that is a damaged file like any other. It poisons its own locks, so nothing goes on in that file.
fn guarded<T, E: From<StoreError>>(
    path: &Path,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason");
        let what = format!("the database engine gave up: {said}");
        Err(StoreError::Corrupt { file: path.into(), place: "a page", what }.into())
    })
}
