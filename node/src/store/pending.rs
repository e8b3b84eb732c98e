//! The review queue: chats that were offered and are not in the log.
//!
//! They lie sealed in a file of their own and can be erased like any other. A chat leaves the
//! queue after it was appended, or when a steward refuses it.

use super::explain::EXPLANATIONS;
use super::large::{LARGE_PENDING, drop_reference, refer};
use super::rows::{Blob, Explained};
use super::scan::{pieces, whole};
use super::scrub::{Scrub, scrub};
use super::table::{Table, named_key, past, slot_range};
use super::{Slot, Store, StoreError};
use crate::limits::PENDING_MAX;
use sheaf_protocol::cbor::{Decode, Encode, Error, Reader, Writer};
use sheaf_protocol::id::{BlobHash, PublicKey};
use sheaf_protocol::seal::ChatKey;
use sheaf_protocol::time::Time;

/// (slot, control key) -> [`Pending`], in pending.redb
pub(super) static PENDING: Table = Table::new("pending");
/// (slot, control key) of queued chats whose erasure was begun and not seen through
pub(super) static ERASING_QUEUED: Table = Table::new("erasing queued");

/// A chat that waits for review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The control key of its manifest.
    pub control: PublicKey,
    /// The signed manifest.
    pub manifest: Vec<u8>,
    /// The sealed chat.
    pub blob: Blob,
    /// Its key.
    pub key: ChatKey,
    /// The member who offered it: forgotten when it leaves the queue.
    pub member: PublicKey,
    /// When it came.
    pub received: Time,
}

impl Store {
    /// Puts a chat into the review queue; durable on return. Whether it was taken: a chat whose
    /// control key has an explanation is not.
    ///
    /// # Errors
    /// [`StoreError::TableFull`] beyond [`PENDING_MAX`].
    pub fn put_pending(&self, slot: Slot, pending: &Pending) -> Result<bool, StoreError> {
        let _writer = self.settled()?;
        if self.explanation(slot, &pending.control)?.is_some() {
            return Ok(false);
        }
        let key = named_key(slot, &pending.control.0);
        self.0.blobs.write(|w| refer(w, &LARGE_PENDING, &key, &pending.blob))?;
        self.0.pending.write(|w| {
            let mut rows = w.open(&PENDING)?;
            if rows.count()? >= PENDING_MAX && !rows.has(&key)? {
                return Err(rows.full(PENDING_MAX));
            }
            rows.put_as(&key, pending)
        })?;
        Ok(true)
    }

    /// A chat in the review queue.
    pub fn pending(&self, slot: Slot, control: &PublicKey) -> Result<Option<Pending>, StoreError> {
        self.0.pending.read(|r| r.open(&PENDING)?.get_as(&named_key(slot, &control.0)))
    }

    /// Up to `max` chats of the review queue, by control key, after the one given.
    pub fn pending_after(
        &self,
        slot: Slot,
        after: Option<&PublicKey>,
        max: usize,
    ) -> Result<Vec<Pending>, StoreError> {
        let range = match after {
            Some(control) => past(slot, &named_key(slot, &control.0)),
            None => slot_range(slot),
        };
        self.0.pending.read(|r| {
            let rows = r.open(&PENDING)?;
            rows.list(&range, max, |_, payload| rows.decode(payload))
        })
    }

    /// Takes a chat out of the queue after it was appended. Its bytes may stay in free pages until
    /// the entry is erased.
    pub fn remove_pending(&self, slot: Slot, control: &PublicKey) -> Result<(), StoreError> {
        let _writer = self.settled()?;
        self.drop_queued_blobs(slot, std::iter::once(*control))?;
        let key = named_key(slot, &control.0);
        self.0.pending.write(|w| w.open(&PENDING)?.remove(&key).map(drop))
    }

    /// Destroys a queued chat that its member took back or a steward refused; remembers
    /// `explained`, if given, for ever. Whether key and manifest were seen to be gone.
    pub fn erase_pending(
        &self,
        slot: Slot,
        control: &PublicKey,
        explained: Option<&Explained>,
    ) -> Result<bool, StoreError> {
        let _writer = self.settled()?;
        let key = named_key(slot, &control.0);
        let begun = self.begin_erasing_queued(&key, explained)?;
        let pending = self.pending(slot, control)?;
        let needles = pending.map_or(Vec::new(), |pending| {
            let mut needles = pieces(&pending.manifest);
            needles.push(whole(&pending.key.to_bytes()));
            needles
        });
        self.drop_queued_blobs(slot, std::iter::once(*control))?;
        let item = Scrub { key: key.to_vec(), needles, blind: begun };
        let gone = !scrub(&self.0.pending, &PENDING, &[item])?.contains(&false)
            && self.0.journal.is_seen_empty()?;
        if gone {
            self.0.log.write(|w| w.open(&ERASING_QUEUED)?.remove(&key).map(drop))?;
        }
        Ok(gone)
    }

    /// Finishes erasures of the queue that were cut short.
    pub(super) fn resume_queue(&self) -> Result<(), StoreError> {
        let begun = self.0.log.read(|r| {
            let rows = r.open(&ERASING_QUEUED)?;
            rows.list(&super::table::prefixed(&[]), usize::MAX, |key, _| {
                let slot = key.first_chunk().map_or(Slot(0), |b| Slot(u32::from_be_bytes(*b)));
                Ok((slot, PublicKey(rows.array32(key)?)))
            })
        })?;
        begun.iter().try_for_each(|(slot, key)| self.erase_pending(*slot, key, None).map(drop))
    }

    pub(super) fn begin_erasing_queued(
        &self,
        key: &[u8],
        explained: Option<&Explained>,
    ) -> Result<bool, StoreError> {
        self.0.log.write(|w| {
            let mut explanations = w.open(&EXPLANATIONS)?;
            if let (Some(explained), false) = (explained, explanations.has(key)?) {
                explanations.put_as(key, explained)?;
            }
            let mut erasing = w.open(&ERASING_QUEUED)?;
            let begun = erasing.has(key)?;
            erasing.put(key, &[])?;
            Ok(begun)
        })
    }

    /// Forgets what queued chats refer to in the store of large blobs.
    pub(super) fn drop_queued_blobs(
        &self,
        slot: Slot,
        controls: impl Iterator<Item = PublicKey>,
    ) -> Result<(), StoreError> {
        let mut large = Vec::<(BlobHash, [u8; 36])>::new();
        for control in controls {
            if let Some(Pending { blob: Blob::Large(hash), .. }) = self.pending(slot, &control)? {
                large.push((hash, named_key(slot, &control.0)));
            }
        }
        if large.is_empty() {
            return Ok(());
        }
        self.0.blobs.write(|w| {
            large.iter().try_for_each(|(hash, key)| drop_reference(w, &LARGE_PENDING, hash, key))
        })
    }
}

impl Encode for Pending {
    fn encode(&self, w: &mut Writer) {
        w.array(6);
        w.value(&self.control);
        w.bytes(&self.manifest);
        w.value(&self.blob);
        w.value(&self.key);
        w.value(&self.member);
        w.value(&self.received);
    }
}

impl Decode for Pending {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.array_fixed(6)?;
        let control = r.value()?;
        let manifest = r.bytes()?.to_vec();
        let (blob, key) = (r.value()?, r.value()?);
        Ok(Self { control, manifest, blob, key, member: r.value()?, received: r.value()? })
    }
}
