//! Whole services in one thread: a clock that is set, a network and stores that answer when a
//! seeded generator says so. The same seed gives the same run.

mod rng;
mod wire;

pub(super) use rng::Rng;

use super::memory::Memory;
use crate::service::{
    Ask, AskId, Call, CallFailed, CallId, Effect, GossipVerdict, Input, JobId, Note, Reply,
    Service, Start,
};
use sheaf_protocol::cbor;
use sheaf_protocol::id::{CommunityId, PublicKey};
use sheaf_protocol::sign::SecretKey;
use sheaf_protocol::time::Time;
use std::collections::{BTreeMap, BTreeSet};

const TICK_MS: u64 = 250;

pub(super) struct Node {
    pub(super) key: SecretKey,
    pub(super) store: Memory,
    pub(super) notes: Vec<Note>,
    log_key: Option<SecretKey>,
    service: Option<Service>,
    /// Counts starts: what was under way before a stop is lost.
    run: u32,
    topic: bool,
    heard: BTreeSet<Vec<u8>>,
}

struct Coming {
    node: usize,
    run: u32,
    event: Event,
}

#[expect(clippy::large_enum_variant, reason = "a test moves few of them")]
enum Event {
    Tick,
    Input(Input),
    Job { job: JobId, work: Box<crate::service::Job> },
    Request { from: usize, from_run: u32, call: CallId, request: Box<Call> },
    Gossip { from: PublicKey, data: Vec<u8> },
}

enum Asker {
    Test,
    Peer { node: usize, run: u32, call: CallId, request: Box<Call> },
}

pub(super) struct World {
    pub(super) community: CommunityId,
    pub(super) now: Time,
    pub(super) nodes: Vec<Node>,
    pub(super) rng: Rng,
    trace: blake3::Hasher,
    coming: BTreeMap<(u64, u64), Coming>,
    links: BTreeSet<(usize, usize)>,
    askers: BTreeMap<AskId, (usize, Asker)>,
    replies: BTreeMap<AskId, Reply>,
    gossip: BTreeMap<u64, (usize, PublicKey, Vec<u8>)>,
    verdicts: BTreeMap<u64, GossipVerdict>,
    next: u64,
}

impl World {
    pub(super) fn new(seed: u64, community: CommunityId, now: Time) -> Self {
        Self {
            community,
            now,
            nodes: Vec::new(),
            rng: Rng::new(seed),
            trace: blake3::Hasher::new(),
            coming: BTreeMap::new(),
            links: BTreeSet::new(),
            askers: BTreeMap::new(),
            replies: BTreeMap::new(),
            gossip: BTreeMap::new(),
            verdicts: BTreeMap::new(),
            next: 0,
        }
    }

    pub(super) fn add(
        &mut self,
        key: SecretKey,
        store: Memory,
        log_key: Option<SecretKey>,
    ) -> usize {
        let (notes, heard) = (Vec::new(), BTreeSet::new());
        let node = Node { key, store, notes, log_key, service: None, run: 0, topic: false, heard };
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    pub(super) fn start(&mut self, n: usize, sign_unconfirmed: bool) {
        let (community, now) = (self.community, self.now);
        let node = &mut self.nodes[n];
        let key = node.key.public();
        let known = node.store.known || node.log_key.is_some();
        let hosting = known.then(|| node.store.hosting(community, node.log_key.clone(), &key));
        let (service, effects) = Service::new(Start {
            node: node.key.clone(),
            operator: key,
            addresses: vec![address(n)],
            version: "simulated".into(),
            communities: hosting.into_iter().collect(),
            blocked: Vec::new(),
            sign_unconfirmed,
            now,
        });
        node.service = Some(service);
        self.carry_out(n, effects);
        self.later(0, n, Event::Tick);
    }

    /// Stops a node at once: what was under way is lost, and its peers notice.
    pub(super) fn stop(&mut self, n: usize) {
        let node = &mut self.nodes[n];
        node.service = None;
        node.run += 1;
        node.topic = false;
        let key = node.key.public();
        for other in self.linked(n) {
            self.links.remove(&pair(n, other));
            self.later(1, other, Event::Input(Input::Disconnected { peer: key }));
        }
        let waiting = self.askers.extract_if(.., |_, (at, _)| *at == n).collect::<Vec<_>>();
        for (_, (_, asker)) in waiting {
            self.tell(asker, Err(CallFailed::Unreached("it stopped".into())));
        }
    }

    pub(super) fn key(&self, n: usize) -> PublicKey {
        self.nodes[n].key.public()
    }

    /// What came out of all nodes so far.
    pub(super) fn trace(&self) -> blake3::Hash {
        self.trace.finalize()
    }

    fn linked(&self, n: usize) -> Vec<usize> {
        (0..self.nodes.len()).filter(|other| self.links.contains(&pair(n, *other))).collect()
    }

    fn index_of(&self, key: &PublicKey) -> Option<usize> {
        self.nodes.iter().position(|node| node.key.public() == *key)
    }

    pub(super) fn link(&mut self, a: usize, b: usize) {
        if !self.links.insert(pair(a, b)) {
            return;
        }
        for (at, peer, inbound) in [(a, b, false), (b, a, true)] {
            let connected =
                Input::Connected { peer: self.key(peer), address: address(peer), inbound };
            self.soon(at, Event::Input(connected));
        }
    }

    fn unlink(&mut self, n: usize, peer: PublicKey) {
        let Some(other) = self.index_of(&peer) else { return };
        if self.links.remove(&pair(n, other)) {
            let key = self.key(n);
            self.soon(n, Event::Input(Input::Disconnected { peer }));
            self.soon(other, Event::Input(Input::Disconnected { peer: key }));
        }
    }

    fn soon(&mut self, n: usize, event: Event) {
        let ms = 1 + self.rng.next() % 40;
        self.later(ms, n, event);
    }

    fn later(&mut self, ms: u64, n: usize, event: Event) {
        self.next += 1;
        let run = self.nodes[n].run;
        self.coming.insert((self.now.ms() + ms, self.next), Coming { node: n, run, event });
    }

    /// Lets the next thing happen.
    fn turn(&mut self) {
        let ((at, _), Coming { node: n, run, event }) = self.coming.pop_first().unwrap();
        self.now = Time::from_ms(at.max(self.now.ms())).unwrap();
        let alive = self.nodes[n].service.is_some() && self.nodes[n].run == run;
        match event {
            Event::Request { from, from_run, call, .. } if !alive => {
                let answer = Err(CallFailed::Unreached("it is not there".into()));
                self.input_if(from, from_run, Input::Answered { call, answer });
            }
            _ if !alive => {}
            Event::Tick => {
                self.step(n, Input::Tick);
                self.later(TICK_MS, n, Event::Tick);
            }
            Event::Input(input) => self.step(n, input),
            Event::Job { job, work } => {
                let result = self.nodes[n].store.run(*work);
                self.soon(n, Event::Input(Input::Done { job, result }));
            }
            Event::Request { from, from_run, call, request } => {
                let ask = self.ask_of(&request);
                let asker = Asker::Peer { node: from, run: from_run, call, request };
                let peer = self.key(from);
                self.asked(n, peer, ask, asker);
            }
            Event::Gossip { from, data } => {
                self.hear(n, from, data);
            }
        }
    }

    fn input_if(&mut self, n: usize, run: u32, input: Input) {
        if self.nodes[n].run == run && self.nodes[n].service.is_some() {
            self.soon(n, Event::Input(input));
        }
    }

    fn step(&mut self, n: usize, input: Input) {
        let now = self.now;
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
            let line = format!("{} {n} {effect:?}\n", self.now.ms());
            self.trace.update(line.as_bytes());
            self.effect(n, effect);
        }
    }

    fn effect(&mut self, n: usize, effect: Effect) {
        match effect {
            Effect::Job { job, work } => self.soon(n, Event::Job { job, work: Box::new(work) }),
            Effect::Call { call, peer, request } => self.call(n, call, peer, request),
            Effect::Reply { id, reply } => self.reply(n, id, *reply),
            Effect::Publish { announcement, .. } => {
                self.spread(n, self.key(n), cbor::to_vec(&announcement));
            }
            Effect::Verdict { token, verdict } => {
                self.verdicts.insert(token, verdict);
                let Some((_, from, data)) = self.gossip.remove(&token) else { return };
                if verdict == GossipVerdict::Accept {
                    self.spread(n, from, data);
                }
            }
            Effect::Subscribe(_) => self.nodes[n].topic = true,
            Effect::Unsubscribe(_) => self.nodes[n].topic = false,
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
        while self.coming.first_key_value().is_some_and(|((at, _), _)| *at <= end.ms()) {
            self.turn();
        }
        self.now = end;
    }

    pub(super) fn until(&mut self, why: &str, is: impl Fn(&Self) -> bool) {
        let end = self.now.plus_secs(120);
        while !is(self) {
            assert!(self.now < end, "not within two minutes: {why}");
            self.turn();
        }
    }

    /// Asks a node as somebody who is connected, and waits for the reply.
    pub(super) fn ask(&mut self, n: usize, from: PublicKey, ask: Ask) -> Reply {
        let id = self.asked(n, from, ask, Asker::Test);
        self.until("every request is answered", |world| world.replies.contains_key(&id));
        self.replies.remove(&id).unwrap()
    }

    /// Tells a node something by gossip, and waits for its verdict.
    pub(super) fn gossip(&mut self, n: usize, from: PublicKey, data: Vec<u8>) -> GossipVerdict {
        let token = self.hear(n, from, data);
        self.until("all gossip gets a verdict", |world| world.verdicts.contains_key(&token));
        self.verdicts[&token]
    }

    pub(super) fn warnings(&self, n: usize) -> Vec<&str> {
        let notes = self.nodes[n].notes.iter().filter(|note| note.warn);
        notes.map(|note| note.text.as_str()).collect()
    }
}

fn pair(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}

pub(super) fn address(n: usize) -> String {
    format!("/memory/{n}")
}
