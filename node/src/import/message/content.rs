//! What a message says: text, or a list of blocks as the APIs of several vendors write them.

use super::calls;
use crate::import::fields::{self, Dropped};
use crate::import::json::Value;
use crate::import::media::Medium;
use sheaf_protocol::chat::{MediaKind, Part};

/// A string, `null`, or blocks; what says nothing is left out.
pub(in crate::import) fn parts(value: Option<&Value>, dropped: &mut Dropped) -> Vec<Part> {
    let mut parts = match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) => vec![Part::text(&**text)],
        Some(Value::Array(blocks)) => blocks.iter().map(|b| block(b, dropped)).collect(),
        Some(one) if one.get("type").is_some() => vec![block(one, dropped)],
        Some(other) => vec![Part::Other { kind: "content".into(), json: other.to_string() }],
    };
    parts.retain(|part| !part.is_empty());
    parts
}

fn block(value: &Value, dropped: &mut Dropped) -> Part {
    if let Some(text) = value.as_str() {
        return Part::text(text);
    }
    let said = ["text", "value", "content"].iter().find_map(|key| fields::text(value, key));
    match kind_of(value) {
        "text" | "input_text" | "output_text" | "summary_text" => {
            Part::text(said.unwrap_or_default())
        }
        "reasoning" | "thinking" | "reasoning_text" => {
            let text = fields::text(value, "thinking").or(said).unwrap_or_default();
            Part::Reasoning { text: text.into() }
        }
        "refusal" => Part::text(fields::text(value, "refusal").unwrap_or_default()),
        "image_url" | "image" | "input_image" => medium(MediaKind::Image, value, dropped),
        "video_url" | "video" | "input_video" => medium(MediaKind::Video, value, dropped),
        "input_audio" | "audio_url" | "audio" => medium(MediaKind::Audio, value, dropped),
        "file" | "input_file" | "document" => medium(MediaKind::File, value, dropped),
        "tool_use" | "tool_call" => calls::one(value, dropped),
        "tool_result" => result(value, dropped),
        _ => other(value, dropped),
    }
}

/// Blocks without a type say by their key what they are.
fn kind_of<'a>(value: &'a Value<'a>) -> &'a str {
    let keys = ["text", "value", "image", "image_url", "video", "audio", "file"];
    let by_key = || keys.into_iter().find(|key| value.get(key).is_some_and(fields::says));
    match fields::text(value, "type").or_else(by_key) {
        None | Some("value") => "text",
        Some(kind) => kind,
    }
}

fn other(value: &Value, dropped: &mut Dropped) -> Part {
    let kind = dropped.short(value.get("type"), "block type");
    Part::Other { kind: kind.unwrap_or_else(|| "block".into()), json: value.to_string() }
}

fn result(value: &Value, dropped: &mut Dropped) -> Part {
    let said = parts(value.get("content").filter(|content| !nests(content)), dropped);
    let output: Vec<&str> = said.iter().map(Part::body).collect();
    Part::ToolResult {
        id: dropped.short(value.get("tool_use_id"), "call id"),
        name: dropped.short(value.get("name"), "tool name"),
        output: output.join("\n"),
        is_error: value.get("is_error").and_then(Value::as_bool).unwrap_or(false),
    }
}

/// A result within a result is of no known format, and would be a recursion.
fn nests(content: &Value) -> bool {
    let blocks = content.as_array().unwrap_or_default();
    blocks.iter().any(|block| kind_of(block) == "tool_result") || kind_of(content) == "tool_result"
}

/// That an image, a sound or a file was there. Its address on the web is kept as its name, of a
/// path only the last component; the bytes of one inside of the message are not carried.
fn medium(kind: MediaKind, value: &Value, dropped: &mut Dropped) -> Part {
    let address = address(value);
    let data = address.and_then(|address| address.strip_prefix("data:"));
    let mime = match data {
        Some(data) => data.split([';', ',']).next().map(Value::from),
        None => declared_type(value),
    };
    let name = Value::from(address.map(file_name));
    Medium { kind: Some(kind), mime: mime.as_ref(), name: Some(&name), ..Medium::default() }
        .part(dropped)
}

fn address<'a>(value: &'a Value<'a>) -> Option<&'a str> {
    let places = [
        "/image_url/url",
        "/image_url",
        "/video_url/url",
        "/video_url",
        "/audio_url/url",
        "/audio_url",
        "/file/filename",
        "/filename",
        "/image",
        "/video",
        "/audio",
        "/source/url",
        "/url",
        "/path",
        "/name",
    ];
    places.iter().find_map(|place| value.at(place)?.as_str())
}

fn declared_type<'a>(value: &'a Value<'a>) -> Option<Value<'a>> {
    let places = ["/source/media_type", "/mimeType", "/mime_type"];
    let found = places.iter().filter_map(|place| value.at(place)).find(|v| v.is_string());
    let format = || value.at("/input_audio/format")?.as_str();
    found.cloned().or_else(|| format().map(|format| Value::from(format!("audio/{format}"))))
}

/// A web address as it is; of a path only the last component, for the folders above it are the
/// business of whoever owns the machine.
pub(in crate::import) fn file_name(address: &str) -> &str {
    match address {
        _ if address.contains("://") || address.starts_with("data:") => address,
        path => path.rsplit(['/', '\\']).next().unwrap_or_default(),
    }
}
