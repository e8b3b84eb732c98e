//! A log that grows by one statement at a time.

use crate::cbor::Bytes;
use crate::community::{Community, Evidence, Item, Known, Status};
use crate::id::{BlobHash, ChatCommitment, CommunityId, KeyCheck, PublicKey, Salt, TreeHash};
use crate::policy::Policy;
use crate::sign::{SecretKey, Signed};
use crate::statement::{
    Attribution, BlobRef, Body, Charter, Consent, Invitation, InvitationUse, Kind, Labels, LogEnd,
    Manifest, PolicyRef, SignedStatement, Statement,
};
use crate::time::Time;
use crate::usage::VOCABULARY;
use sha2::{Digest, Sha256};

/// Milliseconds of a day.
pub(super) const DAY: u64 = 86_400_000;

/// The key number `n`.
pub(super) fn key(n: u8) -> SecretKey {
    SecretKey::from_bytes([n; 32])
}

/// Who plays.
pub(super) mod person {
    use super::{SecretKey, key};
    use std::sync::LazyLock;

    pub(in super::super) static ROOT: LazyLock<SecretKey> = LazyLock::new(|| key(1));
    pub(in super::super) static NEXT_ROOT: LazyLock<SecretKey> = LazyLock::new(|| key(2));
    pub(in super::super) static LOG: LazyLock<SecretKey> = LazyLock::new(|| key(3));
    pub(in super::super) static STEWARD: LazyLock<SecretKey> = LazyLock::new(|| key(4));
    pub(in super::super) static BOB: LazyLock<SecretKey> = LazyLock::new(|| key(5));
    pub(in super::super) static EVE: LazyLock<SecretKey> = LazyLock::new(|| key(6));
}

/// Bob's chat number `n`, whose control key is number `100 + n`.
pub(super) fn manifest(n: u8) -> Manifest {
    Manifest {
        control: key(100 + n).public(),
        blob: BlobRef { hash: BlobHash([n; 32]), sealed_bytes: 2048, plain_bytes: 900 },
        commitment: ChatCommitment([n; 32]),
        check: KeyCheck([n; 32]),
        consent: Consent {
            licence: "CC-BY-4.0".into(),
            usage: String::new(),
            vocabulary: VOCABULARY.into(),
            attribution: Attribution::Name("Bob".into()),
            due: None,
        },
        labels: Labels { messages: 2, ..Labels::default() },
    }
}

/// A log, its statuses, and what the next statement will name.
#[derive(Clone)]
pub(super) struct World {
    pub(super) items: Vec<Item>,
    pub(super) statuses: Vec<Status>,
    pub(super) named: Option<PolicyRef>,
    pub(super) at: Time,
    known: Known,
    fold: Community,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kinds = self.items.iter().map(|item| Kind(item.entry.kind).to_string());
        f.debug_list().entries(kinds.zip(&self.statuses)).finish()
    }
}

impl World {
    /// Charter and first policy.
    pub(super) fn new(policy: Policy) -> Self {
        let mut world = Self {
            items: Vec::new(),
            statuses: Vec::new(),
            named: None,
            at: Time::from_ms(20_000 * DAY).unwrap(),
            known: Known::default(),
            fold: Community::start(CommunityId(person::ROOT.public())),
        };
        assert_eq!(world.push(Body::Charter(world.charter()), &person::ROOT), Status::Live);
        world.publish(policy);
        world
    }

    pub(super) fn id(&self) -> CommunityId {
        self.fold.id()
    }

    pub(super) fn fold(&self) -> Community {
        self.fold.clone()
    }

    pub(super) fn charter(&self) -> Charter {
        Charter {
            name: "Herons".into(),
            log_key: person::LOG.public(),
            stewards: vec![person::STEWARD.public()],
            next_root: Some(TreeHash(Sha256::digest(person::NEXT_ROOT.public().0).into())),
            ends: None,
            previous: None,
        }
    }

    pub(super) fn publish(&mut self, policy: Policy) {
        assert_eq!(self.push(Body::Policy(policy), &person::STEWARD), Status::Live);
        self.named = self.fold.policy().map(|(at, _)| at);
    }

    /// Where the log ends now.
    pub(super) fn end(&self) -> LogEnd {
        LogEnd { size: self.fold.size(), root: self.fold.frontier().root() }
    }

    pub(super) fn sign(&self, body: Body, by: &SecretKey, epoch: u64) -> SignedStatement {
        let policy = match body {
            Body::Charter(_) | Body::Policy(_) => None,
            _ => self.named,
        };
        let statement = Statement { community: self.id(), epoch, policy, at: self.at, body };
        Signed::sign(statement, by)
    }

    pub(super) fn item(&self, body: Body, by: &SecretKey, epoch: u64) -> Item {
        let mut salt = Salt([0; 32]);
        salt.0[..8].copy_from_slice(&self.fold.size().to_be_bytes());
        let statement = self.sign(body, by, epoch);
        let entry = statement.entry(&salt);
        Item { entry, evidence: Evidence::Statement { salt, statement: Ok(statement) } }
    }

    pub(super) fn push(&mut self, body: Body, by: &SecretKey) -> Status {
        self.append(self.item(body, by, self.fold.epoch()))
    }

    pub(super) fn append(&mut self, item: Item) -> Status {
        let index = self.fold.size();
        let applied = self.fold.apply(std::slice::from_ref(&item), &self.known).unwrap();
        self.known.note(index, &item.entry);
        self.items.push(item);
        self.statuses.push(applied.statuses[0]);
        applied.statuses[0]
    }

    pub(super) fn statement(&self, index: usize) -> SignedStatement {
        match &self.items[index].evidence {
            Evidence::Statement { statement: Ok(statement), .. } => statement.clone(),
            other => panic!("{other:?}"),
        }
    }

    /// An invitation for the fresh key number 60, and its use by `member`.
    pub(super) fn invitation(&self, by: &SecretKey, member: &PublicKey) -> (Bytes, Bytes) {
        let expires = Time::from_ms(self.at.ms() + 30 * DAY).unwrap();
        let fresh = key(60);
        let leave = Invitation { community: self.id(), key: fresh.public(), expires };
        let used = InvitationUse { community: self.id(), member: *member };
        let (leave, used) = (Signed::sign(leave, by), Signed::sign(used, &fresh));
        (Bytes(leave.bytes().to_vec()), Bytes(used.bytes().to_vec()))
    }
}
