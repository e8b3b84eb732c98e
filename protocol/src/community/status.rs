use crate::cbor::{Decode, Encode, Error, Reader, Reason, Writer};
use crate::log::Entry;
use crate::statement::{Cause, Kind};
use std::fmt;

/// What the fold says of one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// It is in effect.
    Live,
    /// It has no effect; it is kept and reported, identically everywhere.
    Void(VoidReason),
    /// Its statement is gone, for an explained cause.
    Hole(Cause),
    /// Its statement is not here. A replica may be waiting for it; a verification fails.
    Missing,
}

impl Status {
    /// Whether it is in effect.
    pub fn is_live(&self) -> bool {
        *self == Self::Live
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Live => f.write_str("live"),
            Self::Void(reason) => write!(f, "void: {reason}"),
            Self::Hole(Cause::Withdrawn) => f.write_str("withdrawn"),
            Self::Hole(Cause::Due) => f.write_str("gone on its due day"),
            Self::Hole(Cause::TakenDown) => f.write_str("taken down"),
            Self::Missing => f.write_str("missing"),
        }
    }
}

/// Why an entry has no effect. The first reason of this order that holds is given.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    thiserror::Error,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum VoidReason {
    /// An earlier entry has the same commitment.
    #[error("an earlier entry has the same commitment")]
    CommitmentReused,
    /// An earlier entry has the same control key.
    #[error("an earlier entry has the same control key")]
    ControlReused,
    /// A kind that this version of the protocol does not define.
    #[error("of an unknown kind")]
    UnknownKind,
    /// A control key or a due day where the kind has none, or no control key where it needs one.
    #[error("a control key or a due day that its kind does not have, or no control key")]
    Shape,
    /// The bytes are not a well-formed statement with a good signature.
    #[error("not a well-formed statement with a good signature")]
    Malformed,
    /// Kind, control key or due day differ from the entry's.
    #[error("kind, control key or due day differ from its entry's")]
    Mismatch,
    /// Made for another community or another epoch.
    #[error("made for another community or epoch")]
    Elsewhere,
    /// It names a policy entry that is not one, or not before it, or none where it must.
    #[error("names no policy entry that stands before it")]
    Policy,
    /// The signer may not say this.
    #[error("its signer has no authority for it")]
    Signer,
    /// A charter that does not follow from the one before.
    #[error("a charter that does not continue the one before it")]
    Charter,
    /// A join without a good invitation where one is needed.
    #[error("no good invitation, and the policy does not let anyone join")]
    Invitation,
    /// The policy accepted gives this key no such role.
    #[error("the policy accepted does not give this role")]
    Role,
    /// The licence is not one that the policy allows.
    #[error("the policy does not allow its licence")]
    Licence,
    /// The usage preference forbids what the policy needs.
    #[error("its usage preference forbids what the policy needs")]
    Usage,
    /// The due day is missing or too far away for the policy.
    #[error("the policy asks for an earlier due day")]
    DueDay,
    /// The chat is larger than the policy allows.
    #[error("larger than the policy allows")]
    Size,
}
crate::codes!(VoidReason {
    CommitmentReused = 1,
    ControlReused = 2,
    UnknownKind = 3,
    Shape = 4,
    Malformed = 5,
    Mismatch = 6,
    Elsewhere = 7,
    Policy = 8,
    Signer = 9,
    Charter = 10,
    Invitation = 11,
    Role = 12,
    Licence = 13,
    Usage = 14,
    DueDay = 15,
    Size = 16,
});

const LIVE: u64 = 1;
const VOID: u64 = 2;
const HOLE: u64 = 3;
const MISSING: u64 = 4;

impl Encode for Status {
    /// `[1]` live, `[2, reason]` void, `[3, cause]` hole, `[4]` missing.
    fn encode(&self, w: &mut Writer) {
        let mut put = |code, detail: Option<&dyn Fn(&mut Writer)>| {
            w.array(1 + usize::from(detail.is_some()));
            w.uint(code);
            if let Some(detail) = detail {
                detail(w);
            }
        };
        match self {
            Self::Live => put(LIVE, None),
            Self::Void(reason) => put(VOID, Some(&|w| w.value(reason))),
            Self::Hole(cause) => put(HOLE, Some(&|w| w.value(cause))),
            Self::Missing => put(MISSING, None),
        }
    }
}

impl Decode for Status {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        let at = r.at();
        let len = r.array()?;
        match (len, r.uint()?) {
            (1, LIVE) => Ok(Self::Live),
            (2, VOID) => r.value().map(Self::Void),
            (2, HOLE) => r.value().map(Self::Hole),
            (1, MISSING) => Ok(Self::Missing),
            (_, code) => Err(Error { reason: Reason::UnknownCode(code), at, path: Vec::new() }),
        }
    }
}

/// Counts of chats by status, recomputed from the statuses whenever they are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Tally {
    /// In effect.
    pub live: u64,
    /// Taken back under their control key.
    pub withdrawn: u64,
    /// Gone on their due day.
    pub due: u64,
    /// Taken down by a steward.
    pub taken_down: u64,
    /// Without effect.
    pub void: u64,
    /// Not here, and nobody said why.
    pub missing: u64,
}

impl Tally {
    /// Counts one entry, if it is a chat's.
    pub fn add(&mut self, entry: &Entry, status: &Status) {
        if Kind(entry.kind) == Kind::MANIFEST {
            self.add_chat(status);
        }
    }

    /// Counts one chat.
    pub fn add_chat(&mut self, status: &Status) {
        *match status {
            Status::Live => &mut self.live,
            Status::Void(_) => &mut self.void,
            Status::Hole(Cause::Withdrawn) => &mut self.withdrawn,
            Status::Hole(Cause::Due) => &mut self.due,
            Status::Hole(Cause::TakenDown) => &mut self.taken_down,
            Status::Missing => &mut self.missing,
        } += 1;
    }
}
