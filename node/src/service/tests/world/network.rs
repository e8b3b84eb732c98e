//! Who is connected with whom, and what travels between them.

use super::weather::CALL_TIMEOUT_MS;
use super::{Asker, Event, World};
use crate::service::{Answer, Call, CallFailed, CallId, GossipVerdict, Input};
use sheaf_protocol::id::{CommunityId, PublicKey};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// One message of gossip.
#[derive(Clone)]
pub(super) struct Gossip {
    /// Who passed it on.
    pub(super) from: PublicKey,
    pub(super) community: CommunityId,
    pub(super) data: Rc<Vec<u8>>,
}

/// Connections, seen from both ends.
#[derive(Default)]
pub(super) struct Links(BTreeMap<usize, BTreeSet<usize>>);

impl Links {
    fn join(&mut self, a: usize, b: usize) -> bool {
        self.0.entry(b).or_default().insert(a);
        self.0.entry(a).or_default().insert(b)
    }

    fn cut(&mut self, a: usize, b: usize) -> bool {
        self.0.entry(b).or_default().remove(&a);
        self.0.entry(a).or_default().remove(&b)
    }

    /// Cuts all connections of one node; answers with whom it had them.
    pub(super) fn cut_all(&mut self, n: usize) -> Vec<usize> {
        let others = self.of(n);
        others.iter().for_each(|other| _ = self.cut(n, *other));
        others
    }

    fn has(&self, a: usize, b: usize) -> bool {
        self.0.get(&a).is_some_and(|peers| peers.contains(&b))
    }

    fn of(&self, n: usize) -> Vec<usize> {
        self.0.get(&n).map_or_else(Vec::new, |peers| peers.iter().copied().collect())
    }
}

impl World {
    pub(in crate::service::tests) fn link(&mut self, a: usize, b: usize) {
        if a == b || !self.links.join(a, b) {
            return;
        }
        for (at, peer, inbound) in [(a, b, false), (b, a, true)] {
            let connected =
                Input::Connected { peer: self.key(peer), address: address(peer), inbound };
            // News of one connection come in order.
            self.later(1, at, Event::Input(connected));
        }
    }

    pub(super) fn unlink(&mut self, n: usize, peer: PublicKey) {
        let Some(other) = self.by_key.get(&peer).copied() else { return };
        if self.links.cut(n, other) {
            for (at, peer) in [(n, self.key(other)), (other, self.key(n))] {
                self.later(1, at, Event::Input(Input::Disconnected { peer }));
            }
        }
    }

    /// Cuts some nodes off from all others, with or without the connections breaking.
    pub(in crate::service::tests) fn cut_off(&mut self, nodes: Vec<usize>, silently: bool) {
        self.weather.cut_off = nodes;
        self.weather.silently = silently;
        if silently {
            return;
        }
        for n in self.weather.cut_off.clone() {
            for other in self.links.of(n) {
                if self.weather.parts(n, other) {
                    self.unlink(n, self.key(other));
                }
            }
        }
    }

    /// Whether a message from one to the other arrives at all.
    fn passes(&self, a: usize, b: usize) -> bool {
        self.links.has(a, b) && !self.weather.parts(a, b)
    }

    pub(super) fn call(&mut self, n: usize, call: CallId, peer: PublicKey, request: Call) {
        let to = self.by_key.get(&peer).copied().filter(|to| self.links.has(n, *to));
        let run = self.nodes[n].run;
        let Some(to) = to else {
            return self.unreached(n, run, call, 1, "not connected");
        };
        let lost = self.rng.percent(self.weather.calls_lost);
        if self.weather.parts(n, to) || (lost && self.rng.percent(50)) {
            return self.unreached(n, run, call, CALL_TIMEOUT_MS, "no answer in time");
        }
        let request = Rc::new(request);
        if self.rng.percent(self.weather.calls_twice) {
            let ask = self.ask_of(&request);
            self.soon(to, Event::Request { asker: Asker::Nobody { from: n }, ask });
        }
        let ask = self.ask_of(&request);
        let asker = Asker::Peer { node: n, run, call, request, lost };
        self.soon(to, Event::Request { asker, ask });
    }

    fn unreached(&mut self, n: usize, run: u32, call: CallId, ms: u64, why: &str) {
        if self.is_up(n) && self.nodes[n].run == run {
            let answer = Err(CallFailed::Unreached(why.into()));
            self.later(ms, n, Event::Input(Input::Answered { call, answer }));
        }
    }

    /// Brings the answer to who asked, if it may arrive.
    pub(super) fn tell(&mut self, asker: Asker, answer: Result<Answer, CallFailed>) {
        let Asker::Peer { node, run, call, lost, .. } = asker else { return };
        if lost {
            return self.unreached(node, run, call, CALL_TIMEOUT_MS, "no answer in time");
        }
        if self.is_up(node) && self.nodes[node].run == run {
            self.soon(node, Event::Input(Input::Answered { call, answer }));
        }
    }

    pub(super) fn dial(&mut self, n: usize, to: String) {
        let other = (0..self.nodes.len()).find(|other| address(*other) == to);
        let there = other.filter(|other| self.is_up(*other) && !self.weather.parts(n, *other));
        let result = match there {
            Some(other) => {
                self.link(n, other);
                Ok(self.key(other))
            }
            None => Err("nobody answers".into()),
        };
        self.soon(n, Event::Input(Input::Dialled { address: to, result }));
    }

    /// Passes gossip to everyone connected who did not bring it and has not heard it.
    pub(super) fn spread(&mut self, n: usize, gossip: &Gossip) {
        let id = *blake3::hash(&gossip.data).as_bytes();
        self.nodes[n].heard.insert(id);
        let passed = Gossip { from: self.key(n), ..gossip.clone() };
        for other in self.links.of(n) {
            let listens = self.nodes[other].topics.contains(&gossip.community);
            let fresh = self.key(other) != gossip.from && !self.nodes[other].heard.contains(&id);
            if !listens || !fresh || !self.passes(n, other) {
                continue;
            }
            if self.rng.percent(self.weather.gossip_lost) {
                continue;
            }
            self.nodes[other].heard.insert(id);
            for _ in 0..1 + u64::from(self.rng.percent(self.weather.gossip_twice)) {
                self.soon(other, Event::Gossip(passed.clone()));
            }
        }
    }

    pub(super) fn verdict(&mut self, n: usize, token: u64, verdict: GossipVerdict) {
        self.verdicts.insert(token, verdict);
        let Some((_, gossip)) = self.gossip.remove(&token) else { return };
        if verdict == GossipVerdict::Accept {
            self.spread(n, &gossip);
        }
    }
}

pub(in crate::service::tests) fn address(n: usize) -> String {
    format!("/memory/{n}")
}
