use sheaf_protocol::dataset::LockError;
use std::io;
use std::path::{Path, PathBuf};

/// The system refused something with a file.
#[derive(Debug, thiserror::Error)]
#[error("{}: {error}", path.display())]
pub struct FileError {
    /// Which file.
    pub path: PathBuf,
    /// What it said.
    pub error: io::Error,
}

/// Names the file in an error of the system.
pub(super) fn at(path: &Path) -> impl Fn(io::Error) -> FileError {
    move |error| FileError { path: path.to_owned(), error }
}

/// Why a folder could not be checked at all. What is wrong with its content is in the verdict.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Why a dataset was not built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Something stands where the dataset should go.
    #[error("{} exists already; choose another folder or remove it", .0.display())]
    Exists(PathBuf),
    /// A file cannot be written or read.
    #[error(transparent)]
    File(#[from] FileError),
    /// A log that the recipe names was not given.
    #[error("the log of {0} was not given")]
    NoLog(sheaf_protocol::id::CommunityId),
    /// The logs are not what their checkpoints say.
    #[error("the evidence does not hold: {}", .0.join("; "))]
    Evidence(Vec<String>),
    /// The checkpoint cannot be read.
    #[error("the checkpoint cannot be read: {0}")]
    Checkpoint(#[from] sheaf_protocol::log::ParseCheckpointError),
    /// The lock cannot be read.
    #[error("the lock cannot be read: {0}")]
    Lock(#[from] LockError),
    /// Fetching failed for good.
    #[error("fetching failed: {0}")]
    Fetch(Box<dyn std::error::Error + Send + Sync>),
}
