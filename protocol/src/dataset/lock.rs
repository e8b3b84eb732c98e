use super::{Position, Recipe};
use crate::id::{CommunityId, TreeHash};
use crate::json::{self, JsonError};
use crate::limits::{DATASET_COMMUNITIES_MAX, LOCK_BYTES_MAX};
use crate::statement::Cause;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What exactly was taken: enough to build the dataset again byte for byte, or to say why not.
///
/// Its file is the canonical JSON (RFC 8785) of these fields and a checksum over them, and one
/// newline. The checksum finds accidents in what nothing else binds (the purpose, an address); it
/// proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Lock {
    /// The version of this format: 1.
    pub sheaf_lock: u64,
    /// What was asked.
    pub recipe: Recipe,
    /// The moment for which the dataset holds: the greatest time of the logs' own cosignatures.
    pub as_of: Time,
    /// The logs, pinned, by the bytes of their ids.
    pub communities: Vec<PinnedLog>,
    /// The rows.
    pub rows: RowsDigest,
    /// The files other than the lock and the evidence, which proves itself.
    pub files: BTreeMap<String, FileDigest>,
    /// Chats that the recipe selects and that are nevertheless no rows: attested, not proved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// In a dataset made by taking rows away: from which, and which rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Parent>,
}

/// One community's log at one checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PinnedLog {
    /// The community.
    pub id: CommunityId,
    /// Its name, from its charter.
    pub name: String,
    /// The epoch of its log.
    pub epoch: u64,
    /// How many entries.
    pub size: u64,
    /// The Merkle root over them.
    pub root: TreeHash,
    /// The signed note.
    pub checkpoint: String,
}

/// The rows as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RowsDigest {
    /// How many.
    pub count: u64,
    /// The RFC 6962 root over them.
    pub root: TreeHash,
}

/// A file by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FileDigest {
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: TreeHash,
}

/// A selected chat that could not become a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LeftOut {
    /// The community.
    pub community: CommunityId,
    /// Its index.
    pub index: u64,
    /// Why.
    pub reason: LeftOutReason,
}

impl LeftOut {
    /// Which chat.
    pub fn position(&self) -> Position {
        Position { community: self.community, index: self.index }
    }
}

/// Why a selected chat could not become a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeftOutReason {
    /// Every node asked refused the chat key.
    Refused,
    /// No node had the blob or the key.
    Unavailable,
    /// The blob does not open, or what it holds is not the chat that the manifest commits to.
    Unreadable,
    /// In a dataset made by taking rows away: it said the same as a row that was taken away.
    Duplicate,
}

/// The dataset from which rows were taken away. Never itself made in this way: taking more rows
/// away names the same parent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Parent {
    /// SHA-256 of its lock file.
    pub lock: TreeHash,
    /// Its rows.
    pub rows: RowsDigest,
    /// The rows taken away, in order.
    pub removed: Vec<Removed>,
}

/// A row that was taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Removed {
    /// Its number among the parent's rows, from 0.
    pub row: u64,
    /// The community.
    pub community: CommunityId,
    /// Its index.
    pub index: u64,
    /// Why.
    pub cause: RemovedCause,
}

impl Removed {
    /// Which chat.
    pub fn position(&self) -> Position {
        Position { community: self.community, index: self.index }
    }
}

/// Why a row was taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RemovedCause {
    /// Withdrawn under its control key.
    Withdrawn,
    /// Its due day ended.
    Due,
    /// A steward's takedown.
    TakenDown,
    /// The row stood for several equal chats, one of which is gone; without it the row's terms
    /// cannot be made again (attested).
    Duplicate,
    /// Its chat can no longer be had (attested).
    Unavailable,
}

impl From<Cause> for RemovedCause {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Withdrawn => Self::Withdrawn,
            Cause::Due => Self::Due,
            Cause::TakenDown => Self::TakenDown,
        }
    }
}

/// Why a text is not a lock.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Longer than [`LOCK_BYTES_MAX`].
    #[error("{0} bytes are more than a lock may have ({LOCK_BYTES_MAX})")]
    TooLong(usize),
    /// Not UTF-8.
    #[error("not UTF-8 from byte {0} on")]
    NotUtf8(usize),
    /// It does not end in one newline.
    #[error("a lock ends with one newline")]
    Newline,
    /// Not canonical JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// JSON, but not of this shape.
    #[error("not a lock: {0}")]
    Shape(serde_json::Error),
    /// Something was changed.
    #[error("it was changed: its checksum does not match")]
    Checksum,
    /// A version that this release does not know.
    #[error("version {0} of the lock format is not known here; a newer release may read it")]
    Version(u64),
    /// The same lock is written in another way (a field that should be left out).
    #[error("not written in the one form of its value")]
    Form,
    /// A rule between fields.
    #[error("{0}")]
    Rule(&'static str),
}

/// The version that this release writes.
const VERSION: u64 = 1;
const CHECKSUM: &str = "checksum";

/// SHA-256 of the canonical JSON of all fields but the checksum.
fn checksum(fields: &Value) -> String {
    TreeHash(Sha256::digest(json::canonical(fields)).into()).to_string()
}

impl Lock {
    /// The file's text.
    pub fn to_text(&self) -> String {
        // Fails only for maps with keys that are not text; a lock has none.
        let mut value = serde_json::to_value(self).unwrap_or_default();
        value[CHECKSUM] = checksum(&value).into();
        json::canonical(&value) + "\n"
    }

    /// Reads the file, in its one form.
    ///
    /// # Errors
    /// [`LockError`] says what is wrong and, where it can, at which byte.
    pub fn parse(bytes: &[u8]) -> Result<Self, LockError> {
        if bytes.len() > LOCK_BYTES_MAX {
            return Err(LockError::TooLong(bytes.len()));
        }
        let text = std::str::from_utf8(bytes).map_err(|e| LockError::NotUtf8(e.valid_up_to()))?;
        let line = text.strip_suffix('\n').ok_or(LockError::Newline)?;
        let mut value = json::parse_canonical(line)?;
        if let Some(version) = value["sheaf-lock"].as_u64().filter(|v| *v != VERSION) {
            return Err(LockError::Version(version));
        }
        let found = value.as_object_mut().and_then(|fields| fields.remove(CHECKSUM));
        if found != Some(checksum(&value).into()) {
            return Err(LockError::Checksum);
        }
        let lock: Self = serde_json::from_value(value).map_err(LockError::Shape)?;
        if lock.to_text() != text {
            return Err(LockError::Form);
        }
        lock.check()?;
        Ok(lock)
    }

    /// The log of a community, and its number (its evidence folder).
    pub fn log(&self, id: &CommunityId) -> Option<(usize, &PinnedLog)> {
        self.communities.iter().enumerate().find(|(_, log)| log.id == *id)
    }

    fn check(&self) -> Result<(), LockError> {
        let rule = |kept: bool, text| if kept { Ok(()) } else { Err(LockError::Rule(text)) };
        rule(self.communities.len() <= DATASET_COMMUNITIES_MAX, "too many communities")?;
        rule(
            self.communities.iter().is_sorted_by(|a, b| a.id < b.id),
            "communities must be in the order of their keys, each once",
        )?;
        rule(
            self.left_out.iter().is_sorted_by(|a, b| a.position() < b.position()),
            "left-out must be in the order of rows, each chat once",
        )?;
        let removed = self.parent.iter().flat_map(|parent| &parent.removed);
        rule(
            removed.is_sorted_by(|a, b| a.row < b.row),
            "removed must be in the order of the parent's rows, each row once",
        )?;
        let known = |position: Position| {
            self.log(&position.community).is_some_and(|(_, log)| position.index < log.size)
        };
        rule(
            self.left_out.iter().all(|item| known(item.position())),
            "left-out names an entry beyond the pinned logs",
        )?;
        rule(self.check_parent(), "the parent's rows less those removed are not these rows")
    }

    fn check_parent(&self) -> bool {
        self.parent.as_ref().is_none_or(|parent| {
            parent.rows.count.checked_sub(parent.removed.len() as u64) == Some(self.rows.count)
        })
    }
}
