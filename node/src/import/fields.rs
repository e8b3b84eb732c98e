//! Reading the fields of foreign JSON, and counting what has no place in the normal form.

use super::report::SkipReason;
use crate::limits::IMPORT_DROPPED_KINDS_MAX;
use serde_json::{Map, Value};
use sheaf_protocol::chat::Role;
use sheaf_protocol::limits::CHAT_FIELD_BYTES_MAX;
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
        for (name, _) in fields.filter(|(k, v)| !v.is_null() && !known.contains(&k.as_str())) {
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

    /// Seconds since the epoch, whole or not.
    pub(super) fn time(&mut self, seconds: Option<&Value>) -> Option<Time> {
        let value = seconds.filter(|value| !value.is_null())?;
        let time = value.as_f64().and_then(time_of);
        if time.is_none() {
            self.count("time that is not one");
        }
        time
    }

    pub(super) fn into_counts(self) -> BTreeMap<String, u64> {
        self.0
    }
}

fn time_of(seconds: f64) -> Option<Time> {
    let ms = (seconds * 1000.0).round();
    // The cast saturates; NaN and negative times are refused before it.
    (ms >= 0.0).then_some(ms as u64).and_then(Time::from_ms)
}

/// The text under `key`, if it is one and not empty.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str().filter(|text| !text.is_empty())
}

/// The list under `key`, or none.
pub(super) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The object under `key`, or the error that it is none.
pub(super) fn object<'a>(
    value: &'a Value,
    key: &str,
) -> Result<&'a Map<String, Value>, SkipReason> {
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
