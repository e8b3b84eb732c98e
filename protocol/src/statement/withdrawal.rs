use crate::id::PublicKey;

/// A member takes a chat, or their membership record, back. Takes effect wherever its signature
/// verifies, logged or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// The control key of the entry; it must be the signer.
    pub control: PublicKey,
}
crate::record!(Withdrawal { control });

/// A steward takes a chat down, on the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takedown {
    /// The control key of the entry.
    pub control: PublicKey,
    /// Why.
    pub reason: TakedownReason,
}
crate::record!(Takedown { control, reason });

/// Why a steward takes a chat down.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum TakedownReason {
    /// The member asked, and no longer has the key.
    MemberRequest,
    /// An order or a duty of law.
    Legal,
    /// Somebody's private data.
    Privacy,
    /// Against the community's policy.
    Policy,
}
crate::codes!(TakedownReason { MemberRequest = 1, Legal = 2, Privacy = 3, Policy = 4 });

impl TakedownReason {
    /// The reason for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::MemberRequest => "its member asked for it",
            Self::Legal => "an order or a duty of law",
            Self::Privacy => "somebody's private data",
            Self::Policy => "against the community's policy",
        }
    }
}
