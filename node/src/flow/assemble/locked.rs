//! A dataset that was built before, to be built again.

use super::error::{BuildError, FileError, GoneRow, at};
use super::lines::LineReader;
use super::plan::{ReadLog, ReadLogs};
use sha2::{Digest, Sha256};
use sheaf_protocol::dataset::{CHATS, LOCK, Lock, PARENT_ROWS, Position, ROWS, RowRef, RowsDigest};
use sheaf_protocol::id::TreeHash;
use sheaf_protocol::limits::{LOCK_BYTES_MAX, ROW_REF_BYTES_MAX};
use sheaf_protocol::log::Frontier;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// A lock, and what lies beside it of the dataset it describes.
#[derive(Debug, Clone)]
pub struct Locked {
    pub(super) lock: Lock,
    pub(super) sha256: TreeHash,
    pub(super) folder: PathBuf,
}

impl Locked {
    /// Reads a dataset folder, or a lock file; `rows`, and `chats.jsonl` if it is there, are looked
    /// for beside it.
    ///
    /// # Errors
    /// [`BuildError::Lock`], or a file that cannot be read.
    pub fn open(path: &Path) -> Result<Self, BuildError> {
        let path = if path.is_dir() { path.join(LOCK) } else { path.to_owned() };
        let mut bytes = Vec::new();
        let file = File::open(&path).map_err(at(&path))?;
        file.take(LOCK_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(at(&path))?;
        let lock = Lock::parse(&bytes)?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Self { lock, sha256: TreeHash(Sha256::digest(&bytes).into()), folder })
    }

    /// What was taken: the logs are to be given to the builder at exactly these checkpoints.
    pub fn lock(&self) -> &Lock {
        &self.lock
    }

    /// Whether the chats themselves are still here, so that nothing need be fetched.
    pub fn has_chats(&self) -> bool {
        self.chats().is_file()
    }

    pub(super) fn chats(&self) -> PathBuf {
        self.folder.join(CHATS)
    }

    /// The list of rows before any were taken away, and what they are as a whole.
    pub(super) fn base(&self) -> (PathBuf, RowsDigest) {
        match &self.lock.parent {
            Some(parent) => (self.folder.join(PARENT_ROWS), parent.rows),
            None => (self.folder.join(ROWS), self.lock.rows),
        }
    }

    /// Goes through the list, which must be the one that was locked.
    pub(super) fn each_base_row(
        &self,
        mut each: impl FnMut(u64, RowRef) -> Result<(), BuildError>,
    ) -> Result<(), BuildError> {
        let (path, digest) = self.base();
        let mut tree = Frontier::new();
        let mut lines = LineReader::open(&path, ROW_REF_BYTES_MAX)?;
        while let Some(line) = lines.next()? {
            let row = line.ok().and_then(|line| line.parse::<RowRef>().ok());
            let row = row.ok_or_else(|| BuildError::Rows(path.clone()))?;
            let number = tree.len();
            tree.append(row.leaf);
            each(number, row)?;
        }
        let same = (tree.len(), tree.root()) == (digest.count, digest.root);
        if same { Ok(()) } else { Err(BuildError::Rows(path)) }
    }

    /// The logs given must be those locked.
    pub(super) fn check_logs(&self, logs: &[ReadLog]) -> Result<(), BuildError> {
        let other = logs.iter().zip(&self.lock.communities).find(|(log, pin)| log.pinned != **pin);
        match other {
            Some((log, _)) => Err(BuildError::OtherLog(log.pinned.id)),
            None => Ok(()),
        }
    }

    /// Rows whose chats are gone now. Looks at holes and withdrawals only; what is still there is
    /// verified when it is taken.
    pub(super) fn gone(&self, logs: &ReadLogs) -> Result<Gone, BuildError> {
        let mut holes = BTreeMap::new();
        for log in &logs.logs {
            logs.each_hole(log, |index, cause| {
                holes.insert(Position { community: log.pinned.id, index }, cause);
            })?;
        }
        let mut gone = Gone::new();
        self.each_base_row(|row, RowRef { position, .. }| {
            if let Some(cause) = holes.get(&position) {
                gone.insert(row, GoneRow { row, position, cause: *cause });
            }
            Ok(())
        })?;
        Ok(gone)
    }
}

/// Rows of a locked dataset that are gone, by their numbers in the base.
pub(super) type Gone = BTreeMap<u64, GoneRow>;

/// The first row that differs between a new `rows` and the locked one.
pub(super) fn first_difference(old: &Path, new: &Path) -> Result<Option<u64>, FileError> {
    let mut old = LineReader::open(old, ROW_REF_BYTES_MAX)?;
    let mut new = LineReader::open(new, ROW_REF_BYTES_MAX)?;
    for line in 1.. {
        match (old.next()?, new.next()?) {
            (None, None) => return Ok(None),
            (Some(Ok(a)), Some(Ok(b))) if a == b => {}
            _ => return Ok(Some(line)),
        }
    }
    Ok(None)
}
