//! What machines found in a message: OpenAI's moderation, detoxify, and flags of a data set.

use super::feedback::Opinion;
use super::fields::Dropped;
use crate::import::json::Value;

/// Fields by which a person could be found; their contents are never carried. Whoever counts
/// unknown fields knows these.
pub(super) const PERSONAL: [&str; 9] =
    ["hashed_ip", "header", "country", "state", "city", "user_id", "user", "judge", "judge_hash"];

/// Counts personal fields as left out, and why.
pub(super) fn leave_out_personal(value: &Value, dropped: &mut Dropped) {
    for field in PERSONAL {
        dropped.count_said(value.get(field), &format!("“{field}”, which identifies people"));
    }
}

/// Adds the flags of `value` that are set as tags of their own name.
pub(super) fn flags(value: &Value, names: &[&str], opinion: &mut Opinion, dropped: &mut Dropped) {
    for name in names {
        if value.get(name).and_then(Value::as_bool) == Some(true) {
            opinion.tag(Some(&Value::from(*name)), dropped);
        }
    }
}

/// Adds OpenAI's moderation: its scores, and what it flagged as tags.
pub(super) fn moderation(value: &Value, opinion: &mut Opinion, dropped: &mut Dropped) {
    if value.get("flagged").and_then(Value::as_bool) == Some(true) {
        opinion.tag(Some(&Value::from("moderation:flagged")), dropped);
    }
    for (name, found) in value.get("categories").and_then(Value::as_object).into_iter().flatten() {
        if found.as_bool() == Some(true) {
            opinion.tag(Some(&Value::from(format!("moderation:{name}"))), dropped);
        }
    }
    scores("moderation", value.get("category_scores"), opinion, dropped);
}

/// Adds every number of the object `value` as a score `of:name`.
pub(super) fn scores(
    of: &str,
    value: Option<&Value>,
    opinion: &mut Opinion,
    dropped: &mut Dropped,
) {
    for (name, score) in value.and_then(Value::as_object).into_iter().flatten() {
        opinion.score(&format!("{of}:{name}"), Some(score), dropped);
    }
}
