//! Files that are replaced whole, and are on the disk when a write returns.

use crate::limits::BOOK_FILE_BYTES_MAX;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

/// The only version of the book's files.
const VERSION: u64 = 1;

/// Why the book could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// The system refused.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// The file is damaged, or was written by hand.
    #[error("{} is damaged: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where and how.
        why: String,
    },
    /// Written by another release.
    #[error("{} has version {found}; this release reads version {VERSION}", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u64,
    },
    /// What should be there is not.
    #[error("{} is missing", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
}

impl BookError {
    pub(super) fn io(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, doing, source }
    }

    pub(super) fn damaged(path: &Path, why: impl ToString) -> Self {
        Self::Damaged { path: path.to_owned(), why: why.to_string() }
    }
}

#[derive(serde::Deserialize)]
struct Head {
    version: u64,
}

#[derive(Serialize)]
struct Versioned<'a, T> {
    version: u64,
    #[serde(flatten)]
    content: &'a T,
}

/// Reads a versioned JSON file; `None` if there is none.
pub(super) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, BookError> {
    let Some(bytes) = read(path, BOOK_FILE_BYTES_MAX)? else { return Ok(None) };
    let damaged = |error: serde_json::Error| BookError::damaged(path, error);
    let Head { version } = serde_json::from_slice(&bytes).map_err(damaged)?;
    if version != VERSION {
        return Err(BookError::Version { path: path.to_owned(), found: version });
    }
    serde_json::from_slice(&bytes).map(Some).map_err(damaged)
}

/// Replaces a versioned JSON file durably.
pub(super) fn write_json<T: Serialize>(path: &Path, content: &T) -> Result<(), BookError> {
    write(path, &json(path, content)?)
}

/// Replaces a versioned JSON file as [`place`] does.
pub(super) fn place_json<T: Serialize>(path: &Path, content: &T) -> Result<(), BookError> {
    place(path, &json(path, content)?)
}

fn json<T: Serialize>(path: &Path, content: &T) -> Result<Vec<u8>, BookError> {
    let mut bytes = serde_json::to_vec_pretty(&Versioned { version: VERSION, content })
        .map_err(|error| BookError::damaged(path, error))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Reads a file of at most `max` bytes; `None` if there is none.
pub(super) fn read(path: &Path, max: u64) -> Result<Option<Vec<u8>>, BookError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(BookError::io(path, "open"))?,
    };
    let mut bytes = Vec::new();
    file.take(max + 1).read_to_end(&mut bytes).map_err(BookError::io(path, "read"))?;
    if bytes.len() as u64 > max {
        return Err(BookError::damaged(path, format!("longer than {max} bytes")));
    }
    Ok(Some(bytes))
}

/// Replaces a file durably: written beside, synced, renamed, folder synced.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), BookError> {
    place(path, bytes)?;
    sync_dir(parent(path))
}

/// Replaces a file whole; it is sure to survive a crash only after [`sync_dir`] of its folder, so
/// that many files can share one.
pub(super) fn place(path: &Path, bytes: &[u8]) -> Result<(), BookError> {
    make_private_dir(parent(path))?;
    let beside = unique_beside(path);
    let written = write_new(&beside, bytes).map_err(BookError::io(path, "write"));
    let renamed =
        written.and_then(|()| fs::rename(&beside, path).map_err(BookError::io(path, "replace")));
    if renamed.is_err() {
        // The first error is the one to tell; a stray file does no harm.
        let _ = fs::remove_file(&beside);
    }
    renamed
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

/// Removes a file durably, if it is there.
pub(super) fn remove(path: &Path) -> Result<(), BookError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(BookError::io(path, "remove")(error)),
        Ok(()) => sync_dir(parent(path)),
    }
}

/// The names in a folder, sorted; none if there is no folder.
pub(super) fn names(dir: &Path) -> Result<Vec<String>, BookError> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.map_err(BookError::io(dir, "list"))?,
    };
    let names: io::Result<Vec<_>> = entries.map(|entry| entry.map(|e| e.file_name())).collect();
    let names = names.map_err(BookError::io(dir, "list"))?;
    let mut names: Vec<_> = names.into_iter().filter_map(|name| name.into_string().ok()).collect();
    names.sort();
    Ok(names)
}

/// Makes a folder that only its owner may look into.
pub(super) fn make_private_dir(dir: &Path) -> Result<(), BookError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(BookError::io(dir, "make"))
}

fn unique_beside(path: &Path) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    path.with_extension(format!("{}-{count}.tmp", std::process::id()))
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes durable what was placed in a folder.
#[cfg(unix)]
pub(super) fn sync_dir(dir: &Path) -> Result<(), BookError> {
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(BookError::io(dir, "sync"))
}

/// A folder cannot be synced on other systems; their rename is as durable as it gets.
#[cfg(not(unix))]
pub(super) fn sync_dir(_: &Path) -> Result<(), BookError> {
    Ok(())
}
