//! Who may hold chat keys (acceptances), and who says that something is gone (receipts).

use super::explain::EXPLANATIONS;
use super::log::ENTRIES;
use super::owed::settle;
use super::rows::{EntryRow, Holding};
use super::table::{Table, Writing, named_key, prefixed, row_key, slot_range};
use super::{Slot, Store, StoreError};
use crate::limits::ACCEPTANCES_MAX;
use sheaf_protocol::id::PublicKey;

/// (slot, key) -> [`Acceptance`]
pub(super) static ACCEPTANCES: Table = Table::new("acceptances");
/// (slot, erased index, replica key) -> [`Receipt`]
pub(super) static RECEIPTS: Table = Table::new("receipts");

/// A signed acceptance of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// Who accepted.
    pub key: PublicKey,
    /// The signed statement.
    pub statement: Vec<u8>,
    /// Its entry in the log; none until then.
    pub logged: Option<u64>,
}

/// A replica's signed receipt for one erased entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The erased entry.
    pub index: u64,
    /// The replica.
    pub key: PublicKey,
    /// The signed statement.
    pub statement: Vec<u8>,
}

impl Store {
    /// All acceptances of a community, by key.
    pub fn acceptances(&self, slot: Slot) -> Result<Vec<Acceptance>, StoreError> {
        self.0.log.read(|r| {
            let rows = r.open(&ACCEPTANCES)?;
            rows.list(&slot_range(slot), usize::MAX, |_, payload| rows.decode(payload))
        })
    }

    /// The newest acceptance by `key`.
    pub fn acceptance(
        &self,
        slot: Slot,
        key: &PublicKey,
    ) -> Result<Option<Acceptance>, StoreError> {
        self.0.log.read(|r| r.open(&ACCEPTANCES)?.get_as(&named_key(slot, &key.0)))
    }

    /// Stores an acceptance in the place of an earlier one by the same key; durable on return.
    ///
    /// # Errors
    /// [`StoreError::TableFull`] for a new key beyond [`ACCEPTANCES_MAX`] in all.
    pub fn put_acceptance(&self, slot: Slot, acceptance: &Acceptance) -> Result<(), StoreError> {
        let _writer = self.settled()?;
        let key = named_key(slot, &acceptance.key.0);
        self.0.log.write(|w| {
            let mut rows = w.open(&ACCEPTANCES)?;
            if rows.count()? >= ACCEPTANCES_MAX && !rows.has(&key)? {
                return Err(rows.full(ACCEPTANCES_MAX));
            }
            rows.put_as(&key, acceptance)
        })
    }

    /// The receipts for an erased entry, by key.
    pub fn receipts(&self, slot: Slot, index: u64) -> Result<Vec<Receipt>, StoreError> {
        self.0.log.read(|r| {
            let rows = r.open(&RECEIPTS)?;
            let range = prefixed(&row_key(slot, index));
            rows.list(&range, usize::MAX, |_, payload| rows.decode(payload))
        })
    }

    /// Up to `max` receipts of a community, by erased entry.
    pub fn all_receipts(&self, slot: Slot, max: usize) -> Result<Vec<Receipt>, StoreError> {
        self.0.log.read(|r| {
            let rows = r.open(&RECEIPTS)?;
            rows.list(&slot_range(slot), max, |_, payload| rows.decode(payload))
        })
    }

    /// Stores a receipt for each of `indices`; durable on return. `own` ones end what is
    /// [owed](Self::owed).
    ///
    /// A receipt for an entry that nobody asked to erase is left out. So there are at most as many
    /// as erased entries times replicas on the register, and no replica can make more.
    pub fn put_receipts(
        &self,
        slot: Slot,
        key: &PublicKey,
        indices: &[u64],
        statement: &[u8],
        own: bool,
    ) -> Result<(), StoreError> {
        let _writer = self.settled()?;
        self.0.log.write(|w| {
            let mut rows = w.open(&RECEIPTS)?;
            for index in indices {
                if !is_to_go(w, slot, *index)? {
                    continue;
                }
                let place = [&row_key(slot, *index)[..], &key.0].concat();
                let statement = statement.to_vec();
                rows.put_as(&place, &Receipt { index: *index, key: *key, statement })?;
            }
            if own { settle(w, slot, indices) } else { Ok(()) }
        })
    }
}

/// Whether an entry is erased, or explained and about to be.
fn is_to_go(w: &Writing<'_>, slot: Slot, index: u64) -> Result<bool, StoreError> {
    let row = w.open(&ENTRIES)?.get_as::<EntryRow>(&row_key(slot, index))?;
    let Some(row) = row else { return Ok(false) };
    let named = row.entry.control.map(|control| named_key(slot, &control.0));
    let explained = named.map_or(Ok(false), |name| w.open(&EXPLANATIONS)?.has(&name))?;
    Ok(explained || row.holding == Holding::Gone)
}

mod encoding {
    use super::{Acceptance, Receipt};
    use sheaf_protocol::cbor::{Decode, Encode, Error, Reader, Writer};

    impl Encode for Acceptance {
        fn encode(&self, w: &mut Writer) {
            w.array(3);
            w.value(&self.key);
            w.bytes(&self.statement);
            w.value(&self.logged);
        }
    }

    impl Decode for Acceptance {
        fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
            r.array_fixed(3)?;
            let key = r.value()?;
            let statement = r.bytes()?.to_vec();
            Ok(Self { key, statement, logged: r.value()? })
        }
    }

    impl Encode for Receipt {
        fn encode(&self, w: &mut Writer) {
            w.array(3);
            w.value(&self.index);
            w.value(&self.key);
            w.bytes(&self.statement);
        }
    }

    impl Decode for Receipt {
        fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
            r.array_fixed(3)?;
            let index = r.value()?;
            let key = r.value()?;
            Ok(Self { index, key, statement: r.bytes()?.to_vec() })
        }
    }
}
