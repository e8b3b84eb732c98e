//! Rows of a prompt and what was answered: Alpaca (`instruction`, `input`, `output`, `history`),
//! prompt and completion (KTO adds a label), and pairs of a preferred and a rejected answer (DPO).
//!
//! Each of prompt and answers is text, a message, or a list of messages; the lists of a pair may
//! repeat the prompt, or there is no prompt and they share their beginning. OpenAI's own files of
//! preferences have `{"input": {"messages", "tools"}, "preferred_output", "non_preferred_output"}`.
//! Anthropic's HH files write a whole talk into one text (`\n\nHuman: …\n\nAssistant: …`).

use super::{Draft, Format};
use crate::import::fields::{self, Dropped};
use crate::import::json::Value;
use crate::import::message;
use crate::import::report::SkipReason;
use crate::import::row::{self, Opening};
use sheaf_protocol::chat::{Message, Role};

pub(super) const FORMAT: Format = Format { name: "prompts and answers", matches, read };

const PROMPTS: [&str; 4] = ["prompt", "instruction", "query", "question"];
const ANSWERS: [&str; 3] = ["completion", "output", "response"];
const FIELDS: [&str; 9] = [
    "prompt",
    "instruction",
    "query",
    "question",
    "input",
    "history",
    "completion",
    "output",
    "response",
];

fn matches(value: &Value) -> bool {
    let said = |key: &str| value.get(key).is_some_and(|v| v.is_string() || v.is_array());
    let answered = ANSWERS.into_iter().any(said) || value.get("rejected_response").is_some();
    row::is_pair(value) || (PROMPTS.into_iter().any(said) && answered)
}

fn read(value: &Value, dropped: &mut Dropped) -> Result<Draft, SkipReason> {
    let mut messages = history(value, dropped);
    for key in PROMPTS {
        messages.extend(listed(value.get(key), Role::User, dropped)?);
    }
    ask_with_input(value, &mut messages, dropped)?;
    for key in ANSWERS {
        messages.extend(listed(value.get(key), Role::Assistant, dropped)?);
    }
    row::read(value, Opening { source: source(value), messages, fields: &FIELDS }, dropped)
}

fn source(value: &Value) -> &'static str {
    match (row::is_pair(value), value.get("instruction")) {
        (true, _) => "preference-pairs",
        (false, Some(_)) => "alpaca",
        (false, None) => "prompt-completion",
    }
}

/// Text, a message, or a list of messages.
fn listed(
    value: Option<&Value>,
    role: Role,
    dropped: &mut Dropped,
) -> Result<Vec<Message>, SkipReason> {
    match value {
        Some(Value::String(text)) if role == Role::User => {
            let asked = || Some(row::said(role, text)).filter(|said| !said.parts.is_empty());
            Ok(row::transcript(text).unwrap_or_else(|| asked().into_iter().collect()))
        }
        Some(Value::String(text)) => Ok(vec![row::said(role, text)]),
        Some(Value::Array(list)) => message::read_all(list, dropped),
        Some(one @ Value::Object(_)) => Ok(vec![message::read(0, one, dropped)?]),
        _ => Ok(Vec::new()),
    }
}

/// What an Alpaca row's instruction is about stands below it in the same message; an OpenAI row has
/// its messages here.
fn ask_with_input(
    value: &Value,
    messages: &mut Vec<Message>,
    dropped: &mut Dropped,
) -> Result<(), SkipReason> {
    let Some(input) = value.get("input") else { return Ok(()) };
    if input.is_object() {
        dropped.unknown_fields("input", input, &["messages", "tools", "functions"]);
        messages.extend(row::tools(input));
        messages.extend(message::read_all(fields::list(input, "messages"), dropped)?);
        return Ok(());
    }
    let parts = message::content::parts(Some(input), dropped);
    match messages.last_mut().filter(|message| message.role == Role::User) {
        Some(asked) => asked.parts.extend(parts),
        None if parts.is_empty() => {}
        None => messages.push(Message::new(Role::User, None, parts)),
    }
    Ok(())
}

/// Earlier exchanges, each a list of what was asked and what was answered.
fn history(value: &Value, dropped: &mut Dropped) -> Vec<Message> {
    let mut messages = Vec::new();
    for exchange in fields::list(value, "history") {
        let said = exchange.as_array().unwrap_or_default();
        let texts: Vec<&str> = said.iter().filter_map(Value::as_str).collect();
        let [asked, answered] = texts[..] else {
            dropped.count("part of a history that is no pair of texts");
            continue;
        };
        messages.push(row::said(Role::User, asked));
        messages.push(row::said(Role::Assistant, answered));
    }
    messages
}
