//! `docs/spec/chat.md`: the normal form in CBOR and in JSON.
//!
//! What is accepted was made by another implementation (Python: cbor2), not by the code under test.

mod drafts;

pub(crate) use drafts::drafts;

use crate::vector::{Input, Outcome, to_hex};
use serde_json::json;
use sheaf_protocol::chat::Chat;

/// Runs one vector of this page.
pub(crate) fn run(what: &str, input: &Input<'_>) -> Option<Outcome> {
    match what {
        "cbor" => Some(cbor(input)),
        "json" => Some(from_json(input)),
        _ => None,
    }
}

/// Canonical bytes → JSON; the bytes come back from it.
fn cbor(input: &Input<'_>) -> Outcome {
    let bytes = input.hex("cbor");
    let chat = Chat::from_cbor(&bytes).map_err(|e| e.to_string())?;
    assert_eq!(chat.to_cbor(), bytes, "a chat has one byte form");
    Ok(json!({ "json": chat.to_json() }))
}

/// JSON → canonical bytes; the JSON comes back from them.
fn from_json(input: &Input<'_>) -> Outcome {
    let chat = Chat::from_json(input.value("json")).map_err(|e| e.to_string())?;
    assert_eq!(chat.to_json(), *input.value("json"), "a chat has one JSON form");
    Ok(json!({ "cbor": to_hex(chat.to_cbor()) }))
}
