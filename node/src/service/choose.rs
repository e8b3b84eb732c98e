//! Which statements of a batch go into the log: not in it before, within the home node's rules, and
//! with effect.

use super::effect::Question;
use super::ingest::{Gate, Queued};
use super::input::Lookup;
use super::rules::{admit, may_join};
use super::statements::Origin;
use crate::store::Slot;
use sheaf_protocol::community::{self, Community, Evidence, Item, Status};
use sheaf_protocol::exchange::{Refusal, RefusalCode};
use sheaf_protocol::id::{BlobHash, ChatCommitment, PublicKey, TreeHash};
use sheaf_protocol::log::{Entry, NodeId};
use sheaf_protocol::statement::{Body, Kind};
use sheaf_protocol::time::Time;
use std::collections::BTreeSet;

/// Decides which of a batch go in, statement by statement.
///
/// Manifests do not change the state, so a run of them is folded at once; any other statement is
/// folded alone. What would be void stays out of the log.
pub(super) struct Chosen {
    now: Time,
    pub(super) fold: Community,
    lookup: Lookup,
    run: Vec<(Queued, Item)>,
    pub(super) nodes: Vec<(NodeId, TreeHash)>,
    pub(super) taken: Vec<(Queued, Entry, Status)>,
    pub(super) refused: Vec<(Origin, Refusal)>,
    pub(super) already: Vec<(Origin, u64)>,
    controls: BTreeSet<PublicKey>,
    fingerprints: BTreeSet<[u8; 32]>,
    blobs: BTreeSet<BlobHash>,
}

impl Chosen {
    pub(super) fn new(fold: &Community, lookup: Lookup, now: Time) -> Self {
        Self {
            now,
            fold: fold.clone(),
            lookup,
            run: Vec::new(),
            nodes: Vec::new(),
            taken: Vec::new(),
            refused: Vec::new(),
            already: Vec::new(),
            controls: BTreeSet::new(),
            fingerprints: BTreeSet::new(),
            blobs: BTreeSet::new(),
        }
    }

    pub(super) fn consider(&mut self, position: usize, queued: Queued) {
        match self.unused(position, &queued).and_then(|()| self.passes(&queued)) {
            Ok(()) => self.take(queued),
            Err(Verdict::Already(index)) => self.already.push((queued.origin, index)),
            Err(Verdict::Refused(refusal)) => self.refused.push((queued.origin, refusal)),
        }
    }

    /// Nothing of it was used before: not its control key, its text by this member, its blob.
    fn unused(&self, position: usize, queued: &Queued) -> Result<(), Verdict> {
        if let (Some(control), _) = queued.statement.content().entry_fields() {
            self.control_unused(&control, queued)?;
        }
        let repeated = queued.fingerprint.is_some_and(|f| self.fingerprints.contains(&f));
        if repeated || self.lookup.duplicates.contains(&position) {
            let text = "you gave this chat before; it was not added again";
            return Err(refused(RefusalCode::Duplicate, text));
        }
        let repeated = chat_of(queued).is_some_and(|(blob, _)| self.blobs.contains(&blob));
        if repeated || self.lookup.reused.contains(&position) {
            let text = "these sealed bytes were used before: seal the chat again with a new key";
            return Err(refused(RefusalCode::Duplicate, text));
        }
        Ok(())
    }

    fn control_unused(&self, control: &PublicKey, queued: &Queued) -> Result<(), Verdict> {
        if self.lookup.explained.contains(control) {
            let text = "this chat was taken back and does not come in again";
            return Err(refused(RefusalCode::Gone, text));
        }
        match self.lookup.controls.iter().find(|(known, ..)| known == control) {
            Some((_, index, Some(id))) if *id == queued.statement.id() => {
                Err(Verdict::Already(*index))
            }
            None if !self.controls.contains(control) => Ok(()),
            _ => {
                let text = "this control key was used before: rescan your chats and sign again";
                Err(refused(RefusalCode::ControlUsed, text))
            }
        }
    }

    /// The home node's own rules.
    fn passes(&self, queued: &Queued) -> Result<(), Verdict> {
        let passed = match &queued.gate {
            Gate::Open => Ok(()),
            Gate::Chat(from) => admit(&self.fold, from, &queued.statement, self.now),
            Gate::Join(from) => may_join(&self.fold, from, &queued.statement, self.now),
        };
        passed.map_err(Verdict::Refused)
    }

    fn take(&mut self, queued: Queued) {
        let item = item_of(&queued);
        let manifest = item.entry.kind == Kind::MANIFEST.0;
        if !manifest {
            self.fold_run();
        }
        self.controls.extend(item.entry.control);
        self.fingerprints.extend(queued.fingerprint);
        self.blobs.extend(chat_of(&queued).map(|(blob, _)| blob));
        self.run.push((queued, item));
        if !manifest {
            self.fold_run();
        }
    }

    /// Folds the run on a copy; what would be void is refused, and the rest folded again.
    pub(super) fn fold_run(&mut self) {
        while !self.run.is_empty() {
            let mut next = self.fold.clone();
            let items: Vec<Item> = self.run.iter().map(|(_, item)| item.clone()).collect();
            let run = std::mem::take(&mut self.run);
            let applied = match next.apply(&items, &self.lookup.known) {
                Ok(applied) => applied,
                Err(error) => {
                    return self.refuse_run(run, &format!("the log cannot take this: {error}"));
                }
            };
            if applied.statuses.iter().all(|status| !matches!(status, Status::Void(_))) {
                // The next run is folded by what this one has shown, as in one batch elsewhere.
                for (index, item) in (self.fold.size()..).zip(&items) {
                    self.lookup.known.note(index, &item.entry);
                }
                self.fold = next;
                self.nodes.extend(applied.nodes);
                let taken = run.into_iter().zip(applied.statuses);
                return self.taken.extend(taken.map(|((q, item), status)| (q, item.entry, status)));
            }
            self.drop_void(run, applied.statuses);
        }
    }

    fn drop_void(&mut self, run: Vec<(Queued, Item)>, statuses: Vec<Status>) {
        for ((queued, item), status) in run.into_iter().zip(statuses) {
            match status {
                Status::Void(reason) => {
                    let text = format!("this would be without effect: {reason}");
                    self.refused.push((queued.origin, Refusal::new(RefusalCode::Policy, text)));
                }
                _ => self.run.push((queued, item)),
            }
        }
    }

    fn refuse_run(&mut self, run: Vec<(Queued, Item)>, text: &str) {
        for (queued, _) in run {
            self.refused.push((queued.origin, Refusal::new(RefusalCode::Malformed, text)));
        }
    }
}

enum Verdict {
    Already(u64),
    Refused(Refusal),
}

fn refused(code: RefusalCode, text: &str) -> Verdict {
    Verdict::Refused(Refusal::new(code, text))
}

/// What the store must be asked about a batch.
pub(super) fn question_of(slot: Slot, batch: &[Queued]) -> Question {
    let items: Vec<Item> = batch.iter().map(item_of).collect();
    Question {
        slot,
        needs: community::needs(&items),
        fingerprints: batch.iter().map(|q| q.fingerprint).collect(),
        chats: batch.iter().map(chat_of).collect(),
    }
}

fn item_of(queued: &Queued) -> Item {
    Item {
        entry: queued.statement.entry(&queued.salt),
        evidence: Evidence::Statement {
            salt: queued.salt,
            statement: Ok(queued.statement.clone()),
        },
    }
}

pub(super) fn chat_of(queued: &Queued) -> Option<(BlobHash, ChatCommitment)> {
    match &queued.statement.content().body {
        Body::Manifest(m) => Some((m.blob.hash, m.commitment)),
        _ => None,
    }
}
