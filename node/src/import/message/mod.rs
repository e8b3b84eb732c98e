//! One message as APIs and training files write it: `{role, content}` with calls, reasoning and
//! media beside it, `{from, value}` (ShareGPT), or an item of OpenAI's Responses.

mod calls;
pub(super) mod content;
mod roles;

use super::feedback::Opinion;
use super::fields::{self, Dropped};
use super::media::Medium;
use super::report::SkipReason;
use crate::import::json::Value;
use roles::Speaker;
use sheaf_protocol::chat::{Feedback, MediaKind, Message, Part, Role};

/// The fields of a message that are read.
const FIELDS: [&str; 30] = [
    "role",
    "from",
    "content",
    "value",
    "text",
    "name",
    "tool_calls",
    "function_call",
    "tool_call_id",
    "tool_name",
    "tools",
    "functions",
    "refusal",
    "reasoning",
    "reasoning_content",
    "thinking",
    "model",
    "created",
    "created_at",
    "timestamp",
    "id",
    "weight",
    "loss",
    "loss_weight",
    "train",
    "audio",
    "annotations",
    "type",
    "status",
    "recipient",
];

/// By which a training file says how much a message counts.
const WEIGHTS: [&str; 4] = ["weight", "loss_weight", "loss", "train"];

/// Whether `value` is a message: it has a speaker and says something or calls a tool.
pub(super) fn is_message(value: &Value) -> bool {
    let keys = ["content", "value", "tool_calls", "function_call"];
    name_of(value).is_some() && keys.iter().any(|key| value.get(key).is_some())
}

/// The name of who speaks.
pub(super) fn name_of<'a>(value: &'a Value<'a>) -> Option<&'a str> {
    fields::text(value, "role").or_else(|| fields::text(value, "from"))
}

/// Reads every message of a list.
pub(super) fn read_all(list: &[Value], dropped: &mut Dropped) -> Result<Vec<Message>, SkipReason> {
    fields::not_too_many(list.len())?;
    list.iter().enumerate().map(|(index, message)| read(index, message, dropped)).collect()
}

/// Reads one message, the `index`th of its list, and counts the fields that are not known.
pub(super) fn read(
    index: usize,
    value: &Value,
    dropped: &mut Dropped,
) -> Result<Message, SkipReason> {
    if let Some(item) = item(value, dropped) {
        return Ok(item);
    }
    dropped.unknown_fields("message", value, &FIELDS);
    read_known(index, value, dropped)
}

/// Reads one message whose fields the caller has counted.
pub(super) fn read_known(
    index: usize,
    value: &Value,
    dropped: &mut Dropped,
) -> Result<Message, SkipReason> {
    let number = index + 1;
    let expected = "an object with a role";
    let shape = || SkipReason::Shape { field: format!("message {number}"), expected };
    let name = name_of(value).ok_or_else(shape)?;
    let unknown = || fields::unknown_role(&number.to_string(), name);
    let speaker = roles::speaker(name).ok_or_else(unknown)?;
    let parts = parts(speaker, value, dropped);
    let author = value.get("name").filter(|author| fields::says(author));
    let author = author.cloned().or_else(|| speaker.named.then(|| Value::from(name)));
    let created = ["created", "created_at", "timestamp"].iter().find_map(|key| value.get(key));
    Ok(Message {
        name: dropped.short(author.as_ref(), "name"),
        recipient: dropped.short(value.get("recipient"), "recipient"),
        model: dropped.short(value.get("model"), "model"),
        created: dropped.time(created),
        feedback: weight(value, dropped),
        ..Message::new(speaker.role, None, parts)
    })
}

fn parts(speaker: Speaker, value: &Value, dropped: &mut Dropped) -> Vec<Part> {
    let keys = ["content", "value", "text"];
    let said = keys.iter().filter_map(|key| value.get(key)).find(|said| fields::says(said));
    let mut parts = tools(value).into_iter().collect::<Vec<_>>();
    parts.extend(reasoning(value));
    match said {
        Some(Value::String(text)) if speaker.calls => {
            parts.extend(calls::from_text(text, dropped));
        }
        _ if speaker.role == Role::Tool => parts.extend(answered(value, said, dropped)),
        _ => parts.extend(content::parts(said, dropped)),
    }
    parts.extend(fields::text(value, "refusal").map(Part::text));
    parts.extend(value.get("audio").filter(|audio| audio.is_object()).map(|a| spoken(a, dropped)));
    parts.extend(calls::beside(value, dropped));
    parts.extend(annotations(value));
    parts
}

/// The tools that a model could call, as JSON text: a list, or text that is one.
pub(super) fn tools(value: &Value) -> Option<Part> {
    let tools = ["tools", "functions"].iter().filter_map(|key| value.get(key));
    let json = match tools.into_iter().find(|tools| fields::says(tools))? {
        Value::String(text) if matches!(text.trim(), "" | "[]" | "{}" | "null") => return None,
        Value::String(text) => text.to_string(),
        tools => tools.to_string(),
    };
    Some(Part::Other { kind: "tools".into(), json })
}

fn reasoning(value: &Value) -> Option<Part> {
    let keys = ["reasoning_content", "reasoning", "thinking"];
    let text = keys.iter().find_map(|key| fields::text(value, key))?;
    Some(Part::Reasoning { text: text.into() })
}

/// What a tool answered: its text as one result, and whatever else it gave behind.
fn answered(value: &Value, said: Option<&Value>, dropped: &mut Dropped) -> Vec<Part> {
    let parts = content::parts(said, dropped);
    if parts.iter().any(|part| matches!(part, Part::ToolResult { .. })) {
        return parts;
    }
    let (text, rest): (Vec<_>, Vec<_>) =
        parts.into_iter().partition(|part| !matches!(part, Part::Media { .. }));
    let output: Vec<&str> = text.iter().map(Part::body).collect();
    let name = value.get("name").or_else(|| value.get("tool_name"));
    let result = Part::ToolResult {
        id: dropped.short(value.get("tool_call_id"), "call id"),
        name: dropped.short(name, "tool name"),
        output: output.join("\n"),
        is_error: false,
    };
    std::iter::once(result).chain(rest).collect()
}

/// What the model said aloud: its words are kept.
fn spoken(audio: &Value, dropped: &mut Dropped) -> Part {
    let text = fields::text(audio, "transcript");
    Medium { kind: Some(MediaKind::Audio), text, ..Medium::default() }.part(dropped)
}

/// Sources that an answer cites.
fn annotations(value: &Value) -> Option<Part> {
    let cited = value.get("annotations").filter(|cited| fields::says(cited))?;
    Some(Part::Other { kind: "annotations".into(), json: cited.to_string() })
}

fn weight(value: &Value, dropped: &mut Dropped) -> Option<Feedback> {
    let mut opinion = Opinion::default();
    for key in WEIGHTS {
        let number = value.get(key).and_then(|weight| match weight {
            Value::Bool(counts) => Some(Value::from(i64::from(*counts))),
            Value::Null => None,
            number => Some(number.clone()),
        });
        opinion.score(key, number.as_ref(), dropped);
    }
    opinion.finish()
}

/// An item of OpenAI's Responses that is no message: a call, its result, or reasoning.
fn item(value: &Value, dropped: &mut Dropped) -> Option<Message> {
    let kind = fields::text(value, "type").filter(|_| name_of(value).is_none())?;
    let (role, parts) = match kind {
        "function_call" | "custom_tool_call" => (Role::Assistant, vec![calls::one(value, dropped)]),
        "function_call_output" | "custom_tool_call_output" => {
            let id = dropped.short(value.get("call_id"), "call id");
            let said = content::parts(value.get("output"), dropped);
            let output = said.iter().map(Part::body).collect::<Vec<_>>().join("\n");
            (Role::Tool, vec![Part::ToolResult { id, name: None, output, is_error: false }])
        }
        "reasoning" => {
            let said = [value.get("summary"), value.get("content")].into_iter();
            let thought = |part: Part| Part::Reasoning { text: part.body().into() };
            let parts = said.flat_map(|said| content::parts(said, dropped)).map(thought).collect();
            (Role::Assistant, parts)
        }
        _ => return None,
    };
    Some(Message::new(role, None, parts))
}
