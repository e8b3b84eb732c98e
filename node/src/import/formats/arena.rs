//! Battles of Chatbot Arena and judgments of MT-Bench: `{"model_a", "model_b", "winner",
//! "conversation_a": [{role, content}], "conversation_b": […]}`.
//!
//! Both talks begin with the same question, and part with the first answer: one chat of two
//! branches. The winner ranks 0 and the other 1; in a tie both rank 0, and if both were found bad
//! both are rated so. Who judged identifies people and is left out.

use super::{Draft, Format};
use crate::import::feedback::Opinion;
use crate::import::fields::{self, Dropped};
use crate::import::json::Value;
use crate::import::moderation::{self, PERSONAL};
use crate::import::paths::{Answer, fork};
use crate::import::report::SkipReason;
use crate::import::{message, row};
use sheaf_protocol::chat::{Chat, Feedback, Role};

pub(super) const FORMAT: Format = Format { name: "Chatbot Arena", matches, read };

const FIELDS: [&str; 14] = [
    "question_id",
    "id",
    "model_a",
    "model_b",
    "winner",
    "conversation_a",
    "conversation_b",
    "turn",
    "language",
    "tstamp",
    "timestamp",
    "openai_moderation",
    "toxic_chat_tag",
    "redacted",
];

fn matches(value: &Value) -> bool {
    let is_talk = |key| fields::list(value, key).first().is_some_and(message::is_message);
    is_talk("conversation_a") && is_talk("conversation_b")
}

fn read(value: &Value, dropped: &mut Dropped) -> Result<Draft, SkipReason> {
    dropped.unknown_fields("row", value, &[&FIELDS[..], &PERSONAL].concat());
    moderation::leave_out_personal(value, dropped);
    let (of_a, of_b) = verdict(value.get("winner"), dropped);
    let answers = vec![
        talk(value, "conversation_a", "model_a", of_a, dropped)?,
        talk(value, "conversation_b", "model_b", of_b, dropped)?,
    ];
    let chat = Chat {
        source: Some("chatbot-arena".into()),
        created: dropped.time(value.get("tstamp").or_else(|| value.get("timestamp"))),
        messages: fork(Vec::new(), answers, dropped),
        feedback: feedback(value, dropped),
        ..Chat::default()
    };
    Ok(Draft { source_id: row::id(value, &["question_id", "id"]), chat })
}

fn talk(
    value: &Value,
    key: &str,
    model: &str,
    feedback: Feedback,
    dropped: &mut Dropped,
) -> Result<Answer, SkipReason> {
    let mut messages = message::read_all(fields::list(value, key), dropped)?;
    let model = dropped.short(value.get(model), "model");
    for message in messages.iter_mut().filter(|message| message.role == Role::Assistant) {
        message.model = message.model.take().or_else(|| model.clone());
    }
    Ok(Answer { messages, feedback, model: None })
}

/// What the winner's name says of the one answer and of the other.
fn verdict(winner: Option<&Value>, dropped: &mut Dropped) -> (Feedback, Feedback) {
    let ranked = |rank, rating| Feedback { rating, rank: Some(rank), ..Feedback::default() };
    let winner = winner.and_then(Value::as_str).unwrap_or_default().to_lowercase();
    match winner.as_str() {
        "model_a" => (ranked(0, None), ranked(1, None)),
        "model_b" => (ranked(1, None), ranked(0, None)),
        bad if bad.replace(['_', ' '], "").contains("bothbad") => {
            (ranked(0, Some(-1)), ranked(0, Some(-1)))
        }
        tie if tie.starts_with("tie") => (ranked(0, None), ranked(0, None)),
        _ => {
            dropped.count("winner that is neither of the models nor a tie");
            Default::default()
        }
    }
}

fn feedback(value: &Value, dropped: &mut Dropped) -> Option<Feedback> {
    let mut opinion = Opinion::default();
    row::language(value, &mut opinion, dropped);
    moderation::flags(value, &["redacted"], &mut opinion, dropped);
    if let Some(found) = value.get("openai_moderation") {
        moderation::moderation(found, &mut opinion, dropped);
    }
    let found = value.get("toxic_chat_tag").and_then(Value::as_object);
    for (judge, found) in found.into_iter().flatten() {
        let name = format!("toxic:{judge}");
        opinion.score(&name, found.get("probability"), dropped);
        if found.get("flagged").and_then(Value::as_bool) == Some(true) {
            opinion.tag(Some(&Value::from(name)), dropped);
        }
    }
    opinion.finish()
}
