//! A row of a training file: the messages that it begins with, and whatever stands beside them —
//! answers of which one was preferred, a label, scores, tools, a system prompt, media.

use super::feedback::Opinion;
use super::fields::{self, Dropped};
use super::formats::Draft;
use super::paths::{self, Answer, fork, led_by};
use super::report::SkipReason;
use super::{message, placeholders};
use crate::import::json::Value;
use sheaf_protocol::chat::{Chat, Feedback, Message, Part, Role, Score};

/// The fields that are read here, whatever the format.
const FIELDS: [&str; 26] = [
    "id",
    "conversation_id",
    "prompt_id",
    "title",
    "model",
    "created",
    "created_at",
    "create_time",
    "system",
    "system_prompt",
    "tools",
    "functions",
    "chosen",
    "rejected",
    "rejected_response",
    "rejected_message",
    "rejected_messages",
    "preferred_output",
    "non_preferred_output",
    "chosen_model",
    "rejected_model",
    "chosen-model",
    "rejected-model",
    "language",
    "lang",
    "tags",
];

/// Names of the score that is said of the preferred answer and of the other, and what it is called.
const SCORES: [(&str, &str, &str); 5] = [
    ("score_chosen", "score_rejected", "score"),
    ("chosen_score", "rejected_score", "score"),
    ("chosen-rating", "rejected-rating", "rating"),
    ("chosen_rating", "rejected_rating", "rating"),
    ("reward_chosen", "reward_rejected", "reward"),
];

/// Numbers that are said of a whole row.
const ROW_SCORES: [&str; 5] = ["score", "rating", "quality", "reward", "weight"];

/// Whether the last answer is good, where it has no other beside it.
const LABELS: [&str; 2] = ["label", "kto_tag"];

/// Where the talk of a row begins.
pub(super) struct Opening<'a> {
    /// The name of the source.
    pub(super) source: &'a str,
    /// The messages that the answers follow, or the whole talk if there are none beside it.
    pub(super) messages: Vec<Message>,
    /// The fields of the row that the format has read.
    pub(super) fields: &'a [&'a str],
}

/// Whether a row holds two answers of which one was preferred.
pub(super) fn is_pair(row: &Value) -> bool {
    let said = |key| row.get(key).is_some_and(|v| v.is_string() || v.is_array() || v.is_object());
    (said("chosen") && said("rejected"))
        || (said("preferred_output") && said("non_preferred_output"))
}

/// Reads what stands beside the opening of a row, and puts all of it together.
pub(super) fn read(
    row: &Value,
    opening: Opening<'_>,
    dropped: &mut Dropped,
) -> Result<Draft, SkipReason> {
    count_unknown(row, opening.fields, dropped);
    let mut question = opening.messages;
    placeholders::place(&mut question, row, dropped);
    let answers = answers(row, &mut question, dropped)?;
    let mut messages = fork(question, answers, dropped);
    label(row, &mut messages);
    let says = |message: &Message| message.parts.iter().any(|part| !part.is_empty());
    if messages.iter().any(says) {
        messages = led_by(lead(row, &messages, dropped), messages);
    }
    let created = ["created", "created_at", "create_time"].iter().find_map(|key| row.get(key));
    let chat = Chat {
        title: dropped.short(row.get("title"), "title"),
        source: Some(opening.source.into()),
        model: dropped.short(row.get("model"), "model"),
        created: dropped.time(created),
        feedback: feedback(row, dropped),
        messages,
        ..Chat::default()
    };
    Ok(Draft { source_id: id(row, &["id", "conversation_id", "prompt_id"]), chat })
}

/// The first of `keys` that is an identifier: text or a number.
pub(super) fn id(row: &Value, keys: &[&str]) -> Option<String> {
    keys.iter().filter_map(|key| row.get(key)).find_map(|id| match id {
        Value::String(text) => (!text.is_empty()).then(|| text.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

fn count_unknown(row: &Value, fields: &[&str], dropped: &mut Dropped) {
    let mut known = [&FIELDS[..], &placeholders::FIELDS, &ROW_SCORES, fields].concat();
    known.extend(SCORES.iter().flat_map(|(good, bad, _)| [good, bad]));
    // A label that is no verdict is a class, which has no place.
    known.extend(LABELS.iter().filter(|key| row.get(key).is_some_and(Value::is_boolean)));
    if row.is_object() {
        dropped.unknown_fields("row", row, &known);
    }
}

/// What the model was told before the talk: the tools it could call, and the system prompt, unless
/// the messages begin with it.
fn lead(row: &Value, messages: &[Message], dropped: &mut Dropped) -> Vec<Message> {
    let mut lead = Vec::new();
    lead.extend(tools(row));
    let told = ["system", "system_prompt"].iter().find_map(|key| row.get(key));
    let told = message::content::parts(told, dropped);
    let says_so = messages.first().is_some_and(|m| m.role == Role::System && m.parts == told);
    if !told.is_empty() && !says_so {
        lead.push(Message::new(Role::System, None, told));
    }
    lead
}

/// The tools that a model could call, which a person does not see.
pub(super) fn tools(row: &Value) -> Option<Message> {
    let tools = message::tools(row)?;
    Some(Message { hidden: true, ..Message::new(Role::System, None, vec![tools]) })
}

/// The answers beside a question, the preferred ones first. Where the messages of the row end with
/// the preferred answer itself, it is taken off `question`.
fn answers(
    row: &Value,
    question: &mut Vec<Message>,
    dropped: &mut Dropped,
) -> Result<Vec<Answer>, SkipReason> {
    let first = |keys: &[&str]| keys.iter().filter_map(|key| row.get(key)).find(|v| !v.is_null());
    let good = first(&["chosen", "preferred_output"]);
    let mut answers = listed(row, good, true, dropped)?;
    let mut bad = listed(row, first(&["rejected", "non_preferred_output"]), false, dropped)?;
    for beside in ["rejected_response", "rejected_message", "rejected_messages"] {
        bad.extend(listed(row, row.get(beside), false, dropped)?);
    }
    if answers.is_empty() && !bad.is_empty() {
        let last = question.iter().rposition(|message| message.role == Role::Assistant);
        let messages = question.split_off(last.unwrap_or(question.len()));
        answers.push(judged(row, messages, true, dropped));
    }
    answers.append(&mut bad);
    Ok(answers)
}

/// What stands in one field: text, a message, a list of messages, or several texts.
fn listed(
    row: &Value,
    value: Option<&Value>,
    good: bool,
    dropped: &mut Dropped,
) -> Result<Vec<Answer>, SkipReason> {
    let lists = match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(texts)) if texts.first().is_some_and(Value::is_string) => {
            texts.iter().map(spoken).collect()
        }
        Some(Value::Array(list)) => vec![message::read_all(list, dropped)?],
        Some(text @ Value::String(_)) => vec![spoken(text)],
        Some(one) => vec![vec![message::read(0, one, dropped)?]],
    };
    let said = lists.into_iter().filter(|list| !list.is_empty());
    Ok(said.map(|list| judged(row, list, good, dropped)).collect())
}

/// Text as an answer, or as a whole talk in the way of Anthropic's HH files.
fn spoken(text: &Value) -> Vec<Message> {
    let text = text.as_str().unwrap_or_default();
    transcript(text).unwrap_or_else(|| vec![said(Role::Assistant, text)])
}

/// A message of `role` that says `text`.
pub(super) fn said(role: Role, text: &str) -> Message {
    let parts = if text.is_empty() { Vec::new() } else { vec![Part::text(text)] };
    Message::new(role, None, parts)
}

/// `\n\nHuman: …\n\nAssistant: …`: each speaker begins after an empty line.
pub(super) fn transcript(text: &str) -> Option<Vec<Message>> {
    const SPEAKERS: [(&str, Role); 2] =
        [("\n\nHuman:", Role::User), ("\n\nAssistant:", Role::Assistant)];
    if !SPEAKERS.iter().any(|(mark, _)| text.starts_with(mark)) {
        return None;
    }
    let mut turns: Vec<(usize, usize, Role)> = Vec::new();
    for (mark, role) in SPEAKERS {
        turns.extend(text.match_indices(mark).map(|(at, _)| (at, at + mark.len(), role)));
    }
    turns.sort_unstable_by_key(|(at, ..)| *at);
    let ends = turns.iter().skip(1).map(|(at, ..)| *at).chain([text.len()]);
    let turn = |(&(_, from, role), to): (&(usize, usize, Role), usize)| {
        let text = text.get(from..to).unwrap_or_default();
        said(role, text.strip_prefix(' ').unwrap_or(text))
    };
    let mut messages: Vec<Message> = turns.iter().zip(ends).map(turn).collect();
    // A prompt ends with the name of whoever is to speak next.
    if messages.last().is_some_and(|message| message.parts.is_empty()) {
        messages.pop();
    }
    Some(messages)
}

fn judged(row: &Value, messages: Vec<Message>, good: bool, dropped: &mut Dropped) -> Answer {
    let mut opinion = Opinion::default();
    for (of_good, of_bad, name) in SCORES {
        opinion.score(name, row.get(if good { of_good } else { of_bad }), dropped);
    }
    let scores: Vec<Score> = opinion.finish().map(|f| f.scores).unwrap_or_default();
    let keys =
        if good { ["chosen_model", "chosen-model"] } else { ["rejected_model", "rejected-model"] };
    let model = keys.iter().find_map(|key| row.get(key));
    let (rating, rank) = if good { (1, 0) } else { (-1, 1) };
    Answer {
        messages,
        feedback: Feedback {
            rating: Some(rating),
            rank: Some(rank),
            scores,
            ..Feedback::default()
        },
        model: dropped.short(model, "model"),
    }
}

/// A label says whether the last answer is good.
fn label(row: &Value, messages: &mut [Message]) {
    let label = LABELS.iter().find_map(|key| row.get(key)?.as_bool());
    let last = messages.iter_mut().rfind(|message| message.role == Role::Assistant);
    if let (Some(good), Some(last)) = (label, last) {
        let rating = Some(if good { 1 } else { -1 });
        paths::add(&mut last.feedback, Feedback { rating, ..Feedback::default() });
    }
}

/// What is said of the row as a whole.
fn feedback(row: &Value, dropped: &mut Dropped) -> Option<Feedback> {
    let mut opinion = Opinion::default();
    for name in ROW_SCORES {
        opinion.score(name, row.get(name), dropped);
    }
    for tag in fields::list(row, "tags") {
        opinion.tag(Some(tag), dropped);
    }
    language(row, &mut opinion, dropped);
    opinion.finish()
}

/// The language that a file names is kept as a tag.
pub(super) fn language(value: &Value, opinion: &mut Opinion, dropped: &mut Dropped) {
    if let Some(name) = fields::text(value, "language").or(fields::text(value, "lang")) {
        opinion.tag(Some(&Value::from(format!("language:{name}"))), dropped);
    }
}
