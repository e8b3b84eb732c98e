//! `docs/spec/encoding.md`: deterministic CBOR and signed envelopes.

mod drafts;
mod signed;

pub(crate) use drafts::drafts;

use crate::vector::{Input, Outcome};
use serde_json::{Value, json};
use sheaf_protocol::cbor::{self, Bytes, Decode, Encode, Error, Reader, Writer};
use sheaf_protocol::record;
use sheaf_protocol::sign::{Domain, Signed};

/// The record of the worked example, and the content that the signed vectors carry.
#[derive(Debug, Clone, PartialEq)]
struct Note {
    count: u64,
    text: String,
    hash: [u8; 4],
    reply: Option<u64>,
}
record!(Note { count, text, hash, reply });

impl Domain for Note {
    const LABEL: &'static str = "application/vnd.sheaf.test-note.v1+cbor";
}

/// Lists of lists: no format of Sheaf nests without a bound of its own, this one does.
struct Nested(Vec<Nested>);

impl Nested {
    fn depth(&self) -> u64 {
        1 + self.0.iter().map(Self::depth).max().unwrap_or_default()
    }
}

impl Encode for Nested {
    fn encode(&self, w: &mut Writer) {
        w.value(&self.0);
    }
}

impl Decode for Nested {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.value().map(Self)
    }
}

/// Runs one vector of this page: `bytes` → the value.
pub(crate) fn run(what: &str, input: &Input<'_>) -> Option<Outcome> {
    match what {
        // Integers as texts: JSON readers lose those beyond 2^53.
        "uint" => Some(read::<u64>(input).map(|n| json!(n.to_string()))),
        "int" => Some(read::<i64>(input).map(|n| json!(n.to_string()))),
        "bool" => Some(read::<bool>(input).map(|b| json!(b))),
        "bytes" => Some(read::<Bytes>(input).map(|b| crate::vector::to_hex(b.0))),
        "text" => Some(read::<String>(input).map(|t| json!(t))),
        "list" => Some(read::<Vec<u64>>(input).map(|l| json!(l))),
        "option" => Some(read::<Option<u64>>(input).map(|o| json!(o))),
        "nested" => Some(read::<Nested>(input).map(|n| json!(n.depth()))),
        "record" => Some(read::<Note>(input).map(|note| note.to_json())),
        "signed" => Some(signed(input)),
        _ => None,
    }
    .map(|outcome| {
        outcome.map(|value| if what == "signed" { value } else { json!({ "value": value }) })
    })
}

fn read<T: Decode + Encode>(input: &Input<'_>) -> Result<T, String> {
    let value: T = cbor::from_slice(&input.hex("bytes")).map_err(|e| e.to_string())?;
    assert_eq!(cbor::to_vec(&value), input.hex("bytes"), "a value has one byte form");
    Ok(value)
}

/// `bytes` → signer, statement id and the content, a record as in `record`.
fn signed(input: &Input<'_>) -> Outcome {
    let signed = Signed::<Note>::verify(&input.hex("bytes")).map_err(|e| e.to_string())?;
    Ok(json!({
        "signer": signed.signer(),
        "id": signed.id(),
        "content": signed.content().to_json(),
    }))
}

impl Note {
    fn to_json(&self) -> Value {
        let hash = crate::vector::to_hex(self.hash);
        json!({ "count": self.count, "text": self.text, "hash": hash, "reply": self.reply })
    }
}
