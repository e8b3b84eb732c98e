//! LibreChat exports: one conversation, as a plain list of messages or with each answer inside the
//! `children` of the message it follows ("recursive").
//!
//! - Messages name their parents too; the first names a UUID of zeros, or nothing. Exports without
//!   branches keep the links, older ones have none and are a plain list.
//! - A recursive export is twice as deep as the conversation is long. Nothing here recurses, and
//!   [`nested`](crate::import::nested) takes apart what is too deep for the parser.
//! - Answers stand in the blocks of `content`, else in `text`, where older releases put thoughts
//!   between `:::thinking` and `:::`.
//! - An answer that failed has the failure as its text: it is kept as such.
//! - Thumbs with a reason and a text stand in `feedback`.

mod content;

use super::{Draft, Format};
use crate::import::feedback::Opinion;
use crate::import::fields::{self, Dropped};
use crate::import::forest::{After, Entry, grow};
use crate::import::json::Value;
use crate::import::nested;
use crate::import::report::SkipReason;
use content::parts_of;
use sheaf_protocol::chat::{Chat, Feedback, Message, Role};

pub(super) const FORMAT: Format = Format { name: "LibreChat export", matches, read };

/// What the first message of a conversation follows.
const ROOT: &str = "00000000-0000-0000-0000-000000000000";
/// Read here, or bookkeeping and settings.
#[rustfmt::skip]
const CHAT_FIELDS: [&str; 12] = [
    "conversationId", "title", "endpoint", "exportAt", "branches", "recursive", "options",
    "messages", "messagesTree", "createdAt", "updatedAt", "tags",
];
#[rustfmt::skip]
const MESSAGE_FIELDS: [&str; 39] = [
    "messageId", "parentMessageId", "children", "sender", "isCreatedByUser", "text", "content",
    "model", "createdAt", "files", "attachments", "feedback", "error", "_id", "__v",
    "conversationId", "endpoint", "updatedAt", "user", "isEdited", "unfinished", "tokenCount",
    "finish_reason", "thread_id", "iconURL", "depth", "siblingIndex", "expiredAt", "clientId",
    "conversationSignature", "invocationId", "summaryTokenCount", "generation", "cancelled",
    "current", "bg", "submitting", "isCompleted", "metadata",
];

fn matches(value: &Value) -> bool {
    value.get("conversationId").is_some_and(Value::is_string) && messages_of(value).is_some()
}

fn messages_of<'a>(value: &'a Value<'a>) -> Option<&'a [Value<'a>]> {
    fields::given(value, &["messages", "messagesTree"])?.as_array()
}

fn read(value: &Value, dropped: &mut Dropped) -> Result<Draft, SkipReason> {
    dropped.unknown_fields("conversation", value, &CHAT_FIELDS);
    let option = |key: &str| value.get("options").and_then(|options| options.get(key));
    let model = dropped.short(option("model"), "model");
    let instructions = ["promptPrefix", "system", "instructions"];
    let instructions = instructions.iter().find_map(|key| option(key)?.as_str());
    let grown = grow(entries(value), None, dropped, |place, said, dropped| {
        message(place, said, model.as_deref(), dropped)
    })?;
    let grown = grown.led_by(instructions);
    let chat = Chat {
        title: dropped.short(value.get("title"), "title"),
        source: Some("librechat".into()),
        created: dropped.time(value.get("createdAt")),
        feedback: tags(value.get("tags").or_else(|| option("tags")), dropped),
        messages: grown.messages,
        model,
        ..Chat::default()
    };
    Ok(Draft { source_id: fields::text(value, "conversationId").map(Into::into), chat })
}

/// Every message, wherever it is nested, a parent before what follows it.
fn entries<'a>(value: &'a Value<'a>) -> Vec<Entry<'a, &'a Value<'a>>> {
    let is_nested = value.get("recursive").and_then(Value::as_bool).unwrap_or(false);
    let unlinked = if is_nested { After::Nothing } else { After::Previous };
    let top = messages_of(value).unwrap_or_default();
    let entry = |(message, above): (&'a Value<'a>, Option<usize>)| {
        let after = above.map_or_else(|| after(message, unlinked), After::Place);
        Entry { id: fields::text(message, "messageId"), after, value: message }
    };
    nested::walk(top, "children").into_iter().map(entry).collect()
}

fn after<'a>(message: &'a Value<'a>, unlinked: After<'a>) -> After<'a> {
    match message.get("parentMessageId") {
        None => unlinked,
        Some(parent) => match parent.as_str().filter(|id| !id.is_empty() && *id != ROOT) {
            Some(id) => After::Message(id),
            None => After::Nothing,
        },
    }
}

/// The message, or `None` if it says nothing.
fn message(
    place: &str,
    value: &Value,
    chat_model: Option<&str>,
    dropped: &mut Dropped,
) -> Result<Option<Message>, SkipReason> {
    dropped.unknown_fields("message", value, &MESSAGE_FIELDS);
    let role = role_of(place, value)?;
    let parts = parts_of(value, dropped);
    if parts.is_empty() {
        dropped.count(format!("empty {} message", role.name()));
        return Ok(None);
    }
    let model = dropped.short(value.get("model"), "model");
    // Of an answer the sender is the name that the person gave the model.
    let name = value.get("sender").filter(|_| role == Role::Assistant);
    Ok(Some(Message {
        name: dropped.short(name, "name"),
        model: model.filter(|model| Some(model.as_str()) != chat_model),
        created: dropped.time(value.get("createdAt")),
        feedback: feedback(value.get("feedback"), dropped),
        ..Message::new(role, None, parts)
    }))
}

/// Whoever is not the person is a model, whatever it is called.
fn role_of(place: &str, value: &Value) -> Result<Role, SkipReason> {
    if let Some(by_user) = value.get("isCreatedByUser").and_then(Value::as_bool) {
        return Ok(if by_user { Role::User } else { Role::Assistant });
    }
    let sender = fields::text(value, "sender").ok_or_else(|| fields::unknown_role(place, ""))?;
    Ok(fields::role(&sender.to_lowercase()).unwrap_or(Role::Assistant))
}

fn feedback(value: Option<&Value>, dropped: &mut Dropped) -> Option<Feedback> {
    let value = value?;
    let mut opinion = Opinion::default();
    opinion.verdict(value.get("rating"), dropped);
    let tag = value.get("tag");
    opinion.tag(tag.and_then(|tag| tag.get("key")).or(tag), dropped);
    opinion.comment(fields::text(value, "text"));
    opinion.finish()
}

fn tags(value: Option<&Value>, dropped: &mut Dropped) -> Option<Feedback> {
    let mut opinion = Opinion::default();
    for tag in value.and_then(Value::as_array).into_iter().flatten() {
        opinion.tag(Some(tag), dropped);
    }
    opinion.finish()
}

#[cfg(test)]
mod tests;
