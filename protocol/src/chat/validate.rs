use super::{Chat, ChatError, Feedback, FieldProblem, Message, Part};
use crate::limits::{
    CHAT_BYTES_MAX, CHAT_FIELD_BYTES_MAX, CHAT_MESSAGES_MAX, CHAT_PARTS_MAX, JSON_INTEGER_MAX,
    LABELS_MAX, MESSAGE_PARTS_MAX, SCORE_BYTES_MAX,
};

type Rule = Result<(), ChatError>;

impl Chat {
    /// Checks every rule of the normal form (`docs/spec/chat.md`): parents are earlier messages,
    /// `current` exists, something is said, no optional text is empty, every bound is kept.
    ///
    /// # Errors
    /// [`ChatError`] names the first rule broken, and where.
    pub fn validate(&self) -> Result<(), ChatError> {
        self.valid_cbor().map(drop)
    }

    /// [`Chat::to_cbor`] of a chat that keeps every rule, as [`Chat::validate`] says; their number
    /// is one of the rules.
    ///
    /// # Errors
    /// [`ChatError`], as [`Chat::validate`].
    pub fn valid_cbor(&self) -> Result<Vec<u8>, ChatError> {
        self.check_fields()?;
        // Before room is made for the whole.
        let bytes = self.text_len();
        if bytes > CHAT_BYTES_MAX {
            return Err(ChatError::TooLong { bytes });
        }
        let bytes = self.to_cbor();
        if bytes.len() > CHAT_BYTES_MAX {
            return Err(ChatError::TooLong { bytes: bytes.len() });
        }
        Ok(bytes)
    }

    /// Every rule but the size in bytes, which a reader of bytes has checked already.
    pub(super) fn check_fields(&self) -> Rule {
        self.check_counts()?;
        for (name, value) in
            [("title", &self.title), ("source", &self.source), ("model", &self.model)]
        {
            short(value, || name.into())?;
        }
        if let Some(feedback) = &self.feedback {
            check_feedback(feedback, "feedback")?;
        }
        for (index, message) in self.messages.iter().enumerate() {
            check_message(index, message)?;
        }
        self.check_current()
    }

    fn check_counts(&self) -> Rule {
        let found = self.messages.len();
        if found > CHAT_MESSAGES_MAX {
            return Err(ChatError::TooManyMessages { found });
        }
        let mut total = 0;
        for (message, parts) in self.messages.iter().map(|m| m.parts.len()).enumerate() {
            total += parts;
            if parts > MESSAGE_PARTS_MAX || total > CHAT_PARTS_MAX {
                return Err(ChatError::TooManyParts { message });
            }
        }
        let says = |m: &Message| m.parts.iter().any(|p| !p.is_empty());
        if self.messages.iter().any(says) { Ok(()) } else { Err(ChatError::NoContent) }
    }

    fn check_current(&self) -> Rule {
        let messages = self.messages.len();
        match self.current {
            Some(current) if current as usize >= messages => {
                Err(ChatError::Current { current, messages })
            }
            _ => Ok(()),
        }
    }
}

fn check_message(index: usize, message: &Message) -> Rule {
    if let Some(parent) = message.parent.filter(|parent| *parent as usize >= index) {
        return Err(ChatError::Parent { message: index, parent });
    }
    for (name, value) in
        [("name", &message.name), ("recipient", &message.recipient), ("model", &message.model)]
    {
        short(value, || format!("messages[{index}].{name}"))?;
    }
    if let Some(feedback) = &message.feedback {
        check_feedback(feedback, &format!("messages[{index}].feedback"))?;
    }
    for (number, part) in message.parts.iter().enumerate() {
        check_part(part, |field| format!("messages[{index}].parts[{number}].{field}"))?;
    }
    Ok(())
}

fn check_part(part: &Part, at: impl Fn(&str) -> String) -> Rule {
    match part {
        Part::Text { .. } | Part::Reasoning { .. } => Ok(()),
        Part::Code { language, .. } => short(language, || at("language")),
        Part::ToolCall { id, name, .. } => {
            short(id, || at("id"))?;
            bounded(name, CHAT_FIELD_BYTES_MAX, || at("name"))
        }
        Part::ToolResult { id, name, .. } => {
            short(id, || at("id"))?;
            short(name, || at("name"))
        }
        Part::Media { mime, name, bytes, text, .. } => {
            short(mime, || at("mime"))?;
            short(name, || at("name"))?;
            within(bytes.is_none_or(|n| n <= JSON_INTEGER_MAX), || at("bytes"))?;
            optional(text, CHAT_BYTES_MAX, || at("text"))
        }
        Part::Other { kind, .. } => bounded(kind, CHAT_FIELD_BYTES_MAX, || at("kind")),
    }
}

fn check_feedback(feedback: &Feedback, at: &str) -> Rule {
    if *feedback == Feedback::default() {
        return Err(field(at.into(), FieldProblem::Empty));
    }
    within(feedback.rating.is_none_or(|r| (-1..=1).contains(&r)), || format!("{at}.rating"))?;
    optional(&feedback.comment, CHAT_BYTES_MAX, || format!("{at}.comment"))?;
    few(feedback.scores.len(), || format!("{at}.scores"))?;
    few(feedback.tags.len(), || format!("{at}.tags"))?;
    for (index, tag) in feedback.tags.iter().enumerate() {
        bounded(tag, CHAT_FIELD_BYTES_MAX, || format!("{at}.tags[{index}]"))?;
    }
    for (index, score) in feedback.scores.iter().enumerate() {
        bounded(&score.name, CHAT_FIELD_BYTES_MAX, || format!("{at}.scores[{index}].name"))?;
        if !is_decimal(&score.value) {
            let at = format!("{at}.scores[{index}].value");
            return Err(field(at, FieldProblem::NotDecimal));
        }
    }
    Ok(())
}

/// Whether `text` is a decimal number in its one form: no sign but `-`, no exponent, no leading
/// zeros, no trailing zeros after the point, no negative zero; at most [`SCORE_BYTES_MAX`] bytes.
pub(super) fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let numeric = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    text.len() <= SCORE_BYTES_MAX
        && numeric(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(|f| numeric(f) && !f.ends_with('0'))
        && text != "-0"
}

fn short(value: &Option<String>, at: impl FnOnce() -> String) -> Rule {
    optional(value, CHAT_FIELD_BYTES_MAX, at)
}

fn optional(value: &Option<String>, max: usize, at: impl FnOnce() -> String) -> Rule {
    value.as_ref().map_or(Ok(()), |text| bounded(text, max, at))
}

fn bounded(text: &str, max: usize, at: impl FnOnce() -> String) -> Rule {
    match text.len() {
        0 => Err(field(at(), FieldProblem::Empty)),
        len if len > max => Err(field(at(), FieldProblem::TooLong { max })),
        _ => Ok(()),
    }
}

fn few(items: usize, at: impl FnOnce() -> String) -> Rule {
    if items <= LABELS_MAX {
        return Ok(());
    }
    Err(field(at(), FieldProblem::TooLong { max: LABELS_MAX }))
}

fn within(inside: bool, at: impl FnOnce() -> String) -> Rule {
    if inside { Ok(()) } else { Err(field(at(), FieldProblem::OutOfRange)) }
}

fn field(at: String, problem: FieldProblem) -> ChatError {
    ChatError::Field { at, problem }
}
