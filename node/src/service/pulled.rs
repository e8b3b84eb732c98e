//! A part of a peer's log: entries with what came of their statements, checked against its head.

use super::input::Arrived;
use crate::store::{Held, Holding, NewEntry};
use sheaf_protocol::community::{self, Community, Evidence, Explanation, Item, Status};
use sheaf_protocol::exchange::Salted;
use sheaf_protocol::id::TreeHash;
use sheaf_protocol::limits::CLOCK_SKEW_SECS;
use sheaf_protocol::log::{self, Checkpoint, Entry, SignedCheckpoint, UnverifiedCheckpoint};
use sheaf_protocol::statement::SignedStatement;
use sheaf_protocol::time::Time;

/// A part of a peer's log on its way into the store.
pub(super) struct Pulled {
    target: UnverifiedCheckpoint,
    /// The target, if it was verified already, under the log key of then.
    signed: Option<SignedCheckpoint>,
    pub(super) text: String,
    consistency: Vec<TreeHash>,
    pub(super) items: Vec<Item>,
    /// As they came, for the store.
    pub(super) salted: Vec<Option<Salted>>,
}

impl Pulled {
    /// Nothing yet, on the way to a head.
    pub(super) fn towards(
        target: UnverifiedCheckpoint,
        signed: Option<SignedCheckpoint>,
        text: String,
        consistency: Vec<TreeHash>,
    ) -> Self {
        Self { target, signed, text, consistency, items: Vec::new(), salted: Vec::new() }
    }

    /// The statement of each item, where there is a good one.
    pub(super) fn statements(&self) -> impl Iterator<Item = Option<&SignedStatement>> {
        self.items.iter().map(|item| match &item.evidence {
            Evidence::Statement { statement: Ok(statement), .. } => Some(statement),
            _ => None,
        })
    }

    pub(super) fn push(&mut self, entry: Entry, arrived: Option<Arrived>) {
        let (evidence, salted) = match arrived {
            Some(Arrived { salted, statement }) => {
                (Evidence::Statement { salt: salted.salt, statement }, Some(salted))
            }
            None => (Evidence::Missing, None),
        };
        self.items.push(Item { entry, evidence });
        self.salted.push(salted);
    }
}

/// Why a part of a log was not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum PullError {
    #[error(transparent)]
    Fold(#[from] community::FoldError),
    #[error("the head's signature: {0}")]
    Checkpoint(#[from] log::CheckpointError),
    #[error("the log has no key yet")]
    NoKey,
    #[error("the entries do not lead to the head: {0}")]
    Inconsistent(#[from] log::VerifyProofError),
    #[error("the entries do not have the head's root")]
    Root,
    #[error("the head lies in the future: its clock or ours is wrong")]
    Future,
}

/// The head, if this part reaches it; `None` if the part lies before it and leads there.
pub(super) fn checked_head(
    fold: &Community,
    pulled: &Pulled,
    now: Time,
) -> Result<Option<SignedCheckpoint>, PullError> {
    let key = fold.log_key().ok_or(PullError::NoKey)?;
    let Checkpoint { size, root, .. } = pulled.target.claimed().clone();
    let signed = match pulled.signed.clone().filter(|signed| signed.log_key() == key) {
        Some(signed) => signed,
        None => pulled.target.clone().verify(&fold.id(), fold.epoch(), &key)?,
    };
    if signed.cosigned_at() > now.plus_secs(CLOCK_SKEW_SECS) {
        return Err(PullError::Future);
    }
    let (ours, ours_root) = (fold.size(), fold.frontier().root());
    if ours == size {
        return if ours_root == root { Ok(Some(signed)) } else { Err(PullError::Root) };
    }
    log::verify_consistency(ours, &ours_root, size, &root, &pulled.consistency)?;
    Ok(None)
}

pub(super) fn rows_of(pulled: &Pulled, statuses: &[Status]) -> Vec<NewEntry> {
    pulled
        .items
        .iter()
        .zip(&pulled.salted)
        .zip(statuses)
        .map(|((item, salted), status)| NewEntry {
            entry: item.entry.clone(),
            status: *status,
            statement: salted.as_ref().map(|s| Held { salt: s.salt, bytes: s.statement.0.clone() }),
            key: None,
            blob: None,
            holding: holding_of(&item.evidence, status),
        })
        .collect()
}

fn holding_of(evidence: &Evidence, status: &Status) -> Holding {
    match (evidence, status) {
        (_, Status::Hole(_)) | (Evidence::Gone(Explanation::Due), _) => Holding::Gone,
        (_, Status::Missing) => Holding::Wanted,
        _ => Holding::Full,
    }
}
