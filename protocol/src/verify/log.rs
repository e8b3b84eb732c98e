//! The first reading of a log's evidence: the log is whole, signed, and means this.

use super::{Fault, Place, Problems, evidence_file};
use crate::community::{Community, Evidence, Item, Known, Status, needs};
use crate::dataset::{CHECKPOINT, ENTRIES, LATEST, LOCK, PinnedLog, Record, RowTerms};
use crate::id::{EntryCommitment, PublicKey};
use crate::log::{Entry, Frontier, SignedCheckpoint};
use crate::statement::{Body, Cause, Kind, Manifest, PolicyRef, SignedStatement};
use crate::time::Time;
use std::collections::BTreeMap;

/// What [`read_item`] found.
#[derive(Debug)]
pub struct Read {
    /// For [`LogCheck::push`].
    pub item: Item,
    /// What is wrong with what lies beside the entry; the item then counts as missing.
    pub fault: Option<Fault>,
}

/// Reads one entry and what lies beside it, for the first reading. Manifests are left for
/// [`CheckedLog::examine`], so that each signature is verified once. Independent of every other
/// item: may run in parallel.
///
/// # Errors
/// [`Fault::Entry`]: the log cannot be followed beyond it.
pub fn read_item(entry: &[u8], record: &[u8]) -> Result<Read, Fault> {
    let entry = Entry::from_bytes(entry).map_err(Fault::Entry)?;
    let is_chat = Kind(entry.kind) == Kind::MANIFEST;
    let (evidence, fault) = match read_evidence(&entry, record) {
        Ok(evidence) => (evidence, None),
        Err(_) if is_chat => (Evidence::Missing, None),
        Err(fault) => (Evidence::Missing, Some(fault)),
    };
    Ok(Read { item: Item { entry, evidence }, fault })
}

fn read_evidence(entry: &Entry, record: &[u8]) -> Result<Evidence, Fault> {
    match read_record(record)? {
        Record::Gone(explanation) => Ok(Evidence::Gone(*explanation)),
        Record::Held { .. } if Kind(entry.kind) == Kind::MANIFEST => Ok(Evidence::Missing),
        Record::Held { salt, statement } => {
            Evidence::read(entry, salt, &statement).map_err(|_| Fault::NotCommitted)
        }
    }
}

fn read_record(record: &[u8]) -> Result<Record, Fault> {
    crate::cbor::from_slice(record).map_err(Fault::Record)
}

/// Folds one log. Keeps the small state of the community, 40 bytes for each entry and each control
/// key, and the few entries that are not simply live.
#[derive(Debug)]
pub struct LogCheck {
    number: usize,
    community: Community,
    controls: BTreeMap<PublicKey, u64>,
    commitments: BTreeMap<EntryCommitment, u64>,
    settled: BTreeMap<u64, Status>,
    ended: BTreeMap<PublicKey, Cause>,
}

impl LogCheck {
    /// At the start of the log that the lock pins under this number.
    pub fn start(number: usize, pinned: &PinnedLog) -> Self {
        Self {
            number,
            community: Community::start(pinned.id),
            controls: BTreeMap::new(),
            commitments: BTreeMap::new(),
            settled: BTreeMap::new(),
            ended: BTreeMap::new(),
        }
    }

    /// How many items were taken.
    pub fn size(&self) -> u64 {
        self.community.size()
    }

    /// The next items, in the order of the log, each from [`read_item`].
    ///
    /// # Errors
    /// [`Fault::Fold`]; nothing after it can be followed.
    pub fn push(&mut self, items: &[Item]) -> Result<(), Fault> {
        let first = self.size();
        let known = self.known(items);
        let applied = self.community.apply(items, &known).map_err(Fault::Fold)?;
        for ((index, item), status) in (first..).zip(items).zip(applied.statuses) {
            self.note(index, item, status);
        }
        Ok(())
    }

    fn known(&self, items: &[Item]) -> Known {
        let needs = needs(items);
        let first = |key: &PublicKey| self.controls.get(key).map(|index| (*key, *index));
        let shown = |c: &EntryCommitment| self.commitments.get(c).map(|index| (*c, *index));
        Known {
            controls: needs.controls.iter().filter_map(first).collect(),
            commitments: needs.commitments.iter().filter_map(shown).collect(),
        }
    }

    fn note(&mut self, index: u64, item: &Item, status: Status) {
        self.commitments.entry(item.entry.commitment).or_insert(index);
        if let Some(control) = item.entry.control {
            self.controls.entry(control).or_insert(index);
        }
        match (&status, &item.evidence) {
            (Status::Live, Evidence::Statement { statement: Ok(statement), .. }) => {
                self.note_end(&statement.content().body);
            }
            (Status::Void(_) | Status::Hole(_), _) => {
                self.settled.insert(index, status);
            }
            _ => {}
        }
    }

    /// A logged withdrawal or takedown ends its chat even where the statement is still there.
    fn note_end(&mut self, body: &Body) {
        let (control, cause) = match body {
            Body::Withdrawal(withdrawal) => (withdrawal.control, Cause::Withdrawn),
            Body::Takedown(takedown) => (takedown.control, Cause::TakenDown),
            _ => return,
        };
        self.ended.entry(control).or_insert(cause);
    }

    /// Ends the reading: size and root are those pinned, and the log key has signed the pinned
    /// checkpoint. `checkpoint` is the text of the file beside the entries; `latest` that of a
    /// later checkpoint of the same log, which shows that time has passed since.
    pub fn finish(
        self,
        pinned: &PinnedLog,
        checkpoint: &str,
        latest: Option<&str>,
        problems: &mut Problems,
    ) -> CheckedLog {
        let place = |file| Place::file(evidence_file(self.number, file));
        problems.extend(&place(ENTRIES), check_tree(pinned, self.community.frontier()));
        let in_lock = self.pinned_time(pinned, &pinned.checkpoint);
        if checkpoint != pinned.checkpoint {
            // One of the two was changed: the one that does not verify, else the file.
            let changed = in_lock.is_ok() || self.pinned_time(pinned, checkpoint).is_err();
            problems.extend(&place(CHECKPOINT), changed.then_some(Fault::CheckpointFile));
        }
        let keep = |time: Result<Time, Fault>, place: Place, problems: &mut Problems| {
            time.map_err(|fault| problems.push(place, fault)).ok()
        };
        let pinned_at = keep(in_lock, Place::file(LOCK), problems);
        let latest_at =
            latest.and_then(|text| keep(self.latest_time(pinned, text), place(LATEST), problems));
        let Self { community, settled, ended, .. } = self;
        let seen_at = pinned_at.max(latest_at);
        CheckedLog { community, settled, ended, pinned_at, seen_at }
    }

    fn pinned_time(&self, pinned: &PinnedLog, text: &str) -> Result<Time, Fault> {
        let signed = self.signed(pinned, text)?;
        let checkpoint = signed.checkpoint();
        if (checkpoint.size, checkpoint.root) != (pinned.size, pinned.root) {
            return Err(Fault::CheckpointFields);
        }
        Ok(signed.cosigned_at())
    }

    fn latest_time(&self, pinned: &PinnedLog, text: &str) -> Result<Time, Fault> {
        let signed = self.signed(pinned, text)?;
        if signed.checkpoint().size < pinned.size {
            return Err(Fault::LatestIsOlder);
        }
        Ok(signed.cosigned_at())
    }

    fn signed(&self, pinned: &PinnedLog, text: &str) -> Result<SignedCheckpoint, Fault> {
        let key = self.community.log_key_at(pinned.size).unwrap_or(pinned.id.0);
        SignedCheckpoint::verify(text, &pinned.id, pinned.epoch, &key).map_err(Fault::Checkpoint)
    }
}

/// Whether the entries are those that the lock pins; asked by itself where a log cannot be folded
/// to its end.
pub fn check_tree(pinned: &PinnedLog, entries: &Frontier) -> Option<Fault> {
    if entries.len() != pinned.size {
        return Some(Fault::Count { expected: pinned.size, found: entries.len() });
    }
    let (expected, found) = (pinned.root, entries.root());
    (expected != found).then_some(Fault::Root { expected, found })
}

/// A log that was read once: what it means for each of its chats.
#[derive(Debug)]
pub struct CheckedLog {
    community: Community,
    settled: BTreeMap<u64, Status>,
    ended: BTreeMap<PublicKey, Cause>,
    pinned_at: Option<Time>,
    seen_at: Option<Time>,
}

/// What the second reading finds at one entry.
#[derive(Debug)]
pub enum Examined {
    /// A chat that may be used.
    Live(Box<LiveChat>),
    /// A chat without effect, or gone.
    Chat(Status),
    /// Something else than a chat.
    Other,
}

/// A manifest in effect, and the terms that follow from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveChat {
    /// The commitment of its entry.
    pub entry: EntryCommitment,
    /// What was signed.
    pub manifest: Manifest,
    /// Who signed.
    pub signer: PublicKey,
    /// The policy it was signed under.
    pub policy: PolicyRef,
    /// The terms in force.
    pub terms: RowTerms,
}

impl CheckedLog {
    /// The state of the community at the pinned size.
    pub fn community(&self) -> &Community {
        &self.community
    }

    /// When the log's own key cosigned the pinned checkpoint; `None` if it did not.
    pub fn pinned_at(&self) -> Option<Time> {
        self.pinned_at
    }

    /// The latest moment that the log's own key has put its name to, in the pinned checkpoint or a
    /// later one.
    pub fn seen_at(&self) -> Option<Time> {
        self.seen_at
    }

    /// The second reading of an entry and what lies beside it, `as_of` a moment that is known to
    /// have come. Independent of every other item: may run in parallel.
    ///
    /// # Errors
    /// [`Fault`] if the item is not what the log commits to, or a hole is not explained.
    pub fn examine(
        &self,
        index: u64,
        entry: &[u8],
        record: &[u8],
        as_of: Time,
    ) -> Result<Examined, Fault> {
        let entry = Entry::from_bytes(entry).map_err(Fault::Entry)?;
        let is_chat = Kind(entry.kind) == Kind::MANIFEST;
        match read_record(record) {
            Ok(Record::Gone(explanation)) => {
                let explained = self.community.explain(index, &entry, &explanation, as_of);
                let cause = explained.map_err(Fault::Unexplained)?;
                let settled = self.settled.get(&index).copied();
                let status = settled.unwrap_or(Status::Hole(cause));
                Ok(if is_chat { Examined::Chat(status) } else { Examined::Other })
            }
            Ok(Record::Held { salt, statement }) if is_chat => {
                let evidence =
                    Evidence::read(&entry, salt, &statement).map_err(|_| Fault::NotCommitted)?;
                Ok(self.examine_chat(index, &entry, &evidence))
            }
            Err(fault) if is_chat => Err(fault),
            // The first reading has said what there is to say.
            Ok(Record::Held { .. }) | Err(_) => Ok(Examined::Other),
        }
    }

    /// Why the chat of an entry is gone; `None` if it is not, or was none. Says the same as
    /// [`CheckedLog::examine`], but leaves a statement unverified where no logged withdrawal or
    /// takedown ends its chat.
    ///
    /// # Errors
    /// [`Fault`], as [`CheckedLog::examine`].
    pub fn hole(
        &self,
        index: u64,
        entry: &[u8],
        record: &[u8],
        as_of: Time,
    ) -> Result<Option<Cause>, Fault> {
        let control = Entry::from_bytes(entry).map_err(Fault::Entry)?.control;
        let ended = control.is_some_and(|control| self.ended.contains_key(&control));
        let is_held = matches!(read_record(record), Ok(Record::Held { .. }));
        if is_held && !ended {
            return Ok(None);
        }
        match self.examine(index, entry, record, as_of)? {
            Examined::Chat(Status::Hole(cause)) => Ok(Some(cause)),
            _ => Ok(None),
        }
    }

    /// What a chat's entry means. For the node, which holds its evidence already.
    pub fn examine_chat(&self, index: u64, entry: &Entry, evidence: &Evidence) -> Examined {
        let settled = self.settled.get(&index).copied();
        let status = settled.unwrap_or_else(|| self.community.judge(index, entry, evidence));
        let ended = entry.control.and_then(|control| self.ended.get(&control));
        match (status, evidence) {
            (Status::Live, Evidence::Statement { statement: Ok(statement), .. }) => match ended {
                Some(cause) => Examined::Chat(Status::Hole(*cause)),
                None => self.live(entry, statement),
            },
            _ => Examined::Chat(status),
        }
    }

    fn live(&self, entry: &Entry, statement: &SignedStatement) -> Examined {
        let Body::Manifest(manifest) = &statement.content().body else { return Examined::Other };
        match self.community.terms(statement) {
            Ok(terms) => Examined::Live(Box::new(LiveChat {
                entry: entry.commitment,
                manifest: manifest.clone(),
                signer: statement.signer(),
                policy: terms.policy,
                terms: RowTerms { licence: terms.licence, usage: terms.usage, due: terms.due },
            })),
            Err(reason) => Examined::Chat(Status::Void(reason)),
        }
    }
}
