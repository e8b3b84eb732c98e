use super::codec::variants;
use super::{Refusal, Salted};
use crate::cbor::Bytes;
use crate::id::{BlobHash, CommunityId, EntryCommitment, TreeHash};

/// What one node, or a reader, asks of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PullRequest {
    /// Which communities do you hold?
    Hosted,
    /// Your highest head of this community. Answered even by a node that may not sign yet.
    Head {
        /// The community.
        community: CommunityId,
    },
    /// Log entries from `from` on, at most `max` of them.
    Entries {
        /// The community.
        community: CommunityId,
        /// First index.
        from: u64,
        /// At most so many, at most `PULL_ITEMS_MAX`.
        max: u64,
        /// Size of the head that the asker holds a checkpoint of: the proof leads there.
        size: u64,
    },
    /// Statements, keys and blobs of entries, in the order asked; each answered by one
    /// [`Item`] frame, which for a large blob is followed on a stream of its own.
    Items {
        /// The community.
        community: CommunityId,
        /// Indices, ascending, at most `PULL_ITEMS_MAX`.
        indices: Vec<u64>,
        /// Statements alone, or chats whole.
        parts: Parts,
    },
    /// Withdrawals and takedowns known here that are not in the log yet.
    Explanations {
        /// The community.
        community: CommunityId,
    },
    /// Records an acceptance: who accepts must be who is connected.
    Accept {
        /// A signed acceptance.
        statement: Bytes,
    },
    /// Brings a withdrawal, a takedown, a receipt, or an acceptance recorded elsewhere.
    Offer {
        /// The signed statement.
        statement: Bytes,
    },
    /// Brings a fork proof.
    Fork {
        /// The community.
        community: CommunityId,
        /// An encoded fork proof.
        proof: Bytes,
    },
    /// How many live chats there are, by licence and by language; attested by the node.
    Counts {
        /// The community.
        community: CommunityId,
    },
}
variants!(PullRequest {
    Hosted = 1,
    Head { community } = 2,
    Entries { community, from, max, size } = 3,
    Items { community, indices, parts } = 4,
    Explanations { community } = 5,
    Accept { statement } = 6,
    Offer { statement } = 7,
    Fork { community, proof } = 8,
    Counts { community } = 9,
});

/// Which parts of an entry are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parts {
    /// The salted statement.
    Statements,
    /// Statement, chat key and sealed blob.
    Chats,
}
crate::codes!(Parts { Statements = 1, Chats = 2 });

/// The first frame of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PullReply {
    /// Not carried out.
    Refused {
        /// Why.
        refusal: Refusal,
    },
    /// The communities held.
    Hosted {
        /// Each with its size here.
        communities: Vec<Hosted>,
    },
    /// The highest head, if there is one.
    Head {
        /// The checkpoint's text.
        checkpoint: Option<String>,
    },
    /// Encoded entries, in order.
    Entries {
        /// Entries.
        entries: Vec<Bytes>,
        /// Consistency proof from the last of these entries to `size`, so that each part of a
        /// long log is checked as it comes.
        consistency: Vec<TreeHash>,
    },
    /// So many [`Item`] frames follow.
    Items {
        /// How many.
        count: u64,
    },
    /// Signed withdrawals and takedowns.
    Explanations {
        /// The statements.
        statements: Vec<Bytes>,
    },
    /// Stored durably.
    Done,
    /// The counts.
    Counts {
        /// The counts.
        counts: Counts,
    },
}
variants!(PullReply {
    Refused { refusal } = 1,
    Hosted { communities } = 2,
    Head { checkpoint } = 3,
    Entries { entries, consistency } = 4,
    Items { count } = 5,
    Explanations { statements } = 6,
    Done = 7,
    Counts { counts } = 8,
});

/// A community that a node holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosted {
    /// Which.
    pub community: CommunityId,
    /// Its name.
    pub name: String,
    /// Whether this node is its home.
    pub home: bool,
    /// Entries held.
    pub size: u64,
}
crate::record!(Hosted { community, name, home, size });

/// One answered index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The index asked for.
    pub index: u64,
    /// What there is.
    pub state: ItemState,
}
crate::record!(Item { index, state });

/// What there is at an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemState {
    /// The statement, and with `Parts::Chats` the chat.
    Here {
        /// Salt and statement.
        salted: Salted,
        /// Key and blob of a manifest.
        chat: Option<Served>,
    },
    /// A hole, with an encoded explanation.
    Gone {
        /// An encoded `community::Explanation`.
        explanation: Bytes,
    },
    /// Held, but not for you.
    Denied {
        /// Why.
        refusal: Refusal,
    },
    /// Not held here.
    Missing,
}
variants!(ItemState {
    Here { salted, chat } = 1,
    Gone { explanation } = 2,
    Denied { refusal } = 3,
    Missing = 4,
});

/// A chat as it travels: sealed, with its key.
#[derive(Clone, PartialEq, Eq)]
pub struct Served {
    /// The chat key.
    pub key: [u8; 32],
    /// The sealed bytes, or where to fetch them.
    pub blob: ChatBlob,
}
crate::record!(Served { key, blob });

impl std::fmt::Debug for Served {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Served {{ key: …, blob: {:?} }}", self.blob)
    }
}

/// A sealed blob, inline or on a stream of its own.
#[derive(Clone, PartialEq, Eq)]
pub enum ChatBlob {
    /// At most `BLOB_SMALL_BYTES_MAX`.
    Small {
        /// The sealed bytes.
        bytes: Bytes,
    },
    /// To be fetched over [`super::LARGE`].
    Large {
        /// BLAKE3 of the sealed bytes.
        hash: BlobHash,
        /// How many.
        sealed_bytes: u64,
    },
}
variants!(ChatBlob {
    Small { bytes } = 1,
    Large { hash, sealed_bytes } = 2,
});

impl std::fmt::Debug for ChatBlob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Small { bytes } => write!(f, "Small({} bytes)", bytes.0.len()),
            Self::Large { hash, sealed_bytes } => write!(f, "Large({hash}, {sealed_bytes} bytes)"),
        }
    }
}

/// Live chats by licence and by language, as the node counts them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// All live chats.
    pub chats: u64,
    /// By licence expression.
    pub licences: Vec<Counted>,
    /// By language tag; a chat in two languages counts in both.
    pub languages: Vec<Counted>,
}
crate::record!(Counts { chats, licences, languages });

/// A label and how many chats carry it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The label.
    pub label: String,
    /// How many.
    pub chats: u64,
}
crate::record!(Counted { label, chats });

/// The one frame that opens a stream of [`super::LARGE`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LargeRequest {
    /// The community.
    pub community: CommunityId,
    /// The entry.
    pub index: u64,
    /// Its commitment, so that both mean the same log.
    pub commitment: EntryCommitment,
}
crate::record!(LargeRequest { community, index, commitment });
