//! The communities this node knows, and their numbers.

use super::table::{Table, prefixed, slot_key};
use super::{CommunityRow, Slot, Store, StoreError};
use crate::limits::COMMUNITIES_MAX;
use sheaf_protocol::id::CommunityId;

/// slot -> [`CommunityRow`]
pub(super) static COMMUNITIES: Table = Table::new("communities");
/// community -> slot
pub(super) static SLOTS: Table = Table::new("slots");

impl Store {
    /// All communities, in the order in which they were added.
    pub fn communities(&self) -> Result<Vec<CommunityRow>, StoreError> {
        self.0.log.read(|r| {
            let rows = r.open(&COMMUNITIES)?;
            rows.list(&prefixed(&[]), usize::MAX, |_, payload| rows.decode(payload))
        })
    }

    /// The community with this number.
    pub fn community(&self, slot: Slot) -> Result<Option<CommunityRow>, StoreError> {
        self.0.log.read(|r| r.open(&COMMUNITIES)?.get_as(&slot_key(slot)))
    }

    /// The number of a community.
    pub fn slot(&self, id: &CommunityId) -> Result<Option<Slot>, StoreError> {
        self.0.log.read(|r| r.open(&SLOTS)?.get_as(&id.0.0))
    }

    /// Adds a community, or finds the one there is; `home` and the rest are set with
    /// [`update_community`](Self::update_community).
    ///
    /// # Errors
    /// [`StoreError::TableFull`] beyond [`COMMUNITIES_MAX`].
    pub fn add_community(&self, id: CommunityId) -> Result<Slot, StoreError> {
        let _writer = self.settled()?;
        self.0.log.write(|w| {
            let mut slots = w.open(&SLOTS)?;
            if let Some(slot) = slots.get_as(&id.0.0)? {
                return Ok(slot);
            }
            let count = slots.count()?;
            if count >= u64::from(COMMUNITIES_MAX) {
                return Err(slots.full(u64::from(COMMUNITIES_MAX)));
            }
            let slot = Slot(u32::try_from(count).unwrap_or(u32::MAX));
            let row = CommunityRow {
                slot,
                id,
                home: false,
                followed: false,
                addresses: Vec::new(),
                read_only: None,
            };
            slots.put_as(&id.0.0, &slot)?;
            w.open(&COMMUNITIES)?.put_as(&slot_key(slot), &row)?;
            Ok(slot)
        })
    }

    /// Replaces what is known about the community `row.slot`.
    pub fn update_community(&self, row: &CommunityRow) -> Result<(), StoreError> {
        let _writer = self.settled()?;
        self.0.log.write(|w| w.open(&COMMUNITIES)?.put_as(&slot_key(row.slot), row))
    }
}
