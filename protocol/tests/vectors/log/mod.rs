//! `docs/spec/log.md`: entries, tree and proofs, checkpoints, cosignatures, fork proofs.

mod drafts;
mod example;

pub(crate) use drafts::drafts;

use crate::vector::{Input, Outcome, to_hex};
use serde_json::json;
use sheaf_protocol::cbor;
use sheaf_protocol::id::{CommunityId, PublicKey, Salt, TreeHash};
use sheaf_protocol::log::{
    Entry, ForkProof, Frontier, SignedCheckpoint, commit, leaf_hash, verify_consistency,
    verify_inclusion,
};
use std::collections::BTreeMap;

/// Runs one vector of this page.
pub(crate) fn run(what: &str, input: &Input<'_>) -> Option<Outcome> {
    match what {
        "entry" => Some(entry(input)),
        "commitment" => Some(commitment(input)),
        "root" => Some(root(input)),
        "inclusion" => Some(inclusion(input)),
        "inclusions" => Some(every_case(input, inclusion)),
        "consistency" => Some(consistency(input)),
        "consistencies" => Some(every_case(input, consistency)),
        "checkpoint" => Some(checkpoint(input)),
        "cosignature" => Some(cosignature(input)),
        "fork" => Some(fork(input)),
        _ => None,
    }
}

/// `bytes` → the fields and the leaf hash.
fn entry(input: &Input<'_>) -> Outcome {
    let entry = Entry::from_bytes(&input.hex("bytes")).map_err(text)?;
    Ok(json!({
        "kind": entry.kind,
        "commitment": entry.commitment,
        "control": entry.control,
        "due": entry.due,
        "leaf_hash": entry.leaf_hash(),
    }))
}

/// `salt`, `statement` → the commitment.
fn commitment(input: &Input<'_>) -> Outcome {
    let commitment = commit(&Salt(input.fixed("salt")), &input.hex("statement"));
    Ok(json!({ "commitment": commitment }))
}

/// `leaves` (bytes, not yet hashed) → the root.
fn root(input: &Input<'_>) -> Outcome {
    let mut tree = Frontier::new();
    input.hexes("leaves").iter().for_each(|leaf| tree.append(leaf_hash(leaf)));
    Ok(json!({ "size": tree.len(), "root": tree.root() }))
}

/// `size`, `index`, `leaf_hash`, `proof`, `root` → nothing but acceptance.
fn inclusion(input: &Input<'_>) -> Outcome {
    let (size, index) = (input.uint("size"), input.uint("index"));
    let (leaf, root) = (hash(input, "leaf_hash"), hash(input, "root"));
    verify_inclusion(size, index, &leaf, &proof(input), &root).map_err(text)?;
    Ok(json!({}))
}

/// `old_size`, `old_root`, `new_size`, `new_root`, `proof` → nothing but acceptance.
fn consistency(input: &Input<'_>) -> Outcome {
    let (old_size, new_size) = (input.uint("old_size"), input.uint("new_size"));
    let (old_root, new_root) = (hash(input, "old_root"), hash(input, "new_root"));
    verify_consistency(old_size, &old_root, new_size, &new_root, &proof(input)).map_err(text)?;
    Ok(json!({}))
}

/// `cases` → how many; accepted if each is, and refused only if each is.
fn every_case(input: &Input<'_>, one: fn(&Input<'_>) -> Outcome) -> Outcome {
    let cases = input.value("cases").as_array().unwrap();
    let errors = cases.iter().filter_map(|case| one(&Input::of(case)).err());
    let mut counts = BTreeMap::<_, usize>::new();
    errors.for_each(|error| *counts.entry(error).or_default() += 1);
    let refused: usize = counts.values().sum();
    if refused == 0 {
        return Ok(json!({ "cases": cases.len() }));
    }
    assert_eq!(refused, cases.len(), "some cases are accepted and some are not");
    let counts = counts.iter().map(|(error, count)| format!("{count} × {error}"));
    Err(counts.collect::<Vec<_>>().join("; "))
}

/// `text`, `community`, `epoch`, `log_key` → size, root and the time of the self-cosignature.
fn checkpoint(input: &Input<'_>) -> Outcome {
    let signed = signed(input)?;
    let head = signed.checkpoint();
    let at = signed.cosigned_at().secs();
    Ok(json!({ "size": head.size, "root": head.root, "cosigned_at": at }))
}

/// As `checkpoint`, and `cosigner_name`, `cosigner_key` → the time of its cosignature.
fn cosignature(input: &Input<'_>) -> Outcome {
    let cosigner = key(input, "cosigner_key");
    let at =
        signed(input)?.verify_cosignature(input.text("cosigner_name"), &cosigner).map_err(text)?;
    Ok(json!({ "cosigned_at": at.secs() }))
}

/// `bytes`, `community`, `log_key` → the epoch and both sizes.
fn fork(input: &Input<'_>) -> Outcome {
    let fork: ForkProof = cbor::from_slice(&input.hex("bytes")).map_err(text)?;
    let (community, log_key) = (community(input), key(input, "log_key"));
    let (smaller, larger) = fork.verify(&community, &log_key).map_err(text)?;
    let (smaller, larger) = (smaller.checkpoint(), larger.checkpoint());
    Ok(json!({
        "epoch": smaller.epoch,
        "smaller_size": smaller.size,
        "larger_size": larger.size,
        "signed_root": smaller.root,
        "prefix_root": fork.prefix_root,
    }))
}

fn signed(input: &Input<'_>) -> Result<SignedCheckpoint, String> {
    let (community, log_key) = (community(input), key(input, "log_key"));
    SignedCheckpoint::verify(input.text("text"), &community, input.uint("epoch"), &log_key)
        .map_err(text)
}

fn hash(input: &Input<'_>, name: &str) -> TreeHash {
    TreeHash(input.fixed(name))
}

fn proof(input: &Input<'_>) -> Vec<TreeHash> {
    let hashes = input.hexes("proof").into_iter();
    hashes.map(|hash| TreeHash(hash.try_into().unwrap())).collect()
}

fn key(input: &Input<'_>, name: &str) -> PublicKey {
    input.text(name).parse().unwrap()
}

fn community(input: &Input<'_>) -> CommunityId {
    CommunityId(key(input, "community"))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn hashes(hashes: &[TreeHash]) -> serde_json::Value {
    hashes.iter().map(|hash| to_hex(hash.0)).collect()
}
