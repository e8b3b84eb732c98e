//! One log, folded again from its first entry, and compared with what is stored of it.

use super::chats::examine_contents;
use super::finding::{Findings, LOG_LOST, Tally};
use crate::home::Home;
use crate::limits::ITEMS_PER_READ;
use crate::store::{CommunityRow, Contents, EntryRow, Head, Holding, Store, StoreError, name};
use sheaf_protocol::cbor;
use sheaf_protocol::community::{Community, Evidence, Explanation, Item, Known, Status};
use sheaf_protocol::id::CommunityId;
use sheaf_protocol::log::{SignedCheckpoint, UnverifiedCheckpoint};

/// What was examined of one log.
#[derive(Debug, Clone)]
pub struct LogExamined {
    /// The community.
    pub community: CommunityId,
    /// Its name; empty if its charter could not be read.
    pub name: String,
    /// Whether this home writes the log.
    pub home: bool,
    /// Entries that were folded.
    pub entries: u64,
    /// Chats in effect whose statement, key and sealed bytes were found and fit together.
    pub chats: u64,
    /// Chats that the node knows it still has to fetch.
    pub wanted: u64,
}

/// Examines every log of the store.
pub(super) fn examine_all(home: &Home, store: &Store, findings: &mut Findings) -> Vec<LogExamined> {
    let log_file = home.store_dir().join(name::LOG);
    let rows = store.communities().unwrap_or_else(|error| {
        findings.damage(&log_file, error, LOG_LOST);
        Vec::new()
    });
    let mut logs = Vec::new();
    for row in rows {
        let mut reading = Reading::new(home, store, &row);
        if let Err(error) = reading.run() {
            findings.damage(&log_file, error, LOG_LOST);
        }
        logs.push(reading.finish(findings));
    }
    logs
}

/// One log on its way from entry 0 to its head.
pub(super) struct Reading<'a> {
    pub(super) home: &'a Home,
    pub(super) store: &'a Store,
    pub(super) row: &'a CommunityRow,
    pub(super) tally: Tally,
    pub(super) examined: LogExamined,
    community: Community,
    known: Known,
    /// What does not concern a single entry.
    faults: Vec<String>,
}

impl<'a> Reading<'a> {
    fn new(home: &'a Home, store: &'a Store, row: &'a CommunityRow) -> Self {
        let examined = LogExamined {
            community: row.id,
            name: String::new(),
            home: row.home,
            entries: 0,
            chats: 0,
            wanted: 0,
        };
        Self {
            home,
            store,
            row,
            examined,
            tally: Tally::default(),
            community: Community::start(row.id),
            known: Known::default(),
            faults: Vec::new(),
        }
    }

    fn run(&mut self) -> Result<(), StoreError> {
        let Some(head) = self.store.head(self.row.slot)? else { return Ok(()) };
        while self.community.size() < head.size {
            let from = self.community.size();
            let rows = self.store.entries(self.row.slot, from, ITEMS_PER_READ)?;
            if rows.is_empty() {
                self.faults.push(format!("the log ends before entry {from}, of {}", head.size));
                return Ok(());
            }
            if !self.batch(from, &rows)? {
                return Ok(());
            }
        }
        self.compare(&head);
        Ok(())
    }

    /// Folds the next entries; false if the log cannot be followed beyond them.
    fn batch(&mut self, from: u64, rows: &[EntryRow]) -> Result<bool, StoreError> {
        let indices: Vec<u64> = (from..).take(rows.len()).collect();
        let contents = self.store.contents(self.row.slot, &indices)?;
        let mut items = Vec::with_capacity(rows.len());
        for ((index, row), held) in (from..).zip(rows).zip(&contents) {
            items.push(Item {
                entry: row.entry.clone(),
                evidence: self.evidence(index, row, held)?,
            });
        }
        let applied = match self.community.apply(&items, &self.known) {
            Ok(applied) => applied,
            Err(error) => {
                self.faults.push(format!("the log cannot be followed: {error}"));
                return Ok(false);
            }
        };
        for (id, hash) in &applied.nodes {
            if self.store.node_hash(self.row.slot, *id)? != Some(*hash) {
                self.tally.note(
                    name::LOG,
                    "a hash of the tree is not that of its entries",
                    id.index,
                );
            }
        }
        let entries = (from..).zip(rows).zip(items).zip(applied.statuses).zip(contents);
        for ((((index, row), item), status), held) in entries {
            self.known.note(index, &item.entry);
            self.examined.entries += 1;
            self.entry(index, row, &item, status, held)?;
        }
        Ok(true)
    }

    fn evidence(
        &mut self,
        index: u64,
        row: &EntryRow,
        held: &Contents,
    ) -> Result<Evidence, StoreError> {
        if row.holding == Holding::Gone {
            return self.explanation(index, row);
        }
        let Some(held) = &held.statement else { return Ok(Evidence::Missing) };
        Ok(Evidence::read(&row.entry, held.salt, &held.bytes).unwrap_or_else(|_| {
            let what = "the statement is not the one that the entry commits to";
            self.tally.note(name::STATEMENTS, what, index);
            Evidence::Missing
        }))
    }

    fn explanation(&mut self, index: u64, row: &EntryRow) -> Result<Evidence, StoreError> {
        let found = match &row.entry.control {
            Some(control) => self.store.explanation(self.row.slot, control)?,
            None => None,
        };
        let read = found.and_then(|e| cbor::from_slice::<Explanation>(&e.explanation).ok());
        Ok(read.map(Evidence::Gone).unwrap_or_else(|| {
            self.tally.note(name::LOG, "erased, and the explanation is lost", index);
            Evidence::Missing
        }))
    }

    /// Compares what is stored of one entry with what the log says of it.
    fn entry(
        &mut self,
        index: u64,
        row: &EntryRow,
        item: &Item,
        status: Status,
        held: Contents,
    ) -> Result<(), StoreError> {
        let slot = self.row.slot;
        let first = |at: Option<u64>| at.is_some_and(|at| at <= index);
        let by_commitment = self.store.index_of_commitment(slot, &row.entry.commitment)?;
        let by_control = match &row.entry.control {
            Some(control) => first(self.store.index_of_control(slot, control)?),
            None => true,
        };
        if !first(by_commitment) || !by_control {
            self.tally.note(name::LOG, "not found by its commitment or control key", index);
        }
        // A membership judged late, or a chat since withdrawn, says more than the fold could know.
        let settled = row.holding == Holding::Full && !matches!(status, Status::Missing);
        if settled && row.status != status {
            self.tally.note(name::LOG, "the stored verdict is not that of the log", index);
        }
        examine_contents(self, index, row, item, held);
        Ok(())
    }

    /// The end of the log against its head.
    fn compare(&mut self, head: &Head) {
        let frontier = self.community.frontier();
        if *frontier != head.frontier {
            self.faults.push("the right edge of the tree is not that of the entries".into());
        }
        if let Err(fault) = self.checkpoint(head) {
            self.faults.push(fault);
        }
        if !self.state_fits(head) {
            self.faults.push("the stored state is not the one that the log comes to".into());
        }
        if let (true, Ok(Some(key))) = (self.row.home, self.home.log_key())
            && self.community.log_key() != Some(key.public())
        {
            self.faults.push("keys/log is not the log key that the charter names".into());
        }
    }

    /// Of members, only that none is missing: what a membership that is gone by now left behind
    /// (a used invitation) follows from the log no more.
    fn state_fits(&self, head: &Head) -> bool {
        let folded = &self.community;
        Community::decode(&head.snapshot, head.frontier.clone()).is_ok_and(|stored| {
            stored.charter() == folded.charter()
                && stored.root_key() == folded.root_key()
                && stored.policies() == folded.policies()
                && stored.register() == folded.register()
                && folded.members().all(|member| stored.is_member(&member.key))
        })
    }

    fn checkpoint(&self, head: &Head) -> Result<(), String> {
        let key = self.community.log_key_at(head.size).unwrap_or(self.row.id.0);
        let epoch = self.community.epoch();
        let parsed = UnverifiedCheckpoint::parse(&head.checkpoint);
        let parsed = parsed.map_err(|error| format!("the checkpoint does not read: {error}"))?;
        let signed: SignedCheckpoint = parsed
            .verify(&self.row.id, epoch, &key)
            .map_err(|error| format!("the checkpoint does not verify: {error}"))?;
        let (size, root) = (signed.checkpoint().size, signed.checkpoint().root);
        if (size, root) != (self.community.size(), self.community.frontier().root()) {
            return Err(format!("the signed checkpoint of {size} entries is of another log"));
        }
        Ok(())
    }

    fn finish(mut self, findings: &mut Findings) -> LogExamined {
        self.examined.name = self.community.name().to_owned();
        let log = self.home.store_dir().join(name::LOG);
        for fault in self.faults {
            let name = &self.examined.name;
            findings.damage(&log, format!("\"{name}\": {fault}"), LOG_LOST);
        }
        self.tally.report(self.home.dir(), &self.examined.name, findings);
        self.examined
    }
}
