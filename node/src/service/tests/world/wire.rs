//! Requests and replies as they cross the wire, and the checks that real answers pass.

use super::network::Gossip;
use super::{Asker, World};
use crate::runtime::{calls, check};
use crate::service::tests::once::verified;
use crate::service::{Answer, Ask, AskId, Call, CallFailed, Heard, Input, Received, Reply, Via};
use crate::store::Slot;
use sheaf_protocol::cbor;
use sheaf_protocol::exchange::{Item, ItemState, Parts, PullReply, PullRequest};
use sheaf_protocol::id::Salt;
use sheaf_protocol::log::{Entry, UnverifiedCheckpoint};
use std::collections::BTreeMap;

/// What the node's own checks said of bytes that travel to many: the checks are functions of the
/// bytes alone, so each is made once.
#[derive(Default)]
pub(super) struct Checked {
    gossip: BTreeMap<[u8; 32], Heard>,
    items: BTreeMap<[u8; 32], Received>,
    heads: BTreeMap<String, UnverifiedCheckpoint>,
}

impl Checked {
    fn gossip(&mut self, data: &[u8]) -> Heard {
        let id = *blake3::hash(data).as_bytes();
        self.gossip.entry(id).or_insert_with(|| check::heard(data)).clone()
    }

    fn head(&mut self, text: &str) -> UnverifiedCheckpoint {
        let read = || UnverifiedCheckpoint::parse(text).unwrap();
        self.heads.entry(text.to_owned()).or_insert_with(read).clone()
    }

    fn item(&mut self, entry: &Entry, item: Item) -> Received {
        let mut hash = blake3::Hasher::new();
        hash.update(&entry.to_bytes()).update(&cbor::to_vec(&item));
        let checked = self.items.entry(*hash.finalize().as_bytes());
        checked.or_insert_with(|| check::item(entry, item, None)).clone()
    }
}

impl World {
    pub(super) fn ask_of(&mut self, request: &Call) -> Ask {
        let statement = |bytes: &cbor::Bytes| verified(&bytes.0);
        let request = match request {
            Call::Pull(request) => request.clone(),
            Call::Items { community, entries, parts } => {
                let indices = entries.iter().map(|(index, _)| *index).collect();
                return Ask::Items { community: *community, indices, parts: *parts };
            }
            Call::Communities => return Ask::Hosted,
        };
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
                let salt = Salt(self.rng.bytes());
                Ask::Statement { via: Via::Accept, statement: statement(&s), salt }
            }
            PullRequest::Offer { statement: s } => {
                let salt = Salt(self.rng.bytes());
                Ask::Statement { via: Via::Offer, statement: statement(&s), salt }
            }
            PullRequest::Fork { community, proof } => Ask::Fork { community, proof: proof.0 },
        }
    }

    /// A request arrives.
    pub(super) fn request(&mut self, n: usize, asker: Asker, ask: Ask) {
        let from = match &asker {
            Asker::Peer { node, .. } | Asker::Nobody { from: node } => self.key(*node),
            Asker::Test => return,
        };
        self.asked(n, from, ask, asker);
    }

    pub(super) fn hear(&mut self, n: usize, gossip: Gossip) -> u64 {
        self.next += 1;
        let (token, heard) = (self.next, self.checked.gossip(&gossip.data));
        let (from, community) = (gossip.from, gossip.community);
        self.gossip.insert(token, (n, gossip));
        self.step(n, Input::Gossip { token, from, community, heard });
        token
    }

    pub(super) fn reply(&mut self, n: usize, id: AskId, reply: Reply) {
        match self.askers.remove(&id).expect("a request is answered once").1 {
            Asker::Test => _ = self.replies.insert(id, reply),
            Asker::Nobody { .. } => {}
            asker @ Asker::Peer { .. } => {
                let answer = self.answer(n, reply, &asker);
                self.tell(asker, answer);
            }
        }
    }

    /// The reply as it reaches the asker, checked by the same code as from a wire.
    fn answer(&mut self, n: usize, reply: Reply, asker: &Asker) -> Result<Answer, CallFailed> {
        let Asker::Peer { request, .. } = asker else {
            return Err(CallFailed::Unreached("nobody asks".into()));
        };
        match (reply, &**request) {
            (Reply::Pull(PullReply::Head { checkpoint: Some(text) }), _) => {
                Ok(Answer::Head(Some((self.checked.head(&text), text))))
            }
            (Reply::Pull(reply), _) => calls::answer_of(reply),
            (Reply::Entries { slot, from, max, size }, _) => {
                let (entries, consistency) =
                    self.nodes[n].disk.store(slot).entries(from, max, size);
                Ok(Answer::Entries { entries, consistency })
            }
            (Reply::Items { slot, parts, access, .. }, Call::Items { entries, .. }) => {
                let items = entries.iter().map(|(index, entry)| {
                    let state = self.nodes[n].disk.store(slot).item(*index, parts, &access);
                    self.released(n, slot, parts, &state);
                    self.checked.item(entry, Item { index: *index, state })
                });
                Ok(Answer::Items(items.collect()))
            }
            _ => Err(CallFailed::Unreached("this world does not answer that".into())),
        }
    }

    /// A chat key leaves a node: only while its head is young and it has heard of others.
    fn released(&mut self, n: usize, slot: Slot, parts: Parts, state: &ItemState) {
        if parts == Parts::Chats && matches!(state, ItemState::Here { chat: Some(_), .. }) {
            let now = self.now_at(n);
            self.oracle.key_handed_out(n, self.nodes[n].disk.store(slot), now);
        }
    }
}
