//! What a start does before anybody reads: tables exist, and rows that no head names go.

use super::community::{COMMUNITIES, SLOTS};
use super::contents::{BLOBS, KEYS, STATEMENTS};
use super::erase::ERASING;
use super::explain::EXPLANATIONS;
use super::file::File;
use super::large::{DOOMED, LARGE, LARGE_PENDING, drop_reference, unrefer};
use super::log::{COMMITMENTS, CONTROLS, DUE, ENTRIES, HEADS, NODES, SNAPSHOTS, WANTED, size_of};
use super::mark::MARKS;
use super::owed::OWED;
use super::peer::{FORKS, NOTES, PEERS};
use super::pending::{ERASING_QUEUED, PENDING};
use super::register::{ACCEPTANCES, RECEIPTS};
use super::table::{Table, prefixed, rows_from};
use super::{Files, Slot, Store, StoreError};
use sheaf_protocol::id::BlobHash;
use std::ops::Range;

static LOG: [&Table; 20] = [
    &COMMUNITIES,
    &SLOTS,
    &HEADS,
    &SNAPSHOTS,
    &ENTRIES,
    &NODES,
    &CONTROLS,
    &COMMITMENTS,
    &WANTED,
    &DUE,
    &EXPLANATIONS,
    &ERASING,
    &ERASING_QUEUED,
    &OWED,
    &ACCEPTANCES,
    &RECEIPTS,
    &MARKS,
    &PEERS,
    &FORKS,
    &NOTES,
];

impl Store {
    pub(super) fn create_tables(&self) -> Result<(), StoreError> {
        let create = |file: &File, tables: &[&'static Table]| {
            if file.read(|r| r.has_all(tables))? {
                return Ok(());
            }
            file.write(|w| w.create(tables))
        };
        create(&self.0.log, &LOG)?;
        create(&self.0.statements, &[&STATEMENTS])?;
        self.or_give_up(&self.0.keys, || create(&self.0.keys, &[&KEYS]))?;
        let blobs: [&Table; 4] = [&BLOBS, &LARGE, &LARGE_PENDING, &DOOMED];
        self.or_give_up(&self.0.blobs, || create(&self.0.blobs, &blobs))?;
        self.or_give_up(&self.0.pending, || create(&self.0.pending, &[&PENDING]))
    }

    /// What a start does in a file that a node can do without: skipped in one that was given up,
    /// and the end of one that turns out to be damaged.
    pub(super) fn or_give_up(
        &self,
        file: &File,
        work: impl FnOnce() -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if file.given_up().is_some() {
            return Ok(());
        }
        match work() {
            Err(error) if error.is_of_file() => {
                file.give_up(&error);
                Ok(())
            }
            done => done,
        }
    }

    /// Removes contents beyond the head of their log: an append that was cut short before its
    /// commit. Nobody was told of them. The rows lie together, so this costs what they cost.
    pub(super) fn remove_unnamed(&self) -> Result<(), StoreError> {
        let communities = self.communities()?;
        for row in &communities {
            let size = self.0.log.read(|r| size_of(&r.open(&HEADS)?, row.slot))?;
            self.remove_contents(rows_from(row.slot, size))?;
        }
        let next = u32::try_from(communities.len()).unwrap_or(u32::MAX);
        self.remove_contents(rows_from(Slot(next), 0).start..prefixed(&[]).end)?;
        if self.0.pending.given_up().is_some() {
            return Ok(());
        }
        self.or_give_up(&self.0.blobs, || self.remove_unqueued())
    }

    fn remove_contents(&self, range: Range<Vec<u8>>) -> Result<(), StoreError> {
        let Files { keys, statements, blobs, .. } = &*self.0;
        self.or_give_up(keys, || remove_rows(keys, &KEYS, &range))?;
        remove_rows(statements, &STATEMENTS, &range)?;
        self.or_give_up(blobs, || remove_blobs(blobs, &range))
    }

    /// Forgets references of the review queue whose chat never got there.
    fn remove_unqueued(&self) -> Result<(), StoreError> {
        let references = self.0.blobs.read(|r| {
            let rows = r.open(&LARGE_PENDING)?;
            rows.list(&prefixed(&[]), usize::MAX, |key, _| match key.split_first_chunk() {
                Some((hash, row)) => Ok((BlobHash(*hash), row.to_vec())),
                None => Err(rows.corrupt("a short key".to_owned())),
            })
        })?;
        let queued = self.0.pending.read(|r| {
            let rows = r.open(&PENDING)?;
            references.iter().map(|(_, key)| rows.has(key)).collect::<Result<Vec<_>, _>>()
        })?;
        if !queued.contains(&false) {
            return Ok(());
        }
        let lost = references.iter().zip(queued).filter(|(_, queued)| !queued).map(|(r, _)| r);
        self.0.blobs.write(|w| {
            lost.clone().try_for_each(|(hash, key)| drop_reference(w, &LARGE_PENDING, hash, key))
        })
    }
}

fn remove_rows(
    file: &File,
    table: &'static Table,
    range: &Range<Vec<u8>>,
) -> Result<(), StoreError> {
    if file.read(|r| r.open(table)?.is_empty(range))? {
        return Ok(());
    }
    file.write(|w| w.open(table)?.remove_range(range))
}

fn remove_blobs(file: &File, range: &Range<Vec<u8>>) -> Result<(), StoreError> {
    let rows = file.read(|r| r.open(&BLOBS)?.list(range, usize::MAX, |key, _| Ok(key.to_vec())))?;
    if rows.is_empty() {
        return Ok(());
    }
    file.write(|w| rows.iter().try_for_each(|key| unrefer(w, &BLOBS, &LARGE, key)))
}
