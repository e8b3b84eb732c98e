//! The service's jobs, done on the store.

use super::{Context, blocking, explains};
use crate::service::{Explain, Gone, Job, JobResult, Lookup, Offered, Question};
use crate::store::{
    Acceptance, CommunityRow, Erase, ErasedReport, Explained, Holding, Mark, Peer, Pending, Slot,
    Store, StoreError,
};
use sheaf_protocol::cbor;
use sheaf_protocol::id::{CommunityId, PublicKey};
use sheaf_protocol::log::{self, Entry, UnverifiedCheckpoint};
use sheaf_protocol::sign::Signed;
use sheaf_protocol::statement::{Body, Cause, SignedStatement, Statement, TakedownReason};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Does one job; what it wrote is durable when it returns.
pub(super) async fn run(context: &Arc<Context>, job: Job) -> JobResult {
    if let Job::Erase { slot, items } = job {
        return erase(context, slot, items).await;
    }
    if let Job::Explain(explain) = job {
        let result = explains::explained(context, *explain).await;
        if matches!(result, JobResult::Explained { pending: true, .. }) {
            delete_doomed(context).await;
        }
        return result;
    }
    let store = context.store.clone();
    let result = blocking(move || done(&store, job)).await;
    result.unwrap_or_else(|| JobResult::Failed(BROKE_OFF.into()))
}

/// What becomes of a job whose thread ended.
pub(super) const BROKE_OFF: &str = "a job broke off";

/// Deletes the files of large blobs that nothing refers to any more. What fails is done by the next
/// start.
async fn delete_doomed(context: &Context) {
    let doomed = context.store.large_doomed(DOOMED_AT_ONCE).unwrap_or_default();
    for hash in doomed {
        if let Err(error) = context.large.delete(&hash).await {
            tracing::error!("{error}: the file of a refused chat is deleted at the next start");
            continue;
        }
        if let Err(error) = context.store.large_deleted(&hash) {
            tracing::error!("{error}");
        }
    }
}

/// Files of large blobs that are deleted after one chat left the queue.
const DOOMED_AT_ONCE: usize = 64;

pub(super) fn done(store: &Store, job: Job) -> JobResult {
    let result = match job {
        Job::Lookup(question) => lookup(store, &question).map(|l| JobResult::Known(Box::new(l))),
        Job::Append(append) => match store.append(*append) {
            Ok(()) => Ok(JobResult::Saved),
            Err(error) => return JobResult::Failed(error.to_string()),
        },
        Job::Refresh { slot, checkpoint } => refresh(store, slot, &checkpoint),
        Job::Fill { slot, fills, state } => {
            store.fill_with(slot, fills, state).map(|_| JobResult::Saved)
        }
        Job::Wanted { slot, after, max } => wanted(store, slot, after, max),
        Job::Due { slot, today, max } => due(store, slot, today, max),
        Job::Explain(explain) => return explains::alone(store, *explain),
        Job::Prefix { slot, size, of } => prefix(store, slot, size, of),
        Job::AddCommunity { id, addresses } => add(store, id, addresses),
        Job::Forget { slot } => forget(store, slot),
        Job::SaveAcceptance { slot, key, statement } => store
            .put_acceptance(slot, &Acceptance { key, statement, logged: None })
            .map(|()| JobResult::Saved),
        Job::SaveReceipt { slot, key, indices, statement, own } => {
            store.put_receipts(slot, &key, &indices, &statement, own).map(|()| JobResult::Saved)
        }
        Job::Hold { slot, chats } => store.put_pending(slot, &chats).map(JobResult::Held),
        Job::Offered { slot, control } => offered(store, slot, &control),
        Job::Release { slot, controls } => {
            store.remove_pending(slot, &controls).map(|()| JobResult::Saved)
        }
        Job::SaveFork { slot, proof } => store.put_fork(slot, &proof).map(|()| JobResult::Saved),
        Job::SavePeer { key, addresses, seen, blocked } => store
            .put_peer(&Peer { key, addresses, seen: Some(seen), blocked })
            .map(|()| JobResult::Saved),
        Job::Erase { .. } => return JobResult::Failed("erasing is not done here".into()),
    };
    result.unwrap_or_else(|error| JobResult::Failed(error.to_string()))
}

fn lookup(store: &Store, question: &Question) -> Result<Lookup, StoreError> {
    let slot = question.slot;
    let mut found = Lookup::default();
    let (controls, commitments) = (&question.needs.controls, &question.needs.commitments);
    for (control, index) in controls.iter().zip(store.indices_of_controls(slot, controls)?) {
        if let Some(index) = index {
            found.known.controls.insert(*control, index);
            let held = store.statement(slot, index)?;
            let id = held.and_then(|h| Signed::<Statement>::verify(&h.bytes).ok()).map(|s| s.id());
            found.controls.push((*control, index, id));
        }
    }
    let explained = controls.iter().zip(store.explanations_of(slot, controls)?);
    found.explained = explained.filter_map(|(c, e)| Some((*c, gone(&e?)))).collect();
    let shown = commitments.iter().zip(store.indices_of_commitments(slot, commitments)?);
    found.known.commitments = shown.filter_map(|(c, index)| Some((*c, index?))).collect();
    let marked = |marks: &[(usize, Mark, [u8; 32])]| {
        let values: Vec<_> = marks.iter().map(|(_, mark, value)| (*mark, *value)).collect();
        let set = store.are_marked(slot, &values)?;
        let mut places: Vec<_> = marks.iter().zip(set).filter(|(_, set)| *set).collect();
        places.dedup_by_key(|((place, ..), _)| *place);
        Ok::<_, StoreError>(places.into_iter().map(|((place, ..), _)| *place).collect())
    };
    let fingerprints = (0..).zip(&question.fingerprints);
    let fingerprints = fingerprints.filter_map(|(n, f)| Some((n, Mark::Fingerprint, (*f)?)));
    found.duplicates = marked(&fingerprints.collect::<Vec<_>>())?;
    let chats = (0..).zip(&question.chats).filter_map(|(n, chat)| Some((n, (*chat)?)));
    let used = chats.flat_map(|(n, (blob, chat))| [blob.0, chat.0].map(|v| (n, Mark::Used, v)));
    found.reused = marked(&used.collect::<Vec<_>>())?;
    Ok(found)
}

/// Why what a control key governs does not come in again.
pub(crate) fn gone(explained: &Explained) -> Gone {
    Gone { cause: explained.cause, reason: reason_of(explained) }
}

/// Why a steward took a chat down, if one did.
pub(super) fn reason_of(explained: &Explained) -> Option<TakedownReason> {
    if explained.cause != Cause::TakenDown {
        return None;
    }
    match &explaining(&explained.explanation)?.content().body {
        Body::Takedown(takedown) => Some(takedown.reason),
        _ => None,
    }
}

fn offered(store: &Store, slot: Slot, control: &PublicKey) -> Result<JobResult, StoreError> {
    let pending = store.pending(slot, control)?;
    let offered = pending.and_then(|Pending { manifest, salt, key, blob, fingerprint, .. }| {
        let statement = SignedStatement::verify(&manifest).ok()?;
        Some(Box::new(Offered { statement, salt, key, blob, fingerprint }))
    });
    Ok(JobResult::Offered(offered))
}

/// A newer cosignature of the same head.
fn refresh(store: &Store, slot: Slot, checkpoint: &str) -> Result<JobResult, StoreError> {
    if let Ok(note) = UnverifiedCheckpoint::parse(checkpoint) {
        store.renew(slot, note.claimed().size, checkpoint)?;
    }
    Ok(JobResult::Saved)
}

fn erase_of(explain: Explain) -> Option<Erase> {
    let Explain { index, control, cause, explanation, .. } = explain;
    Some(Erase { index: index?, control: Some(control), cause, explanation })
}

fn with_entries(
    store: &Store,
    slot: Slot,
    indices: Vec<u64>,
) -> Result<Vec<(u64, Entry)>, StoreError> {
    let rows = store.entries_at(slot, &indices)?;
    Ok(indices.into_iter().zip(rows).filter_map(|(index, row)| Some((index, row?.entry))).collect())
}

fn wanted(
    store: &Store,
    slot: Slot,
    after: Option<u64>,
    max: usize,
) -> Result<JobResult, StoreError> {
    let from = after.map_or(0, |index| index + 1);
    let indices = store.wanted(slot, from, max)?;
    with_entries(store, slot, indices).map(JobResult::Wanted)
}

fn due(
    store: &Store,
    slot: Slot,
    today: sheaf_protocol::time::Day,
    max: usize,
) -> Result<JobResult, StoreError> {
    let Some(ended) = today.0.checked_sub(1) else { return Ok(JobResult::Due(Vec::new())) };
    let indices = store.due(slot, sheaf_protocol::time::Day(ended), max)?;
    with_entries(store, slot, indices).map(JobResult::Due)
}

/// Keeps an explanation if it concerns anything here; strangers cannot fill the table.
/// The root of the first `size` entries and its way to that of `of`, from the stored nodes.
fn prefix(store: &Store, slot: Slot, size: u64, of: u64) -> Result<JobResult, StoreError> {
    let mut failed = None;
    let mut node = |id| {
        store.node_hash(slot, id).unwrap_or_else(|error| {
            failed = Some(error);
            None
        })
    };
    let root = log::root(size, &mut node);
    let proof = log::consistency(size, of, &mut node);
    match failed {
        Some(error) => Err(error),
        None => Ok(JobResult::Prefix(root.ok().zip(proof.ok()))),
    }
}

fn add(store: &Store, id: CommunityId, addresses: Vec<String>) -> Result<JobResult, StoreError> {
    let slot = store.add_community(id)?;
    if let Some(row) = store.community(slot)? {
        let mut known = row.addresses.clone();
        known.extend(addresses.into_iter().filter(|a| !row.addresses.contains(a)));
        store.update_community(&CommunityRow { followed: true, addresses: known, ..row })?;
    }
    Ok(JobResult::Added(slot))
}

fn forget(store: &Store, slot: Slot) -> Result<JobResult, StoreError> {
    if let Some(row) = store.community(slot)? {
        store.update_community(&CommunityRow { followed: false, ..row })?;
    }
    Ok(JobResult::Saved)
}

/// Leaves out what was erased and seen to be gone before: it is said once.
fn unfinished(store: &Store, slot: Slot, items: Vec<Explain>) -> Result<Vec<Explain>, StoreError> {
    let begun = store.pending_erasures()?.into_iter().filter(|p| p.slot == slot);
    let begun: BTreeSet<u64> = begun.map(|p| p.erase.index).collect();
    let mut open = Vec::with_capacity(items.len());
    for item in items {
        let Some(index) = item.index else { continue };
        let row = store.entry(slot, index)?;
        if begun.contains(&index) || row.is_some_and(|row| row.holding != Holding::Gone) {
            open.push(item);
        }
    }
    Ok(open)
}

type Causes = Vec<(u64, PublicKey, Cause)>;

/// Erases what the store holds.
fn erase_rows(
    store: &Store,
    slot: Slot,
    items: Vec<Explain>,
) -> Result<(Causes, Vec<ErasedReport>), StoreError> {
    let items = unfinished(store, slot, items)?;
    let causes = items.iter().filter_map(|e| Some((e.index?, e.control, e.cause))).collect();
    let reports = store.erase(slot, items.into_iter().filter_map(erase_of).collect())?;
    Ok((causes, reports))
}

/// What was *seen* to be gone: all of it, or it failed.
fn seen_gone(causes: &Causes, reports: &[ErasedReport]) -> JobResult {
    if let Some(left) = reports.iter().find(|report| !report.is_complete()) {
        return JobResult::Failed(format!("entry {} was still found in the files", left.index));
    }
    let gone = |index: &u64| reports.iter().any(|report| report.index == *index);
    JobResult::Erased(causes.iter().filter(|(index, ..)| gone(index)).copied().collect())
}

/// Erases what has no large blobs.
#[cfg(test)]
pub(super) fn erase_small(store: &Store, slot: Slot, items: Vec<Explain>) -> JobResult {
    erase_rows(store, slot, items).map_or_else(
        |error| JobResult::Failed(error.to_string()),
        |(causes, reports)| seen_gone(&causes, &reports),
    )
}

/// Erases, deletes the files of large blobs, and answers with what was *seen* to be gone.
async fn erase(context: &Arc<Context>, slot: Slot, items: Vec<Explain>) -> JobResult {
    let store = context.store.clone();
    let (causes, mut reports) = match blocking(move || erase_rows(&store, slot, items)).await {
        Some(Ok(erased)) => erased,
        Some(Err(error)) => return JobResult::Failed(error.to_string()),
        None => return JobResult::Failed("erasing broke off".into()),
    };
    for report in &mut reports {
        if let Some(hash) = report.large_file {
            if let Err(error) = context.large.delete(&hash).await {
                return JobResult::Failed(error.to_string());
            }
            if let Err(error) = context.store.large_deleted(&hash) {
                return JobResult::Failed(error.to_string());
            }
            report.large_file = None;
        }
    }
    seen_gone(&causes, &reports)
}

/// The statements of acceptances and explanations in the store, verified again.
pub(super) fn statements_of(bytes: impl Iterator<Item = Vec<u8>>) -> Vec<SignedStatement> {
    bytes.filter_map(|b| SignedStatement::verify(&b).ok()).collect()
}

/// The statement inside an encoded explanation; a due day has none.
pub(super) fn explaining(bytes: &[u8]) -> Option<SignedStatement> {
    match cbor::from_slice(bytes).ok()? {
        sheaf_protocol::community::Explanation::Withdrawal(s)
        | sheaf_protocol::community::Explanation::Takedown(s) => Some(s),
        sheaf_protocol::community::Explanation::Due => None,
    }
}
