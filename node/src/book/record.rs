use super::ChatId;
use serde::{Deserialize, Serialize};
use sheaf_protocol::{
    id::PublicKey,
    statement::Attribution,
    time::{Day, Time},
};

/// One chat as its member remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The key that takes it back.
    pub control: PublicKey,
    /// From which counter that key is derived.
    pub counter: u64,
    /// Its title, here only; absent after a recovery from words.
    pub title: Option<String>,
    /// How many messages it has.
    pub messages: u32,
    /// Recognises the same text; absent after a recovery from words.
    pub text: Option<TextMark>,
    /// Recognises the chat as it was read, before anything private in it was masked; absent where
    /// nothing was, and after a recovery from words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<TextMark>,
    /// The licence given.
    pub licence: String,
    /// The usage preference given.
    pub usage: String,
    /// Under which name.
    pub attribution: Attribution,
    /// Until when.
    pub due: Option<Day>,
    /// When it was signed.
    pub signed: Time,
    /// The sentences that were shown before signing.
    pub shown: Vec<String>,
    /// How it stands.
    pub state: State,
}

impl Record {
    /// How its member names it.
    pub fn id(&self) -> ChatId {
        ChatId::of(&self.control)
    }
}

/// How a chat stands, as far as its member knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum State {
    /// Signed and kept; whether it arrived is not known.
    Prepared,
    /// Held by the node for review.
    Pending,
    /// In the log; there is a slip.
    Logged {
        /// Its index.
        index: u64,
    },
    /// Refused, and never logged.
    Refused {
        /// Why.
        sentence: String,
    },
    /// Taken back here; whether the node knows is not known.
    Withdrawing {
        /// The signed withdrawal in hexadecimal: a retry sends the same.
        statement: String,
    },
    /// Taken back at the node.
    Withdrawn {
        /// Index of the withdrawal in the log; absent if the chat was never logged.
        index: Option<u64>,
    },
    /// Found in the log by its control key after a recovery from words.
    Recovered,
}

impl State {
    /// Whether the bundle may still have to be sent.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Prepared | Self::Pending)
    }

    /// Whether the chat may be at the node, and not taken back.
    pub fn is_given(&self) -> bool {
        matches!(self, Self::Prepared | Self::Pending | Self::Logged { .. } | Self::Recovered)
    }
}

/// Recognises a text on this machine: a hash of the chat's canonical bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TextMark(String);

impl TextMark {
    /// The mark of a chat's canonical bytes.
    pub fn of(plain: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("sheaf 2026-11 member book text mark v1");
        hasher.update(plain);
        Self(hasher.finalize().to_hex().to_string())
    }
}
