//! Two nodes, their disks, and what is on its way.

use super::ledger::Ledger;
use super::people::{community, found, log_key, member, morning, secret};
use super::wire;
use crate::runtime::{check, jobs, start};
use crate::service::{
    Ask, AskId, Call, CallFailed, CallId, Effect, Input, Job, JobId, Reply, Service, Start,
};
use crate::store::tests::disk::{Fault, SimDisk, Stop};
use crate::store::tests::rng::Rng;
use crate::store::{Store, StoreOptions};
use sheaf_protocol::cbor;
use sheaf_protocol::id::PublicKey;
use sheaf_protocol::sign::SecretKey;
use sheaf_protocol::time::Time;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

pub(super) const ALICE: usize = 0;
pub(super) const BOB: usize = 1;

pub(super) struct Node {
    pub(super) key: SecretKey,
    pub(super) disk: SimDisk,
    pub(super) running: Option<Running>,
    /// Whether a job failed since the start: only a restart mends a store that failed.
    pub(super) failed: bool,
    /// Counts starts: what was under way before a stop is lost.
    run: u32,
}

pub(super) struct Running {
    pub(super) store: Store,
    service: Service,
}

pub(super) enum Event {
    Input(Box<Input>),
    Job { job: JobId, work: Box<Job> },
    Request { run: u32, call: CallId, request: Box<Call> },
    Gossip { from: PublicKey, data: Vec<u8> },
}

enum Asker {
    /// The member, about her chat of this number.
    Member(u64),
    Nobody,
    Peer {
        node: usize,
        run: u32,
        call: CallId,
        request: Box<Call>,
    },
}

pub(super) struct World {
    pub(super) seed: u64,
    pub(super) rng: Rng,
    pub(super) now: Time,
    pub(super) nodes: [Node; 2],
    pub(super) ledger: Ledger,
    pub(super) linked: bool,
    pub(super) story: Vec<String>,
    coming: Vec<(usize, u32, Event)>,
    askers: BTreeMap<AskId, (usize, Asker)>,
    next: u64,
}

pub(super) fn open(disk: &SimDisk) -> Result<Store, crate::store::OpenError> {
    let options = StoreOptions::small(1 << 20);
    Store::open_on(Arc::new(disk.clone()), Path::new("store"), options)
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let node = |n: u8| Node {
            key: secret(10 + n),
            disk: SimDisk::new(seed * 2 + u64::from(n)),
            running: None,
            failed: false,
            run: 0,
        };
        Self {
            seed,
            rng: Rng::new(seed),
            now: morning(),
            nodes: [node(0), node(1)],
            ledger: Ledger::default(),
            linked: false,
            story: Vec::new(),
            coming: Vec::new(),
            askers: BTreeMap::new(),
            next: 0,
        }
    }

    pub(super) fn tell(&mut self, line: impl FnOnce() -> String) {
        let line = line();
        if std::env::var_os("SHEAF_SEED").is_some() {
            eprintln!("{} {line}", self.now.ms() - morning().ms());
        }
        self.story.push(line);
    }

    /// What a failing run says of itself.
    pub(super) fn name(&self) -> String {
        format!("SHEAF_SEED={}, after {} steps", self.seed, self.story.len())
    }

    /// Starts a node on what its disk holds; whether it came up. A machine that stops during the
    /// start is down again.
    pub(super) fn start(&mut self, n: usize) -> bool {
        self.nodes[n].run += 1;
        let disk = self.nodes[n].disk.clone();
        let started = self.started(n);
        let Some(running) = started else {
            assert!(disk.has_faulted(), "{}: {} does not start", self.name(), who(n));
            self.stop(n);
            return false;
        };
        self.tell(|| format!("{} is up", who(n)));
        let (running, effects) = running;
        self.nodes[n].running = Some(running);
        self.carry_out(n, effects);
        true
    }

    fn started(&mut self, n: usize) -> Option<(Running, Vec<Effect>)> {
        let node = &self.nodes[n];
        let key = node.key.clone();
        let store = match open(&node.disk) {
            Ok(store) => store,
            Err(error) => {
                self.tell(|| format!("{} does not open: {error}", who(n)));
                return None;
            }
        };
        if n == ALICE {
            found(&store, &key)?;
        }
        self.recovered(n, &store)?;
        let log_key = (n == ALICE).then(log_key);
        let communities = start::hostings(&store, log_key.as_ref(), &key.public()).ok()?.0;
        let (service, effects) = Service::new(Start {
            operator: key.public(),
            node: key,
            addresses: vec![who(n).into()],
            version: "simulated".into(),
            communities,
            blocked: Vec::new(),
            sign_unconfirmed: false,
            now: self.now,
        });
        Some((Running { store, service }, effects))
    }

    /// Takes a node down: a power cut, or its process killed.
    pub(super) fn stop(&mut self, n: usize) {
        let power = self.nodes[n].disk.has_stopped() || self.rng.once_in(2);
        self.tell(|| format!("{} {}", who(n), if power { "loses power" } else { "is killed" }));
        let node = &mut self.nodes[n];
        // The disk first: what a dying process still tries to write does not count.
        node.disk = if power { node.disk.crash() } else { node.disk.kill() };
        node.running = None;
        node.failed = false;
        node.run += 1;
        self.unlink();
        let waiting: Vec<_> = self.askers.extract_if(.., |_, (at, _)| *at == n).collect();
        for (_, (_, asker)) in waiting {
            self.unreached(asker);
        }
    }

    fn unlink(&mut self) {
        if !std::mem::take(&mut self.linked) {
            return;
        }
        for n in [ALICE, BOB] {
            let peer = self.nodes[1 - n].key.public();
            self.put(n, Event::Input(Box::new(Input::Disconnected { peer })));
        }
    }

    fn unreached(&mut self, asker: Asker) {
        if let Asker::Peer { node, run, call, .. } = asker
            && self.nodes[node].run == run
        {
            let answer = Err(CallFailed::Unreached("it stopped".into()));
            self.put(node, Event::Input(Box::new(Input::Answered { call, answer })));
        }
    }

    pub(super) fn link(&mut self) {
        if self.linked || self.nodes.iter().any(|node| node.running.is_none()) {
            return;
        }
        self.linked = true;
        for n in [ALICE, BOB] {
            let peer = self.nodes[1 - n].key.public();
            let connected =
                Input::Connected { peer, address: who(1 - n).into(), inbound: n == ALICE };
            self.put(n, Event::Input(Box::new(connected)));
        }
    }

    pub(super) fn put(&mut self, n: usize, event: Event) {
        self.coming.push((n, self.nodes[n].run, event));
    }

    /// Whether nothing is on its way.
    pub(super) fn is_quiet(&self) -> bool {
        self.coming.is_empty()
    }

    /// Lets one of the things on their way happen.
    pub(super) fn turn(&mut self) {
        if self.coming.is_empty() {
            return;
        }
        let pick = self.rng.below(self.coming.len() as u64) as usize;
        let (n, run, event) = self.coming.remove(pick);
        self.now = Time::from_ms(self.now.ms() + self.rng.below(20)).unwrap();
        if self.nodes[n].run != run || self.nodes[n].running.is_none() {
            if let Event::Request { run, call, request } = event {
                self.unreached(Asker::Peer { node: 1 - n, run, call, request });
            }
            return;
        }
        match event {
            Event::Input(input) => self.step(n, *input),
            Event::Job { job, work } => self.job(n, job, *work),
            Event::Request { run, call, request } => {
                let ask = wire::ask_of(self, &request);
                let from = self.nodes[1 - n].key.public();
                self.asked(n, from, ask, Asker::Peer { node: 1 - n, run, call, request });
            }
            Event::Gossip { from, data } => {
                let (token, heard) = (0, check::heard(&data));
                self.step(n, Input::Gossip { token, from, community: community(), heard });
            }
        }
        self.look_after(n);
    }

    /// A machine that stopped is down.
    fn look_after(&mut self, n: usize) {
        if self.nodes[n].running.is_some() && self.nodes[n].disk.has_stopped() {
            self.stop(n);
        }
    }

    fn job(&mut self, n: usize, job: JobId, work: Job) {
        let Some(running) = &self.nodes[n].running else { return };
        let store = running.store.clone();
        let told = format!("{work:?}");
        let told: String = told.chars().take_while(|c| c.is_alphanumeric()).collect();
        let result = match work {
            Job::Erase { slot, items } => jobs::erase_small(&store, slot, items),
            work => jobs::done(&store, work),
        };
        if let crate::service::JobResult::Failed(why) = &result {
            self.tell(|| format!("{}: {told} failed: {why}", who(n)));
            self.nodes[n].failed = true;
        }
        if !self.nodes[n].disk.has_stopped() {
            self.done(n, &result);
            self.put(n, Event::Input(Box::new(Input::Done { job, result })));
        }
    }

    fn step(&mut self, n: usize, input: Input) {
        let now = self.now;
        let Some(running) = &mut self.nodes[n].running else { return };
        let effects = running.service.step(input, now);
        self.carry_out(n, effects);
    }

    fn asked(&mut self, n: usize, from: PublicKey, ask: Ask, asker: Asker) {
        self.next += 1;
        let id = AskId(self.next);
        self.askers.insert(id, (n, asker));
        self.step(n, Input::Asked { id, from, ask });
    }

    /// The member asks a node something about one of her chats.
    pub(super) fn ask(&mut self, n: usize, chat: u64, ask: Ask) {
        if self.nodes[n].running.is_some() {
            self.asked(n, member().public(), ask, Asker::Member(chat));
            self.look_after(n);
        }
    }

    /// Asks a node something as its operator.
    pub(super) fn command(&mut self, n: usize, ask: Ask) {
        if self.nodes[n].running.is_some() {
            self.asked(n, self.nodes[n].key.public(), ask, Asker::Nobody);
        }
    }

    pub(super) fn tick(&mut self, n: usize) {
        self.step(n, Input::Tick);
    }

    /// Something goes wrong on a disk, now or soon.
    pub(super) fn plant(&mut self, n: usize) {
        let fault = match self.rng.below(6) {
            0 => Fault::Fails,
            1 => Fault::FailsButKept,
            2 => Fault::Torn,
            3 => Fault::NoSpace,
            _ => Fault::Stop,
        };
        let at = 1 + self.rng.below(120);
        let disk = &self.nodes[n].disk;
        match self.rng.below(3) {
            0 if fault == Fault::Stop => {
                disk.stop_at(Stop::Sync(disk.syncs() + 1 + at / 4));
            }
            _ => disk.fault_in(at, fault),
        }
        self.tell(|| format!("{}'s disk: {fault:?} in {at}", who(n)));
    }

    fn carry_out(&mut self, n: usize, effects: Vec<Effect>) {
        for effect in effects {
            self.effect(n, effect);
        }
    }

    fn effect(&mut self, n: usize, effect: Effect) {
        match effect {
            Effect::Job { job, work } => {
                self.ordered(n, &work);
                self.put(n, Event::Job { job, work: Box::new(work) });
            }
            Effect::Call { call, peer: _, request } if self.linked => {
                let run = self.nodes[n].run;
                self.put(1 - n, Event::Request { run, call, request });
            }
            Effect::Call { call, .. } => {
                let answer = Err(CallFailed::Unreached("not connected".into()));
                self.put(n, Event::Input(Box::new(Input::Answered { call, answer })));
            }
            Effect::Reply { id, reply } => self.reply(n, id, *reply),
            Effect::Publish { announcement, .. } => {
                self.published(n, &announcement);
                self.gossip(n, cbor::to_vec(&announcement));
            }
            Effect::Dial(address) => self.dial(n, address),
            Effect::Disconnect(_) => self.unlink(),
            Effect::Note(note) => self.tell(|| format!("{} notes: {}", who(n), note.text)),
            Effect::Verdict { .. }
            | Effect::Subscribe(_)
            | Effect::Unsubscribe(_)
            | Effect::Ban { .. }
            | Effect::Blame { .. } => {}
        }
    }

    fn dial(&mut self, n: usize, address: String) {
        let other = &self.nodes[1 - n];
        let result = match other.running {
            Some(_) => Ok(other.key.public()),
            None => Err("nobody answers".into()),
        };
        if result.is_ok() {
            self.link();
        }
        self.put(n, Event::Input(Box::new(Input::Dialled { address, result })));
    }

    fn reply(&mut self, n: usize, id: AskId, reply: Reply) {
        let Some((_, asker)) = self.askers.remove(&id) else {
            panic!("{}: a request was answered twice", self.name());
        };
        let Some(running) = &self.nodes[n].running else { return };
        let store = running.store.clone();
        match asker {
            Asker::Nobody => {}
            Asker::Member(chat) => self.replied(n, &store, chat, reply),
            Asker::Peer { node, run, call, request } => {
                let answer = wire::answer(&store, reply, &request);
                if self.nodes[n].disk.has_stopped() {
                    self.unreached(Asker::Peer { node, run, call, request });
                } else if self.nodes[node].run == run {
                    self.answered(n, &answer);
                    self.put(node, Event::Input(Box::new(Input::Answered { call, answer })));
                }
            }
        }
    }
}

pub(super) fn who(n: usize) -> &'static str {
    ["alice", "bob"][n]
}
