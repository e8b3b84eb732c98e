//! A community of three nodes and one member, who is also its steward.

use super::memory::Memory;
use super::world::{Rng, World, address};
use crate::runtime::check;
use crate::service::{Ask, Reply, Submitted, Via};
use crate::store::{Append, Blob, Head, Held, Holding, NewEntry, Slot};
use sheaf_protocol::chat::{Chat, Message, Part, Role as Speaker};
use sheaf_protocol::community::{Community, Evidence, Item, Known};
use sheaf_protocol::exchange::{MemberReply, StewardReply};
use sheaf_protocol::id::{CommunityId, PublicKey, Salt};
use sheaf_protocol::log::{Checkpoint, SignedCheckpoint};
use sheaf_protocol::policy::{Policy, Preset};
use sheaf_protocol::seal::{ChatKey, seal};
use sheaf_protocol::sign::{SecretKey, Signed};
use sheaf_protocol::statement::{
    Acceptance, Admission, Attribution, BlobRef, Body, Charter, Consent, Labels, Manifest,
    Membership, PolicyRef, Role, SignedStatement, Statement, Withdrawal,
};
use sheaf_protocol::time::{Day, Time};
use sheaf_protocol::usage::VOCABULARY;

/// The nodes: the origin, and two that follow it.
pub(super) const ALICE: usize = 0;
pub(super) const BOB: usize = 1;
pub(super) const CAROL: usize = 2;

pub(super) struct Village {
    pub(super) world: World,
    pub(super) log_key: SecretKey,
    pub(super) member: SecretKey,
    pub(super) policy: PolicyRef,
    chats: u8,
}

pub(super) fn secret(n: u8) -> SecretKey {
    SecretKey::from_bytes([n; 32])
}

fn morning() -> Time {
    Time::from_ms(1_790_000_000_000).unwrap()
}

impl Village {
    /// Founded and running: the origin alone.
    pub(super) fn found(seed: u64) -> Self {
        let (root, log_key, member) = (secret(1), secret(2), secret(3));
        let community = CommunityId(root.public());
        let mut world = World::new(seed, community, morning());
        let (store, policy) =
            founded(community, &root, &log_key, &member, &secret(10), &mut world.rng);
        world.add(secret(10), store, Some(log_key.clone()));
        world.add(secret(11), Memory::default(), None);
        world.add(secret(12), Memory::default(), None);
        (0..3).for_each(|n| world.start(n, false));
        Self { world, log_key, member, policy, chats: 0 }
    }

    /// Founded, with both others following.
    pub(super) fn three(seed: u64) -> Self {
        let mut village = Self::found(seed);
        village.follow(BOB);
        village.follow(CAROL);
        village.world.link(BOB, CAROL);
        village
    }

    pub(super) fn community(&self) -> CommunityId {
        self.world.community
    }

    pub(super) fn follow(&mut self, n: usize) {
        let (operator, community, policy) = (self.world.key(n), self.community(), self.policy);
        let ask = Ask::Follow { address: address(ALICE), community, policy };
        let reply = self.world.ask(n, operator, ask);
        assert!(matches!(reply, Reply::Steward(StewardReply::Following { .. })), "{reply:?}");
    }

    pub(super) fn sign(&self, body: Body, key: &SecretKey) -> SignedStatement {
        let community = self.community();
        // A policy is the one kind here that is not signed under a policy.
        let policy = (!matches!(body, Body::Policy(_))).then_some(self.policy);
        Signed::sign(Statement { community, epoch: 0, policy, at: self.world.now, body }, key)
    }

    /// A chat with a control key of its own.
    pub(super) fn chat(&mut self, text: &str, due: Option<Day>) -> Chatting {
        self.chats += 1;
        self.chat_under(secret(100 + self.chats), text, due)
    }

    pub(super) fn chat_under(
        &mut self,
        control: SecretKey,
        text: &str,
        due: Option<Day>,
    ) -> Chatting {
        let question = Message::new(Speaker::User, None, vec![Part::text(text)]);
        let answer = Message::new(Speaker::Assistant, Some(0), vec![Part::text("An answer.")]);
        let plain = Chat { messages: vec![question, answer], ..Chat::default() }.to_cbor();
        let key = ChatKey::from_bytes(self.world.rng.bytes());
        let sealed = seal(&key, &self.community(), &control.public(), &plain).unwrap();
        let blob = BlobRef {
            hash: sealed.hash,
            sealed_bytes: sealed.blob.len() as u64,
            plain_bytes: sealed.plain_bytes,
        };
        let manifest = Manifest {
            control: control.public(),
            blob,
            commitment: sealed.commitment,
            check: sealed.check,
            consent: consent(due),
            labels: Labels { languages: vec!["en".into()], messages: 2, ..Labels::default() },
        };
        let statement = self.sign(Body::Manifest(manifest), &control);
        let fingerprint = check::fingerprint(&[7; 32], &self.member.public(), &plain);
        Chatting { control, statement, key, sealed: sealed.blob, fingerprint }
    }

    /// Brings a chat to the origin, as often as one likes.
    pub(super) fn submit(&mut self, chat: &Chatting) -> Reply {
        let submitted = Submitted {
            statement: chat.statement.clone(),
            salt: Salt(self.world.rng.bytes()),
            key: chat.key.clone(),
            blob: Blob::Small(chat.sealed.clone()),
            fingerprint: chat.fingerprint,
        };
        let member = self.member.public();
        self.world.ask(ALICE, member, Ask::Submit(Box::new(submitted)))
    }

    /// Gives a chat that is taken; its index.
    pub(super) fn give(&mut self, chat: &Chatting) -> u64 {
        match self.submit(chat) {
            Reply::Logged { index, already: false, .. } => index,
            other => panic!("the chat should have been logged, not {other:?}"),
        }
    }

    pub(super) fn withdrawal(&self, chat: &Chatting) -> SignedStatement {
        let control = chat.control.public();
        self.sign(Body::Withdrawal(Withdrawal { control }), &chat.control)
    }

    /// Takes a chat back at any node.
    pub(super) fn withdraw(&mut self, n: usize, chat: &Chatting) -> MemberReply {
        let statement = self.withdrawal(chat);
        let salt = Salt(self.world.rng.bytes());
        let ask = Ask::Statement { via: Via::Withdraw, statement, salt };
        match self.world.ask(n, chat.control.public(), ask) {
            Reply::Member(reply) => reply,
            other => panic!("a withdrawal is answered as a member's, not {other:?}"),
        }
    }

    /// Whether all three hold the same log under the same head, and `live` chats each.
    pub(super) fn agree(world: &World, live: usize) -> bool {
        let [a, b, c] = [ALICE, BOB, CAROL].map(|n| &world.nodes[n].store);
        let same = a.size() == b.size() && a.root() == b.root() && b.root() == c.root();
        same && [a, b, c].iter().all(|store| store.live() == live)
    }
}

pub(super) struct Chatting {
    pub(super) control: SecretKey,
    pub(super) statement: SignedStatement,
    pub(super) key: ChatKey,
    sealed: Vec<u8>,
    fingerprint: [u8; 32],
}

fn consent(due: Option<Day>) -> Consent {
    Consent {
        licence: "CC0-1.0".into(),
        usage: "train-ai=y".into(),
        vocabulary: VOCABULARY.into(),
        attribution: Attribution::None,
        due,
    }
}

fn founded(
    community: CommunityId,
    root: &SecretKey,
    log: &SecretKey,
    member: &SecretKey,
    node: &SecretKey,
    rng: &mut Rng,
) -> (Memory, PolicyRef) {
    let signed = |policy, body, key: &SecretKey| {
        Signed::sign(Statement { community, epoch: 0, policy, at: morning(), body }, key)
    };
    let salts = [(); 4].map(|()| Salt(rng.bytes()));
    let charter = Body::Charter(charter(log.public(), member.public()));
    let policy = signed(None, Body::Policy(Policy::preset(Preset::Open)), member);
    let reference = PolicyRef { index: 1, commitment: policy.entry(&salts[1]).commitment };
    let acceptance = Acceptance { role: Role::Replica, name: Some("Riverside".into()) };
    let statements = [
        signed(None, charter, root),
        policy,
        signed(Some(reference), Body::Acceptance(acceptance), node),
        signed(Some(reference), Body::Membership(admission(member.public())), member),
    ];
    let items: Vec<Item> = statements
        .into_iter()
        .zip(salts)
        .map(|(statement, salt)| Item {
            entry: statement.entry(&salt),
            evidence: Evidence::Statement { salt, statement: Ok(statement) },
        })
        .collect();
    let mut store = Memory::default();
    store.append(first_append(community, log, items));
    (store, reference)
}

fn charter(log_key: PublicKey, steward: PublicKey) -> Charter {
    let (name, stewards) = ("Riverside Library".into(), vec![steward]);
    Charter { name, log_key, stewards, next_root: None, ends: None, previous: None }
}

fn admission(member: PublicKey) -> Membership {
    Membership {
        admission: Admission::Admit,
        member,
        name: None,
        control: None,
        invitation: None,
        invitation_use: None,
    }
}

fn first_append(community: CommunityId, log: &SecretKey, items: Vec<Item>) -> Append {
    let mut fold = Community::start(community);
    let applied = fold.apply(&items, &Known::default()).unwrap();
    let frontier = fold.frontier().clone();
    let (size, root) = (frontier.len(), frontier.root());
    let checkpoint = Checkpoint { community, epoch: 0, size, root };
    let checkpoint = SignedCheckpoint::sign(checkpoint, log, morning()).text();
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
    }
}
