//! Claude data exports (`conversations.json`): a list of conversations with `chat_messages`.
//!
//! - What is said stands in the blocks of `content`; `text` repeats it without tools and thoughts,
//!   and in newer exports it is empty. Older ones and share snapshots have only `text`.
//! - `parent_message_uuid` makes a tree of edits and regenerated answers, whose roots follow a
//!   sentinel. Older exports have a plain list.
//! - A blanked account still has its conversations, with every text empty: those say nothing, and
//!   are refused one by one. Conversations that were opened and never used have no messages.
//! - Conversations are called `name`, `title` or `snapshot_name`, often by an empty text.

mod content;

use super::{Draft, Format};
use crate::import::feedback::Opinion;
use crate::import::fields::{self, Dropped};
use crate::import::forest::{After, Entry, grow};
use crate::import::json::Value;
use crate::import::report::SkipReason;
use content::parts_of;
use sheaf_protocol::chat::{Chat, Feedback, Message, Role};

pub(super) const FORMAT: Format = Format { name: "Claude export", matches, read };

/// What the first message of a conversation follows.
const ROOTS: [&str; 2] =
    ["00000000-0000-4000-8000-000000000000", "00000000-0000-0000-0000-000000000000"];
/// Read here, or bookkeeping: identifiers, settings, times of change.
#[rustfmt::skip]
const CHAT_FIELDS: [&str; 21] = [
    "uuid", "conversation_id", "name", "title", "snapshot_name", "created_at", "create_time",
    "model", "chat_messages", "current_leaf_message_uuid", "account", "created_by", "creator",
    "updated_at", "settings", "platform", "project_uuid", "conversation_uuid", "is_public",
    "is_starred", "is_temporary",
];
#[rustfmt::skip]
const MESSAGE_FIELDS: [&str; 17] = [
    "uuid", "parent_message_uuid", "sender", "text", "content", "created_at", "model",
    "attachments", "files", "files_v2", "chat_feedback", "updated_at", "edited_at", "index",
    "stop_reason", "input_mode", "nest_level",
];

fn matches(value: &Value) -> bool {
    value.get("chat_messages").is_some_and(Value::is_array)
}

fn read(value: &Value, dropped: &mut Dropped) -> Result<Draft, SkipReason> {
    dropped.unknown_fields("conversation", value, &CHAT_FIELDS);
    let model = dropped.short(value.get("model"), "model");
    let messages = fields::list(value, "chat_messages").iter().enumerate().map(entry).collect();
    let current = fields::text(value, "current_leaf_message_uuid");
    let grown = grow(messages, current, dropped, |place, (turn, said), dropped| {
        message(place, turn, said, model.as_deref(), dropped)
    })?;
    let id = ["uuid", "conversation_id"].iter().find_map(|key| fields::text(value, key));
    let chat = Chat {
        title: dropped.short(fields::first(value, &["name", "title", "snapshot_name"]), "title"),
        source: Some("claude".into()),
        created: dropped.time(fields::first(value, &["created_at", "create_time"])),
        model,
        current: grown.current,
        messages: grown.messages,
        ..Chat::default()
    };
    Ok(Draft { source_id: id.map(Into::into), chat })
}

/// A message with its place in the list.
fn entry<'a>((turn, said): (usize, &'a Value<'a>)) -> Entry<'a, (usize, &'a Value<'a>)> {
    let after = match said.get("parent_message_uuid") {
        None => After::Previous,
        Some(parent) => match parent.as_str().filter(|id| !id.is_empty() && !ROOTS.contains(id)) {
            Some(id) => After::Message(id),
            None => After::Nothing,
        },
    };
    Entry { id: fields::text(said, "uuid"), after, value: (turn, said) }
}

/// The message, or `None` if it says nothing.
fn message(
    place: &str,
    turn: usize,
    value: &Value,
    chat_model: Option<&str>,
    dropped: &mut Dropped,
) -> Result<Option<Message>, SkipReason> {
    dropped.unknown_fields("message", value, &MESSAGE_FIELDS);
    let role = role_of(place, turn, value, dropped)?;
    let parts = parts_of(value, dropped);
    if parts.is_empty() {
        dropped.count(format!("empty {} message", role.name()));
        return Ok(None);
    }
    let model = dropped.short(value.get("model"), "model");
    Ok(Some(Message {
        model: model.filter(|model| Some(model.as_str()) != chat_model),
        created: dropped.time(value.get("created_at")),
        feedback: feedback(value.get("chat_feedback"), dropped),
        ..Message::new(role, None, parts)
    }))
}

/// Where nobody is named, person and model take turns, the person first.
fn role_of(
    place: &str,
    turn: usize,
    value: &Value,
    dropped: &mut Dropped,
) -> Result<Role, SkipReason> {
    match fields::text(value, "sender") {
        Some("human") => Ok(Role::User),
        Some(name) => fields::role(name).ok_or_else(|| fields::unknown_role(place, name)),
        None => {
            dropped.count("message of nobody (taken by turns, the person first)");
            Ok(if turn.is_multiple_of(2) { Role::User } else { Role::Assistant })
        }
    }
}

/// A thumb and what was written with it; a flag is a thumb down with a reason.
fn feedback(value: Option<&Value>, dropped: &mut Dropped) -> Option<Feedback> {
    let value = value.filter(|value| fields::says(value))?;
    let mut opinion = Opinion::default();
    match value.get("type").and_then(Value::as_str).and_then(|kind| kind.strip_prefix("flag")) {
        Some(reason) => {
            opinion.verdict(Some(&Value::from(-1_i64)), dropped);
            opinion.tag(Some(&Value::from(reason.trim_start_matches('/'))), dropped);
        }
        None => opinion.verdict(value.get("type"), dropped),
    }
    opinion.comment(fields::text(value, "reason"));
    opinion.finish()
}

#[cfg(test)]
mod tests;
