//! Explanations of what is gone: remembered for ever, so that it does not come back.

use super::erase::ERASING;
use super::log::{CONTROLS, ENTRIES};
use super::rows::{EntryRow, Explained, Holding};
use super::table::{ReadRows, Table, Writing, named_key, row_key};
use super::{Slot, Store, StoreError};
use sheaf_protocol::id::PublicKey;
use sheaf_protocol::log::Entry;

/// (slot, control key) -> [`Explained`]
pub(super) static EXPLANATIONS: Table = Table::new("explanations");

impl Store {
    /// Remembers, durably, why what a control key governs is gone; the first explanation stays.
    ///
    /// The entry need not be in our log. If it is, and anything of it is held, it joins
    /// [`pending_erasures`](Self::pending_erasures): call [`erase`](Self::erase) next.
    pub fn explain(
        &self,
        slot: Slot,
        control: &PublicKey,
        explained: &Explained,
    ) -> Result<(), StoreError> {
        let _writer = self.settled()?;
        self.0.log.write(|w| keep_explained(w, slot, control, explained))
    }

    /// Why what a control key governs is gone.
    pub fn explanation(
        &self,
        slot: Slot,
        control: &PublicKey,
    ) -> Result<Option<Explained>, StoreError> {
        self.0.log.read(|r| r.open(&EXPLANATIONS)?.get_as(&named_key(slot, &control.0)))
    }
}

impl Store {
    /// All explanations of a community, by control key.
    pub fn explanations(&self, slot: Slot) -> Result<Vec<Explained>, StoreError> {
        self.0.log.read(|r| {
            let rows = r.open(&EXPLANATIONS)?;
            rows.list(&super::table::slot_range(slot), usize::MAX, |_, payload| {
                rows.decode(payload)
            })
        })
    }
}

/// Keeps an explanation and, if anything of its entry is held, that it is to be erased.
pub(super) fn keep_explained(
    w: &Writing<'_>,
    slot: Slot,
    control: &PublicKey,
    explained: &Explained,
) -> Result<(), StoreError> {
    let key = named_key(slot, &control.0);
    let mut explanations = w.open(&EXPLANATIONS)?;
    if !explanations.has(&key)? {
        explanations.put_as(&key, explained)?;
    }
    let controls = w.open(&CONTROLS)?;
    let Some(index) = controls.get(&key)? else { return Ok(()) };
    let index = controls.number(&index)?;
    let row = w.open(&ENTRIES)?.get_as::<EntryRow>(&row_key(slot, index))?;
    if row.is_some_and(|r| r.holding != Holding::Gone) {
        w.open(&ERASING)?.put_as(&row_key(slot, index), explained)?;
    }
    Ok(())
}

/// The explanation for an entry's control key.
pub(super) fn explained(
    rows: &ReadRows<'_>,
    slot: Slot,
    entry: &Entry,
) -> Result<Option<Explained>, StoreError> {
    match entry.control {
        Some(control) => rows.get_as(&named_key(slot, &control.0)),
        None => Ok(None),
    }
}
