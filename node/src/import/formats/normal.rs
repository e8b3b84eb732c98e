//! The normal form itself: one chat a line, as `sheaf import --json` writes it, and the rows of a
//! data set (`chats.jsonl`), which hold a chat with its terms and its place in a log.
//!
//! A chat comes back exactly as it was. Of a row only the chat is taken; that its terms stay behind
//! is counted, for whoever shares it anew gives terms of their own, and must be allowed to.

use super::{Draft, Format};
use crate::import::fields::Dropped;
use crate::import::report::SkipReason;
use serde_json::Value;
use sheaf_protocol::chat::Chat;
use sheaf_protocol::dataset::Row;
use sheaf_protocol::json;

pub(super) const FORMAT: Format = Format { name: "Sheaf chats", matches, read };

/// Messages in normal form have parts and no content.
fn matches(value: &Value) -> bool {
    let messages = value.get("messages").and_then(Value::as_array);
    let is_normal = |m: &Value| m.get("role").is_some() && m.get("content").is_none();
    value.get("version").is_some_and(Value::is_u64)
        && messages.is_some_and(|messages| messages.iter().all(is_normal))
}

fn read(value: &Value, dropped: &mut Dropped) -> Result<Draft, SkipReason> {
    if value.get("sheaf").is_none() {
        return Ok(Draft { source_id: None, chat: Chat::from_json(value)? });
    }
    let row = Row::from_line(&json::canonical(value))?;
    dropped.count("terms of a dataset row: its licence, usage, day, attribution and labels");
    let at = row.position;
    Ok(Draft { source_id: Some(format!("{}#{}", at.community, at.index)), chat: row.chat })
}
