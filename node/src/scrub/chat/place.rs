//! Where in a chat a text stands.

use crate::scrub::folded::Form;
use serde::de::IgnoredAny;
use std::fmt;

/// A text of a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Index of the message; `None` for what is said of the chat.
    pub message: Option<usize>,
    /// Index of the part in the message; `None` for what is said of the message.
    pub part: Option<usize>,
    /// Which of its texts.
    pub field: Field,
}

/// A text of a chat, a message or a part, by the name that the normal form gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The title of a chat.
    Title,
    /// The tool a chat came from.
    Source,
    /// A model.
    Model,
    /// The name of an author, a tool or a file.
    Name,
    /// To whom a message is said.
    Recipient,
    /// What is said.
    Text,
    /// What was thought.
    Reasoning,
    /// A program.
    Code,
    /// The language of a program.
    Language,
    /// What a tool's result refers to.
    Id,
    /// What a tool is given.
    Arguments,
    /// What a tool answered.
    Output,
    /// A media type.
    Mime,
    /// What a picture shows or a sound says.
    Transcript,
    /// The name of a part of another kind.
    Kind,
    /// Its JSON.
    Json,
    /// A comment of the person.
    Comment,
    /// A label that the person gave, by its index.
    Tag(usize),
    /// The name of a score, by its index.
    Score(usize),
}

impl Place {
    /// Whether this is the same field of the next part of the same message, and one that a tool may
    /// have cut in two.
    pub(in crate::scrub) fn follows(&self, last: &Self) -> bool {
        let is_next = self.message == last.message
            && self.part.zip(last.part).is_some_and(|(part, last)| part == last + 1);
        is_next
            && self.field == last.field
            && matches!(self.field, Field::Text | Field::Reasoning | Field::Code | Field::Output)
    }

    /// How `text`, which stands here, is written.
    pub(in crate::scrub) fn form(&self, text: &str) -> Form {
        let may_be = matches!(self.field, Field::Arguments | Field::Output | Field::Json)
            && text.trim_start().starts_with(|c: char| "{[\"-".contains(c) || c.is_ascii_digit());
        match may_be && serde_json::from_str::<IgnoredAny>(text).is_ok() {
            true => Form::Json,
            false => Form::Plain,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(message) = self.message {
            write!(f, "messages[{message}].")?;
        }
        if let Some(part) = self.part {
            write!(f, "parts[{part}].")?;
        }
        self.field.fmt(f)
    }
}

/// As the normal form names it: with [`Place`] a path in the chat's JSON.
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Title => "title",
            Self::Source => "source",
            Self::Model => "model",
            Self::Name => "name",
            Self::Recipient => "recipient",
            Self::Text | Self::Reasoning | Self::Code | Self::Transcript => "text",
            Self::Language => "language",
            Self::Id => "id",
            Self::Arguments => "arguments",
            Self::Output => "output",
            Self::Mime => "mime",
            Self::Kind => "kind",
            Self::Json => "json",
            Self::Comment => "feedback.comment",
            Self::Tag(index) => return write!(f, "feedback.tags[{index}]"),
            Self::Score(index) => return write!(f, "feedback.scores[{index}].name"),
        };
        f.write_str(name)
    }
}
