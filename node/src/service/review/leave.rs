//! How chats leave the review queue: accepted, taken back, or past their last day.

use super::{Parked, Stage, has_ended};
use crate::service::effect::{Explain, Job, Reply};
use crate::service::ingest::{Gate, Queued};
use crate::service::input::{AskId, JobResult, Offered};
use crate::service::statements::Origin;
use crate::service::{AfterExplain, JobFor, Service};
use sheaf_protocol::cbor;
use sheaf_protocol::community::Explanation;
use sheaf_protocol::exchange::{Refusal, RefusalCode, StewardRequest};
use sheaf_protocol::id::{CommunityId, PublicKey};
use sheaf_protocol::statement::{Cause, SignedStatement};
use sheaf_protocol::time::Day;

impl Service {
    /// What stewards ask of the queue.
    pub(in crate::service) fn review_asked(&mut self, id: AskId, request: StewardRequest) {
        let Some(community) = self.hosted.values().find(|h| h.is_home()).map(|h| h.id) else {
            let text = "this node is home of no community";
            return self.refuse_steward(id, RefusalCode::Unknown, text);
        };
        match request {
            StewardRequest::Waiting { after, max } => self.tell_waiting(id, community, after, max),
            StewardRequest::Review { control } => self.show_waiting(id, community, control),
            StewardRequest::Admit { control } => self.admit_waiting(id, community, control),
            _ => {}
        }
    }

    fn tell_waiting(
        &mut self,
        id: AskId,
        community: CommunityId,
        after: Option<PublicKey>,
        max: u64,
    ) {
        let Some(hosted) = self.hosted.get(&community) else { return };
        let (slot, total) = (hosted.slot, hosted.review.len() as u64);
        self.reply(id, Reply::Waiting { slot, after, max, total });
    }

    fn show_waiting(&mut self, id: AskId, community: CommunityId, control: PublicKey) {
        let Some(hosted) = self.hosted.get(&community) else { return };
        match hosted.review.statement(&control) {
            Some(_) => {
                let slot = hosted.slot;
                self.reply(id, Reply::Review { slot, control });
            }
            None => self.refuse_steward(id, RefusalCode::Unknown, NOT_WAITING),
        }
    }

    /// A steward accepts a chat: it is read, and then goes the way of any other.
    fn admit_waiting(&mut self, id: AskId, community: CommunityId, control: PublicKey) {
        if self.is_being_explained(&control) {
            let text = "this chat is being taken back";
            return self.refuse_steward(id, RefusalCode::Gone, text);
        }
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let slot = hosted.slot;
        match hosted.review.chats.get_mut(&control) {
            None => self.refuse_steward(id, RefusalCode::Unknown, NOT_WAITING),
            Some((_, stage @ Stage::Waits)) => {
                *stage = Stage::Accepting(Vec::new());
                self.job(JobFor::Admit { community, control, id }, Job::Offered { slot, control });
            }
            Some(_) => {
                let text = "this chat is on its way already: try again in a moment";
                self.refuse_steward(id, RefusalCode::Busy, text);
            }
        }
    }

    fn is_being_explained(&self, control: &PublicKey) -> bool {
        self.jobs.values().any(
            |job| matches!(job, JobFor::Explain { explain, .. } if explain.control == *control),
        )
    }

    /// The store gave the chat that a steward accepts.
    pub(in crate::service) fn offered_again(
        &mut self,
        community: CommunityId,
        control: PublicKey,
        id: AskId,
        result: JobResult,
    ) {
        let origin = Origin::Reviewer { id, control };
        let offered = match result {
            JobResult::Offered(Some(offered)) => *offered,
            JobResult::Offered(None) => {
                // It left the store without our knowing: there is nothing that could wait.
                let refusal = Refusal::new(RefusalCode::Unknown, NOT_WAITING);
                self.refuse_queued(community, origin, refusal);
                if let Some(hosted) = self.hosted.get_mut(&community) {
                    hosted.review.remove(&control);
                }
                return;
            }
            JobResult::Failed(why) => {
                let refusal = Refusal::new(RefusalCode::Internal, why);
                return self.refuse_queued(community, origin, refusal);
            }
            _ => return,
        };
        let Offered { statement, salt, key, blob, fingerprint } = offered;
        let chat = Some((key, blob));
        let (fingerprint, gate) = (Some(fingerprint), Gate::Review);
        let queued = Queued { statement, salt, chat, fingerprint, findings: None, origin, gate };
        self.enqueue(community, queued);
    }

    /// An accepted chat is in the log: it leaves the queue, and what was put off goes on.
    pub(in crate::service) fn admitted(&mut self, community: CommunityId, control: PublicKey) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        hosted.review.admitted.push(control);
        if let Some(Stage::Accepting(parked)) = hosted.review.remove(&control) {
            self.unpark_explanations(community, parked);
        }
    }

    /// An accepted chat was refused: it waits on, and what was put off goes on.
    pub(in crate::service) fn not_admitted(&mut self, community: CommunityId, control: &PublicKey) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let Some((_, stage)) = hosted.review.chats.get_mut(control) else { return };
        let stage = std::mem::replace(stage, Stage::Waits);
        self.note_ended_waiting(community, control);
        if let Stage::Accepting(parked) = stage {
            self.unpark_explanations(community, parked);
        }
    }

    /// What waits although its last day is over is found at once, and not tomorrow: it may have been on
    /// its way when the day ended.
    pub(super) fn note_ended_waiting(&mut self, community: CommunityId, control: &PublicKey) {
        let today = self.now.day();
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        if hosted.review.chats.get(control).is_some_and(|(chat, _)| has_ended(chat, today)) {
            hosted.due_looked = None;
        }
    }

    fn unpark_explanations(
        &mut self,
        community: CommunityId,
        parked: Vec<(SignedStatement, AfterExplain)>,
    ) {
        for (statement, then) in parked {
            self.explain(community, &statement, then);
        }
    }

    /// Takes accepted chats out of the store's queue, all of a batch at once.
    pub(in crate::service) fn release(&mut self, community: CommunityId) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let controls = std::mem::take(&mut hosted.review.admitted);
        if !controls.is_empty() {
            let work = Job::Release { slot: hosted.slot, controls };
            // If it fails, the next start does it.
            self.job(JobFor::Keep, work);
        }
    }

    /// Puts off what takes back a chat that is on its way into the log.
    pub(in crate::service) fn park_explanation(
        &mut self,
        community: CommunityId,
        control: &PublicKey,
        statement: &SignedStatement,
        then: AfterExplain,
    ) -> Parked {
        match self.hosted.get_mut(&community) {
            Some(hosted) => hosted.review.park(control, statement, then),
            None => Parked::Free(then),
        }
    }

    /// A chat of the queue was erased.
    pub(in crate::service) fn no_longer_waits(
        &mut self,
        community: CommunityId,
        control: &PublicKey,
    ) {
        if let Some(hosted) = self.hosted.get_mut(&community) {
            hosted.review.remove(control);
        }
    }

    /// What waits although its last day is over is erased.
    pub(in crate::service) fn erase_ended_waiting(&mut self, community: CommunityId, today: Day) {
        let Some(hosted) = self.hosted.get(&community) else { return };
        let (slot, ended) = (hosted.slot, hosted.review.ended(today));
        for control in ended {
            if self.is_being_explained(&control) {
                continue;
            }
            let explanation = cbor::to_vec(&Explanation::Due);
            let explain = Explain { slot, index: None, control, cause: Cause::Due, explanation };
            let (then, work) = (AfterExplain::Nothing, Job::Explain(Box::new(explain.clone())));
            self.job(JobFor::Explain { community, explain, then }, work);
        }
    }
}

const NOT_WAITING: &str = "no chat waits for review under that key: it may have been taken back, or \
    somebody else decided";
