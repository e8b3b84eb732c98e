//! One redb file: transactions, compaction, and rewriting without what was deleted.
//!
//! Whoever reads or writes holds the lock shared; `compact` and `rewrite` hold it alone, so readers
//! wait for them. No guard or transaction leaves a closure: what is read is copied out.

use super::StoreError;
use super::table::{Reading, Writing};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, TableHandle};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

/// A database file of the store.
pub(super) struct File {
    path: PathBuf,
    cache_bytes: usize,
    db: RwLock<Database>,
}

impl File {
    /// Opens or creates `dir/name`; removes what an interrupted rewriting left.
    pub(super) fn open(dir: &Path, name: &str, cache_bytes: usize) -> Result<Self, StoreError> {
        let path = dir.join(name);
        remove_if_there(&rewritten(&path))?;
        let db = open_database(&path, cache_bytes)?;
        Ok(Self { path, cache_bytes, db: RwLock::new(db) })
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
        let db = self.db.read().unwrap_or_else(PoisonError::into_inner);
        guarded(&self.path, || {
            let txn = db.begin_read().map_err(|e| self.fail("begin", e))?;
            read(&Reading::new(&txn, &self.path))
        })
    }

    /// Runs `write` in one durable transaction: all of it, or on an error nothing.
    pub(super) fn write<T, E: From<StoreError>>(
        &self,
        write: impl FnOnce(&Writing<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let db = self.db.read().unwrap_or_else(PoisonError::into_inner);
        guarded(&self.path, || {
            let mut txn = db.begin_write().map_err(|e| self.fail("begin", e))?;
            // A crash must not cost a walk through the whole file at the next start.
            txn.set_quick_repair(true);
            let value = write(&Writing::new(&txn, &self.path))?;
            txn.commit().map_err(|e| self.fail("commit", e))?;
            Ok(value)
        })
    }

    /// Gives free pages back to the file system, as far as the engine does.
    pub(super) fn compact(&self) -> Result<(), StoreError> {
        let mut db = self.db.write().unwrap_or_else(PoisonError::into_inner);
        guarded(&self.path, || db.compact().map(drop).map_err(|e| self.fail("compaction", e)))
    }

    /// Copies the live rows to a new file and puts it in the place of this one.
    ///
    /// A crash before the rename leaves the old file, after it the new one.
    pub(super) fn rewrite(&self) -> Result<(), StoreError> {
        let mut db = self.db.write().unwrap_or_else(PoisonError::into_inner);
        let path = rewritten(&self.path);
        remove_if_there(&path)?;
        let copy = open_database(&path, self.cache_bytes)?;
        guarded(&self.path, || copy_rows(&db, &copy).map_err(|e| self.fail("rewriting", e)))?;
        sync_file(&path)?;
        fs::rename(&path, &self.path).map_err(|e| StoreError::io(&self.path, e))?;
        sync_parent(&self.path)?;
        *db = copy;
        Ok(())
    }

    fn fail(&self, place: &'static str, error: impl Into<redb::Error>) -> StoreError {
        StoreError::engine(&self.path, place, error)
    }
}

/// The only place where a database is made: a test puts its own storage under it here.
fn open_database(path: &Path, cache_bytes: usize) -> Result<Database, StoreError> {
    let mut builder = Database::builder();
    builder.set_cache_size(cache_bytes);
    guarded(path, || builder.create(path).map_err(|e| StoreError::engine(path, "opening", e)))
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

fn copy_rows(from: &Database, to: &Database) -> Result<(), redb::Error> {
    let read = from.begin_read()?;
    let mut write = to.begin_write()?;
    write.set_quick_repair(true);
    for table in read.list_tables()? {
        let definition: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new(table.name());
        let mut copy = write.open_table(definition)?;
        for row in read.open_table(definition)?.iter()? {
            let (key, value) = row?;
            copy.insert(key.value(), value.value())?;
        }
    }
    write.commit()?;
    Ok(())
}

fn rewritten(path: &Path) -> PathBuf {
    path.with_extension("redb.new")
}

fn remove_if_there(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(StoreError::io(path, e)),
        _ => Ok(()),
    }
}

fn sync_file(path: &Path) -> Result<(), StoreError> {
    fs::File::open(path).and_then(|f| f.sync_all()).map_err(|e| StoreError::io(path, e))
}

/// Makes creations and renames in the folder of `path` durable.
fn sync_parent(path: &Path) -> Result<(), StoreError> {
    let Some(dir) = path.parent() else { return Ok(()) };
    crate::home::sync_dir(dir).map_err(|e| StoreError::io(dir, e))
}
