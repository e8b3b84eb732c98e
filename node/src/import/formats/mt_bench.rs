//! Answers of a model to MT-Bench (and Vicuna's questions): `{"question_id", "model_id", "choices":
//! [{"index", "turns": [text, …]}], "tstamp"}`.
//!
//! Each choice is a branch of its own. The questions stand in another file, which is counted; what
//! is here are the model's words, turn after turn.

use super::{Draft, Format};
use crate::import::fields::{self, Dropped};
use crate::import::json::Value;
use crate::import::report::SkipReason;
use crate::import::{paths, row};
use sheaf_protocol::chat::{Chat, Message, Role};

pub(super) const FORMAT: Format = Format { name: "MT-Bench answers", matches, read };

/// The identifier of an answer says nothing beside that of its question.
const FIELDS: [&str; 6] =
    ["question_id", "answer_id", "model_id", "choices", "tstamp", "conversation_id"];

fn matches(value: &Value) -> bool {
    let first = fields::list(value, "choices").first();
    first.is_some_and(|choice| choice.get("turns").is_some_and(Value::is_array))
}

fn read(value: &Value, dropped: &mut Dropped) -> Result<Draft, SkipReason> {
    dropped.unknown_fields("row", value, &FIELDS);
    let mut messages: Vec<Message> = Vec::new();
    for choice in fields::list(value, "choices") {
        dropped.unknown_fields("choice", choice, &["index", "turns"]);
        let turns = fields::list(choice, "turns").iter().map(|turn| answer(turn, dropped));
        let branch = paths::chain(turns.collect::<Result<_, _>>()?);
        let shift = u32::try_from(messages.len()).unwrap_or(u32::MAX);
        let below =
            |m: Message| Message { parent: m.parent.map(|at| at.saturating_add(shift)), ..m };
        messages.extend(branch.into_iter().map(below));
    }
    let chat = Chat {
        source: Some("mt-bench".into()),
        model: dropped.short(value.get("model_id"), "model"),
        created: dropped.time(value.get("tstamp")),
        messages,
        ..Chat::default()
    };
    Ok(Draft { source_id: row::id(value, &["question_id", "answer_id"]), chat })
}

fn answer(turn: &Value, dropped: &mut Dropped) -> Result<Message, SkipReason> {
    let expected = "text";
    let shape = || SkipReason::Shape { field: "a turn".into(), expected };
    dropped.count("question of MT-Bench, which stands in another file");
    Ok(row::said(Role::Assistant, turn.as_str().ok_or_else(shape)?))
}
