//! What anybody was told, held against what the disks have.

use super::people::Given;
use super::world::{ALICE, BOB, World, who};
use crate::runtime::replies;
use crate::service::{Answer, Job, JobResult, Reply};
use crate::store::{Contents, EntryRow, Holding, Slot, Store, StoreError};
use sheaf_protocol::cbor;
use sheaf_protocol::exchange::{Announcement, MemberReply};
use sheaf_protocol::id::TreeHash;
use sheaf_protocol::log::{Frontier, UnverifiedCheckpoint, commit};
use sheaf_protocol::statement::{Body, Kind, SignedStatement};
use std::collections::{BTreeMap, BTreeSet};

const SLOT: Slot = Slot(0);

#[derive(Default)]
pub(super) struct Ledger {
    /// The one history: the root at every size that was ever told of or found durable.
    roots: BTreeMap<u64, TreeHash>,
    /// The largest head that each node told of.
    told: [u64; 2],
    pub(super) chats: BTreeMap<u64, Known>,
    /// Entries that each node saw through erasing.
    erased: [BTreeSet<u64>; 2],
}

/// One chat, as the member knows it.
pub(super) struct Known {
    pub(super) given: Given,
    /// Where the log has it, once she was told.
    pub(super) index: Option<u64>,
    /// Whether she was told that it waits for review.
    pub(super) waits: bool,
    /// Whether she ever took it back, told of it or not.
    pub(super) taken_back: bool,
    /// Which nodes told her that it is withdrawn.
    withdrawn: [bool; 2],
    /// Which nodes said that it is gone.
    gone: [bool; 2],
}

impl Known {
    pub(super) fn new(given: Given) -> Self {
        Self {
            given,
            index: None,
            waits: false,
            taken_back: false,
            withdrawn: [false; 2],
            gone: [false; 2],
        }
    }
}

/// While things happen.
impl World {
    fn head_told(&mut self, n: usize, text: &str) {
        let size = self.history(text);
        self.ledger.told[n] = self.ledger.told[n].max(size);
    }

    /// Every head is of one history; its size.
    fn history(&mut self, text: &str) -> u64 {
        let note = UnverifiedCheckpoint::parse(text).unwrap();
        let (size, root) = (note.claimed().size, note.claimed().root);
        let known = *self.ledger.roots.entry(size).or_insert(root);
        assert_eq!(known, root, "{}: a second history at size {size}", self.name());
        size
    }

    pub(super) fn published(&mut self, n: usize, announcement: &Announcement) {
        if let Announcement::Head { checkpoint, .. } = announcement {
            self.head_told(n, checkpoint);
        }
    }

    pub(super) fn answered(
        &mut self,
        n: usize,
        answer: &Result<Answer, crate::service::CallFailed>,
    ) {
        if let Ok(Answer::Head(Some((_, text)))) = answer {
            self.head_told(n, text);
        }
    }

    /// The member was answered.
    pub(super) fn replied(&mut self, n: usize, store: &Store, chat: u64, reply: Reply) {
        let frame = replies::first_frame(store, reply);
        if self.nodes[n].disk.has_stopped() {
            return;
        }
        match cbor::from_slice(&frame).unwrap() {
            MemberReply::Logged { logged } => {
                self.head_told(n, &logged.checkpoint);
                self.tell(|| format!("chat {chat} is entry {}", logged.index));
                let known = self.ledger.chats.get_mut(&chat).unwrap();
                let before = known.index.replace(logged.index);
                let same = before.is_none_or(|before| before == logged.index);
                assert!(same, "{}: chat {chat} has two places", self.name());
            }
            MemberReply::Withdrawn { .. } => {
                self.tell(|| format!("{} says that chat {chat} is withdrawn", who(n)));
                self.ledger.chats.get_mut(&chat).unwrap().withdrawn[n] = true;
            }
            MemberReply::Pending { .. } => {
                self.tell(|| format!("chat {chat} waits for review"));
                self.ledger.chats.get_mut(&chat).unwrap().waits = true;
            }
            MemberReply::Refused { refusal } => {
                self.tell(|| format!("{} refuses chat {chat}: {refusal}", who(n)));
            }
            other => panic!("{}: {other:?}", self.name()),
        }
    }

    /// A node is about to say that something is gone.
    pub(super) fn ordered(&mut self, n: usize, work: &Job) {
        let said = match work {
            Job::SaveReceipt { indices, own: true, .. } => indices,
            Job::Append(append) => &append.settled,
            _ => return,
        };
        for index in said.clone() {
            self.is_gone(n, index);
        }
    }

    pub(super) fn done(&mut self, n: usize, result: &JobResult) {
        if let JobResult::Erased(items) = result {
            for (index, ..) in items {
                self.tell(|| format!("{} erased entry {index}", who(n)));
                self.ledger.erased[n].insert(*index);
                self.is_gone(n, *index);
            }
        }
    }

    fn is_gone(&mut self, n: usize, index: u64) {
        let name = self.name();
        let disk = &self.nodes[n].disk;
        let known = self.ledger.chats.values_mut().find(|known| known.index == Some(index));
        let Some(known) = known else { return };
        known.gone[n] = true;
        let left = disk.holding(&known.given.secrets());
        assert!(left.is_empty(), "{name}: {} says entry {index} is gone: {left:?}", who(n));
    }
}

/// After a start.
impl World {
    /// Holds what a disk has against what was told. None if the disk fails meanwhile.
    pub(super) fn recovered(&mut self, n: usize, store: &Store) -> Option<()> {
        let head = store.head(SLOT).ok()?;
        let size = head.as_ref().map_or(0, |head| head.size);
        let told = self.ledger.told[n];
        let name = format!("{}, {}", self.name(), who(n));
        assert!(size >= told, "{name}: told of {told} entries, has {size}");
        let rows = store.entries(SLOT, 0, usize::MAX).ok()?;
        assert_eq!(rows.len() as u64, size, "{name}: the head names what is there");
        if let Some(head) = head {
            let mut frontier = Frontier::new();
            rows.iter().for_each(|row| frontier.append(row.entry.leaf_hash()));
            assert_eq!(frontier.root(), head.frontier.root(), "{name}: the tree fits the entries");
            assert_eq!(self.history(&head.checkpoint), size, "{name}: the note fits the head");
            assert_eq!(self.ledger.roots[&size], frontier.root(), "{name}: and its root the tree");
        }
        let beyond: Vec<u64> = (size..size + 16).collect();
        let beyond = store.contents(SLOT, &beyond).ok()?;
        assert!(beyond.iter().all(|c| *c == Contents::default()), "{name}: rows beyond the head");
        self.rows_are_whole(&name, store, &rows).ok()?;
        self.chats_are_kept(n, &name, store, &rows).ok()?;
        self.nothing_came_back(n, &name, store, &rows).ok()
    }

    fn rows_are_whole(
        &self,
        name: &str,
        store: &Store,
        rows: &[EntryRow],
    ) -> Result<(), StoreError> {
        let pending = pending(store)?;
        for (index, row) in (0..).zip(rows) {
            let contents = store.contents(SLOT, &[index])?.remove(0);
            let explained = match row.entry.control {
                Some(control) => store.explanation(SLOT, &control)?,
                None => None,
            };
            if row.holding == Holding::Gone || explained.is_some() {
                let waits = pending.contains(&index);
                let empty = contents == Contents::default();
                assert!(waits || empty, "{name}: entry {index} is half gone");
                assert!(waits || row.holding == Holding::Gone, "{name}: {index} is explained");
                continue;
            }
            if let Some(held) = &contents.statement {
                let fits = commit(&held.salt, &held.bytes) == row.entry.commitment;
                assert!(fits, "{name}: entry {index} has another's statement");
            }
            let chat = row.entry.kind == Kind::MANIFEST.0 && row.status.is_live();
            if row.holding == Holding::Full {
                assert!(contents.statement.is_some(), "{name}: entry {index} has no statement");
                let whole = contents.key.is_some() && contents.blob.is_some();
                assert!(whole || !chat, "{name}: entry {index} is half a chat");
            }
        }
        Ok(())
    }

    fn chats_are_kept(
        &self,
        n: usize,
        name: &str,
        store: &Store,
        rows: &[EntryRow],
    ) -> Result<(), StoreError> {
        for (chat, known) in &self.ledger.chats {
            let control = known.given.control.public();
            let found = store.index_of_control(SLOT, &control)?;
            if n == ALICE && known.index.is_some() {
                assert_eq!(found, known.index, "{name}: chat {chat} was told to be in the log");
            }
            let Some(index) = found else {
                if n == ALICE && known.waits {
                    self.waits_or_gone(name, store, *chat, known)?;
                }
                continue;
            };
            let row = &rows[index as usize];
            match row.holding {
                Holding::Full => {
                    let contents = store.contents(SLOT, &[index])?.remove(0);
                    let waits = contents.key.is_none() && pending(store)?.contains(&index);
                    let same = contents.key.as_ref() == Some(&known.given.key);
                    assert!(same || waits, "{name}: the key of chat {chat}");
                }
                Holding::Gone => assert!(known.taken_back, "{name}: chat {chat} is lost"),
                holding => assert!(n == BOB, "{name}: chat {chat} at home is {holding:?}"),
            }
            if known.withdrawn[n] {
                let explained = store.explanation(SLOT, &control)?;
                assert!(explained.is_some(), "{name}: the withdrawal of chat {chat} is forgotten");
            }
        }
        Ok(())
    }

    /// What was told to wait is in the queue, until its member takes it back; then it is in no file.
    fn waits_or_gone(
        &self,
        name: &str,
        store: &Store,
        chat: u64,
        known: &Known,
    ) -> Result<(), StoreError> {
        let control = known.given.control.public();
        let waiting = store.pending(SLOT, &control)?;
        let same = waiting.as_ref().is_some_and(|waiting| waiting.key == known.given.key);
        assert!(same || known.taken_back, "{name}: chat {chat} waited, and is lost");
        if known.withdrawn[ALICE] {
            let left = self.nodes[ALICE].disk.holding(&known.given.secrets());
            assert!(left.is_empty(), "{name}: chat {chat} waited and was taken back: {left:?}");
            let explained = store.explanation(SLOT, &control)?;
            assert!(explained.is_some(), "{name}: the withdrawal of chat {chat} is forgotten");
        }
        Ok(())
    }

    fn nothing_came_back(
        &self,
        n: usize,
        name: &str,
        store: &Store,
        rows: &[EntryRow],
    ) -> Result<(), StoreError> {
        let gone = || self.ledger.chats.iter().filter(|(_, known)| known.gone[n]);
        let secrets: Vec<_> = gone().flat_map(|(_, known)| known.given.secrets()).collect();
        let left = self.nodes[n].disk.holding(&secrets);
        assert!(left.is_empty(), "{name}: a chat is back from the dead in {left:?}");
        for (chat, known) in gone() {
            let found = store.index_of_control(SLOT, &known.given.control.public())?;
            let row = found.map(|index| &rows[index as usize]);
            assert!(row.is_some_and(|row| row.holding == Holding::Gone), "{name}: chat {chat}");
        }
        let said = self.said(n, store)?;
        for index in &self.ledger.erased[n] {
            assert!(said.contains(index), "{name}: nothing will say that {index} is gone");
        }
        Ok(())
    }

    /// The entries that a node said are gone, or owes a statement for.
    fn said(&self, n: usize, store: &Store) -> Result<BTreeSet<u64>, StoreError> {
        let mut said: BTreeSet<u64> = store.owed(SLOT)?.into_iter().map(|e| e.index).collect();
        if n == BOB {
            let key = self.nodes[n].key.public();
            let receipts = store.all_receipts(SLOT, usize::MAX)?.into_iter();
            said.extend(receipts.filter(|receipt| receipt.key == key).map(|r| r.index));
            return Ok(said);
        }
        for (_, held) in store.statements(SLOT, 0, usize::MAX)? {
            let statement = SignedStatement::verify(&held.bytes).unwrap();
            if let Body::Erasure(erasure) = &statement.content().body {
                said.extend(erasure.items.iter().map(|item| item.index));
            }
        }
        Ok(said)
    }
}

/// At the end, when both run and nothing goes wrong any more.
impl World {
    pub(super) fn all_is_well(&mut self) {
        let name = self.name();
        let stores = [ALICE, BOB].map(|n| self.nodes[n].running.as_ref().unwrap().store.clone());
        let heads = [0, 1].map(|n| stores[n].head(SLOT).unwrap().unwrap());
        assert_eq!(heads[0].size, heads[1].size, "{name}: both have the same log");
        assert_eq!(heads[0].frontier, heads[1].frontier, "{name}: both have the same log");
        for (n, store) in stores.iter().enumerate() {
            let name = format!("{name}, {} at the end", who(n));
            self.recovered(n, store).expect("nothing fails any more");
            assert_eq!(pending(store).unwrap(), BTreeSet::new(), "{name}: all is erased");
            assert_eq!(store.owed(SLOT).unwrap(), [], "{name}: all is said");
            for (chat, known) in &self.ledger.chats {
                let control = known.given.control.public();
                let Some(index) = store.index_of_control(SLOT, &control).unwrap() else { continue };
                let holding = store.entry(SLOT, index).unwrap().unwrap().holding;
                let withdrawn = known.withdrawn.contains(&true);
                let expected = if withdrawn { Holding::Gone } else { Holding::Full };
                let open = known.taken_back && !withdrawn;
                assert!(open || holding == expected, "{name}: chat {chat} is {holding:?}");
            }
        }
    }
}

fn pending(store: &Store) -> Result<BTreeSet<u64>, StoreError> {
    Ok(store.pending_erasures()?.into_iter().map(|pending| pending.erase.index).collect())
}
