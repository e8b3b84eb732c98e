//! The network between the two: requests and answers pass through the code that a wire passes.

use super::world::{Event, World};
use crate::runtime::{calls, check, inbound, items, replies};
use crate::service::{Answer, Ask, Call, CallFailed, Reply};
use crate::store::Store;
use sheaf_protocol::cbor;
use sheaf_protocol::exchange::{Item, PullReply};
use sheaf_protocol::log::Entry;

/// A call as the other side reads it.
pub(super) fn ask_of(world: &mut World, call: &Call) -> Ask {
    match call {
        Call::Pull(request) => match inbound::pull(&cbor::to_vec(request)) {
            // The salt that it drew is another each time, and a run must repeat itself.
            Ok(Ask::Statement { via, statement, .. }) => {
                Ask::Statement { via, statement, salt: world.salt() }
            }
            Ok(ask) => ask,
            Err(_) => panic!("a node sends what a node reads: {request:?}"),
        },
        Call::Items { community, entries, parts } => Ask::Items {
            community: *community,
            indices: entries.iter().map(|(index, _)| *index).collect(),
            parts: *parts,
        },
        Call::Communities => Ask::Hosted,
    }
}

/// A reply as it reaches the asker. A store that fails breaks the stream off.
pub(super) fn answer(store: &Store, reply: Reply, call: &Call) -> Result<Answer, CallFailed> {
    let broken = |error: String| CallFailed::Unreached(error);
    match (reply, call) {
        (Reply::Items { slot, indices, parts, access }, Call::Items { entries, .. }) => {
            let frames = items::framed_items(store, slot, &indices, parts, &access);
            let frames = frames.map_err(|e| broken(e.to_string()))?;
            Ok(Answer::Items(received(&frames, entries)))
        }
        (reply, _) => {
            let frame = replies::first_frame(store, reply);
            match cbor::from_slice::<PullReply>(&frame) {
                Ok(reply) => calls::answer_of(reply),
                Err(error) => Err(CallFailed::Malformed(error.to_string())),
            }
        }
    }
}

fn received(mut frames: &[u8], entries: &[(u64, Entry)]) -> Vec<crate::service::Received> {
    let mut received = Vec::new();
    for (index, entry) in entries {
        let (len, rest) = frames.split_first_chunk().unwrap();
        let (frame, rest) = rest.split_at(u32::from_be_bytes(*len) as usize);
        let item: Item = cbor::from_slice(frame).unwrap();
        assert_eq!(item.index, *index);
        received.push(check::item(entry, item, None));
        frames = rest;
    }
    received
}

impl World {
    /// Passes gossip to the other node; one in four is lost.
    pub(super) fn gossip(&mut self, n: usize, data: Vec<u8>) {
        if self.linked && !self.rng.once_in(4) {
            self.put(1 - n, Event::Gossip { from: self.nodes[n].key.public(), data });
        }
    }
}
