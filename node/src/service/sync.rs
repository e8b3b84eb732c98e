//! Replicate: entries and public statements of a longer log, checked against its head, folded.

use super::acts::{acts_among, explained_by};
use super::effect::{Call, GossipVerdict, Job, Question};
use super::hosted::Hosted;
use super::ingest::{Batch, Next, Source};
use super::input::{Answer, Arrived, CallFailed, CallId, Lookup, Received};
use super::pulled::{PullError, Pulled, checked_head, rows_of};
use super::{CallFor, JobFor, Service};
use crate::limits::{DOUBT_BROKEN_SECS, DOUBT_SIGNED_SECS, DOUBT_UNSIGNED_SECS, SYNC_SECS_MAX};
use crate::store::{Append, Head};
use sheaf_protocol::community;
use sheaf_protocol::exchange::{Parts, PullRequest};
use sheaf_protocol::id::{CommunityId, PublicKey, TreeHash};
use sheaf_protocol::limits::PULL_ITEMS_MAX;
use sheaf_protocol::log::{Entry, SignedCheckpoint, UnverifiedCheckpoint};
use sheaf_protocol::statement::Kind;
use sheaf_protocol::time::Time;

/// A longer log that is being pulled from one peer.
pub(super) struct Sync {
    pub(super) peer: PublicKey,
    pub(super) since: Time,
    /// The call under way: what answers an earlier one comes too late.
    call: Option<CallId>,
    target: UnverifiedCheckpoint,
    /// The target, if the log key known at the beginning signed it.
    signed: Option<SignedCheckpoint>,
    text: String,
    /// Entries that wait for their statements.
    entries: Vec<Entry>,
    consistency: Vec<TreeHash>,
}

impl Hosted {
    /// Whether a longer head of `peer` may be followed now; one that is `signed` also in place of one
    /// that is not.
    pub(super) fn may_sync(&mut self, peer: &PublicKey, signed: bool, now: Time) -> bool {
        self.doubted.retain(|_, until| *until > now);
        let yields =
            |s: &Sync| (signed && s.signed.is_none()) || now.secs_since(s.since) >= SYNC_SECS_MAX;
        let busy = self.sync.as_ref().is_some_and(|s| !yields(s));
        !(busy || self.doubted.contains_key(peer) || self.batch.is_some() || self.forked)
    }
}

impl Service {
    /// Begins to pull what `peer` says it has more than we.
    pub(super) fn start_sync(
        &mut self,
        community: CommunityId,
        peer: PublicKey,
        target: UnverifiedCheckpoint,
        text: String,
        signed: Option<SignedCheckpoint>,
    ) {
        let now = self.now;
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        if !hosted.may_sync(&peer, signed.is_some(), now) {
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
            call: None,
            target,
            signed,
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
        self.sync_call(community, peer, CallFor::Entries(community), request);
    }

    fn sync_call(
        &mut self,
        community: CommunityId,
        peer: PublicKey,
        purpose: CallFor,
        request: Call,
    ) {
        let call = self.call(peer, purpose, request);
        if let Some(sync) = self.hosted.get_mut(&community).and_then(|h| h.sync.as_mut()) {
            sync.call = Some(call);
        }
    }

    /// The sync that waits for this answer.
    fn sync_waiting(&mut self, community: CommunityId, call: CallId) -> Option<&mut Sync> {
        let sync = self.hosted.get_mut(&community)?.sync.as_mut()?;
        sync.call.take_if(|waiting| *waiting == call)?;
        Some(sync)
    }

    pub(super) fn entries_came(
        &mut self,
        community: CommunityId,
        call: CallId,
        answer: Result<Answer, CallFailed>,
    ) {
        let now = self.now;
        if self.sync_waiting(community, call).is_none() {
            return;
        }
        let (entries, consistency) = match answer {
            Ok(Answer::Entries { entries, consistency }) if !entries.is_empty() => {
                (entries, consistency)
            }
            Ok(_) => return self.end_sync(community, End::Failed("no entries came".into())),
            Err(failed) => return self.end_sync(community, End::of(&failed)),
        };
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let from = hosted.fold.size();
        let Some(sync) = hosted.sync.as_mut() else { return };
        let peer = sync.peer;
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
        self.sync_call(community, peer, CallFor::Statements(community), request);
    }

    pub(super) fn statements_came(
        &mut self,
        community: CommunityId,
        call: CallId,
        answer: Result<Answer, CallFailed>,
    ) {
        let now = self.now;
        let Some(sync) = self.sync_waiting(community, call) else { return };
        sync.since = now;
        match answer {
            Ok(Answer::Items(received)) => self.assemble_part(community, received),
            Ok(_) => self.end_sync(community, End::Failed("no statements came".into())),
            Err(failed) => self.end_sync(community, End::of(&failed)),
        }
    }

    /// Entries and the public statements among them become a batch.
    fn assemble_part(&mut self, community: CommunityId, received: Vec<Received>) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let Some(sync) = &mut hosted.sync else { return };
        let mut received = received.into_iter();
        let consistency = std::mem::take(&mut sync.consistency);
        let mut pulled = Pulled::towards(
            sync.target.clone(),
            sync.signed.clone(),
            sync.text.clone(),
            consistency,
        );
        for entry in std::mem::take(&mut sync.entries) {
            let arrived = match Kind(entry.kind).may_become_hole() {
                true => None,
                false => received.next().and_then(Received::statement),
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
        let Some(Ok(signed)) = signed else {
            // Signed by a key that we do not know: perhaps rotated in these very entries.
            return self.head_learnt(community, from, checkpoint, text);
        };
        let mut pulled = Pulled::towards(checkpoint, Some(signed), text, Vec::new());
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
        if hosted.batch.is_some() {
            return self.end_sync(community, End::Broken("the log moved on meanwhile".into()));
        }
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
            acts: acts_among(&applied.statuses, pulled.statements())
                .filter_map(explained_by)
                .collect(),
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
        self.end_sync(community, End::Failed(error.to_string()));
    }

    /// A pulled part is durable: go on, or go over to the chats.
    pub(super) fn pulled_appended(&mut self, community: CommunityId, next: &Next) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        hosted.filling.more();
        if next.head.is_some() {
            hosted.fresh = true;
            self.end_sync(community, End::Whole);
        } else {
            self.next_entries(community);
        }
        self.pump_fill(community);
    }

    /// The sync is over, well or not. A peer that did not deliver is left alone for a while, and the
    /// others are asked at once.
    pub(super) fn end_sync(&mut self, community: CommunityId, end: End) {
        let now = self.now;
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let Some(sync) = hosted.sync.take() else { return };
        let unconfirmed = hosted.signing == super::Signing::Unconfirmed;
        let (why, secs) = match end {
            End::Whole if unconfirmed => return self.confirmed(community),
            End::Whole => return,
            End::Broken(why) => (why, DOUBT_BROKEN_SECS),
            End::Failed(why) if sync.signed.is_some() => (why, DOUBT_SIGNED_SECS),
            End::Failed(why) => (why, DOUBT_UNSIGNED_SECS),
        };
        hosted.doubt(sync.peer, now.plus_secs(secs));
        hosted.heads_asked = None;
        self.note(format!("syncing {community} with {} stopped: {why}", sync.peer));
    }
}

/// How a sync ended.
pub(super) enum End {
    /// At its head.
    Whole,
    /// In the middle, by nobody's fault.
    Broken(String),
    /// The peer did not deliver what its head promised.
    Failed(String),
}

impl End {
    /// Who passed a head on may be asked before it has stored what leads there, and says so.
    fn of(failed: &CallFailed) -> Self {
        match failed {
            CallFailed::Unreached(_) | CallFailed::Refused(_) => Self::Broken(failed.to_string()),
            _ => Self::Failed(failed.to_string()),
        }
    }
}
