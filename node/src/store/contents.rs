//! Statements, chat keys and blobs: what may be erased, each kind in its own file.

use super::changes::Changes;
use super::file::{Draft, File};
use super::large::{LARGE, refer, unrefer};
use super::rows::{Blob, Contents, Held};
use super::table::{ReadRows, Table, Writing, row_key, rows_from};
use super::{Slot, Store, StoreError};
use sheaf_protocol::seal::ChatKey;

/// (slot, index) -> [`Held`], in statements.redb
pub(super) static STATEMENTS: Table = Table::new("statements");
/// (slot, index) -> 32 bytes, in keys.redb
pub(super) static KEYS: Table = Table::new("keys");
/// (slot, index) -> [`Blob`], in blobs.redb
pub(super) static BLOBS: Table = Table::new("blobs");

/// Contents on their way in, by index, ascending.
pub(super) struct Incoming<'a> {
    pub(super) index: u64,
    pub(super) statement: Option<&'a Held>,
    pub(super) key: Option<&'a ChatKey>,
    pub(super) blob: Option<&'a Blob>,
}

impl Store {
    /// The statement of an entry, if it is held.
    pub fn statement(&self, slot: Slot, index: u64) -> Result<Option<Held>, StoreError> {
        self.0.statements.read(|r| r.open(&STATEMENTS)?.get_as(&row_key(slot, index)))
    }

    /// Up to `max` statements with their indices, from index `from` on. Holes are left out.
    pub fn statements(
        &self,
        slot: Slot,
        from: u64,
        max: usize,
    ) -> Result<Vec<(u64, Held)>, StoreError> {
        self.0.statements.read(|r| {
            let rows = r.open(&STATEMENTS)?;
            rows.list(&rows_from(slot, from), max, |key, payload| {
                Ok((rows.number(key)?, rows.decode(payload)?))
            })
        })
    }

    /// The key of the chat of an entry, if it is held.
    pub fn key(&self, slot: Slot, index: u64) -> Result<Option<ChatKey>, StoreError> {
        self.0.keys.read(|r| key_under(&r.open(&KEYS)?, slot, index))
    }

    /// The sealed chat of an entry, if it is held.
    pub fn blob(&self, slot: Slot, index: u64) -> Result<Option<Blob>, StoreError> {
        self.0.blobs.read(|r| r.open(&BLOBS)?.get_as(&row_key(slot, index)))
    }

    /// All that is held for each of `indices`, in their order. Of a file that was given up nothing
    /// is held.
    pub fn contents(&self, slot: Slot, indices: &[u64]) -> Result<Vec<Contents>, StoreError> {
        let mut found = vec![Contents::default(); indices.len()];
        self.0.statements.read(|r| {
            let rows = r.open(&STATEMENTS)?;
            each(indices, &mut found, |i, c| {
                c.statement = rows.get_as(&row_key(slot, i))?;
                Ok(())
            })
        })?;
        let keys = self.0.keys.read(|r| {
            let rows = r.open(&KEYS)?;
            each(indices, &mut found, |i, c| {
                c.key = key_under(&rows, slot, i)?;
                Ok(())
            })
        });
        or_none(keys)?;
        let blobs = self.0.blobs.read(|r| {
            let rows = r.open(&BLOBS)?;
            each(indices, &mut found, |i, c| {
                c.blob = rows.get_as(&row_key(slot, i))?;
                Ok(())
            })
        });
        or_none(blobs)?;
        Ok(found)
    }

    /// Drafts that put contents into their files, in the order in which readers may see them.
    pub(super) fn draft_contents(
        &self,
        slot: Slot,
        incoming: &[Incoming<'_>],
        changes: &Changes,
    ) -> Result<Vec<(&File, Draft)>, StoreError> {
        let drafts = [
            self.draft_blobs(slot, incoming, changes)?,
            self.draft_keys(slot, incoming, changes)?,
            self.draft_statements(slot, incoming, changes)?,
        ];
        Ok(drafts.into_iter().flatten().collect())
    }

    fn draft_blobs(
        &self,
        slot: Slot,
        incoming: &[Incoming<'_>],
        changes: &Changes,
    ) -> Result<Option<(&File, Draft)>, StoreError> {
        let blobs: Vec<_> = incoming.iter().filter_map(|c| Some((c.index, c.blob?))).collect();
        draft(&self.0.blobs, blobs.is_empty(), changes, |w| {
            for key in replaced(w, slot, &blobs)? {
                unrefer(w, &BLOBS, &LARGE, &key)?;
            }
            blobs.iter().try_for_each(|(i, blob)| refer(w, &LARGE, &row_key(slot, *i), blob))?;
            let mut rows = w.open(&BLOBS)?;
            blobs.iter().try_for_each(|(index, blob)| rows.put_as(&row_key(slot, *index), *blob))
        })
    }

    fn draft_keys(
        &self,
        slot: Slot,
        incoming: &[Incoming<'_>],
        changes: &Changes,
    ) -> Result<Option<(&File, Draft)>, StoreError> {
        let keys: Vec<_> = incoming.iter().filter_map(|c| Some((c.index, c.key?))).collect();
        draft(&self.0.keys, keys.is_empty(), changes, |w| {
            let mut rows = w.open(&KEYS)?;
            keys.iter().try_for_each(|(i, key)| rows.put(&row_key(slot, *i), &key.to_bytes()[..]))
        })
    }

    fn draft_statements(
        &self,
        slot: Slot,
        incoming: &[Incoming<'_>],
        changes: &Changes,
    ) -> Result<Option<(&File, Draft)>, StoreError> {
        let held: Vec<_> = incoming.iter().filter_map(|c| Some((c.index, c.statement?))).collect();
        draft(&self.0.statements, held.is_empty(), changes, |w| {
            let mut rows = w.open(&STATEMENTS)?;
            held.iter().try_for_each(|(index, held)| rows.put_as(&row_key(slot, *index), *held))
        })
    }
}

fn draft<'a>(
    file: &'a File,
    nothing: bool,
    changes: &Changes,
    write: impl FnOnce(&Writing<'_>) -> Result<(), StoreError>,
) -> Result<Option<(&'a File, Draft)>, StoreError> {
    if nothing {
        return Ok(None);
    }
    Ok(Some((file, file.draft(changes, write)?)))
}

/// The rows of `blobs` that are there already, left by an append that failed in between.
fn replaced(
    w: &Writing<'_>,
    slot: Slot,
    blobs: &[(u64, &Blob)],
) -> Result<Vec<[u8; 12]>, StoreError> {
    let rows = w.open(&BLOBS)?;
    let mut found = Vec::new();
    for key in blobs.iter().map(|(index, _)| row_key(slot, *index)) {
        if rows.has(&key)? {
            found.push(key);
        }
    }
    Ok(found)
}

fn or_none(read: Result<(), StoreError>) -> Result<(), StoreError> {
    match read {
        Err(StoreError::Unreadable { .. }) => Ok(()),
        read => read,
    }
}

fn each(
    indices: &[u64],
    found: &mut [Contents],
    mut read: impl FnMut(u64, &mut Contents) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    indices.iter().zip(found).try_for_each(|(index, contents)| read(*index, contents))
}

fn key_under(rows: &ReadRows<'_>, slot: Slot, index: u64) -> Result<Option<ChatKey>, StoreError> {
    let bytes = rows.get(&row_key(slot, index))?.map(zeroize::Zeroizing::new);
    bytes.map(|b| rows.array32(&b).map(ChatKey::from_bytes)).transpose()
}
