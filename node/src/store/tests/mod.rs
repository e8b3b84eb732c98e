mod appending;
mod crashes;
mod damage;
pub(crate) mod disk;
mod erasing;
mod journal;
mod measure;
pub(crate) mod rng;
mod small;

pub(crate) use erasing::queued;

use super::*;
use sheaf_protocol::community::Status;
use sheaf_protocol::id::{CommunityId, EntryCommitment, PublicKey, Salt, TreeHash};
use sheaf_protocol::log::{Entry, Frontier, NodeId};
use sheaf_protocol::seal::ChatKey;
use tempfile::TempDir;

/// Bytes that look random and are always the same.
fn noise<const N: usize>(what: &str, n: u64) -> [u8; N] {
    let mut bytes = [0; N];
    let mut hasher = blake3::Hasher::new();
    hasher.update(what.as_bytes()).update(&n.to_be_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

fn opened(dir: &TempDir) -> Store {
    Store::open(dir.path(), StoreOptions::small(8 * 1024 * 1024)).unwrap()
}

/// A store with one community in it.
fn fresh() -> (TempDir, Store, Slot) {
    let dir = tempfile::tempdir().unwrap();
    let store = opened(&dir);
    let slot = store.add_community(community(1)).unwrap();
    (dir, store, slot)
}

fn community(n: u64) -> CommunityId {
    CommunityId(PublicKey(noise("community", n)))
}

fn control(n: u64) -> PublicKey {
    PublicKey(noise("control", n))
}

fn key(n: u64) -> ChatKey {
    ChatKey::from_bytes(noise("key", n))
}

/// A statement: a beginning that all share, its own middle, and a signature.
fn held(n: u64) -> Held {
    let mut bytes = noise::<300>("what all share", 0).to_vec();
    bytes.extend(noise::<400>("statement", n));
    Held { salt: Salt(noise("salt", n)), bytes }
}

fn new_entry(n: u64) -> NewEntry {
    NewEntry {
        entry: Entry {
            kind: 10,
            commitment: EntryCommitment(noise("commitment", n)),
            control: Some(control(n)),
            due: None,
        },
        status: Status::Live,
        statement: Some(held(n)),
        key: Some(key(n)),
        blob: Some(Blob::Small(noise::<4096>("blob", n).to_vec())),
        holding: Holding::Full,
    }
}

/// Puts contents that no head names, durably.
fn put_contents(
    store: &Store,
    slot: Slot,
    incoming: &[contents::Incoming<'_>],
) -> Result<(), StoreError> {
    let changes = Changes::default();
    let drafts = store.draft_contents(slot, incoming, &changes)?;
    store.keep(&changes, drafts)
}

/// Appends `entries` to what is there, with the tree and a head that fit.
fn append_to(store: &Store, slot: Slot, entries: Vec<NewEntry>) -> Append {
    let head = store.head(slot).unwrap();
    let expected_size = head.as_ref().map_or(0, |h| h.size);
    let mut frontier = head.map_or(Frontier::new(), |h| h.frontier);
    let mut nodes: Vec<(NodeId, TreeHash)> = Vec::new();
    for new in &entries {
        frontier.append_with(new.entry.leaf_hash(), &mut |id, hash| nodes.push((id, hash)));
    }
    let size = expected_size + entries.len() as u64;
    let checkpoint = format!("checkpoint {size}");
    let head = Head { size, checkpoint, frontier, snapshot: vec![1, 2, 3] };
    let (marks, settled, acts) = (Vec::new(), Vec::new(), Vec::new());
    Append { slot, expected_size, entries, nodes, head, marks, settled, acts }
}

fn append(store: &Store, slot: Slot, range: std::ops::Range<u64>) {
    let append = append_to(store, slot, range.map(new_entry).collect());
    store.append(append).unwrap();
}
