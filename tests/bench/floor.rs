//! What the same work costs without a node: the storage engine alone, the disk alone, the
//! signatures alone. Measured in the same run, on the same bytes.

use crate::prepare::Ready;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use redb::{Database, TableDefinition};
use sha2::{Digest as _, Sha256};
use sheaf_tests::files_below;
use std::fs::File;
use std::hint::black_box;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

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
    let started = Instant::now();
    on_all_cores(&signed, hash_and_verify);
    chats.len() as f64 / started.elapsed().as_secs_f64()
}

/// Signatures a second, each over a chat's statement, verified strictly on all cores.
pub(crate) fn signatures(chats: &[Ready]) -> f64 {
    let signed: Vec<_> = chats.iter().map(signed).collect();
    let started = Instant::now();
    on_all_cores(&signed, |(chat, key, signature)| {
        let key = VerifyingKey::from_bytes(key.as_bytes()).unwrap();
        key.verify_strict(chat.statement.bytes(), signature).unwrap();
    });
    chats.len() as f64 / started.elapsed().as_secs_f64()
}

/// How long every byte below a folder takes to be hashed once with SHA-256, on all cores.
pub(crate) fn hashed(folder: &Path) -> Duration {
    let pieces: Vec<_> = files_below(folder).iter().flat_map(|path| pieces(path)).collect();
    let started = Instant::now();
    on_all_cores(&pieces, |(path, from)| {
        let mut file = File::open(path).unwrap();
        file.seek(SeekFrom::Start(*from)).unwrap();
        let mut piece = Vec::new();
        file.take(PIECE_BYTES).read_to_end(&mut piece).unwrap();
        black_box(Sha256::digest(&piece));
    });
    started.elapsed()
}

/// How long every byte below a folder takes to be copied and made durable.
pub(crate) fn copied(folder: &Path, scratch: &Path) -> Duration {
    let path = scratch.join("floor.copy");
    let started = Instant::now();
    let mut copy = File::create(&path).unwrap();
    for file in files_below(folder) {
        std::io::copy(&mut File::open(file).unwrap(), &mut copy).unwrap();
    }
    copy.sync_all().unwrap();
    let taken = started.elapsed();
    std::fs::remove_file(path).unwrap();
    taken
}

/// Bytes hashed at once.
const PIECE_BYTES: u64 = 4 * 1024 * 1024;

fn pieces(path: &Path) -> Vec<(PathBuf, u64)> {
    let len = std::fs::metadata(path).unwrap().len();
    (0..len).step_by(PIECE_BYTES as usize).map(|from| (path.to_owned(), from)).collect()
}

fn on_all_cores<T: Sync>(items: &[T], each: impl Fn(&T) + Sync) {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let part = items.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        for part in items.chunks(part) {
            scope.spawn(|| part.iter().for_each(&each));
        }
    });
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
