use super::{Accepted, Chartered, Community, Memberships};
use crate::cbor::{self, Error, Reason};
use crate::id::{CommunityId, PublicKey};
use crate::log::Frontier;
use crate::policy::Policy;
use crate::statement::{LogEnd, PolicyRef};

const VERSION: u64 = 1;

/// The stored form, version 1. The frontier grows with every entry and is stored by itself.
struct Snapshot {
    version: u64,
    id: CommunityId,
    epoch: u64,
    root_key: PublicKey,
    before: Option<LogEnd>,
    charters: Vec<Chartered>,
    policies: Vec<Published>,
    memberships: Memberships,
    register: Vec<Accepted>,
}
crate::record!(Snapshot {
    version,
    id,
    epoch,
    root_key,
    before,
    charters,
    policies,
    memberships,
    register,
});

struct Published {
    at: PolicyRef,
    policy: Policy,
}
crate::record!(Published { at, policy });

impl Community {
    /// The state without its frontier: what a node stores whenever
    /// [`super::Applied::state_changed`].
    pub fn encode(&self) -> Vec<u8> {
        let policies = self.policies.iter().cloned();
        cbor::to_vec(&Snapshot {
            version: VERSION,
            id: self.id,
            epoch: self.epoch,
            root_key: self.root_key,
            before: self.before,
            charters: self.charters.clone(),
            policies: policies.map(|(at, policy)| Published { at, policy }).collect(),
            memberships: self.memberships.clone(),
            register: self.register.clone(),
        })
    }

    /// The state of a snapshot that this node has written, at `frontier`.
    ///
    /// # Errors
    /// [`Error`] if it is not a snapshot of this version.
    pub fn decode(snapshot: &[u8], frontier: Frontier) -> Result<Self, Error> {
        let stored: Snapshot = cbor::from_slice(snapshot)?;
        if stored.version != VERSION {
            let reason = Reason::Rule("a snapshot of another version than 1");
            return Err(Error { reason, at: 1, path: vec!["version"] });
        }
        let policies = stored.policies.into_iter().map(|p| (p.at, p.policy)).collect();
        Ok(Self {
            id: stored.id,
            epoch: stored.epoch,
            root_key: stored.root_key,
            before: stored.before,
            frontier,
            charters: stored.charters,
            policies,
            memberships: stored.memberships,
            register: stored.register,
        })
    }
}
