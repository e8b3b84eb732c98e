//! The normal form itself: one chat a line, as `sheaf import --json` writes it, and the rows of a
//! data set (`chats.jsonl`), which hold a chat with its terms and its place in a log.
//!
//! A chat comes back exactly as it was. Of a row only the chat is taken; that its terms stay behind
//! is counted, for whoever shares it anew gives terms of their own, and must be allowed to.

use super::{Draft, Format};
use crate::import::fields::Dropped;
use crate::import::json::{Value, typed};
use crate::import::records::RecordError;
use crate::import::report::SkipReason;
use crate::limits::IMPORT_ROW_TREE_BYTES_MAX;
use sheaf_protocol::chat::{Chat, ChatError};
use sheaf_protocol::dataset::Row;

pub(super) const FORMAT: Format = Format { name: "Sheaf chats", matches, read };

/// Messages in normal form have parts and no content.
fn matches(value: &Value) -> bool {
    let messages = value.get("messages").and_then(Value::as_array);
    let is_normal = |m: &Value| m.get("role").is_some() && m.get("content").is_none();
    value.get("version").is_some_and(Value::is_u64)
        && messages.is_some_and(|messages| messages.iter().all(is_normal))
}

fn read(value: &Value, dropped: &mut Dropped) -> Result<Draft, SkipReason> {
    if value.get("sheaf").is_none() {
        return Ok(Draft { source_id: None, chat: chat(value)? });
    }
    if long_way(value) > IMPORT_ROW_TREE_BYTES_MAX {
        return Err(RecordError::TooManyValues.into());
    }
    // Sorted and without spaces: the one form of a row.
    let row = Row::from_line(&value.to_string())?;
    dropped.count("terms of a dataset row: its licence, usage, day, attribution and labels");
    let at = row.position;
    Ok(Draft { source_id: Some(format!("{}#{}", at.community, at.index)), chat: row.chat })
}

/// As [`Chat::from_json`]; the rules of its fields are checked by the caller.
fn chat(value: &Value) -> Result<Chat, ChatError> {
    match value.get("version").and_then(Value::as_u64) {
        Some(1) | None => {}
        Some(version) => return Err(ChatError::Version(version)),
    }
    let chat = typed(value)?;
    match unsaid(value) {
        Some(at) => Err(ChatError::JsonForm { at }),
        None => Ok(chat),
    }
}

/// Where there is a value that the normal form leaves out: it says that something is absent by the
/// absence of its key.
fn unsaid(value: &Value) -> Option<String> {
    match value {
        Value::Array(items) => (0..).zip(items).find_map(|(place, item)| {
            let at = if is_unsaid(item) { Some(String::new()) } else { unsaid(item) };
            at.map(|at| format!("[{place}]{at}"))
        }),
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            let at = if is_unsaid(value) { Some(String::new()) } else { unsaid(value) };
            at.map(|at| {
                if at.is_empty() || at.starts_with('[') {
                    format!("{name}{at}")
                } else {
                    format!("{name}.{at}")
                }
            })
        }),
        _ => None,
    }
}

fn is_unsaid(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Bytes of memory that a row takes if it is not in its one form, and what is wrong with it is looked
/// for.
fn long_way(value: &Value) -> usize {
    const NODE_BYTES: usize = 700;
    match value {
        Value::Array(items) => items.iter().map(long_way).sum::<usize>() + 64,
        Value::Object(fields) => {
            fields.iter().map(|(_, value)| long_way(value)).sum::<usize>() + NODE_BYTES
        }
        _ => 64,
    }
}
