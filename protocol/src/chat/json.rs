//! The JSON form: what a dataset row carries. One JSON value per chat and back, so that whoever
//! holds a row can compute the canonical bytes.

use super::{Chat, ChatError};
use serde_json::Value;

impl Chat {
    /// The chat as JSON: the names of the fields as keys; a key is absent when its value is absent,
    /// `false` or an empty list. Numbers are integers.
    pub fn to_json(&self) -> Value {
        // Fails only for maps with keys that are not text; a chat has no maps.
        serde_json::to_value(self).unwrap_or(Value::Null)
    }

    /// Reads the JSON form and checks every rule. Other forms of the same chat (`null` for an
    /// absent key, an empty list) are refused.
    ///
    /// # Errors
    /// [`ChatError`] names the rule and the field.
    pub fn from_json(value: &Value) -> Result<Self, ChatError> {
        use serde::Deserialize as _;
        if let Some(version) = value.get("version").and_then(Value::as_u64).filter(|v| *v != 1) {
            return Err(ChatError::Version(version));
        }
        let chat = Self::deserialize(value)?;
        chat.validate()?;
        match difference(value, &chat.to_json(), String::new()) {
            Some(at) => Err(ChatError::JsonForm { at }),
            None => Ok(chat),
        }
    }
}

/// Where `found` first differs from `form`. Both have the depth of a chat, so recursion is shallow.
fn difference(found: &Value, form: &Value, at: String) -> Option<String> {
    let index = |n: usize| format!("{at}[{n}]");
    match (found, form) {
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            (0..).zip(a.iter().zip(b)).find_map(|(n, (a, b))| difference(a, b, index(n)))
        }
        (Value::Object(a), Value::Object(b)) => a.iter().find_map(|(key, a)| {
            let at = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
            match b.get(key) {
                Some(b) => difference(a, b, at),
                None => Some(at),
            }
        }),
        _ => (found != form).then_some(at),
    }
}
