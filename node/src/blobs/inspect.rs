//! Looking at the file of a large blob without opening the store.

use sheaf_protocol::id::BlobHash;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The database in which the store at `dir` keeps what it knows of its files.
pub fn index_file(dir: &Path) -> PathBuf {
    dir.join("blobs.db")
}

/// Whether the file of a large blob in the store at `dir` holds the bytes of its hash.
///
/// # Errors
/// If it does not read, or is not there.
pub fn check_file(dir: &Path, hash: &BlobHash) -> io::Result<bool> {
    let file = File::open(dir.join("data").join(format!("{hash}.data")))?;
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut io::BufReader::with_capacity(1 << 16, file), &mut hasher)?;
    Ok(*hasher.finalize().as_bytes() == hash.0)
}
