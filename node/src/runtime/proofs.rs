//! Acknowledgements with their proofs, made for many askers at once.
//!
//! A batch becomes durable as a whole, and then everybody in it waits for a proof from the same
//! tree: one snapshot of the store and one blocking thread serve them all.

use super::replies::ReplyError;
use super::{Context, blocking};
use crate::limits::{LOOP_EVENTS_MAX, PROOFS_AT_ONCE};
use crate::store::{Slot, Store};
use sheaf_protocol::cbor::Bytes;
use sheaf_protocol::exchange::Logged;
use std::collections::BTreeMap;
use tokio::sync::{mpsc, oneshot};

type Proof = Result<Logged, ReplyError>;

/// Somebody waits for the proof that an entry is in the log.
pub(super) struct Wanted {
    /// Comes along, so that the task holds the databases open only while somebody waits.
    store: Store,
    slot: Slot,
    index: u64,
    already: bool,
    reply: oneshot::Sender<Proof>,
}

/// Starts the task that answers. It ends when nobody can ask any more.
pub(super) fn start() -> mpsc::Sender<Wanted> {
    let (asked, mut wanted) = mpsc::channel(LOOP_EVENTS_MAX);
    tokio::spawn(async move {
        let mut now = Vec::new();
        while wanted.recv_many(&mut now, PROOFS_AT_ONCE).await > 0 {
            let batch = std::mem::take(&mut now);
            // Whoever waits learns of a panic by the dropped sender.
            let _ = blocking(move || answer(batch)).await;
        }
    });
    asked
}

/// The proof that the entry is in the log as it is now.
pub(super) async fn logged(context: &Context, slot: Slot, index: u64, already: bool) -> Proof {
    let (reply, answer) = oneshot::channel();
    let wanted = Wanted { store: context.store.clone(), slot, index, already, reply };
    context.proofs.send(wanted).await.map_err(|_| ReplyError::Ending)?;
    answer.await.map_err(|_| ReplyError::Ending)?
}

/// The same on a blocking thread, for one who waits alone.
pub(super) fn logged_now(store: &Store, slot: Slot, index: u64, already: bool) -> Proof {
    let mut proofs = prove(store, slot, &[index])?;
    let proof = proofs.pop().unwrap_or(Err(ReplyError::Ending));
    proof.map(|logged| Logged { already, ..logged })
}

fn answer(batch: Vec<Wanted>) {
    let Some(store) = batch.first().map(|wanted| wanted.store.clone()) else { return };
    let mut slots: BTreeMap<Slot, Vec<Wanted>> = BTreeMap::new();
    for wanted in batch {
        slots.entry(wanted.slot).or_default().push(wanted);
    }
    for (slot, wanted) in slots {
        let indices: Vec<u64> = wanted.iter().map(|w| w.index).collect();
        match prove(&store, slot, &indices) {
            Ok(proofs) => wanted.into_iter().zip(proofs).for_each(|(wanted, proof)| {
                let already = wanted.already;
                // Who asked may have gone meanwhile.
                let _ = wanted.reply.send(proof.map(|logged| Logged { already, ..logged }));
            }),
            Err(error) => {
                let text = error.to_string();
                wanted
                    .into_iter()
                    .for_each(|w| drop(w.reply.send(Err(ReplyError::Batch(text.clone())))));
            }
        }
    }
}

fn prove(store: &Store, slot: Slot, indices: &[u64]) -> Result<Vec<Proof>, ReplyError> {
    let missing = || ReplyError::Large("an entry is not in the store".into());
    let proofs = store.inclusions(slot, indices)?;
    let salts = store.salts(slot, indices)?;
    let logged = indices.iter().zip(proofs).zip(salts).map(|((index, proof), salt)| {
        let (proof, salt) = (proof.ok_or_else(missing)?, salt.ok_or_else(missing)?);
        let entry = Bytes(proof.row.entry.to_bytes());
        let (checkpoint, inclusion) = (proof.checkpoint, proof.proof?);
        Ok(Logged { index: *index, entry, salt, checkpoint, inclusion, already: false })
    });
    Ok(logged.collect())
}
