//! Messages as the OpenAI API and most training tools write them: `{"messages": [{role, content}]}`
//! as one object, a list of them, or JSONL; or a bare list of messages.

use super::{Draft, Format};
use crate::import::fields::{self, Dropped};
use crate::import::report::SkipReason;
use serde_json::Value;
use sheaf_protocol::chat::{Chat, MediaKind, Message, Part, Role};

pub(super) const FORMAT: Format = Format { name: "OpenAI messages", matches, read };

const ROW_FIELDS: [&str; 7] =
    ["messages", "id", "conversation_id", "title", "model", "created", "created_at"];
const MESSAGE_FIELDS: [&str; 13] = [
    "role",
    "content",
    "name",
    "tool_calls",
    "function_call",
    "tool_call_id",
    "refusal",
    "reasoning",
    "reasoning_content",
    "model",
    "created",
    "created_at",
    "id",
];

/// Other tools have `messages` too, but with their own identifiers beside them.
fn matches(value: &Value) -> bool {
    let other = |key| value.get(key).is_some();
    let first = messages_of(value).and_then(|list| list.first());
    first.is_some_and(is_message) && !other("history") && !other("conversationId")
}

fn messages_of(value: &Value) -> Option<&Vec<Value>> {
    value.as_array().or_else(|| value.get("messages")?.as_array())
}

fn is_message(value: &Value) -> bool {
    let says = ["content", "tool_calls", "function_call"].iter().any(|k| value.get(k).is_some());
    says && value.get("role").is_some_and(Value::is_string)
}

/// Whether these bytes are a message rather than a row of messages.
pub(in crate::import) fn is_bare_message(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Value>(bytes).is_ok_and(|value| is_message(&value))
}

fn read(value: &Value, dropped: &mut Dropped) -> Result<Draft, SkipReason> {
    dropped.unknown_fields("row", value, &ROW_FIELDS);
    let mut messages = Vec::new();
    for (index, message) in messages_of(value).into_iter().flatten().enumerate() {
        let parent = u32::try_from(index).ok().and_then(|index| index.checked_sub(1));
        messages.push(read_message(index, parent, message, dropped)?);
    }
    let id = value.get("id").or_else(|| value.get("conversation_id"));
    let chat = Chat {
        title: dropped.short(value.get("title"), "title"),
        source: Some("openai-messages".into()),
        model: dropped.short(value.get("model"), "model"),
        created: created(value, dropped),
        messages,
        ..Chat::default()
    };
    Ok(Draft { source_id: id.and_then(Value::as_str).map(Into::into), chat })
}

fn created(value: &Value, dropped: &mut Dropped) -> Option<sheaf_protocol::time::Time> {
    dropped.time(value.get("created").or_else(|| value.get("created_at")))
}

fn read_message(
    index: usize,
    parent: Option<u32>,
    value: &Value,
    dropped: &mut Dropped,
) -> Result<Message, SkipReason> {
    dropped.unknown_fields("message", value, &MESSAGE_FIELDS);
    let shape = |expected| SkipReason::Shape { field: format!("message {}", index + 1), expected };
    let name = fields::text(value, "role").ok_or_else(|| shape("an object with a role"))?;
    let unknown = || SkipReason::Role { message: (index + 1).to_string(), role: name.into() };
    let role = fields::role(name).ok_or_else(unknown)?;
    let mut parts = reasoning(value);
    if role == Role::Tool {
        parts.push(tool_result(value, dropped));
    } else {
        parts.extend(content(value.get("content"), dropped));
    }
    parts.extend(fields::text(value, "refusal").map(Part::text));
    parts.extend(calls(value, dropped));
    Ok(Message {
        name: dropped.short(value.get("name"), "name"),
        model: dropped.short(value.get("model"), "model"),
        created: created(value, dropped),
        ..Message::new(role, parent, parts)
    })
}

fn reasoning(value: &Value) -> Vec<Part> {
    let text = fields::text(value, "reasoning_content").or(fields::text(value, "reasoning"));
    text.map(|text| Part::Reasoning { text: text.into() }).into_iter().collect()
}

/// A string, `null`, or a list of blocks.
pub(super) fn content(value: Option<&Value>, dropped: &mut Dropped) -> Vec<Part> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) if text.is_empty() => Vec::new(),
        Some(Value::String(text)) => vec![Part::text(text.as_str())],
        Some(Value::Array(blocks)) => blocks.iter().map(|b| block(b, dropped)).collect(),
        Some(other) => vec![Part::Other { kind: "content".into(), json: other.to_string() }],
    }
}

fn block(value: &Value, dropped: &mut Dropped) -> Part {
    let kind = fields::text(value, "type").unwrap_or("text");
    let said = fields::text(value, "text").or(fields::text(value, "value"));
    match (kind, said) {
        ("text" | "input_text" | "output_text", Some(text)) => Part::text(text),
        ("reasoning" | "thinking", Some(text)) => Part::Reasoning { text: text.into() },
        ("refusal", _) => Part::text(fields::text(value, "refusal").unwrap_or_default()),
        ("image_url", _) => image(value, dropped),
        ("input_audio", _) => audio(value, dropped),
        ("file", _) => file(value, dropped),
        _ if value.is_string() => Part::text(value.as_str().unwrap_or_default()),
        _ => {
            let kind = dropped.short(value.get("type"), "block type");
            Part::Other { kind: kind.unwrap_or_else(|| "block".into()), json: value.to_string() }
        }
    }
}

/// The address of an image on the web is kept as its name; one inside of the message is not carried.
fn image(value: &Value, dropped: &mut Dropped) -> Part {
    dropped.count("image (that it was there is kept)");
    let url = value.pointer("/image_url/url").or_else(|| value.get("image_url"));
    let data = url.and_then(Value::as_str).and_then(|url| url.strip_prefix("data:"));
    let (mime, name) = match data {
        Some(data) => (data.split([';', ',']).next(), None),
        None => (None, dropped.short(url, "image address")),
    };
    let mime = mime.filter(|mime| !mime.is_empty() && mime.len() < 100).map(Into::into);
    Part::Media { kind: MediaKind::Image, mime, name, bytes: None, text: None }
}

fn audio(value: &Value, dropped: &mut Dropped) -> Part {
    dropped.count("sound (that it was there is kept)");
    let format = value.pointer("/input_audio/format").and_then(Value::as_str);
    let mime = format.filter(|f| f.len() < 20).map(|format| format!("audio/{format}"));
    Part::Media { kind: MediaKind::Audio, mime, name: None, bytes: None, text: None }
}

fn file(value: &Value, dropped: &mut Dropped) -> Part {
    dropped.count("file (that it was there is kept)");
    let name = dropped.short(value.pointer("/file/filename"), "file name");
    Part::Media { kind: MediaKind::File, mime: None, name, bytes: None, text: None }
}

fn tool_result(value: &Value, dropped: &mut Dropped) -> Part {
    let blocks = content(value.get("content"), dropped);
    let output: Vec<&str> = blocks.iter().map(Part::body).collect();
    Part::ToolResult {
        id: dropped.short(value.get("tool_call_id"), "call id"),
        name: dropped.short(value.get("name"), "tool name"),
        output: output.join("\n"),
        is_error: false,
    }
}

fn calls(value: &Value, dropped: &mut Dropped) -> Vec<Part> {
    let mut parts = Vec::new();
    for call in fields::list(value, "tool_calls") {
        let function = call.get("function").or_else(|| call.get("custom")).unwrap_or(call);
        let id = dropped.short(call.get("id"), "call id");
        parts.push(tool_call(id, function, dropped));
    }
    if let Some(function) = value.get("function_call").filter(|call| call.is_object()) {
        parts.push(tool_call(None, function, dropped));
    }
    parts
}

fn tool_call(id: Option<String>, function: &Value, dropped: &mut Dropped) -> Part {
    let arguments = function.get("arguments").or_else(|| function.get("input"));
    let arguments = match arguments {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    match dropped.short(function.get("name"), "tool name") {
        Some(name) => Part::ToolCall { id, name, arguments },
        None => Part::Other { kind: "tool_call".into(), json: function.to_string() },
    }
}
