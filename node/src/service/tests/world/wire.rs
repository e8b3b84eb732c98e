//! The network between the services: who hears what, and the checks that real answers pass.

use super::{Asker, Event, Memory, World, address, pair};
use crate::runtime::{calls, check};
use crate::service::{Answer, Ask, AskId, Call, CallFailed, CallId, Input, Reply, Via};
use sheaf_protocol::cbor;
use sheaf_protocol::exchange::{Item, PullRequest};
use sheaf_protocol::id::{PublicKey, Salt};
use sheaf_protocol::statement::SignedStatement;

/// One message of gossip in so many is lost: it is a hint, and nothing may hang on it.
const GOSSIP_LOST: u64 = 4;

impl World {
    pub(super) fn ask_of(&mut self, request: &Call) -> Ask {
        let statement = |bytes: &cbor::Bytes| SignedStatement::verify(&bytes.0).unwrap();
        let request = match request {
            Call::Pull(request) => request.clone(),
            Call::Items { community, entries, parts } => {
                let indices = entries.iter().map(|(index, _)| *index).collect();
                return Ask::Items { community: *community, indices, parts: *parts };
            }
            Call::Communities => return Ask::Hosted,
        };
        let salt = Salt(self.rng.bytes());
        match request {
            PullRequest::Hosted => Ask::Hosted,
            PullRequest::Head { community } => Ask::Head(community),
            PullRequest::Entries { community, from, max, size } => {
                Ask::Entries { community, from, max, size }
            }
            PullRequest::Items { community, indices, parts } => {
                Ask::Items { community, indices, parts }
            }
            PullRequest::Explanations { community } => Ask::Explanations(community),
            PullRequest::Counts { community } => Ask::Counts(community),
            PullRequest::Accept { statement: s } => {
                Ask::Statement { via: Via::Accept, statement: statement(&s), salt }
            }
            PullRequest::Offer { statement: s } => {
                Ask::Statement { via: Via::Offer, statement: statement(&s), salt }
            }
            PullRequest::Fork { community, proof } => Ask::Fork { community, proof: proof.0 },
        }
    }

    pub(super) fn hear(&mut self, n: usize, from: PublicKey, data: Vec<u8>) -> u64 {
        self.next += 1;
        let (token, community, heard) = (self.next, self.community, check::heard(&data));
        self.gossip.insert(token, (n, from, data));
        self.step(n, Input::Gossip { token, from, community, heard });
        token
    }

    pub(super) fn call(&mut self, n: usize, call: CallId, peer: PublicKey, request: Box<Call>) {
        let to = self.index_of(&peer).filter(|to| self.links.contains(&pair(n, *to)));
        let from_run = self.nodes[n].run;
        match to {
            Some(to) => self.soon(to, Event::Request { from: n, from_run, call, request }),
            None => {
                let answer = Err(CallFailed::Unreached("not connected".into()));
                self.soon(n, Event::Input(Input::Answered { call, answer }));
            }
        }
    }

    pub(super) fn dial(&mut self, n: usize, to: String) {
        let other = (0..self.nodes.len()).find(|other| address(*other) == to);
        let result = match other.filter(|other| self.nodes[*other].service.is_some()) {
            Some(other) => {
                self.link(n, other);
                Ok(self.key(other))
            }
            None => Err("nobody answers".into()),
        };
        self.soon(n, Event::Input(Input::Dialled { address: to, result }));
    }

    /// Passes gossip to everyone connected who did not bring it and has not heard it.
    pub(super) fn spread(&mut self, n: usize, from: PublicKey, data: Vec<u8>) {
        self.nodes[n].heard.insert(data.clone());
        for other in self.linked(n) {
            let fresh = self.key(other) != from && !self.nodes[other].heard.contains(&data);
            if fresh && self.nodes[other].topic && !self.rng.next().is_multiple_of(GOSSIP_LOST) {
                self.nodes[other].heard.insert(data.clone());
                let (from, data) = (self.key(n), data.clone());
                self.soon(other, Event::Gossip { from, data });
            }
        }
    }

    pub(super) fn reply(&mut self, n: usize, id: AskId, reply: Reply) {
        match self.askers.remove(&id) {
            Some((_, Asker::Test)) => {
                self.replies.insert(id, reply);
            }
            Some((_, Asker::Peer { node, run, call, request })) => {
                let answer = answer(&self.nodes[n].store, reply, &request);
                self.tell(Asker::Peer { node, run, call, request }, answer);
            }
            None => panic!("a request was answered twice"),
        }
    }

    pub(super) fn tell(&mut self, asker: Asker, answer: Result<Answer, CallFailed>) {
        if let Asker::Peer { node, run, call, .. } = asker {
            self.input_if(node, run, Input::Answered { call, answer });
        }
    }
}

/// The reply as it reaches the asker, checked by the same code as from a wire.
fn answer(store: &Memory, reply: Reply, request: &Call) -> Result<Answer, CallFailed> {
    match (reply, request) {
        (Reply::Pull(reply), _) => calls::answer_of(reply),
        (Reply::Entries { from, max, size, .. }, _) => {
            let (entries, consistency) = store.entries(from, max, size);
            Ok(Answer::Entries { entries, consistency })
        }
        (Reply::Items { parts, access, .. }, Call::Items { entries, .. }) => {
            let items = entries.iter().map(|(index, entry)| {
                let state = store.item(*index, parts, &access);
                check::item(entry, Item { index: *index, state }, None)
            });
            Ok(Answer::Items(items.collect()))
        }
        _ => Err(CallFailed::Unreached("this world does not answer that".into())),
    }
}
