//! The store of one community, in memory: the jobs and reads of the real one. A job is done whole
//! or not at all, and what it did outlives the service.

use super::once::{self, verified};
use crate::runtime::jobs::gone;
use crate::service::{
    Access, Explain, Hosting, Job, JobResult, Lookup, Offered, Question, Waiting, control_of,
};
use crate::store::{
    Append, Blob, EntryRow, Explained, Fill, Head, Held, Holding, Mark, NewEntry, Pending,
    Queueing, Slot,
};
use sheaf_protocol::cbor::{self, Bytes};
use sheaf_protocol::community::{Community, Explanation, Status};
use sheaf_protocol::exchange::{ChatBlob, ItemState, Parts, Refusal, RefusalCode, Salted, Served};
use sheaf_protocol::id::{CommunityId, EntryCommitment, PublicKey, TreeHash};
use sheaf_protocol::log::{self, Entry, Frontier, NodeId};
use sheaf_protocol::seal::ChatKey;
use sheaf_protocol::sign::SecretKey;
use sheaf_protocol::statement::{Body, Cause, Erased, Kind, SignedStatement};
use sheaf_protocol::time::Time;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone)]
pub(super) struct Memory {
    pub(super) slot: Slot,
    pub(super) id: CommunityId,
    pub(super) known: bool,
    /// At the log's home.
    pub(super) log_key: Option<SecretKey>,
    /// When the head was cosigned, if the whole log is here.
    pub(super) head_at: Option<Time>,
    pub(super) head: Option<Head>,
    pub(super) rows: Vec<EntryRow>,
    pub(super) keys: BTreeMap<u64, ChatKey>,
    /// Entries whose key was held at any time.
    pub(super) keys_once: BTreeSet<u64>,
    /// At the home: who has a receipt for which entry in the log.
    pub(super) receipts_logged: BTreeSet<(PublicKey, u64)>,
    pub(super) fork: Option<Vec<u8>>,
    statements: BTreeMap<u64, Held>,
    blobs: BTreeMap<u64, Blob>,
    nodes: BTreeMap<NodeId, TreeHash>,
    /// The right edge of the tree over `rows`.
    frontier: Frontier,
    controls: BTreeMap<PublicKey, u64>,
    commitments: BTreeMap<EntryCommitment, u64>,
    marks: BTreeSet<(Mark, [u8; 32])>,
    explanations: BTreeMap<PublicKey, Explained>,
    acceptances: BTreeMap<PublicKey, Vec<u8>>,
    receipts: BTreeMap<(u64, PublicKey), Vec<u8>>,
    owed: BTreeMap<u64, Erased>,
    /// The review queue.
    pub(super) pending: BTreeMap<PublicKey, Pending>,
    /// Erasures that were begun and not seen through.
    erasing: BTreeMap<u64, Explain>,
    pub(super) addresses: Vec<String>,
}

impl Memory {
    /// The store of a community that nothing is known of.
    pub(super) fn of(id: CommunityId) -> Self {
        Self {
            slot: Slot(0),
            id,
            known: true,
            log_key: None,
            head_at: None,
            head: None,
            rows: Vec::new(),
            keys: BTreeMap::new(),
            keys_once: BTreeSet::new(),
            receipts_logged: BTreeSet::new(),
            fork: None,
            statements: BTreeMap::new(),
            blobs: BTreeMap::new(),
            nodes: BTreeMap::new(),
            frontier: Frontier::new(),
            controls: BTreeMap::new(),
            commitments: BTreeMap::new(),
            marks: BTreeSet::new(),
            explanations: BTreeMap::new(),
            acceptances: BTreeMap::new(),
            receipts: BTreeMap::new(),
            owed: BTreeMap::new(),
            pending: BTreeMap::new(),
            erasing: BTreeMap::new(),
            addresses: Vec::new(),
        }
    }

    pub(super) fn run(&mut self, job: Job) -> JobResult {
        match job {
            Job::Lookup(question) => return JobResult::Known(Box::new(self.lookup(&question))),
            Job::Append(append) => return self.append(*append),
            Job::Refresh { checkpoint, .. } => self.refresh(checkpoint),
            Job::Fill { fills, state, .. } => {
                if let (Some(head), Some((size, snapshot))) = (&mut self.head, state)
                    && head.size == size
                {
                    head.snapshot = snapshot;
                }
                fills.into_iter().for_each(|fill| self.fill(fill));
            }
            Job::Wanted { after, max, .. } => {
                let from = after.map_or(0, |index| index + 1);
                return JobResult::Wanted(
                    self.pick(max, |i, row| i >= from && row.holding == Holding::Wanted),
                );
            }
            Job::Due { today, max, .. } => {
                let ended = |row: &EntryRow| row.entry.due.is_some_and(|day| day < today);
                return JobResult::Due(
                    self.pick(max, |_, row| ended(row) && row.holding != Holding::Gone),
                );
            }
            Job::Explain(explain) => return self.explain(*explain),
            Job::Erase { items, .. } => return JobResult::Erased(self.erase_all(items)),
            Job::Prefix { size, of, .. } => return JobResult::Prefix(self.prefix(size, of)),
            Job::Forget { .. } => self.known = false,
            Job::SaveAcceptance { key, statement, .. } => {
                self.acceptances.insert(key, statement);
            }
            Job::SaveReceipt { key, indices, statement, own, .. } => {
                self.owed.retain(|index, _| !(own && indices.contains(index)));
                for index in indices {
                    self.receipts.insert((index, key), statement.clone());
                }
            }
            Job::Hold { chats, .. } => {
                return JobResult::Held(chats.into_iter().map(|chat| self.queue(chat)).collect());
            }
            Job::Offered { control, .. } => return JobResult::Offered(self.offered(&control)),
            Job::Release { controls, .. } => {
                self.pending.retain(|control, _| !controls.contains(control));
            }
            Job::SaveFork { proof, .. } => self.fork = Some(proof),
            Job::AddCommunity { .. } | Job::SavePeer { .. } => {}
        }
        JobResult::Saved
    }

    fn pick(&self, max: usize, is: impl Fn(u64, &EntryRow) -> bool) -> Vec<(u64, Entry)> {
        let rows = (0..).zip(&self.rows).filter(|(index, row)| is(*index, row));
        rows.map(|(index, row)| (index, row.entry.clone())).take(max).collect()
    }

    fn lookup(&self, question: &Question) -> Lookup {
        let mut found = Lookup::default();
        for control in &question.needs.controls {
            if let Some(index) = self.controls.get(control) {
                found.known.controls.insert(*control, *index);
                let held = self.statement(*index).map(|statement| statement.id());
                found.controls.push((*control, *index, held));
            }
            let gone = self.explanations.get(control).map(|e| (*control, gone(e)));
            found.explained.extend(gone);
        }
        let commitments = question.needs.commitments.iter();
        found.known.commitments =
            commitments.filter_map(|c| Some((*c, *self.commitments.get(c)?))).collect();
        let marked = |mark, value| self.marks.contains(&(mark, value));
        for (position, fingerprint) in question.fingerprints.iter().enumerate() {
            let twice = fingerprint.is_some_and(|f| marked(Mark::Fingerprint, f));
            found.duplicates.extend(twice.then_some(position));
        }
        for (position, chat) in question.chats.iter().enumerate() {
            let used =
                chat.is_some_and(|(b, c)| marked(Mark::Used, b.0) || marked(Mark::Used, c.0));
            found.reused.extend(used.then_some(position));
        }
        found
    }

    pub(super) fn append(&mut self, append: Append) -> JobResult {
        if append.expected_size != self.size() {
            return JobResult::Failed("the head moved".into());
        }
        for new in append.entries {
            let index = self.size();
            self.note_receipt(&new);
            if let Some(control) = new.entry.control {
                self.controls.entry(control).or_insert(index);
            }
            self.commitments.entry(new.entry.commitment).or_insert(index);
            let explained = new.entry.control.and_then(|c| self.explanations.get(&c)).cloned();
            let (status, holding) = match &explained {
                Some(explained) => (Status::Hole(explained.cause), Holding::Gone),
                None => (new.status, new.holding),
            };
            self.frontier.append(new.entry.leaf_hash());
            self.rows.push(EntryRow { entry: new.entry, status, holding });
            if explained.is_none() {
                self.put(index, new.statement, new.key, new.blob);
            }
        }
        for (control, explained) in append.acts {
            self.act(control, explained);
        }
        self.nodes.extend(append.nodes);
        self.marks.extend(append.marks);
        self.owed.retain(|index, _| !append.settled.contains(index));
        self.put_head(append.head);
        JobResult::Saved
    }

    /// The log of a home tells of its replicas' erasures.
    fn note_receipt(&mut self, new: &NewEntry) {
        let told = new.entry.kind == Kind::RECEIPT.0 && self.log_key.is_some();
        let Some(held) = new.statement.as_ref().filter(|_| told) else { return };
        let statement = verified(&held.bytes);
        if let Body::Receipt(receipt) = &statement.content().body {
            let key = statement.signer();
            self.receipts_logged.extend(receipt.items.iter().map(|i| (key, i.index)));
        }
    }

    fn put(&mut self, i: u64, held: Option<Held>, key: Option<ChatKey>, blob: Option<Blob>) {
        self.statements.extend(held.map(|held| (i, held)));
        self.keys_once.extend(key.as_ref().map(|_| i));
        self.keys.extend(key.map(|key| (i, key)));
        self.blobs.extend(blob.map(|blob| (i, blob)));
    }

    /// The log tells what is to be erased.
    fn act(&mut self, control: PublicKey, explained: Explained) {
        let Explained { cause, explanation } = explained.clone();
        self.explanations.entry(control).or_insert(explained);
        let Some(index) = self.controls.get(&control).copied() else { return };
        if self.rows[index as usize].holding != Holding::Gone {
            let (slot, index) = (self.slot, Some(index));
            let explain = Explain { slot, index, control, cause, explanation };
            self.erasing.insert(index.unwrap(), explain);
        }
    }

    fn put_head(&mut self, head: Head) {
        let (size, at) = once::head(&head.checkpoint);
        self.head_at = (size == head.size).then_some(at);
        self.head = Some(head);
    }

    /// A newer cosignature, unless the head moved on meanwhile.
    fn refresh(&mut self, checkpoint: String) {
        let (size, _) = once::head(&checkpoint);
        if let Some(head) = self.head.clone().filter(|head| head.size == size) {
            self.put_head(Head { checkpoint, ..head });
        }
    }

    fn fill(&mut self, fill: Fill) {
        let row = &mut self.rows[fill.index as usize];
        let explained = row.entry.control.is_some_and(|c| self.explanations.contains_key(&c));
        if row.holding == Holding::Gone || explained {
            return;
        }
        (row.status, row.holding) = (fill.status, fill.holding);
        self.put(fill.index, fill.statement, fill.key, fill.blob);
    }

    fn explain(&mut self, explain: Explain) -> JobResult {
        let before = self.explanations.contains_key(&explain.control);
        let index = self.controls.get(&explain.control).copied();
        let entry = index.map(|index| (index, self.rows[index as usize].entry.clone()));
        let held = index.is_some_and(|i| self.rows[i as usize].holding != Holding::Gone);
        let pending = self.pending.remove(&explain.control).is_some();
        if (index.is_some() || pending) && !before {
            self.keep(&explain);
        }
        if let Some(index) = index.filter(|_| held) {
            self.erasing.insert(index, Explain { index: Some(index), ..explain });
        }
        JobResult::Explained { entry, held, pending, before }
    }

    fn queue(&mut self, chat: Pending) -> Queueing {
        match self.explanations.contains_key(&chat.control) {
            true => Queueing::Gone,
            false => {
                self.pending.insert(chat.control, chat);
                Queueing::Taken
            }
        }
    }

    fn offered(&self, control: &PublicKey) -> Option<Box<Offered>> {
        let chat = self.pending.get(control)?.clone();
        let statement = verified(&chat.manifest);
        let Pending { salt, key, blob, fingerprint, .. } = chat;
        Some(Box::new(Offered { statement, salt, key, blob, fingerprint }))
    }

    /// The control keys that are explained.
    pub(super) fn explained(&self) -> impl Iterator<Item = &PublicKey> {
        self.explanations.keys()
    }

    pub(super) fn is_explained(&self, control: &PublicKey) -> bool {
        self.explanations.contains_key(control)
    }

    /// As a start does it: what is in the log does not wait.
    pub(super) fn waiting(&self) -> Vec<Waiting> {
        let waits = |chat: &&Pending| !self.controls.contains_key(&chat.control);
        let of = |chat: &Pending| {
            let statement = verified(&chat.manifest);
            Waiting::of(&statement, chat.member, chat.fingerprint, &chat.findings)
        };
        self.pending.values().filter(waits).filter_map(of).collect()
    }

    /// Answers with what was erased now, or before a crash and never told.
    fn erase_all(&mut self, items: Vec<Explain>) -> Vec<(u64, PublicKey, Cause)> {
        let mut gone = Vec::new();
        for item in items {
            let Some(index) = item.index else { continue };
            let held = self.rows[index as usize].holding != Holding::Gone;
            if held || self.erasing.contains_key(&index) {
                let (control, cause) = (item.control, item.cause);
                gone.push((index, control, cause));
                self.owed.insert(index, Erased { index, control, cause });
            }
            self.erasing.remove(&index);
            self.erase(item);
        }
        gone
    }

    fn keep(&mut self, explain: &Explain) {
        let explanation = explain.explanation.clone();
        let explained = Explained { cause: explain.cause, explanation };
        self.explanations.entry(explain.control).or_insert(explained);
    }

    fn erase(&mut self, item: Explain) {
        self.keep(&item);
        let Some(index) = item.index else { return };
        let row = &mut self.rows[index as usize];
        (row.status, row.holding) = (Status::Hole(item.cause), Holding::Gone);
        self.statements.remove(&index);
        self.keys.remove(&index);
        self.blobs.remove(&index);
    }

    fn prefix(&self, size: u64, of: u64) -> Option<(TreeHash, Vec<TreeHash>)> {
        let mut node = |id| self.nodes.get(&id).copied();
        let (root, proof) = (log::root(size, &mut node), log::consistency(size, of, &mut node));
        Some((root.ok()?, proof.ok()?))
    }
}

/// Reads.
impl Memory {
    pub(super) fn size(&self) -> u64 {
        self.rows.len() as u64
    }

    pub(super) fn root(&self) -> TreeHash {
        self.frontier.root()
    }

    pub(super) fn statement(&self, index: u64) -> Option<SignedStatement> {
        Some(verified(&self.statements.get(&index)?.bytes))
    }

    /// Logged statements of a kind.
    pub(super) fn of_kind(&self, kind: Kind) -> Vec<SignedStatement> {
        let rows = (0..).zip(&self.rows).filter(|(_, row)| row.entry.kind == kind.0);
        rows.filter_map(|(index, _)| self.statement(index)).collect()
    }

    /// Live chats whose key and blob are held.
    pub(super) fn live(&self) -> usize {
        let chats = (0..).zip(&self.rows).filter(|(_, row)| row.entry.kind == Kind::MANIFEST.0);
        let held = |i: &u64| self.keys.contains_key(i) && self.blobs.contains_key(i);
        chats.filter(|(index, row)| row.status.is_live() && held(index)).count()
    }

    /// Whether anything of an entry is left but the entry.
    pub(super) fn holds_any(&self, index: u64) -> bool {
        let (s, k, b) = (&self.statements, &self.keys, &self.blobs);
        s.contains_key(&index) || k.contains_key(&index) || b.contains_key(&index)
    }

    pub(super) fn entries(&self, from: u64, max: u64, size: u64) -> (Vec<Entry>, Vec<TreeHash>) {
        let upto = (from + max).min(self.size());
        let rows = &self.rows[from as usize..upto as usize];
        let mut node = |id| self.nodes.get(&id).copied();
        let proof = match upto == size {
            true => Vec::new(),
            false => log::consistency(upto, size, &mut node).unwrap(),
        };
        (rows.iter().map(|row| row.entry.clone()).collect(), proof)
    }

    pub(super) fn item(&self, index: u64, parts: Parts, access: &Access) -> ItemState {
        let Some(row) = self.rows.get(index as usize) else { return ItemState::Missing };
        if let Some(explained) = row.entry.control.and_then(|c| self.explanations.get(&c)) {
            return ItemState::Gone { explanation: Bytes(explained.explanation.clone()) };
        }
        let Some(held) = self.statements.get(&index) else { return ItemState::Missing };
        let salted = Salted { salt: held.salt, statement: Bytes(held.bytes.clone()) };
        if Kind(row.entry.kind).may_become_hole() {
            let under = self.statement(index).and_then(|s| s.content().policy).map(|p| p.index);
            if under > access.accepted {
                let refusal = Refusal::new(RefusalCode::NoAcceptance, "accept the policy first");
                return ItemState::Denied { refusal };
            }
        }
        if parts == Parts::Statements || row.entry.kind != Kind::MANIFEST.0 {
            return ItemState::Here { salted, chat: None };
        }
        match (&access.keys, self.keys.get(&index), self.blobs.get(&index)) {
            (Err(refusal), ..) => ItemState::Denied { refusal: refusal.clone() },
            (Ok(()), Some(key), Some(Blob::Small(bytes))) => {
                let blob = ChatBlob::Small { bytes: Bytes(bytes.clone()) };
                ItemState::Here { salted, chat: Some(Served { key: *key.to_bytes(), blob }) }
            }
            _ => ItemState::Missing,
        }
    }

    /// What a service is started with.
    pub(super) fn hosting(&self, node: &PublicKey) -> Hosting {
        let home = self.log_key.is_some();
        Hosting {
            slot: self.slot,
            id: self.id,
            fold: self.fold(),
            checkpoint: self.head.as_ref().map_or_else(String::new, |h| h.checkpoint.clone()),
            log_key: self.log_key.clone(),
            addresses: self.addresses.clone(),
            acceptances: self.acceptances.values().map(|bytes| verified(bytes)).collect(),
            explanations: self.unlogged_explanations(),
            unfinished: self.erasing.values().cloned().collect(),
            owed: self.owed.values().copied().collect(),
            fork: self.fork.clone(),
            unsent: if home { Vec::new() } else { self.unsent_receipts(node) },
            waiting: self.waiting(),
        }
    }

    /// The state as a start would read it.
    pub(super) fn fold(&self) -> Community {
        match &self.head {
            Some(head) => Community::decode(&head.snapshot, head.frontier.clone()).unwrap(),
            None => Community::start(self.id),
        }
    }

    fn unlogged_explanations(&self) -> Vec<SignedStatement> {
        let logged = [self.of_kind(Kind::WITHDRAWAL), self.of_kind(Kind::TAKEDOWN)].concat();
        let kept = self.explanations.values();
        let kept = kept.filter_map(|e| match cbor::from_slice(&e.explanation).unwrap() {
            Explanation::Withdrawal(s) | Explanation::Takedown(s) => Some(s),
            Explanation::Due => None,
        });
        let kept = kept.filter(|s| logged.iter().all(|other| other.id() != s.id()));
        // What was taken back while it waited for review never was in the log.
        let is_entry = |s: &SignedStatement| {
            control_of(s).is_some_and(|control| self.controls.contains_key(&control))
        };
        kept.filter(is_entry).collect()
    }

    fn unsent_receipts(&self, node: &PublicKey) -> Vec<Vec<u8>> {
        let logged = self.of_kind(Kind::RECEIPT);
        let own = self.receipts.iter().filter(|((_, key), _)| key == node);
        let own: BTreeSet<Vec<u8>> = own.map(|(_, statement)| statement.clone()).collect();
        own.into_iter().filter(|b| logged.iter().all(|s| s.bytes() != b.as_slice())).collect()
    }
}
