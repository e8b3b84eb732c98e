//! What nodes, members and readers say to each other: bounded, typed, in deterministic CBOR.
//!
//! Each request travels on a stream of its own, as one frame; the answer is one frame or more.
//! Who asks is known from the connection, never from the message. Specified in
//! `docs/spec/exchange.md`.

mod announce;
mod codec;
mod member;
mod pull;
mod review;
mod steward;

pub use announce::{Announcement, topic};
pub use member::{
    ChatState, Community, Holder, HolderState, Logged, MemberReply, MemberRequest, Place,
    Submission,
};
pub use pull::{
    ChatBlob, Counted, Counts, Hosted, Item, ItemState, LargeRequest, Parts, PullReply,
    PullRequest, Served,
};
pub use review::{Finding, Findings, FoundKind, ReviewChat, WaitingChat};
pub use steward::{
    FollowReport, LogLine, MemberLine, NodeStatus, PeerLine, PeerRole, StatusLine, StewardReply,
    StewardRequest,
};

use crate::cbor::Bytes;

/// Protocol of node to node and reader to node.
pub const PULL: &str = "/sheaf/pull/1";
/// Protocol of member, steward and operator to node.
pub const MEMBER: &str = "/sheaf/member/1";
/// Protocol that carries one large sealed blob.
pub const LARGE: &str = "/sheaf/large/1";

/// Why a request was not carried out. The sentence is for the person who asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Refusal {
    /// The kind of refusal, for programs.
    pub code: RefusalCode,
    /// What happened and what to do next, in a sentence.
    pub sentence: String,
}
crate::record!(Refusal { code, sentence });

impl Refusal {
    /// A refusal with its sentence.
    pub fn new(code: RefusalCode, sentence: impl Into<String>) -> Self {
        Self { code, sentence: sentence.into() }
    }
}

/// Kinds of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusalCode {
    /// The bytes are not a request of this protocol.
    Malformed,
    /// The node does not hold that community, entry or chat.
    Unknown,
    /// Only members may ask this.
    NotMember,
    /// Only stewards (or the node's operator) may ask this.
    NotSteward,
    /// No acceptance of the policy is on record for this key.
    NoAcceptance,
    /// The community's policy says no.
    Policy,
    /// The policy changed since the statement was prepared: show it again and ask again.
    PolicyChanged,
    /// The same member gave the same text before.
    Duplicate,
    /// This control key was used before: rescan and sign again.
    ControlUsed,
    /// The node may not sign until it has learned its newest head.
    ReadOnly,
    /// The node's head is too old to hand out chat keys.
    Stale,
    /// The chat was taken back.
    Gone,
    /// The signer's clock and the node's differ too much.
    Clock,
    /// Too much at once: try again later.
    Busy,
    /// The node failed; its log says how.
    Internal,
}
crate::codes!(RefusalCode {
    Malformed = 1,
    Unknown = 2,
    NotMember = 3,
    NotSteward = 4,
    NoAcceptance = 5,
    Policy = 6,
    PolicyChanged = 7,
    Duplicate = 8,
    ControlUsed = 9,
    ReadOnly = 10,
    Stale = 11,
    Gone = 12,
    Clock = 13,
    Busy = 14,
    Internal = 15,
});

/// A statement's bytes with the salt that its entry commits with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salted {
    /// The salt.
    pub salt: crate::id::Salt,
    /// The signed statement.
    pub statement: Bytes,
}
crate::record!(Salted { salt, statement });

#[cfg(test)]
mod tests;
