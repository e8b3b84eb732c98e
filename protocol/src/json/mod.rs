//! JSON with one text per value: RFC 8785 (JCS) for values without floating point numbers.
//!
//! Dataset rows are JSON for the tools of others; that they are also canonical lets a row be hashed
//! as it stands. Key order never depends on how `serde_json` was built.

mod write;

pub use write::{WriteError, to_canonical, to_canonical_about};

use crate::limits::{JSON_DEPTH_MAX, JSON_INTEGER_MAX};
use serde_json::Value;
use std::cmp::Ordering;

/// Why a text is not canonical JSON.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// Not JSON at all; the message names line and column.
    #[error("not JSON: {0}")]
    Syntax(#[from] serde_json::Error),
    /// Arrays and objects nested deeper than [`JSON_DEPTH_MAX`].
    #[error("nested deeper than {JSON_DEPTH_MAX} levels")]
    TooDeep,
    /// A floating point number, or an integer beyond ±(2^53 − 1).
    #[error("{0} is not an integer within 2^53")]
    Number(serde_json::Number),
    /// JSON, but not in canonical form: spaces, key order, a repeated key, an escape too many.
    #[error("not the canonical form of its value, from byte {at} on")]
    Form {
        /// Offset of the first byte that differs from the canonical form.
        at: usize,
    },
}

/// The canonical text of `value`: no spaces, keys in order of their UTF-16 code units, the shortest
/// escapes. Numbers must be integers within ±(2^53 − 1); others are written as `serde_json` does.
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value);
    out
}

/// Reads a text that is the canonical form of its value, and nothing else.
///
/// # Errors
/// [`JsonError`] says whether it is the syntax, the depth, a number or the form.
pub fn parse_canonical(text: &str) -> Result<Value, JsonError> {
    let value = serde_json::from_str(text)?;
    check(&value, 0)?;
    let form = canonical(&value);
    if form == text {
        return Ok(value);
    }
    let same = form.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
    Err(JsonError::Form { at: same })
}

fn check(value: &Value, depth: usize) -> Result<(), JsonError> {
    match value {
        Value::Array(_) | Value::Object(_) if depth == JSON_DEPTH_MAX => Err(JsonError::TooDeep),
        Value::Array(items) => items.iter().try_for_each(|item| check(item, depth + 1)),
        Value::Object(fields) => fields.values().try_for_each(|item| check(item, depth + 1)),
        Value::Number(number) if !is_exact(number) => Err(JsonError::Number(number.clone())),
        _ => Ok(()),
    }
}

fn is_exact(number: &serde_json::Number) -> bool {
    let magnitude = number.as_i64().map(i64::unsigned_abs).or(number.as_u64());
    magnitude.is_some_and(|n| n <= JSON_INTEGER_MAX)
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => write_text(out, text),
        Value::Array(items) => write_list(out, ['[', ']'], items, write_value),
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by(|(a, _), (b, _)| key_order(a, b));
            write_list(out, ['{', '}'], fields, |out, (key, value)| {
                write_text(out, key);
                out.push(':');
                write_value(out, value);
            });
        }
    }
}

/// The order of keys: that of their UTF-16 code units.
fn key_order(a: &str, b: &str) -> Ordering {
    match a.is_ascii() && b.is_ascii() {
        true => a.cmp(b),
        false => a.encode_utf16().cmp(b.encode_utf16()),
    }
}

fn write_list<T>(
    out: &mut String,
    [open, close]: [char; 2],
    items: impl IntoIterator<Item = T>,
    write: impl Fn(&mut String, T),
) {
    out.push(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(close);
}

fn write_text(out: &mut String, text: &str) {
    out.reserve(text.len() + 2);
    out.push('"');
    let mut rest = text;
    loop {
        let (plain, special) = rest.split_at(plain_len(rest.as_bytes()));
        out.push_str(plain);
        let Some(c) = special.chars().next() else { break };
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            c => out.push_str(&format!("\\u{:04x}", u32::from(c))),
        }
        // What is written with an escape is ASCII.
        rest = &special[1..];
    }
    out.push('"');
}

/// Bytes looked at together, without a branch for each.
const RUN_BYTES: usize = 16;

/// How many bytes from the start are written as they are: up to an ASCII byte that is escaped.
fn plain_len(bytes: &[u8]) -> usize {
    let is_escaped = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
    let any = |run: &&[u8; RUN_BYTES]| run.iter().fold(false, |any, byte| any | is_escaped(byte));
    let (runs, _) = bytes.as_chunks::<RUN_BYTES>();
    let plain = runs.iter().take_while(|run| !any(run)).count() * RUN_BYTES;
    let rest = &bytes[plain..];
    plain + rest.iter().position(is_escaped).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_by_utf16_code_units() {
        // RFC 8785 §3.2.3: the emoji's surrogates sort before U+FB33, unlike its UTF-8 bytes.
        let value = json!({"\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "\u{f6}": 7});
        let text = canonical(&value);
        let order: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(order, ['2', '1', '4', '6', '7', '1', '5', '3']);
    }

    #[test]
    fn escapes_are_the_shortest() {
        let value = json!("\u{0}\u{8}\t\n\u{c}\r\u{1f}\"\\/\u{7f}é");
        assert_eq!(canonical(&value), "\"\\u0000\\b\\t\\n\\f\\r\\u001f\\\"\\\\/\u{7f}é\"");
    }

    #[test]
    fn other_texts_of_the_same_value_are_refused() {
        for text in
            ["{\"a\":1,\"a\":1}", "{\"b\":1,\"a\":1}", "[1, 2]", "[1]\n", "\"\\u0041\"", "[-0]"]
        {
            assert!(parse_canonical(text).is_err(), "{text} is not canonical");
        }
        assert!(matches!(parse_canonical("[1.5]"), Err(JsonError::Number(_))));
        assert!(matches!(parse_canonical("[9007199254740992]"), Err(JsonError::Number(_))));
        assert!(parse_canonical("[9007199254740991]").is_ok());
        assert!(matches!(parse_canonical("{\"a\":1,\"a\":1}"), Err(JsonError::Form { at: 6 })));
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |n: usize| "[".repeat(n) + &"]".repeat(n);
        assert!(parse_canonical(&nested(JSON_DEPTH_MAX)).is_ok());
        assert!(matches!(parse_canonical(&nested(JSON_DEPTH_MAX + 1)), Err(JsonError::TooDeep)));
        assert!(matches!(parse_canonical(&nested(100_000)), Err(JsonError::Syntax(_))));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            texts in proptest::collection::btree_map(any::<String>(), any::<i32>(), 0..8),
        ) {
            let value = json!(texts);
            prop_assert_eq!(parse_canonical(&canonical(&value)).unwrap(), value);
        }
    }
}
