use super::codec::variants;
use super::{Refusal, Salted};
use crate::cbor::Bytes;
use crate::id::{CommunityId, PublicKey, StatementId, TreeHash};
use crate::statement::{PolicyRef, Role, TakedownReason};
use crate::time::Time;

/// What a member asks of their community's node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberRequest {
    /// Name, head and policy in force, and whether the asking key is a member.
    Community {
        /// The community, or absent for the node's home community.
        community: Option<CommunityId>,
    },
    /// Become a member.
    Join {
        /// A signed membership.
        statement: Bytes,
    },
    /// Contribute a chat. The sealed blob follows in frames of at most `ITEM_BYTES_MAX`.
    Submit {
        /// Statement, key and size of what follows.
        submission: Submission,
    },
    /// Take a chat, or the membership record, back.
    Withdraw {
        /// A signed withdrawal.
        statement: Bytes,
    },
    /// Where are the chats of these control keys?
    Where {
        /// The community.
        community: CommunityId,
        /// At most `PULL_ITEMS_MAX` control keys.
        controls: Vec<PublicKey>,
    },
    /// Which of these control keys does the log hold? For recovery from words.
    Scan {
        /// The community.
        community: CommunityId,
        /// At most `PULL_ITEMS_MAX` control keys.
        controls: Vec<PublicKey>,
    },
}
variants!(MemberRequest {
    Community { community } = 1,
    Join { statement } = 2,
    Submit { submission } = 3,
    Withdraw { statement } = 4,
    Where { community, controls } = 5,
    Scan { community, controls } = 6,
});

/// A contribution on its way. The blob of `sealed_bytes` (named in the manifest) follows.
#[derive(Clone, PartialEq, Eq)]
pub struct Submission {
    /// The signed manifest.
    pub statement: Bytes,
    /// The chat key.
    pub key: [u8; 32],
}
crate::record!(Submission { statement, key });

impl std::fmt::Debug for Submission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Submission {{ statement: {} bytes, key: … }}", self.statement.0.len())
    }
}

/// The node's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberReply {
    /// Not carried out.
    Refused {
        /// Why.
        refusal: Refusal,
    },
    /// The community.
    Community {
        /// What the node says of it.
        community: Community,
    },
    /// In the log, durably.
    Logged {
        /// What the member keeps.
        logged: Logged,
    },
    /// The chat is gone from this node; replicas are being told.
    Withdrawn {
        /// Index of the withdrawal in the log, if what was withdrawn had been logged.
        index: Option<u64>,
    },
    /// Where the chats are, in the order asked.
    Where {
        /// One for each control key.
        places: Vec<Place>,
    },
    /// Which of the control keys asked are in the log.
    Scan {
        /// In the order asked.
        used: Vec<bool>,
    },
    /// Held for review, durably, and not in the log. Sending the same bytes again asks how it
    /// stands.
    Pending {
        /// The statement's id.
        statement: StatementId,
    },
}
variants!(MemberReply {
    Refused { refusal } = 1,
    Community { community } = 2,
    Logged { logged } = 3,
    Withdrawn { index } = 4,
    Where { places } = 5,
    Scan { used } = 6,
    Pending { statement } = 7,
});

/// What a node says of a community it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Community {
    /// Which.
    pub community: CommunityId,
    /// Its name.
    pub name: String,
    /// The epoch of its log.
    pub epoch: u64,
    /// The newest checkpoint's text.
    pub checkpoint: Option<String>,
    /// The policy in force.
    pub policy: PolicyRef,
    /// The signed policy statement with its salt: checkable against the log.
    pub policy_statement: Salted,
    /// The first charter with its salt: shows that the root key named this log.
    pub charter: Salted,
    /// Whether the asking key is a member.
    pub member: bool,
    /// Whether the asking key is a steward.
    pub steward: bool,
    /// Whether this node is the community's home.
    pub home: bool,
    /// The node's clock.
    pub now: Time,
}
crate::record!(Community {
    community,
    name,
    epoch,
    checkpoint,
    policy,
    policy_statement,
    charter,
    member,
    steward,
    home,
    now,
});

/// Proof that a statement is in the log: what an acknowledgement gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// The entry's index.
    pub index: u64,
    /// The entry, encoded.
    pub entry: Bytes,
    /// The salt of its commitment.
    pub salt: crate::id::Salt,
    /// A checkpoint that covers it.
    pub checkpoint: String,
    /// The inclusion proof (RFC 6962 §2.1.1).
    pub inclusion: Vec<TreeHash>,
    /// Whether this was in the log before: a retried submission is answered as at first.
    pub already: bool,
}
crate::record!(Logged { index, entry, salt, checkpoint, inclusion, already });

/// Where a chat is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its control key.
    pub control: PublicKey,
    /// Its state at this node.
    pub state: ChatState,
    /// Its index in the log.
    pub index: Option<u64>,
    /// Whom the node knows to have received it, or to be told of its erasure.
    pub holders: Vec<Holder>,
    /// Why a steward took it down; without an index, did not accept it.
    pub reason: Option<TakedownReason>,
}
crate::record!(Place { control, state, index, holders, reason });

/// State of a chat at its home node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChatState {
    /// Never heard of.
    Unknown,
    /// Waiting for review.
    Pending,
    /// In the log, held and served.
    Live,
    /// In the log, without effect.
    Void,
    /// Taken back, erased here.
    Withdrawn,
    /// Past its due day, erased here.
    Due,
    /// Taken down, erased here.
    TakenDown,
    /// Explained, but not yet erased here.
    Erasing,
}
crate::codes!(ChatState {
    Unknown = 1,
    Pending = 2,
    Live = 3,
    Void = 4,
    Withdrawn = 5,
    Due = 6,
    TakenDown = 7,
    Erasing = 8,
});

/// One key of the register, seen for one chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The accepting key.
    pub key: PublicKey,
    /// What it is.
    pub role: Role,
    /// Its name, if it gave one.
    pub name: Option<String>,
    /// How far the erasure got there.
    pub state: HolderState,
    /// When that became known.
    pub since: Option<Time>,
}
crate::record!(Holder { key, role, name, state, since });

/// How far an erasure got at a holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HolderState {
    /// May hold the chat; nothing to erase.
    Holds,
    /// Has been told: it holds the log with the withdrawal in it.
    Told,
    /// Has sent a receipt.
    Erased,
    /// Has not said yet that it knows.
    Unreached,
}
crate::codes!(HolderState { Holds = 1, Told = 2, Erased = 3, Unreached = 4 });
