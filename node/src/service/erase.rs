//! Withdraw and retain: an explanation is durable first, then everything goes, then it is said.

use super::effect::{Effect, Explain, GossipVerdict, Job, Reply};
use super::hosted::Signing;
use super::ingest::Queued;
use super::input::{AskId, JobResult};
use super::statements::{Origin, Pending};
use super::{AfterExplain, JobFor, Service};
use crate::limits::{DUE_ITEMS_MAX, ERASE_ITEMS_MAX};
use sheaf_protocol::cbor::{self, Bytes};
use sheaf_protocol::community::Explanation;
use sheaf_protocol::exchange::{Announcement, MemberReply, PullReply, RefusalCode, StewardReply};
use sheaf_protocol::id::{CommunityId, PublicKey, Salt};
use sheaf_protocol::log::Entry;
use sheaf_protocol::statement::{
    Body, Cause, Erased, Erasure, Receipt, SignedStatement, Statement,
};

impl Service {
    /// A peer that was asked told of a withdrawal or takedown: the log may not hold it yet.
    pub(super) fn explanation_told(&mut self, community: CommunityId, statement: SignedStatement) {
        let salt = Salt(*blake3::hash(statement.bytes()).as_bytes());
        let pending = Box::new(Pending { statement: statement.clone(), salt });
        self.explain(community, &statement, AfterExplain::Told(pending));
    }

    /// A withdrawal or takedown became known from the log.
    pub(super) fn explanation_learnt(
        &mut self,
        community: CommunityId,
        statement: SignedStatement,
    ) {
        self.explain(community, &statement, AfterExplain::Nothing);
    }

    /// The log holds it: newcomers learn it from there, and it is not logged again.
    pub(super) fn explanation_logged(
        &mut self,
        community: CommunityId,
        statement: &SignedStatement,
    ) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        if let Some(control) = super::hosted::control_of(statement) {
            hosted.explanations.remove(&control);
        }
    }

    /// An explanation is durable (or concerns nothing here): act on it and answer.
    pub(super) fn explained(
        &mut self,
        community: CommunityId,
        explain: Explain,
        then: AfterExplain,
        result: JobResult,
    ) {
        let (entry, held, pending, before) = match result {
            JobResult::Explained { entry, held, pending, before } => (entry, held, pending, before),
            JobResult::Failed(why) => return self.explanation_failed(community, then, &why),
            _ => return,
        };
        if pending {
            self.no_longer_waits(community, &explain.control);
        }
        // What was taken back before is known, though nothing is left of what waited for review.
        let known = entry.is_some() || pending || before;
        if !known && self.is_behind(&community) {
            return self.not_known_yet(then);
        }
        if let (Some((index, _)), true, Some(hosted)) =
            (&entry, held, self.hosted.get_mut(&community))
        {
            hosted.erase_once(Explain { index: Some(*index), ..explain });
        }
        self.answer_explained(community, entry, known, before, then);
        self.pump_erasures(community);
    }

    /// Whether this home has not learned its newest head yet: a chat that it does not know may be in
    /// its log all the same.
    fn is_behind(&self, community: &CommunityId) -> bool {
        self.hosted.get(community).is_some_and(|h| h.is_home() && h.signing != Signing::Ready)
    }

    /// Whoever takes back a chat that is not known here yet has to come again.
    fn not_known_yet(&mut self, then: AfterExplain) {
        match then {
            AfterExplain::Member(id, _) => self.refuse_member(id, RefusalCode::Busy, BEHIND),
            AfterExplain::Steward(id, _) => self.refuse_steward(id, RefusalCode::Busy, BEHIND),
            AfterExplain::Offered(id, _) => self.refuse_pull(id, RefusalCode::Busy, BEHIND),
            AfterExplain::Gossip(token, _) => self.verdict(token, GossipVerdict::Ignore),
            AfterExplain::Nothing | AfterExplain::Told(_) => {}
        }
    }

    fn explanation_failed(&mut self, community: CommunityId, then: AfterExplain, why: &str) {
        self.store_failed(community, "a withdrawal or takedown could not be stored", why);
        let text = format!("the node could not store it: {why}");
        match then {
            AfterExplain::Member(id, _) => self.refuse_member(id, RefusalCode::Internal, text),
            AfterExplain::Steward(id, _) => self.refuse_steward(id, RefusalCode::Internal, text),
            AfterExplain::Offered(id, _) => self.refuse_pull(id, RefusalCode::Internal, text),
            AfterExplain::Gossip(token, _) => self.verdict(token, GossipVerdict::Ignore),
            AfterExplain::Nothing | AfterExplain::Told(_) => {}
        }
    }

    fn answer_explained(
        &mut self,
        community: CommunityId,
        entry: Option<(u64, Entry)>,
        known: bool,
        before: bool,
        then: AfterExplain,
    ) {
        match then {
            AfterExplain::Nothing => {}
            AfterExplain::Told(pending) => {
                self.pass_on(community, entry.is_some() && !before, *pending);
            }
            AfterExplain::Member(id, _) if !known => {
                self.refuse_member(id, RefusalCode::Unknown, NO_CHAT);
            }
            AfterExplain::Steward(id, _) if !known => {
                self.refuse_steward(id, RefusalCode::Unknown, NO_CHAT);
            }
            AfterExplain::Member(id, pending) => {
                if !before && entry.is_some() {
                    self.spread(community, &pending.statement);
                    self.log_explanation(community, *pending, Origin::Withdrawer(id));
                } else {
                    self.reply(id, Reply::Member(MemberReply::Withdrawn { index: None }));
                }
            }
            AfterExplain::Steward(id, pending) => {
                if !before && entry.is_some() {
                    self.spread(community, &pending.statement);
                    self.log_explanation(community, *pending, Origin::TakesDown(id));
                } else {
                    self.reply(id, Reply::Steward(StewardReply::Done));
                }
            }
            AfterExplain::Offered(id, pending) => {
                self.reply(id, Reply::Pull(PullReply::Done));
                self.pass_on(community, entry.is_some() && !before, *pending);
            }
            AfterExplain::Gossip(token, pending) => {
                let news = entry.is_some() && !before;
                self.verdict(
                    token,
                    if news { GossipVerdict::Accept } else { GossipVerdict::Ignore },
                );
                if news {
                    self.log_explanation(community, *pending, Origin::Own);
                }
            }
        }
    }

    fn pass_on(&mut self, community: CommunityId, news: bool, pending: Pending) {
        if news {
            self.spread(community, &pending.statement);
            self.log_explanation(community, pending, Origin::Own);
        }
    }

    fn spread(&mut self, community: CommunityId, statement: &SignedStatement) {
        let statement = Bytes(statement.bytes().to_vec());
        let announcement = Announcement::Explanation { statement };
        self.out.push(Effect::Publish { community, announcement });
    }

    /// At home the explanation goes into the log; elsewhere it is remembered for newcomers.
    fn log_explanation(&mut self, community: CommunityId, pending: Pending, origin: Origin) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        hosted.keep_open(&pending.statement);
        if !hosted.is_home() {
            // Gossip may be lost: it is brought until the origin acknowledges it.
            hosted.offer_once(pending.statement.bytes().to_vec());
            match origin {
                Origin::Withdrawer(id) => {
                    self.reply(id, Reply::Member(MemberReply::Withdrawn { index: None }));
                }
                Origin::TakesDown(id) => self.reply(id, Reply::Steward(StewardReply::Done)),
                _ => {}
            }
            return self.offer_again(community);
        }
        self.enqueue(community, Queued::of(pending, origin));
    }

    /// Erases the next batch of what is explained.
    pub(super) fn pump_erasures(&mut self, community: CommunityId) {
        let now = self.now;
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let under_way = !hosted.erasing.is_empty();
        if under_way || hosted.erasures.is_empty() || hosted.trouble.waits(now) {
            return;
        }
        let count = hosted.erasures.len().min(ERASE_ITEMS_MAX);
        let items: Vec<Explain> = hosted.erasures.drain(..count).collect();
        hosted.erasing.clone_from(&items);
        let work = Job::Erase { slot: hosted.slot, items };
        self.job(JobFor::Erase(community), work);
    }

    /// Erased and looked for: the origin logs it, a replica sends a receipt.
    pub(super) fn erased(&mut self, community: CommunityId, result: JobResult) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let tried = std::mem::take(&mut hosted.erasing);
        let items = match result {
            JobResult::Erased(items) => items,
            JobResult::Failed(why) => {
                hosted.erasures.extend(tried);
                return self.store_failed(community, "erasing failed, and is tried again", &why);
            }
            _ => return,
        };
        self.store_worked(community);
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let mut items: Vec<Erased> = items
            .into_iter()
            .map(|(index, control, cause)| Erased { index, control, cause })
            .collect();
        items.sort();
        items.dedup_by_key(|item| item.index);
        for item in &items {
            hosted.fold.forget(item.index);
        }
        if items.is_empty() {
            return self.pump_erasures(community);
        }
        self.note(format!("erased {} of {}", items.len(), community));
        self.say_erased(community, items);
        self.pump_erasures(community);
    }

    /// At home the log says it, elsewhere a receipt.
    fn say_erased(&mut self, community: CommunityId, items: Vec<Erased>) {
        let Some(log_key) = hosted_home(self, &community) else {
            return self.send_receipt(community, items);
        };
        let body = Body::Erasure(Erasure { items });
        if let Some(pending) = self.own_statement(community, body, &log_key) {
            self.enqueue_own(community, pending);
        }
    }

    /// What was erased before a stop, and not said.
    pub(super) fn say_owed(&mut self, community: CommunityId) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        let owed = std::mem::take(&mut hosted.owed);
        owed.chunks(ERASE_ITEMS_MAX).for_each(|items| self.say_erased(community, items.to_vec()));
    }

    fn send_receipt(&mut self, community: CommunityId, items: Vec<Erased>) {
        let Some(hosted) = self.hosted.get(&community) else { return };
        let logged: Vec<PublicKey> = hosted.fold.register().iter().map(|a| a.key).collect();
        let unlogged = hosted.accepted.keys().filter(|key| !logged.contains(key));
        let listed = unlogged.take(ERASE_ITEMS_MAX).copied().collect();
        let (slot, indices) = (hosted.slot, items.iter().map(|item| item.index).collect());
        let body = Body::Receipt(Receipt { items, listed });
        let node = self.node.clone();
        let Some(pending) = self.own_statement(community, body, &node) else { return };
        let statement = pending.statement.bytes().to_vec();
        let key = node.public();
        self.job(
            JobFor::Keep,
            Job::SaveReceipt { slot, key, indices, statement: statement.clone(), own: true },
        );
        if let Some(hosted) = self.hosted.get_mut(&community) {
            hosted.offer_once(statement);
        }
        self.offer_again(community);
    }

    /// Signs a statement of the node. Its salt is derived from the signature, which nobody can
    /// foresee; these kinds are public and never become holes, so nothing hides behind it.
    pub(super) fn own_statement(
        &self,
        community: CommunityId,
        body: Body,
        key: &sheaf_protocol::sign::SecretKey,
    ) -> Option<Pending> {
        let hosted = self.hosted.get(&community)?;
        let epoch = hosted.fold.epoch();
        let policy = hosted.policy_ref();
        let content = Statement { community, epoch, policy, at: self.now, body };
        let statement = SignedStatement::sign(content, key);
        let salt = Salt(*blake3::hash(statement.bytes()).as_bytes());
        Some(Pending { statement, salt })
    }

    /// Once a day and at the start: what is due?
    pub(super) fn look_for_due(&mut self, community: CommunityId) {
        let today = self.now.day();
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        if hosted.due_looked == Some(today) || hosted.erasures.len() >= DUE_ITEMS_MAX {
            return;
        }
        hosted.due_looked = Some(today);
        let work = Job::Due { slot: hosted.slot, today, max: DUE_ITEMS_MAX };
        self.job(JobFor::Due(community), work);
        self.erase_ended_waiting(community, today);
    }

    /// What came in although its day is over is found at once, and not tomorrow.
    pub(super) fn note_ended<'a>(
        &mut self,
        community: CommunityId,
        mut entries: impl Iterator<Item = &'a Entry>,
    ) {
        let today = self.now.day();
        if entries.any(|entry| entry.due.is_some_and(|day| day < today))
            && let Some(hosted) = self.hosted.get_mut(&community)
        {
            hosted.due_looked = None;
        }
    }

    pub(super) fn due(&mut self, community: CommunityId, list: Vec<(u64, Entry)>) {
        let Some(hosted) = self.hosted.get_mut(&community) else { return };
        if list.len() == DUE_ITEMS_MAX {
            hosted.due_looked = None;
        }
        for (index, entry) in list {
            let Some(control) = entry.control else { continue };
            let explanation = cbor::to_vec(&Explanation::Due);
            let (slot, index, cause) = (hosted.slot, Some(index), Cause::Due);
            hosted.erase_once(Explain { slot, index, control, cause, explanation });
        }
        self.pump_erasures(community);
    }

    /// What the log of a home does not hold yet goes in once it may sign again.
    pub(super) fn log_open_explanations(&mut self, community: CommunityId) {
        let Some(hosted) = self.hosted.get(&community) else { return };
        if !hosted.is_home() || hosted.signing != Signing::Ready {
            return;
        }
        let open: Vec<SignedStatement> = hosted.explanations.values().cloned().collect();
        for statement in open {
            let salt = Salt(*blake3::hash(statement.bytes()).as_bytes());
            self.enqueue_own(community, Pending { statement, salt });
        }
    }

    pub(super) fn verdict(&mut self, token: u64, verdict: GossipVerdict) {
        self.out.push(Effect::Verdict { token, verdict });
    }

    pub(super) fn explanations_reply(&mut self, id: AskId, community: CommunityId) {
        let Some(hosted) = self.hosted.get(&community) else {
            return self.refuse_pull(id, RefusalCode::Unknown, "not held here");
        };
        let statements = hosted
            .explanations
            .values()
            .take(crate::limits::EXPLANATIONS_REPLY_MAX)
            .map(|s| Bytes(s.bytes().to_vec()))
            .collect();
        self.reply(id, Reply::Pull(PullReply::Explanations { statements }));
    }
}

const BEHIND: &str = "this node has yet to learn its newest head, and may not know that chat yet: try \
    again in a while";
const NO_CHAT: &str = "this node has no chat under that key";

fn hosted_home(
    service: &Service,
    community: &CommunityId,
) -> Option<sheaf_protocol::sign::SecretKey> {
    service.hosted.get(community)?.log_key.clone()
}
