//! Replicate: statements, keys and blobs of the chats in a log that this node holds.

use super::effect::{Call, Explain, Job};
use super::input::{Answer, CallFailed, JobResult, Received};
use super::{CallFor, JobFor, Service};
use crate::limits::{FILL_ITEMS_MAX, FILL_RETRY_SECS};
use crate::store::{Fill, Held, Holding};
use sheaf_protocol::cbor;
use sheaf_protocol::community::{Community, Evidence, Explanation, Status};
use sheaf_protocol::exchange::{Parts, RefusalCode};
use sheaf_protocol::id::{CommunityId, PublicKey};
use sheaf_protocol::log::Entry;
use sheaf_protocol::statement::Cause;
use sheaf_protocol::time::Time;

impl Service {
    /// Looks for chats to fetch, if there may be any and nothing is under way.
    pub(super) fn pump_fill(&mut self, community: CommunityId) {
        let now = self.now;
        self.unpark(community);
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let filling = &mut hosted.filling;
        let early = filling.not_before.is_some_and(|at| now < at);
        // From the start again only when all that came is stored, or it would be fetched twice.
        let again = filling.storing && filling.after.is_none();
        if filling.busy || !filling.wanted || early || again || hosted.fold.size() == 0 {
            return;
        }
        filling.busy = true;
        let work = Job::Wanted { slot: hosted.slot, after: filling.after, max: FILL_ITEMS_MAX };
        self.job(JobFor::Wanted(community), work);
    }

    /// The store named what is missing: ask a peer that has it.
    pub(super) fn wanted(&mut self, community: CommunityId, list: Vec<(u64, Entry)>) {
        let Some(last) = list.last().map(|(index, _)| *index) else {
            return self.nothing_wanted(community);
        };
        let Some(peer) = self.peer_to_fill_from(&community, last) else {
            return self.fill_later(community);
        };
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        hosted.filling.asked = list.clone();
        let request = Call::Items { community, entries: list, parts: Parts::Chats };
        self.call(peer, CallFor::Chats(community), request);
    }

    /// The end of the list: begin again only if something was left behind.
    fn nothing_wanted(&mut self, community: CommunityId) {
        let now = self.now;
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let filling = &mut hosted.filling;
        filling.busy = false;
        match filling.after.take() {
            Some(_) => filling.not_before = Some(now.plus_secs(FILL_RETRY_SECS)),
            // The store may have looked before it held what was appended meanwhile.
            None => filling.wanted = filling.again,
        }
        filling.again = false;
    }

    fn fill_later(&mut self, community: CommunityId) {
        let now = self.now;
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        hosted.filling.busy = false;
        hosted.filling.after = None;
        hosted.filling.not_before = Some(now.plus_secs(FILL_RETRY_SECS));
    }

    /// The chats came, each opened and checked by a worker.
    pub(super) fn chats_came(
        &mut self,
        community: CommunityId,
        peer: PublicKey,
        answer: Result<Answer, CallFailed>,
    ) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        if hosted.batch.is_some() {
            hosted.filling.parked = Some((peer, answer));
            return;
        }
        let received = match answer {
            Ok(Answer::Items(received)) => received,
            Ok(_) => return self.fill_later(community),
            Err(failed) => {
                self.note(format!("{peer} gave no chats of {community}: {failed}"));
                return self.fill_later(community);
            }
        };
        let now = self.now;
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let asked = std::mem::take(&mut hosted.filling.asked);
        let as_of = hosted.head.as_ref().map_or(now, |head| head.cosigned_at());
        let lacking = |r: &Received| !matches!(r, Received::Here { .. } | Received::Gone(_));
        match received.iter().any(lacking) {
            true => _ = hosted.filling.lacked.insert(peer),
            false => _ = hosted.filling.lacked.remove(&peer),
        }
        let mut sorted = Sorted::default();
        let entries: Vec<Entry> = asked.iter().map(|(_, entry)| entry.clone()).collect();
        for ((index, entry), received) in asked.into_iter().zip(received) {
            hosted.filling.after = Some(index);
            sorted.sort(&mut hosted.fold, hosted.slot, index, entry, received, as_of);
        }
        let Sorted { fills, holes, bad, denied, changed } = sorted;
        let slot = hosted.slot;
        // As any other erasure: with a receipt, though nothing of them was held.
        holes.into_iter().for_each(|hole| hosted.erase_once(hole));
        let state = changed.then(|| (hosted.fold.size(), hosted.fold.encode()));
        if let Some(why) = bad {
            self.misbehaved(peer, &why);
        }
        if let Some(sentence) = denied {
            self.denied(community, sentence);
        }
        self.pump_erasures(community);
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        hosted.filling.came = (!fills.is_empty()).then_some(Job::Fill { slot, fills, state });
        self.note_ended(community, entries.iter());
        self.store_chats(community);
    }

    /// Stores what came, one batch at a time, and fetches the next meanwhile.
    fn store_chats(&mut self, community: CommunityId) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let filling = &mut hosted.filling;
        if filling.storing && filling.came.is_some() {
            return;
        }
        filling.busy = false;
        if let Some(work) = filling.came.take() {
            filling.storing = true;
            self.job(JobFor::Fill(community), work);
        }
        self.pump_fill(community);
    }

    /// Once no batch is on its way, what waited for it is taken up.
    pub(super) fn unpark(&mut self, community: CommunityId) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        if hosted.batch.is_some() {
            return;
        }
        if let Some((peer, answer)) = hosted.filling.parked.take() {
            self.chats_came(community, peer, answer);
        }
    }

    fn denied(&mut self, community: CommunityId, sentence: String) {
        if let Some(hosted) = self.hosted.get_mut(&community) {
            hosted.needs_person(sentence);
        }
    }

    /// Late arrivals are durable: go on with what came meanwhile.
    pub(super) fn filled(&mut self, community: CommunityId, result: JobResult) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        hosted.filling.storing = false;
        if let JobResult::Failed(why) = result {
            self.store_failed(community, "chats that came could not be stored", &why);
            return self.filled_later(community);
        }
        self.store_worked(community);
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        match hosted.filling.came {
            Some(_) => self.store_chats(community),
            None => self.pump_fill(community),
        }
    }

    /// The store failed: what came meanwhile is fetched again, and so is what is on its way.
    fn filled_later(&mut self, community: CommunityId) {
        let now = self.now;
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let filling = &mut hosted.filling;
        // With nothing that waits, `busy` is a question under way, whose answer ends it.
        filling.busy &= filling.came.take().is_none();
        filling.after = None;
        filling.not_before = Some(now.plus_secs(FILL_RETRY_SECS));
    }
}

/// What came, sorted by what is to be done with it.
#[derive(Default)]
struct Sorted {
    fills: Vec<Fill>,
    holes: Vec<Explain>,
    bad: Option<String>,
    denied: Option<String>,
    /// Whether a late membership changed the state.
    changed: bool,
}

impl Sorted {
    fn sort(
        &mut self,
        fold: &mut Community,
        slot: crate::store::Slot,
        index: u64,
        entry: Entry,
        received: Received,
        as_of: Time,
    ) {
        match received {
            Received::Here { arrived, chat } => {
                let evidence =
                    Evidence::Statement { salt: arrived.salted.salt, statement: arrived.statement };
                let (status, changed) = fold.arrive(index, &entry, &evidence);
                self.changed |= changed;
                let live = matches!(status, Status::Live);
                let statement =
                    Held { salt: arrived.salted.salt, bytes: arrived.salted.statement.0 };
                let (key, blob) = chat.filter(|_| live).unzip();
                let fill = Fill {
                    index,
                    status,
                    statement: Some(statement),
                    key,
                    blob,
                    holding: Holding::Full,
                };
                self.fills.push(fill);
            }
            Received::Gone(explanation) => match fold.explain(index, &entry, &explanation, as_of) {
                Ok(cause) => self.holes.push(hole(slot, index, &entry, cause, &explanation)),
                Err(error) => self.bad = Some(format!("entry {index}: {error}")),
            },
            Received::Denied(refusal) if refusal.code == RefusalCode::NoAcceptance => {
                self.denied = Some(refusal.sentence);
            }
            Received::Bad(why) => self.bad = Some(why),
            Received::Denied(_) | Received::Missing => {}
        }
    }
}

fn hole(
    slot: crate::store::Slot,
    index: u64,
    entry: &Entry,
    cause: Cause,
    explanation: &Explanation,
) -> Explain {
    // `explain` accepted it, so the entry names a control key.
    let control = entry.control.unwrap_or(PublicKey([0; 32]));
    Explain { slot, index: Some(index), control, cause, explanation: cbor::to_vec(explanation) }
}
