//! `docs/spec/statement.md`: signed statements, their entries, invitations.

mod bodies;
mod drafts;
mod invitations;
mod refused;

pub(crate) use drafts::drafts;

use crate::vector::{self, Input, Outcome};
use serde_json::json;
use sheaf_protocol::id::Salt;
use sheaf_protocol::statement::{Invite, SignedStatement};

/// Runs one vector of this page.
pub(crate) fn run(what: &str, input: &Input<'_>) -> Option<Outcome> {
    match what {
        "signed" => Some(signed(input)),
        "entry" => Some(entry(input)),
        "invitation" => Some(invitation(input)),
        _ => None,
    }
}

fn signed(input: &Input<'_>) -> Outcome {
    let read = SignedStatement::verify(&input.hex("statement")).map_err(|e| e.to_string())?;
    let statement = read.content();
    Ok(json!({
        "id": read.id().to_string(),
        "signer": read.signer().to_string(),
        "kind": statement.kind().0,
        "community": statement.community.to_string(),
        "epoch": statement.epoch,
        "policy": statement.policy.map(|p| p.index),
        "at": statement.at.ms(),
    }))
}

fn entry(input: &Input<'_>) -> Outcome {
    let read = SignedStatement::verify(&input.hex("statement")).map_err(|e| e.to_string())?;
    let entry = read.entry(&Salt(input.fixed("salt")));
    Ok(json!({
        "entry": vector::to_hex(entry.to_bytes()),
        "leaf_hash": vector::to_hex(entry.leaf_hash().0),
    }))
}

fn invitation(input: &Input<'_>) -> Outcome {
    let invite = Invite::from_line(input.text("line")).map_err(|e| e.to_string())?;
    Ok(json!({
        "community": invite.invitation.content().community.to_string(),
        "steward": invite.invitation.signer().to_string(),
        "key": invite.key.public().to_string(),
        "expires": invite.invitation.content().expires.ms(),
        "addresses": invite.addresses,
        "name": invite.name,
    }))
}
