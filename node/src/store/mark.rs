//! What a home node remembers in order to refuse it a second time.

use super::rows::Mark;
use super::table::{Table, slot_key};
use super::{Slot, Store, StoreError};

/// (slot, kind, 32 bytes)
pub(super) static MARKS: Table = Table::new("marks");

impl Store {
    /// Whether this was marked, by [`mark`](Self::mark) or in an append.
    pub fn is_marked(&self, slot: Slot, mark: Mark, value: &[u8; 32]) -> Result<bool, StoreError> {
        self.0.log.read(|r| r.open(&MARKS)?.has(&mark_key(slot, mark, value)))
    }

    /// Marks a value that does not come with an append: a chat that joins the review queue.
    pub fn mark(&self, slot: Slot, mark: Mark, value: &[u8; 32]) -> Result<(), StoreError> {
        let _writer = self.settled()?;
        self.0.log.write(|w| w.open(&MARKS)?.put(&mark_key(slot, mark, value), &[]))
    }

    /// Takes a mark back: a chat that was refused in review may be offered again.
    pub fn unmark(&self, slot: Slot, mark: Mark, value: &[u8; 32]) -> Result<(), StoreError> {
        let _writer = self.settled()?;
        self.0.log.write(|w| w.open(&MARKS)?.remove(&mark_key(slot, mark, value)).map(drop))
    }
}

/// Key of a mark.
pub(super) fn mark_key(slot: Slot, mark: Mark, value: &[u8; 32]) -> [u8; 37] {
    let mut key = [0; 37];
    key[..4].copy_from_slice(&slot_key(slot));
    key[4] = match mark {
        Mark::Fingerprint => 1,
        Mark::Used => 2,
    };
    key[5..].copy_from_slice(value);
    key
}
