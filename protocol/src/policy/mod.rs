//! A community's rules as a document, and the one function that applies them: [`decide`].
//!
//! What a node is asked for is decided here, in words that the person who asked understands. The
//! fold uses the same rules ([`Policy::refusals`], [`Policy::gives_role`]), less what depends on
//! the clock or on the licence list of a release.

mod decide;
mod preset;
mod validate;
mod words;

pub use decide::{Decision, Refusal, Request, decide};
pub use preset::Preset;
pub use words::{Topic, private_kind_words};

use crate::id::PublicKey;

/// A community's rules, as signed in a policy statement. In a policy file (TOML) the fields are
/// written with hyphens: `chat-bytes-max = 16777216`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Policy {
    /// A title for people, of one line.
    pub title: String,
    /// The community's own words to members: what the data is for, whom to ask.
    pub purpose: String,
    /// SPDX licences that a chat may be given under, e.g. `["CC0-1.0", "CC-BY-4.0"]`. Of
    /// "A OR B" one must be listed, of "A AND B" both.
    pub licences: Vec<String>,
    /// The community's own `Content-Usage` preference, combined with each chat's: any n wins.
    /// E.g. `"search=n"`; empty says nothing.
    #[serde(default)]
    pub usage: String,
    /// Labels of the vocabulary that a chat's preference must not forbid, e.g. `["train-ai"]`.
    #[serde(default)]
    pub must_allow: Vec<String>,
    /// Days from signing to the last day a chat may be held; with a bound every chat needs a due
    /// day.
    pub age_days_max: Option<u32>,
    /// Bytes that one chat may have, in its canonical form before sealing.
    pub chat_bytes_max: u64,
    /// Who may become a member.
    pub join: JoinRule,
    /// Who may hold the data as a replica.
    pub replicas: ReplicaRule,
    /// Node keys admitted as replicas, where the rule is `listed`.
    #[serde(default)]
    pub replica_keys: Vec<PublicKey>,
    /// Who may receive chat keys as a reader.
    pub readers: ReaderRule,
    /// A node hands out chat keys only while its head's cosignature is younger than this.
    pub head_age_max_secs: u64,
    /// Seconds within which every holder erases a withdrawn chat; beyond it is in breach.
    pub erase_within_secs: u64,
    /// Kinds of what is private that are masked in a chat before it is given, by name, e.g.
    /// `["email", "phone"]`.
    #[serde(default)]
    pub mask: Vec<String>,
    /// Kinds of what is private that are pointed out to the member and to whoever reviews.
    #[serde(default)]
    pub flag: Vec<String>,
}
crate::record!(Policy {
    title,
    purpose,
    licences,
    usage,
    must_allow,
    age_days_max,
    chat_bytes_max,
    join,
    replicas,
    replica_keys,
    readers,
    head_age_max_secs,
    erase_within_secs,
    mask,
    flag,
});

/// Who may become a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JoinRule {
    /// Whoever has a steward's invitation.
    Invitation,
    /// Anyone.
    Open,
    /// Nobody any more.
    Closed,
}
crate::codes!(JoinRule { Invitation = 1, Open = 2, Closed = 3 });

/// Who may hold the community's data as a replica; later is stricter.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum ReplicaRule {
    /// Anyone who accepts the policy.
    Anyone,
    /// The node keys listed.
    Listed,
}
crate::codes!(ReplicaRule { Anyone = 1, Listed = 2 });

/// Who may receive chat keys as a reader: the access tier; later is stricter.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum ReaderRule {
    /// Anyone who accepts the policy.
    Public,
    /// Members and replicas only.
    Peers,
    /// Nobody without a recorded grant (grants are not built yet: nobody).
    Sealed,
}
crate::codes!(ReaderRule { Public = 1, Peers = 2, Sealed = 3 });

#[cfg(test)]
mod tests;
