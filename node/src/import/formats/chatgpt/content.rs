//! The content types of ChatGPT's messages.

use crate::import::fields::{self, Dropped};
use crate::import::json::Value;
use crate::import::media::{Medium, other};
use sheaf_protocol::chat::{MediaKind, Part};

/// What a message says; parts that say nothing are left out.
pub(super) fn parts_of(message: &Value, dropped: &mut Dropped) -> Vec<Part> {
    let mut parts = match message.get("content") {
        Some(content) => content_parts(content, message, dropped),
        None => Vec::new(),
    };
    parts.extend(attachments(message, &parts, dropped));
    parts.extend(instructions(message));
    parts.retain(|part| !part.is_empty());
    parts
}

/// What the person told the model beforehand: of some releases it stands beside an empty text.
fn instructions(message: &Value) -> Vec<Part> {
    let told = message.at("/metadata/user_context_message_data");
    told.map_or(Vec::new(), |told| texts(told, &["about_user_message", "about_model_message"]))
}

fn content_parts(content: &Value, message: &Value, dropped: &mut Dropped) -> Vec<Part> {
    // Some exports leave the type out where it is text.
    match fields::text(content, "content_type").unwrap_or("text") {
        "text" | "multimodal_text" => pieces(content, dropped),
        "code" | "tether_browsing_code" => vec![code(content, dropped)],
        "execution_output" | "system_error" => vec![result(content, &["text"], message, dropped)],
        "tether_browsing_display" => {
            vec![result(content, &["result", "summary"], message, dropped)]
        }
        "tether_quote" | "sonic_webpage" => {
            vec![result(content, &["text", "snippet"], message, dropped)]
        }
        "thoughts" => {
            fields::list(content, "thoughts").iter().map(|t| thought(t, dropped)).collect()
        }
        "reasoning_recap" => vec![reasoning(fields::text(content, "content"))],
        "user_editable_context" => texts(content, &["user_profile", "user_instructions"]),
        "model_editable_context" => texts(content, &["model_set_context"]),
        _ => vec![other(content.get("content_type"), content, dropped)],
    }
}

/// The parts of a text; an export of the web page has the text itself. Failed answers have nulls.
fn pieces(content: &Value, dropped: &mut Dropped) -> Vec<Part> {
    let parts = fields::list(content, "parts").iter().filter(|part| !part.is_null());
    let parts: Vec<Part> = parts.map(|part| piece(part, dropped)).collect();
    if parts.is_empty() { texts(content, &["text"]) } else { parts }
}

/// One of `parts`: text, or an object that stands for a picture or a sound.
fn piece(part: &Value, dropped: &mut Dropped) -> Part {
    if let Some(text) = part.as_str() {
        return Part::text(text);
    }
    let kind = fields::text(part, "content_type").unwrap_or_default();
    match kind {
        "image_asset_pointer" => medium(MediaKind::Image, part, dropped),
        "audio_asset_pointer" => medium(MediaKind::Audio, part, dropped),
        "video_container_asset_pointer" | "real_time_user_audio_video_asset_pointer" => {
            medium(MediaKind::Video, part, dropped)
        }
        "audio_transcription" => Part::Media {
            kind: MediaKind::Audio,
            mime: None,
            name: None,
            bytes: None,
            text: fields::text(part, "text").map(Into::into),
        },
        _ => other(part.get("content_type"), part, dropped),
    }
}

/// An image that the model drew carries the words it was drawn from.
fn medium(kind: MediaKind, part: &Value, dropped: &mut Dropped) -> Part {
    let drawn_from = part.at("/metadata/dalle/prompt").and_then(Value::as_str);
    let bytes = part.get("size_bytes");
    Medium { kind: Some(kind), bytes, text: drawn_from, ..Medium::default() }.part(dropped)
}

fn attachments(message: &Value, said: &[Part], dropped: &mut Dropped) -> Vec<Part> {
    let has_image = said.iter().any(|p| matches!(p, Part::Media { kind: MediaKind::Image, .. }));
    let attached = message.at("/metadata/attachments").and_then(Value::as_array);
    let mut parts = Vec::new();
    for file in attached.into_iter().flatten() {
        let mime = fields::first(file, &["mime_type", "mimeType"]);
        let is_image = mime.and_then(Value::as_str).is_some_and(|mime| mime.starts_with("image/"));
        // A picture that is shown is also listed as an attachment.
        if is_image && has_image {
            continue;
        }
        let (name, bytes) = (file.get("name"), file.get("size"));
        parts.push(Medium { mime, name, bytes, ..Medium::default() }.part(dropped));
    }
    parts
}

fn code(content: &Value, dropped: &mut Dropped) -> Part {
    let language = dropped.short(content.get("language"), "language");
    Part::Code {
        language: language.filter(|language| language != "unknown"),
        text: fields::text(content, "text").unwrap_or_default().into(),
    }
}

/// What a tool answered: title and address of what it found, then the first of `keys` that says
/// something.
fn result(content: &Value, keys: &[&str], message: &Value, dropped: &mut Dropped) -> Part {
    let head = ["title", "url"].iter().filter_map(|key| fields::text(content, key));
    let body = keys.iter().find_map(|key| fields::text(content, key));
    let output: Vec<&str> = head.chain(body).collect();
    if keys.iter().filter_map(|key| fields::text(content, key)).nth(1).is_some() {
        dropped.count("summary of a result (the result is kept)");
    }
    let failed = message.at("/metadata/aggregate_result/in_kernel_exception");
    let is_error = fields::text(content, "content_type") == Some("system_error");
    Part::ToolResult {
        id: None,
        name: dropped.short(message.at("/author/name"), "tool name"),
        output: output.join("\n"),
        is_error: is_error || failed.is_some_and(|failed| !failed.is_null()),
    }
}

fn thought(thought: &Value, dropped: &mut Dropped) -> Part {
    let (whole, summary) = (fields::text(thought, "content"), fields::text(thought, "summary"));
    if whole.is_some() && summary.is_some() {
        dropped.count("summary of a thought (the thought is kept)");
    }
    reasoning(whole.or(summary))
}

fn reasoning(text: Option<&str>) -> Part {
    Part::Reasoning { text: text.unwrap_or_default().into() }
}

fn texts(content: &Value, keys: &[&str]) -> Vec<Part> {
    keys.iter().filter_map(|key| fields::text(content, key)).map(Part::text).collect()
}
