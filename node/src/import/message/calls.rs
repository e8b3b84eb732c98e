//! Calls of tools: as objects beside a message, and as JSON text that a message consists of.

use crate::import::fields::{self, Dropped};
use crate::import::json::{self, Value};
use sheaf_protocol::chat::Part;

/// The calls that stand beside a message: `tool_calls`, and the older `function_call`.
pub(super) fn beside(message: &Value, dropped: &mut Dropped) -> Vec<Part> {
    let mut parts = Vec::new();
    for call in fields::list(message, "tool_calls") {
        parts.push(one(call, dropped));
    }
    for text in ["tool_calls", "function_call"].iter().filter_map(|key| fields::text(message, key))
    {
        parts.extend(from_text(text, dropped));
    }
    if let Some(call) = message.get("function_call").filter(|call| call.is_object()) {
        parts.push(one(call, dropped));
    }
    parts
}

/// One call: `{id, function: {name, arguments}}`, or the name and what it is called with at once.
pub(super) fn one(call: &Value, dropped: &mut Dropped) -> Part {
    let function = call.get("function").or_else(|| call.get("custom"));
    let function = function.filter(|function| function.is_object()).unwrap_or(call);
    let id = call.get("id").or_else(|| call.get("call_id")).or_else(|| call.get("tool_call_id"));
    let keys = ["arguments", "input", "parameters"];
    let arguments = match keys.iter().find_map(|key| function.get(key)) {
        Some(Value::String(text)) => text.to_string(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    match name(function, dropped) {
        Some(name) => Part::ToolCall { id: dropped.short(id, "call id"), name, arguments },
        None => Part::Other { kind: "tool_call".into(), json: call.to_string() },
    }
}

fn name(function: &Value, dropped: &mut Dropped) -> Option<String> {
    let name = function.get("name").or_else(|| function.get("function"));
    dropped.short(name, "tool name")
}

/// Calls written as JSON text: one object or a list of them. What is no call stays text.
pub(super) fn from_text(text: &str, dropped: &mut Dropped) -> Vec<Part> {
    let calls: Vec<(Value<'_>, &str)> = match json::read(text.as_bytes()) {
        Ok(Value::Array(calls)) => calls.into_iter().zip(pieces(text)).collect(),
        Ok(call) => vec![(call, text)],
        Err(_) => Vec::new(),
    };
    let named = |call: &Value| call.get("name").or_else(|| call.get("function")).is_some();
    if calls.is_empty() || !calls.iter().all(|(call, _)| named(call)) {
        return vec![Part::text(text)];
    }
    calls.iter().map(|(call, text)| as_written(call, text, dropped)).collect()
}

/// The call with its arguments as they are written: a parsed object would have lost the order of
/// its keys and the digits of its numbers.
fn as_written(call: &Value, text: &str, dropped: &mut Dropped) -> Part {
    let part = one(call, dropped);
    let is_object = call.get("arguments").or_else(|| call.get("parameters"));
    match (part, is_object.is_some_and(|a| !a.is_string() && !a.is_null())) {
        (Part::ToolCall { id, name, arguments }, true) => {
            let written = member(text, "arguments").or_else(|| member(text, "parameters"));
            Part::ToolCall { id, name, arguments: written.map_or(arguments, Into::into) }
        }
        (part, _) => part,
    }
}

/// What stands between the outermost commas of the JSON object or list `text`, which is valid.
fn pieces(text: &str) -> Vec<&str> {
    let text = text.trim();
    let (mut depth, mut in_text, mut escaped) = (0_u32, false, false);
    let (mut pieces, mut start) = (Vec::new(), 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'{' | b'[' => {
                depth += 1;
                start = if depth == 1 { at + 1 } else { start };
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if !in_text && (depth == 0 || (depth == 1 && byte == b',')) && at > start {
            pieces.extend(text.get(start..at).map(str::trim));
            start = at + 1;
        }
    }
    pieces
}

/// The value under `key` of the valid JSON object `text`, as it is written.
fn member<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    pieces(text).into_iter().find_map(|piece| {
        let rest = piece.strip_prefix('"')?.strip_prefix(key)?.strip_prefix('"')?;
        Some(rest.trim_start().strip_prefix(':')?.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(text: &str) -> Vec<(String, String)> {
        let parts = from_text(text, &mut Dropped::default()).into_iter();
        let call = |part| match part {
            Part::ToolCall { name, arguments, .. } => (name, arguments),
            other => ("-".into(), other.body().into()),
        };
        parts.map(call).collect()
    }

    #[test]
    fn calls_in_text_keep_their_arguments_as_they_are_written() {
        for (text, name, arguments) in [
            (
                r#"{"name": "f", "arguments": {"z": 1.50, "a": "}, \"x\" ,"}}"#,
                "f",
                r#"{"z": 1.50, "a": "}, \"x\" ,"}"#,
            ),
            (r#"{"arguments" : "{\"a\":1}","name":"f"}"#, "f", r#"{"a":1}"#),
            (
                r#" {"function": {"name": "f", "arguments": {"b":2,"a":1}}} "#,
                "f",
                r#"{"a":1,"b":2}"#,
            ),
            (r#"{"name":"f","parameters":[1, 2]}"#, "f", "[1, 2]"),
            (r#"{"name":"f"}"#, "f", ""),
            ("get_weather(Paris)", "-", "get_weather(Paris)"),
            (r#"{"city":"Paris"}"#, "-", r#"{"city":"Paris"}"#),
            ("[]", "-", "[]"),
        ] {
            assert_eq!(calls(text), [(name.to_owned(), arguments.to_owned())], "{text}");
        }
        let two = calls(
            r#"[{"name":"f","arguments":{"b": 1,"a": [1, {}]}}, {"name":"g","arguments":{}}]"#,
        );
        let expected = [("f", r#"{"b": 1,"a": [1, {}]}"#), ("g", "{}")];
        assert_eq!(two, expected.map(|(name, text)| (name.to_owned(), text.to_owned())));
    }
}
