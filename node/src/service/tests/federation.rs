//! Fifty nodes and four communities, in bad weather, until all is quiet again.
//!
//! Members give chats and take them back, stewards change policies and take chats down, operators
//! follow, while messages are late, lost, repeated and overtake each other, nodes are cut off and
//! stop at any moment, and clocks differ. [`Federation::run`] plays one seed.

mod chaos;
mod errand;
mod quiet;

use super::chatting::{Chatting, Terms};
use super::disk::Disk;
use super::founding::Founding;
use super::world::{World, address};
use crate::service::{AskId, Reply};
use errand::Errand;
use sheaf_protocol::id::CommunityId;
use sheaf_protocol::policy::{Policy, Preset};
use sheaf_protocol::sign::SecretKey;
use sheaf_protocol::statement::PolicyRef;
use sheaf_protocol::time::{Day, Time};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const NODES: usize = 50;
const COMMUNITIES: usize = 4;
/// How long the weather is bad.
const STORM_SECS: u64 = 40;
/// Errands are looked at so often.
const LOOK_MS: u64 = 200;
/// Clocks differ from true time by at most so much: two nodes by less than the bound that the
/// protocol allows.
const SKEW_MS: u64 = 60_000;
/// Each origin renews its head's cosignature four times in this.
const HEAD_AGE_SECS: u64 = 600;

/// One community, as its members see it.
struct Commune {
    id: CommunityId,
    origin: usize,
    steward: SecretKey,
    members: Vec<SecretKey>,
    policy: PolicyRef,
    policies: u64,
    /// Who follows or will follow.
    followers: BTreeSet<usize>,
}

/// A chat that a member gave.
struct Given {
    commune: usize,
    chat: Chatting,
    member: usize,
    /// Acknowledged under this index: from here on nothing may lose it.
    index: Option<u64>,
    /// Somebody acknowledged that it was taken back.
    taken_back: bool,
    /// It waited for review; a steward decides.
    waited: bool,
    /// Its last day is the day on which this begins.
    due: bool,
}

pub(super) struct Federation {
    pub(super) world: World,
    communes: Vec<Commune>,
    given: Vec<Given>,
    errands: Vec<Errand>,
    waiting: BTreeMap<AskId, usize>,
    /// When errands were last looked at.
    looked: Option<Time>,
    secrets: u64,
}

/// The storm ends a little after a day does.
fn evening() -> Time {
    Time::from_ms(Day(20_718).end().ms() - STORM_SECS * 500).unwrap()
}

impl Federation {
    pub(super) fn run(seed: u64) -> Self {
        let mut federation = Self::new(seed);
        federation.storm();
        federation.calm();
        federation
    }

    fn new(seed: u64) -> Self {
        let mut federation = Self {
            world: World::new(seed, CommunityId(secret(1).public()), evening()),
            communes: Vec::new(),
            given: Vec::new(),
            errands: Vec::new(),
            waiting: BTreeMap::new(),
            looked: None,
            secrets: 1000,
        };
        federation.world.tick_ms = 2000;
        federation.world.oracle.head_age_max_secs = HEAD_AGE_SECS;
        let nodes: Vec<SecretKey> = (0..NODES).map(|_| federation.secret()).collect();
        for key in &nodes {
            let n = federation.world.add(key.clone(), Disk::default());
            federation.set_clock(n);
        }
        (0..COMMUNITIES).for_each(|n| federation.found(n, &nodes));
        (0..NODES).for_each(|n| federation.world.start(n, false));
        federation
    }

    fn secret(&mut self) -> SecretKey {
        self.secrets += 1;
        secret(self.secrets)
    }

    fn set_clock(&mut self, n: usize) {
        let skew = self.world.rng.below(2 * SKEW_MS).cast_signed() - SKEW_MS.cast_signed();
        self.world.nodes[n].skew_ms = skew;
    }

    /// A community whose origin is node `origin`; most of its followers are there already.
    fn found(&mut self, origin: usize, nodes: &[SecretKey]) {
        let followers = self.followers_of(origin);
        let early: Vec<usize> =
            followers.iter().copied().filter(|_| self.world.rng.percent(80)).collect();
        let (root, log, steward) = (self.secret(), self.secret(), self.secret());
        let members: Vec<SecretKey> = (0..3).map(|_| self.secret()).collect();
        let founding = Founding {
            root: &root,
            log: &log,
            steward: &steward,
            members: members.iter().map(SecretKey::public).collect(),
            nodes: std::iter::once(&origin).chain(&early).map(|n| &nodes[*n]).collect(),
            policy: policy(0),
            at: self.world.now,
        };
        let (store, policy) = founding.found(&mut self.world.rng);
        let id = store.id;
        self.world.nodes[origin].disk.put(store);
        for n in &early {
            self.world.nodes[*n].disk.follow(id, address(origin));
        }
        let late = followers.iter().copied().filter(|n| !early.contains(n));
        let late: Vec<usize> = late.collect();
        let policies = 0;
        let commune = Commune { id, origin, steward, members, policy, policies, followers };
        self.communes.push(commune);
        late.into_iter().for_each(|n| self.send_to_follow(origin, n));
    }

    /// Every node that is no origin follows one community, and some a second one; origins follow
    /// each other in a ring.
    fn followers_of(&mut self, commune: usize) -> BTreeSet<usize> {
        let mut followers = BTreeSet::from([(commune + 1) % COMMUNITIES]);
        for n in COMMUNITIES..NODES {
            if n % COMMUNITIES == commune || self.world.rng.percent(10) {
                followers.insert(n);
            }
        }
        followers
    }

    fn terms(&self, commune: usize) -> Terms {
        let Commune { id, policy, .. } = self.communes[commune];
        Terms { community: id, policy, at: self.world.now }
    }

    /// Lets things happen until `end`, carrying errands.
    fn go_on(&mut self, end: Time) {
        while self.world.next_at().is_some_and(|at| at <= end.ms()) {
            self.world.turn();
            for (id, reply) in self.world.replies() {
                self.answered(id, reply);
            }
            if self.looked.is_none_or(|at| self.world.now.ms() - at.ms() >= LOOK_MS) {
                self.looked = Some(self.world.now);
                self.carry_errands();
            }
        }
    }

    fn answered(&mut self, id: AskId, reply: Reply) {
        if let Some(errand) = self.waiting.remove(&id) {
            self.errand_answered(errand, &reply);
        }
    }

    /// What happened, in numbers.
    pub(super) fn told(&self) -> String {
        let given = self.given.iter().filter(|given| given.index.is_some()).count();
        let back = self.given.iter().filter(|given| given.taken_back).count();
        let waited = self.given.iter().filter(|given| given.waited).count();
        format!(
            "{given} chats given, {waited} reviewed, {back} taken back, {} keys out",
            self.world.oracle.keys_out
        )
    }

    pub(super) fn trace(&self) -> blake3::Hash {
        self.world.trace()
    }
}

fn secret(n: u64) -> SecretKey {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&n.to_le_bytes());
    SecretKey::from_bytes(bytes)
}

/// The communities' policy in its `n`th version.
fn policy(n: u64) -> Policy {
    Policy {
        title: format!("Open commons, {n}"),
        head_age_max_secs: HEAD_AGE_SECS,
        ..Policy::preset(Preset::Open)
    }
}
