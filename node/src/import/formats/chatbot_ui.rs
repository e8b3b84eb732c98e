//! Chatbot UI exports (versions 1 to 4): chats in a list of their own, or in the `history` of an
//! object that has folders and prompts beside it. One record is one chat: its name, a plain list of
//! messages, the model, and the instructions (`prompt`) that went before every message.
//!
//! The first version has numbers for identifiers and no model. There are no times.

use super::{Draft, Format};
use crate::import::fields::{self, Dropped};
use crate::import::forest::{After, Entry, grow};
use crate::import::json::Value;
use crate::import::message;
use crate::import::report::SkipReason;
use sheaf_protocol::chat::{Chat, Message};

pub(super) const FORMAT: Format = Format { name: "Chatbot UI export", matches, read };

const CHAT_FIELDS: [&str; 7] =
    ["id", "name", "messages", "model", "prompt", "temperature", "folderId"];
const MESSAGE_FIELDS: [&str; 3] = ["role", "content", "type"];

/// Rows of messages of other tools have names too, but neither a number for an identifier nor
/// instructions or a folder; and they have other fields.
fn matches(value: &Value) -> bool {
    let mut fields = value.as_object().into_iter().flatten().map(|(name, _)| name);
    let has = |key: &str| value.get(key).is_some();
    let is_first_version = value.get("id").is_some_and(Value::is_number);
    value.get("name").is_some_and(Value::is_string)
        && value.get("messages").is_some_and(Value::is_array)
        && (is_first_version || has("prompt") || has("folderId"))
        && fields.all(|name| CHAT_FIELDS.contains(&name))
}

fn read(value: &Value, dropped: &mut Dropped) -> Result<Draft, SkipReason> {
    let entries = fields::list(value, "messages").iter();
    let entries = entries.map(|said| Entry { id: None, after: After::Previous, value: said });
    let grown = grow(entries.collect(), None, dropped, message)?;
    let model = value.get("model");
    let chat = Chat {
        title: dropped.short(value.get("name"), "title"),
        source: Some("chatbot-ui".into()),
        model: dropped.short(model.and_then(|model| model.get("id")).or(model), "model"),
        messages: grown.led_by(fields::text(value, "prompt")).messages,
        ..Chat::default()
    };
    let id = value.get("id").map(|id| fields::json_text(Some(id))).filter(|id| !id.is_empty());
    Ok(Draft { source_id: id, chat })
}

/// The message, or `None` if it says nothing.
fn message(
    place: &str,
    value: &Value,
    dropped: &mut Dropped,
) -> Result<Option<Message>, SkipReason> {
    dropped.unknown_fields("message", value, &MESSAGE_FIELDS);
    let name = fields::text(value, "role").unwrap_or_default();
    let role = fields::role(name).ok_or_else(|| fields::unknown_role(place, name))?;
    let mut parts = message::content::parts(value.get("content"), dropped);
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() {
        dropped.count(format!("empty {} message", role.name()));
    }
    Ok((!parts.is_empty()).then(|| Message::new(role, None, parts)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::json::own;
    use serde_json::{Value, json};
    use sheaf_protocol::chat::Role;

    fn said(role: &str, text: &str) -> Value {
        json!({"role": role, "type": "text", "content": text})
    }

    #[test]
    fn every_version_of_a_chat_is_read() {
        let messages = json!([said("user", "a"), said("assistant", ""), said("assistant", "b")]);
        let first = json!({"id": 7, "name": "Old", "messages": messages});
        let last = json!({"id": "x", "name": "New", "messages": messages, "model": {"id": "gpt-4", "name": "GPT-4"},
            "prompt": "Be brief.", "temperature": 0.5, "folderId": null});
        for (value, id, model, parents) in [
            (first, "7", None, vec![None, Some(0)]),
            (last, "x", Some("gpt-4"), vec![None, Some(0), Some(1)]),
        ] {
            let value = own(&value);
            assert!(matches(&value));
            let mut dropped = Dropped::default();
            let Draft { source_id, chat } = read(&value, &mut dropped).unwrap();
            chat.validate().unwrap();
            assert_eq!(source_id.as_deref(), Some(id));
            assert_eq!(chat.model.as_deref(), model);
            let found: Vec<_> = chat.messages.iter().map(|m| m.parent).collect();
            assert_eq!(found, parents, "what says nothing is passed over");
            assert_eq!(dropped.into_counts()["empty assistant message"], 1);
            let is_led = chat.messages[0].role == Role::System;
            assert_eq!(is_led, model.is_some(), "instructions come first");
        }
    }

    #[test]
    fn rows_of_others_are_left_to_them() {
        let messages = json!([said("user", "a")]);
        for value in [
            json!({"messages": messages}),
            json!({"id": "x", "name": "x", "messages": messages}),
            json!({"name": "x", "messages": messages, "title": "y"}),
            json!({"name": "x", "messages": {}}),
            json!({"name": 1, "messages": messages}),
            json!([1]),
        ] {
            assert!(!matches(&own(&value)), "{value}");
        }
    }
}
