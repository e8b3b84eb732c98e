//! What a person, or a judge, thought of a message or a chat, collected within the bounds of the
//! normal form.

use super::fields::Dropped;
use crate::import::json::Value;
use sheaf_protocol::chat::{Feedback, Score};
use sheaf_protocol::limits::{LABELS_MAX, SCORE_BYTES_MAX};

/// Feedback as it is collected; what does not fit is counted.
#[derive(Default)]
pub(super) struct Opinion(Feedback);

impl Opinion {
    /// A verdict as tools name them, in words or by a sign.
    pub(super) fn verdict(&mut self, verdict: Option<&Value>, dropped: &mut Dropped) {
        let Some(verdict) = verdict.filter(|verdict| !verdict.is_null()) else { return };
        self.0.rating = rating(verdict);
        if self.0.rating.is_none() {
            dropped.count("rating that is neither good nor bad");
        }
    }

    /// A named number.
    pub(super) fn score(&mut self, name: &str, value: Option<&Value>, dropped: &mut Dropped) {
        let Some(value) = value.filter(|value| !value.is_null()) else { return };
        let name = dropped.short(Some(&Value::from(name)), "name of a score");
        match (name, decimal(value)) {
            (Some(name), Some(value)) if self.0.scores.len() < LABELS_MAX => {
                self.0.scores.push(Score { name, value });
            }
            _ => dropped.count("score that is no number, or one too many"),
        }
    }

    /// A label; the same one twice counts once.
    pub(super) fn tag(&mut self, tag: Option<&Value>, dropped: &mut Dropped) {
        let Some(tag) = dropped.short(tag, "tag").filter(|tag| !self.0.tags.contains(tag)) else {
            return;
        };
        if self.0.tags.len() < LABELS_MAX {
            self.0.tags.push(tag);
        } else {
            dropped.count("tag beyond the number that a chat carries");
        }
    }

    /// What was written; a second text follows the first on a line of its own.
    pub(super) fn comment(&mut self, text: Option<&str>) {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return };
        match &mut self.0.comment {
            Some(comment) => comment.extend(["\n", text]),
            none => *none = Some(text.to_owned()),
        }
    }

    /// The feedback, if anything was said.
    pub(super) fn finish(self) -> Option<Feedback> {
        (self.0 != Feedback::default()).then_some(self.0)
    }
}

fn rating(verdict: &Value) -> Option<i64> {
    match verdict {
        Value::Bool(good) => Some(if *good { 1 } else { -1 }),
        Value::Number(number) => number.as_f64().map(|n| i64::from(n > 0.0) - i64::from(n < 0.0)),
        Value::String(word) => match word.to_lowercase().replace(['_', ' '], "").as_str() {
            "thumbsup" | "up" | "upvote" | "good" | "like" | "positive" | "1" => Some(1),
            "thumbsdown" | "down" | "downvote" | "bad" | "dislike" | "negative" | "-1" => Some(-1),
            "neutral" | "0" => Some(0),
            _ => None,
        },
        _ => None,
    }
}

/// A number in the one form that a score has; text that is a number is read too.
pub(super) fn decimal(value: &Value) -> Option<String> {
    let text = match value {
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => whole.to_string(),
            (None, number) => plain(number?)?,
        },
        Value::String(text) => plain(text.trim().parse().ok()?)?,
        _ => return None,
    };
    (text.len() <= SCORE_BYTES_MAX).then_some(text)
}

/// Without exponent, and zero without a sign.
fn plain(number: f64) -> Option<String> {
    number.is_finite().then(|| format!("{}", number + 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::json::json;

    #[test]
    fn scores_take_their_one_form() {
        for (value, form) in [
            (json!(3), "3"),
            (json!(3.0), "3"),
            (json!(-0.25), "-0.25"),
            (json!(-0.0), "0"),
            (json!("4.50"), "4.5"),
            (json!(1e-7), "0.0000001"),
        ] {
            assert_eq!(decimal(&value).as_deref(), Some(form), "{value}");
        }
        for value in [json!(1e300), json!("NaN"), json!("inf"), json!("good"), json!(null)] {
            assert_eq!(decimal(&value), None, "{value}");
        }
    }

    #[test]
    fn verdicts_of_every_tool_are_a_sign() {
        for (verdict, sign) in [
            (json!("thumbsUp"), Some(1)),
            (json!("thumbs_down"), Some(-1)),
            (json!(1), Some(1)),
            (json!(-1), Some(-1)),
            (json!(0), Some(0)),
            (json!(false), Some(-1)),
            (json!("purple"), None),
        ] {
            let (mut opinion, mut dropped) = (Opinion::default(), Dropped::default());
            opinion.verdict(Some(&verdict), &mut dropped);
            assert_eq!(opinion.finish().and_then(|f| f.rating), sign, "{verdict}");
            assert_eq!(dropped.into_counts().is_empty(), sign.is_some(), "{verdict}");
        }
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let (mut opinion, mut dropped) = (Opinion::default(), Dropped::default());
        for n in 0..40 {
            opinion.tag(Some(&json!(format!("tag {}", n % 35))), &mut dropped);
        }
        opinion.comment(Some("one"));
        opinion.comment(Some("two"));
        let feedback = opinion.finish().unwrap();
        assert_eq!((feedback.tags.len(), feedback.comment.as_deref()), (32, Some("one\ntwo")));
        let counts = dropped.into_counts();
        assert_eq!(counts["tag beyond the number that a chat carries"], 3, "{counts:?}");
        assert!(Opinion::default().finish().is_none(), "nothing said is no feedback");
    }
}
