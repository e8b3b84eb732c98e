//! Peers and forks.

use super::table::{Table, prefixed, slot_key};
use super::{Slot, Store, StoreError};
use crate::limits::PEERS_MAX;
use sheaf_protocol::cbor::Bytes;
use sheaf_protocol::id::PublicKey;
use sheaf_protocol::time::Time;

/// node key -> [`Peer`]
pub(super) static PEERS: Table = Table::new("peers");
/// slot -> encoded fork proof
pub(super) static FORKS: Table = Table::new("forks");
/// (slot, name) -> bytes
pub(super) static NOTES: Table = Table::new("notes");

/// Another node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Its node key.
    pub key: PublicKey,
    /// Where it was found, as multiaddresses; the newest first.
    pub addresses: Vec<String>,
    /// When it last answered.
    pub seen: Option<Time>,
    /// Whether the steward has blocked it.
    pub blocked: bool,
}
sheaf_protocol::record!(Peer { key, addresses, seen, blocked });

impl Store {
    /// All peers, by key.
    pub fn peers(&self) -> Result<Vec<Peer>, StoreError> {
        self.0.log.read(|r| {
            let rows = r.open(&PEERS)?;
            rows.list(&prefixed(&[]), usize::MAX, |_, payload| rows.decode(payload))
        })
    }

    /// One peer.
    pub fn peer(&self, key: &PublicKey) -> Result<Option<Peer>, StoreError> {
        self.0.log.read(|r| r.open(&PEERS)?.get_as(&key.0))
    }

    /// Stores a peer.
    ///
    /// # Errors
    /// [`StoreError::TableFull`] for a new one beyond [`PEERS_MAX`].
    pub fn put_peer(&self, peer: &Peer) -> Result<(), StoreError> {
        let _writer = self.settled()?;
        self.0.log.write(|w| {
            let mut rows = w.open(&PEERS)?;
            if rows.count()? >= PEERS_MAX && !rows.has(&peer.key.0)? {
                return Err(rows.full(PEERS_MAX));
            }
            rows.put_as(&peer.key.0, peer)
        })
    }

    /// Forgets a peer.
    pub fn remove_peer(&self, key: &PublicKey) -> Result<(), StoreError> {
        let _writer = self.settled()?;
        self.0.log.write(|w| w.open(&PEERS)?.remove(&key.0).map(drop))
    }

    /// The proof that a log forked.
    pub fn fork(&self, slot: Slot) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self.0.log.read(|r| r.open(&FORKS)?.get_as::<Bytes>(&slot_key(slot)))?;
        Ok(found.map(|b| b.0))
    }

    /// Keeps the proof that a log forked; the first one stays.
    pub fn put_fork(&self, slot: Slot, proof: &[u8]) -> Result<(), StoreError> {
        let _writer = self.settled()?;
        self.0.log.write(|w| {
            let mut rows = w.open(&FORKS)?;
            if rows.has(&slot_key(slot))? {
                return Ok(());
            }
            rows.put_as(&slot_key(slot), &Bytes(proof.to_vec()))
        })
    }

    /// A small value of the caller's own, such as a counter or the last time of something.
    pub fn note(&self, slot: Slot, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.log.read(|r| r.open(&NOTES)?.get(&note_key(slot, name)))
    }

    /// Keeps a small value of the caller's own under a name from its code.
    pub fn put_note(&self, slot: Slot, name: &str, value: &[u8]) -> Result<(), StoreError> {
        let _writer = self.settled()?;
        self.0.log.write(|w| w.open(&NOTES)?.put(&note_key(slot, name), value))
    }
}

fn note_key(slot: Slot, name: &str) -> Vec<u8> {
    [&slot_key(slot)[..], name.as_bytes()].concat()
}
