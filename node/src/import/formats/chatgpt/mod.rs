//! ChatGPT data exports (`conversations.json`): a list of conversations, each a tree of messages
//! under `mapping`.
//!
//! The tree is rebuilt from each node's `parent`; `children` only orders siblings, for some exports
//! lack it. Nodes without content are passed over, and what follows them follows their parent.

mod content;
mod known;
mod tree;

use super::{Draft, Format};
use crate::import::fields::{self, Dropped};
use crate::import::forest::{Growing, in_order};
use crate::import::json::Value;
use crate::import::report::SkipReason;
use crate::import::thumbs;
use content::parts_of;
use sheaf_protocol::chat::{Chat, Message, Role};

pub(super) const FORMAT: Format = Format { name: "ChatGPT export", matches, read };

fn matches(value: &Value) -> bool {
    value.get("mapping").is_some_and(Value::is_object)
}

fn read(value: &Value, dropped: &mut Dropped) -> Result<Draft, SkipReason> {
    dropped.unknown_fields("chat", value, &known::CHAT);
    let mut growing = Growing::default();
    for node in in_order(tree::nodes(fields::object(value, "mapping")?), dropped)? {
        let said = node.value.get("message").filter(|message| !message.is_null());
        let message = said.map(|said| message(node.id, said, value, dropped)).transpose()?;
        growing.add(node.id, node.parent, message.flatten());
    }
    let id = fields::text(value, "conversation_id").or(fields::text(value, "id"));
    let chat = Chat {
        title: dropped.short(value.get("title"), "title"),
        source: Some("chatgpt".into()),
        model: dropped.short(model_of(value), "model"),
        created: dropped.time(value.get("create_time")),
        current: growing.current(fields::text(value, "current_node"), dropped),
        messages: growing.into_messages(),
        ..Chat::default()
    };
    Ok(Draft { source_id: id.map(Into::into), chat })
}

/// The message, or `None` if it says nothing.
fn message(
    id: &str,
    value: &Value,
    chat: &Value,
    dropped: &mut Dropped,
) -> Result<Option<Message>, SkipReason> {
    let role = role_of(id, value)?;
    let parts = parts_of(value, dropped);
    let feedback = thumbs::feedback(value, dropped);
    if parts.is_empty() {
        if feedback.is_some() {
            dropped.count("thumb for a message that says nothing");
        }
        dropped.count(format!("empty {} message", role.name()));
        return Ok(None);
    }
    let model = value.at("/metadata/model_slug");
    let model = model.filter(|model| Some(*model) != model_of(chat));
    let recipient = value.get("recipient").filter(|to| to.as_str() != Some("all"));
    let hidden = value.at("/metadata/is_visually_hidden_from_conversation");
    dropped.unknown_fields("message", value, &known::MESSAGE);
    if let Some(metadata) = value.get("metadata") {
        dropped.unknown_fields("message metadata", metadata, &known::METADATA);
    }
    Ok(Some(Message {
        name: dropped.short(value.at("/author/name"), "name"),
        recipient: dropped.short(recipient, "recipient"),
        model: dropped.short(model, "model"),
        created: dropped.time(value.get("create_time")),
        feedback,
        hidden: hidden.and_then(Value::as_bool).unwrap_or(false),
        ..Message::new(role, None, parts)
    }))
}

/// The model of a conversation; older exports have another name for it.
fn model_of<'a>(chat: &'a Value<'a>) -> Option<&'a Value<'a>> {
    fields::first(chat, &["default_model_slug", "model_slug"])
}

fn role_of(id: &str, value: &Value) -> Result<Role, SkipReason> {
    let name = value.at("/author/role").and_then(Value::as_str).unwrap_or_default();
    fields::role(name).ok_or_else(|| fields::unknown_role(id, name))
}
