//! Replicate: entries and public statements of a longer log, checked against its head, folded.

use super::effect::{Call, GossipVerdict, Job, Question};
use super::ingest::{Batch, Next, Source};
use super::input::{Answer, Arrived, CallFailed, Lookup, Received};
use super::{CallFor, JobFor, Service};
use crate::store::{Append, Head, Held, Holding, NewEntry};
use sheaf_protocol::community::{self, Community, Evidence, Explanation, Item, Status};
use sheaf_protocol::exchange::{Parts, PullRequest, Salted};
use sheaf_protocol::id::{CommunityId, PublicKey, TreeHash};
use sheaf_protocol::limits::{CLOCK_SKEW_SECS, PULL_ITEMS_MAX};
use sheaf_protocol::log::{self, Checkpoint, Entry, SignedCheckpoint, UnverifiedCheckpoint};
use sheaf_protocol::statement::{Kind, SignedStatement};
use sheaf_protocol::time::Time;

/// A longer log that is being pulled from one peer.
pub(super) struct Sync {
    pub(super) peer: PublicKey,
    pub(super) since: Time,
    target: UnverifiedCheckpoint,
    text: String,
    /// Entries that wait for their statements.
    entries: Vec<Entry>,
    consistency: Vec<TreeHash>,
}

/// A part of a peer's log on its way into the store.
pub(super) struct Pulled {
    target: UnverifiedCheckpoint,
    text: String,
    consistency: Vec<TreeHash>,
    items: Vec<Item>,
    /// As they came, for the store.
    salted: Vec<Option<Salted>>,
}

impl Pulled {
    /// The statement of each item, where there is a good one.
    pub(super) fn statements(&self) -> impl Iterator<Item = Option<&SignedStatement>> {
        self.items.iter().map(|item| match &item.evidence {
            Evidence::Statement { statement: Ok(statement), .. } => Some(statement),
            _ => None,
        })
    }
}

/// Why a part of a log was not taken.
#[derive(Debug, thiserror::Error)]
enum PullError {
    #[error(transparent)]
    Fold(#[from] community::FoldError),
    #[error("the head's signature: {0}")]
    Checkpoint(#[from] log::CheckpointError),
    #[error("the log has no key yet")]
    NoKey,
    #[error("the entries do not lead to the head: {0}")]
    Inconsistent(#[from] log::VerifyProofError),
    #[error("the entries do not have the head's root")]
    Root,
    #[error("the head lies in the future: its clock or ours is wrong")]
    Future,
}

/// A sync without a word for so long is given up.
const SYNC_SECS_MAX: u64 = 60;

impl Service {
    /// Begins to pull what `peer` says it has more than we.
    pub(super) fn start_sync(
        &mut self,
        community: CommunityId,
        peer: PublicKey,
        target: UnverifiedCheckpoint,
        text: String,
    ) {
        let now = self.now;
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let busy = hosted.sync.as_ref().is_some_and(|s| now.secs_since(s.since) < SYNC_SECS_MAX);
        if busy || hosted.batch.is_some() || hosted.forked {
            return;
        }
        if hosted.is_home() && hosted.signing == super::Signing::Ready {
            hosted.signing = super::Signing::Unconfirmed;
            self.warn(format!(
                "{peer} holds a longer log of {community} than this, its home: not signing"
            ));
        }
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        hosted.sync = Some(Sync {
            peer,
            since: now,
            target,
            text,
            entries: Vec::new(),
            consistency: Vec::new(),
        });
        self.next_entries(community);
    }

    fn next_entries(&mut self, community: CommunityId) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let Some(sync) = &hosted.sync else { return };
        let (peer, size) = (sync.peer, sync.target.claimed().size);
        let (from, max) = (hosted.fold.size(), PULL_ITEMS_MAX as u64);
        let request = Call::Pull(PullRequest::Entries { community, from, max, size });
        self.call(peer, CallFor::Entries(community), request);
    }

    pub(super) fn entries_came(
        &mut self,
        community: CommunityId,
        peer: PublicKey,
        answer: Result<Answer, CallFailed>,
    ) {
        let now = self.now;
        let (entries, consistency) = match answer {
            Ok(Answer::Entries { entries, consistency }) if !entries.is_empty() => {
                (entries, consistency)
            }
            Ok(_) => return self.end_sync(community, Some("no entries came".into())),
            Err(failed) => return self.end_sync(community, Some(failed.to_string())),
        };
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let from = hosted.fold.size();
        let Some(sync) = hosted.sync.as_mut().filter(|s| s.peer == peer) else { return };
        sync.since = now;
        sync.consistency = consistency;
        let public: Vec<(u64, Entry)> = (from..)
            .zip(&entries)
            .filter(|(_, entry)| !Kind(entry.kind).may_become_hole())
            .map(|(index, entry)| (index, entry.clone()))
            .collect();
        sync.entries = entries;
        if public.is_empty() {
            return self.assemble_part(community, Vec::new());
        }
        let request = Call::Items { community, entries: public, parts: Parts::Statements };
        self.call(peer, CallFor::Statements(community), request);
    }

    pub(super) fn statements_came(
        &mut self,
        community: CommunityId,
        peer: PublicKey,
        answer: Result<Answer, CallFailed>,
    ) {
        let now = self.now;
        let ours = self.hosted.get_mut(&community).and_then(|h| h.sync.as_mut());
        let Some(sync) = ours.filter(|s| s.peer == peer) else { return };
        sync.since = now;
        match answer {
            Ok(Answer::Items(received)) => self.assemble_part(community, received),
            Ok(_) => self.end_sync(community, Some("no statements came".into())),
            Err(failed) => self.end_sync(community, Some(failed.to_string())),
        }
    }

    /// Entries and the public statements among them become a batch.
    fn assemble_part(&mut self, community: CommunityId, received: Vec<Received>) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let Some(sync) = &mut hosted.sync else { return };
        let mut received = received.into_iter();
        let mut pulled = Pulled {
            target: sync.target.clone(),
            text: sync.text.clone(),
            consistency: std::mem::take(&mut sync.consistency),
            items: Vec::new(),
            salted: Vec::new(),
        };
        for entry in std::mem::take(&mut sync.entries) {
            let arrived = match Kind(entry.kind).may_become_hole() {
                true => None,
                false => received.next().and_then(statement_of),
            };
            pulled.push(entry, arrived);
        }
        self.look_up(community, pulled);
    }

    /// A head came with the entries that lead to it: no need to pull.
    pub(super) fn head_carried(
        &mut self,
        community: CommunityId,
        from: PublicKey,
        checkpoint: UnverifiedCheckpoint,
        text: String,
        entries: Vec<(Entry, Option<Arrived>)>,
    ) -> GossipVerdict {
        let missing = |(entry, arrived): &(Entry, Option<Arrived>)| {
            arrived.is_none() && !Kind(entry.kind).may_become_hole()
        };
        let Some(hosted) = self.hosted.get(&community) else { return GossipVerdict::Ignore };
        let idle = hosted.sync.is_none() && hosted.batch.is_none();
        if !idle || hosted.is_home() || entries.iter().any(missing) {
            return self.head_learnt(community, from, checkpoint, text);
        }
        let claimed = checkpoint.claimed().clone();
        let signed = hosted
            .fold
            .log_key()
            .map(|key| checkpoint.clone().verify(&community, claimed.epoch, &key));
        let Some(Ok(_)) = signed else {
            // Signed by a key that we do not know: perhaps rotated in these very entries.
            return self.head_learnt(community, from, checkpoint, text);
        };
        let mut pulled = Pulled {
            target: checkpoint,
            text,
            consistency: Vec::new(),
            items: Vec::new(),
            salted: Vec::new(),
        };
        for (entry, arrived) in entries {
            pulled.push(entry, arrived);
        }
        if let Some(known) = self.peers.get_mut(&from) {
            known.holds.insert(community, claimed.size);
        }
        self.look_up(community, pulled);
        GossipVerdict::Accept
    }

    fn look_up(&mut self, community: CommunityId, pulled: Pulled) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let question = Question {
            slot: hosted.slot,
            needs: community::needs(&pulled.items),
            fingerprints: Vec::new(),
            chats: Vec::new(),
        };
        hosted.batch = Some(Batch { source: Source::Peer(Box::new(pulled)), next: None });
        self.job(JobFor::Lookup(community), Job::Lookup(Box::new(question)));
    }

    /// The store knows the batch's keys: fold it, check it against the head, append.
    pub(super) fn append_pulled(
        &mut self,
        community: CommunityId,
        pulled: Pulled,
        lookup: &Lookup,
    ) {
        let now = self.now;
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let first = hosted.fold.size();
        let mut fold = hosted.fold.clone();
        let folded = fold
            .apply(&pulled.items, &lookup.known)
            .map_err(PullError::from)
            .and_then(|applied| Ok((checked_head(&fold, &pulled, now)?, applied)));
        let (head, applied) = match folded {
            Ok(good) => good,
            Err(error) => return self.part_refused(community, &error),
        };
        let rows = rows_of(&pulled, &applied.statuses);
        let append = Append {
            slot: hosted.slot,
            expected_size: first,
            entries: rows,
            nodes: applied.nodes,
            head: Head {
                size: fold.size(),
                checkpoint: pulled.text.clone(),
                frontier: fold.frontier().clone(),
                snapshot: fold.encode(),
            },
            marks: Vec::new(),
            settled: Vec::new(),
        };
        let entries =
            pulled.items.iter().map(|i| i.entry.clone()).zip(pulled.salted.clone()).collect();
        let next = Next { fold, head, first, entries, statuses: applied.statuses };
        hosted.batch = Some(Batch { source: Source::Peer(Box::new(pulled)), next: Some(next) });
        self.job(JobFor::Append(community), Job::Append(Box::new(append)));
    }

    fn part_refused(&mut self, community: CommunityId, error: &PullError) {
        let peer = self.hosted.get(&community).and_then(|h| h.sync.as_ref()).map(|s| s.peer);
        let why = format!("a part of the log of {community} was refused: {error}");
        match peer {
            Some(peer) => self.misbehaved(peer, &why),
            None => self.note(why),
        }
        self.end_sync(community, Some(error.to_string()));
    }

    /// A pulled part is durable: go on, or go over to the chats.
    pub(super) fn pulled_appended(&mut self, community: CommunityId, next: &Next) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        hosted.filling.wanted = true;
        hosted.filling.not_before = None;
        if next.head.is_some() {
            hosted.fresh = true;
            self.end_sync(community, None);
        } else {
            self.next_entries(community);
        }
        self.pump_fill(community);
    }

    /// The sync is over, well or not.
    pub(super) fn end_sync(&mut self, community: CommunityId, why: Option<String>) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let Some(sync) = hosted.sync.take() else { return };
        let unconfirmed = hosted.signing == super::Signing::Unconfirmed && !hosted.forked;
        match why {
            Some(why) => {
                self.note(format!("syncing {community} with {} stopped: {why}", sync.peer))
            }
            None if unconfirmed => self.confirmed(community),
            None => {}
        }
    }
}

impl Pulled {
    fn push(&mut self, entry: Entry, arrived: Option<Arrived>) {
        let (evidence, salted) = match arrived {
            Some(Arrived { salted, statement }) => {
                (Evidence::Statement { salt: salted.salt, statement }, Some(salted))
            }
            None => (Evidence::Missing, None),
        };
        self.items.push(Item { entry, evidence });
        self.salted.push(salted);
    }
}

fn statement_of(received: Received) -> Option<Arrived> {
    match received {
        Received::Here { arrived, .. } => Some(arrived),
        _ => None,
    }
}

/// The head, if this part reaches it; `None` if the part lies before it and leads there.
fn checked_head(
    fold: &Community,
    pulled: &Pulled,
    now: Time,
) -> Result<Option<SignedCheckpoint>, PullError> {
    let key = fold.log_key().ok_or(PullError::NoKey)?;
    let Checkpoint { size, root, .. } = pulled.target.claimed().clone();
    let signed = pulled.target.clone().verify(&fold.id(), fold.epoch(), &key)?;
    if signed.cosigned_at() > now.plus_secs(CLOCK_SKEW_SECS) {
        return Err(PullError::Future);
    }
    let (ours, ours_root) = (fold.size(), fold.frontier().root());
    if ours == size {
        return if ours_root == root { Ok(Some(signed)) } else { Err(PullError::Root) };
    }
    log::verify_consistency(ours, &ours_root, size, &root, &pulled.consistency)?;
    Ok(None)
}

fn rows_of(pulled: &Pulled, statuses: &[Status]) -> Vec<NewEntry> {
    pulled
        .items
        .iter()
        .zip(&pulled.salted)
        .zip(statuses)
        .map(|((item, salted), status)| NewEntry {
            entry: item.entry.clone(),
            status: *status,
            statement: salted.as_ref().map(|s| Held { salt: s.salt, bytes: s.statement.0.clone() }),
            key: None,
            blob: None,
            holding: holding_of(&item.evidence, status),
        })
        .collect()
}

fn holding_of(evidence: &Evidence, status: &Status) -> Holding {
    match (evidence, status) {
        (_, Status::Hole(_)) | (Evidence::Gone(Explanation::Due), _) => Holding::Gone,
        (_, Status::Missing) => Holding::Wanted,
        _ => Holding::Full,
    }
}

impl std::fmt::Display for CallFailed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "{refusal}"),
            Self::Unreached(why) => write!(f, "not reached: {why}"),
            Self::Unserved(why) => f.write_str(why),
            Self::Malformed(why) => write!(f, "not an answer: {why}"),
        }
    }
}
