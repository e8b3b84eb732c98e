//! Grok exports (`prod-grok-backend.json`): one object with all `conversations`, each of them
//! `{"conversation": {…}, "responses": [{"response": {…}}, …]}`. One record is one conversation.
//!
//! - A response is a message of either side. `parent_response_id` makes a tree; where no response
//!   of a conversation has one, they follow each other.
//! - The person is `human`; any other sender is the model, under several names.
//! - A conversation has its times in RFC 3339, a response may have them as MongoDB writes them.
//! - Thoughts stand in `thinking_trace`, in those of several agents, and once more in `steps`.
//! - Answers with drawn pictures have an empty message and the words in `query`.

mod content;

use super::{Draft, Format};
use crate::import::fields::{self, Dropped};
use crate::import::forest::{After, Entry, grow};
use crate::import::json::Value;
use crate::import::report::SkipReason;
use content::parts_of;
use sheaf_protocol::chat::{Chat, Message, Role};

pub(super) const FORMAT: Format = Format { name: "Grok export", matches, read };

/// Read here, or bookkeeping.
#[rustfmt::skip]
const CONVERSATION_FIELDS: [&str; 22] = [
    "id", "_id", "conversation_id", "title", "create_time", "modify_time", "leaf_response_id",
    "user_id", "anon_user_id", "x_user_id", "system_prompt_id", "temporary", "asset_ids",
    "root_asset_id", "media_types", "controller", "task_result_id", "team_id", "shared",
    "workspaces", "last_response_id", "is_deleted",
];
#[rustfmt::skip]
const RESPONSE_FIELDS: [&str; 48] = [
    "response_id", "_id", "parent_response_id", "sender", "message", "model", "create_time",
    "thinking_trace", "agent_thinking_traces", "steps", "file_attachments", "image_attachments",
    "generated_image_urls", "image_edit_uri", "query", "query_type", "error",
    "web_search_results", "cited_web_search_results", "xpost_ids", "cited_xposts", "xposts",
    "webpage_urls", "card_attachments_json", "conversation_id", "thread_parent_id", "manual",
    "partial", "shared", "is_control", "debug_log", "xai_user_id", "xai_anon_user_id",
    "media_types", "metadata", "thinking_start_time", "thinking_end_time", "streaming", "language",
    "request_metadata", "ui_layout", "message_tag", "tool_responses", "rag_results", "citations",
    "search_product_results", "connector_search_results", "collection_search_results",
];

fn matches(value: &Value) -> bool {
    value.get("conversation").is_some_and(Value::is_object)
        && value.get("responses").is_some_and(Value::is_array)
}

fn read(value: &Value, dropped: &mut Dropped) -> Result<Draft, SkipReason> {
    let about = value.get("conversation").unwrap_or(&Value::Null);
    dropped.unknown_fields("conversation", about, &CONVERSATION_FIELDS);
    let model = fields::list(value, "responses").iter().find_map(|r| model_of(response(r)));
    let model = dropped.short(model, "model");
    let current = fields::text(about, "leaf_response_id");
    let grown = grow(entries(value), current, dropped, |place, said, dropped| {
        message(place, said, model.as_deref(), dropped)
    })?;
    let chat = Chat {
        title: dropped.short(about.get("title"), "title"),
        source: Some("grok".into()),
        created: dropped.time(about.get("create_time")),
        current: grown.current,
        messages: grown.messages,
        model,
        ..Chat::default()
    };
    let id = ["conversation_id", "id", "_id"].iter().find_map(|key| id(about, key));
    Ok(Draft { source_id: id.map(Into::into), chat })
}

/// A response stands in a wrapper that may name a link by which it was shared.
fn response<'a>(value: &'a Value<'a>) -> &'a Value<'a> {
    value.get("response").unwrap_or(value)
}

fn entries<'a>(value: &'a Value<'a>) -> Vec<Entry<'a, &'a Value<'a>>> {
    let responses = || fields::list(value, "responses").iter().map(response);
    let parent = |said| id(said, "parent_response_id");
    let is_list = responses().all(|said| parent(said).is_none());
    let unlinked = if is_list { After::Previous } else { After::Nothing };
    let entry = |said| Entry {
        id: id(said, "response_id").or_else(|| id(said, "_id")),
        after: parent(said).map_or(unlinked, After::Message),
        value: said,
    };
    responses().map(entry).collect()
}

/// An identifier: text, or as MongoDB writes its own.
fn id<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    fields::text(value, key).or_else(|| fields::text(value.get(key)?, "$oid"))
}

/// The model that answered, or that was asked.
fn model_of<'a>(response: &'a Value<'a>) -> Option<&'a Value<'a>> {
    let asked = response.at("/metadata/requestModelDetails/modelId");
    response.get("model").filter(|model| fields::says(model)).or(asked)
}

/// The message, or `None` if it says nothing.
fn message(
    place: &str,
    value: &Value,
    chat_model: Option<&str>,
    dropped: &mut Dropped,
) -> Result<Option<Message>, SkipReason> {
    dropped.unknown_fields("response", value, &RESPONSE_FIELDS);
    let sender = fields::text(value, "sender").ok_or_else(|| fields::unknown_role(place, ""))?;
    let role = role_of(sender);
    let parts = parts_of(value, dropped);
    if parts.is_empty() {
        dropped.count(format!("empty {} message", role.name()));
        return Ok(None);
    }
    let is_answer = role == Role::Assistant;
    let model = dropped.short(model_of(value).filter(|_| is_answer), "model");
    // Some answers have the model for a sender.
    let named = is_answer && fields::role(&sender.to_lowercase()).is_none();
    let model = model.or_else(|| named.then(|| sender.chars().take(200).collect()));
    Ok(Some(Message {
        model: model.filter(|model| Some(model.as_str()) != chat_model),
        created: dropped.time(value.get("create_time")),
        ..Message::new(role, None, parts)
    }))
}

fn role_of(sender: &str) -> Role {
    match sender.to_lowercase().as_str() {
        "human" => Role::User,
        other => fields::role(other).unwrap_or(Role::Assistant),
    }
}

#[cfg(test)]
mod tests;
