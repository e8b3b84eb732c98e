//! The normal form of a chat: one conversation, whichever tool it came from.
//!
//! Messages form a forest: each names its parent by the index of an *earlier* message, so there are
//! no cycles to look for, and a regenerated answer is simply a second child. Times are integer
//! milliseconds and tool arguments stay the JSON text they were, so that a chat holds no floating
//! point number and has exactly one byte form. `docs/spec/chat.md` is the specification.

mod error;
mod json;
mod part;
mod tree;
mod validate;

pub use error::{ChatError, FieldProblem};
pub use part::{MediaKind, Part};

use crate::cbor::{self, Error, Reader, Reason};
use crate::limits::{
    CHAT_BYTES_MAX, CHAT_MESSAGES_MAX, CHAT_PARTS_MAX, LABELS_MAX, MESSAGE_PARTS_MAX,
};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// One conversation in normal form. [`Chat::validate`] states the rules its fields keep.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chat {
    /// The version of the normal form.
    pub version: Version,
    /// Title, as the tool or the person gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The tool the chat came from, such as `chatgpt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The model that answered, unless a message names another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// When the chat began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Time>,
    /// The messages, every parent before its children.
    pub messages: Vec<Message>,
    /// Index of the last message of the branch that was last looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<u32>,
    /// What the person thought of the whole chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback: Option<Feedback>,
}
crate::record!(Chat {
    version,
    title,
    source,
    model,
    created,
    messages = read_messages,
    current,
    feedback
});

/// The version of the normal form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u64")]
pub enum Version {
    /// The form that this release writes.
    #[default]
    V1,
}
crate::codes!(Version { V1 = 1 });

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Index of the message this one follows: always a smaller one. `None` for a root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<u32>,
    /// Who speaks.
    pub role: Role,
    /// Name of the author within the role, such as the tool's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// To whom it is said, if not to everyone: for example the tool that is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// The model that wrote it, if it differs from the chat's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// When it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Time>,
    /// Whether the tool hid it from the person.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hidden: bool,
    /// What it says, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// What the person thought of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback: Option<Feedback>,
}
crate::record!(Message {
    parent,
    role,
    name,
    recipient,
    model,
    created,
    hidden,
    parts = |r: &mut Reader<'_>| r.list(MESSAGE_PARTS_MAX),
    feedback
});

impl Message {
    /// A message of `role` under `parent` that says `parts`; every other field is absent.
    pub fn new(role: Role, parent: Option<u32>, parts: Vec<Part>) -> Self {
        Self {
            parent,
            role,
            parts,
            name: None,
            recipient: None,
            model: None,
            created: None,
            hidden: false,
            feedback: None,
        }
    }
}

/// Who speaks in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Instructions of the provider or the tool.
    System,
    /// Instructions of the application's author.
    Developer,
    /// The person.
    User,
    /// The model.
    Assistant,
    /// A tool that was called.
    Tool,
}
crate::codes!(Role { System = 0, Developer = 1, User = 2, Assistant = 3, Tool = 4 });

impl Role {
    /// Its name, as JSON and screens have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Developer => "developer",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
        }
    }
}

/// What a person thought of a message or of a chat. At least one field is present.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feedback {
    /// −1 (bad), 0 (neutral) or 1 (good).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<i64>,
    /// Place among its siblings, 0 being the best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<u32>,
    /// Named scores.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<Score>,
    /// Labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}
crate::record!(Feedback {
    rating,
    rank,
    scores = |r: &mut Reader<'_>| r.list(LABELS_MAX),
    tags = |r: &mut Reader<'_>| r.list(LABELS_MAX),
    comment
});

/// A named score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// What was judged, such as `helpfulness`.
    pub name: String,
    /// A decimal number as text, in its shortest form: `-0.25`, `3`, never `3.0`.
    pub value: String,
}
crate::record!(Score { name, value });

impl Chat {
    /// The chat's canonical bytes `P`: what is sealed and committed to.
    pub fn to_cbor(&self) -> Vec<u8> {
        cbor::to_vec(self)
    }

    /// Reads canonical bytes and checks every rule.
    ///
    /// # Errors
    /// [`ChatError`] names the rule and the field, or the byte.
    pub fn from_cbor(bytes: &[u8]) -> Result<Self, ChatError> {
        if bytes.len() > CHAT_BYTES_MAX {
            return Err(ChatError::TooLong { bytes: bytes.len() });
        }
        let chat: Self = cbor::from_slice(bytes).map_err(ChatError::from_cbor)?;
        chat.check_fields()?;
        Ok(chat)
    }
}

/// The bounds on numbers of messages and parts hold while reading: a few megabytes of empty parts
/// must not become gigabytes of memory.
fn read_messages(r: &mut Reader<'_>) -> Result<Vec<Message>, Error> {
    let at = r.at();
    let too_long = |max| Error { reason: Reason::TooLong { max }, at, path: Vec::new() };
    let len = r.array()?;
    if len > CHAT_MESSAGES_MAX as u64 {
        return Err(too_long(CHAT_MESSAGES_MAX));
    }
    let mut messages = Vec::new();
    let mut parts = 0;
    r.nested(|r| {
        for _ in 0..len {
            let message: Message = r.value()?;
            parts += message.parts.len();
            if parts > CHAT_PARTS_MAX {
                return Err(too_long(CHAT_PARTS_MAX).within("parts"));
            }
            messages.push(message);
        }
        Ok(messages)
    })
}

impl From<Version> for u8 {
    fn from(Version::V1: Version) -> Self {
        1
    }
}

impl TryFrom<u64> for Version {
    type Error = String;
    fn try_from(number: u64) -> Result<Self, String> {
        if number == 1 { Ok(Self::V1) } else { Err(error::unknown_version(number)) }
    }
}

fn is_false(flag: &bool) -> bool {
    !flag
}

#[cfg(test)]
pub(crate) mod strategy;
#[cfg(test)]
mod tests;
