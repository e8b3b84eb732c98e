//! Tables of versioned values under byte keys.
//!
//! A key is big-endian fields in a row, so that rows sort by community and then by index. A value
//! is a version byte and a payload; another version is an error that names file and table.

use super::changes::{Change, Changes};
use super::{Slot, StoreError};
use redb::{ReadOnlyTable, ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};
use sheaf_protocol::cbor::{self, Decode, Encode};
use std::ops::{ControlFlow, Range};
use std::path::Path;

/// A table: its name in the file, and the version of its values.
pub(super) struct Table {
    name: &'static str,
    version: u8,
}

impl Table {
    /// A table of version 1.
    pub(super) const fn new(name: &'static str) -> Self {
        Self { name, version: 1 }
    }

    fn definition(&self) -> TableDefinition<'static, &'static [u8], &'static [u8]> {
        TableDefinition::new(self.name)
    }
}

/// One snapshot of a file.
pub(super) struct Reading<'a> {
    txn: &'a ReadTransaction,
    path: &'a Path,
}

/// One write transaction on a file.
pub(super) struct Writing<'a> {
    txn: &'a WriteTransaction,
    path: &'a Path,
    notes: Option<Notes<'a>>,
}

/// Where the changes of a transaction are noted for the journal, and the tag of its file there.
#[derive(Clone, Copy)]
pub(super) struct Notes<'a> {
    pub(super) changes: &'a Changes,
    pub(super) file: u8,
}

/// A table opened in a transaction.
pub(super) struct Rows<'a, T> {
    rows: T,
    table: &'static Table,
    path: &'a Path,
    notes: Option<Notes<'a>>,
}

/// A table opened for reading.
pub(super) type ReadRows<'a> = Rows<'a, ReadOnlyTable<&'static [u8], &'static [u8]>>;
/// A table opened for writing.
pub(super) type WriteRows<'a> = Rows<'a, redb::Table<'a, &'static [u8], &'static [u8]>>;

impl<'a> Reading<'a> {
    pub(super) fn new(txn: &'a ReadTransaction, path: &'a Path) -> Self {
        Self { txn, path }
    }

    /// Whether each of `tables` exists.
    pub(super) fn has_all(&self, tables: &[&'static Table]) -> Result<bool, StoreError> {
        for table in tables {
            match self.txn.open_table(table.definition()) {
                Ok(_) => (),
                Err(redb::TableError::TableDoesNotExist(_)) => return Ok(false),
                Err(e) => return Err(StoreError::engine(self.path, table.name, e)),
            }
        }
        Ok(true)
    }

    /// Opens `table`, which [`Writing::create`] made.
    pub(super) fn open(&self, table: &'static Table) -> Result<ReadRows<'a>, StoreError> {
        let rows = self.txn.open_table(table.definition());
        let rows = rows.map_err(|e| StoreError::engine(self.path, table.name, e))?;
        Ok(Rows { rows, table, path: self.path, notes: None })
    }
}

impl<'a> Writing<'a> {
    pub(super) fn new(txn: &'a WriteTransaction, path: &'a Path) -> Self {
        Self { txn, path, notes: None }
    }

    /// As [`new`](Self::new), and what is changed is noted.
    pub(super) fn noted(txn: &'a WriteTransaction, path: &'a Path, notes: Notes<'a>) -> Self {
        Self { txn, path, notes: Some(notes) }
    }

    /// Opens `table`; only once at a time in one transaction.
    pub(super) fn open(&self, table: &'static Table) -> Result<WriteRows<'a>, StoreError> {
        let rows = self.txn.open_table(table.definition());
        let rows = rows.map_err(|e| StoreError::engine(self.path, table.name, e))?;
        Ok(Rows { rows, table, path: self.path, notes: self.notes })
    }

    /// Makes sure that each of `tables` exists.
    pub(super) fn create(&self, tables: &[&'static Table]) -> Result<(), StoreError> {
        tables.iter().try_for_each(|table| self.open(table).map(drop))
    }
}

impl<T: ReadableTable<&'static [u8], &'static [u8]>> Rows<'_, T> {
    /// The payload under `key`.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(value) = self.rows.get(key).map_err(|e| self.fail(e))? else { return Ok(None) };
        self.payload(value.value()).map(|p| Some(p.to_vec()))
    }

    /// The value under `key`.
    pub(super) fn get_as<V: Decode>(&self, key: &[u8]) -> Result<Option<V>, StoreError> {
        let Some(value) = self.rows.get(key).map_err(|e| self.fail(e))? else { return Ok(None) };
        self.decode(self.payload(value.value())?).map(Some)
    }

    /// Whether there is a row under `key`.
    pub(super) fn has(&self, key: &[u8]) -> Result<bool, StoreError> {
        self.rows.get(key).map(|v| v.is_some()).map_err(|e| self.fail(e))
    }

    /// The rows there are.
    pub(super) fn count(&self) -> Result<u64, StoreError> {
        self.rows.len().map_err(|e| self.fail(e))
    }

    /// Whether `range` has no rows.
    pub(super) fn is_empty(&self, range: &Range<Vec<u8>>) -> Result<bool, StoreError> {
        self.list(range, 1, |_, _| Ok(())).map(|rows| rows.is_empty())
    }

    /// Shows key and payload of every row of `range` in order, until `see` breaks.
    pub(super) fn each(
        &self,
        range: &Range<Vec<u8>>,
        mut see: impl FnMut(&[u8], &[u8]) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let range = range.start.as_slice()..range.end.as_slice();
        for row in self.rows.range(range).map_err(|e| self.fail(e))? {
            let (key, value) = row.map_err(|e| self.fail(e))?;
            if see(key.value(), self.payload(value.value())?)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The first `max` rows of `range`, as `pick` makes them.
    pub(super) fn list<V>(
        &self,
        range: &Range<Vec<u8>>,
        max: usize,
        mut pick: impl FnMut(&[u8], &[u8]) -> Result<V, StoreError>,
    ) -> Result<Vec<V>, StoreError> {
        let mut found = Vec::new();
        if max == 0 {
            return Ok(found);
        }
        self.each(range, |key, payload| {
            found.push(pick(key, payload)?);
            Ok(if found.len() < max { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        Ok(found)
    }

    /// Reads a payload.
    pub(super) fn decode<V: Decode>(&self, payload: &[u8]) -> Result<V, StoreError> {
        cbor::from_slice(payload).map_err(|e| self.corrupt(e.to_string()))
    }

    /// Reads the big-endian number that ends `bytes`.
    pub(super) fn number(&self, bytes: &[u8]) -> Result<u64, StoreError> {
        let tail = bytes.last_chunk().ok_or_else(|| self.corrupt("a short number".to_owned()))?;
        Ok(u64::from_be_bytes(*tail))
    }

    /// Reads the 32 bytes that end `bytes`.
    pub(super) fn array32(&self, bytes: &[u8]) -> Result<[u8; 32], StoreError> {
        bytes.last_chunk().copied().ok_or_else(|| self.corrupt("a short key".to_owned()))
    }

    /// The error that a row is not what was written.
    pub(super) fn corrupt(&self, what: String) -> StoreError {
        StoreError::Corrupt { file: self.path.into(), place: self.table.name, what }
    }

    /// The error that the log has no entry `index`.
    pub(super) fn beyond(&self, index: u64, size: u64) -> StoreError {
        StoreError::NotInLog { file: self.path.into(), index, size }
    }

    /// The error that a bounded table has no place left.
    pub(super) fn full(&self, max: u64) -> StoreError {
        StoreError::TableFull { file: self.path.into(), table: self.table.name, max }
    }

    fn payload<'v>(&self, value: &'v [u8]) -> Result<&'v [u8], StoreError> {
        match value.split_first() {
            Some((version, payload)) if *version == self.table.version => Ok(payload),
            Some((version, _)) => Err(StoreError::Version {
                file: self.path.into(),
                table: self.table.name,
                found: *version,
                known: self.table.version,
            }),
            None => Err(self.corrupt("an empty value".to_owned())),
        }
    }

    fn fail(&self, error: impl Into<redb::Error>) -> StoreError {
        StoreError::engine(self.path, self.table.name, error)
    }
}

impl WriteRows<'_> {
    /// Puts a payload under `key`, in the place of what was there.
    pub(super) fn put(&mut self, key: &[u8], payload: &[u8]) -> Result<(), StoreError> {
        let (path, table) = (self.path, self.table);
        let fail = |e| StoreError::engine(path, table.name, e);
        let place = self.rows.insert_reserve(key, payload.len() + 1);
        let mut place = place.map_err(fail)?;
        let (version, rest) = place.as_mut().split_at_mut(1);
        version.fill(table.version);
        rest.copy_from_slice(payload);
        note(self.notes, table, key, Some(place.as_mut()));
        Ok(())
    }

    /// Puts a value under `key`, in the place of what was there.
    pub(super) fn put_as<V: Encode>(&mut self, key: &[u8], value: &V) -> Result<(), StoreError> {
        self.put(key, &cbor::to_vec(value))
    }

    /// Removes the row under `key`; whether there was one.
    pub(super) fn remove(&mut self, key: &[u8]) -> Result<bool, StoreError> {
        let removed = self.rows.remove(key).map(|v| v.is_some());
        let removed = removed.map_err(|e| StoreError::engine(self.path, self.table.name, e))?;
        if removed {
            note(self.notes, self.table, key, None);
        }
        Ok(removed)
    }

    /// Removes the rows of `range`.
    pub(super) fn remove_range(&mut self, range: &Range<Vec<u8>>) -> Result<(), StoreError> {
        if self.notes.is_some() {
            let keys = self.list(range, usize::MAX, |key, _| Ok(key.to_vec()))?;
            return keys.iter().try_for_each(|key| self.remove(key).map(drop));
        }
        let bounds = range.start.as_slice()..range.end.as_slice();
        let removed = self.rows.retain_in(bounds, |_, _| false);
        removed.map_err(|e| StoreError::engine(self.path, self.table.name, e))
    }
}

fn note(notes: Option<Notes<'_>>, table: &Table, key: &[u8], value: Option<&[u8]>) {
    if let Some(Notes { changes, file }) = notes {
        changes.add(&Change { file, table: table.name, key, value });
    }
}

/// Key of what belongs to a community as a whole.
pub(super) fn slot_key(slot: Slot) -> [u8; 4] {
    slot.0.to_be_bytes()
}

/// Key of an entry's row.
pub(super) fn row_key(slot: Slot, index: u64) -> [u8; 12] {
    let mut key = [0; 12];
    key[..4].copy_from_slice(&slot_key(slot));
    key[4..].copy_from_slice(&index.to_be_bytes());
    key
}

/// Key under a community and 32 bytes: a public key, a hash, a commitment.
pub(super) fn named_key(slot: Slot, name: &[u8; 32]) -> [u8; 36] {
    let mut key = [0; 36];
    key[..4].copy_from_slice(&slot_key(slot));
    key[4..].copy_from_slice(name);
    key
}

/// All rows of a community.
pub(super) fn slot_range(slot: Slot) -> Range<Vec<u8>> {
    slot_key(slot).to_vec()..after(&slot_key(slot))
}

/// The rows of a community's entries from `index` on.
pub(super) fn rows_from(slot: Slot, index: u64) -> Range<Vec<u8>> {
    row_key(slot, index).to_vec()..after(&slot_key(slot))
}

/// All keys that start with `prefix`.
pub(super) fn prefixed(prefix: &[u8]) -> Range<Vec<u8>> {
    prefix.to_vec()..after(prefix)
}

/// All keys after the one given, within its community.
pub(super) fn past(slot: Slot, key: &[u8]) -> Range<Vec<u8>> {
    let mut start = key.to_vec();
    start.push(0);
    start..after(&slot_key(slot))
}

/// The first key after all that start with `prefix`; for all ones, a key longer than any we make.
fn after(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return end;
        }
    }
    vec![u8::MAX; 256]
}
