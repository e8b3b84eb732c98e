//! The review queue: chats that were offered and are not in the log.
//!
//! They lie sealed in a file of their own and can be erased like any other. A chat leaves the
//! queue after it was appended, or when a steward refuses it. If a crash comes between the append and
//! the leaving, a start takes it out.

use super::explain::EXPLANATIONS;
use super::large::{LARGE_PENDING, drop_reference, refer};
use super::rows::{Blob, Explained};
use super::scan::{pieces, whole};
use super::scrub::{Scrub, scrub};
use super::table::{ReadRows, Table, named_key, past, slot_range};
use super::{Slot, Store, StoreError};
use crate::limits::PENDING_MAX;
use sheaf_protocol::cbor::{Decode, Encode, Error, Reader, Writer};
use sheaf_protocol::exchange::Findings;
use sheaf_protocol::id::{BlobHash, PublicKey, Salt};
use sheaf_protocol::seal::ChatKey;
use sheaf_protocol::time::Time;
use std::collections::BTreeMap;

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
    /// Random bytes for its entry, should it be accepted.
    pub salt: Salt,
    /// The sealed chat.
    pub blob: Blob,
    /// Its key.
    pub key: ChatKey,
    /// The member who offered it: forgotten when it leaves the queue.
    pub member: PublicKey,
    /// Keyed hash of member and text.
    pub fingerprint: [u8; 32],
    /// When it came.
    pub received: Time,
    /// What was found in it.
    pub findings: Findings,
}

/// What became of a chat that was to be put into the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queueing {
    /// It is there.
    Taken,
    /// Its control key has an explanation: it does not come in.
    Gone,
    /// There are [`PENDING_MAX`] already.
    Full,
}

impl Store {
    /// Puts chats into the review queue; durable on return. Says of each what became of it.
    ///
    /// # Errors
    /// The disk's; none of them is there then.
    pub fn put_pending(
        &self,
        slot: Slot,
        pending: &[Pending],
    ) -> Result<Vec<Queueing>, StoreError> {
        // The queue's own file is not in the journal; references to large blobs are.
        let any_large = pending.iter().any(|chat| matches!(chat.blob, Blob::Large(_)));
        let _writer = if any_large { self.settled()? } else { self.writer() };
        let controls: Vec<_> = pending.iter().map(|chat| chat.control).collect();
        let explained = self.explanations_of(slot, &controls)?;
        if any_large {
            let coming = pending.iter().zip(&explained).filter(|(_, gone)| gone.is_none());
            self.0.blobs.write(|w| {
                coming.clone().try_for_each(|(chat, _)| {
                    refer(w, &LARGE_PENDING, &named_key(slot, &chat.control.0), &chat.blob)
                })
            })?;
        }
        self.0.pending.write(|w| {
            let mut rows = w.open(&PENDING)?;
            let mut room = PENDING_MAX.saturating_sub(rows.count()?);
            let each = pending.iter().zip(explained).map(|(chat, explained)| {
                let key = named_key(slot, &chat.control.0);
                let is_new = !rows.has(&key)?;
                if explained.is_some() {
                    return Ok(Queueing::Gone);
                }
                if is_new && room == 0 {
                    return Ok(Queueing::Full);
                }
                room -= u64::from(is_new);
                rows.put_as(&key, chat).map(|()| Queueing::Taken)
            });
            each.collect()
        })
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

    /// Takes chats out of the queue after they were appended. Their bytes may stay in free pages until
    /// the entries are erased.
    pub fn remove_pending(&self, slot: Slot, controls: &[PublicKey]) -> Result<(), StoreError> {
        let _writer = self.settled()?;
        self.drop_queued_blobs(slot, controls.iter().copied())?;
        self.0.pending.write(|w| {
            let mut rows = w.open(&PENDING)?;
            controls.iter().try_for_each(|c| rows.remove(&named_key(slot, &c.0)).map(drop))
        })
    }

    /// Takes chats out of the queue that are in the log: a crash came between.
    pub(super) fn remove_appended(&self) -> Result<(), StoreError> {
        let queued = self.0.pending.read(|r| {
            let rows = r.open(&PENDING)?;
            rows.list(&super::table::prefixed(&[]), usize::MAX, |key, _| named(&rows, key))
        })?;
        let mut appended = BTreeMap::<Slot, Vec<PublicKey>>::new();
        for (slot, control) in queued {
            if self.index_of_control(slot, &control)?.is_some() {
                appended.entry(slot).or_default().push(control);
            }
        }
        appended.into_iter().try_for_each(|(slot, controls)| self.remove_pending(slot, &controls))
    }

    /// Destroys queued chats that their members took back or a steward refused, each once, and remembers
    /// for ever why, where that is said. Of each whether key and manifest were seen to be gone. Large
    /// blobs that nothing refers to any more are listed by [`large_doomed`](Self::large_doomed).
    pub fn erase_pending(
        &self,
        slot: Slot,
        chats: &[(PublicKey, Option<Explained>)],
    ) -> Result<Vec<bool>, StoreError> {
        let _writer = self.settled()?;
        let begun = self.begin_erasing_queued(slot, chats)?;
        let mut items = Vec::with_capacity(chats.len());
        for ((control, _), begun) in chats.iter().zip(begun) {
            let needles = self.pending(slot, control)?.map_or(Vec::new(), |pending| {
                let mut needles = pieces(&pending.manifest);
                needles.push(whole(&pending.key.to_bytes()));
                needles
            });
            let key = named_key(slot, &control.0).to_vec();
            items.push(Scrub { key, needles, blind: begun });
        }
        self.drop_queued_blobs(slot, chats.iter().map(|(control, _)| *control))?;
        let mut gone = scrub(&self.0.pending, &PENDING, &items)?;
        if !self.0.journal.is_seen_empty()? {
            gone.fill(false);
        }
        self.0.log.write(|w| {
            let mut erasing = w.open(&ERASING_QUEUED)?;
            let gone = items.iter().zip(&gone).filter(|(_, gone)| **gone);
            gone.map(|(item, _)| item).try_for_each(|item| erasing.remove(&item.key).map(drop))
        })?;
        Ok(gone)
    }

    /// Finishes erasures of the queue that were cut short.
    pub(super) fn resume_queue(&self) -> Result<(), StoreError> {
        let begun = self.0.log.read(|r| {
            let rows = r.open(&ERASING_QUEUED)?;
            rows.list(&super::table::prefixed(&[]), usize::MAX, |key, _| named(&rows, key))
        })?;
        let mut slots = BTreeMap::<Slot, Vec<_>>::new();
        begun.iter().for_each(|(slot, key)| slots.entry(*slot).or_default().push((*key, None)));
        slots.iter().try_for_each(|(slot, chats)| self.erase_pending(*slot, chats).map(drop))
    }

    /// Notes, durably, that chats are to be erased, and why. Of each whether that was begun before.
    pub(super) fn begin_erasing_queued(
        &self,
        slot: Slot,
        chats: &[(PublicKey, Option<Explained>)],
    ) -> Result<Vec<bool>, StoreError> {
        self.0.log.write(|w| {
            let mut explanations = w.open(&EXPLANATIONS)?;
            let mut erasing = w.open(&ERASING_QUEUED)?;
            let each = chats.iter().map(|(control, explained)| {
                let key = named_key(slot, &control.0);
                if let (Some(explained), false) = (explained, explanations.has(&key)?) {
                    explanations.put_as(&key, explained)?;
                }
                let begun = erasing.has(&key)?;
                erasing.put(&key, &[])?;
                Ok(begun)
            });
            each.collect()
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

/// The community and control key that a row's key names.
fn named(rows: &ReadRows<'_>, key: &[u8]) -> Result<(Slot, PublicKey), StoreError> {
    let slot = key.first_chunk().map_or(Slot(0), |bytes| Slot(u32::from_be_bytes(*bytes)));
    Ok((slot, PublicKey(rows.array32(key)?)))
}

impl Encode for Pending {
    fn encode(&self, w: &mut Writer) {
        w.array(9);
        w.value(&self.control);
        w.bytes(&self.manifest);
        w.value(&self.salt);
        w.value(&self.blob);
        w.value(&self.key);
        w.value(&self.member);
        w.value(&self.fingerprint);
        w.value(&self.received);
        w.value(&self.findings);
    }
}

impl Decode for Pending {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.array_fixed(9)?;
        let control = r.value()?;
        let manifest = r.bytes()?.to_vec();
        let (salt, blob, key) = (r.value()?, r.value()?, r.value()?);
        let (member, fingerprint) = (r.value()?, r.value()?);
        let (received, findings) = (r.value()?, r.value()?);
        Ok(Self { control, manifest, salt, blob, key, member, fingerprint, received, findings })
    }
}
