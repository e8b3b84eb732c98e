use sheaf_protocol::community::Status;
use sheaf_protocol::dataset::{LockError, Position};
use sheaf_protocol::id::CommunityId;
use sheaf_protocol::statement::Cause;
use std::fmt;
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

/// A row whose chat is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoneRow {
    /// Its number, from 0, among the rows first locked.
    pub row: u64,
    /// Which chat.
    pub position: Position,
    /// Why.
    pub cause: Cause,
}

impl fmt::Display for GoneRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cause = Status::Hole(self.cause);
        write!(f, "row {} ({}): {cause}", self.row + 1, self.position)
    }
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
    NoLog(CommunityId),
    /// The logs are not what their checkpoints say.
    #[error("the evidence does not hold: {}", .0.join("; "))]
    Evidence(Vec<String>),
    /// The checkpoint cannot be read.
    #[error("the checkpoint cannot be read: {0}")]
    Checkpoint(#[from] sheaf_protocol::log::ParseCheckpointError),
    /// The lock cannot be read.
    #[error("the lock cannot be read: {0}")]
    Lock(#[from] LockError),
    /// `rows` beside the lock is missing its own, or was changed.
    #[error("{} is not the list of rows that was locked", .0.display())]
    Rows(PathBuf),
    /// A log at another checkpoint than locked.
    #[error("the log of {0} was not given at the checkpoint that is locked")]
    OtherLog(CommunityId),
    /// Rows of a locked dataset are gone.
    #[error("{} of the rows locked are gone: {}", .0.len(), list(.0))]
    Gone(Vec<GoneRow>),
    /// The same logs and the same recipe gave other rows.
    #[error(
        "the rows come out differently from line {line} on: a chat that said the same as a \
             row is gone, or cannot be had any more"
    )]
    Differs {
        /// The first line of `rows` that differs.
        line: u64,
    },
    /// Fetching failed for good.
    #[error("fetching failed: {0}")]
    Fetch(Box<dyn std::error::Error + Send + Sync>),
}

/// Rows named in one message; the error holds all of them.
const NAMED_MAX: usize = 10;

fn list(gone: &[GoneRow]) -> String {
    let mut names: Vec<_> = gone.iter().take(NAMED_MAX).map(ToString::to_string).collect();
    if gone.len() > NAMED_MAX {
        names.push("…".to_owned());
    }
    names.join("; ")
}
