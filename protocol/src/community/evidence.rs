use super::VoidReason;
use crate::cbor::{Bytes, Decode, Encode, Error, Reader, Reason, Writer};
use crate::id::{EntryCommitment, PublicKey, Salt};
use crate::log::{Entry, commit};
use crate::sign::SignedError;
use crate::statement::{Body, SignedStatement};
use std::collections::BTreeMap;

/// An entry, and what is there of its statement.
#[derive(Debug, Clone)]
pub struct Item {
    /// The entry.
    pub entry: Entry,
    /// What is there.
    pub evidence: Evidence,
}

/// What is there of an entry's statement.
#[derive(Debug, Clone)]
pub enum Evidence {
    /// The bytes that the entry commits to, as [`Evidence::read`] found them.
    Statement {
        /// The salt of the entry's commitment.
        salt: Salt,
        /// The statement, or why the bytes are none: then the entry is void.
        statement: Result<SignedStatement, SignedError>,
    },
    /// It is gone, and this is why.
    Gone(Explanation),
    /// Nothing.
    Missing,
}

/// Bytes that prove nothing about an entry: whoever sent them was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the statement is not the one that the entry commits to")]
pub struct NotEvidence;

impl Evidence {
    /// Reads a statement from outside: checks the entry's commitment, then the signature.
    ///
    /// # Errors
    /// [`NotEvidence`] if the entry does not commit to these bytes. Committed bytes that are not a
    /// good statement are evidence: they make the entry void.
    pub fn read(entry: &Entry, salt: Salt, bytes: &[u8]) -> Result<Self, NotEvidence> {
        if commit(&salt, bytes) != entry.commitment {
            return Err(NotEvidence);
        }
        Ok(Self::Statement { salt, statement: SignedStatement::verify(bytes) })
    }

    /// Whether this evidence is about `entry`. An explanation is judged by
    /// [`super::Community::explain`]. An error of reading was established by [`Evidence::read`].
    ///
    /// # Errors
    /// [`NotEvidence`].
    pub fn check(&self, entry: &Entry) -> Result<(), NotEvidence> {
        match self {
            Self::Statement { salt, statement: Ok(statement) }
                if commit(salt, statement.bytes()) != entry.commitment =>
            {
                Err(NotEvidence)
            }
            _ => Ok(()),
        }
    }
}

/// Why a statement is gone. It works logged or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Explanation {
    /// A withdrawal under the entry's control key.
    Withdrawal(SignedStatement),
    /// A takedown by a steward.
    Takedown(SignedStatement),
    /// The entry's due day ended.
    Due,
}

const WITHDRAWAL: u64 = 1;
const TAKEDOWN: u64 = 2;
const DUE: u64 = 3;

impl Explanation {
    /// The explanation that a signed withdrawal or takedown is; `None` for another kind.
    pub fn of(statement: SignedStatement) -> Option<Self> {
        match statement.content().body {
            Body::Withdrawal(_) => Some(Self::Withdrawal(statement)),
            Body::Takedown(_) => Some(Self::Takedown(statement)),
            _ => None,
        }
    }

    /// The control key that it names; a due day names none.
    pub fn control(&self) -> Option<PublicKey> {
        match self {
            Self::Withdrawal(s) | Self::Takedown(s) => match &s.content().body {
                Body::Withdrawal(w) => Some(w.control),
                Body::Takedown(t) => Some(t.control),
                _ => None,
            },
            Self::Due => None,
        }
    }
}

impl Encode for Explanation {
    /// `[1, statement]` withdrawal, `[2, statement]` takedown, `[3]` due day.
    fn encode(&self, w: &mut Writer) {
        let (code, statement) = match self {
            Self::Withdrawal(statement) => (WITHDRAWAL, Some(statement)),
            Self::Takedown(statement) => (TAKEDOWN, Some(statement)),
            Self::Due => (DUE, None),
        };
        w.array(1 + usize::from(statement.is_some()));
        w.uint(code);
        if let Some(statement) = statement {
            w.bytes(statement.bytes());
        }
    }
}

impl Decode for Explanation {
    /// Verifies the statement's signature.
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        let at = r.at();
        let error = |reason| Error { reason, at, path: Vec::new() };
        let (len, code) = (r.array()?, r.uint()?);
        if (len, code) == (1, DUE) {
            return Ok(Self::Due);
        }
        if len != 2 || !matches!(code, WITHDRAWAL | TAKEDOWN) {
            return Err(error(Reason::UnknownCode(code)));
        }
        let Bytes(bytes) = r.value()?;
        let statement = SignedStatement::verify(&bytes)
            .map_err(|_| error(Reason::Rule("the statement of an explanation does not verify")))?;
        match (code, Self::of(statement)) {
            (WITHDRAWAL, Some(found @ Self::Withdrawal(_)))
            | (TAKEDOWN, Some(found @ Self::Takedown(_))) => Ok(found),
            _ => Err(error(Reason::Rule("the statement of an explanation is of another kind"))),
        }
    }
}

/// What must be looked up before a batch is applied.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// Control keys: at which index was each first seen?
    pub controls: Vec<PublicKey>,
    /// Commitments: was each seen?
    pub commitments: Vec<EntryCommitment>,
}

/// Names what the rows before a batch must answer.
pub fn needs(items: &[Item]) -> Needs {
    Needs {
        controls: items.iter().filter_map(|item| item.entry.control).collect(),
        commitments: items.iter().map(|item| item.entry.commitment).collect(),
    }
}

/// The answers to [`Needs`], from all entries before the batch, holes included.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// Control keys seen before, and the index of the entry that first showed each.
    pub controls: BTreeMap<PublicKey, u64>,
    /// Commitments seen before, and the index of the entry that first showed each.
    pub commitments: BTreeMap<EntryCommitment, u64>,
}

impl Known {
    /// Whether an entry shows what an earlier one has shown. A store that was asked while the batch
    /// was already there answers with the entry itself, or with later ones: they are no reuse.
    pub(super) fn reused(&self, index: u64, entry: &Entry) -> Option<VoidReason> {
        let earlier = |first: Option<&u64>| first.is_some_and(|first| *first < index);
        if earlier(self.commitments.get(&entry.commitment)) {
            return Some(VoidReason::CommitmentReused);
        }
        let first = self.controls.get(entry.control.as_ref()?);
        earlier(first).then_some(VoidReason::ControlReused)
    }

    /// Remembers an entry. The caller of the fold does the same in its own tables.
    pub fn note(&mut self, index: u64, entry: &Entry) {
        self.commitments.entry(entry.commitment).or_insert(index);
        if let Some(control) = entry.control {
            self.controls.entry(control).or_insert(index);
        }
    }
}
