//! ChatGPT data exports (`conversations.json`): a list of conversations, each a tree of messages
//! under `mapping`.
//!
//! The tree is rebuilt from each node's `parent`; `children` only orders siblings, for some exports
//! lack it. Nodes without content are passed over, and what follows them follows their parent.

mod content;
mod tree;

use super::fields::{self, Dropped};
use super::report::SkipReason;
use super::{Draft, Format};
use content::parts_of;
use serde_json::Value;
use sheaf_protocol::chat::{Chat, Message, Role};
use std::collections::HashMap;

pub(super) const FORMAT: Format = Format { name: "ChatGPT export", matches, read };

fn matches(value: &Value) -> bool {
    value.get("mapping").is_some_and(Value::is_object)
}

fn read(value: &Value, dropped: &mut Dropped) -> Result<Draft, SkipReason> {
    let mapping = fields::object(value, "mapping")?;
    let mut building = Building { dropped, messages: Vec::new(), places: HashMap::new() };
    for visit in tree::in_order(mapping, building.dropped)? {
        building.node(&visit, value)?;
    }
    let current = fields::text(value, "current_node").map(|id| building.places.get(id).copied());
    if current == Some(None) {
        building.dropped.count("current message that does not exist");
    }
    let messages = building.messages;
    let id = fields::text(value, "conversation_id").or(fields::text(value, "id"));
    let chat = Chat {
        title: dropped.short(value.get("title"), "title"),
        source: Some("chatgpt".into()),
        model: dropped.short(value.get("default_model_slug"), "model"),
        created: dropped.time(value.get("create_time")),
        messages,
        current: current.flatten().flatten(),
        ..Chat::default()
    };
    Ok(Draft { source_id: id.map(Into::into), chat })
}

struct Building<'a, 'd> {
    dropped: &'d mut Dropped,
    messages: Vec<Message>,
    /// Where each node went: its message, or the nearest one above it.
    places: HashMap<&'a str, Option<u32>>,
}

impl<'a> Building<'a, '_> {
    fn node(&mut self, visit: &tree::Visit<'a>, chat: &Value) -> Result<(), SkipReason> {
        let above = visit.parent.and_then(|parent| self.places.get(parent).copied().flatten());
        let message = visit.node.get("message").filter(|message| !message.is_null());
        let read = message.map(|m| self.message(visit.id, m, chat)).transpose()?.flatten();
        let place = match read {
            Some(message) => {
                let index = u32::try_from(self.messages.len()).ok();
                self.messages.push(Message { parent: above, ..message });
                index
            }
            None => above,
        };
        self.places.insert(visit.id, place);
        Ok(())
    }

    /// The message, or `None` if it says nothing.
    fn message(
        &mut self,
        id: &str,
        value: &Value,
        chat: &Value,
    ) -> Result<Option<Message>, SkipReason> {
        let role = role_of(id, value)?;
        let parts = parts_of(value, self.dropped);
        if parts.is_empty() {
            self.dropped.count(format!("empty {} message", role_name(role)));
            return Ok(None);
        }
        let model = value.pointer("/metadata/model_slug");
        let model = model.filter(|model| Some(*model) != chat.get("default_model_slug"));
        let recipient = value.get("recipient").filter(|to| to.as_str() != Some("all"));
        let hidden = value.pointer("/metadata/is_visually_hidden_from_conversation");
        for lost in ["citations", "content_references", "aggregate_result"] {
            if is_filled(value.pointer(&format!("/metadata/{lost}"))) {
                self.dropped.count(format!("message metadata “{lost}”"));
            }
        }
        Ok(Some(Message {
            name: self.dropped.short(value.pointer("/author/name"), "name"),
            recipient: self.dropped.short(recipient, "recipient"),
            model: self.dropped.short(model, "model"),
            created: self.dropped.time(value.get("create_time")),
            hidden: hidden.and_then(Value::as_bool).unwrap_or(false),
            ..Message::new(role, None, parts)
        }))
    }
}

fn role_of(id: &str, value: &Value) -> Result<Role, SkipReason> {
    let name = value.pointer("/author/role").and_then(Value::as_str).unwrap_or_default();
    let (message, role): (String, _) = (id.chars().take(80).collect(), name.to_owned());
    fields::role(name).ok_or(SkipReason::Role { message, role })
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::Developer => "developer",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    }
}

fn is_filled(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::Array(items)) => !items.is_empty(),
        Some(_) => true,
    }
}
