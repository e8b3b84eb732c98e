//! What follows a file that is being written: its digest, and the disk.

use super::error::{FileError, at};
use sha2::{Digest, Sha256};
use sheaf_protocol::dataset::FileDigest;
use sheaf_protocol::id::TreeHash;
use std::fs::File;
use std::io::{self, BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

/// Bytes written before they are hashed and sent to the disk.
const STEP_BYTES: u64 = 16 * 1024 * 1024;

/// A new file. A thread reads behind the writer, hashes, and makes durable what is there, so that
/// little is left to do at the end.
#[derive(Debug)]
pub(super) struct Followed {
    path: PathBuf,
    writer: BufWriter<File>,
    unseen: u64,
    follower: Option<Follower>,
}

#[derive(Debug)]
struct Follower {
    written: Sender<u64>,
    thread: JoinHandle<io::Result<FileDigest>>,
}

impl Followed {
    pub(super) fn create(path: &Path) -> Result<Self, FileError> {
        let file = File::create(path).map_err(at(path))?;
        let reader = File::open(path).map_err(at(path))?;
        let (written, steps) = mpsc::channel();
        let thread = thread::spawn(move || follow(reader, &steps));
        Ok(Self {
            path: path.to_owned(),
            writer: BufWriter::with_capacity(1 << 18, file),
            unseen: 0,
            follower: Some(Follower { written, thread }),
        })
    }

    /// A line and its newline.
    pub(super) fn line(&mut self, line: &str) -> Result<(), FileError> {
        let written = self.writer.write_all(line.as_bytes());
        written.and_then(|()| self.writer.write_all(b"\n")).map_err(at(&self.path))?;
        self.unseen += line.len() as u64 + 1;
        if self.unseen >= STEP_BYTES { self.step() } else { Ok(()) }
    }

    fn step(&mut self) -> Result<(), FileError> {
        if let Some(follower) = &self.follower {
            self.writer.flush().map_err(at(&self.path))?;
            // If it ended early, its error is met at the end.
            let _ = follower.written.send(std::mem::take(&mut self.unseen));
        }
        Ok(())
    }

    /// The file will be read once more and removed: nothing need follow it.
    pub(super) fn forget(&mut self) {
        self.follower = None;
    }

    /// Writes out what is left; does not wait for the disk.
    pub(super) fn finish(mut self) -> Result<Settling, FileError> {
        self.writer.flush().map_err(at(&self.path))?;
        self.step()?;
        let thread = self.follower.map(|follower| follower.thread);
        Ok(Settling { path: self.path, thread })
    }
}

/// A file written to its end, on its way to the disk.
#[derive(Debug)]
pub(super) struct Settling {
    path: PathBuf,
    thread: Option<JoinHandle<io::Result<FileDigest>>>,
}

impl Settling {
    /// Waits until it is durable. `None` for a file that nothing followed.
    pub(super) fn settle(self) -> Result<Option<FileDigest>, FileError> {
        let Some(thread) = self.thread else { return Ok(None) };
        let ended = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        ended.map(Some).map_err(at(&self.path))
    }
}

/// Reads and syncs each step; ends when the writer has.
fn follow(mut file: File, steps: &Receiver<u64>) -> io::Result<FileDigest> {
    let mut hasher = Sha256::new();
    let mut bytes = 0;
    let mut chunk = vec![0; 1 << 18];
    for step in steps {
        bytes += hash(&mut file, step, &mut hasher, &mut chunk)?;
        file.sync_data()?;
    }
    Ok(FileDigest { bytes, sha256: TreeHash(hasher.finalize().into()) })
}

fn hash(file: &mut File, len: u64, hasher: &mut Sha256, chunk: &mut [u8]) -> io::Result<u64> {
    let mut left = file.take(len);
    loop {
        match left.read(chunk)? {
            0 => return Ok(len - left.limit()),
            read => hasher.update(&chunk[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_whole_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mut file = Followed::create(&path).unwrap();
        let line = "x".repeat(1 << 20);
        // Beyond a step, and a rest.
        for _ in 0..20 {
            file.line(&line).unwrap();
        }
        let digest = file.finish().unwrap().settle().unwrap().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(digest.bytes, bytes.len() as u64);
        assert_eq!(digest.sha256, TreeHash(Sha256::digest(&bytes).into()));
    }
}
