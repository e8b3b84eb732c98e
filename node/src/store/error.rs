//! What can go wrong between us and the disk, each with its own sentence.

use std::io;
use std::path::{Path, PathBuf};

/// Why a store could not be read or written. Names the file, and the table where one is known.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No space left on the device, or over quota.
    #[error("{file}: the disk is full; nothing was changed: once it has room, try again", file = file.display())]
    DiskFull {
        /// The file that could not grow.
        file: PathBuf,
    },
    /// The operating system refuses access.
    #[error("{file}: permission denied; the folder must belong to the user that runs the node", file = file.display())]
    Permission {
        /// The file that may not be opened.
        file: PathBuf,
    },
    /// A file that did not read when the store was opened: nothing in it is served or written, and
    /// the others go on.
    #[error("{file} could not be read when the node started ({why}); sheaf doctor says what to do", file = file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What was found.
        why: String,
    },
    /// Another process has the file open.
    #[error("{file} is in use by another process", file = file.display())]
    InUse {
        /// The file that is locked.
        file: PathBuf,
    },
    /// The file or a row in it is not what was written.
    #[error("{file}, {place}: damaged: {what}", file = file.display())]
    Corrupt {
        /// The damaged file.
        file: PathBuf,
        /// The table, or where else in the file.
        place: &'static str,
        /// What was found.
        what: String,
    },
    /// A row was written by a release that this one does not know.
    #[error("{file}, table {table}: a row has version {found}, this release knows {known}: use the newer release", file = file.display())]
    Version {
        /// The file with the row.
        file: PathBuf,
        /// Its table.
        table: &'static str,
        /// The version byte found.
        found: u8,
        /// The only version that is read here.
        known: u8,
    },
    /// An index that the log of this community does not have.
    #[error("{file}: entry {index} is not in the log, which has {size}", file = file.display())]
    NotInLog {
        /// The file of the log.
        file: PathBuf,
        /// What was asked for.
        index: u64,
        /// The entries there are.
        size: u64,
    },
    /// A bounded table has no place left.
    #[error("{file}, table {table}: full, {max} rows", file = file.display())]
    TableFull {
        /// The file.
        file: PathBuf,
        /// The bounded table.
        table: &'static str,
        /// Its bound.
        max: u64,
    },
    /// Another failure to read or write.
    #[error("{file}: {source}", file = file.display())]
    Io {
        /// The file or folder.
        file: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The database engine refuses, usually because of an earlier error.
    #[error("{file}, {place}: {what}; restart the node", file = file.display())]
    Engine {
        /// The file.
        file: PathBuf,
        /// The table, or what was being done.
        place: &'static str,
        /// The engine's words.
        what: String,
    },
}

/// What a write can fail of.
pub(super) trait Failure: From<StoreError> {
    /// Whether there was no room.
    fn is_disk_full(&self) -> bool;
}

impl Failure for StoreError {
    fn is_disk_full(&self) -> bool {
        matches!(self, Self::DiskFull { .. })
    }
}

impl Failure for AppendError {
    fn is_disk_full(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_disk_full())
    }
}

impl StoreError {
    /// Whether the file was read, and what it holds is not what was written.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Corrupt { .. })
    }

    /// Whether the file is at fault, for good: what the system could not do this time may work the
    /// next, and is no reason to go on without the file.
    pub(super) fn is_of_file(&self) -> bool {
        self.is_damage() || matches!(self, Self::Permission { .. })
    }

    /// The error of a file operation.
    pub(crate) fn io(file: impl Into<PathBuf>, source: io::Error) -> Self {
        let file = file.into();
        match source.kind() {
            // A file may also be as large as the system lets it become.
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::DiskFull { file },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::Permission { file }
            }
            _ => Self::Io { file, source },
        }
    }

    /// The error of the engine at `place` in `file`.
    pub(super) fn engine(
        file: impl Into<PathBuf>,
        place: &'static str,
        error: impl Into<redb::Error>,
    ) -> Self {
        let file = file.into();
        match error.into() {
            redb::Error::Io(source) => match source.kind() {
                // Of the second kind: the file was cut.
                io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
                    Self::Corrupt { file, place, what: source.to_string() }
                }
                _ => Self::io(file, source),
            },
            redb::Error::Corrupted(what) => Self::Corrupt { file, place, what },
            redb::Error::DatabaseAlreadyOpen => Self::InUse { file },
            other => Self::Engine { file, place, what: other.to_string() },
        }
    }
}

/// Why the store did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made or listed.
    #[error("the folder {path}: {source}", path = path.display())]
    Folder {
        /// The folder of the store.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// One of its files.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl StoreError {
    /// The file that it is about.
    pub fn file(&self) -> &Path {
        match self {
            Self::DiskFull { file }
            | Self::Permission { file }
            | Self::Unreadable { file, .. }
            | Self::InUse { file }
            | Self::Corrupt { file, .. }
            | Self::Version { file, .. }
            | Self::NotInLog { file, .. }
            | Self::TableFull { file, .. }
            | Self::Io { file, .. }
            | Self::Engine { file, .. } => file,
        }
    }
}

impl OpenError {
    /// The file or folder that it is about.
    pub fn path(&self) -> &Path {
        match self {
            Self::Folder { path, .. } => path,
            Self::Store(error) => error.file(),
        }
    }
}

/// Why nothing was appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Somebody else moved the head; nothing was written.
    #[error("the log has {found} entries, the append was made for {expected}")]
    HeadMoved {
        /// The size that the caller had seen.
        expected: u64,
        /// The size there is.
        found: u64,
    },
    /// The new head does not count what is appended; nothing was written.
    #[error("the new head counts {head} entries, the append makes {made}")]
    HeadMiscounts {
        /// The size the new head names.
        head: u64,
        /// Expected size and the entries appended.
        made: u64,
    },
    /// The disk.
    #[error(transparent)]
    Store(#[from] StoreError),
}
