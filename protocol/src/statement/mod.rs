//! What is signed for a log: one [`Statement`] envelope, one file per kind.
//!
//! The table of kinds, who may sign each, and which may become holes is in
//! `docs/spec/statement.md`. Whether a well-formed statement takes effect is decided by
//! [`crate::community`], not here.

mod acceptance;
mod charter;
mod erasure;
mod invitation;
mod kind;
mod manifest;
mod membership;
mod validate;
mod withdrawal;

pub use acceptance::{Acceptance, Role};
pub use charter::{Charter, LogEnd};
pub use erasure::{Cause, Erased, Erasure, Receipt};
pub use invitation::{Invitation, InvitationUse, Invite, InviteError};
pub use kind::Kind;
pub use manifest::{Attribution, BlobRef, Consent, Labels, Manifest, Scrubbed, Verdict};
pub use membership::{Admission, Membership};
pub use validate::{Invalid, is_line};
pub(crate) use validate::{NOT_A_KIND, Validity, ensure, ensure_line, is_hidden, is_private_kind};
pub use withdrawal::{Takedown, TakedownReason, Withdrawal};

use crate::cbor::{self, Bytes, Decode, Encode, Error, Reader, Reason, Writer};
use crate::id::{CommunityId, EntryCommitment, PublicKey, Salt};
use crate::log::{Entry, commit};
use crate::policy::Policy;
use crate::sign::{Domain, Signed};
use crate::time::{Day, Time};

/// A statement whose signature was good.
pub type SignedStatement = Signed<Statement>;

/// The policy entry under which a statement was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct PolicyRef {
    /// Its index in the log.
    pub index: u64,
    /// Its entry's commitment.
    pub commitment: EntryCommitment,
}
crate::record!(PolicyRef { index, commitment });

/// What every statement covers, and its body.
///
/// Bytes: `[1, kind, community, epoch, policy / null, signed_at_ms, bstr .cbor body]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The community for which it is made.
    pub community: CommunityId,
    /// The epoch of the community's log.
    pub epoch: u64,
    /// The policy entry it was made under; absent in charters and policies.
    pub policy: Option<PolicyRef>,
    /// When the signer says it was signed.
    pub at: Time,
    /// What is stated.
    pub body: Body,
}

/// The kinds of statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Names log key and stewards.
    Charter(Charter),
    /// The community's rules from here on.
    Policy(Policy),
    /// Somebody joins, is admitted or removed.
    Membership(Membership),
    /// A peer promises to keep a policy.
    Acceptance(Acceptance),
    /// A chat enters the commons.
    Manifest(Manifest),
    /// A member takes a chat (or their membership) back.
    Withdrawal(Withdrawal),
    /// The origin has erased.
    Erasure(Erasure),
    /// A replica has erased.
    Receipt(Receipt),
    /// A steward takes a chat down.
    Takedown(Takedown),
    /// A kind that this release does not know: void, and kept.
    Unknown(Kind, Bytes),
}

const VERSION: u64 = 1;

impl Domain for Statement {
    const LABEL: &'static str = "application/vnd.sheaf.statement.v1+cbor";
}

impl Statement {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.body.kind()
    }

    /// The control key and due day that its log entry must show.
    pub fn entry_fields(&self) -> (Option<PublicKey>, Option<Day>) {
        match &self.body {
            Body::Manifest(m) => (Some(m.control), m.consent.due),
            Body::Membership(m) => (m.control, None),
            _ => (None, None),
        }
    }
}

impl SignedStatement {
    /// The log entry that commits to this statement under `salt`.
    pub fn entry(&self, salt: &Salt) -> Entry {
        let (control, due) = self.content().entry_fields();
        let kind = self.content().kind().0;
        Entry { kind, commitment: commit(salt, self.bytes()), control, due }
    }
}

impl Body {
    /// The kind of this body.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Charter(_) => Kind::CHARTER,
            Self::Policy(_) => Kind::POLICY,
            Self::Membership(_) => Kind::MEMBERSHIP,
            Self::Acceptance(_) => Kind::ACCEPTANCE,
            Self::Manifest(_) => Kind::MANIFEST,
            Self::Withdrawal(_) => Kind::WITHDRAWAL,
            Self::Erasure(_) => Kind::ERASURE,
            Self::Receipt(_) => Kind::RECEIPT,
            Self::Takedown(_) => Kind::TAKEDOWN,
            Self::Unknown(kind, _) => *kind,
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Charter(body) => cbor::to_vec(body),
            Self::Policy(body) => cbor::to_vec(body),
            Self::Membership(body) => cbor::to_vec(body),
            Self::Acceptance(body) => cbor::to_vec(body),
            Self::Manifest(body) => cbor::to_vec(body),
            Self::Withdrawal(body) => cbor::to_vec(body),
            Self::Erasure(body) => cbor::to_vec(body),
            Self::Receipt(body) => cbor::to_vec(body),
            Self::Takedown(body) => cbor::to_vec(body),
            Self::Unknown(_, bytes) => bytes.0.clone(),
        }
    }

    fn from_bytes(kind: Kind, bytes: &[u8]) -> Result<Self, Error> {
        Ok(match kind {
            Kind::CHARTER => Self::Charter(cbor::from_slice(bytes)?),
            Kind::POLICY => Self::Policy(cbor::from_slice(bytes)?),
            Kind::MEMBERSHIP => Self::Membership(cbor::from_slice(bytes)?),
            Kind::ACCEPTANCE => Self::Acceptance(cbor::from_slice(bytes)?),
            Kind::MANIFEST => Self::Manifest(cbor::from_slice(bytes)?),
            Kind::WITHDRAWAL => Self::Withdrawal(cbor::from_slice(bytes)?),
            Kind::ERASURE => Self::Erasure(cbor::from_slice(bytes)?),
            Kind::RECEIPT => Self::Receipt(cbor::from_slice(bytes)?),
            Kind::TAKEDOWN => Self::Takedown(cbor::from_slice(bytes)?),
            other => Self::Unknown(other, Bytes(bytes.to_vec())),
        })
    }
}

impl Encode for Statement {
    fn encode(&self, w: &mut Writer) {
        w.array(7);
        w.uint(VERSION);
        w.value(&self.kind());
        w.value(&self.community);
        w.uint(self.epoch);
        w.value(&self.policy);
        w.value(&self.at);
        w.bytes(&self.body.to_bytes());
    }
}

impl Decode for Statement {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.array_fixed(7)?;
        if r.uint().map_err(|e| e.within("version"))? != VERSION {
            return Err(r.error(Reason::Rule("a statement of another version than 1")));
        }
        let kind = r.value().map_err(|e: Error| e.within("kind"))?;
        let community = r.value().map_err(|e: Error| e.within("community"))?;
        let epoch = r.uint().map_err(|e| e.within("epoch"))?;
        let policy = r.value().map_err(|e: Error| e.within("policy"))?;
        let at = r.value().map_err(|e: Error| e.within("at"))?;
        let start = r.at();
        let body = Body::from_bytes(kind, r.bytes().map_err(|e| e.within("body"))?)
            .map_err(|e| Error { at: start, ..e.within("body") })?;
        let statement = Self { community, epoch, policy, at, body };
        let broken = |Invalid { field, rule }| Error {
            reason: Reason::Rule(rule),
            at: start,
            path: vec![field],
        };
        statement.validate().map_err(broken)?;
        Ok(statement)
    }
}

#[cfg(test)]
mod tests;
