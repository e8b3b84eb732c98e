//! What a node does, decided: `step(input, now)` answers with effects.
//!
//! The service owns the small state: for each community its fold, its head and what is under way;
//! for each peer what it said. It does no I/O and reads no clock, so a thousand of them can be
//! simulated in one process and a failing run replayed. Chats are never held here beyond the batch
//! that is being appended or filled.
//!
//! Everything durable is a job of the store. Acknowledgement, gossip and receipt follow the job's
//! `Done`, so a crash loses only what nobody was told of: open requests, calls and batches.

mod acts;
mod answers;
mod choose;
mod effect;
mod erase;
mod fill;
mod forks;
mod heads;
mod hosted;
mod ingest;
mod input;
mod peers;
mod pulled;
mod review;
mod rules;
mod serve;
mod statements;
mod steward;
mod sync;
#[cfg(test)]
mod tests;
mod trouble;

pub use effect::{
    Access, Call, CommunityHead, Effect, Explain, GossipVerdict, Job, Note, Question, Reply,
};
pub(crate) use hosted::control_of;
pub use hosted::{Hosting, Signing};
pub use input::{
    Answer, Arrived, Ask, AskId, CallFailed, CallId, Gone, Heard, Input, JobId, JobResult, Lookup,
    Offered, Received, Standing, Submitted, Via,
};

pub use review::Waiting;
pub use trouble::Damaged;

use hosted::Hosted;
use peers::Peer;
use sheaf_protocol::exchange::{MemberReply, PullReply, Refusal, RefusalCode, StewardReply};
use sheaf_protocol::id::{CommunityId, PublicKey};
use sheaf_protocol::sign::SecretKey;
use sheaf_protocol::time::Time;
use std::collections::BTreeMap;

/// What a service starts with.
pub struct Start {
    /// The node's key.
    pub node: SecretKey,
    /// The key that may command the node.
    pub operator: PublicKey,
    /// Where it listens, for the status.
    pub addresses: Vec<String>,
    /// The release, for the status.
    pub version: String,
    /// The communities in the store.
    pub communities: Vec<Hosting>,
    /// Peers that the operator refuses.
    pub blocked: Vec<PublicKey>,
    /// Sign although no replica confirmed the head.
    pub sign_unconfirmed: bool,
    /// Now.
    pub now: Time,
}

/// The state machine of a node.
pub struct Service {
    node: SecretKey,
    operator: PublicKey,
    addresses: Vec<String>,
    version: String,
    started: Time,
    now: Time,
    hosted: BTreeMap<CommunityId, Hosted>,
    peers: BTreeMap<PublicKey, Peer>,
    calls: BTreeMap<CallId, (PublicKey, CallFor)>,
    jobs: BTreeMap<JobId, JobFor>,
    dials: BTreeMap<String, Vec<DialFor>>,
    /// Communities that are in the store and not served.
    damaged: Vec<Damaged>,
    next_id: u64,
    out: Vec<Effect>,
}

/// Why a peer was called.
enum CallFor {
    Hosted,
    Head(CommunityId),
    Entries(CommunityId),
    Statements(CommunityId),
    Chats(CommunityId),
    Explanations(CommunityId),
    Fork,
    /// To the home, until it acknowledges.
    Offer(CommunityId, Vec<u8>),
    /// To any peer that connects; what it answers changes nothing.
    Tell,
    Look(AskId),
    Accept {
        community: CommunityId,
        id: AskId,
    },
}

/// Why the store was given a job.
enum JobFor {
    Lookup(CommunityId),
    Append(CommunityId),
    Wanted(CommunityId),
    Fill(CommunityId),
    Due(CommunityId),
    Explain { community: CommunityId, explain: Explain, then: AfterExplain },
    Erase(CommunityId),
    Prefix { community: CommunityId, compared: Box<forks::Compared> },
    Add { community: CommunityId, address: String, peer: PublicKey, id: AskId, accept: Vec<u8> },
    Acceptance { community: CommunityId, id: AskId, statement: Box<statements::Pending> },
    Forget { community: CommunityId, id: AskId },
    Hold { community: CommunityId, controls: Vec<PublicKey> },
    Admit { community: CommunityId, control: PublicKey, id: AskId },
    Keep,
}

/// What follows once an explanation is durable.
enum AfterExplain {
    /// Learnt from the log.
    Nothing,
    /// A peer told it when asked.
    Told(Box<statements::Pending>),
    /// The member waits.
    Member(AskId, Box<statements::Pending>),
    /// A steward who takes a chat down waits.
    Steward(AskId, Box<statements::Pending>),
    /// A peer brought it.
    Offered(AskId, Box<statements::Pending>),
    /// Heard by gossip; the verdict waits.
    Gossip(u64, Box<statements::Pending>),
}

/// Why an address was dialled.
enum DialFor {
    /// To stay in touch with a followed community.
    Follow(CommunityId),
    /// The operator wants to see what is there.
    Look(AskId),
    /// The operator follows.
    FollowNew { id: AskId, community: CommunityId, accept: Vec<u8> },
}

impl Service {
    /// A service over what the store holds, and the effects to begin with.
    pub fn new(start: Start) -> (Self, Vec<Effect>) {
        let mut service = Self {
            node: start.node,
            operator: start.operator,
            addresses: start.addresses,
            version: start.version,
            started: start.now,
            now: start.now,
            hosted: BTreeMap::new(),
            peers: BTreeMap::new(),
            calls: BTreeMap::new(),
            jobs: BTreeMap::new(),
            dials: BTreeMap::new(),
            damaged: Vec::new(),
            next_id: 0,
            out: Vec::new(),
        };
        for peer in start.blocked {
            service.peers.entry(peer).or_default().blocked = true;
            service.out.push(Effect::Ban { peer, banned: true });
        }
        let node = service.node.public();
        for hosting in start.communities {
            let hosted = Hosted::open(hosting, &node, start.sign_unconfirmed);
            service.open(hosted);
        }
        let effects = std::mem::take(&mut service.out);
        (service, effects)
    }

    /// Takes one input at a time given, and answers with what is to be done.
    pub fn step(&mut self, input: Input, now: Time) -> Vec<Effect> {
        self.now = now;
        match input {
            Input::Tick => self.tick(),
            Input::Connected { peer, address, inbound } => self.connected(peer, address, inbound),
            Input::Disconnected { peer } => self.disconnected(peer),
            Input::Dialled { address, result } => self.dialled(address, result),
            Input::Gossip { token, from, community, heard } => {
                self.heard(token, from, community, heard);
            }
            Input::Asked { id, from, ask } => self.asked(id, from, ask),
            Input::Answered { call, answer } => self.answered(call, answer),
            Input::Done { job, result } => self.done(job, result),
        }
        std::mem::take(&mut self.out)
    }

    fn tick(&mut self) {
        self.redial();
        for community in self.hosted.keys().copied().collect::<Vec<_>>() {
            self.renew(community);
            self.exchange_heads(community);
            self.look_for_due(community);
            self.offer_again(community);
            self.try_again(community);
            self.pump(community);
            self.pump_erasures(community);
            self.pump_fill(community);
        }
    }

    fn answered(&mut self, call: CallId, answer: Result<Answer, CallFailed>) {
        let Some((peer, purpose)) = self.calls.remove(&call) else { return };
        self.answered_by(peer, answer.as_ref().err());
        match (purpose, answer) {
            (CallFor::Head(community), Ok(Answer::Head(head))) => {
                self.head_told(community, peer, head)
            }
            (CallFor::Entries(community), answer) => self.entries_came(community, call, answer),
            (CallFor::Statements(community), answer) => {
                self.statements_came(community, call, answer)
            }
            (CallFor::Chats(community), answer) => self.chats_came(community, peer, answer),
            (CallFor::Explanations(community), Ok(Answer::Explanations(list))) => {
                list.into_iter().for_each(|statement| self.explanation_told(community, statement));
            }
            (CallFor::Offer(community, statement), answer) => {
                self.offered(community, statement, answer);
            }
            (CallFor::Look(id), answer) => self.looked(id, answer),
            (CallFor::Accept { community, id }, answer) => {
                self.acceptance_answered(community, peer, id, answer);
            }
            (CallFor::Hosted, Ok(Answer::Hosted(list))) => self.peer_hosts(peer, &list),
            (_, Err(CallFailed::Malformed(why))) => self.misbehaved(peer, &why),
            _ => {}
        }
    }

    fn done(&mut self, job: JobId, result: JobResult) {
        let Some(purpose) = self.jobs.remove(&job) else { return };
        match (purpose, result) {
            (JobFor::Lookup(community), JobResult::Known(lookup)) => self.known(community, *lookup),
            (JobFor::Append(community), JobResult::Saved) => self.appended(community),
            (JobFor::Lookup(community) | JobFor::Append(community), JobResult::Failed(why)) => {
                self.batch_failed(community, &why);
            }
            (JobFor::Wanted(community), JobResult::Wanted(list)) => self.wanted(community, list),
            (JobFor::Fill(community), result) => self.filled(community, result),
            (JobFor::Due(community), JobResult::Due(list)) => self.due(community, list),
            (JobFor::Explain { community, explain, then }, result) => {
                self.explained(community, explain, then, result);
            }
            (JobFor::Erase(community), result) => self.erased(community, result),
            (JobFor::Prefix { community, compared }, result) => {
                let prefix = match result {
                    JobResult::Prefix(prefix) => prefix,
                    _ => None,
                };
                self.prefix_found(community, *compared, prefix);
            }
            (JobFor::Add { community, address, peer, id, accept }, result) => {
                self.added(community, address, peer, id, accept, result);
            }
            (JobFor::Acceptance { community, id, statement }, result) => {
                self.acceptance_saved(community, id, *statement, result);
            }
            (JobFor::Forget { community, id }, result) => self.forgotten(community, id, result),
            (JobFor::Hold { community, controls }, result) => {
                self.held(community, controls, result);
            }
            (JobFor::Admit { community, control, id }, result) => {
                self.offered_again(community, control, id, result);
            }
            (_, JobResult::Failed(why)) => self.warn(format!("the store failed: {why}")),
            _ => {}
        }
    }

    fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    fn job(&mut self, purpose: JobFor, work: Job) {
        let job = JobId(self.id());
        self.jobs.insert(job, purpose);
        self.out.push(Effect::Job { job, work });
    }

    fn call(&mut self, peer: PublicKey, purpose: CallFor, request: Call) -> CallId {
        let call = CallId(self.id());
        self.calls.insert(call, (peer, purpose));
        self.out.push(Effect::Call { call, peer, request: Box::new(request) });
        call
    }

    fn reply(&mut self, id: AskId, reply: Reply) {
        self.out.push(Effect::Reply { id, reply: Box::new(reply) });
    }

    fn refuse_pull(&mut self, id: AskId, code: RefusalCode, sentence: impl Into<String>) {
        let refusal = Refusal::new(code, sentence);
        self.reply(id, Reply::Pull(PullReply::Refused { refusal }));
    }

    fn refuse_member(&mut self, id: AskId, code: RefusalCode, sentence: impl Into<String>) {
        let refusal = Refusal::new(code, sentence);
        self.reply(id, Reply::Member(MemberReply::Refused { refusal }));
    }

    fn refuse_steward(&mut self, id: AskId, code: RefusalCode, sentence: impl Into<String>) {
        let refusal = Refusal::new(code, sentence);
        self.reply(id, Reply::Steward(StewardReply::Refused { refusal }));
    }

    fn note(&mut self, text: impl Into<String>) {
        self.out.push(Effect::Note(Note { warn: false, text: text.into() }));
    }

    fn warn(&mut self, text: impl Into<String>) {
        self.out.push(Effect::Note(Note { warn: true, text: text.into() }));
    }
}
