//! Statements that somebody brings: who may bring which, and what follows.

use super::effect::{Explain, Job, Reply};
use super::hosted::{accepted_of, control_of};
use super::ingest::{Gate, Queued};
use super::input::{AskId, JobResult, Via};
use super::review::Parked;
use super::rules::allowed;
use super::{AfterExplain, JobFor, Service};
use sheaf_protocol::cbor;
use sheaf_protocol::community::Explanation;
use sheaf_protocol::exchange::{MemberReply, PullReply, Refusal, RefusalCode, StewardReply};
use sheaf_protocol::id::{CommunityId, PublicKey, Salt};
use sheaf_protocol::limits::CLOCK_SKEW_SECS;
use sheaf_protocol::policy::Request;
use sheaf_protocol::statement::{Body, Cause, Kind, Role, SignedStatement};

/// Who waits for a statement to be in the log.
pub(super) enum Origin {
    /// The node itself.
    Own,
    /// A member: answered with proof.
    Member(AskId),
    /// A member who withdrew: answered with the index.
    Withdrawer(AskId),
    /// A steward: answered with proof.
    Steward(AskId),
    /// A steward who took a chat down: answered with proof, or that it is done.
    TakesDown(AskId),
    /// A steward who accepts a chat that waits: answered with proof.
    Reviewer {
        /// Who waits.
        id: AskId,
        /// The chat's control key.
        control: PublicKey,
    },
    /// A peer that offered it.
    Peer(AskId),
}

/// A statement on its way through a job, with the salt for its entry.
pub(super) struct Pending {
    pub(super) statement: SignedStatement,
    pub(super) salt: Salt,
}

impl Service {
    /// Somebody brings a statement.
    pub(super) fn statement_asked(
        &mut self,
        id: AskId,
        from: PublicKey,
        via: Via,
        pending: Pending,
    ) {
        let community = pending.statement.content().community;
        if !self.hosted.contains_key(&community) {
            let text = "this node does not hold that community";
            return self.refuse_via(id, via, Refusal::new(RefusalCode::Unknown, text));
        }
        match via {
            Via::Accept => self.accept(id, from, community, pending),
            Via::Offer => self.offer(id, community, pending),
            Via::Join => self.join(id, from, community, pending),
            Via::Withdraw => self.withdraw(id, community, pending),
            Via::Append => self.append(id, from, community, pending),
        }
    }

    fn refuse_via(&mut self, id: AskId, via: Via, refusal: Refusal) {
        let reply = match via {
            Via::Accept | Via::Offer => Reply::Pull(PullReply::Refused { refusal }),
            Via::Join | Via::Withdraw => Reply::Member(MemberReply::Refused { refusal }),
            Via::Append => Reply::Steward(StewardReply::Refused { refusal }),
        };
        self.reply(id, reply);
    }

    /// A peer or a reader accepts the policy: durable before it is answered.
    fn accept(&mut self, id: AskId, from: PublicKey, community: CommunityId, pending: Pending) {
        if let Err(refusal) = self.may_accept(&from, community, &pending.statement) {
            return self.refuse_via(id, Via::Accept, refusal);
        }
        let Some(hosted) = self.hosted.get(&community) else { return };
        let work = Job::SaveAcceptance {
            slot: hosted.slot,
            key: pending.statement.signer(),
            statement: pending.statement.bytes().to_vec(),
        };
        self.job(JobFor::Acceptance { community, id, statement: Box::new(pending) }, work);
    }

    fn may_accept(
        &self,
        from: &PublicKey,
        community: CommunityId,
        statement: &SignedStatement,
    ) -> Result<(), Refusal> {
        let malformed = |text: &str| Refusal::new(RefusalCode::Malformed, text);
        let hosted = self.hosted.get(&community).ok_or_else(|| malformed("not held here"))?;
        let (key, accepted) =
            accepted_of(statement).ok_or_else(|| malformed("this is not an acceptance"))?;
        if key != *from {
            return Err(malformed("an acceptance is brought by the key that signed it"));
        }
        if statement.content().epoch != hosted.fold.epoch() {
            return Err(malformed("an acceptance of another epoch"));
        }
        if statement.content().at > self.now.plus_secs(CLOCK_SKEW_SECS) {
            let text =
                format!("your clock says {}, the node's {}", statement.content().at, self.now);
            return Err(Refusal::new(RefusalCode::Clock, text));
        }
        let named = statement.content().policy.and_then(|p| hosted.fold.policy_at(&p));
        let Some(policy) = named else {
            let text = "the acceptance names a policy that this log does not have";
            return Err(Refusal::new(RefusalCode::PolicyChanged, text));
        };
        let request = match accepted.role {
            Role::Replica => Request::Replicate { key },
            Role::Reader => Request::Read {
                key,
                is_member: hosted.fold.is_member(&key) || hosted.fold.is_steward(&key),
                is_replica: hosted.register().get(&key).is_some_and(|a| a.role == Role::Replica),
            },
        };
        allowed(policy, &request, self.now)
    }

    pub(super) fn acceptance_saved(
        &mut self,
        community: CommunityId,
        id: AskId,
        pending: Pending,
        result: JobResult,
    ) {
        if let JobResult::Failed(why) = result {
            self.store_failed(community, "an acceptance could not be stored", &why);
            let text = format!("the node could not store it: {why}");
            return self.refuse_pull(id, RefusalCode::Internal, text);
        }
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        if let Some((key, accepted)) = accepted_of(&pending.statement) {
            hosted.accepted.insert(key, accepted);
        }
        self.reply(id, Reply::Pull(PullReply::Done));
        self.record_acceptance(community, pending);
    }

    /// At home an acceptance is logged; a replica brings it to the origin.
    pub(super) fn record_acceptance(&mut self, community: CommunityId, pending: Pending) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let Some((key, accepted)) = accepted_of(&pending.statement) else { return };
        let logged =
            hosted.fold.register().iter().any(|a| {
                a.key == key && a.role == accepted.role && a.policy.index >= accepted.policy
            });
        let waiting = hosted.queue.iter().any(|q| q.statement.id() == pending.statement.id());
        if logged || waiting {
            return;
        }
        if hosted.is_home() {
            self.enqueue_own(community, pending);
        } else {
            hosted.offer_once(pending.statement.bytes().to_vec());
            self.offer_again(community);
        }
    }

    /// Puts a statement of the node's own, or one nobody waits for, in the queue.
    pub(super) fn enqueue_own(&mut self, community: CommunityId, pending: Pending) {
        self.enqueue(community, Queued::of(pending, Origin::Own));
    }

    /// A peer brings what concerns us: withdrawals to anyone; receipts, acceptances to the origin.
    fn offer(&mut self, id: AskId, community: CommunityId, pending: Pending) {
        match pending.statement.content().kind() {
            Kind::WITHDRAWAL | Kind::TAKEDOWN => {
                let then = AfterExplain::Offered(id, Box::new(clone_of(&pending)));
                self.explain(community, &pending.statement, then);
            }
            Kind::RECEIPT => self.receipt(id, community, pending),
            Kind::ACCEPTANCE => {
                let signer = pending.statement.signer();
                if let Err(refusal) = self.may_accept(&signer, community, &pending.statement) {
                    return self.refuse_via(id, Via::Offer, refusal);
                }
                let Some(hosted) = self.hosted.get(&community) else { return };
                let work = Job::SaveAcceptance {
                    slot: hosted.slot,
                    key: signer,
                    statement: pending.statement.bytes().to_vec(),
                };
                self.job(JobFor::Acceptance { community, id, statement: Box::new(pending) }, work);
            }
            kind => {
                let text = format!("a {kind} is not offered");
                self.refuse_via(id, Via::Offer, Refusal::new(RefusalCode::Malformed, text));
            }
        }
    }

    /// The origin logs the receipt of a replica on its register.
    fn receipt(&mut self, id: AskId, community: CommunityId, pending: Pending) {
        let Some(hosted) = self.hosted.get(&community) else { return };
        let signer = pending.statement.signer();
        let known = hosted.register().get(&signer).is_some_and(|a| a.role == Role::Replica);
        let Body::Receipt(receipt) = &pending.statement.content().body else { return };
        if !hosted.is_home() || !known {
            let text = "a receipt goes to the community's home, from a replica on its register";
            return self.refuse_via(id, Via::Offer, Refusal::new(RefusalCode::Malformed, text));
        }
        let work = Job::SaveReceipt {
            slot: hosted.slot,
            key: signer,
            indices: receipt.items.iter().map(|item| item.index).collect(),
            statement: pending.statement.bytes().to_vec(),
            own: false,
        };
        self.job(JobFor::Keep, work);
        self.enqueue(community, Queued::of(pending, Origin::Peer(id)));
    }

    fn join(&mut self, id: AskId, from: PublicKey, community: CommunityId, pending: Pending) {
        if !self.hosted.get(&community).is_some_and(super::hosted::Hosted::is_home) {
            let text = "this node is not the community's home: join at its home node";
            return self.refuse_via(id, Via::Join, Refusal::new(RefusalCode::Unknown, text));
        }
        let queued = Queued::of(pending, Origin::Member(id));
        self.enqueue(community, Queued { gate: Gate::Join(from), ..queued });
    }

    /// Who holds the control key takes back what it controls; no membership is needed.
    fn withdraw(&mut self, id: AskId, community: CommunityId, pending: Pending) {
        let then = AfterExplain::Member(id, Box::new(clone_of(&pending)));
        self.explain(community, &pending.statement, then);
    }

    /// A steward acts. The fold decides whether the signature has the authority.
    fn append(&mut self, id: AskId, from: PublicKey, community: CommunityId, pending: Pending) {
        let Some(hosted) = self.hosted.get(&community) else { return };
        if !hosted.fold.is_steward(&from) && from != self.operator {
            let text = "only a steward of the community may do this";
            return self.refuse_steward(id, RefusalCode::NotSteward, text);
        }
        match pending.statement.content().kind() {
            Kind::TAKEDOWN => {
                let then = AfterExplain::Steward(id, Box::new(clone_of(&pending)));
                self.explain(community, &pending.statement, then);
            }
            Kind::POLICY | Kind::MEMBERSHIP | Kind::CHARTER => {
                self.enqueue(community, Queued::of(pending, Origin::Steward(id)));
            }
            kind => {
                let text = format!("a {kind} is not appended by a steward");
                self.refuse_steward(id, RefusalCode::Malformed, text);
            }
        }
    }

    /// Keeps an explanation, if its signer may give it; once its chat is not on its way into the log.
    pub(super) fn explain(
        &mut self,
        community: CommunityId,
        statement: &SignedStatement,
        then: AfterExplain,
    ) {
        let Some(explain) = self.explanation_of(community, statement) else {
            return self.explanation_refused(then);
        };
        let then = match self.park_explanation(community, &explain.control, statement, then) {
            Parked::PutOff => return,
            Parked::TooMany(then) => return self.explanation_too_many(then),
            Parked::Free(then) => then,
        };
        self.job(
            JobFor::Explain { community, explain: explain.clone(), then },
            Job::Explain(Box::new(explain)),
        );
    }

    fn explanation_of(
        &self,
        community: CommunityId,
        statement: &SignedStatement,
    ) -> Option<Explain> {
        let hosted = self.hosted.get(&community)?;
        let (cause, authority) = match &statement.content().body {
            Body::Withdrawal(w) => (Cause::Withdrawn, w.control == statement.signer()),
            Body::Takedown(_) => (Cause::TakenDown, hosted.fold.was_steward(&statement.signer())),
            _ => return None,
        };
        let explanation = Explanation::of(statement.clone())?;
        authority.then_some(Explain {
            slot: hosted.slot,
            index: None,
            control: control_of(statement)?,
            cause,
            explanation: cbor::to_vec(&explanation),
        })
    }

    fn explanation_refused(&mut self, then: AfterExplain) {
        let text = "this signature does not carry the authority to take that chat back";
        match then {
            AfterExplain::Member(id, _) => self.refuse_member(id, RefusalCode::Malformed, text),
            AfterExplain::Steward(id, _) => self.refuse_steward(id, RefusalCode::Malformed, text),
            AfterExplain::Offered(id, _) => self.refuse_pull(id, RefusalCode::Malformed, text),
            AfterExplain::Gossip(token, _) => {
                self.verdict(token, super::GossipVerdict::Reject);
            }
            AfterExplain::Nothing | AfterExplain::Told(_) => {}
        }
    }

    fn explanation_too_many(&mut self, then: AfterExplain) {
        let text = "the node has too much to do with this chat: try again";
        match then {
            AfterExplain::Member(id, _) => self.refuse_member(id, RefusalCode::Busy, text),
            AfterExplain::Steward(id, _) => self.refuse_steward(id, RefusalCode::Busy, text),
            AfterExplain::Offered(id, _) => self.refuse_pull(id, RefusalCode::Busy, text),
            AfterExplain::Gossip(token, _) => {
                self.verdict(token, super::GossipVerdict::Ignore);
            }
            AfterExplain::Nothing | AfterExplain::Told(_) => {}
        }
    }
}

fn clone_of(pending: &Pending) -> Pending {
    Pending { statement: pending.statement.clone(), salt: pending.salt }
}
