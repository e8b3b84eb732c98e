//! The disk under the databases: the few things the store asks of a file system.
//!
//! A seam. The node runs on [`RealDisk`]; a test puts one under the store that fails, tears, loses
//! what was not synced, and stops at any moment.

use redb::backends::FileBackend;
use redb::{Builder, Database, DatabaseError, StorageBackend};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::path::Path;

/// Bytes copied at once.
const COPIED_AT_ONCE: usize = 1 << 20;

/// What the store needs of a disk.
pub(crate) trait Disk: fmt::Debug + Send + Sync {
    /// Opens or creates the database in the file `path`.
    fn database(&self, path: &Path, builder: &Builder) -> Result<Database, DatabaseError>;

    /// Opens or creates a file that is read and written in place.
    fn file(&self, path: &Path) -> io::Result<Box<dyn StorageBackend>>;

    /// Whether there is such a file.
    fn exists(&self, path: &Path) -> io::Result<bool>;

    /// The bytes of a file, from its beginning.
    fn read(&self, path: &Path) -> io::Result<Box<dyn Read>>;

    /// Copies the bytes of a file to a new one, as a process reads them. Durable after
    /// [`sync_file`](Self::sync_file) and [`sync_dir`](Self::sync_dir).
    fn copy(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Makes the contents of a file durable.
    fn sync_file(&self, path: &Path) -> io::Result<()>;

    /// Removes a file; `NotFound` if there is none. Durable after [`sync_dir`](Self::sync_dir).
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Puts a file in the place of another. Durable after [`sync_dir`](Self::sync_dir).
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Whether several files may be written and synced at once.
    fn side_by_side(&self) -> bool {
        true
    }

    /// Makes creations, renames and removals in a folder durable.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
}

/// The file system of this machine.
#[derive(Debug)]
pub(crate) struct RealDisk;

impl Disk for RealDisk {
    fn database(&self, path: &Path, builder: &Builder) -> Result<Database, DatabaseError> {
        builder.create(path)
    }

    fn file(&self, path: &Path) -> io::Result<Box<dyn StorageBackend>> {
        let mut options = File::options();
        let file = options.read(true).write(true).create(true).truncate(false).open(path)?;
        Ok(Box::new(FileBackend::new(file).map_err(io::Error::other)?))
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        fs::exists(path)
    }

    fn read(&self, path: &Path) -> io::Result<Box<dyn Read>> {
        Ok(Box::new(File::open(path)?))
    }

    fn copy(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (mut from, mut to) = (File::open(from)?, File::create(to)?);
        // By hand: what the system copies by itself it may take from the disk.
        let mut part = vec![0; COPIED_AT_ONCE];
        loop {
            let count = from.read(&mut part)?;
            if count == 0 {
                return Ok(());
            }
            to.write_all(&part[..count])?;
        }
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        crate::home::sync_dir(dir)
    }
}
