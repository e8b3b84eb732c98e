//! Which statements of a batch go into the log: not in it before, within the home node's rules, and
//! with effect.

use super::effect::Question;
use super::ingest::{Gate, Queued};
use super::input::Lookup;
use super::review::{Review, wants_review};
use super::rules::{admit, may_join, readmit};
use super::statements::Origin;
use crate::limits::PENDING_PER_MEMBER_MAX;
use crate::store::Slot;
use sheaf_protocol::community::{self, Community, Evidence, Item, Status, VoidReason};
use sheaf_protocol::exchange::{Refusal, RefusalCode};
use sheaf_protocol::id::{BlobHash, ChatCommitment, PublicKey, StatementId, TreeHash};
use sheaf_protocol::log::{Entry, NodeId};
use sheaf_protocol::statement::{Body, Kind};
use sheaf_protocol::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// Decides which of a batch go in, statement by statement.
///
/// Manifests do not change the state, so a run of them is folded at once; any other statement is
/// folded alone. What would be void stays out of the log.
///
/// A chat in which something was found that its policy does not want goes to review instead: after
/// everything for which it would be refused at once.
pub(super) struct Chosen<'a> {
    now: Time,
    pub(super) fold: Community,
    review: &'a Review,
    lookup: Lookup,
    run: Vec<(Queued, Item)>,
    pub(super) nodes: Vec<(NodeId, TreeHash)>,
    pub(super) taken: Vec<(Queued, Entry, Status)>,
    /// To be held for review.
    pub(super) held: Vec<Queued>,
    /// Control keys of chats that wait already.
    pub(super) waiting: Vec<(Origin, PublicKey)>,
    pub(super) refused: Vec<(Origin, Refusal)>,
    pub(super) already: Vec<(Origin, u64)>,
    /// Control keys of this batch, and what they are used in.
    controls: BTreeMap<PublicKey, StatementId>,
    fingerprints: BTreeSet<[u8; 32]>,
    blobs: BTreeSet<BlobHash>,
}

impl<'a> Chosen<'a> {
    pub(super) fn new(fold: &Community, review: &'a Review, lookup: Lookup, now: Time) -> Self {
        Self {
            now,
            fold: fold.clone(),
            review,
            lookup,
            run: Vec::new(),
            nodes: Vec::new(),
            taken: Vec::new(),
            held: Vec::new(),
            waiting: Vec::new(),
            refused: Vec::new(),
            already: Vec::new(),
            controls: BTreeMap::new(),
            fingerprints: BTreeSet::new(),
            blobs: BTreeSet::new(),
        }
    }

    pub(super) fn consider(&mut self, position: usize, mut queued: Queued) {
        match self.unused(position, &queued).and_then(|()| self.passes(&queued)) {
            Ok(()) if self.wants_review(&mut queued) => self.hold(queued),
            Ok(()) => self.take(queued),
            Err(Verdict::Waits(control)) => self.waiting.push((queued.origin, control)),
            Err(Verdict::Already(index)) => self.already.push((queued.origin, index)),
            Err(Verdict::Refused(refusal)) => self.refused.push((queued.origin, refusal)),
        }
    }

    /// Nothing of it was used before: not its control key, its text by this member, its blob.
    fn unused(&self, position: usize, queued: &Queued) -> Result<(), Verdict> {
        if let (Some(control), _) = queued.statement.content().entry_fields() {
            self.control_unused(&control, queued)?;
        }
        let waits = |value: &[u8; 32]| !is_accepted(queued) && self.review.uses(value);
        let repeated = queued.fingerprint.is_some_and(|f| self.fingerprints.contains(&f));
        if repeated || self.lookup.duplicates.contains(&position) {
            let text = "you gave this chat before; it was not added again";
            return Err(refused(RefusalCode::Duplicate, text));
        }
        if queued.fingerprint.as_ref().is_some_and(waits) {
            let text = "you gave this chat before, and it waits for review";
            return Err(refused(RefusalCode::Duplicate, text));
        }
        let repeated = chat_of(queued).is_some_and(|(blob, chat)| {
            self.blobs.contains(&blob) || waits(&blob.0) || waits(&chat.0)
        });
        if repeated || self.lookup.reused.contains(&position) {
            let text = "these sealed bytes were used before: seal the chat again with a new key";
            return Err(refused(RefusalCode::Duplicate, text));
        }
        Ok(())
    }

    fn control_unused(&self, control: &PublicKey, queued: &Queued) -> Result<(), Verdict> {
        if let Some((_, gone)) = self.lookup.explained.iter().find(|(known, _)| known == control) {
            return Err(Verdict::Refused(Refusal::new(RefusalCode::Gone, gone.sentence())));
        }
        match self.review.statement(control).filter(|_| !is_accepted(queued)) {
            Some(id) if id == queued.statement.id() => return Err(Verdict::Waits(*control)),
            Some(_) => return Err(refused(RefusalCode::ControlUsed, CONTROL_USED)),
            None => {}
        }
        match self.lookup.controls.iter().find(|(known, ..)| known == control) {
            Some((_, index, Some(id))) if *id == queued.statement.id() => {
                Err(Verdict::Already(*index))
            }
            Some(_) => Err(refused(RefusalCode::ControlUsed, CONTROL_USED)),
            None => match self.controls.get(control) {
                None => Ok(()),
                // Sent again by who did not hear of the first in time.
                Some(id) if *id == queued.statement.id() => Err(refused(RefusalCode::Busy, COMING)),
                Some(_) => Err(refused(RefusalCode::ControlUsed, CONTROL_USED)),
            },
        }
    }

    /// The home node's own rules.
    fn passes(&self, queued: &Queued) -> Result<(), Verdict> {
        let passed = match &queued.gate {
            Gate::Open => Ok(()),
            Gate::Chat(from) => admit(&self.fold, from, &queued.statement, self.now),
            Gate::Review => readmit(&self.fold, &queued.statement, self.now),
            Gate::Join(from) => may_join(&self.fold, from, &queued.statement, self.now),
        };
        passed.map_err(Verdict::Refused)
    }

    /// Whether a steward has to look at it, under the policy in force.
    fn wants_review(&self, queued: &mut Queued) -> bool {
        let findings = queued.findings.as_mut().zip(self.fold.policy());
        findings.is_some_and(|(findings, (_, policy))| wants_review(policy, findings))
    }

    fn hold(&mut self, queued: Queued) {
        let Gate::Chat(member) = queued.gate else { return };
        let is_theirs = |other: &&Queued| matches!(other.gate, Gate::Chat(by) if by == member);
        let beside = self.held.iter().filter(is_theirs).count();
        if self.review.of_member(&member) + beside >= PENDING_PER_MEMBER_MAX {
            let refusal = Refusal::new(RefusalCode::Busy, MEMBER_FULL);
            return self.refused.push((queued.origin, refusal));
        }
        let (control, _) = queued.statement.content().entry_fields();
        self.note_used(&queued, control);
        self.held.push(queued);
    }

    /// What a later statement of the same batch may not use again.
    fn note_used(&mut self, queued: &Queued, control: Option<PublicKey>) {
        self.controls.extend(control.map(|control| (control, queued.statement.id())));
        self.fingerprints.extend(queued.fingerprint);
        self.blobs.extend(chat_of(queued).map(|(blob, _)| blob));
    }

    fn take(&mut self, queued: Queued) {
        let item = item_of(&queued);
        let manifest = item.entry.kind == Kind::MANIFEST.0;
        if !manifest {
            self.fold_run();
        }
        self.note_used(&queued, item.entry.control);
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

    /// Refuses at once what is to be held and would be void in the log.
    pub(super) fn fold_held(&mut self) {
        if self.held.is_empty() {
            return;
        }
        let items: Vec<Item> = self.held.iter().map(item_of).collect();
        let held = std::mem::take(&mut self.held);
        let statuses = match self.fold.clone().apply(&items, &self.lookup.known) {
            Ok(applied) => applied.statuses,
            Err(_) => vec![Status::Live; held.len()],
        };
        for (queued, status) in held.into_iter().zip(statuses) {
            match status {
                Status::Void(reason) => self.refused.push((queued.origin, void(&reason))),
                _ => self.held.push(queued),
            }
        }
    }

    fn drop_void(&mut self, run: Vec<(Queued, Item)>, statuses: Vec<Status>) {
        for ((queued, item), status) in run.into_iter().zip(statuses) {
            match status {
                Status::Void(reason) => self.refused.push((queued.origin, void(&reason))),
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
    Waits(PublicKey),
    Refused(Refusal),
}

const CONTROL_USED: &str = "this control key was used before: rescan your chats and sign again";
const COMING: &str = "this chat is on its way already: ask again in a moment";
const MEMBER_FULL: &str = "a steward has to look at this chat, and too many of yours wait for review \
    already: try again when the stewards have looked at some";

/// Whether a steward accepts it: then it waits itself.
fn is_accepted(queued: &Queued) -> bool {
    matches!(queued.gate, Gate::Review)
}

fn void(reason: &VoidReason) -> Refusal {
    Refusal::new(RefusalCode::Policy, format!("this would be without effect: {reason}"))
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
