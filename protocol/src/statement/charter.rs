use crate::id::{PublicKey, TreeHash};

/// Names who may act for a community. The first entry of every epoch; a later one rotates keys.
/// Signed by the root key in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charter {
    /// The community's name, for people; at most `NAME_BYTES_MAX` bytes.
    pub name: String,
    /// The key that signs checkpoints from this entry on.
    pub log_key: PublicKey,
    /// Who may review, admit and publish policy.
    pub stewards: Vec<PublicKey>,
    /// SHA-256 of the next root key: a charter signed by that key takes the root over.
    pub next_root: Option<TreeHash>,
    /// In a charter that rotates the log key: size and root at which the old key ends.
    pub ends: Option<LogEnd>,
    /// In the first charter of a later epoch: the last common checkpoint of the one before.
    pub previous: Option<LogEnd>,
}
crate::record!(Charter { name, log_key, stewards, next_root, ends, previous });

/// A point of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogEnd {
    /// Entries below it.
    pub size: u64,
    /// The Merkle root over them.
    pub root: TreeHash,
}
crate::record!(LogEnd { size, root });
