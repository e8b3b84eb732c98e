//! `docs/spec/exchange.md`: requests, answers, items, announcements.

mod drafts;
mod refused;

pub(crate) use drafts::drafts;

use crate::vector::{Input, Outcome};
use serde_json::json;
use sheaf_protocol::cbor::{self, Decode, Encode};
use sheaf_protocol::exchange::{
    Announcement, Item, LargeRequest, MemberReply, MemberRequest, PullReply, PullRequest,
    StewardReply, StewardRequest, topic,
};

/// Runs one vector of this page.
pub(crate) fn run(what: &str, input: &Input<'_>) -> Option<Outcome> {
    Some(match what {
        "pull-request" => read::<PullRequest>(input),
        "pull-reply" => read::<PullReply>(input),
        "item" => read::<Item>(input),
        "large-request" => read::<LargeRequest>(input),
        "member-request" => read::<MemberRequest>(input),
        "member-reply" => read::<MemberReply>(input),
        "steward-request" => read::<StewardRequest>(input),
        "steward-reply" => read::<StewardReply>(input),
        "announcement" => read::<Announcement>(input),
        "topic" => community_topic(input),
        _ => return None,
    })
}

/// The name of the message; that its bytes are read back shows the rest.
fn read<T: Decode + Encode + std::fmt::Debug>(input: &Input<'_>) -> Outcome {
    let bytes = input.hex("message");
    let message: T = cbor::from_slice(&bytes).map_err(|e| e.to_string())?;
    assert_eq!(cbor::to_vec(&message), bytes, "what is read has one form");
    let debug = format!("{message:?}");
    let name = debug.split([' ', '{', '(']).next().unwrap_or_default();
    Ok(json!({ "message": name, "fields": fields(&bytes) }))
}

/// How many items the outermost array has, the code included.
fn fields(bytes: &[u8]) -> u64 {
    cbor::Reader::new(bytes).array().unwrap()
}

fn community_topic(input: &Input<'_>) -> Outcome {
    let community = input.text("community").parse().map_err(|e| format!("{e}"))?;
    Ok(json!({ "topic": topic(&community) }))
}
