//! What the entries of a batch put in force: withdrawals and takedowns, to be acted on.

use super::hosted::control_of;
use super::ingest::{Next, Source};
use crate::store::Explained;
use sheaf_protocol::cbor;
use sheaf_protocol::community::{Explanation, Status};
use sheaf_protocol::id::PublicKey;
use sheaf_protocol::statement::{Cause, SignedStatement};

/// The withdrawals and takedowns that a batch put in force, to be acted on.
pub(super) fn acts_of(next: &Next, source: &Source) -> Vec<SignedStatement> {
    let statements: Vec<Option<&SignedStatement>> = match source {
        Source::Queue(queued) => queued.iter().map(|q| Some(&q.statement)).collect(),
        Source::Peer(pulled) => pulled.statements().collect(),
    };
    acts_among(&next.statuses, statements.into_iter()).cloned().collect()
}

/// The withdrawals and takedowns among statements that are in force.
pub(super) fn acts_among<'a>(
    statuses: &[Status],
    statements: impl Iterator<Item = Option<&'a SignedStatement>>,
) -> impl Iterator<Item = &'a SignedStatement> {
    statuses
        .iter()
        .zip(statements)
        .filter(|(status, _)| matches!(status, Status::Live))
        .filter_map(|(_, statement)| statement)
        .filter(|s| control_of(s).is_some())
}

/// What a withdrawal or takedown in force explains.
pub(super) fn explained_by(statement: &SignedStatement) -> Option<(PublicKey, Explained)> {
    let control = control_of(statement)?;
    let explanation = Explanation::of(statement.clone())?;
    let cause = match explanation {
        Explanation::Withdrawal(_) => Cause::Withdrawn,
        Explanation::Takedown(_) => Cause::TakenDown,
        Explanation::Due => Cause::Due,
    };
    Some((control, Explained { cause, explanation: cbor::to_vec(&explanation) }))
}
