//! Communities to begin with: their first entries, as `sheaf init` would have made them.

use super::memory::Memory;
use super::world::Rng;
use crate::store::{Append, Head, Held, Holding, NewEntry, Slot};
use sheaf_protocol::community::{Community, Evidence, Item, Known};
use sheaf_protocol::id::{CommunityId, PublicKey, Salt};
use sheaf_protocol::log::{Checkpoint, SignedCheckpoint};
use sheaf_protocol::policy::Policy;
use sheaf_protocol::sign::{SecretKey, Signed};
use sheaf_protocol::statement::{
    Acceptance, Admission, Body, Charter, Membership, PolicyRef, Role, SignedStatement, Statement,
};
use sheaf_protocol::time::Time;

/// Who founds a community, and who is of it from the beginning.
pub(super) struct Founding<'a> {
    pub(super) root: &'a SecretKey,
    pub(super) log: &'a SecretKey,
    pub(super) steward: &'a SecretKey,
    pub(super) members: Vec<PublicKey>,
    /// The origin's node key, then those of replicas that accepted already.
    pub(super) nodes: Vec<&'a SecretKey>,
    pub(super) policy: Policy,
    pub(super) at: Time,
}

impl Founding<'_> {
    /// The origin's store, and the policy.
    pub(super) fn found(&self, rng: &mut Rng) -> (Memory, PolicyRef) {
        let salt = Salt(rng.bytes());
        let policy = self.sign(None, Body::Policy(self.policy.clone()), self.steward);
        let reference = PolicyRef { index: 1, commitment: policy.entry(&salt).commitment };
        let charter = self.sign(None, Body::Charter(self.charter()), self.root);
        let mut items = vec![item(charter, Salt(rng.bytes())), item(policy, salt)];
        for node in &self.nodes {
            let acceptance = Acceptance { role: Role::Replica, name: None };
            let signed = self.sign(Some(reference), Body::Acceptance(acceptance), node);
            items.push(item(signed, Salt(rng.bytes())));
        }
        for member in &self.members {
            let body = Body::Membership(membership(*member, Admission::Admit));
            let signed = self.sign(Some(reference), body, self.steward);
            items.push(item(signed, Salt(rng.bytes())));
        }
        let mut store = Memory::of(self.community());
        store.log_key = Some(self.log.clone());
        store.append(self.append(items));
        (store, reference)
    }

    fn community(&self) -> CommunityId {
        CommunityId(self.root.public())
    }

    fn sign(&self, policy: Option<PolicyRef>, body: Body, key: &SecretKey) -> SignedStatement {
        let community = self.community();
        Signed::sign(Statement { community, epoch: 0, policy, at: self.at, body }, key)
    }

    fn charter(&self) -> Charter {
        Charter {
            name: "Riverside Library".into(),
            log_key: self.log.public(),
            stewards: vec![self.steward.public()],
            next_root: None,
            ends: None,
            previous: None,
        }
    }

    fn append(&self, items: Vec<Item>) -> Append {
        let mut fold = Community::start(self.community());
        let applied = fold.apply(&items, &Known::default()).unwrap();
        let frontier = fold.frontier().clone();
        let (size, root) = (frontier.len(), frontier.root());
        let checkpoint = Checkpoint { community: self.community(), epoch: 0, size, root };
        let checkpoint = SignedCheckpoint::sign(checkpoint, self.log, self.at).text();
        let entries = items.into_iter().zip(applied.statuses).map(|(item, status)| {
            let Evidence::Statement { salt, statement: Ok(statement) } = item.evidence else {
                panic!("a community is founded on statements");
            };
            let statement = Some(Held { salt, bytes: statement.bytes().to_vec() });
            let (entry, holding) = (item.entry, Holding::Full);
            NewEntry { entry, status, statement, key: None, blob: None, holding }
        });
        Append {
            slot: Slot(0),
            expected_size: 0,
            entries: entries.collect(),
            nodes: applied.nodes,
            head: Head { size, checkpoint, frontier, snapshot: fold.encode() },
            marks: Vec::new(),
            settled: Vec::new(),
            acts: Vec::new(),
        }
    }
}

fn item(statement: SignedStatement, salt: Salt) -> Item {
    let entry = statement.entry(&salt);
    Item { entry, evidence: Evidence::Statement { salt, statement: Ok(statement) } }
}

pub(super) fn membership(member: PublicKey, admission: Admission) -> Membership {
    Membership {
        admission,
        member,
        name: None,
        control: None,
        invitation: None,
        invitation_use: None,
    }
}
