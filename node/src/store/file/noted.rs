//! Writing by way of the journal: drafts that wait for it, and putting back what it has.

use super::{File, guarded};
use crate::store::changes::{self, Change, Changes};
use crate::store::error::Failure;
use crate::store::table::{Notes, Writing};
use crate::store::{StoreError, name};
use redb::{Database, Durability, TableDefinition, WriteTransaction};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

/// A transaction that waits until the journal has what it changes.
pub(in crate::store) struct Draft(WriteTransaction);

impl File {
    /// Writes in a transaction that nobody sees and that is not durable: the journal is to have
    /// `changes` first, to which what is written is added; then [`publish`](Self::publish) it.
    pub(in crate::store) fn draft<E: Failure>(
        &self,
        changes: &Changes,
        write: impl FnOnce(&Writing<'_>) -> Result<(), E>,
    ) -> Result<Draft, E> {
        self.open_if_there_is_room()?;
        let drafted = self.try_draft(changes, write);
        if drafted.is_err() {
            self.strays.store(true, Ordering::Relaxed);
        }
        if drafted.as_ref().is_err_and(Failure::is_disk_full) {
            self.close_for_want_of_room();
        }
        drafted
    }

    fn try_draft<E: From<StoreError>>(
        &self,
        changes: &Changes,
        write: impl FnOnce(&Writing<'_>) -> Result<(), E>,
    ) -> Result<Draft, E> {
        let db = self.db.read().unwrap_or_else(PoisonError::into_inner);
        guarded(&self.path, || {
            let db = db.as_ref().ok_or_else(|| self.lost())?;
            let txn = self.begin_undurable(db)?;
            let notes = Notes { changes, file: self.tag };
            write(&Writing::noted(&txn, &self.path, notes))?;
            Ok(Draft(txn))
        })
    }

    fn begin_undurable(&self, db: &Database) -> Result<WriteTransaction, StoreError> {
        let mut txn = db.begin_write().map_err(|e| self.fail("begin", e))?;
        txn.set_durability(Durability::None).map_err(|e| self.fail("begin", e))?;
        Ok(txn)
    }

    /// Lets readers see a draft. It is durable in the journal; here, after the next
    /// [`write`](Self::write).
    pub(in crate::store) fn publish(&self, Draft(txn): Draft) -> Result<(), StoreError> {
        let published = guarded(&self.path, || txn.commit().map_err(|e| self.fail("commit", e)));
        if published.is_err() {
            self.unsure.store(true, Ordering::Relaxed);
            self.strays.store(true, Ordering::Relaxed);
        }
        if published.as_ref().is_err_and(Failure::is_disk_full) {
            self.close_for_want_of_room();
        }
        published
    }

    /// Makes durable what was published.
    pub(in crate::store) fn make_durable(&self) -> Result<(), StoreError> {
        if self.given_up().is_some() { Ok(()) } else { self.write(|_| Ok(())) }
    }

    /// Opens the file, and puts back what is durable in the journal alone.
    pub(super) fn opened(&self) -> Result<Database, StoreError> {
        let db = self.database(&self.path)?;
        guarded(&self.path, || {
            let mut txn = None;
            self.journal.each(|record| self.put_back_of(record, &db, &mut txn))?;
            txn.map_or(Ok(()), |txn| txn.commit().map_err(|e| self.fail("commit", e)))
        })?;
        Ok(db)
    }

    fn put_back_of(
        &self,
        mut record: &[u8],
        db: &Database,
        txn: &mut Option<WriteTransaction>,
    ) -> Result<(), StoreError> {
        while !record.is_empty() {
            let change = changes::first(&mut record);
            let change = change.ok_or_else(|| self.journal.corrupt("it holds no changes"))?;
            if change.file != self.tag {
                continue;
            }
            match txn {
                Some(txn) => self.put_back(txn, &change)?,
                None => self.put_back(txn.insert(self.begin_undurable(db)?), &change)?,
            }
        }
        Ok(())
    }

    fn put_back(&self, txn: &WriteTransaction, change: &Change<'_>) -> Result<(), StoreError> {
        let definition: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new(change.table);
        let mut rows = txn.open_table(definition).map_err(|e| self.fail("journal", e))?;
        let put = match change.value {
            Some(value) => rows.insert(change.key, value).map(drop),
            None => rows.remove(change.key).map(drop),
        };
        put.map_err(|e| self.fail("journal", e))
    }
}

/// What the journal calls a file. It never changes.
pub(super) fn tag_of(file: &str) -> u8 {
    match file {
        name::LOG => 1,
        name::STATEMENTS => 2,
        name::KEYS => 3,
        name::BLOBS => 4,
        // The review queue is not written by way of the journal.
        _ => 0,
    }
}
