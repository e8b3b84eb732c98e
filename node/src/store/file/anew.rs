//! Writing a file anew under another name, and putting it in the place of the old one: the name leads
//! to the one or the other, whole, whenever a crash comes.

use super::{File, guarded};
use crate::store::StoreError;
use crate::store::error::Failure as _;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, TableHandle};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

impl File {
    /// Makes the database under another name first: the engine takes a file whose creation a crash
    /// cut off for one that is not its own.
    pub(super) fn create(&self) -> Result<Database, StoreError> {
        let db = self.database(&rewritten(&self.path))?;
        self.put_in_place()?;
        Ok(db)
    }

    fn put_in_place(&self) -> Result<(), StoreError> {
        let new = rewritten(&self.path);
        self.disk.sync_file(&new).map_err(|e| StoreError::io(&new, e))?;
        self.disk.rename(&new, &self.path).map_err(|e| StoreError::io(&self.path, e))?;
        self.sync_parent()
    }

    fn copy(&self, db: &Database) -> Result<Database, StoreError> {
        let copy = self.database(&rewritten(&self.path))?;
        guarded(&self.path, || copy_rows(db, &copy).map_err(|e| self.fail("rewriting", e)))?;
        Ok(copy)
    }

    /// Copies the bytes of a file that is not open. After a sync failed, the system may go on to show
    /// what never reached the disk, and not say so again. The engine's ordinary commits do not trust
    /// such bytes; of a compaction it takes the last ones for good, and a power cut would then leave
    /// a damaged file. What is copied is on the disk.
    pub(in crate::store) fn copy_bytes(&self) -> Result<(), StoreError> {
        let copied = self.disk.copy(&self.path, &rewritten(&self.path));
        let copied = copied.map_err(|e| StoreError::io(&self.path, e));
        match copied.and_then(|()| self.put_in_place()) {
            // What there is no room for now is done at a later start.
            Err(error) if error.is_disk_full() => self.remove_copy(),
            copied => copied,
        }
    }

    /// Copies the live rows to a new file and puts it in the place of this one.
    ///
    /// A crash before the rename leaves the old file, after it the new one. If it fails from the
    /// rename on, the name may lead to either: then nothing goes on in this file until a start
    /// finds out, because what is written to a file without a name is lost.
    pub(in crate::store) fn rewrite(&self) -> Result<(), StoreError> {
        let mut db = self.db.write().unwrap_or_else(PoisonError::into_inner);
        self.remove_copy()?;
        let copied = self.copy(db.as_ref().ok_or_else(|| self.lost())?);
        if copied.is_err() {
            // It holds rows that may be erased before the next start; a scrub looks again.
            let _ = self.remove_copy();
        }
        let copy = copied?;
        let _old = db.take();
        self.put_in_place()?;
        *db = Some(copy);
        self.strays.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Removes the copy that a failed rewriting left: what is erased would live on in it.
    pub(in crate::store) fn remove_copy(&self) -> Result<(), StoreError> {
        let copy = rewritten(&self.path);
        match self.disk.remove(&copy) {
            Ok(()) => self.sync_parent(),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(StoreError::io(copy, e)),
        }
    }
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
