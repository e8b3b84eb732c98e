//! What takes chats back, carried out for many at once.
//!
//! To destroy a chat that waits for review the queue's file is compacted and looked through, and nothing
//! else is written meanwhile. Whoever takes back thousands, or refuses a flood of them, has it done for
//! those that came in the meantime together.

use super::jobs::BROKE_OFF;
use super::{Context, blocking};
use crate::limits::{EXPLAINS_AT_ONCE, LOOP_EVENTS_MAX};
use crate::service::{Explain, JobResult};
use crate::store::{Explained, Holding, Slot, Store, StoreError};
use sheaf_protocol::id::PublicKey;
use sheaf_protocol::log::Entry;
use std::collections::BTreeMap;
use tokio::sync::{mpsc, oneshot};

/// Something is to be taken back.
pub(super) struct Wanted {
    /// Comes along, so that the task holds the databases open only while somebody waits.
    store: Store,
    explain: Explain,
    done: oneshot::Sender<JobResult>,
}

/// Starts the task that does it. It ends when nobody can ask any more.
pub(super) fn start() -> mpsc::Sender<Wanted> {
    let (asked, mut wanted) = mpsc::channel::<Wanted>(LOOP_EVENTS_MAX);
    tokio::spawn(async move {
        let mut now = Vec::new();
        while wanted.recv_many(&mut now, EXPLAINS_AT_ONCE).await > 0 {
            let batch = std::mem::take(&mut now);
            // Whoever waits learns of a panic by the dropped sender.
            let _ = blocking(move || answer(batch)).await;
        }
    });
    asked
}

/// Carries out one, with others that came at the same time.
pub(super) async fn explained(context: &Context, explain: Explain) -> JobResult {
    let (done, result) = oneshot::channel();
    let wanted = Wanted { store: context.store.clone(), explain, done };
    let broke_off = || JobResult::Failed(BROKE_OFF.into());
    match context.explains.send(wanted).await {
        Ok(()) => result.await.unwrap_or_else(|_| broke_off()),
        Err(_) => broke_off(),
    }
}

/// The same for one alone, on the thread that asks.
pub(super) fn alone(store: &Store, explain: Explain) -> JobResult {
    let result = all(store, explain.slot, &[explain]).map(|mut results| results.pop());
    match result {
        Ok(result) => result.unwrap_or_else(|| JobResult::Failed(BROKE_OFF.into())),
        Err(error) => JobResult::Failed(error.to_string()),
    }
}

fn answer(batch: Vec<Wanted>) {
    let Some(store) = batch.first().map(|wanted| wanted.store.clone()) else { return };
    let mut slots = BTreeMap::<Slot, (Vec<Explain>, Vec<_>)>::new();
    for Wanted { explain, done, .. } in batch {
        let (explains, askers) = slots.entry(explain.slot).or_default();
        explains.push(explain);
        askers.push(done);
    }
    for (slot, (explains, askers)) in slots {
        // Who asked may have gone meanwhile.
        match all(&store, slot, &explains) {
            Ok(results) => askers.into_iter().zip(results).for_each(|(a, r)| drop(a.send(r))),
            Err(error) => {
                let failed = || JobResult::Failed(error.to_string());
                askers.into_iter().for_each(|asker| drop(asker.send(failed())));
            }
        }
    }
}

/// What the store has of a chat that is taken back.
struct Known {
    index: Option<u64>,
    /// It waits for review.
    pending: bool,
    /// It was taken back before.
    before: bool,
}

/// Carries out what came together, as if one after the other.
fn all(store: &Store, slot: Slot, explains: &[Explain]) -> Result<Vec<JobResult>, StoreError> {
    let mut queued = BTreeMap::<PublicKey, Option<Explained>>::new();
    let mut known = Vec::with_capacity(explains.len());
    for explain in explains {
        let control = explain.control;
        let twice = queued.contains_key(&control);
        let one = match twice {
            true => Known { pending: false, before: true, ..look(store, slot, &control)? },
            false => look(store, slot, &control)?,
        };
        let explained = || {
            let explanation = explain.explanation.clone();
            Explained { cause: explain.cause, explanation }
        };
        if one.index.is_some() && !one.before {
            store.explain(slot, &control, &explained())?;
        }
        if one.pending {
            queued.insert(control, Some(explained()));
        }
        known.push(one);
    }
    if !queued.is_empty() {
        store.erase_pending(slot, &queued.into_iter().collect::<Vec<_>>())?;
    }
    known.iter().map(|one| told(store, slot, one)).collect()
}

fn look(store: &Store, slot: Slot, control: &PublicKey) -> Result<Known, StoreError> {
    // A queue that does not read keeps no explanation back; its erasure stays owed.
    let pending = match store.pending(slot, control) {
        Err(StoreError::Unreadable { .. }) => false,
        found => found?.is_some(),
    };
    let before = store.explanation(slot, control)?.is_some();
    Ok(Known { index: store.index_of_control(slot, control)?, pending, before })
}

fn told(store: &Store, slot: Slot, one: &Known) -> Result<JobResult, StoreError> {
    let row = one.index.map(|index| store.entry(slot, index)).transpose()?.flatten();
    let held = row.as_ref().is_some_and(|row| row.holding != Holding::Gone);
    let entry: Option<(u64, Entry)> = one.index.zip(row.map(|row| row.entry));
    Ok(JobResult::Explained { entry, held, pending: one.pending, before: one.before })
}
