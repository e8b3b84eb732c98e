//! ShareGPT rows, as FastChat, LLaMA-Factory, axolotl, ms-swift and many datasets write them:
//! `{"conversations": [{"from": "human", "value": …}, {"from": "gpt", "value": …}]}`.
//!
//! The list may also be called `conversation` or `items`, its turns may have `role` and `content`
//! or `text`, or hold a question and its answer at once (`{"human": …, "assistant": …}`). Speakers
//! have many names; `function_call` holds a call as JSON text and `observation` what came of it.
//! A talk may begin with the model, be empty (then there is no chat), or share its identifier with
//! others. Beside it stand tools as JSON text, a system prompt, media, labels and preferred answers.

use super::{Draft, Format};
use crate::import::fields::{self, Dropped};
use crate::import::json::Value;
use crate::import::message;
use crate::import::report::SkipReason;
use crate::import::row::{self, Opening};
use sheaf_protocol::chat::{Message, Role};

pub(super) const FORMAT: Format = Format { name: "ShareGPT", matches, read };

const LISTS: [&str; 3] = ["conversations", "conversation", "items"];
const ASKED: [&str; 3] = ["human", "user", "query"];
const ANSWERED: [&str; 4] = ["assistant", "gpt", "bot", "response"];

fn matches(value: &Value) -> bool {
    let Some((key, turns)) = turns_of(value) else { return false };
    match turns.first() {
        Some(turn) => is_turn(turn) || exchange(turn).is_some(),
        None => key != "items",
    }
}

fn turns_of<'a>(value: &'a Value<'a>) -> Option<(&'static str, &'a [Value<'a>])> {
    let list = |key: &&str| value.get(key).is_some_and(Value::is_array);
    LISTS.into_iter().find(list).map(|key| (key, fields::list(value, key)))
}

fn is_turn(turn: &Value) -> bool {
    let says = ["value", "content", "text"].iter().any(|key| turn.get(key).is_some());
    says && message::name_of(turn).is_some()
}

/// What was asked and what was answered, where one turn holds both.
fn exchange<'a>(turn: &'a Value<'a>) -> Option<(&'a str, &'a str)> {
    let said = |keys: &[&str]| keys.iter().find_map(|key| turn.get(key)?.as_str());
    Some((said(&ASKED)?, said(&ANSWERED)?)).filter(|_| message::name_of(turn).is_none())
}

fn read(value: &Value, dropped: &mut Dropped) -> Result<Draft, SkipReason> {
    let (key, turns) = turns_of(value).unwrap_or_default();
    let mut messages: Vec<Message> = Vec::new();
    for (index, turn) in turns.iter().enumerate() {
        match exchange(turn) {
            Some((asked, answered)) => {
                dropped.unknown_fields("turn", turn, &[&ASKED[..], &ANSWERED].concat());
                messages.push(row::said(Role::User, asked));
                messages.push(row::said(Role::Assistant, answered));
            }
            None => messages.push(message::read(index, turn, dropped)?),
        }
    }
    row::read(value, Opening { source: "sharegpt", messages, fields: &[key] }, dropped)
}
