use data_encoding::BASE32_NOPAD;
use sheaf_protocol::id::PublicKey;
use std::{fmt, str::FromStr};

/// Characters of an id that are shown: 50 bits.
const SHOWN: usize = 10;
/// Characters of a prefix that a person must type at least.
const TYPED_MIN: usize = 4;
/// Characters of a whole id.
const LENGTH: usize = 52;

/// How a person names a chat: its control key in base32 (RFC 4648, lowercase, no padding). Any prefix
/// of four characters or more that fits only one of the chats in question will do; ten are shown. The
/// whole key as `did:key:z6Mk…`, as `--json` and the log name it, will do too.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct ChatId(String);

/// Why a text names none of some chats.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// Too short, too long, or with characters that no id has.
    #[error("{0:?} is not the id of a chat")]
    Form(String),
    /// No chat begins so.
    #[error("no chat here has an id that begins with {0:?}")]
    None(String),
    /// No chat has this control key.
    #[error("no chat here has the control key {0}")]
    NoKey(PublicKey),
    /// Several chats begin so.
    #[error("{count} chats have ids that begin with {prefix:?}: type more of it")]
    Several {
        /// What was typed.
        prefix: String,
        /// How many fit.
        count: usize,
    },
}

impl ChatId {
    /// The id of the chat with this control key.
    pub fn of(control: &PublicKey) -> Self {
        Self(BASE32_NOPAD.encode(&control.0).to_ascii_lowercase())
    }

    /// What is shown.
    pub fn short(&self) -> &str {
        &self.0[..SHOWN.min(self.0.len())]
    }

    /// The one of `ids` that begins with `prefix`, in any letter case, or whose control key it is.
    ///
    /// # Errors
    /// [`FindError`].
    pub fn find<'a>(
        prefix: &str,
        ids: impl IntoIterator<Item = &'a Self>,
    ) -> Result<&'a Self, FindError> {
        if let Ok(control) = prefix.trim().parse() {
            let wanted = Self::of(&control);
            let found = ids.into_iter().find(|id| **id == wanted);
            return found.ok_or(FindError::NoKey(control));
        }
        let lower = prefix.trim().to_ascii_lowercase();
        let known = |c: char| c.is_ascii_lowercase() || ('2'..='7').contains(&c);
        if !(TYPED_MIN..=LENGTH).contains(&lower.len()) || !lower.chars().all(known) {
            return Err(FindError::Form(prefix.to_owned()));
        }
        let mut fitting = ids.into_iter().filter(|id| id.0.starts_with(&lower));
        match (fitting.next(), fitting.count()) {
            (None, _) => Err(FindError::None(prefix.to_owned())),
            (Some(id), 0) => Ok(id),
            (Some(_), others) => {
                Err(FindError::Several { prefix: prefix.to_owned(), count: others + 1 })
            }
        }
    }
}

impl FromStr for ChatId {
    type Err = FindError;

    /// Reads a whole id.
    fn from_str(text: &str) -> Result<Self, FindError> {
        let upper = text.to_ascii_uppercase();
        let key = BASE32_NOPAD.decode(upper.as_bytes()).ok().and_then(|key| key.try_into().ok());
        let id = key.map(|key| Self::of(&PublicKey(key))).filter(|id| id.0 == text);
        id.ok_or_else(|| FindError::Form(text.to_owned()))
    }
}

impl fmt::Display for ChatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ChatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChatId({})", self.short())
    }
}
