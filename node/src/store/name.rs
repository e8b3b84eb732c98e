//! What the databases are called in their folder: for those who name a file to a person, without
//! knowing what wrote it.

/// What was appended last, until the databases have it for good.
pub const JOURNAL: &str = "journal";
/// Entries, heads, tree and verdicts.
pub const LOG: &str = "log.redb";
/// Signed statements and their salts.
pub const STATEMENTS: &str = "statements.redb";
/// Chat keys.
pub const KEYS: &str = "keys.redb";
/// Small sealed blobs, and where large ones lie.
pub const BLOBS: &str = "blobs.redb";
/// What waits for review.
pub const PENDING: &str = "pending.redb";
