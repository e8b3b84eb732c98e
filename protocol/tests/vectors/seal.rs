//! `docs/spec/seal.md`: derived values, commitments, padding, sealed blobs.
//!
//! Blobs are sealed by hand here, not by the code under test, and opened again by another language.

mod blobs;
mod drafts;
mod sealed;

pub(crate) use drafts::drafts;

use crate::vector::{Input, Outcome, to_hex};
use serde_json::{Value, json};
use sheaf_protocol::id::{BlobHash, ChatCommitment, KeyCheck, Opening};
use sheaf_protocol::seal::{self, ChatKey, Expected};

/// Runs one vector of this page.
pub(crate) fn run(what: &str, input: &Input<'_>) -> Option<Outcome> {
    match what {
        "keys" => Some(keys(input)),
        "commitment" => Some(commitment(input)),
        "blob" => Some(blob(input)),
        "padding" => Some(padding(input)),
        _ => None,
    }
}

/// What is derived from a chat key.
fn keys(input: &Input<'_>) -> Outcome {
    let key = ChatKey::from_bytes(input.fixed("key"));
    Ok(json!({
        "seal_key": to_hex(&key.seal_key()[..]),
        "opening": key.opening(),
        "check": key.check(),
    }))
}

/// Whether a commitment is to these bytes under this opening.
fn commitment(input: &Input<'_>) -> Outcome {
    let opening = Opening(input.fixed("opening"));
    let stated = ChatCommitment(input.fixed("commitment"));
    if seal::verify_commitment(&opening, &input.hex("plain"), &stated) {
        return Ok(json!({}));
    }
    Err("the commitment is to other bytes or under another opening".into())
}

/// Opens a blob against what a manifest says of it.
fn blob(input: &Input<'_>) -> Outcome {
    let key = ChatKey::from_bytes(input.fixed("key"));
    let expected = Expected {
        hash: Some(BlobHash(input.fixed("hash"))),
        plain_bytes: input.uint("plain_bytes"),
        commitment: ChatCommitment(input.fixed("commitment")),
        check: KeyCheck(input.fixed("check")),
    };
    let (community, signer) = (input.text("community"), input.text("signer"));
    let (community, signer) = (community.parse().unwrap(), signer.parse().unwrap());
    seal::open(&key, &community, &signer, &input.hex("blob"), &expected)
        .map(|plain| json!({ "plain": to_hex(plain) }))
        .map_err(|e| e.to_string())
}

/// The padded length of each length.
fn padding(input: &Input<'_>) -> Outcome {
    let lengths = input.value("lengths").as_array().unwrap().iter();
    let padded: Vec<Value> =
        lengths.map(|n| seal::padded_len(n.as_u64().unwrap() as usize).into()).collect();
    Ok(json!({ "padded": padded }))
}
