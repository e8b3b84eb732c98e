//! What the operator and stewards ask of their node.

use super::effect::{Call, Effect, Job, Reply};
use super::hosted::{Hosted, Hosting, Signing};
use super::input::{Answer, AskId, CallFailed, JobResult};
use super::statements::Pending;
use super::{CallFor, DialFor, JobFor, Service};
use sheaf_protocol::cbor::Bytes;
use sheaf_protocol::community::Community;
use sheaf_protocol::exchange::{
    FollowReport, MemberLine, NodeStatus, PeerLine, PeerRole, PullRequest, RefusalCode, StatusLine,
    StewardReply, StewardRequest,
};
use sheaf_protocol::id::{CommunityId, PublicKey, Salt};
use sheaf_protocol::sign::Signed;
use sheaf_protocol::statement::{Acceptance, Body, PolicyRef, Role, Statement};
use sheaf_protocol::time::Time;

impl Service {
    pub(super) fn steward_asked(&mut self, id: AskId, from: PublicKey, request: StewardRequest) {
        if !self.may_command(&from, &request) {
            let text = "only the node's operator or a steward of its community may ask this";
            return self.refuse_steward(id, RefusalCode::NotSteward, text);
        }
        match request {
            StewardRequest::Status => self.tell_status(id),
            StewardRequest::Members => self.tell_members(id),
            StewardRequest::Log { community, from, max } => self.tell_log(id, community, from, max),
            StewardRequest::Look { address } => self.dial(address, DialFor::Look(id)),
            StewardRequest::Follow { address, community, policy } => {
                self.follow(id, address, community, policy);
            }
            StewardRequest::Unfollow { community } => self.unfollow(id, community),
            StewardRequest::Peers => self.tell_peers(id),
            StewardRequest::Block { peer, blocked } => self.block(id, peer, blocked),
            StewardRequest::Waiting { .. }
            | StewardRequest::Review { .. }
            | StewardRequest::Admit { .. } => self.review_asked(id, request),
            // A statement comes verified, as one.
            StewardRequest::Append { .. } => {
                self.refuse_steward(id, RefusalCode::Malformed, "not a request of this protocol");
            }
        }
    }

    /// The operator may ask all; a steward what concerns the home community; anyone the log.
    fn may_command(&self, from: &PublicKey, request: &StewardRequest) -> bool {
        let steward = self.hosted.values().any(|h| h.is_home() && h.fold.is_steward(from));
        match request {
            _ if *from == self.operator => true,
            StewardRequest::Log { .. } => true,
            StewardRequest::Status
            | StewardRequest::Members
            | StewardRequest::Peers
            | StewardRequest::Waiting { .. }
            | StewardRequest::Review { .. }
            | StewardRequest::Admit { .. } => steward,
            _ => false,
        }
    }

    fn tell_status(&mut self, id: AskId) {
        let node = self.node.public();
        let served = self.hosted.values().map(|h| line_of(h, &node, self.now));
        let communities = served.chain(self.damaged_lines()).collect();
        let slots = self.hosted.values().map(|h| h.slot).collect();
        let status = NodeStatus {
            node,
            addresses: self.addresses.clone(),
            version: self.version.clone(),
            since: self.started,
            now: self.now,
            communities,
            peers: self.peers.values().filter(|p| p.connected).count() as u64,
        };
        self.reply(id, Reply::Status { status: Box::new(status), slots });
    }

    fn tell_members(&mut self, id: AskId) {
        let Some(hosted) = self.hosted.values().find(|h| h.is_home()) else {
            return self.refuse_steward(
                id,
                RefusalCode::Unknown,
                "this node is home of no community",
            );
        };
        let members = hosted
            .fold
            .members()
            .map(|m| MemberLine {
                key: m.key,
                name: m.name.map(str::to_owned),
                steward: hosted.fold.is_steward(&m.key),
                index: m.index,
            })
            .collect();
        self.reply(id, Reply::Steward(StewardReply::Members { members }));
    }

    fn tell_log(&mut self, id: AskId, community: Option<CommunityId>, from: u64, max: u64) {
        let hosted = match community {
            Some(community) => self.hosted.get(&community),
            None => self.hosted.values().find(|h| h.is_home()),
        };
        let Some(hosted) = hosted else {
            return self.refuse_steward(
                id,
                RefusalCode::Unknown,
                "this node does not hold that community",
            );
        };
        let (slot, checkpoint) = (hosted.slot, hosted.head_text());
        self.reply(id, Reply::Log { slot, from, max, checkpoint });
    }

    pub(super) fn looked(&mut self, id: AskId, answer: Result<Answer, CallFailed>) {
        match answer {
            Ok(Answer::Communities(list)) => self.reply(id, Reply::Found(list)),
            Ok(_) => {
                self.refuse_steward(id, RefusalCode::Malformed, "the node there gave no answer")
            }
            Err(failed) => self.refuse_steward(id, RefusalCode::Unknown, failed.to_string()),
        }
    }

    /// Signs the acceptance of the policy that was shown, and brings it.
    fn follow(&mut self, id: AskId, address: String, community: CommunityId, policy: PolicyRef) {
        if self.hosted.get(&community).is_some_and(Hosted::is_home) {
            return self.refuse_steward(
                id,
                RefusalCode::Policy,
                "this node is that community's home",
            );
        }
        if let Some(why) = self.damage_of(&community) {
            return self.refuse_steward(id, RefusalCode::Internal, why);
        }
        let content = Statement {
            community,
            epoch: self.hosted.get(&community).map_or(0, |h| h.fold.epoch()),
            policy: Some(policy),
            at: self.now,
            body: Body::Acceptance(Acceptance { role: Role::Replica, name: None }),
        };
        let accept = Signed::sign(content, &self.node).bytes().to_vec();
        self.dial(address, DialFor::FollowNew { id, community, accept });
    }

    pub(super) fn follow_reached(
        &mut self,
        id: AskId,
        community: CommunityId,
        address: String,
        peer: PublicKey,
        accept: Vec<u8>,
    ) {
        let work = Job::AddCommunity { id: community, addresses: vec![address.clone()] };
        self.job(JobFor::Add { community, address, peer, id, accept }, work);
    }

    pub(super) fn added(
        &mut self,
        community: CommunityId,
        address: String,
        peer: PublicKey,
        id: AskId,
        accept: Vec<u8>,
        result: JobResult,
    ) {
        let slot = match result {
            JobResult::Added(slot) => slot,
            JobResult::Failed(why) => return self.refuse_steward(id, RefusalCode::Internal, why),
            _ => return,
        };
        match self.hosted.get_mut(&community) {
            Some(hosted) => {
                if !hosted.addresses.contains(&address) {
                    hosted.addresses.push(address);
                }
            }
            None => self.open_new(slot, community, address),
        }
        let request = Call::Pull(PullRequest::Accept { statement: Bytes(accept) });
        self.call(peer, CallFor::Accept { community, id }, request);
    }

    fn open_new(&mut self, slot: crate::store::Slot, community: CommunityId, address: String) {
        let hosting = Hosting {
            slot,
            id: community,
            fold: Community::start(community),
            checkpoint: String::new(),
            log_key: None,
            addresses: vec![address],
            acceptances: Vec::new(),
            explanations: Vec::new(),
            unfinished: Vec::new(),
            fork: None,
            owed: Vec::new(),
            unsent: Vec::new(),
            waiting: Vec::new(),
        };
        self.open(Hosted::open(hosting, &self.node.public(), false));
    }

    /// Takes up a community.
    pub(super) fn open(&mut self, hosted: Hosted) {
        let community = hosted.id;
        if hosted.is_home() && hosted.signing == Signing::Ready && hosted.fold.size() > 0 {
            let node = self.node.public();
            if hosted.replicas(&node).next().is_none() {
                self.warn(format!("{community} has no partner node yet: a restored backup of this node would go unnoticed"));
            }
        }
        self.out.push(Effect::Subscribe(community));
        self.hosted.insert(community, hosted);
        self.log_open_explanations(community);
        self.log_open_acceptances(community);
        self.say_owed(community);
    }

    /// Acceptances that were stored, but not logged before a crash.
    fn log_open_acceptances(&mut self, community: CommunityId) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        for statement in std::mem::take(&mut hosted.open_acceptances) {
            let salt = Salt(*blake3::hash(statement.bytes()).as_bytes());
            self.record_acceptance(community, Pending { statement, salt });
        }
    }

    pub(super) fn acceptance_answered(
        &mut self,
        community: CommunityId,
        peer: PublicKey,
        id: AskId,
        answer: Result<Answer, CallFailed>,
    ) {
        match answer {
            Ok(Answer::Done) => {}
            Ok(_) => {
                return self.refuse_steward(
                    id,
                    RefusalCode::Malformed,
                    "no answer to the acceptance",
                );
            }
            Err(CallFailed::Refused(refusal)) => {
                return self.reply(id, Reply::Steward(StewardReply::Refused { refusal }));
            }
            Err(failed) => {
                return self.refuse_steward(id, RefusalCode::Unknown, failed.to_string());
            }
        }
        if let Some(known) = self.peers.get_mut(&peer) {
            known.holds.entry(community).or_insert(0);
        }
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        hosted.filling.more();
        hosted.filling.after = None;
        hosted.attention.clear();
        let report = FollowReport {
            community,
            name: hosted.fold.name().to_owned(),
            size: hosted.fold.size(),
        };
        self.reply(id, Reply::Steward(StewardReply::Following { report }));
        self.call(peer, CallFor::Hosted, Call::Pull(PullRequest::Hosted));
        self.pump_fill(community);
    }

    fn unfollow(&mut self, id: AskId, community: CommunityId) {
        match self.hosted.get(&community) {
            Some(hosted) if !hosted.is_home() => {
                let work = Job::Forget { slot: hosted.slot };
                self.job(JobFor::Forget { community, id }, work);
            }
            _ => {
                let text = "this node does not follow that community";
                let text = self.damage_of(&community).unwrap_or_else(|| text.into());
                self.refuse_steward(id, RefusalCode::Unknown, text);
            }
        }
    }

    pub(super) fn forgotten(&mut self, community: CommunityId, id: AskId, result: JobResult) {
        if let JobResult::Failed(why) = result {
            return self.refuse_steward(id, RefusalCode::Internal, why);
        }
        self.hosted.remove(&community);
        self.out.push(Effect::Unsubscribe(community));
        self.reply(id, Reply::Steward(StewardReply::Done));
    }

    fn tell_peers(&mut self, id: AskId) {
        let peers = self
            .peers
            .iter()
            .map(|(key, peer)| PeerLine {
                key: *key,
                connected: peer.connected,
                blocked: peer.blocked,
                addresses: peer.addresses.clone(),
                roles: self.roles_of(key, &peer.holds),
                seen: peer.seen,
            })
            .collect();
        self.reply(id, Reply::Steward(StewardReply::Peers { peers }));
    }

    fn roles_of(
        &self,
        key: &PublicKey,
        holds: &std::collections::BTreeMap<CommunityId, u64>,
    ) -> Vec<PeerRole> {
        self.hosted
            .values()
            .map(|h| PeerRole {
                community: h.id,
                role: h.register().get(key).map(|a| a.role),
                size: holds.get(&h.id).copied(),
            })
            .filter(|role| role.role.is_some() || role.size.is_some())
            .collect()
    }

    fn block(&mut self, id: AskId, peer: PublicKey, blocked: bool) {
        let known = self.peers.entry(peer).or_default();
        known.blocked = blocked;
        let work = Job::SavePeer {
            key: peer,
            addresses: known.addresses.clone(),
            seen: self.now,
            blocked,
        };
        self.job(JobFor::Keep, work);
        self.out.push(Effect::Ban { peer, banned: blocked });
        self.reply(id, Reply::Steward(StewardReply::Done));
    }
}

/// A community on one line; the driver adds the counts that only the store knows.
fn line_of(hosted: &Hosted, node: &PublicKey, now: Time) -> StatusLine {
    let register = hosted.register();
    let of = |role| register.iter().filter(|(k, a)| a.role == role && *k != node).count() as u64;
    let mut attention = hosted.attention.clone();
    attention.extend(hosted.trouble.said(now));
    attention.extend(hosted.review.attention());
    if hosted.signing == Signing::Unconfirmed {
        attention.push("read-only: waiting for a partner node to confirm the newest head".into());
    }
    if !hosted.is_home() && !hosted.fresh {
        attention.push("not in touch with its home or another partner node since the start".into());
    }
    StatusLine {
        name: hosted.fold.name().to_owned(),
        epoch: hosted.fold.epoch(),
        size: hosted.fold.size(),
        members: hosted.fold.counts().members as u64,
        pending: hosted.review.len() as u64,
        replicas: of(Role::Replica),
        readers: of(Role::Reader),
        head_at: hosted.head.as_ref().map(|h| h.cosigned_at()),
        attention,
        ..StatusLine::unknown(hosted.id, hosted.is_home())
    }
}
