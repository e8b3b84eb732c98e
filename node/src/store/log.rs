//! Heads, entries, tree nodes, and the indexes over entries.

use super::rows::{EntryRow, Head};
use super::table::{ReadRows, Rows, Table, named_key, prefixed, row_key, rows_from, slot_key};
use super::{Holding, Slot, Store, StoreError};
use redb::ReadableTable;
use sheaf_protocol::id::{EntryCommitment, PublicKey, TreeHash};
use sheaf_protocol::log::{Frontier, NodeId};
use sheaf_protocol::time::Day;
use std::ops::Range;

/// slot -> [`HeadRow`]
pub(super) static HEADS: Table = Table::new("heads");
/// slot -> encoded fold
pub(super) static SNAPSHOTS: Table = Table::new("snapshots");
/// (slot, index) -> [`EntryRow`]
pub(super) static ENTRIES: Table = Table::new("entries");
/// (slot, level, index) -> hash
pub(super) static NODES: Table = Table::new("nodes");
/// (slot, control key) -> index
pub(super) static CONTROLS: Table = Table::new("controls");
/// (slot, commitment) -> index
pub(super) static COMMITMENTS: Table = Table::new("commitments");
/// (slot, index) of entries whose rest is still to be fetched
pub(super) static WANTED: Table = Table::new("wanted");
/// (slot, day, index) of entries with a due day that are not erased
pub(super) static DUE: Table = Table::new("due");

/// [`Head`] without its snapshot.
pub(super) struct HeadRow {
    pub(super) size: u64,
    pub(super) checkpoint: String,
    pub(super) frontier: Frontier,
}
sheaf_protocol::record!(HeadRow { size, checkpoint, frontier });

impl Store {
    /// The head of a log; none before the first append.
    pub fn head(&self, slot: Slot) -> Result<Option<Head>, StoreError> {
        self.0.log.read(|r| {
            let Some(row) = r.open(&HEADS)?.get_as::<HeadRow>(&slot_key(slot))? else {
                return Ok(None);
            };
            let snapshot = r.open(&SNAPSHOTS)?.get(&slot_key(slot))?.unwrap_or_default();
            let HeadRow { size, checkpoint, frontier } = row;
            Ok(Some(Head { size, checkpoint, frontier, snapshot }))
        })
    }

    /// Up to `max` entries from index `from` on, in order, without gaps.
    pub fn entries(&self, slot: Slot, from: u64, max: usize) -> Result<Vec<EntryRow>, StoreError> {
        self.0.log.read(|r| {
            let rows = r.open(&ENTRIES)?;
            let mut expected = from;
            rows.list(&rows_from(slot, from), max, |key, payload| {
                let index = rows.number(key)?;
                if index != expected {
                    return Err(rows.corrupt(format!("entry {expected} is missing")));
                }
                expected += 1;
                rows.decode(payload)
            })
        })
    }

    /// One entry.
    pub fn entry(&self, slot: Slot, index: u64) -> Result<Option<EntryRow>, StoreError> {
        self.0.log.read(|r| r.open(&ENTRIES)?.get_as(&row_key(slot, index)))
    }

    /// The hash of a complete tree node.
    pub fn node_hash(&self, slot: Slot, id: NodeId) -> Result<Option<TreeHash>, StoreError> {
        self.0.log.read(|r| {
            let rows = r.open(&NODES)?;
            let hash = rows.get(&node_key(slot, id))?;
            hash.map(|bytes| rows.array32(&bytes).map(TreeHash)).transpose()
        })
    }

    /// The entry that a control key governs.
    pub fn index_of_control(
        &self,
        slot: Slot,
        control: &PublicKey,
    ) -> Result<Option<u64>, StoreError> {
        self.0.log.read(|r| index_under(&r.open(&CONTROLS)?, &named_key(slot, &control.0)))
    }

    /// The entry with this commitment.
    pub fn index_of_commitment(
        &self,
        slot: Slot,
        commitment: &EntryCommitment,
    ) -> Result<Option<u64>, StoreError> {
        self.0.log.read(|r| index_under(&r.open(&COMMITMENTS)?, &named_key(slot, &commitment.0)))
    }

    /// Up to `max` indices with [`Holding::Wanted`], from `from` on.
    pub fn wanted(&self, slot: Slot, from: u64, max: usize) -> Result<Vec<u64>, StoreError> {
        self.0.log.read(|r| {
            let rows = r.open(&WANTED)?;
            rows.list(&rows_from(slot, from), max, |key, _| rows.number(key))
        })
    }

    /// Up to `max` entries, not yet erased, whose due day is `ended` or earlier.
    pub fn due(&self, slot: Slot, ended: Day, max: usize) -> Result<Vec<u64>, StoreError> {
        self.0.log.read(|r| {
            let rows = r.open(&DUE)?;
            rows.list(&due_until(slot, ended), max, |key, _| rows.number(key))
        })
    }
}

/// The index stored under `key`.
pub(super) fn index_under(rows: &ReadRows<'_>, key: &[u8]) -> Result<Option<u64>, StoreError> {
    rows.get(key)?.map(|bytes| rows.number(&bytes)).transpose()
}

/// The size of a log, from its head.
pub(super) fn size_of<T>(heads: &Rows<'_, T>, slot: Slot) -> Result<u64, StoreError>
where
    T: ReadableTable<&'static [u8], &'static [u8]>,
{
    Ok(heads.get_as::<HeadRow>(&slot_key(slot))?.map_or(0, |head| head.size))
}

/// Key of a tree node.
pub(super) fn node_key(slot: Slot, id: NodeId) -> [u8; 13] {
    let mut key = [0; 13];
    key[..4].copy_from_slice(&slot_key(slot));
    key[4] = id.level;
    key[5..].copy_from_slice(&id.index.to_be_bytes());
    key
}

/// Key of an entry in the order of due days.
pub(super) fn due_key(slot: Slot, day: Day, index: u64) -> [u8; 16] {
    let mut key = [0; 16];
    key[..4].copy_from_slice(&slot_key(slot));
    key[4..8].copy_from_slice(&day.0.to_be_bytes());
    key[8..].copy_from_slice(&index.to_be_bytes());
    key
}

fn due_until(slot: Slot, day: Day) -> Range<Vec<u8>> {
    let last = [slot_key(slot), day.0.to_be_bytes()].concat();
    slot_key(slot).to_vec()..prefixed(&last).end
}

/// Whether an entry with this holding is on the list of what is still to be fetched.
pub(super) fn is_wanted(holding: Holding) -> bool {
    holding == Holding::Wanted
}
