use sheaf_protocol::id::BlobHash;
use std::io;
use std::path::{Path, PathBuf};

/// Why a large blob was not stored, read, sent, fetched or deleted.
#[derive(Debug, thiserror::Error)]
pub enum LargeError {
    /// A file or folder.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The store in this folder.
    #[error("the large blobs in {dir}: {what}", dir = dir.display())]
    Store {
        /// The folder.
        dir: PathBuf,
        /// What iroh-blobs said.
        what: String,
    },
    /// The store did not open when the node started.
    #[error("{why}")]
    Unreadable {
        /// Why, with the file or folder.
        why: String,
    },
    /// The bytes are not those of the hash.
    #[error("the bytes have the hash {found}, expected {expected}")]
    WrongHash {
        /// What was asked for.
        expected: BlobHash,
        /// What the bytes hash to.
        found: BlobHash,
    },
    /// More bytes than may be, or than were announced.
    #[error("the blob is larger than the {max} bytes allowed")]
    TooLarge {
        /// The bound, in bytes.
        max: u64,
    },
    /// The blob has another size than was announced.
    #[error("the blob has {found} bytes, {announced} were announced")]
    WrongSize {
        /// The size in the manifest.
        announced: u64,
        /// The size it has.
        found: u64,
    },
    /// The blob is not here.
    #[error("the blob {hash} is not here")]
    Missing {
        /// Which.
        hash: BlobHash,
    },
    /// The same blob is being added at this moment.
    #[error("the blob {hash} is being added; try again when that has ended")]
    Busy {
        /// Which.
        hash: BlobHash,
    },
    /// A file is left after a deletion.
    #[error("{path} is still there after its deletion", path = path.display())]
    StillThere {
        /// The file.
        path: PathBuf,
    },
    /// The peer asked for something that this stream does not allow.
    #[error("the peer asked for something else than the blob {hash}")]
    Refused {
        /// What the stream was opened for.
        hash: BlobHash,
    },
    /// The transfer failed: the connection, or bytes that are not those of the hash.
    #[error("the transfer of the blob {hash} failed: {what}")]
    Transfer {
        /// Which.
        hash: BlobHash,
        /// What happened.
        what: String,
    },
}

impl LargeError {
    pub(super) fn store(dir: &Path, what: impl std::fmt::Display) -> Self {
        Self::Store { dir: dir.into(), what: format!("{what:#}") }
    }

    pub(super) fn transfer(hash: &BlobHash, what: impl std::fmt::Display) -> Self {
        Self::Transfer { hash: *hash, what: format!("{what:#}") }
    }
}
