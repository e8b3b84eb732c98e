//! Reading the fields of foreign JSON, and counting what has no place in the normal form.

use super::json::{Object, Value};
use super::nested;
use super::report::SkipReason;
use super::times;
use crate::limits::IMPORT_DROPPED_KINDS_MAX;
use sheaf_protocol::chat::{ChatError, Role};
use sheaf_protocol::limits::{CHAT_FIELD_BYTES_MAX, CHAT_MESSAGES_MAX};
use sheaf_protocol::time::Time;
use std::collections::BTreeMap;

/// Counts of what could not be carried over.
#[derive(Default)]
pub(super) struct Dropped(BTreeMap<String, u64>);

impl Dropped {
    pub(super) fn count(&mut self, what: impl Into<String>) {
        let what = what.into();
        let full = self.0.len() >= IMPORT_DROPPED_KINDS_MAX && !self.0.contains_key(&what);
        let what = if full { "other things".into() } else { what };
        *self.0.entry(what).or_default() += 1;
    }

    /// Counts the fields of `object` beside those `known`, unless they say nothing.
    pub(super) fn unknown_fields(&mut self, of: &str, object: &Value, known: &[&str]) {
        let fields = object.as_object().into_iter().flatten();
        for (name, _) in fields
            .filter(|(name, value)| says(value) && !known.contains(name) && *name != nested::FIELD)
        {
            let name: String = name.chars().take(40).collect();
            self.count(format!("{of} field “{name}”"));
        }
    }

    /// A short text, cut at the bound of the normal form; empty is absent.
    pub(super) fn short(&mut self, text: Option<&Value>, name: &str) -> Option<String> {
        let text = text?.as_str()?;
        let cut = text.floor_char_boundary(CHAT_FIELD_BYTES_MAX);
        if cut < text.len() {
            self.count(format!("end of a long {name}"));
        }
        (cut > 0).then(|| text[..cut].to_owned())
    }

    /// A moment, in any of the ways in which tools write one.
    pub(super) fn time(&mut self, value: Option<&Value>) -> Option<Time> {
        let value = value.filter(|value| says(value))?;
        let time = times::read(value);
        if time.is_none() {
            self.count("time that is not one");
        }
        time
    }

    /// Counts `what` if the field says anything.
    pub(super) fn count_said(&mut self, value: Option<&Value>, what: &str) {
        if value.is_some_and(says) {
            self.count(what);
        }
    }

    pub(super) fn into_counts(self) -> BTreeMap<String, u64> {
        self.0
    }
}

/// Whether a field says anything: null, `false` and what is empty do not.
pub(super) fn says(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}

/// The text under `key`, if it is one and not empty.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str().filter(|text| !text.is_empty())
}

/// The list under `key`, or none.
pub(super) fn list<'a>(value: &'a Value<'a>, key: &str) -> &'a [Value<'a>] {
    value.get(key).and_then(Value::as_array).unwrap_or_default()
}

/// The object under `key`, or the error that it is none.
pub(super) fn object<'a>(value: &'a Value<'a>, key: &str) -> Result<&'a Object<'a>, SkipReason> {
    let found = value.get(key).and_then(Value::as_object);
    found.ok_or_else(|| SkipReason::Shape { field: key.into(), expected: "an object" })
}

/// The role of this name; `function` is the older name of a tool.
pub(super) fn role(name: &str) -> Option<Role> {
    Some(match name {
        "system" => Role::System,
        "developer" => Role::Developer,
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "tool" | "function" => Role::Tool,
        _ => return None,
    })
}

/// Refuses more messages than a chat may have, before room is made for them.
pub(super) fn not_too_many(messages: usize) -> Result<(), SkipReason> {
    match messages {
        0..=CHAT_MESSAGES_MAX => Ok(()),
        found => Err(ChatError::TooManyMessages { found }.into()),
    }
}

/// The error that a role has a name that cannot be understood.
pub(super) fn unknown_role(message: &str, role: &str) -> SkipReason {
    let short = |text: &str| text.chars().take(80).collect();
    SkipReason::Role { message: short(message), role: short(role) }
}

/// JSON as text; a text is itself, and what is absent is empty.
pub(super) fn json_text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.to_string(),
        Some(other) => other.to_string(),
    }
}

/// The first of the fields that is not null; what is empty may be meant so, as arguments are.
pub(super) fn given<'a>(value: &'a Value<'a>, keys: &[&str]) -> Option<&'a Value<'a>> {
    keys.iter().filter_map(|key| value.get(key)).find(|value| !value.is_null())
}

/// The first of the fields that says anything: some tools write both the new name and the old one,
/// and null under either.
pub(super) fn first<'a>(value: &'a Value<'a>, keys: &[&str]) -> Option<&'a Value<'a>> {
    keys.iter().filter_map(|key| value.get(key)).find(|value| says(value))
}
