//! Names of the files in a dataset folder.

/// The lock: what exactly was taken.
pub const LOCK: &str = "sheaf.lock";
/// The rows, one canonical JSON text a line.
pub const CHATS: &str = "chats.jsonl";
/// One line per row: leaf hash, community, index.
pub const ROWS: &str = "rows";
/// The `rows` file of the dataset from which this one was made by taking rows away.
pub const PARENT_ROWS: &str = "parent-rows";
/// The card, for people.
pub const README: &str = "README.md";
/// The folder of the logs; within it one folder per community, named by its place in the lock.
pub const EVIDENCE: &str = "evidence";
/// The pinned checkpoint: a signed note.
pub const CHECKPOINT: &str = "checkpoint";
/// A later checkpoint of the same log, if there is one: shows that time has passed.
pub const LATEST: &str = "latest";
/// The entries of the log, in order.
pub const ENTRIES: &str = "entries.cbor";
/// For each entry its salt and statement, or why they are gone.
pub const STATEMENTS: &str = "statements.cbor";
