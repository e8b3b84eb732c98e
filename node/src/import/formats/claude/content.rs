//! The blocks of Claude's messages, and the files beside them.

use crate::import::fields::{self, Dropped};
use crate::import::json::Value;
use crate::import::media::{Medium, other};
use sheaf_protocol::chat::{MediaKind, Part};

/// Read here, or how a block is shown and when it was made.
#[rustfmt::skip]
const BLOCK_FIELDS: [&str; 36] = [
    "type", "text", "thinking", "summaries", "citations", "id", "tool_use_id", "name", "input",
    "content", "is_error", "title", "url", "source", "file_name", "uuid", "start_timestamp",
    "stop_timestamp", "message", "display_content", "approval_options", "approval_key",
    "approval_key_legacy", "integration_name", "integration_icon_url", "icon_name", "context",
    "is_mcp_app", "mcp_server_url", "tool_identifier", "hidden_in_chat", "meta", "signature",
    "alternative_display_type", "truncated", "partial_json",
];

/// What a message says: its blocks, or its text if they say nothing; then what was attached.
pub(super) fn parts_of(message: &Value, dropped: &mut Dropped) -> Vec<Part> {
    let blocks = fields::list(message, "content");
    let mut parts: Vec<Part> = blocks.iter().filter_map(|b| block(b, dropped)).collect();
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() {
        parts.extend(fields::text(message, "text").map(Part::text));
    }
    parts.extend(fields::list(message, "attachments").iter().map(|file| attachment(file, dropped)));
    parts.extend(files(message).iter().map(|file| attachment(file, dropped)));
    parts
}

fn block(value: &Value, dropped: &mut Dropped) -> Option<Part> {
    let part = read_block(value, dropped)?;
    // What is of an unknown kind is kept with all its fields.
    if !matches!(part, Part::Other { .. }) {
        dropped.unknown_fields("block", value, &BLOCK_FIELDS);
    }
    Some(part)
}

fn read_block(value: &Value, dropped: &mut Dropped) -> Option<Part> {
    Some(match fields::text(value, "type").unwrap_or_default() {
        "text" => {
            dropped.count_said(value.get("citations"), "sources of an answer");
            Part::text(fields::text(value, "text").unwrap_or_default())
        }
        "thinking" => thinking(value, dropped),
        "redacted_thinking" => {
            dropped.count("thoughts that only their provider can read");
            return None;
        }
        "tool_use" | "server_tool_use" | "mcp_tool_use" => call(value, dropped),
        "voice_note" => {
            let text = fields::text(value, "text");
            let kind = Some(MediaKind::Audio);
            Medium { kind, name: value.get("title"), text, ..Medium::default() }.part(dropped)
        }
        "image" => medium(MediaKind::Image, value, dropped),
        "document" => medium(MediaKind::File, value, dropped),
        "token_budget" => {
            dropped.count("token budget");
            return None;
        }
        kind if kind.ends_with("tool_result") => result(value, dropped),
        _ => other(value.get("type"), value, dropped),
    })
}

/// A thought, or the summaries of one that is not shown.
fn thinking(value: &Value, dropped: &mut Dropped) -> Part {
    let summaries = fields::list(value, "summaries").iter();
    let summaries: Vec<&str> = summaries.filter_map(|s| fields::text(s, "summary")).collect();
    let text = match fields::text(value, "thinking") {
        Some(text) => {
            if !summaries.is_empty() {
                dropped.count("summary of a thought (the thought is kept)");
            }
            text.to_owned()
        }
        None => summaries.join("\n"),
    };
    Part::Reasoning { text }
}

fn call(value: &Value, dropped: &mut Dropped) -> Part {
    let Some(name) = dropped.short(value.get("name"), "tool name") else {
        return other(value.get("type"), value, dropped);
    };
    let id = dropped.short(value.get("id"), "call id");
    Part::ToolCall { id, name, arguments: fields::json_text(value.get("input")) }
}

fn result(value: &Value, dropped: &mut Dropped) -> Part {
    let output: Vec<String> = match value.get("content") {
        Some(Value::Array(pieces)) => pieces.iter().map(|piece| found(piece, dropped)).collect(),
        content => vec![fields::json_text(content)],
    };
    Part::ToolResult {
        id: dropped.short(value.get("tool_use_id"), "call id"),
        name: dropped.short(value.get("name"), "tool name"),
        output: output.join("\n"),
        is_error: value.get("is_error").and_then(Value::as_bool).unwrap_or(false),
    }
}

/// A piece of what a tool answered: text, or a page with title, address and perhaps text.
fn found(piece: &Value, dropped: &mut Dropped) -> String {
    match fields::text(piece, "type").unwrap_or_default() {
        "text" | "knowledge" => {
            let texts = ["title", "url", "text"].iter().filter_map(|key| fields::text(piece, key));
            texts.collect::<Vec<_>>().join("\n")
        }
        "image" | "image_gallery" => {
            dropped.count("picture in what a tool answered");
            String::new()
        }
        _ => fields::json_text(Some(piece)),
    }
}

fn medium(kind: MediaKind, value: &Value, dropped: &mut Dropped) -> Part {
    let mime = value.at("/source/media_type");
    let name = fields::first(value, &["file_name", "title"]);
    Medium { kind: Some(kind), mime, name, ..Medium::default() }.part(dropped)
}

/// Newer exports list the same files twice, in two forms.
fn files<'a>(message: &'a Value<'a>) -> &'a [Value<'a>] {
    match fields::list(message, "files") {
        [] => fields::list(message, "files_v2"),
        files => files,
    }
}

/// A file; what the tool read out of it is kept as its text.
fn attachment(file: &Value, dropped: &mut Dropped) -> Part {
    let is_image = fields::text(file, "file_kind") == Some("image");
    Medium {
        kind: is_image.then_some(MediaKind::Image),
        mime: file.get("file_type"),
        name: file.get("file_name"),
        bytes: fields::first(file, &["file_size", "size_bytes"]),
        text: fields::text(file, "extracted_content"),
    }
    .part(dropped)
}
