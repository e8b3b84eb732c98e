//! Rows of LMSYS-Chat-1M and WildChat: `{"conversation": [{role, content}], "model", "language",
//! "openai_moderation": […], "redacted", …}`, as JSONL or from Parquet.
//!
//! The moderation is a list with one finding a message. WildChat says of each message its language,
//! whether it is toxic or redacted, and when it was written; its row has the time of the last
//! message. Columns that identify people (`hashed_ip`, `header`, `country`, `state`) are left out.

use super::{Draft, Format};
use crate::import::feedback::Opinion;
use crate::import::fields::{self, Dropped};
use crate::import::json::Value;
use crate::import::moderation::{self, PERSONAL};
use crate::import::report::SkipReason;
use crate::import::{message, paths, row};
use sheaf_protocol::chat::{Chat, Message};

pub(super) const FORMAT: Format = Format { name: "LMSYS-Chat-1M or WildChat", matches, read };

const ROW_FIELDS: [&str; 13] = [
    "conversation_id",
    "conversation_hash",
    "model",
    "conversation",
    "turn",
    "language",
    "openai_moderation",
    "detoxify_moderation",
    "toxic",
    "redacted",
    "timestamp",
    "tstamp",
    "id",
];
const MESSAGE_FIELDS: [&str; 10] = [
    "role",
    "content",
    "language",
    "toxic",
    "redacted",
    "timestamp",
    "created",
    "model",
    "turn_identifier",
    "name",
];
const FLAGS: [&str; 2] = ["toxic", "redacted"];

fn matches(value: &Value) -> bool {
    let signs = ["openai_moderation", "conversation_hash", "hashed_ip", "redacted", "toxic"];
    let has_sign = signs.iter().any(|sign| value.get(sign).is_some());
    let first = fields::list(value, "conversation").first();
    has_sign && first.is_some_and(message::is_message)
}

fn is_wildchat(value: &Value) -> bool {
    let signs = ["conversation_hash", "hashed_ip", "detoxify_moderation", "toxic"];
    let first = fields::list(value, "conversation").first();
    let in_message = first.is_some_and(|m| m.get("turn_identifier").or(m.get("toxic")).is_some());
    in_message || signs.iter().any(|sign| value.get(sign).is_some())
}

fn read(value: &Value, dropped: &mut Dropped) -> Result<Draft, SkipReason> {
    dropped.unknown_fields("row", value, &[&ROW_FIELDS[..], &PERSONAL].concat());
    moderation::leave_out_personal(value, dropped);
    let mut messages = Vec::new();
    for (index, message) in fields::list(value, "conversation").iter().enumerate() {
        messages.push(read_message(index, message, value, dropped)?);
    }
    let ended = dropped.time(value.get("timestamp").or_else(|| value.get("tstamp")));
    if let Some(last) = messages.last_mut() {
        last.created = last.created.or(ended);
    }
    let source = if is_wildchat(value) { "wildchat" } else { "lmsys" };
    let chat = Chat {
        source: Some(source.into()),
        model: dropped.short(value.get("model"), "model"),
        created: messages.iter().find_map(|message| message.created),
        messages: paths::chain(messages),
        feedback: opinion_of(value, dropped).finish(),
        ..Chat::default()
    };
    Ok(Draft { source_id: row::id(value, &["conversation_id", "conversation_hash", "id"]), chat })
}

/// The language and the flags of a row or of a message.
fn opinion_of(value: &Value, dropped: &mut Dropped) -> Opinion {
    let mut opinion = Opinion::default();
    row::language(value, &mut opinion, dropped);
    moderation::flags(value, &FLAGS, &mut opinion, dropped);
    opinion
}

fn read_message(
    index: usize,
    value: &Value,
    row: &Value,
    dropped: &mut Dropped,
) -> Result<Message, SkipReason> {
    dropped.unknown_fields("message", value, &[&MESSAGE_FIELDS[..], &PERSONAL].concat());
    moderation::leave_out_personal(value, dropped);
    let mut opinion = opinion_of(value, dropped);
    if let Some(found) = fields::list(row, "openai_moderation").get(index) {
        moderation::moderation(found, &mut opinion, dropped);
    }
    let found = fields::list(row, "detoxify_moderation").get(index);
    moderation::scores("detoxify", found, &mut opinion, dropped);
    let message = message::read_known(index, value, dropped)?;
    Ok(Message { feedback: opinion.finish(), ..message })
}
