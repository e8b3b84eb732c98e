use crate::cbor::{self, Reason};
use crate::limits::{CHAT_BYTES_MAX, CHAT_MESSAGES_MAX, CHAT_PARTS_MAX};

/// Why something is not a chat in normal form.
#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    /// The bytes are not the deterministic CBOR of a chat.
    #[error("not a chat: {0}")]
    Cbor(cbor::Error),
    /// The JSON does not have the fields of a chat.
    #[error("not a chat: {0}")]
    Json(#[from] serde_json::Error),
    /// The JSON says the same in another form, such as `null` for an absent field.
    #[error("{at} is not written in the one form of its value")]
    JsonForm {
        /// Where, as in `messages[3].name`.
        at: String,
    },
    /// A version of the normal form that this release does not know.
    #[error("{}", unknown_version(*.0))]
    Version(u64),
    /// Longer than [`CHAT_BYTES_MAX`] in canonical CBOR.
    #[error("the chat takes {bytes} bytes; at most {CHAT_BYTES_MAX} are allowed")]
    TooLong {
        /// Its size, or that of its texts where they alone are too long.
        bytes: usize,
    },
    /// More than [`CHAT_MESSAGES_MAX`] messages.
    #[error("{found} messages; at most {CHAT_MESSAGES_MAX} are allowed")]
    TooManyMessages {
        /// How many.
        found: usize,
    },
    /// More parts than one message or one chat may have.
    #[error("too many parts at message {message}; a chat has at most {CHAT_PARTS_MAX}")]
    TooManyParts {
        /// The message at which the bound was passed.
        message: usize,
    },
    /// No message says anything.
    #[error("no message has any content")]
    NoContent,
    /// A message follows one that is not earlier in the list.
    #[error("message {message} names {parent} as its parent, which is not an earlier message")]
    Parent {
        /// The message.
        message: usize,
        /// The parent it names.
        parent: u32,
    },
    /// `current` is not the index of a message.
    #[error("current is {current}, but there are {messages} messages")]
    Current {
        /// The index given.
        current: u32,
        /// How many messages there are.
        messages: usize,
    },
    /// A field breaks its rule.
    #[error("{at} {problem}")]
    Field {
        /// Where, as in `messages[3].parts[0].name`.
        at: String,
        /// Which rule.
        problem: FieldProblem,
    },
}

/// Which rule a field breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FieldProblem {
    /// Present, but empty: an absent field must be absent.
    #[error("is empty; leave it out instead")]
    Empty,
    /// Longer than its bound.
    #[error("is longer than {max} bytes or items")]
    TooLong {
        /// The bound.
        max: usize,
    },
    /// A number outside of its range.
    #[error("is out of range")]
    OutOfRange,
    /// A score that is not a decimal number in its shortest form.
    #[error("is not a decimal number in its shortest form")]
    NotDecimal,
}

impl ChatError {
    /// An unknown version is not garbage: say so.
    pub(super) fn from_cbor(error: cbor::Error) -> Self {
        match (&error.reason, error.path.as_slice()) {
            (Reason::UnknownCode(version), ["version"]) => Self::Version(*version),
            _ => Self::Cbor(error),
        }
    }
}

pub(super) fn unknown_version(version: u64) -> String {
    format!("version {version} of the chat format is not known here; a newer release may read it")
}
