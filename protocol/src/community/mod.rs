//! The fold: a community's entries and statements, in order, become who is a member, which
//! policies there are, which chats are live, and which entries are holes.
//!
//! Everybody who folds the same log gets the same state and the same [`Status`] for every entry,
//! whatever batches it came in. Nothing stops the fold but a statement that may not be missing
//! ([`FoldError::Blocked`]): a statement without authority, or one that says something else than
//! its entry, is void, kept and reported. Rules:
//!
//! - What an *entry* shows (kind, commitment, control key) is judged by the entry alone, so that
//!   no other statement's becoming a hole changes a verdict.
//! - What a *statement* says is judged by charters and policies with a lower index only. Both are
//!   kept for ever, so a statement that arrives late ([`Community::judge`]) gets the verdict that
//!   it would have had in its place.
//! - The state stays small: charters, policies, memberships, the register of acceptances. Rows of
//!   chats belong to the caller: [`needs`] names what must be looked up, [`Known`] answers.
//!
//! The specification is `docs/spec/community.md`.

mod evidence;
mod hole;
mod judge;
mod membership;
mod snapshot;
mod status;
mod terms;

pub use evidence::{Evidence, Explanation, Item, Known, Needs, NotEvidence, needs};
pub use hole::ExplainError;
pub use membership::Member;
pub use status::{Status, Tally, VoidReason};
pub use terms::Terms;

use crate::id::{CommunityId, PublicKey, TreeHash};
use crate::limits::LOG_ENTRIES_MAX;
use crate::log::{Frontier, NodeId};
use crate::policy::Policy;
use crate::statement::{Charter, Kind, LogEnd, PolicyRef, Role};
use membership::Memberships;

/// What one log has established so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Community {
    id: CommunityId,
    epoch: u64,
    /// The root key in force; before the first charter, the key that must sign it.
    root_key: PublicKey,
    /// Where the epoch before ended, as far as its fold knows; epoch 0 has none.
    before: Option<LogEnd>,
    frontier: Frontier,
    charters: Vec<Chartered>,
    policies: Vec<(PolicyRef, Policy)>,
    memberships: Memberships,
    register: Vec<Accepted>,
}

/// A charter and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Chartered {
    index: u64,
    charter: Charter,
}
crate::record!(Chartered { index, charter });

/// One logged acceptance: who promised to keep which policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Its index in the log.
    pub index: u64,
    /// The accepting key.
    pub key: PublicKey,
    /// What the key is used for.
    pub role: Role,
    /// The policy accepted; chats under a later one need a new acceptance.
    pub policy: PolicyRef,
    /// A name for people, if given.
    pub name: Option<String>,
}
crate::record!(Accepted { index, key, role, policy, name });

/// What [`Community::apply`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// One status for each item, in order.
    pub statuses: Vec<Status>,
    /// Whether [`Community::encode`] gives other bytes than before.
    pub state_changed: bool,
    /// The nodes of the log's tree that became complete; they never change again.
    pub nodes: Vec<(NodeId, TreeHash)>,
}

/// Why a batch was not applied. Nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// A statement that may not become a hole is not there.
    #[error("entry {index}: the {kind} is missing, and the log cannot be followed without it")]
    Blocked {
        /// The entry.
        index: u64,
        /// The kind of the missing statement.
        kind: Kind,
    },
    /// The first entry is not a charter by the community's root key.
    #[error("entry 0 is not this community's charter: {0}")]
    NoCharter(VoidReason),
    /// The log is as long as a log may be.
    #[error("a log has at most {LOG_ENTRIES_MAX} entries")]
    TooLong,
}

impl Community {
    /// The empty log of epoch 0. Its first entry must be a charter signed by the key that is the
    /// community's id.
    pub fn start(id: CommunityId) -> Self {
        Self {
            id,
            epoch: 0,
            root_key: id.0,
            before: None,
            frontier: Frontier::new(),
            charters: Vec::new(),
            policies: Vec::new(),
            memberships: Memberships::default(),
            register: Vec::new(),
        }
    }

    /// The empty log of the next epoch. Its first entry must be a charter that names the last
    /// common checkpoint of this one, signed by the root key in force. Policies, members and
    /// register begin anew.
    #[must_use]
    pub fn next_epoch(&self) -> Self {
        Self {
            epoch: self.epoch + 1,
            root_key: self.root_key,
            before: Some(LogEnd { size: self.size(), root: self.frontier.root() }),
            ..Self::start(self.id)
        }
    }

    /// Appends entries with what is there of their statements; `known` answers [`needs`].
    ///
    /// Evidence that does not belong to its entry counts as missing. The authority of a takedown
    /// and the end of a due day are for [`Community::explain`] to check, by the newest state and
    /// time that the caller has.
    ///
    /// # Errors
    /// [`FoldError`]; then nothing has changed.
    pub fn apply(&mut self, items: &[Item], known: &Known) -> Result<Applied, FoldError> {
        let mut next = self.clone();
        let mut known = known.clone();
        let mut applied = Applied {
            statuses: Vec::with_capacity(items.len()),
            state_changed: false,
            nodes: Vec::new(),
        };
        for item in items {
            let status = next.step(item, &mut known, &mut applied)?;
            applied.statuses.push(status);
        }
        *self = next;
        Ok(applied)
    }

    fn step(
        &mut self,
        Item { entry, evidence }: &Item,
        known: &mut Known,
        applied: &mut Applied,
    ) -> Result<Status, FoldError> {
        let index = self.size();
        if index >= LOG_ENTRIES_MAX {
            return Err(FoldError::TooLong);
        }
        let status = match known.reused(index, entry) {
            Some(reason) => Status::Void(reason),
            None => self.verdict(index, entry, evidence),
        };
        let kind = Kind(entry.kind);
        match (&status, evidence) {
            (Status::Void(reason), _) if index == 0 => return Err(FoldError::NoCharter(*reason)),
            (Status::Missing | Status::Hole(_), _) if index == 0 || !kind.may_become_hole() => {
                return Err(FoldError::Blocked { index, kind });
            }
            (Status::Live, Evidence::Statement { statement: Ok(statement), .. }) => {
                applied.state_changed |= self.take_effect(index, entry, statement);
            }
            _ => {}
        }
        known.note(index, entry);
        self.frontier
            .append_with(entry.leaf_hash(), &mut |id, hash| applied.nodes.push((id, hash)));
        Ok(status)
    }

    /// The community.
    pub fn id(&self) -> CommunityId {
        self.id
    }

    /// The epoch of the log.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Entries folded.
    pub fn size(&self) -> u64 {
        self.frontier.len()
    }

    /// The right edge of the log's tree.
    pub fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// The charter in force; `None` before the first.
    pub fn charter(&self) -> Option<&Charter> {
        self.charter_before(u64::MAX)
    }

    /// The entry of the charter in force.
    pub fn charter_index(&self) -> Option<u64> {
        self.charters.last().map(|c| c.index)
    }

    /// The community's name; empty before the first charter.
    pub fn name(&self) -> &str {
        self.charter().map_or("", |charter| &charter.name)
    }

    /// The root key in force.
    pub fn root_key(&self) -> PublicKey {
        self.root_key
    }

    /// The log key in force.
    pub fn log_key(&self) -> Option<PublicKey> {
        self.charter().map(|charter| charter.log_key)
    }

    /// The log key that signs checkpoints of `size` entries.
    pub fn log_key_at(&self, size: u64) -> Option<PublicKey> {
        self.charter_before(size).map(|charter| charter.log_key)
    }

    /// The stewards in force.
    pub fn stewards(&self) -> &[PublicKey] {
        self.charter().map_or(&[], |charter| &charter.stewards)
    }

    /// Whether `key` is a steward now.
    pub fn is_steward(&self, key: &PublicKey) -> bool {
        self.stewards().contains(key)
    }

    /// Whether any charter of this epoch named `key` a steward.
    pub fn was_steward(&self, key: &PublicKey) -> bool {
        self.charters.iter().any(|c| c.charter.stewards.contains(key))
    }

    /// Whether `key` is a member now.
    pub fn is_member(&self, key: &PublicKey) -> bool {
        self.memberships.is_member(key)
    }

    /// The members, by key.
    pub fn members(&self) -> impl Iterator<Item = Member<'_>> {
        self.memberships.members()
    }

    /// Whether a join that this state has seen used the invitation with this fresh key. Whoever
    /// admits must ask; the fold does not, for the record of the first join may become a hole.
    pub fn invitation_used(&self, key: &PublicKey) -> bool {
        self.memberships.invitation_used(key)
    }

    /// The policy in force; `None` before the first.
    pub fn policy(&self) -> Option<(PolicyRef, &Policy)> {
        self.policies.last().map(|(at, policy)| (*at, policy))
    }

    /// The policy at a policy entry of this epoch.
    pub fn policy_at(&self, at: &PolicyRef) -> Option<&Policy> {
        let found = self.policies.binary_search_by_key(&at.index, |(at, _)| at.index).ok()?;
        let (found, policy) = &self.policies[found];
        (found.commitment == at.commitment).then_some(policy)
    }

    /// All policies of the epoch, oldest first.
    pub fn policies(&self) -> &[(PolicyRef, Policy)] {
        &self.policies
    }

    /// The logged acceptances, oldest first.
    pub fn register(&self) -> &[Accepted] {
        &self.register
    }

    /// Whether `key` has a logged acceptance as `role` that covers chats under `policy`.
    pub fn has_accepted(&self, key: &PublicKey, role: Role, policy: &PolicyRef) -> bool {
        self.register
            .iter()
            .any(|a| a.key == *key && a.role == role && a.policy.index >= policy.index)
    }

    /// How many of what there is in the state; for chats, [`Tally`] the statuses.
    pub fn counts(&self) -> Counts {
        let role = |role| {
            let keys = self.register.iter().filter(|a| a.role == role).map(|a| a.key);
            keys.collect::<std::collections::BTreeSet<_>>().len()
        };
        Counts {
            entries: self.size(),
            members: self.members().count(),
            policies: self.policies.len(),
            replicas: role(Role::Replica),
            readers: role(Role::Reader),
        }
    }

    fn charter_before(&self, index: u64) -> Option<&Charter> {
        self.charters.iter().rev().find(|c| c.index < index).map(|c| &c.charter)
    }
}

/// How many of what a community has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Counts {
    /// Log entries.
    pub entries: u64,
    /// Members.
    pub members: usize,
    /// Policies of this epoch.
    pub policies: usize,
    /// Keys that accepted as replicas.
    pub replicas: usize,
    /// Keys that accepted as readers.
    pub readers: usize,
}

#[cfg(test)]
mod tests;
