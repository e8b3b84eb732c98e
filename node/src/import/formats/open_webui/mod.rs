//! Open WebUI exports: all chats (a list of rows with a `chat` inside), one chat (such a row), or
//! the bare body of a chat.
//!
//! - `history.messages` is a tree by `parentId`; `childrenIds` is often stale and is not read.
//!   Siblings stand in the order of their times, answers of several models in that of the models.
//! - `messages` repeats the branch that was last looked at; old chats have nothing else.
//! - The chat has its time in milliseconds, a row and a message in seconds.
//! - An answer stands in `output`, item by item; `content` repeats it with thoughts and tool calls
//!   folded into `<details>`, and is all there is in older chats.
//! - An answer that the person rewrote keeps the first one in `originalContent`: it becomes the
//!   branch beside it.
//! - Thumbs, their reasons and a mark from 1 to 10 stand in `annotation`.

mod content;
mod details;

use super::{Draft, Format};
use crate::import::feedback::Opinion;
use crate::import::fields::{self, Dropped};
use crate::import::forest::{After, Entry, grow};
use crate::import::json::Value;
use crate::import::report::SkipReason;
use crate::import::times;
use content::{original_of, parts_of};
use sheaf_protocol::chat::{Chat, Feedback, Message};

pub(super) const FORMAT: Format = Format { name: "Open WebUI export", matches, read };

/// Read here, or bookkeeping of the row and of the body.
#[rustfmt::skip]
const CHAT_FIELDS: [&str; 21] = [
    "id", "title", "chat", "history", "messages", "models", "params", "system", "tags", "meta",
    "timestamp", "created_at", "updated_at", "user_id", "userId", "share_id", "folder_id",
    "pinned", "archived", "options", "last_read_at",
];
/// Read here, or what the page shows beside a message and how it came.
#[rustfmt::skip]
const MESSAGE_FIELDS: [&str; 33] = [
    "id", "parentId", "childrenIds", "role", "content", "output", "files", "error", "merged",
    "originalContent", "annotation", "sources", "citations", "timestamp", "model", "models",
    "modelName", "modelIdx", "selectedModelId", "arena", "feedbackId", "done", "usage", "info",
    "context", "userContext", "lastSentence", "statusHistory", "followUps", "user", "completedAt",
    "stopped", "edited",
];

fn matches(value: &Value) -> bool {
    let body = body_of(value);
    let rows = body.get("messages").and_then(Value::as_array);
    let has_links = |rows: &[Value<'_>]| rows.first().is_some_and(|m| m.get("parentId").is_some());
    let is_row = value.get("chat").is_some_and(Value::is_object);
    body.at("/history/messages").is_some() || rows.is_some_and(|rows| is_row || has_links(rows))
}

/// A row has the chat inside, an export of the body is the chat.
fn body_of<'a>(value: &'a Value<'a>) -> &'a Value<'a> {
    value.get("chat").filter(|chat| chat.is_object()).unwrap_or(value)
}

fn read(value: &Value, dropped: &mut Dropped) -> Result<Draft, SkipReason> {
    let body = body_of(value);
    dropped.unknown_fields("chat", value, &CHAT_FIELDS);
    if !std::ptr::eq(body, value) {
        dropped.unknown_fields("chat", body, &CHAT_FIELDS);
    }
    let either = |key| value.get(key).filter(|v| fields::says(v)).or_else(|| body.get(key));
    let model = match fields::list(body, "models") {
        [only] => dropped.short(Some(only), "model"),
        _ => None,
    };
    let current = body.at("/history/currentId").and_then(Value::as_str);
    let read_one = |place: &str, said: Said<'_>, dropped: &mut Dropped| {
        message(place, &said, model.as_deref(), dropped)
    };
    let grown = grow(entries(body), current, dropped, read_one)?.led_by(instructions(body));
    let chat = Chat {
        title: dropped.short(either("title"), "title"),
        source: Some("open-webui".into()),
        created: dropped
            .time(fields::first(value, &["created_at"]).or_else(|| body.get("timestamp"))),
        current: grown.current,
        messages: grown.messages,
        feedback: tags(value, body, dropped),
        model,
        ..Chat::default()
    };
    let id = either("id").and_then(Value::as_str).filter(|id| !id.is_empty());
    Ok(Draft { source_id: id.map(Into::into), chat })
}

/// What the person told the model for the whole chat.
fn instructions<'a>(body: &'a Value<'a>) -> Option<&'a str> {
    body.at("/params/system").and_then(Value::as_str).or(fields::text(body, "system"))
}

/// A message, or the answer that stood there before the person rewrote it.
#[derive(Clone, Copy)]
struct Said<'a> {
    message: &'a Value<'a>,
    original: Option<&'a str>,
}

/// Every message of the tree, else of the list.
fn entries<'a>(body: &'a Value<'a>) -> Vec<Entry<'a, Said<'a>>> {
    match body.at("/history/messages") {
        Some(Value::Object(tree)) if !tree.is_empty() => {
            let mut nodes: Vec<(&str, &Value<'_>)> = tree.iter().collect();
            nodes.sort_by_key(|(_, message)| written(message));
            let mut entries = Vec::with_capacity(nodes.len());
            for (id, message) in nodes {
                push(&mut entries, Some(id), after(message, After::Nothing), message);
            }
            entries
        }
        Some(Value::Array(list)) if !list.is_empty() => in_turn(list),
        _ => in_turn(fields::list(body, "messages")),
    }
}

/// Messages of a list; those that name no other follow the one before.
fn in_turn<'a>(list: &'a [Value<'a>]) -> Vec<Entry<'a, Said<'a>>> {
    let mut entries = Vec::with_capacity(list.len());
    let mut previous = After::Nothing;
    for message in list {
        push(&mut entries, fields::text(message, "id"), after(message, previous), message);
        previous = After::Place(entries.len() - 1);
    }
    entries
}

/// The answer as it first stood comes before the one that was made of it.
fn push<'a>(
    entries: &mut Vec<Entry<'a, Said<'a>>>,
    id: Option<&'a str>,
    after: After<'a>,
    message: &'a Value<'a>,
) {
    if let original @ Some(_) = original_of(message) {
        entries.push(Entry { id: None, after, value: Said { message, original } });
    }
    entries.push(Entry { id, after, value: Said { message, original: None } });
}

fn after<'a>(message: &'a Value<'a>, unsaid: After<'a>) -> After<'a> {
    match message.get("parentId") {
        None => unsaid,
        Some(parent) => match parent.as_str().filter(|parent| !parent.is_empty()) {
            Some(parent) => After::Message(parent),
            None => After::Nothing,
        },
    }
}

/// When a message was written, and the place of its model among those that were asked.
fn written(message: &Value) -> (u64, u64) {
    let time = message.get("timestamp").and_then(times::read);
    let model = message.get("modelIdx").and_then(Value::as_u64);
    (time.map_or(0, |time| time.ms()), model.unwrap_or(0))
}

/// The message, or `None` if it says nothing.
fn message(
    place: &str,
    said: &Said<'_>,
    chat_model: Option<&str>,
    dropped: &mut Dropped,
) -> Result<Option<Message>, SkipReason> {
    let value = said.message;
    let name = fields::text(value, "role").unwrap_or_default();
    let role = fields::role(name).ok_or_else(|| fields::unknown_role(place, name))?;
    let parts = match said.original {
        Some(original) => details::parts_of(original),
        None => parts_of(value, role, dropped),
    };
    if parts.is_empty() {
        dropped.count(format!("empty {} message", role.name()));
        return Ok(None);
    }
    // In the arena the model is told only after the person has chosen.
    let model = fields::first(value, &["selectedModelId", "model"]);
    let model = dropped.short(model, "model");
    let mut message = Message {
        model: model.filter(|model| Some(model.as_str()) != chat_model),
        created: dropped.time(value.get("timestamp")),
        ..Message::new(role, None, parts)
    };
    if said.original.is_none() {
        dropped.unknown_fields("message", value, &MESSAGE_FIELDS);
        message.feedback = feedback(value.get("annotation"), dropped);
    }
    Ok(Some(message))
}

fn feedback(value: Option<&Value>, dropped: &mut Dropped) -> Option<Feedback> {
    let value = value?;
    let mut opinion = Opinion::default();
    opinion.verdict(value.get("rating"), dropped);
    opinion.score("rating", value.at("/details/rating"), dropped);
    opinion.tag(value.get("reason"), dropped);
    for tag in fields::list(value, "tags") {
        opinion.tag(Some(tag), dropped);
    }
    opinion.comment(fields::text(value, "comment"));
    opinion.finish()
}

/// Tags stand in the row or in the body, as texts or as objects with a name.
fn tags(row: &Value, body: &Value, dropped: &mut Dropped) -> Option<Feedback> {
    let mut opinion = Opinion::default();
    let in_row = row.at("/meta/tags").and_then(Value::as_array).into_iter().flatten();
    for tag in in_row.chain(fields::list(body, "tags")) {
        opinion.tag(Some(tag.get("name").unwrap_or(tag)), dropped);
    }
    opinion.finish()
}

#[cfg(test)]
mod tests;
