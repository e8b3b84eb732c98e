//! Messages as the OpenAI API and most training tools write them: `{"messages": [{role, content}]}`
//! as one object, a list of them, or JSONL; or a bare list of messages.
//!
//! Beside the messages may stand a label (KTO), a rejected answer or a preferred and a rejected one
//! (ms-swift, LLaMA-Factory, UltraFeedback, which repeats the prompt and the preferred talk), tools,
//! a system prompt, and lists of media. `{"input": […], "output": […]}` is OpenAI's Responses.

use super::{Draft, Format};
use crate::import::fields::{self, Dropped};
use crate::import::json::Value;
use crate::import::message::{self, is_message};
use crate::import::nested;
use crate::import::report::SkipReason;
use crate::import::row::{self, Opening};
use sheaf_protocol::chat::{Message, Role};

pub(super) const FORMAT: Format = Format { name: "OpenAI messages", matches, read };

const SOURCE: &str = "openai-messages";

/// Other tools have `messages` too, but with their own identifiers beside them.
fn matches(value: &Value) -> bool {
    let other = |key| value.get(key).is_some();
    let is_list = messages_of(value).and_then(|list| list.first()).is_some_and(is_message);
    (is_list && !other("history") && !other("conversationId")) || is_response(value)
}

fn messages_of<'a>(value: &'a Value<'a>) -> Option<&'a [Value<'a>]> {
    value.as_array().or_else(|| value.get("messages")?.as_array())
}

fn is_response(value: &Value) -> bool {
    let output = fields::list(value, "output").first();
    let is_item = output.is_some_and(|item| is_message(item) || item.get("type").is_some());
    is_item && value.get("input").is_some_and(|input| input.is_array() || input.is_string())
}

/// Whether these bytes are a message rather than a row of messages.
pub(in crate::import) fn is_bare_message(bytes: &[u8]) -> bool {
    nested::parse(bytes, &mut Vec::new()).is_ok_and(|value| is_message(&value))
}

fn read(value: &Value, dropped: &mut Dropped) -> Result<Draft, SkipReason> {
    if messages_of(value).is_none() {
        return read_response(value, dropped);
    }
    let list = messages_of(value).unwrap_or_default();
    let messages = message::read_all(list, dropped)?;
    let repeats = repeats_prompt(value, &messages);
    let fields = if repeats { &["messages", "prompt"][..] } else { &["messages"] };
    row::read(value, Opening { source: SOURCE, messages, fields }, dropped)
}

/// Whether `prompt` says again what a person says in the messages.
fn repeats_prompt(value: &Value, messages: &[Message]) -> bool {
    let prompt = fields::text(value, "prompt").unwrap_or_default();
    let mut asked = messages.iter().filter(|message| message.role == Role::User);
    asked.any(|message| message.parts.first().is_some_and(|part| part.body() == prompt))
}

fn read_response(value: &Value, dropped: &mut Dropped) -> Result<Draft, SkipReason> {
    let asked = fields::text(value, "input").map(|text| row::said(Role::User, text));
    let mut messages: Vec<Message> = asked.into_iter().collect();
    for key in ["input", "output"] {
        messages.extend(message::read_all(fields::list(value, key), dropped)?);
    }
    let told = fields::text(value, "instructions");
    messages.splice(0..0, told.map(|text| row::said(Role::System, text)));
    let fields = &["input", "output", "instructions", "object", "status"][..];
    row::read(value, Opening { source: SOURCE, messages, fields }, dropped)
}
