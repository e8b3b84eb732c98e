//! A community of three nodes and one member, who is also its steward.

use super::chatting::{Chatting, Terms};
use super::disk::Disk;
use super::founding::Founding;
use super::world::{World, address};
use crate::service::{Ask, Reply, Via};
use sheaf_protocol::exchange::{MemberReply, StewardReply, StewardRequest};
use sheaf_protocol::id::{CommunityId, Salt};
use sheaf_protocol::policy::{Policy, Preset};
use sheaf_protocol::seal::ChatKey;
use sheaf_protocol::sign::SecretKey;
use sheaf_protocol::statement::{Body, PolicyRef, SignedStatement};
use sheaf_protocol::time::{Day, Time};

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

pub(super) fn morning() -> Time {
    Time::from_ms(1_790_000_000_000).unwrap()
}

impl Village {
    /// Founded and running: the origin alone.
    pub(super) fn found(seed: u64) -> Self {
        let (root, log_key, member) = (secret(1), secret(2), secret(3));
        let community = CommunityId(root.public());
        let (node, mut world) = (secret(10), World::new(seed, community, morning()));
        let founding = Founding {
            root: &root,
            log: &log_key,
            steward: &member,
            members: vec![member.public()],
            nodes: vec![&node],
            policy: Policy::preset(Preset::Open),
            at: morning(),
        };
        let (store, policy) = founding.found(&mut world.rng);
        world.add(node, Disk::with(store));
        world.add(secret(11), Disk::default());
        world.add(secret(12), Disk::default());
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
        let ask =
            Ask::Steward(StewardRequest::Follow { address: address(ALICE), community, policy });
        let reply = self.world.ask(n, operator, ask);
        assert!(matches!(reply, Reply::Steward(StewardReply::Following { .. })), "{reply:?}");
    }

    fn terms(&self) -> Terms {
        Terms { community: self.community(), policy: self.policy, at: self.world.now }
    }

    pub(super) fn sign(&self, body: Body, key: &SecretKey) -> SignedStatement {
        self.terms().sign(body, key)
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
        let key = ChatKey::from_bytes(self.world.rng.bytes());
        Chatting::new(self.terms(), control, &self.member.public(), key, text, due)
    }

    /// Brings a chat to the origin, as often as one likes.
    pub(super) fn submit(&mut self, chat: &Chatting) -> Reply {
        let submitted = chat.submitted(Salt(self.world.rng.bytes()));
        let member = self.member.public();
        self.world.ask(ALICE, member, Ask::Submit(Box::new(submitted)))
    }

    /// What a steward asks of the origin.
    pub(super) fn ask_as_steward(&mut self, request: StewardRequest) -> Reply {
        let member = self.member.public();
        self.world.ask(ALICE, member, Ask::Steward(request))
    }

    /// Gives a chat that is taken; its index.
    pub(super) fn give(&mut self, chat: &Chatting) -> u64 {
        match self.submit(chat) {
            Reply::Logged { index, already: false, .. } => index,
            other => panic!("the chat should have been logged, not {other:?}"),
        }
    }

    pub(super) fn withdrawal(&self, chat: &Chatting) -> SignedStatement {
        chat.withdrawal(self.terms())
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
        let [a, b, c] = [ALICE, BOB, CAROL].map(|n| world.store(n));
        let same = a.size() == b.size() && a.root() == b.root() && b.root() == c.root();
        same && [a, b, c].iter().all(|store| store.live() == live)
    }
}
