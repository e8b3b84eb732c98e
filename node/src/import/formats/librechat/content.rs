//! The blocks of LibreChat's messages, their texts, and the files beside them.

use crate::import::fields::{self, Dropped};
use crate::import::json::Value;
use crate::import::media::{Medium, other};
use sheaf_protocol::chat::{MediaKind, Part};

/// What a message says: its blocks, or its text if they say nothing; then files.
pub(super) fn parts_of(value: &Value, dropped: &mut Dropped) -> Vec<Part> {
    let mut parts = Vec::new();
    for block in fields::list(value, "content") {
        parts.extend(read_block(block, dropped));
    }
    parts.retain(|part| !part.is_empty());
    // Answers of OpenAI's assistants have calls in the blocks, the answer itself in the text.
    if !parts.iter().any(|part| matches!(part, Part::Text { .. } | Part::Other { .. })) {
        parts.extend(said(value));
    }
    parts.extend(fields::list(value, "files").iter().map(|f| file(f, dropped)));
    parts.extend(fields::list(value, "attachments").iter().filter_map(|f| made(f, dropped)));
    parts
}

/// The text of a message, its thought apart; or the failure that stands in its place.
fn said(value: &Value) -> Vec<Part> {
    let Some(text) = fields::text(value, "text") else { return Vec::new() };
    if value.get("error").is_some_and(fields::says) {
        return vec![failure(text)];
    }
    let thought = text.strip_prefix(":::thinking\n").and_then(|rest| rest.split_once("\n:::"));
    let Some((thought, text)) = thought else { return vec![Part::text(text)] };
    let mut parts =
        vec![Part::Reasoning { text: thought.into() }, Part::text(text.trim_start_matches('\n'))];
    parts.retain(|part| !part.is_empty());
    parts
}

pub(super) fn failure(text: &str) -> Part {
    Part::Other { kind: "error".into(), json: Value::from(text).to_string() }
}

fn read_block(value: &Value, dropped: &mut Dropped) -> Vec<Part> {
    match fields::text(value, "type").unwrap_or_default() {
        "text" => vec![Part::text(text_of(value, "text"))],
        "think" => vec![Part::Reasoning { text: text_of(value, "think") }],
        "tool_call" => call(value.get("tool_call").unwrap_or(value), dropped),
        "image_url" | "image_file" => vec![image(value, dropped)],
        "error" => vec![failure(&text_of(value, "error"))],
        // Which agent takes over.
        "agent_update" => {
            dropped.count("change of the agent that answers");
            Vec::new()
        }
        _ => vec![other(value.get("type"), value, dropped)],
    }
}

/// A text, or an object that has it as its `value`.
fn text_of(block: &Value, key: &str) -> String {
    let text = block.get(key);
    fields::json_text(text.and_then(|text| text.get("value")).or(text))
}

/// A call with its result; both stand under `function` in older releases.
fn call(value: &Value, dropped: &mut Dropped) -> Vec<Part> {
    let inner = value.get("function").filter(|function| function.is_object()).unwrap_or(value);
    let Some(name) = dropped.short(inner.get("name"), "tool name") else {
        return vec![other(value.get("type"), value, dropped)];
    };
    let id = dropped.short(value.get("id"), "call id");
    let arguments = fields::json_text(fields::given(inner, &["args", "arguments"]));
    let output = fields::json_text(inner.get("output"));
    let call = Part::ToolCall { id: id.clone(), name: name.clone(), arguments };
    vec![call, Part::ToolResult { id, name: Some(name), output, is_error: false }]
}

fn image(value: &Value, dropped: &mut Dropped) -> Part {
    let at = |pointer| value.at(pointer);
    let name =
        at("/image_file/filename").or_else(|| at("/image_url/url")).or_else(|| at("/image_url"));
    Medium { kind: Some(MediaKind::Image), name, ..Medium::default() }.part(dropped)
}

fn file(value: &Value, dropped: &mut Dropped) -> Part {
    let (mime, name, bytes) = (value.get("type"), value.get("filename"), value.get("bytes"));
    Medium { mime, name, bytes, text: fields::text(value, "text"), ..Medium::default() }
        .part(dropped)
}

/// What a tool made: a file, or sources and the like, which are not carried.
fn made(value: &Value, dropped: &mut Dropped) -> Option<Part> {
    if fields::text(value, "filename").is_some() {
        return Some(file(value, dropped));
    }
    dropped.count("sources of an answer");
    None
}
