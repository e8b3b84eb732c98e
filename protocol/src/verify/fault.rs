use crate::cbor;
use crate::community::{ExplainError, FoldError, Status};
use crate::dataset::{
    Exclusion, FileDigest, LockError, Position, RemovedCause, RowError, RowRef, RowRefError,
    SequenceError,
};
use crate::id::{CommunityId, TreeHash};
use crate::log::CheckpointError;
use crate::time::Time;
use std::fmt;

/// Something wrong, and where.
#[derive(Debug)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What.
    pub fault: Fault,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.fault)
    }
}

/// A place in a dataset folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, relative to the folder, with `/` between its parts.
    pub file: String,
    /// The line of a text file, from 1.
    pub line: Option<u64>,
    /// The entry of a log, from 0.
    pub entry: Option<u64>,
}

impl Place {
    /// A file as a whole.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, entry: None }
    }

    /// A line, from 1.
    pub fn line(file: impl Into<String>, line: u64) -> Self {
        Self { line: Some(line), ..Self::file(file) }
    }

    /// An entry, from 0.
    pub fn entry(file: impl Into<String>, entry: u64) -> Self {
        Self { entry: Some(entry), ..Self::file(file) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(entry) = self.entry {
            write!(f, ", entry {entry}")?;
        }
        Ok(())
    }
}

/// What can be wrong with a dataset.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A file that should be there.
    #[error("the file is missing")]
    FileMissing,
    /// A file that should not be there.
    #[error("the lock does not name this file")]
    FileUnknown,
    /// A file's content is not the one locked.
    #[error("the file has changed: {} bytes with SHA-256 {}, where the lock says {} bytes with {}",
        found.bytes, found.sha256, expected.bytes, expected.sha256)]
    FileChanged {
        /// What the lock says.
        expected: FileDigest,
        /// What is there.
        found: FileDigest,
    },
    /// The lock cannot be read.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The lock names other communities than its recipe.
    #[error("the recipe asks for other communities than the lock pins")]
    Communities,
    /// The lock's time is not that of its checkpoints.
    #[error("as-of is {found}, but the checkpoints were cosigned at {expected} at the latest")]
    AsOf {
        /// What the checkpoints say.
        expected: Time,
        /// What the lock says.
        found: Time,
    },
    /// Not a sequence file.
    #[error(transparent)]
    Sequence(#[from] SequenceError),
    /// A sequence or a line ends before it is whole.
    #[error("the file ends in the middle of an item")]
    Truncated,
    /// Entries and what lies beside them do not pair up.
    #[error("entries.cbor and statements.cbor have different numbers of items")]
    Uneven,
    /// A line of `rows` does not describe its row.
    #[error("the line has changed: it should be {0}")]
    RowRefDiffers(RowRef),
    /// A row that `rows` lists and `chats.jsonl` does not have.
    #[error("the row of {0} was left out of `chats.jsonl`")]
    RowGone(Position),
    /// A line of `chats.jsonl` that `rows` does not list.
    #[error("a row was added{}: `rows` does not list it here", said_of(*.0))]
    RowExtra(Option<Position>),
    /// A line beyond its bound.
    #[error("a line is longer than the bound of {0} bytes")]
    LineTooLong(u64),
    /// Not UTF-8.
    #[error("not UTF-8 from byte {0} of the line on")]
    NotUtf8(usize),
    /// Not an entry.
    #[error("not a log entry: {0}")]
    Entry(cbor::Error),
    /// Not a statement or an explanation.
    #[error("neither a statement nor an explanation: {0}")]
    Record(cbor::Error),
    /// The statement is not the entry's.
    #[error("the statement is not the one that the log entry commits to")]
    NotCommitted,
    /// More or fewer items than there should be.
    #[error("expected {expected} of them, found {found}")]
    Count {
        /// What is pinned.
        expected: u64,
        /// What is there.
        found: u64,
    },
    /// Another root.
    #[error(
        "the root of what is here is {found}, but {expected} is pinned: \
             something was changed, left out, added or moved"
    )]
    Root {
        /// What is pinned.
        expected: TreeHash,
        /// What follows from what is there.
        found: TreeHash,
    },
    /// The log cannot be followed.
    #[error(transparent)]
    Fold(FoldError),
    /// Name or epoch are not those of the log.
    #[error("the log of {0} has another name or epoch than the lock says")]
    LogIdentity(CommunityId),
    /// The file is not the note in the lock.
    #[error("not the checkpoint that the lock holds")]
    CheckpointFile,
    /// The note does not verify.
    #[error("the checkpoint cannot be believed: {0}")]
    Checkpoint(CheckpointError),
    /// The note says another size or root than the lock.
    #[error("the checkpoint has another size or root than the lock says")]
    CheckpointFields,
    /// The later checkpoint is not later.
    #[error("this checkpoint is older than the pinned one")]
    LatestIsOlder,
    /// A hole whose explanation does not hold.
    #[error("the statement is gone without a good explanation: {0}")]
    Unexplained(ExplainError),
    /// A chat's statement that is not there.
    #[error("the statement is missing and nobody says why")]
    Missing,
    /// Not a line of the `rows` file.
    #[error("not a line of rows: {0}")]
    RowRef(RowRefError),
    /// Rows out of order, or twice.
    #[error("out of order: rows go by community key, then index, each once")]
    Order,
    /// The row is not the one whose leaf is listed.
    #[error("the row has changed: its leaf is {found}, where `rows` says {expected}")]
    Leaf {
        /// In `rows`.
        expected: TreeHash,
        /// Of the line.
        found: TreeHash,
    },
    /// Not a row.
    #[error("{0}")]
    Row(#[from] RowError),
    /// A field of the row is not what was signed.
    #[error("{field} is {found}, but {expected} follows from what was signed")]
    Field {
        /// Its name.
        field: &'static str,
        /// What follows from the evidence.
        expected: String,
        /// What is there.
        found: String,
    },
    /// The chat is not the one that was contributed.
    #[error("the chat or its opening has changed: it is not what the manifest of {0} commits to")]
    Commitment(Position),
    /// A row too many: its community is not in the lock.
    #[error("a row was added: {0} is not in a pinned log")]
    AddedUnknown(Position),
    /// A row too many: its entry is no chat in effect.
    #[error("a row was added: {position} is {}", no_chat(status))]
    AddedNotLive {
        /// The chat.
        position: Position,
        /// Its status; `None` if it is no chat at all.
        status: Option<Status>,
    },
    /// A row too many: the recipe does not ask for it.
    #[error("a row was added: the recipe does not select {position} ({reason})")]
    AddedNotSelected {
        /// The chat.
        position: Position,
        /// Why not.
        reason: Exclusion,
    },
    /// A row that the lock says was left out.
    #[error("the lock says that {0} was left out, but it is here")]
    AddedLeftOut(Position),
    /// A row too few.
    #[error("a row is missing: the recipe selects {0}, and nothing says why it is not here")]
    Omitted(Position),
    /// Two rows say the same.
    #[error("says the same as the row in line {line}: only the first may stay")]
    SameText {
        /// Line of the first.
        line: u64,
    },
    /// A duplicate that is none.
    #[error("the duplicate {0} is not a selected chat without a row of its own after this one")]
    Duplicate(Position),
    /// The lock leaves out something that it need not.
    #[error("the lock leaves out {0}, which the recipe does not select or which has a row")]
    LeftOut(Position),
    /// A removed row that the evidence does not explain.
    #[error("{position} was removed as {}, which the log does not show", cause(*claimed))]
    Removed {
        /// The chat.
        position: Position,
        /// What the lock says.
        claimed: RemovedCause,
    },
    /// The rows are not the parent's less those removed.
    #[error("the parent's row {0} is neither here nor among those removed")]
    ParentRow(u64),
}

fn no_chat(status: &Option<Status>) -> String {
    status.map_or("no chat".to_owned(), |status| status.to_string())
}

fn cause(cause: RemovedCause) -> &'static str {
    match cause {
        RemovedCause::Withdrawn => "withdrawn",
        RemovedCause::Due => "due",
        RemovedCause::TakenDown => "taken down",
        RemovedCause::Duplicate => "a duplicate of something gone",
        RemovedCause::Unavailable => "unavailable",
    }
}

fn said_of(position: Option<Position>) -> String {
    position.map(|position| format!(", for {position}")).unwrap_or_default()
}
