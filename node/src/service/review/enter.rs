//! How chats get into the review queue.

use super::{Stage, Waiting};
use crate::service::effect::{Job, Reply};
use crate::service::ingest::{Gate, Queued};
use crate::service::input::JobResult;
use crate::service::statements::Origin;
use crate::service::{JobFor, Service};
use crate::store::{Pending, Queueing};
use sheaf_protocol::exchange::{MemberReply, Refusal, RefusalCode};
use sheaf_protocol::id::{CommunityId, PublicKey};

impl Service {
    /// Puts chats into the store's queue; they are told of once it has them.
    pub(in crate::service) fn hold(&mut self, community: CommunityId, held: Vec<Queued>) {
        let now = self.now;
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let mut chats = Vec::with_capacity(held.len());
        for queued in held {
            let Queued { statement, salt, chat, fingerprint, findings, origin, gate } = queued;
            let (Some((key, blob)), Some(fingerprint)) = (chat, fingerprint) else { continue };
            let (Origin::Member(id), Gate::Chat(member)) = (origin, gate) else { continue };
            let findings = findings.unwrap_or_default();
            let waiting = Waiting::of(&statement, member, fingerprint, &findings);
            let Some(waiting) = waiting else { continue };
            let control = waiting.control;
            hosted.review.insert(waiting, Stage::Arriving(vec![id]));
            let (manifest, received) = (statement.bytes().to_vec(), now);
            chats.push(Pending {
                control,
                manifest,
                salt,
                blob,
                key,
                member,
                fingerprint,
                received,
                findings,
            });
        }
        if !chats.is_empty() {
            let controls = chats.iter().map(|chat| chat.control).collect();
            let work = Job::Hold { slot: hosted.slot, chats };
            self.job(JobFor::Hold { community, controls }, work);
        }
    }

    /// Chats are in the queue durably, or it had no place for them.
    pub(in crate::service) fn held(
        &mut self,
        community: CommunityId,
        controls: Vec<PublicKey>,
        result: JobResult,
    ) {
        match result {
            JobResult::Held(taken) => {
                self.store_worked(community);
                for (control, taken) in controls.into_iter().zip(taken) {
                    match refusal_of(taken) {
                        None => self.waits(community, &control),
                        Some(refusal) => self.not_held(community, &control, &refusal),
                    }
                }
            }
            JobResult::Failed(why) => {
                self.store_failed(community, "what waits for review could not be stored", &why);
                let text = format!("the node could not store it: {why}");
                let refusal = Refusal::new(RefusalCode::Internal, text);
                controls.iter().for_each(|control| self.not_held(community, control, &refusal));
            }
            _ => {}
        }
    }

    fn waits(&mut self, community: CommunityId, control: &PublicKey) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let Some((chat, stage)) = hosted.review.chats.get_mut(control) else { return };
        let statement = chat.statement;
        let stage = std::mem::replace(stage, Stage::Waits);
        self.note_ended_waiting(community, control);
        if let Stage::Arriving(asked) = stage {
            let pending = || Reply::Member(MemberReply::Pending { statement });
            asked.into_iter().for_each(|id| self.reply(id, pending()));
        }
    }

    fn not_held(&mut self, community: CommunityId, control: &PublicKey, refusal: &Refusal) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        if let Some(Stage::Arriving(asked)) = hosted.review.remove(control) {
            let refused = || Reply::Member(MemberReply::Refused { refusal: refusal.clone() });
            asked.into_iter().for_each(|id| self.reply(id, refused()));
        }
    }

    /// The same manifest again: it waits.
    pub(in crate::service) fn still_waits(
        &mut self,
        community: CommunityId,
        origin: Origin,
        control: &PublicKey,
    ) {
        let Origin::Member(id) = origin else { return };
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        match hosted.review.chats.get_mut(control) {
            Some((_, Stage::Arriving(asked))) => asked.push(id),
            Some((chat, _)) => {
                let statement = chat.statement;
                self.reply(id, Reply::Member(MemberReply::Pending { statement }));
            }
            None => {}
        }
    }
}

fn refusal_of(taken: Queueing) -> Option<Refusal> {
    match taken {
        Queueing::Taken => None,
        Queueing::Gone => {
            let text = "this chat was taken back and does not come in again";
            Some(Refusal::new(RefusalCode::Gone, text))
        }
        Queueing::Full => Some(Refusal::new(RefusalCode::Busy, QUEUE_FULL)),
    }
}

const QUEUE_FULL: &str = "a steward has to look at this chat, and the review queue is full: try \
    again when the stewards have looked at others";
