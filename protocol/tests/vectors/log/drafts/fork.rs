//! Fork proofs.

use super::super::example::{Tree, at, community, head, log_key, tree};
use super::with;
use crate::raw::{self, NULL};
use crate::vector::{Draft, accept, reject, to_hex};
use serde_json::{Value, json};
use sheaf_protocol::cbor;
use sheaf_protocol::id::TreeHash;
use sheaf_protocol::log::{Checkpoint, ForkProof, SignedCheckpoint, leaf_hash};
use sheaf_protocol::sign::SecretKey;

/// Drafts of this file.
pub(super) fn drafts() -> Vec<Draft> {
    let (fork, equal) = (prefix(), equal());
    let accepted = [
        ("fork-equal-sizes", "two roots for one size", &equal),
        ("fork-prefix", "the larger tree begins otherwise than the smaller checkpoint says", &fork),
    ];
    let accepted = accepted.map(|(name, why, fork)| accept(name, "fork", why, input(fork)));
    let refused = [said(&fork, &equal), written(&fork)].concat().into_iter();
    accepted.into_iter().chain(refused).collect()
}

fn input(fork: &ForkProof) -> Value {
    let bytes = to_hex(cbor::to_vec(fork));
    json!({ "bytes": bytes, "community": community(), "log_key": log_key().public() })
}

/// What another node was shown.
fn shown() -> Tree {
    Tree::new((0..5_u8).map(|n| leaf_hash(&[n])).collect())
}

fn prefix() -> ForkProof {
    let tree = tree();
    let (smaller, larger) = (head(3, shown().roots[3]), head(5, tree.roots[5]));
    ForkProof::new(&smaller, &larger, tree.roots[3], tree.consistency(3, 5)).unwrap()
}

fn equal() -> ForkProof {
    ForkProof::of_equal_sizes(&head(5, shown().roots[5]), &head(5, tree().roots[5])).unwrap()
}

/// A head like those of the example, signed by `key` in `epoch`.
fn signed(key: &SecretKey, epoch: u64) -> String {
    let checkpoint = Checkpoint { community: community(), epoch, size: 3, root: shown().roots[3] };
    SignedCheckpoint::sign(checkpoint, key, at(0)).text()
}

/// Well written, and no proof.
fn said(fork: &ForkProof, equal: &ForkProof) -> Vec<Draft> {
    let tree = tree();
    let smaller = |smaller: String| ForkProof { smaller, ..fork.clone() };
    let proved = |proof: Vec<TreeHash>| ForkProof { proof, ..fork.clone() };
    let mut flipped = fork.proof.clone();
    flipped[0].0[0] ^= 1;
    let renewed = SignedCheckpoint::sign(
        Checkpoint { community: community(), epoch: 0, size: 5, root: tree.roots[5] },
        &log_key(),
        at(60),
    );
    let invented = ForkProof { prefix_root: TreeHash([0; 32]), ..fork.clone() };
    let larger = ForkProof { larger: fork.larger.replacen("\n5\n", "\n6\n", 1), ..fork.clone() };
    let turned =
        ForkProof { smaller: fork.larger.clone(), larger: fork.smaller.clone(), ..fork.clone() };
    let same = ForkProof { smaller: equal.larger.clone(), ..equal.clone() };
    let again = ForkProof { smaller: renewed.text(), ..equal.clone() };
    let longer = ForkProof { proof: vec![TreeHash([0; 32])], ..equal.clone() };
    let refused = [
        ("consistent", "the larger continues the smaller", smaller(head(3, tree.roots[3]).text())),
        ("same", "a checkpoint does not contradict itself", same),
        ("renewed", "the same head, cosigned again later", again),
        ("invented-prefix", "the prefix is not proved", invented),
        ("proof-changed", "one bit of the proof", proved(flipped)),
        ("proof-missing", "a proof that is missing convicts nobody", proved(Vec::new())),
        ("equal-with-proof", "for equal sizes the proof is empty", longer),
        (
            "unsigned",
            "the log key did not sign the smaller",
            smaller(fork.smaller.replacen("\n3\n", "\n4\n", 1)),
        ),
        ("unsigned-larger", "the log key did not sign the larger", larger),
        (
            "other-key",
            "the smaller is signed by another key",
            smaller(signed(&SecretKey::from_bytes([9; 32]), 0)),
        ),
        (
            "other-epoch",
            "checkpoints of two epochs are of two logs",
            smaller(signed(&log_key(), 1)),
        ),
        ("turned", "the smaller checkpoint must come first", turned),
    ];
    let mut drafts: Vec<_> = refused
        .map(|(name, why, fork)| reject(format!("fork-{name}"), "fork", why, input(&fork)))
        .into();
    let stranger = with(input(fork), "log_key", json!(SecretKey::from_bytes([9; 32]).public()));
    drafts.push(reject(
        "fork-of-stranger",
        "fork",
        "not signed by the key that is accused",
        stranger,
    ));
    let elsewhere = with(input(fork), "community", json!(SecretKey::from_bytes([9; 32]).public()));
    drafts.push(reject("fork-elsewhere", "fork", "a fork of another community", elsewhere));
    drafts
}

/// Another form than the record of the page.
fn written(fork: &ForkProof) -> Vec<Draft> {
    let good = cbor::to_vec(fork);
    let many = raw::array(&vec![raw::bytes(&[0; 32]); 83]);
    let refused = [
        ("version-2", "no other version exists", raw::replace(&good, &[0], &[2])),
        ("field-missing", "a record has all its fields", raw::remove(&good, &[4])),
        ("field-added", "a record has no other fields", raw::insert(&good, &[5], NULL)),
        ("prefix-short", "a root has 32 bytes", raw::replace(&good, &[3], &raw::bytes(&[0; 31]))),
        ("proof-null", "an empty proof is an empty list", raw::replace(&good, &[4], NULL)),
        ("proof-too-long", "more hashes than any proof has", raw::replace(&good, &[4], &many)),
        (
            "checkpoint-too-long",
            "more bytes than a checkpoint may have",
            raw::replace(&good, &[1], &raw::text(&" ".repeat(8193))),
        ),
        (
            "checkpoint-bytes",
            "a checkpoint is a text",
            raw::replace(&good, &[1], &raw::bytes(fork.smaller.as_bytes())),
        ),
        ("trailing", "a byte follows", [&good[..], &[0]].concat()),
    ];
    let draft = |(name, why, bytes): (&str, &str, Vec<u8>)| {
        reject(format!("fork-{name}"), "fork", why, with(input(fork), "bytes", to_hex(bytes)))
    };
    refused.map(draft).into()
}
