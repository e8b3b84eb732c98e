//! Erasures that were seen through and not yet said: at home in the log, elsewhere by a receipt.
//!
//! An erasure joins the list in the transaction that ends it, and leaves it in the transaction that
//! keeps the statement about it. So a crash in between costs nobody the statement.

use super::rows::Explained;
use super::table::{Table, Writing, row_key, slot_range};
use super::{ErasedReport, Slot, Store, StoreError};
use sheaf_protocol::statement::Erased;

/// (slot, index) -> [`Erased`]
pub(super) static OWED: Table = Table::new("owed");

impl Store {
    /// What was erased here, and nothing kept says so: bounded by the erasures that one crash can
    /// cut off.
    pub fn owed(&self, slot: Slot) -> Result<Vec<Erased>, StoreError> {
        self.0.log.read(|r| {
            let rows = r.open(&OWED)?;
            rows.list(&slot_range(slot), usize::MAX, |_, payload| rows.decode(payload))
        })
    }
}

/// Puts an erasure that ended on the list. One without a control key is nobody's to ask for.
pub(super) fn owe(
    w: &Writing<'_>,
    slot: Slot,
    report: &ErasedReport,
    explained: &Explained,
) -> Result<(), StoreError> {
    let Some(control) = report.control else { return Ok(()) };
    let erased = Erased { index: report.index, control, cause: explained.cause };
    w.open(&OWED)?.put_as(&row_key(slot, report.index), &erased)
}

/// Takes erasures off the list: a statement about them is kept in the same transaction.
pub(super) fn settle(w: &Writing<'_>, slot: Slot, indices: &[u64]) -> Result<(), StoreError> {
    let mut owed = w.open(&OWED)?;
    indices.iter().try_for_each(|index| owed.remove(&row_key(slot, *index)).map(drop))
}
