//! What the same work costs without a node: the storage engine alone, the disk alone, the
//! signatures alone. Measured in the same run, on the same bytes.

use crate::prepare::Ready;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use redb::{Database, TableDefinition};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

const BLOBS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("blobs");
const ENTRIES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("entries");
const HEADS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("heads");

/// Bytes of an entry and of a head as a node stores them.
const ENTRY_BYTES: usize = 88;
const HEAD_BYTES: usize = 600;

/// Chats a second into redb: blob, entry and head, one file, one durable transaction a batch.
pub(crate) fn redb_alone(folder: &Path, chats: &[Ready], batches: &[usize]) -> f64 {
    let path = folder.join("floor.redb");
    let db = Database::create(&path).unwrap();
    let mut rest = chats;
    let mut index = 0;
    let started = Instant::now();
    for batch in batches {
        let (now, later) = rest.split_at(*batch);
        rest = later;
        let txn = db.begin_write().unwrap();
        {
            let mut blobs = txn.open_table(BLOBS).unwrap();
            let mut entries = txn.open_table(ENTRIES).unwrap();
            for chat in now {
                blobs.insert(index, chat.blob.as_slice()).unwrap();
                entries.insert(index, &chat.blob[..ENTRY_BYTES.min(chat.blob.len())]).unwrap();
                index += 1;
            }
            let head = &now[0].statement.bytes()[..HEAD_BYTES.min(now[0].statement.bytes().len())];
            txn.open_table(HEADS).unwrap().insert(0, head).unwrap();
        }
        txn.commit().unwrap();
    }
    let rate = chats.len() as f64 / started.elapsed().as_secs_f64();
    drop(db);
    std::fs::remove_file(path).unwrap();
    rate
}

/// Chats a second appended to a file: blob and statement, one write and one fdatasync a batch.
pub(crate) fn append_alone(folder: &Path, chats: &[Ready], batches: &[usize]) -> f64 {
    let path = folder.join("floor.log");
    let mut file = File::create(&path).unwrap();
    let mut rest = chats;
    let started = Instant::now();
    for batch in batches {
        let (now, later) = rest.split_at(*batch);
        rest = later;
        let mut bytes = Vec::new();
        for chat in now {
            bytes.extend_from_slice(&chat.blob);
            bytes.extend_from_slice(chat.statement.bytes());
        }
        file.write_all(&bytes).unwrap();
        file.sync_data().unwrap();
    }
    let rate = chats.len() as f64 / started.elapsed().as_secs_f64();
    std::fs::remove_file(path).unwrap();
    rate
}

/// Chats a second hashed (the blob with BLAKE3, the statement with SHA-256), and a signature over
/// each verified strictly, on all cores.
pub(crate) fn hashing_and_signatures(chats: &[Ready]) -> f64 {
    let signed: Vec<_> = chats.iter().map(signed).collect();
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let part = signed.len().div_ceil(cores).max(1);
    let started = Instant::now();
    std::thread::scope(|scope| {
        for part in signed.chunks(part) {
            scope.spawn(move || part.iter().for_each(hash_and_verify));
        }
    });
    chats.len() as f64 / started.elapsed().as_secs_f64()
}

/// A chat's bytes, and a signature over those of its statement by a key of its own.
type SignedChat<'a> = (&'a Ready, VerifyingKey, Signature);

fn signed(chat: &Ready) -> SignedChat<'_> {
    let key = SigningKey::from_bytes(&chat.key);
    (chat, key.verifying_key(), key.sign(chat.statement.bytes()))
}

fn hash_and_verify((chat, key, signature): &SignedChat<'_>) {
    black_box(blake3::hash(&chat.blob));
    black_box(Sha256::digest(chat.statement.bytes()));
    // As one who verifies begins: with the key's bytes.
    let key = VerifyingKey::from_bytes(key.as_bytes()).unwrap();
    key.verify_strict(chat.statement.bytes(), signature).unwrap();
}
