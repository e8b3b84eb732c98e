//! `docs/spec/log.md`: entries, trees, checkpoints.

use crate::vector::{self, Draft, Input, Outcome};
use serde_json::json;
use sha2::{Digest, Sha256};

/// Runs one vector of this page.
pub(crate) fn run(what: &str, input: &Input<'_>) -> Option<Outcome> {
    match what {
        "empty-root" => Some(empty_root(input)),
        _ => None,
    }
}

/// The root of a tree without leaves (RFC 9162 §2.1.1).
fn empty_root(_: &Input<'_>) -> Outcome {
    Ok(json!({ "root": vector::to_hex(Sha256::digest([])) }))
}

#[test]
#[ignore = "rewrites docs/spec/vectors/*/log-*.json"]
fn write_log_vectors() {
    vector::rewrite(
        "log",
        &[Draft {
            expect: "accept",
            name: "empty-root",
            what: "empty-root",
            why: "the root of an empty tree is the SHA-256 of nothing",
            input: json!({}),
        }],
    );
}
