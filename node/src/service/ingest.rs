//! From a queue of statements to log entries: batched, judged, signed, durable, then told.

use super::effect::{Effect, Job, Question, Reply};
use super::hosted::{Hosted, Signing};
use super::input::{AskId, Lookup, Submitted};
use super::statements::Origin;
use super::sync::Pulled;
use super::{JobFor, Service};
use crate::limits::{BATCH_ENTRIES_MAX, QUEUE_ENTRIES_MAX};
use crate::store::{Append, Blob, Head, Held, Holding, Mark, NewEntry};
use sheaf_protocol::cbor::{self, Bytes};
use sheaf_protocol::community::{self, Community, Evidence, Item, Status};
use sheaf_protocol::exchange::{Announcement, MemberReply, Refusal, RefusalCode, Salted};
use sheaf_protocol::id::{BlobHash, CommunityId, PublicKey, Salt, TreeHash};
use sheaf_protocol::limits::{CLOCK_SKEW_SECS, GOSSIP_BYTES_MAX};
use sheaf_protocol::log::{Checkpoint, Entry, NodeId, SignedCheckpoint};
use sheaf_protocol::policy::Request;
use sheaf_protocol::seal::ChatKey;
use sheaf_protocol::statement::{Attribution, Body, Kind, Manifest, SignedStatement};
use std::collections::BTreeSet;

/// A statement that waits for its place in the log.
pub(super) struct Queued {
    pub(super) statement: SignedStatement,
    pub(super) salt: Salt,
    pub(super) chat: Option<(ChatKey, Blob)>,
    pub(super) fingerprint: Option<[u8; 32]>,
    pub(super) origin: Origin,
}

/// What is on its way into the store: one batch of a community at a time.
pub(super) struct Batch {
    pub(super) source: Source,
    /// The state once the batch is durable.
    pub(super) next: Option<Next>,
}

/// Where a batch came from.
pub(super) enum Source {
    /// Our own queue.
    Queue(Vec<Queued>),
    /// A peer's log.
    Peer(Box<Pulled>),
}

/// What becomes true when a batch is durable.
pub(super) struct Next {
    pub(super) fold: Community,
    pub(super) head: Option<SignedCheckpoint>,
    pub(super) first: u64,
    /// Entries with the statements that gossip may carry.
    pub(super) entries: Vec<(Entry, Option<Salted>)>,
    pub(super) statuses: Vec<Status>,
}

impl Service {
    /// A member contributes a chat.
    pub(super) fn submit(&mut self, id: AskId, from: PublicKey, submitted: Submitted) {
        let community = submitted.statement.content().community;
        let verdict = match self.hosted.get(&community) {
            None => {
                Err(Refusal::new(RefusalCode::Unknown, "this node does not hold that community"))
            }
            Some(hosted) => admit(hosted, &from, &submitted.statement, self.now),
        };
        if let Err(refusal) = verdict {
            return self.reply(id, Reply::Member(MemberReply::Refused { refusal }));
        }
        let Submitted { statement, salt, key, blob, fingerprint } = submitted;
        self.enqueue(
            community,
            Queued {
                statement,
                salt,
                chat: Some((key, blob)),
                fingerprint: Some(fingerprint),
                origin: Origin::Member(id),
            },
        );
    }

    /// Puts a statement in the queue of its home.
    pub(super) fn enqueue(&mut self, community: CommunityId, queued: Queued) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        if hosted.signing != Signing::Ready && !matches!(queued.origin, Origin::Own) {
            let refusal = Refusal::new(RefusalCode::ReadOnly, READ_ONLY);
            return self.refuse_queued(queued.origin, refusal);
        }
        if hosted.queue.len() >= QUEUE_ENTRIES_MAX {
            let refusal = Refusal::new(RefusalCode::Busy, "the node has too much to do: try again");
            return self.refuse_queued(queued.origin, refusal);
        }
        hosted.queue.push_back(queued);
        self.pump(community);
    }

    /// Takes the next batch from the queue, if none is under way.
    pub(super) fn pump(&mut self, community: CommunityId) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        if hosted.batch.is_some() || hosted.queue.is_empty() || hosted.signing != Signing::Ready {
            return;
        }
        let count = hosted.queue.len().min(BATCH_ENTRIES_MAX);
        let batch: Vec<Queued> = hosted.queue.drain(..count).collect();
        let items: Vec<Item> = batch.iter().map(item_of).collect();
        let question = Question {
            slot: hosted.slot,
            needs: community::needs(&items),
            fingerprints: batch.iter().map(|q| q.fingerprint).collect(),
            chats: batch.iter().map(chat_of).collect(),
        };
        hosted.batch = Some(Batch { source: Source::Queue(batch), next: None });
        self.job(JobFor::Lookup(community), Job::Lookup(Box::new(question)));
    }

    /// The store told what it knows of the batch: judge, sign, append.
    pub(super) fn known(&mut self, community: CommunityId, lookup: Lookup) {
        let Some(batch) = self.hosted.get_mut(&community).and_then(|h| h.batch.take()) else {
            return;
        };
        match batch.source {
            Source::Queue(queued) => self.append_queued(community, queued, lookup),
            Source::Peer(pulled) => self.append_pulled(community, *pulled, &lookup),
        }
    }

    fn append_queued(&mut self, community: CommunityId, queued: Vec<Queued>, lookup: Lookup) {
        let now = self.now;
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let mut chosen = Chosen::new(&hosted.fold, lookup);
        for (position, item) in queued.into_iter().enumerate() {
            chosen.consider(position, item);
        }
        chosen.fold_run();
        let Chosen { fold, nodes, taken, refused, already, .. } = chosen;
        if !taken.is_empty()
            && let Some(log_key) = hosted.log_key.clone()
        {
            let frontier = fold.frontier();
            let checkpoint = Checkpoint {
                community,
                epoch: fold.epoch(),
                size: frontier.len(),
                root: frontier.root(),
            };
            let signed = SignedCheckpoint::sign(checkpoint, &log_key, now);
            let (append, next, origins) = prepare_append(hosted, fold, signed, nodes, taken);
            hosted.batch = Some(Batch { source: Source::Queue(origins), next: Some(next) });
            self.job(JobFor::Append(community), Job::Append(Box::new(append)));
        }
        for (origin, refusal) in refused {
            self.refuse_queued(origin, refusal);
        }
        for (origin, index) in already {
            self.acknowledge(community, origin, index, true);
        }
        self.pump(community);
    }

    /// The batch is durable: it becomes the state, and everybody may know.
    pub(super) fn appended(&mut self, community: CommunityId) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let Some(Batch { source, next: Some(next) }) = hosted.batch.take() else { return };
        hosted.fold = next.fold.clone();
        if next.head.is_some() {
            hosted.head = next.head.clone();
        }
        let acts = super::statements::acts_of(&next, &source);
        match source {
            Source::Queue(queued) => {
                self.publish_head(community, &next);
                for (offset, queued) in queued.into_iter().enumerate() {
                    let index = next.first + offset as u64;
                    self.acknowledge(community, queued.origin, index, false);
                }
            }
            Source::Peer(pulled) => self.pulled_appended(community, *pulled, &next),
        }
        for act in acts {
            self.explanation_learnt(community, act);
        }
        self.pump(community);
    }

    /// The store could not keep a batch. Nothing was acknowledged; the askers are told.
    pub(super) fn batch_failed(&mut self, community: CommunityId, why: &str) {
        self.warn(format!("a batch could not be stored: {why}"));
        let Some(batch) = self.hosted.get_mut(&community).and_then(|h| h.batch.take()) else {
            return;
        };
        match batch.source {
            Source::Queue(queued) => {
                for item in queued {
                    let refusal = Refusal::new(RefusalCode::Internal, format!("not stored: {why}"));
                    self.refuse_queued(item.origin, refusal);
                }
            }
            Source::Peer(_) => self.end_sync(community, Some(why.to_owned())),
        }
    }

    fn publish_head(&mut self, community: CommunityId, next: &Next) {
        let Some(head) = &next.head else { return };
        let mut announcement = Announcement::Head {
            checkpoint: head.text(),
            first: next.first,
            entries: next.entries.iter().map(|(e, _)| Bytes(e.to_bytes())).collect(),
            statements: (next.first..)
                .zip(&next.entries)
                .filter_map(|(index, (_, salted))| Some((index, salted.clone()?)))
                .collect(),
        };
        if cbor::to_vec(&announcement).len() > GOSSIP_BYTES_MAX - 1024 {
            announcement = Announcement::Head {
                checkpoint: head.text(),
                first: next.first,
                entries: Vec::new(),
                statements: Vec::new(),
            };
        }
        self.out.push(Effect::Publish { community, announcement });
    }
}

const READ_ONLY: &str = "this node may not sign until it has learned its newest head: a partner \
    node must connect first (or its steward starts it with `sheaf serve --sign-unconfirmed`)";

/// The rules of the home node at submission; the fold's own rules come after.
fn admit(
    hosted: &Hosted,
    from: &PublicKey,
    statement: &SignedStatement,
    now: sheaf_protocol::time::Time,
) -> Result<(), Refusal> {
    let content = statement.content();
    let Body::Manifest(manifest) = &content.body else {
        return Err(Refusal::new(RefusalCode::Malformed, "a contribution is a signed manifest"));
    };
    if !hosted.is_home() {
        let text = "this node is not the community's home: contribute at its home node";
        return Err(Refusal::new(RefusalCode::Unknown, text));
    }
    if !hosted.fold.is_member(from) && !hosted.fold.is_steward(from) {
        let text = "you are not a member of this community: ask a steward for an invitation";
        return Err(Refusal::new(RefusalCode::NotMember, text));
    }
    if content.epoch != hosted.fold.epoch() || content.policy != hosted.policy_ref() {
        let text =
            "the community's policy changed since this was prepared: look at it and decide again";
        return Err(Refusal::new(RefusalCode::PolicyChanged, text));
    }
    if content.at.ms().abs_diff(now.ms()) > CLOCK_SKEW_SECS * 1000 + RETRY_MS {
        let text = format!("your clock says {}, the node's {now}: set it right", content.at);
        return Err(Refusal::new(RefusalCode::Clock, text));
    }
    if manifest.consent.attribution != Attribution::None && statement.signer() != *from {
        let text = "a chat under a name is signed with the key of the member who sends it";
        return Err(Refusal::new(RefusalCode::Malformed, text));
    }
    within_policy(hosted, manifest, now)
}

/// A sealed bundle that was kept while the network was away may be that old.
const RETRY_MS: u64 = 7 * 86_400_000;

fn within_policy(
    hosted: &Hosted,
    manifest: &Manifest,
    now: sheaf_protocol::time::Time,
) -> Result<(), Refusal> {
    let Some((_, policy)) = hosted.fold.policy() else {
        return Err(Refusal::new(RefusalCode::ReadOnly, "the community has no policy yet"));
    };
    let request =
        Request::Contribute { consent: &manifest.consent, plain_bytes: manifest.blob.plain_bytes };
    super::statements::allowed(policy, &request, now)
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

fn chat_of(
    queued: &Queued,
) -> Option<(sheaf_protocol::id::BlobHash, sheaf_protocol::id::ChatCommitment)> {
    match &queued.statement.content().body {
        Body::Manifest(m) => Some((m.blob.hash, m.commitment)),
        _ => None,
    }
}

/// Decides which of a batch go in, statement by statement.
///
/// Manifests do not change the state, so a run of them is folded at once; any other statement is
/// folded alone. What would be void stays out of the log.
struct Chosen {
    fold: Community,
    lookup: Lookup,
    run: Vec<(Queued, Item)>,
    nodes: Vec<(NodeId, TreeHash)>,
    taken: Vec<(Queued, Entry, Status)>,
    refused: Vec<(Origin, Refusal)>,
    already: Vec<(Origin, u64)>,
    controls: BTreeSet<PublicKey>,
    fingerprints: BTreeSet<[u8; 32]>,
    blobs: BTreeSet<BlobHash>,
}

impl Chosen {
    fn new(fold: &Community, lookup: Lookup) -> Self {
        Self {
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

    fn consider(&mut self, position: usize, queued: Queued) {
        match self.unused(position, &queued) {
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
    fn fold_run(&mut self) {
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

/// The store's part of a batch, and what becomes true with it.
fn prepare_append(
    hosted: &Hosted,
    fold: Community,
    signed: SignedCheckpoint,
    nodes: Vec<(NodeId, TreeHash)>,
    taken: Vec<(Queued, Entry, Status)>,
) -> (Append, Next, Vec<Queued>) {
    let first = hosted.fold.size();
    let (mut rows, mut entries, mut statuses) = (vec![], vec![], vec![]);
    let (mut origins, mut marks) = (vec![], vec![]);
    for (mut queued, entry, status) in taken {
        let statement = Held { salt: queued.salt, bytes: queued.statement.bytes().to_vec() };
        let (key, blob) = queued.chat.take().unzip();
        rows.push(NewEntry {
            entry: entry.clone(),
            status,
            statement: Some(statement),
            key,
            blob,
            holding: Holding::Full,
        });
        marks.extend(queued.fingerprint.map(|f| (Mark::Fingerprint, f)));
        if let Some((blob, chat)) = chat_of(&queued) {
            marks.extend([(Mark::Used, blob.0), (Mark::Used, chat.0)]);
        }
        entries.push((entry, public_statement(&queued)));
        statuses.push(status);
        origins.push(queued);
    }
    let head = Head {
        size: fold.size(),
        checkpoint: signed.text(),
        frontier: fold.frontier().clone(),
        snapshot: fold.encode(),
    };
    let append =
        Append { slot: hosted.slot, expected_size: first, entries: rows, nodes, head, marks };
    (append, Next { fold, head: Some(signed), first, entries, statuses }, origins)
}

fn public_statement(queued: &Queued) -> Option<Salted> {
    let kind = queued.statement.content().kind();
    kind.concerns_everyone()
        .then(|| Salted { salt: queued.salt, statement: Bytes(queued.statement.bytes().to_vec()) })
}
