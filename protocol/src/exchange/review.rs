//! Chats that wait for a steward's review, and what was found in them.

use crate::cbor::Bytes;
use crate::id::PublicKey;
use crate::limits::{FINDING_KINDS_MAX, FINDINGS_MAX};
use crate::time::Time;

/// What a node found private in a chat that arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Each kind that was found, by its name, with how often; at most [`FINDING_KINDS_MAX`].
    pub kinds: Vec<FoundKind>,
    /// Where, in the order of the chat; at most [`FINDINGS_MAX`], the others are only counted.
    pub places: Vec<Finding>,
    /// Why a scrubber could not look through the chat, in a sentence, if one could not.
    pub failed: Option<String>,
}
crate::record!(Findings { kinds, places, failed });

/// One kind of what was found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FoundKind {
    /// Its name, such as `email`.
    pub kind: String,
    /// In how many places.
    pub times: u64,
    /// Whether it sends the chat to review, under the policy in force when the chat came.
    pub review: bool,
}
crate::record!(FoundKind { kind, times, review });

/// Something private in a chat, and where.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// The text, as a path in the chat's normal form: `messages[0].parts[0].text`.
    pub at: String,
    /// Its first byte in that text, and the one behind its last.
    pub bytes: (u64, u64),
    /// The same in code points.
    pub code_points: (u64, u64),
    /// What it is, such as `email` or `national-id-us`.
    pub kind: String,
    /// How sure that is, in percent.
    pub confidence: u8,
    /// Whether it goes on from the finding before: a part of the message ended within a value.
    pub continues: bool,
}
crate::record!(Finding { at, bytes, code_points, kind, confidence, continues });

impl Findings {
    /// Adds a finding, and counts it under the name of its kind.
    pub fn add(&mut self, kind: &str, finding: Finding) {
        if !finding.continues {
            self.count(kind);
        }
        if self.places.len() < FINDINGS_MAX {
            self.places.push(finding);
        }
    }

    fn count(&mut self, kind: &str) {
        match self.kinds.binary_search_by(|known| known.kind.as_str().cmp(kind)) {
            Ok(at) => self.kinds[at].times += 1,
            Err(at) if self.kinds.len() < FINDING_KINDS_MAX => {
                let found = FoundKind { kind: kind.to_owned(), times: 1, review: false };
                self.kinds.insert(at, found);
            }
            Err(_) => {}
        }
    }

    /// How many places were found that are not listed. The rest of a value in pieces counts with its
    /// first.
    pub fn unlisted(&self) -> u64 {
        let listed = self.places.iter().filter(|finding| !finding.continues).count() as u64;
        self.kinds.iter().map(|kind| kind.times).sum::<u64>().saturating_sub(listed)
    }
}

/// A chat in the review queue, on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingChat {
    /// Its control key: by this it is shown, accepted and refused.
    pub control: PublicKey,
    /// When it came.
    pub received: Time,
    /// Bytes of the open chat.
    pub plain_bytes: u64,
    /// How many messages it has, as the manifest says.
    pub messages: u32,
    /// Who signed the manifest: the author's key, or the chat's own.
    pub signer: PublicKey,
    /// Under which name it is given.
    pub name: Option<String>,
    /// What was found in it.
    pub kinds: Vec<FoundKind>,
    /// Why a scrubber could not look through it.
    pub failed: Option<String>,
}
crate::record!(WaitingChat {
    control,
    received,
    plain_bytes,
    messages,
    signer,
    name,
    kinds,
    failed,
});

/// A chat in the review queue, whole: its sealed bytes follow. Whoever reads it checks it against
/// the manifest.
#[derive(Clone, PartialEq, Eq)]
pub struct ReviewChat {
    /// The signed manifest.
    pub manifest: Bytes,
    /// The chat key.
    pub key: [u8; 32],
    /// When it came.
    pub received: Time,
    /// What was found in it.
    pub findings: Findings,
}
crate::record!(ReviewChat { manifest, key, received, findings });

impl std::fmt::Debug for ReviewChat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { manifest, received, findings, .. } = self;
        write!(f, "ReviewChat {{ {} bytes, key: …, {received}, {findings:?} }}", manifest.0.len())
    }
}
