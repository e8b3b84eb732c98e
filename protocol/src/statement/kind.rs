use crate::cbor::{Decode, Encode, Error, Reader, Writer};
use std::fmt;

/// The number of a kind of statement. Numbers are never reused; a number that this release does
/// not know is void, and kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(pub u16);

impl Kind {
    /// Signed by the root key.
    pub const CHARTER: Self = Self(1);
    /// Signed by a steward.
    pub const POLICY: Self = Self(2);
    /// Signed by a steward, or by whoever joins with an invitation.
    pub const MEMBERSHIP: Self = Self(3);
    /// Signed by the key that accepts.
    pub const ACCEPTANCE: Self = Self(4);
    /// Signed by the author's key, or by the chat's control key.
    pub const MANIFEST: Self = Self(5);
    /// Reserved: changes labels or terms of a chat.
    pub const AMENDMENT: Self = Self(6);
    /// Signed by the control key.
    pub const WITHDRAWAL: Self = Self(7);
    /// Signed by the log key.
    pub const ERASURE: Self = Self(8);
    /// Signed by a replica's node key.
    pub const RECEIPT: Self = Self(9);
    /// Reserved: a steward's decision on a pending chat.
    pub const REVIEW: Self = Self(10);
    /// Reserved: releases sealed chats to one reader.
    pub const GRANT: Self = Self(11);
    /// Signed by a steward.
    pub const TAKEDOWN: Self = Self(12);
    /// Reserved: a steward's approval of another steward's statement.
    pub const APPROVAL: Self = Self(13);

    /// Whether a statement of this kind may become a hole: manifests, amendments, review
    /// decisions and memberships.
    pub fn may_become_hole(self) -> bool {
        matches!(self, Self::MEMBERSHIP | Self::MANIFEST | Self::AMENDMENT | Self::REVIEW)
    }

    /// Whether this version of the protocol says what a statement of this kind means. Reserved
    /// numbers and all others are void, and kept.
    pub fn is_defined(self) -> bool {
        matches!(self.0, 1..=5 | 7..=9 | 12)
    }

    /// Whether gossip carries the statement itself: it concerns everyone and is kept for ever.
    pub fn concerns_everyone(self) -> bool {
        matches!(
            self,
            Self::CHARTER
                | Self::POLICY
                | Self::WITHDRAWAL
                | Self::ERASURE
                | Self::RECEIPT
                | Self::TAKEDOWN
        )
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::CHARTER => "charter",
            Self::POLICY => "policy",
            Self::MEMBERSHIP => "membership",
            Self::ACCEPTANCE => "acceptance",
            Self::MANIFEST => "manifest",
            Self::AMENDMENT => "amendment",
            Self::WITHDRAWAL => "withdrawal",
            Self::ERASURE => "erasure",
            Self::RECEIPT => "receipt",
            Self::REVIEW => "review decision",
            Self::GRANT => "grant",
            Self::TAKEDOWN => "takedown",
            Self::APPROVAL => "approval",
            _ => "unknown kind",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            "unknown kind" => write!(f, "kind {}", self.0),
            name => f.write_str(name),
        }
    }
}

impl Encode for Kind {
    fn encode(&self, w: &mut Writer) {
        w.uint(u64::from(self.0));
    }
}

impl Decode for Kind {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.value().map(Self)
    }
}
