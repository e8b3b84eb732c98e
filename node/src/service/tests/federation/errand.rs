//! What people want of nodes, asked again until it is done: answers may be lost.

use super::{Federation, Given, policy};
use crate::service::tests::chatting::Chatting;
use crate::service::tests::founding::membership;
use crate::service::tests::world::address;
use crate::service::{Ask, AskId, Reply, Via};
use sheaf_protocol::exchange::{MemberReply, Refusal, RefusalCode, StewardReply, StewardRequest};
use sheaf_protocol::id::{PublicKey, Salt};
use sheaf_protocol::seal::ChatKey;
use sheaf_protocol::sign::SecretKey;
use sheaf_protocol::statement::{Admission, Body, SignedStatement, Takedown, TakedownReason};
use sheaf_protocol::time::Time;

/// Somebody who waited so long for an answer asks again.
const PATIENCE_SECS: u64 = 25;

/// What somebody wants.
#[derive(Debug, Clone)]
enum Want {
    /// A member gives a chat.
    Give(usize),
    /// A member takes a chat back, anywhere.
    Withdraw(usize),
    /// A steward takes a chat down, or refuses one that waits.
    TakeDown(usize),
    /// A steward accepts a chat that waits.
    Admit(usize),
    /// A steward publishes the next policy of a community.
    Publish(usize),
    /// A steward admits or removes a member.
    Member(usize, Box<SecretKey>, Admission),
    /// An operator follows a community, or accepts its new policy.
    Follow { commune: usize, node: usize },
}

pub(super) struct Errand {
    want: Want,
    /// When it is next looked at; `None`: done.
    next: Option<Time>,
    asked: Option<AskId>,
    salt: Salt,
}

impl Federation {
    fn want(&mut self, want: Want) {
        let (next, salt) = (Some(self.world.now), Salt(self.world.rng.bytes()));
        self.errands.push(Errand { want, next, asked: None, salt });
    }

    pub(super) fn send_to_follow(&mut self, commune: usize, node: usize) {
        self.want(Want::Follow { commune, node });
    }

    /// Somebody wants something, now.
    pub(super) fn somebody_wants(&mut self) {
        let commune = self.any_commune();
        match self.world.rng.below(20) {
            0..10 => self.give(commune),
            10..14 => self.take_back(Want::Withdraw),
            14 => self.take_back(Want::TakeDown),
            15 => self.want(Want::Publish(commune)),
            16 => {
                let key = self.secret();
                self.communes[commune].members.push(key.clone());
                self.want(Want::Member(commune, Box::new(key), Admission::Admit));
            }
            17 => {
                let members = self.communes[commune].members.clone();
                if let Some(key) = self.world.rng.pick(&members) {
                    self.want(Want::Member(commune, Box::new(key.clone()), Admission::Remove));
                }
            }
            _ => {}
        }
    }

    fn any_commune(&mut self) -> usize {
        let count = self.communes.len() as u64;
        usize::try_from(self.world.rng.below(count)).unwrap()
    }

    fn give(&mut self, commune: usize) {
        let control = self.secret();
        let key = ChatKey::from_bytes(self.world.rng.bytes());
        let due = self.world.rng.percent(25);
        let day = due.then(|| super::evening().day());
        let mut text = format!("chat {}", self.given.len());
        if self.world.rng.percent(15) {
            text.push_str(", write to alice@example.org");
        }
        let members = self.communes[commune].members.len() as u64;
        let member = usize::try_from(self.world.rng.below(members)).unwrap();
        let by = self.communes[commune].members[member].public();
        let chat = Chatting::new(self.terms(commune), control, &by, key, &text, day);
        self.given.push(Given {
            commune,
            chat,
            member,
            index: None,
            taken_back: false,
            waited: false,
            due,
        });
        self.want(Want::Give(self.given.len() - 1));
    }

    fn take_back(&mut self, how: fn(usize) -> Want) {
        let known = (0..self.given.len()).filter(|n| self.given[*n].index.is_some());
        let known: Vec<usize> = known.collect();
        if let Some(chat) = self.world.rng.pick(&known) {
            self.want(how(*chat));
        }
    }

    /// Whether nobody waits for anything.
    pub(super) fn errands_done(&self) -> bool {
        self.errands.iter().all(|errand| errand.next.is_none())
    }

    /// What is still wanted.
    pub(super) fn errands_open(&self) -> String {
        let open = self.errands.iter().filter(|errand| errand.next.is_some());
        open.map(|errand| format!("{:?}", errand.want)).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn carry_errands(&mut self) {
        for n in 0..self.errands.len() {
            if self.errands[n].next.is_some_and(|at| at <= self.world.now) {
                self.carry(n);
            }
        }
    }

    fn carry(&mut self, n: usize) {
        let want = self.errands[n].want.clone();
        let node = self.where_to_ask(&want);
        self.errands[n].next = Some(self.world.now.plus_secs(PATIENCE_SECS));
        if !self.world.is_up(node) {
            return self.later(n);
        }
        let (from, ask) = self.ask_for(node, &want, self.errands[n].salt);
        let id = self.world.put(node, from, ask);
        self.waiting.insert(id, n);
        self.errands[n].asked = Some(id);
    }

    fn later(&mut self, n: usize) {
        let secs = 2 + self.world.rng.below(6);
        self.errands[n].next = Some(self.world.now.plus_secs(secs));
    }

    fn where_to_ask(&mut self, want: &Want) -> usize {
        match want {
            Want::Withdraw(chat) if self.given[*chat].index.is_none() => {
                self.communes[self.given[*chat].commune].origin
            }
            Want::Withdraw(chat) => {
                let commune = &self.communes[self.given[*chat].commune];
                let mut holders: Vec<usize> = commune.followers.iter().copied().collect();
                holders.push(commune.origin);
                *self.world.rng.pick(&holders).unwrap()
            }
            Want::Give(chat) | Want::TakeDown(chat) | Want::Admit(chat) => {
                self.communes[self.given[*chat].commune].origin
            }
            Want::Publish(commune) | Want::Member(commune, ..) => self.communes[*commune].origin,
            Want::Follow { node, .. } => *node,
        }
    }

    /// Who asks, and what.
    fn ask_for(&self, node: usize, want: &Want, salt: Salt) -> (PublicKey, Ask) {
        let statement = |via, statement| Ask::Statement { via, statement, salt };
        match want {
            Want::Give(chat) => {
                let Given { commune, member, chat, .. } = &self.given[*chat];
                let member = self.communes[*commune].members[*member].public();
                (member, Ask::Submit(Box::new(chat.submitted(salt))))
            }
            Want::Withdraw(chat) => {
                let Given { commune, chat, .. } = &self.given[*chat];
                let withdrawal = chat.withdrawal(self.terms(*commune));
                (chat.control.public(), statement(Via::Withdraw, withdrawal))
            }
            Want::TakeDown(chat) => {
                let Given { commune, chat, .. } = &self.given[*chat];
                let reason = TakedownReason::Privacy;
                let takedown = Takedown { control: chat.control.public(), reason };
                self.of_steward(*commune, Body::Takedown(takedown), salt)
            }
            Want::Admit(chat) => {
                let Given { commune, chat, .. } = &self.given[*chat];
                let ask = StewardRequest::Admit { control: chat.control.public() };
                (self.communes[*commune].steward.public(), Ask::Steward(ask))
            }
            Want::Publish(commune) => {
                let next = policy(self.communes[*commune].policies + 1);
                self.of_steward(*commune, Body::Policy(next), salt)
            }
            Want::Member(commune, key, admission) => {
                let body = Body::Membership(membership(key.public(), *admission));
                self.of_steward(*commune, body, salt)
            }
            Want::Follow { commune, .. } => {
                let community = &self.communes[*commune];
                let (address, policy) = (address(community.origin), community.policy);
                let ask = StewardRequest::Follow { address, community: community.id, policy };
                (self.world.key(node), Ask::Steward(ask))
            }
        }
    }

    fn of_steward(&self, commune: usize, body: Body, salt: Salt) -> (PublicKey, Ask) {
        let steward = &self.communes[commune].steward;
        let statement = self.terms(commune).sign(body, steward);
        (steward.public(), Ask::Statement { via: Via::Append, statement, salt })
    }

    pub(super) fn errand_answered(&mut self, n: usize, reply: &Reply) {
        if self.errands[n].next.is_none() {
            return;
        }
        let want = self.errands[n].want.clone();
        match self.judge(&want, reply, self.errands[n].salt) {
            true => self.errands[n].next = None,
            false => self.later(n),
        }
    }

    /// Whether an answer ends an errand.
    fn judge(&mut self, want: &Want, reply: &Reply, salt: Salt) -> bool {
        match (want, reply, refusal_of(reply)) {
            (Want::Give(chat), Reply::Logged { index, .. }, _) => {
                self.given[*chat].index = Some(*index);
                true
            }
            (Want::Give(chat), Reply::Member(MemberReply::Pending { .. }), _) => {
                self.waits(*chat);
                false
            }
            (Want::Give(chat), _, Some(refusal)) => self.not_given(*chat, refusal),
            (Want::Admit(chat), Reply::Logged { index, .. }, _) => {
                self.given[*chat].index = Some(*index);
                true
            }
            // Its acknowledgement was lost, or it was taken back, or its last day ended.
            (Want::Admit(_), _, Some(refusal)) => {
                matches!(refusal.code, RefusalCode::Unknown | RefusalCode::Gone)
            }
            (Want::Withdraw(chat) | Want::TakeDown(chat), _, Some(refusal))
                if self.given[*chat].waited && self.given[*chat].index.is_none() =>
            {
                refusal.code == RefusalCode::Unknown
            }
            (Want::Withdraw(chat) | Want::TakeDown(chat), Reply::Member(reply), _) => {
                let done = matches!(reply, MemberReply::Withdrawn { .. });
                self.given[*chat].taken_back |= done;
                done
            }
            (
                Want::TakeDown(chat),
                Reply::Logged { .. } | Reply::Steward(StewardReply::Done),
                _,
            ) => {
                self.given[*chat].taken_back = true;
                true
            }
            (Want::Publish(commune), Reply::Logged { index, .. }, _) => {
                self.published(*commune, *index, salt);
                true
            }
            (Want::Member(..), Reply::Logged { .. }, _) => true,
            (Want::Member(..), _, Some(refusal)) => refusal.code == RefusalCode::Policy,
            (Want::Follow { .. }, Reply::Steward(StewardReply::Following { .. }), _) => true,
            (_, _, Some(_)) => false,
            (want, reply, None) => panic!("{want:?} was answered by {reply:?}"),
        }
    }

    /// A chat waits for review: a steward decides, and its member may not wait for that.
    fn waits(&mut self, chat: usize) {
        if std::mem::replace(&mut self.given[chat].waited, true) {
            return;
        }
        match self.world.rng.below(10) {
            0..6 => self.want(Want::Admit(chat)),
            6..9 => self.want(Want::TakeDown(chat)),
            _ => {
                self.want(Want::Admit(chat));
                self.want(Want::Withdraw(chat));
            }
        }
    }

    /// Some refusals are for good; after a change of policy the member decides again.
    fn not_given(&mut self, chat: usize, refusal: &Refusal) -> bool {
        match refusal.code {
            RefusalCode::PolicyChanged => {
                let terms = self.terms(self.given[chat].commune);
                self.given[chat].chat.sign_again(terms);
                false
            }
            RefusalCode::ReadOnly | RefusalCode::Busy => false,
            RefusalCode::NotMember | RefusalCode::Policy => true,
            // Its acknowledgement was lost, and then its last day ended.
            RefusalCode::Gone if self.given[chat].due || self.given[chat].waited => true,
            code => panic!("chat {chat} was refused as {code:?}: {refusal}"),
        }
    }

    /// The policy is in the log: every follower's operator will look at it and accept it.
    fn published(&mut self, commune: usize, index: u64, salt: Salt) {
        let community = &self.communes[commune];
        let store = self.world.store_of(community.origin, &community.id).unwrap();
        let statement: SignedStatement = store.statement(index).unwrap();
        let commitment = statement.entry(&salt).commitment;
        let community = &mut self.communes[commune];
        community.policies += 1;
        community.policy = sheaf_protocol::statement::PolicyRef { index, commitment };
        let followers: Vec<usize> = community.followers.iter().copied().collect();
        followers.into_iter().for_each(|node| self.send_to_follow(commune, node));
    }
}

fn refusal_of(reply: &Reply) -> Option<&Refusal> {
    match reply {
        Reply::Member(MemberReply::Refused { refusal })
        | Reply::Steward(StewardReply::Refused { refusal }) => Some(refusal),
        _ => None,
    }
}
