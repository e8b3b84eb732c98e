//! A community, its member, and the chats that she gives.

use super::world::World;
use crate::runtime::check;
use crate::service::{Ask, Submitted, Via};
use crate::store::{Append, Blob, CommunityRow, Head, Held, Holding, NewEntry, Slot, Store};
use sheaf_protocol::chat::{Chat, Message, Part, Role as Speaker};
use sheaf_protocol::community::{Community, Evidence, Item, Known};
use sheaf_protocol::exchange::Findings;
use sheaf_protocol::id::{CommunityId, Salt};
use sheaf_protocol::log::{Checkpoint, SignedCheckpoint};
use sheaf_protocol::policy::{Policy, Preset};
use sheaf_protocol::seal::{ChatKey, seal};
use sheaf_protocol::sign::{SecretKey, Signed};
use sheaf_protocol::statement::{
    Acceptance, Admission, Attribution, BlobRef, Body, Charter, Consent, Labels, Manifest,
    Membership, PolicyRef, Role, SignedStatement, Statement, Withdrawal,
};
use sheaf_protocol::time::Time;
use sheaf_protocol::usage::VOCABULARY;

pub(super) fn secret(n: u8) -> SecretKey {
    SecretKey::from_bytes([n; 32])
}

pub(super) fn log_key() -> SecretKey {
    secret(2)
}

/// Member and steward.
pub(super) fn member() -> SecretKey {
    secret(3)
}

pub(super) fn community() -> CommunityId {
    CommunityId(secret(1).public())
}

pub(super) fn morning() -> Time {
    Time::from_ms(1_790_000_000_000).unwrap()
}

/// The first policy.
pub(super) fn first_policy() -> PolicyRef {
    PolicyRef { index: 1, commitment: policy(0).entry(&Salt([1; 32])).commitment }
}

/// A policy that differs from others by its number.
pub(super) fn policy(n: u64) -> SignedStatement {
    let preset = Policy::preset(Preset::Open);
    let title = if n == 0 { preset.title.clone() } else { format!("The {n}th policy") };
    sign(Body::Policy(Policy { title, ..preset }), &member(), morning())
}

pub(super) fn sign(body: Body, key: &SecretKey, at: Time) -> SignedStatement {
    let policy = match body {
        Body::Policy(_) | Body::Charter(_) => None,
        _ => Some(first_policy()),
    };
    Signed::sign(Statement { community: community(), epoch: 0, policy, at, body }, key)
}

/// A chat, sealed and signed: the same bytes as often as it is sent.
pub(super) struct Given {
    pub(super) control: SecretKey,
    pub(super) statement: SignedStatement,
    pub(super) key: ChatKey,
    pub(super) sealed: Vec<u8>,
    fingerprint: [u8; 32],
    findings: Findings,
}

impl Given {
    pub(super) fn new(n: u64, now: Time) -> Self {
        let control = SecretKey::from_bytes(*blake3::hash(&n.to_be_bytes()).as_bytes());
        let key = ChatKey::from_bytes(blake3::derive_key("key of a test", &n.to_be_bytes()));
        let question =
            Message::new(Speaker::User, None, vec![Part::text(format!("Question {n}."))]);
        let text = format!("Answer {n}. ").repeat(1 + n as usize % 60);
        let answer = Message::new(Speaker::Assistant, Some(0), vec![Part::text(text)]);
        let plain = Chat { messages: vec![question, answer], ..Chat::default() }.to_cbor();
        let sealed = seal(&key, &community(), &control.public(), &plain).unwrap();
        let manifest = Manifest {
            control: control.public(),
            blob: BlobRef {
                hash: sealed.hash,
                sealed_bytes: sealed.blob.len() as u64,
                plain_bytes: sealed.plain_bytes,
            },
            commitment: sealed.commitment,
            check: sealed.check,
            consent: Consent {
                licence: "CC0-1.0".into(),
                usage: "train-ai=y".into(),
                vocabulary: VOCABULARY.into(),
                attribution: Attribution::None,
                due: None,
            },
            labels: Labels { languages: vec!["en".into()], messages: 2, ..Labels::default() },
        };
        let statement = sign(Body::Manifest(manifest), &control, now);
        let fingerprint = check::fingerprint(&[7; 32], &member().public(), &plain);
        let findings = findings(n);
        Self { control, statement, key, sealed: sealed.blob, fingerprint, findings }
    }

    pub(super) fn submission(&self, salt: Salt) -> Ask {
        Ask::Submit(Box::new(Submitted {
            statement: self.statement.clone(),
            salt,
            key: self.key.clone(),
            blob: Blob::Small(self.sealed.clone()),
            fingerprint: self.fingerprint,
            findings: self.findings.clone(),
        }))
    }

    pub(super) fn withdrawal(&self, salt: Salt, now: Time) -> Ask {
        let body = Body::Withdrawal(Withdrawal { control: self.control.public() });
        Ask::Statement { via: Via::Withdraw, statement: sign(body, &self.control, now), salt }
    }

    /// Bytes that nobody else's rows hold, and that must not come back.
    pub(super) fn secrets(&self) -> [[u8; 32]; 2] {
        let end = self.statement.bytes().last_chunk().unwrap();
        [*self.key.to_bytes(), *end]
    }
}

/// In a third of the runs every other chat is one that a steward has to look at.
fn findings(n: u64) -> Findings {
    let mut findings = Findings::default();
    if (n / 1000) % 3 == 1 && n.is_multiple_of(2) {
        findings.failed = Some("nobody could scan it".into());
    }
    findings
}

/// Founds the community in an empty store.
pub(super) fn found(store: &Store, node: &SecretKey) -> Option<()> {
    let slot = store.add_community(community()).ok()?;
    if store.head(slot).ok()?.is_none() {
        store.append(first_append(slot, node)).ok()?;
    }
    let row = store.community(slot).ok()??;
    store.update_community(&CommunityRow { home: true, ..row }).ok()
}

fn first_append(slot: Slot, node: &SecretKey) -> Append {
    let items: Vec<Item> = (0..)
        .zip(first_statements(node))
        .map(|(n, statement)| {
            let salt = Salt([n; 32]);
            let entry = statement.entry(&salt);
            Item { entry, evidence: Evidence::Statement { salt, statement: Ok(statement) } }
        })
        .collect();
    let mut fold = Community::start(community());
    let applied = fold.apply(&items, &Known::default()).unwrap();
    let frontier = fold.frontier().clone();
    let (size, root) = (frontier.len(), frontier.root());
    let checkpoint = Checkpoint { community: community(), epoch: 0, size, root };
    let checkpoint = SignedCheckpoint::sign(checkpoint, &log_key(), morning()).text();
    let entries = items.into_iter().zip(applied.statuses).map(|(item, status)| {
        let Evidence::Statement { salt, statement: Ok(statement) } = item.evidence else {
            panic!("a community is founded on statements");
        };
        let statement = Some(Held { salt, bytes: statement.bytes().to_vec() });
        let (entry, holding) = (item.entry, Holding::Full);
        NewEntry { entry, status, statement, key: None, blob: None, holding }
    });
    Append {
        slot,
        expected_size: 0,
        entries: entries.collect(),
        nodes: applied.nodes,
        head: Head { size, checkpoint, frontier, snapshot: fold.encode() },
        marks: Vec::new(),
        settled: Vec::new(),
        acts: Vec::new(),
    }
}

fn first_statements(node: &SecretKey) -> [SignedStatement; 4] {
    let charter = Charter {
        name: "Riverside Library".into(),
        log_key: log_key().public(),
        stewards: vec![member().public()],
        next_root: None,
        ends: None,
        previous: None,
    };
    let acceptance = Acceptance { role: Role::Replica, name: Some("Riverside".into()) };
    let membership = Membership {
        admission: Admission::Admit,
        member: member().public(),
        name: None,
        control: None,
        invitation: None,
        invitation_use: None,
    };
    [
        sign(Body::Charter(charter), &secret(1), morning()),
        policy(0),
        sign(Body::Acceptance(acceptance), node, morning()),
        sign(Body::Membership(membership), &member(), morning()),
    ]
}

impl World {
    pub(super) fn salt(&mut self) -> Salt {
        let mut salt = [0; 32];
        salt.chunks_mut(8).for_each(|part| part.copy_from_slice(&self.rng.next().to_le_bytes()));
        Salt(salt)
    }
}
