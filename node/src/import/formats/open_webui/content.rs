//! What a message of Open WebUI says: the items of its `output`, its `content`, its files.

use super::details;
use crate::import::fields::{self, Dropped};
use crate::import::json::Value;
use crate::import::media::{Medium, other};
use crate::import::message;
use sheaf_protocol::chat::{MediaKind, Part, Role};

pub(super) fn parts_of(message: &Value, role: Role, dropped: &mut Dropped) -> Vec<Part> {
    let mut parts = output(fields::list(message, "output"), dropped);
    let content = content(message, role, dropped);
    let answers = |parts: &[Part]| parts.iter().any(|part| matches!(part, Part::Text { .. }));
    if parts.is_empty() {
        parts = content;
    } else if !answers(&parts) {
        // The thoughts and calls in it are those of the items.
        parts.extend(content.into_iter().filter(|part| matches!(part, Part::Text { .. })));
    }
    parts.extend(fields::list(message, "files").iter().map(|f| file(f, dropped)));
    parts.extend(beside(message, "error", dropped));
    parts.extend(beside(message, "merged", dropped));
    for sources in ["sources", "citations"] {
        dropped.count_said(message.get(sources), "sources of an answer");
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn content(message: &Value, role: Role, dropped: &mut Dropped) -> Vec<Part> {
    match fields::text(message, "content") {
        Some(text) if role == Role::Assistant => details::parts_of(text),
        _ => message::content::parts(message.get("content"), dropped),
    }
}

/// The answer as it was before the person rewrote it.
pub(super) fn original_of<'a>(message: &'a Value<'a>) -> Option<&'a str> {
    let original = fields::text(message, "originalContent")?;
    (Some(original) != fields::text(message, "content")).then_some(original)
}

/// A failure, or one answer made of those of several models: nothing that was said in turn.
fn beside(message: &Value, key: &str, dropped: &mut Dropped) -> Option<Part> {
    let value = message.get(key).filter(|value| fields::says(value))?;
    Some(other(Some(&Value::from(key)), value, dropped))
}

/// Items as the OpenAI Responses API has them.
fn output(items: &[Value], dropped: &mut Dropped) -> Vec<Part> {
    let mut parts = Vec::new();
    for item in items {
        match fields::text(item, "type").unwrap_or_default() {
            "message" => parts.push(Part::text(texts(item.get("content")))),
            "reasoning" => parts.push(reasoning(item, dropped)),
            "function_call" | "custom_tool_call" => parts.push(call(item, dropped)),
            "function_call_output" | "custom_tool_call_output" => {
                parts.push(result(item, dropped));
            }
            "code_interpreter" | "open_webui:code_interpreter" => {
                parts.extend(program(item, dropped));
            }
            _ => parts.push(other(item.get("type"), item, dropped)),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// A text, or the texts of a list joined as the tool joins them.
fn texts(value: Option<&Value>) -> String {
    match value {
        Some(Value::Array(pieces)) => {
            pieces.iter().filter_map(|piece| fields::text(piece, "text")).collect()
        }
        other => fields::json_text(other),
    }
}

fn reasoning(item: &Value, dropped: &mut Dropped) -> Part {
    let (whole, summary) = (texts(item.get("content")), texts(item.get("summary")));
    if !whole.is_empty() && !summary.is_empty() {
        dropped.count("summary of a thought (the thought is kept)");
    }
    Part::Reasoning { text: if whole.is_empty() { summary } else { whole } }
}

fn call(item: &Value, dropped: &mut Dropped) -> Part {
    let Some(name) = dropped.short(item.get("name"), "tool name") else {
        return other(item.get("type"), item, dropped);
    };
    let id = dropped.short(fields::first(item, &["call_id", "id"]), "call id");
    let arguments = fields::given(item, &["arguments", "input"]);
    Part::ToolCall { id, name, arguments: fields::json_text(arguments) }
}

fn result(item: &Value, dropped: &mut Dropped) -> Part {
    dropped.count_said(item.get("files"), "file that a tool made");
    Part::ToolResult {
        id: dropped.short(item.get("call_id"), "call id"),
        name: None,
        output: texts(item.get("output")),
        is_error: fields::text(item, "status") == Some("failed"),
    }
}

/// A program that was run, and what came of it.
fn program(item: &Value, dropped: &mut Dropped) -> [Part; 2] {
    let language = fields::first(item, &["lang", "language"]);
    let code = Part::Code {
        language: dropped.short(language, "language"),
        text: fields::text(item, "code").unwrap_or_default().into(),
    };
    let output = fields::json_text(item.get("output"));
    [code, Part::ToolResult { id: None, name: None, output, is_error: false }]
}

/// A file; what the tool read out of it is kept as its text.
fn file(value: &Value, dropped: &mut Dropped) -> Part {
    let at = |pointer: &str| value.at(pointer).filter(|found| fields::says(found));
    let is_image = fields::text(value, "type") == Some("image");
    let text = at("/file/data/content").and_then(Value::as_str);
    Medium {
        kind: is_image.then_some(MediaKind::Image),
        mime: at("/content_type").or_else(|| at("/file/meta/content_type")),
        name: at("/name").or_else(|| at("/file/filename")).or_else(|| at("/url")),
        bytes: at("/size").or_else(|| at("/file/meta/size")),
        text,
    }
    .part(dropped)
}
