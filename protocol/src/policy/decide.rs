use super::{JoinRule, Policy, ReaderRule, ReplicaRule};
use crate::community::VoidReason;
use crate::id::PublicKey;
use crate::licence;
use crate::statement::{Consent, Role};
use crate::time::{Day, Time};
use crate::usage::Usage;

/// What somebody asks of a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request<'a> {
    /// To become a member.
    Join {
        /// With a good invitation that nobody has used.
        invited: bool,
    },
    /// To give a chat.
    Contribute {
        /// On these terms.
        consent: &'a Consent,
        /// Bytes of the canonical chat.
        plain_bytes: u64,
    },
    /// To hold the data as a replica.
    Replicate {
        /// The node key that asks.
        key: PublicKey,
    },
    /// To receive chat keys as a reader.
    Read {
        /// The key that asks.
        key: PublicKey,
        /// Whether it is a member's.
        is_member: bool,
        /// Whether it is a replica's.
        is_replica: bool,
    },
}

/// What a policy says to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Why not; empty: allowed.
    pub reasons: Vec<Refusal>,
}

impl Decision {
    /// Whether nothing speaks against it.
    pub fn is_allowed(&self) -> bool {
        self.reasons.is_empty()
    }
}

/// One reason why a policy refuses, as a sentence for whoever asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Joining needs an invitation.
    #[error("Joining this community needs an invitation from a steward.")]
    NotInvited,
    /// Nobody joins any more.
    #[error("This community takes no new members.")]
    Closed,
    /// The licence does not fit the list.
    #[error("The licence {licence} is not one that this community accepts ({accepted}).")]
    Licence {
        /// What was offered.
        licence: String,
        /// What is listed.
        accepted: String,
    },
    /// The licence is not an expression over the SPDX list.
    #[error("The licence {licence:?} cannot be used: {error}.")]
    LicenceForm {
        /// What was offered.
        licence: String,
        /// What is wrong.
        error: licence::LicenceError,
    },
    /// The preference cannot be read.
    #[error("The usage preference {usage:?} cannot be read: {error}.")]
    UsageForm {
        /// What was offered.
        usage: String,
        /// What is wrong.
        error: crate::usage::UsageError,
    },
    /// The preference forbids what the policy needs.
    #[error(
        "Your usage preference says {label}=n, and this community takes only chats that leave {label} open."
    )]
    Usage {
        /// The label.
        label: String,
    },
    /// A due day is needed.
    #[error(
        "This community holds chats for at most {days} days, so your chat needs a last day: {latest} or earlier."
    )]
    DueDayMissing {
        /// The policy's bound.
        days: u32,
        /// The latest day allowed.
        latest: Day,
    },
    /// The due day is too far away.
    #[error(
        "This community holds chats for at most {days} days: the last day may be {latest} at the latest, not {due}."
    )]
    DueDayLate {
        /// The policy's bound.
        days: u32,
        /// The latest day allowed.
        latest: Day,
        /// What was offered.
        due: Day,
    },
    /// The due day is over.
    #[error("The last day you chose, {due}, is already over.")]
    DueDayOver {
        /// What was offered.
        due: Day,
    },
    /// The chat is too large.
    #[error("The chat has {bytes} bytes; this community takes chats of at most {max}.")]
    Size {
        /// Bytes of the canonical chat.
        bytes: u64,
        /// The policy's bound.
        max: u64,
    },
    /// This node key is not listed.
    #[error(
        "Only nodes that this community's policy lists may hold its data as a replica; yours is not listed."
    )]
    NotListed,
    /// Only members and replicas read.
    #[error("Only members and partner nodes of this community may read its chats.")]
    NotAPeer,
    /// Nobody reads.
    #[error(
        "The chats of this community are sealed: nobody may read them without a grant from its stewards."
    )]
    Sealed,
}

/// Decides a request by the policy in force.
pub fn decide(policy: &Policy, request: &Request<'_>, now: Time) -> Decision {
    let reasons = match *request {
        Request::Join { invited } => join(policy, invited).into_iter().collect(),
        Request::Contribute { consent, plain_bytes } => {
            contribute(policy, consent, plain_bytes, now)
        }
        Request::Replicate { key } => {
            let listed = policy.gives_role(&key, Role::Replica);
            if listed { Vec::new() } else { vec![Refusal::NotListed] }
        }
        Request::Read { is_member, is_replica, .. } => {
            read(policy, is_member || is_replica).into_iter().collect()
        }
    };
    Decision { reasons }
}

fn join(policy: &Policy, invited: bool) -> Option<Refusal> {
    match policy.join {
        JoinRule::Invitation if !invited => Some(Refusal::NotInvited),
        JoinRule::Closed => Some(Refusal::Closed),
        JoinRule::Invitation | JoinRule::Open => None,
    }
}

fn read(policy: &Policy, is_peer: bool) -> Option<Refusal> {
    match policy.readers {
        ReaderRule::Peers if !is_peer => Some(Refusal::NotAPeer),
        ReaderRule::Sealed => Some(Refusal::Sealed),
        ReaderRule::Public | ReaderRule::Peers => None,
    }
}

fn contribute(policy: &Policy, consent: &Consent, plain_bytes: u64, now: Time) -> Vec<Refusal> {
    let mut reasons = Vec::new();
    if let Err(error) = licence::check_known(&consent.licence) {
        reasons.push(Refusal::LicenceForm { licence: consent.licence.clone(), error });
    }
    if let Some(due) = consent.due.filter(|due| due.end() <= now) {
        reasons.push(Refusal::DueDayOver { due });
    }
    reasons.extend(policy.refusals(consent, plain_bytes, now.day()));
    reasons
}

impl Policy {
    /// What speaks against a consent signed on `day`, whoever asks, in every release the same.
    pub fn refusals(&self, consent: &Consent, plain_bytes: u64, day: Day) -> Vec<Refusal> {
        let mut reasons = Vec::new();
        if !licence::allowed(&consent.licence, &self.licences) {
            let (licence, accepted) = (consent.licence.clone(), self.licences.join(", "));
            reasons.push(Refusal::Licence { licence, accepted });
        }
        self.refuse_usage(consent, &mut reasons);
        reasons.extend(self.refuse_due(consent.due, day));
        if plain_bytes > self.chat_bytes_max {
            reasons.push(Refusal::Size { bytes: plain_bytes, max: self.chat_bytes_max });
        }
        reasons
    }

    /// Whether this policy gives `key` a `role` at all. Whether a reader is a peer, where only
    /// peers read, is [`decide`]'s to check.
    pub fn gives_role(&self, key: &PublicKey, role: Role) -> bool {
        match role {
            Role::Reader => self.readers != ReaderRule::Sealed,
            Role::Replica => {
                self.replicas == ReplicaRule::Anyone || self.replica_keys.contains(key)
            }
        }
    }

    fn refuse_usage(&self, consent: &Consent, reasons: &mut Vec<Refusal>) {
        match Usage::parse(&consent.usage) {
            Err(error) => {
                reasons.push(Refusal::UsageForm { usage: consent.usage.clone(), error });
            }
            Ok(usage) => {
                let forbidden = |label: &&String| usage.get(label) == Some(false);
                let labels = self.must_allow.iter().filter(forbidden).cloned();
                reasons.extend(labels.map(|label| Refusal::Usage { label }));
            }
        }
    }

    fn refuse_due(&self, due: Option<Day>, day: Day) -> Option<Refusal> {
        let days = self.age_days_max?;
        let latest = Day(day.0.saturating_add(days));
        match due {
            None => Some(Refusal::DueDayMissing { days, latest }),
            Some(due) if due > latest => Some(Refusal::DueDayLate { days, latest, due }),
            Some(_) => None,
        }
    }
}

impl Refusal {
    /// How the fold names a refusal of [`Policy::refusals`].
    pub(crate) fn void_reason(&self) -> VoidReason {
        match self {
            Self::Licence { .. } | Self::LicenceForm { .. } => VoidReason::Licence,
            Self::Usage { .. } | Self::UsageForm { .. } => VoidReason::Usage,
            Self::DueDayMissing { .. } | Self::DueDayLate { .. } | Self::DueDayOver { .. } => {
                VoidReason::DueDay
            }
            Self::Size { .. } => VoidReason::Size,
            Self::NotInvited | Self::Closed => VoidReason::Invitation,
            Self::NotListed | Self::NotAPeer | Self::Sealed => VoidReason::Role,
        }
    }
}
