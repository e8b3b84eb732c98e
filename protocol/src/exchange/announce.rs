use super::codec::variants;
use crate::cbor::Bytes;
use crate::id::CommunityId;

/// The gossip topic of a community.
pub fn topic(community: &CommunityId) -> String {
    format!("/sheaf/gossip/1/{community}")
}

/// What gossip carries: hints that are verified against what a node already knows. A stranger on
/// the topic never receives a statement that may later have to be erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announcement {
    /// A new head. `entries` follow from `first`, or are left out when they would not fit.
    Head {
        /// The checkpoint, a signed note.
        checkpoint: String,
        /// Index of the first entry below.
        first: u64,
        /// Encoded entries from `first` up to the checkpoint's size, or none.
        entries: Vec<Bytes>,
        /// Those statements among them that concern everyone.
        statements: Vec<(u64, super::Salted)>,
    },
    /// A withdrawal or takedown, before or after it is logged.
    Explanation {
        /// The signed statement.
        statement: Bytes,
    },
    /// Two inconsistent checkpoints.
    Fork {
        /// An encoded fork proof.
        proof: Bytes,
    },
}
variants!(Announcement {
    Head { checkpoint, first, entries, statements } = 1,
    Explanation { statement } = 2,
    Fork { proof } = 3,
});
