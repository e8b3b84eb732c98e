//! From a queue of statements to log entries: batched, judged, signed, durable, then told.

use super::acts::{acts_among, acts_of, explained_by};
use super::choose::{Chosen, chat_of, question_of};
use super::effect::{Effect, Job, Reply};
use super::hosted::{Hosted, Signing};
use super::input::{AskId, Lookup, Submitted};
use super::pulled::Pulled;
use super::rules::known_here;
use super::statements::{Origin, Pending};
use super::sync::End;
use super::{JobFor, Service};
use crate::limits::{BATCH_ENTRIES_MAX, QUEUE_ENTRIES_MAX};
use crate::store::{Append, Blob, Head, Held, Holding, Mark, NewEntry};
use sheaf_protocol::cbor::{self, Bytes};
use sheaf_protocol::community::{Community, Status};
use sheaf_protocol::exchange::{Announcement, Findings, MemberReply, Refusal, RefusalCode, Salted};
use sheaf_protocol::id::{CommunityId, PublicKey, Salt, TreeHash};
use sheaf_protocol::limits::GOSSIP_BYTES_MAX;
use sheaf_protocol::log::{Checkpoint, Entry, NodeId, SignedCheckpoint};
use sheaf_protocol::seal::ChatKey;
use sheaf_protocol::statement::{Body, SignedStatement};

/// A statement that waits for its place in the log.
pub(super) struct Queued {
    pub(super) statement: SignedStatement,
    pub(super) salt: Salt,
    pub(super) chat: Option<(ChatKey, Blob)>,
    pub(super) fingerprint: Option<[u8; 32]>,
    /// What was found in a chat that arrives.
    pub(super) findings: Option<Findings>,
    pub(super) origin: Origin,
    pub(super) gate: Gate,
}

impl Queued {
    /// A statement that is no chat, and must pass the fold's rules alone.
    pub(super) fn of(pending: Pending, origin: Origin) -> Self {
        let Pending { statement, salt } = pending;
        let (chat, fingerprint, findings) = (None, None, None);
        Self { statement, salt, chat, fingerprint, findings, origin, gate: Gate::Open }
    }
}

/// The rules of the home node that a statement must pass, besides the fold's. They are asked after
/// it is known that the statement is not in the log already: a retry is answered as at first.
pub(super) enum Gate {
    /// None: the node's own, or signed by a steward.
    Open,
    /// A contribution by the member who is connected.
    Chat(PublicKey),
    /// A contribution that a steward accepts: it passed the rules when it came.
    Review,
    /// A membership of who is connected.
    Join(PublicKey),
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
        let welcome = match self.hosted.get(&community) {
            Some(hosted) if hosted.is_home() => known_here(&hosted.fold, &from),
            Some(_) => {
                let text = "this node is not the community's home: contribute at its home node";
                Err(Refusal::new(RefusalCode::Unknown, text))
            }
            None => {
                Err(Refusal::new(RefusalCode::Unknown, "this node does not hold that community"))
            }
        };
        if let Err(refusal) = welcome {
            return self.reply(id, Reply::Member(MemberReply::Refused { refusal }));
        }
        let Submitted { statement, salt, key, blob, fingerprint, findings } = submitted;
        self.enqueue(
            community,
            Queued {
                statement,
                salt,
                chat: Some((key, blob)),
                fingerprint: Some(fingerprint),
                findings: Some(findings),
                origin: Origin::Member(id),
                gate: Gate::Chat(from),
            },
        );
    }

    /// Puts a statement in the queue of its home.
    pub(super) fn enqueue(&mut self, community: CommunityId, queued: Queued) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        if hosted.signing != Signing::Ready && !matches!(queued.origin, Origin::Own) {
            let refusal = Refusal::new(RefusalCode::ReadOnly, READ_ONLY);
            return self.refuse_queued(community, queued.origin, refusal);
        }
        if hosted.queue.len() >= QUEUE_ENTRIES_MAX {
            let refusal = Refusal::new(RefusalCode::Busy, "the node has too much to do: try again");
            return self.refuse_queued(community, queued.origin, refusal);
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
        let question = question_of(hosted.slot, &batch);
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
        let mut chosen = Chosen::new(&hosted.fold, &hosted.review, lookup, now);
        for (position, item) in queued.into_iter().enumerate() {
            chosen.consider(position, item);
        }
        chosen.fold_run();
        chosen.fold_held();
        let Chosen { fold, nodes, taken, held, waiting, refused, already, .. } = chosen;
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
        self.hold(community, held);
        for (origin, control) in waiting {
            self.still_waits(community, origin, &control);
        }
        for (origin, refusal) in refused {
            self.refuse_queued(community, origin, refusal);
        }
        for (origin, index) in already {
            self.acknowledge(community, origin, index, true);
        }
        self.release(community);
        self.pump(community);
    }

    /// The batch is durable: it becomes the state, and everybody may know.
    pub(super) fn appended(&mut self, community: CommunityId) {
        self.store_worked(community);
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let Some(Batch { source, next: Some(next) }) = hosted.batch.take() else { return };
        hosted.fold = next.fold.clone();
        if next.head.is_some() {
            hosted.head = next.head.clone();
        }
        self.unpark(community);
        let acts = acts_of(&next, &source);
        match source {
            Source::Queue(queued) => {
                self.note_ended(community, next.entries.iter().map(|(entry, _)| entry));
                self.publish_head(community, &next);
                for (offset, queued) in queued.into_iter().enumerate() {
                    let index = next.first + offset as u64;
                    self.acknowledge(community, queued.origin, index, false);
                }
                self.release(community);
            }
            Source::Peer(_) => self.pulled_appended(community, &next),
        }
        for act in acts {
            self.explanation_logged(community, &act);
            self.explanation_learnt(community, act);
        }
        self.pump(community);
    }

    /// The store could not keep a batch. Nothing was acknowledged; the askers are told.
    pub(super) fn batch_failed(&mut self, community: CommunityId, why: &str) {
        self.store_failed(community, "what came last could not be stored", why);
        let Some(batch) = self.hosted.get_mut(&community).and_then(|h| h.batch.take()) else {
            return;
        };
        self.unpark(community);
        match batch.source {
            Source::Queue(queued) => {
                queued.into_iter().for_each(|item| self.not_stored(community, item, why));
            }
            Source::Peer(_) => self.end_sync(community, End::Broken(why.to_owned())),
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
    let settled = erased_by(&origins, &statuses);
    let acts = acts_among(&statuses, origins.iter().map(|q: &Queued| Some(&q.statement)));
    let append = Append {
        slot: hosted.slot,
        expected_size: first,
        entries: rows,
        nodes,
        head,
        marks,
        settled,
        acts: acts.filter_map(explained_by).collect(),
    };
    (append, Next { fold, head: Some(signed), first, entries, statuses }, origins)
}

/// The entries that our own erasures among these statements tell of.
fn erased_by(queued: &[Queued], statuses: &[Status]) -> Vec<u64> {
    let said = queued.iter().zip(statuses).filter(|(_, status)| status.is_live());
    let bodies = said.map(|(queued, _)| &queued.statement.content().body);
    let items = bodies.filter_map(|body| match body {
        Body::Erasure(erasure) => Some(&erasure.items),
        _ => None,
    });
    items.flatten().map(|item| item.index).collect()
}

fn public_statement(queued: &Queued) -> Option<Salted> {
    let kind = queued.statement.content().kind();
    kind.concerns_everyone()
        .then(|| Salted { salt: queued.salt, statement: Bytes(queued.statement.bytes().to_vec()) })
}
