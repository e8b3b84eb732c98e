//! Google AI Studio prompts, as they lie in the Drive folder "Google AI Studio": one object a chat,
//! whose `chunkedPrompt.chunks` are the messages in order. (Google Takeout's activity of the Gemini
//! app is another format.)
//!
//! - A thought is a chunk of its own, before the answer. A chunk has `text`, or `parts`.
//! - What is attached lies in the person's Drive, or inside as base64.
//! - Newer files have a time for each chunk, older ones none. The title is the name of the file.
//! - A chat that was split off another names it in `branchParent`; only where a chunk of the same
//!   file is meant is it a branch.

use super::{Draft, Format};
use crate::import::fields::{self, Dropped};
use crate::import::forest::{After, Entry, grow};
use crate::import::json::Value;
use crate::import::media::{Medium, other};
use crate::import::report::SkipReason;
use sheaf_protocol::chat::{Chat, MediaKind, Message, Part, Role};
use std::collections::HashSet;

pub(super) const FORMAT: Format = Format { name: "Google AI Studio prompt", matches, read };

const MEDIA: [(&str, MediaKind); 10] = [
    ("driveImage", MediaKind::Image),
    ("driveVideo", MediaKind::Video),
    ("driveAudio", MediaKind::Audio),
    ("driveDocument", MediaKind::File),
    ("youtubeVideo", MediaKind::Video),
    ("inlineImage", MediaKind::Image),
    ("inlineVideo", MediaKind::Video),
    ("inlineAudio", MediaKind::Audio),
    ("inlineDocument", MediaKind::File),
    ("inlineFile", MediaKind::File),
];
/// Read here, or how a chunk was made and is shown.
#[rustfmt::skip]
const CHUNK_FIELDS: [&str; 34] = [
    "id", "role", "text", "parts", "isThought", "thought", "createTime", "branchParent",
    "branchChildren", "executableCode", "codeExecutionResult", "functionCall", "functionResponse",
    "inlineData", "fileData", "errorMessage", "grounding", "driveImage", "driveVideo",
    "driveAudio", "driveDocument", "youtubeVideo", "inlineImage", "inlineVideo", "inlineAudio",
    "inlineDocument", "inlineFile", "tokenCount", "finishReason", "isEdited", "safetyRatings",
    "thoughtSignature", "thinkingBudget", "isGeneratedUsingApiKey",
];

fn matches(value: &Value) -> bool {
    value.at("/chunkedPrompt/chunks").is_some_and(Value::is_array)
}

fn read(value: &Value, dropped: &mut Dropped) -> Result<Draft, SkipReason> {
    let unsent = value.get("pendingInputs").or_else(|| value.at("/chunkedPrompt/pendingInputs"));
    for input in unsent.and_then(Value::as_array).into_iter().flatten() {
        dropped.count_said(input.get("text"), "message that was not sent");
    }
    let chunks = value.at("/chunkedPrompt/chunks").and_then(Value::as_array);
    let chunks = chunks.unwrap_or_default();
    let grown = grow(entries(chunks, dropped), None, dropped, message)?;
    let model = value.at("/runSettings/model").and_then(Value::as_str);
    let model = model.map(|model| Value::from(model.trim_start_matches("models/")));
    let chat = Chat {
        source: Some("gemini".into()),
        model: dropped.short(model.as_ref(), "model"),
        messages: grown.led_by(Some(&instructions(value))).messages,
        ..Chat::default()
    };
    Ok(Draft { source_id: None, chat })
}

/// What the person told the model beforehand: an object with a text or with parts, often empty.
fn instructions(value: &Value) -> String {
    let told = value.get("systemInstruction").unwrap_or(&Value::Null);
    let parts = fields::list(told, "parts").iter().filter_map(|part| fields::text(part, "text"));
    let text = told.as_str().or(fields::text(told, "text")).map(Into::into);
    text.unwrap_or_else(|| parts.collect::<Vec<_>>().join("\n"))
}

fn entries<'a>(chunks: &'a [Value<'a>], dropped: &mut Dropped) -> Vec<Entry<'a, &'a Value<'a>>> {
    let ids: HashSet<&str> = chunks.iter().filter_map(|chunk| fields::text(chunk, "id")).collect();
    let mut entries = Vec::with_capacity(chunks.len());
    for (n, chunk) in chunks.iter().enumerate() {
        let parent = chunk.at("/branchParent/id").and_then(Value::as_str);
        let after = match parent.filter(|parent| ids.contains(parent)) {
            Some(parent) => After::Message(parent),
            None if n == 0 => After::Nothing,
            None => After::Previous,
        };
        if !matches!(after, After::Message(_)) {
            dropped.count_said(chunk.get("branchParent"), "link to the chat it was split off");
        }
        dropped.count_said(chunk.get("branchChildren"), "link to a chat that was split off");
        entries.push(Entry { id: fields::text(chunk, "id"), after, value: chunk });
    }
    entries
}

/// The message, or `None` if it says nothing.
fn message(
    place: &str,
    value: &Value,
    dropped: &mut Dropped,
) -> Result<Option<Message>, SkipReason> {
    dropped.unknown_fields("chunk", value, &CHUNK_FIELDS);
    let name = fields::text(value, "role").unwrap_or_default();
    let role = match name {
        "model" => Role::Assistant,
        name => fields::role(name).ok_or_else(|| fields::unknown_role(place, name))?,
    };
    let parts = parts_of(value, dropped);
    if parts.is_empty() {
        dropped.count(format!("empty {} message", role.name()));
        return Ok(None);
    }
    let created = dropped.time(value.get("createTime"));
    Ok(Some(Message { created, ..Message::new(role, None, parts) }))
}

fn parts_of(chunk: &Value, dropped: &mut Dropped) -> Vec<Part> {
    dropped.count_said(chunk.get("grounding"), "sources of an answer");
    let mut parts = pieces(chunk, dropped);
    // What has a text of its own has its pieces repeated there.
    let is_told = fields::text(chunk, "text").is_some();
    let is_text = |part: &Part| matches!(part, Part::Text { .. } | Part::Reasoning { .. });
    for part in fields::list(chunk, "parts") {
        parts.extend(pieces(part, dropped).into_iter().filter(|part| !is_told || !is_text(part)));
    }
    let error = chunk.get("errorMessage").filter(|error| fields::says(error));
    parts.extend(error.map(|error| other(Some(&Value::from("error")), error, dropped)));
    parts
}

/// What a chunk, or one of its parts, says.
fn pieces(value: &Value, dropped: &mut Dropped) -> Vec<Part> {
    let is = |key| value.get(key).and_then(Value::as_bool).unwrap_or(false);
    let text = fields::text(value, "text").map(|text| match is("isThought") || is("thought") {
        true => Part::Reasoning { text: text.into() },
        false => Part::text(text),
    });
    let mut parts: Vec<Part> = text.into_iter().collect();
    for (key, field) in value.as_object().into_iter().flatten().filter(|(_, v)| fields::says(v)) {
        let medium = MEDIA.iter().find(|(name, _)| *name == key);
        match (key, medium) {
            (_, Some((_, kind))) => parts.push(attached(Some(*kind), field, dropped)),
            ("inlineData" | "fileData", _) => parts.push(attached(None, field, dropped)),
            ("executableCode", _) => parts.push(program(field, dropped)),
            ("codeExecutionResult", _) => parts.push(outcome(field)),
            ("functionCall", _) => parts.push(call(field, dropped)),
            ("functionResponse", _) => parts.push(result(field, dropped)),
            _ => {}
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// A file by its address, or inside as base64, whose size follows from its length.
fn attached(kind: Option<MediaKind>, value: &Value, dropped: &mut Dropped) -> Part {
    let first = |keys: &[&str]| fields::first(value, keys);
    let inside = fields::text(value, "data").map(|data| Value::from(data.len() / 4 * 3));
    Medium {
        kind,
        mime: first(&["mimeType", "mime_type"]),
        name: first(&["name", "displayName", "fileUri", "id"]),
        bytes: inside.as_ref(),
        text: None,
    }
    .part(dropped)
}

fn program(value: &Value, dropped: &mut Dropped) -> Part {
    let language = dropped.short(value.get("language"), "language");
    let language = language.map(|language| language.to_lowercase());
    let text = fields::text(value, "code").unwrap_or_default().into();
    Part::Code { language: language.filter(|l| l != "language_unspecified"), text }
}

fn outcome(value: &Value) -> Part {
    Part::ToolResult {
        id: None,
        name: None,
        output: fields::text(value, "output").unwrap_or_default().into(),
        is_error: fields::text(value, "outcome").is_some_and(|outcome| outcome != "OUTCOME_OK"),
    }
}

fn call(value: &Value, dropped: &mut Dropped) -> Part {
    let Some(name) = dropped.short(value.get("name"), "tool name") else {
        return other(Some(&Value::from("functionCall")), value, dropped);
    };
    let id = dropped.short(value.get("id"), "call id");
    Part::ToolCall { id, name, arguments: fields::json_text(value.get("args")) }
}

fn result(value: &Value, dropped: &mut Dropped) -> Part {
    Part::ToolResult {
        id: dropped.short(value.get("id"), "call id"),
        name: dropped.short(value.get("name"), "tool name"),
        output: fields::json_text(value.get("response")),
        is_error: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::json::own;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    fn read_all(value: &Value) -> (Chat, BTreeMap<String, u64>) {
        let value = &own(value);
        assert!(matches(value), "{value}");
        let mut dropped = Dropped::default();
        let chat = read(value, &mut dropped).unwrap_or_else(|e| panic!("{e}: {value}")).chat;
        chat.validate().unwrap();
        (chat, dropped.into_counts())
    }

    fn chunks(chunks: Value) -> Value {
        json!({"runSettings": {"model": "models/gemini-3-pro"}, "systemInstruction": {},
            "chunkedPrompt": {"chunks": chunks, "pendingInputs": [{"text": "", "role": "user"}]}})
    }

    #[test]
    fn chunks_are_messages_in_order_and_instructions_lead_them() {
        let mut value = chunks(json!([
            {"role": "user", "text": "2+2?", "tokenCount": 4, "createTime": "2026-01-01T00:00:03Z"},
            {"role": "model", "text": "Adding.", "isThought": true, "parts": [{"text": "Add", "thought": true}]},
            {"role": "model", "text": "", "finishReason": "STOP"},
            {"role": "model", "text": "4", "grounding": {"x": 1}, "isEdited": true, "mood": 2}]));
        let (chat, dropped) = read_all(&value);
        let told: Vec<_> =
            chat.messages.iter().map(|m| (m.parent, m.role, m.parts[0].clone())).collect();
        let expected = [
            (None, Role::User, Part::text("2+2?")),
            (Some(0), Role::Assistant, Part::Reasoning { text: "Adding.".into() }),
            (Some(1), Role::Assistant, Part::text("4")),
        ];
        assert_eq!(told, expected);
        assert_eq!(chat.model.as_deref(), Some("gemini-3-pro"));
        assert_eq!(chat.messages[0].created.map(|t| t.ms()), Some(1_767_225_603_000));
        let lost = ["chunk field “mood”", "empty assistant message", "sources of an answer"];
        assert_eq!(dropped.keys().collect::<Vec<_>>(), lost);
        for told in [
            json!({"text": "Be brief."}),
            json!({"parts": [{"text": "Be"}, {"text": "brief."}]}),
            json!("Be brief."),
        ] {
            value["systemInstruction"] = told;
            value["pendingInputs"] = json!([{"text": "draft"}]);
            let (chat, dropped) = read_all(&value);
            assert_eq!(chat.messages[0].role, Role::System);
            assert_eq!(chat.messages[0].parts[0].body().replace('\n', " "), "Be brief.");
            assert_eq!(chat.messages[1].parent, Some(0));
            assert_eq!(dropped["message that was not sent"], 1);
        }
    }

    #[test]
    fn programs_calls_files_and_failures_find_their_parts() {
        let (chat, _) = read_all(&chunks(json!([
            {"role": "user", "driveImage": {"id": "d1"}},
            {"role": "user", "inlineFile": {"mimeType": "text/plain", "data": "QUJDRA=="}},
            {"role": "user", "youtubeVideo": {"id": "y"}},
            {"role": "model", "executableCode": {"language": "PYTHON", "code": "1/0"}},
            {"role": "model", "codeExecutionResult": {"outcome": "OUTCOME_FAILED", "output": "ZeroDivisionError"}},
            {"role": "model", "parts": [{"text": "Hm.", "thought": true}, {"text": "Call."},
                {"functionCall": {"name": "f", "args": {"a": 1}}}, {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}]},
            {"role": "user", "functionResponse": {"name": "f", "response": {"ok": true}}},
            {"role": "model", "text": "See.", "parts": [{"text": "See."}, {"inlineData": {"data": ""}}]},
            {"role": "model", "errorMessage": "internal"}])));
        let medium = |kind, mime: Option<&str>, name: Option<&str>, bytes| Part::Media {
            kind,
            mime: mime.map(Into::into),
            name: name.map(Into::into),
            bytes,
            text: None,
        };
        let said: Vec<&[Part]> = chat.messages.iter().map(|m| m.parts.as_slice()).collect();
        assert_eq!(said[0], [medium(MediaKind::Image, None, Some("d1"), None)]);
        assert_eq!(said[1], [medium(MediaKind::File, Some("text/plain"), None, Some(6))]);
        assert_eq!(said[2], [medium(MediaKind::Video, None, Some("y"), None)]);
        assert_eq!(said[3], [Part::Code { language: Some("python".into()), text: "1/0".into() }]);
        let output = "ZeroDivisionError".into();
        assert_eq!(said[4], [Part::ToolResult { id: None, name: None, output, is_error: true }]);
        let arguments = r#"{"a":1}"#.into();
        let call = Part::ToolCall { id: None, name: "f".into(), arguments };
        let thought = Part::Reasoning { text: "Hm.".into() };
        let image = medium(MediaKind::Image, Some("image/png"), None, Some(3));
        assert_eq!(said[5], [thought, Part::text("Call."), call, image]);
        assert_eq!(said[6][0].body(), r#"{"ok":true}"#);
        assert_eq!(said[7], [Part::text("See."), medium(MediaKind::File, None, None, None)]);
        assert!(matches!(&said[8][0], Part::Other { kind, .. } if kind == "error"));
    }

    #[test]
    fn a_branch_is_one_only_inside_of_the_file() {
        let (chat, dropped) = read_all(&chunks(json!([
            {"id": "1", "role": "user", "text": "a", "branchParent": {"promptId": "prompts/x", "displayName": "Old"}},
            {"id": "2", "role": "model", "text": "b", "branchChildren": [{"promptId": "prompts/y"}]},
            {"id": "3", "role": "model", "text": "c", "branchParent": {"id": "1"}},
            {"role": "user", "text": "d"}])));
        let parents: Vec<_> = chat.messages.iter().map(|m| m.parent).collect();
        assert_eq!(parents, [None, Some(0), Some(0), Some(2)]);
        assert_eq!(dropped["link to the chat it was split off"], 1);
        assert_eq!(dropped["link to a chat that was split off"], 1);
        let wizard = chunks(json!([{"role": "wizard", "text": "x"}]));
        let error = read(&own(&wizard), &mut Dropped::default()).err().unwrap();
        assert_eq!(error.to_string(), "message 1 has the unknown role “wizard”");
    }
}
