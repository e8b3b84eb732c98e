//! Heads of a log whose log key was rotated: which key signs at which size.

use super::log::Log;
use crate::sample::{self, key};
use crate::vector::{Draft, accept, reject};
use serde_json::Value;
use sheaf_protocol::id::{CommunityId, TreeHash};
use sheaf_protocol::log::{Checkpoint, SignedCheckpoint};
use sheaf_protocol::statement::Body;

/// Drafts of this file: the old key signs up to size 3, the new one from size 4 on.
pub(super) fn drafts() -> Vec<Draft> {
    let old = Log::herons();
    let rotated = old.with(Body::Charter(old.rotation(30)), 1);
    let log = rotated.with(Body::Manifest(sample::manifest(2)), 5);
    let (third, fourth, fifth) = (old.end(), rotated.end(), log.end());
    let head = |size, root| Checkpoint { community: sample::community(), epoch: 0, size, root };
    let signed = |checkpoint: Checkpoint, by: u8| {
        let mut input = log.input();
        let text = SignedCheckpoint::sign(checkpoint, &key(by), sample::at(0)).text();
        input["text"] = Value::String(text);
        input
    };
    let at = |size: u64, by| {
        let root = [third, fourth, fifth].iter().find(|end| end.size == size).unwrap().root;
        signed(head(size, root), by)
    };
    let accepted = [
        ("before", "the old key, at the size at which it ends", at(3, 3)),
        ("after", "the new key, from its charter on", at(4, 30)),
    ];
    let stranger = CommunityId(key(9).public());
    let refused = [
        ("retired", "the old key, after its charter's successor", at(4, 3)),
        ("retired-later", "the old key, at the newest size", at(5, 3)),
        ("early", "the new key, before it was named", at(3, 30)),
        ("steward", "a steward's key is no log key", at(5, 4)),
        ("root-key", "the root key names a log key, it is none", at(5, 1)),
        ("other-tree", "the root of other entries", signed(head(5, TreeHash([9; 32])), 30)),
        ("old-root", "a new size with the root of an older", signed(head(5, fourth.root), 30)),
        ("beyond", "more entries than there are", signed(head(6, fifth.root), 30)),
        (
            "epoch",
            "a checkpoint of another epoch",
            signed(Checkpoint { epoch: 1, ..head(5, fifth.root) }, 30),
        ),
        (
            "community",
            "a checkpoint of another community",
            signed(Checkpoint { community: stranger, ..head(5, fifth.root) }, 30),
        ),
        (
            "empty",
            "before the first charter no key signs",
            signed(head(0, sheaf_protocol::log::empty_root()), 3),
        ),
    ];
    let accepted = accepted
        .map(|(name, why, input)| accept(format!("checkpoint-{name}"), "checkpoint", why, input));
    let refused = refused
        .map(|(name, why, input)| reject(format!("checkpoint-{name}"), "checkpoint", why, input));
    accepted.into_iter().chain(refused).collect()
}
