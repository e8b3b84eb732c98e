//! Trees of OpenAssistant (OASST1, OASST2 and the exports of its backend): `{"message_tree_id",
//! "tree_state", "prompt": {message_id, text, role, replies: […]}}`, one tree a line.
//!
//! Replies lie within what they answer, however deep. Kept are ranks, labels
//! and emojis (as scores), reviews, languages, models, and the flags `synthetic` and `deleted`. Of a
//! deleted message only its place is kept: whoever deleted it did not want it shared. `user_id` and
//! `events` identify people and are left out.

use super::{Draft, Format};
use crate::import::feedback::Opinion;
use crate::import::fields::{self, Dropped};
use crate::import::json::Value;
use crate::import::moderation;
use crate::import::nested;
use crate::import::report::SkipReason;
use crate::import::row;
use sheaf_protocol::chat::{Chat, Feedback, Message, Role};

pub(super) const FORMAT: Format = Format { name: "OpenAssistant trees", matches, read };

const TREE_FIELDS: [&str; 4] = ["message_tree_id", "tree_state", "prompt", "origin"];
const FIELDS: [&str; 20] = [
    "message_id",
    "parent_id",
    "message_tree_id",
    "tree_state",
    "text",
    "role",
    "lang",
    "created_date",
    "review_count",
    "review_result",
    "deleted",
    "synthetic",
    "model_name",
    "rank",
    "replies",
    "emojis",
    "labels",
    "detoxify",
    "user_id",
    "events",
];

fn matches(value: &Value) -> bool {
    let prompt = value.get("prompt");
    value.get("message_tree_id").is_some() && prompt.is_some_and(Value::is_object)
}

fn read(value: &Value, dropped: &mut Dropped) -> Result<Draft, SkipReason> {
    dropped.unknown_fields("tree", value, &TREE_FIELDS);
    let lang = value.at("/prompt/lang");
    let prompt = value.get("prompt").map(std::slice::from_ref).unwrap_or_default();
    let nodes = nested::walk(prompt, "replies");
    fields::not_too_many(nodes.len())?;
    let mut messages: Vec<Message> = Vec::with_capacity(nodes.len());
    for (node, above) in nodes {
        let parent = above.and_then(|above| u32::try_from(above).ok());
        messages.push(Message { parent, ..message(node, lang, dropped)? });
    }
    let chat = Chat {
        source: Some("oasst".into()),
        created: messages.first().and_then(|message| message.created),
        messages,
        feedback: of_tree(value, lang, dropped),
        ..Chat::default()
    };
    Ok(Draft { source_id: row::id(value, &["message_tree_id"]), chat })
}

fn message(
    node: &Value,
    lang: Option<&Value>,
    dropped: &mut Dropped,
) -> Result<Message, SkipReason> {
    dropped.unknown_fields("message", node, &FIELDS);
    let text = fields::text(node, "text").unwrap_or_default();
    let is_deleted = flag(node, "deleted") == Some(true);
    if is_deleted {
        dropped.count("text of a message that was deleted");
    }
    for field in ["user_id", "events"] {
        dropped.count_said(node.get(field), &format!("“{field}”, which identifies people"));
    }
    Ok(Message {
        model: dropped.short(node.get("model_name"), "model"),
        created: dropped.time(node.get("created_date")),
        feedback: opinion(node, lang, dropped),
        ..row::said(role(node)?, if is_deleted { "" } else { text })
    })
}

fn role(node: &Value) -> Result<Role, SkipReason> {
    match fields::text(node, "role").unwrap_or_default() {
        "prompter" => Ok(Role::User),
        name => fields::role(name).ok_or_else(|| {
            fields::unknown_role(fields::text(node, "message_id").unwrap_or_default(), name)
        }),
    }
}

fn flag(node: &Value, name: &str) -> Option<bool> {
    node.get(name).and_then(Value::as_bool)
}

fn opinion(node: &Value, lang: Option<&Value>, dropped: &mut Dropped) -> Option<Feedback> {
    let mut opinion = Opinion::default();
    moderation::flags(node, &["deleted", "synthetic"], &mut opinion, dropped);
    if node.get("lang") != lang {
        row::language(node, &mut opinion, dropped);
    }
    for (name, label) in node.get("labels").and_then(Value::as_object).into_iter().flatten() {
        opinion.score(name, label.get("value"), dropped);
        dropped.count_said(label.get("count"), "number of people who gave a label");
    }
    moderation::scores("emoji", node.get("emojis"), &mut opinion, dropped);
    moderation::scores("detoxify", node.get("detoxify"), &mut opinion, dropped);
    review(node, &mut opinion, dropped);
    let rank = node.get("rank").filter(|rank| !rank.is_null());
    let place = rank.and_then(Value::as_u64).and_then(|rank| u32::try_from(rank).ok());
    if rank.is_some() && place.is_none() {
        dropped.count("rank that is not one");
    }
    let feedback = Feedback { rank: place, ..opinion.finish().unwrap_or_default() };
    (feedback != Feedback::default()).then_some(feedback)
}

/// How many people reviewed a message and whether they let it pass; nothing, if nobody did.
fn review(node: &Value, opinion: &mut Opinion, dropped: &mut Dropped) {
    let count = node.get("review_count").filter(|count| count.as_u64() != Some(0));
    let passed = flag(node, "review_result");
    if count.is_none_or(Value::is_null) && passed != Some(false) {
        return;
    }
    opinion.score("review_count", count, dropped);
    opinion.score("review_result", passed.map(|p| Value::from(i64::from(p))).as_ref(), dropped);
}

/// The language, and what became of the tree, such as `ready_for_export` or `aborted_low_grade`.
fn of_tree(value: &Value, lang: Option<&Value>, dropped: &mut Dropped) -> Option<Feedback> {
    let mut opinion = Opinion::default();
    if let Some(lang) = lang.and_then(Value::as_str).filter(|lang| !lang.is_empty()) {
        opinion.tag(Some(&Value::from(format!("language:{lang}"))), dropped);
    }
    for key in ["tree_state", "origin"] {
        if let Some(said) = fields::text(value, key) {
            opinion.tag(Some(&Value::from(format!("{key}:{said}"))), dropped);
        }
    }
    opinion.finish()
}
