//! Length and SHA-256 of files, on the workers, while something else is done.

use super::error::{FileError, at};
use super::workers::{Ticket, Workers};
use super::{OnProgress, Progress, Step};
use sha2::{Digest as _, Sha256};
use sheaf_protocol::dataset::FileDigest;
use sheaf_protocol::id::TreeHash;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};

/// Bytes read at once.
const CHUNK_BYTES: usize = 1 << 20;

/// Files that are being hashed.
#[derive(Debug)]
pub(super) struct Hashing {
    tickets: Vec<Ticket<Result<FileDigest, FileError>>>,
    read: Receiver<u64>,
    total: u64,
}

impl Hashing {
    /// Begins with files of `total` bytes in all.
    pub(super) fn start(
        workers: &Workers<'_>,
        files: impl IntoIterator<Item = PathBuf>,
        total: u64,
    ) -> Self {
        let (reads, read) = mpsc::channel();
        let hash = |path: PathBuf| {
            let reads = reads.clone();
            let told = move |bytes| {
                // Nobody may be waiting any more.
                let _ = reads.send(bytes);
            };
            workers.run(move || digest(&path, &mut { told }))
        };
        Self { tickets: files.into_iter().map(hash).collect(), read, total }
    }

    /// Waits for all of them: the digests, in the order given.
    ///
    /// # Errors
    /// [`FileError`]: the first file that cannot be read.
    pub(super) fn finish(self, progress: OnProgress<'_>) -> Result<Vec<FileDigest>, FileError> {
        let (mut done, total) = (0, self.total);
        for bytes in self.read {
            done += bytes;
            progress(Progress { step: Step::Files, done, total });
        }
        self.tickets.into_iter().map(Ticket::wait).collect()
    }
}

/// Length and SHA-256 of a file. Tells the bytes of each part that was read.
pub(super) fn digest(path: &Path, read: &mut dyn FnMut(u64)) -> Result<FileDigest, FileError> {
    let mut file = File::open(path).map_err(at(path))?;
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut bytes = 0;
    loop {
        let part = file.read(&mut chunk).map_err(at(path))?;
        if part == 0 {
            break;
        }
        hasher.update(&chunk[..part]);
        bytes += part as u64;
        read(part as u64);
    }
    Ok(FileDigest { bytes, sha256: TreeHash(hasher.finalize().into()) })
}
