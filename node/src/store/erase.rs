//! Erasing: explanation, key, statement, blob, in this order, and then looking.
//!
//! The explanation is durable before anything goes. The list of erasures under way is kept in the
//! log's file until key and statement were *seen* to be gone, so a crash at any point is finished
//! at the next start. The order protects the reader of a receipt: the chat key is the first to go.

use super::contents::{BLOBS, KEYS, STATEMENTS};
use super::explain::EXPLANATIONS;
use super::file::{Belief, File};
use super::large::{LARGE, doomed_by, unrefer};
use super::log::{DUE, ENTRIES, HEADS, WANTED, due_key, size_of};
use super::owed::owe;
use super::pending::{ERASING_QUEUED, PENDING};
use super::rows::{EntryRow, Erase, ErasedReport, Explained, Holding};
use super::scan::{Needle, pieces, whole};
use super::scrub::{Scrub, scrub};
use super::table::{Table, Writing, named_key, prefixed, row_key};
use super::{Slot, Store, StoreError};
use sheaf_protocol::community::Status;
use sheaf_protocol::id::BlobHash;
use std::collections::BTreeMap;

/// (slot, index) -> [`Explained`] of erasures that were begun and not seen through
pub(super) static ERASING: Table = Table::new("erasing");

/// An erasure that was begun, or is due, and not seen through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingErasure {
    /// The community.
    pub slot: Slot,
    /// What is to be erased, and why.
    pub erase: Erase,
}

/// What one entry had before it was erased, as far as one may look for it.
struct Doomed {
    erase: Erase,
    /// Whether an earlier attempt was cut short.
    begun: bool,
    key: Vec<Needle>,
    statement: Vec<Needle>,
}

impl Store {
    /// Erases entries for good and reports what was observed; may take a second per million rows.
    ///
    /// Erasing what is gone already reports the same again. Nothing else is written meanwhile, and
    /// readers wait while files are compacted.
    ///
    /// # Errors
    /// [`StoreError::NotInLog`] before anything was changed, or the disk's: then what was not seen
    /// through is in [`pending_erasures`](Self::pending_erasures).
    pub fn erase(&self, slot: Slot, erase: Vec<Erase>) -> Result<Vec<ErasedReport>, StoreError> {
        let _writer = self.settled()?;
        let begun = self.make_holes(slot, &erase)?;
        let doomed = self.doomed(slot, erase, &begun)?;
        let mut keys_gone = scrub(&self.0.keys, &KEYS, &scrubs(slot, &doomed, |d| &d.key))?;
        let statements = scrubs(slot, &doomed, |d| &d.statement);
        let mut statements_gone = scrub(&self.0.statements, &STATEMENTS, &statements)?;
        let (queue_keys, queue_statements) = self.scrub_queue(slot, &doomed)?;
        and(&mut keys_gone, &queue_keys);
        and(&mut statements_gone, &queue_statements);
        let large = self.drop_blobs(slot, &doomed)?;
        let journal_gone = self.0.journal.is_seen_empty()?;
        let mut reports = Vec::with_capacity(doomed.len());
        for (n, doomed) in doomed.into_iter().enumerate() {
            reports.push(ErasedReport {
                index: doomed.erase.index,
                control: doomed.erase.control,
                key_gone: keys_gone[n] && journal_gone,
                statement_gone: statements_gone[n] && journal_gone,
                blob_unreferenced: self.blob(slot, doomed.erase.index)?.is_none(),
                large_file: large[n],
            });
        }
        self.see_through(slot, &reports)?;
        Ok(reports)
    }

    /// Erasures that were begun or [explained](Self::explain) and not seen through.
    pub fn pending_erasures(&self) -> Result<Vec<PendingErasure>, StoreError> {
        self.0.log.read(|r| {
            let (erasing, entries) = (r.open(&ERASING)?, r.open(&ENTRIES)?);
            erasing.list(&prefixed(&[]), usize::MAX, |key, payload| {
                let Explained { cause, explanation } = erasing.decode(payload)?;
                let row = entries.get_as::<EntryRow>(key)?;
                let slot = key.first_chunk().map_or(Slot(0), |b| Slot(u32::from_be_bytes(*b)));
                let control = row.and_then(|r| r.entry.control);
                let index = erasing.number(key)?;
                Ok(PendingErasure { slot, erase: Erase { index, control, cause, explanation } })
            })
        })
    }

    /// Finishes every pending erasure; for the start of the node.
    pub fn resume_erasures(&self) -> Result<Vec<(Slot, ErasedReport)>, StoreError> {
        let mut by_slot = BTreeMap::<Slot, Vec<Erase>>::new();
        for pending in self.pending_erasures()? {
            by_slot.entry(pending.slot).or_default().push(pending.erase);
        }
        let mut reports = Vec::new();
        for (slot, erase) in by_slot {
            reports.extend(self.erase(slot, erase)?.into_iter().map(|report| (slot, report)));
        }
        Ok(reports)
    }

    /// Step 1: explanation, status and list of erasures, in one transaction. Answers for each
    /// whether it had been begun before.
    pub(super) fn make_holes(&self, slot: Slot, erase: &[Erase]) -> Result<Vec<bool>, StoreError> {
        let mut begun = Vec::with_capacity(erase.len());
        self.0.log.write(|w| {
            for item in erase {
                let row = w.open(&ENTRIES)?.get_as::<EntryRow>(&row_key(slot, item.index))?;
                let Some(row) = row else {
                    let size = size_of(&w.open(&HEADS)?, slot)?;
                    return Err(w.open(&ENTRIES)?.beyond(item.index, size));
                };
                begun.push(make_hole(w, slot, item, row)?);
            }
            Ok(())
        })?;
        Ok(begun)
    }

    /// Remembers, in memory only, what to look for afterwards.
    fn doomed(
        &self,
        slot: Slot,
        erase: Vec<Erase>,
        begun: &[bool],
    ) -> Result<Vec<Doomed>, StoreError> {
        let items = erase.into_iter().zip(begun).map(|(erase, begun)| {
            let mut doomed =
                Doomed { begun: *begun, key: Vec::new(), statement: Vec::new(), erase };
            if let Some(key) = self.key(slot, doomed.erase.index)? {
                doomed.key.push(whole(&key.to_bytes()));
            }
            if let Some(held) = self.statement(slot, doomed.erase.index)? {
                doomed.statement = pieces(&held.bytes);
                doomed.statement.push(whole(&held.salt.0));
            }
            if let Some(control) = doomed.erase.control
                && let Some(pending) = self.pending(slot, &control)?
            {
                doomed.key.push(whole(&pending.key.to_bytes()));
                doomed.statement.extend(pieces(&pending.manifest));
            }
            Ok(doomed)
        });
        items.collect()
    }

    /// The same chat may still lie in the review queue, or its bytes in free pages there.
    fn scrub_queue(
        &self,
        slot: Slot,
        doomed: &[Doomed],
    ) -> Result<(Vec<bool>, Vec<bool>), StoreError> {
        let row =
            |d: &Doomed| d.erase.control.map_or(Vec::new(), |c| named_key(slot, &c.0).to_vec());
        let item = |d: &Doomed, needles: &[Needle]| Scrub {
            key: row(d),
            needles: needles.to_vec(),
            blind: d.begun,
        };
        self.drop_queued_blobs(slot, doomed.iter().filter_map(|d| d.erase.control))?;
        let items = doomed.iter().map(|d| item(d, &d.key));
        let items = items.chain(doomed.iter().map(|d| item(d, &d.statement)));
        let mut gone = scrub(&self.0.pending, &PENDING, &items.collect::<Vec<_>>())?;
        let statements = gone.split_off(doomed.len());
        Ok((gone, statements))
    }

    /// Step 4: the rows of the blobs; answers the large ones that nothing refers to now.
    fn drop_blobs(
        &self,
        slot: Slot,
        doomed: &[Doomed],
    ) -> Result<Vec<Option<BlobHash>>, StoreError> {
        self.0.blobs.write(|w| {
            let each = doomed.iter().map(|d| {
                let key = row_key(slot, d.erase.index);
                unrefer(w, &BLOBS, &LARGE, &key)?;
                doomed_by(w, &key)
            });
            each.collect()
        })
    }

    /// Ends the erasures that were seen through; from now on they are owed a statement.
    fn see_through(&self, slot: Slot, reports: &[ErasedReport]) -> Result<(), StoreError> {
        self.0.log.write(|w| {
            let mut erasing = w.open(&ERASING)?;
            for report in reports.iter().filter(|r| r.key_gone && r.statement_gone) {
                let key = row_key(slot, report.index);
                // What was seen through before is not owed a second time.
                if let Some(explained) = erasing.get_as::<Explained>(&key)? {
                    erasing.remove(&key)?;
                    owe(w, slot, report, &explained)?;
                }
            }
            Ok(())
        })
    }
}

/// Whether the files that an erasure compacts are as the disk has them: while one is listed as under
/// way, its compaction may have failed.
pub(super) fn belief_in_compacted(log: &File) -> Result<Belief, StoreError> {
    let under_way = log.read(|r| {
        let is_any = |table| Ok(r.has_all(&[table])? && !r.open(table)?.is_empty(&prefixed(&[]))?);
        Ok(is_any(&ERASING)? || is_any(&ERASING_QUEUED)?)
    })?;
    Ok(if under_way { Belief::Doubtful } else { Belief::Sure })
}

/// Makes one entry a hole; whether its erasure had been begun before.
fn make_hole(
    w: &Writing<'_>,
    slot: Slot,
    item: &Erase,
    mut row: EntryRow,
) -> Result<bool, StoreError> {
    let key = row_key(slot, item.index);
    let explained = Explained { cause: item.cause, explanation: item.explanation.clone() };
    if let Some(control) = item.control.or(row.entry.control) {
        let mut explanations = w.open(&EXPLANATIONS)?;
        let name = named_key(slot, &control.0);
        if !explanations.has(&name)? {
            explanations.put_as(&name, &explained)?;
        }
    }
    let was_gone = row.holding == Holding::Gone;
    let mut erasing = w.open(&ERASING)?;
    let begun = was_gone && erasing.has(&key)?;
    if !was_gone {
        erasing.put_as(&key, &explained)?;
        row.status = Status::Hole(item.cause);
        row.holding = Holding::Gone;
        w.open(&ENTRIES)?.put_as(&key, &row)?;
        w.open(&WANTED)?.remove(&key)?;
    }
    if let Some(day) = row.entry.due {
        w.open(&DUE)?.remove(&due_key(slot, day, item.index))?;
    }
    Ok(begun)
}

fn scrubs(slot: Slot, doomed: &[Doomed], pick: impl Fn(&Doomed) -> &[Needle]) -> Vec<Scrub> {
    let each = doomed.iter().map(|d| Scrub {
        key: row_key(slot, d.erase.index).to_vec(),
        needles: pick(d).to_vec(),
        blind: d.begun,
    });
    each.collect()
}

fn and(gone: &mut [bool], also: &[bool]) {
    for (gone, also) in gone.iter_mut().zip(also) {
        *gone &= *also;
    }
}
