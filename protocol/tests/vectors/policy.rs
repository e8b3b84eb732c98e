//! `docs/spec/policy.md`: the document, what it admits, licences and usage preferences.

mod drafts;

pub(crate) use drafts::drafts;

use crate::vector::{self, Input, Outcome};
use serde_json::json;
use sheaf_protocol::policy::Policy;
use sheaf_protocol::statement::{Attribution, Consent, Role};
use sheaf_protocol::usage::{SEARCH, TRAIN_AI, Usage, VOCABULARY};
use sheaf_protocol::{cbor, licence};

/// Runs one vector of this page.
pub(crate) fn run(what: &str, input: &Input<'_>) -> Option<Outcome> {
    match what {
        "licence" => Some(licence(input)),
        "usage" => Some(usage(input)),
        "document" => Some(document(input)),
        "admits" => Some(admits(input)),
        "role" => Some(role(input)),
        _ => None,
    }
}

fn licence(input: &Input<'_>) -> Outcome {
    let parsed = licence::parse(input.text("expression")).map_err(|e| e.to_string())?;
    let listed = input.value("listed").as_array().unwrap();
    let listed: Vec<_> = listed.iter().map(|id| id.as_str().unwrap()).collect();
    Ok(json!({ "allowed": parsed.satisfied_by(&listed) }))
}

fn usage(input: &Input<'_>) -> Outcome {
    let usage = Usage::parse(input.text("raw")).map_err(|e| e.to_string())?;
    Ok(json!({ TRAIN_AI: usage.get(TRAIN_AI), SEARCH: usage.get(SEARCH) }))
}

fn read(input: &Input<'_>) -> Result<Policy, String> {
    let policy: Policy = cbor::from_slice(&input.hex("policy")).map_err(|e| e.to_string())?;
    policy.validate().map_err(|e| e.to_string())?;
    Ok(policy)
}

/// `policy`, the body of a policy statement → its title.
fn document(input: &Input<'_>) -> Outcome {
    let policy = read(input)?;
    assert_eq!(vector::to_hex(cbor::to_vec(&policy)), *input.value("policy"), "one form");
    Ok(json!({ "title": policy.title }))
}

/// `policy`, and a consent signed on `day` → nothing but acceptance.
fn admits(input: &Input<'_>) -> Outcome {
    let consent = Consent {
        licence: input.text("licence").into(),
        usage: input.text("usage").into(),
        vocabulary: VOCABULARY.into(),
        attribution: Attribution::None,
        due: input.value("due").as_str().map(|day| day.parse().unwrap()),
    };
    let day = input.text("day").parse().unwrap();
    let refusals = read(input)?.refusals(&consent, input.uint("plain_bytes"), day);
    match refusals.first() {
        Some(refusal) => Err(refusal.to_string()),
        None => Ok(json!({})),
    }
}

/// Whether `policy` gives `key` the `role`.
fn role(input: &Input<'_>) -> Outcome {
    let role = match input.text("role") {
        "replica" => Role::Replica,
        "reader" => Role::Reader,
        other => panic!("input.role: {other}"),
    };
    let given = read(input)?.gives_role(&input.text("key").parse().unwrap(), role);
    if given { Ok(json!({})) } else { Err("the policy does not give this role".into()) }
}
