//! Whole services in one thread: clocks that are set, a network and stores that answer when a
//! seeded generator says so. The same seed gives the same run.

mod bounds;
mod network;
mod oracle;
mod rng;
mod trace;
mod weather;
mod wire;

pub(super) use network::address;
pub(super) use rng::Rng;
pub(super) use weather::Weather;

use super::disk::Disk;
use super::memory::Memory;
use crate::service::{
    Ask, AskId, Call, CallFailed, CallId, Effect, GossipVerdict, Input, JobId, Note, Reply,
    Service, Start,
};
use network::{Gossip, Links};
use oracle::Oracle;
use sheaf_protocol::cbor;
use sheaf_protocol::community::Community;
use sheaf_protocol::id::{CommunityId, PublicKey};
use sheaf_protocol::sign::SecretKey;
use sheaf_protocol::time::Time;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

pub(super) struct Node {
    pub(super) public: PublicKey,
    pub(super) disk: Disk,
    pub(super) notes: Vec<Note>,
    pub(super) service: Option<Service>,
    /// What its clock shows more than the world's.
    pub(super) skew_ms: i64,
    key: SecretKey,
    /// Counts starts: what was under way before a stop is lost.
    run: u32,
    topics: BTreeSet<CommunityId>,
    heard: BTreeSet<[u8; 32]>,
}

struct Coming {
    node: usize,
    run: u32,
    event: Event,
}

enum Event {
    Tick,
    Input(Input),
    Job { job: JobId, work: Box<crate::service::Job> },
    Request { asker: Asker, ask: Ask },
    Gossip(Gossip),
}

/// Who waits for a reply.
enum Asker {
    /// The test.
    Test,
    /// Another node, by a call.
    Peer { node: usize, run: u32, call: CallId, request: Rc<Call>, lost: bool },
    /// Nobody: what the network delivered twice.
    Nobody { from: usize },
}

pub(super) struct World {
    pub(super) community: CommunityId,
    pub(super) now: Time,
    pub(super) nodes: Vec<Node>,
    pub(super) rng: Rng,
    pub(super) weather: Weather,
    pub(super) oracle: Oracle,
    pub(super) tick_ms: u64,
    trace: blake3::Hasher,
    checked: wire::Checked,
    coming: BTreeMap<(u64, u64), Box<Coming>>,
    links: Links,
    by_key: BTreeMap<PublicKey, usize>,
    askers: BTreeMap<AskId, (usize, Asker)>,
    replies: BTreeMap<AskId, Reply>,
    gossip: BTreeMap<u64, (usize, Gossip)>,
    verdicts: BTreeMap<u64, GossipVerdict>,
    next: u64,
}

impl World {
    /// A world whose stories are about `community`.
    pub(super) fn new(seed: u64, community: CommunityId, now: Time) -> Self {
        Self {
            community,
            now,
            nodes: Vec::new(),
            rng: Rng::new(seed),
            weather: Weather::default(),
            oracle: Oracle::default(),
            tick_ms: 250,
            trace: blake3::Hasher::new(),
            checked: wire::Checked::default(),
            coming: BTreeMap::new(),
            links: Links::default(),
            by_key: BTreeMap::new(),
            askers: BTreeMap::new(),
            replies: BTreeMap::new(),
            gossip: BTreeMap::new(),
            verdicts: BTreeMap::new(),
            next: 0,
        }
    }

    pub(super) fn add(&mut self, key: SecretKey, disk: Disk) -> usize {
        let public = key.public();
        self.by_key.insert(public, self.nodes.len());
        self.nodes.push(Node {
            public,
            disk,
            notes: Vec::new(),
            service: None,
            skew_ms: 0,
            key,
            run: 0,
            topics: BTreeSet::new(),
            heard: BTreeSet::new(),
        });
        self.nodes.len() - 1
    }

    pub(super) fn start(&mut self, n: usize, sign_unconfirmed: bool) {
        let now = self.now_at(n);
        let node = &mut self.nodes[n];
        let (service, effects) = Service::new(Start {
            node: node.key.clone(),
            operator: node.public,
            addresses: vec![address(n)],
            version: "simulated".into(),
            communities: node.disk.hostings(&node.public),
            blocked: Vec::new(),
            sign_unconfirmed,
            now,
        });
        node.service = Some(service);
        self.oracle.started(n);
        self.carry_out(n, effects);
        let first = self.rng.below(self.tick_ms);
        self.later(first, n, Event::Tick);
    }

    /// Stops a node at once: what was under way is lost, and its peers notice.
    pub(super) fn stop(&mut self, n: usize) {
        let node = &mut self.nodes[n];
        node.service = None;
        node.run += 1;
        node.topics.clear();
        node.heard.clear();
        let peer = node.public;
        for other in self.links.cut_all(n) {
            self.later(1, other, Event::Input(Input::Disconnected { peer }));
        }
        let waiting = self.askers.extract_if(.., |_, (at, _)| *at == n).collect::<Vec<_>>();
        for (_, (_, asker)) in waiting {
            self.tell(asker, Err(CallFailed::Unreached("it stopped".into())));
        }
    }

    pub(super) fn is_up(&self, n: usize) -> bool {
        self.nodes[n].service.is_some()
    }

    pub(super) fn key(&self, n: usize) -> PublicKey {
        self.nodes[n].public
    }

    /// The story's community at a node.
    pub(super) fn store(&self, n: usize) -> &Memory {
        self.store_of(n, &self.community).expect("the node holds the story's community")
    }

    pub(super) fn store_of(&self, n: usize, community: &CommunityId) -> Option<&Memory> {
        self.nodes[n].disk.store_of(community)
    }

    /// The state that a running node works with.
    pub(super) fn fold_at(&self, n: usize, community: &CommunityId) -> Option<&Community> {
        self.nodes[n].service.as_ref()?.hosted.get(community).map(|hosted| &hosted.fold)
    }

    /// What a node's clock shows.
    pub(super) fn now_at(&self, n: usize) -> Time {
        let ms = self.now.ms().saturating_add_signed(self.nodes[n].skew_ms);
        Time::from_ms(ms).unwrap()
    }

    /// What came out of all nodes so far.
    pub(super) fn trace(&self) -> blake3::Hash {
        self.trace.finalize()
    }

    fn soon(&mut self, n: usize, event: Event) {
        let ms = 1 + self.rng.below(self.weather.delay_ms_max);
        self.later(ms, n, event);
    }

    fn later(&mut self, ms: u64, n: usize, event: Event) {
        self.next += 1;
        let run = self.nodes[n].run;
        let coming = Box::new(Coming { node: n, run, event });
        self.coming.insert((self.now.ms() + ms, self.next), coming);
    }

    /// Lets the next thing happen.
    pub(super) fn turn(&mut self) {
        let ((at, _), coming) = self.coming.pop_first().unwrap();
        let Coming { node: n, run, event } = *coming;
        self.now = Time::from_ms(at.max(self.now.ms())).unwrap();
        let alive = self.is_up(n) && self.nodes[n].run == run;
        match event {
            Event::Request { asker, .. } if !alive => {
                self.tell(asker, Err(CallFailed::Unreached("it is not there".into())));
            }
            _ if !alive => {}
            Event::Tick => {
                self.step(n, Input::Tick);
                self.within_bounds(n);
                self.later(self.tick_ms, n, Event::Tick);
            }
            Event::Input(input) => self.step(n, input),
            Event::Job { job, work } => {
                let result = self.nodes[n].disk.run(*work);
                self.saved(n);
                self.soon(n, Event::Input(Input::Done { job, result }));
            }
            Event::Request { asker, ask } => self.request(n, asker, ask),
            Event::Gossip(gossip) => _ = self.hear(n, gossip),
        }
    }

    fn step(&mut self, n: usize, input: Input) {
        self.oracle.told(n, &input);
        let now = self.now_at(n);
        let effects = self.nodes[n].service.as_mut().unwrap().step(input, now);
        self.carry_out(n, effects);
    }

    fn asked(&mut self, n: usize, from: PublicKey, ask: Ask, asker: Asker) -> AskId {
        self.next += 1;
        let id = AskId(self.next);
        self.askers.insert(id, (n, asker));
        self.step(n, Input::Asked { id, from, ask });
        id
    }

    fn carry_out(&mut self, n: usize, effects: Vec<Effect>) {
        for effect in effects {
            trace::add(&mut self.trace, self.now, n, &effect);
            self.effect(n, effect);
        }
    }

    fn effect(&mut self, n: usize, effect: Effect) {
        match effect {
            Effect::Job { job, work } => self.soon(n, Event::Job { job, work: Box::new(work) }),
            Effect::Call { call, peer, request } => self.call(n, call, peer, *request),
            Effect::Reply { id, reply } => self.reply(n, id, *reply),
            Effect::Publish { community, announcement } => {
                let data = Rc::new(cbor::to_vec(&announcement));
                self.spread(n, &Gossip { from: self.key(n), community, data });
            }
            Effect::Verdict { token, verdict } => self.verdict(n, token, verdict),
            Effect::Subscribe(community) => _ = self.nodes[n].topics.insert(community),
            Effect::Unsubscribe(community) => _ = self.nodes[n].topics.remove(&community),
            Effect::Dial(to) => self.dial(n, to),
            Effect::Disconnect(peer) => self.unlink(n, peer),
            Effect::Ban { .. } => {}
            Effect::Blame { .. } => {}
            Effect::Note(note) => self.nodes[n].notes.push(note),
        }
    }
}

/// What a test does.
impl World {
    pub(super) fn run_for(&mut self, secs: u64) {
        let end = self.now.plus_secs(secs);
        while self.next_at().is_some_and(|at| at <= end.ms()) {
            self.turn();
        }
        self.now = end;
    }

    /// When the next thing happens.
    pub(super) fn next_at(&self) -> Option<u64> {
        self.coming.first_key_value().map(|((at, _), _)| *at)
    }

    pub(super) fn until(&mut self, why: &str, is: impl Fn(&Self) -> bool) {
        let end = self.now.plus_secs(120);
        while !is(self) {
            assert!(self.now < end, "not within two minutes: {why}; {:#?}", self.notes());
            self.turn();
        }
    }

    /// Asks a node as somebody who is connected; the reply is among [`Self::replies`] later.
    pub(super) fn put(&mut self, n: usize, from: PublicKey, ask: Ask) -> AskId {
        self.asked(n, from, ask, Asker::Test)
    }

    /// What came in answer to [`Self::put`] since the last time.
    pub(super) fn replies(&mut self) -> BTreeMap<AskId, Reply> {
        std::mem::take(&mut self.replies)
    }

    /// Asks a node as somebody who is connected, and waits for the reply.
    pub(super) fn ask(&mut self, n: usize, from: PublicKey, ask: Ask) -> Reply {
        let id = self.put(n, from, ask);
        self.until("every request is answered", |world| world.replies.contains_key(&id));
        self.replies.remove(&id).unwrap()
    }

    /// Tells a node something by gossip, and waits for its verdict.
    pub(super) fn gossip(&mut self, n: usize, from: PublicKey, data: Vec<u8>) -> GossipVerdict {
        let gossip = Gossip { from, community: self.community, data: Rc::new(data) };
        let token = self.hear(n, gossip);
        self.until("all gossip gets a verdict", |world| world.verdicts.contains_key(&token));
        self.verdicts[&token]
    }

    /// What every node said last.
    fn notes(&self) -> Vec<Vec<&str>> {
        let said = |node: &Node| node.notes.len().saturating_sub(6);
        let last = self.nodes.iter().map(|node| &node.notes[said(node)..]);
        last.map(|notes| notes.iter().map(|note| note.text.as_str()).collect()).collect()
    }

    pub(super) fn warnings(&self, n: usize) -> Vec<&str> {
        let notes = self.nodes[n].notes.iter().filter(|note| note.warn);
        notes.map(|note| note.text.as_str()).collect()
    }
}
