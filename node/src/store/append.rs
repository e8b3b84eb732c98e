//! Appending to a log, and filling in what arrives late.

use super::changes::Changes;
use super::contents::Incoming;
use super::explain::{EXPLANATIONS, explained, keep_explained};
use super::log::{
    COMMITMENTS, CONTROLS, DUE, ENTRIES, HEADS, HeadRow, NODES, SNAPSHOTS, WANTED, due_key,
    is_wanted, node_key, size_of,
};
use super::mark::{MARKS, mark_key};
use super::owed::settle;
use super::rows::{Append, EntryRow, Explained, Fill, Head, Holding, NewEntry};
use super::table::{Writing, named_key, row_key, slot_key};
use super::{AppendError, Slot, Store, StoreError};
use sheaf_protocol::community::Status;
use sheaf_protocol::log::Entry;
use std::collections::BTreeMap;

impl Store {
    /// Appends entries with their contents and moves the head. Returning means durable.
    ///
    /// Blobs, keys, statements and head become durable together. An entry whose
    /// control key has an explanation keeps none of its contents: it is a hole, and gone.
    ///
    /// # Errors
    /// [`AppendError::HeadMoved`] if the log has another size than the append was made for, and
    /// the disk's; nothing was appended then.
    pub fn append(&self, mut append: Append) -> Result<(), AppendError> {
        let made = append.expected_size.saturating_add(append.entries.len() as u64);
        if append.head.size != made {
            return Err(AppendError::HeadMiscounts { head: append.head.size, made });
        }
        let _writer = self.noting()?;
        // A head that we do not know of may name rows where ours would go.
        self.0.log.be_sure()?;
        self.expect_size(append.slot, append.expected_size)?;
        self.refuse_gone(append.slot, &mut append.entries)?;
        let incoming: Vec<_> = (append.expected_size..).zip(&append.entries).map(new).collect();
        let changes = Changes::default();
        let mut drafts = self.draft_contents(append.slot, &incoming, &changes)?;
        let log = self.0.log.draft::<AppendError>(&changes, |w| commit(w, &append))?;
        drafts.push((&self.0.log, log));
        Ok(self.keep(&changes, drafts)?)
    }

    /// Adds what arrived late for entries of the log; durable on return. Answers the indices that
    /// were left alone because they are gone.
    ///
    /// # Errors
    /// [`StoreError::NotInLog`] for an index beyond the head, and the disk's; nothing was changed
    /// in the log then.
    pub fn fill(&self, slot: Slot, fills: Vec<Fill>) -> Result<Vec<u64>, StoreError> {
        self.fill_with(slot, fills, None)
    }

    /// [`fill`](Self::fill), and in the same transaction the state that late statements made:
    /// a snapshot for a head of so many entries. A head that moved on has a newer one.
    ///
    /// # Errors
    /// As [`fill`](Self::fill).
    pub fn fill_with(
        &self,
        slot: Slot,
        mut fills: Vec<Fill>,
        state: Option<(u64, Vec<u8>)>,
    ) -> Result<Vec<u64>, StoreError> {
        let _writer = self.noting()?;
        fills.sort_by_key(|f| f.index);
        let rows = self.rows_to_fill(slot, &fills)?;
        let (fills, gone): (Vec<_>, Vec<_>) =
            fills.into_iter().partition(|f| rows.contains_key(&f.index));
        let changes = Changes::default();
        let incoming: Vec<_> = fills.iter().map(late).collect();
        let mut drafts = self.draft_contents(slot, &incoming, &changes)?;
        let log = self.0.log.draft::<StoreError>(&changes, |w| {
            refresh(w, slot, &fills, rows)?;
            put_state(w, slot, state.as_ref())
        })?;
        drafts.push((&self.0.log, log));
        self.keep(&changes, drafts)?;
        Ok(gone.iter().map(|f| f.index).collect())
    }

    /// Keeps a newer note of a head of `size` entries; a head that moved on has a newer one.
    ///
    /// # Errors
    /// The disk's.
    pub fn renew(&self, slot: Slot, size: u64, checkpoint: &str) -> Result<(), StoreError> {
        let _writer = self.noting()?;
        let changes = Changes::default();
        let log = self.0.log.draft(&changes, |w| {
            let mut heads = w.open(&HEADS)?;
            match heads.get_as::<HeadRow>(&slot_key(slot))? {
                Some(row) if row.size == size => {
                    let checkpoint = checkpoint.to_owned();
                    heads.put_as(&slot_key(slot), &HeadRow { checkpoint, ..row })
                }
                _ => Ok::<_, StoreError>(()),
            }
        })?;
        self.keep(&changes, vec![(&self.0.log, log)])
    }

    fn expect_size(&self, slot: Slot, expected: u64) -> Result<(), AppendError> {
        let found = self.0.log.read(|r| size_of(&r.open(&HEADS)?, slot))?;
        if found == expected { Ok(()) } else { Err(AppendError::HeadMoved { expected, found }) }
    }

    /// Strips the entries whose control key has an explanation.
    fn refuse_gone(&self, slot: Slot, entries: &mut [NewEntry]) -> Result<(), StoreError> {
        self.0.log.read(|r| {
            let rows = r.open(&EXPLANATIONS)?;
            for new in entries {
                if let Some(explained) = explained(&rows, slot, &new.entry)? {
                    strip(new, &explained);
                }
            }
            Ok(())
        })
    }

    /// The rows of the entries that may still be filled.
    fn rows_to_fill(
        &self,
        slot: Slot,
        fills: &[Fill],
    ) -> Result<BTreeMap<u64, EntryRow>, StoreError> {
        self.0.log.read(|r| {
            let (entries, explanations) = (r.open(&ENTRIES)?, r.open(&EXPLANATIONS)?);
            let mut open = BTreeMap::new();
            for fill in fills {
                let row = entries.get_as::<EntryRow>(&row_key(slot, fill.index))?;
                let size = || size_of(&r.open(&HEADS)?, slot);
                let row = row.map_or_else(|| Err(entries.beyond(fill.index, size()?)), Ok)?;
                let gone = row.holding == Holding::Gone
                    || explained(&explanations, slot, &row.entry)?.is_some();
                if !gone {
                    open.insert(fill.index, row);
                }
            }
            Ok(open)
        })
    }
}

fn new((index, new): (u64, &NewEntry)) -> Incoming<'_> {
    Incoming {
        index,
        statement: new.statement.as_ref(),
        key: new.key.as_ref(),
        blob: new.blob.as_ref(),
    }
}

fn late(fill: &Fill) -> Incoming<'_> {
    Incoming {
        index: fill.index,
        statement: fill.statement.as_ref(),
        key: fill.key.as_ref(),
        blob: fill.blob.as_ref(),
    }
}

fn strip(new: &mut NewEntry, explained: &Explained) {
    new.statement = None;
    new.key = None;
    new.blob = None;
    new.holding = Holding::Gone;
    new.status = Status::Hole(explained.cause);
}

/// The transaction that makes an append true.
pub(super) fn commit(w: &Writing<'_>, append: &Append) -> Result<(), AppendError> {
    let (slot, first) = (append.slot, append.expected_size);
    put_entries(w, slot, first, &append.entries)?;
    put_indexes(w, slot, first, &append.entries)?;
    let mut nodes = append.nodes.clone();
    nodes.sort_unstable_by_key(|(id, _)| *id);
    let mut rows = w.open(&NODES)?;
    nodes.iter().try_for_each(|(id, hash)| rows.put(&node_key(slot, *id), &hash.0))?;
    let mut marks = w.open(&MARKS)?;
    append.marks.iter().try_for_each(|(m, v)| marks.put(&mark_key(slot, *m, v), &[]))?;
    settle(w, slot, &append.settled)?;
    append.acts.iter().try_for_each(|(control, why)| keep_explained(w, slot, control, why))?;
    put_head(w, slot, &append.head)?;
    Ok(())
}

fn put_entries(
    w: &Writing<'_>,
    slot: Slot,
    first: u64,
    entries: &[NewEntry],
) -> Result<(), StoreError> {
    let mut rows = w.open(&ENTRIES)?;
    let mut wanted = w.open(&WANTED)?;
    let mut due = w.open(&DUE)?;
    for (index, new) in (first..).zip(entries) {
        let NewEntry { entry, status, holding, .. } = new.clone();
        if is_wanted(holding) {
            wanted.put(&row_key(slot, index), &[])?;
        }
        if let (Some(day), true) = (entry.due, holding != Holding::Gone) {
            due.put(&due_key(slot, day, index), &[])?;
        }
        rows.put_as(&row_key(slot, index), &EntryRow { entry, status, holding })?;
    }
    Ok(())
}

/// Control keys and commitments are random: sorted, a batch touches each page once. The first
/// entry with a key or commitment keeps it; the fold has made later ones void.
fn put_indexes(
    w: &Writing<'_>,
    slot: Slot,
    first: u64,
    entries: &[NewEntry],
) -> Result<(), StoreError> {
    let sorted = |pick: &dyn Fn(&Entry) -> Option<[u8; 32]>| {
        let mut keys: Vec<_> = (first..)
            .zip(entries)
            .filter_map(|(index, new)| Some((named_key(slot, &pick(&new.entry)?), index)))
            .collect();
        keys.sort_unstable();
        keys
    };
    let controls = sorted(&|e| e.control.map(|k| k.0));
    let commitments = sorted(&|e| Some(e.commitment.0));
    for (table, keys) in [(&CONTROLS, controls), (&COMMITMENTS, commitments)] {
        let mut rows = w.open(table)?;
        for (key, index) in keys {
            if !rows.has(&key)? {
                rows.put(&key, &index.to_be_bytes())?;
            }
        }
    }
    Ok(())
}

fn put_head(w: &Writing<'_>, slot: Slot, head: &Head) -> Result<(), StoreError> {
    let row = HeadRow {
        size: head.size,
        checkpoint: head.checkpoint.clone(),
        frontier: head.frontier.clone(),
    };
    w.open(&HEADS)?.put_as(&slot_key(slot), &row)?;
    let mut snapshots = w.open(&SNAPSHOTS)?;
    if snapshots.get(&slot_key(slot))?.as_ref() != Some(&head.snapshot) {
        snapshots.put(&slot_key(slot), &head.snapshot)?;
    }
    Ok(())
}

fn put_state(
    w: &Writing<'_>,
    slot: Slot,
    state: Option<&(u64, Vec<u8>)>,
) -> Result<(), StoreError> {
    let Some((size, snapshot)) = state else { return Ok(()) };
    match size_of(&w.open(&HEADS)?, slot)? == *size {
        true => w.open(&SNAPSHOTS)?.put(&slot_key(slot), snapshot),
        false => Ok(()),
    }
}

/// The transaction that makes a fill true.
fn refresh(
    w: &Writing<'_>,
    slot: Slot,
    fills: &[Fill],
    mut rows: BTreeMap<u64, EntryRow>,
) -> Result<(), StoreError> {
    let mut entries = w.open(&ENTRIES)?;
    let mut wanted = w.open(&WANTED)?;
    for fill in fills {
        let key = row_key(slot, fill.index);
        let Some(row) = rows.get_mut(&fill.index) else { continue };
        row.status = fill.status;
        row.holding = fill.holding;
        entries.put_as(&key, row)?;
        if is_wanted(fill.holding) {
            wanted.put(&key, &[])?;
        } else {
            wanted.remove(&key)?;
        }
    }
    Ok(())
}
