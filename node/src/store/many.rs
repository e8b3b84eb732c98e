//! Many rows at once, on one snapshot: what is asked of the log for a whole batch.

use super::contents::STATEMENTS;
use super::explain::EXPLANATIONS;
use super::log::{COMMITMENTS, CONTROLS, ENTRIES, HEADS, HeadRow, NODES, index_under, node_key};
use super::mark::{MARKS, mark_key};
use super::rows::{EntryRow, Explained, Held, Mark};
use super::table::{named_key, row_key, slot_key};
use super::{Slot, Store, StoreError};
use sheaf_protocol::id::{EntryCommitment, PublicKey, Salt, TreeHash};
use sheaf_protocol::log::{self, ProofError};

/// That an entry is in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inclusion {
    /// The newest checkpoint.
    pub checkpoint: String,
    /// The entry.
    pub row: EntryRow,
    /// The proof that leads from one to the other.
    pub proof: Result<Vec<TreeHash>, ProofError>,
}

impl Store {
    /// The entries at `indices`, in their order.
    pub fn entries_at(
        &self,
        slot: Slot,
        indices: &[u64],
    ) -> Result<Vec<Option<EntryRow>>, StoreError> {
        self.0.log.read(|r| {
            let rows = r.open(&ENTRIES)?;
            indices.iter().map(|index| rows.get_as(&row_key(slot, *index))).collect()
        })
    }

    /// Why what each of `controls` governs is gone, in their order.
    pub fn explanations_of(
        &self,
        slot: Slot,
        controls: &[PublicKey],
    ) -> Result<Vec<Option<Explained>>, StoreError> {
        self.0.log.read(|r| {
            let rows = r.open(&EXPLANATIONS)?;
            controls.iter().map(|control| rows.get_as(&named_key(slot, &control.0))).collect()
        })
    }

    /// The entries that `controls` govern, in their order.
    pub fn indices_of_controls(
        &self,
        slot: Slot,
        controls: &[PublicKey],
    ) -> Result<Vec<Option<u64>>, StoreError> {
        self.0.log.read(|r| {
            let rows = r.open(&CONTROLS)?;
            controls.iter().map(|c| index_under(&rows, &named_key(slot, &c.0))).collect()
        })
    }

    /// The entries that first showed `commitments`, in their order.
    pub fn indices_of_commitments(
        &self,
        slot: Slot,
        commitments: &[EntryCommitment],
    ) -> Result<Vec<Option<u64>>, StoreError> {
        self.0.log.read(|r| {
            let rows = r.open(&COMMITMENTS)?;
            commitments.iter().map(|c| index_under(&rows, &named_key(slot, &c.0))).collect()
        })
    }

    /// Whether each of `marks` was set, in their order.
    pub fn are_marked(
        &self,
        slot: Slot,
        marks: &[(Mark, [u8; 32])],
    ) -> Result<Vec<bool>, StoreError> {
        self.0.log.read(|r| {
            let rows = r.open(&MARKS)?;
            marks.iter().map(|(mark, value)| rows.has(&mark_key(slot, *mark, value))).collect()
        })
    }

    /// The proof that the log, as it is now, has each of the entries `indices`, in their order;
    /// `None` where it has not.
    pub fn inclusions(
        &self,
        slot: Slot,
        indices: &[u64],
    ) -> Result<Vec<Option<Inclusion>>, StoreError> {
        self.0.log.read(|r| {
            let head = r.open(&HEADS)?.get_as::<HeadRow>(&slot_key(slot))?;
            let Some(head) = head else { return Ok(vec![None; indices.len()]) };
            let (entries, nodes) = (r.open(&ENTRIES)?, r.open(&NODES)?);
            let mut node = |id| {
                let bytes = nodes.get(&node_key(slot, id)).ok()??;
                nodes.array32(&bytes).ok().map(TreeHash)
            };
            let mut one = |index: &u64| {
                let row = entries.get_as(&row_key(slot, *index))?;
                Ok(row.map(|row| {
                    let proof = log::inclusion(head.size, *index, &mut node);
                    Inclusion { checkpoint: head.checkpoint.clone(), row, proof }
                }))
            };
            indices.iter().map(&mut one).collect()
        })
    }

    /// The salts of the statements held for `indices`, in their order.
    pub fn salts(&self, slot: Slot, indices: &[u64]) -> Result<Vec<Option<Salt>>, StoreError> {
        self.0.statements.read(|r| {
            let rows = r.open(&STATEMENTS)?;
            let salt =
                |index: &u64| Ok(rows.get_as::<Held>(&row_key(slot, *index))?.map(|h| h.salt));
            indices.iter().map(salt).collect()
        })
    }
}
