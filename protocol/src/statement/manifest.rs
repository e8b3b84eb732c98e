use crate::id::{BlobHash, ChatCommitment, KeyCheck, PublicKey};
use crate::time::{Day, Time};

/// Puts one chat into the commons: which sealed bytes, under which consent.
///
/// Signed by the author's key for the community, or, for attribution "none", by the chat's own
/// control key, so that no two such chats can be linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The key made for this one chat: withdraws or amends it.
    pub control: PublicKey,
    /// The sealed bytes.
    pub blob: BlobRef,
    /// `C`, the commitment to the chat's canonical bytes.
    pub commitment: ChatCommitment,
    /// `q`, by which the chat key is recognised.
    pub check: KeyCheck,
    /// The terms.
    pub consent: Consent,
    /// What the member says about the chat.
    pub labels: Labels,
}
crate::record!(Manifest { control, blob, commitment, check, consent, labels });

/// A sealed blob by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlobRef {
    /// BLAKE3 of the sealed bytes.
    pub hash: BlobHash,
    /// How many sealed bytes, padding included.
    pub sealed_bytes: u64,
    /// How many bytes the canonical chat has.
    pub plain_bytes: u64,
}
crate::record!(BlobRef { hash, sealed_bytes, plain_bytes });

/// The terms a member signs, for exactly these bytes under exactly this policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// An SPDX licence expression.
    pub licence: String,
    /// The raw `Content-Usage` value (IETF AIPREF), e.g. `train-ai=y, search=n`; may be empty.
    pub usage: String,
    /// The revision of the vocabulary that `usage` was written in.
    pub vocabulary: String,
    /// Under which name.
    pub attribution: Attribution,
    /// The last day on which the chat may be held; it ends at 24:00 UTC.
    pub due: Option<Day>,
}
crate::record!(Consent { licence, usage, vocabulary, attribution, due });

/// Under which name a chat is given.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Attribution {
    /// Signed by the control key: nothing links it to the member or to their other chats.
    None,
    /// Signed by the author's key, under a chosen name: chats of one author can be linked.
    Name(String),
}

impl crate::cbor::Encode for Attribution {
    fn encode(&self, w: &mut crate::cbor::Writer) {
        match self {
            Self::None => w.null(),
            Self::Name(name) => w.text(name),
        }
    }
}

impl crate::cbor::Decode for Attribution {
    fn decode(r: &mut crate::cbor::Reader<'_>) -> Result<Self, crate::cbor::Error> {
        Ok(r.value::<Option<String>>()?.map_or(Self::None, Self::Name))
    }
}

/// What the member says about a chat; selection works on these fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels {
    /// Good, bad or interesting.
    pub verdict: Option<Verdict>,
    /// Free words, sorted, without repetition.
    pub tags: Vec<String>,
    /// BCP 47 language tags, sorted, without repetition.
    pub languages: Vec<String>,
    /// Names of the models that answered, sorted, without repetition.
    pub models: Vec<String>,
    /// How many messages the chat has, over all branches.
    pub messages: u32,
    /// When the chat began, if the member lets it be known.
    pub created: Option<Time>,
    /// What was private in the chat: each kind that was found, sorted by its name.
    pub scrubbed: Vec<Scrubbed>,
}
crate::record!(Labels { verdict, tags, languages, models, messages, created, scrubbed });

/// One kind of what is private: how often it was found on the member's device, and what became of
/// it; never what it was.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scrubbed {
    /// The kind, by a name such as `email`.
    pub kind: String,
    /// How many places were masked.
    pub masked: u32,
    /// How many places the member left as they were.
    pub kept: u32,
}
crate::record!(Scrubbed { kind, masked, kept });

impl Labels {
    /// The same labels with each list sorted and without repetition, as a manifest needs them.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        for list in [&mut self.tags, &mut self.languages, &mut self.models] {
            list.sort();
            list.dedup();
        }
        self
    }
}

/// A member's judgement of a chat.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// An answer worth learning from.
    Good,
    /// An answer worth avoiding.
    Bad,
    /// Worth studying.
    Interesting,
}
crate::codes!(Verdict { Good = 1, Bad = 2, Interesting = 3 });
